//! Numbers of OpenSSL's headers and of TLS that the hooks compare. Each is named here, and only
//! here.

use std::ffi::{c_int, c_ulong};

/// Commands of `SSL_ctrl(3)` and `SSL_CTX_ctrl(3)`: `SSL_CTRL_*`, which are part of the library's
/// ABI (`openssl/ssl.h`).
#[allow(missing_docs, reason = "each has the name that OpenSSL gives it")]
pub mod ctrl {
    use super::c_int;

    pub const GET_SESSION_REUSED: c_int = 8;
    pub const GET_FLAGS: c_int = 13;
    pub const EXTRA_CHAIN_CERT: c_int = 14;
    pub const SET_MSG_CALLBACK: c_int = 15;
    pub const SET_MSG_CALLBACK_ARG: c_int = 16;
    pub const SET_MTU: c_int = 17;
    pub const SESS_NUMBER: c_int = 20;
    pub const SESS_CACHE_FULL: c_int = 31;
    pub const MODE: c_int = 33;
    pub const GET_READ_AHEAD: c_int = 40;
    pub const GET_SESS_CACHE_MODE: c_int = 45;
    pub const SET_TLSEXT_SERVERNAME_CB: c_int = 53;
    pub const SET_TLSEXT_TICKET_KEY_CB: c_int = 72;
    pub const CLEAR_MODE: c_int = 78;
    pub const GET_EXTRA_CHAIN_CERTS: c_int = 82;
    pub const SET_CHAIN: c_int = 88;
    pub const ADD_CHAIN_CERT: c_int = 89;
    pub const GET_GROUPS: c_int = 90;
    pub const GET_SHARED_GROUP: c_int = 93;
    pub const GET_PEER_SIGNATURE_NID: c_int = 108;
    pub const GET_RAW_CIPHERLIST: c_int = 110;
    pub const GET_CHAIN_CERTS: c_int = 115;
    pub const SELECT_CURRENT_CERT: c_int = 116;
    pub const SET_CURRENT_CERT: c_int = 117;
    pub const SET_MIN_PROTO_VERSION: c_int = 123;
    pub const SET_MAX_PROTO_VERSION: c_int = 124;
    pub const GET_MIN_PROTO_VERSION: c_int = 130;
    pub const GET_MAX_PROTO_VERSION: c_int = 131;
    pub const GET_NEGOTIATED_GROUP: c_int = 134;
    pub const GET_VERIFY_CERT_STORE: c_int = 137;
    pub const GET_CHAIN_CERT_STORE: c_int = 138;
}

/// Where OpenSSL calls an info callback: `SSL_CB_*`.
pub(crate) mod info {
    use super::c_int;

    pub(crate) const LOOP: c_int = 0x01;
    pub(crate) const EXIT: c_int = 0x02;
    pub(crate) const READ: c_int = 0x04;
    pub(crate) const HANDSHAKE_START: c_int = 0x10;
    pub(crate) const HANDSHAKE_DONE: c_int = 0x20;
    pub(crate) const ALERT: c_int = 0x4000;
}

/// What a message callback is called for: a record's content type (RFC 8446 §5.1), or one of
/// OpenSSL's own (`SSL3_RT_*`).
pub(crate) mod content {
    use super::c_int;

    /// No content type: what OpenSSL gives for a ClientHello in the form of SSLv2.
    pub(crate) const SSLV2_HELLO: c_int = 0;
    pub(crate) const CHANGE_CIPHER_SPEC: c_int = 20;
    pub(crate) const ALERT: c_int = 21;
    pub(crate) const HANDSHAKE: c_int = 22;
    pub(crate) const HEADER: c_int = 256;
    pub(crate) const INNER_TYPE: c_int = 257;
}

/// The first byte of a record's header (RFC 8446 §5.1).
pub(crate) mod record {
    pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
    pub(crate) const HANDSHAKE: u8 = 22;
    pub(crate) const APPLICATION_DATA: u8 = 23;
    /// The second byte.
    pub(crate) const MAJOR_VERSION: u8 = 3;
}

/// The first byte of a handshake message (RFC 8446 §4).
pub(crate) mod message {
    pub(crate) const HELLO_REQUEST: u8 = 0;
    pub(crate) const CLIENT_HELLO: u8 = 1;
    pub(crate) const SERVER_HELLO: u8 = 2;
    pub(crate) const NEW_SESSION_TICKET: u8 = 4;
    pub(crate) const CERTIFICATE_REQUEST: u8 = 13;
    pub(crate) const FINISHED: u8 = 20;
    pub(crate) const KEY_UPDATE: u8 = 24;
}

/// An alert's bytes (RFC 8446 §6).
pub(crate) mod alert {
    /// The level.
    pub(crate) const FATAL: u8 = 2;
    pub(crate) const CLOSE_NOTIFY: u8 = 0;
    pub(crate) const DECODE_ERROR: u8 = 50;
}

/// What `SSL_get_error(3)` gives: `SSL_ERROR_*`.
pub(crate) mod ssl_error {
    use super::c_int;

    pub(crate) const SSL: c_int = 1;
    pub(crate) const WANT_READ: c_int = 2;
    pub(crate) const WANT_X509_LOOKUP: c_int = 4;
    pub(crate) const SYSCALL: c_int = 5;
    pub(crate) const ZERO_RETURN: c_int = 6;
    pub(crate) const WANT_CONNECT: c_int = 7;
    pub(crate) const WANT_RETRY_VERIFY: c_int = 12;
}

/// Reasons in the error queue: `SSL_R_*`.
pub(crate) mod reason {
    pub(crate) const EXTENSION_NOT_RECEIVED: i32 = 279;
    pub(crate) const UNEXPECTED_EOF_WHILE_READING: i32 = 294;
}

/// Operations of a BIO callback: `BIO_CB_*`.
pub(crate) mod bio {
    use super::c_int;

    /// `BIO_CB_READ | BIO_CB_RETURN`.
    pub(crate) const READ_RETURN: c_int = 0x82;
    /// `BIO_CB_WRITE | BIO_CB_RETURN`.
    pub(crate) const WRITE_RETURN: c_int = 0x83;
    /// `BIO_TYPE_FILE`.
    pub(crate) const TYPE_FILE: c_int = 0x402;
    /// `BIO_C_GET_FILE_PTR`.
    pub(crate) const GET_FILE: c_int = 107;
    /// `BIO_C_FILE_TELL`.
    pub(crate) const TELL: c_int = 133;
    /// `BIO_FLAGS_SHOULD_RETRY`.
    pub(crate) const SHOULD_RETRY: c_int = 0x08;
}

/// Classes of objects that have ex_data: `CRYPTO_EX_INDEX_*`.
pub(crate) mod ex_index {
    use super::c_int;

    pub(crate) const SSL: c_int = 0;
    pub(crate) const SSL_CTX: c_int = 1;
    pub(crate) const BIO: c_int = 12;
}

/// `TLS1_3_VERSION`.
pub(crate) const TLS1_3: c_int = 0x0304;
/// `SSL_OP_NO_TLSv1_3`.
pub(crate) const NO_TLS1_3: c_ulong = 1 << 29;
/// `SSL_RECEIVED_SHUTDOWN`.
pub(crate) const RECEIVED_SHUTDOWN: c_int = 2;
/// `SSL_CERT_SET_FIRST` and `SSL_CERT_SET_NEXT`.
pub(crate) const CERT_SET_FIRST: std::ffi::c_long = 1;
pub(crate) const CERT_SET_NEXT: std::ffi::c_long = 2;
/// The library of errors of the system: `ERR_LIB_SYS`.
pub(crate) const ERR_LIB_SYS: i32 = 2;
