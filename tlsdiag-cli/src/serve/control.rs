//! Settings by the names that OpenSSL's configuration files have for them, for which the `openssl` crate has no function.

#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int, c_uint, c_void};

use openssl::error::ErrorStack;
use openssl::ssl::SslContextBuilder;
use openssl_sys as ffi;

#[allow(non_camel_case_types)]
enum SSL_CONF_CTX {}

unsafe extern "C" {
    fn SSL_CONF_CTX_new() -> *mut SSL_CONF_CTX;
    fn SSL_CONF_CTX_free(context: *mut SSL_CONF_CTX);
    fn SSL_CONF_CTX_set_flags(context: *mut SSL_CONF_CTX, flags: c_uint) -> c_uint;
    fn SSL_CONF_CTX_set_ssl_ctx(context: *mut SSL_CONF_CTX, ssl_context: *mut ffi::SSL_CTX);
    fn SSL_CONF_cmd(context: *mut SSL_CONF_CTX, command: *const c_char, value: *const c_char) -> c_int;
    fn SSL_CONF_CTX_finish(context: *mut SSL_CONF_CTX) -> c_int;
}

const FLAG_FILE: c_uint = 2;
const FLAG_SERVER: c_uint = 8;
const FLAG_SHOW_ERRORS: c_uint = 0x10;
const FLAG_CERTIFICATE: c_uint = 0x20;

/// Why a setting was not made.
pub(crate) enum Refused {
    /// There is none of this name.
    Unknown,
    Value(ErrorStack),
}

/// Sets one of a server's settings (`SSL_CONF_cmd(3)`, "supported configuration file commands").
pub(crate) fn set(context: &mut SslContextBuilder, name: &str, value: &str) -> Result<(), Refused> {
    // A NUL cannot come from a command line, and an empty name or value is refused as any other bad one.
    let [name, value] = [name, value].map(|text| CString::new(text).unwrap_or_default());
    // SAFETY: the configuration context is ours alone from its making to its end, and every function takes it while it lives; the
    // `SSL_CTX` outlives it; both strings are read, and not kept, within the call.
    let result = unsafe {
        let settings = SSL_CONF_CTX_new();
        if settings.is_null() {
            return Err(Refused::Value(ErrorStack::get()));
        }
        SSL_CONF_CTX_set_flags(settings, FLAG_FILE | FLAG_SERVER | FLAG_SHOW_ERRORS | FLAG_CERTIFICATE);
        SSL_CONF_CTX_set_ssl_ctx(settings, context.as_ptr());
        let result = SSL_CONF_cmd(settings, name.as_ptr(), value.as_ptr());
        let result = if result > 0 && SSL_CONF_CTX_finish(settings) != 1 { 0 } else { result };
        SSL_CONF_CTX_free(settings);
        result
    };
    match result {
        1.. => Ok(()),
        -2 => {
            drop(ErrorStack::get());
            Err(Refused::Unknown)
        }
        _ => Err(Refused::Value(ErrorStack::get())),
    }
}

/// `SSL_CTX_set_dh_auto(3)`, as openssl s_server does.
pub(super) fn set_dh_auto(context: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    // SAFETY: the context is alive and exclusively ours; this command takes its number and no pointer.
    let set = unsafe {
        ffi::SSL_CTX_ctrl(context.as_ptr(), ffi::SSL_CTRL_SET_DH_AUTO, 1, std::ptr::null_mut::<c_void>())
    };
    if set == 1 { Ok(()) } else { Err(ErrorStack::get()) }
}
