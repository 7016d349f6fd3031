//! The table: what is made, what is true of it, and by which number OpenSSL refuses it. A kind of fault is a line here.
//!
//! The truth is what was done to the scene, in the words of docs/causes.md: a fault of the certificate, whichever side owns it, a whole code,
//! or `ok`. It is never taken from what the rules say.

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::x509::verify::X509VerifyFlags;

use crate::paper::{Key, List, Paper, Signer, name};
use crate::scene::{Extra, Holder, Scene, Trust};

/// One kind of certificate.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) truth: &'static str,
    /// `X509_V_*` at the verifier: with another one the situation did not come about.
    pub(crate) openssl: &'static [i32],
    pub(crate) turn: fn(&mut Scene),
}

const fn case(
    name: &'static str,
    truth: &'static str,
    openssl: &'static [i32],
    turn: fn(&mut Scene),
) -> Case {
    Case { name, truth, openssl, turn }
}

/// For either side's certificate.
pub(crate) fn of_both() -> Vec<Case> {
    [constraints(), usages(), times(), extensions(), issuers(), chains(), strength(), lists(), strictly()]
        .into_iter()
        .flatten()
        .collect()
}

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

fn constraints() -> Vec<Case> {
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

fn usages() -> Vec<Case> {
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

fn times() -> Vec<Case> {
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

/// An arc that nobody uses.
const UNKNOWN: &str = "1.3.6.1.4.1.55555.7";

fn extensions() -> Vec<Case> {
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

fn issuers() -> Vec<Case> {
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

fn chains() -> Vec<Case> {
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

fn strength() -> Vec<Case> {
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

/// issuingDistributionPoint with one URI, or with one of its flags set: `82` is onlyContainsCACerts, `85` onlyContainsAttributeCerts.
const OTHER_PLACE: (&str, &str) =
    ("2.5.29.28", "critical,DER:30:15:a0:13:a0:11:86:0f:68:74:74:70:3a:2f:2f:61:2e:69:6e:76:61:6c:69");
const CAS_ALONE: (&str, &str) = ("2.5.29.28", "critical,DER:30:03:82:01:ff");

fn lists() -> Vec<Case> {
    vec![
        case("list", "ok", &[0], |s| s.looks_up([List::of(1)])),
        case("list-absent", "crl_unavailable", &[3], |s| s.looks_up([])),
        case("list-of-another-ca", "crl_unavailable", &[3], |s| s.looks_up([List::of(0)])),
        case("list-expired", "crl_expired", &[12], |s| {
            s.looks_up([List { days: (-40, -10), ..List::of(1) }])
        }),
        case("list-too-young", "crl_unusable", &[11], |s| {
            s.looks_up([List { days: (5, 40), ..List::of(1) }])
        }),
        case("leaf-revoked", "revoked", &[23], |s| s.looks_up([List { revokes: vec![2], ..List::of(1) }])),
        case("ca-revoked", "revoked", &[23], |s| {
            s.flags |= X509VerifyFlags::CRL_CHECK_ALL;
            s.looks_up([List::of(1), List { revokes: vec![1], ..List::of(0) }]);
        }),
        case("lists-of-the-chain", "ok", &[0], |s| {
            s.flags |= X509VerifyFlags::CRL_CHECK_ALL;
            s.looks_up([List::of(1), List::of(0)]);
        }),
        case("list-of-the-root-absent", "crl_unavailable", &[3], |s| {
            s.flags |= X509VerifyFlags::CRL_CHECK_ALL;
            s.looks_up([List::of(1)]);
        }),
        case("list-of-another-place", "crl_unusable", &[44], |s| {
            s.looks_up([List { extensions: vec![OTHER_PLACE], ..List::of(1) }])
        }),
        case("list-of-cas-alone", "crl_unusable", &[44], |s| {
            s.looks_up([List { extensions: vec![CAS_ALONE], ..List::of(1) }])
        }),
        case("list-unknown-critical", "crl_unusable", &[36], |s| {
            s.looks_up([List { extensions: vec![(UNKNOWN, "critical,DER:0500")], ..List::of(1) }]);
        }),
        case("list-is-a-delta", "crl_unavailable", &[3], |s| {
            s.looks_up([List { extensions: vec![("2.5.29.27", "critical,DER:020101")], ..List::of(1) }]);
        }),
        case("list-forged", "crl_unusable", &[8], |s| s.looks_up([List { forged: true, ..List::of(1) }])),
        case("list-of-a-ca-that-may-not", "crl_unusable", &[35], |s| {
            s.issuing().set("keyUsage", "critical,keyCertSign");
            s.looks_up([List::of(1)]);
        }),
    ]
}

fn strictly() -> Vec<Case> {
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

/// A server's names, which the client compares.
pub(crate) fn of_servers() -> Vec<Case> {
    const OTHER: &str = "server_cert.hostname_mismatch";
    let names: Vec<Case> = vec![
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
        case("name-with-nul", OTHER, &[62], |s| {
            // localhost, NUL, x
            s.leaf().set("subjectAltName", "DER:30:0d:82:0b:6c:6f:63:61:6c:68:6f:73:74:00:78");
        }),
    ];
    names
}

fn asked(scene: &mut Scene, asked: &'static str, names: &str) {
    assert_eq!(scene.holder, Holder::Server);
    scene.asked = asked;
    let leaf: &mut Paper = scene.leaf();
    leaf.subject = "CN=somebody";
    leaf.set("subjectAltName", names);
}
