//! Every scenario of the laboratory, performed for real over loopback and recorded at both ends: each side names the cause
//! that is true by construction, and says nothing of a healthy handshake.
#![cfg(feature = "linked")]

mod both_ends;

use both_ends::BothEnds;
use tlsdiag_core::event::Recording;
use tlsdiag_core::report::{Record, jsonl, text};
use tlsdiag_core::{Handshake, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Scenario, Spy, Verdict};

fn record(recording: &Recording) -> Record {
    let handshake = Handshake::from_recording(recording).with_signatures_tried(recording);
    let problems: Vec<_> = handshake.undecoded.iter().map(|problem| problem.value.clone()).collect();
    assert!(problems.is_empty(), "every message decodes: {problems:?}");
    Record::new(&handshake, &diagnose(&handshake))
}

fn shown(record: &Record) -> String {
    let mut out = Vec::new();
    text::write(record, &mut out, text::Style::default()).expect("memory");
    String::from_utf8(out).expect("text")
}

/// What is wrong with the records of one side.
fn judge(
    scenario: &Scenario,
    side: &str,
    verdict: Verdict,
    recordings: &[Recording],
    wrong: &mut Vec<String>,
) -> Vec<Record> {
    let expected = match verdict {
        Verdict::NotRecorded => {
            if !recordings.is_empty() {
                wrong.push(format!("{} at the {side}: recorded what speaks no TLS", scenario.name));
            }
            return Vec::new();
        }
        Verdict::Healthy => "ok",
        Verdict::Cause(code) | Verdict::Alternative { named: code, .. } => code,
    };
    let records: Vec<_> = recordings.iter().map(record).collect();
    if records.len() != scenario.handshakes {
        wrong.push(format!(
            "{} at the {side}: {} records of {} handshakes",
            scenario.name,
            records.len(),
            scenario.handshakes
        ));
    }
    for record in &records {
        if record.verdict() != expected {
            wrong.push(format!(
                "{} at the {side}: {} instead of {expected}\n{}",
                scenario.name,
                record.verdict(),
                shown(record)
            ));
        }
    }
    records
}

#[test]
fn each_side_names_the_true_cause_and_nothing_else() {
    let pki = Pki::generate().expect("a PKI");
    let schema = tlsdiag_core::report::schema();
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let mut wrong = Vec::new();
    for scenario in Scenario::all() {
        let ends = BothEnds::default();
        scenario.run(&pki, &ends, Spy::Off).expect("a scenario that can be performed");
        let mut records = judge(&scenario, "server", scenario.server, &ends.server.take(), &mut wrong);
        records.extend(judge(&scenario, "client", scenario.client, &ends.client.take(), &mut wrong));
        for record in records {
            let mut line = Vec::new();
            jsonl::write(&record, &mut line).expect("memory");
            let line = String::from_utf8(line).expect("UTF-8");
            let value = serde_json::from_str(&line).expect("JSON");
            if let Err(error) = schema.validate(&value) {
                wrong.push(format!("{}: {error} at {}", scenario.name, error.instance_path()));
            }
            assert_eq!(jsonl::read_line(&line).expect("our own line"), record);
            let widest = shown(&record)
                .lines()
                .filter(|line| !line.starts_with("      "))
                .map(|line| line.chars().count())
                .max();
            if widest > Some(80) {
                wrong.push(format!("{}: a line of {widest:?} columns\n{}", scenario.name, shown(&record)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The verdict on a healthy handshake is no accident of a rule that never looks: without rules everything is silent.
#[test]
fn without_rules_nothing_is_named() {
    let pki = Pki::generate().expect("a PKI");
    let all = Scenario::all();
    let faulty = all.iter().find(|scenario| scenario.server != Verdict::Healthy).expect("a fault");
    let ends = BothEnds::default();
    faulty.run(&pki, &ends, Spy::Off).expect("a scenario that can be performed");
    for recording in ends.server.take() {
        let handshake = Handshake::from_recording(&recording);
        assert!(tlsdiag_core::diagnose::diagnose_with(&[], &handshake).findings.is_empty());
        assert!(!diagnose(&handshake).findings.is_empty());
    }
}
