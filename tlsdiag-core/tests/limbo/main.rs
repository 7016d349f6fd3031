//! No false word about certificates: the kinds that x509-limbo and BoringSSL's tests of its PKI hold, each made anew and shown in real
//! handshakes, as a server's and as a client's certificate, over TLS 1.2 and 1.3, with both ends recorded.
//!
//! `cases.rs` is the table. This test prints what each side named, and asserts how often it has to be right.
#![cfg(feature = "linked")]
#![allow(
    unsafe_code,
    reason = "the store's lists and a borrowed connection have no function in the openssl crate"
)]

#[path = "../both_ends/mod.rs"]
mod both_ends;
mod cases;
mod meeting;
mod paper;
mod scene;
mod signed_again;

use meeting::{Cast, Met, Other};
use openssl::ssl::SslVersion;
use scene::{Holder, Scene};
use tlsdiag_core::diagnose::{Confidence, Finding, RULES, Severity, wording};
use tlsdiag_core::{Handshake, diagnose};

/// What one side made of one handshake.
struct Named {
    what: String,
    truth: String,
    found: Option<Finding>,
    /// Its last failure was that of the handshake, or there was none.
    established: bool,
}

impl Named {
    fn new(what: String, truth: &str, handshake: &Handshake) -> Self {
        for rule in RULES {
            let Some(raw) = (rule.find)(handshake).filter(|raw| raw.severity != Severity::Note) else {
                continue;
            };
            // The net below the rules is not to be needed.
            assert!(wording::agrees(raw.confidence, &raw.summary), "{what}, {}: {}", rule.name, raw.summary);
        }
        let found = diagnose(handshake).findings.into_iter().find(|one| one.severity != Severity::Note);
        let established = handshake.outcome.kind.is_established();
        Named { what, truth: truth.to_owned(), found, established }
    }

    fn code(&self) -> &'static str {
        self.found.as_ref().map_or("ok", |found| found.cause.code())
    }

    fn is_right(&self) -> bool {
        self.code() == self.truth
    }

    fn is_beside(&self) -> bool {
        let others = self.found.iter().flat_map(|found| &found.alternatives);
        others.into_iter().any(|other| other.cause.code() == self.truth)
    }

    fn is_certain(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.confidence == Confidence::Certain)
    }

    fn line(&self) -> String {
        let words = self
            .found
            .as_ref()
            .map_or(String::new(), |found| format!(" ({}): {}", found.confidence.as_str(), found.summary));
        let beside = if self.is_beside() { ", the truth stands beside" } else { "" };
        format!("{}: {} instead of {}{beside}{words}", self.what, self.code(), self.truth)
    }
}

#[test]
fn each_side_says_no_false_word_about_a_certificate() {
    let other = Other::new();
    let (mut verifiers, mut owners, mut rarely, mut absent) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (server, client) = (Holder::Server, Holder::Client);
    let common = [(server, cases::of_both()), (client, cases::of_both()), (server, cases::of_servers())];
    let rare = [(server, cases::rare()), (client, cases::rare()), (client, cases::of_clients())];
    let all = common.into_iter().map(|both| (both, true)).chain(rare.into_iter().map(|both| (both, false)));
    for ((holder, cases), is_common) in all {
        let owners = if is_common { &mut owners } else { &mut rarely };
        for case in cases {
            let mut scene = Scene::new(holder);
            (case.turn)(&mut scene);
            let cast = Cast::new(&scene);
            for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
                let Met { verifier, owner, error } = cast.meet(&other, version);
                let what = format!(
                    "{} ({holder:?}, {})",
                    case.name,
                    if version == SslVersion::TLS1_2 { "1.2" } else { "1.3" }
                );
                if error == 0 && case.is_let_pass() {
                    verifiers.push(Named::new(format!("{what} at the verifier"), "ok", &verifier));
                    owners.push(Named::new(format!("{what} at the owner"), "ok", &owner));
                    continue;
                }
                if !case.openssl.contains(&error) {
                    absent.push(format!("{what}: OpenSSL says {error} instead of {:?}", case.openssl));
                    continue;
                }
                let truth = case.truth_for(holder);
                verifiers.push(Named::new(format!("{what} at the verifier"), &truth, &verifier));
                owners.push(Named::new(format!("{what} at the owner"), &truth, &owner));
            }
        }
    }
    judge(&verifiers, &owners, &rarely, &absent);
}

/// `rarely` are owners as well, of whom no share has to be right.
fn judge(verifiers: &[Named], owners: &[Named], rarely: &[Named], absent: &[String]) {
    let wrong =
        |named: &[Named]| named.iter().filter(|one| !one.is_right()).map(Named::line).collect::<Vec<_>>();
    let failures: Vec<&Named> = owners.iter().filter(|one| one.truth != "ok").collect();
    let right = failures.iter().filter(|one| one.is_right()).count();
    let beside = failures.iter().filter(|one| !one.is_right() && one.is_beside()).count();
    for line in wrong(verifiers).iter().chain(&wrong(owners)).chain(&wrong(rarely)).chain(absent) {
        println!("{line}");
    }
    let agreed = verifiers.iter().filter(|one| one.is_right()).count();
    println!("{} handshakes, {} of them with a fault", verifiers.len(), failures.len());
    println!("the verifier names what is true in {agreed} of {}", verifiers.len());
    println!(
        "the owner, who sees the alert alone, names it first in {right} of {}, and beside another in {beside}",
        failures.len()
    );
    let all = || verifiers.iter().chain(owners).chain(rarely);
    let certain: Vec<_> = all().filter(|one| one.is_certain() && !one.is_right()).map(Named::line).collect();
    let alarms: Vec<_> = all().filter(|one| one.truth == "ok" && !one.is_right()).map(Named::line).collect();
    let failed: Vec<_> =
        all().filter(|one| (one.truth == "ok") != one.established).map(Named::line).collect();
    assert!(absent.is_empty(), "situations that did not come about: {absent:#?}");
    assert!(certain.is_empty(), "certain and wrong: {certain:#?}");
    assert!(alarms.is_empty(), "false alarms: {alarms:#?}");
    assert!(failed.is_empty(), "established and taken for a failure, or the reverse: {failed:#?}");
    assert!(verifiers.len() >= 120, "{} handshakes", verifiers.len());
    assert!(agreed * 100 >= verifiers.len() * 99, "{agreed} of {}", verifiers.len());
    assert!(right * 100 >= failures.len() * 80, "{right} of {}", failures.len());
}
