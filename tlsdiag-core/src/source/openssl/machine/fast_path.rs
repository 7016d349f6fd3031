//! The fast paths past a handshake: which of them are open, and what is kept on them. Nothing here
//! allocates or panics; whatever needs more takes the slow path (`progress`).

use std::ffi::c_int;
use std::sync::atomic::Ordering;

use super::super::config::unchanged::Look;
use super::super::phase::{Action, Input, Phase, ToCome, on};
use super::super::state::connection::ConnectionState;
use super::super::state::fast;
use super::super::state::handshake::HandshakeState;
use super::super::sys::constants::TLS1_3;
use super::super::sys::constants::info::{EXIT, HANDSHAKE_DONE, HANDSHAKE_START};
use super::super::sys::functions::SSL;
use super::exit::is_pending;
use crate::event::Direction;
use crate::event::log::EntryKind;

/// The paths that are fast where a deferred recording has just begun, as
/// [`HandshakeState::fast_paths`] would find.
const DEFERRED: u8 =
    fast::STEPS | fast::SEEN_STEPS | fast::FIRST | fast::KEEP | fast::ALERTS | fast::DEFERRED;

/// The paths that are fast where a deferred recording waits for its client's first words: as
/// [`DEFERRED`] with a first header behind it, but nothing is kept any more.
pub(crate) const AWAITING_FIRST_WORDS: u8 =
    fast::STEPS | fast::SEEN_STEPS | fast::HEADERS | fast::ALERTS | fast::DEFERRED;

impl HandshakeState {
    /// What the info callback says of a deferred recording on its fast path; `false` where it needs
    /// the slow path, and nothing has been done.
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
                    return self.phase.is_open()
                        && is_pending((connection.symbols.f.SSL_get_error)(ssl, value));
                }
                if !self.phase.is_done() {
                    // Control for early data: nothing is to be done (`Input::Returned`).
                    return self.phase == Phase::EarlyData;
                }
                let waits = self.phase == Phase::AwaitingFirstWords || self.waits_for_first_words_now();
                let to_come = if waits { ToCome::FirstWords } else { ToCome::Nothing };
                return match on(self.phase, Input::Returned(to_come)) {
                    (next, Action::Record) => self.await_first_words_fast(connection, ssl, next),
                    (next, _) => self.settle_fast(connection, ssl, next),
                };
            }
            if place & HANDSHAKE_DONE != 0 {
                return self.phase == Phase::Handshaking && self.done_fast(connection, ssl);
            }
            if place & HANDSHAKE_START == 0 || self.phase != Phase::Idle {
                return place & HANDSHAKE_START != 0
                    && self.phase == Phase::EarlyData
                    && self.goes_on(connection, ssl);
            }
            let (next, _) = on(Phase::Idle, Input::Start);
            if !self.defer(connection, ssl, next) {
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
        let [of_peer, of_ours] = self.shown;
        // A server that sends no certificate resumes a session, or has none; and until TLS 1.3 it
        // is not over yet.
        if !of_ours || c_int::from(self.version) != TLS1_3 {
            return false;
        }
        // The client's Finished is read before, but where the application may read early data: who
        // shows a certificate resumes nothing, and takes none.
        if self.spoke_last {
            (self.phase, _) = on(self.phase, Input::EarlyDone);
            return true;
        }
        let f = &connection.symbols.f;
        // SAFETY: passed on; getters.
        let verify_result = unsafe {
            if !(self.is_for_failures() || self.is_as_deferred(connection, ssl, Look::Certificate)) {
                return false;
            }
            // Where its context or its verify mode is changed, that is seen, and the handshake does
            // not take its usual course. Without a certificate there was nothing to verify.
            if of_peer { (f.SSL_get_verify_result)(ssl) } else { 0 }
        };
        let verify_result = verify_result as i64;
        if !self.log_done(verify_result) {
            return false;
        }
        (self.phase, _) = on(self.phase, Input::Done);
        self.fast_path_only = verify_result == 0;
        true
    }

    /// The handshake is over, and a server of TLS 1.3 waits for its client's first words: see
    /// [`AWAITING_FIRST_WORDS`].
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn await_first_words_fast(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        next: Phase,
    ) -> bool {
        self.phase = next;
        // SAFETY: passed on.
        if self.reports_when_established() && unsafe { !self.report_established_fast(connection, ssl) } {
            return false;
        }
        connection.open_fast_paths(AWAITING_FIRST_WORDS);
        true
    }

    /// The client's first words have come.
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    pub(crate) unsafe fn first_words_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        match on(self.phase, Input::ApplicationData(Direction::Received)) {
            // SAFETY: passed on.
            (next, Action::End(_)) => unsafe { self.settle_fast(connection, ssl, next) },
            _ => false,
        }
    }

    /// The client sends close_notify, and nothing before it.
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    pub(crate) unsafe fn close_notify_fast(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        alert: [u8; 2],
    ) -> bool {
        let before = self.log.length();
        if self.phase != Phase::AwaitingFirstWords
            || !self.log.write(EntryKind::Alert, 0, self.watch.moment(), &alert)
        {
            return false;
        }
        // Such a client may have looked at the certificate itself: nobody passes over that.
        // SAFETY: passed on.
        let reported = unsafe { self.report_fast(connection, ssl) };
        if reported {
            let (next, _) = on(self.phase, Input::Alert(Direction::Received, false));
            // SAFETY: passed on.
            unsafe { self.settle(connection, ssl, next) };
        } else {
            self.log.take_back(before);
        }
        reported
    }

    /// The end of a deferred recording that is passed over, or reported by its log.
    ///
    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn settle_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL, next: Phase) -> bool {
        if self.is_passed_over(connection) {
            self.give_recording_back();
        // SAFETY: passed on.
        } else if unsafe { !self.report_fast(connection, ssl) } {
            return false;
        }
        // SAFETY: passed on.
        unsafe { self.settle(connection, ssl, next) };
        true
    }

    /// # Safety
    /// As for [`info_fast`](Self::info_fast).
    #[inline(always)]
    unsafe fn settle(&mut self, connection: &ConnectionState, ssl: *mut SSL, next: Phase) {
        (self.phase, self.deferred, self.wanted) = (next, false, 0);
        connection.open_fast_paths(fast::OVER | fast::HEADERS | fast::ALERTS);
        // Nothing that comes from now on is recorded. Null is safe here: of a record that is
        // received OpenSSL reports by calls that it looks before one by one.
        if !connection.symbols.chains_messages.load(Ordering::Relaxed) {
            self.give_back();
            // SAFETY: a live SSL of this thread; a setter that stores a pointer.
            unsafe { (connection.symbols.f.SSL_set_msg_callback)(ssl, None) };
        }
    }
}
