//! A private key whose signatures are wrong in one bit, as those of a broken token or a faulty accelerator are.
//!
//! It belongs to its certificate in every respect that can be compared; only who verifies a signature notices.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_uchar};
use std::sync::OnceLock;

use foreign_types::ForeignType;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, PKeyRef, Private};
use openssl::rsa::Rsa;
use openssl_sys as ffi;

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

#[derive(Clone, Copy)]
struct Method(*const ffi::RSA_METHOD);
// SAFETY: the method is complete before it is shared, never changed or freed after, and OpenSSL only reads it.
unsafe impl Send for Method {}
// SAFETY: as above.
unsafe impl Sync for Method {}

/// A copy of an RSA key that signs wrong.
pub fn that_signs_wrong(key: &PKeyRef<Private>) -> Result<PKey<Private>, Error> {
    static METHOD: OnceLock<Option<Method>> = OnceLock::new();
    let method = METHOD.get_or_init(|| {
        // SAFETY: RSA_PKCS1_OpenSSL is a static method; the copy is ours alone until it is returned, and `sign_wrong` has
        // the signature and the lifetime (a function's) that OpenSSL asks for.
        unsafe {
            let method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
            let whole = !method.is_null() && RSA_meth_set_priv_enc(method, sign_wrong) == 1;
            whole.then_some(Method(method))
        }
    });
    let method =
        method.ok_or_else(|| Error::new("cannot make an RSA method: OpenSSL has no memory for it"))?;
    let copy = || Rsa::private_key_from_der(&key.rsa()?.private_key_to_der()?);
    let rsa = copy().map_err(Error::doing("copy an RSA key"))?;
    // SAFETY: `rsa` is alive and nobody else's yet, so its method may change; the method is never freed.
    if unsafe { RSA_set_method(rsa.as_ptr(), method.0) } != 1 {
        return Err(Error::doing("give an RSA key its method")(ErrorStack::get()));
    }
    PKey::from_rsa(rsa).map_err(Error::doing("wrap an RSA key"))
}

unsafe extern "C" fn sign_wrong(
    length: c_int,
    from: *const c_uchar,
    to: *mut c_uchar,
    rsa: *mut ffi::RSA,
    padding: c_int,
) -> c_int {
    let Ok(size) = usize::try_from(length) else { return -1 };
    // SAFETY: OpenSSL gives us `length` readable bytes.
    let mut block = unsafe { std::slice::from_raw_parts(from, size) }.to_vec();
    // A bit of what is signed, not of the signature: so the verifier meets the same mismatch each time. Of a block that is
    // padded for RSA-PSS with SHA-256 it is a bit of the salt, which stands before the hash and the trailer.
    let place = if padding == ffi::RSA_NO_PADDING { size.checked_sub(34) } else { size.checked_sub(1) };
    let Some(byte) = place.and_then(|place| block.get_mut(place)) else { return -1 };
    *byte ^= 1;
    // SAFETY: the static method of OpenSSL always has this function; the block is alive and as long as we say.
    unsafe {
        match RSA_meth_get_priv_enc(RSA_PKCS1_OpenSSL()) {
            Some(sign) => sign(length, block.as_ptr(), to, rsa, padding),
            None => -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use openssl::hash::MessageDigest;
    use openssl::sign::{Signer, Verifier};

    use super::*;
    use crate::pki::KeyKind;

    #[test]
    fn it_signs_and_nobody_believes_it() {
        let key = KeyKind::Rsa(2048).generate().unwrap();
        let faulty = that_signs_wrong(&key).unwrap();
        assert!(key.public_eq(&faulty));
        let digest = MessageDigest::sha256();
        let verified = |signature: &[u8]| {
            Verifier::new(digest, &key).unwrap().verify_oneshot(signature, b"hello").unwrap_or(false)
        };
        assert!(verified(&Signer::new(digest, &key).unwrap().sign_oneshot_to_vec(b"hello").unwrap()));
        assert!(!verified(&Signer::new(digest, &faulty).unwrap().sign_oneshot_to_vec(b"hello").unwrap()));
    }
}
