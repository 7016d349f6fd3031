//! EKTKey (RFC 8870, section 5.2.2): the keys of a conference, from the server of its media.

use super::error::WireError;
use super::reader::Reader;

/// A key that encrypts keys of SRTP.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EktKey<'a> {
    /// The key: a secret, which the message's encryption protects.
    pub key_value: &'a [u8],
    /// The salt of SRTP's keys.
    pub srtp_master_salt: &'a [u8],
    /// The number by which packets name the key.
    pub spi: u16,
    /// For how many seconds it may be used.
    pub ttl: u32,
}

impl<'a> EktKey<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            key_value: reader.bytes16("ekt_key_value")?,
            srtp_master_salt: reader.bytes16("srtp_master_salt")?,
            spi: reader.u16("ekt_spi")?,
            ttl: reader.u24("ekt_ttl")?,
        })
    }
}

impl std::fmt::Debug for EktKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secrets = [self.key_value.len(), self.srtp_master_salt.len()];
        write!(f, "EktKey {{ spi: {}, ttl: {}, secrets of {secrets:?} bytes }}", self.spi, self.ttl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_itself_is_not_printed() {
        let key = EktKey::decode(&mut Reader::new(&[0, 1, 99, 0, 1, 98, 0, 5, 0, 0, 60])).unwrap();
        assert_eq!((key.key_value, key.srtp_master_salt), (&[99][..], &[98][..]));
        assert_eq!(format!("{key:?}"), "EktKey { spi: 5, ttl: 60, secrets of [1, 1] bytes }");
    }
}
