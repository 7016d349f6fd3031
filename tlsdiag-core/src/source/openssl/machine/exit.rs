//! What the application gets control back with: the handshake waits, is done or has failed, or the
//! transport has ended.

use std::ffi::c_int;

use super::super::config::peer;
use super::super::error_queue::read::queued_errors;
use super::super::phase::{Action, Input, Phase, ToCome, on};
use super::super::state::bio;
use super::super::state::connection::ConnectionState;
use super::super::state::handshake::HandshakeState;
use super::super::state::name_check;
use super::super::state::subscription::bit;
use super::super::sys::constants::{reason, ssl_error};
use super::super::sys::functions::SSL;
use super::super::sys::guard::Errno;
use super::super::sys::library::Symbols;
use crate::event::{Direction, EventBody, EventKind, LibraryError, Role, State, TransportEnd};

/// Whether this value of `SSL_get_error` only asks for patience: want read, write, X509 lookup,
/// connect, accept, async, async job, client hello callback, retry verify.
#[inline]
pub(crate) fn is_pending(ssl_error: c_int) -> bool {
    matches!(
        ssl_error,
        ssl_error::WANT_READ..=ssl_error::WANT_X509_LOOKUP | ssl_error::WANT_CONNECT..=ssl_error::WANT_RETRY_VERIFY
    )
}

impl HandshakeState {
    /// OpenSSL 3 takes the end of the transport for a decode_error and says so to the peer: the
    /// queue has the reason, and the transport's end comes before the alert.
    pub(crate) fn unexpected_end(&mut self, symbols: &'static Symbols) {
        let ended = queued_errors(symbols).iter().any(|error| {
            error.library == LibraryError::LIB_SSL && error.reason == reason::UNEXPECTED_EOF_WHILE_READING
        });
        if ended {
            self.transport(symbols, Direction::Received, TransportEnd::Eof, 0);
        }
    }

    /// A failure with an empty queue and SSL_ERROR_SYSCALL is the transport's: errno says which, 0
    /// its end.
    fn silent_end(&mut self, symbols: &'static Symbols, ssl_error: c_int) {
        // With SSL_OP_IGNORE_UNEXPECTED_EOF, as Python sets it, OpenSSL takes the end of the
        // transport for a close_notify.
        if ssl_error == ssl_error::ZERO_RETURN && !self.seen.close_notify {
            self.transport(symbols, Direction::Received, TransportEnd::Eof, 0);
            return;
        }
        // SAFETY: peeking takes no arguments and works on this thread's queue.
        if ssl_error != ssl_error::SYSCALL || unsafe { (symbols.f.ERR_peek_error)() } != 0 {
            self.unexpected_end(symbols);
            return;
        }
        match Errno::save().value() {
            0 => self.transport(symbols, Direction::Received, TransportEnd::Eof, 0),
            errno => self.transport(symbols, Direction::Received, bio::kind_of(errno), errno),
        }
    }

    /// The transport has ended.
    pub(crate) fn transport(
        &mut self,
        symbols: &'static Symbols,
        direction: Direction,
        end: TransportEnd,
        errno: i32,
    ) {
        if !self.phase.is_open() || self.drop_if_detached() {
            return;
        }
        self.take(symbols, Input::TransportEnded, |handshake| {
            handshake.stamp();
            let (end, errno) = handshake.whose_end(symbols, end, errno);
            handshake.seen.transport_end = true;
            handshake.emit(&EventBody::Transport { direction, end, errno });
            handshake.tell_what_came(symbols);
            if end == TransportEnd::Timeout {
                handshake.ask_what_arrived(symbols);
            }
        });
    }

    /// An end that was read may be the application's own: a timer that shuts the socket down, or a
    /// BIO of its own that gives up.
    fn whose_end(&self, symbols: &Symbols, end: TransportEnd, errno: i32) -> (TransportEnd, i32) {
        let ssl = self.current.ssl;
        if ssl.is_null() {
            return (end, errno);
        }
        // SAFETY: the current connection is the one whose hook runs; its `SSL` is null there once
        // it is half gone.
        unsafe {
            match end {
                TransportEnd::Eof | TransportEnd::Reset if peer::is_shut_down_here(symbols, ssl) => {
                    (TransportEnd::ShutDownHere, errno)
                }
                TransportEnd::Reset if errno == libc::EPIPE && peer::was_never_connected(symbols, ssl) => {
                    (TransportEnd::NotConnected, errno)
                }
                // Who reads the socket itself leaves the errno of whatever it called last.
                TransportEnd::Timeout | TransportEnd::Other | TransportEnd::NotConnected
                    if errno != libc::ETIMEDOUT && !peer::has_descriptor(symbols, ssl) =>
                {
                    (TransportEnd::Other, 0)
                }
                _ => (end, errno),
            }
        }
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn exit(&mut self, connection: &ConnectionState, ssl: *mut SSL, ret: c_int) {
        let symbols = connection.symbols;
        if ret > 0 || !self.phase.is_open() {
            // SAFETY: passed on.
            return unsafe { self.returned(connection, ssl) };
        }
        // SAFETY: a live SSL of this thread; SSL_get_error only peeks at the queue.
        let ssl_error = unsafe { (symbols.f.SSL_get_error)(ssl, ret) };
        if is_pending(ssl_error) {
            return self.take(symbols, Input::Paused, |handshake| handshake.pause(symbols));
        }
        // SAFETY: passed on.
        if unsafe { self.still_waits_for_hello(symbols, ssl) } {
            return self.take(symbols, Input::EarlyDone, |_| ());
        }
        // SAFETY: passed on.
        self.take(symbols, Input::Failed, |handshake| unsafe {
            handshake.failed(connection, ssl, ssl_error)
        });
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    unsafe fn returned(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        let symbols = connection.symbols;
        let to_come = self.to_come();
        if self.phase == Phase::PostHandshakeFinished {
            // SAFETY: passed on.
            self.take(symbols, Input::Done, |handshake| unsafe { handshake.handshake_done(connection, ssl) });
        }
        if self.phase.is_done() && self.role == Some(Role::Client) {
            // SAFETY: passed on.
            unsafe { name_check::expect_of(symbols, ssl) };
        }
        self.take(symbols, Input::Returned(to_come), |handshake| {
            handshake.pause(symbols);
            handshake.established(symbols);
        });
    }

    /// What this side waits for, if it is done. Whose Finished was the last may still be refused:
    /// the client's of TLS 1.3, before that the server's or, in a resumption, the client's.
    fn to_come(&self) -> ToCome {
        if self.role == Some(Role::Client) || self.seen.data_in_headers {
            return ToCome::Verdict;
        }
        let speaks_next = self.phase.is_done() && self.seen.messages && !self.seen.data_received;
        if speaks_next && (self.phase == Phase::AwaitingFirstWords || self.is_patient()) {
            return ToCome::FirstWords;
        }
        ToCome::Nothing
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    unsafe fn failed(&mut self, connection: &ConnectionState, ssl: *mut SSL, ssl_error: c_int) {
        let symbols = connection.symbols;
        self.stamp();
        self.materialise();
        if !self.seen.transport_end {
            self.silent_end(symbols, ssl_error);
        }
        self.check_configuration(symbols);
        // SAFETY: passed on; a getter.
        let verify_result = unsafe {
            self.compare_configuration(connection, ssl, true);
            (symbols.f.SSL_get_verify_result)(ssl) as i64
        };
        if self.wanted & bit(EventKind::LibraryErrors) != 0 {
            let errors = queued_errors(symbols);
            if !errors.is_empty() {
                self.emit(&EventBody::LibraryErrors(&errors));
            }
        }
        self.emit(&EventBody::State(State::Failed { ssl_error, verify_result }));
    }

    /// A call by which the application set this connection up has failed, within a callback of the handshake that goes on. `false` where
    /// none does.
    pub(crate) fn call_failed(&mut self, errors: &[LibraryError]) -> bool {
        let goes_on = self.phase.is_open() && !self.phase.is_done() && !self.drop_if_detached();
        if !goes_on || errors.is_empty() || self.wanted & bit(EventKind::LibraryErrors) == 0 {
            return false;
        }
        self.stamp();
        self.materialise();
        self.emit(&EventBody::LibraryErrors(errors));
        true
    }

    /// The application wanted the client's certificate after the handshake, and OpenSSL did not
    /// even ask, since this client cannot be asked then: a handshake of its own, which nothing but
    /// the error queue shows. Other refusals are the application's own mistakes, or come too early.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    pub(crate) unsafe fn could_not_ask(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        let symbols = connection.symbols;
        let errors = queued_errors(symbols);
        let cannot = errors.last().is_some_and(|error| {
            error.library == LibraryError::LIB_SSL && error.reason == reason::EXTENSION_NOT_RECEIVED
        });
        let (next, Action::Begin(before)) = on(self.phase, Input::AskingRefused) else { return };
        if !cannot {
            return;
        }
        // SAFETY: passed on; a getter.
        let verify_result = unsafe {
            self.begin_another(connection, ssl, next, before);
            (symbols.f.SSL_get_verify_result)(ssl) as i64
        };
        if self.phase == next {
            self.take(symbols, Input::AskingRefused, |handshake| {
                handshake.stamp();
                handshake.emit(&EventBody::LibraryErrors(&errors));
                handshake.emit(&EventBody::State(State::Failed { ssl_error: ssl_error::SSL, verify_result }));
            });
        }
    }
}
