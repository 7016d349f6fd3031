//! `accept(2)` and `accept4(2)`, which tell whom a socket was accepted from: to ask the kernel again for each handshake would cost
//! a server more than to record half of it.
//!
//! Nothing is done but to write down what the kernel has written for the program. Where these are threads' cancellation points an
//! unwinding goes through us, so there is nothing here that it could miss.

use std::ffi::{CStr, c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use tlsdiag_core::source::openssl::accepted;

type Address = *mut libc::sockaddr;
type Length = *mut libc::socklen_t;
type Accept = unsafe extern "C-unwind" fn(c_int, Address, Length) -> c_int;
type Accept4 = unsafe extern "C-unwind" fn(c_int, Address, Length, c_int) -> c_int;

static ACCEPT: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
static ACCEPT4: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());

/// The function of that name that the program would have called, found once.
#[inline]
fn next(place: &AtomicPtr<c_void>, name: &CStr) -> *mut c_void {
    let known = place.load(Ordering::Relaxed);
    if known.is_null() { find(place, name) } else { known }
}

/// Looks them up, for when this object is loaded: what they find later would take an error from the program that it has not asked for yet
/// (`dlerror(3)`).
pub(crate) fn look() {
    find(&ACCEPT, c"accept");
    find(&ACCEPT4, c"accept4");
}

#[cold]
fn find(place: &AtomicPtr<c_void>, name: &CStr) -> *mut c_void {
    // SAFETY: RTLD_NEXT takes a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
    place.store(found, Ordering::Relaxed);
    found
}

/// What `accept(2)` gives where there is no such function.
fn missing() -> c_int {
    // SAFETY: the location of this thread's errno, always valid to write.
    unsafe { *libc::__errno_location() = libc::ENOSYS };
    -1
}

/// How much room the program gave for the address.
///
/// # Safety
/// `length` is null or readable.
unsafe fn room(length: Length) -> libc::socklen_t {
    // SAFETY: as promised.
    unsafe { length.as_ref() }.copied().unwrap_or(0)
}

/// # Safety
/// As after the call: `address` and `length` are what it was given and has filled.
#[inline]
unsafe fn note(fd: c_int, address: Address, length: Length, room: libc::socklen_t) {
    if fd < 0 {
        return;
    }
    // SAFETY: the kernel has written as much as there was room for; it says how much there would have been.
    unsafe {
        let written = self::room(length).min(room);
        accepted(fd, address.cast(), written as usize);
    }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As `accept(2)` documents it.
#[unsafe(no_mangle)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(crate) unsafe extern "C-unwind" fn accept(socket: c_int, address: Address, length: Length) -> c_int {
    let real = next(&ACCEPT, c"accept");
    if real.is_null() {
        return missing();
    }
    // SAFETY: the C library's function of that name and prototype, with our caller's arguments.
    unsafe {
        let room = room(length);
        let fd = std::mem::transmute::<*mut c_void, Accept>(real)(socket, address, length);
        note(fd, address, length, room);
        fd
    }
}

/// Stands in for the C library's function of this name.
///
/// # Safety
/// As `accept4(2)` documents it.
#[unsafe(no_mangle)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(crate) unsafe extern "C-unwind" fn accept4(
    socket: c_int,
    address: Address,
    length: Length,
    flags: c_int,
) -> c_int {
    let real = next(&ACCEPT4, c"accept4");
    if real.is_null() {
        return missing();
    }
    // SAFETY: as above.
    unsafe {
        let room = room(length);
        let fd = std::mem::transmute::<*mut c_void, Accept4>(real)(socket, address, length, flags);
        note(fd, address, length, room);
        fd
    }
}
