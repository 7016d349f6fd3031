//! The handshake of one connection: who hears it, how it begins, what is told, how it ends.

mod life;

use std::ffi::c_int;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use smallvec::SmallVec;

use super::super::sys::clock::Stopwatch;
use super::super::config::snapshot;
use super::super::config::unchanged::Configured;
use super::connection::ConnectionState;
use super::super::current_connection::CurrentConnection;
use super::super::error_queue::suspend;
use super::event_log::Notes;
use super::free_list;
use super::super::sys::functions::{BIO, SSL};
use super::super::config::peer;
use super::subscription::{Subscriber, Subscription, bit};
use super::super::sys::library::Symbols;
use crate::event::{
    ConnectionId, Direction, Ending, Event, EventBody, EventKind, Recording, Role, Secret, TransportEnd,
};

/// `SSL_CB_LOOP`.
pub(crate) const LOOP: c_int = 0x01;
/// `SSL_CB_ALERT`.
pub(crate) const ALERT: c_int = 0x4000;
/// `SSL_CB_EXIT`.
pub(crate) const EXIT: c_int = 0x02;
/// `SSL_CB_HANDSHAKE_START`.
pub(crate) const HANDSHAKE_START: c_int = 0x10;
/// `SSL_CB_HANDSHAKE_DONE`.
pub(crate) const HANDSHAKE_DONE: c_int = 0x20;

/// A number that no connection of this process had before.
pub(crate) fn next_connection() -> ConnectionId {
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Phase {
    /// No handshake yet.
    #[default]
    Idle,
    /// Being recorded.
    Open,
    /// Told to its end; the hooks that cost something are given back.
    Over,
    /// The state machine moves again after the end: a renegotiation, a request for a certificate, or but a ticket.
    Watching,
    /// Failed: only another handshake's start makes another handshake.
    Dead,
}

/// What the fast paths need lies together at the beginning: see [`ConnectionState`].
#[derive(Default)]
#[repr(C)]
pub(crate) struct HandshakeState {
    /// What a deferred recording has kept, in the arena of its recording; written up before anybody looks at the handshake.
    pub(crate) notes: Notes,
    /// Of what came by the fast paths: a certificate of the peer's, one of ours.
    pub(crate) shown: [bool; 2],
    /// The version by which OpenSSL called the latest message.
    pub(crate) version: u16,
    pub(crate) phase: Phase,
    /// HANDSHAKE_DONE was seen.
    pub(crate) done: bool,
    /// All that was told of this handshake came by the fast paths.
    pub(crate) fast_path_only: bool,
    /// A record's header was received, so it is known whether the peer speaks TLS.
    pub(crate) heard_record: bool,
    pub(crate) recording: Option<Box<Recording>>,
    // So much lies on the connection's first line.
    pub(crate) watch: Stopwatch,
    /// The latest stamp, in nanoseconds since the beginning; headers of records and the like share it.
    pub(crate) last: u64,
    pub(crate) wanted: u32,
    /// Only what happens is kept, and what it takes to tell it is filled in if need be: see [`defer`](super::super::machine::deferred).
    pub(crate) deferred: bool,
    /// Whether anybody hears events as they happen.
    pub(crate) live: bool,
    pub(crate) role: Option<Role>,
    /// From here on the outer type of a record of application data says so: TLS 1.2 and older, once done.
    pub(crate) data_in_headers: bool,
    /// The message callback was heard in this handshake, so alerts need not be taken from the info callback.
    pub(crate) messages_heard: bool,
    /// A side that believes it is done but may still be refused.
    pub(crate) awaiting_peer_verdict: bool,
    /// Those who want to know of a handshake that is established have been told.
    pub(crate) established_told: bool,
    /// A server sent HelloRequest, and nothing has come of it yet.
    pub(crate) hello_request_sent: bool,
    pub(crate) data_sent: bool,
    pub(crate) data_received: bool,
    pub(crate) header_was_ccs: bool,
    /// The transport's end was told.
    pub(crate) transport_told: bool,
    /// The peer's close_notify was received.
    pub(crate) farewell: bool,
    /// TLS 1.3 authentication after the handshake, which has neither a start nor a done; `Some(true)` after Finished.
    pub(crate) post_handshake: Option<bool>,
    /// The configuration is its context's as it was last read, and nobody has looked whether it still holds.
    pub(crate) config_unchecked: bool,
    /// The hooks that cost something were given back.
    pub(crate) given_back: bool,
    pub(crate) symbols: Option<&'static Symbols>,
    /// The connection that this is about, from the beginning of the handshake on.
    pub(crate) current: CurrentConnection,
    /// One, as a rule, and then it needs no memory of its own.
    /// The peer, where it was asked for already.
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) heard: SmallVec<[Subscriber; 1]>,
    pub(crate) configured: Option<Arc<Configured>>,
    /// The BIOs last hooked, as addresses to compare.
    pub(crate) transport: [usize; 2],
    pub(crate) scratch: Vec<u8>,
}

impl HandshakeState {
    pub(crate) fn miss(&mut self, count: u32) {
        if let Some(recording) = &mut self.recording {
            (0..count).for_each(|_| recording.miss());
        }
    }

    pub(crate) fn wants(&self, kind: EventKind) -> bool {
        self.wanted & bit(kind) != 0 && self.phase == Phase::Open
    }

    /// Whether a handshake is going on, or may go on.
    pub(crate) fn is_recorded(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Watching)
    }

    pub(crate) fn wants_wire(&self) -> bool {
        self.wants(EventKind::Wire)
    }

    /// Whether every subscription has been detached meanwhile; then the handshake is dropped.
    pub(crate) fn is_deserted(&mut self) -> bool {
        let deserted = !self.deferred && !self.heard.iter().any(|heard| heard.subscription.is_active());
        if deserted && self.phase == Phase::Open {
            if let Some(recording) = self.recording.take() {
                free_list::give_back(recording);
            }
            self.heard.clear();
            self.wanted = 0;
            self.phase = Phase::Over;
        }
        deserted
    }

    /// Begins a handshake if anybody listens.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn begin(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        let symbols = connection.symbols;
        // SAFETY: a live SSL.
        if unsafe { (symbols.f.SSL_is_dtls)(ssl) } != 0 {
            return;
        }
        self.find_subscriptions(connection, |_| true);
        if self.heard.is_empty() {
            return;
        }
        self.wanted = self.heard.iter().fold(0, |bits, heard| bits | heard.wanted);
        self.live = self.heard.iter().any(|heard| heard.subscription.live);
        self.start_over(connection, ssl);
        self.recording = Some(free_list::take(next_connection()));
        // SAFETY: a live SSL of this thread.
        unsafe {
            let role = if (symbols.f.SSL_is_server)(ssl) != 0 { Role::Server } else { Role::Client };
            self.role = Some(role);
            // A failure is looked at again (`look_again`), and of what goes well nobody wants to hear.
            let choosy = self.heard.iter().all(|heard| heard.subscription.passes_over);
            let cached = connection
                .context
                .as_deref()
                .filter(|_| choosy && connection.interposed.load(Ordering::Relaxed));
            let cached = cached.and_then(|context| context.configured.load_full());
            self.config_unchecked = cached.is_some();
            let configured =
                cached.unwrap_or_else(|| snapshot::read(symbols, ssl, connection.context.as_deref()));
            let peer = peer::address(symbols, ssl, role)
                .or_else(|| self.heard.iter().find_map(|heard| heard.subscription.peer));
            let expected_name = peer::expected_name(symbols, ssl);
            let body = EventBody::Started {
                role,
                time: SystemTime::now(),
                peer,
                expected_name,
                local: &configured.local,
            };
            self.emit(&body);
            self.learn_to_sketch(connection, &configured);
            self.configured = Some(configured);
        }
    }

    /// Notes those who listen to this connection, as far as they are accepted.
    pub(crate) fn find_subscriptions(
        &mut self,
        connection: &ConnectionState,
        accepts: impl Fn(&Subscription) -> bool,
    ) {
        self.heard.clear();
        let of_context = connection.context.as_ref().map(|context| context.subscriptions.load());
        let of_ssl = connection.subscriptions.get().map(|list| list.load());
        for subscription in of_ssl.iter().chain(of_context.iter()).flat_map(|list| list.iter()) {
            // A recorder on the context and on the connection as well is told once, with what it knows of this connection.
            let known = self.heard.iter().any(|heard| heard.subscription.is_same_recorder(subscription));
            if subscription.is_active() && subscription.wanted != 0 && !known && accepts(subscription) {
                self.heard
                    .push(Subscriber { subscription: Arc::clone(subscription), wanted: subscription.wanted });
            }
        }
    }

    pub(crate) fn stamp(&mut self) {
        self.last = self.last.max(self.watch.elapsed());
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.last)
    }

    /// As [`emit`](Self::emit), for the events that there are most of.
    pub(crate) fn emit_message(&mut self, direction: Direction, bytes: &[u8]) {
        const BIT: u32 = bit(EventKind::Message);
        if self.live || self.notes.is_open() {
            self.emit(&EventBody::Message { direction, bytes });
        } else if self.wanted & BIT != 0
            && let Some(recording) = &mut self.recording
        {
            recording.push_message(self.last, direction, bytes);
        }
    }

    /// Keeps the event and tells it to those who want it.
    pub(crate) fn emit(&mut self, body: &EventBody<'_>) {
        let bit = bit(body.kind());
        if self.wanted & bit != 0 {
            self.keep(body, bit);
        }
    }

    /// Keeps an event and tells it to those who want any of `bits`.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) fn keep(&mut self, body: &EventBody<'_>, bits: u32) {
        if self.notes.is_open() {
            if self.note(body) {
                return;
            }
            self.write_events();
        }
        let Some(recording) = self.recording.as_mut() else { return };
        let number = recording.push_at(self.last, body).unwrap_or(recording.len() as u32);
        let (true, Some(symbols)) = (self.live, self.symbols) else { return };
        let connection = recording.connection();
        let event = Event { connection, sequence: number, elapsed: self.elapsed(), body: *body };
        suspend::with_queue_aside(symbols, || {
            for heard in &mut self.heard {
                let asked =
                    heard.subscription.live && heard.wanted & bits != 0 && heard.subscription.is_active();
                if asked && !heard.subscription.hear(&event) {
                    heard.wanted = 0;
                }
            }
        });
    }

    pub(crate) fn verify(
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

    pub(crate) fn security_denied(&mut self, operation: i32, bits: i32, nid: i32) {
        if self.wants(EventKind::SecurityDenied) {
            self.emit(&EventBody::SecurityDenied { operation, bits, nid });
        }
    }

    pub(crate) fn secret(&mut self, line: &str) {
        if self.wants(EventKind::Secret) {
            self.emit(&EventBody::Secret(Secret::new(line)));
        }
    }

    pub(crate) fn wire(&mut self, direction: Direction, bytes: &[u8]) {
        self.emit(&EventBody::Wire { direction, bytes });
    }

    /// Whether the BIOs must be watched for the transport's end. A server's handshake ends with an EXIT that tells it; a
    /// client of TLS 1.3 may be done before the transport ends, and then nothing else does.
    pub(crate) fn needs_transport(&self) -> bool {
        self.role == Some(Role::Client)
    }

    pub(crate) fn transport(
        &mut self,
        symbols: &'static Symbols,
        direction: Direction,
        end: TransportEnd,
        errno: i32,
    ) {
        if self.phase != Phase::Open || self.is_deserted() {
            return;
        }
        self.stamp();
        self.transport_told = true;
        self.emit(&EventBody::Transport { direction, end, errno });
        if end == TransportEnd::Timeout {
            self.ask_what_arrived(symbols);
        }
        if self.awaiting_peer_verdict {
            self.end(symbols, Ending::Settled);
        }
    }

    /// Whether this is a server of TLS 1.3 that is done, and its client has said nothing yet.
    #[inline(always)]
    pub(crate) fn awaits_first_words(&self) -> bool {
        self.awaiting_peer_verdict && self.role == Some(Role::Server) && !self.data_in_headers
    }

    /// Whether this server is to wait for its client's first words, or for their absence: all who hear of it want to know.
    pub(crate) fn is_patient(&self) -> bool {
        match self.deferred {
            true => self.waits_for_first_words_now(),
            false => self.heard.iter().all(|heard| heard.subscription.awaits_first_words),
        }
    }

    /// Where a client has heard nothing: whether its peer's host has what was sent. That tells a path that swallows packets from a
    /// program that says nothing.
    pub(crate) fn ask_what_arrived(&mut self, symbols: &Symbols) {
        let ssl = self.current.ssl;
        if self.heard_record || self.role != Some(Role::Client) || ssl.is_null() {
            return;
        }
        // SAFETY: the current connection is the one whose hook runs; its `SSL` is null there once it is half gone.
        if let Some(bytes) = unsafe { peer::unacknowledged(symbols, ssl) } {
            self.emit(&EventBody::Unacknowledged { bytes });
        }
    }

    /// The message callback and those of the BIOs are given back to the application.
    pub(crate) fn give_back(&mut self) {
        self.given_back = true;
        self.transport = [0; 2];
    }

    /// Whether what was given back is wanted again.
    pub(crate) fn takes_back(&mut self) -> bool {
        std::mem::take(&mut self.given_back)
    }

    /// Whether these BIOs are new to us.
    pub(crate) fn is_new_transport(&mut self, read: *mut BIO, write: *mut BIO) -> bool {
        let transport = [read as usize, write as usize];
        std::mem::replace(&mut self.transport, transport) != transport
    }
}
