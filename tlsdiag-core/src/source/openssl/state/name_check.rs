//! An application that holds its server's certificate against a name itself: after the handshake, as nginx does as a proxy, or in its
//! verify callback, as stunnel does.
//!
//! The call names a certificate and no connection. The connection is the one whose verify callback runs in this thread, or the client's
//! whose handshake this thread has seen done last, if that certificate is its peer's.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use super::super::sys::functions::{SSL, X509};
use super::super::sys::library::Symbols;
use super::connection::ConnectionState;

/// A client whose handshake is done, or a connection whose peer's certificate is being verified.
#[derive(Clone, Copy)]
struct Last {
    /// Only followed where its connection stands in the address cache, so that it is alive.
    ssl: *mut SSL,
    symbols: Option<&'static Symbols>,
    /// The peer's certificate while it is verified, only to be compared; null afterwards.
    verified: *const X509,
    /// Whether a name was told that its server's certificate does not have.
    refused: bool,
}

thread_local! {
    static LAST: Cell<Last> = const { Cell::new(Last { ssl: ptr::null_mut(), symbols: None, verified: ptr::null(), refused: false }) };
}

/// This client's handshake is done.
pub(crate) fn done(symbols: &'static Symbols, ssl: *mut SSL) {
    let _ = LAST.try_with(|last| {
        last.set(Last { ssl, symbols: Some(symbols), verified: ptr::null(), refused: false })
    });
}

/// The application is about to be asked about this certificate.
pub(crate) fn verifying(symbols: &'static Symbols, ssl: *mut SSL, certificate: *const X509) {
    let _ = LAST.try_with(|last| {
        last.set(Last { ssl, symbols: Some(symbols), verified: certificate, refused: false })
    });
}

/// Whether a name that fits is worth telling of: one that did not fit was told before.
fn is_refused() -> bool {
    LAST.try_with(Cell::get).is_ok_and(|last| last.refused)
}

/// The application has held this certificate against this name.
///
/// # Safety
/// `certificate` is a live X509.
pub(crate) unsafe fn checked(certificate: *const c_void, name: &str, matches: bool) {
    if matches && !is_refused() {
        return;
    }
    let Ok(mut last) = LAST.try_with(Cell::get) else { return };
    let Some(symbols) = last.symbols else { return };
    // SAFETY: a connection that stands in the cache is alive, and so is its SSL, which this thread has used.
    unsafe {
        let Some(connection) = ConnectionState::cached(last.ssl) else { return };
        let mut peer = last.verified;
        if peer.is_null() {
            let Some(get) = symbols.f.SSL_get1_peer_certificate else { return };
            let held = get(last.ssl);
            if held.is_null() {
                return;
            }
            // With a reference of ours, which is released; the address is only compared.
            (symbols.f.X509_free)(held);
            peer = held;
        }
        if peer.cast::<c_void>() != certificate {
            return;
        }
        connection.enter(|handshake| handshake.name_checked(name, matches));
    }
    last.refused |= !matches;
    let _ = LAST.try_with(|place| place.set(last));
}
