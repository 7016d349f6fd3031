//! Early data (RFC 8446 §2.3). Where an application may read or write it (`SSL_read_early_data`,
//! `SSL_write_early_data`, `SSL_stateless`), OpenSSL says HANDSHAKE_DONE in the midst of the
//! handshake: a server that has sent its flight or a HelloRetryRequest, a client that has sent its
//! hello or read the server's flight. When the application goes on, it says HANDSHAKE_START once
//! more. Both are of one handshake.
//!
//! A Finished that is still to come tells the two apart: OpenSSL knows both lengths from the moment
//! that it has made or read one, and forgets them with `SSL_clear` alone.

use std::ptr;

use super::super::config::peer;
use super::super::phase::{Input, Phase, on};
use super::super::state::connection::ConnectionState;
use super::super::state::handshake::{EarlyDone, HandshakeState};
use super::super::sys::functions::SSL;
use super::super::sys::library::Symbols;
use crate::event::{EventBody, Role};

impl HandshakeState {
    /// HANDSHAKE_DONE.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    pub(crate) unsafe fn said_done(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        let symbols = connection.symbols;
        // SAFETY: passed on.
        unsafe {
            if matches!(self.phase, Phase::Handshaking | Phase::EarlyData)
                && self.is_in_the_midst(symbols, ssl)
            {
                let early = self.early_done(connection, ssl);
                self.take(symbols, Input::EarlyDone, |handshake| handshake.early = Some(early));
            } else {
                self.take(symbols, Input::Done, |handshake| handshake.handshake_done(connection, ssl));
            }
        }
    }

    /// Whether the Finished that comes last is still to come: until TLS 1.3 both are there when
    /// OpenSSL says that it is done, in TLS 1.3 the client's is the last.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's, and of this library.
    unsafe fn is_in_the_midst(&self, symbols: &Symbols, ssl: *mut SSL) -> bool {
        let length = match self.role {
            Some(Role::Server) => symbols.f.SSL_get_peer_finished,
            _ => symbols.f.SSL_get_finished,
        };
        // SAFETY: a live SSL; room for no byte is asked to be filled.
        length.is_some_and(|length| unsafe { length(ssl, ptr::from_mut(&mut [0_u8; 1]).cast(), 0) == 0 })
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cold]
    unsafe fn early_done(&self, connection: &ConnectionState, ssl: *mut SSL) -> EarlyDone {
        let f = &connection.symbols.f;
        // SAFETY: as for `is_in_the_midst`.
        unsafe {
            let answered =
                f.SSL_get_finished.is_some_and(|get| get(ssl, ptr::from_mut(&mut [0_u8; 1]).cast(), 0) != 0);
            match self.role {
                Some(Role::Server) if !answered => {
                    EarlyDone::Retry(peer::address(connection.symbols, ssl, Role::Server))
                }
                _ => EarlyDone::Done(self.done_now(connection, ssl)),
            }
        }
    }

    /// Whether a start only goes on with what was said to be done in its midst; then it does. An
    /// `SSL` that was cleared begins anew, unless all that was lost is a HelloRetryRequest: a server
    /// without state (`SSL_stateless`) forgets it before it hears of its client again.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cold]
    pub(crate) unsafe fn goes_on(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        let symbols = connection.symbols;
        // SAFETY: passed on; a getter.
        let same = unsafe {
            !symbols.is_before(ssl)
                || matches!(self.early, Some(EarlyDone::Retry(peer)) if peer == peer::address(symbols, ssl, Role::Server))
        };
        if same {
            (self.phase, _) = on(self.phase, Input::Continued);
            // What was said before this was early data, and says nothing of what comes.
            (self.seen.data_sent, self.seen.data_received) = (false, false);
        }
        same
    }

    /// Whether what failed is nothing that came: a server without state that waits for another hello
    /// gives the application control once for the change_cipher_spec before it.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's, and of this library.
    pub(crate) unsafe fn still_waits_for_hello(&self, symbols: &Symbols, ssl: *mut SSL) -> bool {
        // SAFETY: passed on.
        matches!(self.early, Some(EarlyDone::Retry(_))) && unsafe { symbols.is_before(ssl) }
    }

    /// The application leaves a handshake that was said to be done in its midst; whether it is to
    /// be reported. A server that has answered early data is done, and so is a client that has
    /// read such an answer. One that has only asked for another hello keeps nothing of it, and that
    /// hello is of another handshake.
    #[cold]
    pub(crate) fn leaves_at_early_data(&mut self) -> bool {
        let (is_server, answered) = (self.role == Some(Role::Server), self.seen.data_sent);
        match self.early.take() {
            Some(EarlyDone::Retry(_)) => return false,
            Some(EarlyDone::Done(done)) if self.seen.data_received && (answered || !is_server) => {
                self.stamp();
                self.emit(&EventBody::State(done));
            }
            _ => {}
        }
        true
    }
}
