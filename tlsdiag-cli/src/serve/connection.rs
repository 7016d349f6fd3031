//! A connection: OpenSSL over its own socket BIO, as openssl s_server has it, with a deadline.
//!
//! The `openssl` crate's streams bring a BIO that never reports the end of the stream, so OpenSSL says other things about a
//! peer that hangs up than it says to other servers. Here it shall say the same.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::io::{self, PipeReader, Read};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Instant;

use foreign_types::ForeignTypeRef;
use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslRef};
use openssl_sys as ffi;

unsafe extern "C" {
    fn SSL_set_fd(ssl: *mut ffi::SSL, fd: c_int) -> c_int;
}

/// How long something may take.
pub(crate) struct Limits<'a> {
    pub(crate) deadline: Instant,
    /// At its end when the server stops.
    pub(crate) stopped: Option<&'a PipeReader>,
}

/// A connection could not go on: the peer refused, went away or was silent for too long. Its record says which.
#[derive(Debug)]
pub(crate) struct Over;

/// A connection and the socket under it, which does not block.
pub(crate) struct Connection {
    ssl: Ssl,
    socket: TcpStream,
    buffer: Box<[u8; 16 * 1024]>,
}

impl Connection {
    pub(crate) fn new(ssl: Ssl, socket: TcpStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        // SAFETY: `ssl` is alive; the descriptor stays open for as long as `self` holds the socket, and the BIO that
        // OpenSSL makes here does not close it (BIO_NOCLOSE).
        let set = unsafe { SSL_set_fd(ssl.as_ptr(), socket.as_raw_fd()) };
        if set != 1 {
            return Err(io::Error::other(ErrorStack::get()));
        }
        Ok(Connection { ssl, socket, buffer: Box::new([0; 16 * 1024]) })
    }

    pub(crate) fn ssl(&mut self) -> &mut SslRef {
        &mut self.ssl
    }

    /// Shakes hands as the server.
    pub(crate) fn accept(&mut self, limits: &Limits<'_>) -> Result<(), Over> {
        // SAFETY: the pointer is that of the living `self.ssl`, which we hold exclusively.
        self.drive(limits, |ssl| unsafe { ffi::SSL_accept(ssl) }).map(drop)
    }

    /// Shakes hands as the client.
    pub(crate) fn connect(&mut self, limits: &Limits<'_>) -> Result<(), Over> {
        // SAFETY: as in `accept`.
        self.drive(limits, |ssl| unsafe { ffi::SSL_connect(ssl) }).map(drop)
    }

    /// Reads what comes next; nothing if the peer has closed its side.
    pub(crate) fn read(&mut self, limits: &Limits<'_>) -> Result<&[u8], Over> {
        let (into, length) = (self.buffer.as_mut_ptr().cast::<c_void>(), self.buffer.len() as c_int);
        // SAFETY: as in `accept`; the buffer is ours, is as long as we say, and is not used otherwise meanwhile.
        let read = self.drive(limits, |ssl| unsafe { ffi::SSL_read(ssl, into, length) })?;
        Ok(&self.buffer[..read])
    }

    /// Writes all of it.
    pub(crate) fn write(&mut self, bytes: &[u8], limits: &Limits<'_>) -> Result<(), Over> {
        for part in bytes.chunks(16 * 1024) {
            let (from, length) = (part.as_ptr().cast::<c_void>(), part.len() as c_int);
            // SAFETY: as in `accept`; the bytes outlive the call, and a retry gets the same ones, as OpenSSL demands.
            self.drive(limits, |ssl| unsafe { ffi::SSL_write(ssl, from, length) })?;
        }
        Ok(())
    }

    /// Sends close_notify. The peer's is not waited for: [`take_leave`] waits for the end of its stream.
    pub(crate) fn close(&mut self) {
        // SAFETY: as in `accept`; called after a successful handshake only.
        unsafe { ffi::SSL_shutdown(self.ssl.as_ptr()) };
        drop(ErrorStack::get());
    }

    /// Frees the connection, as servers do before they close its socket.
    pub(crate) fn end(self) -> TcpStream {
        self.socket
    }

    /// Repeats a call until it is done, waiting for the socket in between.
    fn drive(
        &mut self,
        limits: &Limits<'_>,
        mut call: impl FnMut(*mut ffi::SSL) -> c_int,
    ) -> Result<usize, Over> {
        loop {
            let done = call(self.ssl.as_ptr());
            if done > 0 {
                return Ok(done as usize);
            }
            // SAFETY: the pointer is that of the living `self.ssl`, and this is the thread of the call being judged.
            let events = match unsafe { ffi::SSL_get_error(self.ssl.as_ptr(), done) } {
                ffi::SSL_ERROR_WANT_READ => libc::POLLIN,
                ffi::SSL_ERROR_WANT_WRITE => libc::POLLOUT,
                ffi::SSL_ERROR_ZERO_RETURN => return Ok(0),
                _ => {
                    // The next connection of this thread's queue shall not find our errors.
                    drop(ErrorStack::get());
                    return Err(Over);
                }
            };
            wait(self.socket.as_raw_fd(), events, limits)?;
        }
    }
}

/// Says that nothing more will come, and waits until the peer says so too: a socket that is closed with unread bytes in
/// it sends a reset, which may overtake the last alert.
pub(crate) fn take_leave(mut socket: &TcpStream, limits: &Limits<'_>) {
    let mut rest = [0_u8; 4096];
    if socket.shutdown(Shutdown::Write).is_err() {
        return;
    }
    loop {
        match socket.read(&mut rest) {
            Ok(0) => return,
            Ok(_) => {}
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
        if wait(socket.as_raw_fd(), libc::POLLIN, limits).is_err() {
            return;
        }
    }
}

/// Waits until the socket is ready; [`Over`] if the deadline or the server's end comes first.
fn wait(socket: RawFd, events: i16, limits: &Limits<'_>) -> Result<(), Over> {
    loop {
        let left = limits.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Over);
        }
        let milliseconds = c_int::try_from(left.as_millis()).unwrap_or(c_int::MAX).saturating_add(1);
        let mut watched = [
            libc::pollfd { fd: socket, events, revents: 0 },
            // poll(2) passes a negative descriptor by.
            libc::pollfd {
                fd: limits.stopped.map_or(-1, AsRawFd::as_raw_fd),
                events: libc::POLLIN,
                revents: 0,
            },
        ];
        // SAFETY: the array is ours and has as many elements as we say; both descriptors are open, since their owners are
        // borrowed.
        let ready = unsafe { libc::poll(watched.as_mut_ptr(), watched.len() as libc::nfds_t, milliseconds) };
        match ready {
            0 => return Err(Over),
            1.. if watched[0].revents != 0 => return Ok(()),
            1.. => return Err(Over),
            _ if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
            _ => return Err(Over),
        }
    }
}
