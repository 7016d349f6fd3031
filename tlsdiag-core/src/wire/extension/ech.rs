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
    /// Its contents; [`decoded`](Self::decoded) reads those of the version that we know.
    pub contents: &'a [u8],
}

/// What a configuration says (RFC 9849, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EchConfigContents<'a> {
    /// Its number, by which a client names it.
    pub config_id: u8,
    /// The kind of the server's key.
    pub kem: HpkeKem,
    /// The server's key.
    pub public_key: &'a [u8],
    /// The ways to seal, best first.
    pub cipher_suites: Sequence<'a, HpkeCipherSuite>,
    /// How long the longest name is that the server would hide, in bytes.
    pub maximum_name_length: u8,
    /// The name that everyone may see.
    pub public_name: &'a [u8],
    /// The configuration's own extensions, of which none has been defined.
    pub extensions: &'a [u8],
}

/// A way to seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HpkeCipherSuite {
    /// Key derivation.
    pub kdf: HpkeKdf,
    /// Cipher.
    pub aead: HpkeAead,
}

impl<'a> EchConfig<'a> {
    /// What the configuration says, if its version is that of RFC 9849.
    pub fn decoded(&self) -> Option<Result<EchConfigContents<'a>, WireError>> {
        (self.version == ExtensionType::ENCRYPTED_CLIENT_HELLO).then(|| {
            let mut reader = Reader::new(self.contents);
            let contents = EchConfigContents::decode(&mut reader)?;
            reader.finish("ECHConfigContents")?;
            Ok(contents)
        })
    }
}

impl<'a> Decode<'a> for EchConfigContents<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            config_id: reader.u8("config_id")?,
            kem: HpkeKem(reader.u16("kem_id")?),
            public_key: reader.bytes16("public_key")?,
            cipher_suites: reader.sub16("cipher_suites")?.sequence()?,
            maximum_name_length: reader.u8("maximum_name_length")?,
            public_name: reader.bytes8("public_name")?,
            extensions: reader.bytes16("extensions")?,
        })
    }
}

impl<'a> Decode<'a> for HpkeCipherSuite {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self { kdf: HpkeKdf(reader.u16("kdf_id")?), aead: HpkeAead(reader.u16("aead_id")?) })
    }
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
