//! Setup that fails: what a call left in the error queue, and what its context had by then.
//!
//! Everything here reads, and leaves `errno` and the queue as found. Keys, passphrases and PINs are not looked at.

use std::ffi::{c_int, c_long, c_void};
use std::os::fd::RawFd;
use std::ptr;
use std::time::SystemTime;

use super::error_queue::read::queued_errors;
use super::sys::constants::{bio, ctrl};
use super::sys::der::certificate;
use super::sys::functions::{BIO, SSL, SSL_CTX, STACK, X509};
use super::sys::guard::Errno;
use super::sys::library::Symbols;
use super::sys::stack::elements;
use crate::event::LibraryError;
use crate::event::setup::SetupFailure;

/// More certificates than any chain has, and more bytes than they have.
const MOST: usize = 10;
const MOST_BYTES: usize = 48 << 10;

/// The error queue as it was before a call.
#[derive(Debug, Default)]
pub struct QueuedErrors(Vec<LibraryError>);

impl QueuedErrors {
    /// Those of this thread. It costs one call where there are none.
    #[must_use]
    pub fn now(symbols: &Symbols) -> Self {
        QueuedErrors(queued_errors(symbols))
    }

    /// What has been added since, oldest first.
    fn added(&self, symbols: &Symbols) -> Vec<LibraryError> {
        let now = queued_errors(symbols);
        // A full queue loses its oldest entries.
        let left = (0..=self.0.len()).find(|lost| now.starts_with(&self.0[*lost..]));
        let before = left.map_or(0, |lost| self.0.len() - lost);
        now.into_iter().skip(before).collect()
    }
}

/// What a call was about.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SetupObject {
    /// Nothing that has certificates.
    None,
    /// An `SSL_CTX`.
    Context(*mut c_void),
    /// An `SSL`.
    Connection(*mut c_void),
}

/// What is to be kept of a call of OpenSSL's `function` that has just failed on this thread, with what it has added to the error queue
/// since `before`.
///
/// # Safety
/// `object` is alive and used by this thread alone, as OpenSSL's setters demand; `own` is null or a live certificate that the call was
/// given.
#[must_use]
pub unsafe fn setup_failed(
    symbols: &Symbols,
    function: &str,
    before: &QueuedErrors,
    object: SetupObject,
    own: *const c_void,
) -> SetupFailure {
    let _errno = Errno::save();
    let mut failure = SetupFailure::new(function, SystemTime::now());
    failure.library = symbols.version().to_owned();
    failure.errors = before.added(symbols);
    let f = &symbols.f;
    // SAFETY: as promised; getters.
    unsafe {
        failure.security_level = match object {
            SetupObject::None => None,
            SetupObject::Context(context) => f.SSL_CTX_get_security_level.map(|level| level(context.cast())),
            SetupObject::Connection(ssl) => Some((f.SSL_get_security_level)(ssl.cast())),
        };
        let (loaded, chain) = (loaded(symbols, object), chain_of(symbols, object));
        let first = if own.is_null() { loaded.cast_const() } else { own.cast() };
        let chain = elements(symbols, chain).map(|x509: *mut X509| x509.cast_const());
        let all = std::iter::once(first).chain(chain).filter(|x509| !x509.is_null());
        failure.certificates = certificates(symbols, all);
    }
    failure
}

/// The own certificate, DER, that was given to it last: `own`, where the call names it.
///
/// # Safety
/// As for [`setup_failed`].
#[must_use]
pub unsafe fn own_certificate(symbols: &Symbols, object: SetupObject, own: *const c_void) -> Option<Vec<u8>> {
    let _errno = Errno::save();
    // SAFETY: as promised.
    unsafe {
        let own = if own.is_null() { loaded(symbols, object).cast_const() } else { own.cast() };
        let known = Some(own).filter(|own| !own.is_null());
        certificates(symbols, known.into_iter()).pop()
    }
}

/// # Safety
/// As for [`setup_failed`].
unsafe fn loaded(symbols: &Symbols, object: SetupObject) -> *mut X509 {
    let f = &symbols.f;
    // SAFETY: as promised; getters.
    unsafe {
        match object {
            SetupObject::None => ptr::null_mut(),
            SetupObject::Context(context) => {
                f.SSL_CTX_get0_certificate.map_or(ptr::null_mut(), |get| get(context.cast()))
            }
            SetupObject::Connection(ssl) => (f.SSL_get_certificate)(ssl.cast()),
        }
    }
}

/// # Safety
/// As for [`setup_failed`].
unsafe fn chain_of(symbols: &Symbols, object: SetupObject) -> *const STACK {
    let f = &symbols.f;
    let mut chain: *const STACK = ptr::null();
    // SAFETY: as promised; controls that store the address of a stack that stays its owner's.
    unsafe {
        match object {
            SetupObject::None => {}
            SetupObject::Context(context) => {
                let context: *mut SSL_CTX = context.cast();
                (f.SSL_CTX_ctrl)(context, ctrl::GET_CHAIN_CERTS, 0, (&raw mut chain).cast());
                if chain.is_null() {
                    (f.SSL_CTX_ctrl)(context, ctrl::GET_EXTRA_CHAIN_CERTS, 1, (&raw mut chain).cast());
                }
            }
            SetupObject::Connection(ssl) => {
                let ssl: *mut SSL = ssl.cast();
                (f.SSL_ctrl)(ssl, ctrl::GET_CHAIN_CERTS, 0, (&raw mut chain).cast());
            }
        }
    }
    chain
}

/// # Safety
/// The certificates are alive.
unsafe fn certificates(symbols: &Symbols, all: impl Iterator<Item = *const X509>) -> Vec<Vec<u8>> {
    let mut room = MOST_BYTES;
    all.take(MOST)
        .map_while(|x509| {
            let mut der = Vec::new();
            // SAFETY: as promised.
            unsafe { certificate(symbols, x509, &mut der) };
            room = room.checked_sub(der.len())?;
            Some(der)
        })
        .collect()
}

/// The file that a BIO reads, where the system can say so.
///
/// # Safety
/// `bio` is null, or alive and of this library.
#[must_use]
pub unsafe fn file_of_bio(symbols: &Symbols, bio: *mut c_void) -> Option<String> {
    let mut stream: *mut libc::FILE = ptr::null_mut();
    // SAFETY: as promised; a BIO of files stores the address of its stream.
    unsafe {
        ask(symbols, bio.cast(), bio::GET_FILE, (&raw mut stream).cast())?;
        file_of_stream(stream.cast())
    }
}

/// The file that a stream of C's reads, likewise.
///
/// # Safety
/// `stream` is null or an open `FILE`.
#[must_use]
pub unsafe fn file_of_stream(stream: *mut c_void) -> Option<String> {
    if stream.is_null() {
        return None;
    }
    let _errno = Errno::save();
    // SAFETY: as promised.
    let descriptor: RawFd = unsafe { libc::fileno(stream.cast()) };
    let path = std::fs::read_link(format!("/proc/self/fd/{descriptor}")).ok()?;
    path.is_absolute().then(|| path.to_string_lossy().into_owned())
}

/// Whether nothing has been read of the file of this BIO; `None` where it reads no file.
///
/// # Safety
/// As for [`file_of_bio`].
#[must_use]
pub unsafe fn is_at_start(symbols: &Symbols, bio: *mut c_void) -> Option<bool> {
    // SAFETY: passed on; this stores nothing.
    unsafe { ask(symbols, bio.cast(), bio::TELL, ptr::null_mut()) }.map(|place| place == 0)
}

/// Asks a BIO of files.
///
/// # Safety
/// As for [`file_of_bio`], and `place` is what the command takes.
unsafe fn ask(symbols: &Symbols, bio: *mut BIO, command: c_int, place: *mut c_void) -> Option<c_long> {
    let (kind, control) = (symbols.f.BIO_method_type?, symbols.f.BIO_ctrl?);
    if bio.is_null() {
        return None;
    }
    let _errno = Errno::save();
    // SAFETY: as promised.
    unsafe { (kind(bio) == bio::TYPE_FILE).then(|| control(bio, command, 0, place)) }
}

impl Symbols {
    /// Where a function of the libcrypto lies that this library's errors come from.
    #[must_use]
    pub fn libcrypto(&self) -> usize {
        self.f.ERR_peek_error as usize
    }
}

#[cfg(all(test, feature = "linked"))]
mod tests {
    use foreign_types::ForeignTypeRef;
    use openssl::ssl::{SslContext, SslMethod};
    use tlsdiag_lab::pki::Pki;

    use super::*;

    #[test]
    fn what_a_call_added_is_kept_and_the_queue_is_as_it_was() {
        let symbols = Symbols::linked().unwrap();
        let pki = Pki::generate().unwrap();
        let mut context = SslContext::builder(SslMethod::tls_server()).unwrap();
        context.set_certificate(&pki.server.certificate).unwrap();
        let context = context.build();
        // Of the same type: another one has a place of its own beside the certificate.
        let other = &pki.client_rsa.key;
        // SAFETY: works on this thread's queue alone; a live context and key.
        let failed = unsafe {
            (symbols.f.ERR_clear_error)();
            let mut place = b"x".as_ptr();
            openssl_sys::d2i_X509(ptr::null_mut(), &raw mut place, 1);
            let before = QueuedErrors::now(symbols);
            assert!(!before.0.is_empty());
            let said = openssl_sys::SSL_CTX_use_PrivateKey(context.as_ptr(), other.as_ptr());
            assert_eq!(said, 0);
            let (queue, object) = (queued_errors(symbols), SetupObject::Context(context.as_ptr().cast()));
            let failed = setup_failed(symbols, "SSL_CTX_use_PrivateKey", &before, object, ptr::null());
            assert_eq!(queued_errors(symbols), queue);
            (symbols.f.ERR_clear_error)();
            failed
        };
        // X509_R_KEY_TYPE_MISMATCH or X509_R_KEY_VALUES_MISMATCH, and nothing of what was there before.
        assert!(failed.errors.iter().all(|error| error.library == 11), "{:?}", failed.errors);
        assert_eq!(failed.errors.len(), 1);
        assert_eq!(failed.certificates, [pki.server.certificate.to_der().unwrap()]);
        assert!(failed.security_level.is_some());
        // SAFETY: null is no BIO.
        unsafe {
            assert_eq!(file_of_bio(symbols, ptr::null_mut()), None);
            assert_eq!(is_at_start(symbols, ptr::null_mut()), None);
        }
    }
}
