//! The fast paths past a connection's state: which are open, and what is done on them.

use std::ffi::c_int;
use std::sync::atomic::Ordering;

use super::super::super::sys::constants::content::{CHANGE_CIPHER_SPEC, HEADER};
use super::super::super::sys::constants::record;
use super::super::super::sys::functions::SSL;
use super::super::chained::same;
use super::super::fast;
use super::super::handshake::HandshakeState;
use super::ConnectionState;

impl ConnectionState {
    /// Whether all of these fast paths are open now.
    #[inline]
    pub(crate) fn has_fast_path(&self, paths: u8) -> bool {
        self.open_paths.load(Ordering::Relaxed) & paths == paths
    }

    /// Every callback takes the slow path until one of them has looked at the handshake.
    pub(crate) fn close_fast_paths(&self) {
        self.open_paths.store(0, Ordering::Relaxed);
    }

    /// Whether a step of the state machine can be passed over: nobody wants it, and our hooks are
    /// where we put them. Asked some twenty times in a handshake, so it takes no lock.
    ///
    /// # Safety
    /// `ssl` is alive, and this is its connection.
    pub(crate) unsafe fn is_undisturbed(&self, ssl: *const SSL) -> bool {
        let (f, ours) = (&self.symbols.f, &self.symbols.trampolines);
        // SAFETY: a live SSL; getters.
        self.has_fast_path(fast::STEPS)
            && unsafe {
                same((f.SSL_get_verify_callback)(ssl), ours.verify)
                    && same((f.SSL_get_security_callback)(ssl), ours.security)
            }
    }

    /// The first header that is received has been kept.
    #[inline(always)]
    pub(crate) fn first_header_logged(&self) {
        let paths = self.open_paths.load(Ordering::Relaxed);
        self.open_paths.store(paths & !fast::FIRST | fast::HEADERS, Ordering::Relaxed);
    }

    /// Logs a message, where a deferred recording is on its fast path and needs no more than that;
    /// else gives `false`.
    #[inline(always)]
    pub(crate) fn log_message(&self, sent: c_int, version: c_int, bytes: &[u8]) -> bool {
        // As `fast_path`; but nothing that is called here could come back to this handshake, so
        // that it need not be marked as busy.
        if !self.has_fast_path(fast::KEEP) || self.busy.load(Ordering::Relaxed) {
            return false;
        }
        // SAFETY: nobody else has the handshake, as for a guard, nor comes to it until we return.
        unsafe { &mut *self.handshake.get() }.log_message(sent, version, bytes)
    }

    /// Logs a change_cipher_spec, or the first header that is received, likewise.
    #[inline(always)]
    pub(crate) fn log_header(&self, sent: c_int, content_type: c_int, bytes: &[u8]) -> bool {
        let paths = self.open_paths.load(Ordering::Relaxed);
        if paths & fast::KEEP == 0 || self.busy.load(Ordering::Relaxed) {
            return false;
        }
        // SAFETY: as for `log_message`.
        let handshake = unsafe { &mut *self.handshake.get() };
        if content_type == CHANGE_CIPHER_SPEC {
            // One that is received was recorded by its header; from OpenSSL 3.2 on the message
            // callback gets it as well.
            return if sent == 0 { paths & fast::HEADERS != 0 } else { handshake.log_change_cipher_spec(1) };
        }
        if content_type != HEADER || sent != 0 {
            return false;
        }
        match bytes.first_chunk::<5>() {
            Some([record::CHANGE_CIPHER_SPEC, ..]) if paths & fast::HEADERS != 0 => {
                handshake.seen.header_was_ccs = true;
                handshake.log_change_cipher_spec(0)
            }
            Some(header @ &[record::HANDSHAKE, record::MAJOR_VERSION, _, _, _])
                if paths & fast::FIRST != 0 =>
            {
                handshake.record_received |= handshake.log_record(0, header);
                if handshake.record_received {
                    self.first_header_logged();
                }
                handshake.record_received
            }
            _ => false,
        }
    }

    /// Keeps something of the handshake, where that is all that there is to be done; else gives
    /// `false`. What `keep` does allocates nothing, so that `errno` stays, and does not panic.
    #[inline(always)]
    pub(crate) fn keep_fast(&self, keep: impl FnOnce(&mut HandshakeState) -> bool) -> bool {
        self.fast_path(fast::KEEP, keep)
    }

    /// Does something with the handshake, where these fast paths are open and `work` is all there
    /// is to do; else gives `false`. As for [`keep_fast`](Self::keep_fast).
    #[inline(always)]
    pub(crate) fn fast_path(&self, paths: u8, work: impl FnOnce(&mut HandshakeState) -> bool) -> bool {
        // Not in one atomic step: these paths are open during a handshake alone, where no two
        // threads use one SSL, and what comes while this thread is here finds it busy.
        if !self.has_fast_path(paths) || self.busy.load(Ordering::Acquire) {
            return false;
        }
        self.busy.store(true, Ordering::Relaxed);
        // SAFETY: `busy` is ours, as for a guard.
        let done = work(unsafe { &mut *self.handshake.get() });
        self.busy.store(false, Ordering::Release);
        done
    }

    /// These fast paths are open now, and no others.
    #[inline]
    pub(crate) fn open_fast_paths(&self, paths: u8) {
        self.open_paths.store(paths, Ordering::Relaxed);
    }
}
