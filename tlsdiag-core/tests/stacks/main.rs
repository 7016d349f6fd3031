//! Other people's programs as the other end: OpenSSL of ours is recorded while curl, Python, Node.js, Java, GnuTLS, NSS, nginx,
//! Apache and OpenSSL's own tools are the client or the server of a handshake that goes wrong for one known reason, or does not.
//!
//! A program that is not on this machine is named in the output and counted as not tested.
#![cfg(feature = "linked")]

mod advice;
#[path = "../both_ends/mod.rs"]
#[allow(dead_code, reason = "its observer is for the laboratory's own scenarios")]
mod both_ends;
mod card;
mod cells;
mod meeting;
mod place;
mod programs;
#[path = "../sums/mod.rs"]
mod sums;
mod syntax;

use cells::Cell;
use place::Place;
use programs::{PROGRAMS, Program, is_here};
use sums::Sums;
use tlsdiag_core::report::Record;
use tlsdiag_lab::peer::Version;

/// How what was found stands to the truth, over all cells.
#[derive(Default)]
struct Score {
    precise: usize,
    alternative: usize,
    healthy: usize,
    not_told: usize,
    wrong: Vec<String>,
}

impl Score {
    fn judge<Ours>(&mut self, cell: &Cell<Ours>, title: &str, records: Option<&[Record]>) {
        let Some(records) = records else {
            self.not_told += 1;
            return;
        };
        let Some((last, before)) = records.split_last() else {
            return self.wrong.push(format!("{title}: nothing was recorded"));
        };
        let found = |record: &Record| record.diagnosis.cause.clone();
        let mut right = before.iter().all(|record| found(record).is_none()) && records.len() == cell.times;
        match (cell.truth, last.diagnosis.findings.first()) {
            (None, None) if last.tls.established => self.healthy += 1,
            (Some(truth), Some(first)) if first.cause == truth => self.precise += 1,
            (Some(truth), Some(first)) if first.alternatives.iter().any(|other| other.cause == truth) => {
                self.alternative += 1;
            }
            _ => right = false,
        }
        if !right {
            let shown: String = records.iter().map(meeting::shown).collect();
            self.wrong.push(format!("{title}: {} of {:?}\n{shown}", last.verdict(), cell.truth));
        }
    }

    fn close(&self, what: &str) {
        println!(
            "{what}: {} faults named, {} named beside a likelier one, {} wrong; {} healthy without a finding; {} cells that no \
             setting of the program makes",
            self.precise,
            self.alternative,
            self.wrong.len(),
            self.healthy,
            self.not_told
        );
        // A cell that is not right is missed or wrong, and the complaint below says which.
        let Score { precise, alternative, healthy, .. } = *self;
        Sums { precise, alternative, wrong: self.wrong.len(), healthy, ..Sums::default() }.write(what);
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

fn versions() -> [Version; 2] {
    [Version::Tls12, Version::Tls13]
}

fn here() -> impl Iterator<Item = &'static dyn Program> {
    PROGRAMS.iter().copied().filter(|program| is_here(*program))
}

#[test]
fn clients_of_others_at_our_server() {
    let place = Place::new();
    let mut score = Score::default();
    for program in here() {
        for version in versions() {
            for cell in cells::for_client(program, version) {
                let title = format!("{} as client, TLS {}, {}", program.name(), version.as_str(), cell.name);
                let records = meeting::with_client(&place, program, &cell.theirs, cell.ours, cell.times);
                score.judge(&cell, &title, records.as_deref());
            }
        }
    }
    score.close("clients of others");
}

#[test]
fn our_client_at_servers_of_others() {
    let place = Place::new();
    let mut score = Score::default();
    for program in here() {
        for version in versions() {
            for cell in cells::for_server(program, version) {
                let title = format!("{} as server, TLS {}, {}", program.name(), version.as_str(), cell.name);
                let records = meeting::with_server(&place, program, &cell.theirs, cell.ours, cell.times);
                score.judge(&cell, &title, records.as_deref());
            }
        }
    }
    score.close("servers of others");
}

/// By what each sends first; GnuTLS tells nothing that others do not send as well.
#[test]
fn a_client_is_known_by_its_hello_where_that_tells() {
    let place = Place::new();
    let mut asked = 0;
    for (name, known) in [
        ("openssl", Some("openssl")),
        ("python", Some("openssl")),
        ("curl", Some("curl")),
        ("java", Some("java")),
        ("gnutls", None),
    ] {
        let program = programs::named(name);
        if !is_here(program) {
            continue;
        }
        let told =
            programs::Told { identity: Some("client"), trusts: Some("ca"), ..programs::Told::default() };
        let server = tlsdiag_lab::peer::Server::new(Version::Tls13);
        let records = meeting::with_client(&place, program, &told, server, 1).expect("a client");
        let found: Vec<_> = records.iter().map(|record| record.client_program.as_deref()).collect();
        assert_eq!(found, [known], "{name}");
        asked += 1;
    }
    assert!(asked > 0);
}
