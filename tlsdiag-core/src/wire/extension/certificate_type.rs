//! `client_certificate_type` and `server_certificate_type` (RFC 7250, section 3).

use super::*;

/// Which forms of certificate are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateTypes<'a> {
    /// A client's list, best first.
    Offered(List<'a, CertificateType>),
    /// The server's choice.
    Chosen(CertificateType),
}

impl<'a> CertificateTypes<'a> {
    #[inline]
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if place == Place::ClientHello {
            body.list8("certificate_types").map(Self::Offered)
        } else {
            body.u8("certificate_type").map(|number| Self::Chosen(CertificateType(number)))
        }
    }
}
