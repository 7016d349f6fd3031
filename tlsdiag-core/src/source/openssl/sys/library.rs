//! One libssl: its functions, our hooks for it, and our indices in its objects.
//!
//! A process can hold more than one OpenSSL, so nothing here is global: every hook works through
//! the [`Symbols`] of the library that called it.

use std::ffi::{CStr, c_int, c_long};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::constants::ex_index;
use super::functions::{
    BioCallback, ExDup, ExFree, ExNew, Functions, InfoCallback, KeylogCallback, MessageCallback, SSL,
    SecurityCallback, VerifyCallback,
};
use crate::Error;

/// So many libraries at most.
pub(crate) const TABLES: usize = 8;

#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static TABLE: [OnceLock<&'static Symbols>; TABLES] = [const { OnceLock::new() }; TABLES];

/// The library with this number.
pub(crate) fn table(number: c_long) -> Option<&'static Symbols> {
    TABLE.get(usize::try_from(number).ok()?)?.get().copied()
}

/// Our callbacks for one library. OpenSSL gives most of them no argument of ours, so each library
/// has a set of its own.
pub(crate) struct Trampolines {
    pub(crate) message: MessageCallback,
    pub(crate) info: InfoCallback,
    pub(crate) verify: VerifyCallback,
    pub(crate) security: SecurityCallback,
    pub(crate) keylog: KeylogCallback,
    pub(crate) bio: BioCallback,
    pub(crate) lean_bio: BioCallback,
}

/// The three functions of an ex_data index: `CRYPTO_get_ex_new_index(3)`. They find their library
/// by the number given as argl, and do nothing for an object that another thread makes before the
/// library is in its place.
#[derive(Clone, Copy)]
pub(crate) struct ExCallbacks {
    pub(crate) new: Option<ExNew>,
    pub(crate) dup: Option<ExDup>,
    pub(crate) free: Option<ExFree>,
}

/// Those of each class of objects.
#[derive(Clone, Copy)]
pub(crate) struct Lifecycle {
    pub(crate) connection: ExCallbacks,
    pub(crate) context: ExCallbacks,
    pub(crate) bio: ExCallbacks,
}

/// The functions of one loaded libssl (with its libcrypto), and our own indices in its objects.
///
/// There is one for each library in the process, and it lives as long as the process does, since
/// OpenSSL may call a hook at any time until then.
pub struct Symbols {
    pub(crate) f: Functions,
    pub(crate) trampolines: Trampolines,
    pub(crate) ssl_index: c_int,
    pub(crate) context_index: c_int,
    /// Ours in BIOs, once there is one: see [`Symbols::make_bio_index`].
    bio_index: AtomicI32,
    bio_callbacks: ExCallbacks,
    /// Its place among the libraries.
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
    /// Every function that is needed: an application that has OpenSSL linked statically gives
    /// these.
    pub const REQUIRED: &[&str] = Functions::REQUIRED;
    /// Functions that are used where they are found; not every version has them.
    pub const OPTIONAL: &[&str] = Functions::OPTIONAL;

    /// The library in its own words, such as `OpenSSL 3.0.19 27 Jan 2026`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        // SAFETY: OpenSSL_version gives a static C string for every argument.
        unsafe { CStr::from_ptr((self.f.OpenSSL_version)(0)) }.to_str().unwrap_or("OpenSSL")
    }

    /// Whether nothing of a handshake has happened on a connection, or `SSL_clear` has made it so.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's, and of this library.
    pub(crate) unsafe fn is_before(&self, ssl: *const SSL) -> bool {
        // SAFETY: as promised; a getter, which gives a string that stays.
        let state = unsafe { CStr::from_ptr((self.f.SSL_state_string_long)(ssl)) };
        state.to_bytes().starts_with(b"before")
    }

    /// Our index in BIOs, made when the first of them is hooked; `None` where OpenSSL has none
    /// left.
    ///
    /// OpenSSL 3.0 sorts the callbacks of a class anew for each of its objects that ends, and a
    /// handshake ends a dozen BIOs: a server that hooks none must not pay for that.
    pub(crate) fn make_bio_index(&self) -> Option<c_int> {
        let known = self.bio_index();
        if known.is_some() {
            return known;
        }
        // SAFETY: callbacks of those prototypes.
        let index = unsafe { new_index(&self.f, ex_index::BIO, self.number, self.bio_callbacks) };
        if index <= 0 {
            return None;
        }
        // Where two threads are the first at once, one of the two indices stays unused.
        let first = self.bio_index.compare_exchange(0, index, Ordering::AcqRel, Ordering::Acquire);
        Some(first.map_or_else(|index| index, |_| index))
    }

    /// Our index in BIOs, if any of them was ever hooked. It is never 0, which is the application's
    /// own.
    pub(crate) fn bio_index(&self) -> Option<c_int> {
        Some(self.bio_index.load(Ordering::Acquire)).filter(|index| *index != 0)
    }

    /// Makes the indices and a place for this library, once for each. `callbacks` gives those for a
    /// number, while there are any left.
    ///
    /// # Safety
    /// All functions are those of one OpenSSL that stays loaded.
    pub(crate) unsafe fn register(
        f: Functions,
        callbacks: impl FnOnce(usize) -> Option<Trampolines>,
        lifecycle: Lifecycle,
    ) -> Result<&'static Symbols, Error> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        // The function by which connections are identified also identifies libraries; nothing
        // interposes it.
        if let Some(same) =
            known.iter().find(|old| old.f.SSL_get_ex_data as usize == f.SSL_get_ex_data as usize)
        {
            return Ok(same);
        }
        let number = known.len();
        let (Some(place), Some(trampolines)) = (TABLE.get(number), callbacks(number)) else {
            return Err(Error::new(format!("more than {number} OpenSSL libraries in one process")));
        };
        // SAFETY: callbacks as `ExCallbacks` says.
        let (ssl_index, context_index) = unsafe {
            leave_low_indices(&f);
            (
                new_index(&f, ex_index::SSL, number as c_long, lifecycle.connection),
                new_index(&f, ex_index::SSL_CTX, number as c_long, lifecycle.context),
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
            bio_callbacks: lifecycle.bio,
            number: number as c_long,
            store_context_index,
            version_number,
            chains_messages: AtomicBool::new(false),
        }));
        // Under the lock, so that each place is filled once.
        place.get_or_init(|| symbols);
        known.push(symbols);
        Ok(symbols)
    }
}

/// Programs use indices of connections that they have never asked for: most often those that they
/// were given for sessions, which begin with 1. Ours comes after the first two, so that they do not
/// read ours there. FreeRADIUS writes at 10 to 16 as well; `ObjectTable` sees that. From eleven
/// indices on OpenSSL would allocate memory and sort for each connection.
const LOW: c_int = 3;

/// Takes the low indices of connections for nobody.
///
/// # Safety
/// The functions are OpenSSL's.
unsafe fn leave_low_indices(f: &Functions) {
    // SAFETY: no callbacks, which is allowed.
    let next =
        || unsafe { (f.CRYPTO_get_ex_new_index)(ex_index::SSL, 0, std::ptr::null_mut(), None, None, None) };
    // Where none is left, the one that we want says so.
    while (0..LOW - 1).contains(&next()) {}
}

/// An index in the ex_data of a class of objects, or -1.
///
/// # Safety
/// The callbacks have the prototypes that CRYPTO_EX_new, _dup and _free have, and find their table
/// by the number given as argl.
unsafe fn new_index(f: &Functions, class: c_int, number: c_long, callbacks: ExCallbacks) -> c_int {
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
