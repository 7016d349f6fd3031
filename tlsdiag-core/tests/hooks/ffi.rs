//! What the `openssl` crate has no wrapper for.

use std::ffi::{c_int, c_long, c_void};

use openssl_sys::{BIO, SSL, SSL_CTX};

pub(crate) type Info = extern "C" fn(*const SSL, c_int, c_int);
pub(crate) type Security =
    extern "C" fn(*const SSL, *const SSL_CTX, c_int, c_int, c_int, *mut c_void, *mut c_void) -> c_int;
pub(crate) type Message = extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut SSL, *mut c_void);
pub(crate) type BioCallback =
    extern "C" fn(*mut BIO, c_int, *const c_void, usize, c_int, c_long, c_int, *mut usize) -> c_long;

unsafe extern "C" {
    pub(crate) fn SSL_CTX_set_info_callback(context: *mut SSL_CTX, callback: Option<Info>);
    pub(crate) fn SSL_set_info_callback(ssl: *mut SSL, callback: Option<Info>);
    pub(crate) fn SSL_CTX_set_security_callback(context: *mut SSL_CTX, callback: Option<Security>);
    pub(crate) fn SSL_CTX_get_security_callback(context: *const SSL_CTX) -> Option<Security>;
    pub(crate) fn SSL_get_security_callback(ssl: *const SSL) -> Option<Security>;
    pub(crate) fn SSL_CTX_set_msg_callback(context: *mut SSL_CTX, callback: Option<Message>);
    pub(crate) fn SSL_set_msg_callback(ssl: *mut SSL, callback: Option<Message>);
    pub(crate) fn SSL_CTX_ctrl(context: *mut SSL_CTX, cmd: c_int, n: c_long, arg: *mut c_void) -> c_long;
    pub(crate) fn SSL_CTX_get_verify_mode(context: *const SSL_CTX) -> c_int;
    pub(crate) fn SSL_set_verify(ssl: *mut SSL, mode: c_int, callback: *const c_void);
    pub(crate) fn SSL_set_fd(ssl: *mut SSL, fd: c_int) -> c_int;
    pub(crate) fn SSL_clear(ssl: *mut SSL) -> c_int;
    pub(crate) fn BIO_up_ref(bio: *mut BIO) -> c_int;
    pub(crate) fn SSL_dup(ssl: *mut SSL) -> *mut SSL;
    pub(crate) fn SSL_renegotiate(ssl: *mut SSL) -> c_int;
    pub(crate) fn SSL_key_update(ssl: *mut SSL, kind: c_int) -> c_int;
    pub(crate) fn SSL_verify_client_post_handshake(ssl: *mut SSL) -> c_int;
    pub(crate) fn SSL_CTX_set_post_handshake_auth(context: *mut SSL_CTX, on: c_int);
    pub(crate) fn SSL_get_info_callback(ssl: *const SSL) -> Option<Info>;
    pub(crate) fn BIO_get_callback_ex(bio: *const BIO) -> Option<BioCallback>;
    pub(crate) fn BIO_set_callback_ex(bio: *mut BIO, callback: Option<BioCallback>);
}
