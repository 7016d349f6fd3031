//! The verify callback, which OpenSSL asks about each certificate of the peer's chain.

use std::ffi::{c_int, c_long};

use super::super::state::chained::same;
use super::super::state::connection::ConnectionState;
use super::super::state::name_check;
use super::super::sys::der;
use super::super::sys::functions::{SSL, X509_STORE_CTX};
use super::super::sys::library::table;

/// Asks the application's callback first, if there is one, and records what it made of the
/// certificate.
///
/// # Safety
/// Called by OpenSSL as a verify callback.
pub(crate) unsafe extern "C" fn verify<const N: usize>(ok: c_int, store: *mut X509_STORE_CTX) -> c_int {
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
            Some(callback) if !same(Some(callback), symbols.trampolines.verify) => {
                if depth == 0 {
                    name_check::expect(ssl, (f.X509_STORE_CTX_get_current_cert)(store).cast_const().cast());
                }
                callback(ok, store)
            }
            _ => ok,
        };
        let depth = depth.max(0) as u32;
        let in_order = ok != 0 && accepted != 0 && !name_check::is_pending(ssl);
        if let Some(connection) = connection
            && !(in_order && connection.keep_fast(|handshake| handshake.log_verified(depth, error)))
        {
            connection.enter(|handshake| {
                handshake.take_name_check();
                handshake.verify(depth, ok != 0, accepted != 0, error, |out| {
                    der::certificate(symbols, (f.X509_STORE_CTX_get_current_cert)(store), out);
                });
            });
        }
        accepted
    }
}
