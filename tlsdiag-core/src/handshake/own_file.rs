//! The file that this side's certificate came from, as it is when somebody judges the handshake.

use std::time::SystemTime;

use super::{Chain, Presented};

/// What such a file holds now; programs read theirs at their start, and may go on with what they have read.
#[derive(Clone, Debug)]
pub struct OwnFile {
    /// Where it lies.
    pub path: String,
    /// When it was written last, where that is known.
    pub changed: Option<SystemTime>,
    /// The certificates in it, in their order.
    pub chain: Chain,
}

impl OwnFile {
    /// A file with these certificates, DER each.
    #[must_use]
    pub fn new(path: impl Into<String>, changed: Option<SystemTime>, certificates: &[Vec<u8>]) -> Self {
        let certificates = certificates.iter().map(|der| Presented::parse(der)).collect();
        OwnFile { path: path.into(), changed, chain: Chain { certificates, ..Chain::default() } }
    }
}
