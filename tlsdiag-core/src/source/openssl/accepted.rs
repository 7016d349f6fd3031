//! Whom a socket was accepted from, where somebody stands between the application and `accept(2)`: the kernel has said it there, and
//! `getpeername(2)` need not ask it again for each handshake.
//!
//! Descriptors are used again, and not every way to get one passes by us. So what is kept here holds for a second and for one
//! connection; whoever comes later asks the kernel.

use std::ffi::{c_int, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use super::clock::Stopwatch;
use super::{clock, peer};

/// Descriptors from here on are asked for.
const MOST: usize = 1 << 14;

/// One descriptor.
struct Accepted {
    /// When it was accepted, in ticks; 0 where nothing is known of it.
    when: AtomicU64,
    /// 4 or 6 and the port.
    family: AtomicU64,
    /// The halves of an IPv6 address; an IPv4 one is the second.
    address: [AtomicU64; 2],
}

static TABLE: [Accepted; MOST] = [const {
    Accepted {
        when: AtomicU64::new(0),
        family: AtomicU64::new(0),
        address: [AtomicU64::new(0), AtomicU64::new(0)],
    }
}; MOST];

fn entry(fd: c_int) -> Option<&'static Accepted> {
    TABLE.get(usize::try_from(fd).ok()?)
}

/// `accept(2)` gave this descriptor, and wrote so many bytes of its peer's address there; null or none where it was not asked to.
/// Costs no more than to write it down.
///
/// # Safety
/// `address` is null, or a `struct sockaddr` of so many bytes.
pub unsafe fn accepted(fd: c_int, address: *const c_void, length: usize) {
    // SAFETY: as promised.
    let address = unsafe { peer::from_kernel(address, length) };
    let Some(entry) = entry(fd) else { return };
    match address {
        Some(address) => entry.write(address),
        None => entry.when.store(0, Ordering::Relaxed),
    }
}

impl Accepted {
    fn write(&self, address: SocketAddr) {
        let (family, halves) = match address.ip() {
            IpAddr::V4(ip) => (4, [0, u64::from(ip.to_bits())]),
            IpAddr::V6(ip) => (6, [(ip.to_bits() >> 64) as u64, ip.to_bits() as u64]),
        };
        self.family.store(family << 16 | u64::from(address.port()), Ordering::Relaxed);
        self.address[0].store(halves[0], Ordering::Relaxed);
        self.address[1].store(halves[1], Ordering::Relaxed);
        self.when.store(clock::moment(), Ordering::Release);
    }
}

/// Whom this descriptor was accepted from, if that was just now. It is told once.
pub(super) fn take(fd: c_int) -> Option<SocketAddr> {
    take_if(fd, clock::is_recent)
}

/// Whom this descriptor was accepted from, if that was just before this stopwatch was started. It is told once.
pub(super) fn before(fd: c_int, watch: &Stopwatch) -> Option<SocketAddr> {
    take_if(fd, |when| watch.is_soon_after(when))
}

fn take_if(fd: c_int, recent: impl FnOnce(u64) -> bool) -> Option<SocketAddr> {
    let entry = entry(fd)?;
    let when = entry.when.swap(0, Ordering::Acquire);
    if when == 0 || !recent(when) {
        return None;
    }
    let family = entry.family.load(Ordering::Relaxed);
    let halves = [entry.address[0].load(Ordering::Relaxed), entry.address[1].load(Ordering::Relaxed)];
    let ip = match family >> 16 {
        4 => IpAddr::V4(Ipv4Addr::from_bits(halves[1] as u32)),
        _ => IpAddr::V6(Ipv6Addr::from_bits(u128::from(halves[0]) << 64 | u128::from(halves[1]))),
    };
    Some(SocketAddr::new(ip, family as u16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

    #[test]
    fn it_is_told_once_and_as_it_was() {
        clock::prepare();
        let known = clock::wait_for_ticks();
        for (fd, address) in [(901, "192.0.2.7:4433"), (902, "[2001:db8::1:2]:65535"), (903, "0.0.0.0:0")] {
            let address: SocketAddr = address.parse().unwrap();
            entry(fd).unwrap().write(address);
            assert_eq!(take(fd), known.then_some(address));
            assert_eq!(take(fd), None, "it may be another one's by now");
        }
        entry(904).unwrap().write("192.0.2.7:1".parse().unwrap());
        for fd in [904, -1, c_int::MAX] {
            // SAFETY: null is allowed.
            unsafe { accepted(fd, std::ptr::null(), 0) };
            assert_eq!(take(fd), None);
        }
    }

    #[test]
    fn the_kernel_says_it_as_accept_does() {
        clock::prepare();
        let known = clock::wait_for_ticks();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        // SAFETY: plain data, of which zeros are a value; the kernel writes no more than the length says, and that is read.
        unsafe {
            let mut storage: libc::sockaddr_storage = std::mem::zeroed();
            let mut length = size_of_val(&storage) as libc::socklen_t;
            let place = &raw mut storage;
            let fd = libc::accept(listener.as_raw_fd(), place.cast(), &raw mut length);
            let _owned = OwnedFd::from_raw_fd(fd);
            accepted(fd, place.cast(), length as usize);
            assert_eq!(take(fd), known.then(|| stream.local_addr().unwrap()));
            accepted(fd, place.cast(), 3);
            assert_eq!(take(fd), None, "cut short");
        }
    }

    #[test]
    fn it_holds_for_a_second() {
        assert!(!clock::is_recent(1), "the processor has run for longer");
    }
}
