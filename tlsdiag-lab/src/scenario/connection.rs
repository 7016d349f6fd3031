//! One side's connection: OpenSSL over its own socket BIO, as a C program has it.
//!
//! The `openssl` crate's streams bring a BIO that never reports the end of the stream, so OpenSSL says other things
//! about a peer that hangs up than it says to nginx, Apache or its own tools. Here it shall say the same.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_long};
use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;

use foreign_types::ForeignTypeRef;
use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslRef};
use openssl_sys as ffi;

use super::outcome::{Failure, LibraryError};
use crate::Error;

unsafe extern "C" {
    fn SSL_set_fd(ssl: *mut ffi::SSL, fd: c_int) -> c_int;
    fn SSL_renegotiate(ssl: *mut ffi::SSL) -> c_int;
    fn SSL_verify_client_post_handshake(ssl: *mut ffi::SSL) -> c_int;
    fn SSL_in_init(ssl: *const ffi::SSL) -> c_int;
}

/// A connection and the socket under it, which is blocking and has time limits.
pub(super) struct Connection {
    ssl: Ssl,
    socket: TcpStream,
}

impl Connection {
    pub(super) fn new(ssl: Ssl, socket: TcpStream) -> Result<Self, Error> {
        // SAFETY: `ssl` is alive; the descriptor stays open for as long as `self` holds the socket, and the BIO that
        // OpenSSL makes here does not close it (BIO_NOCLOSE).
        let set = unsafe { SSL_set_fd(ssl.as_ptr(), socket.as_raw_fd()) };
        if set != 1 {
            return Err(Error::doing("give a connection its socket")(ErrorStack::get()));
        }
        Ok(Connection { ssl, socket })
    }

    pub(super) fn ssl(&mut self) -> &mut SslRef {
        &mut self.ssl
    }

    pub(super) fn connect(&mut self) -> Result<(), Failure> {
        // SAFETY: the pointer is that of the living `self.ssl`, which we hold exclusively.
        let done = unsafe { ffi::SSL_connect(self.ssl.as_ptr()) };
        self.check(done).map(|_| ())
    }

    pub(super) fn accept(&mut self) -> Result<(), Failure> {
        // SAFETY: as in `connect`.
        let done = unsafe { ffi::SSL_accept(self.ssl.as_ptr()) };
        self.check(done).map(|_| ())
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), Failure> {
        let length = c_int::try_from(text.len()).expect("our messages are a few bytes long");
        // SAFETY: as in `connect`; the text outlives the call and is `length` bytes long.
        let done = unsafe { ffi::SSL_write(self.ssl.as_ptr(), text.as_ptr().cast(), length) };
        self.check(done).map(|_| ())
    }

    /// Reads one record of application data.
    pub(super) fn read(&mut self) -> Result<String, Failure> {
        let mut buffer = [0_u8; 256];
        // SAFETY: as in `connect`; the buffer outlives the call and is as long as we say.
        let done =
            unsafe { ffi::SSL_read(self.ssl.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len() as c_int) };
        let length = self.check(done)?;
        Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// Asks the client for another handshake, and performs it (TLS 1.2).
    pub(super) fn renegotiate(&mut self) -> Result<(), Failure> {
        const SSL_CTRL_CLEAR_MODE: c_int = 78;
        const SSL_MODE_AUTO_RETRY: c_long = 4;
        let ssl = self.ssl.as_ptr();
        // SAFETY: as in `connect`.
        let asked = unsafe {
            match SSL_renegotiate(ssl) {
                1 => ffi::SSL_do_handshake(ssl),
                failed => failed,
            }
        };
        self.check(asked)?;
        // Without the mode, a read returns when the handshake is done and no application data has come.
        let mut nothing = [0_u8; 1];
        // SAFETY: as in `connect`; the control takes no pointer, and the buffer has the one byte that is asked for.
        let peeked = unsafe {
            ffi::SSL_ctrl(ssl, SSL_CTRL_CLEAR_MODE, SSL_MODE_AUTO_RETRY, std::ptr::null_mut());
            ffi::SSL_peek(ssl, nothing.as_mut_ptr().cast(), 1)
        };
        let peeked = self.check(peeked).map(|_| ());
        // SAFETY: as above.
        let waiting = unsafe {
            ffi::SSL_ctrl(ssl, ffi::SSL_CTRL_MODE, SSL_MODE_AUTO_RETRY, std::ptr::null_mut());
            SSL_in_init(ssl)
        };
        match peeked {
            Err(failure) if failure.ssl_error == ffi::SSL_ERROR_WANT_READ && waiting == 0 => Ok(()),
            other => other,
        }
    }

    /// Asks the client for its certificate after the handshake (TLS 1.3); it comes with what is read next.
    pub(super) fn ask_for_certificate(&mut self) -> Result<(), Failure> {
        let ssl = self.ssl.as_ptr();
        // SAFETY: as in `connect`.
        let asked = unsafe {
            match SSL_verify_client_post_handshake(ssl) {
                1 => ffi::SSL_do_handshake(ssl),
                failed => failed,
            }
        };
        self.check(asked).map(|_| ())
    }

    /// Waits a moment for the peer's first bytes and takes in what they say, but for application data. A TLS 1.3 server that
    /// refuses says so now; once there is something of ours that it has not read, its hanging up resets the connection, and that
    /// may overtake what it said.
    pub(super) fn hear(&mut self, moment: Duration) -> Result<(), Failure> {
        let patience = self.socket.read_timeout().ok().flatten();
        let _ = self.socket.set_read_timeout(Some(moment));
        let came = self.socket.peek(&mut [0]);
        let _ = self.socket.set_read_timeout(patience);
        if came.is_err() || self.socket.set_nonblocking(true).is_err() {
            return Ok(());
        }
        let mut nothing = [0_u8; 1];
        // SAFETY: as in `connect`; the buffer has the one byte that is asked for.
        let peeked = unsafe { ffi::SSL_peek(self.ssl.as_ptr(), nothing.as_mut_ptr().cast(), 1) };
        let peeked = self.check(peeked).map(|_| ());
        let _ = self.socket.set_nonblocking(false);
        peeked.or_else(
            |failure| if failure.ssl_error == ffi::SSL_ERROR_WANT_READ { Ok(()) } else { Err(failure) },
        )
    }

    /// Until something has come, be it the connection's end; it is left for OpenSSL to find.
    pub(super) fn wait(&self) {
        const PATIENCE_MS: c_int = 20_000;
        let mut one = libc::pollfd { fd: self.socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one entry, which lives for the call.
        unsafe { libc::poll(&raw mut one, 1, PATIENCE_MS) };
    }

    /// Sends close_notify, and returns when the peer's has come too.
    pub(super) fn close(&mut self) -> Result<(), Failure> {
        // SAFETY: as in `connect`.
        let mut done = unsafe { ffi::SSL_shutdown(self.ssl.as_ptr()) };
        if done == 0 {
            // SAFETY: as in `connect`; 0 means: sent, call again to wait for the peer's.
            done = unsafe { ffi::SSL_shutdown(self.ssl.as_ptr()) };
        }
        self.check(done).map(|_| ())
    }

    /// Frees the connection first, as applications do, then takes leave of the peer.
    pub(super) fn end(self) {
        drop(self.ssl);
        take_leave(&self.socket);
    }

    /// Must follow the call it judges at once: nothing may touch errno or the error queue in between.
    fn check(&self, done: c_int) -> Result<usize, Failure> {
        if done > 0 {
            return Ok(done as usize);
        }
        let errno = io::Error::last_os_error().raw_os_error().unwrap_or(0);
        // SAFETY: the pointer is that of the living `self.ssl`, and this is the thread of the call being judged.
        let ssl_error = unsafe { ffi::SSL_get_error(self.ssl.as_ptr(), done) };
        let errno = if ssl_error == ffi::SSL_ERROR_SYSCALL { errno } else { 0 };
        Err(Failure { ssl_error, queue: LibraryError::take_all(), errno })
    }
}

/// Says that nothing more will come, and waits until the peer says so too: a socket that is closed with unread bytes in
/// it sends a reset, and a reset may or may not overtake the last alert.
pub(super) fn take_leave(mut socket: &TcpStream) {
    let mut rest = [0_u8; 1024];
    if socket.shutdown(Shutdown::Write).is_ok() {
        while matches!(socket.read(&mut rest), Ok(1..)) {}
    }
}
