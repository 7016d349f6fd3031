//! How many of something, in words.

/// `1 handshake`, `2 handshakes`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        assert_eq!(counted(0, "handshake"), "0 handshakes");
        assert_eq!(counted(1, "handshake"), "1 handshake");
        assert_eq!(counted(2, "record"), "2 records");
    }
}
