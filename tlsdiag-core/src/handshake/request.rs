//! What the server wants of a client's certificate.

use crate::wire::x509::Name;
use crate::wire::{CertificateRequest, ClientCertificateType, SignatureScheme};

/// A CertificateRequest, kept, in the words of both versions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// Ways to sign CertificateVerify, in the server's order; `None` before TLS 1.2.
    pub signature_schemes: Option<Vec<SignatureScheme>>,
    /// Ways in which certificates may be signed, where said apart (TLS 1.3).
    pub signature_schemes_cert: Option<Vec<SignatureScheme>>,
    /// Kinds of certificates; `None` in TLS 1.3.
    pub certificate_types: Option<Vec<ClientCertificateType>>,
    /// CA names, as text and as DER; empty means any.
    pub authorities: Vec<Name>,
    /// The bytes of its extensions (TLS 1.3).
    pub extension_block: Vec<u8>,
    /// Whether it came after the handshake (RFC 8446 §4.6.2).
    pub post_handshake: bool,
}

impl Request {
    pub(super) fn read(message: &CertificateRequest<'_>, post_handshake: bool) -> Self {
        Request {
            signature_schemes: message.signature_schemes().map(|schemes| schemes.iter().collect()),
            signature_schemes_cert: message.signature_schemes_cert().map(|schemes| schemes.iter().collect()),
            certificate_types: message.certificate_types().map(|types| types.iter().collect()),
            authorities: message.authorities().iter().map(|authority| Name::parse(authority.0)).collect(),
            extension_block: message
                .extensions()
                .map_or_else(Vec::new, |extensions| extensions.as_bytes().to_vec()),
            post_handshake,
        }
    }
}
