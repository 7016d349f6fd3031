//! What the words after `openssl s_server` say, as far as we have to know.

use std::ffi::{OsStr, OsString};

/// What s_server takes where no certificate is named (`openssl-s_server(1)`).
pub(super) const DEFAULT_CERTIFICATE: &str = "server.pem";
const DEFAULT_PORT: &str = "4433";

/// The name of an option: OpenSSL takes one dash or two.
fn name(word: &OsStr) -> Option<&str> {
    let word = word.to_str()?;
    word.strip_prefix("--").or_else(|| word.strip_prefix('-'))
}

fn has(words: &[OsString], names: &[&str]) -> bool {
    words.iter().filter_map(|word| name(word)).any(|name| {
        let name = name.split_once('=').map_or(name, |(name, _)| name);
        names.contains(&name)
    })
}

/// The last value of an option.
fn value<'a>(words: &'a [OsString], names: &[&str]) -> Option<&'a str> {
    let at = words.iter().rposition(|word| name(word).is_some_and(|name| names.contains(&name)))?;
    words.get(at + 1)?.to_str()
}

pub(super) fn asks_for_help(words: &[OsString]) -> bool {
    has(words, &["help"])
}

/// Whether a certificate is named, or is said to be none.
pub(super) fn names_certificate(words: &[OsString]) -> bool {
    has(words, &["cert", "nocert", "cert2", "dcert"])
}

/// Whether it is said whom to trust.
pub(super) fn names_trust(words: &[OsString]) -> bool {
    has(words, &["CAfile", "CApath", "CAstore", "verifyCAfile", "verifyCApath", "verifyCAstore"])
}

/// Where it listens.
pub(super) fn port(words: &[OsString]) -> &str {
    let place = value(words, &["accept", "port"]).unwrap_or(DEFAULT_PORT);
    place.rsplit_once(':').map_or(place, |(_, port)| port)
}

/// A port of all addresses, and the option that opens it on this machine alone.
pub(super) struct Open<'a> {
    pub(super) port: &'a str,
    pub(super) closed: String,
}

/// Whether it listens on every address, which it does where a port is named and no host.
pub(super) fn open_to_all(words: &[OsString]) -> Option<Open<'_>> {
    if has(words, &["unix"]) {
        return None;
    }
    let place = value(words, &["accept", "port"]).unwrap_or(DEFAULT_PORT);
    let port = match place.rsplit_once(':') {
        None | Some(("" | "*", _)) => port(words),
        Some(_) => return None,
    };
    Some(Open { port, closed: format!("-accept 127.0.0.1:{port}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn where_it_listens() {
        let open = |text: &str| open_to_all(&words(text)).map(|open| open.port.to_owned());
        assert_eq!(open("-www").as_deref(), Some("4433"));
        assert_eq!(open("-accept 1 -port 44330").as_deref(), Some("44330"));
        assert_eq!(open("-accept *:5").as_deref(), Some("5"));
        for closed in ["-accept 127.0.0.1:5", "-accept [::1]:5", "-accept localhost:5", "-unix /tmp/s"] {
            assert_eq!(open(closed), None, "{closed}");
        }
        assert_eq!(port(&words("-accept [::1]:5")), "5");
    }

    #[test]
    fn which_certificate() {
        assert!(names_certificate(&words("-key k -cert c")) && names_certificate(&words("--nocert")));
        assert!(!names_certificate(&words("-cert_chain c -accept 5")));
        assert!(names_trust(&words("-CAfile a")) && !names_trust(&words("-CRL a")));
        assert!(asks_for_help(&words("-help")) && !asks_for_help(&words("-accept 5")));
    }
}
