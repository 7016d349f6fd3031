//! How events come into a handshake's log, and its log into a recording. Nothing here allocates but for a certificate, nor panics.

use std::ffi::c_int;

use super::super::super::sys::constants::message::{HELLO_REQUEST, NEW_SESSION_TICKET};
use super::HandshakeState;
use crate::event::noted::{self, About, VERIFY_HEAD, resumed};
use crate::event::{Direction, EventBody, State, shows_certificate};

impl HandshakeState {
    /// Notes a message; `false` where no notes are taken, or there is no room.
    #[inline(always)]
    pub(crate) fn note_message(&mut self, sent: c_int, version: c_int, bytes: &[u8]) -> bool {
        let kind = bytes.first().copied().unwrap_or(HELLO_REQUEST);
        if kind == HELLO_REQUEST || (self.done && kind != NEW_SESSION_TICKET) {
            return false;
        }
        if let Some(shows) = shows_certificate(bytes) {
            self.shown[usize::from(sent != 0)] = shows;
        }
        self.version = version as u16;
        self.notes.write(About::Message, sent as u8, self.watch.moment(), bytes)
    }

    /// Notes what the security callback denied; `false` likewise.
    pub(crate) fn note_denial(&mut self, operation: i32, bits: i32, nid: i32) -> bool {
        let [a, b, c] = [operation, bits, nid].map(i32::to_ne_bytes);
        self.notes.write(About::Denied, 0, self.watch.moment(), [a, b, c].as_flattened())
    }

    /// Notes a certificate that is in order, likewise.
    pub(crate) fn note_verified(&mut self, depth: u32, error: i32) -> bool {
        self.note_verify(depth, true, true, error, &[])
    }

    /// Notes an event; `false` where notes are not taken, there is no room, or notes cannot tell it.
    pub(crate) fn note(&mut self, body: &EventBody<'_>) -> bool {
        let moment = self.watch.moment();
        let sent = |direction| u8::from(direction == Direction::Sent);
        match *body {
            EventBody::Message { direction, bytes } => {
                self.notes.write(About::Message, sent(direction), moment, bytes)
            }
            EventBody::Alert { direction, level, description } => {
                self.notes.write(About::Alert, sent(direction), moment, &[level, description])
            }
            EventBody::ChangeCipherSpec { direction } => self.note_change_cipher_spec(sent(direction)),
            EventBody::Record { direction, ref header } => self.note_record(sent(direction), header),
            EventBody::ApplicationData { direction } => {
                self.notes.write(About::ApplicationData, sent(direction), moment, &[])
            }
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
                self.note_done(verify_result, resumed, peer_certificate)
            }
            EventBody::SecurityDenied { operation, bits, nid } => self.note_denial(operation, bits, nid),
            EventBody::Verify { depth, ok, accepted, error, certificate } => {
                self.note_verify(depth, ok, accepted, error, certificate.unwrap_or_default())
            }
            _ => false,
        }
    }

    pub(crate) fn note_change_cipher_spec(&mut self, sent: u8) -> bool {
        self.notes.write(About::ChangeCipherSpec, sent, self.watch.moment(), &[])
    }

    pub(crate) fn note_record(&mut self, sent: u8, header: &[u8; 5]) -> bool {
        self.notes.write(About::Record, sent, self.watch.moment(), header)
    }

    pub(crate) fn note_done(
        &mut self,
        verify_result: i64,
        resumed: bool,
        peer_certificate: Option<bool>,
    ) -> bool {
        let mut bytes = [0; 9];
        bytes[..8].copy_from_slice(&verify_result.to_ne_bytes());
        bytes[8] = resumed::to_byte(resumed, peer_certificate);
        self.notes.write(About::Done, 0, self.watch.moment(), &bytes)
    }

    fn note_verify(&mut self, depth: u32, ok: bool, accepted: bool, error: i32, certificate: &[u8]) -> bool {
        let mut head = [0; VERIFY_HEAD];
        head[..4].copy_from_slice(&depth.to_ne_bytes());
        head[4..8].copy_from_slice(&error.to_ne_bytes());
        (head[8], head[9]) = (ok.into(), accepted.into());
        if certificate.is_empty() {
            return self.notes.write(About::Verify, 0, self.watch.moment(), &head);
        }
        let bytes = [&head[..], certificate].concat();
        self.notes.write(About::Verify, 0, self.watch.moment(), &bytes)
    }

    /// What has been noted becomes a recording. `errno` may change.
    #[inline(never)]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
    pub(crate) fn write_events(&mut self) {
        match self.recording.take() {
            Some(mut recording) => {
                let written = noted::write_events(&mut recording, self.notes.close(), self.watch.pace());
                (self.last, self.header_was_ccs) = (written.last, written.spec_received);
                self.recording = Some(recording);
            }
            None => drop(self.notes.close()),
        }
    }
}
