//! Compression of certificates (RFC 8879), forced in both directions.
//!
//! OpenSSL has it from 3.2 on, if it was built with a compression library. The functions are looked up in the libssl that runs,
//! which may be newer than the headers.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};
use std::mem;

use openssl::ssl::SslContextBuilder;
use openssl_sys as ffi;

use crate::Error;

/// How certificates are compressed (`SSL_CTX_set1_cert_comp_preference(3)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// zlib, RFC 1950
    Zlib = 1,
    /// Brotli, RFC 7932
    Brotli = 2,
    /// Zstandard, RFC 8878
    Zstd = 3,
}

type SetPreference = unsafe extern "C" fn(*mut ffi::SSL_CTX, *mut c_int, usize) -> c_int;
type Compress = unsafe extern "C" fn(*mut ffi::SSL_CTX, c_int) -> c_int;

impl Compression {
    /// Every algorithm of RFC 8879.
    pub const ALL: [Compression; 3] = [Compression::Zlib, Compression::Brotli, Compression::Zstd];

    /// Whether the libssl that runs can compress so.
    pub fn is_available(self) -> bool {
        let Ok(mut context) = SslContextBuilder::new(openssl::ssl::SslMethod::tls()) else { return false };
        prefer(&[self], &mut context).is_ok()
    }

    /// Offers this algorithm first, and zlib for what it makes no shorter: OpenSSL sends such a certificate as it is.
    fn prefer(self, context: &mut SslContextBuilder) -> Result<(), Error> {
        let both = [self, Compression::Zlib];
        prefer(if self == Compression::Zlib { &both[..1] } else { &both }, context)
    }

    /// The same, and what the context shows is compressed beforehand: a server sends no other. Called when the certificate is set.
    pub(crate) fn force(self, context: &mut SslContextBuilder, shows: bool) -> Result<(), Error> {
        self.prefer(context)?;
        if !shows {
            return Ok(());
        }
        let compress = find(c"SSL_CTX_compress_certs")?;
        // SAFETY: OpenSSL's function of that name has this prototype in each version that has it.
        let compress = unsafe { mem::transmute::<*mut c_void, Compress>(compress) };
        // SAFETY: the context is alive and exclusively ours.
        let compress =
            |algorithm: Compression| unsafe { compress(context.as_ptr(), algorithm as c_int) } == 1;
        // It fails where nothing gets shorter, as of a single certificate with a small key: that one goes as it is.
        if !compress(self) {
            compress(Compression::Zlib);
        }
        Ok(())
    }
}

/// Offers these. It fails where the libssl has none of them; of several it leaves out those that it does not have.
fn prefer(algorithms: &[Compression], context: &mut SslContextBuilder) -> Result<(), Error> {
    let mut numbers: Vec<c_int> = algorithms.iter().map(|algorithm| *algorithm as c_int).collect();
    let set = find(c"SSL_CTX_set1_cert_comp_preference")?;
    // SAFETY: OpenSSL's function of that name has this prototype in each version that has it.
    let set = unsafe { mem::transmute::<*mut c_void, SetPreference>(set) };
    // SAFETY: the context is alive and exclusively ours; the list is copied before the call returns.
    match unsafe { set(context.as_ptr(), numbers.as_mut_ptr(), numbers.len()) } {
        1 => Ok(()),
        _ => Err(Error::new(format!("this libssl cannot compress certificates with {algorithms:?}"))),
    }
}

fn find(name: &CStr) -> Result<*mut c_void, Error> {
    // SAFETY: a C string; the default scope holds the libssl that we are linked with.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    if found.is_null() {
        return Err(Error::new(format!("this libssl has no {}", name.to_string_lossy())));
    }
    Ok(found)
}
