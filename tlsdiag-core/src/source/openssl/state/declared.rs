//! What an application has told of client certificates, which OpenSSL cannot know.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::event::PeerCertificate;

/// What an application has told about client certificates.
#[derive(Default)]
pub(crate) struct Told(AtomicU8);

impl Told {
    pub(crate) fn set(&self, told: PeerCertificate) {
        self.0.store(told as u8, Ordering::Relaxed);
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
