//! The trampolines that OpenSSL calls: info, verify and key log here, the others in `messages`, `security` and `bio`.
//!
//! OpenSSL gives most of these callbacks no argument of ours, so each library in the process has its own set of them, told
//! apart by `N`: its place among the tables. Each one records first or last, and passes on to the application's callback
//! outside of our lock with `errno` and the error queue as OpenSSL left them.

use std::ffi::{CStr, c_char, c_int, c_long};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use super::super::state::address_cache;
use super::bio;
use super::super::sys::guard;
use super::super::state::chained::same;
use super::super::state::connection::{ConnectionState, fast};
use super::super::state::context::ContextState;
use super::super::sys::der;
use super::super::sys::functions::{
    BioCallback, InfoCallback, KeylogCallback, MessageCallback, SSL, SecurityCallback, VerifyCallback,
    X509_STORE_CTX,
};
use super::super::state::handshake::{ALERT, HANDSHAKE_START, HandshakeState, LOOP, Phase};
use super::message;
use super::security;
use super::super::sys::library::{Symbols, ctrl};
use crate::event::EventKind;

/// The hooks of one library.
pub(crate) struct Trampolines {
    pub(crate) message: MessageCallback,
    pub(crate) info: InfoCallback,
    pub(crate) verify: VerifyCallback,
    pub(crate) security: SecurityCallback,
    pub(crate) keylog: KeylogCallback,
    pub(crate) bio: BioCallback,
    pub(crate) lean_bio: BioCallback,
}

pub(crate) const TABLES: usize = 8;
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static TABLE: [OnceLock<&'static Symbols>; TABLES] = [const { OnceLock::new() }; TABLES];

/// The library with this number.
pub(crate) fn table(number: c_long) -> Option<&'static Symbols> {
    TABLE.get(usize::try_from(number).ok()?)?.get().copied()
}

/// Puts a library in its place; each place is filled once (`Symbols::register`, under its lock).
pub(crate) fn install_table(number: usize, symbols: &'static Symbols) {
    if let Some(place) = TABLE.get(number) {
        place.get_or_init(|| symbols);
    }
}

/// The hooks of the library with this number, while there is room.
pub(crate) fn trampolines(number: usize) -> Option<Trampolines> {
    Some(match number {
        0 => set::<0>(),
        1 => set::<1>(),
        2 => set::<2>(),
        3 => set::<3>(),
        4 => set::<4>(),
        5 => set::<5>(),
        6 => set::<6>(),
        7 => set::<7>(),
        _ => return None,
    })
}

fn set<const N: usize>() -> Trampolines {
    Trampolines {
        message: message::message::<N>,
        info: info::<N>,
        verify: verify::<N>,
        security: security::security::<N>,
        keylog: keylog::<N>,
        bio: bio::callback::<N>,
        lean_bio: bio::lean::<N>,
    }
}

/// As for messages: a step of the state machine, of which there are some fifteen, takes a fast path where it can, and so does an alert.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
unsafe extern "C" fn info<const N: usize>(ssl: *const SSL, place: c_int, value: c_int) {
    // SAFETY: OpenSSL calls this on the thread that uses `ssl`, which is alive until we return. It is const in the
    // prototype only: OpenSSL holds it mutable, and its own callbacks (nginx's) call setters here.
    unsafe {
        let way = if place & LOOP != 0 { fast::SEEN_STEPS } else { fast::ALERTS };
        if place & (LOOP | ALERT) != 0
            && let Some(connection) = address_cache::find(ssl)
            && connection.has_fast_path(way)
        {
            // What the application sets is seen, so our hooks are where we put them and its own is the one that we know of.
            if let Some(callback) = behind_info(connection) {
                callback(ssl, place, value);
            }
            return;
        }
        info_of_sketch(ssl, place, value, N);
    }
}

/// Three times a handshake: its beginning, its end, and where it waits.
///
/// # Safety
/// As for an info callback.
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
unsafe extern "C" fn info_of_sketch(ssl: *const SSL, place: c_int, value: c_int, number: usize) {
    // SAFETY: as for `info`.
    unsafe {
        if let Some(connection) = address_cache::find(ssl)
            && connection.fast_path(fast::DEFERRED, |handshake| {
                handshake.info_fast(connection, ssl.cast_mut(), place, value)
            })
        {
            if let Some(callback) = behind_info(connection) {
                callback(ssl, place, value);
            }
            return;
        }
        info_at_length(ssl, place, value, number);
    }
}

/// The application's info callback, where all its setters are seen: the connection's own, else its context's.
fn behind_info(connection: &ConnectionState) -> Option<InfoCallback> {
    connection
        .info
        .get()
        .or_else(|| connection.context.as_deref().and_then(|context| context.chained.info.get()))
}

/// # Safety
/// As for an info callback.
#[cold]
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
unsafe extern "C" fn info_at_length(ssl: *const SSL, place: c_int, value: c_int, number: usize) {
    let Some(symbols) = table(number as c_long) else { return };
    // SAFETY: as promised.
    unsafe {
        let connection = ConnectionState::of_or_new(symbols, ssl.cast_mut());
        if let Some(connection) =
            connection.filter(|connection| place & LOOP == 0 || !connection.is_undisturbed(ssl))
        {
            let ssl = ssl.cast_mut();
            guard::enter(connection, |handshake| {
                let began = handshake.phase;
                handshake.info(connection, ssl, place, value);
                // Where the application's setters are seen, what was armed at the beginning stays so.
                let stays = handshake.deferred
                    || (began == Phase::Open
                        && place & HANDSHAKE_START == 0
                        && connection.interposed.load(Ordering::Relaxed)
                        && !(handshake.needs_transport() || handshake.wants_wire()));
                if matches!(handshake.phase, Phase::Open | Phase::Watching) && !stays {
                    arm(connection, ssl, handshake);
                }
            });
        }
        let interposed = connection.filter(|connection| connection.interposed.load(Ordering::Relaxed));
        let mut behind = match interposed {
            Some(connection) => behind_info(connection),
            None => connection.and_then(|connection| connection.info.get()),
        };
        if behind.is_none() && interposed.is_none() {
            // OpenSSL falls back on the context's callback, and looks it up each time; SNI may have changed the context.
            let context = (symbols.f.SSL_get_SSL_CTX)(ssl);
            behind = (symbols.f.SSL_CTX_get_info_callback)(context);
            if same(behind, symbols.trampolines.info) {
                let own = connection
                    .and_then(|connection| connection.context.as_deref())
                    .filter(|own| own.is_of(context));
                let state = own.or_else(|| ContextState::of(symbols, context));
                behind = state.and_then(|state| state.chained.info.get());
            }
        }
        if let Some(callback) = behind {
            callback(ssl, place, value);
        }
    }
}

/// The info callback alone, from which all others are renewed: an application may set its own at any time.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
pub(crate) unsafe fn arm_info(connection: &ConnectionState, ssl: *mut SSL) {
    let (f, ours) = (&connection.symbols.f, &connection.symbols.trampolines);
    // SAFETY: a live SSL of this thread.
    unsafe {
        let current = (f.SSL_get_info_callback)(ssl);
        if !same(current, ours.info) {
            connection.info.set(current);
            (f.SSL_set_info_callback)(ssl, Some(ours.info));
        }
    }
}

/// The verify callback.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[inline]
pub(crate) unsafe fn arm_verify(connection: &ConnectionState, ssl: *mut SSL) {
    let (f, ours) = (&connection.symbols.f, &connection.symbols.trampolines);
    // SAFETY: a live SSL of this thread; the getters only read, the setter stores a pointer.
    unsafe {
        let current = (f.SSL_get_verify_callback)(ssl);
        if !same(current, ours.verify) {
            connection.chained.verify.set(current);
            (f.SSL_set_verify)(ssl, (f.SSL_get_verify_mode)(ssl), Some(ours.verify));
        }
    }
}

/// The security callback.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[inline]
pub(crate) unsafe fn arm_security(connection: &ConnectionState, ssl: *mut SSL) {
    let (symbols, chained) = (connection.symbols, &connection.chained);
    let (f, ours) = (&symbols.f, &symbols.trampolines);
    // SAFETY: a live SSL of this thread; the getter only reads, the setter stores a pointer.
    unsafe {
        let current = (f.SSL_get_security_callback)(ssl);
        if !same(current, ours.security) {
            chained.security.set(current);
            security::common_security(symbols).meet(current);
            (f.SSL_set_security_callback)(ssl, Some(ours.security));
        }
    }
}

/// Puts our hooks on the connection, in front of what is there, wherever they are not (any more).
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
#[inline(never)]
pub(crate) unsafe fn arm(connection: &ConnectionState, ssl: *mut SSL, handshake: &mut HandshakeState) {
    let (f, ours) = (&connection.symbols.f, &connection.symbols.trampolines);
    // SAFETY: a live SSL of this thread; the getters only read, the setters store a pointer.
    unsafe {
        arm_info(connection, ssl);
        arm_verify(connection, ssl);
        arm_security(connection, ssl);
        let wire = handshake.wants(EventKind::Wire);
        if handshake.phase == Phase::Open && (wire || handshake.needs_transport()) {
            let (read, write) = ((f.SSL_get_rbio)(ssl), (f.SSL_get_wbio)(ssl));
            if handshake.is_new_transport(read, write) {
                if !read.is_null() {
                    bio::hook(connection, read, wire);
                }
                if !write.is_null() && write != read {
                    bio::hook(connection, write, wire);
                }
            }
        }
        if handshake.takes_back() {
            (f.SSL_set_msg_callback)(ssl, Some(ours.message));
            (f.SSL_ctrl)(ssl, ctrl::SET_MSG_CALLBACK_ARG, 0, ptr::null_mut());
        }
    }
}

unsafe extern "C" fn verify<const N: usize>(ok: c_int, store: *mut X509_STORE_CTX) -> c_int {
    let Some(symbols) = table(N as c_long) else { return ok };
    let f = &symbols.f;
    // SAFETY: OpenSSL calls this with a live X509_STORE_CTX, whose SSL, if any, is alive too.
    unsafe {
        let ssl = (f.X509_STORE_CTX_get_ex_data)(store, symbols.store_context_index).cast::<SSL>();
        let connection = ConnectionState::own(symbols, ssl);
        // Read before the application is asked, since it may change them.
        let error = (f.X509_STORE_CTX_get_error)(store);
        let depth = (f.X509_STORE_CTX_get_error_depth)(store);
        let callback = connection.and_then(|connection| connection.chained.verify.get()).or_else(|| {
            // Without a callback of the SSL, the store's own one would have been asked.
            let trusted = (f.X509_STORE_CTX_get0_store)(store);
            if trusted.is_null() { None } else { (f.X509_STORE_get_verify_cb)(trusted) }
        });
        let accepted = match callback {
            Some(callback) if !same(Some(callback), symbols.trampolines.verify) => callback(ok, store),
            _ => ok,
        };
        let depth = depth.max(0) as u32;
        let in_order = ok != 0 && accepted != 0;
        if let Some(connection) = connection
            && !(in_order && connection.keep_fast(|handshake| handshake.note_verified(depth, error)))
        {
            guard::enter(connection, |handshake| {
                handshake.verify(depth, ok != 0, accepted != 0, error, |out| {
                    der::certificate(symbols, (f.X509_STORE_CTX_get_current_cert)(store), out);
                });
            });
        }
        accepted
    }
}

unsafe extern "C" fn keylog<const N: usize>(ssl: *const SSL, line: *const c_char) {
    let Some(symbols) = table(N as c_long) else { return };
    // SAFETY: OpenSSL calls this with a live SSL and a C string.
    unsafe {
        if let Some(connection) = ConnectionState::own(symbols, ssl) {
            guard::enter(connection, |handshake| {
                if handshake.wants(EventKind::Secret) {
                    handshake.secret(CStr::from_ptr(line).to_str().unwrap_or_default());
                }
            });
        }
        let context = (symbols.f.SSL_get_SSL_CTX)(ssl);
        let behind = ContextState::of(symbols, context).and_then(|state| state.chained.keylog.get());
        if let Some(callback) = behind {
            callback(ssl, line);
        }
    }
}
