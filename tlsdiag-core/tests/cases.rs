//! The recorded corpus: each case of `testdata/cases` is read, and its records are what is expected of them, on any day and
//! without any OpenSSL. `cargo run -p xtask -- cases` works out again what is expected.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;
use tlsdiag_core::event::is_plainly_healthy;
use tlsdiag_core::event::lines;
use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::text::{self, Style};
use tlsdiag_core::report::{Line, Record};
use tlsdiag_core::{Cause, Handshake, diagnose};

struct Case {
    folder: PathBuf,
    /// The name of the folder above: a cause, or `healthy`.
    code: String,
    expected: Value,
    records: Vec<Record>,
}

fn subfolders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).expect("a readable folder").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases");
    let mut cases = Vec::new();
    for code in subfolders(&corpus) {
        for folder in subfolders(&code) {
            let open = |name: &str| BufReader::new(File::open(folder.join(name)).expect(name));
            let recordings = lines::read(open("events.jsonl"))
                .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            cases.push(Case {
                code: code.file_name().expect("a name").to_string_lossy().into_owned(),
                expected: serde_json::from_reader(open("expected.json")).expect("JSON"),
                records: recordings.iter().map(Record::from_recording).collect(),
                folder,
            });
        }
    }
    cases
});

/// Where the record is not as expected. Fields that are not expected are not looked at: fields may be added.
fn differences(at: &str, expected: &Value, found: &Value, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, expected) in expected {
                let found = found.get(name).unwrap_or(&Value::Null);
                self::differences(&format!("{at}.{name}"), expected, found, differences);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
                self::differences(&format!("{at}[{number}]"), expected, found, differences);
            }
        }
        _ if expected == found => {}
        _ => differences.push(format!("{at} is {found}, expected {expected}")),
    }
}

#[test]
fn each_record_is_what_is_expected_of_it() {
    let mut wrong = Vec::new();
    for case in CASES.iter() {
        let found = serde_json::to_value(&case.records).expect("JSON");
        let mut unlike = Vec::new();
        differences("records", &case.expected["records"], &found, &mut unlike);
        if !unlike.is_empty() {
            wrong.push(format!("{}:\n  {}", case.folder.display(), unlike.join("\n  ")));
        }
    }
    let count = wrong.len();
    wrong.truncate(20);
    assert!(
        count == 0,
        "{count} cases differ; if they are right now, `cargo run -p xtask -- cases` writes what is expected anew:\n{}",
        wrong.join("\n")
    );
}

/// What is expected cannot be written so that it contradicts the truth, which is the name of the folder.
#[test]
fn what_is_expected_is_the_truth_or_says_that_it_may_be() {
    for case in CASES.iter() {
        let name = case.folder.display();
        let truth = case.expected["truth"].as_str();
        assert_eq!(truth.unwrap_or("healthy"), case.code, "{name}");
        assert!(fs::read_to_string(case.folder.join("why.md")).is_ok_and(|why| !why.is_empty()), "{name}");
        let (last, before) = case.records.split_last().expect("a record");
        assert!(before.iter().all(|record| record.diagnosis.findings.is_empty()), "{name}");
        match (truth, last.diagnosis.findings.first()) {
            (None, found) => assert_eq!(found, None, "{name}"),
            (Some(truth), found) => {
                let found = found.unwrap_or_else(|| panic!("{name}: nothing is found"));
                let beside = found.alternatives.iter().any(|other| other.cause == truth);
                assert!(found.cause == truth || beside, "{name}: {}", found.cause);
            }
        }
    }
}

fn page(record: &Record, style: Style) -> String {
    let mut out = Vec::new();
    text::write(record, &mut out, style).expect("memory is never full");
    String::from_utf8(out).expect("text")
}

/// A healthy handshake has five lines at most; of another what to do comes before how it is known; what was offered stands last, and only
/// where everything is wanted.
#[test]
fn a_report_is_short_and_begins_with_what_matters() {
    let (mut short, mut long) = (0, 0);
    for (case, record) in CASES.iter().flat_map(|case| case.records.iter().map(move |record| (case, record)))
    {
        let name = case.folder.display();
        let report = page(record, Style::default());
        let full = page(record, Style::default().with_full(true));
        let place = |heading: &str| report.find(heading);
        let offered = "What the client offered";
        assert!(place(offered).is_none(), "{name}:\n{report}");
        if record.offer.is_some() {
            let last = full.rfind("What happened").filter(|_| !record.events.is_empty());
            assert!(full.find(offered) > last, "{name}:\n{full}");
        }
        if record.diagnosis.findings.is_empty() && record.verdict() == "ok" {
            assert!(report.trim_end().lines().count() <= 5, "{name}:\n{report}");
            short += 1;
        } else {
            let order: Vec<_> =
                ["What to do", "How we know", "What happened"].into_iter().filter_map(place).collect();
            assert!(order.len() > 1 && order.is_sorted(), "{name}:\n{report}");
            long += 1;
        }
    }
    assert!(short > 40 && long > 150, "{short} short, {long} long");
}

/// At any width: no date, no name and no code is broken at the end of a line.
#[test]
fn nothing_is_broken_that_somebody_would_copy() {
    let mut seen = 0;
    for (case, record) in CASES.iter().flat_map(|case| case.records.iter().map(move |record| (case, record)))
    {
        let finding = record.diagnosis.findings.first();
        let alternatives =
            finding.iter().flat_map(|finding| &finding.alternatives).map(|other| other.cause.clone());
        let subject = record.tls.client.subject.clone().filter(|subject| subject.len() < 40);
        let whole: Vec<String> =
            alternatives.chain([record.time.clone(), record.library.clone()]).chain(subject).collect();
        for width in [40, 60, 72, 80, 100] {
            let report = page(record, Style::default().with_width(width));
            for one in &whole {
                assert!(
                    report.contains(one.as_str()),
                    "{}: {one} is broken at {width}:\n{report}",
                    case.folder.display()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 1000, "{seen}");
}

/// A line of a log says how sure it is, whom it is about and what was asked for.
#[test]
fn the_one_line_has_confidence_name_and_peer() {
    for record in CASES.iter().flat_map(|case| &case.records) {
        let line = record.one_line();
        let head = line.split("): ").next().unwrap_or_default();
        if let Some(finding) = record.diagnosis.findings.first() {
            assert!(head.ends_with(&finding.confidence) && line.ends_with(&finding.summary), "{line}");
        }
        if let Some(name) = &record.tls.client.server_name {
            assert!(line.contains(&format!(", for {name}")), "{line}");
        }
        if let Some(peer) = &record.peer {
            assert!(line.contains(&format!("peer {}", peer.address)), "{line}");
        }
    }
}

/// For each cause that can be named a case of it, with a healthy twin of the same side and version.
#[test]
fn every_cause_has_its_cases() {
    let (healthy, faults): (Vec<_>, Vec<_>) = CASES.iter().partition(|case| case.expected["truth"].is_null());
    assert!(faults.len() >= 150 && healthy.len() >= 40, "{} faults, {} healthy", faults.len(), healthy.len());
    // A warning may stand beside the cause that it warns about.
    let findings =
        |case: &&Case| case.records.last().map(|last| last.diagnosis.findings.clone()).unwrap_or_default();
    let beside = faults.iter().flat_map(findings).map(|finding| finding.cause);
    let codes: BTreeSet<String> = faults.iter().map(|case| case.code.clone()).chain(beside).collect();
    // What ends soon is for the reader to say, and in no recording; `tests/matrix.rs` says it.
    let recorded =
        Cause::all().filter(|cause| *cause != Cause::WarnCertificateExpiresSoon && !cause.is_of_setup());
    let without: Vec<_> =
        recorded.filter(|cause| cause.is_diagnosed() && !codes.contains(cause.code())).collect();
    assert!(without.is_empty(), "{without:?}");
    let kind = |case: &&Case| {
        let name = case.folder.file_name().expect("a name").to_string_lossy().into_owned();
        let mut words = name.rsplit('-').map(str::to_owned);
        (words.next(), words.next())
    };
    let twins: BTreeSet<_> = healthy.iter().map(kind).collect();
    assert!(faults.iter().all(|fault| twins.contains(&kind(fault))));
}

/// A face that has only lines comes to the same records.
#[test]
fn a_file_read_line_by_line_gives_the_same_records() {
    for case in CASES.iter() {
        let text = fs::read_to_string(case.folder.join("events.jsonl")).expect("text");
        let mut reader = Reader::new();
        let lines: Result<Vec<_>, _> = text.lines().flat_map(|line| reader.line(line)).collect();
        assert!(reader.finish().is_ok());
        let records: Vec<_> = lines.expect("good lines").into_iter().filter_map(Line::handshake).collect();
        assert_eq!(records, case.records);
    }
}

/// Lines that let in what was kept out for a reason.
const WEAKENING: &[&str] = &[
    "SECLEVEL=0",
    "SECLEVEL=1",
    "SSLCARevocationCheck leaf",
    "VERIFY_CRL_CHECK_LEAF",
    "UnsafeLegacyServerConnect",
    "LEGACY_SERVER_CONNECT",
    "-legacy_server_connect",
    "RSA+SHA1",
    "optional_no_ca",
    "CERT_NONE",
    "--insecure",
    "set_max_cert_list",
];

/// Advice that weakens says so, and stands behind something better.
#[test]
fn what_weakens_says_so_and_comes_after_the_better() {
    let findings = CASES.iter().flat_map(|case| &case.records).flat_map(|record| &record.diagnosis.findings);
    let mut seen = 0;
    for finding in findings {
        for (place, advice) in finding.advice.iter().enumerate() {
            if !WEAKENING.iter().any(|weak| advice.line.contains(weak)) {
                continue;
            }
            seen += 1;
            let note = advice.note.clone().unwrap_or_default();
            let says = ["weak", "unsafe", "insecure", "only", "every peer", "until"];
            assert!(
                says.iter().any(|word| note.contains(word)),
                "{}: {} ({note})",
                finding.cause,
                advice.line
            );
            let better = finding.advice[..place]
                .iter()
                .any(|other| !WEAKENING.iter().any(|weak| other.line.contains(weak)));
            assert!(better, "{}: {} stands first", finding.cause, advice.line);
        }
    }
    assert!(seen > 0);
}

/// The quick look at a recording never takes for healthy what the rules have something to say about.
#[test]
fn what_looks_plainly_healthy_is() {
    let mut plain = 0;
    for case in CASES.iter() {
        let events = BufReader::new(File::open(case.folder.join("events.jsonl")).expect("a recording"));
        for recording in lines::read(events).expect("good lines") {
            if is_plainly_healthy(&recording) {
                let judged =
                    diagnose(&Handshake::from_recording(&recording).with_signatures_tried(&recording));
                assert!(judged.is_healthy(), "{}: {judged:?}", case.folder.display());
                plain += 1;
            }
        }
    }
    assert!(plain > 200, "{plain} of all cases look healthy, which would be of no use");
}
