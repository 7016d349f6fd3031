//! What a CA may issue for: names, and the length of a path.

use super::{Case, case};
use crate::paper::name;
use crate::scene::{Holder, Scene};

/// nameConstraints with one dirName: `tag` is 0 for permitted, 1 for excluded.
fn directory(tag: u8, text: &str) -> String {
    fn wrap(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u8::try_from(body.len()).expect("a short name");
        let header: &[u8] = if length < 128 { &[tag, length] } else { &[tag, 0x81, length] };
        [header, body].concat()
    }
    let name = name(text).to_der().expect("DER");
    let subtrees = wrap(0xa0 + tag, &wrap(0x30, &wrap(0xa4, &name)));
    let bytes: Vec<String> = wrap(0x30, &subtrees).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("critical,DER:{}", bytes.join(":"))
}

const NAMES: &str = "nameConstraints";

/// A leaf with these names alone, asked for by this one, under a CA with these constraints.
fn named(scene: &mut Scene, asked: &'static str, names: &str, constraints: &str) {
    scene.asked = if scene.holder == Holder::Server { asked } else { scene.asked };
    scene.leaf().set("subjectAltName", names);
    scene.issuing().set(NAMES, constraints);
}

pub(super) fn constraints() -> Vec<Case> {
    let other = "name_constraints";
    vec![
        case("dns-permitted-fits", "ok", &[0], |s| {
            s.issuing().set(NAMES, "critical,permitted;DNS:localhost")
        }),
        case("dns-permitted-other", other, &[47], |s| {
            s.issuing().set(NAMES, "critical,permitted;DNS:example.net")
        }),
        case("dns-excluded", other, &[48], |s| s.issuing().set(NAMES, "critical,excluded;DNS:localhost")),
        case("dns-excluded-other", "ok", &[0], |s| {
            s.issuing().set(NAMES, "critical,excluded;DNS:example.net")
        }),
        case("ip-permitted-fits", "ok", &[0], |s| {
            s.issuing().set(NAMES, "critical,permitted;IP:127.0.0.0/255.0.0.0")
        }),
        case("ip-permitted-other", other, &[47], |s| {
            s.issuing().set(NAMES, "critical,permitted;IP:10.0.0.0/255.0.0.0")
        }),
        case("ip-excluded", other, &[48], |s| {
            s.issuing().set(NAMES, "critical,excluded;IP:127.0.0.0/255.0.0.0")
        }),
        case("email-permitted-fits", "ok", &[0], |s| {
            s.issuing().set(NAMES, "critical,permitted;email:example.org")
        }),
        case("email-permitted-other", other, &[47], |s| {
            s.issuing().set(NAMES, "critical,permitted;email:example.net")
        }),
        case("email-excluded", other, &[48], |s| {
            s.issuing().set(NAMES, "critical,excluded;email:example.org")
        }),
        case("dirname-permitted-other", other, &[47], |s| {
            s.issuing().set(NAMES, &directory(0, "O=Elsewhere"))
        }),
        case("dirname-excluded", other, &[48], |s| s.issuing().set(NAMES, &directory(1, "CN=localhost"))),
        case("dirname-permitted-fits", "ok", &[0], |s| s.issuing().set(NAMES, &directory(0, "CN=localhost"))),
        case("root-dns-permitted-other", other, &[47], |s| {
            s.root().set(NAMES, "critical,permitted;DNS:example.net")
        }),
        case("upper-dirname-forbids-lower-ca", other, &[47], |s| {
            s.longer();
            s.issuing().set(NAMES, &directory(0, "O=Elsewhere"));
        }),
        case("dns-excluded-parent", other, &[48], |s| {
            named(s, "www.limbo.example", "DNS:www.limbo.example", "critical,excluded;DNS:limbo.example")
        }),
        case("dns-permitted-child", other, &[47], |s| {
            named(s, "limbo.example", "DNS:limbo.example", "critical,permitted;DNS:www.limbo.example")
        }),
        case("dns-wildcard-outside", other, &[47], |s| {
            named(s, "www.limbo.example", "DNS:*.limbo.example", "critical,permitted;DNS:example.net")
        }),
        case("one-name-of-two-outside", other, &[47], |s| {
            named(s, "localhost", "DNS:localhost,DNS:example.com", "critical,permitted;DNS:localhost");
        }),
        case("email-of-a-host-outside", other, &[47], |s| {
            s.issuing().set(NAMES, "critical,permitted;email:.example.org");
        }),
        case("ip6-permitted-alone", other, &[47], |s| {
            s.leaf().set("subjectAltName", "DNS:localhost,IP:fd00::1");
            s.issuing().set(NAMES, "critical,permitted;IP:fe80::/ffff::");
        }),
        case("upper-dns-permitted-other", other, &[47], |s| {
            s.longer();
            s.issuing().set(NAMES, "critical,permitted;DNS:example.net");
        }),
        case("path-length-exceeded", "path_length", &[25], |s| {
            s.longer();
            s.issuing().set("basicConstraints", "critical,CA:TRUE,pathlen:0");
        }),
        case("path-length-fits", "ok", &[0], |s| {
            s.issuing().set("basicConstraints", "critical,CA:TRUE,pathlen:0")
        }),
        case("root-path-length-exceeded", "path_length", &[25], |s| {
            s.root().set("basicConstraints", "critical,CA:TRUE,pathlen:0");
        }),
    ]
}

/// Constraints and names that OpenSSL does not handle.
pub(super) fn unsupported() -> Vec<Case> {
    let other = "name_constraints";
    vec![
        case("constraint-with-minimum", other, &[49], |s| {
            // permitted: localhost, with minimum 1
            let minimum = "critical,DER:30:12:a0:10:30:0e:82:09:6c:6f:63:61:6c:68:6f:73:74:80:01:01";
            s.issuing().set(NAMES, minimum);
        }),
        case("constraint-of-registered-ids", other, &[51], |s| {
            s.leaf().set("subjectAltName", "DNS:localhost,RID:1.2.3.4");
            s.issuing().set(NAMES, "critical,permitted;RID:1.2.3");
        }),
        case("email-without-host", other, &[53], |s| {
            s.leaf().set("subjectAltName", "DNS:localhost,email:alice");
            s.issuing().set(NAMES, "critical,permitted;email:example.org");
        }),
    ]
}
