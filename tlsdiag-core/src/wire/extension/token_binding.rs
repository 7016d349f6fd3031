//! `token_binding` (RFC 8472, section 2).

use super::*;

/// Version and key parameters of token binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBinding<'a> {
    /// The protocol's major version.
    pub major: u8,
    /// The protocol's minor version.
    pub minor: u8,
    /// Kinds of keys, best first.
    pub key_parameters: List<'a, TokenBindingKeyParameters>,
}

impl<'a> Decode<'a> for TokenBinding<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            major: reader.u8("TB_ProtocolVersion")?,
            minor: reader.u8("TB_ProtocolVersion")?,
            key_parameters: reader.list8("key_parameters_list")?,
        })
    }
}
