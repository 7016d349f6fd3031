//! The chains that were shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::{Code, MOST, date, hex};
use super::extension::{self, ExtensionRecord};
use crate::handshake::{At, Chain, Handshake};
use crate::wire::Place;
use crate::wire::x509::{Certificate, GeneralName};

/// The chains shown, leaf first. Absent: no Certificate message; empty: an empty one.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Certificates {
    /// The client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Vec<CertificateRecord>>,
    /// The server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Vec<CertificateRecord>>,
    /// How the client's Certificate was compressed, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_compression: Option<CompressionRecord>,
    /// How the server's Certificate was compressed, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_compression: Option<CompressionRecord>,
}

/// How a Certificate message was compressed (RFC 8879): it came as CompressedCertificate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct CompressionRecord {
    /// `zlib`, `brotli` or `zstd`.
    pub algorithm: Code,
    /// The body's size in bytes, as it was sent.
    pub size: usize,
    /// The body's size in bytes before.
    pub uncompressed_size: usize,
    /// Bytes that compression saved; negative where it made the message longer.
    pub saved: i64,
}

/// A certificate in summary.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are RFC 5280's")]
pub struct CertificateRecord {
    pub subject: String,
    pub issuer: String,
    /// Hexadecimal.
    #[serde(default)]
    pub serial: String,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// Such as `RSA 2048` or `EC secp256r1`.
    #[serde(default)]
    pub key: String,
    /// Its size in bits, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_bits: Option<u32>,
    /// How the issuer signed it.
    #[serde(default)]
    pub signature_algorithm: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_alt_names: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_usage: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_key_usage: Option<Vec<String>>,
    #[serde(default)]
    pub ca: bool,
    /// How many CAs may stand between this one and the end of the chain (basicConstraints).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u32>,
    /// Names that the CA may issue for; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_constraints: Option<NameConstraintsRecord>,
    /// Hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_key_id: Option<String>,
    /// Hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority_key_id: Option<String>,
    /// The issuer of the issuer's certificate, as authorityKeyIdentifier has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authority_issuer: Vec<String>,
    /// The serial number of the issuer's certificate in hexadecimal, as authorityKeyIdentifier has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority_serial: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crl_urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ocsp_urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ca_issuers_urls: Vec<String>,
    /// Whether it must come with an OCSP response (RFC 7633).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_staple: bool,
    /// OIDs of critical extensions that we do not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_critical: Vec<String>,
    /// What stands beside it in the message, such as an OCSP response (TLS 1.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<ExtensionRecord>,
    /// Whether it is a bare public key and no certificate (RFC 7250).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub raw_public_key: bool,
    /// Where it stopped being readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
}

/// The names for which a CA may issue (RFC 5280, section 4.2.1.10).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct NameConstraintsRecord {
    /// These alone, for each kind of name that stands here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permitted: Vec<String>,
    /// These not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
}

pub(super) fn shown(handshake: &Handshake) -> Certificates {
    let [client, server] = [&handshake.client_chain, &handshake.server_chain].map(Option::as_ref);
    Certificates {
        client: client.map(|chain| certificates(chain)),
        server: server.map(|chain| certificates(chain)),
        client_compression: client.and_then(compression),
        server_compression: server.and_then(compression),
    }
}

fn compression(chain: &At<Chain>) -> Option<CompressionRecord> {
    let how = chain.compression?;
    // A Certificate message has less than 16 MiB.
    let saved = how.uncompressed_size as i64 - how.size as i64;
    Some(CompressionRecord {
        algorithm: Code::new(how.algorithm.0, how.algorithm),
        size: how.size,
        uncompressed_size: how.uncompressed_size,
        saved,
    })
}

fn certificates(chain: &Chain) -> Vec<CertificateRecord> {
    let mut blocks = chain.extension_blocks.iter();
    chain
        .certificates
        .iter()
        .take(MOST)
        .map(|shown| {
            let block = blocks.next().map_or(&[][..], Vec::as_slice);
            CertificateRecord {
                raw_public_key: chain.raw_public_keys,
                extensions: extension::records(block, Place::Certificate),
                ..certificate(&shown.certificate)
            }
        })
        .collect()
}

fn names(names: &[GeneralName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

pub(in crate::report) fn certificate(certificate: &Certificate) -> CertificateRecord {
    CertificateRecord {
        subject: certificate.subject_text().to_owned(),
        issuer: certificate.issuer_text().to_owned(),
        serial: certificate.serial.clone().unwrap_or_default(),
        not_before: certificate.not_before.map(date),
        not_after: certificate.not_after.map(date),
        key: certificate.key.as_ref().map(ToString::to_string).unwrap_or_default(),
        signature_algorithm: certificate
            .signature_algorithm
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        key_bits: certificate.key.as_ref().and_then(|key| key.bits),
        subject_alt_names: names(&certificate.sans),
        key_usage: certificate.key_usage.map(|usage| usage.names().map(str::to_owned).collect()),
        extended_key_usage: certificate.extended_key_usage.clone(),
        ca: certificate.is_ca(),
        path_length: certificate.basic_constraints.and_then(|constraints| constraints.path_len),
        name_constraints: certificate.name_constraints.as_ref().map(|constraints| NameConstraintsRecord {
            permitted: names(&constraints.permitted),
            excluded: names(&constraints.excluded),
        }),
        subject_key_id: certificate.subject_key_id.as_deref().map(hex),
        authority_key_id: certificate.authority_key_id.as_deref().map(hex),
        authority_issuer: names(&certificate.authority_issuer),
        authority_serial: certificate.authority_serial.clone(),
        crl_urls: certificate.crl_urls.clone(),
        ocsp_urls: certificate.ocsp_urls.clone(),
        ca_issuers_urls: certificate.ca_issuers_urls.clone(),
        must_staple: certificate.must_staple,
        unknown_critical: certificate.unknown_critical.clone(),
        extensions: Vec::new(),
        raw_public_key: false,
        malformed: certificate.malformed.clone(),
    }
}
