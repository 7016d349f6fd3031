//! Whom a socket was accepted from, where the preload object stands in for `accept(2)`: the kernel
//! has said it there, and
//! `getpeername(2)` need not ask it again for each handshake.
//!
//! Descriptors are used again, and not every way to get one passes by us. So what is kept here
//! holds for a second and for one connection; after that the kernel is asked.

use std::ffi::{c_int, c_void};
use std::mem::offset_of;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::super::sys::clock::{self, Stopwatch};

/// Descriptors from here on are asked for.
const MOST: usize = 1 << 14;

/// One descriptor.
#[repr(align(64))]
struct Accepted {
    /// When it was accepted, in ticks; 0 where nothing is known of it.
    when: AtomicU64,
    /// What the kernel wrote, and how much of it.
    address: [AtomicU64; 4],
    length: AtomicUsize,
}

static TABLE: [Accepted; MOST] = [const {
    Accepted {
        when: AtomicU64::new(0),
        address: [const { AtomicU64::new(0) }; 4],
        length: AtomicUsize::new(0),
    }
}; MOST];

/// The shortest address that is of use, of IPv4, and the longest, of IPv6.
const SHORT: usize = size_of::<libc::sockaddr_in>();
const LONG: usize = size_of::<libc::sockaddr_in6>();
const _: () = assert!(SHORT == 16 && LONG > 24 && LONG <= 32);

fn entry(fd: c_int) -> Option<&'static Accepted> {
    TABLE.get(usize::try_from(fd).ok()?)
}

/// `accept(2)` gave this descriptor, and wrote so many bytes of its peer's address there; null or none where it was not asked to.
/// Costs no more than to write it down.
///
/// # Safety
/// `address` is null, or a `struct sockaddr` of so many bytes.
#[inline]
pub unsafe fn accepted(fd: c_int, address: *const c_void, length: usize) {
    let Some(entry) = entry(fd) else { return };
    if address.is_null() || length < SHORT {
        return entry.when.store(0, Ordering::Relaxed);
    }
    let word = |at: usize| {
        // SAFETY: eight bytes of the address, which is no shorter (below); it may lie anywhere.
        unsafe { address.byte_add(at).cast::<u64>().read_unaligned() }
    };
    entry.address[0].store(word(0), Ordering::Relaxed);
    entry.address[1].store(word(8), Ordering::Relaxed);
    if length >= LONG {
        entry.address[2].store(word(16), Ordering::Relaxed);
        // The last bytes, of which the first ones were written above.
        entry.address[3].store(word(LONG - 8), Ordering::Relaxed);
    }
    entry.length.store(length, Ordering::Relaxed);
    entry.when.store(clock::moment(), Ordering::Release);
}

/// Whom this descriptor was accepted from, if that was just now. It is given once.
pub(crate) fn take(fd: c_int) -> Option<SocketAddr> {
    take_if(fd, clock::is_recent)
}

/// Whom this descriptor was accepted from, if that was just before this stopwatch was started. It
/// is given once.
pub(crate) fn before(fd: c_int, watch: &Stopwatch) -> Option<SocketAddr> {
    take_if(fd, |when| watch.is_soon_after(when))
}

fn take_if(fd: c_int, recent: impl FnOnce(u64) -> bool) -> Option<SocketAddr> {
    let entry = entry(fd)?;
    let when = entry.when.swap(0, Ordering::Acquire);
    if when == 0 || !recent(when) {
        return None;
    }
    let mut address = [0; 32];
    let words = entry.address.each_ref().map(|word| word.load(Ordering::Relaxed).to_ne_bytes());
    address[..24].copy_from_slice(words[..3].as_flattened());
    address[LONG - 8..LONG].copy_from_slice(&words[3]);
    // SAFETY: as many bytes as are here, of which as many as the kernel wrote are its own.
    unsafe { from_kernel(address.as_ptr().cast(), entry.length.load(Ordering::Relaxed).min(LONG)) }
}

/// What the kernel wrote, if it is an address of the internet.
///
/// # Safety
/// `at` is null, or a `struct sockaddr` of so many bytes.
pub(crate) unsafe fn from_kernel(at: *const c_void, length: usize) -> Option<SocketAddr> {
    if at.is_null() || length < size_of::<libc::sa_family_t>() {
        return None;
    }
    // SAFETY: as promised; each is read only where it is there as a whole, and may lie anywhere.
    unsafe {
        let family = at.cast::<u8>().add(offset_of!(libc::sockaddr, sa_family));
        match c_int::from(family.cast::<libc::sa_family_t>().read_unaligned()) {
            libc::AF_INET if length >= size_of::<libc::sockaddr_in>() => {
                let address = at.cast::<libc::sockaddr_in>().read_unaligned();
                let ip = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
                Some(SocketAddr::new(IpAddr::V4(ip), u16::from_be(address.sin_port)))
            }
            libc::AF_INET6 if length >= size_of::<libc::sockaddr_in6>() => {
                let address = at.cast::<libc::sockaddr_in6>().read_unaligned();
                let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
                Some(SocketAddr::new(IpAddr::V6(ip), u16::from_be(address.sin6_port)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

    fn accept_from(fd: c_int, address: SocketAddr) {
        // SAFETY: plain data, of which zeros are a value, and as long as is said.
        unsafe {
            match address {
                SocketAddr::V4(address) => {
                    let mut raw: libc::sockaddr_in = std::mem::zeroed();
                    raw.sin_family = libc::AF_INET as libc::sa_family_t;
                    raw.sin_port = address.port().to_be();
                    raw.sin_addr.s_addr = u32::from(*address.ip()).to_be();
                    accepted(fd, (&raw const raw).cast(), size_of_val(&raw));
                }
                SocketAddr::V6(address) => {
                    let mut raw: libc::sockaddr_in6 = std::mem::zeroed();
                    raw.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                    raw.sin6_port = address.port().to_be();
                    raw.sin6_addr.s6_addr = address.ip().octets();
                    accepted(fd, (&raw const raw).cast(), size_of_val(&raw));
                }
            }
        }
    }

    #[test]
    fn it_is_given_once_and_as_it_was() {
        clock::prepare();
        let known = clock::wait_for_ticks();
        for (fd, address) in [(901, "192.0.2.7:4433"), (902, "[2001:db8::1:2]:65535"), (903, "0.0.0.0:0")] {
            let address: SocketAddr = address.parse().unwrap();
            accept_from(fd, address);
            assert_eq!(take(fd), known.then_some(address));
            assert_eq!(take(fd), None, "it may be another one's by now");
        }
        accept_from(904, "192.0.2.7:1".parse().unwrap());
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
        let subscription = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = std::net::TcpStream::connect(subscription.local_addr().unwrap()).unwrap();
        // SAFETY: plain data, of which zeros are a value; the kernel writes no more than the length
        // says, and that is read.
        unsafe {
            let mut storage: libc::sockaddr_storage = std::mem::zeroed();
            let mut length = size_of_val(&storage) as libc::socklen_t;
            let place = &raw mut storage;
            let fd = libc::accept(subscription.as_raw_fd(), place.cast(), &raw mut length);
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
