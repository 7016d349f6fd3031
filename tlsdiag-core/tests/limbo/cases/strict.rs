//! The rules of RFC 5280 at a strict verifier (X509_V_FLAG_X509_STRICT).

use super::{Case, case};
use crate::paper::Key;
use crate::scene::Scene;
use crate::signed_again::Edit;

pub(super) fn strictly() -> Vec<Case> {
    let broken = "strict_profile";
    vec![
        case("strict-in-order", "ok", &[0], Scene::strict),
        case("strict-leaf-without-authority-identifier", broken, &[85], |s| {
            s.strict();
            s.leaf().without("authorityKeyIdentifier");
        }),
        case("strict-ca-without-subject-identifier", broken, &[86], |s| {
            s.strict();
            s.issuing().without("subjectKeyIdentifier");
            s.leaf().set("authorityKeyIdentifier", "DER:30:06:80:04:01:02:03:04");
        }),
        case("strict-ca-constraints-not-critical", broken, &[89], |s| {
            s.strict();
            s.issuing().set("basicConstraints", "CA:TRUE");
        }),
        case("strict-root-constraints-not-critical", broken, &[89], |s| {
            s.strict();
            s.root().set("basicConstraints", "CA:TRUE");
        }),
        case("strict-upper-ca-without-usage", broken, &[92], |s| {
            s.strict();
            s.longer();
            s.issuing().without("keyUsage");
        }),
        case("strict-upper-ca-without-authority-identifier", broken, &[85], |s| {
            s.strict();
            s.longer();
            s.issuing().without("authorityKeyIdentifier");
        }),
        case("strict-ca-without-usage", broken, &[92], |s| {
            s.strict();
            s.issuing().without("keyUsage");
        }),
        case("strict-root-without-usage", broken, &[92], |s| {
            s.strict();
            s.root().without("keyUsage");
        }),
        case("strict-ca-without-constraints", broken, &[79], |s| {
            s.strict();
            s.issuing().without("basicConstraints");
        }),
        case("strict-root-of-version-1", broken, &[79], |s| {
            s.strict();
            s.root().version = 1;
            s.root().extensions.clear();
            s.issuing().set("authorityKeyIdentifier", "DER:30:06:80:04:01:02:03:04");
        }),
    ]
}

/// A path length, a usage or a name that is not as it has to be.
pub(super) fn strictly_named() -> Vec<Case> {
    let broken = "strict_profile";
    vec![
        case("strict-leaf-with-path-length", broken, &[80], |s| {
            s.strict();
            s.leaf().set("basicConstraints", "critical,DER:30:03:02:01:00");
        }),
        case("strict-path-length-without-usage", broken, &[81], |s| {
            s.strict();
            s.issuing().set("basicConstraints", "critical,CA:TRUE,pathlen:0");
            s.issuing().without("keyUsage");
        }),
        case("strict-leaf-may-sign-certificates", broken, &[82], |s| {
            s.strict();
            s.leaf().set("keyUsage", "critical,digitalSignature,keyCertSign");
        }),
        case("strict-ca-without-name", broken, &[83], |s| {
            s.strict();
            s.issuing().subject = "";
        }),
        case("strict-leaf-without-any-name", broken, &[84], |s| {
            s.strict();
            s.leaf().subject = "";
            s.leaf().without("subjectAltName");
        }),
        case("strict-empty-alternative-name", broken, &[87], |s| {
            s.strict();
            s.leaf().set("subjectAltName", "DER:3000");
        }),
        case("strict-nameless-and-not-critical", broken, &[88], |s| {
            s.strict();
            s.leaf().subject = "";
        }),
        case("strict-extensions-in-version-1", broken, &[93], |s| {
            s.strict();
            s.leaf().version = 1;
        }),
        case("strict-self-signed-and-trusted", "ok", &[0], |s| {
            s.strict();
            s.papers.drain(..2);
        }),
    ]
}

/// Two signature algorithms, and a curve that is not named, which no OpenSSL takes in a chain.
pub(super) fn seldom() -> Vec<Case> {
    let broken = "strict_profile";
    vec![
        case("strict-two-algorithms", broken, &[78], |s| {
            s.strict();
            s.leaf().edit = Some(Edit::Algorithm);
        }),
        case("ca-of-an-unnamed-curve", broken, &[94], |s| s.issuing().key = Key::Explicit),
    ]
}
