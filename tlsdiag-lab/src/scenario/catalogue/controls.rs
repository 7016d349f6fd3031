//! Settings for which the `openssl` crate has no word.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_long, c_void};
use std::ptr;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContextBuilder, SslRef};
use openssl_sys as ffi;

type CertificateCallback = unsafe extern "C" fn(ssl: *mut ffi::SSL, argument: *mut c_void) -> c_int;

unsafe extern "C" {
    fn SSL_CTX_set_post_handshake_auth(context: *mut ffi::SSL_CTX, value: c_int);
    fn SSL_CTX_set_cert_cb(
        context: *mut ffi::SSL_CTX,
        callback: Option<CertificateCallback>,
        argument: *mut c_void,
    );
    fn SSL_set_options(ssl: *mut ffi::SSL, options: u64) -> u64;
}

pub(super) fn offer_post_handshake_auth(context: &mut SslContextBuilder) {
    // SAFETY: the context is alive and exclusively ours.
    unsafe { SSL_CTX_set_post_handshake_auth(context.as_ptr(), 1) };
}

pub(super) fn send_fallback_scsv(context: &mut SslContextBuilder) {
    const SSL_MODE_SEND_FALLBACK_SCSV: c_long = 0x80;
    // SAFETY: as above; the control takes no pointer.
    unsafe {
        ffi::SSL_CTX_ctrl(context.as_ptr(), ffi::SSL_CTRL_MODE, SSL_MODE_SEND_FALLBACK_SCSV, ptr::null_mut())
    };
}

/// Takes server_name back.
pub(super) fn forget_name(ssl: &mut SslRef) {
    // SAFETY: the connection is alive and exclusively ours; null means: no name.
    unsafe { ffi::SSL_ctrl(ssl.as_ptr(), ffi::SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, ptr::null_mut()) };
}

/// Switches extended_master_secret off for one connection.
pub(super) fn without_ems(ssl: &mut SslRef) {
    const SSL_OP_NO_EXTENDED_MASTER_SECRET: u64 = 1;
    // SAFETY: as above.
    unsafe { SSL_set_options(ssl.as_ptr(), SSL_OP_NO_EXTENDED_MASTER_SECRET) };
}

/// A certificate callback that says that it failed.
pub(super) fn fail_to_choose_a_certificate(context: &mut SslContextBuilder) {
    unsafe extern "C" fn fails(_: *mut ffi::SSL, _: *mut c_void) -> c_int {
        0
    }
    // SAFETY: the context is alive and exclusively ours; the callback is a function and looks at neither argument.
    unsafe { SSL_CTX_set_cert_cb(context.as_ptr(), Some(fails), ptr::null_mut()) };
}
