//! How a handshake goes on: what the message and info callbacks say, and when it is over.
//!
//! Nothing here reads TLS beyond content types, a message's type byte and an alert's two bytes.
//! Sources:
//! `SSL_CTX_set_msg_callback(3)`, `SSL_CTX_set_info_callback(3)`, `SSL_get_error(3)`.

use std::ffi::{CStr, c_int};

use super::super::config::snapshot;
use super::super::error_queue::read::queued_errors;
use super::super::state::bio;
use super::super::state::connection::ConnectionState;
use super::super::state::context::ContextState;
use super::super::state::handshake::{HandshakeState, Phase};
use super::super::state::name_check;
use super::super::state::subscription::bit;
use super::super::sys::constants::alert::{CLOSE_NOTIFY, DECODE_ERROR, FATAL};
use super::super::sys::constants::info::{ALERT, EXIT, HANDSHAKE_DONE, HANDSHAKE_START, LOOP, READ};
use super::super::sys::constants::message::{
    CERTIFICATE_REQUEST, CLIENT_HELLO, FINISHED, HELLO_REQUEST, KEY_UPDATE, NEW_SESSION_TICKET,
};
use super::super::sys::constants::{TLS1_3, content, reason, record, ssl_error};
use super::super::sys::functions::SSL;
use super::super::sys::guard::Errno;
use super::super::sys::library::Symbols;
use super::super::sys::memory;
use crate::event::{Direction, Ending, EventBody, EventKind, LibraryError, Role, State, TransportEnd};

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
    /// The message callback.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn message(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        direction: Direction,
        content_type: c_int,
        bytes: &[u8],
    ) {
        if self.awaiting_peer_verdict {
            self.take_name_check();
        }
        if self.awaits_first_words()
            && content_type == content::HANDSHAKE
            && bytes.first() == Some(&CERTIFICATE_REQUEST)
        {
            // Authentication after the handshake, before the client has said anything.
            self.end(connection.symbols, Ending::Settled);
            self.phase = Phase::Watching;
        }
        match self.phase {
            Phase::Open => {}
            // SAFETY: a live SSL. One that was attached after its handshake has no handshake.
            Phase::Idle => unsafe {
                if (connection.symbols.f.SSL_in_init)(ssl) == 0 {
                    return;
                }
                // Its beginning may have been passed over.
                if memory::was_short() {
                    self.phase = Phase::Dead;
                    return;
                }
                self.begin(connection, ssl);
            },
            Phase::Watching if content_type == content::HANDSHAKE => match bytes.first() {
                // A ticket or a key update is no handshake; neither is a HelloRequest before its
                // handshake starts.
                None | Some(&(HELLO_REQUEST | NEW_SESSION_TICKET | KEY_UPDATE)) => {}
                // SAFETY: passed on.
                Some(_) => unsafe {
                    self.begin(connection, ssl);
                    self.post_handshake = Some(false);
                },
            },
            _ => {}
        }
        if self.phase != Phase::Open {
            return;
        }
        self.messages_seen = true;
        match (content_type, bytes) {
            (content::HANDSHAKE, _) => {
                self.stamp();
                self.emit_message(direction, bytes);
                match bytes.first() {
                    Some(&NEW_SESSION_TICKET)
                        if self.awaiting_peer_verdict && direction == Direction::Received =>
                    {
                        self.end(connection.symbols, Ending::Settled);
                    }
                    Some(&HELLO_REQUEST) if self.role == Some(Role::Server) => self.hello_request_sent = true,
                    Some(&CLIENT_HELLO) => self.hello_request_sent = false,
                    Some(&FINISHED) if self.post_handshake.is_some() => self.post_handshake = Some(true),
                    _ => {}
                }
            }
            (content::SSLV2_HELLO, &[CLIENT_HELLO, ..]) if direction == Direction::Received => {
                self.stamp();
                self.emit_message(direction, bytes);
            }
            (content::ALERT, &[level, description, ..]) => {
                self.alert(connection, direction, level, description)
            }
            (content::CHANGE_CIPHER_SPEC, _) if direction == Direction::Sent || !self.header_was_ccs => {
                self.emit(&EventBody::ChangeCipherSpec { direction });
            }
            (content::HEADER, &[a, b, c, d, e, ..]) => {
                self.header(connection, direction, [a, b, c, d, e]);
            }
            (content::INNER_TYPE, &[record::APPLICATION_DATA, ..]) => {
                self.application_data(connection.symbols, direction)
            }
            _ => {}
        }
    }

    fn header(&mut self, connection: &ConnectionState, direction: Direction, header: [u8; 5]) {
        let seen = match direction {
            Direction::Sent => self.data_sent,
            Direction::Received => self.data_received,
        };
        if self.done && seen && header[0] == record::APPLICATION_DATA {
            return;
        }
        let first = direction == Direction::Received && !std::mem::replace(&mut self.record_received, true);
        if first {
            // Kept whether or not anybody wants headers: it shows what the peer speaks.
            self.keep(&EventBody::Record { direction, header }, u32::MAX);
        } else {
            self.emit(&EventBody::Record { direction, header });
        }
        if direction == Direction::Received {
            let recorded = first || self.wanted & bit(EventKind::Record) != 0;
            if recorded {
                connection.forget_latest();
            } else {
                connection.set_latest(&header);
            }
        }
        self.header_was_ccs = header[0] == record::CHANGE_CIPHER_SPEC && direction == Direction::Received;
        if self.header_was_ccs {
            // An incoming change_cipher_spec is recorded by its header alone.
            self.emit(&EventBody::ChangeCipherSpec { direction });
        }
        if header[0] == record::APPLICATION_DATA && self.data_in_headers {
            self.application_data(connection.symbols, direction);
        }
    }

    fn application_data(&mut self, symbols: &'static Symbols, direction: Direction) {
        if self.awaits_first_words() && direction == Direction::Received {
            // The client stays: there is no more to this handshake.
            self.end(symbols, Ending::Settled);
            return;
        }
        let seen = match direction {
            Direction::Sent => &mut self.data_sent,
            Direction::Received => &mut self.data_received,
        };
        if !std::mem::replace(seen, true) {
            self.stamp();
            self.emit(&EventBody::ApplicationData { direction });
        }
        if self.awaiting_peer_verdict && direction == Direction::Received {
            self.end(symbols, Ending::Settled);
        }
    }

    fn alert(&mut self, connection: &ConnectionState, direction: Direction, level: u8, description: u8) {
        self.stamp();
        if direction == Direction::Sent && description == DECODE_ERROR && !self.transport_recorded {
            self.unexpected_end(connection.symbols);
        }
        if direction == Direction::Received && description != CLOSE_NOTIFY {
            // Kept whether or not anybody wants headers: an alert in the clear was sent before the
            // handshake's keys were in use.
            if let Some(header) = connection.take_sealed() {
                self.keep(&EventBody::Record { direction, header }, 0);
            }
        }
        self.emit(&EventBody::Alert { direction, level, description });
        self.close_notify_received |= direction == Direction::Received && description == CLOSE_NOTIFY;
        // A close_notify of our own settles nothing: the peer's refusal may still be on its way.
        let refused = self.hello_request_sent && level == FATAL;
        if refused || (self.awaiting_peer_verdict && (direction == Direction::Received || level == FATAL)) {
            self.end(connection.symbols, Ending::Settled);
        }
    }

    /// OpenSSL 3 takes the end of the transport for a decode_error and says so to the peer: the
    /// queue has the reason, and the transport's end comes before the alert.
    fn unexpected_end(&mut self, symbols: &'static Symbols) {
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
        if ssl_error == ssl_error::ZERO_RETURN && !self.close_notify_received {
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
        if self.phase != Phase::Open || self.drop_if_detached() {
            return;
        }
        self.stamp();
        self.transport_recorded = true;
        self.emit(&EventBody::Transport { direction, end, errno });
        self.tell_what_came(symbols);
        if end == TransportEnd::Timeout {
            self.ask_what_arrived(symbols);
        }
        if self.awaiting_peer_verdict {
            self.end(symbols, Ending::Settled);
        }
    }

    /// The info callback.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    pub(crate) unsafe fn info(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        place: c_int,
        value: c_int,
    ) {
        let symbols = connection.symbols;
        if place & HANDSHAKE_START != 0 {
            if self.phase == Phase::Open && self.hello_request_sent {
                // The client took up our HelloRequest: its handshake is the one that this handshake
                // is about.
                self.hello_request_sent = false;
                return;
            }
            let ending = if self.done { Ending::Settled } else { Ending::Freed };
            self.end(symbols, ending);
            // SAFETY: passed on.
            unsafe {
                if self.defer(connection, ssl) {
                    return;
                }
                self.begin(connection, ssl);
            }
            self.emit(&EventBody::State(State::HandshakeStarted));
            return;
        }
        if self.phase == Phase::Over && place & LOOP != 0 {
            self.phase = Phase::Watching;
        }
        if self.phase == Phase::Watching && place & EXIT != 0 {
            self.phase = Phase::Over;
        }
        if self.phase != Phase::Open || self.drop_if_detached() {
            return;
        }
        if place & LOOP != 0 {
            if self.wanted & bit(EventKind::Step) != 0 {
                self.stamp();
                // SAFETY: a live SSL; the text is static.
                let text = unsafe { CStr::from_ptr((symbols.f.SSL_state_string_long)(ssl)) };
                self.emit(&EventBody::State(State::Step(text.to_str().unwrap_or_default())));
            }
        } else if place & HANDSHAKE_DONE != 0 {
            // SAFETY: passed on.
            unsafe { self.handshake_done(connection, ssl) };
        } else if place & ALERT != 0 {
            if !self.messages_seen {
                let direction = if place & READ != 0 { Direction::Received } else { Direction::Sent };
                self.alert(connection, direction, (value >> 8) as u8, value as u8);
            }
        } else if place & EXIT != 0 {
            // SAFETY: passed on.
            unsafe { self.exit(connection, ssl, value) };
        }
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    unsafe fn handshake_done(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        let f = &connection.symbols.f;
        if self.hello_request_sent {
            // HelloRequest is out, no more than that: what the client makes of it is still to come.
            return;
        }
        self.stamp();
        self.done = true;
        // SAFETY: a live SSL of this thread.
        unsafe {
            // Until TLS 1.3 the outer type is the true one.
            self.data_in_headers = (f.SSL_version)(ssl) < TLS1_3;
            if !self.is_as_deferred(connection, ssl) {
                self.materialise();
                self.compare_configuration(connection, ssl, false);
            }
            let verify_result = (f.SSL_get_verify_result)(ssl) as i64;
            let resumed = (f.SSL_session_reused)(ssl) != 0;
            let peer_certificate = if resumed { self.session_has_certificate(connection, ssl) } else { None };
            self.emit(&EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }));
        }
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    unsafe fn session_has_certificate(&self, connection: &ConnectionState, ssl: *mut SSL) -> Option<bool> {
        let f = &connection.symbols.f;
        // SAFETY: as promised; the certificate comes with a reference that is ours to release.
        unsafe {
            let certificate = (f.SSL_get1_peer_certificate?)(ssl);
            if !certificate.is_null() {
                (f.X509_free)(certificate);
            }
            Some(!certificate.is_null())
        }
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    unsafe fn exit(&mut self, connection: &ConnectionState, ssl: *mut SSL, ret: c_int) {
        let symbols = connection.symbols;
        // SAFETY: a live SSL of this thread; SSL_get_error only peeks at the queue.
        unsafe {
            if ret > 0 {
                if self.post_handshake == Some(true) && !self.done {
                    self.handshake_done(connection, ssl);
                }
                if self.done {
                    // Whose Finished was the last may still be refused: the client's of TLS 1.3,
                    // before that the server's or, in a resumption, the client's. And a client may
                    // leave since it looks at the certificate itself.
                    let client = self.role == Some(Role::Client);
                    if client {
                        name_check::expect_of(symbols, ssl);
                    }
                    // A server of TLS 1.3 knows by the client's first words, or by their absence,
                    // whether it stays.
                    let first_words = self.messages_seen
                        && self.post_handshake.is_none()
                        && !self.data_received
                        && (self.awaiting_peer_verdict || self.is_patient());
                    if client || self.data_in_headers || first_words {
                        self.awaiting_peer_verdict = true;
                        self.pause(symbols);
                        self.established(symbols);
                    } else {
                        self.end(symbols, Ending::Settled);
                    }
                }
                return;
            }
            let ssl_error = (symbols.f.SSL_get_error)(ssl, ret);
            if is_pending(ssl_error) {
                self.pause(symbols);
                return;
            }
            self.stamp();
            self.materialise();
            if !self.transport_recorded {
                self.silent_end(symbols, ssl_error);
            }
            self.check_configuration_now(symbols);
            self.compare_configuration(connection, ssl, true);
            if self.wanted & bit(EventKind::LibraryErrors) != 0 {
                let errors = queued_errors(symbols);
                if !errors.is_empty() {
                    self.emit(&EventBody::LibraryErrors(&errors));
                }
            }
            let verify_result = (symbols.f.SSL_get_verify_result)(ssl) as i64;
            self.emit(&EventBody::State(State::Failed { ssl_error, verify_result }));
            self.end(symbols, Ending::Settled);
            self.phase = Phase::Dead;
        }
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
        if cannot && self.awaits_first_words() {
            self.end(symbols, Ending::Settled);
        }
        if !cannot || self.phase == Phase::Open {
            return;
        }
        // SAFETY: a live SSL of this thread.
        unsafe {
            self.begin(connection, ssl);
            if self.phase != Phase::Open {
                return;
            }
            self.stamp();
            self.emit(&EventBody::LibraryErrors(&errors));
            let verify_result = (symbols.f.SSL_get_verify_result)(ssl) as i64;
            self.emit(&EventBody::State(State::Failed { ssl_error: ssl_error::SSL, verify_result }));
        }
        self.end(symbols, Ending::Settled);
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn compare_configuration(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        thorough: bool,
    ) {
        let Some(before) = self.configured.clone() else { return };
        // SAFETY: passed on.
        let after = unsafe {
            let symbols = connection.symbols;
            let cache = || ContextState::of(symbols, (symbols.f.SSL_get_SSL_CTX)(ssl));
            snapshot::reread(symbols, ssl, &before, connection.declared(ssl), thorough, cache)
        };
        if let Some(after) = after {
            if after.local != before.local {
                self.emit(&EventBody::Reconfigured { local: &after.local });
            }
            self.configured = Some(after);
        }
    }
}
