//! What all deferred recordings of one context share, and whether there may be any.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};
use std::sync::{Arc, OnceLock, Weak};

use super::super::config::unchanged::{Configured, Look, is_unchanged};
use super::super::sys::clock::{self, Stopwatch, ticks};
use super::super::sys::functions::SSL;
use super::super::sys::library::Symbols;
use super::subscription::{Subscription, Subscriptions, bit};
use crate::event::{EventKind, MANY_ANCHORS, PeerCertificate};

/// Stands for the number of adjustments where a connection has been adjusted itself: see
/// [`DeferredProfile::holds`].
pub(crate) const ADJUSTED: u32 = u32::MAX;

/// What all deferred recordings of one context's connections share: found out by the first
/// handshake, which was recorded in full.
pub(crate) struct DeferredProfile {
    pub(crate) wanted: u32,
    /// Whether the subscription passes over healthy handshakes.
    pub(crate) passes_over: bool,
    /// Whether the subscription waits for the client's first words.
    pub(crate) patient: bool,
    /// Whose turn it is to wait.
    pub(crate) waited: Turn,
    pub(crate) verify_mode: c_int,
    /// So few are trusted that a certificate of any of theirs is meant.
    pub(crate) few_anchors: bool,
    pub(crate) configured: Arc<Configured>,
    /// How often the context had been adjusted when this was last seen to hold: see
    /// [`holds`](Self::holds).
    adjusted: AtomicU32,
    /// The only subscription, as long as deferred recordings are begun.
    pub(crate) subscription: Weak<Subscription>,
}

impl DeferredProfile {
    /// Whether a connection is configured as all others, whose verify mode is. `declared` is what
    /// the application makes of client certificates there; `made` is how often the context had been
    /// adjusted when the connection was made from it, or [`ADJUSTED`].
    ///
    /// # Safety
    /// `ssl` is alive and this thread's, and of this library.
    #[inline]
    pub(crate) unsafe fn holds(
        &self,
        symbols: &Symbols,
        ssl: *mut SSL,
        declared: PeerCertificate,
        made: u32,
    ) -> bool {
        let adjusted = made == ADJUSTED || made != self.adjusted.load(Ordering::Relaxed);
        // SAFETY: passed on.
        let holds =
            unsafe { is_unchanged(symbols, ssl, &self.configured, Look::Quick { declared, adjusted }) };
        if holds && adjusted && made != ADJUSTED {
            self.adjusted.store(made, Ordering::Relaxed);
        }
        holds
    }
}

/// Whether connections of a context may be deferred, and how: found out by the first one, and true
/// until the context's subscriptions or its configuration change.
#[derive(Default)]
pub(crate) struct DeferredRecordings {
    pub(crate) profile: OnceLock<DeferredProfile>,
    over: AtomicBool,
}

impl DeferredRecordings {
    pub(crate) fn get(&self) -> Option<&DeferredProfile> {
        self.profile.get().filter(|_| !self.over.load(Ordering::Relaxed))
    }

    /// From now on every handshake of this context begins in full. What was found out for the first
    /// one stays: a handshake that was begun with it may still be reported.
    pub(crate) fn stop(&self) {
        fence(Ordering::SeqCst);
        if self.profile.get().is_some() {
            self.over.store(true, Ordering::Relaxed);
        }
    }

    /// Another configuration was read of the context.
    pub(crate) fn compare(&self, configured: &Configured) {
        if self.profile.get().is_some_and(|profile| profile.configured.local != configured.local) {
            self.stop();
        }
    }

    /// A handshake has begun in full: whether the next ones need not.
    pub(crate) fn learn(
        &self,
        subscription: &Arc<Subscription>,
        configured: &Arc<Configured>,
        adjusted: u32,
    ) {
        const NEEDED: u32 = bit(EventKind::Started)
            | bit(EventKind::State)
            | bit(EventKind::Message)
            | bit(EventKind::ChangeCipherSpec)
            | bit(EventKind::SecurityDenied)
            | bit(EventKind::Ended);
        const SLOW_PATHS: u32 = bit(EventKind::Paused)
            | bit(EventKind::Wire)
            | bit(EventKind::Step)
            | bit(EventKind::Record)
            | bit(EventKind::Secret);
        if !subscription.live && subscription.wanted & (NEEDED | SLOW_PATHS) == NEEDED {
            self.profile.get_or_init(|| DeferredProfile {
                wanted: subscription.wanted,
                passes_over: subscription.passes_over,
                patient: subscription.awaits_first_words,
                waited: Turn::default(),
                verify_mode: configured.local.verify_mode,
                few_anchors: configured.local.trust_anchors.subjects.len() < MANY_ANCHORS,
                configured: Arc::clone(configured),
                adjusted: AtomicU32::new(adjusted),
                subscription: Arc::downgrade(subscription),
            });
        }
    }

    /// Whether `subscription` is still the only one: asked once `learn` has been called, since one
    /// that was added or removed at the same moment may have called `stop` too early.
    pub(crate) fn check(&self, subscription: &Arc<Subscription>, subscriptions: &Subscriptions) {
        fence(Ordering::SeqCst);
        if !matches!(&subscriptions.load()[..], [one] if Arc::ptr_eq(one, subscription)) {
            self.stop();
        }
    }
}

/// Of many handshakes in a short time one waits for its client's first words: what clients make of
/// a certificate shows by that one, and the others cost no more than they did. This is when a
/// connection of the context waited last.
#[derive(Default)]
pub(crate) struct Turn(AtomicU64);

impl Turn {
    /// Whether it is this connection's turn; then it is nobody else's for some 50 ms.
    #[inline]
    pub(crate) fn take(&self, watch: &Stopwatch) -> bool {
        /// On a processor of today.
        const TICKS: u64 = 100_000_000;
        const NANOSECONDS: u64 = 50_000_000;
        let (now, interval) = match watch.counts_ticks() {
            true => (ticks(), TICKS),
            false => (clock::coarse_nanoseconds(), NANOSECONDS),
        };
        let turn = now.wrapping_sub(self.0.load(Ordering::Relaxed)) >= interval;
        if turn {
            self.0.store(now, Ordering::Relaxed);
        }
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_many_at_once_waits() {
        let (turn, watch) = (Turn::default(), Stopwatch::start());
        assert!(turn.take(&watch), "nobody has waited yet");
        let began = std::time::Instant::now();
        let more = (0..1000).filter(|_| turn.take(&watch)).count();
        // A thread may be held up between two of them.
        let most = began.elapsed().as_millis() / 10;
        assert!(more as u128 <= most, "{more} in {most} times 10 ms");
    }
}
