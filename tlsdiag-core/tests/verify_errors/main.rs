//! What `openssl verify` says of a certificate, said to the diagnosis: each number that the command can be made to say, by files as a user has
//! them, and by the same certificates in a handshake, as a server's and as a client's.
//!
//! `codes.rs` is the table.
#![cfg(feature = "linked")]
#![allow(
    unsafe_code,
    reason = "lists, trust settings and a borrowed connection have no function in the openssl crate"
)]

#[path = "../both_ends/mod.rs"]
mod both_ends;
#[allow(dead_code, reason = "limbo uses the rest")]
#[path = "../limbo/cases/mod.rs"]
mod cases;
mod codes;
mod command;
#[allow(dead_code, reason = "limbo uses the rest")]
#[path = "../limbo/meeting.rs"]
mod meeting;
#[path = "../limbo/paper.rs"]
mod paper;
#[path = "../limbo/scene.rs"]
mod scene;
#[path = "../limbo/signed_again.rs"]
mod signed_again;
mod texts;

use std::collections::BTreeSet;
use std::path::Path;

use cases::Case;
use codes::{GOOD, Row, rows};
use command::Said;
use meeting::{Cast, Other};
use openssl::ssl::SslVersion;
use scene::{Holder, Scene};
use tlsdiag_core::diagnose::{Confidence, Finding, library, wording};
use tlsdiag_core::{Handshake, diagnose};

/// Each kind of certificate that limbo makes, with its holder.
fn kinds() -> Vec<(Holder, Case)> {
    let both = [Holder::Server, Holder::Client].into_iter().flat_map(|holder| {
        [cases::of_both(), cases::rare()].concat().into_iter().map(move |case| (holder, case))
    });
    let server = cases::of_servers().into_iter().map(|case| (Holder::Server, case));
    let client = cases::of_clients().into_iter().map(|case| (Holder::Client, case));
    both.chain(server).chain(client).collect()
}

fn cast(holder: Holder, case: &Case) -> Cast {
    let mut scene = Scene::new(holder);
    (case.turn)(&mut scene);
    Cast::new(&scene)
}

#[test]
fn what_openssl_verify_says_has_its_cause_and_its_words() {
    let (other, kinds) = (Other::new(), kinds());
    let folder = tempfile::tempdir().expect("a folder");
    let (mut wrong, mut made) = (Vec::new(), BTreeSet::new());
    for row in rows() {
        let of_kind: Vec<_> = kinds.iter().filter(|(_, case)| case.name == row.kind).collect();
        assert!(!of_kind.is_empty(), "no kind {}", row.kind);
        for (holder, case) in of_kind {
            let what = format!("{} ({holder:?})", case.name);
            let cast = cast(*holder, case);
            let said = command::verify(folder.path(), &cast);
            if said.is_none() && case.is_let_pass() {
                continue;
            }
            let met = cast.meet(&other, SslVersion::TLS1_3);
            let seen = met.verifier.verifications.iter().find(|seen| !seen.ok);
            let seen = seen.map(|seen| (seen.error, seen.depth));
            let expected = Some((row.error, row.depth));
            let told = said.as_ref().map(|said| (said.error, said.depth));
            if told != expected || seen != expected || met.error != row.error {
                wrong.push(format!(
                    "{what}: {expected:?}, openssl verify says {said:?}, the handshake {seen:?}"
                ));
                continue;
            }
            made.insert(row.error);
            let mut check =
                |found: Result<(), String>| wrong.extend(found.err().map(|why| format!("{what}: {why}")));
            let truth = case.truth_for(*holder);
            check(judge_verifier(&row, &truth, &said.expect("it has said something"), &cast, &met.verifier));
            check(judge_owner(&truth, &met.owner));
        }
    }
    println!("{} numbers: {made:?}", made.len());
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    assert!(made.len() >= 60, "{} numbers", made.len());
}

fn judge_verifier(
    row: &Row,
    truth: &str,
    said: &Said,
    cast: &Cast,
    verifier: &Handshake,
) -> Result<(), String> {
    let diagnosis = diagnose(verifier);
    let found = diagnosis.findings.first().ok_or("nothing is found")?;
    let summary = &found.summary;
    let told =
        format!("{} ({}): {summary} {}", found.cause.code(), found.confidence.as_str(), found.explanation);
    if found.cause.code() != truth {
        return Err(format!("{truth}, and not {told}"));
    }
    if !wording::agrees(found.confidence, summary) || summary.contains("\"\"") {
        return Err(format!("in other words: {told}"));
    }
    let meaning = library::verify_meaning(row.error);
    if summary.chars().count() < said.sentence.chars().count() {
        return Err(format!("\"{}\" says more than: {told}", said.sentence));
    }
    if meaning.chars().count() < said.sentence.chars().count() {
        return Err(format!("\"{}\" says more than: {meaning}", said.sentence));
    }
    if row.depth > 0 && !names_culprit(found, row.depth, cast) {
        return Err(format!("which certificate of the chain it is, is not told: {told}"));
    }
    let lines = found
        .advice
        .iter()
        .map(|advice| format!("{} {}", advice.line, advice.note.clone().unwrap_or_default()));
    let lines: Vec<String> = lines.collect();
    match lines.iter().any(|line| line.contains(row.advice)) {
        true => Ok(()),
        false => Err(format!("no advice says \"{}\": {lines:#?} of {told}", row.advice)),
    }
}

/// Whether it tells a fault above the leaf by its depth, or by the name of the certificate or of the CA that it is missing.
fn names_culprit(found: &Finding, depth: u32, cast: &Cast) -> bool {
    let words = format!("{} {}", found.summary, found.explanation);
    let place = (cast.chain.len() - 1).checked_sub(depth as usize).expect("a place in the chain");
    let culprit = &cast.chain[place].certificate;
    let names = [culprit.subject_name(), culprit.issuer_name()].map(|name| {
        let name = name.entries_by_nid(openssl::nid::Nid::COMMONNAME).next();
        name.map_or_else(String::new, |name| String::from_utf8_lossy(name.data().as_slice()).into_owned())
    });
    words.contains(&format!("at depth {depth}"))
        || names.iter().any(|name| !name.is_empty() && words.contains(name))
}

/// It sees the alert alone: it names something, and is sure of nothing else than what is true.
fn judge_owner(truth: &str, owner: &Handshake) -> Result<(), String> {
    let diagnosis = diagnose(owner);
    let found = diagnosis.findings.first().ok_or("the owner finds nothing")?;
    let code = found.cause.code();
    match found.confidence {
        Confidence::Certain if code != truth => {
            Err(format!("the owner is sure of {code}, and it is {truth}"))
        }
        _ => Ok(()),
    }
}

#[test]
fn what_openssl_verify_takes_has_no_cause() {
    let (other, kinds) = (Other::new(), kinds());
    let folder = tempfile::tempdir().expect("a folder");
    for kind in GOOD {
        let of_kind: Vec<_> = kinds.iter().filter(|(_, case)| case.name == kind).collect();
        assert!(!of_kind.is_empty(), "no kind {kind}");
        for (holder, case) in of_kind {
            takes(folder.path(), &cast(*holder, case), &other, &format!("{kind} ({holder:?})"));
        }
    }
}

fn takes(folder: &Path, cast: &Cast, other: &Other, what: &str) {
    assert_eq!(command::verify(folder, cast), None, "{what}");
    let met = cast.meet(other, SslVersion::TLS1_3);
    for handshake in [&met.verifier, &met.owner] {
        assert!(diagnose(handshake).is_healthy(), "{what}: {:#?}", diagnose(handshake));
    }
}
