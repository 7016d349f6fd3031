//! Our state of one `SSL_CTX`: the subscriptions to its connections, and its configuration as it
//! was last read.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use arc_swap::ArcSwapOption;

use super::super::config::snapshot::Cache;
use super::super::config::unchanged::Configured;
use super::super::sys::functions::SSL_CTX;
use super::super::sys::library::Symbols;
use super::super::sys::memory;
use super::address_cache::AddressCache;
use super::chained::Chained;
use super::declared::Declared;
use super::deferred_profile::{ADJUSTED, DeferredRecordings};
use super::object_table::{Entry, ObjectTable, share};
use super::subscription::Subscriptions;
use crate::Error;

/// What one `SSL_CTX` has of ours.
pub(crate) struct ContextState {
    /// Whether there are subscriptions: asked for each connection, and to look at the list takes
    /// longer.
    subscribed: AtomicBool,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) chained: Chained,
    /// The configuration as it was last read, with its fingerprint.
    pub(crate) configured: ArcSwapOption<Configured>,
    pub(crate) deferred_recordings: DeferredRecordings,
    /// How often it may have been configured otherwise, by functions that the interposer sees.
    adjustments: AtomicU32,
    /// What the application makes of client certificates.
    pub(crate) peer_certificate: Declared,
    /// Where the context lies.
    address: usize,
    /// Where it is found by its context.
    entry: &'static Entry<ContextState>,
}

/// The states of all contexts.
static CONTEXTS: ObjectTable<ContextState> = ObjectTable::new();

/// Those of contexts whose connections are made now.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static BY_ADDRESS: AddressCache<ContextState, 64> = AddressCache::new();

impl Cache for ContextState {
    fn cached(&self) -> Option<Arc<Configured>> {
        self.configured.load_full()
    }

    fn keep(&self, fresh: &Arc<Configured>) {
        self.deferred_recordings.compare(fresh);
        self.configured.store(Some(Arc::clone(fresh)));
    }
}

impl ContextState {
    pub(crate) fn new(context: *const SSL_CTX) -> Option<Arc<Self>> {
        if memory::is_short() || !memory::is_thread_ready() {
            return None;
        }
        let entry = CONTEXTS.take()?;
        let state = Arc::new(ContextState {
            entry,
            address: context as usize,
            subscribed: AtomicBool::new(false),
            subscriptions: Subscriptions::default(),
            chained: Chained::default(),
            configured: ArcSwapOption::empty(),
            deferred_recordings: DeferredRecordings::default(),
            adjustments: AtomicU32::new(0),
            peer_certificate: Declared::default(),
        });
        entry.set_state(Arc::as_ptr(&state));
        Some(state)
    }

    /// Makes this the state of its context, by `set`, which puts what it is given at our index;
    /// `false` where OpenSSL has no memory for that.
    pub(crate) fn bind(state: Arc<Self>, set: impl FnOnce(*mut c_void) -> bool) -> bool {
        state.entry.set_object::<SSL_CTX>(ptr::without_provenance(state.address));
        let bound = set(state.entry.as_data());
        if bound {
            // The context has this share.
            let _ = Arc::into_raw(state);
        } else {
            state.entry.set_object(ptr::null::<SSL_CTX>());
        }
        bound
    }

    /// The share that a context has which ends, at whose index of ours `data` was found.
    ///
    /// # Safety
    /// This is called once for each context, at its end.
    pub(crate) unsafe fn unbind(data: *const c_void, context: *const SSL_CTX) -> Option<Arc<Self>> {
        let state = CONTEXTS.state_of(data, context)?;
        // SAFETY: `bind` made a share the context's, which ends.
        let state = unsafe { Arc::from_raw(state.as_ptr()) };
        state.remove_address();
        state.entry.set_object(ptr::null::<SSL_CTX>());
        Some(state)
    }

    /// Whether this is the state of `context`. Only to be asked while a connection that was made
    /// from the state's own context is alive, which keeps that context, so that its address cannot
    /// have become another one's.
    pub(crate) fn is_of(&self, context: *const SSL_CTX) -> bool {
        self.address == context as usize
    }

    /// From now on it is [`cached`](Self::cached), if there is a place.
    ///
    /// # Safety
    /// It is the state of `context`, which is alive.
    pub(crate) unsafe fn insert_address(&self, context: *const SSL_CTX) {
        if self.is_of(context) {
            // SAFETY: as promised; the context's end takes it from there (`unbind`).
            unsafe { BY_ADDRESS.insert_if_free(context, self) };
        }
    }

    /// Its context ends.
    fn remove_address(&self) {
        BY_ADDRESS.remove::<SSL_CTX>(ptr::without_provenance(self.address));
    }

    pub(crate) fn has_subscriptions(&self) -> bool {
        self.subscribed.load(Ordering::Acquire)
    }

    /// It may be configured otherwise now: what connections that are made from now on are compared
    /// with is to be looked at in full.
    pub(crate) fn adjust(&self) {
        // The highest numbers stand for what is always looked at.
        if self.adjustments.load(Ordering::Relaxed) < ADJUSTED {
            self.adjustments.fetch_add(1, Ordering::Release);
        }
    }

    #[inline]
    pub(crate) fn adjustments(&self) -> u32 {
        self.adjustments.load(Ordering::Acquire)
    }

    /// The list of subscriptions has changed.
    pub(crate) fn count_subscriptions(&self) {
        self.deferred_recordings.stop();
        let any = || !self.subscriptions.load().is_empty();
        if any() {
            return self.subscribed.store(true, Ordering::SeqCst);
        }
        self.subscribed.store(false, Ordering::SeqCst);
        // Another thread may have added one, and stored that, between the two.
        if any() {
            self.subscribed.store(true, Ordering::SeqCst);
        }
    }

    /// The state of `context`, if the address cache has it.
    ///
    /// # Safety
    /// `context` is null, or alive and stays so for `'a`.
    #[inline(always)]
    pub(crate) unsafe fn cached<'a>(context: *const SSL_CTX) -> Option<&'a ContextState> {
        // SAFETY: passed on.
        unsafe { BY_ADDRESS.find(context) }
    }

    /// # Safety
    /// `context` is null, or alive and of this library for `'a`.
    pub(crate) unsafe fn of<'a>(symbols: &Symbols, context: *const SSL_CTX) -> Option<&'a ContextState> {
        if context.is_null() {
            return None;
        }
        // SAFETY: a live SSL_CTX; and a state that the table finds for it, which lives as long.
        unsafe {
            let data = (symbols.f.SSL_CTX_get_ex_data)(context, symbols.context_index);
            CONTEXTS.state_of(data, context).map(|state| state.as_ref())
        }
    }

    /// # Safety
    /// As for [`ContextState::of`].
    pub(crate) unsafe fn shared(symbols: &Symbols, context: *const SSL_CTX) -> Option<Arc<ContextState>> {
        // SAFETY: passed on.
        unsafe { ContextState::of(symbols, context) }.map(ContextState::share)
    }

    /// A share of this state.
    pub(crate) fn share(&self) -> Arc<ContextState> {
        // SAFETY: every state lives in an Arc: `new` is the only maker.
        unsafe { share(self) }
    }

    /// The state of `context`, made if there is none. This writes to the context, so no other
    /// thread may use it now.
    ///
    /// # Safety
    /// `context` is alive, of this library, and used by this thread alone.
    pub(crate) unsafe fn install(
        symbols: &Symbols,
        context: *mut SSL_CTX,
    ) -> Result<Arc<ContextState>, Error> {
        // SAFETY: as promised; the Arc's count moves into ex_data.
        unsafe {
            if let Some(state) = ContextState::shared(symbols, context) {
                return Ok(state);
            }
            let state = ContextState::new(context).filter(|state| {
                ContextState::bind(Arc::clone(state), |data| {
                    (symbols.f.SSL_CTX_get_ex_data)(context, symbols.context_index).is_null()
                        && (symbols.f.SSL_CTX_set_ex_data)(context, symbols.context_index, data) == 1
                })
            });
            state.ok_or_else(|| Error::new("OpenSSL has no memory for the recorder (SSL_CTX_set_ex_data)"))
        }
    }
}

impl Drop for ContextState {
    fn drop(&mut self) {
        CONTEXTS.give_back(self.entry);
    }
}
