//! How events come into a handshake's log, and its log into a recording. Nothing here allocates but
//! for a certificate, nor panics.

use std::ffi::c_int;

use super::super::super::phase::Phase;
use super::super::super::sys::constants::message::{HELLO_REQUEST, NEW_SESSION_TICKET};
use super::HandshakeState;
use crate::event::log::{self, EntryKind, VERIFY_HEAD, resumed};
use crate::event::{Direction, EventBody, State, shows_certificate};

impl HandshakeState {
    /// Logs a message; `false` where no log is kept, or there is no room.
    #[inline(always)]
    pub(crate) fn log_message(&mut self, sent: c_int, version: c_int, bytes: &[u8]) -> bool {
        let kind = bytes.first().copied().unwrap_or(HELLO_REQUEST);
        if kind == HELLO_REQUEST || (self.phase != Phase::Handshaking && kind != NEW_SESSION_TICKET) {
            return false;
        }
        if let Some(shows) = shows_certificate(bytes) {
            self.shown[usize::from(sent != 0)] = shows;
        }
        self.version = version as u16;
        self.log.write(EntryKind::Message, sent as u8, self.watch.moment(), bytes)
    }

    /// Logs what the security callback denied; `false` likewise.
    pub(crate) fn log_denial(&mut self, operation: i32, bits: i32, nid: i32) -> bool {
        let [a, b, c] = [operation, bits, nid].map(i32::to_ne_bytes);
        self.log.write(EntryKind::Denied, 0, self.watch.moment(), [a, b, c].as_flattened())
    }

    /// Logs a certificate that is in order, likewise.
    pub(crate) fn log_verified(&mut self, depth: u32, error: i32) -> bool {
        self.log_verify(depth, true, true, error, &[])
    }

    /// Logs an event; `false` where no log is kept, there is no room, or a log has no entry of that
    /// kind.
    pub(crate) fn log_event(&mut self, body: &EventBody<'_>) -> bool {
        let moment = self.watch.moment();
        let sent = |direction| u8::from(direction == Direction::Sent);
        match *body {
            EventBody::Message { direction, bytes } => {
                self.log.write(EntryKind::Message, sent(direction), moment, bytes)
            }
            EventBody::Alert { direction, level, description } => {
                self.log.write(EntryKind::Alert, sent(direction), moment, &[level, description])
            }
            EventBody::ChangeCipherSpec { direction } => self.log_change_cipher_spec(sent(direction)),
            EventBody::Record { direction, ref header } => self.log_record(sent(direction), header),
            EventBody::ApplicationData { direction } => {
                self.log.write(EntryKind::ApplicationData, sent(direction), moment, &[])
            }
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
                self.log_done(verify_result, resumed, peer_certificate)
            }
            EventBody::SecurityDenied { operation, bits, nid } => self.log_denial(operation, bits, nid),
            EventBody::Verify { depth, ok, accepted, error, certificate } => {
                self.log_verify(depth, ok, accepted, error, certificate.unwrap_or_default())
            }
            _ => false,
        }
    }

    pub(crate) fn log_change_cipher_spec(&mut self, sent: u8) -> bool {
        self.log.write(EntryKind::ChangeCipherSpec, sent, self.watch.moment(), &[])
    }

    pub(crate) fn log_record(&mut self, sent: u8, header: &[u8; 5]) -> bool {
        self.log.write(EntryKind::Record, sent, self.watch.moment(), header)
    }

    pub(crate) fn log_done(
        &mut self,
        verify_result: i64,
        resumed: bool,
        peer_certificate: Option<bool>,
    ) -> bool {
        let mut bytes = [0; 9];
        bytes[..8].copy_from_slice(&verify_result.to_ne_bytes());
        bytes[8] = resumed::to_byte(resumed, peer_certificate);
        self.log.write(EntryKind::Done, 0, self.watch.moment(), &bytes)
    }

    fn log_verify(&mut self, depth: u32, ok: bool, accepted: bool, error: i32, certificate: &[u8]) -> bool {
        let mut head = [0; VERIFY_HEAD];
        head[..4].copy_from_slice(&depth.to_ne_bytes());
        head[4..8].copy_from_slice(&error.to_ne_bytes());
        (head[8], head[9]) = (ok.into(), accepted.into());
        if certificate.is_empty() {
            return self.log.write(EntryKind::Verify, 0, self.watch.moment(), &head);
        }
        let bytes = [&head[..], certificate].concat();
        self.log.write(EntryKind::Verify, 0, self.watch.moment(), &bytes)
    }

    /// The log becomes a recording. `errno` may change.
    #[inline(never)]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
    pub(crate) fn write_events(&mut self) {
        match self.recording.take() {
            Some(mut recording) => {
                let written = log::write_events(&mut recording, self.log.close(), self.watch.pace());
                (self.last, self.seen.header_was_ccs) = (written.last, written.spec_received);
                self.recording = Some(recording);
            }
            None => drop(self.log.close()),
        }
    }
}
