use std::sync::Arc;

use super::*;
use crate::event::{LocalCertificate, LocalConfiguration, LocalKey};
use crate::handshake::{Chain, Presented};
use crate::wire::SignatureScheme;
use crate::wire::x509::{Certificate, Key};

fn server(version: ProtocolVersion, reason: i32) -> Handshake {
    let mut handshake = Handshake::blank(Role::Server).with_reason(reason);
    let offer = Offer {
        versions: vec![version],
        names_versions: true,
        cipher_suites: vec![CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256],
        signature_schemes: Some(vec![SignatureScheme::RSA_PSS_RSAE_SHA256]),
        ..Offer::default()
    };
    handshake.offer = Some(At { event: 1, value: offer });
    handshake.local = Arc::new(LocalConfiguration {
        cipher_suites: vec![CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.0],
        ..LocalConfiguration::default()
    });
    handshake
}

fn with_key(mut handshake: Handshake, kind: KeyKind) -> Handshake {
    let certificate = Certificate { key: Some(Key { kind, bits: Some(256) }), ..Certificate::default() };
    let shown = Presented { der: Arc::from(&b""[..]), certificate: Arc::new(certificate) };
    let key = LocalKey { matches_certificate: true, ..LocalKey::default() };
    handshake.own.push(OwnCertificate {
        chain: Chain { certificates: vec![shown], ..Chain::default() },
        configured: LocalCertificate { key: Some(key), ..LocalCertificate::default() },
    });
    handshake
}

fn cause(handshake: &Handshake) -> Option<Cause> {
    impossible(handshake).map(|finding| finding.cause)
}

#[test]
fn no_shared_cipher_has_many_causes() {
    let bare = server(ProtocolVersion::TLS1_2, reason::NO_SHARED_CIPHER);
    assert_eq!(cause(&bare), Some(Cause::ConfigNoCertificate));
    let ec = KeyKind::Ec { curve: "secp256r1".to_owned() };
    assert_eq!(cause(&with_key(bare.clone(), ec.clone())), Some(Cause::SigalgNoOverlap));
    let mut both = with_key(bare.clone(), ec);
    let offer = &mut both.offer.as_mut().expect("an offer").value;
    offer.signature_schemes.as_mut().expect("schemes").push(SignatureScheme::ECDSA_SECP256R1_SHA256);
    assert_eq!(cause(&both), Some(Cause::CipherNoMatchingCertificate));
    let rsa = with_key(bare, KeyKind::Rsa);
    assert_eq!(cause(&rsa), Some(Cause::GroupNoOverlap));
    let mut unsigned = rsa;
    let offer = &mut unsigned.offer.as_mut().expect("an offer").value;
    offer.signature_schemes = Some(vec![SignatureScheme::ECDSA_SECP256R1_SHA256]);
    assert_eq!(cause(&unsigned), Some(Cause::SigalgNoOverlap));
}

#[test]
fn tls13_without_a_certificate_is_no_question_of_versions() {
    let bare = server(ProtocolVersion::TLS1_3, reason::UNSUPPORTED_PROTOCOL);
    assert_eq!(cause(&bare), Some(Cause::ConfigNoCertificate));
    let old = server(ProtocolVersion::TLS1_2, reason::UNSUPPORTED_PROTOCOL);
    assert_eq!(cause(&old), None);
}

#[test]
fn a_pre_shared_key_that_is_unknown_leaves_nothing() {
    let mut psk = server(ProtocolVersion::TLS1_3, reason::NO_SUITABLE_SIGNATURE_ALGORITHM);
    psk.offer.as_mut().expect("an offer").value.external_psk = true;
    assert_eq!(cause(&psk), Some(Cause::PskUnknownIdentity));
}

#[test]
fn a_scheme_that_is_offered_and_not_taken_is_left_out_here() {
    let refused = server(ProtocolVersion::TLS1_3, reason::NO_SUITABLE_SIGNATURE_ALGORITHM);
    let told = |kind| impossible(&with_key(refused.clone(), kind)).expect("a finding");
    let own = told(KeyKind::Rsa);
    assert_eq!(
        (own.cause, own.confidence, own.side),
        (Cause::SigalgNoOverlap, Confidence::Likely, Side::Server)
    );
    assert!(own.summary.starts_with("The client offers schemes for this server's key"), "{}", own.summary);
    assert!(own.advice.iter().all(|one| one.side != Some(Side::Client)), "{:?}", own.advice);
    assert!(own.advice.iter().any(|one| one.line.starts_with("SignatureAlgorithms = ")));
    let none = told(KeyKind::Ed25519);
    assert_eq!(
        (none.cause, none.confidence, none.side),
        (Cause::SigalgNoOverlap, Confidence::Certain, Side::Client)
    );
}
