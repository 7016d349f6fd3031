//! The key log callback, where secrets are wanted.

use std::ffi::{CStr, c_char, c_long};

use super::super::state::connection::ConnectionState;
use super::super::state::context::ContextState;
use super::super::sys::functions::SSL;
use super::super::sys::library::table;
use crate::event::EventKind;

/// # Safety
/// Called by OpenSSL as a key log callback.
pub(crate) unsafe extern "C" fn keylog<const N: usize>(ssl: *const SSL, line: *const c_char) {
    let Some(symbols) = table(N as c_long) else { return };
    // SAFETY: OpenSSL calls this with a live SSL and a C string.
    unsafe {
        if let Some(connection) = ConnectionState::own(symbols, ssl) {
            connection.enter(|handshake| {
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
