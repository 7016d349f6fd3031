//! A line of the key log, which must not slip into a log by way of `{:?}`.

use std::fmt;

/// One line in the SSLKEYLOGFILE format (RFC 9850). Whoever holds it can decrypt the connection, so
/// `Debug` redacts it and nothing keeps it: a recorder that wants it must ask for
/// [`EventKind::Secret`](super::EventKind::Secret) and put it in a file of its own.
#[derive(Clone, Copy)]
pub struct Secret<'a>(&'a str);

impl<'a> Secret<'a> {
    /// Wraps a line, without its line end.
    #[must_use]
    pub fn new(line: &'a str) -> Self {
        Secret(line)
    }

    /// The label alone, such as `CLIENT_HANDSHAKE_TRAFFIC_SECRET`; no secret.
    #[must_use]
    pub fn label(&self) -> &'a str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// The line itself.
    #[must_use]
    pub fn expose(&self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} …)", self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_label_and_nothing_else() {
        let secret = Secret::new("CLIENT_RANDOM 0011 deadbeef");
        let shown = format!("{secret:?}");
        assert!(shown.contains("CLIENT_RANDOM"));
        assert!(!shown.contains("0011") && !shown.contains("deadbeef"));
        assert_eq!(secret.expose(), "CLIENT_RANDOM 0011 deadbeef");
    }
}
