//! A certificate's public key: its kind decides which signature schemes and suites can work.

use super::der::{self, Element};
use crate::wire::error::WireError;
use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: KeyKind,
    /// Its size: the modulus of RSA and the prime of DSA, the order of a curve's field; `None` where a size says nothing.
    pub bits: Option<u32>,
}

/// The kind of a public key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA for any use (`rsaEncryption`).
    Rsa,
    /// RSA for PSS signatures alone (`id-RSASSA-PSS`).
    RsaPss,
    /// A key on an elliptic curve.
    Ec {
        /// The curve's name in TLS, such as `secp256r1`, or its dotted OID, or `explicit`.
        curve: String,
    },
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
    /// DSA.
    Dsa,
    /// X25519, which cannot sign.
    X25519,
    /// X448, which cannot sign.
    X448,
    /// One that we do not know, by its dotted OID.
    Other(String),
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rsa => f.write_str("RSA"),
            Self::RsaPss => f.write_str("RSA-PSS"),
            Self::Ec { curve } => write!(f, "EC {curve}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::MlDsa44 => f.write_str("ML-DSA-44"),
            Self::MlDsa65 => f.write_str("ML-DSA-65"),
            Self::MlDsa87 => f.write_str("ML-DSA-87"),
            Self::Dsa => f.write_str("DSA"),
            Self::X25519 => f.write_str("X25519"),
            Self::X448 => f.write_str("X448"),
            Self::Other(oid) => f.write_str(oid),
        }
    }
}

impl KeyKind {
    /// The kind that a key is of which is shown so, with its size or without; `None` for one that we do not know.
    #[must_use]
    pub fn of_shown(key: &str) -> Option<Self> {
        let (name, curve) = key.split_once(' ').map_or((key, None), |(name, rest)| (name, Some(rest)));
        let known = [
            Self::Rsa,
            Self::RsaPss,
            Self::Dsa,
            Self::Ed25519,
            Self::Ed448,
            Self::MlDsa44,
            Self::MlDsa65,
            Self::MlDsa87,
            Self::X25519,
            Self::X448,
        ];
        match (name, curve) {
            ("EC", Some(curve)) => Some(Self::Ec { curve: curve.to_owned() }),
            _ => known.into_iter().find(|kind| kind.to_string() == name),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.kind, self.bits) {
            (KeyKind::Rsa | KeyKind::RsaPss | KeyKind::Dsa, Some(bits)) => write!(f, "{} {bits}", self.kind),
            (kind, _) => write!(f, "{kind}"),
        }
    }
}

impl Key {
    /// Reads a SubjectPublicKeyInfo, such as a raw public key (RFC 7250); `None` if it is malformed.
    pub fn parse(der: &[u8]) -> Option<Self> {
        SubjectPublicKeyInfo::from_der(der).ok().map(|(_, info)| Self::new(&info))
    }

    pub(super) fn from_der(element: &Element<'_>) -> Result<Self, WireError> {
        let malformed = |_| element.malformed("SubjectPublicKeyInfo");
        SubjectPublicKeyInfo::from_der(element.whole).map(|(_, info)| Self::new(&info)).map_err(malformed)
    }

    fn new(info: &SubjectPublicKeyInfo<'_>) -> Self {
        let oid = info.algorithm.algorithm.to_id_string();
        let parameters = info.algorithm.parameters.as_ref();
        let (kind, bits) = match oid.as_str() {
            "1.2.840.113549.1.1.1" => (KeyKind::Rsa, first_integer_bits(&info.subject_public_key.data)),
            "1.2.840.113549.1.1.10" => (KeyKind::RsaPss, first_integer_bits(&info.subject_public_key.data)),
            "1.2.840.10045.2.1" => {
                let oid = parameters.and_then(|any| any.as_oid().ok()).map(|oid| oid.to_id_string());
                let (curve, bits) = match oid {
                    Some(oid) => {
                        curve(&oid).map_or((oid, None), |(name, bits)| (name.to_owned(), Some(bits)))
                    }
                    None => ("explicit".to_owned(), None),
                };
                (KeyKind::Ec { curve }, bits)
            }
            "1.2.840.10040.4.1" => (KeyKind::Dsa, parameters.and_then(|any| integer_bits(any.data))),
            "1.3.101.110" => (KeyKind::X25519, Some(255)),
            "1.3.101.111" => (KeyKind::X448, Some(448)),
            "1.3.101.112" => (KeyKind::Ed25519, Some(255)),
            "1.3.101.113" => (KeyKind::Ed448, Some(448)),
            "2.16.840.1.101.3.4.3.17" => (KeyKind::MlDsa44, None),
            "2.16.840.1.101.3.4.3.18" => (KeyKind::MlDsa65, None),
            "2.16.840.1.101.3.4.3.19" => (KeyKind::MlDsa87, None),
            _ => (KeyKind::Other(oid), None),
        };
        Self { kind, bits }
    }
}

/// The size of the first INTEGER in a SEQUENCE: RSA's modulus.
fn first_integer_bits(der: &[u8]) -> Option<u32> {
    let mut reader = crate::wire::Reader::new(der);
    integer_bits(der::sequence(&mut reader, "RSAPublicKey").ok()?.body.peek())
}

/// The size of the INTEGER at the beginning.
fn integer_bits(der: &[u8]) -> Option<u32> {
    let number = der::integer(&mut crate::wire::Reader::new(der), "INTEGER").ok()?;
    let first = number.first()?;
    u32::try_from(number.len()).ok().map(|bytes| bytes * 8 - first.leading_zeros())
}

fn curve(oid: &str) -> Option<(&'static str, u32)> {
    Some(match oid {
        "1.2.840.10045.3.1.1" => ("secp192r1", 192),
        "1.3.132.0.33" => ("secp224r1", 224),
        "1.2.840.10045.3.1.7" => ("secp256r1", 256),
        "1.3.132.0.34" => ("secp384r1", 384),
        "1.3.132.0.35" => ("secp521r1", 521),
        "1.3.132.0.10" => ("secp256k1", 256),
        "1.3.36.3.3.2.8.1.1.7" => ("brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.11" => ("brainpoolP384r1", 384),
        "1.3.36.3.3.2.8.1.1.13" => ("brainpoolP512r1", 512),
        "1.2.156.10197.1.301" => ("curveSM2", 256),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_how_its_key_is_shown() {
        let curve = KeyKind::Ec { curve: "secp256r1".to_owned() };
        for kind in [KeyKind::Rsa, KeyKind::RsaPss, KeyKind::Dsa, KeyKind::Ed25519, KeyKind::MlDsa65, curve] {
            for bits in [None, Some(2048)] {
                let shown = Key { kind: kind.clone(), bits }.to_string();
                assert_eq!(KeyKind::of_shown(&shown), Some(kind.clone()), "{shown}");
            }
        }
        assert_eq!(KeyKind::of_shown("1.2.3.4"), None);
        assert_eq!(KeyKind::of_shown(""), None);
    }
}
