//! Which OpenSSL a recorder works with: the one of the object, or the one that the application names.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_void};

use tlsdiag_core::source::openssl::{LocateError, Object, Symbols};

use crate::boundary::bytes;
use crate::status::Failure;
use crate::status::tlsdiag_status::*;

/// A function of any kind, cast.
pub type tlsdiag_function = Option<unsafe extern "C" fn()>;

/// A function of OpenSSL's under its name.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_openssl_function {
    /// Such as "SSL_get_ex_data".
    pub name: *const c_char,
    /// The function. NULL is as good as no entry.
    pub function: tlsdiag_function,
}

/// The OpenSSL that is given by a table of so many functions or by a handle; `None` where it is to be found by each object.
///
/// # Safety
/// The handle and the table are what tlsdiag_recorder_options says.
pub(crate) unsafe fn named(
    functions: *const tlsdiag_openssl_function,
    count: usize,
    handle: *mut c_void,
) -> Result<Option<&'static Symbols>, Failure> {
    let failed = |error: tlsdiag_core::Error| Failure::new(TLSDIAG_NO_OPENSSL, error.to_string());
    if !functions.is_null() {
        let entry = size_of::<tlsdiag_openssl_function>();
        // SAFETY: a table of so many entries, by the caller's promise; its size is checked like any other.
        let table = unsafe {
            bytes(functions.cast(), count.saturating_mul(entry), "openssl_functions")?;
            std::slice::from_raw_parts(functions, count)
        };
        // SAFETY: the names are C strings, and the functions OpenSSL's of these names, by the caller's promise.
        return unsafe { Symbols::from_lookup(|name| in_table(table, name)) }.map(Some).map_err(failed);
    }
    if handle.is_null() {
        return Ok(None);
    }
    // SAFETY: an open handle of OpenSSL's library, by the caller's promise.
    unsafe { Symbols::from_handle(handle) }.map(Some).map_err(failed)
}

/// # Safety
/// The names in the table are null or C strings.
unsafe fn in_table(table: &[tlsdiag_openssl_function], name: &CStr) -> *mut c_void {
    // SAFETY: as promised.
    let found =
        table.iter().find(|entry| unsafe { !entry.name.is_null() && CStr::from_ptr(entry.name) == name });
    found.and_then(|entry| entry.function).map_or(std::ptr::null_mut(), |function| function as *mut c_void)
}

/// The library of an object.
///
/// # Safety
/// `object` is null or such an object, alive.
pub(crate) unsafe fn of(object: *const c_void, kind: Object) -> Result<&'static Symbols, Failure> {
    // SAFETY: passed on.
    unsafe { Symbols::of_object(object, kind) }.map_err(|error| {
        let status = match error {
            LocateError::WrongObject(_) if object.is_null() => TLSDIAG_NULL_ARGUMENT,
            LocateError::WrongObject(_) => TLSDIAG_BAD_VALUE,
            _ => TLSDIAG_NO_OPENSSL,
        };
        Failure::new(status, error.to_string())
    })
}
