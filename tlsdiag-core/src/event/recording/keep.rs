//! How an event comes into a recording: its bytes are copied into the arena, within bounds.

use std::sync::Arc;
use std::time::Duration;

use super::{Beginning, Entry, Packed, Recording, Span};
#[cfg(feature = "openssl")]
use crate::event::Direction;
use crate::event::{EventBody, LocalConfiguration, State};

impl Recording {
    /// Appends an event and gives its number, or `None` where it was not kept: over the bounds, a secret, a `Paused`, an `Established` or an `Ended`.
    pub fn push(&mut self, elapsed: Duration, body: &EventBody<'_>) -> Option<u32> {
        self.push_at(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX), body)
    }

    /// As [`push`](Self::push), at so many nanoseconds.
    pub(crate) fn push_at(&mut self, elapsed: u64, body: &EventBody<'_>) -> Option<u32> {
        if matches!(
            body,
            EventBody::Secret(_)
                | EventBody::Paused { .. }
                | EventBody::Established { .. }
                | EventBody::Ended { .. }
        ) {
            return None;
        }
        let packed = if self.entries.len() < Self::MAX_EVENTS { self.pack(body) } else { None };
        self.enter(elapsed, packed)
    }

    /// As [`push_at`](Self::push_at), for the events that there are most of.
    #[cfg(feature = "openssl")]
    #[inline]
    pub(crate) fn push_message(&mut self, elapsed: u64, direction: Direction, bytes: &[u8]) -> Option<u32> {
        let span = if self.entries.len() < Self::MAX_EVENTS { self.keep(bytes) } else { None };
        self.enter(elapsed, span.map(|span| Packed::Message(direction, span)))
    }

    #[inline]
    fn enter(&mut self, elapsed: u64, packed: Option<Packed>) -> Option<u32> {
        let Some(body) = packed else {
            self.miss();
            return None;
        };
        let number = self.entries.len() as u32;
        self.entries.push(Entry { elapsed, body });
        Some(number)
    }

    fn pack(&mut self, body: &EventBody<'_>) -> Option<Packed> {
        Some(match *body {
            EventBody::Started { role, time, peer, expected_name, local } => {
                let expected_name = self.keep_optional(expected_name.map(str::as_bytes))?;
                let local = self.keep_configuration(local);
                self.beginnings.push(Beginning { role, time, peer, expected_name, local });
                Packed::Started(self.beginnings.len() as u32 - 1)
            }
            EventBody::Reconfigured { local } => Packed::Reconfigured(self.keep_configuration(local) as u32),
            EventBody::Message { direction, bytes } => Packed::Message(direction, self.keep(bytes)?),
            EventBody::Alert { direction, level, description } => {
                Packed::Alert(direction, level, description)
            }
            EventBody::ChangeCipherSpec { direction } => Packed::ChangeCipherSpec(direction),
            EventBody::Record { direction, header } => Packed::Record(direction, header),
            EventBody::State(State::HandshakeStarted) => Packed::HandshakeStarted,
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
                Packed::HandshakeDone { verify_result, resumed, peer_certificate }
            }
            EventBody::State(State::Failed { ssl_error, verify_result }) => {
                Packed::Failed { ssl_error, verify_result }
            }
            EventBody::State(State::Freed) => Packed::Freed,
            EventBody::State(State::Step(name)) => Packed::Step(self.keep(name.as_bytes())?),
            EventBody::Verify { depth, ok, accepted, error, certificate } => {
                Packed::Verify { depth, ok, accepted, error, certificate: self.keep_optional(certificate)? }
            }
            EventBody::SecurityDenied { operation, bits, nid } => {
                Packed::SecurityDenied { operation, bits, nid }
            }
            EventBody::Wire { direction, bytes } => Packed::Wire(direction, self.keep(bytes)?),
            EventBody::LibraryErrors(errors) => {
                let start = self.errors.len() as u32;
                self.errors.extend_from_slice(errors);
                Packed::LibraryErrors { start, end: self.errors.len() as u32 }
            }
            EventBody::Transport { direction, end, errno } => Packed::Transport(direction, end, errno),
            EventBody::Unacknowledged { bytes } => Packed::Unacknowledged(bytes),
            EventBody::Received { bytes } => Packed::Received(bytes),
            EventBody::NameChecked { name, matches } => {
                Packed::NameChecked { name: self.keep(name.as_bytes())?, matches }
            }
            EventBody::ApplicationData { direction } => Packed::ApplicationData(direction),
            EventBody::Secret(_)
            | EventBody::Paused { .. }
            | EventBody::Established { .. }
            | EventBody::Ended { .. } => return None,
        })
    }

    fn keep(&mut self, bytes: &[u8]) -> Option<Span> {
        let start = self.bytes.len();
        if start + bytes.len() > Self::MAX_BYTES {
            return None;
        }
        self.bytes.extend_from_slice(bytes);
        Some(Span { start: start as u32, length: bytes.len() as u32 })
    }

    /// `Some(None)` where there was nothing to keep, `None` where there was no room.
    pub(super) fn keep_optional(&mut self, bytes: Option<&[u8]>) -> Option<Option<Span>> {
        match bytes {
            None => Some(None),
            Some(bytes) => self.keep(bytes).map(Some),
        }
    }

    /// The local configuration at the beginning was this one.
    #[cfg(feature = "openssl")]
    pub(crate) fn correct_beginning(&mut self, local: &Arc<LocalConfiguration>) {
        let first = self.beginnings.first().map(|beginning| beginning.local);
        if let Some(place) = first.and_then(|at| self.configurations.get_mut(at)) {
            *place = Arc::clone(local);
        }
    }

    fn keep_configuration(&mut self, local: &Arc<LocalConfiguration>) -> usize {
        self.configurations.push(Arc::clone(local));
        self.configurations.len() - 1
    }
}
