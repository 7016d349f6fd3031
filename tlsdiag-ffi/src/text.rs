//! Strings that C frees.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char};

use crate::boundary::contain;

/// Frees a string that a function of this header gave as `char *`; those given as `const char *` are not yours to free. NULL
/// is fine.
///
/// # Safety
/// `string` is NULL or was given by this library as `char *`, and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_string_free(string: *mut c_char) {
    contain(|| {
        if !string.is_null() {
            // SAFETY: it came from `CString::into_raw`, and is given back once.
            drop(unsafe { CString::from_raw(string) });
        }
    });
}
