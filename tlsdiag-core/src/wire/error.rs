//! [`WireError`]: what was read, at which byte, and what was wrong there.

use std::fmt;

/// Why bytes could not be read as what they claim to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireError {
    /// The field that was being read, in the words of its RFC.
    pub what: &'static str,
    /// Where, in bytes from the beginning of the message (or of the bytes given, if they are no message).
    pub offset: usize,
    /// What was wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The field goes on behind the end of what contains it.
    Missing {
        /// Bytes that the field needs here.
        needed: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// Bytes follow where the field should end.
    Trailing {
        /// How many.
        left: usize,
    },
    /// A list of numbers has a length that its numbers do not fill.
    NotAMultiple {
        /// Length of the list in bytes.
        length: usize,
        /// Length of one number in bytes.
        of: usize,
    },
    /// A number that selects how to read on has a value that no RFC defines.
    Unknown {
        /// That number.
        value: u32,
    },
    /// The field is not what its definition says.
    Malformed,
    /// Only a part of the message is here, as DTLS cuts them; a [`DtlsDeframer`](super::DtlsDeframer) joins the parts.
    Fragment,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, offset, problem } = self;
        match problem {
            Problem::Missing { needed, left: 0 } => {
                write!(f, "{what} is cut off: it needs {needed} more at byte {offset}, and nothing is left")
            }
            Problem::Missing { needed, left } => {
                write!(f, "{what} is cut off: it needs {needed} bytes at byte {offset}, and {left} are left")
            }
            Problem::Trailing { left } => {
                write!(f, "{what} should end at byte {offset}, but {left} more follow")
            }
            Problem::NotAMultiple { length, of } => {
                write!(f, "{what} at byte {offset} has {length} bytes, which is no multiple of {of}")
            }
            Problem::Unknown { value } => {
                write!(f, "{what} before byte {offset} has the unknown value {value}")
            }
            Problem::Malformed => write!(f, "{what} at byte {offset} is malformed"),
            Problem::Fragment => write!(f, "{what} at byte {offset} is only a fragment"),
        }
    }
}

impl std::error::Error for WireError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_sentence() {
        let error =
            WireError { what: "session_id", offset: 39, problem: Problem::Missing { needed: 32, left: 5 } };
        assert_eq!(error.to_string(), "session_id is cut off: it needs 32 bytes at byte 39, and 5 are left");
    }
}
