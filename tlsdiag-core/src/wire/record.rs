//! The header of a TLS record (RFC 8446, section 5.1).

use super::code_points::{ContentType, ProtocolVersion};

/// The five bytes in front of a TLS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordHeader {
    /// What the record carries; under TLS 1.3's encryption it always says application data.
    pub content_type: ContentType,
    /// A version that means little: 0x0303 or, in a first ClientHello, 0x0301.
    pub legacy_version: ProtocolVersion,
    /// How many bytes follow.
    pub length: u16,
}

impl RecordHeader {
    /// The most bytes that a record may have: 2¹⁴ and what TLS 1.2's encryption may add (RFC 5246, section 6.2.3).
    pub const LONGEST: u16 = (1 << 14) + 2048;

    /// Reads a header.
    pub const fn decode(bytes: &[u8; 5]) -> Self {
        let [kind, major, minor, high, low] = *bytes;
        Self {
            content_type: ContentType(kind),
            legacy_version: ProtocolVersion(u16::from_be_bytes([major, minor])),
            length: u16::from_be_bytes([high, low]),
        }
    }

    /// Whether this can be the header of a TLS record: a content type that exists, a version 3.x, a length in bounds.
    pub const fn is_plausible(&self) -> bool {
        matches!(self.content_type.0, 20..=26)
            && self.legacy_version.0 >> 8 == 3
            && self.legacy_version.0 & 0xff <= 4
            && self.length <= Self::LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_tls() {
        let header = RecordHeader::decode(&[22, 3, 1, 2, 0]);
        assert_eq!(header.content_type, ContentType::HANDSHAKE);
        assert_eq!(header.legacy_version, ProtocolVersion::TLS1_0);
        assert_eq!(header.length, 512);
        assert!(header.is_plausible());
    }

    #[test]
    fn text_is_no_header() {
        assert!(!RecordHeader::decode(b"GET /").is_plausible());
        assert!(!RecordHeader::decode(&[22, 3, 1, 0xff, 0xff]).is_plausible());
    }
}
