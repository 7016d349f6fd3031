//! Whom we talk to: the peer's address, and the name that its certificate is held against.

use std::ffi::{CStr, c_int};
use std::net::SocketAddr;

use super::super::error_queue::suspend::with_clean_queue;
use super::super::sys::clock::Stopwatch;
use super::super::sys::functions::SSL;
use super::super::sys::library::Symbols;
use super::accept_cache;
use crate::event::Role;

/// The host name that the peer's certificate is held against.
///
/// # Safety
/// `ssl` is alive and this thread's; the text lives until its verification parameters change.
pub(crate) unsafe fn expected_name<'a>(symbols: &Symbols, ssl: *mut SSL) -> Option<&'a str> {
    // SAFETY: as promised.
    unsafe {
        let host = (symbols.f.X509_VERIFY_PARAM_get0_host?)((symbols.f.SSL_get0_param)(ssl), 0);
        if host.is_null() { None } else { CStr::from_ptr(host).to_str().ok() }
    }
}

/// The longest text of an address, with its end (`INET6_ADDRSTRLEN`).
const ADDRESS_TEXT: usize = 46;

/// What the peer's certificate is held against.
pub(crate) enum ExpectedName<'a> {
    /// A host name.
    Host(&'a str),
    /// An address, and how many bytes its text has.
    Address([u8; ADDRESS_TEXT], usize),
}

impl ExpectedName<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            ExpectedName::Host(name) => name,
            ExpectedName::Address(text, length) => {
                text.get(..*length).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
            }
        }
    }
}

/// The host name that a client holds the peer's certificate against, or else the address.
///
/// # Safety
/// As for [`expected_name`].
pub(crate) unsafe fn expected<'a>(symbols: &Symbols, ssl: *mut SSL) -> Option<ExpectedName<'a>> {
    // SAFETY: as promised. OpenSSL makes a copy of the address' text, which is ours to release; where there is none it raises an error.
    unsafe {
        if let Some(host) = expected_name(symbols, ssl) {
            return Some(ExpectedName::Host(host));
        }
        let release = symbols.f.CRYPTO_free?;
        let get = symbols.f.X509_VERIFY_PARAM_get1_ip_asc?;
        let text = with_clean_queue(symbols, || get((symbols.f.SSL_get0_param)(ssl)));
        if text.is_null() {
            return None;
        }
        let mut copy = [0; ADDRESS_TEXT];
        let bytes = CStr::from_ptr(text).to_bytes();
        let length = bytes.len().min(ADDRESS_TEXT);
        copy[..length].copy_from_slice(&bytes[..length]);
        release(text.cast(), c"".as_ptr(), 0);
        Some(ExpectedName::Address(copy, length))
    }
}

/// How many bytes have come through the connection's BIO so far.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn received(symbols: &Symbols, ssl: *mut SSL) -> Option<u64> {
    // SAFETY: as promised; a getter.
    unsafe {
        let bio = (symbols.f.SSL_get_rbio)(ssl);
        if bio.is_null() { None } else { Some((symbols.f.BIO_number_read?)(bio)) }
    }
}

/// The peer's address, where the connection has a socket.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn address(symbols: &Symbols, ssl: *mut SSL, role: Role) -> Option<SocketAddr> {
    // SAFETY: as promised.
    let fd = unsafe { (symbols.f.SSL_get_fd)(ssl) };
    if fd < 0 {
        return None;
    }
    let accepted = if role == Role::Server { accept_cache::take(fd) } else { None };
    accepted.or_else(|| of_socket(fd))
}

/// As [`address`], of a server some while after its handshake began.
///
/// # Safety
/// As for [`address`].
pub(crate) unsafe fn address_since(
    symbols: &Symbols,
    ssl: *mut SSL,
    began: &Stopwatch,
) -> Option<SocketAddr> {
    // SAFETY: as promised.
    let fd = unsafe { (symbols.f.SSL_get_fd)(ssl) };
    if fd < 0 {
        return None;
    }
    // What was reported first needs no system call, and the kernel has forgotten the address of a
    // peer that is gone.
    accept_cache::before(fd, began).or_else(|| of_socket(fd))
}

/// The connection's socket, as no other has it while it is open. An application may close it before
/// it frees the `SSL`, and its descriptor may be another one's by then.
///
/// # Safety
/// As for [`address`].
pub(crate) unsafe fn socket(symbols: &Symbols, ssl: *mut SSL) -> Option<u64> {
    // SAFETY: plain data, for which zeros are a value.
    let mut status: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: as promised; the kernel writes one of these, whatever the descriptor is.
    let is_socket = unsafe {
        let fd = (symbols.f.SSL_get_fd)(ssl);
        fd >= 0 && libc::fstat(fd, &raw mut status) == 0 && status.st_mode & libc::S_IFMT == libc::S_IFSOCK
    };
    is_socket.then_some(status.st_ino)
}

/// How many of this side's bytes the peer's host has not acknowledged, where the connection still
/// has this socket of TCP (`SIOCOUTQ`, tcp(7)).
///
/// # Safety
/// As for [`address`].
pub(crate) unsafe fn unacknowledged(symbols: &Symbols, ssl: *mut SSL, socket: u64) -> Option<u32> {
    let mut bytes: c_int = 0;
    // SAFETY: as promised; a request that writes one int, whatever the descriptor is.
    let answered = unsafe {
        self::socket(symbols, ssl) == Some(socket)
            && libc::ioctl((symbols.f.SSL_get_fd)(ssl), libc::TIOCOUTQ, &raw mut bytes) == 0
    };
    if answered { u32::try_from(bytes).ok() } else { None }
}

/// Whether the peer has closed or reset the connection, where it is one of TCP. A reset that the
/// application has read shows nowhere else.
///
/// # Safety
/// As for [`address`].
pub(crate) unsafe fn has_hung_up(symbols: &Symbols, ssl: *mut SSL) -> bool {
    /// The kernel's own numbers: closed, closed by the peer alone, and by the peer first.
    const CLOSE: u8 = 7;
    const LAST_ACK: u8 = 9;
    // SAFETY: passed on.
    unsafe { tcp_state(symbols, ssl) }.is_some_and(|state| (CLOSE..=LAST_ACK).contains(&state))
}

/// Whether the connection, of which an end was just read, is one that the peer has not closed: then
/// this side's own program has shut it down. What is not TCP alone (MPTCP) is not asked, since its
/// flows close apart.
///
/// # Safety
/// As for [`address`].
pub(crate) unsafe fn is_shut_down_here(symbols: &Symbols, ssl: *mut SSL) -> bool {
    /// The kernel's own numbers: no end of either side's, or of this side's alone.
    const ESTABLISHED: u8 = 1;
    const FIN_WAIT1: u8 = 4;
    const FIN_WAIT2: u8 = 5;
    // SAFETY: passed on.
    unsafe { tcp_state(symbols, ssl) }
        .is_some_and(|state| matches!(state, ESTABLISHED | FIN_WAIT1 | FIN_WAIT2))
        // SAFETY: as promised; an int is asked for.
        && unsafe {
            let mut protocol: c_int = 0;
            let mut len = size_of::<c_int>() as libc::socklen_t;
            let place = (&raw mut protocol).cast();
            libc::getsockopt((symbols.f.SSL_get_fd)(ssl), libc::SOL_SOCKET, libc::SO_PROTOCOL, place, &raw mut len)
                == 0
                && protocol == libc::IPPROTO_TCP
        }
}

/// Whether the library reads and writes a descriptor itself, if need be one that the application
/// never had: then errno is that of the call.
///
/// # Safety
/// As for [`address`].
pub(crate) unsafe fn has_descriptor(symbols: &Symbols, ssl: *mut SSL) -> bool {
    /// `BIO_TYPE_SOCKET` of <openssl/bio.h>. Another kind has none before it is connected.
    const SOCKET: c_int = 0x0505;
    // SAFETY: as promised; getters.
    unsafe {
        let bio = (symbols.f.SSL_get_rbio)(ssl);
        (symbols.f.SSL_get_fd)(ssl) >= 0
            || !bio.is_null() && symbols.f.BIO_method_type.is_some_and(|kind| kind(bio) == SOCKET)
    }
}

/// Whether this is a socket of TCP that has no connection, and of which no peer's host has ever
/// acknowledged anything, not even that it wants one (`tcpi_bytes_acked` counts that as well).
///
/// # Safety
/// As for [`address`].
pub(crate) unsafe fn was_never_connected(symbols: &Symbols, ssl: *mut SSL) -> bool {
    /// The kernel's own number.
    const CLOSE: u8 = 7;
    /// Where `tcpi_bytes_acked` stands in `struct tcp_info` of <linux/tcp.h>, from Linux 4.1 on.
    const ACKNOWLEDGED: std::ops::Range<usize> = 120..128;
    let mut info = [0_u8; ACKNOWLEDGED.end];
    // SAFETY: passed on.
    let written = unsafe { tcp_info(symbols, ssl, &mut info) };
    written == Some(info.len())
        && info.first() == Some(&CLOSE)
        && info.get(ACKNOWLEDGED).is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0))
}

/// The kernel's state of the connection, where it is one of TCP (`TCP_INFO`, tcp(7)).
///
/// # Safety
/// As for [`address`].
unsafe fn tcp_state(symbols: &Symbols, ssl: *mut SSL) -> Option<u8> {
    let mut state = [0_u8];
    // SAFETY: passed on. The state is the first byte.
    unsafe { tcp_info(symbols, ssl, &mut state) }.map(|_| state[0])
}

/// Fills this with what the kernel knows of the connection, where it is one of TCP, and gives how many bytes it wrote.
///
/// # Safety
/// As for [`address`].
unsafe fn tcp_info(symbols: &Symbols, ssl: *mut SSL, into: &mut [u8]) -> Option<usize> {
    let mut len = libc::socklen_t::try_from(into.len()).ok()?;
    // SAFETY: as promised; no more than there is room for is written.
    let answered = unsafe {
        let fd = (symbols.f.SSL_get_fd)(ssl);
        fd >= 0
            && libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, into.as_mut_ptr().cast(), &raw mut len)
                == 0
    };
    answered.then_some(len as usize)
}

fn of_socket(fd: c_int) -> Option<SocketAddr> {
    // SAFETY: plain data, for which zeros are a value.
    let mut storage: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
    let mut len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    let place = (&raw mut storage).cast::<libc::sockaddr>();
    // SAFETY: `place` has room for `len` bytes.
    if unsafe { libc::getpeername(fd, place, &mut len) } != 0 {
        return None;
    }
    // SAFETY: what the kernel wrote, and how much of it.
    unsafe { accept_cache::from_kernel(place.cast(), len as usize) }
}
