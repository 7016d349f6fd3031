//! Lists of OpenSSL's: `STACK_OF(…)`.

use std::ffi::c_int;

use super::functions::STACK;
use super::library::Symbols;

/// No list is longer than this to us.
const MOST: c_int = 1024;

/// How many elements it has.
///
/// # Safety
/// `stack` is null or alive.
pub(crate) unsafe fn count(symbols: &Symbols, stack: *const STACK) -> c_int {
    // SAFETY: as promised; null has the length -1.
    unsafe { (symbols.f.OPENSSL_sk_num)(stack) }.clamp(0, MOST)
}

/// Its elements.
///
/// # Safety
/// `stack` is null or a live STACK_OF(T), also while this is iterated.
pub(crate) unsafe fn elements<T>(symbols: &Symbols, stack: *const STACK) -> impl Iterator<Item = *mut T> {
    // SAFETY: as promised.
    (0..unsafe { count(symbols, stack) })
        .map(move |i| unsafe { (symbols.f.OPENSSL_sk_value)(stack, i).cast() })
}
