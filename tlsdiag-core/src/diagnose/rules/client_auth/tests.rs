use std::sync::Arc;

use super::*;
use crate::event::{Direction, LocalCertificate, LocalConfiguration, LocalKey};
use crate::handshake::{Answer, Chain, Offer, Presented};
use crate::wire::x509::{Certificate, Key, KeyKind};
use crate::wire::{AlertDescription, ExtensionType};

fn asked(role: Role, schemes: &[SignatureScheme]) -> Handshake {
    let mut handshake = Handshake::blank(role);
    handshake.answer = Some(At { event: 2, value: Answer::plain() });
    let request = Request { signature_schemes: Some(schemes.to_vec()), ..Request::default() };
    handshake.request = Some(At { event: 3, value: request });
    handshake.client_chain = Some(At { event: 4, value: Chain::default() });
    handshake
}

/// The server refused what the client sent.
fn refused(handshake: Handshake) -> Handshake {
    handshake.with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE)
}

fn owning(mut handshake: Handshake, kind: KeyKind) -> Handshake {
    let key = Some(Key { kind, bits: Some(2048) });
    let certificate = Certificate { key, ..Certificate::default() };
    let shown = Presented { der: Arc::from(&b""[..]), certificate: Arc::new(certificate) };
    handshake.own.push(OwnCertificate {
        chain: Chain { certificates: vec![shown], ..Chain::default() },
        configured: LocalCertificate { key: Some(LocalKey::default()), ..LocalCertificate::default() },
    });
    handshake
}

const ALL: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_SECP256R1_SHA256,
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::RSA_PKCS1_SHA256,
];
const ECDSA: &[SignatureScheme] = &[SignatureScheme::ECDSA_SECP256R1_SHA256];

#[test]
fn the_server_names_what_it_cannot_exclude() {
    let required =
        |schemes| asked(Role::Server, schemes).with_reason(reason::PEER_DID_NOT_RETURN_A_CERTIFICATE);
    let whole = [ALL, &[SignatureScheme::ED25519, SignatureScheme::ED448]].concat();
    let whole = [&whole, &[SignatureScheme::ECDSA_SECP384R1_SHA384][..]].concat();
    let finding = no_certificate(&required(&whole)).expect("a finding");
    assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertMissing, Confidence::Likely));
    let finding = no_certificate(&required(ALL)).expect("a finding");
    assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertMissing, Confidence::Possible));
    assert!(finding.summary.contains("(Ed25519 or Ed448)"), "{}", finding.summary);
    assert!(finding.advice.iter().any(|one| one.line.ends_with(":ed25519:ed448")), "{:?}", finding.advice);
    let beside: Vec<_> = finding.alternatives.iter().map(|other| other.cause.code()).collect();
    let kept_back = ["client_cert.wrong_purpose", "client_cert.expired"];
    assert!(beside.ends_with(&kept_back), "kept back by the client: {beside:?}");
    let rare = &finding.alternatives[0];
    assert!(rare.tell.contains("Ed25519") && !rare.tell.contains("RSA or"), "{}", rare.tell);
    let finding = no_certificate(&required(ECDSA)).expect("a finding");
    assert_eq!(finding.cause, Cause::ClientCertMissing);
    assert_eq!(finding.alternatives[0].cause, Cause::SigalgClientKeyIncompatible);
}

/// Go, browsers, Java and .NET keep a certificate back whose issuer the server does not name; OpenSSL's programs send it.
#[test]
fn a_client_of_another_ca_sends_nothing_either() {
    let whole = [ALL, &[SignatureScheme::ED25519, SignatureScheme::ED448]].concat();
    let whole = [&whole, &[SignatureScheme::ECDSA_SECP384R1_SHA384][..]].concat();
    let told = |names: usize, extensions: &[ExtensionType]| {
        let mut server = asked(Role::Server, &whole).with_reason(reason::PEER_DID_NOT_RETURN_A_CERTIFICATE);
        let name = crate::wire::x509::Name::parse(&[0x30, 0]);
        server.request.as_mut().expect("a request").value.authorities = vec![name; names];
        let offer = Offer { extensions: extensions.to_vec(), ..Offer::default() };
        server.offer = Some(At { event: 1, value: offer });
        no_certificate(&server).expect("a finding")
    };
    let (openssl, size) = (ExtensionType::ENCRYPT_THEN_MAC, ExtensionType::RECORD_SIZE_LIMIT);
    assert_eq!(told(1, &[openssl]).confidence, Confidence::Likely);
    assert_eq!(told(0, &[]).confidence, Confidence::Likely, "no CA was named");
    for other in [&[][..], &[openssl, size]] {
        let finding = told(1, other);
        assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertMissing, Confidence::Possible));
        let beside = finding.alternatives.iter().find(|one| one.cause == Cause::ClientCertNotInCaList);
        assert!(beside.is_some_and(|one| one.tell.starts_with("Go, ")), "{finding:?}");
    }
}

#[test]
fn a_client_that_ends_where_nothing_fits_has_a_key_of_the_other_kind() {
    let ended = |schemes| {
        let mut server =
            asked(Role::Server, schemes).with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE);
        server.client_chain = None;
        no_certificate(&server).map(|finding| finding.cause)
    };
    assert_eq!(ended(ECDSA), Some(Cause::SigalgClientKeyIncompatible));
    assert_eq!(ended(ALL), None);
}

#[test]
fn an_optional_certificate_that_did_not_come_is_not_why_it_failed() {
    let other = asked(Role::Server, ALL)
        .with_alert(Direction::Sent, AlertDescription::DECRYPT_ERROR)
        .with_reason(149);
    assert_eq!(no_certificate(&other), None);
    let mut established = asked(Role::Server, ALL);
    established.outcome.kind = crate::handshake::OutcomeKind::EstablishedUnverified;
    assert_eq!(no_certificate(&established), None);
}

#[test]
fn a_late_request_has_no_hello_and_is_of_tls13() {
    let mut late = asked(Role::Server, ALL).with_reason(reason::PEER_DID_NOT_RETURN_A_CERTIFICATE);
    late.answer = None;
    assert_eq!(late.version(), Some(ProtocolVersion::TLS1_3));
    assert_eq!(no_certificate(&late).map(|finding| finding.cause), Some(Cause::ClientCertMissing));
}

#[test]
fn a_lost_connection_is_no_proof_of_a_refusal() {
    let mut cut = asked(Role::Client, ALL);
    cut.outcome.by = Some(crate::handshake::By::Transport);
    assert_eq!(no_certificate(&cut), None, "TLS 1.2 would have said so");
    cut.answer.as_mut().expect("an answer").value.version = ProtocolVersion::TLS1_3;
    let finding = no_certificate(&cut).expect("a finding");
    assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertMissing, Confidence::Possible));
    assert_eq!(finding.alternatives[0].cause, Cause::TransportClosedMidHandshake);
}

#[test]
fn the_client_knows_which_of_the_three_it_is() {
    let none = no_certificate(&refused(asked(Role::Client, ECDSA))).expect("a finding");
    assert_eq!((none.cause, none.confidence), (Cause::ClientCertMissing, Confidence::Certain));
    assert!(none.alternatives.is_empty());

    let misfit =
        no_certificate(&owning(refused(asked(Role::Client, ECDSA)), KeyKind::Rsa)).expect("a finding");
    assert_eq!((misfit.cause, misfit.confidence), (Cause::SigalgClientKeyIncompatible, Confidence::Certain));

    let unlisted = no_certificate(&naming(b"0")).expect("a finding");
    assert_eq!((unlisted.cause, unlisted.confidence), (Cause::ClientCertNotInCaList, Confidence::Likely));
}

/// A client of an RSA certificate whose issuer has this name, asked by a server that names that one CA.
fn naming(named: &[u8]) -> Handshake {
    let mut client = owning(refused(asked(Role::Client, ALL)), KeyKind::Rsa);
    let leaf = &mut client.own[0].chain.certificates[0].certificate;
    let issuer =
        crate::wire::x509::Name { text: "CN=issuer".to_owned(), common_name: None, der: b"1".to_vec() };
    Arc::make_mut(leaf).issuer = Some(issuer);
    let request = &mut client.request.as_mut().expect("a request").value;
    request.authorities.push(crate::wire::x509::Name::parse(named));
    client
}

#[test]
fn a_client_whose_own_list_leaves_its_key_out_is_told_its_own_list() {
    let mut any = naming(b"1");
    any.request.as_mut().expect("a request").value.authorities.clear();
    for client in [naming(b"1"), any] {
        let finding = no_certificate(&client).expect("a finding");
        let told = (finding.cause, finding.confidence, finding.side);
        assert_eq!(told, (Cause::SigalgClientKeyIncompatible, Confidence::Likely, Side::Client));
        let advised = |line: &str| finding.advice.iter().any(|one| one.line.starts_with(line));
        assert!(advised("ClientSignatureAlgorithms = "), "{:?}", finding.advice);
        assert!(finding.alternatives.iter().all(|one| one.cause != Cause::ClientCertNotInCaList));
    }
}

#[test]
fn the_own_hello_tells_which_of_the_two_settings_it_is() {
    let told = |offered: SignatureScheme| {
        let mut client = naming(b"1");
        let offer = Offer { signature_schemes: Some(vec![offered]), ..Offer::default() };
        client.offer = Some(At { event: 1, value: offer });
        let finding = no_certificate(&client).expect("a finding");
        finding
            .evidence
            .into_iter()
            .any(|seen| seen.value.contains("so the setting is ClientSignatureAlgorithms"))
    };
    assert!(told(SignatureScheme::RSA_PSS_RSAE_SHA256));
    assert!(!told(SignatureScheme::ED25519));
}

#[test]
fn a_certificate_withdrawn_by_the_application_is_of_no_ca_named() {
    let mut handshake = owning(asked(Role::Client, ALL), KeyKind::Rsa);
    handshake.withdrawn = std::mem::take(&mut handshake.own);
    assert_eq!(no_certificate(&handshake).expect("a finding").cause, Cause::ClientCertMissing);
    let request = &mut handshake.request.as_mut().expect("a request").value;
    request.authorities.push(crate::wire::x509::Name::parse(b"0"));
    let finding = no_certificate(&handshake).expect("a finding");
    assert_eq!(finding.cause, Cause::ClientCertNotInCaList);
}

#[test]
fn a_callback_may_have_had_one() {
    let mut handshake = refused(asked(Role::Client, ALL));
    handshake.local =
        Arc::new(LocalConfiguration { certificate_callback: true, ..LocalConfiguration::default() });
    let finding = no_certificate(&handshake).expect("a finding");
    assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertMissing, Confidence::Likely));
    let request = &mut handshake.request.as_mut().expect("a request").value;
    request.authorities.push(crate::wire::x509::Name::parse(b"0"));
    let finding = no_certificate(&handshake).expect("a finding");
    assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertMissing, Confidence::Possible));
    assert_eq!(finding.alternatives[0].cause, Cause::ClientCertNotInCaList);
    assert!(finding.advice.iter().any(|one| one.line.starts_with("SSLProxyMachineCertificateFile")));
}
