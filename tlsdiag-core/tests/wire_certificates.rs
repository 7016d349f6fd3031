//! Certificates that OpenSSL made, of `testdata/wire`, summarised.

use std::path::PathBuf;
use std::sync::Arc;

use tlsdiag_core::wire::x509::*;

fn der(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata/wire");
    let text = std::fs::read_to_string(folder.join(format!("certificate_{name}.hex"))).unwrap();
    let text = text.trim();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn certificate(name: &str) -> Certificate {
    let certificate = Certificate::parse(&der(name));
    assert_eq!(certificate.malformed, None, "{name}");
    certificate
}

#[test]
fn a_server_certificate_with_all_that_one_can_have() {
    let server = certificate("server");
    let root = certificate("root");
    assert_eq!(server.version, Some(3));
    assert_eq!(server.subject.as_ref().unwrap().text, "CN=localhost");
    assert_eq!(server.issuer.as_ref().unwrap().text, "CN=Root,O=Example\\, Inc.,C=DE");
    assert_eq!(server.signature_algorithm.as_ref().unwrap().to_string(), "sha256WithRSAEncryption");
    assert_eq!(server.signature_algorithm.as_ref().unwrap().hash, Some("SHA256"));
    assert_eq!(server.key, Some(Key { kind: KeyKind::Rsa, bits: Some(2048) }));
    let names: Vec<_> = server.sans.iter().map(GeneralName::to_string).collect();
    assert_eq!(
        names,
        [
            "DNS:localhost",
            "DNS:*.example.com",
            "IP:127.0.0.1",
            "IP:::1",
            "email:ops@example.com",
            "URI:https://example.com/",
            "RID:1.2.3.4",
            "otherName:1.2.3.5:#a0030c0178",
            "DirName:CN=other",
        ]
    );
    let usage: Vec<_> = server.key_usage.unwrap().names().collect();
    assert_eq!(usage, ["digitalSignature", "keyEncipherment"]);
    assert!(server.key_usage.unwrap().digital_signature() && !server.key_usage.unwrap().key_cert_sign());
    assert_eq!(server.extended_key_usage.as_deref().unwrap(), ["serverAuth", "1.3.6.1.5.5.7.3.17"]);
    assert!(server.allows_purpose("serverAuth") && !server.allows_purpose("clientAuth"));
    assert_eq!(server.basic_constraints, Some(BasicConstraints { ca: false, path_len: None }));
    assert_eq!(server.ocsp_urls, ["http://ocsp.example.com/"]);
    assert_eq!(server.ca_issuers_urls, ["http://ca.example.com/ca.der"]);
    assert_eq!(server.crl_urls, ["http://crl.example.com/ca.crl"]);
    assert!(server.must_staple);
    assert_eq!(server.authority_key_id, root.subject_key_id);
    assert!(root.subject_key_id.is_some());
    assert_eq!(server.authority_serial, root.serial);
    assert_eq!(server.authority_issuer.len(), 1);
    assert!(root.issued(&server) && !server.issued(&root));
    assert!(!server.is_self_signed_name() && root.is_self_signed_name() && root.is_ca());
    let (from, until) = (server.not_before.unwrap(), server.not_after.unwrap());
    assert_eq!(until - from, 36_500 * 86_400);
    assert!(server.is_valid_at(from) && server.is_valid_at(until) && !server.is_valid_at(until + 1));
    assert!(server.matches_host("www.example.com") && server.matches_host("::1"));
    assert!(!server.matches_host("example.org") && !server.matches_host("10.0.0.1"));
    assert!(server.unknown_critical.is_empty());
}

#[test]
fn an_authority_that_is_constrained() {
    let authority = certificate("constrained");
    assert_eq!(authority.subject.as_ref().unwrap().text, "CN=Würzburg CA,OU=CAs+O=Example\\, Inc.");
    assert_eq!(authority.basic_constraints, Some(BasicConstraints { ca: true, path_len: Some(0) }));
    let constraints = authority.name_constraints.as_ref().unwrap();
    assert_eq!(constraints.permitted, [GeneralName::Dns("example.com".into())]);
    assert_eq!(constraints.excluded[0].to_string(), "IP:10.0.0.0/255.0.0.0");
    assert_eq!(authority.key, Some(Key { kind: KeyKind::Ec { curve: "secp384r1".into() }, bits: Some(384) }));
    assert_eq!(authority.signature_algorithm.as_ref().unwrap().hash, Some("SHA384"));
}

#[test]
fn every_kind_of_key() {
    for (name, key, signature) in [
        ("ed25519", "Ed25519", "ED25519"),
        ("ed448", "Ed448", "ED448"),
        ("rsa_pss", "RSA-PSS 2048", "rsassaPss"),
        ("dsa", "DSA 1024", "dsa_with_SHA256"),
        ("client", "EC secp256r1", "sha256WithRSAEncryption"),
        ("mldsa65", "ML-DSA-65", "ML-DSA-65"),
    ] {
        let certificate = certificate(name);
        assert_eq!(certificate.key.as_ref().unwrap().to_string(), key);
        assert_eq!(certificate.signature_algorithm.as_ref().unwrap().to_string(), signature);
    }
    assert_eq!(certificate("rsa_pss").signature_algorithm.unwrap().hash, Some("SHA384"));
}

#[test]
fn an_unknown_critical_extension_is_named() {
    assert_eq!(certificate("critical").unknown_critical, ["1.3.6.1.4.1.99999.1"]);
}

#[test]
fn a_certificate_cut_anywhere_shows_what_came_before() {
    let whole = der("server");
    let mut fields = 0;
    for length in 0..whole.len() {
        // The outer lengths say more than there is, so reading stops at once; inner fields are cut below.
        assert!(Certificate::parse(&whole[..length]).malformed.is_some(), "{length}");
        let mut damaged = whole.clone();
        damaged[length] ^= 0x80;
        let certificate = Certificate::parse(&damaged);
        fields += usize::from(certificate.malformed.is_some() && certificate.serial.is_some());
    }
    assert!(fields > 100, "{fields}");
}

#[test]
fn a_malformed_key_leaves_the_names_readable() {
    let mut bytes = der("client");
    // The SEQUENCE around the OID of EC keys, inside the SubjectPublicKeyInfo, becomes an OCTET STRING.
    let oid = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    let place = bytes.windows(oid.len()).position(|window| window == oid).unwrap();
    bytes[place - 2] = 4;
    let certificate = Certificate::parse(&bytes);
    assert_eq!(certificate.subject.unwrap().text, "CN=client");
    assert!(certificate.not_after.is_some());
    assert_eq!(certificate.key, None);
    let complaint = certificate.malformed.unwrap();
    assert!(complaint.contains("SubjectPublicKeyInfo") && complaint.contains("malformed"), "{complaint}");
}

#[test]
fn a_chain_seen_before_is_not_parsed_again() {
    let mut cache = Cache::default();
    let first = cache.get(&der("server"));
    assert!(Arc::ptr_eq(&first, &cache.get(&der("server"))));
    assert_eq!(cache.len(), 1);
}
