//! The algorithm that an issuer signed with.

use super::der::Element;
use crate::wire::error::WireError;
use x509_parser::prelude::FromDer;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

/// A signature algorithm of X.509.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignatureAlgorithm {
    /// Its dotted OID.
    pub oid: String,
    /// The name OpenSSL prints, such as `sha256WithRSAEncryption`; `None` for one that we do not know.
    pub name: Option<&'static str>,
    /// The hash that is signed, such as `SHA256`; `None` if the algorithm has its own, or is unknown.
    pub hash: Option<&'static str>,
}

impl SignatureAlgorithm {
    pub(super) fn from_der(element: &Element<'_>) -> Result<Self, WireError> {
        let malformed = |_| element.malformed("AlgorithmIdentifier");
        let (_, identifier) = AlgorithmIdentifier::from_der(element.whole).map_err(malformed)?;
        let oid = identifier.algorithm.to_id_string();
        let (name, mut hash) = known(&oid).map_or((None, None), |(name, hash)| (Some(name), hash));
        if name == Some("rsassaPss") {
            hash = pss_hash(&identifier);
        }
        Ok(Self { oid, name, hash })
    }
}

impl std::fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name.unwrap_or(&self.oid))
    }
}

/// RSA-PSS says its hash in its parameters, SHA-1 if it says nothing (RFC 4055, section 3.1).
fn pss_hash(identifier: &AlgorithmIdentifier<'_>) -> Option<&'static str> {
    let Some(parameters) = identifier.parameters.as_ref() else { return Some("SHA1") };
    let parameters = RsaSsaPssParams::try_from(parameters).ok()?;
    match parameters.hash_algorithm_oid().to_id_string().as_str() {
        "1.3.14.3.2.26" => Some("SHA1"),
        "2.16.840.1.101.3.4.2.4" => Some("SHA224"),
        "2.16.840.1.101.3.4.2.1" => Some("SHA256"),
        "2.16.840.1.101.3.4.2.2" => Some("SHA384"),
        "2.16.840.1.101.3.4.2.3" => Some("SHA512"),
        _ => None,
    }
}

fn known(oid: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match oid {
        "1.2.840.113549.1.1.2" => ("md2WithRSAEncryption", Some("MD2")),
        "1.2.840.113549.1.1.4" => ("md5WithRSAEncryption", Some("MD5")),
        "1.2.840.113549.1.1.5" => ("sha1WithRSAEncryption", Some("SHA1")),
        "1.2.840.113549.1.1.10" => ("rsassaPss", None),
        "1.2.840.113549.1.1.11" => ("sha256WithRSAEncryption", Some("SHA256")),
        "1.2.840.113549.1.1.12" => ("sha384WithRSAEncryption", Some("SHA384")),
        "1.2.840.113549.1.1.13" => ("sha512WithRSAEncryption", Some("SHA512")),
        "1.2.840.113549.1.1.14" => ("sha224WithRSAEncryption", Some("SHA224")),
        "1.2.840.10045.4.1" => ("ecdsa-with-SHA1", Some("SHA1")),
        "1.2.840.10045.4.3.1" => ("ecdsa-with-SHA224", Some("SHA224")),
        "1.2.840.10045.4.3.2" => ("ecdsa-with-SHA256", Some("SHA256")),
        "1.2.840.10045.4.3.3" => ("ecdsa-with-SHA384", Some("SHA384")),
        "1.2.840.10045.4.3.4" => ("ecdsa-with-SHA512", Some("SHA512")),
        "1.2.840.10040.4.3" => ("dsaWithSHA1", Some("SHA1")),
        "2.16.840.1.101.3.4.3.1" => ("dsa_with_SHA224", Some("SHA224")),
        "2.16.840.1.101.3.4.3.2" => ("dsa_with_SHA256", Some("SHA256")),
        "2.16.840.1.101.3.4.3.10" => ("ecdsa_with_SHA3-256", Some("SHA3-256")),
        "2.16.840.1.101.3.4.3.14" => ("RSA-SHA3-256", Some("SHA3-256")),
        "1.3.101.112" => ("ED25519", None),
        "1.3.101.113" => ("ED448", None),
        "1.2.156.10197.1.501" => ("SM2-SM3", Some("SM3")),
        "2.16.840.1.101.3.4.3.17" => ("ML-DSA-44", None),
        "2.16.840.1.101.3.4.3.18" => ("ML-DSA-65", None),
        "2.16.840.1.101.3.4.3.19" => ("ML-DSA-87", None),
        "2.16.840.1.101.3.4.3.20" => ("SLH-DSA-SHA2-128s", None),
        "2.16.840.1.101.3.4.3.21" => ("SLH-DSA-SHA2-128f", None),
        "2.16.840.1.101.3.4.3.22" => ("SLH-DSA-SHA2-192s", None),
        "2.16.840.1.101.3.4.3.23" => ("SLH-DSA-SHA2-192f", None),
        "2.16.840.1.101.3.4.3.24" => ("SLH-DSA-SHA2-256s", None),
        "2.16.840.1.101.3.4.3.25" => ("SLH-DSA-SHA2-256f", None),
        "2.16.840.1.101.3.4.3.26" => ("SLH-DSA-SHAKE-128s", None),
        "2.16.840.1.101.3.4.3.27" => ("SLH-DSA-SHAKE-128f", None),
        "2.16.840.1.101.3.4.3.28" => ("SLH-DSA-SHAKE-192s", None),
        "2.16.840.1.101.3.4.3.29" => ("SLH-DSA-SHAKE-192f", None),
        "2.16.840.1.101.3.4.3.30" => ("SLH-DSA-SHAKE-256s", None),
        "2.16.840.1.101.3.4.3.31" => ("SLH-DSA-SHAKE-256f", None),
        _ => return None,
    })
}
