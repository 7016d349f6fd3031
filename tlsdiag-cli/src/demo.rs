//! `tlsdiag demo`: every scenario of the laboratory for real, judged from both ends.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use openssl::ssl::SslRef;
use tlsdiag_core::report::{Record, jsonl, text};
use tlsdiag_core::source::openssl::AttachOptions;
use tlsdiag_core::{Collector, Handshake, attach_with, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Observer, Scenario, Side, Spy, Verdict};

use crate::args::DemoArguments;
use crate::error::{self, Error, Reason};
use crate::screen;

/// The scenario that this product was first made for.
const FOUNDING_CASE: &str = "card-refuses-pss-1.2";

/// Performs all scenarios and prints what each side found; the exit code says whether every verdict is right.
pub(crate) fn run(arguments: &DemoArguments, style: text::Style) -> Result<ExitCode, Error> {
    let path = arguments.dir.join("handshakes.jsonl");
    let mut log = create(&arguments.dir, &path)?;
    let pki = Pki::generate()?;
    let mut shown = Vec::new();
    let mut wrong = Vec::new();
    let mut handshakes = 0;
    let scenarios = Scenario::all();
    let mut table = screen::table(["SCENARIO", "SERVER'S VERDICT", "CLIENT'S VERDICT", ""]);
    for scenario in &scenarios {
        let ends = BothEnds::default();
        scenario.run(&pki, &ends, Spy::Off)?;
        let server = End::new(&ends.server, scenario.server, scenario.handshakes);
        let client = End::new(&ends.client, scenario.client, scenario.handshakes);
        let right = server.is_right() && client.is_right();
        table.add_row([
            scenario.name.as_str(),
            &server.said,
            &client.said,
            if right { "right" } else { "WRONG" },
        ]);
        for (name, end) in [("server", &server), ("client", &client)] {
            if !end.is_right() {
                wrong.push(format!(
                    "{}: the {name} says {}, and {} is right",
                    scenario.name, end.said, end.expected
                ));
            }
            for record in &end.records {
                handshakes += 1;
                jsonl::write(record, &mut log).map_err(|cause| cannot_write(&path, &cause))?;
            }
        }
        if scenario.name == FOUNDING_CASE {
            shown = server.records;
            shown.extend(client.records);
        }
    }
    log.flush().map_err(|cause| cannot_write(&path, &cause))?;

    let mut out = BufWriter::new(io::stdout().lock());
    let print = |out: &mut BufWriter<_>| -> io::Result<()> {
        writeln!(out, "{}\n{FOUNDING_CASE}, as each side reports it:\n", screen::lines(&table))?;
        for record in &shown {
            text::write(record, out, style)?;
        }
        writeln!(
            out,
            "{} scenarios, {handshakes} handshakes recorded in {}, {} wrong",
            scenarios.len(),
            path.display(),
            wrong.len()
        )?;
        out.flush()
    };
    match print(&mut out).map_err(Error::output) {
        Ok(()) | Err(Error::OutputClosed) => {}
        Err(other) => return Err(other),
    }
    for sentence in &wrong {
        eprintln!("tlsdiag: {sentence}");
    }
    Ok(if wrong.is_empty() { error::HEALTHY } else { error::diagnosed() })
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
            Err(error) => eprintln!("tlsdiag: {error}"),
        }
    }
}

/// What one side recorded, and what it should have found.
struct End {
    records: Vec<Record>,
    said: String,
    expected: &'static str,
    handshakes: usize,
}

impl End {
    fn new(collector: &Collector, verdict: Verdict, handshakes: usize) -> End {
        let tell = |recording| {
            let handshake = Handshake::from_recording(recording);
            Record::new(&handshake, &diagnose(&handshake))
        };
        let records: Vec<Record> = collector.take().iter().map(tell).collect();
        let (expected, handshakes) = match verdict {
            Verdict::Healthy => ("ok", handshakes),
            Verdict::Cause(code) => (code, handshakes),
            Verdict::NotRecorded => (NOTHING, 0),
        };
        let mut verdicts: Vec<&str> = records.iter().map(Record::verdict).collect();
        verdicts.dedup();
        let said = if verdicts.is_empty() { NOTHING.to_owned() } else { verdicts.join(", ") };
        End { records, said, expected, handshakes }
    }

    fn is_right(&self) -> bool {
        self.said == self.expected && self.records.len() == self.handshakes
    }
}

/// Stands for a side that speaks no TLS and so has no verdict.
const NOTHING: &str = "-";
