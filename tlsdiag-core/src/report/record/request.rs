//! The CertificateRequest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::{Code, codes};
use super::extension::{self, ExtensionRecord};
use crate::handshake::Handshake;
use crate::wire::Place;

/// A CertificateRequest.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the message's fields")]
pub struct CertificateRequestRecord {
    /// The number of its event.
    pub event: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_schemes: Option<Vec<Code>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_schemes_cert: Option<Vec<Code>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_types: Option<Vec<Code>>,
    /// CA names; empty means any.
    pub authorities: Vec<String>,
    /// The scheme of the client's CertificateVerify, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_with: Option<Code>,
    #[serde(default)]
    pub post_handshake: bool,
    /// Extensions (TLS 1.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<ExtensionRecord>,
}

pub(super) fn request(handshake: &Handshake) -> Option<CertificateRequestRecord> {
    let request = handshake.request.as_ref()?;
    Some(CertificateRequestRecord {
        event: request.event,
        signature_schemes: request.signature_schemes.as_ref().map(|list| codes!(list)),
        signature_schemes_cert: request.signature_schemes_cert.as_ref().map(|list| codes!(list)),
        certificate_types: request.certificate_types.as_ref().map(|list| codes!(list)),
        authorities: request.authorities.iter().map(|authority| authority.text.clone()).collect(),
        answered_with: handshake
            .client_signature
            .as_ref()
            .map(|scheme| Code::new(scheme.value.0, scheme.value)),
        post_handshake: request.post_handshake,
        extensions: extension::records(&request.extension_block, Place::CertificateRequest),
    })
}
