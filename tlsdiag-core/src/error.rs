//! What can go wrong while setting up; a failed handshake is not an [`Error`] but a finding.

use std::fmt;

use crate::neutralize::neutralize;

/// Setting up did not work. `Display` is one clear sentence; [`source`](std::error::Error::source) has what lies beneath.
pub struct Error {
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error that says `message`, which is a sentence without its full stop.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Error { message: message.into(), source: None }
    }

    /// Like [`new`](Error::new), with the error that led to it. `Display` shows both, `message: source`.
    #[must_use]
    pub fn because(
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Error { message: message.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What lies beneath may quote anything.
        match &self.source {
            Some(source) => f.write_str(&neutralize(&format!("{}: {source}", self.message))),
            None => f.write_str(&neutralize(&self.message)),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_with_its_cause() {
        assert_eq!(Error::new("the library lacks SSL_new").to_string(), "the library lacks SSL_new");
        let io = std::io::Error::other("no such file");
        let error = Error::because("cannot read key.pem", io);
        assert_eq!(error.to_string(), "cannot read key.pem: no such file");
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(Error::new("no \x1b[2J\n").to_string(), r"no \u{1b}[2J\n");
    }
}
