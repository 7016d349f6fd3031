//! The recorded corpus, `testdata/cases`: real handshakes of the laboratory as both sides recorded them, with what is true of
//! each by construction and what is expected of its record.
//!
//! `cases --record` performs the scenarios that have no folder yet, `--record --anew` all of them; `cases` alone works out
//! again what is expected of the recordings that are there, and refuses what contradicts the truth.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tlsdiag_core::event::{Recording, lines};
use tlsdiag_core::report::Record;
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Scenario, Spy, Verdict};

use crate::both_ends::BothEnds;

const FOLDER: &str = "testdata/cases";

/// Not what a case is held to: words that may be written better, what was seen on the way there, and long lists that say the
/// same in every case and are held to their bytes by the tests of `wire`.
#[rustfmt::skip]
const LEFT_OUT: &[&str] = &[
    "summary", "explanation", "evidence", "ruled_out", "advice", "tell", "cipher_suites", "extensions", "encrypted_extensions",
    "value", "trusted", "client_program",
];

/// Records what is missing, or everything.
pub(super) fn record(root: &Path, anew: bool) -> Result<(), String> {
    let folder = root.join(FOLDER);
    let pki = Pki::generate().map_err(|error| error.to_string())?;
    let mut present = BTreeSet::new();
    for scenario in [Scenario::all(), Scenario::certificates(), Scenario::negotiation()].concat() {
        let places = [("server", scenario.server), ("client", scenario.client)]
            .map(|(side, verdict)| place(&folder, &scenario, side, verdict));
        present.extend(places.iter().flatten().cloned());
        if !anew && places.iter().flatten().all(|place| place.join("events.jsonl").is_file()) {
            continue;
        }
        let ends = BothEnds::default();
        let failed = |error: tlsdiag_lab::Error| format!("{}: {error}", scenario.name);
        scenario.run(&pki, &ends, Spy::Off).map_err(failed)?;
        let sides = [("server", scenario.server, ends.server), ("client", scenario.client, ends.client)];
        for ((side, verdict, collector), place) in sides.into_iter().zip(places) {
            let Some(place) = place else { continue };
            put(&scenario, side, verdict, &collector.take(), &place)
                .map_err(|what| format!("{} at the {side}: {what}", scenario.name))?;
        }
    }
    for place in folders(&folder)? {
        if !present.contains(&place) {
            println!("{}: no scenario makes this any more", place.display());
        }
    }
    Ok(())
}

/// Where the case of one side is kept; `None` where that side speaks no TLS.
fn place(folder: &Path, scenario: &Scenario, side: &str, verdict: Verdict) -> Option<PathBuf> {
    let code = match verdict {
        Verdict::NotRecorded => return None,
        _ => truth(verdict).unwrap_or("healthy"),
    };
    Some(folder.join(code).join(format!("{}-{side}", scenario.name)))
}

fn truth(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Cause(truth) | Verdict::Alternative { truth, .. } => Some(truth),
        Verdict::Healthy | Verdict::NotRecorded => None,
    }
}

fn put(
    scenario: &Scenario,
    side: &str,
    verdict: Verdict,
    recordings: &[Recording],
    place: &Path,
) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", place.display());
    let mut events = Vec::new();
    for recording in recordings {
        lines::write(recording, &mut events).map_err(told)?;
    }
    let expected = expected(truth(verdict), recordings)?;
    fs::create_dir_all(place).map_err(told)?;
    fs::write(place.join("events.jsonl"), events).map_err(told)?;
    fs::write(place.join("expected.json"), expected).map_err(told)?;
    fs::write(place.join("why.md"), why(scenario, side, verdict, recordings)).map_err(told)
}

fn why(scenario: &Scenario, side: &str, verdict: Verdict, recordings: &[Recording]) -> String {
    let truth = match verdict {
        Verdict::Healthy | Verdict::NotRecorded => {
            format!("Nothing is wrong here that the {side} could see, and nothing may be found.\n")
        }
        Verdict::Cause(code) => format!("True by construction, and for this side to see: `{code}`.\n"),
        Verdict::Alternative { named, truth } => format!(
            "True by construction: `{truth}`. This side cannot tell that from `{named}`, which is the more usual one; it has to \
             name the true one beside it.\n"
        ),
    };
    let several = match recordings.len() {
        1 => String::new(),
        many => format!(
            "These are {many} handshakes; the truth is about the last one, and the others are in order.\n"
        ),
    };
    let library = recordings.first().map(|first| Record::from_recording(first).library).unwrap_or_default();
    format!(
        "# {}, seen by the {side}\n\n{} TLS {}.\n\n{truth}{several}\nMade by the scenario `{}` of tlsdiag-lab and recorded with {library}.\n",
        scenario.name,
        scenario.summary,
        scenario.version.as_str(),
        scenario.name,
    )
}

/// Works out again what is expected of what was recorded.
pub(super) fn expect(root: &Path) -> Result<(), String> {
    for place in folders(&root.join(FOLDER))? {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", place.display());
        let file = fs::File::open(place.join("events.jsonl")).map_err(|error| told(&error))?;
        let recordings = lines::read(std::io::BufReader::new(file)).map_err(|error| told(&error))?;
        let code =
            place.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        let truth = (code != "healthy").then_some(code);
        let expected = expected(truth, &recordings).map_err(|what| told(&what))?;
        fs::write(place.join("expected.json"), expected).map_err(|error| told(&error))?;
    }
    Ok(())
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let entries = |path: &Path| {
        let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
        paths.map_err(|error| format!("{}: {error}", path.display()))
    };
    for code in entries(folder)?.iter().filter(|path| path.is_dir()) {
        found.extend(entries(code)?.into_iter().filter(|path| path.is_dir()));
    }
    found.sort();
    Ok(found)
}

/// What the records of these handshakes have to say; not less than the truth, and nothing of a healthy one.
fn expected(truth: Option<&str>, recordings: &[Recording]) -> Result<String, String> {
    let mut records = Vec::new();
    for (number, recording) in recordings.iter().enumerate() {
        let record = Record::from_recording(recording);
        let truth = truth.filter(|_| number + 1 == recordings.len());
        let first = record.diagnosis.findings.first();
        let right = match (truth, first) {
            (None, first) => first.is_none(),
            (Some(_), None) => false,
            (Some(truth), Some(first)) => {
                first.cause == truth || first.alternatives.iter().any(|other| other.cause == truth)
            }
        };
        if !right {
            return Err(format!(
                "true is {}, and the record says {}",
                truth.unwrap_or("nothing"),
                record.verdict()
            ));
        }
        let mut record = serde_json::to_value(&record).map_err(|error| error.to_string())?;
        // The key of a client is made of what has tests of its own.
        record.as_object_mut().map(|fields| fields.remove("client"));
        strip(&mut record);
        records.push(record);
    }
    Ok(laid_out(&json!({ "truth": truth, "records": records })))
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Indented as far as a reader wants it: what fits a line stands on one.
fn laid_out(value: &Value) -> String {
    fn put(value: &Value, indent: usize, out: &mut String) {
        let flat = value.to_string();
        let parts: Vec<(String, &Value)> = match value {
            _ if indent + flat.len() <= 140 => Vec::new(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (format!("{}: ", Value::from(name.as_str())), value))
                .collect(),
            Value::Array(items) => items.iter().map(|value| (String::new(), value)).collect(),
            _ => Vec::new(),
        };
        if parts.is_empty() {
            return out.push_str(&flat);
        }
        let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
        out.push(open);
        for (number, (name, value)) in parts.iter().enumerate() {
            out.push_str(if number == 0 { "\n" } else { ",\n" });
            out.push_str(&" ".repeat(indent + 1));
            out.push_str(name);
            put(value, indent + 1, out);
        }
        out.push('\n');
        out.push_str(&" ".repeat(indent));
        out.push(close);
    }
    let mut out = String::new();
    put(value, 0, &mut out);
    out.push('\n');
    out
}
