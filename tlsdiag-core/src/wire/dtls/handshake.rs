//! The header of a handshake message (RFC 9147, section 5.2; RFC 6347, section 4.2.2).

use crate::wire::code_points::HandshakeType;
use crate::wire::error::WireError;
use crate::wire::reader::Reader;

/// The twelve bytes in front of a handshake message of DTLS, or of a fragment of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DtlsHandshakeHeader {
    /// The kind of the message.
    pub kind: HandshakeType,
    /// The length of the whole message, in bytes.
    pub length: u32,
    /// Counts messages.
    pub message_seq: u16,
    /// Where in the message this fragment begins.
    pub fragment_offset: u32,
    /// How many bytes of it follow.
    pub fragment_length: u32,
}

impl DtlsHandshakeHeader {
    /// How many bytes the header has.
    pub const SIZE: usize = 12;

    /// Reads a header from the beginning of `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        Self::read(&mut Reader::new(bytes))
    }

    pub(in crate::wire) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            kind: HandshakeType(reader.u8("msg_type")?),
            length: reader.u24("length")?,
            message_seq: reader.u16("message_seq")?,
            fragment_offset: reader.u24("fragment_offset")?,
            fragment_length: reader.u24("fragment_length")?,
        })
    }

    /// Whether the message stands here whole.
    pub const fn is_whole(&self) -> bool {
        self.fragment_offset == 0 && self.fragment_length == self.length
    }

    /// Whether this can be a fragment of the message that `other` is one of.
    pub(super) const fn is_of(&self, other: &Self) -> bool {
        self.message_seq == other.message_seq && self.kind.0 == other.kind.0 && self.length == other.length
    }

    /// The header that the message has once it is whole.
    pub(super) const fn whole(&self) -> [u8; Self::SIZE] {
        let [_, a, b, c] = self.length.to_be_bytes();
        let [high, low] = self.message_seq.to_be_bytes();
        [self.kind.0, a, b, c, high, low, 0, 0, 0, a, b, c]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_says_where_it_belongs() {
        let header = DtlsHandshakeHeader::decode(&[11, 0, 2, 0, 0, 3, 0, 1, 0, 0, 0, 16]).unwrap();
        assert_eq!((header.kind, header.length), (HandshakeType::CERTIFICATE, 512));
        assert_eq!((header.message_seq, header.fragment_offset, header.fragment_length), (3, 256, 16));
        assert!(!header.is_whole());
        assert!(DtlsHandshakeHeader::decode(&header.whole()).unwrap().is_whole());
        assert!(DtlsHandshakeHeader::decode(&[11, 0, 2]).is_err());
    }
}
