//! Whom we talk to: the peer's address, and the name that its certificate is held against.

use std::ffi::{CStr, c_int, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::functions::SSL;
use super::symbols::Symbols;

/// The host name that the peer's certificate is held against.
///
/// # Safety
/// `ssl` is alive and this thread's; the text lives until its verification parameters change.
pub(super) unsafe fn expected_name<'a>(symbols: &Symbols, ssl: *mut SSL) -> Option<&'a str> {
    // SAFETY: as promised.
    unsafe {
        let host = (symbols.f.X509_VERIFY_PARAM_get0_host?)((symbols.f.SSL_get0_param)(ssl), 0);
        if host.is_null() { None } else { CStr::from_ptr(host).to_str().ok() }
    }
}

/// The peer's address, where the connection has a socket.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(super) unsafe fn address(symbols: &Symbols, ssl: *mut SSL) -> Option<SocketAddr> {
    // SAFETY: as promised.
    let fd = unsafe { (symbols.f.SSL_get_fd)(ssl) };
    if fd < 0 {
        return None;
    }
    // SAFETY: plain data, for which zeros are a value.
    let mut storage: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
    let mut len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    let place = (&raw mut storage).cast::<libc::sockaddr>();
    // SAFETY: `place` has room for `len` bytes.
    if unsafe { libc::getpeername(fd, place, &mut len) } != 0 {
        return None;
    }
    let at: *const c_void = (&raw const storage).cast();
    match c_int::from(storage.ss_family) {
        libc::AF_INET => {
            // SAFETY: the kernel wrote a sockaddr_in, as the family says; storage is large and aligned enough for any.
            let address = unsafe { &*at.cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
            Some(SocketAddr::new(IpAddr::V4(ip), u16::from_be(address.sin_port)))
        }
        libc::AF_INET6 => {
            // SAFETY: as above, a sockaddr_in6.
            let address = unsafe { &*at.cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
            Some(SocketAddr::new(IpAddr::V6(ip), u16::from_be(address.sin6_port)))
        }
        _ => None,
    }
}
