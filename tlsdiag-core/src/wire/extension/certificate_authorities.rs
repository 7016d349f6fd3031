//! What a peer wants of certificates: `certificate_authorities` and `oid_filters` (RFC 8446, sections 4.2.4, 4.2.5).

use super::*;

/// The DER of an X.501 name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DistinguishedName<'a>(pub &'a [u8]);

impl<'a> Decode<'a> for DistinguishedName<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes16("DistinguishedName").map(Self)
    }
}

/// A certificate extension that a client's certificate must have, and the values it must have there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OidFilter<'a> {
    /// The extension's OID in DER.
    pub oid: &'a [u8],
    /// The values in DER; empty if any will do.
    pub values: &'a [u8],
}

impl<'a> Decode<'a> for OidFilter<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            oid: reader.bytes8("certificate_extension_oid")?,
            values: reader.bytes16("certificate_extension_values")?,
        })
    }
}
