//! How events come into a handshake's log. What the fast paths call allocates nothing, and nothing
//! here panics.

use std::ffi::c_int;

use super::super::super::phase::Phase;
use super::super::super::sys::constants::message::{HELLO_REQUEST, NEW_SESSION_TICKET};
use super::super::subscription::bit;
use super::HandshakeState;
use crate::event::log::{Done, EntryKind, VerifyHead};
use crate::event::{EventBody, EventKind, Recording, shows_certificate};

/// On the fast paths. Each gives `false` where there is no room, or more is to be done than to log
/// it.
impl HandshakeState {
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
        self.spoke_last = sent != 0;
        self.log.write(EntryKind::Message, sent as u8, self.watch.moment(), bytes)
    }

    /// What the security callback denied.
    pub(crate) fn log_denial(&mut self, operation: i32, bits: i32, nid: i32) -> bool {
        let numbers = [operation, bits, nid].map(i32::to_ne_bytes);
        self.wanted & bit(EventKind::SecurityDenied) != 0
            && self.log.write(EntryKind::Denied, 0, self.watch.moment(), numbers.as_flattened())
    }

    /// A certificate that is in order.
    pub(crate) fn log_verified(&mut self, depth: u32, error: i32) -> bool {
        let head = VerifyHead::encode(depth, error, true, true);
        self.wanted & bit(EventKind::Verify) != 0
            && self.log.write(EntryKind::Verify, 0, self.watch.moment(), &head)
    }

    pub(crate) fn log_change_cipher_spec(&mut self, sent: u8) -> bool {
        self.log.write(EntryKind::ChangeCipherSpec, sent, self.watch.moment(), &[])
    }

    pub(crate) fn log_record(&mut self, sent: u8, header: &[u8; 5]) -> bool {
        self.log.write(EntryKind::Record, sent, self.watch.moment(), header)
    }

    pub(crate) fn log_start(&mut self) -> bool {
        self.log.write(EntryKind::HandshakeStarted, 0, self.watch.moment(), &[])
    }

    pub(crate) fn log_done(&mut self, verify_result: i64) -> bool {
        let head = Done::encode(verify_result, false, None);
        self.log.write(EntryKind::Done, 0, self.watch.moment(), &head)
    }
}

impl HandshakeState {
    /// Logs any event at the latest stamp, and gives its number, if it was kept. The log may grow.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) fn log_event(&mut self, body: &EventBody<'_>) -> Option<u32> {
        let recording = self.recording.as_mut()?;
        recording.give_open_log(self.log.close());
        let number = recording.push_at(self.moment, body);
        self.log.open(recording.take_log());
        number
    }

    /// Shows the recording as it stands.
    pub(crate) fn with_recording<T>(&mut self, show: impl FnOnce(&mut Self, &Recording) -> T) -> Option<T> {
        let mut recording = self.recording.take()?;
        recording.give_log(self.log.close());
        let shown = show(self, &recording);
        self.log.open(recording.take_log());
        self.recording = Some(recording);
        Some(shown)
    }
}
