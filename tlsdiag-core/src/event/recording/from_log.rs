//! How a log becomes a recording, whose arena it is.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Beginning, Entry, Packed, Recording, Span};
use crate::event::{Direction, EventBody, LocalConfiguration, Role, State};

impl Recording {
    /// Keeps a message whose bytes will lie there in the arena ([`give_arena`](Self::give_arena)).
    #[inline]
    pub(crate) fn keep_message_in_place(&mut self, elapsed: u64, direction: Direction, place: Range<usize>) {
        let span = Span { start: place.start as u32, length: place.len() as u32 };
        self.keep_entry(elapsed, Packed::Message(direction, span));
    }

    /// Gives away the arena of an empty recording, with the room that it has.
    #[cfg(feature = "openssl")]
    #[inline]
    pub(crate) fn take_arena(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Gets an arena back.
    #[inline]
    pub(crate) fn give_arena(&mut self, arena: Vec<u8>) {
        self.bytes = arena;
    }

    /// Keeps an event that has no bytes but a certificate, which will lie there in the arena.
    #[inline]
    pub(crate) fn keep_in_place(&mut self, elapsed: u64, body: &EventBody<'_>, certificate: Range<usize>) {
        let body = match *body {
            EventBody::Alert { direction, level, description } => {
                Packed::Alert(direction, level, description)
            }
            EventBody::ChangeCipherSpec { direction } => Packed::ChangeCipherSpec(direction),
            EventBody::Record { direction, header } => Packed::Record(direction, header),
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
                Packed::HandshakeDone { verify_result, resumed, peer_certificate }
            }
            EventBody::SecurityDenied { operation, bits, nid } => {
                Packed::SecurityDenied { operation, bits, nid }
            }
            EventBody::ApplicationData { direction } => Packed::ApplicationData(direction),
            EventBody::Verify { depth, ok, accepted, error, certificate: shown } => {
                let span = Span { start: certificate.start as u32, length: certificate.len() as u32 };
                Packed::Verify { depth, ok, accepted, error, certificate: shown.map(|_| span) }
            }
            _ => return self.miss(),
        };
        self.keep_entry(elapsed, body);
    }

    /// The handshake begins: all else about it is [filled in](Self::fill_in_beginning) before anybody looks at the events.
    #[inline]
    pub(crate) fn keep_beginning(&mut self) {
        self.keep_entry(0, Packed::Started(0));
        self.keep_entry(0, Packed::HandshakeStarted);
    }

    /// What was not known of the beginning when it was kept.
    pub(crate) fn fill_in_beginning(
        &mut self,
        role: Role,
        local: &Arc<LocalConfiguration>,
        time: SystemTime,
        peer: Option<SocketAddr>,
        expected_name: Option<&str>,
    ) {
        let expected_name = self.keep_optional(expected_name.map(str::as_bytes)).flatten();
        let beginning = Beginning { role, time, peer, expected_name, local: 0 };
        match (self.beginnings.first_mut(), self.configurations.first_mut()) {
            (Some(place), Some(configuration)) => {
                *place = beginning;
                configuration.clone_from(local);
            }
            _ => {
                self.beginnings.push(beginning);
                self.configurations.push(Arc::clone(local));
            }
        }
    }

    #[inline(always)]
    fn keep_entry(&mut self, elapsed: u64, body: Packed) {
        self.entries.push(Entry { elapsed, body });
    }
}
