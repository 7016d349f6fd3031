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
    #[inline]
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
    #[inline]
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
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self { version: ExtensionType(reader.u16("version")?), contents: reader.bytes16("contents")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_inner_and_the_servers_two_answers() {
        let decode = |bytes, place| EncryptedClientHello::decode_in(&mut Reader::new(bytes), place);
        let outer = decode(&[0, 0, 1, 0, 3, 9, 0, 1, 5, 0, 2, 6, 7], Place::ClientHello).unwrap();
        let EncryptedClientHello::Outer(sealed) = outer else { panic!("{outer:?}") };
        assert_eq!((sealed.kdf.to_string().as_str(), sealed.config_id), ("HKDF-SHA256", 9));
        assert_eq!(sealed.aead, HpkeAead::CHACHA20POLY1305);
        assert_eq!((sealed.enc, sealed.payload), (&[5][..], &[6, 7][..]));
        assert_eq!(decode(&[1], Place::ClientHello), Ok(EncryptedClientHello::Inner));
        assert_eq!(decode(&[2], Place::ClientHello).unwrap_err().problem, Problem::Unknown { value: 2 });
        let sign = decode(&[3; 8], Place::HelloRetryRequest);
        assert_eq!(sign, Ok(EncryptedClientHello::Confirmation(&[3; 8])));
        let retry = decode(&[0, 5, 0xfe, 0x0d, 0, 1, 4], Place::EncryptedExtensions).unwrap();
        let EncryptedClientHello::RetryConfigs(configs) = retry else { panic!("{retry:?}") };
        assert_eq!(configs.first().unwrap().version, ExtensionType::ENCRYPTED_CLIENT_HELLO);
    }
}
