//! How many of something, in words.

use std::fmt::Display;

/// `1 handshake`, `2 handshakes`.
pub(crate) fn counted<N: Display + PartialEq + From<u8>>(count: N, what: &str) -> String {
    let one = count == N::from(1);
    format!("{count} {what}{}", if one { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        assert_eq!(counted(0_u64, "handshake"), "0 handshakes");
        assert_eq!(counted(1_usize, "handshake"), "1 handshake");
        assert_eq!(counted(2_u64, "record"), "2 records");
    }
}
