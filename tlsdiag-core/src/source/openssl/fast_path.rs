//! The fast paths past a handshake: which of them are open, and what is kept on them. Nothing here allocates or panics; whatever needs
//! more is done at length (`progress`).

use std::ffi::c_int;
use std::sync::atomic::Ordering;

use super::clock::ticks;
use super::connection_state::{ConnectionState, fast};
use super::free_list;
use super::functions::SSL;
use super::handshake_state::{EXIT, HANDSHAKE_DONE, HANDSHAKE_START, HandshakeState, Phase};
use super::progress::is_pending;
use super::subscription::bit;
use crate::event::noted::About;
use crate::event::{Direction, EventKind, shows_certificate};

/// The paths that are fast where a deferred recording has just begun, as [`HandshakeState::fast_paths`] would find.
const DEFERRED: u8 =
    fast::STEPS | fast::SEEN_STEPS | fast::FIRST | fast::KEEP | fast::ALERTS | fast::DEFERRED;

/// The paths that are fast where a deferred recording waits for its client's first words: as [`DEFERRED`] with a first header behind it, but
/// nothing is kept any more.
pub(super) const AWAITING_PEER_VERDICT: u8 =
    fast::STEPS | fast::SEEN_STEPS | fast::HEADERS | fast::ALERTS | fast::DEFERRED;

impl HandshakeState {
    /// The ways past this handshake that are short as it stands.
    pub(super) fn fast_paths(&self, connection: &ConnectionState) -> u8 {
        let unwanted = |kind, way| if self.wanted & bit(kind) == 0 { way } else { 0 };
        let chains = connection.symbols.chains_messages.load(Ordering::Relaxed);
        let interposed = connection.interposed.load(Ordering::Relaxed);
        let seen = |way| if interposed { way } else { 0 };
        match self.phase {
            Phase::Open => {}
            Phase::Over | Phase::Dead if !chains && !self.data_in_headers => {
                return fast::OVER | fast::HEADERS | seen(fast::ALERTS);
            }
            _ => return 0,
        }
        let steps = unwanted(EventKind::Step, fast::STEPS | seen(fast::SEEN_STEPS));
        if chains {
            return steps;
        }
        let only_kept = self.messages_heard
            && !self.live
            && self.wanted & bit(EventKind::Message) != 0
            && !self.hello_request_sent
            && !self.awaiting_peer_verdict
            && self.post_handshake.is_none()
            && interposed;
        let headers = match (self.data_in_headers, self.heard_record) {
            (true, _) => 0,
            (false, true) => unwanted(EventKind::Record, fast::HEADERS),
            (false, false) if only_kept => unwanted(EventKind::Record, fast::FIRST),
            (false, false) => 0,
        };
        let defer = if self.deferred && self.fast_path_only { fast::DEFERRED } else { 0 };
        steps | headers | if only_kept { fast::KEEP | fast::ALERTS | defer } else { 0 }
    }

    /// What the info callback says of a deferred recording in its usual course; `false` where it is to be done at length, and nothing has been
    /// done.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[inline(always)]
    pub(super) unsafe fn info_fast(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        place: c_int,
        value: c_int,
    ) -> bool {
        // SAFETY: passed on.
        unsafe {
            if place & EXIT != 0 {
                if value <= 0 {
                    return self.phase == Phase::Open
                        && is_pending((connection.symbols.f.SSL_get_error)(ssl, value));
                }
                if !self.done {
                    return false;
                }
                if self.awaiting_peer_verdict || self.waits_for_first_words_now() {
                    return self.linger_fast(connection);
                }
                return self.settle_fast(connection, ssl);
            }
            if place & HANDSHAKE_DONE != 0 {
                return self.phase == Phase::Open && self.done_fast(connection, ssl);
            }
            if place & HANDSHAKE_START == 0 || self.phase != Phase::Idle || !self.defer(connection, ssl) {
                return false;
            }
        }
        connection.open_fast_paths(DEFERRED);
        true
    }

    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn done_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        const TLS1_3: u16 = 0x0304;
        let [of_peer, of_ours] = self.shown;
        // Whoever shows no certificate resumes a session, or has none; and until TLS 1.3 it is not over yet.
        if self.done || !of_ours || self.version != TLS1_3 {
            return false;
        }
        let f = &connection.symbols.f;
        // SAFETY: passed on; getters.
        let verify_result = unsafe {
            if !(self.is_for_failures() || self.has_certificate_as_deferred(connection, ssl)) {
                return false;
            }
            // Without a certificate there was nothing to verify.
            if of_peer { (f.SSL_get_verify_result)(ssl) } else { 0 }
        };
        let verify_result = verify_result as i64;
        if !self.notes.write(About::Done, 0, ticks(), &verify_result.to_ne_bytes())
            && !self.keep_done(verify_result)
        {
            return false;
        }
        self.done = true;
        self.fast_path_only = verify_result == 0;
        true
    }

    #[inline(never)]
    fn keep_done(&mut self, verify_result: i64) -> bool {
        let Some(recording) = self.recording.as_mut().filter(|recording| recording.has_room(0)) else {
            return false;
        };
        self.last = self.last.max(self.watch.elapsed());
        recording.keep_done(self.last, verify_result, false, None);
        true
    }

    /// The handshake is over, and a server of TLS 1.3 waits for its client's first words: see [`AWAITING_PEER_VERDICT`].
    #[inline(always)]
    fn linger_fast(&mut self, connection: &ConnectionState) -> bool {
        self.awaiting_peer_verdict = true;
        if self.is_told_when_established() {
            return false;
        }
        connection.open_fast_paths(AWAITING_PEER_VERDICT);
        true
    }

    /// The client's first words have come.
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    pub(super) unsafe fn first_words_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        // SAFETY: passed on.
        self.awaiting_peer_verdict && self.done && unsafe { self.settle_fast(connection, ssl) }
    }

    /// The end of a deferred recording that nobody wants to hear of, or that is quickly told.
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn settle_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        if self.is_usual_and_healthy(connection) {
            if let Some(mut recording) = self.recording.take() {
                if self.notes.is_open() {
                    recording.give_arena(self.notes.close());
                }
                free_list::give_back(recording);
            }
        // SAFETY: passed on.
        } else if unsafe { !self.tell_fast(connection, ssl) } {
            return false;
        }
        self.phase = Phase::Over;
        (self.deferred, self.awaiting_peer_verdict, self.wanted) = (false, false, 0);
        connection.open_fast_paths(fast::OVER | fast::HEADERS | fast::ALERTS);
        // Of what is said from now on nothing is news. Null is safe here: of a record that is received OpenSSL tells by calls that it
        // looks before one by one.
        if !connection.symbols.chains_messages.load(Ordering::Relaxed) {
            self.give_back();
            // SAFETY: a live SSL of this thread; a setter that stores a pointer.
            unsafe { (connection.symbols.f.SSL_set_msg_callback)(ssl, None) };
        }
        true
    }

    /// Notes a message; `false` where no notes are taken, or there is no room.
    #[inline(always)]
    pub(super) fn note_message(&mut self, sent: c_int, version: c_int, bytes: &[u8]) -> bool {
        if let Some(shows) = shows_certificate(bytes) {
            self.shown[usize::from(sent != 0)] = shows;
        }
        self.version = version as u16;
        self.notes.write(About::Message, sent as u8, ticks(), bytes)
    }

    /// As [`message`](Self::message) where [`fast::KEEP`] holds; `false` where it is to be done at length.
    #[inline(always)]
    pub(super) fn keep_message(&mut self, direction: Direction, version: c_int, bytes: &[u8]) -> bool {
        const HELLO_REQUEST: u8 = 0;
        const NEW_SESSION_TICKET: u8 = 4;
        let kind = bytes.first().copied().unwrap_or(HELLO_REQUEST);
        let Some(recording) = self.recording.as_mut().filter(|recording| recording.has_room(bytes.len()))
        else {
            return false;
        };
        if kind == HELLO_REQUEST || (self.done && kind != NEW_SESSION_TICKET) {
            return false;
        }
        if let Some(shows) = shows_certificate(bytes) {
            self.shown[(direction == Direction::Sent) as usize] = shows;
        }
        self.version = version as u16;
        self.last = self.last.max(self.watch.elapsed());
        recording.keep_message(self.last, direction, bytes);
        true
    }

    /// The first header that is received, or a change_cipher_spec, likewise, where no notes are taken.
    pub(super) fn keep_header(&mut self, about: About, sent: u8, header: &[u8]) -> bool {
        let Some(recording) = self.recording.as_mut().filter(|recording| recording.has_room(0)) else {
            return false;
        };
        let direction = if sent != 0 { Direction::Sent } else { Direction::Received };
        match header.try_into() {
            Ok(header) if about == About::Record => {
                recording.keep_record(self.last, direction, header);
                self.heard_record = true;
            }
            _ if self.wanted & bit(EventKind::ChangeCipherSpec) == 0 => return false,
            _ => {
                self.header_was_ccs = sent == 0;
                recording.keep_change_cipher_spec(self.last, direction);
            }
        }
        true
    }

    /// As [`security_denied`](Self::security_denied), likewise.
    pub(super) fn keep_denial(&mut self, operation: i32, bits: i32, nid: i32) -> bool {
        let [a, b, c] = [operation, bits, nid].map(i32::to_ne_bytes);
        if self.notes.write(About::Denied, 0, ticks(), [a, b, c].as_flattened()) {
            return true;
        }
        if self.wanted & bit(EventKind::SecurityDenied) == 0 {
            return false;
        }
        let Some(recording) = self.recording.as_mut().filter(|recording| recording.has_room(0)) else {
            return false;
        };
        recording.keep_security_denied(self.last, operation, bits, nid);
        true
    }
}
