//! Names of application protocols: ALPN (RFC 7301), and the drafts NPN and ALPS that use the same form.

use super::*;

/// The name of an application protocol, such as `h2`. Bytes, since GREASE names are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProtocolName<'a>(pub &'a [u8]);

impl<'a> ProtocolName<'a> {
    /// The name as text, if it is any.
    pub fn as_str(&self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }
}

impl<'a> Decode<'a> for ProtocolName<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes8("ProtocolName").map(Self)
    }
}
