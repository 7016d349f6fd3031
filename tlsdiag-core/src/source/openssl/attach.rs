//! Puts the hooks on a context or a connection that is given by its address.

use std::ffi::c_void;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arc_swap::ArcSwap;

use super::state::chained::{Chained, same};
use super::state::connection::ConnectionState;
use super::state::context::ContextState;
use super::state::subscription::{Subscription, Subscriptions, bit, strike_off};
use super::state::{arm, recordings};
use super::sys::clock;
use super::sys::constants::ctrl;
use super::sys::functions::{MessageCallback, SSL, SSL_CTX};
use super::sys::library::Symbols;
use crate::event::{EventKind, PeerCertificate};
use crate::{Error, HandshakeRecorder};

/// What an attachment should know beyond its target.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct AttachOptions {
    peer: Option<SocketAddr>,
    message_callback: Option<(Option<MessageCallback>, *mut c_void)>,
    peer_certificate: Option<PeerCertificate>,
}

// SAFETY: the pointer is the application's own argument, which we hand back on the connection's
// thread and never follow.
unsafe impl Send for AttachOptions {}
// SAFETY: as above.
unsafe impl Sync for AttachOptions {}

impl AttachOptions {
    /// Nothing beyond the target.
    pub fn new() -> Self {
        AttachOptions::default()
    }

    /// The peer's address. OpenSSL knows it only where it owns the socket's descriptor
    /// (`SSL_set_fd(3)`); the streams of the
    /// `openssl` crate do not give it one.
    pub fn peer(mut self, address: SocketAddr) -> Self {
        self.peer = Some(address);
        self
    }

    /// What the application makes of its peer's certificate after the handshake, which OpenSSL
    /// cannot know. It holds for the target, whoever records it, until it is declared anew.
    pub fn peer_certificate(mut self, declared: PeerCertificate) -> Self {
        self.peer_certificate = Some(declared);
        self
    }

    /// The message callback that the application set before, with its argument. OpenSSL has no
    /// getter for it (`SSL_CTX_set_msg_callback(3)`), so unless it is named here, ours replaces it.
    /// Null says that there is none (any more).
    ///
    /// # Safety
    /// `callback` is null, or a function of the prototype that `SSL_CTX_set_msg_callback(3)` gives, callable with `arg` for as long
    /// as the target lives.
    pub unsafe fn message_callback(mut self, callback: *const c_void, arg: *mut c_void) -> Self {
        // SAFETY: null, or a function of that type by the caller's promise.
        let callback = unsafe { std::mem::transmute::<*const c_void, Option<MessageCallback>>(callback) };
        self.message_callback = Some((callback, arg));
        self
    }

    fn keep(&self, symbols: &Symbols, chained: &Chained) {
        if let Some((callback, arg)) = self.message_callback {
            if callback.is_some() {
                symbols.chains_messages.store(true, Ordering::Relaxed);
            }
            chained.message_arg.store(arg, Ordering::Release);
            chained.message.set(callback);
        }
    }
}

/// Keeps a recorder attached; dropping it detaches.
///
/// Detaching stops the recording at once, also of connections in the middle of their handshake,
/// which then get no [`Ended`](crate::event::EventBody::Ended). The hooks stay in place and pass
/// everything on, since other threads may be running in them.
#[must_use = "dropping it detaches the recorder; see Attachment::keep"]
pub struct Attachment {
    subscription: Arc<Subscription>,
    place: Place,
    kept: bool,
}

enum Place {
    Context(Arc<ContextState>),
    Connection(Arc<ConnectionState>),
}

impl Attachment {
    /// Leaves the recorder attached for the life of its context or connection.
    pub fn keep(mut self) {
        self.kept = true;
    }

    /// Records no handshake that begins from now on; those that have begun are recorded to their
    /// end.
    pub fn finish(mut self) {
        self.kept = true;
        self.strike_off();
    }

    /// Takes the subscription off the list, so that no new handshake finds it.
    fn strike_off(&self) {
        let list = match &self.place {
            Place::Context(context) => &context.subscriptions,
            Place::Connection(connection) => connection.subscriptions.get_or_init(ArcSwap::default),
        };
        strike_off(list, |one| Arc::ptr_eq(one, &self.subscription));
        if let Place::Context(context) = &self.place {
            context.count_subscriptions();
        }
    }
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment").field("active", &self.subscription.is_active()).finish()
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        if !self.kept {
            self.subscription.switch_off();
            self.strike_off();
        }
    }
}

/// Whatever a hook would otherwise make for its first connection is made before, so that no thread
/// is making it when another one forks: the child would wait for ever.
fn subscribe(recorder: Arc<dyn HandshakeRecorder>, options: AttachOptions) -> Arc<Subscription> {
    recordings::prepare();
    clock::prepare();
    Subscription::new(recorder, options.peer)
}

fn add(list: &Subscriptions, subscription: &Arc<Subscription>) {
    list.rcu(|old| old.iter().chain([subscription]).cloned().collect::<Vec<_>>());
}

/// Records every connection of an `SSL_CTX` from now on, also those that exist but have not begun
/// their handshake, except where the application gives one a message callback of its own.
///
/// Replaces the context's message callback (see [`AttachOptions::message_callback`]) and stands in
/// front of its info callback and, where secrets are wanted, its key log callback. The rest is set
/// on each connection when it begins.
///
/// # Errors
/// OpenSSL has no memory left.
///
/// # Safety
/// `context` is a live `SSL_CTX` of the library of `symbols`, and no other thread uses it during this call.
pub unsafe fn attach_ctx_raw(
    symbols: &'static Symbols,
    context: *mut c_void,
    recorder: Arc<dyn HandshakeRecorder>,
    options: AttachOptions,
) -> Result<Attachment, Error> {
    let context = context.cast::<SSL_CTX>();
    if context.is_null() {
        return Err(Error::new("cannot attach to an SSL_CTX that is NULL"));
    }
    // SAFETY: as promised.
    unsafe {
        let state = ContextState::install(symbols, context)?;
        let subscription = subscribe(recorder, options);
        options.keep(symbols, &state.chained);
        if let Some(declared) = options.peer_certificate {
            state.peer_certificate.set(declared);
        }
        hook_context(symbols, context, &state);
        if subscription.wanted & bit(EventKind::Secret) != 0 {
            hook_keylog(symbols, context, &state);
        }
        add(&state.subscriptions, &subscription);
        state.count_subscriptions();
        Ok(Attachment { subscription, place: Place::Context(state), kept: false })
    }
}

/// Records one connection. Replaces its message callback (see [`AttachOptions::message_callback`]).
///
/// Where secrets are wanted this also stands in front of the key log callback of its `SSL_CTX`,
/// which no other thread may then use during this call.
///
/// # Errors
/// OpenSSL has no memory left; the connection is DTLS or QUIC, which have their own handshake.
///
/// # Safety
/// `ssl` is a live `SSL` of the library of `symbols`, and no other thread uses it during this call.
pub unsafe fn attach_ssl_raw(
    symbols: &'static Symbols,
    ssl: *mut c_void,
    recorder: Arc<dyn HandshakeRecorder>,
    options: AttachOptions,
) -> Result<Attachment, Error> {
    let ssl = ssl.cast::<SSL>();
    if ssl.is_null() {
        return Err(Error::new("cannot attach to an SSL that is NULL"));
    }
    let f = &symbols.f;
    // SAFETY: as promised.
    unsafe {
        if f.SSL_is_quic.is_some_and(|is_quic| is_quic(ssl) != 0) || (f.SSL_is_dtls)(ssl) != 0 {
            return Err(Error::new("cannot attach to a QUIC or DTLS connection; only TLS is recorded"));
        }
        let subscription = subscribe(recorder, options);
        if subscription.wanted & bit(EventKind::Secret) != 0 {
            let context = (f.SSL_get_SSL_CTX)(ssl);
            let state = ContextState::install(symbols, context)?;
            hook_keylog(symbols, context, &state);
        }
        let Some(connection) = ConnectionState::install(symbols, ssl) else {
            return Err(Error::new("OpenSSL has no memory for the recorder (SSL_set_ex_data)"));
        };
        if let Some((callback, arg)) = options.message_callback {
            connection.chained.message_arg.store(arg, Ordering::Release);
            connection.set_message(ssl, callback);
        }
        if let Some(declared) = options.peer_certificate {
            connection.peer_certificate.set(declared);
        }
        (f.SSL_set_msg_callback)(ssl, Some(symbols.trampolines.message));
        (f.SSL_ctrl)(ssl, ctrl::SET_MSG_CALLBACK_ARG, 0, std::ptr::null_mut());
        connection.enter(|handshake| arm::all(connection, ssl, handshake));
        add(connection.subscriptions.get_or_init(ArcSwap::default), &subscription);
        Ok(Attachment { subscription, place: Place::Connection(connection.share()), kept: false })
    }
}

/// # Safety
/// As for [`attach_ctx_raw`].
unsafe fn hook_context(symbols: &Symbols, context: *mut SSL_CTX, state: &ContextState) {
    let (f, ours) = (&symbols.f, &symbols.trampolines);
    // SAFETY: a live SSL_CTX that only this thread uses.
    unsafe {
        (f.SSL_CTX_set_msg_callback)(context, Some(ours.message));
        (f.SSL_CTX_ctrl)(context, ctrl::SET_MSG_CALLBACK_ARG, 0, std::ptr::null_mut());
        let current = (f.SSL_CTX_get_info_callback)(context);
        if !same(current, ours.info) {
            state.chained.info.set(current);
            (f.SSL_CTX_set_info_callback)(context, Some(ours.info));
        }
    }
}

/// # Safety
/// As for [`attach_ctx_raw`].
unsafe fn hook_keylog(symbols: &Symbols, context: *mut SSL_CTX, state: &ContextState) {
    let (f, ours) = (&symbols.f, &symbols.trampolines);
    // SAFETY: a live SSL_CTX that only this thread uses.
    unsafe {
        let current = (f.SSL_CTX_get_keylog_callback)(context);
        if !same(current, ours.keylog) {
            state.chained.keylog.set(current);
            (f.SSL_CTX_set_keylog_callback)(context, Some(ours.keylog));
        }
    }
}
