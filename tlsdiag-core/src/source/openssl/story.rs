//! One connection as its hooks see it: when it begins, what is told to whom, when it is over.
//!
//! Nothing here reads TLS beyond content types, a message's type byte and an alert's two bytes.

use std::ffi::{CStr, c_int};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use super::aside;
use super::errors;
use super::listener::{Heard, bit};
use super::local::{self, Configured};
use super::pool;
use super::slot::Slot;
use super::symbols::{BIO, SSL, Symbols};
use crate::event::{
    ConnectionId, Direction, Ending, Event, EventBody, EventKind, Recording, Role, Secret, State,
    TransportEnd,
};

const TLS1_3: c_int = 0x0304;
/// `SSL_get_error` values that only ask for patience: want read, write, X509 lookup, connect, accept, async, async job,
/// client hello callback, retry verify.
const PENDING: [c_int; 9] = [2, 3, 4, 7, 8, 9, 10, 11, 12];

static NEXT: AtomicU64 = AtomicU64::new(1);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Phase {
    /// No handshake yet.
    #[default]
    Idle,
    /// Being recorded.
    Open,
    /// Told to its end; the hooks that cost something are given back.
    Over,
    /// The state machine moves again after the end: a renegotiation, a request for a certificate, or but a ticket.
    Watching,
    /// Failed: only another handshake's start makes another story.
    Dead,
}

#[derive(Default)]
pub(super) struct Story {
    pub(super) phase: Phase,
    recording: Option<Box<Recording>>,
    heard: Vec<Heard>,
    wanted: u32,
    /// Whether anybody hears events as they happen.
    live: bool,
    symbols: Option<&'static Symbols>,
    /// A record's header was received, so it is known whether the peer speaks TLS.
    heard_record: bool,
    began: Option<Instant>,
    /// The stamp that record headers share.
    last: Duration,
    role: Option<Role>,
    configured: Option<Arc<Configured>>,
    /// The message callback was heard in this story, so alerts need not be taken from the info callback.
    messages_heard: bool,
    /// HANDSHAKE_DONE was seen.
    done: bool,
    /// A client that believes it is done but may still be refused.
    lingering: bool,
    /// TLS 1.3 authentication after the handshake, which has neither a start nor a done; `Some(true)` after Finished.
    post_handshake: Option<bool>,
    /// A server sent HelloRequest, and nothing has come of it yet.
    asked_again: bool,
    data_sent: bool,
    data_received: bool,
    header_was_ccs: bool,
    /// The hooks that cost something were given back.
    given_back: bool,
    /// The BIOs last hooked, as addresses to compare.
    transport: [usize; 2],
    scratch: Vec<u8>,
}

impl Story {
    pub(super) fn miss(&mut self, count: u32) {
        if let Some(recording) = &mut self.recording {
            (0..count).for_each(|_| recording.miss());
        }
    }

    /// Drops everything without a word; for a bug of our own.
    pub(super) fn abort(&mut self) {
        *self = Story { phase: Phase::Dead, ..Story::default() };
    }

    pub(super) fn wants(&self, kind: EventKind) -> bool {
        self.wanted & bit(kind) != 0 && self.phase == Phase::Open
    }

    pub(super) fn wants_wire(&self) -> bool {
        self.wants(EventKind::Wire)
    }

    /// Whether every listener has been detached meanwhile; then the story is dropped.
    fn is_deserted(&mut self) -> bool {
        let deserted = !self.heard.iter().any(|heard| heard.listener.is_active());
        if deserted && self.phase == Phase::Open {
            if let Some(recording) = self.recording.take() {
                pool::give_back(recording);
            }
            self.heard.clear();
            self.wanted = 0;
            self.phase = Phase::Over;
        }
        deserted
    }

    /// Begins a story if anybody listens.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `slot` is its slot.
    unsafe fn begin(&mut self, slot: &Slot, ssl: *mut SSL) {
        let symbols = slot.symbols;
        // SAFETY: a live SSL.
        if unsafe { (symbols.f.SSL_is_dtls)(ssl) } != 0 {
            return;
        }
        self.heard.clear();
        let of_context = slot.context.as_ref().map(|context| context.listeners.load());
        let of_ssl = slot.listeners.load();
        for listener in of_context.iter().flat_map(|list| list.iter()).chain(of_ssl.iter()) {
            if listener.is_active() {
                let wanted = listener.wanted();
                if wanted != 0 {
                    self.heard.push(Heard { listener: Arc::clone(listener), wanted });
                }
            }
        }
        if self.heard.is_empty() {
            return;
        }
        self.wanted = self.heard.iter().fold(0, |bits, heard| bits | heard.wanted);
        self.live = self.heard.iter().any(|heard| heard.listener.live);
        self.symbols = Some(symbols);
        self.heard_record = false;
        self.recording = Some(pool::take(ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed))));
        self.phase = Phase::Open;
        self.began = Some(Instant::now());
        self.last = Duration::ZERO;
        (self.done, self.lingering, self.messages_heard) = (false, false, false);
        (self.data_sent, self.data_received, self.header_was_ccs) = (false, false, false);
        self.post_handshake = None;
        self.asked_again = false;
        // SAFETY: a live SSL of this thread.
        unsafe {
            let role = if (symbols.f.SSL_is_server)(ssl) != 0 { Role::Server } else { Role::Client };
            self.role = Some(role);
            let configured = local::read(symbols, ssl, slot.context.as_deref());
            let peer =
                local::peer(symbols, ssl).or_else(|| self.heard.iter().find_map(|heard| heard.listener.peer));
            let expected_name = local::expected_name(symbols, ssl);
            let body = EventBody::Started {
                role,
                time: SystemTime::now(),
                peer,
                expected_name,
                local: &configured.local,
            };
            self.emit(&body);
            self.configured = Some(configured);
        }
    }

    fn stamp(&mut self) {
        if let Some(began) = self.began {
            self.last = began.elapsed();
        }
    }

    /// Keeps the event and tells it to those who want it.
    fn emit(&mut self, body: &EventBody<'_>) {
        let bit = bit(body.kind());
        if self.wanted & bit != 0 {
            self.keep(body, bit);
        }
    }

    /// Keeps an event and tells it to those who want any of `bits`.
    fn keep(&mut self, body: &EventBody<'_>, bits: u32) {
        let Some(recording) = self.recording.as_mut() else { return };
        let number = recording.push(self.last, body).unwrap_or(recording.len() as u32);
        let (true, Some(symbols)) = (self.live, self.symbols) else { return };
        let event =
            Event { connection: recording.connection(), sequence: number, elapsed: self.last, body: *body };
        aside::with_queue_aside(symbols, || {
            for heard in &mut self.heard {
                let asked = heard.listener.live && heard.wanted & bits != 0 && heard.listener.is_active();
                if asked && !heard.listener.hear(&event) {
                    heard.wanted = 0;
                }
            }
        });
    }

    /// The last word. Touches no object of OpenSSL's, since there may be none left.
    pub(super) fn end(&mut self, symbols: &Symbols, ending: Ending) {
        if self.phase != Phase::Open || self.is_deserted() {
            return;
        }
        self.phase = Phase::Over;
        if let Some(recording) = self.recording.take() {
            let event = Event {
                connection: recording.connection(),
                sequence: recording.len() as u32,
                elapsed: self.last,
                body: EventBody::Ended { ending, recording: &recording },
            };
            let bit = bit(EventKind::Ended);
            // Here a recorder does its real work, which may well use OpenSSL.
            aside::with_queue_aside(symbols, || {
                for heard in &self.heard {
                    if heard.wanted & bit != 0 && heard.listener.is_active() {
                        heard.listener.hear(&event);
                    }
                }
            });
            pool::give_back(recording);
        }
        self.heard.clear();
        self.wanted = 0;
        self.configured = None;
        self.lingering = false;
    }

    /// The message callback.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `slot` is its slot.
    pub(super) unsafe fn message(
        &mut self,
        slot: &Slot,
        ssl: *mut SSL,
        direction: Direction,
        content_type: c_int,
        bytes: &[u8],
    ) {
        match self.phase {
            // SAFETY: a live SSL. One that was attached after its handshake has no story.
            Phase::Idle => unsafe {
                if (slot.symbols.f.SSL_in_init)(ssl) == 0 {
                    return;
                }
                self.begin(slot, ssl);
            },
            Phase::Watching if content_type == 22 => match bytes.first() {
                // A ticket or a key update is no story; neither is a HelloRequest before its handshake starts.
                None | Some(0 | 4 | 24) => {}
                // SAFETY: passed on.
                Some(_) => unsafe {
                    self.begin(slot, ssl);
                    self.post_handshake = Some(false);
                },
            },
            _ => {}
        }
        if self.phase != Phase::Open || self.is_deserted() {
            return;
        }
        self.messages_heard = true;
        match (content_type, bytes) {
            (22, _) => {
                self.stamp();
                self.emit(&EventBody::Message { direction, bytes });
                match bytes.first() {
                    Some(4) if self.lingering && direction == Direction::Received => {
                        self.end(slot.symbols, Ending::Settled);
                    }
                    Some(0) if self.role == Some(Role::Server) => self.asked_again = true,
                    Some(1) => self.asked_again = false,
                    Some(20) if self.post_handshake.is_some() => self.post_handshake = Some(true),
                    _ => {}
                }
            }
            (21, &[level, description, ..]) => self.alert(slot.symbols, direction, level, description),
            (20, _) if direction == Direction::Sent || !self.header_was_ccs => {
                self.emit(&EventBody::ChangeCipherSpec { direction });
            }
            (256, &[a, b, c, d, e, ..]) => {
                // SAFETY: passed on.
                unsafe { self.header(slot.symbols, ssl, direction, [a, b, c, d, e]) };
            }
            (257, &[23, ..]) => self.application_data(slot.symbols, direction),
            _ => {}
        }
    }

    /// # Safety
    /// `ssl` is alive.
    unsafe fn header(&mut self, symbols: &Symbols, ssl: *mut SSL, direction: Direction, header: [u8; 5]) {
        let seen = match direction {
            Direction::Sent => self.data_sent,
            Direction::Received => self.data_received,
        };
        if self.done && seen && header[0] == 23 {
            return;
        }
        let first = direction == Direction::Received && !std::mem::replace(&mut self.heard_record, true);
        if first {
            // Kept whether or not anybody wants headers: it tells what the peer speaks.
            self.keep(&EventBody::Record { direction, header }, u32::MAX);
        } else {
            self.emit(&EventBody::Record { direction, header });
        }
        self.header_was_ccs = header[0] == 20 && direction == Direction::Received;
        if self.header_was_ccs {
            // An incoming change_cipher_spec is told by its header alone.
            self.emit(&EventBody::ChangeCipherSpec { direction });
        }
        // Until TLS 1.3 the outer type is the true one.
        // SAFETY: a live SSL.
        if header[0] == 23 && self.done && unsafe { (symbols.f.SSL_version)(ssl) } < TLS1_3 {
            self.application_data(symbols, direction);
        }
    }

    fn application_data(&mut self, symbols: &Symbols, direction: Direction) {
        let seen = match direction {
            Direction::Sent => &mut self.data_sent,
            Direction::Received => &mut self.data_received,
        };
        if !std::mem::replace(seen, true) {
            self.stamp();
            self.emit(&EventBody::ApplicationData { direction });
        }
        if self.lingering && direction == Direction::Received {
            self.end(symbols, Ending::Settled);
        }
    }

    fn alert(&mut self, symbols: &Symbols, direction: Direction, level: u8, description: u8) {
        self.stamp();
        self.emit(&EventBody::Alert { direction, level, description });
        // A close_notify of our own settles nothing: the peer's refusal may still be on its way.
        let refused = self.asked_again && level == 2;
        if refused || (self.lingering && (direction == Direction::Received || level == 2)) {
            self.end(symbols, Ending::Settled);
        }
    }

    /// The info callback.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `slot` is its slot.
    pub(super) unsafe fn info(&mut self, slot: &Slot, ssl: *mut SSL, place: c_int, value: c_int) {
        const LOOP: c_int = 0x01;
        const EXIT: c_int = 0x02;
        const READ: c_int = 0x04;
        const HANDSHAKE_START: c_int = 0x10;
        const HANDSHAKE_DONE: c_int = 0x20;
        const ALERT: c_int = 0x4000;
        let symbols = slot.symbols;
        if place & HANDSHAKE_START != 0 {
            if self.phase == Phase::Open && self.asked_again {
                // The client took up our HelloRequest: its handshake is the one that this story is about.
                self.asked_again = false;
                return;
            }
            let ending = if self.done { Ending::Settled } else { Ending::Freed };
            self.end(symbols, ending);
            // SAFETY: passed on.
            unsafe { self.begin(slot, ssl) };
            self.emit(&EventBody::State(State::HandshakeStarted));
            return;
        }
        if self.phase == Phase::Over && place & LOOP != 0 {
            self.phase = Phase::Watching;
        }
        if self.phase == Phase::Watching && place & EXIT != 0 {
            self.phase = Phase::Over;
        }
        if self.phase != Phase::Open || self.is_deserted() {
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
            unsafe { self.handshake_done(slot, ssl) };
        } else if place & ALERT != 0 {
            if !self.messages_heard {
                let direction = if place & READ != 0 { Direction::Received } else { Direction::Sent };
                self.alert(symbols, direction, (value >> 8) as u8, value as u8);
            }
        } else if place & EXIT != 0 {
            // SAFETY: passed on.
            unsafe { self.exit(slot, ssl, value) };
        }
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `slot` is its slot.
    unsafe fn handshake_done(&mut self, slot: &Slot, ssl: *mut SSL) {
        let f = &slot.symbols.f;
        if self.asked_again {
            // HelloRequest is out, no more than that: what the client makes of it is still to come.
            return;
        }
        self.stamp();
        self.done = true;
        // SAFETY: a live SSL of this thread.
        unsafe {
            self.compare_configuration(slot, ssl, false);
            let verify_result = (f.SSL_get_verify_result)(ssl) as i64;
            let resumed = (f.SSL_session_reused)(ssl) != 0;
            let peer_certificate = if resumed { self.session_has_certificate(slot, ssl) } else { None };
            self.emit(&EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }));
        }
    }

    /// # Safety
    /// `ssl` is alive and this thread's; `slot` is its slot.
    unsafe fn session_has_certificate(&self, slot: &Slot, ssl: *mut SSL) -> Option<bool> {
        let f = &slot.symbols.f;
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
    /// `ssl` is alive and this thread's; `slot` is its slot.
    unsafe fn exit(&mut self, slot: &Slot, ssl: *mut SSL, ret: c_int) {
        let symbols = slot.symbols;
        // SAFETY: a live SSL of this thread; SSL_get_error only peeks at the queue.
        unsafe {
            if ret > 0 {
                if self.post_handshake == Some(true) && !self.done {
                    self.handshake_done(slot, ssl);
                }
                if self.done {
                    let client = self.role == Some(Role::Client);
                    if client && (symbols.f.SSL_version)(ssl) >= TLS1_3 {
                        self.lingering = true;
                    } else {
                        self.end(symbols, Ending::Settled);
                    }
                }
                return;
            }
            let ssl_error = (symbols.f.SSL_get_error)(ssl, ret);
            if PENDING.contains(&ssl_error) {
                return;
            }
            self.stamp();
            self.compare_configuration(slot, ssl, true);
            if self.wanted & bit(EventKind::LibraryErrors) != 0 {
                let errors = errors::copy(symbols);
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

    /// # Safety
    /// `ssl` is alive and this thread's; `slot` is its slot.
    unsafe fn compare_configuration(&mut self, slot: &Slot, ssl: *mut SSL, thorough: bool) {
        let Some(before) = self.configured.clone() else { return };
        // SAFETY: passed on.
        let after = unsafe { local::reread(slot.symbols, ssl, &before, thorough) };
        if let Some(after) = after {
            if after.local != before.local {
                self.emit(&EventBody::Reconfigured { local: &after.local });
            }
            self.configured = Some(after);
        }
    }

    pub(super) fn verify(
        &mut self,
        depth: u32,
        ok: bool,
        accepted: bool,
        error: i32,
        fill: impl FnOnce(&mut Vec<u8>),
    ) {
        if !self.wants(EventKind::Verify) {
            return;
        }
        self.stamp();
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        if !ok || !accepted {
            fill(&mut scratch);
        }
        let certificate = (!scratch.is_empty()).then_some(scratch.as_slice());
        self.emit(&EventBody::Verify { depth, ok, accepted, error, certificate });
        self.scratch = scratch;
    }

    pub(super) fn security_denied(&mut self, operation: i32, bits: i32, nid: i32) {
        if self.wants(EventKind::SecurityDenied) {
            self.emit(&EventBody::SecurityDenied { operation, bits, nid });
        }
    }

    pub(super) fn secret(&mut self, line: &str) {
        if self.wants(EventKind::Secret) {
            self.emit(&EventBody::Secret(Secret::new(line)));
        }
    }

    pub(super) fn wire(&mut self, direction: Direction, bytes: &[u8]) {
        self.emit(&EventBody::Wire { direction, bytes });
    }

    pub(super) fn transport(
        &mut self,
        symbols: &Symbols,
        direction: Direction,
        end: TransportEnd,
        errno: i32,
    ) {
        if self.phase != Phase::Open || self.is_deserted() {
            return;
        }
        self.stamp();
        self.emit(&EventBody::Transport { direction, end, errno });
        if self.lingering {
            self.end(symbols, Ending::Settled);
        }
    }

    /// The message callback and those of the BIOs are given back to the application.
    pub(super) fn give_back(&mut self) {
        self.given_back = true;
        self.transport = [0; 2];
    }

    /// Whether what was given back is wanted again.
    pub(super) fn takes_back(&mut self) -> bool {
        std::mem::take(&mut self.given_back)
    }

    /// Whether these BIOs are new to us.
    pub(super) fn is_new_transport(&mut self, read: *mut BIO, write: *mut BIO) -> bool {
        let transport = [read as usize, write as usize];
        std::mem::replace(&mut self.transport, transport) != transport
    }
}
