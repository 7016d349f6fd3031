//! A program that gives the library a socket without a connection, or loses the one that it gave it.

#![allow(unsafe_code)]

use std::ffi::c_int;
use std::fs::OpenOptions;
use std::io;
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslRef, SslVerifyMode};
use openssl::x509::X509StoreContext;
use openssl_sys as ffi;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

unsafe extern "C" {
    fn SSL_get_fd(ssl: *const ffi::SSL) -> c_int;
}

/// A socket of which nobody has asked anything yet.
pub(super) fn never_connected() -> io::Result<TcpStream> {
    Ok(socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?.into())
}

/// Once the peer's certificate is verified nothing can be read by this connection's descriptor any more: it is another file's.
pub(super) fn is_lost_at_certificate(ssl: &mut SslRef) {
    ssl.set_verify_callback(SslVerifyMode::PEER, |ok, store| {
        let ssl = X509StoreContext::ssl_idx().ok().and_then(|place| store.ex_data(place));
        if let (Some(ssl), Ok(other)) = (ssl, OpenOptions::new().write(true).open("/dev/null")) {
            // SAFETY: a live connection; two open descriptors, of which the second one's owner closes it in time.
            unsafe { libc::dup2(other.as_raw_fd(), SSL_get_fd(ssl.as_ptr())) };
        }
        ok
    });
}
