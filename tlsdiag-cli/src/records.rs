//! Records from files of JSON lines, or from stdin: each good line is told, each bad one named by file and number.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::{Line, Record, SetupRecord};

use crate::error::{Error, Reason};
use crate::say::say;

/// No record comes near it; a longer line is something else, and shall not fill the memory.
const LONGEST_LINE: u64 = 64 << 20;

/// So many complaints are kept while it is not known whether a file holds handshakes at all.
const HELD_BACK: usize = 64;

/// Who is told what a file holds.
pub(crate) trait Audience {
    /// A good line, by its number from 1 on.
    fn record(&mut self, line: usize, record: Record) -> Result<(), Error>;
    /// A good line that is no handshake: a setup that failed.
    fn setup(&mut self, setup: SetupRecord) -> Result<(), Error>;
    /// A bad one, or a file that cannot be read, in one sentence.
    fn complaint(&mut self, sentence: &str) -> Result<(), Error>;
}

/// Tells what a file holds; `-` is stdin.
pub(crate) fn read(path: &Path, audience: &mut impl Audience) -> Result<(), Error> {
    if path.as_os_str() == "-" {
        return lines("stdin", io::stdin().lock(), audience);
    }
    let name = path.display().to_string();
    if path.is_dir() {
        return audience.complaint(&format!("{name} is a folder: name the JSON lines file in it"));
    }
    match File::open(path) {
        Ok(file) => lines(&name, BufReader::new(file), audience),
        Err(cause) => audience.complaint(&format!("cannot open {name}: {}", Reason(&cause))),
    }
}

fn lines(name: &str, mut input: impl BufRead, audience: &mut impl Audience) -> Result<(), Error> {
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
                return audience.complaint(&format!(
                    "{name}, line {}: it does not end within {limit} MiB, so this is no file of handshakes",
                    number + 1
                ));
            }
            Ok(_) => number += 1,
            Err(cause) => return audience.complaint(&format!("cannot read {name}: {}", Reason(&cause))),
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        for told in told(&mut reader, &line) {
            match told {
                Ok(told) => {
                    good = true;
                    for complaint in held.drain(..) {
                        audience.complaint(&complaint)?;
                    }
                    if std::mem::take(&mut not_held) > 0 {
                        audience.complaint(&format!("{name}: no line before line {number} is better"))?;
                    }
                    match told {
                        Line::Handshake(record) => audience.record(number, *record)?,
                        Line::Setup(setup) => audience.setup(*setup)?,
                        _ => {}
                    }
                }
                Err(what) => {
                    let complaint = format!("{name}, line {number}: {what}");
                    if good {
                        audience.complaint(&complaint)?;
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
            return audience.complaint(&complaint);
        }
        held.push(complaint);
    }
    match held.first() {
        None if good => Ok(()),
        None => audience.complaint(&format!("{name} is empty: there is no handshake in it")),
        Some(_) if number == 1 => audience.complaint(&held[0]),
        Some(why) => {
            audience.complaint(&format!("{name} is no file of handshakes: not one line can be read ({why})"))
        }
    }
}

fn told(reader: &mut Reader, line: &[u8]) -> Vec<Result<Line, String>> {
    let Ok(text) = std::str::from_utf8(line) else { return vec![Err("this is not text".to_owned())] };
    let told = reader.line(text.trim_end_matches(['\n', '\r']));
    told.into_iter().map(|told| told.map_err(|error| error.to_string())).collect()
}

/// `FILE` or `FILE:LINE`, as the command line names records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// The line that is meant, if one is named.
    pub(crate) line: Option<usize>,
}

impl Source {
    /// Reads an argument. A file of that very name, colon and all, is that file.
    pub(crate) fn parse(text: &OsStr) -> Result<Source, Error> {
        let whole = Source { path: PathBuf::from(text), line: None };
        let bytes = text.as_bytes();
        let Some(colon) = bytes.iter().rposition(|byte| *byte == b':') else { return Ok(whole) };
        let number = &bytes[colon + 1..];
        if colon == 0 || number.is_empty() || !number.iter().all(u8::is_ascii_digit) || whole.path.exists() {
            return Ok(whole);
        }
        let line = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        match line {
            Some(line) if line > 0 => {
                Ok(Source { path: PathBuf::from(OsStr::from_bytes(&bytes[..colon])), line: Some(line) })
            }
            _ => Err(Error::new(format!("{}: lines are counted from 1 on", whole.path.display()))),
        }
    }

    /// What its file is called in sentences.
    pub(crate) fn name(&self) -> String {
        if self.path.as_os_str() == "-" { "stdin".to_owned() } else { self.path.display().to_string() }
    }
}

/// A record and where it stands.
pub(crate) struct Placed {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) record: Record,
}

impl fmt::Display for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The records of a source that `keep` wants, and how many there were; complaints go to stderr and are counted.
pub(crate) fn collect(
    source: &Source,
    complaints: &mut u64,
    keep: impl FnMut(&mut Vec<Placed>, Placed),
) -> Result<(Vec<Placed>, usize), Error> {
    let mut kept = Kept {
        file: source.name(),
        line: source.line,
        records: Vec::new(),
        all: 0,
        last: 0,
        setups: 0,
        complaints,
        keep,
    };
    read(&source.path, &mut kept)?;
    if kept.all == 0 && kept.setups > 0 {
        kept.complaint(&format!(
            "{} holds no handshake, only setups that failed before any",
            kept.file.clone()
        ))?;
    }
    let Kept { records, all, last, .. } = kept;
    match source.line {
        Some(line) if all > 0 && records.is_empty() => Err(Error::new(format!(
            "{} has no record at line {line}; its last one is at line {last}",
            source.name()
        ))),
        _ => Ok((records, all)),
    }
}

struct Kept<'a, F> {
    file: String,
    line: Option<usize>,
    records: Vec<Placed>,
    all: usize,
    last: usize,
    /// Setups that failed, which are passed over.
    setups: usize,
    complaints: &'a mut u64,
    keep: F,
}

impl<F: FnMut(&mut Vec<Placed>, Placed)> Audience for Kept<'_, F> {
    fn record(&mut self, line: usize, record: Record) -> Result<(), Error> {
        (self.all, self.last) = (self.all + 1, line);
        if self.line.is_none_or(|wanted| wanted == line) {
            (self.keep)(&mut self.records, Placed { file: self.file.clone(), line, record });
        }
        Ok(())
    }

    fn setup(&mut self, _setup: SetupRecord) -> Result<(), Error> {
        self.setups += 1;
        Ok(())
    }

    fn complaint(&mut self, sentence: &str) -> Result<(), Error> {
        *self.complaints += 1;
        say!("{sentence}");
        Ok(())
    }
}

/// Whether there is something to mend.
pub(crate) fn is_failure(record: &Record) -> bool {
    record.is_failure()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_be_named() {
        let reads = |text: &str| Source::parse(OsStr::new(text)).map(|source| (source.name(), source.line));
        assert_eq!(reads("a.jsonl").ok(), Some(("a.jsonl".to_owned(), None)));
        assert_eq!(reads("a.jsonl:7").ok(), Some(("a.jsonl".to_owned(), Some(7))));
        assert_eq!(reads("a:b").ok(), Some(("a:b".to_owned(), None)));
        assert_eq!(reads("-").ok(), Some(("stdin".to_owned(), None)));
        assert_eq!(reads("-:2").ok(), Some(("stdin".to_owned(), Some(2))));
        assert!(reads("a:0").is_err_and(|error| error.to_string().contains("from 1 on")));
        assert!(reads("a:99999999999999999999999").is_err());
    }
}
