//! The RSA_METHOD behind the refusing key: OpenSSL's own, but for one function.

#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int, c_uchar, c_ulong};
use std::ptr;
use std::sync::OnceLock;

use foreign_types::ForeignType;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, PKeyRef, Private};
use openssl::rsa::Rsa;
use openssl_sys as ffi;

use super::{LIBRARY, REASON};
use crate::Error;

type PrivateEncrypt =
    unsafe extern "C" fn(c_int, *const c_uchar, *mut c_uchar, *mut ffi::RSA, c_int) -> c_int;

unsafe extern "C" {
    fn RSA_PKCS1_OpenSSL() -> *const ffi::RSA_METHOD;
    fn RSA_meth_dup(method: *const ffi::RSA_METHOD) -> *mut ffi::RSA_METHOD;
    fn RSA_meth_get_priv_enc(method: *const ffi::RSA_METHOD) -> Option<PrivateEncrypt>;
    fn RSA_meth_set_priv_enc(method: *mut ffi::RSA_METHOD, function: PrivateEncrypt) -> c_int;
    fn RSA_set_method(rsa: *mut ffi::RSA, method: *const ffi::RSA_METHOD) -> c_int;
}

/// The number of the one reason in the card's library.
const MECHANISM_NOT_SUPPORTED: c_int = 100;

pub(super) fn put_on_card(key: &PKeyRef<Private>) -> Result<PKey<Private>, Error> {
    card_library(); // before the first refusal, so that the queue's strings are known to whoever prints it
    let method = card_method()?;
    let rsa = copy(key).map_err(Error::doing("copy an RSA key"))?;
    // SAFETY: `rsa` is alive and nobody else's yet, so its method may change; `method` is never freed.
    if unsafe { RSA_set_method(rsa.as_ptr(), method.0) } != 1 {
        return Err(Error::doing("give an RSA key its method")(ErrorStack::get()));
    }
    PKey::from_rsa(rsa).map_err(Error::doing("wrap an RSA key"))
}

/// A copy of its own: the method is set on an RSA object, and the caller keeps the bare key.
fn copy(key: &PKeyRef<Private>) -> Result<Rsa<Private>, ErrorStack> {
    Rsa::private_key_from_der(&key.rsa()?.private_key_to_der()?)
}

#[derive(Clone, Copy)]
struct Method(*const ffi::RSA_METHOD);
// SAFETY: the method is complete before it is shared, never changed or freed after, and OpenSSL only reads it.
unsafe impl Send for Method {}
// SAFETY: as above.
unsafe impl Sync for Method {}

fn card_method() -> Result<Method, Error> {
    static METHOD: OnceLock<Option<Method>> = OnceLock::new();
    let made = METHOD.get_or_init(|| {
        // SAFETY: RSA_PKCS1_OpenSSL is a static method; the copy is ours alone until it is returned, and
        // `private_encrypt` has the signature and the lifetime (a function's) that OpenSSL asks for.
        unsafe {
            let method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
            let whole = !method.is_null() && RSA_meth_set_priv_enc(method, private_encrypt) == 1;
            whole.then_some(Method(method))
        }
    });
    made.ok_or_else(|| Error::new("cannot make an RSA method: OpenSSL has no memory for it"))
}

/// What a card does that has no raw RSA: it signs a PKCS#1 v1.5 block and refuses anything that is already padded.
unsafe extern "C" fn private_encrypt(
    length: c_int,
    from: *const c_uchar,
    to: *mut c_uchar,
    rsa: *mut ffi::RSA,
    padding: c_int,
) -> c_int {
    if padding == ffi::RSA_NO_PADDING {
        refuse();
        return -1;
    }
    // SAFETY: the static method of OpenSSL always has this function, and it gets what OpenSSL gave us, unchanged.
    unsafe {
        match RSA_meth_get_priv_enc(RSA_PKCS1_OpenSSL()) {
            Some(sign) => sign(length, from, to, rsa, padding),
            None => -1,
        }
    }
}

fn refuse() {
    // SAFETY: plain calls on this thread's error queue; the strings are literals that end in NUL, and a NULL format
    // takes no further arguments.
    unsafe {
        ffi::ERR_new();
        ffi::ERR_set_debug(c"card".as_ptr(), 0, c"C_SignInit".as_ptr());
        ffi::ERR_set_error(card_library(), MECHANISM_NOT_SUPPORTED, ptr::null());
    }
}

/// The card's number among OpenSSL's error libraries, registered with its strings once a process.
fn card_library() -> c_int {
    static LIBRARY_NUMBER: OnceLock<c_int> = OnceLock::new();
    *LIBRARY_NUMBER.get_or_init(|| {
        // SAFETY: OpenSSL keeps pointers into the table and into its strings; all three are leaked, so they stay.
        unsafe {
            let library = ffi::ERR_get_next_error_library();
            let table = Box::leak(Box::new([
                ffi::ERR_STRING_DATA { error: ffi::ERR_PACK(library, 0, 0), string: leaked(LIBRARY) },
                ffi::ERR_STRING_DATA { error: MECHANISM_NOT_SUPPORTED as c_ulong, string: leaked(REASON) },
                ffi::ERR_STRING_DATA { error: 0, string: ptr::null() },
            ]));
            ffi::ERR_load_strings(library, table.as_mut_ptr());
            library
        }
    })
}

fn leaked(text: &str) -> *const c_char {
    CString::new(text).expect("our own literals hold no NUL").into_raw()
}
