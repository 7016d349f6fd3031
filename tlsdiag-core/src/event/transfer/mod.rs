//! A [`Recording`] as bytes, to hand it from the process that made it to one that has the time to
//! read it.
//!
//! Its log crosses as it is; what comes before it is packed here. That happens at the end of a
//! handshake, in a server that has better things to do: it copies and allocates nothing once its
//! buffer is warm. The configuration, which is the largest part and hardly ever changes, crosses
//! once: the packer and the unpacker each remember the last few under a number. Both ends are of
//! one build, so the format has a version and no more.

mod read;
mod write;

use std::fmt;
use std::sync::Arc;

use super::{EventLog, LocalConfiguration, Recording};

/// The first byte of every packed recording; another one with each change to what follows, since an
/// old preload object may meet a new collector.
const VERSION: u8 = 8;

/// The second byte: what stands before the log.
mod form {
    /// All that a recording may have.
    pub(super) const RECORDING: u8 = 0;
    /// No more than an [`EventLog`](super::EventLog) has, and all of it of fixed length.
    pub(super) const LOG: u8 = 1;
}

/// An address: its kind (0 is none, 4 or 6), its bytes and its port.
const ADDRESS: usize = 1 + 16 + 2;

/// What comes before the entries of an [`EventLog`]: version, form, the number of the
/// configuration, the peer's address; then connection, time, the beginning in ticks and their rate.
pub const LOG_HEAD: usize = 2 + 1 + ADDRESS + 4 * 8;

/// Configurations that both ends remember.
const KNOWN: usize = 16;

type Known = [Option<Arc<LocalConfiguration>>; KNOWN];

/// Packs the recordings of one process for one [`Unpacker`], which must see them in the same order.
#[derive(Debug, Default)]
pub struct Packer {
    known: Known,
    next: usize,
}

impl Packer {
    /// Appends the packed recording to `out`, but for its last part, which needs not be copied and
    /// is given back.
    #[must_use]
    pub fn pack<'a>(&mut self, recording: &'a Recording, out: &mut Vec<u8>) -> &'a [u8] {
        write::recording(recording, Some(self), out)
    }

    /// Packs a log: what is to come before it, and its entries. `None` where the other end does not
    /// know its configuration: then their [recording](EventLog::recording) is to be packed, by
    /// which it gets to know it.
    #[must_use]
    #[inline]
    pub fn pack_log<'a>(&self, log: &EventLog<'a>) -> Option<([u8; LOG_HEAD], &'a [u8])> {
        Some((write::log(log, self.known(log.local)?), log.entries))
    }

    /// The number under which the other end knows a configuration. One that is remembered is kept
    /// alive, so that its address cannot have become another one's.
    fn known(&self, local: &Arc<LocalConfiguration>) -> Option<usize> {
        self.known.iter().position(|known| known.as_ref().is_some_and(|known| Arc::ptr_eq(known, local)))
    }

    /// Forgets what the other end knows: to be called where a packed recording has not reached it.
    pub fn forget(&mut self) {
        *self = Packer::default();
    }
}

/// Packs one recording with all that belongs to it, for any [`Unpacker`], in any order; its last
/// part as [`Packer::pack`] does.
#[must_use]
pub fn pack_alone<'a>(recording: &'a Recording, out: &mut Vec<u8>) -> &'a [u8] {
    write::recording(recording, None, out)
}

/// The other end of a [`Packer`].
#[derive(Debug, Default)]
pub struct Unpacker {
    known: Known,
}

impl Unpacker {
    /// The recording in `bytes`, all of them.
    ///
    /// # Errors
    /// The bytes are damaged, cut off or of another version; the error says where.
    pub fn unpack(&mut self, bytes: &[u8]) -> Result<Recording, PackedError> {
        read::recording(bytes, &mut self.known)
    }
}

/// Why bytes are no packed recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackedError {
    what: &'static str,
    at: usize,
}

impl fmt::Display for PackedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the packed recording is damaged at byte {}: {}", self.at, self.what)
    }
}

impl std::error::Error for PackedError {}

/// How a configuration is referred to: as it is, as one that is known, or as it is and known from
/// now on.
mod reference {
    use super::KNOWN;

    pub(super) const WHOLE: u64 = 0;
    pub(super) const GIVEN: u64 = 1;
    pub(super) const KEPT: u64 = GIVEN + KNOWN as u64;
}

#[cfg(test)]
mod tests;
