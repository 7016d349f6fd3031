//! Certificates say what their profiles ask for, and OpenSSL agrees.

use std::collections::HashSet;
use std::sync::LazyLock;

use openssl::asn1::Asn1Time;
use openssl::nid::Nid;
use openssl::pkey::Id;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509PurposeId, X509StoreContext};
use tlsdiag_lab::pki::{Authority, Identity, KeyKind, Pki, Profile, Purpose};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::generate().unwrap());

/// `X509_V_OK`, or the error that a strict verification meets first.
fn verify(root: &Authority, identity: &Identity, purpose: X509PurposeId) -> i32 {
    let mut store = X509StoreBuilder::new().unwrap();
    store.add_cert(root.certificate.clone()).unwrap();
    let mut parameters = X509VerifyParam::new().unwrap();
    parameters.set_flags(openssl::x509::verify::X509VerifyFlags::X509_STRICT).unwrap();
    parameters.set_purpose(purpose).unwrap();
    store.set_param(&parameters).unwrap();
    let mut chain = Stack::new().unwrap();
    identity.chain.iter().for_each(|issuer| chain.push(issuer.clone()).unwrap());
    let mut context = X509StoreContext::new().unwrap();
    context
        .init(&store.build(), &identity.certificate, &chain, |context| {
            context.verify_cert()?;
            Ok(context.error().as_raw())
        })
        .unwrap()
}

fn entry(certificate: &X509, nid: Nid) -> Option<String> {
    let name = certificate.subject_name().entries_by_nid(nid).next()?;
    Some(name.data().to_string().unwrap())
}

#[test]
fn each_kind_of_key_is_certified_and_strictly_good() {
    let root = Authority::root_of("Some Lab", "root").unwrap();
    let issuing = root.intermediate("issuing").unwrap();
    for (kind, id, bits) in [
        (KeyKind::Rsa(3072), Id::RSA, 3072),
        (KeyKind::P256, Id::EC, 256),
        (KeyKind::P384, Id::EC, 384),
        (KeyKind::Ed25519, Id::ED25519, 256),
    ] {
        let identity = issuing.issue(&Profile::new("leaf").dns("leaf.example").key(kind)).unwrap();
        assert_eq!((identity.key.id(), identity.key.bits()), (id, bits));
        assert!(identity.certificate.public_key().unwrap().public_eq(&identity.key));
        assert_eq!(verify(&root, &identity, X509PurposeId::SSL_SERVER), 0, "{kind:?}");
    }
}

#[test]
fn purposes_are_kept() {
    let root = Authority::root("root").unwrap();
    const INVALID_PURPOSE: i32 = 26;
    for (purpose, server, client) in [
        (Purpose::Server, 0, INVALID_PURPOSE),
        (Purpose::Client, INVALID_PURPOSE, 0),
        (Purpose::Both, 0, 0),
        (Purpose::None, 0, 0),
    ] {
        let identity = root.issue(&Profile::new("leaf").dns("leaf.example").purpose(purpose)).unwrap();
        assert_eq!(verify(&root, &identity, X509PurposeId::SSL_SERVER), server, "{purpose:?}");
        assert_eq!(verify(&root, &identity, X509PurposeId::SSL_CLIENT), client, "{purpose:?}");
    }
}

#[test]
fn a_chain_is_included_or_not() {
    let root = Authority::root("root").unwrap();
    let nearest = root.intermediate("first").unwrap().intermediate("second").unwrap();
    let whole = nearest.issue(&Profile::new("leaf").dns("leaf.example")).unwrap();
    assert_eq!(whole.chain.len(), 2);
    assert_eq!(verify(&root, &whole, X509PurposeId::SSL_SERVER), 0);
    let bare = nearest.issue(&Profile::new("leaf").dns("leaf.example").with_chain(false)).unwrap();
    assert!(bare.chain.is_empty());
    assert_eq!(verify(&root, &bare, X509PurposeId::SSL_SERVER), 20, "unable to get the issuer's certificate");
}

#[test]
fn validity_may_lie_in_the_past_or_in_the_future() {
    let root = Authority::root("root").unwrap();
    let issue =
        |from, to| root.issue(&Profile::new("leaf").dns("leaf.example").valid_days(from, to)).unwrap();
    assert_eq!(verify(&root, &issue(-20, -10), X509PurposeId::SSL_SERVER), 10, "expired");
    assert_eq!(verify(&root, &issue(10, 20), X509PurposeId::SSL_SERVER), 9, "not yet valid");
    let expired = issue(-20, -10).certificate;
    let age = expired.not_after().diff(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    assert!((9..=10).contains(&age.days), "{age:?}");
}

#[test]
fn an_organisation_is_inherited_and_serials_differ() {
    let root = Authority::root_of("Some Lab", "root").unwrap();
    let issuing = root.intermediate("issuing").unwrap();
    let leaf = issuing.issue(&Profile::new("leaf")).unwrap();
    let certificates = [&root.certificate, &issuing.certificate, &leaf.certificate];
    for certificate in certificates {
        assert_eq!(entry(certificate, Nid::ORGANIZATIONNAME).as_deref(), Some("Some Lab"));
    }
    let serial = |certificate: &&X509| certificate.serial_number().to_bn().unwrap().to_vec();
    assert_eq!(certificates.iter().map(serial).collect::<HashSet<_>>().len(), 3);
    let loner = Authority::root("loner").unwrap().issue(&Profile::new("leaf")).unwrap();
    assert_eq!(entry(&loner.certificate, Nid::ORGANIZATIONNAME), None);
}

#[test]
fn key_identifiers_link_the_chain() {
    let leaf = &PKI.server;
    let issuing = &PKI.issuing.certificate;
    let keyid = |id: Option<&openssl::asn1::Asn1OctetStringRef>| id.map(|id| id.as_slice().to_vec());
    assert!(keyid(issuing.subject_key_id()).is_some());
    assert_eq!(keyid(leaf.certificate.authority_key_id()), keyid(issuing.subject_key_id()));
    assert_eq!(keyid(issuing.authority_key_id()), keyid(PKI.root.certificate.subject_key_id()));
}

#[test]
fn the_server_carries_its_names() {
    let names = PKI.server.certificate.subject_alt_names().unwrap();
    let dns: Vec<_> = names.iter().filter_map(|name| name.dnsname()).collect();
    let ip: Vec<_> = names.iter().filter_map(|name| name.ipaddress()).collect();
    assert_eq!(dns, ["localhost"]);
    assert_eq!(ip, [&[127, 0, 0, 1][..], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1][..]]);
}
