//! RequestConnectionId and NewConnectionId of DTLS 1.3 (RFC 9147, section 9).

use super::code_points::ConnectionIdUsage;
use super::error::WireError;
use super::list::Sequence;
use super::reader::{Decode, Reader};

/// A connection identifier, as records carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionIdentifier<'a>(pub &'a [u8]);

impl<'a> Decode<'a> for ConnectionIdentifier<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes8("ConnectionId").map(Self)
    }
}

/// Identifiers that the receiver may put in its records from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewConnectionId<'a> {
    /// The identifiers.
    pub ids: Sequence<'a, ConnectionIdentifier<'a>>,
    /// Whether one of them must be used at once.
    pub usage: ConnectionIdUsage,
}

impl<'a> NewConnectionId<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            ids: reader.sub16("cids")?.sequence()?,
            usage: ConnectionIdUsage(reader.u8("ConnectionIdUsage")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_come_with_their_use() {
        let message = NewConnectionId::decode(&mut Reader::new(&[0, 5, 1, 7, 2, 8, 9, 1])).unwrap();
        assert!(message.ids.iter().map(|id| id.0).eq([&[7][..], &[8, 9]]));
        assert_eq!(message.usage, ConnectionIdUsage::CID_SPARE);
    }
}
