//! The security callback, which OpenSSL asks whether a suite, a group, a scheme or a key is strong
//! enough, and what it denies.

use std::ffi::{c_int, c_long, c_void};

use super::super::state::chained::common_security;
use super::super::state::connection::ConnectionState;
use super::super::sys::functions::{SSL, SSL_CTX};
use super::super::sys::library::table;

/// Asked some fifty times in a handshake, and hardly ever denied: no look at the connection unless
/// it is.
///
/// # Safety
/// Called by OpenSSL as a security callback.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(crate) unsafe extern "C" fn security<const N: usize>(
    ssl: *const SSL,
    context: *const SSL_CTX,
    operation: c_int,
    bits: c_int,
    nid: c_int,
    other: *mut c_void,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: OpenSSL's own arguments, passed through; `ssl` is alive or null.
    unsafe {
        let Some(callback) = common_security(N).get() else {
            return security_slowly::<N>(ssl, context, operation, bits, nid, other, arg);
        };
        let allowed = callback(ssl, context, operation, bits, nid, other, arg);
        if allowed == 0 {
            security_denied::<N>(ssl, operation, bits, nid);
        }
        allowed
    }
}

/// # Safety
/// As for a security callback.
#[cold]
#[inline(never)]
unsafe extern "C" fn security_slowly<const N: usize>(
    ssl: *const SSL,
    context: *const SSL_CTX,
    operation: c_int,
    bits: c_int,
    nid: c_int,
    other: *mut c_void,
    arg: *mut c_void,
) -> c_int {
    let Some(symbols) = table(N as c_long) else { return 1 };
    // SAFETY: as promised.
    unsafe {
        let callback = ConnectionState::own(symbols, ssl)
            .and_then(|connection| connection.chained.security.get())
            .or_else(|| {
                // A copy without a connection: the context's callback is what its original had.
                if ssl.is_null() {
                    return None;
                }
                (symbols.f.SSL_CTX_get_security_callback)((symbols.f.SSL_get_SSL_CTX)(ssl))
            });
        let allowed = match callback {
            Some(callback) => callback(ssl, context, operation, bits, nid, other, arg),
            None => 1,
        };
        if allowed == 0 {
            security_denied::<N>(ssl, operation, bits, nid);
        }
        allowed
    }
}

/// # Safety
/// `ssl` is null or alive and this thread's.
#[cold]
#[inline(never)]
unsafe extern "C" fn security_denied<const N: usize>(
    ssl: *const SSL,
    operation: c_int,
    bits: c_int,
    nid: c_int,
) {
    let Some(symbols) = table(N as c_long) else { return };
    // SAFETY: passed on.
    if let Some(connection) = unsafe { ConnectionState::own(symbols, ssl) }
        && !connection.keep_fast(|handshake| handshake.log_denial(operation, bits, nid))
    {
        connection.enter(|handshake| handshake.security_denied(operation, bits, nid));
    }
}
