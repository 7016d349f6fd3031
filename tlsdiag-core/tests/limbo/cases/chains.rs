//! Who signed, what was sent and who is trusted; and how strong it all is.

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::x509::verify::X509VerifyFlags;

use super::{Case, case};
use crate::paper::{Key, Signer};
use crate::scene::{Extra, Scene, Trust};

pub(super) fn issuers() -> Vec<Case> {
    vec![
        case("leaf-of-namesake", "incomplete_chain", &[20], |s| s.leaf().signer = Signer::Namesake),
        case("leaf-of-impostor", "bad_signature", &[7], |s| s.leaf().signer = Signer::Impostor),
        case("leaf-damaged", "bad_signature", &[7], |s| s.leaf().signer = Signer::Damaged),
        case("upper-ca-damaged", "bad_signature", &[7], |s| {
            s.longer();
            s.issuing().signer = Signer::Damaged;
        }),
        case("lower-ca-of-impostor", "bad_signature", &[7], |s| {
            s.longer();
            s.papers[2].signer = Signer::Impostor;
        }),
        case("ca-of-namesake", "unknown_issuer", &[20], |s| s.issuing().signer = Signer::Namesake),
        case("ca-of-impostor", "bad_signature", &[7], |s| s.issuing().signer = Signer::Impostor),
        case("ca-damaged", "bad_signature", &[7], |s| s.issuing().signer = Signer::Damaged),
    ]
}

pub(super) fn chains() -> Vec<Case> {
    vec![
        case("in-order", "ok", &[0], |_| {}),
        case("intermediate-missing", "incomplete_chain", &[20], |s| s.sent = Some(vec![])),
        case("upper-intermediate-missing", "incomplete_chain", &[20], |s| {
            s.longer();
            s.sent = Some(vec![2]);
        }),
        case("lower-intermediate-missing", "incomplete_chain", &[20], |s| {
            s.longer();
            s.sent = Some(vec![1]);
        }),
        case("two-intermediates", "ok", &[0], |s| s.longer()),
        case("wrong-order", "ok", &[0], |s| {
            s.longer();
            s.sent = Some(vec![1, 2]);
        }),
        case("superfluous", "ok", &[0], |s| s.extra.push(Extra::Stranger)),
        case("cross-signed", "ok", &[0], |s| s.extra.push(Extra::CrossSignedRoot)),
        case("cross-signed-only", "ok", &[0], |s| {
            s.extra.push(Extra::CrossSignedRoot);
            s.trusts = Trust::Stranger;
        }),
        case("root-sent", "ok", &[0], |s| s.sent = Some(vec![1, 0])),
        case("root-unknown", "unknown_issuer", &[20], |s| s.trusts = Trust::Stranger),
        case("root-unknown-and-sent", "unknown_issuer", &[19], |s| {
            s.trusts = Trust::Stranger;
            s.sent = Some(vec![1, 0]);
        }),
        case("nobody-trusted", "unknown_issuer", &[20], |s| s.trusts = Trust::Nobody),
        case("directly-by-the-root", "ok", &[0], |s| s.shorter()),
        case("directly-by-an-unknown-root", "unknown_issuer", &[20], |s| {
            s.shorter();
            s.trusts = Trust::Stranger;
        }),
        case("other-root-of-the-name-sent", "bad_signature", &[7, 19, 20], |s| {
            s.issuing().signer = Signer::Impostor;
            s.extra.push(Extra::OtherRoot);
        }),
        case("self-signed", "self_signed", &[18], |s| {
            s.papers.truncate(3);
            s.papers.drain(..2);
            s.trusts = Trust::Stranger;
        }),
        case("named-like-its-root", "self_signed", &[18], |s| {
            s.named_like_the_root();
            s.leaf().without("authorityKeyIdentifier");
        }),
        case("named-like-its-root-that-nobody-trusts", "self_signed", &[18], |s| {
            s.named_like_the_root();
            s.leaf().without("authorityKeyIdentifier");
            s.trusts = Trust::Stranger;
        }),
        case("named-like-its-root-with-identifiers", "ok", &[0], Scene::named_like_the_root),
        case("named-like-a-root-that-nobody-trusts-with-identifiers", "unknown_issuer", &[20], |s| {
            s.named_like_the_root();
            s.trusts = Trust::Stranger;
        }),
        case("self-signed-and-trusted", "ok", &[0], |s| {
            s.papers.drain(..2);
        }),
        case("intermediate-trusted", "unknown_issuer", &[2], |s| s.trusts = Trust::Place(1)),
        case("intermediate-ends-the-chain", "ok", &[0], |s| {
            s.trusts = Trust::Place(1);
            s.flags |= X509VerifyFlags::PARTIAL_CHAIN;
        }),
        case("too-deep", "verify_depth", &[22], |s| {
            s.longer();
            s.depth = Some(1);
        }),
        case("just-deep-enough", "ok", &[0], |s| s.depth = Some(1)),
    ]
}

pub(super) fn strength() -> Vec<Case> {
    vec![
        case("leaf-weak-key", "weak_key", &[66], |s| s.leaf().key = Key::Rsa(1024)),
        case("ca-weak-key", "weak_key", &[67], |s| s.issuing().key = Key::Rsa(1024)),
        case("upper-ca-weak-key", "weak_key", &[67], |s| {
            s.longer();
            s.issuing().key = Key::Rsa(1024);
        }),
        case("upper-ca-sha1", "weak_signature", &[68], |s| {
            s.longer();
            s.issuing().digest = MessageDigest::sha1;
        }),
        case("root-weak-key", "weak_key", &[67], |s| s.root().key = Key::Rsa(1024)),
        case("leaf-sha1", "weak_signature", &[68], |s| s.leaf().digest = MessageDigest::sha1),
        case("ca-sha1", "weak_signature", &[68], |s| s.issuing().digest = MessageDigest::sha1),
        case("root-sha1", "ok", &[0], |s| s.root().digest = MessageDigest::sha1),
        case("leaf-md5", "weak_signature", &[68], |s| {
            s.issuing().key = Key::Rsa(2048);
            s.leaf().digest = MessageDigest::md5;
        }),
        case("leaf-p384", "ok", &[0], |s| s.leaf().key = Key::Curve(Nid::SECP384R1)),
        case("leaf-p521", "ok", &[0], |s| s.leaf().key = Key::Curve(Nid::SECP521R1)),
        case("leaf-ed25519", "ok", &[0], |s| s.leaf().key = Key::Ed25519),
        case("leaf-rsa", "ok", &[0], |s| s.leaf().key = Key::Rsa(2048)),
        case("leaf-rsa-pss", "ok", &[0], |s| s.leaf().key = Key::RsaPss),
        case("ca-ed25519", "ok", &[0], |s| s.issuing().key = Key::Ed25519),
        case("ca-rsa-pss", "ok", &[0], |s| s.issuing().key = Key::RsaPss),
        case("ca-p521", "ok", &[0], |s| s.issuing().key = Key::Curve(Nid::SECP521R1)),
    ]
}

pub(super) fn trust_settings() -> Vec<Case> {
    vec![
        case("root-refused-for-this-purpose", "unknown_issuer", &[28], |s| s.trusts = Trust::RootRefused),
        case("two-roots-trusted", "ok", &[0], |s| s.trusts = Trust::Both),
    ]
}
