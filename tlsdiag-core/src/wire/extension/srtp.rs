//! `use_srtp` (RFC 5764, section 4.1.1).

use super::*;

/// The profiles of SRTP that are offered, or the one chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseSrtp<'a> {
    /// The profiles.
    pub profiles: List<'a, SrtpProtectionProfile>,
    /// The master key identifier.
    pub mki: &'a [u8],
}

impl<'a> Decode<'a> for UseSrtp<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self { profiles: reader.list16("SRTPProtectionProfiles")?, mki: reader.bytes8("srtp_mki")? })
    }
}
