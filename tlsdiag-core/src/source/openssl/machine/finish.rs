//! How a handshake ends: what is checked once more, who gets the recording, and what is passed
//! over.

use std::ptr;

use super::super::config::peer;
use super::super::error_queue::suspend::with_queue_suspended;
use super::super::phase::Phase;
use super::super::state::connection::ConnectionState;
use super::super::state::current::{CurrentConnection, within};
use super::super::state::handshake::HandshakeState;
use super::super::state::recordings;
use super::super::state::subscription::bit;
use super::super::sys::constants::RECEIVED_SHUTDOWN;
use super::super::sys::functions::SSL;
use super::super::sys::library::Symbols;
use crate::event::{Direction, Ending, Event, EventBody, EventKind, Recording, Role, State, TransportEnd};

impl HandshakeState {
    /// The handshake ends. Where the connection was freed it touches no object of OpenSSL's, since
    /// there may be none left.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) fn end(&mut self, symbols: &'static Symbols, ending: Ending) {
        if !self.phase.is_open() || self.drop_if_detached() {
            return;
        }
        self.take_name_check();
        if self.phase == Phase::EarlyData && ending == Ending::Freed && !self.leaves_at_early_data() {
            return self.forget();
        }
        if ending == Ending::Freed {
            // Half gone, if there at all.
            self.current.ssl = ptr::null_mut();
        }
        // SAFETY: this is called within a hook of the current connection.
        if self.deferred && !unsafe { self.current.state() }.is_some_and(|of| self.is_passed_over(of)) {
            self.materialise();
        }
        if ending == Ending::Freed {
            self.stamp();
            self.emit(&EventBody::State(State::Freed));
        }
        self.phase = Phase::Over;
        if let Some(recording) = &mut self.recording {
            self.moment = self.moment.max(recording.give_log(self.log.close()));
            self.subscribers.retain(|subscriber| {
                subscriber.is_asked(EventKind::Ended) && !subscriber.subscription.ignores(recording)
            });
        }
        if !self.subscribers.is_empty() {
            self.check_configuration(symbols);
        }
        if let Some(mut recording) = self.recording.take() {
            if !self.subscribers.is_empty() {
                self.hand_over(symbols, ending, &mut recording);
            }
            recordings::give_back(recording);
        }
        self.subscribers.clear();
        self.wanted = 0;
        self.configured = None;
        self.deferred = false;
    }

    /// The application gives up the connection, of which all can still be asked.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    pub(crate) unsafe fn leave(&mut self, connection: &ConnectionState, ssl: *mut SSL) {
        self.current = CurrentConnection::new(connection, ssl);
        self.take_name_check();
        let closed = self.was_closed(connection.symbols);
        if self.deferred {
            if !closed && self.is_passed_over(connection) {
                return;
            }
            self.materialise();
        }
        let config_unchecked = self.config_unchecked;
        self.check_configuration(connection.symbols);
        // A client that leaves without an alert has most probably refused, by what it trusts now:
        // curl fills its store when the server has answered.
        let silent = self.phase.is_done() && self.role == Some(Role::Client) && !self.seen.data_sent;
        if config_unchecked || silent {
            // SAFETY: passed on.
            unsafe { self.compare_configuration(connection, ssl, true) };
        }
        if closed {
            self.transport(connection.symbols, Direction::Received, TransportEnd::Eof, 0);
        } else if !self.seen.transport_end {
            self.ask_what_arrived(connection.symbols);
        }
    }

    /// Whether the client closed the connection without an alert. With
    /// SSL_OP_IGNORE_UNEXPECTED_EOF, as nginx and Python set it, OpenSSL takes the end of the
    /// transport for a close_notify and reports nothing.
    fn was_closed(&self, symbols: &Symbols) -> bool {
        let waits = match self.phase {
            Phase::AwaitingFirstWords => true,
            // With an answer to its early data it has all that it wanted.
            Phase::EarlyData => self.role == Some(Role::Server) && !self.seen.data_sent,
            _ => false,
        };
        if !waits || self.seen.close_notify || self.seen.transport_end {
            return false;
        }
        // SAFETY: the current connection is alive (`leave`); getters.
        unsafe {
            symbols.f.SSL_get_shutdown.is_some_and(|get| get(self.current.ssl) & RECEIVED_SHUTDOWN != 0)
                || peer::has_hung_up(symbols, self.current.ssl)
        }
    }

    /// The application has control again, and the handshake may still go on.
    pub(crate) fn pause(&mut self, symbols: &Symbols) {
        if self.wanted & bit(EventKind::Paused) != 0 && !self.drop_if_detached() {
            self.lend(symbols, EventKind::Paused);
        }
    }

    /// The handshake is established, and the handshake goes on: those who want it get what there
    /// is.
    #[cold]
    pub(crate) fn established(&mut self, symbols: &Symbols) {
        if self.wanted & bit(EventKind::Established) != 0
            && !self.seen.established_reported
            && !self.drop_if_detached()
        {
            self.seen.established_reported = true;
            self.materialise();
            self.lend(symbols, EventKind::Established);
        }
    }

    /// Lends the recording as it stands to those who want this kind of event.
    fn lend(&mut self, symbols: &Symbols, kind: EventKind) {
        self.with_recording(|handshake, recording| handshake.show(symbols, kind, recording));
    }

    fn show(&mut self, symbols: &Symbols, kind: EventKind, recording: &Recording) {
        let is_established = kind == EventKind::Established;
        let event = Event {
            connection: recording.connection(),
            sequence: recording.len() as u32,
            elapsed: self.elapsed(),
            body: match is_established {
                true => EventBody::Established { recording },
                false => EventBody::Paused { recording },
            },
        };
        let (current, subscribers) = (self.current, &mut self.subscribers);
        let deliver = || {
            for subscriber in subscribers {
                let ignores = || is_established && subscriber.subscription.ignores(recording);
                if subscriber.is_asked(kind) && !ignores() {
                    subscriber.deliver(&event);
                }
            }
        };
        within(current, || with_queue_suspended(symbols, deliver));
    }

    /// Tells the whole recording to those who want it; the last of them may take it. Here a
    /// recorder does its real work, which may well use OpenSSL.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    #[inline(never)]
    fn hand_over(&self, symbols: &Symbols, ending: Ending, recording: &mut Recording) {
        let elapsed = self.elapsed();
        let mut deliver = || {
            let Some((last, others)) = self.subscribers.split_last() else { return };
            for subscriber in others {
                subscriber.subscription.deliver(&Event::ended(ending, elapsed, recording));
            }
            last.subscription.finish(ending, elapsed, recording);
        };
        within(self.current, || {
            if self.subscribers.iter().any(|subscriber| subscriber.subscription.uses_openssl) {
                with_queue_suspended(symbols, deliver);
            } else {
                deliver();
            }
        });
    }
}
