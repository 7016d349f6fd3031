//! Most handshakes begin as deferred recordings: their messages are kept, and who listens, whom it is talking to, since when and how it is configured
//! is filled in when somebody is to be told. Where nobody wants to hear of what goes well, most end as deferred recordings, too.
//!
//! For servers alone, and where whoever stands between the application and OpenSSL sees its setters
//! ([`Interposer`](super::super::interposer::Interposer)): a client's BIOs are watched, which is more than what is saved here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::super::config::peer;
use super::super::config::unchanged::{self, Configured};
use super::super::state::connection::ConnectionState;
use super::super::state::deferred_common::Common;
use super::super::state::handshake::HandshakeState;
use super::super::state::subscription::{Subscription, bit, is_healthy};
use super::super::state::{arm, recordings};
use super::super::sys::functions::SSL;
use super::super::sys::guard::{Errno, contain};
use crate::event::noted::{self, Noted};
use crate::event::{EventKind, LocalConfiguration, Role, are_plainly_healthy};

/// Whether a connection is configured as all others of its context, whose verify mode is.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[inline]
unsafe fn holds(common: &Common, connection: &ConnectionState, ssl: *mut SSL) -> bool {
    // SAFETY: passed on.
    unsafe { common.holds(connection.symbols, ssl, connection.told(ssl), connection.adjusted()) }
}

impl HandshakeState {
    /// Begins a deferred recording, if this handshake may be one; else gives `false`, and nothing has been done.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
    pub(crate) unsafe fn defer(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        let Some(context) = connection.context.as_deref() else { return false };
        let Some(common) = context.deferred_recordings.get() else { return false };
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
                || (f.SSL_get_verify_mode)(ssl) != common.verify_mode
                || !(common.passes_over || holds(common, connection, ssl))
            {
                return false;
            }
            self.begin_anew(connection, ssl);
            (self.deferred, self.fast_path_only, self.live, self.wanted) = (true, true, false, common.wanted);
            self.role = Some(Role::Server);
            // Whoever sees the setters sees to it that our message callback stays.
            self.messages_heard = true;
            let mut recording = recordings::take();
            self.notes.open(recording.take_arena());
            self.recording = Some(recording);
            // Nobody is asked for a certificate where the mode does not say so; where it is changed meanwhile, that is seen.
            if common.verify_mode != 0 {
                arm::verify(connection, ssl);
            }
            arm::security(connection, ssl);
        }
        true
    }

    /// Whether this server is to wait for its client's first words, or for their absence: all who hear of it want to know.
    pub(crate) fn is_patient(&self) -> bool {
        match self.deferred {
            true => self.waits_for_first_words_now(),
            false => self.heard.iter().all(|heard| heard.subscription.awaits_first_words),
        }
    }

    /// This handshake begins in full: whether the next ones of its context need not.
    pub(crate) fn learn_to_sketch(&self, connection: &ConnectionState, configured: &Arc<Configured>) {
        if let (Some(context), [heard]) = (connection.context.as_deref(), &self.heard[..])
            && self.role == Some(Role::Server)
            && connection.subscriptions.get().is_none()
            && connection.interposed.load(Ordering::Relaxed)
        {
            context.deferred_recordings.learn(&heard.subscription, configured, connection.adjusted());
            context.deferred_recordings.check(&heard.subscription, &context.subscriptions);
        }
    }

    /// Whether this is a deferred recording of what nobody wants to hear.
    pub(crate) fn is_passed_over(&mut self) -> bool {
        let Some(common) = self.common().filter(|common| common.passes_over) else { return false };
        let local = Arc::clone(&common.configured.local);
        let Some(recording) = &mut self.recording else { return false };
        if self.notes.is_open() {
            return recording.missed() == 0 && are_plainly_healthy(self.notes.written(), &local);
        }
        recording.fill_in_beginning(Role::Server, &local, SystemTime::UNIX_EPOCH, None, None);
        is_healthy(recording)
    }

    /// Whether all that this deferred recording has kept is plainly healthy, as far as it came by the fast paths: what is known of it says so.
    pub(crate) fn is_usual_and_healthy(&self, connection: &ConnectionState) -> bool {
        let Some(common) =
            connection.context.as_deref().and_then(|context| context.deferred_recordings.common.get())
        else {
            return false;
        };
        let [of_peer, _] = self.shown;
        let healthy = common.passes_over
            && self.fast_path_only
            && self.done
            && connection.has_missed_nothing()
            && (common.verify_mode & LocalConfiguration::VERIFY_PEER == 0 || (of_peer && common.few_anchors));
        debug_assert!(
            !healthy
                || self.recording.as_ref().is_some_and(|recording| {
                    let mut copy = recording.clone();
                    if self.notes.is_open() {
                        noted::write_events(&mut copy, self.notes.written().to_vec(), self.watch.pace());
                    }
                    copy.fill_in_beginning(
                        Role::Server,
                        &common.configured.local,
                        SystemTime::UNIX_EPOCH,
                        None,
                        None,
                    );
                    is_healthy(&copy)
                })
        );
        healthy
    }

    /// Tells of a deferred recording that is over, to the only one who hears of it, if that needs no more than this; else gives `false`,
    /// and nothing has been done. `errno` stays as it is.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[inline(never)]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
    pub(crate) unsafe fn tell_fast(&mut self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        // SAFETY: passed on.
        if unsafe { self.tell(connection, ssl, Subscription::take_notes) }.is_none() {
            return false;
        }
        if let Some(mut recording) = self.recording.take() {
            recording.give_arena(self.notes.close());
            recordings::give_back(recording);
        }
        true
    }

    /// As [`tell_fast`](Self::tell_fast), of one that is established and waits for its client's first words.
    ///
    /// # Safety
    /// As for [`tell_fast`](Self::tell_fast).
    #[inline(never)]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn tell_established_fast(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
    ) -> bool {
        // SAFETY: passed on.
        let told = unsafe { self.tell(connection, ssl, Subscription::take_established) };
        self.established_told = told.is_some();
        self.peer = told.flatten();
        self.established_told
    }

    /// Gives the peer's address, if it has been told.
    ///
    /// # Safety
    /// As for [`tell_fast`](Self::tell_fast).
    #[inline(always)]
    unsafe fn tell(
        &self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        take: impl FnOnce(&Subscription, &Noted<'_>) -> bool,
    ) -> Option<Option<SocketAddr>> {
        let common = connection.context.as_deref()?.deferred_recordings.get()?;
        if !connection.has_missed_nothing() || !self.notes.is_open() {
            return None;
        }
        let _errno = Errno::save();
        // Of one that is for failures alone nobody has looked how it is configured.
        // SAFETY: passed on.
        if common.passes_over && unsafe { !holds(common, connection, ssl) } {
            return None;
        }
        let subscription = common.subscription.upgrade()?;
        let told = (subscription.is_active() && !subscription.uses_openssl)
            // SAFETY: passed on.
            .then(|| unsafe { self.noted(connection, ssl, common, &subscription) })
            .flatten()
            .filter(|noted| take(&subscription, noted))
            .map(|noted| noted.peer);
        // Detached meanwhile it may be dropped here, and its recorder's Drop may panic.
        contain(|| drop(subscription));
        told
    }

    /// What was noted, with all that is to be known of it; `None` where notes do not tell all.
    ///
    /// # Safety
    /// As for [`tell_fast`](Self::tell_fast); `common` is what this deferred recording has in common with others.
    #[inline(always)]
    unsafe fn noted<'a>(
        &'a self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        common: &'a Common,
        subscription: &Subscription,
    ) -> Option<Noted<'a>> {
        // Only whoever verifies holds a certificate against a name.
        // SAFETY: passed on.
        if common.verify_mode != 0 && unsafe { peer::expected_name(connection.symbols, ssl) }.is_some() {
            return None;
        }
        let ask = || {
            // SAFETY: passed on.
            unsafe { peer::address_since(connection.symbols, ssl, &self.watch) }
        };
        Some(Noted {
            connection: self.recording.as_ref()?.connection(),
            time: self.watch.began_at_nanoseconds(),
            pace: self.watch.pace(),
            peer: self.peer.or_else(ask).or(subscription.peer),
            local: &common.configured.local,
            notes: self.notes.written(),
        })
    }

    /// Whether nobody wants to hear of it unless it fails.
    pub(crate) fn is_for_failures(&self) -> bool {
        self.common().is_some_and(|common| common.passes_over)
    }

    /// Whether somebody wants this deferred recording when it is established, and waits for more.
    #[inline]
    pub(crate) fn is_told_when_established(&self) -> bool {
        !self.established_told
            && self.wanted & bit(EventKind::Established) != 0
            && !(self.fast_path_only && self.is_for_failures())
    }

    /// Whether this deferred recording waits for its client's first words.
    #[inline]
    pub(crate) fn waits_for_first_words_now(&self) -> bool {
        self.common().is_some_and(|common| common.patient && common.waited.take(&self.watch))
    }

    /// Whether it shows one of the certificates that a deferred recording takes it to have. Where its context or its verify mode is changed, that
    /// is seen, and the handshake does not take its usual course.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's.
    pub(crate) unsafe fn has_certificate_as_deferred(
        &self,
        connection: &ConnectionState,
        ssl: *mut SSL,
    ) -> bool {
        // SAFETY: a live SSL; a getter.
        let x509 = unsafe { (connection.symbols.f.SSL_get_certificate)(ssl) };
        self.common().is_some_and(|common| common.configured.has_certificate(x509))
    }

    /// Whether the connection is still configured as a deferred recording takes it to be.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's.
    pub(crate) unsafe fn is_as_deferred(&self, connection: &ConnectionState, ssl: *mut SSL) -> bool {
        // SAFETY: passed on.
        self.common().is_some_and(|common| unsafe {
            unchanged::is_familiar(connection.symbols, ssl, &common.configured)
        })
    }

    fn common(&self) -> Option<&Common> {
        if !self.deferred {
            return None;
        }
        // SAFETY: a deferred recording was begun by a hook of the connection that it lies in, whose context keeps what its deferred
        // recordings have in common for as long as it lives.
        let connection = unsafe { self.current.state() }?;
        connection.context.as_deref()?.deferred_recordings.common.get()
    }

    /// a deferred recording becomes a handshake as any other: something has gone wrong, or may have.
    #[cold]
    #[inline(never)]
    pub(crate) fn materialise(&mut self) {
        if self.notes.is_open() {
            self.write_events();
        }
        let Some(common) = self.common() else { return };
        let configured = Arc::clone(&common.configured);
        // What was looked at at a glance is looked at again where something failed.
        let looked = !common.passes_over && self.done;
        self.deferred = false;
        let ssl = self.current.ssl;
        // SAFETY: as for `common`.
        let Some(connection) = (unsafe { self.current.state() }) else { return };
        // Whoever came meanwhile and wants more than was kept has missed its beginning.
        let kept = self.wanted;
        self.find_subscriptions(connection, |subscription| {
            subscription.wanted & !kept == 0 && !subscription.live
        });
        let local = Arc::clone(&configured.local);
        self.configured = Some(configured);
        self.config_unchecked = !looked;
        let time = self.watch.began_at();
        let known = self.heard.iter().find_map(|heard| heard.subscription.peer);
        // SAFETY: the current connection is the one whose hook runs; its `SSL` is null there once it is half gone (`end`).
        let (peer, expected_name) = unsafe {
            match ssl.is_null() {
                true => (None, None),
                false => (
                    peer::address_since(connection.symbols, ssl, &self.watch),
                    peer::expected_name(connection.symbols, ssl),
                ),
            }
        };
        if let Some(recording) = &mut self.recording {
            recording.fill_in_beginning(
                Role::Server,
                &local,
                time,
                peer.or(self.peer).or(known),
                expected_name,
            );
        }
    }
}
