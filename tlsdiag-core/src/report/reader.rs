//! Files of handshakes, line by line: records as they are, and recordings with what the rules say of them now.

use std::fmt;

use super::{Line, Record, jsonl};
use crate::event::lines;

/// Makes records of the lines of a file that holds records ([`jsonl`]), recordings ([`lines`]), or both.
///
/// ```
/// use tlsdiag_core::report::reader::Reader;
///
/// let mut reader = Reader::new();
/// let first = r#"{"schema":"tlsdiag.events/1","connection":1,"events":1}"#;
/// assert!(reader.line(first).is_empty());
/// let alert = r#"{"at":31000,"event":"alert","direction":"received","level":2,"description":42}"#;
/// for line in reader.line(alert) {
///     assert_eq!(line?.handshake().map(|record| record.events.len()), Some(1));
/// }
/// reader.finish()?;
/// # Ok::<(), tlsdiag_core::report::reader::LineError>(())
/// ```
#[derive(Debug, Default)]
pub struct Reader {
    recordings: lines::Reader,
}

impl Reader {
    /// A reader at the beginning of a file.
    #[must_use]
    pub fn new() -> Self {
        Reader::default()
    }

    /// Takes the next line, without its end; an empty one is none. Gives the record that it is or completes, if any, and what
    /// is wrong with the line or with the recording that it cuts off. The reader goes on with the next line either way.
    #[must_use]
    pub fn line(&mut self, line: &str) -> Vec<Result<Line, LineError>> {
        // A byte order mark, which some editors put at the beginning of a file.
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        if line.trim().is_empty() {
            return Vec::new();
        }
        if lines::begins(line) || self.recordings.is_open() && !is_whole(line) {
            return match self.recordings.line(line) {
                Ok(recording) => {
                    let whole = recording.iter().map(Record::from_recording);
                    whole.map(|record| Ok(Line::Handshake(Box::new(record)))).collect()
                }
                Err(error) => vec![Err(error.into())],
            };
        }
        let cut_off = self.finish().err().map(Err);
        cut_off.into_iter().chain([jsonl::read(line).map_err(LineError::from)]).collect()
    }

    /// Says whether the file ended where it should; the reader is as new.
    ///
    /// # Errors
    ///
    /// The last lines of a recording are missing.
    pub fn finish(&mut self) -> Result<(), LineError> {
        Ok(self.recordings.finish()?)
    }
}

/// Whether it is a record of its own, and no event of a recording.
fn is_whole(line: &str) -> bool {
    ["\"tlsdiag.handshake/", "\"tlsdiag.setup/"].iter().any(|schema| line.contains(schema))
}

/// Why a line is no part of a file of handshakes; says so in one clause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError(String);

impl From<jsonl::LineError> for LineError {
    fn from(error: jsonl::LineError) -> Self {
        LineError(error.to_string())
    }
}

impl From<lines::LineError> for LineError {
    fn from(error: lines::LineError) -> Self {
        LineError(error.to_string())
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
    fn a_record_is_not_lost_behind_a_recording_that_was_cut_off() {
        const HEAD: &str = r#"{"schema":"tlsdiag.events/1","connection":1,"events":1}"#;
        const ALERT: &str = r#"{"at":1,"event":"alert","direction":"sent","level":2,"description":42}"#;
        let mut reader = Reader::new();
        let alert = [HEAD, ALERT].iter().flat_map(|line| reader.line(line)).collect::<Vec<_>>();
        let [Ok(Line::Handshake(record))] = &alert[..] else { panic!("{alert:?}") };
        let record = serde_json::to_string(record).expect("JSON");

        assert!(reader.line(HEAD).is_empty());
        let told = reader.line(&record);
        let [Err(cut_off), Ok(_)] = &told[..] else { panic!("{told:?}") };
        assert!(cut_off.to_string().contains("cut off"));
        assert!(reader.line("").is_empty() && reader.finish().is_ok());
        assert!(matches!(&reader.line(&format!("\u{feff}{record}"))[..], [Ok(_)]));
        assert!(reader.line(HEAD).is_empty() && reader.finish().is_err());
        assert!(matches!(&reader.line("rubbish")[..], [Err(_)]));
    }
}
