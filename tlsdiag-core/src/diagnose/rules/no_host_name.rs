//! What was asked for in a host name's place and is none: a URL, a name with a port, one with the dot of the DNS's root, an address in
//! server_name (RFC 6066, section 3). No certificate and no server has such a name, so the client is to be mended.
//!
//! Needs: the name that the client compares or sends, and the server's certificate.

use std::net::IpAddr;

use super::certificate::asked_name;
use crate::diagnose::knowledge::names::{bare_name, no_address};
use crate::diagnose::{Cause, Finding, Side};
use crate::handshake::Handshake;

/// The host in `asked`, where that is more than a host's name.
pub(super) fn bare_host(asked: &str) -> Option<&str> {
    let host = asked.split_once("://").map_or(asked, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().trim();
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let host = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) && !name.contains(':') => name,
        _ => host,
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    (host != asked && !host.is_empty()).then_some(host)
}

/// The finding with this said first, where it is about a name.
pub(in crate::diagnose) fn told(finding: Finding, handshake: &Handshake) -> Finding {
    let sent = handshake.offer.as_ref().and_then(|offer| offer.server_name.as_deref());
    let asked = match finding.cause {
        Cause::ServerCertHostnameMismatch => asked_name(handshake),
        Cause::SniUnrecognized => sent,
        _ => return finding,
    };
    let Some(asked) = asked else { return finding };
    match bare_host(asked) {
        Some(bare) => malformed(finding, handshake, asked, bare),
        None if finding.cause == Cause::SniUnrecognized && asked.parse::<IpAddr>().is_ok() => Finding {
            side: Side::Client,
            explanation: format!(
                "{} An address is no server_name (RFC 6066, section 3).",
                finding.explanation
            ),
            ..ahead(finding, asked, no_address)
        },
        None => finding,
    }
}

fn malformed(finding: Finding, handshake: &Handshake, asked: &str, bare: &str) -> Finding {
    let leaf = handshake.server_chain.as_ref().and_then(|chain| chain.leaf());
    let fits = leaf.is_some_and(|leaf| leaf.matches_host(bare));
    let also = if fits { ", which the certificate has" } else { "" };
    let explanation = format!(
        "\"{asked}\" is no host name, and no certificate or server has it: the host is \"{bare}\"{also}. {}",
        finding.explanation
    );
    let mut finding = ahead(finding, asked, |finding| bare_name(finding, bare));
    if fits {
        finding.advice.truncate(1);
    }
    Finding { side: Side::Client, explanation, ..finding }
}

/// With this advice first, and without any line that would serve what is no name.
fn ahead(mut finding: Finding, asked: &str, first: impl FnOnce(Finding) -> Finding) -> Finding {
    let others = std::mem::take(&mut finding.advice);
    let mut finding = first(finding);
    finding.advice.extend(others.into_iter().filter(|one| !one.line.contains(asked)));
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_in_what_is_more_than_its_name() {
        for asked in [
            "a.example.",
            "a.example:443",
            "https://a.example/x?y",
            "a.example/",
            "me@a.example",
            " a.example",
        ] {
            assert_eq!(bare_host(asked), Some("a.example"), "{asked}");
        }
        assert_eq!(bare_host("https://10.0.0.1:8443/"), Some("10.0.0.1"));
        for asked in ["a.example", "10.0.0.1", "::1", "fe80::1:443", "", "."] {
            assert_eq!(bare_host(asked), None, "{asked}");
        }
    }
}
