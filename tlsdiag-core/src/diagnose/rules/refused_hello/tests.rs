use super::*;
use crate::wire::SignatureScheme;

fn wide() -> Offer {
    let suites = [0xc02b, 0xc02f, 0xc02c, 0xc030].map(CipherSuite);
    Offer {
        versions: vec![ProtocolVersion::TLS1_2],
        names_versions: true,
        cipher_suites: suites.to_vec(),
        groups: Some(vec![NamedGroup::X25519, NamedGroup::SECP256R1]),
        signature_schemes: Some(vec![
            SignatureScheme::ECDSA_SECP256R1_SHA256,
            SignatureScheme::RSA_PSS_RSAE_SHA256,
        ]),
        server_name: Some("a.example".to_owned()),
        extended_master_secret: true,
        ..Offer::default()
    }
}

fn refused(offer: Offer) -> Finding {
    let mut handshake =
        Handshake::blank(Role::Client).with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE);
    handshake.offer = Some(At { event: 1, value: offer });
    suspect(&handshake).expect("a finding")
}

#[test]
fn the_narrow_place_is_the_suspect() {
    let cause = |offer| refused(offer).cause;
    assert_eq!(cause(wide()), Cause::ConfigNoCertificate);
    // That no name was sent explains nothing by itself.
    let nameless = refused(Offer { server_name: None, ..wide() });
    assert_eq!((nameless.cause, nameless.confidence), (Cause::ConfigNoCertificate, Confidence::Possible));
    assert!(nameless.alternatives.iter().any(|other| other.cause == Cause::SniMissing));
    assert_eq!(cause(Offer { extended_master_secret: false, ..wide() }), Cause::EmsRequired);
    assert_eq!(cause(Offer { external_psk: true, ..wide() }), Cause::PskUnknownIdentity);
    let one = vec![CipherSuite(0xc02f)];
    assert_eq!(cause(Offer { cipher_suites: one, ..wide() }), Cause::CipherNoOverlap);
    let rsa = [0xc02f, 0xc030, 0xc013].map(CipherSuite).to_vec();
    assert_eq!(cause(Offer { cipher_suites: rsa, ..wide() }), Cause::CipherNoMatchingCertificate);
    let weak = [0xc02b, 0xc02f, 0xc023].map(CipherSuite).to_vec();
    let half = refused(Offer { cipher_suites: weak, ..wide() });
    assert_eq!((half.cause, half.confidence), (Cause::CipherNoOverlap, Confidence::Possible));
    assert!(half.summary.contains("AES-256"), "{}", half.summary);
    let groups = Some(vec![NamedGroup::SECP256R1]);
    assert_eq!(cause(Offer { groups, ..wide() }), Cause::GroupNoOverlap);
    let schemes = Some(vec![SignatureScheme::ECDSA_SECP256R1_SHA256]);
    assert_eq!(cause(Offer { signature_schemes: schemes, ..wide() }), Cause::SigalgNoOverlap);
}

/// As [`wide`], with TLS 1.3 besides.
fn both(suites_of_tls12: &[u16]) -> Offer {
    let suites = [0x1301, 0x1302, 0x1303].iter().chain(suites_of_tls12).copied().map(CipherSuite);
    let versions = vec![ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];
    Offer { versions, cipher_suites: suites.collect(), ..wide() }
}

#[test]
fn a_narrow_list_for_tls_1_2_is_the_suspect_though_tls_1_3_is_offered() {
    let told = |suites: &[u16]| {
        let finding = refused(both(suites));
        (finding.cause, finding.confidence, finding.summary)
    };
    let possible = |suites: &[u16], cause: Cause, words: &str| {
        let (named, confidence, summary) = told(suites);
        assert_eq!((named, confidence), (cause, Confidence::Possible), "{summary}");
        assert!(
            summary.contains("it may be that it ends at TLS 1.2") && summary.contains(words),
            "{summary}"
        );
    };
    possible(&[0xc02b], Cause::CipherNoOverlap, "of the few that are offered");
    possible(&[], Cause::CipherNoOverlap, "no cipher suite is offered");
    possible(&[0xc02b, 0xc02c, 0xc023], Cause::CipherNoMatchingCertificate, "another kind");
    possible(&[0xc02b, 0xc02f, 0xc023], Cause::CipherNoOverlap, "AES-256");
    assert_eq!(told(&[0xc02b, 0xc02f, 0xc02c, 0xc030]).0, Cause::ConfigNoCertificate);
    // What TLS 1.3 needs as well explains more.
    let groups = Some(vec![NamedGroup::SECP256R1]);
    assert_eq!(refused(Offer { groups, ..both(&[0xc02b]) }).cause, Cause::GroupNoOverlap);
    // It does not offer TLS 1.2.
    let versions = vec![ProtocolVersion::TLS1_3];
    assert_eq!(refused(Offer { versions, ..both(&[0xc02b]) }).cause, Cause::ConfigNoCertificate);
}

#[test]
fn it_is_never_certain_and_never_an_alternative_to_itself() {
    for offer in [wide(), Offer { server_name: None, ..wide() }] {
        let finding = refused(offer);
        assert!(finding.confidence < Confidence::Certain);
        assert!(finding.alternatives.iter().all(|other| other.cause != finding.cause));
    }
}

#[test]
fn another_alert_is_another_matter() {
    let mut handshake =
        Handshake::blank(Role::Client).with_alert(Direction::Received, AlertDescription::PROTOCOL_VERSION);
    handshake.offer = Some(At { event: 1, value: wide() });
    assert_eq!(suspect(&handshake), None);
}
