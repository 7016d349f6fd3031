//! Which version this is.
#![allow(unsafe_code)]

use std::ffi::c_char;

/// The version of the library that is loaded, such as "0.1.0". TLSDIAG_VERSION is that of the header.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}
