//! The ClientHello in the form of SSLv2 (RFC 5246, appendix E.2), by which old clients offer newer versions.

use super::code_points::{CipherSuite, ProtocolVersion};
use super::error::WireError;
use super::list::{Item, List};
use super::reader::Reader;

/// What a client offers in the form of SSLv2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SslV2ClientHello<'a> {
    /// The best version of the client, which can be as new as TLS 1.2.
    pub version: ProtocolVersion,
    /// Suites, those of SSLv2 among them.
    pub cipher_specs: List<'a, CipherSpec>,
    /// The session to resume.
    pub session_id: &'a [u8],
    /// 16 to 32 random bytes.
    pub challenge: &'a [u8],
}

/// A suite of three bytes: with a first byte of 0, one of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CipherSpec(pub [u8; 3]);

impl CipherSpec {
    /// The suite of TLS, if this is one.
    pub const fn suite(self) -> Option<CipherSuite> {
        match self.0 {
            [0, high, low] => Some(CipherSuite(u16::from_be_bytes([high, low]))),
            _ => None,
        }
    }
}

impl Item for CipherSpec {
    const SIZE: usize = 3;
    fn from_wire(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl<'a> SslV2ClientHello<'a> {
    /// Reads the message with its header of two bytes.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let length = reader.u16("length")? & 0x7fff;
        let body = reader.sub(length.into(), "SSLv2 ClientHello")?;
        reader.finish("SSLv2 ClientHello")?;
        Self::read(body)
    }

    /// Reads the message without its header, as libraries tell of it.
    pub fn decode_body(bytes: &'a [u8]) -> Result<Self, WireError> {
        Self::read(Reader::new(bytes))
    }

    fn read(mut body: Reader<'a>) -> Result<Self, WireError> {
        if body.u8("msg_type")? != 1 {
            return Err(body.problem("msg_type", super::error::Problem::Malformed));
        }
        let version = ProtocolVersion(body.u16("version")?);
        let specs = body.u16("cipher_spec_length")?;
        let session_id = body.u16("session_id_length")?;
        let challenge = body.u16("challenge_length")?;
        let hello = Self {
            version,
            cipher_specs: body.sub(specs.into(), "cipher_specs")?.list("cipher_specs")?,
            session_id: body.take(session_id.into(), "session_id")?,
            challenge: body.take(challenge.into(), "challenge")?,
        };
        body.finish("SSLv2 ClientHello")?;
        Ok(hello)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_of_both_kinds_are_read() {
        let mut bytes = vec![0x80, 9 + 6 + 16, 1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 0x2f, 7, 0, 0xc0];
        bytes.extend([9; 16]);
        let hello = SslV2ClientHello::decode(&bytes).unwrap();
        let suites: Vec<_> = hello.cipher_specs.iter().map(CipherSpec::suite).collect();
        assert_eq!(suites, [Some(CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA), None]);
        assert_eq!(hello.challenge, [9; 16]);
        assert_eq!(SslV2ClientHello::decode_body(&bytes[2..]), Ok(hello));
        assert!(SslV2ClientHello::decode(&bytes[..20]).is_err());
    }
}
