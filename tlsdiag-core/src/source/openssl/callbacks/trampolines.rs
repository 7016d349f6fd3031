//! The callbacks of each library: `N` is its number, by which they find it
//! ([`table`](super::super::sys::library::table)).

use std::ffi::{CStr, c_void};

use super::super::sys::functions::Functions;
use super::super::sys::library::{Lifecycle, Symbols, Trampolines};
use super::super::sys::locate::{self, LocateError, Located, Object};
use super::{bio, ex_data, info, keylog, message, security, verify};
use crate::Error;

/// Those of the library with this number, while there are any left.
fn trampolines(number: usize) -> Option<Trampolines> {
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
        info: info::info::<N>,
        verify: verify::verify::<N>,
        security: security::security::<N>,
        keylog: keylog::keylog::<N>,
        bio: bio::callback::<N>,
        lean_bio: bio::lean::<N>,
    }
}

/// # Safety
/// All functions are those of one OpenSSL that stays loaded.
unsafe fn register(f: Functions) -> Result<&'static Symbols, Error> {
    let lifecycle = Lifecycle {
        connection: ex_data::connection_callbacks(),
        context: ex_data::context_callbacks(),
        bio: ex_data::bio_callbacks(),
    };
    // SAFETY: passed on.
    unsafe { Symbols::register(f, trampolines, lifecycle) }
}

impl Symbols {
    /// The libssl that the `openssl` crate is linked with.
    ///
    /// # Errors
    /// OpenSSL has no memory for an ex_data index, or too many libraries are in use.
    #[cfg(feature = "linked")]
    pub fn linked() -> Result<&'static Symbols, Error> {
        static LINKED: std::sync::OnceLock<&'static Symbols> = std::sync::OnceLock::new();
        if let Some(symbols) = LINKED.get() {
            return Ok(symbols);
        }
        openssl_sys::init();
        // SAFETY: the linker bound these names to OpenSSL's own functions.
        let symbols = unsafe { register(Functions::linked()) }?;
        Ok(LINKED.get_or_init(|| symbols))
    }

    /// The libssl behind a handle of `dlopen(3)`. A handle of `dlopen("libssl.so.3", …)` finds
    /// libcrypto's names too.
    ///
    /// # Errors
    /// The library lacks a function that is needed; the error names it.
    ///
    /// # Safety
    /// `handle` is open and its library is OpenSSL (1.1.1 or later); the library is never unloaded.
    pub unsafe fn from_handle(handle: *mut c_void) -> Result<&'static Symbols, Error> {
        // SAFETY: dlsym takes any open handle and a C string; what it finds is OpenSSL's by the
        // caller's promise.
        unsafe { Symbols::from_lookup(|name| libc::dlsym(handle, name.as_ptr())) }
    }

    /// Functions found by `lookup`, which gives null for a name that it does not know.
    ///
    /// # Errors
    /// A function that is needed was not found; the error names it.
    ///
    /// # Safety
    /// Whatever `lookup` finds under a name is the function of that name of one and the same
    /// OpenSSL (1.1.1 or later), which is never unloaded.
    pub unsafe fn from_lookup(lookup: impl FnMut(&CStr) -> *mut c_void) -> Result<&'static Symbols, Error> {
        // SAFETY: passed on to the caller.
        unsafe { register(Functions::find(lookup)?) }
    }

    /// The library that made `object`; where its layout is not known, the only OpenSSL in this
    /// process.
    ///
    /// # Errors
    /// See [`LocateError`].
    ///
    /// # Safety
    /// `object` is null or points at a live `SSL_CTX` or `SSL` of an OpenSSL that is never unloaded.
    pub unsafe fn of_object(object: *const c_void, kind: Object) -> Result<&'static Symbols, LocateError> {
        // SAFETY: passed on.
        let (handle, methods) = match unsafe { locate::library_of(object, kind) }? {
            Located::Known(symbols) => return Ok(symbols),
            Located::Handle { handle, methods } => (handle, methods),
        };
        // SAFETY: the handle's library exports SSL_get_ex_data, so it is OpenSSL.
        let symbols = unsafe { Symbols::from_handle(handle) }.map_err(LocateError::NoLibrary)?;
        if let Some(methods) = methods {
            locate::remember(methods, symbols);
        }
        Ok(symbols)
    }
}
