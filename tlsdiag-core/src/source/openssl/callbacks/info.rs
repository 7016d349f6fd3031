//! The info callback: steps of the state machine, alerts, and where a handshake begins and ends.

use std::ffi::{c_int, c_long};
use std::sync::atomic::Ordering;

use super::super::state::arm;
use super::super::state::chained::same;
use super::super::state::connection::ConnectionState;
use super::super::state::context::ContextState;
use super::super::state::fast;
use super::super::sys::constants::info::{ALERT, HANDSHAKE_START, LOOP};
use super::super::sys::functions::{InfoCallback, SSL};
use super::super::sys::library::table;

/// As for messages: a step of the state machine, of which there are some fifteen, takes a fast path
/// where it can, and so does an alert.
///
/// # Safety
/// Called by OpenSSL as an info callback.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(crate) unsafe extern "C" fn info<const N: usize>(ssl: *const SSL, place: c_int, value: c_int) {
    // SAFETY: OpenSSL calls this on the thread that uses `ssl`, which is alive until we return. It
    // is const in the prototype only: OpenSSL holds it mutable, and its own callbacks (nginx's)
    // call setters here.
    unsafe {
        let path = if place & LOOP != 0 { fast::SEEN_STEPS } else { fast::ALERTS };
        if place & (LOOP | ALERT) != 0
            && let Some(connection) = ConnectionState::cached(ssl)
            && connection.has_fast_path(path)
        {
            // What the application sets is seen, so our hooks are where we put them and its own is
            // the one that we know of.
            if let Some(callback) = behind_info(connection) {
                callback(ssl, place, value);
            }
            return;
        }
        deferred_info(ssl, place, value, N);
    }
}

/// Three times a handshake: its beginning, its end, and where it waits.
///
/// # Safety
/// As for an info callback.
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
unsafe extern "C" fn deferred_info(ssl: *const SSL, place: c_int, value: c_int, number: usize) {
    // SAFETY: as for `info`.
    unsafe {
        if let Some(connection) = ConnectionState::cached(ssl)
            && connection.fast_path(fast::DEFERRED, |handshake| {
                handshake.info_fast(connection, ssl.cast_mut(), place, value)
            })
        {
            if let Some(callback) = behind_info(connection) {
                callback(ssl, place, value);
            }
            return;
        }
        info_slowly(ssl, place, value, number);
    }
}

/// The application's info callback, where all its setters are seen: the connection's own, else its
/// context's.
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
unsafe extern "C" fn info_slowly(ssl: *const SSL, place: c_int, value: c_int, number: usize) {
    let Some(symbols) = table(number as c_long) else { return };
    // SAFETY: as promised.
    unsafe {
        let connection = ConnectionState::of_or_new(symbols, ssl.cast_mut());
        if let Some(connection) =
            connection.filter(|connection| place & LOOP == 0 || !connection.is_undisturbed(ssl))
        {
            let ssl = ssl.cast_mut();
            connection.enter(|handshake| {
                let was_open = handshake.phase.is_open();
                handshake.info(connection, ssl, place, value);
                // Where the application's setters are seen, what was armed at the beginning stays
                // so.
                let stays = handshake.deferred
                    || (was_open
                        && place & HANDSHAKE_START == 0
                        && connection.interposed.load(Ordering::Relaxed)
                        && !(handshake.needs_transport() || handshake.wants_wire()));
                if handshake.is_recorded() && !stays {
                    arm::all(connection, ssl, handshake);
                }
            });
        }
        let interposed = connection.filter(|connection| connection.interposed.load(Ordering::Relaxed));
        let mut behind = match interposed {
            Some(connection) => behind_info(connection),
            None => connection.and_then(|connection| connection.info.get()),
        };
        if behind.is_none() && interposed.is_none() {
            // OpenSSL falls back on the context's callback, and looks it up each time; SNI may have
            // changed the context.
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
