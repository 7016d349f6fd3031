//! `cached_info` (RFC 7924, section 3).

use super::*;

/// What need not be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachedInformation<'a> {
    /// ClientHello: what the client remembers of the server.
    Offered(Sequence<'a, CachedObject<'a>>),
    /// The server: what of that it leaves out.
    Accepted(List<'a, CachedInformationType>),
}

/// Something that the client remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CachedObject<'a> {
    /// What it is.
    pub kind: CachedInformationType,
    /// The SHA-256 of it.
    pub hash: &'a [u8],
}

impl<'a> CachedInformation<'a> {
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if place == Place::ClientHello {
            body.sub16("cached_info")?.sequence().map(Self::Offered)
        } else {
            body.list16("cached_info").map(Self::Accepted)
        }
    }
}

impl<'a> Decode<'a> for CachedObject<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            kind: CachedInformationType(reader.u8("CachedInformationType")?),
            hash: reader.bytes8("hash_value")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gives_hashes_and_a_server_kinds() {
        let offered =
            CachedInformation::decode_in(&mut Reader::new(&[0, 4, 1, 2, 8, 9]), Place::ClientHello).unwrap();
        let CachedInformation::Offered(objects) = offered else { panic!("{offered:?}") };
        let object = CachedObject { kind: CachedInformationType::CERT, hash: &[8, 9] };
        assert!(objects.iter().eq([object]));
        let accepted =
            CachedInformation::decode_in(&mut Reader::new(&[0, 2, 1, 2]), Place::ServerHello).unwrap();
        let CachedInformation::Accepted(kinds) = accepted else { panic!("{accepted:?}") };
        assert!(kinds.contains(CachedInformationType::CERT_REQ));
    }
}
