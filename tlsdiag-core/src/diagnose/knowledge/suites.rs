//! Which cipher suites to enable so that two sides meet: the usual ones where the other side has some of them, and else its own.

use super::programs::{Setting, set};
use crate::diagnose::library::cipher_name;
use crate::diagnose::{Finding, Stack};
use crate::event::Role;
use crate::wire::{CipherSuite, KeyExchange};

/// Suites that nearly everybody has.
pub(super) const USUAL_SUITES: &str = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// The usual ones of TLS 1.3.
const USUAL_OF_TLS13: &str = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";

/// So many are enough.
const MOST: usize = 4;

/// What each side has of one version, as far as it is known and of use: only suites that fit the server's key.
pub(in crate::diagnose) struct Lists<'a> {
    /// Offered by the client.
    pub(in crate::diagnose) offered: &'a [CipherSuite],
    /// Enabled at the server; empty where that is not known.
    pub(in crate::diagnose) enabled: &'a [CipherSuite],
}

/// Whether [`USUAL_SUITES`], or those of TLS 1.3, hold it.
fn is_usual(suite: CipherSuite) -> bool {
    if suite.is_tls13() {
        return USUAL_OF_TLS13.split(':').any(|usual| suite.name() == Some(usual));
    }
    let has = |part: &str| suite.name().is_some_and(|name| name.contains(part));
    suite.key_exchange() == Some(KeyExchange::Ecdhe)
        && cipher_name(suite).is_some()
        && (has("GCM") || has("CHACHA20"))
}

/// The other side's own, in OpenSSL's words, best first; none where it has usual ones.
fn own(theirs: &[CipherSuite]) -> Vec<String> {
    if theirs.iter().any(|suite| is_usual(*suite)) {
        return Vec::new();
    }
    let mut known: Vec<_> = theirs.iter().filter_map(|suite| Some((*suite, cipher_name(*suite)?))).collect();
    // Ephemeral keys on curves need no parameters, as Diffie-Hellman's do at a server.
    known.sort_by_key(|(suite, _)| match suite.key_exchange() {
        Some(KeyExchange::Ecdhe | KeyExchange::Any) => 0,
        Some(KeyExchange::Rsa) => 1,
        _ => 2,
    });
    known.into_iter().take(MOST).map(|(_, name)| name).collect()
}

/// For lists that do not meet.
pub(in crate::diagnose) fn enable(finding: Finding, tls13: bool, lists: Option<&Lists<'_>>) -> Finding {
    let (setting, usual, words) = match tls13 {
        true => (
            Setting::Suites13,
            USUAL_OF_TLS13,
            "a TLS 1.3 suite of the other side, such as TLS_AES_128_GCM_SHA256, which every stack has",
        ),
        false => {
            (Setting::Suites12, USUAL_SUITES, "a suite of the other side with ECDHE and AES-GCM or ChaCha20")
        }
    };
    let enabled = lists.map_or_else(Vec::new, |lists| own(lists.enabled));
    let within = |more: &[String]| [&[usual.to_owned()], more].concat().join(":");
    let narrow = lists.filter(|lists| !lists.offered.iter().any(|suite| is_usual(*suite)));
    let Some(lists) = narrow else {
        return finding
            .advise(Stack::Any, format!("enable {words}:"))
            .with(set(Role::Server, setting, usual))
            .with(set(Role::Client, setting, within(&enabled)));
    };
    let offered = own(lists.offered);
    let wider = match tls13 {
        true => "let the client offer a usual suite, such as TLS_AES_128_GCM_SHA256",
        false => "let the client offer suites with ECDHE and AES-GCM or ChaCha20",
    };
    if offered.is_empty() {
        return finding.advise(Stack::Any, format!("{wider}:")).with(set(
            Role::Client,
            setting,
            within(&enabled),
        ));
    }
    let needs_dh = lists.offered.iter().all(|suite| suite.key_exchange() == Some(KeyExchange::Dhe));
    let finding = finding
        .advise(Stack::Any, format!("{wider}; or, until it can, enable at the server what it does offer:"))
        .with(set(Role::Server, setting, within(&offered)));
    let finding = if needs_dh { finding.with(set(Role::Server, Setting::Dh, "")) } else { finding };
    finding.with(set(Role::Client, setting, within(&enabled)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Cause, Confidence, Side};

    fn lines(tls13: bool, offered: &[u16], enabled: &[u16]) -> (Vec<String>, Vec<String>) {
        let [offered, enabled] =
            [offered, enabled].map(|list| list.iter().copied().map(CipherSuite).collect::<Vec<_>>());
        let finding = Finding::new(Cause::CipherNoOverlap, Confidence::Certain, Side::Server, "");
        let finding = enable(finding, tls13, Some(&Lists { offered: &offered, enabled: &enabled }));
        let of = |stack, side: Role| {
            let lines =
                finding.advice.iter().filter(|one| one.stack == stack && one.side == Some(side.into()));
            lines.map(|one| one.line.clone()).collect()
        };
        (of(Stack::Nginx, Role::Server), of(Stack::Curl, Role::Client))
    }

    #[test]
    fn a_list_holds_what_the_other_side_has() {
        let usual = "ECDHE+AESGCM:ECDHE+CHACHA20";
        // Each has usual ones, and not the same.
        let (server, client) = lines(false, &[0xc02f], &[0xc030]);
        assert_eq!(server, [format!("ssl_ciphers {usual};")]);
        assert_eq!(client, [format!("curl --ciphers {usual} …")]);
        // An old client, and a server with one of old.
        let (server, client) = lines(false, &[0x0033, 0x002f, 0xc013, 0x0005], &[0x003d]);
        assert_eq!(
            server,
            [format!("ssl_ciphers {usual}:ECDHE-RSA-AES128-SHA:AES128-SHA:DHE-RSA-AES128-SHA;")]
        );
        assert_eq!(client, [format!("curl --ciphers {usual}:AES256-SHA256 …")]);
        // No library has what the client offers.
        assert_eq!(lines(false, &[0x0005, 0x000a], &[0xc030]).0, [""; 0]);
        // Diffie-Hellman's needs parameters.
        let (server, _) = lines(false, &[0x009e], &[]);
        assert_eq!(
            server,
            [
                format!("ssl_ciphers {usual}:DHE-RSA-AES128-GCM-SHA256;"),
                "ssl_dhparam /path/dh2048.pem;".to_owned()
            ]
        );
        let (server, _) = lines(true, &[0x1303], &[0x1301]);
        assert_eq!(
            server,
            [format!("ssl_conf_command Ciphersuites {USUAL_OF_TLS13}:TLS_CHACHA20_POLY1305_SHA256;")]
        );
    }
}
