//! What an application has declared about client certificates, which OpenSSL cannot know.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::event::PeerCertificate;

/// The latest declaration.
#[derive(Default)]
pub(crate) struct Declared(AtomicU8);

impl Declared {
    pub(crate) fn set(&self, declared: PeerCertificate) {
        self.0.store(declared as u8, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> PeerCertificate {
        const OPTIONAL: u8 = PeerCertificate::Optional as u8;
        const REQUIRED: u8 = PeerCertificate::Required as u8;
        match self.0.load(Ordering::Relaxed) {
            OPTIONAL => PeerCertificate::Optional,
            REQUIRED => PeerCertificate::Required,
            _ => PeerCertificate::Unknown,
        }
    }
}
