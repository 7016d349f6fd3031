//! `supported_versions` in its two forms (RFC 8446, section 4.2.1).

use super::*;

/// Versions of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportedVersions<'a> {
    /// ClientHello: all that the client speaks, best first.
    Offered(List<'a, ProtocolVersion>),
    /// ServerHello and HelloRetryRequest: the one chosen.
    Chosen(ProtocolVersion),
}

impl<'a> SupportedVersions<'a> {
    #[inline]
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if place == Place::ClientHello {
            body.list8("versions").map(Self::Offered)
        } else {
            body.u16("selected_version").map(|number| Self::Chosen(ProtocolVersion(number)))
        }
    }
}
