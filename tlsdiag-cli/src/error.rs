//! What goes wrong outside a handshake: one sentence on stderr, exit code 2.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// Every handshake was healthy, or the command did what it was asked.
pub(crate) const HEALTHY: ExitCode = ExitCode::SUCCESS;

/// A failure was diagnosed, or a verdict of the demo is wrong.
pub(crate) fn diagnosed() -> ExitCode {
    ExitCode::from(1)
}

/// Wrong usage, or something that cannot be read or written.
pub(crate) fn trouble() -> ExitCode {
    ExitCode::from(2)
}

/// Why a command cannot do its work: what was wrong, where, and what to do.
#[derive(Debug)]
pub(crate) enum Error {
    /// A sentence for people.
    Sentence(String),
    /// Whoever read our output has gone: nothing to say, and nobody to say it to.
    OutputClosed,
    /// It has been said already.
    Told,
}

impl Error {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Error::Sentence(sentence.into())
    }

    /// For `map_err` on whatever writes to stdout.
    pub(crate) fn output(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::BrokenPipe => Error::OutputClosed,
            _ => Error::new(format!("cannot write to stdout: {}", Reason(&cause))),
        }
    }
}

impl From<tlsdiag_lab::Error> for Error {
    fn from(cause: tlsdiag_lab::Error) -> Self {
        Error::new(cause.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Sentence(sentence) => f.write_str(sentence),
            Error::OutputClosed => f.write_str("nobody reads the output any more"),
            Error::Told => f.write_str("see above"),
        }
    }
}

/// The reason of an input or output error without the `(os error 2)` that the standard library appends.
pub(crate) struct Reason<'a>(pub(crate) &'a io::Error);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        f.write_str(text.split(" (os error").next().unwrap_or(&text))
    }
}
