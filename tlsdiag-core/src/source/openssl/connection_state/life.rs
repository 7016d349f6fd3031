//! How a connection comes to its `SSL`, and what becomes of it at the end.

use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use super::super::chained::{Callback, Chained};
use super::super::context::ContextState;
use super::super::functions::SSL;
use super::super::handshake_state::HandshakeState;
use super::super::record_layers::Layers;
use super::super::symbols::Symbols;
use super::super::{address_cache, free_list};
use super::{ADJUSTED, ConnectionState, Told};

impl ConnectionState {
    pub(in super::super) fn new(
        symbols: &'static Symbols,
        context: Option<Arc<ContextState>>,
    ) -> Arc<ConnectionState> {
        Arc::new(ConnectionState {
            symbols,
            info: Callback::default(),
            chained: Chained::default(),
            context,
            subscriptions: OnceLock::new(),
            data: OnceLock::new(),
            peer_certificate: Told::default(),
            layers: Layers::default(),
            ssl: AtomicPtr::default(),
            interposed: AtomicBool::new(false),
            short: AtomicU8::new(0),
            latest: AtomicU32::new(0),
            latest_end: AtomicU8::new(0),
            missed: AtomicU32::new(0),
            made: AtomicU32::new(ADJUSTED),
            busy: AtomicBool::new(false),
            handshake: UnsafeCell::new(HandshakeState::default()),
        })
    }

    /// The connection of `ssl`, made if somebody listens to its context. From now on it stands [`address_cache`].
    ///
    /// # Safety
    /// As for [`ConnectionState::of`]; called on the thread that uses `ssl`.
    #[inline]
    pub(in super::super) unsafe fn of_or_new<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
    ) -> Option<&'a ConnectionState> {
        // SAFETY: passed on.
        unsafe { address_cache::find(ssl).or_else(|| ConnectionState::fetch(symbols, ssl)) }
    }

    /// As [`ConnectionState::of_or_new`], for one that does not stand address_cache.
    ///
    /// # Safety
    /// As for [`ConnectionState::of_or_new`].
    #[cold]
    #[inline(never)]
    unsafe fn fetch<'a>(symbols: &'static Symbols, ssl: *mut SSL) -> Option<&'a ConnectionState> {
        // SAFETY: passed on.
        unsafe {
            let connection = ConnectionState::of(symbols, ssl)
                .or_else(|| ConnectionState::install_if_heard(symbols, ssl))?;
            connection.insert_address(ssl);
            Some(connection)
        }
    }

    /// From now on this connection stands [`address_cache`].
    ///
    /// # Safety
    /// It is the connection of `ssl`, which is alive and used by this thread alone.
    pub(in super::super) unsafe fn insert_address(&self, ssl: *mut SSL) {
        self.ssl.store(ssl, Ordering::Relaxed);
        // SAFETY: as promised; the connection's end takes it from there (`remove_address`).
        unsafe { address_cache::enter(ssl, self) };
    }

    /// Its `SSL` ends.
    pub(in super::super) fn remove_address(&self) {
        let ssl = self.ssl.swap(ptr::null_mut(), Ordering::Relaxed);
        if !ssl.is_null() {
            address_cache::leave(ssl);
        }
    }

    /// # Safety
    /// As for [`ConnectionState::of_or_new`].
    #[cold]
    unsafe fn install_if_heard<'a>(symbols: &'static Symbols, ssl: *mut SSL) -> Option<&'a ConnectionState> {
        // SAFETY: passed on.
        unsafe {
            let context = ContextState::of(symbols, (symbols.f.SSL_get_SSL_CTX)(ssl))?;
            if !context.has_subscriptions() {
                return None;
            }
            ConnectionState::install(symbols, ssl)
        }
    }

    /// The connection of `ssl`, made if there is none.
    ///
    /// # Safety
    /// As for [`ConnectionState::of_or_new`].
    pub(in super::super) unsafe fn install<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
    ) -> Option<&'a ConnectionState> {
        // SAFETY: a live SSL, used by this thread alone.
        unsafe {
            if let Some(connection) = ConnectionState::of(symbols, ssl) {
                return Some(connection);
            }
            let context = ContextState::shared(symbols, (symbols.f.SSL_get_SSL_CTX)(ssl));
            let connection = ConnectionState::put(symbols, ssl, context)?;
            if let Some(context) = &connection.context {
                connection.inherit_message(context);
            }
            Some(connection)
        }
    }

    /// A connection for an `SSL` that has none.
    ///
    /// # Safety
    /// As for [`ConnectionState::install`]; `context` is the state of the one that `ssl` was made from.
    pub(in super::super) unsafe fn put<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
        context: Option<Arc<ContextState>>,
    ) -> Option<&'a ConnectionState> {
        // SAFETY: as promised; the Arc's count moves into ex_data.
        unsafe {
            let raw = Arc::into_raw(ConnectionState::new(symbols, context));
            if (symbols.f.SSL_set_ex_data)(ssl, symbols.ssl_index, raw.cast_mut().cast()) == 1 {
                return Some(&*raw);
            }
            drop(Arc::from_raw(raw));
            None
        }
    }

    /// As [`put`](Self::put), if a connection is at hand that had another connection before.
    ///
    /// # Safety
    /// As for [`put`](Self::put).
    #[inline]
    pub(in super::super) unsafe fn put_spare<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
        context: &ContextState,
    ) -> Option<&'a ConnectionState> {
        let spare = free_list::take_slot();
        // SAFETY: as promised; what the pool gives is null or the only share of a connection, whose count moves into ex_data.
        unsafe {
            let connection = spare.as_mut()?;
            if (symbols.f.SSL_set_ex_data)(ssl, symbols.ssl_index, spare.cast()) == 1 {
                connection.symbols = symbols;
                connection.context = Some(context.share());
                return Some(connection);
            }
            ConnectionState::give_up(free_list::give_back_slot(spare));
        }
        None
    }

    /// Drops a share of a connection.
    ///
    /// # Safety
    /// `connection` is null or from `Arc::into_raw`.
    #[inline]
    unsafe fn give_up(connection: *mut ConnectionState) {
        if !connection.is_null() {
            // SAFETY: as promised.
            drop(unsafe { Arc::from_raw(connection.cast_const()) });
        }
    }

    /// Its `SSL` has ended: it is kept for another one, if that is all there is to do.
    pub(in super::super) fn retire(mut connection: Arc<ConnectionState>) {
        let Some(own) = Arc::get_mut(&mut connection) else { return };
        if !own.renew() {
            return;
        }
        // SAFETY: what was given back before, the only share of a connection.
        unsafe { ConnectionState::give_up(free_list::give_back_slot(Arc::into_raw(connection).cast_mut())) };
    }

    /// Makes it as good as new; `false` where it is to be dropped.
    #[inline]
    fn renew(&mut self) -> bool {
        let ConnectionState {
            short,
            busy,
            interposed,
            latest_end,
            latest,
            missed,
            made,
            info,
            handshake,
            context,
            chained,
            symbols: _,
            subscriptions,
            data,
            peer_certificate,
            layers,
            ssl,
        } = self;
        if subscriptions.get().is_some() || data.get().is_some() || !handshake.get_mut().renew() {
            return false;
        }
        *context = None;
        (*short.get_mut(), *busy.get_mut(), *interposed.get_mut()) = (0, false, false);
        (*latest_end.get_mut(), *latest.get_mut(), *missed.get_mut()) = (0, 0, 0);
        *made.get_mut() = ADJUSTED;
        (*info, *chained) = (Callback::default(), Chained::default());
        (*peer_certificate, *layers) = (Told::default(), Layers::default());
        *ssl.get_mut() = ptr::null_mut();
        true
    }

    /// A share of this connection for a BIO.
    pub(in super::super) fn share(&self) -> Arc<ConnectionState> {
        // SAFETY: every ConnectionState lives in an Arc (`new` is the only maker), and `self` keeps it alive meanwhile.
        unsafe {
            Arc::increment_strong_count(ptr::from_ref(self));
            Arc::from_raw(ptr::from_ref(self))
        }
    }
}
