//! `X509_check_host(3)` and its sister for addresses: a client that holds a certificate against a name itself, after the handshake.
//!
//! They are libcrypto's, so the function that the caller means is found through the caller's own object, whatever libssl there is, and
//! also where there is none. libcrypto calls them by name as well, while it verifies; that is told by the verify callback.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

use tlsdiag_core::source::openssl::Interposer;

use super::Object;
use crate::boundary::guard;
use crate::libraries::any;
use crate::loaded::{all, object_of, own_base};

type CheckHost = unsafe extern "C" fn(Object, *const c_char, usize, c_uint, *mut *mut c_char) -> c_int;
type CheckAddress = unsafe extern "C" fn(Object, *const c_char, c_uint) -> c_int;

/// What these functions say of an error of their own; then the name was not found in the certificate.
const INTERNAL_ERROR: c_int = -1;
/// No name is longer (RFC 1035, section 2.3.4).
const LONGEST: usize = 255;

/// The function that a return address means, remembered: the address, the function, and whether its own library is the caller.
struct Meant([AtomicUsize; 3]);
const PLACES: usize = 32;
static HOST: [Meant; PLACES] = [const { Meant([const { AtomicUsize::new(0) }; 3]) }; PLACES];
static ADDRESS: [Meant; PLACES] = [const { Meant([const { AtomicUsize::new(0) }; 3]) }; PLACES];

/// The function of that name which the caller means, and whether it is called from within its own library.
fn meant(places: &[Meant; PLACES], name: &CStr, address: usize) -> Option<(usize, bool)> {
    let mut free = None;
    for at in 0..PLACES {
        let Meant(place) = &places[((address >> 1) + at) % PLACES];
        match place[0].load(Ordering::Acquire) {
            known if known == address => {
                // Written last, so that an address that stands here has its function.
                let function = place[1].load(Ordering::Acquire);
                if function != 0 {
                    return Some((function, place[2].load(Ordering::Acquire) != 0));
                }
                break;
            }
            0 => {
                free = Some(place);
                break;
            }
            _ => {}
        }
    }
    guard(|| search(free, name, address)).flatten()
}

#[cold]
fn search(free: Option<&[AtomicUsize; 3]>, name: &CStr, address: usize) -> Option<(usize, bool)> {
    let caller = object_of(address);
    // SAFETY: RTLD_NOLOAD loads nothing; dlsym takes an open handle or RTLD_NEXT, and a C string. The library that is found stays, since
    // its handle is kept; the caller's is closed.
    unsafe {
        let handle = match &caller {
            Some(caller) if !caller.name.is_empty() => {
                libc::dlopen(caller.name.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY)
            }
            _ => std::ptr::null_mut(),
        };
        let mut found = if handle.is_null() { handle } else { libc::dlsym(handle, name.as_ptr()) };
        if found.is_null() {
            found = libc::dlsym(libc::RTLD_NEXT, name.as_ptr());
        }
        if found.is_null() {
            found = anywhere(name);
        }
        let library = object_of(found as usize).filter(|library| library.base != own_base());
        let library = if found.is_null() { None } else { library };
        if let Some(library) = &library
            && !library.name.is_empty()
        {
            libc::dlopen(library.name.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY);
        }
        if !handle.is_null() {
            libc::dlclose(handle);
        }
        // What was not found must not be reported to the program as an error of its own.
        libc::dlerror();
        let library = library?;
        let inside = caller.is_some_and(|caller| caller.base == library.base);
        // A place that is taken stays its owner's. Who finds none searches each time.
        if let Some(place) = free
            && place[0].compare_exchange(0, address, Ordering::AcqRel, Ordering::Acquire).is_ok()
        {
            place[2].store(inside.into(), Ordering::Release);
            place[1].store(found as usize, Ordering::Release);
        }
        Some((found as usize, inside))
    }
}

/// The function of that name in whichever library has it; null where none has. For a caller that has our address from elsewhere, while
/// its libcrypto is known to those alone that loaded it.
fn anywhere(name: &CStr) -> *mut c_void {
    let named = all().into_iter().filter(|object| object.base != own_base() && !object.name.is_empty());
    let mut found = named.filter_map(|object| {
        // SAFETY: RTLD_NOLOAD loads nothing; dlsym takes an open handle and a C string.
        unsafe {
            let handle = libc::dlopen(object.name.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY);
            if handle.is_null() {
                return None;
            }
            let function = libc::dlsym(handle, name.as_ptr());
            libc::dlclose(handle);
            let owner = object_of(function as usize).filter(|_| !function.is_null())?;
            (owner.base != own_base()).then_some(function)
        }
    });
    found.next().unwrap_or(std::ptr::null_mut())
}

/// What a check was given that gave `said`.
fn tell(certificate: *const c_void, name: &[u8], said: c_int) {
    if !(0..=1).contains(&said) || name.len() > LONGEST || !any() {
        return;
    }
    guard(|| {
        if let Ok(name) = str::from_utf8(name) {
            Interposer::name_checked(certificate, name, said == 1);
        }
    });
}

pub(super) unsafe extern "C" fn check_host(
    certificate: Object,
    name: *const c_char,
    length: usize,
    flags: c_uint,
    found: *mut *mut c_char,
    address: usize,
) -> c_int {
    let Some((function, inside)) = meant(&HOST, c"X509_check_host", address) else { return INTERNAL_ERROR };
    // SAFETY: OpenSSL's function of this name, and the arguments of our caller. A length of 0 means a C string.
    unsafe {
        let said = std::mem::transmute::<usize, CheckHost>(function)(certificate, name, length, flags, found);
        if !inside && !name.is_null() && !certificate.is_null() {
            let length = if length == 0 { libc::strlen(name) } else { length };
            tell(certificate, std::slice::from_raw_parts(name.cast(), length), said);
        }
        said
    }
}

pub(super) unsafe extern "C" fn check_address(
    certificate: Object,
    text: *const c_char,
    flags: c_uint,
    address: usize,
) -> c_int {
    let Some((function, inside)) = meant(&ADDRESS, c"X509_check_ip_asc", address) else {
        return INTERNAL_ERROR;
    };
    // SAFETY: as above.
    unsafe {
        let said = std::mem::transmute::<usize, CheckAddress>(function)(certificate, text, flags);
        if !inside && !text.is_null() && !certificate.is_null() {
            tell(certificate, CStr::from_ptr(text).to_bytes(), said);
        }
        said
    }
}
