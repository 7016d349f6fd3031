//! Other extensions, serial numbers, versions and names.

use openssl::x509::verify::X509VerifyFlags;

use super::{Case, UNKNOWN, case};
use crate::paper::Key;

pub(super) fn extensions() -> Vec<Case> {
    let unknown = "unhandled_critical_extension";
    vec![
        case("leaf-unknown-critical", unknown, &[34], |s| s.leaf().set(UNKNOWN, "critical,DER:0500")),
        case("leaf-unknown-not-critical", "ok", &[0], |s| s.leaf().set(UNKNOWN, "DER:0500")),
        case("ca-unknown-critical", unknown, &[34], |s| s.issuing().set(UNKNOWN, "critical,DER:0500")),
        case("upper-ca-unknown-critical", unknown, &[34], |s| {
            s.longer();
            s.issuing().set(UNKNOWN, "critical,DER:0500");
        }),
        case("root-unknown-critical", unknown, &[34], |s| s.root().set(UNKNOWN, "critical,DER:0500")),
        case("leaf-information-access-critical", unknown, &[34], |s| {
            s.leaf().set("authorityInfoAccess", "critical,OCSP;URI:http://ocsp.invalid/");
        }),
        case("leaf-must-staple-critical", unknown, &[34], |s| {
            s.leaf().set("tlsfeature", "critical,status_request")
        }),
        case("leaf-must-staple", "ok", &[0], |s| s.leaf().set("tlsfeature", "status_request")),
        case("leaf-key-identifier-critical", unknown, &[34], |s| {
            s.leaf().set("authorityKeyIdentifier", "critical,keyid:always");
        }),
        case("leaf-twice-the-same", "malformed", &[20, 26], |s| {
            // OpenSSL's server does not offer such an ECDSA certificate over TLS 1.2.
            s.leaf().key = Key::Rsa(2048);
            s.leaf().extensions.push(("keyUsage", "critical,digitalSignature".to_owned()));
        }),
        case("ca-twice-the-same", "malformed", &[79, 20, 26], |s| {
            s.issuing().extensions.push(("basicConstraints", "critical,CA:TRUE".to_owned()));
        }),
        case("leaf-empty-usage", "malformed", &[20, 26], |s| {
            s.leaf().key = Key::Rsa(2048);
            s.leaf().set("keyUsage", "critical,DER:030100");
        }),
        case("leaf-without-authority-identifier", "ok", &[0], |s| s.leaf().without("authorityKeyIdentifier")),
        case("leaf-names-other-key", "unknown_issuer", &[20], |s| {
            s.leaf().set("authorityKeyIdentifier", "DER:30:06:80:04:01:02:03:04");
        }),
        case("leaf-names-other-serial", "unknown_issuer", &[20], |s| {
            s.leaf().set("authorityKeyIdentifier", "DER:30:04:82:02:01:02");
        }),
        case("nothing-identifies-keys", "ok", &[0], |s| {
            for paper in &mut s.papers {
                paper.without("subjectKeyIdentifier");
                paper.without("authorityKeyIdentifier");
            }
        }),
        case("no-explicit-policy", "rejected", &[43], |s| {
            s.flags |= X509VerifyFlags::EXPLICIT_POLICY | X509VerifyFlags::POLICY_CHECK
        }),
        case("serial-negative", "ok", &[0], |s| s.leaf().serial = Some("-5A5A")),
        case("serial-zero", "ok", &[0], |s| s.leaf().serial = Some("0")),
        case("serial-long", "ok", &[0], |s| {
            s.leaf().serial = Some("6AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        }),
        case("subject-empty", "ok", &[0], |s| {
            s.leaf().subject = "";
            s.leaf().set("subjectAltName", "critical,DNS:localhost");
        }),
        case("leaf-of-version-1", "ok", &[0], |s| {
            s.leaf().version = 1;
            s.leaf().extensions.clear();
        }),
        case("ca-of-version-1", "issuer_not_ca", &[79], |s| {
            s.issuing().version = 1;
            s.issuing().extensions.clear();
            s.leaf().without("authorityKeyIdentifier");
        }),
        case("root-of-version-1", "ok", &[0], |s| {
            s.root().version = 1;
            s.root().extensions.clear();
            s.issuing().without("authorityKeyIdentifier");
        }),
    ]
}
