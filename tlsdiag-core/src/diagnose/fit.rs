//! Intersection: what a key can sign, against what the other side offers to verify.

use crate::handshake::Request;
use crate::wire::x509::{Certificate, KeyKind};
use crate::wire::{ClientCertificateType, ProtocolVersion, SignatureScheme};

/// Whether a key of this kind can make this signature in this version: RFC 8446 §4.2.3 for TLS 1.3, RFC 5246 §7.4.1.4.1 and
/// RFC 8422 before it. TLS 1.3 forbids PKCS#1 v1.5 and SHA-1 in CertificateVerify and binds each ECDSA scheme to its curve.
#[must_use]
pub fn can_sign(key: &KeyKind, version: ProtocolVersion, scheme: SignatureScheme) -> bool {
    let tls13 = version.is_tls13();
    match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256
        | SignatureScheme::RSA_PSS_RSAE_SHA384
        | SignatureScheme::RSA_PSS_RSAE_SHA512 => *key == KeyKind::Rsa,
        SignatureScheme::RSA_PSS_PSS_SHA256
        | SignatureScheme::RSA_PSS_PSS_SHA384
        | SignatureScheme::RSA_PSS_PSS_SHA512 => *key == KeyKind::RsaPss,
        SignatureScheme::ED25519 => *key == KeyKind::Ed25519,
        SignatureScheme::ED448 => *key == KeyKind::Ed448,
        SignatureScheme::MLDSA44 => *key == KeyKind::MlDsa44,
        SignatureScheme::MLDSA65 => *key == KeyKind::MlDsa65,
        SignatureScheme::MLDSA87 => *key == KeyKind::MlDsa87,
        // Their low byte is no algorithm of RFC 5246.
        SignatureScheme::ECDSA_BRAINPOOLP256R1TLS13_SHA256 => is_brainpool(key, tls13, "brainpoolP256r1"),
        SignatureScheme::ECDSA_BRAINPOOLP384R1TLS13_SHA384 => is_brainpool(key, tls13, "brainpoolP384r1"),
        SignatureScheme::ECDSA_BRAINPOOLP512R1TLS13_SHA512 => is_brainpool(key, tls13, "brainpoolP512r1"),
        _ => match (scheme.0 & 0xff, key) {
            // The low byte is RFC 5246's SignatureAlgorithm: 1 rsa, 2 dsa, 3 ecdsa; the high byte the hash, 2 to 6.
            (1, KeyKind::Rsa) => !tls13 && is_pair(scheme),
            (2, KeyKind::Dsa) => !tls13 && is_pair(scheme),
            (3, KeyKind::Ec { curve }) if tls13 => match curve.as_str() {
                "secp256r1" => scheme == SignatureScheme::ECDSA_SECP256R1_SHA256,
                "secp384r1" => scheme == SignatureScheme::ECDSA_SECP384R1_SHA384,
                "secp521r1" => scheme == SignatureScheme::ECDSA_SECP521R1_SHA512,
                _ => false,
            },
            (3, KeyKind::Ec { .. }) => is_pair(scheme),
            _ => false,
        },
    }
}

/// A key of this curve, which TLS 1.3 has schemes of its own for (RFC 8734).
fn is_brainpool(key: &KeyKind, tls13: bool, name: &str) -> bool {
    tls13 && matches!(key, KeyKind::Ec { curve } if curve == name)
}

fn is_pair(scheme: SignatureScheme) -> bool {
    (2..=6).contains(&(scheme.0 >> 8))
}

/// Whether the scheme is one of RSASSA-PSS.
#[must_use]
pub fn is_pss(scheme: SignatureScheme) -> bool {
    matches!(scheme.0, 0x0804..=0x0806 | 0x0809..=0x080b)
}

/// The schemes of a CertificateRequest that this certificate's key can sign with, in the server's order.
#[must_use]
pub fn usable(
    certificate: &Certificate,
    version: ProtocolVersion,
    request: &Request,
) -> Vec<SignatureScheme> {
    let Some(key) = &certificate.key else { return Vec::new() };
    if let Some(types) = &request.certificate_types
        && !types.iter().any(|kind| admits(*kind, &key.kind))
    {
        return Vec::new();
    }
    let schemes = request.signature_schemes.iter().flatten().copied();
    schemes.filter(|scheme| can_sign(&key.kind, version, *scheme)).collect()
}

/// Whether a kind of client certificate (RFC 5246 §7.4.4) admits a key: the signing ones do, by the key's algorithm.
fn admits(kind: ClientCertificateType, key: &KeyKind) -> bool {
    match kind {
        ClientCertificateType::RSA_SIGN => matches!(key, KeyKind::Rsa | KeyKind::RsaPss),
        ClientCertificateType::DSS_SIGN => matches!(key, KeyKind::Dsa),
        // RFC 8422 §5.5: EdDSA goes under ecdsa_sign.
        ClientCertificateType::ECDSA_SIGN => {
            matches!(key, KeyKind::Ec { .. } | KeyKind::Ed25519 | KeyKind::Ed448)
        }
        _ => false,
    }
}

/// Whether a CertificateRequest leaves out every scheme that one of the usual kinds of key needs: the kinds it leaves out,
/// in words.
#[must_use]
pub fn excluded_keys(version: ProtocolVersion, request: &Request) -> Vec<&'static str> {
    let usual = [
        ("RSA", KeyKind::Rsa),
        ("ECDSA P-256", KeyKind::Ec { curve: "secp256r1".to_owned() }),
        ("ECDSA P-384", KeyKind::Ec { curve: "secp384r1".to_owned() }),
    ];
    excluded_of(usual, version, request)
}

/// The same of the kinds of key that are seldom met.
#[must_use]
pub fn excluded_rare_keys(version: ProtocolVersion, request: &Request) -> Vec<&'static str> {
    let rare = [
        ("RSA-PSS", KeyKind::RsaPss),
        ("ECDSA P-521", KeyKind::Ec { curve: "secp521r1".to_owned() }),
        ("Ed25519", KeyKind::Ed25519),
        ("Ed448", KeyKind::Ed448),
        // TLS 1.3 has no scheme for these at all.
        ("ECDSA of other curves", KeyKind::Ec { curve: String::new() }),
        ("DSA", KeyKind::Dsa),
    ];
    excluded_of(rare, version, request)
}

/// The kinds of keys that have these names.
#[must_use]
pub fn kinds_of(names: &[&str]) -> Vec<KeyKind> {
    let kinds = [("Ed25519", KeyKind::Ed25519), ("Ed448", KeyKind::Ed448)];
    kinds.into_iter().filter(|(name, _)| names.contains(name)).map(|(_, kind)| kind).collect()
}

fn excluded_of<const N: usize>(
    kinds: [(&'static str, KeyKind); N],
    version: ProtocolVersion,
    request: &Request,
) -> Vec<&'static str> {
    let Some(schemes) = &request.signature_schemes else { return Vec::new() };
    let excluded = kinds.into_iter().filter(|(_, key)| {
        let by_type = request
            .certificate_types
            .as_ref()
            .is_some_and(|types| !types.iter().any(|kind| admits(*kind, key)));
        by_type || !schemes.iter().any(|scheme| can_sign(key, version, *scheme))
    });
    excluded.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p256() -> KeyKind {
        KeyKind::Ec { curve: "secp256r1".to_owned() }
    }

    #[test]
    fn tls13_forbids_pkcs1_and_binds_curves() {
        let (v12, v13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
        assert!(can_sign(&KeyKind::Rsa, v12, SignatureScheme::RSA_PKCS1_SHA256));
        assert!(!can_sign(&KeyKind::Rsa, v13, SignatureScheme::RSA_PKCS1_SHA256));
        assert!(can_sign(&KeyKind::Rsa, v13, SignatureScheme::RSA_PSS_RSAE_SHA256));
        assert!(can_sign(&p256(), v12, SignatureScheme::ECDSA_SECP384R1_SHA384));
        assert!(!can_sign(&p256(), v13, SignatureScheme::ECDSA_SECP384R1_SHA384));
        assert!(can_sign(&p256(), v13, SignatureScheme::ECDSA_SECP256R1_SHA256));
        assert!(!can_sign(&p256(), v12, SignatureScheme::RSA_PSS_RSAE_SHA256));
        assert!(!can_sign(&KeyKind::RsaPss, v13, SignatureScheme::RSA_PSS_RSAE_SHA256));
        let brainpool = KeyKind::Ec { curve: "brainpoolP256r1".to_owned() };
        assert!(can_sign(&brainpool, v13, SignatureScheme::ECDSA_BRAINPOOLP256R1TLS13_SHA256));
        assert!(!can_sign(&brainpool, v13, SignatureScheme::ECDSA_SECP256R1_SHA256));
        assert!(can_sign(&brainpool, v12, SignatureScheme::ECDSA_SECP256R1_SHA256));
        assert!(!can_sign(&p256(), v13, SignatureScheme::ECDSA_BRAINPOOLP256R1TLS13_SHA256));
    }

    #[test]
    fn a_request_for_ecdsa_alone_leaves_rsa_out() {
        let request = Request {
            signature_schemes: Some(vec![SignatureScheme::ECDSA_SECP256R1_SHA256]),
            ..Request::default()
        };
        assert_eq!(excluded_keys(ProtocolVersion::TLS1_2, &request), ["RSA"]);
        assert_eq!(excluded_keys(ProtocolVersion::TLS1_3, &request), ["RSA", "ECDSA P-384"]);
        let rare = excluded_rare_keys(ProtocolVersion::TLS1_2, &request);
        assert_eq!(rare, ["RSA-PSS", "Ed25519", "Ed448", "DSA"]);
    }

    #[test]
    fn certificate_types_count_before_tls13() {
        let request = Request {
            signature_schemes: Some(vec![SignatureScheme::RSA_PKCS1_SHA256]),
            certificate_types: Some(vec![ClientCertificateType::ECDSA_SIGN]),
            ..Request::default()
        };
        assert!(excluded_keys(ProtocolVersion::TLS1_2, &request).contains(&"RSA"));
    }
}
