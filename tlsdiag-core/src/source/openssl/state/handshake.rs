//! The handshake of one connection: what is known of it, and what needs the handshake alone.

mod life;
mod log;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use smallvec::SmallVec;

use super::super::config::peer;
use super::super::config::unchanged::Configured;
use super::super::error_queue::suspend::with_queue_suspended;
use super::super::phase::{Input, Phase, on};
use super::super::sys::clock::Stopwatch;
use super::super::sys::functions::BIO;
use super::super::sys::library::Symbols;
use super::current::CurrentConnection;
use super::fast;
use super::log_writer::LogWriter;
use super::name_check;
use super::recordings;
use super::subscription::{Subscriber, bit};
use crate::event::{Direction, Event, EventBody, EventKind, Recording, Role, Secret, State};

/// What the fast paths log without asking who wants it.
const LOGGED: u32 = bit(EventKind::Message) | bit(EventKind::ChangeCipherSpec);

/// What was seen of one handshake, beyond its phase.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seen {
    /// From here on the outer type of a record of application data says so: TLS 1.2 and older, once
    /// done.
    pub(crate) data_in_headers: bool,
    /// The message callback was called, so alerts need not be taken from the info callback.
    pub(crate) messages: bool,
    /// That the handshake is established was reported.
    pub(crate) established_reported: bool,
    pub(crate) data_sent: bool,
    pub(crate) data_received: bool,
    pub(crate) header_was_ccs: bool,
    /// The transport's end was recorded.
    pub(crate) transport_end: bool,
    /// The peer's close_notify was received.
    pub(crate) close_notify: bool,
}

/// What is known where OpenSSL says in the midst of a handshake that it is done.
#[derive(Clone, Copy)]
pub(crate) enum EarlyDone {
    /// The server has answered with a HelloRetryRequest, and that to this peer, if it is known.
    Retry(Option<SocketAddr>),
    /// What is to be told of it as done, should the application leave it at that.
    Done(State<'static>),
}

/// What the fast paths need lies together at the beginning: see [`ConnectionState`].
#[derive(Default)]
#[repr(C)]
pub(crate) struct HandshakeState {
    /// The log of its recording, which has it back when somebody looks.
    pub(crate) log: LogWriter,
    /// Of what came by the fast paths: a certificate of the peer's, one of ours.
    pub(crate) shown: [bool; 2],
    /// The version by which OpenSSL called the latest message.
    pub(crate) version: u16,
    /// Likewise, that message is ours.
    pub(crate) spoke_last: bool,
    pub(crate) phase: Phase,
    /// Every callback of this handshake took a fast path.
    pub(crate) fast_path_only: bool,
    /// A record's header was received, so it is known whether the peer speaks TLS.
    pub(crate) record_received: bool,
    pub(crate) recording: Option<Box<Recording>>,
    // So much lies on the connection's first line.
    pub(crate) watch: Stopwatch,
    /// The latest stamp, as [`watch`](Self::watch) counts; headers of records and the like share it.
    pub(crate) moment: u64,
    pub(crate) wanted: u32,
    /// Nothing but the log is known, and the rest is filled in if need be: see
    /// [`defer`](super::super::machine::deferred).
    pub(crate) deferred: bool,
    /// Whether a subscription wants events as they happen.
    pub(crate) live: bool,
    pub(crate) role: Option<Role>,
    pub(crate) seen: Seen,
    /// The configuration is its context's as it was last read, and nobody has looked whether it
    /// still holds.
    pub(crate) config_unchecked: bool,
    /// The hooks that cost something were given back.
    pub(crate) given_back: bool,
    /// What is known of a handshake that was said to be done in its midst.
    pub(crate) early: Option<EarlyDone>,
    pub(crate) symbols: Option<&'static Symbols>,
    /// The connection that this is about, from the beginning of the handshake on.
    pub(crate) current: CurrentConnection,
    /// One, as a rule, and then it needs no memory of its own.
    /// The peer, where it was asked for already.
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) subscribers: SmallVec<[Subscriber; 1]>,
    pub(crate) configured: Option<Arc<Configured>>,
    /// What the transport's BIO had read before the handshake began, where that was asked.
    pub(crate) received_before: Option<u64>,
    /// A client's socket, where it has one.
    pub(crate) socket: Option<u64>,
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
        self.wanted & bit(kind) != 0 && self.phase.is_open()
    }

    /// Whether a handshake is going on, or may go on.
    pub(crate) fn is_recorded(&self) -> bool {
        self.phase.is_open() || self.phase == Phase::Watching
    }

    /// Whether there is nothing more to come.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over | Phase::Dead)
    }

    pub(crate) fn wants_wire(&self) -> bool {
        self.wants(EventKind::Wire)
    }

    /// The fast paths that are open as this handshake stands. `chains` is whether the library has
    /// ever had a message callback of an application's, `interposed` whether all setters of this
    /// connection are seen.
    pub(crate) fn fast_paths(&self, chains: bool, interposed: bool) -> u8 {
        let unwanted = |kind, path| if self.wanted & bit(kind) == 0 { path } else { 0 };
        let seen = |path| if interposed { path } else { 0 };
        if self.is_over() && !chains && !self.seen.data_in_headers {
            return fast::OVER | fast::HEADERS | seen(fast::ALERTS);
        }
        if !self.phase.is_open() {
            return 0;
        }
        let steps = unwanted(EventKind::Step, fast::STEPS | seen(fast::SEEN_STEPS));
        if chains {
            return steps;
        }
        let only_kept = self.seen.messages
            && !self.live
            && self.wanted & LOGGED == LOGGED
            && matches!(self.phase, Phase::Handshaking | Phase::EarlyData | Phase::Done)
            && interposed;
        let headers = match (self.seen.data_in_headers, self.record_received) {
            (true, _) => 0,
            (false, true) => unwanted(EventKind::Record, fast::HEADERS),
            (false, false) if only_kept => unwanted(EventKind::Record, fast::FIRST),
            (false, false) => 0,
        };
        let defer = if self.deferred && self.fast_path_only { fast::DEFERRED } else { 0 };
        steps | headers | if only_kept { fast::KEEP | fast::ALERTS | defer } else { 0 }
    }

    /// Whether every subscription has been detached meanwhile; then the handshake is dropped.
    pub(crate) fn drop_if_detached(&mut self) -> bool {
        let deserted =
            !self.deferred && !self.subscribers.iter().any(|subscriber| subscriber.subscription.is_active());
        if deserted && self.phase.is_open() {
            self.forget();
        }
        deserted
    }

    /// The handshake is not reported.
    pub(crate) fn forget(&mut self) {
        self.give_recording_back();
        self.subscribers.clear();
        (self.wanted, self.deferred) = (0, false);
        (self.phase, _) = on(self.phase, Input::Forgotten);
    }

    /// The recording goes back unread, with its log.
    #[inline(always)]
    pub(crate) fn give_recording_back(&mut self) {
        if let Some(mut recording) = self.recording.take() {
            recording.give_open_log(self.log.close());
            recordings::give_back(recording);
        }
    }

    pub(crate) fn stamp(&mut self) {
        self.moment = self.moment.max(self.watch.moment());
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.watch.pace().at(self.moment))
    }

    /// Logs the event, and delivers it to the live subscriptions that want it.
    pub(crate) fn emit(&mut self, body: &EventBody<'_>) {
        let bit = bit(body.kind());
        if self.wanted & bit != 0 {
            self.keep(body, bit);
        }
    }

    /// Logs an event, and delivers it to the live subscriptions that want any of `bits`.
    pub(crate) fn keep(&mut self, body: &EventBody<'_>, bits: u32) {
        let number = self.log_event(body);
        if self.live {
            self.deliver(number, body, bits);
        }
    }

    /// Delivers an event of this number to the live subscriptions that want any of `bits`. Where
    /// one is live, every event is counted as it comes.
    pub(crate) fn deliver(&mut self, number: Option<u32>, body: &EventBody<'_>, bits: u32) {
        let (Some(recording), Some(symbols)) = (&self.recording, self.symbols) else { return };
        let sequence = number.unwrap_or(recording.len() as u32);
        let connection = recording.connection();
        let event = Event { connection, sequence, elapsed: self.elapsed(), body: *body };
        with_queue_suspended(symbols, || {
            for subscriber in &mut self.subscribers {
                let asked = subscriber.subscription.live
                    && subscriber.wanted & bits != 0
                    && subscriber.subscription.is_active();
                if asked {
                    subscriber.deliver(&event);
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

    /// Whether the BIOs must be watched for the transport's end. A server's handshake ends with an
    /// EXIT that shows it; a client of TLS 1.3 may be done before the transport ends, and then
    /// nothing else does.
    pub(crate) fn needs_transport(&self) -> bool {
        self.role == Some(Role::Client)
    }

    /// Where a client has received nothing: whether its peer's host has what was sent. That
    /// distinguishes a path that swallows packets from a program that says nothing.
    pub(crate) fn ask_what_arrived(&mut self, symbols: &Symbols) {
        let ssl = self.current.ssl;
        let Some(socket) = self.socket.filter(|_| !self.record_received && !ssl.is_null()) else { return };
        // SAFETY: the current connection is the one whose hook runs; its `SSL` is null there once
        // it is half gone.
        if let Some(bytes) = unsafe { peer::unacknowledged(symbols, ssl, socket) } {
            self.emit(&EventBody::Unacknowledged { bytes });
        }
    }

    /// Where no record was received: whether anything came at all. A server whose recording was
    /// deferred does not know what its BIO had read before, and only says that nothing ever came.
    pub(crate) fn tell_what_came(&mut self, symbols: &Symbols) {
        let ssl = self.current.ssl;
        if self.record_received || ssl.is_null() {
            return;
        }
        // SAFETY: the current connection is the one whose hook runs; its `SSL` is null there once
        // it is half gone.
        let Some(now) = (unsafe { peer::received(symbols, ssl) }) else { return };
        let bytes = match self.received_before {
            Some(before) => now.saturating_sub(before),
            None if now == 0 => 0,
            None => return,
        };
        self.emit(&EventBody::Received { bytes });
    }

    /// Records what the application has found since the last callback, where it held the peer's
    /// certificate against a name itself.
    pub(crate) fn take_name_check(&mut self) {
        let ssl = self.current.ssl;
        if ssl.is_null() || !self.wants(EventKind::Verify) {
            return;
        }
        if let Some((name, matches)) = name_check::take(ssl) {
            self.stamp();
            self.emit(&EventBody::NameChecked { name: &name, matches });
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
