//! The fast paths past a handshake: which of them are open, and what is kept on them. Nothing here allocates or panics; whatever needs
//! more is done at length (`progress`).

use std::ffi::c_int;
use std::sync::atomic::Ordering;

use super::super::state::connection::{ConnectionState, fast};
use super::super::state::free_list;
use super::super::sys::functions::SSL;
use super::super::state::handshake::{EXIT, HANDSHAKE_DONE, HANDSHAKE_START, HandshakeState, Phase};
use super::progress::is_pending;
use super::super::state::subscription::bit;
use crate::event::noted::{About, VERIFY_HEAD, resumed};
use crate::event::{Direction, EventBody, EventKind, State, shows_certificate};

/// The paths that are fast where a deferred recording has just begun, as [`HandshakeState::fast_paths`] would find.
const DEFERRED: u8 =
    fast::STEPS | fast::SEEN_STEPS | fast::FIRST | fast::KEEP | fast::ALERTS | fast::DEFERRED;

/// The paths that are fast where a deferred recording waits for its client's first words: as [`DEFERRED`] with a first header behind it, but
/// nothing is kept any more.
pub(crate) const AWAITING_PEER_VERDICT: u8 =
    fast::STEPS | fast::SEEN_STEPS | fast::HEADERS | fast::ALERTS | fast::DEFERRED;

impl HandshakeState {
    /// The ways past this handshake that are short as it stands.
    pub(crate) fn fast_paths(&self, connection: &ConnectionState) -> u8 {
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
    pub(crate) unsafe fn info_fast(
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
                    return self.linger_fast(connection, ssl);
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
        if !self.note_done(verify_result, false, None) {
            return false;
        }
        self.done = true;
        self.fast_path_only = verify_result == 0;
        true
    }

    /// The handshake is over, and a server of TLS 1.3 waits for its client's first words: see [`AWAITING_PEER_VERDICT`].
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn linger_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        self.awaiting_peer_verdict = true;
        // SAFETY: passed on.
        if self.is_told_when_established() && unsafe { !self.tell_established_fast(connection, ssl) } {
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
    pub(crate) unsafe fn first_words_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        // SAFETY: passed on.
        self.awaiting_peer_verdict && self.done && unsafe { self.settle_fast(connection, ssl) }
    }

    /// The client says goodbye without another word.
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    pub(crate) unsafe fn goodbye_fast(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        alert: [u8; 2],
    ) -> bool {
        let before = self.notes.length();
        if !self.awaiting_peer_verdict
            || !self.done
            || !self.notes.write(About::Alert, 0, self.watch.moment(), &alert)
        {
            return false;
        }
        // Such a client may have looked at the certificate itself: nobody passes over that.
        // SAFETY: passed on.
        let told = unsafe { self.tell_fast(connection, ssl) };
        if told {
            // SAFETY: passed on.
            unsafe { self.settle(connection, ssl) };
        } else {
            self.notes.take_back(before);
        }
        told
    }

    /// The end of a deferred recording that nobody wants to hear of, or that is quickly told.
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn settle_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        if self.is_usual_and_healthy(connection) || self.is_passed_over() {
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
        // SAFETY: passed on.
        unsafe { self.settle(connection, ssl) };
        true
    }

    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn settle(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
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
    }

    /// Notes a message; `false` where no notes are taken, or there is no room.
    #[inline(always)]
    pub(crate) fn note_message(&mut self, sent: c_int, version: c_int, bytes: &[u8]) -> bool {
        const HELLO_REQUEST: u8 = 0;
        const NEW_SESSION_TICKET: u8 = 4;
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

    fn note_done(&mut self, verify_result: i64, resumed: bool, peer_certificate: Option<bool>) -> bool {
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
}
