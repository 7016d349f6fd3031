//! `X509_check_host(3)` and its sister for addresses: a client that holds a certificate against a name itself, after the handshake.
//!
//! They are libcrypto's, so the function that the caller means is found through the caller's own object, whatever libssl there is, and
//! also where there is none. libcrypto calls them by name as well, while it verifies; that is told by the verify callback.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

use tlsdiag_core::source::openssl::Interposer;

use super::Object;
use crate::boundary::guard;
use crate::libraries::any;
use crate::loaded::is_any_named;
use crate::wanted::Wanted;

type CheckHost = unsafe extern "C" fn(Object, *const c_char, usize, c_uint, *mut *mut c_char) -> c_int;
type CheckAddress = unsafe extern "C" fn(Object, *const c_char, c_uint) -> c_int;

/// What these functions say of an error of their own; then the name was not found in the certificate.
const INTERNAL_ERROR: c_int = -1;
/// No name is longer (RFC 1035, section 2.3.4).
const LONGEST: usize = 255;

static HOST: Wanted = Wanted::new(c"X509_check_host");
static ADDRESS: Wanted = Wanted::new(c"X509_check_ip_asc");

/// Looks up what the whole program has of them, for when this object is loaded.
pub(crate) fn look() {
    // What is not there takes as long to look for as it takes to load an object, and most programs have no OpenSSL.
    if is_any_named(b"libcrypto") {
        HOST.look();
        ADDRESS.look();
    }
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
    let Some((function, inside)) = HOST.meant(address) else { return INTERNAL_ERROR };
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
    let Some((function, inside)) = ADDRESS.meant(address) else {
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
