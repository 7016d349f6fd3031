//! The log of a handshake: entries, one after the other, in the same form in memory and between
//! processes.
//!
//! The hooks (`source::openssl`) append an entry on each callback and make no events. Where all
//! goes well, nobody in that process reads the log: it is transferred as it is
//! ([`Packer::pack_log`](super::transfer::Packer::pack_log)), and the collector makes a
//! [`Recording`] of it.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{ConnectionId, Direction, EventBody, LocalConfiguration, Recording, Role, State};

/// What an entry is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum EntryKind {
    /// A handshake message; its bytes follow.
    Message = 1,
    /// A record's header; it follows.
    Record = 2,
    ChangeCipherSpec = 3,
    /// `SSL_CB_HANDSHAKE_DONE`; the verify result follows, as i64, and [what the session is](resumed).
    Done = 4,
    /// What the security callback denied: operation, bits and nid follow.
    Denied = 5,
    /// Level and description follow.
    Alert = 6,
    ApplicationData = 7,
    /// Depth, error, whether it was in order and whether it was accepted follow, and the
    /// certificate, if any.
    Verify = 8,
}

impl EntryKind {
    const MESSAGE: u8 = EntryKind::Message as u8;
    const RECORD: u8 = EntryKind::Record as u8;
    const CHANGE_CIPHER_SPEC: u8 = EntryKind::ChangeCipherSpec as u8;
    const DONE: u8 = EntryKind::Done as u8;
    const DENIED: u8 = EntryKind::Denied as u8;
    const ALERT: u8 = EntryKind::Alert as u8;
    const APPLICATION_DATA: u8 = EntryKind::ApplicationData as u8;
    const VERIFY: u8 = EntryKind::Verify as u8;
}

/// Bytes before those of an entry: its moment in ticks, its length as u32, and as u32 its
/// [kind](EntryKind) and, shifted by [`SENT`], whether it was sent.
pub(crate) const HEAD: usize = 16;
pub(crate) const SENT: u32 = 8;

/// How moments in ticks become time.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Pace {
    /// The beginning, in ticks.
    pub(crate) began: u64,
    /// Nanoseconds of a tick, times 2^32.
    pub(crate) rate: u64,
}

impl Pace {
    /// The rate of nanoseconds.
    #[cfg(feature = "openssl")]
    pub(crate) const NANOSECONDS: u64 = 1 << 32;

    /// Nanoseconds from the beginning to a moment.
    #[inline]
    pub(crate) fn at(self, moment: u64) -> u64 {
        ((u128::from(moment.saturating_sub(self.began)) * u128::from(self.rate)) >> 32) as u64
    }
}

/// Whether a session was resumed, and whether it has the peer's certificate, as a byte.
pub(crate) mod resumed {
    pub(super) const NO: u8 = 0;
    #[cfg(feature = "openssl")]
    pub(super) const UNKNOWN: u8 = 1;
    pub(super) const WITHOUT_CERTIFICATE: u8 = 2;
    pub(super) const WITH_CERTIFICATE: u8 = 3;

    #[cfg(feature = "openssl")]
    pub(crate) fn to_byte(resumed: bool, peer_certificate: Option<bool>) -> u8 {
        match (resumed, peer_certificate) {
            (false, _) => NO,
            (true, None) => UNKNOWN,
            (true, Some(false)) => WITHOUT_CERTIFICATE,
            (true, Some(true)) => WITH_CERTIFICATE,
        }
    }
}

/// How many bytes a [`Verify`](EntryKind::Verify) has before its certificate.
pub(crate) const VERIFY_HEAD: usize = 10;

/// The log of a server's handshake that was established, with what it takes to make a recording of
/// it.
///
/// A recorder that can do with this takes it
/// ([`HandshakeRecorder::take_log`](crate::HandshakeRecorder::take_log)), and is spared what it
/// takes to make events of it.
#[derive(Clone, Copy, Debug)]
pub struct EventLog<'a> {
    pub(crate) connection: ConnectionId,
    /// When it began, in nanoseconds since 1970.
    pub(crate) time: u64,
    pub(crate) pace: Pace,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) local: &'a Arc<LocalConfiguration>,
    pub(crate) entries: &'a [u8],
}

impl EventLog<'_> {
    /// Whose log it is.
    #[must_use]
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Its recording, as [`Ended`](super::EventBody::Ended) would have brought it. Allocates.
    #[must_use]
    pub fn recording(&self) -> Recording {
        let mut recording = Recording::new(self.connection);
        write_events(&mut recording, self.entries.to_vec(), self.pace);
        let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(self.time);
        recording.fill_in_beginning(Role::Server, self.local, time, self.peer, None);
        recording
    }
}

/// One entry.
pub(crate) struct LogEntry {
    pub(crate) moment: u64,
    about: u8,
    direction: Direction,
    /// Where among the others its bytes are.
    pub(crate) place: Range<usize>,
}

/// The entries of a log, in order.
pub(crate) fn entries(log: &[u8]) -> impl Iterator<Item = LogEntry> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (head, _) = log.get(at..)?.split_first_chunk::<HEAD>()?;
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *head;
        let start = at + HEAD;
        at = start + u32::from_ne_bytes([i, j, k, l]) as usize;
        let moment = u64::from_ne_bytes([a, b, c, d, e, f, g, h]);
        let what = u32::from_ne_bytes([m, n, o, p]);
        let direction = if what >> SENT != 0 { Direction::Sent } else { Direction::Received };
        Some(LogEntry { moment, about: what as u8, direction, place: start..at })
    })
}

/// Whether this is a log from the first byte to the last, with no more entries than a recording
/// holds.
pub(super) fn is_whole(log: &[u8]) -> bool {
    // Two events are those of the beginning.
    let (mut end, mut count) = (0, 2);
    for LogEntry { place, .. } in entries(log) {
        (end, count) = (place.end, count + 1);
    }
    end == log.len() && count <= Recording::MAX_EVENTS && end <= Recording::MAX_BYTES
}

/// What a log that became events ended with.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "openssl"), allow(dead_code, reason = "of interest where the handshake may go on"))]
pub(crate) struct Written {
    /// The latest stamp, in nanoseconds.
    pub(crate) last: u64,
    /// The last change_cipher_spec was received.
    pub(crate) spec_received: bool,
}

/// Makes a recording of a log, which becomes its arena: all events but for what only its beginning
/// holds.
pub(crate) fn write_events(recording: &mut Recording, log: Vec<u8>, pace: Pace) -> Written {
    let mut written = Written { last: 0, spec_received: false };
    recording.keep_beginning();
    for LogEntry { moment, about, direction, place } in entries(&log) {
        let last = pace.at(moment).max(written.last);
        written.last = last;
        if about == EntryKind::MESSAGE {
            recording.keep_message_in_place(last, direction, place);
            continue;
        }
        if about == EntryKind::CHANGE_CIPHER_SPEC {
            written.spec_received = direction == Direction::Received;
        }
        let certificate = VERIFY_HEAD.min(place.len());
        let bytes = log.get(place.clone()).unwrap_or_default();
        if let Some(body) = body(about, direction, bytes) {
            recording.keep_in_place(last, &body, place.start + certificate..place.end);
        }
    }
    recording.give_arena(log);
    written
}

/// The event of an entry; `None` where it has none.
fn body(about: u8, direction: Direction, bytes: &[u8]) -> Option<EventBody<'_>> {
    Some(match about {
        EntryKind::MESSAGE => EventBody::Message { direction, bytes },
        EntryKind::CHANGE_CIPHER_SPEC => EventBody::ChangeCipherSpec { direction },
        EntryKind::RECORD => EventBody::Record { direction, header: bytes.try_into().ok()? },
        EntryKind::DONE => {
            let (result, session) = bytes.split_first_chunk()?;
            let session = session.first().copied().unwrap_or(resumed::NO);
            EventBody::State(State::HandshakeDone {
                verify_result: i64::from_ne_bytes(*result),
                resumed: session != resumed::NO,
                peer_certificate: match session {
                    resumed::WITH_CERTIFICATE => Some(true),
                    resumed::WITHOUT_CERTIFICATE => Some(false),
                    _ => None,
                },
            })
        }
        EntryKind::DENIED => {
            let &[a, b, c] = bytes.as_chunks().0 else { return None };
            let [operation, bits, nid] = [a, b, c].map(i32::from_ne_bytes);
            EventBody::SecurityDenied { operation, bits, nid }
        }
        EntryKind::ALERT => {
            let &[level, description] = bytes else { return None };
            EventBody::Alert { direction, level, description }
        }
        EntryKind::APPLICATION_DATA => EventBody::ApplicationData { direction },
        EntryKind::VERIFY => {
            let (&[a, b, c, d, e, f, g, h, ok, accepted], certificate) =
                bytes.split_first_chunk::<VERIFY_HEAD>()?;
            EventBody::Verify {
                depth: u32::from_ne_bytes([a, b, c, d]),
                error: i32::from_ne_bytes([e, f, g, h]),
                ok: ok != 0,
                accepted: accepted != 0,
                certificate: (!certificate.is_empty()).then_some(certificate),
            }
        }
        _ => return None,
    })
}

/// The events of a log, without their times.
#[cfg(feature = "openssl")]
pub(super) fn bodies(log: &[u8]) -> impl Iterator<Item = EventBody<'_>> {
    entries(log).filter_map(|LogEntry { about, direction, place, .. }| {
        body(about, direction, log.get(place).unwrap_or_default())
    })
}
