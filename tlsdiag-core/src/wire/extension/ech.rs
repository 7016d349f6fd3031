//! `encrypted_client_hello` (RFC 9849, sections 4 and 5).

use super::*;

/// The extension in each of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptedClientHello<'a> {
    /// In the ClientHello that everyone sees: a sealed one, or GREASE that looks like it.
    Outer(EchClientHello<'a>),
    /// In the ClientHello that was sealed: a bare mark.
    Inner,
    /// In EncryptedExtensions: the configurations to use instead, because the server could not open it.
    RetryConfigs(Sequence<'a, EchConfig<'a>>),
    /// In a HelloRetryRequest: the server's sign that it accepted.
    Confirmation(&'a [u8; 8]),
}

/// A sealed ClientHello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EchClientHello<'a> {
    /// Key derivation.
    pub kdf: HpkeKdf,
    /// Cipher.
    pub aead: HpkeAead,
    /// Which of the server's configurations was used.
    pub config_id: u8,
    /// HPKE's encapsulated key; empty in a second ClientHello.
    pub enc: &'a [u8],
    /// The sealed inner ClientHello.
    pub payload: &'a [u8],
}

/// A configuration that a server publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EchConfig<'a> {
    /// The version of the configuration, which is the extension's number.
    pub version: ExtensionType,
    /// Its contents, undecoded.
    pub contents: &'a [u8],
}

impl<'a> EncryptedClientHello<'a> {
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        match place {
            Place::HelloRetryRequest => body.array("confirmation").map(Self::Confirmation),
            Place::EncryptedExtensions => body.sub16("retry_configs")?.sequence().map(Self::RetryConfigs),
            _ => match body.u8("ECHClientHelloType")? {
                0 => EchClientHello::decode(body).map(Self::Outer),
                1 => Ok(Self::Inner),
                kind => Err(body.problem("ECHClientHelloType", Problem::Unknown { value: kind.into() })),
            },
        }
    }
}

impl<'a> Decode<'a> for EchClientHello<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            kdf: HpkeKdf(reader.u16("kdf_id")?),
            aead: HpkeAead(reader.u16("aead_id")?),
            config_id: reader.u8("config_id")?,
            enc: reader.bytes16("enc")?,
            payload: reader.bytes16("payload")?,
        })
    }
}

impl<'a> Decode<'a> for EchConfig<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self { version: ExtensionType(reader.u16("version")?), contents: reader.bytes16("contents")? })
    }
}
