//! How a connection comes to its `SSL`, and what becomes of it at the end.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32};
use std::sync::{Arc, OnceLock};

use super::super::super::sys::functions::SSL;
use super::super::super::sys::library::Symbols;
use super::super::super::sys::memory;
use super::super::chained::{Callback, Chained};
use super::super::context::ContextState;
use super::super::declared::Declared;
use super::super::deferred_profile::ADJUSTED;
use super::super::handshake::HandshakeState;
use super::super::object_table::{Found, share};
use super::super::record_layers::Layers;
use super::{BY_ADDRESS, CONNECTIONS, ConnectionState, SPARE};

impl ConnectionState {
    pub(crate) fn new(
        symbols: &'static Symbols,
        context: Option<Arc<ContextState>>,
    ) -> Option<Arc<ConnectionState>> {
        if memory::is_short() {
            return None;
        }
        let entry = CONNECTIONS.take()?;
        let connection = Arc::new(ConnectionState {
            symbols,
            info: Callback::default(),
            chained: Chained::default(),
            context,
            subscriptions: OnceLock::new(),
            data: OnceLock::new(),
            peer_certificate: Declared::default(),
            layers: Layers::default(),
            entry,
            interposed: AtomicBool::new(false),
            open_paths: AtomicU8::new(0),
            latest: AtomicU32::new(0),
            latest_end: AtomicU8::new(0),
            missed: AtomicU32::new(0),
            made: AtomicU32::new(ADJUSTED),
            busy: AtomicBool::new(false),
            handshake: UnsafeCell::new(HandshakeState::default()),
        });
        entry.set_state(Arc::as_ptr(&connection));
        Some(connection)
    }

    /// Makes this the connection of `ssl`; `false` where OpenSSL has no memory for that.
    ///
    /// # Safety
    /// `ssl` is alive, of this library and used by this thread alone, and it has no connection. A share of this one becomes the `SSL`'s.
    #[inline]
    unsafe fn bind(&self, ssl: *mut SSL) -> bool {
        self.entry.set_object(ssl);
        // SAFETY: as promised; the entry stays for as long as the process does.
        let bound = unsafe {
            (self.symbols.f.SSL_set_ex_data)(ssl, self.symbols.ssl_index, self.entry.as_data()) == 1
        };
        if !bound {
            self.entry.set_object(ptr::null::<SSL>());
        }
        bound
    }

    /// Makes this the connection of a copy of an `SSL` that OpenSSL is about to make, and gives
    /// what belongs at its index.
    pub(crate) fn bind_copy(connection: Arc<ConnectionState>) -> *mut c_void {
        let entry = connection.entry;
        entry.set_unseen();
        // The copy has this share.
        let _ = Arc::into_raw(connection);
        entry.as_data()
    }

    /// What the original has of ours, of which a copy is made.
    pub(crate) fn of_original(data: *const c_void) -> Found<ConnectionState> {
        CONNECTIONS.of_original(data)
    }

    /// The share that an `SSL` has which ends, at whose index of ours `data` was found.
    ///
    /// # Safety
    /// This is called once for each `SSL`, at its end.
    pub(crate) unsafe fn unbind(data: *const c_void, ssl: *const SSL) -> Option<Arc<ConnectionState>> {
        // Others may have put anything there, null as well.
        let connection = if data.is_null() {
            // SAFETY: this thread's, which is not gone yet.
            unsafe { ConnectionState::cached(ssl) }.map(NonNull::from)
        } else {
            CONNECTIONS.state_of(data, ssl)
        }?;
        // SAFETY: `bind` or `bind_copy` made a share the SSL's, which ends.
        let connection = unsafe { Arc::from_raw(connection.as_ptr()) };
        BY_ADDRESS.remove(ssl);
        connection.entry.set_object(ptr::null::<SSL>());
        Some(connection)
    }

    /// The connection of `ssl`, made if its context has subscriptions. From now on it is
    /// [`cached`](Self::cached).
    ///
    /// # Safety
    /// As for [`ConnectionState::of`]; called on the thread that uses `ssl`.
    #[inline]
    pub(crate) unsafe fn of_or_new<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
    ) -> Option<&'a ConnectionState> {
        // SAFETY: passed on.
        unsafe { ConnectionState::cached(ssl).or_else(|| ConnectionState::fetch(symbols, ssl)) }
    }

    /// As [`ConnectionState::of_or_new`], for one that is not [`cached`](Self::cached).
    ///
    /// # Safety
    /// As for [`ConnectionState::of_or_new`].
    #[cold]
    #[inline(never)]
    unsafe fn fetch<'a>(symbols: &'static Symbols, ssl: *mut SSL) -> Option<&'a ConnectionState> {
        // SAFETY: passed on.
        unsafe {
            let connection = ConnectionState::of(symbols, ssl)
                .or_else(|| ConnectionState::install_if_subscribed(symbols, ssl))?;
            connection.insert_address(ssl);
            Some(connection)
        }
    }

    /// From now on this connection is [`cached`](Self::cached).
    ///
    /// # Safety
    /// It is the connection of `ssl`, which is alive and used by this thread alone.
    pub(crate) unsafe fn insert_address(&self, ssl: *mut SSL) {
        // SAFETY: as promised; the connection's end takes it from there (`unbind`).
        unsafe { BY_ADDRESS.insert(ssl, self) };
    }

    /// # Safety
    /// As for [`ConnectionState::of_or_new`].
    #[cold]
    unsafe fn install_if_subscribed<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
    ) -> Option<&'a ConnectionState> {
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
    pub(crate) unsafe fn install<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
    ) -> Option<&'a ConnectionState> {
        // SAFETY: a live SSL, used by this thread alone.
        unsafe {
            if let Some(connection) = ConnectionState::of(symbols, ssl) {
                return Some(connection);
            }
            if !(symbols.f.SSL_get_ex_data)(ssl, symbols.ssl_index).is_null() {
                // The program keeps something of its own there, which is to stay.
                return None;
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
    /// As for [`ConnectionState::install`]; `context` is the state of the one that `ssl` was made
    /// from.
    pub(crate) unsafe fn put<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
        context: Option<Arc<ContextState>>,
    ) -> Option<&'a ConnectionState> {
        let connection = ConnectionState::new(symbols, context)?;
        // SAFETY: as promised; the SSL has the share that is let go.
        unsafe { connection.bind(ssl).then(|| &*Arc::into_raw(connection)) }
    }

    /// As [`put`](Self::put), if a connection waits whose `SSL` has ended.
    ///
    /// # Safety
    /// As for [`put`](Self::put).
    #[inline]
    pub(crate) unsafe fn put_spare<'a>(
        symbols: &'static Symbols,
        ssl: *mut SSL,
        context: &ContextState,
    ) -> Option<&'a ConnectionState> {
        let spare = SPARE.take();
        // SAFETY: as promised; what waits there is null or the only share of a connection, whose
        // count moves into ex_data.
        unsafe {
            let connection = spare.as_mut()?;
            connection.symbols = symbols;
            if connection.bind(ssl) {
                connection.context = Some(context.share());
                return Some(connection);
            }
            ConnectionState::give_up(SPARE.give_back(spare));
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
    pub(crate) fn retire(mut connection: Arc<ConnectionState>) {
        let Some(own) = Arc::get_mut(&mut connection) else { return };
        if !own.renew() {
            return;
        }
        // SAFETY: what was given back before, the only share of a connection.
        unsafe { ConnectionState::give_up(SPARE.give_back(Arc::into_raw(connection).cast_mut())) };
    }

    /// Makes it as good as new; `false` where it is to be dropped.
    #[inline]
    fn renew(&mut self) -> bool {
        let ConnectionState {
            open_paths,
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
            entry: _,
        } = self;
        if subscriptions.get().is_some() || data.get().is_some() || !handshake.get_mut().renew() {
            return false;
        }
        *context = None;
        (*open_paths.get_mut(), *busy.get_mut(), *interposed.get_mut()) = (0, false, false);
        (*latest_end.get_mut(), *latest.get_mut(), *missed.get_mut()) = (0, 0, 0);
        *made.get_mut() = ADJUSTED;
        (*info, *chained) = (Callback::default(), Chained::default());
        (*peer_certificate, *layers) = (Declared::default(), Layers::default());
        true
    }

    /// A share of this connection for a BIO.
    pub(crate) fn share(&self) -> Arc<ConnectionState> {
        // SAFETY: every ConnectionState lives in an Arc: `new` is the only maker.
        unsafe { share(self) }
    }
}

impl Drop for ConnectionState {
    fn drop(&mut self) {
        CONNECTIONS.give_back(self.entry);
    }
}
