//! How a handshake begins: who subscribes to it, and what is known of both sides then.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::super::config::{peer, snapshot};
use super::super::phase::{Input, Phase, on};
use super::super::state::connection::ConnectionState;
use super::super::state::current::CurrentConnection;
use super::super::state::handshake::HandshakeState;
use super::super::state::name_check;
use super::super::state::recordings;
use super::super::state::subscription::{Subscriber, Subscription, bit};
use super::super::sys::functions::SSL;
use super::super::sys::memory;
use crate::event::{Beginning, EventKind, Role};
use crate::recorder::Skipped;

impl HandshakeState {
    /// Begins a handshake in this phase, if it has subscriptions.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn begin(&mut self, connection: &ConnectionState, ssl: *mut SSL, phase: Phase) {
        if memory::is_short() || !memory::is_thread_ready() {
            // Nor when there is some again in the midst of it.
            (self.phase, _) = on(self.phase, Input::Skipped);
            return;
        }
        let symbols = connection.symbols;
        // SAFETY: a live SSL.
        let skipped = unsafe { (symbols.f.SSL_is_dtls)(ssl) != 0 };
        self.find_subscriptions(connection, |_| true);
        if skipped {
            self.subscribers.drain(..).for_each(|subscriber| subscriber.subscription.skip(Skipped::Dtls));
            (self.phase, _) = on(self.phase, Input::Skipped);
            return;
        }
        if self.subscribers.is_empty() {
            return;
        }
        self.wanted = self.subscribers.iter().fold(0, |bits, subscriber| bits | subscriber.wanted);
        self.live = self.subscribers.iter().any(|subscriber| subscriber.subscription.live);
        self.begin_anew(connection, ssl, phase);
        name_check::forget(ssl);
        // SAFETY: a live SSL of this thread.
        unsafe {
            let role = if (symbols.f.SSL_is_server)(ssl) != 0 { Role::Server } else { Role::Client };
            self.role = Some(role);
            // A failure is checked again (`check_configuration`), and what goes well is passed
            // over.
            let choosy = self.subscribers.iter().all(|subscriber| subscriber.subscription.passes_over);
            let cached = connection
                .context
                .as_deref()
                .filter(|_| choosy && connection.interposed.load(Ordering::Relaxed));
            let cached = cached.and_then(|context| context.configured.load_full());
            self.config_unchecked = cached.is_some();
            let configured = cached.unwrap_or_else(|| {
                let declared = connection.declared(ssl);
                snapshot::read(symbols, ssl, declared, connection.context.as_deref())
            });
            let peer = peer::address(symbols, ssl, role)
                .or_else(|| self.subscribers.iter().find_map(|subscriber| subscriber.subscription.peer));
            let expected_name = peer::expected(symbols, ssl).map(|name| Box::from(name.as_str()));
            self.received_before = peer::received(symbols, ssl);
            self.socket = if role == Role::Client { peer::socket(symbols, ssl) } else { None };
            let local = Arc::clone(&configured.local);
            self.open_log(Beginning { role, time: SystemTime::now(), peer, expected_name, local });
            self.allow_deferred_recordings(connection, &configured);
            self.configured = Some(configured);
        }
    }

    /// Opens the log of a handshake that begins so.
    fn open_log(&mut self, beginning: Beginning) {
        let mut recording = recordings::take();
        recording.set_pace(self.watch.pace());
        self.log.open(recording.take_log());
        if self.wanted & bit(EventKind::Started) != 0 {
            recording.set_beginning(beginning.clone());
        }
        self.recording = Some(recording);
        if self.live {
            self.deliver(Some(0), &beginning.event(), bit(EventKind::Started));
        }
    }

    /// Finds the subscriptions to this connection that `accepts` takes.
    pub(crate) fn find_subscriptions(
        &mut self,
        connection: &ConnectionState,
        accepts: impl Fn(&Subscription) -> bool,
    ) {
        self.subscribers.clear();
        let of_context = connection.context.as_ref().map(|context| context.subscriptions.load());
        let of_ssl = connection.subscriptions.get().map(|list| list.load());
        for subscription in of_ssl.iter().chain(of_context.iter()).flat_map(|list| list.iter()) {
            // A recorder on the context and on the connection as well has one subscription, with
            // what it knows of this connection.
            let known = self
                .subscribers
                .iter()
                .any(|subscriber| subscriber.subscription.is_same_recorder(subscription));
            if subscription.is_active() && subscription.wanted != 0 && !known && accepts(subscription) {
                self.subscribers
                    .push(Subscriber { subscription: Arc::clone(subscription), wanted: subscription.wanted });
            }
        }
    }

    /// Nothing has happened yet on this connection.
    #[inline(always)]
    pub(crate) fn begin_anew(&mut self, connection: &ConnectionState, ssl: *mut SSL, phase: Phase) {
        connection.forget_latest();
        self.start_over(connection.symbols, CurrentConnection::new(connection, ssl), phase);
    }
}
