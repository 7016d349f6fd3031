//! A ClientHello by itself.
#![allow(unsafe_code)]

use std::ffi::c_char;

use tlsdiag_core::neutralize::json as inert_json;
use tlsdiag_core::report::client_hello;

use crate::boundary::{bytes, place, run};
use crate::c_string::whole;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// Decodes a ClientHello: the message with its header of four bytes, or the TLS records that carry it. The JSON has what it offers
/// (`offer`, as in a whole record), and `ja3`, `ja3_text` and `ja4`. Free it with tlsdiag_string_free().
///
/// # Safety
/// `data` is NULL or points at `length` bytes; `json` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_client_hello_to_json(
    data: *const u8,
    length: usize,
    json: *mut *mut c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (data, out) = unsafe { (bytes(data, length, "data")?, place(json, "json")?) };
        let hello = client_hello(data).map_err(|error| Failure::new(TLSDIAG_MALFORMED, error.to_string()))?;
        let text = inert_json(&hello).map_err(|error| Failure::new(TLSDIAG_INTERNAL, error.to_string()))?;
        out.put(whole(text).into_raw());
        Ok(())
    })
}
