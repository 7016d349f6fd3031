//! ServerKeyExchange and ClientKeyExchange (RFC 5246, sections 7.4.3 and 7.4.7; RFC 8422, section 5.4; RFC 4279;
//! RFC 5489). TLS 1.3 has neither.

use super::code_points::*;
use super::error::WireError;
use super::message::Dialect;
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
    /// PSK alone has no key.
    None,
    /// One that we do not decode: SRP, explicit curves, or a suite that we were not told.
    Opaque(&'a [u8]),
}

impl<'a> ServerKeyExchange<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, _dialect: &Dialect) -> Result<Self, WireError> {
        Ok(Self {
            psk_identity_hint: None,
            params: ServerKeyParams::Opaque(reader.rest()),
            scheme: None,
            signature: None,
        })
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
        match self.params {
            ServerKeyParams::Dhe { prime, .. } => {
                let zeros = prime.iter().take_while(|&&byte| byte == 0).count();
                let first = prime.iter().find(|&&byte| byte != 0)?;
                Some((prime.len() - zeros) * 8 - first.leading_zeros() as usize)
            }
            _ => None,
        }
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
    /// A point on the server's curve.
    Ecdhe(&'a [u8]),
    /// A number modulo the server's prime.
    Dhe(&'a [u8]),
    /// PSK alone has no key.
    None,
    /// One that we do not decode, or of a suite that we were not told.
    Opaque(&'a [u8]),
}

impl<'a> ClientKeyExchange<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, _dialect: &Dialect) -> Result<Self, WireError> {
        Ok(Self { psk_identity: None, params: ClientKeyParams::Opaque(reader.rest()) })
    }
}
