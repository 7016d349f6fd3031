//! A server's names, which the client compares, and a client's address.

use super::{Case, case};
use crate::scene::{Holder, Scene};

pub(super) fn names() -> Vec<Case> {
    const OTHER: &str = "server_cert.hostname_mismatch";
    vec![
        case("name-other", OTHER, &[62], |s| s.leaf().set("subjectAltName", "DNS:other.example")),
        case("name-any-case", "ok", &[0], |s| s.leaf().set("subjectAltName", "DNS:LocalHost")),
        case("name-wildcard", "ok", &[0], |s| asked(s, "www.limbo.example", "DNS:*.limbo.example")),
        case("name-wildcard-too-deep", OTHER, &[62], |s| {
            asked(s, "a.www.limbo.example", "DNS:*.limbo.example")
        }),
        case("name-wildcard-parent", OTHER, &[62], |s| asked(s, "limbo.example", "DNS:*.limbo.example")),
        case("name-bare-wildcard", OTHER, &[62], |s| asked(s, "localhost", "DNS:*")),
        case("name-partial-wildcard", "ok", &[0], |s| asked(s, "www.limbo.example", "DNS:w*.limbo.example")),
        case("name-address", "ok", &[0], |s| asked(s, "127.0.0.1", "IP:127.0.0.1")),
        case("name-address-as-text", OTHER, &[64], |s| asked(s, "127.0.0.1", "DNS:127.0.0.1")),
        case("name-common-name-alone", "ok", &[0], |s| s.leaf().without("subjectAltName")),
        case("name-common-name-beside-another", OTHER, &[62], |s| {
            s.leaf().set("subjectAltName", "DNS:other.example")
        }),
        case("name-international", "ok", &[0], |s| {
            asked(s, "xn--bcher-kva.example", "DNS:xn--bcher-kva.example")
        }),
        case("email-other", OTHER, &[63], |s| s.email = Some("bob@example.org")),
        case("email-fits", "ok", &[0], |s| s.email = Some("alice@example.org")),
        case("name-with-nul", OTHER, &[62], |s| {
            // localhost, NUL, x
            s.leaf().set("subjectAltName", "DER:30:0d:82:0b:6c:6f:63:61:6c:68:6f:73:74:00:78");
        }),
    ]
}

/// The address that a server asks its clients' certificates for.
pub(super) fn addresses() -> Vec<Case> {
    vec![
        case("client-email-other", "rejected", &[63], |s| s.email = Some("bob@example.org")),
        case("client-email-fits", "ok", &[0], |s| s.email = Some("alice@example.org")),
    ]
}

fn asked(scene: &mut Scene, asked: &'static str, names: &str) {
    assert_eq!(scene.holder, Holder::Server);
    scene.asked = asked;
    let leaf = scene.leaf();
    leaf.subject = "CN=somebody";
    leaf.set("subjectAltName", names);
}
