//! One libssl: its functions, our hooks for it, and our indices in its objects.
//!
//! A process can hold more than one OpenSSL, so nothing here is global: every hook works through the [`Symbols`] of the
//! library that called it.

use std::ffi::{CStr, c_int, c_long, c_void};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::super::callbacks::ex_data;
use super::functions::Functions;
use super::super::callbacks::info::{self, Trampolines};
use crate::Error;

/// The functions of one loaded libssl (with its libcrypto), and our own indices in its objects.
///
/// There is one for each library in the process, and it lives as long as the process does, since OpenSSL may call a hook
/// at any time until then.
pub struct Symbols {
    pub(crate) f: Functions,
    pub(crate) trampolines: Trampolines,
    pub(crate) ssl_index: c_int,
    pub(crate) context_index: c_int,
    /// Ours in BIOs, once there is one: see [`Symbols::bio_index`].
    bio_index: AtomicI32,
    /// Its place among the tables.
    pub(crate) number: c_long,
    /// `SSL_get_ex_data_X509_STORE_CTX_idx`, the same for the life of the library.
    pub(crate) store_context_index: c_int,
    /// `OpenSSL_version_num`: 0x1010117f is 1.1.1w, 0x30000130 is 3.0.19.
    pub(crate) version_number: u64,
    /// Whether there ever was a message callback of an application's to be called behind ours.
    pub(crate) chains_messages: AtomicBool,
}

impl std::fmt::Debug for Symbols {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Symbols").field("library", &self.version()).finish()
    }
}

/// All tables ever made. Only setting up takes this lock.
static KNOWN: Mutex<Vec<&'static Symbols>> = Mutex::new(Vec::new());

impl Symbols {
    /// The libssl that the `openssl` crate is linked with.
    ///
    /// # Errors
    /// OpenSSL has no memory for an ex_data index, or too many libraries are in use.
    #[cfg(feature = "linked")]
    pub fn linked() -> Result<&'static Symbols, Error> {
        static LINKED: std::sync::OnceLock<&'static Symbols> = std::sync::OnceLock::new();
        if let Some(symbols) = LINKED.get() {
            return Ok(symbols);
        }
        openssl_sys::init();
        // SAFETY: the linker bound these names to OpenSSL's own functions.
        let symbols = unsafe { Symbols::register(Functions::linked()) }?;
        Ok(LINKED.get_or_init(|| symbols))
    }

    /// The libssl behind a handle of `dlopen(3)`. A handle of `dlopen("libssl.so.3", …)` finds libcrypto's names too.
    ///
    /// # Errors
    /// The library lacks a function that is needed; the error names it.
    ///
    /// # Safety
    /// `handle` is open and its library is OpenSSL (1.1.1 or later); the library is never unloaded.
    pub unsafe fn from_handle(handle: *mut c_void) -> Result<&'static Symbols, Error> {
        // SAFETY: dlsym takes any open handle and a C string; what it finds is OpenSSL's by the caller's promise.
        unsafe { Symbols::from_lookup(|name| libc::dlsym(handle, name.as_ptr())) }
    }

    /// Functions found by `lookup`, which gives null for a name that it does not know.
    ///
    /// # Errors
    /// A function that is needed was not found; the error names it.
    ///
    /// # Safety
    /// Whatever `lookup` finds under a name is the function of that name of one and the same OpenSSL (1.1.1 or later),
    /// which is never unloaded.
    pub unsafe fn from_lookup(lookup: impl FnMut(&CStr) -> *mut c_void) -> Result<&'static Symbols, Error> {
        // SAFETY: passed on to the caller.
        unsafe { Symbols::register(Functions::find(lookup)?) }
    }

    /// The library in its own words, such as `OpenSSL 3.0.19 27 Jan 2026`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        // SAFETY: OpenSSL_version gives a static C string for every argument.
        unsafe { CStr::from_ptr((self.f.OpenSSL_version)(0)) }.to_str().unwrap_or("OpenSSL")
    }

    /// Our index in BIOs, made when the first of them is hooked; `None` where OpenSSL has none left.
    ///
    /// OpenSSL 3.0 sorts the callbacks of a class anew for each of its objects that ends, and a handshake ends a dozen BIOs: a
    /// server that hooks none must not pay for that.
    pub(crate) fn make_bio_index(&self) -> Option<c_int> {
        let known = self.bio_index();
        if known.is_some() {
            return known;
        }
        // SAFETY: callbacks of those prototypes.
        let index = unsafe { new_index(&self.f, 12, self.number, ex_data::bio_callbacks()) };
        if index <= 0 {
            return None;
        }
        // Where two threads are the first at once, one of the two indices stays unused.
        let first = self.bio_index.compare_exchange(0, index, Ordering::AcqRel, Ordering::Acquire);
        Some(first.map_or_else(|index| index, |_| index))
    }

    /// Our index in BIOs, if any of them was ever hooked. It is never 0, which is the application's own.
    pub(crate) fn bio_index(&self) -> Option<c_int> {
        Some(self.bio_index.load(Ordering::Acquire)).filter(|index| *index != 0)
    }

    /// Makes the indices and a place for this library, once for each.
    ///
    /// # Safety
    /// All functions are those of one OpenSSL that stays loaded.
    unsafe fn register(f: Functions) -> Result<&'static Symbols, Error> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        // The function by which connections are told apart also tells libraries apart; nothing interposes it.
        if let Some(same) =
            known.iter().find(|old| old.f.SSL_get_ex_data as usize == f.SSL_get_ex_data as usize)
        {
            return Ok(same);
        }
        let number = known.len();
        let Some(trampolines) = info::trampolines(number) else {
            return Err(Error::new(format!("more than {number} OpenSSL libraries in one process")));
        };
        // SAFETY: callbacks of the prototypes that CRYPTO_EX_new, _dup and _free have. They find their table by the number
        // given as argl, and do nothing for an object that another thread makes before the table is in its place.
        let (ssl_index, context_index) = unsafe {
            leave_low_indices(&f);
            (
                new_index(&f, 0, number as c_long, ex_data::connection_callbacks()),
                new_index(&f, 1, number as c_long, ex_data::context_callbacks()),
            )
        };
        if ssl_index < 0 || context_index < 0 {
            return Err(Error::new("OpenSSL has no ex_data index left (CRYPTO_get_ex_new_index)"));
        }
        // SAFETY: takes no arguments and is callable at any time.
        let (store_context_index, version_number) =
            unsafe { ((f.SSL_get_ex_data_X509_STORE_CTX_idx)(), (f.OpenSSL_version_num)() as u64) };
        let symbols: &'static Symbols = Box::leak(Box::new(Symbols {
            f,
            trampolines,
            ssl_index,
            context_index,
            bio_index: AtomicI32::new(0),
            number: number as c_long,
            store_context_index,
            version_number,
            chains_messages: AtomicBool::new(false),
        }));
        info::install_table(number, symbols);
        known.push(symbols);
        Ok(symbols)
    }
}

/// Programs use indices of connections that they have never asked for: most often those that they were given for sessions, which begin
/// with 1. Ours comes after the first two, so that they do not read ours there. FreeRADIUS writes at 10 to 16 as well; `ObjectTable` sees
/// that. From eleven indices on OpenSSL would allocate memory and sort for each connection.
const LOW: c_int = 3;

/// Takes the low indices of connections for nobody.
///
/// # Safety
/// The functions are OpenSSL's.
unsafe fn leave_low_indices(f: &Functions) {
    // SAFETY: no callbacks, which is allowed.
    let next = || unsafe { (f.CRYPTO_get_ex_new_index)(0, 0, std::ptr::null_mut(), None, None, None) };
    // Where none is left, the one that we want says so.
    while (0..LOW - 1).contains(&next()) {}
}

/// An index in the ex_data of a class of objects, or -1.
///
/// # Safety
/// The callbacks have the prototypes that CRYPTO_EX_new, _dup and _free have, and find their table by the number given as argl.
unsafe fn new_index(f: &Functions, class: c_int, number: c_long, callbacks: ex_data::Callbacks) -> c_int {
    // SAFETY: as promised.
    unsafe {
        (f.CRYPTO_get_ex_new_index)(
            class,
            number,
            std::ptr::null_mut(),
            callbacks.new,
            callbacks.dup,
            callbacks.free,
        )
    }
}
/// `SSL_CTRL_*` numbers, which are part of the library's ABI.
pub(crate) mod ctrl {
    use super::c_int;

    pub(crate) const SET_MSG_CALLBACK_ARG: c_int = 16;
    pub(crate) const GET_EXTRA_CHAIN_CERTS: c_int = 82;
    pub(crate) const GET_CHAIN_CERTS: c_int = 115;
    pub(crate) const SELECT_CURRENT_CERT: c_int = 116;
    pub(crate) const SET_CURRENT_CERT: c_int = 117;
    pub(crate) const GET_VERIFY_CERT_STORE: c_int = 137;
    pub(crate) const GET_MIN_PROTO_VERSION: c_int = 130;
    pub(crate) const GET_MAX_PROTO_VERSION: c_int = 131;
}
