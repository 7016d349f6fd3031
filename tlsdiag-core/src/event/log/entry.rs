//! What an entry of a log says: an event as bytes and back.
//!
//! An entry has a head of fixed length, which depends on its kind, and after it the event's bytes
//! or text, if it has any. Numbers are in this machine's order, since a log never leaves it.

use std::sync::Arc;

use crate::event::{Direction, EventBody, LibraryError, LocalConfiguration, State, TransportEnd};

/// What an entry is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum EntryKind {
    /// A handshake message; its bytes follow.
    Message = 1,
    /// A record's header; it follows.
    Record = 2,
    ChangeCipherSpec = 3,
    /// `SSL_CB_HANDSHAKE_DONE`: see [`Done`].
    Done = 4,
    /// What the security callback denied: operation, bits and nid.
    Denied = 5,
    /// Level and description.
    Alert = 6,
    ApplicationData = 7,
    /// See [`VerifyHead`]; the certificate follows, if any.
    Verify = 8,
    HandshakeStarted = 9,
    /// OpenSSL's words.
    Step = 10,
    /// Bytes as they went over the transport.
    Wire = 11,
    /// The value of `SSL_get_error` and, as i64, the verify result.
    Failed = 12,
    Freed = 13,
    /// How it ended, as a byte, and `errno`.
    Transport = 14,
    /// How many bytes, as u32.
    Unacknowledged = 15,
    /// How many bytes, as u64.
    Received = 16,
    /// Whether the certificate has the name, as a byte; the name follows.
    NameChecked = 17,
    /// Which one of [`Tables::configurations`], as u32.
    Reconfigured = 18,
    /// Which ones of [`Tables::errors`]: the first and the one after the last, as u32.
    LibraryErrors = 19,
}

impl EntryKind {
    const ALL: [EntryKind; 19] = [
        EntryKind::Message,
        EntryKind::Record,
        EntryKind::ChangeCipherSpec,
        EntryKind::Done,
        EntryKind::Denied,
        EntryKind::Alert,
        EntryKind::ApplicationData,
        EntryKind::Verify,
        EntryKind::HandshakeStarted,
        EntryKind::Step,
        EntryKind::Wire,
        EntryKind::Failed,
        EntryKind::Freed,
        EntryKind::Transport,
        EntryKind::Unacknowledged,
        EntryKind::Received,
        EntryKind::NameChecked,
        EntryKind::Reconfigured,
        EntryKind::LibraryErrors,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte).checked_sub(1)?).copied()
    }
}

/// What entries refer to by number, since it is not bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) configurations: Vec<Arc<LocalConfiguration>>,
    pub(crate) errors: Vec<LibraryError>,
}

impl Tables {
    pub(crate) fn clear(&mut self) {
        self.configurations.clear();
        if !self.errors.is_empty() {
            self.errors.clear();
        }
    }
}

/// The head of a [`Done`](EntryKind::Done): the verify result, and whether a session was resumed
/// that has the peer's certificate.
pub(crate) struct Done;

impl Done {
    pub(crate) const LENGTH: usize = 9;
    const NOT_RESUMED: u8 = 0;
    const RESUMED: u8 = 1;
    const WITHOUT_CERTIFICATE: u8 = 2;
    const WITH_CERTIFICATE: u8 = 3;

    #[inline]
    pub(crate) fn encode(
        verify_result: i64,
        resumed: bool,
        peer_certificate: Option<bool>,
    ) -> [u8; Self::LENGTH] {
        let mut head = [0; Self::LENGTH];
        head[..8].copy_from_slice(&verify_result.to_ne_bytes());
        head[8] = match (resumed, peer_certificate) {
            (false, _) => Self::NOT_RESUMED,
            (true, None) => Self::RESUMED,
            (true, Some(false)) => Self::WITHOUT_CERTIFICATE,
            (true, Some(true)) => Self::WITH_CERTIFICATE,
        };
        head
    }

    fn decode(bytes: &[u8]) -> Option<State<'static>> {
        let (result, &[session]) = bytes.split_first_chunk()? else { return None };
        Some(State::HandshakeDone {
            verify_result: i64::from_ne_bytes(*result),
            resumed: session != Self::NOT_RESUMED,
            peer_certificate: match session {
                Self::WITH_CERTIFICATE => Some(true),
                Self::WITHOUT_CERTIFICATE => Some(false),
                _ => None,
            },
        })
    }
}

/// The head of a [`Verify`](EntryKind::Verify): depth, error, whether the library found the
/// certificate in order, and whether it was accepted.
pub(crate) struct VerifyHead;

impl VerifyHead {
    pub(crate) const LENGTH: usize = 10;

    #[inline]
    pub(crate) fn encode(depth: u32, error: i32, ok: bool, accepted: bool) -> [u8; Self::LENGTH] {
        let mut head = [0; Self::LENGTH];
        head[..4].copy_from_slice(&depth.to_ne_bytes());
        head[4..8].copy_from_slice(&error.to_ne_bytes());
        (head[8], head[9]) = (ok.into(), accepted.into());
        head
    }

    fn decode(bytes: &[u8]) -> Option<EventBody<'_>> {
        let (&[a, b, c, d, e, f, g, h, ok, accepted], certificate) = bytes.split_first_chunk()?;
        Some(EventBody::Verify {
            depth: u32::from_ne_bytes([a, b, c, d]),
            error: i32::from_ne_bytes([e, f, g, h]),
            ok: ok != 0,
            accepted: accepted != 0,
            certificate: (!certificate.is_empty()).then_some(certificate),
        })
    }
}

/// An event as an entry.
pub(crate) struct Entry<'a> {
    pub(crate) kind: EntryKind,
    pub(crate) sent: bool,
    head: [u8; Entry::HEAD_ROOM],
    head_length: usize,
    /// The event's bytes or text.
    pub(crate) bytes: &'a [u8],
}

impl<'a> Entry<'a> {
    /// More than any head has.
    const HEAD_ROOM: usize = 12;

    /// The entry of an event; `None` where a log has none for it.
    pub(crate) fn encode(body: &EventBody<'a>, tables: &mut Tables) -> Option<Self> {
        let plain = |kind| Entry::new(kind, &[], &[]);
        let directed = |kind, direction, head: &[u8], bytes| Entry {
            sent: direction == Direction::Sent,
            ..Entry::new(kind, head, bytes)
        };
        Some(match *body {
            EventBody::Message { direction, bytes } => directed(EntryKind::Message, direction, &[], bytes),
            EventBody::Record { direction, header } => directed(EntryKind::Record, direction, &header, &[]),
            EventBody::ChangeCipherSpec { direction } => {
                directed(EntryKind::ChangeCipherSpec, direction, &[], &[])
            }
            EventBody::Alert { direction, level, description } => {
                directed(EntryKind::Alert, direction, &[level, description], &[])
            }
            EventBody::ApplicationData { direction } => {
                directed(EntryKind::ApplicationData, direction, &[], &[])
            }
            EventBody::Wire { direction, bytes } => directed(EntryKind::Wire, direction, &[], bytes),
            EventBody::Transport { direction, end, errno } => {
                let [a, b, c, d] = errno.to_ne_bytes();
                directed(EntryKind::Transport, direction, &[end as u8, a, b, c, d], &[])
            }
            EventBody::Verify { depth, ok, accepted, error, certificate } => Entry::new(
                EntryKind::Verify,
                &VerifyHead::encode(depth, error, ok, accepted),
                certificate.unwrap_or_default(),
            ),
            EventBody::NameChecked { name, matches } => {
                Entry::new(EntryKind::NameChecked, &[matches.into()], name.as_bytes())
            }
            EventBody::SecurityDenied { operation, bits, nid } => {
                let numbers = [operation, bits, nid].map(i32::to_ne_bytes);
                Entry::new(EntryKind::Denied, numbers.as_flattened(), &[])
            }
            EventBody::Unacknowledged { bytes } => {
                Entry::new(EntryKind::Unacknowledged, &bytes.to_ne_bytes(), &[])
            }
            EventBody::Received { bytes } => Entry::new(EntryKind::Received, &bytes.to_ne_bytes(), &[]),
            EventBody::State(state) => match state {
                State::HandshakeStarted => plain(EntryKind::HandshakeStarted),
                State::Freed => plain(EntryKind::Freed),
                State::Step(name) => Entry::new(EntryKind::Step, &[], name.as_bytes()),
                State::HandshakeDone { verify_result, resumed, peer_certificate } => {
                    let head = Done::encode(verify_result, resumed, peer_certificate);
                    Entry::new(EntryKind::Done, &head, &[])
                }
                State::Failed { ssl_error, verify_result } => {
                    let mut head = [0; 12];
                    head[..4].copy_from_slice(&ssl_error.to_ne_bytes());
                    head[4..].copy_from_slice(&verify_result.to_ne_bytes());
                    Entry::new(EntryKind::Failed, &head, &[])
                }
            },
            EventBody::Reconfigured { local } => {
                let number = tables.configurations.len() as u32;
                tables.configurations.push(Arc::clone(local));
                Entry::new(EntryKind::Reconfigured, &number.to_ne_bytes(), &[])
            }
            EventBody::LibraryErrors(errors) => {
                let start = tables.errors.len() as u32;
                tables.errors.extend_from_slice(errors);
                let both = [start, tables.errors.len() as u32].map(u32::to_ne_bytes);
                Entry::new(EntryKind::LibraryErrors, both.as_flattened(), &[])
            }
            EventBody::Started { .. }
            | EventBody::Secret(_)
            | EventBody::Paused { .. }
            | EventBody::Established { .. }
            | EventBody::Ended { .. } => return None,
        })
    }

    fn new(kind: EntryKind, head: &[u8], bytes: &'a [u8]) -> Self {
        let mut room = [0; Self::HEAD_ROOM];
        room[..head.len()].copy_from_slice(head);
        Entry { kind, sent: false, head: room, head_length: head.len(), bytes }
    }

    pub(crate) fn head(&self) -> &[u8] {
        &self.head[..self.head_length]
    }

    /// How many bytes it has, after those that all entries have.
    pub(crate) fn len(&self) -> usize {
        self.head_length + self.bytes.len()
    }
}

/// The event of an entry with these bytes; `None` where it has none. Never panics.
#[inline]
pub(crate) fn decode<'a>(
    about: u8,
    direction: Direction,
    bytes: &'a [u8],
    tables: &'a Tables,
) -> Option<EventBody<'a>> {
    let empty = |body| bytes.is_empty().then_some(body);
    let number = || Some(u32::from_ne_bytes(bytes.try_into().ok()?));
    Some(match EntryKind::from_byte(about)? {
        EntryKind::Message => EventBody::Message { direction, bytes },
        EntryKind::Record => EventBody::Record { direction, header: bytes.try_into().ok()? },
        EntryKind::ChangeCipherSpec => return empty(EventBody::ChangeCipherSpec { direction }),
        EntryKind::Alert => {
            let &[level, description] = bytes else { return None };
            EventBody::Alert { direction, level, description }
        }
        EntryKind::ApplicationData => return empty(EventBody::ApplicationData { direction }),
        EntryKind::Wire => EventBody::Wire { direction, bytes },
        EntryKind::Transport => {
            let &[end, a, b, c, d] = bytes else { return None };
            EventBody::Transport {
                direction,
                end: transport_end(end),
                errno: i32::from_ne_bytes([a, b, c, d]),
            }
        }
        EntryKind::Verify => return VerifyHead::decode(bytes),
        EntryKind::NameChecked => {
            let (&matches, name) = bytes.split_first()?;
            EventBody::NameChecked { name: str::from_utf8(name).ok()?, matches: matches != 0 }
        }
        EntryKind::Denied => {
            let (&[a, b, c], []) = bytes.as_chunks() else { return None };
            let [operation, bits, nid] = [a, b, c].map(i32::from_ne_bytes);
            EventBody::SecurityDenied { operation, bits, nid }
        }
        EntryKind::Unacknowledged => EventBody::Unacknowledged { bytes: number()? },
        EntryKind::Received => EventBody::Received { bytes: u64::from_ne_bytes(bytes.try_into().ok()?) },
        EntryKind::HandshakeStarted => return empty(EventBody::State(State::HandshakeStarted)),
        EntryKind::Freed => return empty(EventBody::State(State::Freed)),
        EntryKind::Step => EventBody::State(State::Step(str::from_utf8(bytes).ok()?)),
        EntryKind::Done => EventBody::State(Done::decode(bytes)?),
        EntryKind::Failed => {
            let (error, result) = bytes.split_first_chunk()?;
            EventBody::State(State::Failed {
                ssl_error: i32::from_ne_bytes(*error),
                verify_result: i64::from_ne_bytes(result.try_into().ok()?),
            })
        }
        EntryKind::Reconfigured => {
            EventBody::Reconfigured { local: tables.configurations.get(number()? as usize)? }
        }
        EntryKind::LibraryErrors => {
            let (&[a, b], []) = bytes.as_chunks() else { return None };
            let [start, end] = [a, b].map(|bytes| u32::from_ne_bytes(bytes) as usize);
            EventBody::LibraryErrors(tables.errors.get(start..end)?)
        }
    })
}

fn transport_end(number: u8) -> TransportEnd {
    match number {
        0 => TransportEnd::Eof,
        1 => TransportEnd::Reset,
        2 => TransportEnd::Timeout,
        4 => TransportEnd::ShutDownHere,
        5 => TransportEnd::NotConnected,
        _ => TransportEnd::Other,
    }
}

#[cfg(test)]
mod tests;
