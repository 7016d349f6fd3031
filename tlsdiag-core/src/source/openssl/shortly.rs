//! The short ways past a story: which of them are open, and what is kept on them. Nothing here allocates or panics; whatever needs
//! more is done at length (`progress`).

use std::sync::atomic::Ordering;

use super::listener::bit;
use super::slot::{Slot, short};
use super::story::{Phase, Story};
use crate::event::{Direction, EventKind};

impl Story {
    /// The ways past this story that are short as it stands.
    pub(super) fn short_ways(&self, slot: &Slot) -> u8 {
        let unwanted = |kind, way| if self.wanted & bit(kind) == 0 { way } else { 0 };
        let chains = slot.symbols.chains_messages.load(Ordering::Relaxed);
        let supervised = slot.supervised.load(Ordering::Relaxed);
        let seen = |way| if supervised { way } else { 0 };
        match self.phase {
            Phase::Open => {}
            Phase::Over | Phase::Dead if !chains && !self.data_in_headers => {
                return short::OVER | seen(short::ALERTS);
            }
            _ => return 0,
        }
        let steps = unwanted(EventKind::Step, short::STEPS | seen(short::SEEN_STEPS));
        if chains {
            return steps;
        }
        let only_kept = self.messages_heard
            && !self.live
            && self.wanted & bit(EventKind::Message) != 0
            && !self.asked_again
            && !self.lingering
            && self.post_handshake.is_none()
            && supervised;
        let headers = match (self.data_in_headers, self.heard_record) {
            (true, _) => 0,
            (false, true) => unwanted(EventKind::Record, short::HEADERS),
            (false, false) if only_kept => unwanted(EventKind::Record, short::FIRST),
            (false, false) => 0,
        };
        steps | headers | if only_kept { short::KEEP | short::ALERTS } else { 0 }
    }

    /// As [`message`](Self::message) where [`short::KEEP`] holds; `false` where it is to be done at length.
    #[inline(always)]
    pub(super) fn keep_message(&mut self, direction: Direction, bytes: &[u8]) -> bool {
        const HELLO_REQUEST: u8 = 0;
        let Some(recording) = self.recording.as_mut().filter(|recording| recording.has_room(bytes.len()))
        else {
            return false;
        };
        if bytes.first().is_none_or(|kind| *kind == HELLO_REQUEST) {
            return false;
        }
        self.last = self.last.max(self.watch.elapsed());
        recording.keep_message(self.last, direction, bytes);
        true
    }

    /// The first header that is received, likewise.
    pub(super) fn keep_first_header(&mut self, header: [u8; 5]) -> bool {
        let Some(recording) = self.recording.as_mut().filter(|recording| recording.has_room(0)) else {
            return false;
        };
        self.heard_record = true;
        recording.keep_record(self.last, Direction::Received, header);
        true
    }

    /// A change_cipher_spec, likewise: one that is received is told by its header, one that is sent by its message.
    pub(super) fn keep_change_cipher_spec(&mut self, direction: Direction) -> bool {
        let wanted = self.wanted & bit(EventKind::ChangeCipherSpec) != 0;
        let Some(recording) = self.recording.as_mut().filter(|recording| wanted && recording.has_room(0))
        else {
            return false;
        };
        self.header_was_ccs = direction == Direction::Received;
        recording.keep_change_cipher_spec(self.last, direction);
        true
    }

    /// As [`security_denied`](Self::security_denied), likewise.
    pub(super) fn keep_denial(&mut self, operation: i32, bits: i32, nid: i32) -> bool {
        let wanted = self.wanted & bit(EventKind::SecurityDenied) != 0;
        let Some(recording) = self.recording.as_mut().filter(|recording| wanted && recording.has_room(0))
        else {
            return false;
        };
        recording.keep_security_denied(self.last, operation, bits, nid);
        true
    }

    /// As `emit` for the last event of most sketches; `false` where there is no room made for it.
    pub(super) fn keep_done(
        &mut self,
        verify_result: i64,
        resumed: bool,
        peer_certificate: Option<bool>,
    ) -> bool {
        let Some(recording) = self.recording.as_mut().filter(|recording| recording.has_room(0)) else {
            return false;
        };
        recording.keep_done(self.last, verify_result, resumed, peer_certificate);
        true
    }
}
