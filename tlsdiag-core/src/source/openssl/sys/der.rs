//! Certificates and names as DER, through OpenSSL's `i2d` functions (`d2i_X509(3)`).

use std::ffi::{c_int, c_uchar};
use std::ptr;

use super::functions::{X509, X509_NAME};
use super::library::Symbols;

/// Appends the DER of a certificate; nothing if it is null or cannot be encoded.
///
/// # Safety
/// `x509` is null or alive.
pub(crate) unsafe fn certificate(symbols: &Symbols, x509: *const X509, out: &mut Vec<u8>) {
    if !x509.is_null() {
        // SAFETY: as promised.
        encode(out, |place| unsafe { (symbols.f.i2d_X509)(x509, place) });
    }
}

/// # Safety
/// `name` is null or alive.
pub(crate) unsafe fn name(symbols: &Symbols, name: *const X509_NAME) -> Vec<u8> {
    let mut der = Vec::new();
    if !name.is_null() {
        // SAFETY: as promised.
        encode(&mut der, |place| unsafe { (symbols.f.i2d_X509_NAME)(name, place) });
    }
    der
}

/// Calls an i2d function twice: for the size, then for the bytes.
fn encode(out: &mut Vec<u8>, i2d: impl Fn(*mut *mut c_uchar) -> c_int) {
    let start = out.len();
    let Ok(size) = usize::try_from(i2d(ptr::null_mut())) else { return };
    out.resize(start + size, 0);
    let mut place = out[start..].as_mut_ptr();
    if usize::try_from(i2d(&mut place)) != Ok(size) {
        out.truncate(start);
    }
}
