//! From lines to recordings: what is damaged is said, and spoils no recording but its own.

use std::fmt;
use std::io::{self, BufRead};

use serde::Deserialize;

use super::SCHEMA;
use super::line::{Head, Line};
use crate::event::{ConnectionId, Recording};
use crate::neutralize::neutralize;

/// Reads all recordings of a file.
///
/// # Errors
///
/// Of the first line that is not as it should be; of `input`, with the number of the line that
/// could not be read.
pub fn read(mut input: impl BufRead) -> Result<Vec<Recording>, ReadError> {
    let (mut recordings, mut reader) = (Vec::new(), Reader::new());
    let (mut text, mut number) = (String::new(), 0);
    loop {
        number += 1;
        let failed = |what: LineError| ReadError { line: number, what };
        text.clear();
        match input.read_line(&mut text) {
            Ok(0) => break,
            Ok(_) if text.trim().is_empty() => {}
            Ok(_) => recordings.extend(reader.line(text.trim_end()).map_err(failed)?),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(failed(LineError::new("this is not text")));
            }
            Err(error) => return Err(failed(LineError::new(error.to_string()))),
        }
    }
    reader.finish().map_err(|what| ReadError { line: number, what })?;
    Ok(recordings)
}

/// Whether a line is the first one of a recording.
#[must_use]
pub fn begins(line: &str) -> bool {
    schema(line).is_some_and(|schema| schema.starts_with("tlsdiag.events/"))
}

/// Its schema, without looking at the rest of what may be a long line.
fn schema(line: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Schema {
        schema: String,
    }
    if !line.contains("tlsdiag.events/") {
        return None;
    }
    serde_json::from_str::<Schema>(line).ok().map(|line| line.schema)
}

/// Puts recordings together, line by line: for a file whose other lines are something else, or that
/// is still being written.
#[derive(Debug, Default)]
pub struct Reader {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    recording: Recording,
    /// What the first line said.
    missed: u32,
    /// Lines that are still to come.
    left: usize,
    /// Whether one of its lines was damaged: then it is not that recording any more.
    spoilt: bool,
}

impl Reader {
    /// A reader that waits for a first line.
    #[must_use]
    pub fn new() -> Self {
        Reader::default()
    }

    /// Whether more lines of a recording are to come.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Takes the next line, without its end, and gives the recording that it completes.
    ///
    /// # Errors
    ///
    /// Says what is wrong. A recording with a damaged line is not given; the reader goes on with
    /// the one after it.
    pub fn line(&mut self, line: &str) -> Result<Option<Recording>, LineError> {
        if begins(line) {
            let cut_off = self.finish();
            return self.begin(line).and_then(|begun| cut_off.map(|()| begun));
        }
        let Some(open) = &mut self.open else {
            return Err(LineError::new(format!("no line with the schema {SCHEMA} stands before this one")));
        };
        open.left -= 1;
        let read = serde_json::from_str::<Line<'_>>(line).map_err(|error| LineError::json(&error));
        let read = read.and_then(|line| {
            line.push(&mut open.recording).map_err(|what| LineError::new(format!("the event has {what}")))
        });
        open.spoilt |= read.is_err();
        let done = if open.left == 0 { self.complete() } else { None };
        read.map(|()| done)
    }

    /// Says whether everything was there.
    ///
    /// # Errors
    ///
    /// A recording was begun, and lines of it are missing.
    pub fn finish(&mut self) -> Result<(), LineError> {
        match self.open.take() {
            None => Ok(()),
            Some(open) => Err(LineError::new(format!(
                "the recording before it was cut off: {} of its {} events are missing",
                open.left,
                open.left + open.recording.len()
            ))),
        }
    }

    fn begin(&mut self, line: &str) -> Result<Option<Recording>, LineError> {
        let head: Head = serde_json::from_str(line).map_err(|error| LineError::json(&error))?;
        if head.schema != SCHEMA {
            return Err(LineError::new(format!(
                "its schema is {:?}, and this version reads {SCHEMA}",
                head.schema
            )));
        }
        let recording = Recording::new(ConnectionId(head.connection));
        self.open = Some(Open { recording, missed: head.missed, left: head.events, spoilt: false });
        Ok(if head.events == 0 { self.complete() } else { None })
    }

    fn complete(&mut self) -> Option<Recording> {
        let mut open = self.open.take()?;
        open.recording.miss_more(open.missed);
        (!open.spoilt).then_some(open.recording)
    }
}

/// Why a line is no part of a recording; says so in one clause, inert whatever the line holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError(String);

impl LineError {
    fn new(what: impl Into<String>) -> Self {
        LineError(neutralize(&what.into()).into_owned())
    }

    fn json(error: &serde_json::Error) -> Self {
        LineError::new(match error.classify() {
            serde_json::error::Category::Eof => {
                "the line ends in the middle: it was cut off while being written".to_owned()
            }
            serde_json::error::Category::Data => format!("the event is damaged: {error}"),
            _ => "this is not JSON".to_owned(),
        })
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LineError {}

/// Why a file is no file of recordings: the line and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError {
    line: usize,
    what: LineError,
}

impl ReadError {
    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"{"schema":"tlsdiag.events/1","connection":3,"missed":2,"events":2}"#;
    const ALERT: &str = r#"{"at":5,"event":"alert","direction":"sent","level":2,"description":48,"new":[]}"#;

    fn says(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn lines_become_recordings_whatever_was_added_to_them() {
        let file = format!("{HEAD}\n{ALERT}\n\n{ALERT}\r\n{HEAD}\n{ALERT}\n{ALERT}");
        let read = read(file.as_bytes()).expect("a good file");
        assert_eq!(read.iter().map(Recording::len).collect::<Vec<_>>(), [2, 2]);
        assert_eq!((read[0].connection(), read[0].missed()), (ConnectionId(3), 2));
        assert!(super::read(&b""[..]).expect("nothing").is_empty());
    }

    #[test]
    fn a_damaged_line_says_what_is_wrong_and_spoils_its_own_recording_alone() {
        assert_eq!(says("hello"), "line 1: no line with the schema tlsdiag.events/1 stands before this one");
        assert!(says(&format!("{HEAD}\n{ALERT}\n")).contains("cut off: 1 of its 2 events"));
        assert!(
            says(&format!("{HEAD}\n{ALERT}\n{HEAD}")).contains("line 3: the recording before it was cut off")
        );
        assert!(says(&format!("{HEAD}\n{{\"at\":5")).contains("line 2: the line ends in the middle"));
        assert!(says(&format!("{HEAD}\nhello")).contains("this is not JSON"));
        assert!(says(&HEAD.replace("events/1", "events/9")).contains("this version reads tlsdiag.events/1"));
        let hex = r#"{"at":5,"event":"message","direction":"sent","bytes":"0g"}"#;
        assert!(says(&format!("{HEAD}\n{hex}")).contains("not hexadecimal"));
        let header = r#"{"at":5,"event":"record","direction":"sent","header":"00"}"#;
        assert!(says(&format!("{HEAD}\n{header}")).contains("not of five bytes"));
        let unknown = r#"{"at":5,"event":"dance"}"#;
        assert!(says(&format!("{HEAD}\n{unknown}")).contains("damaged: unknown variant"));

        let mut reader = Reader::new();
        assert!(reader.line(HEAD).unwrap().is_none() && reader.is_open());
        assert!(reader.line(unknown).is_err());
        assert!(reader.line(ALERT).unwrap().is_none(), "an event of it is missing");
        assert!(!reader.is_open());
        assert!(reader.line(HEAD).unwrap().is_none());
        assert!(reader.line(ALERT).unwrap().is_none());
        assert!(reader.line(ALERT).unwrap().is_some());
        assert!(reader.finish().is_ok());
    }
}
