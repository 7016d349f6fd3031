//! ServerHello and its double, HelloRetryRequest (RFC 8446, sections 4.1.3 and 4.1.4), HelloVerifyRequest of DTLS
//! (RFC 6347, section 4.2.1) and EncryptedExtensions (RFC 8446, section 4.3.1).

use super::code_points::*;
use super::error::WireError;
use super::extension::*;
use super::reader::Reader;

/// The random bytes by which a ServerHello is a HelloRetryRequest: the SHA-256 of "HelloRetryRequest".
const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What a server chose; or, as HelloRetryRequest, what it would choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerHello<'a> {
    /// The version before TLS 1.3; 0x0303 since.
    pub legacy_version: ProtocolVersion,
    /// 32 random bytes.
    pub random: &'a [u8; 32],
    /// The session that is resumed or can be, before TLS 1.3; the client's own since.
    pub session_id: &'a [u8],
    /// The chosen suite.
    pub cipher_suite: CipherSuite,
    /// The chosen compression of records.
    pub compression_method: CompressionMethod,
    /// The extensions.
    pub extensions: Extensions<'a>,
}

impl<'a> ServerHello<'a> {
    #[inline(always)]
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let legacy_version = ProtocolVersion(reader.u16("legacy_version")?);
        let random = reader.array("random")?;
        let retry = *random == HELLO_RETRY_REQUEST;
        let place = if retry { Place::HelloRetryRequest } else { Place::ServerHello };
        Ok(Self {
            legacy_version,
            random,
            session_id: reader.bytes8("session_id")?,
            cipher_suite: CipherSuite(reader.u16("cipher_suite")?),
            compression_method: CompressionMethod(reader.u8("compression_method")?),
            extensions: Extensions::decode_optional(reader, place)?,
        })
    }

    /// Whether this asks for another ClientHello instead of going on.
    pub fn is_hello_retry_request(&self) -> bool {
        self.extensions.place() == Place::HelloRetryRequest
    }

    /// The version that was negotiated: `supported_versions` if it is there, the old field otherwise.
    pub fn version(&self) -> ProtocolVersion {
        match self.extensions.find(ExtensionType::SUPPORTED_VERSIONS) {
            Some(Ok(Extension::SupportedVersions(SupportedVersions::Chosen(version)))) => version,
            _ => self.legacy_version,
        }
    }

    /// The group that was negotiated or, in a HelloRetryRequest, is wanted. TLS 1.2 names it in ServerKeyExchange.
    pub fn group(&self) -> Option<NamedGroup> {
        match self.extensions.find(ExtensionType::KEY_SHARE)?.ok()? {
            Extension::KeyShare(KeyShare::Chosen(entry)) => Some(entry.group),
            Extension::KeyShare(KeyShare::Retry(group)) => Some(group),
            _ => None,
        }
    }

    /// The server's key for the key exchange.
    pub fn key_share(&self) -> Option<KeyShareEntry<'a>> {
        match self.extensions.find(ExtensionType::KEY_SHARE)?.ok()? {
            Extension::KeyShare(KeyShare::Chosen(entry)) => Some(entry),
            _ => None,
        }
    }

    /// The pre-shared key that was chosen, counted from 0 in the client's list.
    pub fn pre_shared_key(&self) -> Option<u16> {
        match self.extensions.find(ExtensionType::PRE_SHARED_KEY)?.ok()? {
            Extension::PreSharedKey(PreSharedKey::Chosen(index)) => Some(index),
            _ => None,
        }
    }

    /// The application protocol chosen. TLS 1.3 says it in EncryptedExtensions.
    pub fn alpn(&self) -> Option<ProtocolName<'a>> {
        chosen_alpn(&self.extensions)
    }

    /// A HelloRetryRequest's cookie, which the client must send back.
    pub fn cookie(&self) -> Option<&'a [u8]> {
        match self.extensions.find(ExtensionType::COOKIE)?.ok()? {
            Extension::Cookie(cookie) => Some(cookie),
            _ => None,
        }
    }

    /// The version that the server says it could have spoken, if its random bytes warn of a downgrade (RFC 8446,
    /// section 4.1.3): TLS 1.3, or (from a server of TLS 1.2) TLS 1.2.
    pub fn downgrade_sentinel(&self) -> Option<ProtocolVersion> {
        match self.random.last_chunk::<8>()? {
            b"DOWNGRD\x01" => Some(ProtocolVersion::TLS1_3),
            b"DOWNGRD\x00" => Some(ProtocolVersion::TLS1_2),
            _ => None,
        }
    }

    /// Whether the server takes part in RFC 7627.
    pub fn extended_master_secret(&self) -> bool {
        self.extensions.contains(ExtensionType::EXTENDED_MASTER_SECRET)
    }
}

/// What a server answers under encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncryptedExtensions<'a> {
    /// The extensions.
    pub extensions: Extensions<'a>,
}

impl<'a> EncryptedExtensions<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let extensions = Extensions::decode(reader, Place::EncryptedExtensions)?;
        Ok(Self { extensions })
    }

    /// The application protocol chosen.
    pub fn alpn(&self) -> Option<ProtocolName<'a>> {
        chosen_alpn(&self.extensions)
    }

    /// Whether the server takes the client's early data.
    pub fn early_data(&self) -> bool {
        self.extensions.contains(ExtensionType::EARLY_DATA)
    }

    /// The server's groups, for the client's next connection.
    pub fn supported_groups(&self) -> Option<super::list::List<'a, NamedGroup>> {
        match self.extensions.find(ExtensionType::SUPPORTED_GROUPS)?.ok()? {
            Extension::SupportedGroups(list) => Some(list),
            _ => None,
        }
    }
}

fn chosen_alpn<'a>(extensions: &Extensions<'a>) -> Option<ProtocolName<'a>> {
    match extensions.find(ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION)?.ok()? {
        Extension::Alpn(names) => names.first(),
        _ => None,
    }
}

/// DTLS: the server's demand that the client prove its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelloVerifyRequest<'a> {
    /// DTLS 1.0 or 1.2, not yet the negotiated version.
    pub server_version: ProtocolVersion,
    /// What the next ClientHello must contain.
    pub cookie: &'a [u8],
}

impl<'a> HelloVerifyRequest<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            server_version: ProtocolVersion(reader.u16("server_version")?),
            cookie: reader.bytes8("cookie")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(random: &[u8; 32], rest: &[u8], check: impl FnOnce(&ServerHello<'_>)) {
        let bytes = [&[3, 3][..], random, &[0, 0x13, 1, 0], rest].concat();
        check(&ServerHello::decode(&mut Reader::new(&bytes)).unwrap());
    }

    #[test]
    fn the_version_is_the_extensions_if_there_is_one() {
        decode(&[0; 32], &[], |hello| assert_eq!(hello.version(), ProtocolVersion::TLS1_2));
        decode(&[0; 32], &[0, 6, 0, 43, 0, 2, 3, 4], |hello| {
            assert_eq!(hello.version(), ProtocolVersion::TLS1_3);
            assert!(!hello.is_hello_retry_request());
        });
    }

    #[test]
    fn a_retry_is_known_by_its_random_bytes() {
        decode(&HELLO_RETRY_REQUEST, &[0, 6, 0, 51, 0, 2, 0, 24], |hello| {
            assert!(hello.is_hello_retry_request());
            assert_eq!(hello.group(), Some(NamedGroup::SECP384R1));
        });
    }

    #[test]
    fn a_downgrade_is_said_in_the_last_eight_bytes() {
        let mut random = [0; 32];
        random[24..].copy_from_slice(b"DOWNGRD\x01");
        decode(&random, &[], |hello| assert_eq!(hello.downgrade_sentinel(), Some(ProtocolVersion::TLS1_3)));
        decode(&[0; 32], &[], |hello| assert_eq!(hello.downgrade_sentinel(), None));
    }
}
