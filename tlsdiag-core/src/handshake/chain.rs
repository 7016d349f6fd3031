//! Certificates that were shown, and those that this side could show.

use std::cell::RefCell;
use std::sync::Arc;

use crate::event::LocalCertificate;
use crate::wire::x509::{Cache, Certificate};
use crate::wire::{CertificateCompressionAlgorithm, CertificateMessage, CompressedCertificate};

thread_local! {
    /// A server sees the same certificates again and again, and parsing one costs more than all else in a handshake's assembly.
    static SEEN: RefCell<Cache> = RefCell::new(Cache::new(256));
}

/// The certificates of one Certificate message, leaf first.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// In the order of the message; empty where the client had nothing to show.
    pub certificates: Vec<Presented>,
    /// The whole message's size in bytes, as it was on the wire.
    pub size: usize,
    /// How it was compressed, if it came as CompressedCertificate.
    pub compression: Option<Compression>,
    /// Whether these are bare public keys, which have no name and no issuer (RFC 7250).
    pub raw_public_keys: bool,
    /// The bytes of the extensions beside each certificate, such as an OCSP response; empty ones before TLS 1.3.
    pub extension_blocks: Vec<Vec<u8>>,
}

/// How a Certificate message was compressed (RFC 8879).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Compression {
    /// By which algorithm.
    pub algorithm: CertificateCompressionAlgorithm,
    /// Bytes of the body as it was sent.
    pub size: usize,
    /// Bytes of the body as it was before.
    pub uncompressed_size: usize,
}

impl Compression {
    pub(super) fn of(message: &CompressedCertificate<'_>) -> Self {
        Compression {
            algorithm: message.algorithm,
            size: message.message.len(),
            uncompressed_size: message.uncompressed_length as usize,
        }
    }
}

/// A certificate as it was shown.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The bytes.
    pub der: Arc<[u8]>,
    /// What they say.
    pub certificate: Arc<Certificate>,
}

/// A certificate that this side is configured to show.
#[derive(Clone, Debug)]
pub struct OwnCertificate {
    /// Leaf first.
    pub chain: Chain,
    /// The kind of its key and whether it is there, as the source read them.
    pub configured: LocalCertificate,
}

impl Presented {
    /// Parses a certificate, unless this thread has seen it lately; one that does not parse says so in its `malformed`.
    #[must_use]
    pub fn parse(der: &[u8]) -> Self {
        Presented { der: Arc::from(der), certificate: SEEN.with_borrow_mut(|seen| seen.get(der)) }
    }

    /// Reads a bare public key (RFC 7250): a certificate that says nothing but its key.
    #[must_use]
    pub fn raw_public_key(spki: &[u8]) -> Self {
        Presented { der: Arc::from(spki), certificate: Arc::new(Certificate::of_raw_public_key(spki)) }
    }
}

impl Chain {
    pub(super) fn read(message: &CertificateMessage<'_>, size: usize, raw_public_keys: bool) -> Self {
        let present = if raw_public_keys { Presented::raw_public_key } else { Presented::parse };
        Chain {
            certificates: message.certificates().map(present).collect(),
            size,
            compression: None,
            raw_public_keys,
            extension_blocks: message.entries().map(|entry| entry.extensions.as_bytes().to_vec()).collect(),
        }
    }

    /// The whole message's size in bytes, as it is without compression; verifiers have a limit for that.
    #[must_use]
    pub fn uncompressed_size(&self) -> usize {
        const HEADER: usize = 4;
        self.compression.map_or(self.size, |compression| HEADER + compression.uncompressed_size)
    }

    /// The owner's own certificate.
    #[must_use]
    pub fn leaf(&self) -> Option<&Certificate> {
        self.certificates.first().map(|shown| &*shown.certificate)
    }

    /// The certificates from the leaf up as issuer names lead, whatever the order they were sent in.
    #[must_use]
    pub fn path(&self) -> Vec<&Certificate> {
        self.path_shown().into_iter().map(|shown| &*shown.certificate).collect()
    }

    /// As [`path`](Self::path), with their bytes.
    #[must_use]
    pub fn path_shown(&self) -> Vec<&Presented> {
        let mut path: Vec<&Presented> = self.certificates.first().into_iter().collect();
        while let Some(top) = path.last().map(|shown| &*shown.certificate)
            && !top.may_be_self_signed()
            && path.len() < self.certificates.len()
            && let Some(issuer) = self.certificates.iter().find(|one| one.certificate.issued(top))
        {
            path.push(issuer);
        }
        path
    }

    /// The last certificate that can be reached from the leaf by issuer names, whatever the order they were sent in.
    #[must_use]
    pub fn top(&self) -> Option<&Certificate> {
        self.path().last().copied()
    }
}

impl OwnCertificate {
    /// Parses what the source read.
    #[must_use]
    pub fn parse(configured: &LocalCertificate) -> Self {
        let der = std::iter::once(&configured.certificate).chain(&configured.chain);
        let certificates = der.map(|der| Presented::parse(der)).collect();
        OwnCertificate { chain: Chain { certificates, ..Chain::default() }, configured: configured.clone() }
    }
}
