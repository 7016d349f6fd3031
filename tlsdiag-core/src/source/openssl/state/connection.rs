//! Our state of one `SSL`, in its ex_data.
//!
//! A connection is known by its state and never by its address, which OpenSSL gives to the
//! next connection at once.

mod fast_paths;
mod life;

use std::any::Any;
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;

use super::super::sys::constants::record;
use super::super::sys::functions::SSL_CTX;
use super::super::sys::functions::{InfoCallback, MessageCallback, SSL};
use super::super::sys::guard::{self, Errno};
use super::super::sys::library::Symbols;
use super::super::sys::memory;
use super::address_cache::AddressCache;
use super::chained::{Callback, Chained, same, silent};
use super::context::ContextState;
use super::current::CurrentConnection;
use super::declared::Declared;
use super::deferred_profile::ADJUSTED;
use super::free_list::Spare;
use super::handshake::HandshakeState;
use super::object_table::{Entry, ObjectTable};
use super::record_layers::Layers;
use super::subscription::Subscriptions;
use crate::event::PeerCertificate;

/// Data that a recorder has set on a connection.
pub type ConnectionData = Arc<dyn Any + Send + Sync>;

/// What recorders have set, each under a key of its own.
pub(crate) type AllConnectionData = ArcSwap<Vec<(u64, ConnectionData)>>;

/// What one `SSL` has of ours. What the fast paths need lies together at the beginning, on one line
/// with the handshake's beginning.
#[repr(C, align(64))]
pub(crate) struct ConnectionState {
    /// The fast paths that are open: bits of [`fast`].
    open_paths: AtomicU8,
    busy: AtomicBool,
    /// An interposer sees the application set its callbacks: see
    /// [`Interposer`](super::super::interposer::Interposer).
    pub(crate) interposed: AtomicBool,
    /// The header of the record received last, its last byte and its first four; 0 where it was
    /// recorded.
    latest_end: AtomicU8,
    latest: AtomicU32,
    missed: AtomicU32,
    /// How often the context had been adjusted when the `SSL` was made from it: see
    /// [`adjusted`](Self::adjusted).
    made: AtomicU32,
    /// The application's info callback for this `SSL` alone; where there is none, every step is
    /// passed on to its context's.
    pub(crate) info: Callback<InfoCallback>,
    /// The state of the context that the `SSL` was made from; SNI may give it another one later.
    pub(crate) context: Option<Arc<ContextState>>,
    handshake: UnsafeCell<HandshakeState>,
    pub(crate) chained: Chained,
    pub(crate) symbols: &'static Symbols,
    /// Recorders attached to this `SSL` alone.
    pub(crate) subscriptions: OnceLock<Subscriptions>,
    /// What recorders have set here.
    pub(crate) data: OnceLock<AllConnectionData>,
    /// What the application makes of client certificates on this `SSL` alone.
    pub(crate) peer_certificate: Declared,
    /// What is kept from the application's message callback.
    pub(crate) layers: Layers,
    /// Where it is found by its `SSL`.
    entry: &'static Entry<ConnectionState>,
}

/// The connections of all `SSL`s.
static CONNECTIONS: ObjectTable<ConnectionState> = ObjectTable::new();

/// Those whose handshakes are going on.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static BY_ADDRESS: AddressCache<ConnectionState, 256> = AddressCache::new();

/// One whose `SSL` has ended, as good as new: from `Arc::into_raw`, and nobody else has a share.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static SPARE: Spare<ConnectionState> = Spare::new();

impl CurrentConnection {
    pub(crate) fn new(connection: &ConnectionState, ssl: *mut SSL) -> Self {
        CurrentConnection { connection: ptr::from_ref(connection).cast(), ssl }
    }

    /// The connection, if there is a current one.
    ///
    /// # Safety
    /// This is called within a hook of that connection, which is alive for `'a`.
    pub(crate) unsafe fn state<'a>(self) -> Option<&'a ConnectionState> {
        // SAFETY: `new` is the only maker, and the connection is alive as promised.
        unsafe { self.connection.cast::<ConnectionState>().as_ref() }
    }
}

// SAFETY: all but `handshake` are Sync. `handshake` is reached through `try_handshake` alone, which
// lets one thread in at a time; it is Send, its raw pointers being addresses that are compared and
// never followed.
unsafe impl Sync for ConnectionState {}
// SAFETY: as above.
unsafe impl Send for ConnectionState {}

/// The handshake, while nobody else has it.
pub(crate) struct HandshakeGuard<'a>(&'a ConnectionState);

impl Deref for HandshakeGuard<'_> {
    type Target = HandshakeState;
    fn deref(&self) -> &HandshakeState {
        // SAFETY: a guard exists only while `busy` is ours (`try_handshake`), so nobody else refers
        // to the handshake.
        unsafe { &*self.0.handshake.get() }
    }
}

impl DerefMut for HandshakeGuard<'_> {
    fn deref_mut(&mut self) -> &mut HandshakeState {
        // SAFETY: as for `deref`.
        unsafe { &mut *self.0.handshake.get() }
    }
}

impl Drop for HandshakeGuard<'_> {
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    fn drop(&mut self) {
        let chains = self.0.symbols.chains_messages.load(Ordering::Relaxed);
        let interposed = self.0.interposed.load(Ordering::Relaxed);
        self.0.open_paths.store(self.fast_paths(chains, interposed), Ordering::Relaxed);
        self.0.busy.store(false, Ordering::Release);
    }
}

impl ConnectionState {
    /// The connection of `ssl`, if it has one.
    ///
    /// # Safety
    /// `ssl` is alive, of this library, and stays alive for `'a`: a hook may use it until it returns.
    #[inline]
    pub(crate) unsafe fn of<'a>(symbols: &'static Symbols, ssl: *const SSL) -> Option<&'a ConnectionState> {
        if ssl.is_null() {
            return None;
        }
        // SAFETY: a live SSL; and a connection that the table finds for it, which lives as long.
        unsafe {
            let data = (symbols.f.SSL_get_ex_data)(ssl, symbols.ssl_index);
            CONNECTIONS.state_of(data, ssl).map(|connection| connection.as_ref())
        }
    }

    /// The connection of `ssl`, if the address cache has it.
    ///
    /// # Safety
    /// `ssl` is null, or alive and stays so for `'a`, and no other thread uses it.
    #[inline(always)]
    pub(crate) unsafe fn cached<'a>(ssl: *const SSL) -> Option<&'a ConnectionState> {
        // SAFETY: passed on.
        unsafe { BY_ADDRESS.find(ssl) }
    }

    /// As [`ConnectionState::of`], on the thread that uses `ssl`.
    ///
    /// # Safety
    /// As for [`ConnectionState::of`]; called on the thread that uses `ssl`.
    #[inline]
    pub(crate) unsafe fn own<'a>(symbols: &'static Symbols, ssl: *const SSL) -> Option<&'a ConnectionState> {
        // SAFETY: passed on.
        unsafe { ConnectionState::cached(ssl).or_else(|| ConnectionState::of(symbols, ssl)) }
    }

    /// The application's message callback is this one from the connection's beginning: `SSL_new`
    /// takes it from the context.
    #[inline]
    pub(crate) fn inherit_message(&self, context: &ContextState) {
        let (callback, arg) = (context.chained.message.get(), &context.chained.message_arg);
        if callback.is_some_and(|callback| !same(Some(callback), silent)) {
            self.layers.know();
        }
        self.chained.message.set(Some(callback.unwrap_or(silent)));
        self.chained.message_arg.store(arg.load(Ordering::Acquire), Ordering::Release);
    }

    /// The application has set its message callback on this connection; null means none, whatever
    /// the context has.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; this is its connection.
    pub(crate) unsafe fn set_message(&self, ssl: *const SSL, callback: Option<MessageCallback>) {
        if callback.is_some() {
            self.symbols.chains_messages.store(true, Ordering::Relaxed);
            // SAFETY: a live SSL.
            let before = unsafe { self.symbols.is_before(ssl) };
            self.layers.meet(self.symbols.version_number, !before);
        }
        self.chained.message.set(Some(callback.unwrap_or(silent)));
    }

    /// The connection may be configured otherwise than when it was made.
    pub(crate) fn adjust(&self) {
        self.made.store(ADJUSTED, Ordering::Relaxed);
    }

    /// How often the context had been adjusted when this connection was made from it; or a number
    /// that is none, where the connection itself has been adjusted since.
    #[inline]
    pub(crate) fn adjusted(&self) -> u32 {
        self.made.load(Ordering::Relaxed)
    }

    /// The connection was made from a context that had been adjusted so often.
    #[inline]
    pub(crate) fn made_after(&self, adjustments: u32) {
        self.made.store(adjustments, Ordering::Relaxed);
    }

    /// Whether nothing was missed that the handshake does not know of yet.
    #[inline]
    pub(crate) fn has_missed_nothing(&self) -> bool {
        self.missed.load(Ordering::Relaxed) == 0
    }

    /// Remembers the header of the record received last.
    #[inline]
    pub(crate) fn set_latest(&self, &[kind, a, b, c, d]: &[u8; 5]) {
        self.latest.store(u32::from_ne_bytes([kind, a, b, c]), Ordering::Relaxed);
        self.latest_end.store(d, Ordering::Relaxed);
    }

    /// There is no header to remember, or it was recorded.
    pub(crate) fn forget_latest(&self) {
        self.latest.store(0, Ordering::Relaxed);
    }

    /// The header of the record received last, if it is sealed and was not recorded.
    pub(crate) fn take_sealed(&self) -> Option<[u8; 5]> {
        let [kind, a, b, c] = self.latest.swap(0, Ordering::Relaxed).to_ne_bytes();
        (kind == record::APPLICATION_DATA).then(|| [kind, a, b, c, self.latest_end.load(Ordering::Relaxed)])
    }

    /// The handshake, unless somebody has it.
    fn try_handshake(&self) -> Option<HandshakeGuard<'_>> {
        if self.busy.swap(true, Ordering::Acquire) {
            self.missed.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let mut guard = HandshakeGuard(self);
        guard.fast_path_only = false;
        if self.missed.load(Ordering::Relaxed) != 0 {
            let missed = self.missed.swap(0, Ordering::Relaxed);
            guard.miss(missed);
        }
        Some(guard)
    }

    /// Runs `work` on the handshake, unless it is busy; then the event is counted as missed and
    /// `None` comes back. On the way out `errno` is what it was, no panic goes further, and nobody
    /// has waited for a lock.
    pub(crate) fn enter<T>(&self, work: impl FnOnce(&mut HandshakeState) -> T) -> Option<T> {
        let _errno = Errno::save();
        let Some(mut handshake) = self.try_handshake() else {
            guard::count_missed();
            return None;
        };
        if memory::is_exhausted() {
            handshake.abort();
            return None;
        }
        let result = guard::contain(|| work(&mut handshake));
        if result.is_none() {
            // Our own code panicked, since recorders are contained one by one. What it left behind
            // is not to be trusted.
            handshake.abort();
        }
        result
    }

    /// What the application has declared about client certificates: of this connection, else of the
    /// context that it has now, which SNI may have chosen.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; this is its connection.
    #[inline]
    pub(crate) unsafe fn declared(&self, ssl: *const SSL) -> PeerCertificate {
        match self.peer_certificate.get() {
            PeerCertificate::Unknown => {}
            declared => return declared,
        }
        // SAFETY: a live SSL of this thread, which keeps its context alive.
        unsafe {
            let context: *const SSL_CTX = (self.symbols.f.SSL_get_SSL_CTX)(ssl);
            ContextState::cached(context)
                .or_else(|| ContextState::of(self.symbols, context))
                .map_or(PeerCertificate::Unknown, |context| context.peer_certificate.get())
        }
    }
}
