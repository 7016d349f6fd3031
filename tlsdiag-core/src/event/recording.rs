//! Everything that was recorded of one connection, in one arena.

mod from_log;
mod keep;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{
    ConnectionId, Direction, Event, EventBody, LibraryError, LocalConfiguration, Role, State, TransportEnd,
};

/// A connection's events in order, in two growing buffers that are reused: recording an event copies its bytes and
/// allocates nothing once the buffers are warm.
///
/// A peer decides how much it sends, so a recording is bounded: past [`Recording::MAX_BYTES`] or
/// [`Recording::MAX_EVENTS`] events are counted in [`missed`](Recording::missed) instead of being kept.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Recording {
    // What every event needs lies on one line.
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    connection: ConnectionId,
    missed: u32,
    beginnings: Vec<Beginning>,
    configurations: Vec<Arc<LocalConfiguration>>,
    errors: Vec<LibraryError>,
}

/// By hand for `clone_from`, which reuses the buffers of the recording that is overwritten.
impl Clone for Recording {
    fn clone(&self) -> Self {
        let mut copy = Recording::new(self.connection);
        copy.clone_from(self);
        copy
    }

    fn clone_from(&mut self, source: &Self) {
        self.connection = source.connection;
        self.entries.clone_from(&source.entries);
        self.bytes.clone_from(&source.bytes);
        self.beginnings.clone_from(&source.beginnings);
        self.configurations.clone_from(&source.configurations);
        self.errors.clone_from(&source.errors);
        self.missed = source.missed;
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Nanoseconds since the first event: half a thousand years are enough.
    elapsed: u64,
    body: Packed,
}

/// The large parts of [`EventBody::Started`], apart so that every other entry stays small.
#[derive(Clone, Copy, Debug)]
struct Beginning {
    role: Role,
    time: SystemTime,
    peer: Option<SocketAddr>,
    expected_name: Option<Span>,
    local: usize,
}

/// Where in the arena something lies. `u32` since [`Recording::MAX_BYTES`] fits.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    length: u32,
}

/// [`EventBody`] with its borrowed parts moved into the arena.
#[derive(Clone, Copy, Debug)]
enum Packed {
    Started(u32),
    Reconfigured(u32),
    Message(Direction, Span),
    Alert(Direction, u8, u8),
    ChangeCipherSpec(Direction),
    Record(Direction, [u8; 5]),
    HandshakeStarted,
    HandshakeDone { verify_result: i64, resumed: bool, peer_certificate: Option<bool> },
    Failed { ssl_error: i32, verify_result: i64 },
    Freed,
    Step(Span),
    Verify { depth: u32, ok: bool, accepted: bool, error: i32, certificate: Option<Span> },
    SecurityDenied { operation: i32, bits: i32, nid: i32 },
    Wire(Direction, Span),
    LibraryErrors { start: u32, end: u32 },
    Transport(Direction, TransportEnd, i32),
    Unacknowledged(u32),
    Received(u64),
    NameChecked { name: Span, matches: bool },
    ApplicationData(Direction),
}

impl Recording {
    /// Most bytes of one connection that are kept: a chain of 100 certificates and every hello fit many times over.
    pub const MAX_BYTES: usize = 1 << 20;
    /// Most events of one connection that are kept.
    pub const MAX_EVENTS: usize = 4096;

    /// As much as a usual mutual handshake needs, which is allocated beforehand.
    const ROOM_BYTES: usize = 16 * 1024;
    const ROOM_EVENTS: usize = 128;

    /// An empty recording.
    #[must_use]
    pub fn new(connection: ConnectionId) -> Self {
        Recording {
            connection,
            entries: Vec::new(),
            bytes: Vec::new(),
            beginnings: Vec::new(),
            configurations: Vec::new(),
            errors: Vec::new(),
            missed: 0,
        }
    }

    /// With room for a usual mutual handshake, so that filling it allocates nothing.
    #[must_use]
    pub fn with_room(connection: ConnectionId) -> Self {
        let mut recording = Recording::new(connection);
        recording.make_room();
        recording
    }

    /// Allocates what a usual mutual handshake needs, unless it is there.
    #[inline]
    pub(crate) fn make_room(&mut self) {
        // The small ones first, so that they lie together.
        self.beginnings.reserve(1);
        self.configurations.reserve(2);
        self.entries.reserve(Self::ROOM_EVENTS);
        self.bytes.reserve(Self::ROOM_BYTES);
    }

    /// Empties it for another connection and keeps its buffers.
    pub fn reset(&mut self, connection: ConnectionId) {
        self.connection = connection;
        self.entries.clear();
        self.bytes.clear();
        self.beginnings.clear();
        self.configurations.clear();
        if !self.errors.is_empty() {
            self.errors.clear();
        }
        self.missed = 0;
    }

    /// An empty one is of this connection from now on.
    #[cfg(feature = "openssl")]
    pub(crate) fn name(&mut self, connection: ConnectionId) {
        self.connection = connection;
    }

    /// Whether it has the room that [`make_room`](Self::make_room) makes, and no more than is worth keeping.
    #[cfg(feature = "openssl")]
    #[inline]
    pub(crate) fn has_its_room(&self) -> bool {
        self.entries.capacity() >= Self::ROOM_EVENTS
            && (Self::ROOM_BYTES..=4 * Self::ROOM_BYTES).contains(&self.bytes.capacity())
            && self.beginnings.capacity() >= 1
            && self.configurations.capacity() >= 2
    }

    /// How many bytes its arena can hold before it grows.
    #[cfg(feature = "openssl")]
    pub(crate) fn room(&self) -> usize {
        self.bytes.capacity()
    }

    /// Whose recording it is.
    #[must_use]
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// How many events it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Events that were not kept: past the bounds above, or raised while another was being recorded.
    #[must_use]
    pub fn missed(&self) -> u32 {
        self.missed
    }

    /// Counts an event that could not be kept.
    pub fn miss(&mut self) {
        self.missed = self.missed.saturating_add(1);
    }

    /// Counts events that somebody else could not keep.
    pub(super) fn miss_more(&mut self, missed: u32) {
        self.missed = self.missed.saturating_add(missed);
    }

    #[inline]
    fn bytes_at(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        self.bytes.get(start..start + span.length as usize).unwrap_or_default()
    }

    /// All bytes that its events refer to.
    #[inline]
    pub(super) fn arena(&self) -> &[u8] {
        &self.bytes
    }

    /// Where bytes of one of its events lie in the [arena](Self::arena): start and length. `None` for others.
    #[inline(always)]
    pub(super) fn place_of(&self, bytes: &[u8]) -> Option<(u32, u32)> {
        let start = (bytes.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        (start <= self.bytes.len()).then_some((start as u32, bytes.len() as u32))
    }

    fn text_at(&self, span: Span) -> &str {
        // Only whole `str`s are kept under a span that is read as text, so this cannot lose anything.
        std::str::from_utf8(self.bytes_at(span)).unwrap_or_default()
    }

    /// Whether all events are as asked; each comes with its nanoseconds since the first. As [`events`](Self::events) would tell,
    /// and several times faster: the question is put to an entry as it lies, without an event being made of it.
    #[inline]
    pub(crate) fn all(&self, mut ask: impl FnMut(u64, &EventBody<'_>) -> bool) -> bool {
        self.entries.iter().all(|entry| ask(entry.elapsed, &self.unpack(&entry.body)))
    }

    /// The events in order.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events { recording: self, next: 0 }
    }

    #[inline(always)]
    fn unpack(&self, body: &Packed) -> EventBody<'_> {
        match *body {
            Packed::Started(place) => {
                let Beginning { role, time, peer, expected_name, local } = self.beginnings[place as usize];
                EventBody::Started {
                    role,
                    time,
                    peer,
                    expected_name: expected_name.map(|span| self.text_at(span)),
                    local: &self.configurations[local],
                }
            }
            Packed::Reconfigured(local) => {
                EventBody::Reconfigured { local: &self.configurations[local as usize] }
            }
            Packed::Message(direction, span) => EventBody::Message { direction, bytes: self.bytes_at(span) },
            Packed::Alert(direction, level, description) => {
                EventBody::Alert { direction, level, description }
            }
            Packed::ChangeCipherSpec(direction) => EventBody::ChangeCipherSpec { direction },
            Packed::Record(direction, header) => EventBody::Record { direction, header },
            Packed::HandshakeStarted => EventBody::State(State::HandshakeStarted),
            Packed::HandshakeDone { verify_result, resumed, peer_certificate } => {
                EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate })
            }
            Packed::Failed { ssl_error, verify_result } => {
                EventBody::State(State::Failed { ssl_error, verify_result })
            }
            Packed::Freed => EventBody::State(State::Freed),
            Packed::Step(span) => EventBody::State(State::Step(self.text_at(span))),
            Packed::Verify { depth, ok, accepted, error, certificate } => EventBody::Verify {
                depth,
                ok,
                accepted,
                error,
                certificate: certificate.map(|span| self.bytes_at(span)),
            },
            Packed::SecurityDenied { operation, bits, nid } => {
                EventBody::SecurityDenied { operation, bits, nid }
            }
            Packed::Wire(direction, span) => EventBody::Wire { direction, bytes: self.bytes_at(span) },
            Packed::LibraryErrors { start, end } => {
                EventBody::LibraryErrors(&self.errors[start as usize..end as usize])
            }
            Packed::Transport(direction, end, errno) => EventBody::Transport { direction, end, errno },
            Packed::Unacknowledged(bytes) => EventBody::Unacknowledged { bytes },
            Packed::Received(bytes) => EventBody::Received { bytes },
            Packed::NameChecked { name, matches } => {
                EventBody::NameChecked { name: self.text_at(name), matches }
            }
            Packed::ApplicationData(direction) => EventBody::ApplicationData { direction },
        }
    }
}

/// The events of a [`Recording`], in order.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    recording: &'a Recording,
    next: usize,
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let entry = self.recording.entries.get(self.next)?;
        let event = Event {
            connection: self.recording.connection,
            sequence: self.next as u32,
            elapsed: Duration::from_nanos(entry.elapsed),
            body: self.recording.unpack(&entry.body),
        };
        self.next += 1;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> EventBody<'_> {
        EventBody::Message { direction: Direction::Sent, bytes }
    }

    #[test]
    fn what_goes_in_comes_out_in_order() {
        let mut recording = Recording::new(ConnectionId(7));
        let local = Arc::new(LocalConfiguration { security_level: 2, ..Default::default() });
        let started = EventBody::Started {
            role: Role::Client,
            time: SystemTime::UNIX_EPOCH,
            peer: None,
            expected_name: Some("example.org"),
            local: &local,
        };
        assert_eq!(recording.push(Duration::ZERO, &started), Some(0));
        assert_eq!(recording.push(Duration::from_micros(3), &message(b"\x01\0\0\0")), Some(1));
        let errors = [LibraryError { reason: 199, ..Default::default() }];
        recording.push(Duration::from_micros(4), &EventBody::LibraryErrors(&errors));

        let events: Vec<_> = recording.events().collect();
        assert_eq!(events.len(), 3);
        match events[0].body {
            EventBody::Started { role: Role::Client, expected_name: Some("example.org"), local, .. } => {
                assert_eq!(local.security_level, 2);
            }
            ref other => panic!("{other:?}"),
        }
        match events[1].body {
            EventBody::Message { bytes, .. } => assert_eq!(bytes, b"\x01\0\0\0"),
            ref other => panic!("{other:?}"),
        }
        assert_eq!(events[1].elapsed, Duration::from_micros(3));
        assert_eq!((events[2].connection, events[2].sequence), (ConnectionId(7), 2));
        assert!(matches!(events[2].body, EventBody::LibraryErrors([error]) if error.reason == 199));
    }

    #[test]
    fn it_is_bounded_and_counts_what_it_drops() {
        let mut recording = Recording::new(ConnectionId(1));
        let big = vec![0; Recording::MAX_BYTES - 10];
        assert!(recording.push(Duration::ZERO, &message(&big)).is_some());
        assert_eq!(recording.push(Duration::ZERO, &message(&[0; 11])), None);
        assert!(recording.push(Duration::ZERO, &message(&[0; 10])).is_some());
        for _ in 0..Recording::MAX_EVENTS {
            recording.push(Duration::ZERO, &message(&[]));
        }
        assert_eq!(recording.len(), Recording::MAX_EVENTS);
        assert_eq!(recording.missed(), 3);
        recording.reset(ConnectionId(2));
        assert_eq!((recording.len(), recording.missed()), (0, 0));
    }

    #[test]
    fn a_secret_is_never_kept() {
        let mut recording = Recording::new(ConnectionId(1));
        let secret = EventBody::Secret(super::super::Secret::new("CLIENT_RANDOM 00 feed"));
        assert_eq!(recording.push(Duration::ZERO, &secret), None);
        assert!(recording.is_empty() && recording.missed() == 0);
    }
}
