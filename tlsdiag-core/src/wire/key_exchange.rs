//! ServerKeyExchange and ClientKeyExchange (RFC 5246, sections 7.4.3 and 7.4.7; RFC 8422, section 5.4; RFC 4279;
//! RFC 5489; RFC 5054). TLS 1.3 has neither.

use super::cipher_suite::{Authentication, KeyExchange};
use super::code_points::*;
use super::dialect::Dialect;
use super::error::WireError;
use super::reader::Reader;

/// The server's part of a key exchange before TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerKeyExchange<'a> {
    /// With PSK: what helps the client to find the key.
    pub psk_identity_hint: Option<&'a [u8]>,
    /// The key.
    pub params: ServerKeyParams<'a>,
    /// How it is signed; before TLS 1.2, and without a signature, nothing.
    pub scheme: Option<SignatureScheme>,
    /// The signature; none with an anonymous server or PSK.
    pub signature: Option<&'a [u8]>,
}

/// The public key in a ServerKeyExchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerKeyParams<'a> {
    /// A point on a named curve.
    Ecdhe {
        /// The curve.
        group: NamedGroup,
        /// The point.
        public: &'a [u8],
    },
    /// A number modulo a prime.
    Dhe {
        /// The prime, big-endian.
        prime: &'a [u8],
        /// The generator, big-endian.
        generator: &'a [u8],
        /// The public key, big-endian.
        public: &'a [u8],
    },
    /// RFC 5054: a number modulo a prime, and the salt of the password.
    Srp {
        /// The prime, big-endian.
        prime: &'a [u8],
        /// The generator, big-endian.
        generator: &'a [u8],
        /// The salt.
        salt: &'a [u8],
        /// The public key, big-endian.
        public: &'a [u8],
    },
    /// Export suites: a short RSA key.
    RsaExport {
        /// The modulus, big-endian.
        modulus: &'a [u8],
        /// The exponent, big-endian.
        exponent: &'a [u8],
    },
    /// PSK alone has no key.
    None,
    /// One that we do not decode, with the signature behind it: explicit curves, or a suite that we do not know.
    Opaque(&'a [u8]),
}

impl<'a> ServerKeyExchange<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, dialect: &Dialect) -> Result<Self, WireError> {
        let exchange = dialect.suite.and_then(CipherSuite::key_exchange);
        let authentication = dialect.suite.and_then(CipherSuite::authentication);
        let Some((exchange, authentication)) = exchange.zip(authentication) else {
            return Ok(Self::guess(reader));
        };
        match dialect.version {
            Some(version) => Self::read(reader, exchange, authentication, version.names_signature_schemes()),
            None => {
                let mut trial = *reader;
                match Self::read(&mut trial, exchange, authentication, true) {
                    Ok(message) if trial.is_empty() => {
                        *reader = trial;
                        Ok(message)
                    }
                    _ => Self::read(reader, exchange, authentication, false),
                }
            }
        }
    }

    /// Without a suite, only the forms that fill the message to its end are believed.
    fn guess(reader: &mut Reader<'a>) -> Self {
        for exchange in [KeyExchange::Ecdhe, KeyExchange::Dhe] {
            for (authentication, schemes) in [
                (Authentication::Rsa, true),
                (Authentication::Rsa, false),
                (Authentication::Anonymous, false),
            ] {
                let mut trial = *reader;
                if let Ok(message) = Self::read(&mut trial, exchange, authentication, schemes)
                    && trial.is_empty()
                    && !matches!(message.params, ServerKeyParams::Opaque(_))
                {
                    *reader = trial;
                    return message;
                }
            }
        }
        Self::opaque(reader, None)
    }

    fn opaque(reader: &mut Reader<'a>, psk_identity_hint: Option<&'a [u8]>) -> Self {
        Self {
            psk_identity_hint,
            params: ServerKeyParams::Opaque(reader.rest()),
            scheme: None,
            signature: None,
        }
    }

    fn read(
        reader: &mut Reader<'a>,
        exchange: KeyExchange,
        authentication: Authentication,
        schemes: bool,
    ) -> Result<Self, WireError> {
        let psk = authentication == Authentication::Psk;
        let psk_identity_hint = if psk { Some(reader.bytes16("psk_identity_hint")?) } else { None };
        let params = match exchange {
            KeyExchange::Ecdhe => {
                let mut trial = *reader;
                if EcCurveType(trial.u8("curve_type")?) != EcCurveType::NAMED_CURVE {
                    return Ok(Self::opaque(reader, psk_identity_hint));
                }
                *reader = trial;
                let group = NamedGroup(reader.u16("namedcurve")?);
                ServerKeyParams::Ecdhe { group, public: reader.bytes8("public")? }
            }
            KeyExchange::Dhe => ServerKeyParams::Dhe {
                prime: reader.bytes16("dh_p")?,
                generator: reader.bytes16("dh_g")?,
                public: reader.bytes16("dh_Ys")?,
            },
            KeyExchange::Srp => ServerKeyParams::Srp {
                prime: reader.bytes16("srp_N")?,
                generator: reader.bytes16("srp_g")?,
                salt: reader.bytes8("srp_s")?,
                public: reader.bytes16("srp_B")?,
            },
            KeyExchange::Psk => ServerKeyParams::None,
            KeyExchange::Rsa if psk => ServerKeyParams::None,
            KeyExchange::Rsa => ServerKeyParams::RsaExport {
                modulus: reader.bytes16("rsa_modulus")?,
                exponent: reader.bytes16("rsa_exponent")?,
            },
            _ => return Ok(Self::opaque(reader, psk_identity_hint)),
        };
        let unsigned = matches!(
            authentication,
            Authentication::Anonymous | Authentication::Psk | Authentication::Password
        );
        if unsigned {
            return Ok(Self { psk_identity_hint, params, scheme: None, signature: None });
        }
        let scheme = if schemes { Some(SignatureScheme(reader.u16("algorithm")?)) } else { None };
        let signature = Some(reader.bytes16("signature")?);
        Ok(Self { psk_identity_hint, params, scheme, signature })
    }

    /// The group of an elliptic-curve exchange.
    pub fn group(&self) -> Option<NamedGroup> {
        match self.params {
            ServerKeyParams::Ecdhe { group, .. } => Some(group),
            _ => None,
        }
    }

    /// The length in bits of the prime of a finite-field exchange.
    pub fn dh_prime_bits(&self) -> Option<usize> {
        let (ServerKeyParams::Dhe { prime, .. } | ServerKeyParams::Srp { prime, .. }) = self.params else {
            return None;
        };
        let zeros = prime.iter().take_while(|&&byte| byte == 0).count();
        let first = prime.iter().find(|&&byte| byte != 0)?;
        Some((prime.len() - zeros) * 8 - first.leading_zeros() as usize)
    }
}

/// The client's part of a key exchange before TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientKeyExchange<'a> {
    /// With PSK: which key.
    pub psk_identity: Option<&'a [u8]>,
    /// The key.
    pub params: ClientKeyParams<'a>,
}

/// What a ClientKeyExchange holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientKeyParams<'a> {
    /// A premaster secret under the server's RSA key.
    EncryptedPremaster(&'a [u8]),
    /// A point on the server's curve; none if the client's certificate holds it.
    Ecdhe(&'a [u8]),
    /// A number modulo the server's prime; none if the client's certificate holds it.
    Dhe(&'a [u8]),
    /// RFC 5054: a number modulo the server's prime.
    Srp(&'a [u8]),
    /// PSK alone has no key.
    None,
    /// One that we do not decode, or of a suite that we do not know.
    Opaque(&'a [u8]),
}

impl<'a> ClientKeyExchange<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, dialect: &Dialect) -> Result<Self, WireError> {
        let Some(exchange) = dialect.suite.and_then(CipherSuite::key_exchange) else {
            return Ok(Self { psk_identity: None, params: ClientKeyParams::Opaque(reader.rest()) });
        };
        let psk = dialect.suite.and_then(CipherSuite::authentication) == Some(Authentication::Psk);
        let psk_identity = if psk { Some(reader.bytes16("psk_identity")?) } else { None };
        let params = match exchange {
            // SSLv3 sends the ciphertext bare.
            KeyExchange::Rsa if dialect.version == Some(ProtocolVersion::SSL3) => {
                ClientKeyParams::EncryptedPremaster(reader.rest())
            }
            KeyExchange::Rsa => {
                ClientKeyParams::EncryptedPremaster(reader.bytes16("encrypted_pre_master_secret")?)
            }
            KeyExchange::Ecdhe | KeyExchange::Ecdh if reader.is_empty() => ClientKeyParams::Ecdhe(&[]),
            KeyExchange::Ecdhe | KeyExchange::Ecdh => ClientKeyParams::Ecdhe(reader.bytes8("ecdh_Yc")?),
            KeyExchange::Dhe | KeyExchange::Dh if reader.is_empty() => ClientKeyParams::Dhe(&[]),
            KeyExchange::Dhe | KeyExchange::Dh => ClientKeyParams::Dhe(reader.bytes16("dh_Yc")?),
            KeyExchange::Srp => ClientKeyParams::Srp(reader.bytes16("srp_A")?),
            KeyExchange::Psk => ClientKeyParams::None,
            _ => ClientKeyParams::Opaque(reader.rest()),
        };
        Ok(Self { psk_identity, params })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Message;

    fn server(
        suite: CipherSuite,
        version: Option<ProtocolVersion>,
        body: &[u8],
    ) -> Result<String, WireError> {
        let length = u8::try_from(body.len()).unwrap();
        let bytes = [&[12, 0, 0, length], body].concat();
        let dialect = Dialect { suite: Some(suite), version, ..Dialect::default() };
        Message::decode(&bytes, &dialect).map(|message| match message {
            Message::ServerKeyExchange(message) => format!("{message:?}"),
            other => panic!("{other:?}"),
        })
    }

    const ECDHE: [u8; 9] = [3, 0, 29, 2, 0xaa, 0xbb, 0, 1, 7];

    #[test]
    fn a_signature_has_a_scheme_since_tls_1_2() {
        let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        let old = server(suite, Some(ProtocolVersion::TLS1_1), &ECDHE).unwrap();
        assert!(old.contains("scheme: None, signature: Some([7])"), "{old}");
        let new = [&ECDHE[..6], &[8, 4, 0, 1, 7]].concat();
        let new = server(suite, Some(ProtocolVersion::TLS1_2), &new).unwrap();
        assert!(new.contains("scheme: Some(SignatureScheme(2052)), signature: Some([7])"), "{new}");
        assert!(server(suite, Some(ProtocolVersion::TLS1_2), &ECDHE).is_err());
        assert_eq!(server(suite, None, &ECDHE).unwrap(), old);
    }

    #[test]
    fn psk_and_anonymous_exchanges_have_no_signature() {
        let psk = [&[0, 1, b'h'], &ECDHE[..6]].concat();
        let suite = CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA;
        let psk = server(suite, Some(ProtocolVersion::TLS1_2), &psk).unwrap();
        assert!(psk.contains("hint: Some([104])") && psk.contains("signature: None"), "{psk}");
        let anonymous = [0, 2, 0x00, 0x7f, 0, 1, 2, 0, 1, 5];
        let suite = CipherSuite::TLS_DH_ANON_WITH_AES_128_CBC_SHA;
        assert!(server(suite, Some(ProtocolVersion::TLS1_2), &anonymous).is_ok());
    }

    #[test]
    fn the_prime_is_measured_without_leading_zeros() {
        let params = ServerKeyParams::Dhe { prime: &[0, 0x7f, 0], generator: &[2], public: &[] };
        let message = ServerKeyExchange { psk_identity_hint: None, params, scheme: None, signature: None };
        assert_eq!(message.dh_prime_bits(), Some(15));
    }

    #[test]
    fn without_a_suite_a_form_that_fits_to_the_byte_is_believed() {
        let mut reader = Reader::new(&ECDHE);
        let message = ServerKeyExchange::decode(&mut reader, &Dialect::default()).unwrap();
        assert_eq!(message.group(), Some(NamedGroup::X25519));
        let mut reader = Reader::new(&ECDHE[..8]);
        let message = ServerKeyExchange::decode(&mut reader, &Dialect::default()).unwrap();
        assert!(matches!(message.params, ServerKeyParams::Opaque(_)));
    }

    #[test]
    fn a_clients_key_has_the_form_of_its_suite() {
        let decode = |suite, bytes| {
            let dialect = Dialect { suite: Some(suite), ..Dialect::default() };
            ClientKeyExchange::decode(&mut Reader::new(bytes), &dialect).map(|message| message.params)
        };
        let rsa = CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA;
        assert_eq!(decode(rsa, &[0, 2, 8, 9]), Ok(ClientKeyParams::EncryptedPremaster(&[8, 9])));
        let ecdhe = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;
        assert_eq!(decode(ecdhe, &[2, 8, 9]), Ok(ClientKeyParams::Ecdhe(&[8, 9])));
        assert!(decode(ecdhe, &[3, 8, 9]).is_err());
    }
}
