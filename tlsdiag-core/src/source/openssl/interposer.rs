//! For an interposer, which sees an application set its callbacks and ask for them: what the
//! application sets is put behind ours, and what it asks for is what it set.
//!
//! Without this, `attach_*` takes over what it finds and what its options name; a setter that is
//! called later takes our place.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::Ordering;

use super::state::arm;
use super::state::chained::{Chained, common_security, same, silent};
use super::state::connection::ConnectionState;
use super::state::context::ContextState;
use super::state::fast;
use super::state::name_check;
use super::sys::constants::ctrl;
use super::sys::functions::{MessageCallback, SSL, SSL_CTX};
use super::sys::guard::contain;
use super::sys::library::Symbols;
use crate::event::LibraryError;

/// A function pointer of C, of whichever type its setter has; null for none.
pub type FunctionPointer = *const c_void;

/// The application's setters and getters of one OpenSSL. A setter gives `true` where it has done
/// all there is to do, so that OpenSSL's own is not to be called; a getter gives what the
/// application is to see in place of what OpenSSL said.
///
/// # Safety
/// For all methods: objects are alive and of this library, used by this thread alone as their
/// setters demand, and a function pointer is null or a function of the type that the setter of that
/// name takes.
#[derive(Clone, Copy, Debug)]
pub struct Interposer(&'static Symbols);

/// What a connection has from its context at the beginning.
///
/// # Safety
/// `connection` is the connection of `ssl`, which only this thread knows and which was made from the context of `state`.
#[inline]
unsafe fn inherit(connection: &ConnectionState, state: &ContextState, ssl: *mut c_void) {
    connection.inherit_message(state);
    connection.interposed.store(true, Ordering::Relaxed);
    connection.made_after(state.adjustments());
    // SAFETY: as promised.
    unsafe { connection.insert_address(ssl.cast()) };
    connection.open_fast_paths(fast::DEFERRED);
}

#[allow(clippy::missing_safety_doc, reason = "one promise for all, at the type")]
impl Interposer {
    /// Stands before that library.
    #[must_use]
    pub fn new(symbols: &'static Symbols) -> Self {
        Interposer(symbols)
    }

    /// `SSL_new` has made this connection from a context: it inherits the message callback that its context has now. `false`
    /// where no recorder is attached to the context.
    pub unsafe fn made(self, ssl: *mut c_void, context: *const c_void) -> bool {
        // SAFETY: a live SSL that only this thread knows, and the live SSL_CTX that it was made
        // from.
        unsafe {
            let Some(state) =
                ContextState::of(self.0, context.cast()).filter(|context| context.has_subscriptions())
            else {
                return false;
            };
            state.insert_address(context.cast());
            if let Some(connection) = ConnectionState::put(self.0, ssl.cast(), Some(state.share())) {
                inherit(connection, state, ssl);
            }
        }
        true
    }

    /// As [`made`](Self::made), where nothing needs to be allocated but by OpenSSL itself; `false`
    /// where nothing was done, and [`made`](Self::made) is to be called. It does not panic.
    #[inline]
    pub unsafe fn made_fast(self, ssl: *mut c_void, context: *const c_void) -> bool {
        // SAFETY: as for `made`.
        unsafe {
            let Some(state) =
                ContextState::cached(context.cast()).filter(|context| context.has_subscriptions())
            else {
                return false;
            };
            let Some(connection) = ConnectionState::put_spare(self.0, ssl.cast(), state) else {
                return false;
            };
            inherit(connection, state, ssl);
        }
        true
    }

    /// Whether nothing is to be recorded of this connection any more, so that `SSL_free` need not
    /// be announced ([`leaving`](Self::leaving)).
    #[inline]
    #[must_use]
    pub unsafe fn is_settled(self, ssl: *const c_void) -> bool {
        // SAFETY: a live SSL of this thread, or null.
        unsafe { ConnectionState::cached(ssl.cast()) }
            .is_some_and(|connection| connection.has_fast_path(fast::OVER))
    }

    /// `SSL_free` is about to be called, which the hooks only see when nothing of the connection may be used any more.
    pub unsafe fn leaving(self, ssl: *mut c_void) {
        let ssl = ssl.cast::<SSL>();
        // SAFETY: a live SSL of this thread, or null.
        unsafe {
            // During a handshake: one that is over has no such path.
            if let Some(connection) =
                ConnectionState::own(self.0, ssl).filter(|connection| connection.has_fast_path(fast::STEPS))
            {
                connection.enter(|handshake| handshake.leave(connection, ssl));
            }
        }
    }

    /// `X509_check_host` or a sister of it has held a certificate against a name on behalf of the
    /// application, and not of OpenSSL. The certificate's address is only compared.
    pub fn name_checked(certificate: *const c_void, name: &str, matches: bool) {
        contain(|| name_check::checked(certificate, name, matches));
    }

    /// `SSL_verify_client_post_handshake` has failed, which no callback shows.
    pub unsafe fn could_not_ask(self, ssl: *mut c_void) {
        let ssl = ssl.cast::<SSL>();
        // SAFETY: a live SSL of this thread.
        unsafe {
            if let Some(connection) = ConnectionState::of(self.0, ssl) {
                connection.enter(|handshake| handshake.could_not_ask(connection, ssl));
            }
        }
    }

    /// A call such as `SSL_use_PrivateKey` has failed on this connection and left these errors; `false` where no handshake of it goes on
    /// that is recorded. Programs log them and empty the queue before OpenSSL breaks off.
    pub unsafe fn call_failed(self, ssl: *mut c_void, errors: &[LibraryError]) -> bool {
        // SAFETY: a live SSL of this thread.
        let connection = unsafe { ConnectionState::own(self.0, ssl.cast()) };
        connection.and_then(|one| one.enter(|handshake| handshake.call_failed(errors))).unwrap_or(false)
    }

    /// Whether a command of `SSL_CTX_ctrl` or `SSL_ctrl` may change what
    /// [`LocalConfiguration`](crate::event::LocalConfiguration) holds: all but those that ask, and
    /// those of sessions, modes and hello extensions (`openssl/ssl.h`).
    #[must_use]
    pub const fn adjusts(command: c_int) -> bool {
        !matches!(
            command,
            // What is asked, and counters.
            ctrl::GET_SESSION_REUSED..=ctrl::GET_FLAGS
                | ctrl::GET_EXTRA_CHAIN_CERTS
                | ctrl::GET_GROUPS
                | ctrl::GET_SHARED_GROUP
                | ctrl::GET_PEER_SIGNATURE_NID..=ctrl::GET_RAW_CIPHERLIST
                | ctrl::GET_CHAIN_CERTS
                | ctrl::GET_MIN_PROTO_VERSION..=ctrl::GET_NEGOTIATED_GROUP
                | ctrl::GET_VERIFY_CERT_STORE..=ctrl::GET_CHAIN_CERT_STORE
            // Callback arguments, sizes, sessions and modes.
                | ctrl::SET_MSG_CALLBACK_ARG..=ctrl::SET_MTU
                | ctrl::SESS_NUMBER..=ctrl::SESS_CACHE_FULL
                | ctrl::GET_READ_AHEAD..=ctrl::GET_SESS_CACHE_MODE
                | ctrl::MODE
                | ctrl::CLEAR_MODE
            // Hello extensions, tickets and stapled responses.
                | ctrl::SET_TLSEXT_SERVERNAME_CB..=ctrl::SET_TLSEXT_TICKET_KEY_CB
        )
    }

    /// `SSL_CTX_ctrl` has been called, with a command that [`adjusts`](Self::adjusts) how connections are configured that are made from now
    /// on. The interposer reports each such call, or a healthy record may show versions or a chain
    /// of before.
    pub unsafe fn adjusted_context(self, context: *mut c_void) {
        // SAFETY: a live SSL_CTX, or null.
        if let Some(state) = unsafe { ContextState::of(self.0, context.cast::<SSL_CTX>()) } {
            state.adjust();
        }
    }

    /// `SSL_ctrl`, likewise.
    pub unsafe fn adjusted(self, ssl: *mut c_void) {
        // SAFETY: a live SSL of this thread, or null.
        if let Some(connection) = unsafe { ConnectionState::own(self.0, ssl.cast()) } {
            connection.adjust();
        }
    }

    /// `SSL_set_SSL_CTX` has given the connection another context, and with it another security callback.
    pub unsafe fn moved(self, ssl: *mut c_void) {
        let ssl = ssl.cast::<SSL>();
        // SAFETY: a live SSL of this thread.
        unsafe {
            if let Some(connection) = ConnectionState::of(self.0, ssl) {
                // The info callback behind ours is that of another context now.
                connection.interposed.store(false, Ordering::Relaxed);
                connection.close_fast_paths();
                connection.enter(|handshake| {
                    if handshake.is_recorded() {
                        arm::all(connection, ssl, handshake);
                    }
                });
            }
        }
    }

    /// `SSL_CTX_set_msg_callback`.
    pub unsafe fn set_context_message(self, context: *mut c_void, callback: FunctionPointer) -> bool {
        // SAFETY: a message callback by the promise above.
        unsafe { self.of_context(context, |chained| self.keep_message(chained, callback)) }
    }

    /// `SSL_CTX_set_msg_callback_arg`.
    pub unsafe fn set_context_message_arg(self, context: *mut c_void, arg: *mut c_void) -> bool {
        // SAFETY: a live SSL_CTX.
        unsafe { self.of_context(context, |chained| chained.message_arg.store(arg, Ordering::Release)) }
    }

    /// `SSL_set_msg_callback`.
    pub unsafe fn set_message(self, ssl: *mut c_void, callback: FunctionPointer) -> bool {
        // SAFETY: a live SSL of this thread and a message callback.
        unsafe {
            let callback = std::mem::transmute::<FunctionPointer, Option<MessageCallback>>(callback);
            self.of_connection(ssl, |connection| connection.set_message(ssl.cast(), callback))
        }
    }

    /// `SSL_set_msg_callback_arg`.
    pub unsafe fn set_message_arg(self, ssl: *mut c_void, arg: *mut c_void) -> bool {
        // SAFETY: a live SSL of this thread.
        unsafe {
            self.of_connection(ssl, |connection| connection.chained.message_arg.store(arg, Ordering::Release))
        }
    }

    /// `SSL_CTX_set_info_callback`.
    pub unsafe fn set_context_info(self, context: *mut c_void, callback: FunctionPointer) -> bool {
        // SAFETY: an info callback by the promise above.
        unsafe { self.of_context(context, |chained| chained.info.set_address(callback)) }
    }

    /// `SSL_CTX_get_info_callback`.
    #[must_use]
    pub unsafe fn context_info(self, context: *mut c_void, said: FunctionPointer) -> FunctionPointer {
        // SAFETY: a live object.
        self.behind(said, self.0.trampolines.info as FunctionPointer, || unsafe {
            Some(ContextState::of(self.0, context.cast())?.chained.info.address())
        })
    }

    /// `SSL_set_info_callback`.
    pub unsafe fn set_info(self, ssl: *mut c_void, callback: FunctionPointer) -> bool {
        let (f, ours) = (&self.0.f, &self.0.trampolines);
        // SAFETY: a live SSL of this thread and an info callback.
        unsafe {
            let Some(connection) = ConnectionState::of(self.0, ssl.cast()) else { return false };
            connection.info.set_address(callback);
            (f.SSL_set_info_callback)(ssl.cast(), Some(ours.info));
        }
        true
    }

    /// `SSL_get_info_callback`.
    #[must_use]
    pub unsafe fn info(self, ssl: *const c_void, said: FunctionPointer) -> FunctionPointer {
        // SAFETY: a live object.
        self.behind(said, self.0.trampolines.info as FunctionPointer, || unsafe {
            Some(ConnectionState::of(self.0, ssl.cast())?.info.address())
        })
    }

    /// `SSL_set_verify`, whose null callback changes nothing but the mode.
    pub unsafe fn set_verify(self, ssl: *mut c_void, mode: c_int, callback: FunctionPointer) -> bool {
        let (f, ours) = (&self.0.f, &self.0.trampolines);
        // SAFETY: a live SSL of this thread and a verify callback.
        unsafe {
            let Some(connection) = ConnectionState::of(self.0, ssl.cast()) else { return false };
            // During a handshake a server may come to want a certificate after all, and a deferred
            // recording has no verify callback.
            connection.enter(|handshake| {
                if handshake.is_recorded() {
                    arm::verify(connection, ssl.cast());
                }
            });
            if callback.is_null() || !same((f.SSL_get_verify_callback)(ssl.cast()), ours.verify) {
                return false;
            }
            connection.chained.verify.set_address(callback);
            (f.SSL_set_verify)(ssl.cast(), mode, Some(ours.verify));
        }
        true
    }

    /// `SSL_get_verify_callback`.
    #[must_use]
    pub unsafe fn verify(self, ssl: *const c_void, said: FunctionPointer) -> FunctionPointer {
        // SAFETY: a live object.
        self.behind(said, self.0.trampolines.verify as FunctionPointer, || unsafe {
            Some(ConnectionState::of(self.0, ssl.cast())?.chained.verify.address())
        })
    }

    /// `SSL_set_security_callback`.
    pub unsafe fn set_security(self, ssl: *mut c_void, callback: FunctionPointer) -> bool {
        let (f, ours) = (&self.0.f, &self.0.trampolines);
        // SAFETY: a live SSL of this thread and a security callback.
        unsafe {
            let Some(connection) = ConnectionState::of(self.0, ssl.cast()) else { return false };
            if callback.is_null() || !same((f.SSL_get_security_callback)(ssl.cast()), ours.security) {
                return false;
            }
            connection.chained.security.set_address(callback);
            common_security(self.0.number as usize).meet(connection.chained.security.get());
        }
        true
    }

    /// `SSL_get_security_callback`.
    #[must_use]
    pub unsafe fn security(self, ssl: *const c_void, said: FunctionPointer) -> FunctionPointer {
        // SAFETY: a live object.
        self.behind(said, self.0.trampolines.security as FunctionPointer, || unsafe {
            Some(ConnectionState::of(self.0, ssl.cast())?.chained.security.address())
        })
    }

    /// `SSL_CTX_set_keylog_callback`.
    pub unsafe fn set_context_keylog(self, context: *mut c_void, callback: FunctionPointer) -> bool {
        let (f, ours) = (&self.0.f, &self.0.trampolines);
        // SAFETY: a live SSL_CTX and a key log callback.
        unsafe {
            same((f.SSL_CTX_get_keylog_callback)(context.cast()), ours.keylog)
                && self.of_context(context, |chained| chained.keylog.set_address(callback))
        }
    }

    /// `SSL_CTX_get_keylog_callback`.
    #[must_use]
    pub unsafe fn context_keylog(self, context: *const c_void, said: FunctionPointer) -> FunctionPointer {
        // SAFETY: a live object.
        self.behind(said, self.0.trampolines.keylog as FunctionPointer, || unsafe {
            Some(ContextState::of(self.0, context.cast())?.chained.keylog.address())
        })
    }

    /// What the application is to see where OpenSSL `said` this: what it had set itself, if that is
    /// ours.
    fn behind(
        self,
        said: FunctionPointer,
        ours: FunctionPointer,
        set: impl FnOnce() -> Option<FunctionPointer>,
    ) -> FunctionPointer {
        if said == ours { set().unwrap_or(ptr::null()) } else { said }
    }

    /// # Safety
    /// `callback` is null or a message callback.
    unsafe fn keep_message(self, chained: &Chained, callback: FunctionPointer) {
        if callback.is_null() {
            // Null on a connection means none, whatever its context has.
            chained.message.set(Some(silent));
            return;
        }
        self.0.chains_messages.store(true, Ordering::Relaxed);
        // SAFETY: as promised.
        unsafe { chained.message.set_address(callback) };
    }

    /// # Safety
    /// As for the type.
    unsafe fn of_context(self, context: *mut c_void, keep: impl FnOnce(&Chained)) -> bool {
        // SAFETY: a live SSL_CTX.
        let state = unsafe { ContextState::of(self.0, context.cast::<SSL_CTX>()) };
        let Some(state) = state.filter(|state| state.has_subscriptions()) else { return false };
        keep(&state.chained);
        true
    }

    /// Keeps something of the message callback, and puts ours in front again, which is given back
    /// once the handshake is over.
    ///
    /// # Safety
    /// As for the type.
    unsafe fn of_connection(self, ssl: *mut c_void, keep: impl FnOnce(&ConnectionState)) -> bool {
        let (f, ours) = (&self.0.f, &self.0.trampolines);
        // SAFETY: a live SSL of this thread.
        unsafe {
            let Some(connection) = ConnectionState::of(self.0, ssl.cast()) else { return false };
            connection.close_fast_paths();
            keep(connection);
            (f.SSL_set_msg_callback)(ssl.cast(), Some(ours.message));
            (f.SSL_ctrl)(ssl.cast(), ctrl::SET_MSG_CALLBACK_ARG, 0, ptr::null_mut());
        }
        true
    }
}
