//! One JSON object a line: written so that a line is whole or absent, read so that a bad line spoils no other.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use super::{Line, Record, SetupRecord};
use crate::neutralize::{neutralize, write_json};

/// Writes one record, of a handshake or of a setup, as one line, in a single write: lines of several writers to one file opened for
/// appending do not mix. A terminal can show it: what would act there is escaped.
///
/// # Errors
///
/// Those of `out`.
pub fn write(record: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    write_json(record, &mut line)?;
    line.push(b'\n');
    out.write_all(&line)
}

/// Reads one line that holds a handshake.
///
/// # Errors
///
/// Says what is wrong with the line: not JSON, cut off, of another schema, or lacking a field.
pub fn read_line(line: &str) -> Result<Record, LineError> {
    match read(line)? {
        Line::Handshake(record) => Ok(*record),
        Line::Setup(_) => Err(LineError::new("it is a setup that failed, and no handshake")),
    }
}

/// Reads one line, whatever kind of record it holds.
///
/// # Errors
///
/// As for [`read_line`].
pub fn read(line: &str) -> Result<Line, LineError> {
    let value: serde_json::Value = serde_json::from_str(line).map_err(|error| {
        LineError::new(if error.is_eof() {
            "the line ends in the middle of a record: it was cut off while being written"
        } else {
            "this is not JSON"
        })
    })?;
    let damaged = |error| LineError::new(&format!("the record is damaged: {error}"));
    match value.get("schema").and_then(serde_json::Value::as_str) {
        Some(Record::SCHEMA) => {}
        Some(SetupRecord::SCHEMA) => {
            return serde_json::from_value(value).map(|setup| Line::Setup(Box::new(setup))).map_err(damaged);
        }
        Some(other) => {
            let other: String = other.chars().take(60).collect();
            return Err(LineError::new(&format!(
                "its schema is \"{other}\", and this version reads {}",
                Record::SCHEMA
            )));
        }
        None => {
            return Err(LineError::new(&format!(
                "this is JSON, but no record of tlsdiag: it has no schema {}",
                Record::SCHEMA
            )));
        }
    }
    serde_json::from_value(value).map(|record| Line::Handshake(Box::new(record))).map_err(damaged)
}

/// Why a line is no record; says so in one clause, inert whatever the line holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError(String);

impl LineError {
    fn new(what: &str) -> Self {
        LineError(neutralize(what).into_owned())
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LineError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_says_what_is_wrong() {
        let says = |line: &str| read_line(line).unwrap_err().to_string();
        assert!(says("{\"schema\":\"tlsdiag.handshake/1\",\"id\"").contains("cut off"));
        assert!(says("hello").contains("not JSON"));
        assert!(says("{}").contains("no record of tlsdiag"));
        assert!(says("[1]").contains("no record of tlsdiag"));
        assert!(says("{\"schema\":\"tlsdiag.handshake/9\"}").contains("tlsdiag.handshake/9"));
        assert!(says("{\"schema\":\"tlsdiag.handshake/1\"}").contains("damaged"));
        let foreign = r#"{"schema":"\u001b[2J\n\u202e"}"#;
        assert!(says(foreign).contains(r#"its schema is "\u{1b}[2J\n\u{202e}""#), "{}", says(foreign));
    }
}
