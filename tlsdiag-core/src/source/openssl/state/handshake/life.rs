//! A handshake from one connection to the next: how it starts over, and what is cleared before it
//! waits for another one.

use super::super::super::phase::Phase;
use super::super::super::sys::clock::Stopwatch;
use super::super::super::sys::library::Symbols;
use super::super::current::CurrentConnection;
use super::{HandshakeState, Seen};

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
            spoke_last,
            phase,
            fast_path_only,
            record_received,
            recording: _,
            watch,
            moment,
            wanted,
            deferred,
            live,
            role,
            seen,
            config_unchecked,
            given_back,
            early,
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
        (*shown, *version, *phase, *role, *seen) = ([false; 2], 0, Phase::Idle, None, Seen::default());
        (*watch, *moment, *wanted, *transport) = (Stopwatch::default(), 0, 0, [0; 2]);
        (*symbols, *current, *peer, *received_before) = (None, CurrentConnection::default(), None, None);
        (*fast_path_only, *record_received, *deferred, *live) = (false, false, false, false);
        (*config_unchecked, *given_back, *spoke_last, *early) = (false, false, false, None);
        true
    }

    /// A handshake begins, in this phase.
    #[inline(always)]
    pub(crate) fn start_over(&mut self, symbols: &'static Symbols, current: CurrentConnection, phase: Phase) {
        self.symbols = Some(symbols);
        self.current = current;
        (self.deferred, self.fast_path_only, self.record_received) = (false, false, false);
        (self.shown, self.version, self.seen) = ([false; 2], 0, Seen::default());
        (self.spoke_last, self.early) = (false, None);
        (self.peer, self.received_before, self.socket) = (None, None, None);
        self.phase = phase;
        self.watch = Stopwatch::start();
        self.moment = 0;
    }
}
