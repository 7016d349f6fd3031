//! How a handshake goes on: what the message and info callbacks say, and when it is over.
//!
//! Nothing here reads TLS beyond content types, a message's type byte and an alert's two bytes.
//! Sources:
//! `SSL_CTX_set_msg_callback(3)`, `SSL_CTX_set_info_callback(3)`, `SSL_get_error(3)`.

use std::ffi::{CStr, c_int};

use super::super::config::unchanged::Look;
use super::super::phase::{Action, Input, Message, Phase, on};
use super::super::state::connection::ConnectionState;
use super::super::state::handshake::HandshakeState;
use super::super::state::subscription::bit;
use super::super::sys::constants::alert::{CLOSE_NOTIFY, DECODE_ERROR, FATAL};
use super::super::sys::constants::info::{ALERT, EXIT, HANDSHAKE_DONE, HANDSHAKE_START, LOOP, READ};
use super::super::sys::constants::message::{
    CERTIFICATE_REQUEST, CLIENT_HELLO, FINISHED, HELLO_REQUEST, KEY_UPDATE, NEW_SESSION_TICKET,
};
use super::super::sys::constants::{TLS1_3, content, record};
use super::super::sys::functions::SSL;
use super::super::sys::library::Symbols;
use super::super::sys::memory;
use crate::event::{Direction, Ending, EventBody, EventKind, State};

/// What the message callback shows, as the state machine takes it.
fn said(direction: Direction, content_type: c_int, bytes: &[u8]) -> Input {
    match (content_type, bytes) {
        (content::HANDSHAKE, _) => {
            let message = match bytes.first() {
                None | Some(&KEY_UPDATE) => Message::KeyUpdate,
                Some(&HELLO_REQUEST) => Message::HelloRequest,
                Some(&CLIENT_HELLO) => Message::ClientHello,
                Some(&CERTIFICATE_REQUEST) => Message::CertificateRequest,
                Some(&FINISHED) => Message::Finished,
                Some(&NEW_SESSION_TICKET) => Message::NewSessionTicket,
                Some(_) => Message::Other,
            };
            Input::Message(message, direction)
        }
        (content::ALERT, &[level, _, ..]) => Input::Alert(direction, level == FATAL),
        (content::INNER_TYPE, &[record::APPLICATION_DATA, ..]) => Input::ApplicationData(direction),
        _ => Input::OtherContent,
    }
}

impl HandshakeState {
    /// Takes what a callback says to the state machine and does what that says of the handshake that
    /// is recorded; `record` records it. Another handshake begins elsewhere.
    pub(crate) fn take(&mut self, symbols: &'static Symbols, input: Input, record: impl FnOnce(&mut Self)) {
        let (next, action) = on(self.phase, input);
        match action {
            Action::Record => {
                self.phase = next;
                return record(self);
            }
            Action::RecordAndEnd => {
                record(self);
                self.end(symbols, Ending::Settled);
            }
            Action::End(ending) => self.end(symbols, ending),
            Action::Ignore | Action::Begin(_) | Action::Drop => {}
        }
        self.phase = next;
    }

    /// The handshake that was recorded ends so, if there was one, and another one begins.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    pub(crate) unsafe fn begin_another(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        phase: Phase,
        before: Option<Ending>,
    ) {
        if let Some(ending) = before {
            self.end(connection.symbols, ending);
        }
        // SAFETY: passed on.
        unsafe { self.begin(connection, ssl, phase) };
    }

    /// The connection is freed.
    pub(crate) fn freed(&mut self, symbols: &'static Symbols) {
        self.take(symbols, Input::Freed, |_| ());
    }

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
        let symbols = connection.symbols;
        if self.phase.is_awaiting() {
            self.take_name_check();
        }
        // SAFETY: a live SSL. One that was attached after its handshake has no handshake.
        if self.phase == Phase::Idle && unsafe { (symbols.f.SSL_in_init)(ssl) } == 0 {
            return;
        }
        if self.phase == Phase::Idle && memory::was_short() {
            // Its beginning may have been passed over.
            (self.phase, _) = on(self.phase, Input::Skipped);
            return;
        }
        let mut input = said(direction, content_type, bytes);
        // A client may read its ticket as it leaves without a word, as curl does for a name.
        let ticket = Input::Message(Message::NewSessionTicket, Direction::Received);
        if input == ticket && self.phase == Phase::AwaitingVerdict && self.is_patient() {
            input = Input::Message(Message::Other, Direction::Received);
        }
        if let (next, Action::Begin(before)) = on(self.phase, input) {
            // SAFETY: passed on.
            unsafe { self.begin_another(connection, ssl, next, before) };
        }
        if !self.phase.is_open() {
            return;
        }
        self.seen.messages = true;
        match (content_type, bytes) {
            (content::HANDSHAKE, _) => self.take(symbols, input, |handshake| {
                handshake.stamp();
                handshake.emit(&EventBody::Message { direction, bytes });
            }),
            (content::SSLV2_HELLO, &[CLIENT_HELLO, ..]) if direction == Direction::Received => {
                self.stamp();
                self.emit(&EventBody::Message { direction, bytes });
            }
            (content::ALERT, &[level, description, ..]) => {
                self.alert(connection, direction, level, description)
            }
            (content::CHANGE_CIPHER_SPEC, _) if direction == Direction::Sent || !self.seen.header_was_ccs => {
                self.emit(&EventBody::ChangeCipherSpec { direction });
            }
            (content::HEADER, &[a, b, c, d, e, ..]) => {
                self.header(connection, direction, [a, b, c, d, e]);
            }
            (content::INNER_TYPE, &[record::APPLICATION_DATA, ..]) => {
                self.application_data(symbols, direction)
            }
            _ => {}
        }
    }

    fn header(&mut self, connection: &ConnectionState, direction: Direction, header: [u8; 5]) {
        let seen = match direction {
            Direction::Sent => self.seen.data_sent,
            Direction::Received => self.seen.data_received,
        };
        if self.phase.is_done() && seen && header[0] == record::APPLICATION_DATA {
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
        self.seen.header_was_ccs =
            header[0] == record::CHANGE_CIPHER_SPEC && direction == Direction::Received;
        if self.seen.header_was_ccs {
            // An incoming change_cipher_spec is recorded by its header alone.
            self.emit(&EventBody::ChangeCipherSpec { direction });
        }
        if header[0] == record::APPLICATION_DATA && self.seen.data_in_headers {
            self.application_data(connection.symbols, direction);
        }
    }

    fn application_data(&mut self, symbols: &'static Symbols, direction: Direction) {
        self.take(symbols, Input::ApplicationData(direction), |handshake| {
            let seen = match direction {
                Direction::Sent => &mut handshake.seen.data_sent,
                Direction::Received => &mut handshake.seen.data_received,
            };
            if !std::mem::replace(seen, true) {
                handshake.stamp();
                handshake.emit(&EventBody::ApplicationData { direction });
            }
        });
    }

    fn alert(&mut self, connection: &ConnectionState, direction: Direction, level: u8, description: u8) {
        self.stamp();
        if direction == Direction::Sent && description == DECODE_ERROR && !self.seen.transport_end {
            self.unexpected_end(connection.symbols);
        }
        self.take(connection.symbols, Input::Alert(direction, level == FATAL), |handshake| {
            if direction == Direction::Received && description != CLOSE_NOTIFY {
                // Kept whether or not anybody wants headers: an alert in the clear was sent before
                // the handshake's keys were in use.
                if let Some(header) = connection.take_sealed() {
                    handshake.keep(&EventBody::Record { direction, header }, 0);
                }
            }
            handshake.emit(&EventBody::Alert { direction, level, description });
            if level == FATAL {
                handshake.early = None;
            }
            handshake.seen.close_notify |= direction == Direction::Received && description == CLOSE_NOTIFY;
        });
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
            // SAFETY: passed on.
            return unsafe { self.start(connection, ssl) };
        }
        if self.phase.is_open() && self.drop_if_detached() {
            return;
        }
        if place & LOOP != 0 {
            self.take(symbols, Input::Step, |handshake| {
                if handshake.wanted & bit(EventKind::Step) != 0 {
                    handshake.stamp();
                    // SAFETY: a live SSL; the text is static.
                    let text = unsafe { CStr::from_ptr((symbols.f.SSL_state_string_long)(ssl)) };
                    handshake.emit(&EventBody::State(State::Step(text.to_str().unwrap_or_default())));
                }
            });
        } else if place & HANDSHAKE_DONE != 0 {
            // SAFETY: passed on.
            unsafe { self.said_done(connection, ssl) };
        } else if place & ALERT != 0 {
            if self.phase.is_open() && !self.seen.messages {
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
    unsafe fn start(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        // SAFETY: passed on.
        if self.phase == Phase::EarlyData && unsafe { self.goes_on(connection, ssl) } {
            return;
        }
        let (next, action) = on(self.phase, Input::Start);
        let Action::Begin(before) = action else {
            self.phase = next;
            return;
        };
        if let Some(ending) = before {
            self.end(connection.symbols, ending);
        }
        // SAFETY: passed on.
        unsafe {
            if self.defer(connection, ssl, next) {
                return;
            }
            self.begin(connection, ssl, next);
        }
        self.emit(&EventBody::State(State::HandshakeStarted));
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn handshake_done(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        let f = &connection.symbols.f;
        self.stamp();
        // SAFETY: a live SSL of this thread.
        unsafe {
            // Until TLS 1.3 the outer type is the true one.
            self.seen.data_in_headers = (f.SSL_version)(ssl) < TLS1_3;
            if !self.is_as_deferred(connection, ssl, Look::Identity) {
                self.materialise();
                self.compare_configuration(connection, ssl, false);
            }
            let done = self.done_now(connection, ssl);
            self.emit(&EventBody::State(done));
        }
    }

    /// What is told of a handshake that is done.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    pub(crate) unsafe fn done_now(&self, connection: &ConnectionState, ssl: *mut SSL) -> State<'static> {
        let f = &connection.symbols.f;
        // SAFETY: passed on.
        unsafe {
            let verify_result = (f.SSL_get_verify_result)(ssl) as i64;
            let resumed = (f.SSL_session_reused)(ssl) != 0;
            let peer_certificate = if resumed { self.session_has_certificate(connection, ssl) } else { None };
            State::HandshakeDone { verify_result, resumed, peer_certificate }
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
}
