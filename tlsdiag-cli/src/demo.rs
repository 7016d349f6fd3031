//! `tlsdiag demo`: every scenario of the laboratory for real, judged from both ends.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use comfy_table::Table;
use openssl::ssl::SslRef;
use tlsdiag_core::report::{Record, jsonl, text};
use tlsdiag_core::source::openssl::AttachOptions;
use tlsdiag_core::{Collector, Handshake, attach_with, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Observer, Scenario, Side, Spy, Verdict};

use crate::args::DemoArguments;
use crate::error::{self, Error, Reason};
use crate::say::{print_line, say};
use crate::screen;

/// The scenario that this product was first made for.
const FOUNDING_CASE: &str = "card-refuses-pss-1.2";

/// Performs all scenarios and prints what each side found; the exit code says whether every verdict is right.
pub(crate) fn run(arguments: &DemoArguments, style: text::Style) -> Result<ExitCode, Error> {
    let path = arguments.dir.join("handshakes.jsonl");
    let mut log = create(&arguments.dir, &path)?;
    let pki = Pki::generate()?;
    let mut shown = Shown {
        table: screen::table(["SCENARIO", "SERVER'S VERDICT", "CLIENT'S VERDICT", ""]),
        founding_case: Vec::new(),
        handshakes: 0,
        wrong: Vec::new(),
    };
    for scenario in Scenario::all() {
        let ends = BothEnds::default();
        scenario.run(&pki, &ends, Spy::Off)?;
        let server = End::new("server", &ends.server, scenario.server, scenario.handshakes);
        let client = End::new("client", &ends.client, scenario.client, scenario.handshakes);
        for record in server.records.iter().chain(&client.records) {
            jsonl::write(record, &mut log).map_err(|cause| cannot_write(&path, &cause))?;
        }
        shown.add(&scenario, server, client);
    }
    log.flush().map_err(|cause| cannot_write(&path, &cause))?;

    match shown.print(&path, style).map_err(Error::output) {
        Ok(()) | Err(Error::OutputClosed) => {}
        Err(other) => return Err(other),
    }
    for sentence in &shown.wrong {
        say!("{sentence}");
    }
    Ok(if shown.wrong.is_empty() { error::HEALTHY } else { error::diagnosed() })
}

/// What is shown at the end.
struct Shown {
    table: Table,
    founding_case: Vec<Record>,
    handshakes: usize,
    /// A sentence for each verdict that is not the true one.
    wrong: Vec<String>,
}

impl Shown {
    fn add(&mut self, scenario: &Scenario, server: End, client: End) {
        let wrong: Vec<String> = [&server, &client].into_iter().filter_map(End::wrong).collect();
        let mark = if wrong.is_empty() { "" } else { "WRONG" };
        self.table.add_row([scenario.name.as_str(), &server.said, &client.said, mark]);
        self.wrong.extend(wrong.into_iter().map(|what| format!("{}: {what}", scenario.name)));
        self.handshakes += server.records.len() + client.records.len();
        if scenario.name == FOUNDING_CASE {
            self.founding_case = server.records;
            self.founding_case.extend(client.records);
        }
    }

    fn print(&self, path: &Path, style: text::Style) -> io::Result<()> {
        let mut out = BufWriter::new(io::stdout().lock());
        out.write_all(screen::lines(&self.table).as_bytes())?;
        print_line!(&mut out)?;
        print_line!(&mut out, "{FOUNDING_CASE}, as each side reports it:")?;
        print_line!(&mut out)?;
        for record in &self.founding_case {
            text::write(record, &mut out, style)?;
        }
        let verdict = match self.wrong.len() {
            0 => "every verdict is right".to_owned(),
            1 => "1 verdict is WRONG".to_owned(),
            wrong => format!("{wrong} verdicts are WRONG"),
        };
        let scenarios = self.table.row_count();
        let file = path.display();
        print_line!(&mut out, "{scenarios} scenarios, {} records in {file}: {verdict}", self.handshakes)?;
        out.flush()
    }
}

fn create(folder: &Path, path: &Path) -> Result<BufWriter<File>, Error> {
    fs::create_dir_all(folder).map_err(|cause| {
        Error::new(format!(
            "cannot make the folder {}: {}; give another with --dir",
            folder.display(),
            Reason(&cause)
        ))
    })?;
    File::create(path).map(BufWriter::new).map_err(|cause| cannot_write(path, &cause))
}

fn cannot_write(path: &Path, cause: &io::Error) -> Error {
    Error::new(format!("cannot write {}: {}; give another folder with --dir", path.display(), Reason(cause)))
}

/// A recorder on every connection of a scenario.
#[derive(Default)]
struct BothEnds {
    server: Arc<Collector>,
    client: Arc<Collector>,
}

impl Observer for BothEnds {
    fn connection(&self, side: Side, ssl: &mut SslRef, peer: SocketAddr) {
        let collector = match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        };
        match attach_with(ssl, Arc::clone(collector), AttachOptions::new().peer(peer)) {
            Ok(attachment) => attachment.keep(),
            // The missing record makes the verdict wrong.
            Err(error) => say!("{error}"),
        }
    }
}

/// What one side recorded, and what it should have found.
struct End {
    side: &'static str,
    records: Vec<Record>,
    said: String,
    expected: &'static str,
    handshakes: usize,
}

impl End {
    fn new(side: &'static str, collector: &Collector, verdict: Verdict, handshakes: usize) -> End {
        let tell = |recording| {
            let handshake = Handshake::from_recording(recording).with_signatures_tried(recording);
            Record::new(&handshake, &diagnose(&handshake))
        };
        let records: Vec<Record> = collector.take().iter().map(tell).collect();
        let (expected, handshakes) = match verdict {
            Verdict::Healthy => ("ok", handshakes),
            Verdict::Cause(code) | Verdict::Alternative { named: code, .. } => (code, handshakes),
            Verdict::NotRecorded => (NOTHING, 0),
        };
        let mut verdicts: Vec<&str> = records.iter().map(Record::verdict).collect();
        verdicts.dedup();
        let said = if verdicts.is_empty() { NOTHING.to_owned() } else { verdicts.join(", ") };
        End { side, records, said, expected, handshakes }
    }

    /// What is wrong with it, if anything.
    fn wrong(&self) -> Option<String> {
        let End { side, said, expected, handshakes, records } = self;
        if said != expected {
            return Some(format!("the {side} says {said}, and {expected} is right"));
        }
        let recorded = records.len();
        (recorded != *handshakes)
            .then(|| format!("the {side} recorded {recorded} of {handshakes} handshakes"))
    }
}

/// Stands for a side that speaks no TLS and so has no verdict.
const NOTHING: &str = "-";
