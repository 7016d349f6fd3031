//! The log of a handshake: entries, one after the other. It is the same in memory, in shared memory
//! and on a socket.
//!
//! The hooks (`source::openssl`) append an entry on each callback and make no events. A
//! [`Recording`] is such a log with what is not bytes; it decodes an entry when somebody asks for
//! its event. Where all goes well, nobody in that process does, and the log is transferred as it is
//! ([`Packer::pack_log`](super::transfer::Packer::pack_log)).

mod entry;

use std::ops::Range;

#[cfg(feature = "openssl")]
pub(crate) use entry::{Done, EntryKind, VerifyHead};
pub(crate) use entry::{Entry, Tables, decode};

use super::Direction;

/// Bytes before those of an entry: its moment in ticks, its length as u32, and as u32 its
/// [kind](EntryKind) and, shifted by [`SENT`], whether it was sent.
pub(crate) const HEAD: usize = 16;
pub(crate) const SENT: u32 = 8;

/// Most bytes and most events of one connection that are kept.
pub(super) const MAX_BYTES: usize = 1 << 20;
pub(super) const MAX_EVENTS: usize = 4096;

/// How moments in ticks become time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// The beginning, in ticks.
    pub(crate) began: u64,
    /// Nanoseconds of a tick, times 2^32.
    pub(crate) rate: u64,
}

/// Moments are nanoseconds since the beginning.
impl Default for Pace {
    fn default() -> Self {
        Pace { began: 0, rate: Self::NANOSECONDS }
    }
}

impl Pace {
    /// The rate of nanoseconds.
    pub(crate) const NANOSECONDS: u64 = 1 << 32;

    /// Nanoseconds from the beginning to a moment.
    #[inline]
    pub(crate) fn at(self, moment: u64) -> u64 {
        ((u128::from(moment.saturating_sub(self.began)) * u128::from(self.rate)) >> 32) as u64
    }

    /// The moment so many nanoseconds after the beginning.
    pub(crate) fn moment(self, nanoseconds: u64) -> u64 {
        let ticks = (u128::from(nanoseconds) << 32).div_ceil(u128::from(self.rate.max(1)));
        self.began.saturating_add(u64::try_from(ticks).unwrap_or(u64::MAX))
    }
}

/// Where one entry lies, and what it is about.
pub(crate) struct LogEntry {
    pub(crate) moment: u64,
    /// An [`EntryKind`], if it is one that is known.
    pub(crate) about: u8,
    pub(crate) direction: Direction,
    /// Where among the others its bytes are.
    pub(crate) place: Range<usize>,
}

/// The entry whose head lies there; its bytes may be cut off.
pub(crate) fn entry_at(log: &[u8], at: usize) -> Option<LogEntry> {
    let (head, _) = log.get(at..)?.split_first_chunk::<HEAD>()?;
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *head;
    let start = at + HEAD;
    let place = start..start + u32::from_ne_bytes([i, j, k, l]) as usize;
    let moment = u64::from_ne_bytes([a, b, c, d, e, f, g, h]);
    let what = u32::from_ne_bytes([m, n, o, p]);
    let direction = if what >> SENT != 0 { Direction::Sent } else { Direction::Received };
    Some(LogEntry { moment, about: what as u8, direction, place })
}

/// The entries of a log, in order.
pub(crate) fn entries(log: &[u8]) -> impl Iterator<Item = LogEntry> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let entry = entry_at(log, at)?;
        at = entry.place.end;
        Some(entry)
    })
}

/// Whether this is a log from the first byte to the last, whose entries all are events, and no more
/// of them than a recording holds.
pub(super) fn is_whole(log: &[u8], tables: &Tables) -> bool {
    // One event is that of the beginning.
    let (mut end, mut count) = (0, 1);
    for LogEntry { about, direction, place, .. } in entries(log) {
        (end, count) = (place.end, count + 1);
        let event = log.get(place).and_then(|bytes| decode(about, direction, bytes, tables));
        if event.is_none() {
            return false;
        }
    }
    end == log.len() && count <= MAX_EVENTS && end <= MAX_BYTES
}

/// Appends an entry.
pub(crate) fn append(log: &mut Vec<u8>, moment: u64, entry: &Entry<'_>) {
    log.extend_from_slice(&moment.to_ne_bytes());
    log.extend_from_slice(&(entry.len() as u32).to_ne_bytes());
    log.extend_from_slice(&(entry.kind as u32 | u32::from(entry.sent) << SENT).to_ne_bytes());
    log.extend_from_slice(entry.head());
    log.extend_from_slice(entry.bytes);
}
