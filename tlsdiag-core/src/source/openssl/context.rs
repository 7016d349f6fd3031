//! Our state of one `SSL_CTX`: who listens to its connections, and its configuration as it was last read.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::address_cache;
use super::chained::Chained;
use super::config_unchanged::Configured;
use super::connection_state::{ADJUSTED, Told};
use super::deferred::DeferredRecordings;
use super::functions::SSL_CTX;
use super::subscription::Subscription;
use super::symbols::Symbols;
use crate::Error;

/// What one `SSL_CTX` has of ours.
pub(super) struct ContextState {
    /// Whether anybody listens: asked for each connection, and to look at the list takes longer.
    heard: AtomicBool,
    pub(super) subscriptions: ArcSwap<Vec<Arc<Subscription>>>,
    pub(super) chained: Chained,
    /// The configuration as it was last read, with its fingerprint.
    pub(super) configured: ArcSwapOption<Configured>,
    pub(super) deferred_recordings: DeferredRecordings,
    /// How often it may have been configured otherwise, by functions that whoever stands between sees.
    adjustments: AtomicU32,
    /// What the application makes of client certificates.
    pub(super) peer_certificate: Told,
    /// Where the context lies.
    address: usize,
}

impl ContextState {
    pub(super) fn new(context: *const SSL_CTX) -> Arc<Self> {
        Arc::new(ContextState {
            address: context as usize,
            heard: AtomicBool::new(false),
            subscriptions: ArcSwap::default(),
            chained: Chained::default(),
            configured: ArcSwapOption::empty(),
            deferred_recordings: DeferredRecordings::default(),
            adjustments: AtomicU32::new(0),
            peer_certificate: Told::default(),
        })
    }

    /// Whether this is the state of `context`. Only to be asked while a connection that was made from the state's own
    /// context is alive, which keeps that context, so that its address cannot have become another one's.
    pub(super) fn is_of(&self, context: *const SSL_CTX) -> bool {
        self.address == context as usize
    }

    /// From now on it stands [`address_cache`], if there is a place.
    ///
    /// # Safety
    /// It is the state of `context`, which is alive.
    pub(super) unsafe fn insert_address(&self, context: *const SSL_CTX) {
        if self.is_of(context) {
            // SAFETY: as promised; the context's end takes it from there (`remove_address`).
            unsafe { address_cache::enter_context(context, self) };
        }
    }

    /// Its context ends.
    pub(super) fn remove_address(&self) {
        address_cache::leave_context(ptr::without_provenance(self.address));
    }

    pub(super) fn has_subscriptions(&self) -> bool {
        self.heard.load(Ordering::Acquire)
    }

    /// It may be configured otherwise now: what connections that are made from now on are compared with is to be looked at in full.
    pub(super) fn adjust(&self) {
        // The highest numbers stand for what is always looked at.
        if self.adjustments.load(Ordering::Relaxed) < ADJUSTED {
            self.adjustments.fetch_add(1, Ordering::Release);
        }
    }

    #[inline]
    pub(super) fn adjustments(&self) -> u32 {
        self.adjustments.load(Ordering::Acquire)
    }

    /// The list of subscriptions has changed.
    pub(super) fn count_subscriptions(&self) {
        self.deferred_recordings.stop();
        let any = || !self.subscriptions.load().is_empty();
        if any() {
            return self.heard.store(true, Ordering::SeqCst);
        }
        self.heard.store(false, Ordering::SeqCst);
        // Somebody may have come, and said so, between the two.
        if any() {
            self.heard.store(true, Ordering::SeqCst);
        }
    }

    /// # Safety
    /// `context` is null, or alive and of this library for `'a`.
    pub(super) unsafe fn of<'a>(symbols: &Symbols, context: *const SSL_CTX) -> Option<&'a ContextState> {
        if context.is_null() {
            return None;
        }
        // SAFETY: a live SSL_CTX. Only this file writes at our index, and it writes Arc<ContextState>s.
        unsafe {
            (symbols.f.SSL_CTX_get_ex_data)(context, symbols.context_index).cast::<ContextState>().as_ref()
        }
    }

    /// # Safety
    /// As for [`ContextState::of`].
    pub(super) unsafe fn shared(symbols: &Symbols, context: *const SSL_CTX) -> Option<Arc<ContextState>> {
        // SAFETY: passed on.
        unsafe { ContextState::of(symbols, context) }.map(ContextState::share)
    }

    /// A share of this state.
    pub(super) fn share(&self) -> Arc<ContextState> {
        // SAFETY: every state lives in an Arc (`new` is the only maker), and `self` keeps it alive meanwhile.
        unsafe {
            Arc::increment_strong_count(ptr::from_ref(self));
            Arc::from_raw(ptr::from_ref(self))
        }
    }

    /// The state of `context`, made if there is none. This writes to the context, so no other thread may use it now.
    ///
    /// # Safety
    /// `context` is alive, of this library, and used by this thread alone.
    pub(super) unsafe fn install(
        symbols: &Symbols,
        context: *mut SSL_CTX,
    ) -> Result<Arc<ContextState>, Error> {
        // SAFETY: as promised; the Arc's count moves into ex_data.
        unsafe {
            if let Some(state) = ContextState::shared(symbols, context) {
                return Ok(state);
            }
            let state = ContextState::new(context);
            let raw = Arc::into_raw(Arc::clone(&state));
            if (symbols.f.SSL_CTX_set_ex_data)(context, symbols.context_index, raw.cast_mut().cast()) == 1 {
                return Ok(state);
            }
            drop(Arc::from_raw(raw));
            Err(Error::new("OpenSSL has no memory for the recorder (SSL_CTX_set_ex_data)"))
        }
    }
}
