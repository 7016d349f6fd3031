//! A handshake from one connection to the next: how it starts over, and what is cleared before it
//! waits for another one.

use super::super::super::sys::clock::Stopwatch;
use super::super::super::sys::library::Symbols;
use super::super::current::CurrentConnection;
use super::{HandshakeState, Phase};

impl HandshakeState {
    /// Drops everything; for a bug of our own.
    pub(crate) fn abort(&mut self) {
        *self = HandshakeState { phase: Phase::Dead, ..HandshakeState::default() };
    }

    /// Makes one that has been reported as good as new; `false` where it holds something, and is to
    /// be dropped.
    #[inline]
    pub(crate) fn renew(&mut self) -> bool {
        let holds = self.log.is_open()
            || self.recording.is_some()
            || self.configured.is_some()
            || !self.subscribers.is_empty();
        // Memory of their own, which these two keep when they are emptied.
        if holds || self.subscribers.spilled() || self.scratch.capacity() != 0 {
            return false;
        }
        // One by one, since to drop what holds nothing takes more than all of these.
        let HandshakeState {
            log: _,
            shown,
            version,
            phase,
            done,
            fast_path_only,
            record_received,
            recording: _,
            watch,
            last,
            wanted,
            deferred,
            live,
            role,
            data_in_headers,
            messages_seen,
            awaiting_peer_verdict,
            established_reported,
            hello_request_sent,
            data_sent,
            data_received,
            header_was_ccs,
            transport_recorded,
            close_notify_received,
            post_handshake,
            config_unchecked,
            given_back,
            symbols,
            current,
            peer,
            subscribers: _,
            configured: _,
            transport,
            received_before,
            socket: _,
            scratch: _,
        } = self;
        (*shown, *version, *phase, *role, *post_handshake) = ([false; 2], 0, Phase::Idle, None, None);
        (*watch, *last, *wanted, *transport) = (Stopwatch::default(), 0, 0, [0; 2]);
        (*symbols, *current, *peer, *received_before) = (None, CurrentConnection::default(), None, None);
        let flags = [
            done,
            fast_path_only,
            record_received,
            deferred,
            live,
            data_in_headers,
            messages_seen,
            awaiting_peer_verdict,
            established_reported,
            hello_request_sent,
            data_sent,
            data_received,
            header_was_ccs,
            transport_recorded,
            close_notify_received,
            config_unchecked,
            given_back,
        ];
        flags.into_iter().for_each(|flag| *flag = false);
        true
    }

    /// Nothing has happened yet on this connection.
    #[inline(always)]
    pub(crate) fn start_over(&mut self, symbols: &'static Symbols, current: CurrentConnection) {
        self.symbols = Some(symbols);
        self.current = current;
        (self.deferred, self.fast_path_only, self.shown, self.version) = (false, false, [false; 2], 0);
        (self.record_received, self.messages_seen, self.data_in_headers) = (false, false, false);
        (self.transport_recorded, self.close_notify_received, self.header_was_ccs) = (false, false, false);
        (self.done, self.awaiting_peer_verdict, self.hello_request_sent) = (false, false, false);
        (self.data_sent, self.data_received, self.established_reported) = (false, false, false);
        (self.post_handshake, self.peer, self.received_before) = (None, None, None);
        self.socket = None;
        self.phase = Phase::Open;
        self.watch = Stopwatch::start();
        self.last = 0;
    }
}
