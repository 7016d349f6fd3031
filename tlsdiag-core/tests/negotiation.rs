//! What can go wrong on the way to a connection, certificates aside, performed for real over loopback and recorded at both
//! ends: each side names the cause that is true by construction, or says which causes it cannot tell apart; and it says
//! nothing of what only looks like a fault.
#![cfg(feature = "linked")]

mod both_ends;

use both_ends::BothEnds;
use tlsdiag_core::diagnose::{Confidence, Diagnosis};
use tlsdiag_core::event::Recording;
use tlsdiag_core::report::{Record, text};
use tlsdiag_core::{Handshake, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{LibraryError, Run, Scenario, Spy, Verdict};

fn shown(handshake: &Handshake, diagnosis: &Diagnosis) -> String {
    let mut out = Vec::new();
    text::write(&Record::new(handshake, diagnosis), &mut out, text::Style::default()).expect("memory");
    let mut text = String::from_utf8(out).expect("text");
    let numbers: Vec<_> = handshake.errors.iter().map(|error| (error.library, error.reason)).collect();
    let alerts: Vec<_> =
        handshake.alerts.iter().map(|alert| (alert.direction, alert.description.0)).collect();
    text.push_str(&format!(
        "    errors {numbers:?}, alerts {alerts:?}, transport {:?}, outcome {:?}\n",
        handshake.transport, handshake.outcome
    ));
    text
}

/// What is wrong with one record, if anything is.
fn judge(diagnosis: &Diagnosis, verdict: Verdict) -> Option<String> {
    let first = diagnosis.findings.first();
    let code = first.map(|finding| finding.cause.code());
    let incomplete = first.is_some_and(|finding| {
        finding.summary.is_empty()
            || finding.explanation.is_empty()
            || finding.evidence.is_empty()
            || finding.advice.is_empty()
    });
    if incomplete {
        return Some("a finding without explanation, evidence or advice".to_owned());
    }
    match verdict {
        Verdict::Healthy => code.map(|code| format!("a false alarm: {code}")),
        Verdict::Cause(expected) => {
            (code != Some(expected)).then(|| format!("{} instead of {expected}", code.unwrap_or("nothing")))
        }
        Verdict::Alternative { named, truth } => {
            let Some(first) = first.filter(|first| first.cause.code() == named) else {
                return Some(format!("{} instead of {named} (or {truth})", code.unwrap_or("nothing")));
            };
            if first.confidence == Confidence::Certain {
                return Some(format!("{named} is not certain, it is {truth}"));
            }
            let honest = first.alternatives.iter().any(|other| other.cause.code() == truth);
            (!honest).then(|| format!("{named} without {truth} among the alternatives"))
        }
        Verdict::NotRecorded => Some("recorded what speaks no TLS".to_owned()),
    }
}

/// What is wrong with the records of one side.
fn problems(scenario: &Scenario, side: &str, recordings: &[Recording]) -> Vec<String> {
    let (verdict, count) = match side {
        "server" => (scenario.server, scenario.records.0),
        _ => (scenario.client, scenario.records.1),
    };
    let count = if verdict == Verdict::NotRecorded { 0 } else { count };
    let mut wrong = Vec::new();
    if recordings.len() != count {
        wrong.push(format!("{} at the {side}: {} records, not {count}", scenario.name, recordings.len()));
    }
    for (number, recording) in recordings.iter().enumerate() {
        let handshake = Handshake::from_recording(recording);
        let diagnosis = diagnose(&handshake);
        let verdict = if number + 1 < recordings.len() { Verdict::Healthy } else { verdict };
        if let Some(problem) = judge(&diagnosis, verdict) {
            let shown = shown(&handshake, &diagnosis);
            wrong.push(format!("{} at the {side}, record {number}: {problem}\n{shown}", scenario.name));
        }
    }
    wrong
}

#[test]
fn each_side_names_the_true_cause_or_says_what_it_cannot_tell() {
    let pki = Pki::generate().expect("a PKI");
    let mut wrong = Vec::new();
    for scenario in &Scenario::negotiation() {
        let ends = BothEnds::default();
        scenario.run(&pki, &ends, Spy::Off).expect("a scenario that can be performed");
        wrong.extend(problems(scenario, "server", &ends.server.take()));
        wrong.extend(problems(scenario, "client", &ends.client.take()));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a write or a reset comes first is the network's affair, where the connection is gone: from 3.2 on a write that fails
/// leaves an entry of its own in the queue.
fn settled(mut run: Run) -> Run {
    let left_by_a_write =
        |error: &LibraryError| error.data.as_deref() == Some("tls_retry_write_records failure");
    for side in run.server.iter_mut().chain(&mut run.client) {
        let failures =
            [side.handshake.as_mut().err(), side.application.as_mut().and_then(|said| said.as_mut().err())];
        for failure in
            failures.into_iter().flatten().chain(side.farewell.as_mut().and_then(|done| done.as_mut().err()))
        {
            failure.queue.retain(|error| !left_by_a_write(error));
        }
    }
    run
}

/// Nor does watching change how any of them ends.
#[test]
fn each_ends_as_it_would_have_unwatched() {
    let pki = Pki::generate().expect("a PKI");
    let mut changed = Vec::new();
    for scenario in &Scenario::negotiation() {
        let unwatched = scenario.run(&pki, &(), Spy::Off).expect("a scenario that can be performed");
        let watched = scenario.run(&pki, &BothEnds::default(), Spy::Off).expect("the same again");
        let (unwatched, watched) = (settled(unwatched), settled(watched));
        if unwatched != watched {
            changed.push(format!("{}:\nunwatched {unwatched:#?}\nwatched {watched:#?}", scenario.name));
        }
    }
    assert!(changed.is_empty(), "{} changed:\n{}", changed.len(), changed.join("\n"));
}
