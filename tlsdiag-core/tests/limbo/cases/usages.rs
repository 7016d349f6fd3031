//! What a certificate is for: basicConstraints, keyUsage, extendedKeyUsage; and when.

use openssl::x509::verify::X509VerifyFlags;

use super::{Case, case};
use crate::paper::{Key, Paper};

pub(super) fn usages() -> Vec<Case> {
    vec![
        case("ca-without-constraints-or-usage", "issuer_not_ca", &[79], |s| {
            s.issuing().without("basicConstraints");
            s.issuing().without("keyUsage");
        }),
        case("ca-false", "issuer_not_ca", &[79], |s| {
            s.issuing().set("basicConstraints", "critical,CA:FALSE")
        }),
        case("leaf-is-a-ca", "ok", &[0], |s| s.leaf().set("basicConstraints", "critical,CA:TRUE")),
        case("leaf-without-constraints", "ok", &[0], |s| s.leaf().without("basicConstraints")),
        case("ca-constraints-not-critical", "ok", &[0], |s| s.issuing().set("basicConstraints", "CA:TRUE")),
        case("ca-without-cert-sign", "bad_key_usage", &[79, 32, 20], |s| {
            s.issuing().set("keyUsage", "critical,cRLSign")
        }),
        case("leaf-without-digital-signature", "bad_key_usage", &[26], |s| {
            s.leaf().key = Key::Rsa(2048);
            s.leaf().set("keyUsage", "critical,dataEncipherment");
        }),
        case("leaf-without-usage", "ok", &[0], |s| s.leaf().without("keyUsage")),
        case("leaf-of-other-purpose", "wrong_purpose", &[26], |s| {
            s.leaf().set("extendedKeyUsage", "codeSigning")
        }),
        case("leaf-of-other-side", "wrong_purpose", &[26], |s| {
            let other = s.other_purpose();
            s.leaf().set("extendedKeyUsage", other);
        }),
        case("leaf-of-any-purpose", "wrong_purpose", &[26], |s| {
            s.leaf().set("extendedKeyUsage", "anyExtendedKeyUsage")
        }),
        case("leaf-of-no-purpose", "ok", &[0], |s| s.leaf().without("extendedKeyUsage")),
        case("leaf-of-both-sides", "ok", &[0], |s| s.leaf().set("extendedKeyUsage", "serverAuth,clientAuth")),
        case("ca-of-other-side", "wrong_purpose", &[26], |s| {
            let other = s.other_purpose();
            s.issuing().set("extendedKeyUsage", other);
        }),
        case("ca-of-any-purpose", "wrong_purpose", &[26], |s| {
            s.issuing().set("extendedKeyUsage", "anyExtendedKeyUsage")
        }),
        case("ca-of-both-sides", "ok", &[0], |s| {
            s.issuing().set("extendedKeyUsage", "serverAuth,clientAuth")
        }),
        case("upper-ca-of-other-side", "wrong_purpose", &[26], |s| {
            s.longer();
            let other = s.other_purpose();
            s.issuing().set("extendedKeyUsage", other);
        }),
        case("upper-ca-false", "issuer_not_ca", &[79], |s| {
            s.longer();
            s.issuing().set("basicConstraints", "critical,CA:FALSE");
        }),
        case("upper-ca-without-cert-sign", "bad_key_usage", &[79, 32, 20], |s| {
            s.longer();
            s.issuing().set("keyUsage", "critical,cRLSign");
        }),
        case("leaf-issues-a-leaf", "issuer_not_ca", &[79], |s| {
            s.longer();
            s.papers[2] = Paper::leaf("serverAuth,clientAuth");
            s.papers[2].subject = "CN=a leaf that issues";
            s.papers[2].without("keyUsage");
        }),
        case("root-of-other-purpose", "wrong_purpose", &[26], |s| {
            s.root().set("extendedKeyUsage", "codeSigning")
        }),
    ]
}

pub(super) fn times() -> Vec<Case> {
    vec![
        case("leaf-expired", "expired", &[10], |s| s.leaf().days = (-40, -10)),
        case("leaf-too-young", "not_yet_valid", &[9], |s| s.leaf().days = (5, 40)),
        case("ca-expired", "issuer_expired", &[10], |s| s.issuing().days = (-40, -10)),
        case("ca-too-young", "not_yet_valid", &[9], |s| s.issuing().days = (5, 40)),
        case("upper-ca-expired", "issuer_expired", &[10], |s| {
            s.longer();
            s.issuing().days = (-40, -10);
        }),
        case("root-expired", "issuer_expired", &[10], |s| s.root().days = (-40, -10)),
        case("root-too-young", "not_yet_valid", &[9], |s| s.root().days = (5, 40)),
    ]
}

/// The verifier tries the signature of a certificate that signed itself.
pub(super) fn seldom() -> Vec<Case> {
    vec![
        case("self-signed-ca-that-may-not-sign", "bad_key_usage", &[32], |s| {
            s.papers.drain(..2);
            s.flags |= X509VerifyFlags::CHECK_SS_SIGNATURE;
            s.leaf().set("basicConstraints", "critical,CA:TRUE");
        }),
        case("self-signed-ca-that-may-sign", "ok", &[0], |s| {
            s.papers.drain(..2);
            s.flags |= X509VerifyFlags::CHECK_SS_SIGNATURE;
            s.leaf().set("basicConstraints", "critical,CA:TRUE");
            s.leaf().set("keyUsage", "critical,digitalSignature,keyCertSign");
        }),
    ]
}
