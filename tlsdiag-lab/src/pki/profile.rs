//! What a certificate shall say.

use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

use crate::Error;

/// The extendedKeyUsage of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// serverAuth
    Server,
    /// clientAuth
    Client,
    /// serverAuth and clientAuth
    Both,
    /// No extendedKeyUsage extension at all: good for everything.
    None,
}

/// The kind of a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with so many bits.
    Rsa(u32),
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    /// Makes a new key of this kind.
    pub fn generate(self) -> Result<PKey<Private>, Error> {
        let on_curve = |curve| PKey::from_ec_key(EcKey::generate(EcGroup::from_curve_name(curve)?.as_ref())?);
        let made: Result<_, ErrorStack> = match self {
            KeyKind::Rsa(bits) => Rsa::generate(bits).and_then(PKey::from_rsa),
            KeyKind::P256 => on_curve(Nid::X9_62_PRIME256V1),
            KeyKind::P384 => on_curve(Nid::SECP384R1),
            KeyKind::Ed25519 => PKey::generate_ed25519(),
        };
        made.map_err(Error::doing("make a private key"))
    }
}

/// What an [`Authority`](super::Authority) shall certify: by default a P-256 key, no alternative names, no
/// extendedKeyUsage, valid from yesterday for thirty days, with its chain.
#[derive(Debug, Clone)]
pub struct Profile {
    pub(super) common_name: String,
    pub(super) dns: Vec<String>,
    pub(super) ip: Vec<String>,
    pub(super) purpose: Purpose,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    pub(super) key: KeyKind,
    pub(super) with_chain: bool,
}

impl Profile {
    /// A certificate for this common name.
    pub fn new(common_name: impl Into<String>) -> Self {
        Profile {
            common_name: common_name.into(),
            dns: Vec::new(),
            ip: Vec::new(),
            purpose: Purpose::None,
            not_before: -1,
            not_after: 30,
            key: KeyKind::P256,
            with_chain: true,
        }
    }

    /// Adds a DNS name to subjectAltName.
    pub fn dns(mut self, name: impl Into<String>) -> Self {
        self.dns.push(name.into());
        self
    }

    /// Adds an IP address to subjectAltName.
    pub fn ip(mut self, address: impl Into<String>) -> Self {
        self.ip.push(address.into());
        self
    }

    /// Sets extendedKeyUsage.
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Sets the validity in days from now; negative numbers are in the past.
    pub fn valid_days(mut self, not_before: i64, not_after: i64) -> Self {
        (self.not_before, self.not_after) = (not_before, not_after);
        self
    }

    /// Chooses the key that [`Authority::issue`](super::Authority::issue) makes.
    pub fn key(mut self, key: KeyKind) -> Self {
        self.key = key;
        self
    }

    /// Says whether the identity brings its issuers' certificates along (without the root).
    pub fn with_chain(mut self, with_chain: bool) -> Self {
        self.with_chain = with_chain;
        self
    }
}
