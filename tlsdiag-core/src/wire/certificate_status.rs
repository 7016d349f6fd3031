//! CertificateStatus (RFC 6066, section 8; RFC 6961, section 2.2).

use super::code_points::*;
use super::error::WireError;
use super::reader::Reader;

/// The proof that a certificate is not revoked, before TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateStatus<'a> {
    /// Its kind.
    pub kind: CertificateStatusType,
    /// For `ocsp` one response in DER; for `ocsp_multi` a list of them, each with a length of three bytes in front.
    pub response: &'a [u8],
}

impl<'a> CertificateStatus<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let kind = CertificateStatusType(reader.u8("status_type")?);
        Ok(Self { kind, response: reader.bytes24("response")? })
    }
}
