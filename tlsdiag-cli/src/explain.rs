//! `tlsdiag explain`: recorded handshakes, told again.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, StdoutLock, Write};
use std::path::Path;
use std::process::ExitCode;

use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::{Record, jsonl, text};

use crate::args::{ExplainArguments, Format};
use crate::error::{self, Error, Reason};

/// No record comes near it; a longer line is something else, and shall not fill the memory.
const LONGEST_LINE: u64 = 64 << 20;

/// So many complaints are kept while it is not known whether a file holds handshakes at all.
const HELD_BACK: usize = 64;

/// Explains each file, as far as it can be read; says on stderr what cannot.
pub(crate) fn run(arguments: &ExplainArguments, style: text::Style) -> Result<ExitCode, Error> {
    let mut told = Told {
        out: BufWriter::new(io::stdout().lock()),
        format: arguments.format,
        style,
        failures: 0,
        complaints: 0,
    };
    let mut done = Ok(());
    for file in &arguments.files {
        done = told.file(file);
        if done.is_err() {
            break;
        }
    }
    match done.and_then(|()| told.out.flush().map_err(Error::output)) {
        // Whoever read has seen enough: `tlsdiag explain … | head`.
        Ok(()) | Err(Error::OutputClosed) => Ok(told.exit_code()),
        Err(other) => Err(other),
    }
}

struct Told {
    out: BufWriter<StdoutLock<'static>>,
    format: Format,
    style: text::Style,
    failures: u64,
    complaints: u64,
}

impl Told {
    fn exit_code(&self) -> ExitCode {
        match (self.complaints, self.failures) {
            (0, 0) => error::HEALTHY,
            (0, _) => error::diagnosed(),
            (_, _) => error::trouble(),
        }
    }

    fn file(&mut self, path: &Path) -> Result<(), Error> {
        if path.as_os_str() == "-" {
            return self.lines("stdin", io::stdin().lock());
        }
        let name = path.display().to_string();
        if path.is_dir() {
            return self.complain(&format!("{name} is a folder: name the JSON lines file in it"));
        }
        match File::open(path) {
            Ok(file) => self.lines(&name, BufReader::new(file)),
            Err(cause) => self.complain(&format!("cannot open {name}: {}", Reason(&cause))),
        }
    }

    fn lines(&mut self, name: &str, mut input: impl BufRead) -> Result<(), Error> {
        let (mut number, mut good, mut line) = (0_usize, false, Vec::new());
        let mut reader = Reader::new();
        // Held back until the file is known to be ours: a photograph deserves one complaint, not one a line.
        let (mut held, mut not_held) = (Vec::<String>::new(), 0_usize);
        loop {
            line.clear();
            match input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(length) if length as u64 == LONGEST_LINE => {
                    let limit = LONGEST_LINE >> 20;
                    return self.complain(&format!(
                        "{name}, line {}: it does not end within {limit} MiB, so this is no file of handshakes",
                        number + 1
                    ));
                }
                Ok(_) => number += 1,
                Err(cause) => return self.complain(&format!("cannot read {name}: {}", Reason(&cause))),
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            for told in read(&mut reader, &line) {
                match told {
                    Ok(record) => {
                        good = true;
                        for complaint in held.drain(..) {
                            self.complain(&complaint)?;
                        }
                        if std::mem::take(&mut not_held) > 0 {
                            self.complain(&format!("{name}: no line before line {number} is better"))?;
                        }
                        self.tell(&record)?;
                    }
                    Err(what) => {
                        let complaint = format!("{name}, line {number}: {what}");
                        if good {
                            self.complain(&complaint)?;
                        } else if held.len() < HELD_BACK {
                            held.push(complaint);
                        } else {
                            not_held += 1;
                        }
                    }
                }
            }
        }
        if let Err(what) = reader.finish() {
            let complaint = format!("{name} ends too soon: {what}");
            if good || held.is_empty() {
                return self.complain(&complaint);
            }
            held.push(complaint);
        }
        match held.first() {
            None if good => Ok(()),
            None => self.complain(&format!("{name} is empty: there is no handshake in it")),
            Some(_) if number == 1 => self.complain(&held[0]),
            Some(why) => {
                self.complain(&format!("{name} is no file of handshakes: not one line can be read ({why})"))
            }
        }
    }

    fn tell(&mut self, record: &Record) -> Result<(), Error> {
        let serious = record.diagnosis.findings.iter().any(|finding| finding.severity == "error");
        if serious || !record.tls.established {
            self.failures += 1;
        }
        match self.format {
            Format::Text => text::write(record, &mut self.out, self.style),
            Format::Json => jsonl::write(record, &mut self.out),
            Format::Causes => writeln!(self.out, "{}", record.verdict()),
        }
        .map_err(Error::output)
    }

    /// Says what is wrong, below what has been told so far.
    fn complain(&mut self, sentence: &str) -> Result<(), Error> {
        self.complaints += 1;
        self.out.flush().map_err(Error::output)?;
        eprintln!("tlsdiag: {sentence}");
        Ok(())
    }
}

fn read(reader: &mut Reader, line: &[u8]) -> Vec<Result<Record, String>> {
    let Ok(text) = std::str::from_utf8(line) else { return vec![Err("this is not text".to_owned())] };
    let told = reader.line(text.trim_end_matches(['\n', '\r']));
    told.into_iter().map(|told| told.map_err(|error| error.to_string())).collect()
}
