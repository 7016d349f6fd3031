//! CertificateStatus (RFC 6066, section 8; RFC 6961, section 2.2), and the status of an OCSP response (RFC 6960).

use super::code_points::*;
use super::error::WireError;
use super::reader::{Decode, Reader};

/// The proof that a certificate is not revoked, before TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateStatus<'a> {
    /// Its kind.
    pub kind: CertificateStatusType,
    /// For `ocsp` one response; for `ocsp_multi` one for each certificate, empty where there is none.
    pub responses: super::list::Sequence<'a, OcspResponse<'a>>,
}

impl<'a> CertificateStatus<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let kind = CertificateStatusType(reader.u8("status_type")?);
        let responses = match kind {
            CertificateStatusType::OCSP_MULTI => reader.sub24("ocsp_response_list")?,
            _ => reader.sub(reader.left(), "OCSPResponse")?,
        };
        Ok(Self { kind, responses: responses.sequence()? })
    }
}

/// An OCSP response in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OcspResponse<'a>(pub &'a [u8]);

impl<'a> Decode<'a> for OcspResponse<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes24("OCSPResponse").map(Self)
    }
}

impl OcspResponse<'_> {
    /// Whether the responder answered at all: OCSPResponse begins with an ENUMERATED (RFC 6960, section 4.2.1).
    /// Whether the certificate is good stands deeper, under the responder's signature.
    pub fn status(&self) -> Option<OcspResponseStatus> {
        let mut reader = Reader::new(self.0);
        if reader.u8("OCSPResponse").ok()? != 0x30 {
            return None;
        }
        // The length itself is of no interest, only how long it is.
        let length = reader.u8("OCSPResponse").ok()?;
        if length > 0x80 {
            reader.take(usize::from(length & 0x7f), "OCSPResponse").ok()?;
        }
        match reader.array::<3>("responseStatus").ok()? {
            &[0x0a, 1, status] => Some(OcspResponseStatus(status)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_found_behind_short_and_long_lengths() {
        assert_eq!(OcspResponse(&[0x30, 3, 0x0a, 1, 3]).status(), Some(OcspResponseStatus::TRY_LATER));
        let long = [0x30, 0x82, 1, 0, 0x0a, 1, 0, 0xa0];
        assert_eq!(OcspResponse(&long).status(), Some(OcspResponseStatus::SUCCESSFUL));
        assert_eq!(OcspResponse(&[0x30, 0x85]).status(), None);
    }

    #[test]
    fn multi_has_a_response_for_each_certificate() {
        let one = [1, 0, 0, 1, 9];
        let status = CertificateStatus::decode(&mut Reader::new(&one)).unwrap();
        assert_eq!(status.responses.first(), Some(OcspResponse(&[9])));
        let two = [2, 0, 0, 7, 0, 0, 1, 9, 0, 0, 0];
        let status = CertificateStatus::decode(&mut Reader::new(&two)).unwrap();
        assert_eq!(status.responses.len(), 2);
    }
}
