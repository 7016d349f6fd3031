//! Deferred recordings: of most handshakes only the log is kept. Subscriptions, peer, beginning and
//! configuration are filled in when somebody wants events. Where failures alone are wanted, most
//! handshakes end without that.
//!
//! For servers alone, and where the application's setters are seen
//! ([`Interposer`](super::super::interposer::Interposer)): a client's BIOs are watched, which is
//! more than what is saved here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::config::peer;
use super::super::config::unchanged::{Configured, Look, is_unchanged};
use super::super::phase::Phase;
use super::super::state::connection::ConnectionState;
use super::super::state::deferred_profile::DeferredProfile;
use super::super::state::handshake::HandshakeState;
use super::super::state::subscription::{Subscription, bit};
use super::super::state::{arm, recordings};
use super::super::sys::functions::SSL;
use super::super::sys::guard::{Errno, contain};
use super::super::sys::memory;

use crate::event::{Beginning, EventKind, EventLog, LocalConfiguration, Role, is_log_plainly_healthy};

/// Whether a connection is configured as all others of its context, whose verify mode is.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[inline]
unsafe fn holds(profile: &DeferredProfile, connection: &ConnectionState, ssl: *mut SSL) -> bool {
    // SAFETY: passed on.
    unsafe { profile.holds(connection.symbols, ssl, connection.declared(ssl), connection.adjusted()) }
}

impl HandshakeState {
    /// Begins a deferred recording in this phase, if this handshake may be one; else gives `false`, and nothing
    /// has been done.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
    pub(crate) unsafe fn defer(&mut self, connection: &ConnectionState, ssl: *mut SSL, phase: Phase) -> bool {
        if memory::is_short() {
            return false;
        }
        let Some(context) = connection.context.as_deref() else { return false };
        let Some(profile) = context.deferred_recordings.get() else { return false };
        let alone = connection.subscriptions.get().is_none()
            && connection.interposed.load(Ordering::Relaxed)
            && !self.given_back;
        let (symbols, f) = (connection.symbols, &connection.symbols.f);
        // SAFETY: a live SSL of this thread.
        unsafe {
            // The first one was TLS, and so is what its context makes.
            if !alone
                || symbols.chains_messages.load(Ordering::Relaxed)
                || (f.SSL_is_server)(ssl) == 0
                || (f.SSL_get_verify_mode)(ssl) != profile.verify_mode
                || !(profile.passes_over || holds(profile, connection, ssl))
            {
                return false;
            }
            self.begin_anew(connection, ssl, phase);
            (self.deferred, self.fast_path_only, self.live, self.wanted) =
                (true, true, false, profile.wanted);
            self.role = Some(Role::Server);
            // The interposer keeps our message callback in place.
            self.seen.messages = true;
            let mut recording = recordings::take();
            self.log.open(recording.take_log());
            self.recording = Some(recording);
            self.log_start();
            // Nobody is asked for a certificate where the mode does not say so; where it is changed
            // meanwhile, that is seen.
            if profile.verify_mode != 0 {
                arm::verify(connection, ssl);
            }
            arm::security(connection, ssl);
        }
        true
    }

    /// Whether this server is to wait for its client's first words, or for their absence: all
    /// subscriptions want to know.
    pub(crate) fn is_patient(&self) -> bool {
        match self.deferred {
            true => self.waits_for_first_words_now(),
            false => self.subscribers.iter().all(|subscriber| subscriber.subscription.awaits_first_words),
        }
    }

    /// This handshake begins in full: whether the next ones of its context need not.
    pub(crate) fn allow_deferred_recordings(
        &self,
        connection: &ConnectionState,
        configured: &Arc<Configured>,
    ) {
        if let (Some(context), [subscriber]) = (connection.context.as_deref(), &self.subscribers[..])
            && self.role == Some(Role::Server)
            && connection.subscriptions.get().is_none()
            && connection.interposed.load(Ordering::Relaxed)
        {
            context.deferred_recordings.learn(&subscriber.subscription, configured, connection.adjusted());
            context.deferred_recordings.check(&subscriber.subscription, &context.subscriptions);
        }
    }

    /// Whether this is a deferred recording that is passed over: failures alone are wanted of it, and
    /// it is plainly healthy. What its fast paths have seen may say so without a look at its log.
    #[inline(always)]
    pub(crate) fn is_passed_over(&mut self, connection: &ConnectionState) -> bool {
        let Some(profile) =
            connection.context.as_deref().and_then(|context| context.deferred_recordings.profile.get())
        else {
            return false;
        };
        if !self.deferred || !profile.passes_over || !connection.has_missed_nothing() {
            return false;
        }
        let [of_peer, _] = self.shown;
        let plain = self.fast_path_only
            && self.phase.is_done()
            && (profile.verify_mode & LocalConfiguration::VERIFY_PEER == 0
                || (of_peer && profile.few_anchors));
        debug_assert!(!plain || self.is_log_plainly_healthy(profile));
        plain || self.is_log_plainly_healthy(profile)
    }

    /// Likewise, by all that was recorded.
    #[inline(never)]
    fn is_log_plainly_healthy(&self, profile: &DeferredProfile) -> bool {
        self.recording.as_ref().is_some_and(|recording| recording.missed() == 0)
            && is_log_plainly_healthy(self.log.written(), &profile.configured.local)
    }

    /// Reports a deferred recording that is over to the only subscription, if its log is all that
    /// it takes; else gives `false`, and nothing has been done. `errno` stays as it is.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[inline(never)]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
    pub(crate) unsafe fn report_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        // SAFETY: passed on.
        let reported = unsafe { self.report(connection, ssl, Subscription::take_log) }.is_some();
        if reported {
            self.give_recording_back();
        }
        reported
    }

    /// As [`report_fast`](Self::report_fast), of one that is established and waits for its client's
    /// first words.
    ///
    /// # Safety
    /// As for [`report_fast`](Self::report_fast).
    #[inline(never)]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn report_established_fast(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
    ) -> bool {
        // SAFETY: passed on.
        let reported = unsafe { self.report(connection, ssl, Subscription::take_established) };
        self.seen.established_reported = reported.is_some();
        self.peer = reported.flatten();
        self.seen.established_reported
    }

    /// Gives the peer's address, if it was reported.
    ///
    /// # Safety
    /// As for [`report_fast`](Self::report_fast).
    #[inline(always)]
    unsafe fn report(
        &self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        take: impl FnOnce(&Subscription, &EventLog<'_>) -> bool,
    ) -> Option<Option<SocketAddr>> {
        let profile = connection.context.as_deref()?.deferred_recordings.get()?;
        if !connection.has_missed_nothing() || !self.log.is_open() {
            return None;
        }
        let _errno = Errno::save();
        // Of one that is for failures alone nobody has looked how it is configured.
        // SAFETY: passed on.
        if profile.passes_over && unsafe { !holds(profile, connection, ssl) } {
            return None;
        }
        let subscription = profile.subscription.upgrade()?;
        let reported = (subscription.is_active() && !subscription.uses_openssl)
            // SAFETY: passed on.
            .then(|| unsafe { self.event_log(connection, ssl, profile, &subscription) })
            .flatten()
            .filter(|log| take(&subscription, log))
            .map(|log| log.peer);
        // Detached meanwhile it may be dropped here, and its recorder's Drop may panic.
        contain(|| drop(subscription));
        reported
    }

    /// The log, with all that is to be known of it; `None` where a log does not hold all.
    ///
    /// # Safety
    /// As for [`report_fast`](Self::report_fast); `profile` is that of its context.
    #[inline(always)]
    unsafe fn event_log<'a>(
        &'a self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        profile: &'a DeferredProfile,
        subscription: &Subscription,
    ) -> Option<EventLog<'a>> {
        // A certificate is held against a name only where it is verified.
        // SAFETY: passed on.
        if profile.verify_mode != 0 && unsafe { peer::expected_name(connection.symbols, ssl) }.is_some() {
            return None;
        }
        let ask = || {
            // SAFETY: passed on.
            unsafe { peer::address_since(connection.symbols, ssl, &self.watch) }
        };
        Some(EventLog {
            connection: self.recording.as_ref()?.connection(),
            time: self.watch.began_at_nanoseconds(),
            pace: self.watch.pace(),
            peer: self.peer.or_else(ask).or(subscription.peer),
            local: &profile.configured.local,
            entries: self.log.written(),
        })
    }

    /// Whether it is passed over unless it fails.
    pub(crate) fn is_for_failures(&self) -> bool {
        self.profile().is_some_and(|profile| profile.passes_over)
    }

    /// Whether the subscription wants this deferred recording when it is established, before it
    /// ends.
    #[inline]
    pub(crate) fn reports_when_established(&self) -> bool {
        !self.seen.established_reported
            && self.wanted & bit(EventKind::Established) != 0
            && !(self.fast_path_only && self.is_for_failures())
    }

    /// Whether this deferred recording waits for its client's first words.
    #[inline]
    pub(crate) fn waits_for_first_words_now(&self) -> bool {
        self.profile().is_some_and(|profile| profile.patient && profile.waited.take(&self.watch))
    }

    /// Whether the connection is still configured as a deferred recording takes it to be.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's.
    pub(crate) unsafe fn is_as_deferred(
        &self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        look: Look,
    ) -> bool {
        // SAFETY: passed on.
        self.profile().is_some_and(|profile| unsafe {
            is_unchanged(connection.symbols, ssl, &profile.configured, look)
        })
    }

    fn profile(&self) -> Option<&DeferredProfile> {
        if !self.deferred {
            return None;
        }
        // SAFETY: a deferred recording was begun by a hook of the connection that it lies in, whose
        // context keeps the profile of its deferred recordings for as long as it lives.
        let connection = unsafe { self.current.state() }?;
        connection.context.as_deref()?.deferred_recordings.profile.get()
    }

    /// A deferred recording becomes a handshake as any other: something has gone wrong, or may
    /// have.
    #[cold]
    #[inline(never)]
    pub(crate) fn materialise(&mut self) {
        let Some(profile) = self.profile() else { return };
        let configured = Arc::clone(&profile.configured);
        // A quick comparison is made again in full where something failed.
        let looked = !profile.passes_over && self.phase.is_done();
        self.deferred = false;
        let ssl = self.current.ssl;
        // SAFETY: as for `profile`.
        let Some(connection) = (unsafe { self.current.state() }) else { return };
        // A subscription that was added meanwhile and wants more than was logged has missed the
        // beginning.
        let kept = self.wanted;
        self.find_subscriptions(connection, |subscription| {
            subscription.wanted & !kept == 0 && !subscription.live
        });
        let local = Arc::clone(&configured.local);
        self.configured = Some(configured);
        self.config_unchecked = !looked;
        let time = self.watch.began_at();
        let known = self.subscribers.iter().find_map(|subscriber| subscriber.subscription.peer);
        // SAFETY: the current connection is the one whose hook runs; its `SSL` is null there once
        // it is half gone (`end`).
        let (peer, expected_name) = unsafe {
            match ssl.is_null() {
                true => (None, None),
                false => (
                    peer::address_since(connection.symbols, ssl, &self.watch),
                    peer::expected_name(connection.symbols, ssl).map(Box::from),
                ),
            }
        };
        if let Some(recording) = &mut self.recording {
            let peer = peer.or(self.peer).or(known);
            recording.set_pace(self.watch.pace());
            recording.set_beginning(Beginning { role: Role::Server, time, peer, expected_name, local });
        }
    }
}
