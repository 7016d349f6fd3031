use crate::wire::{ExtensionType, ProtocolVersion, SignatureScheme};
use std::sync::Arc;

use super::*;
use crate::handshake::{Offer, OutcomeKind, Presented};
use crate::wire::x509::{Certificate, GeneralName, Key, KeyKind, Name};

/// An owner whose lone leaf was refused by this alert.
fn refused(role: Role, leaf: Certificate, alert: Alert) -> Handshake {
    let mut handshake = Handshake::blank(role).with_alert(Direction::Received, alert);
    let shown = Presented { der: Arc::from(&b"leaf"[..]), certificate: Arc::new(leaf) };
    let chain =
        Some(At { event: 5, value: Chain { certificates: vec![shown], size: 700, ..Chain::default() } });
    match role {
        Role::Server => handshake.server_chain = chain,
        Role::Client => handshake.client_chain = chain,
    }
    handshake
}

fn leaf() -> Certificate {
    let name = |text: &str| Some(Name { text: text.to_owned(), common_name: None, der: text.into() });
    Certificate { subject: name("CN=leaf"), issuer: name("CN=issuer"), ..Certificate::default() }
}

fn named(handshake: &Handshake) -> (Cause, Confidence) {
    let finding = own_certificate(handshake).expect("a finding");
    assert!(finding.evidence.iter().any(|seen| seen.event == Some(90)), "the alert is evidence");
    (finding.cause, finding.confidence)
}

#[test]
fn a_fault_in_plain_sight_and_its_own_alert_are_certain() {
    let mut expired = leaf();
    expired.not_after = Some(-5);
    let fault = cause(Role::Client, CertificateFault::Expired);
    let handshake = refused(Role::Client, expired.clone(), Alert::CERTIFICATE_EXPIRED);
    assert_eq!(named(&handshake), (fault, Confidence::Certain));
    let handshake = refused(Role::Client, expired.clone(), Alert::CERTIFICATE_UNKNOWN);
    assert_eq!(named(&handshake), (fault, Confidence::Likely));
    // That it has expired does not explain an authority that is not known.
    let handshake = refused(Role::Client, expired, Alert::UNKNOWN_CA);
    assert_eq!(named(&handshake).0, cause(Role::Client, CertificateFault::UnknownIssuer));
}

#[test]
fn what_fits_as_well_stands_beside() {
    let mut weak = leaf();
    weak.key = Some(Key { kind: KeyKind::Rsa, bits: Some(1024) });
    weak.not_before = Some(5);
    let finding = own_certificate(&refused(Role::Server, weak, Alert::BAD_CERTIFICATE)).expect("a finding");
    assert_eq!(finding.cause, cause(Role::Server, CertificateFault::NotYetValid));
    let rivals: Vec<_> = finding.alternatives.iter().map(|other| other.cause).collect();
    assert!(rivals.contains(&cause(Role::Server, CertificateFault::WeakKey)), "{rivals:?}");
}

#[test]
fn an_alert_of_many_meanings_needs_more_than_itself() {
    for alert in [Alert::DECRYPT_ERROR, Alert::DECODE_ERROR, Alert::ILLEGAL_PARAMETER, Alert::INTERNAL_ERROR]
    {
        assert_eq!(own_certificate(&refused(Role::Client, leaf(), alert)), None, "{alert}");
    }
    let mut signed = refused(Role::Client, leaf(), Alert::DECRYPT_ERROR);
    signed.client_signature = Some(At { event: 6, value: SignatureScheme::ED25519 });
    assert_eq!(named(&signed).0, cause(Role::Client, CertificateFault::ProofFailed));
    let mut long = refused(Role::Client, leaf(), Alert::ILLEGAL_PARAMETER);
    long.client_chain.as_mut().expect("a chain").value.size = 120_000;
    assert_eq!(named(&long), (cause(Role::Client, CertificateFault::ChainTooLarge), Confidence::Likely));
}

/// What a server's client offered.
fn offering(handshake: &mut Handshake, extensions: Vec<ExtensionType>) {
    let versions = vec![ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];
    let offer = Offer { extensions, versions, ..Offer::default() };
    handshake.offer = Some(At { event: 1, value: offer });
}

#[test]
fn a_fault_that_openssl_has_another_alert_for_is_not_what_a_vague_one_means() {
    let expired = Certificate { not_after: Some(-5), ..leaf() };
    let fault = cause(Role::Server, CertificateFault::Expired);
    let mut server = refused(Role::Server, expired.clone(), Alert::BAD_CERTIFICATE);
    offering(&mut server, vec![ExtensionType::ENCRYPT_THEN_MAC]);
    assert_eq!(named(&server).0, Cause::ServerCertRejected, "it says certificate_expired of that");
    offering(&mut server, vec![ExtensionType::ENCRYPT_THEN_MAC, ExtensionType::RECORD_SIZE_LIMIT]);
    assert_eq!(named(&server).0, fault, "GnuTLS has one alert for all");
    offering(&mut server, Vec::new());
    assert_eq!(named(&server).0, fault, "a browser, Java or Go");
    let mut expires = refused(Role::Server, expired, Alert::CERTIFICATE_EXPIRED);
    offering(&mut expires, vec![ExtensionType::ENCRYPT_THEN_MAC]);
    assert_eq!(named(&expires), (fault, Confidence::Certain));
}

#[test]
fn a_leaf_that_must_be_stapled_is_named_where_nothing_was_and_a_response_was_asked_for() {
    let leaf = Certificate { must_staple: true, authority_key_id: Some(vec![1]), ..leaf() };
    let mut asked = refused(Role::Server, leaf, Alert::BAD_CERTIFICATE);
    offering(&mut asked, vec![ExtensionType::STATUS_REQUEST]);
    assert_eq!(named(&asked), (Cause::ServerCertStaplingRequired, Confidence::Likely));
    let mut stapled = asked.clone();
    stapled.server_chain.as_mut().expect("a chain").value.extension_blocks = vec![vec![0, 5, 0, 1, 1]];
    assert_ne!(named(&stapled).0, Cause::ServerCertStaplingRequired);
    offering(&mut asked, vec![ExtensionType::SERVER_NAME]);
    assert_ne!(named(&asked).0, Cause::ServerCertStaplingRequired, "it did not ask");
}

#[test]
fn a_rule_that_few_insist_on_may_be_it_where_the_alert_and_the_library_fit() {
    let strict = cause(Role::Server, CertificateFault::StrictProfile);
    let mut server = refused(Role::Server, leaf(), Alert::CERTIFICATE_UNKNOWN);
    offering(&mut server, vec![ExtensionType::ENCRYPT_THEN_MAC]);
    assert_eq!(named(&server), (strict, Confidence::Possible), "no authorityKeyIdentifier");
    offering(&mut server, Vec::new());
    assert_ne!(named(&server).0, strict, "a browser");
    let mut other = refused(Role::Server, leaf(), Alert::BAD_CERTIFICATE);
    offering(&mut other, vec![ExtensionType::ENCRYPT_THEN_MAC]);
    assert_ne!(named(&other).0, strict, "OpenSSL has another alert");
}

#[test]
fn a_leaf_that_was_sent_alone_is_the_best_that_a_vague_alert_allows() {
    let whole = Certificate { authority_key_id: Some(vec![1]), ..leaf() };
    let finding =
        own_certificate(&refused(Role::Client, whole.clone(), Alert::BAD_CERTIFICATE)).expect("a finding");
    assert_eq!(finding.confidence, Confidence::Possible);
    let both = [CertificateFault::IncompleteChain, CertificateFault::UnknownIssuer];
    let both = both.map(|fault| cause(Role::Client, fault));
    assert!(both.contains(&finding.cause));
    assert!(
        both.iter()
            .all(|one| *one == finding.cause || finding.alternatives.iter().any(|other| other.cause == *one))
    );
    let mut root = whole;
    root.issuer = root.subject.clone();
    assert_eq!(
        named(&refused(Role::Client, root, Alert::BAD_CERTIFICATE)).0,
        cause(Role::Client, CertificateFault::SelfSigned)
    );
}

#[test]
fn a_bare_public_key_breaks_no_rule_of_certificates() {
    let mut server = refused(Role::Server, Certificate::default(), Alert::CERTIFICATE_UNKNOWN);
    offering(&mut server, vec![ExtensionType::ENCRYPT_THEN_MAC]);
    server.offer.as_mut().expect("an offer").value.server_name = Some("a.example".to_owned());
    let strict = cause(Role::Server, CertificateFault::StrictProfile);
    assert_ne!(named(&server).0, Cause::ServerCertRejected, "a certificate without names");
    server.server_chain.as_mut().expect("a chain").value.raw_public_keys = true;
    let finding = own_certificate(&server).expect("a finding");
    assert_eq!(finding.cause, Cause::ServerCertRejected);
    assert!(finding.evidence.iter().all(|seen| !seen.value.contains("authorityKeyIdentifier")));
    assert_ne!(finding.cause, strict);
}

#[test]
fn a_proxy_certificate_of_ones_own_is_what_a_verifier_minds() {
    let mut proxy = Certificate { authority_key_id: Some(vec![1]), ..leaf() };
    proxy.extensions.add(crate::wire::x509::Extension::ProxyCertInfo, true);
    let finding =
        own_certificate(&refused(Role::Client, proxy, Alert::CERTIFICATE_UNKNOWN)).expect("a finding");
    assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertRejected, Confidence::Likely));
    assert!(finding.summary.contains("proxy certificate"), "{}", finding.summary);
    assert!(finding.advice.iter().any(|one| one.line.contains("-allow_proxy_certs")));
}

#[test]
fn a_wildcard_for_a_part_of_a_label_may_be_minded() {
    let told = |name: &str| {
        let sans = vec![GeneralName::Dns(name.to_owned())];
        let leaf = Certificate { sans, authority_key_id: Some(vec![1]), ..leaf() };
        let mut server = refused(Role::Server, leaf, Alert::BAD_CERTIFICATE);
        offering(&mut server, Vec::new());
        server.offer.as_mut().expect("an offer").value.server_name = Some("www.acme.test".to_owned());
        named(&server)
    };
    assert_eq!(told("w*.acme.test"), (Cause::ServerCertHostnameMismatch, Confidence::Possible));
    assert_ne!(told("*.acme.test").0, Cause::ServerCertHostnameMismatch);
    assert_eq!(told("api.acme.test"), (Cause::ServerCertHostnameMismatch, Confidence::Likely));
}

/// GnuTLS looks at the purpose if it is asked to, and has one word for all.
#[test]
fn a_purpose_is_possible_where_one_word_stands_for_all() {
    let other = Certificate {
        extended_key_usage: Some(vec!["serverAuth".to_owned()]),
        authority_key_id: Some(vec![1]),
        ..leaf()
    };
    let finding =
        own_certificate(&refused(Role::Client, other.clone(), Alert::ACCESS_DENIED)).expect("a finding");
    let purpose = cause(Role::Client, CertificateFault::WrongPurpose);
    assert_eq!((finding.cause, finding.confidence), (purpose, Confidence::Possible));
    let weak = cause(Role::Client, CertificateFault::WeakKey);
    assert!(finding.alternatives.iter().any(|one| one.cause == weak));
    let sure = refused(Role::Client, other, Alert::UNSUPPORTED_CERTIFICATE);
    assert_eq!(named(&sure), (purpose, Confidence::Certain));
}

#[test]
fn a_purpose_that_nothing_in_sight_forbids_may_be_a_root_s() {
    let whole = Certificate { authority_key_id: Some(vec![1]), ..leaf() };
    let mut handshake = refused(Role::Client, whole, Alert::UNSUPPORTED_CERTIFICATE);
    let chain = &mut handshake.client_chain.as_mut().expect("a chain").value.certificates;
    let issuer = Name { text: "CN=issuer".to_owned(), common_name: None, der: "CN=issuer".into() };
    let root = Certificate {
        subject: Some(issuer.clone()),
        issuer: Some(issuer),
        version: Some(1),
        ..Certificate::default()
    };
    chain.push(Presented { der: Arc::from(&b"root"[..]), certificate: Arc::new(root) });
    assert_eq!(
        named(&handshake),
        (cause(Role::Client, CertificateFault::WrongPurpose), Confidence::Possible)
    );
}

#[test]
fn nothing_is_said_of_a_handshake_that_was_established() {
    let mut handshake = refused(Role::Server, leaf(), Alert::BAD_CERTIFICATE);
    handshake.outcome.kind = OutcomeKind::EstablishedUnverified;
    assert_eq!(own_certificate(&handshake), None);
}

#[test]
fn an_alert_before_the_certificate_is_not_about_it() {
    let mut handshake = refused(Role::Server, leaf(), Alert::BAD_CERTIFICATE);
    handshake.server_chain.as_mut().expect("a chain").event = 95;
    assert_eq!(own_certificate(&handshake), None);
}

#[test]
fn a_signature_that_the_client_does_not_name_stands_beside() {
    let algorithm = crate::wire::x509::SignatureAlgorithm {
        oid: String::new(),
        name: Some("ecdsa-with-SHA384"),
        hash: Some("SHA384"),
    };
    let leaf =
        Certificate { signature_algorithm: Some(algorithm), authority_key_id: Some(vec![1]), ..leaf() };
    let mut server = refused(Role::Server, leaf, Alert::BAD_CERTIFICATE);
    let beside = |server: &Handshake| {
        let finding = own_certificate(server).expect("a finding");
        assert_ne!(finding.cause, Cause::SigalgNoOverlap);
        finding.alternatives.iter().any(|other| other.cause == Cause::SigalgNoOverlap)
    };
    offering(&mut server, Vec::new());
    server.offer.as_mut().expect("an offer").value.signature_schemes =
        Some(vec![SignatureScheme::RSA_PKCS1_SHA256]);
    assert!(beside(&server));
    server.offer.as_mut().expect("an offer").value.signature_schemes_cert =
        Some(vec![SignatureScheme::ECDSA_SECP384R1_SHA384]);
    assert!(!beside(&server), "signature_algorithms_cert counts");
}

/// What is right by a trial is not named; what this side has not sent may be.
#[test]
fn a_wrong_signature_where_all_of_ones_own_are_right_may_be_a_lists() {
    let own = Certificate { authority_key_id: Some(vec![1]), ..leaf() };
    let mut handshake = refused(Role::Client, own, Alert::DECRYPT_ERROR);
    handshake.client_signature = Some(At { event: 6, value: SignatureScheme::ED25519 });
    handshake.signatures.own_proof = Some(true);
    let bad = cause(Role::Client, CertificateFault::BadSignature);
    assert_eq!(named(&handshake), (bad, Confidence::Possible), "its issuer is not here");
    let name = |text: &str| Some(Name { text: text.to_owned(), common_name: None, der: text.into() });
    let issuer = Certificate {
        subject: name("CN=issuer"),
        issuer: name("CN=issuer"),
        subject_key_id: Some(vec![1]),
        ..Certificate::default()
    };
    let issuer = Presented { der: Arc::from(&b"issuer"[..]), certificate: Arc::new(issuer) };
    let chain = handshake.client_chain.as_mut().expect("a chain");
    chain.value.certificates.push(issuer.clone());
    let child = Arc::clone(&chain.certificates[0].der);
    let tried = |made| crate::handshake::TriedSignature {
        certificate: Arc::clone(&child),
        issuer: Arc::clone(&issuer.der),
        made,
    };
    handshake.signatures = [tried(true)].into_iter().collect();
    handshake.signatures.own_proof = Some(true);
    let list = cause(Role::Client, CertificateFault::CrlUnusable);
    assert_eq!(named(&handshake), (list, Confidence::Possible));
    handshake.signatures = [tried(false)].into_iter().collect();
    handshake.signatures.own_proof = Some(true);
    assert_eq!(named(&handshake), (bad, Confidence::Certain));
}

/// A CA that the server itself names is not told as one that it does not trust.
#[test]
fn an_unknown_ca_that_the_server_names_is_no_likely_stranger() {
    let unknown = cause(Role::Client, CertificateFault::UnknownIssuer);
    let mut handshake = refused(Role::Client, leaf(), Alert::UNKNOWN_CA);
    assert_eq!(named(&handshake), (unknown, Confidence::Likely));
    let authority = |text: &str| Name { text: text.to_owned(), common_name: None, der: text.into() };
    let asking =
        |name| crate::handshake::Request { authorities: vec![authority(name)], ..Default::default() };
    handshake.request = Some(At { event: 4, value: asking("CN=another") });
    assert_eq!(named(&handshake), (unknown, Confidence::Likely));
    handshake.request = Some(At { event: 4, value: asking("CN=issuer") });
    assert_eq!(named(&handshake), (unknown, Confidence::Possible));
    let finding = own_certificate(&handshake).expect("a finding");
    let list = cause(Role::Client, CertificateFault::CrlUnavailable);
    assert!(finding.alternatives.iter().any(|other| other.cause == list));
}

/// The name that a client sends need not be the one that it compares, and not what it minds.
#[test]
fn a_name_that_is_not_in_the_certificate_is_possible_where_one_alert_says_all() {
    let mut server = refused(Role::Server, leaf(), Alert::BAD_CERTIFICATE);
    offering(&mut server, vec![ExtensionType::ENCRYPT_THEN_MAC]);
    server.offer.as_mut().expect("an offer").value.server_name = Some("other.example".to_owned());
    assert_eq!(named(&server), (Cause::ServerCertHostnameMismatch, Confidence::Likely));
    offering(&mut server, vec![ExtensionType::ENCRYPT_THEN_MAC, ExtensionType::RECORD_SIZE_LIMIT]);
    server.offer.as_mut().expect("an offer").value.server_name = Some("other.example".to_owned());
    assert_eq!(named(&server), (Cause::ServerCertHostnameMismatch, Confidence::Possible));
    let finding = own_certificate(&server).expect("a finding");
    let unknown = cause(Role::Server, CertificateFault::UnknownIssuer);
    assert!(finding.alternatives.iter().any(|other| other.cause == unknown));
}

/// Go and browsers take no name from the CN.
#[test]
fn a_certificate_without_subject_alt_name_says_so_beside_the_alert() {
    let tell = |sans: Vec<GeneralName>, asked: Option<&str>| {
        let mut server = refused(Role::Server, Certificate { sans, ..leaf() }, Alert::BAD_CERTIFICATE);
        let versions = vec![ProtocolVersion::TLS1_2];
        let server_name = asked.map(str::to_owned);
        server.offer = Some(At { event: 1, value: Offer { server_name, versions, ..Offer::default() } });
        let finding = own_certificate(&server).expect("a finding");
        let name =
            finding.alternatives.into_iter().find(|one| one.cause == Cause::ServerCertHostnameMismatch);
        name.expect("the name stands beside").tell
    };
    let named = || vec![GeneralName::Dns("leaf.example".to_owned())];
    assert!(tell(Vec::new(), None).contains("take none from the CN"));
    assert!(tell(named(), None).contains("sends no server_name"));
    let asked = tell(named(), Some("leaf.example"));
    assert!(asked.contains("another name than \"leaf.example\""), "{asked}");
}
