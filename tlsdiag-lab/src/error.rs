//! The one error of this crate: a sentence.

use std::fmt;

/// The laboratory itself could not be set up; a handshake that fails is a result, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    sentence: String,
}

impl Error {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Error { sentence: sentence.into() }
    }

    /// For `map_err`: what was being done, then what the layer below said.
    pub(crate) fn doing<E: fmt::Display>(what: &'static str) -> impl FnOnce(E) -> Error {
        move |cause| Error::new(format!("cannot {what}: {cause}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Error {}
