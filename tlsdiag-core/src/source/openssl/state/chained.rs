//! Callbacks of the application that ours stand in front of: kept here and called as if we were not
//! there.

use std::ffi::{c_int, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::super::sys::functions::{
    InfoCallback, KeylogCallback, MessageCallback, SSL, SecurityCallback, VerifyCallback,
};
use super::super::sys::library::TABLES;

/// A function pointer that may change under running threads; `None` is null, as in C.
pub(crate) struct Callback<F>(AtomicPtr<c_void>, PhantomData<F>);

impl<F: Copy> Callback<F> {
    pub(crate) fn get(&self) -> Option<F> {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        let pointer = self.0.load(Ordering::Acquire);
        // SAFETY: same size; only `set` writes here, and it writes a function of type F or null.
        (!pointer.is_null()).then(|| unsafe { std::mem::transmute_copy::<*mut c_void, F>(&pointer) })
    }

    pub(crate) fn set(&self, callback: Option<F>) {
        const { assert!(size_of::<Option<F>>() == size_of::<*mut c_void>()) };
        // SAFETY: F is a function pointer type in every use in this file, so that Option<F> is a
        // pointer or null.
        let pointer = unsafe { std::mem::transmute_copy::<Option<F>, *mut c_void>(&callback) };
        self.0.store(pointer, Ordering::Release);
    }
}

impl<F: Copy> Callback<F> {
    /// The function as an address, null for none.
    pub(crate) fn address(&self) -> *const c_void {
        self.0.load(Ordering::Acquire)
    }

    /// Sets it by its address.
    ///
    /// # Safety
    /// `address` is null or a function of type F.
    pub(crate) unsafe fn set_address(&self, address: *const c_void) {
        self.0.store(address.cast_mut(), Ordering::Release);
    }
}

impl<F> Default for Callback<F> {
    fn default() -> Self {
        Callback(AtomicPtr::new(ptr::null_mut()), PhantomData)
    }
}

/// What was set on an `SSL`, or on an `SSL_CTX`, before we came.
#[derive(Default)]
#[repr(C)]
pub(crate) struct Chained {
    /// A context's; a connection's lies where it is at hand (`ConnectionState::info`).
    pub(crate) info: Callback<InfoCallback>,
    pub(crate) verify: Callback<VerifyCallback>,
    pub(crate) security: Callback<SecurityCallback>,
    pub(crate) keylog: Callback<KeylogCallback>,
    /// OpenSSL has no getter for this one: it is what the application gave us, if it did.
    pub(crate) message: Callback<MessageCallback>,
    pub(crate) message_arg: AtomicPtr<c_void>,
}

impl Chained {
    /// What a copy of the object inherits, with our hooks in it (`SSL_dup(3)`).
    pub(crate) fn inherit(&self, from: &Chained) {
        self.verify.set(from.verify.get());
        self.security.set(from.security.get());
        self.message.set(from.message.get());
        self.message_arg.store(from.message_arg.load(Ordering::Acquire), Ordering::Release);
    }
}

/// The security callback behind ours, as long as every connection has the same one there.
pub(crate) struct CommonSecurity(AtomicPtr<c_void>);

impl CommonSecurity {
    /// Stands for connections that differ; no function lies there.
    const DIFFERS: *mut c_void = ptr::without_provenance_mut(1);

    pub(crate) const fn new() -> Self {
        CommonSecurity(AtomicPtr::new(ptr::null_mut()))
    }

    /// Another connection has this one. Called before ours can be called for that connection.
    pub(crate) fn meet(&self, callback: Option<SecurityCallback>) {
        let met = callback.map_or(Self::DIFFERS, |callback| callback as *mut c_void);
        // Two connections may be the first at once; the second one differs or does not.
        let first = self.0.compare_exchange(ptr::null_mut(), met, Ordering::AcqRel, Ordering::Acquire);
        if first.is_err_and(|known| known != met) {
            self.0.store(Self::DIFFERS, Ordering::Release);
        }
    }

    /// The one that every connection has, if there is such a one.
    #[inline]
    pub(crate) fn get(&self) -> Option<SecurityCallback> {
        let known = self.0.load(Ordering::Acquire);
        if known.is_null() || known == Self::DIFFERS {
            return None;
        }
        // SAFETY: `meet` writes functions of this type here, null and DIFFERS.
        Some(unsafe { std::mem::transmute::<*mut c_void, SecurityCallback>(known) })
    }
}

/// The security callback behind ours, for each library.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static COMMON_SECURITY: [CommonSecurity; TABLES] = [const { CommonSecurity::new() }; TABLES];

/// The security callback that every connection of the library with this number has behind ours, if
/// there is such a one: OpenSSL's own, as a rule.
#[inline(always)]
pub(crate) fn common_security(number: usize) -> &'static CommonSecurity {
    &COMMON_SECURITY[number % TABLES]
}

/// Stands for no message callback at all: where an application set none on a connection, and in our
/// place once the handshake is over.
pub(crate) unsafe extern "C" fn silent(
    _write: c_int,
    _version: c_int,
    _content_type: c_int,
    _bytes: *const c_void,
    _len: usize,
    _ssl: *mut SSL,
    _arg: *mut c_void,
) {
}

/// Whether two callbacks are the same function.
pub(crate) fn same<F: Copy>(a: Option<F>, b: F) -> bool {
    const { assert!(size_of::<F>() == size_of::<usize>()) };
    // SAFETY: function pointers, read as numbers.
    a.is_some_and(|a| unsafe {
        std::mem::transmute_copy::<F, usize>(&a) == std::mem::transmute_copy::<F, usize>(&b)
    })
}
