//! SupplementalData (RFC 4680): what applications put into a handshake, such as a user's name or authorizations.

use super::code_points::SupplementalDataType;
use super::error::WireError;
use super::reader::{Decode, Reader};

/// An entry of SupplementalData.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SupplementalDataEntry<'a> {
    /// Its kind.
    pub kind: SupplementalDataType,
    /// Its bytes, as its kind defines them.
    pub data: &'a [u8],
}

impl<'a> Decode<'a> for SupplementalDataEntry<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            kind: SupplementalDataType(reader.u16("supp_data_type")?),
            data: reader.bytes16("supp_data")?,
        })
    }
}
