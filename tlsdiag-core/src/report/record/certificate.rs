//! The chains that were shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::date;
use crate::handshake::Chain;
use crate::wire::x509::Certificate;

/// The chains shown, leaf first. Absent: no Certificate message; empty: an empty one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Certificates {
    /// The client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Vec<CertificateRecord>>,
    /// The server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Vec<CertificateRecord>>,
}

/// A certificate in summary.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
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
    /// Where it stopped being readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
}

pub(super) fn certificates(chain: &Chain) -> Vec<CertificateRecord> {
    chain.certificates.iter().map(|shown| certificate(&shown.certificate)).collect()
}

fn certificate(certificate: &Certificate) -> CertificateRecord {
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
        subject_alt_names: certificate.sans.iter().map(ToString::to_string).collect(),
        key_usage: certificate.key_usage.map(|usage| usage.names().map(str::to_owned).collect()),
        extended_key_usage: certificate.extended_key_usage.clone(),
        ca: certificate.is_ca(),
        malformed: certificate.malformed.clone(),
    }
}
