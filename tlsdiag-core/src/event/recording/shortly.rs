//! The short ways into a recording, for what comes many times in each handshake: within the room that was made beforehand, so that
//! nothing is allocated and no bound is near.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Beginning, Entry, Packed, Recording, Span};
use crate::event::{Direction, LocalConfiguration, Role};

impl Recording {
    /// Whether another event with so many bytes fits where there is room anyhow.
    #[cfg(feature = "openssl")]
    #[inline(always)]
    pub(crate) fn has_room(&self, length: usize) -> bool {
        // Asked by capacity, by which the compiler knows that no buffer grows. Where the arena was taken there is none.
        self.entries.len() < self.entries.capacity() && length < self.bytes.capacity() - self.bytes.len()
    }

    /// Keeps a message, for which there [is room](Self::has_room).
    #[cfg(feature = "openssl")]
    #[inline(always)]
    pub(crate) fn keep_message(&mut self, elapsed: u64, direction: Direction, bytes: &[u8]) {
        let span = Span { start: self.bytes.len() as u32, length: bytes.len() as u32 };
        self.bytes.extend_from_slice(bytes);
        self.keep_entry(elapsed, Packed::Message(direction, span));
    }

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

    /// As [`keep_message`](Self::keep_message).
    #[inline]
    pub(crate) fn keep_security_denied(&mut self, elapsed: u64, operation: i32, bits: i32, nid: i32) {
        self.keep_entry(elapsed, Packed::SecurityDenied { operation, bits, nid });
    }

    /// As [`keep_message`](Self::keep_message).
    #[inline]
    pub(crate) fn keep_change_cipher_spec(&mut self, elapsed: u64, direction: Direction) {
        self.keep_entry(elapsed, Packed::ChangeCipherSpec(direction));
    }

    /// As [`keep_message`](Self::keep_message).
    #[inline]
    pub(crate) fn keep_record(&mut self, elapsed: u64, direction: Direction, header: [u8; 5]) {
        self.keep_entry(elapsed, Packed::Record(direction, header));
    }

    /// As [`keep_message`](Self::keep_message), for `HandshakeDone`.
    #[inline]
    pub(crate) fn keep_done(
        &mut self,
        elapsed: u64,
        verify_result: i64,
        resumed: bool,
        peer_certificate: Option<bool>,
    ) {
        self.keep_entry(elapsed, Packed::HandshakeDone { verify_result, resumed, peer_certificate });
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
