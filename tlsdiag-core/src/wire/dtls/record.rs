//! Headers of records: in the clear and up to DTLS 1.2 (RFC 9147, section 4; RFC 6347, section 4.1; RFC 9146), and the
//! short one of DTLS 1.3's encrypted records (RFC 9147, section 4).

use crate::wire::code_points::{ContentType, ProtocolVersion};
use crate::wire::error::{Problem, WireError};
use crate::wire::reader::Reader;
use crate::wire::record::RecordHeader;

/// The header of a DTLS record: 13 bytes in plaintext and before DTLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DtlsRecordHeader {
    /// What the record carries.
    pub content_type: ContentType,
    /// DTLS 1.0 or 1.2; DTLS 1.3 says 1.2.
    pub legacy_version: ProtocolVersion,
    /// Counts changes of keys.
    pub epoch: u16,
    /// Counts records of an epoch, in 48 bits.
    pub sequence_number: u64,
    /// How many bytes follow.
    pub length: u16,
}

impl DtlsRecordHeader {
    /// How many bytes the header has, unless there is a connection identifier in it.
    pub const SIZE: usize = 13;

    /// Reads a header from the beginning of `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        Self::read(&mut Reader::new(bytes))
    }

    /// Reads a header without a connection identifier.
    pub(in crate::wire) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Self::read_with_id(reader, 0).map(|(header, _)| header)
    }

    /// Reads a header, and the identifier that stands in a record of type `tls12_cid` (RFC 9146, section 4): how long
    /// it is was negotiated, and nothing in the record tells.
    pub(super) fn read_with_id<'a>(
        reader: &mut Reader<'a>,
        id_length: usize,
    ) -> Result<(Self, Option<&'a [u8]>), WireError> {
        let content_type = ContentType(reader.u8("content_type")?);
        let legacy_version = ProtocolVersion(reader.u16("legacy_record_version")?);
        let epoch = reader.u16("epoch")?;
        let sequence_number =
            u64::from(reader.u16("sequence_number")?) << 32 | u64::from(reader.u32("sequence_number")?);
        let connection_id = match content_type {
            ContentType::TLS12_CID => Some(reader.take(id_length, "cid")?),
            _ => None,
        };
        let length = reader.u16("length")?;
        Ok((Self { content_type, legacy_version, epoch, sequence_number, length }, connection_id))
    }

    /// Whether this can be the header of a DTLS record.
    pub const fn is_plausible(&self) -> bool {
        matches!(self.content_type.0, 20..=26)
            && matches!(self.legacy_version.0, 0xfeff | 0xfefd | 0x0100)
            && self.length <= RecordHeader::LONGEST
    }
}

/// The header of an encrypted record of DTLS 1.3, the "unified header": two to seven bytes and a connection identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DtlsCiphertextHeader<'a> {
    /// Where the record belongs, if connections are told apart by more than addresses (RFC 9146).
    pub connection_id: Option<&'a [u8]>,
    /// The last two bits of the number that counts changes of keys.
    pub epoch: u8,
    /// The last bits of the record's number, encrypted.
    pub sequence_number: u16,
    /// How many of them there are: 8 or 16.
    pub sequence_bits: u8,
    /// How many bytes follow; all of the datagram if it is not said.
    pub length: Option<u16>,
}

impl<'a> DtlsCiphertextHeader<'a> {
    /// Whether a record that begins with this byte has this header: its first three bits are 001.
    pub const fn begins_with(first: u8) -> bool {
        first >> 5 == 1
    }

    /// Reads a header from the beginning of `bytes`. Nothing in it says how many bytes its connection identifier has,
    /// if there is one: that was negotiated.
    pub fn decode(bytes: &'a [u8], connection_id_length: usize) -> Result<Self, WireError> {
        Self::read(&mut Reader::new(bytes), connection_id_length)
    }

    pub(super) fn read(reader: &mut Reader<'a>, id_length: usize) -> Result<Self, WireError> {
        let first = reader.u8("unified_hdr")?;
        if !Self::begins_with(first) {
            return Err(reader.problem("unified_hdr", Problem::Unknown { value: first.into() }));
        }
        let is_set = |bit: u8| first & bit != 0;
        let connection_id = if is_set(0x10) { Some(reader.take(id_length, "connection_id")?) } else { None };
        let (sequence_number, sequence_bits) = match is_set(8) {
            true => (reader.u16("sequence_number")?, 16),
            false => (u16::from(reader.u8("sequence_number")?), 8),
        };
        let length = if is_set(4) { Some(reader.u16("length")?) } else { None };
        Ok(Self { connection_id, epoch: first & 3, sequence_number, sequence_bits, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_dtls() {
        let bytes = [22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 1, 2, 0, 9];
        let header = DtlsRecordHeader::decode(&bytes).unwrap();
        assert_eq!((header.epoch, header.sequence_number, header.length), (1, 258, 9));
        assert!(header.is_plausible());
        assert!(DtlsRecordHeader::decode(&[22, 0xfe, 0xfd]).is_err());
    }

    #[test]
    fn a_header_with_a_connection_identifier() {
        let bytes = [25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 3, 0xaa, 0xbb, 0, 9];
        let (header, id) = DtlsRecordHeader::read_with_id(&mut Reader::new(&bytes), 2).unwrap();
        assert_eq!((header.content_type, header.length), (ContentType::TLS12_CID, 9));
        assert_eq!(id, Some(&[0xaa, 0xbb][..]));
    }

    #[test]
    fn the_short_header_of_dtls_1_3() {
        // The first one of RFC 9147, figure 4: everything is there. Then the shortest.
        let full = DtlsCiphertextHeader::decode(&[0x3f, 0xaa, 0xbb, 0x12, 0x34, 0, 5], 2).unwrap();
        assert_eq!((full.connection_id, full.epoch), (Some(&[0xaa, 0xbb][..]), 3));
        assert_eq!((full.sequence_number, full.sequence_bits, full.length), (0x1234, 16, Some(5)));
        let least = DtlsCiphertextHeader::decode(&[0x22, 0x12], 2).unwrap();
        assert_eq!((least.connection_id, least.epoch, least.length), (None, 2, None));
        assert_eq!((least.sequence_number, least.sequence_bits), (0x12, 8));
        assert!(DtlsCiphertextHeader::decode(&[0x2c, 0x12, 0x34, 0], 0).is_err());
        assert!(DtlsCiphertextHeader::decode(&[22, 0xfe, 0xfd], 0).is_err());
    }
}
