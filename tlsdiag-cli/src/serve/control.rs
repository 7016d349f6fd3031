//! Settings that are macros of C around `SSL_CTX_ctrl`, for which the `openssl` crate has no word.

#![allow(unsafe_code)]

use std::ffi::{CString, c_int, c_long, c_void};

use openssl::error::ErrorStack;
use openssl::ssl::SslContextBuilder;
use openssl_sys as ffi;

const SSL_CTRL_SET_CLIENT_SIGALGS_LIST: c_int = 102;

/// `SSL_CTX_set1_client_sigalgs_list(3)`.
pub(crate) fn set_client_sigalgs(context: &mut SslContextBuilder, list: &str) -> Result<(), ErrorStack> {
    // A NUL cannot come from a command line, and an empty list is refused as any other bad one.
    let list = CString::new(list).unwrap_or_default();
    // SAFETY: OpenSSL parses the string, which outlives the call, and keeps no pointer to it.
    unsafe { control(context, SSL_CTRL_SET_CLIENT_SIGALGS_LIST, 0, list.as_ptr().cast_mut().cast()) }
}

/// `SSL_CTX_set_dh_auto(3)`, as openssl s_server does.
pub(crate) fn set_dh_auto(context: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    // SAFETY: this command takes its number and no pointer.
    unsafe { control(context, ffi::SSL_CTRL_SET_DH_AUTO, 1, std::ptr::null_mut()) }
}

/// # Safety
///
/// `argument` must be what `command` asks for.
unsafe fn control(
    context: &mut SslContextBuilder,
    command: c_int,
    number: c_long,
    argument: *mut c_void,
) -> Result<(), ErrorStack> {
    // SAFETY: the context is alive and exclusively ours; the caller vouches for the argument.
    let set = unsafe { ffi::SSL_CTX_ctrl(context.as_ptr(), command, number, argument) };
    if set == 1 { Ok(()) } else { Err(ErrorStack::get()) }
}
