//! CertificateRequest in the forms of TLS 1.0 to 1.2 (RFC 5246, section 7.4.4) and TLS 1.3 (RFC 8446, section 4.3.2).

use super::code_points::*;
use super::dialect::Dialect;
use super::error::WireError;
use super::extension::{DistinguishedName, Extension, Extensions, Place};
use super::list::{List, Sequence};
use super::reader::Reader;

/// What a server wants of a client's certificate. The accessors show the same of both forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateRequest<'a> {
    /// TLS 1.2 and before.
    Tls12 {
        /// Kinds of certificate.
        certificate_types: List<'a, ClientCertificateType>,
        /// Ways to sign; absent before TLS 1.2.
        signature_schemes: Option<List<'a, SignatureScheme>>,
        /// Issuers; any will do if there is none.
        authorities: Sequence<'a, DistinguishedName<'a>>,
    },
    /// TLS 1.3.
    Tls13 {
        /// Empty in a handshake; after it, what the answer must repeat.
        context: &'a [u8],
        /// `signature_algorithms` and others.
        extensions: Extensions<'a>,
    },
}

impl<'a> CertificateRequest<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, dialect: &Dialect) -> Result<Self, WireError> {
        match dialect.version {
            Some(version) if version.is_tls13() => Self::decode_tls13(reader),
            Some(version) => Self::decode_tls12(reader, version.names_signature_schemes()),
            None => {
                // Only the right form fills the message to its end, and TLS 1.3's must name schemes.
                for form in
                    [Self::decode_tls13, |reader| Self::decode_tls12(reader, true)] as [fn(&mut _) -> _; 2]
                {
                    let mut trial = *reader;
                    if let Ok(request) = form(&mut trial)
                        && trial.is_empty()
                        && request.signature_schemes().is_some()
                        && request.extensions().is_none_or(|extensions| extensions.check().is_ok())
                    {
                        *reader = trial;
                        return Ok(request);
                    }
                }
                Self::decode_tls12(reader, false)
            }
        }
    }

    pub(super) fn decode_tls13(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self::Tls13 {
            context: reader.bytes8("certificate_request_context")?,
            extensions: Extensions::decode(reader, Place::CertificateRequest)?,
        })
    }

    fn decode_tls12(reader: &mut Reader<'a>, schemes: bool) -> Result<Self, WireError> {
        Ok(Self::Tls12 {
            certificate_types: reader.list8("certificate_types")?,
            signature_schemes: if schemes {
                Some(reader.list16("supported_signature_algorithms")?)
            } else {
                None
            },
            authorities: reader.sub16("certificate_authorities")?.sequence()?,
        })
    }

    /// What a CertificateVerify may be signed with.
    pub fn signature_schemes(&self) -> Option<List<'a, SignatureScheme>> {
        match self {
            Self::Tls12 { signature_schemes, .. } => *signature_schemes,
            Self::Tls13 { extensions, .. } => {
                match extensions.find(ExtensionType::SIGNATURE_ALGORITHMS)?.ok()? {
                    Extension::SignatureAlgorithms(list) => Some(list),
                    _ => None,
                }
            }
        }
    }

    /// What certificates may be signed with, if TLS 1.3 says so apart.
    pub fn signature_schemes_cert(&self) -> Option<List<'a, SignatureScheme>> {
        match self {
            Self::Tls12 { .. } => None,
            Self::Tls13 { extensions, .. } => {
                match extensions.find(ExtensionType::SIGNATURE_ALGORITHMS_CERT)?.ok()? {
                    Extension::SignatureAlgorithmsCert(list) => Some(list),
                    _ => None,
                }
            }
        }
    }

    /// Kinds of certificate; TLS 1.3 has none.
    pub fn certificate_types(&self) -> Option<List<'a, ClientCertificateType>> {
        match self {
            Self::Tls12 { certificate_types, .. } => Some(*certificate_types),
            Self::Tls13 { .. } => None,
        }
    }

    /// The issuers that the server would like, as DER names; none means any.
    pub fn authorities(&self) -> Sequence<'a, DistinguishedName<'a>> {
        match self {
            Self::Tls12 { authorities, .. } => *authorities,
            Self::Tls13 { extensions, .. } => match extensions.find(ExtensionType::CERTIFICATE_AUTHORITIES) {
                Some(Ok(Extension::CertificateAuthorities(names))) => names,
                _ => Sequence::default(),
            },
        }
    }

    /// TLS 1.3's context, empty in a handshake and before TLS 1.3.
    pub fn context(&self) -> &'a [u8] {
        match self {
            Self::Tls12 { .. } => &[],
            Self::Tls13 { context, .. } => context,
        }
    }

    /// TLS 1.3's extensions.
    pub fn extensions(&self) -> Option<Extensions<'a>> {
        match self {
            Self::Tls12 { .. } => None,
            Self::Tls13 { extensions, .. } => Some(*extensions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_1_1_has_no_schemes() {
        let bytes = [1, 64, 0, 0];
        for version in [Some(ProtocolVersion::TLS1_1), None] {
            let dialect = Dialect { version, ..Dialect::default() };
            let request = CertificateRequest::decode(&mut Reader::new(&bytes), &dialect).unwrap();
            assert_eq!(request.signature_schemes(), None);
            assert!(request.certificate_types().unwrap().contains(ClientCertificateType::ECDSA_SIGN));
            assert!(request.authorities().is_empty());
        }
    }
}
