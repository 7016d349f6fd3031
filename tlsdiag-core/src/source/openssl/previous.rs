//! Callbacks of the application that ours stand in front of: kept here and called as if we were not there.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use super::functions::{InfoCallback, KeylogCallback, MessageCallback, SecurityCallback, VerifyCallback};

/// A function pointer that may change under running threads; `None` is null, as in C.
pub(super) struct Callback<F>(AtomicPtr<c_void>, PhantomData<F>);

impl<F: Copy> Callback<F> {
    pub(super) fn get(&self) -> Option<F> {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        let pointer = self.0.load(Ordering::Acquire);
        // SAFETY: same size; only `set` writes here, and it writes a function of type F or null.
        (!pointer.is_null()).then(|| unsafe { std::mem::transmute_copy::<*mut c_void, F>(&pointer) })
    }

    pub(super) fn set(&self, callback: Option<F>) {
        const { assert!(size_of::<Option<F>>() == size_of::<*mut c_void>()) };
        // SAFETY: F is a function pointer type in every use in this file, so that Option<F> is a pointer or null.
        let pointer = unsafe { std::mem::transmute_copy::<Option<F>, *mut c_void>(&callback) };
        self.0.store(pointer, Ordering::Release);
    }
}

impl<F: Copy> Callback<F> {
    /// The function as an address, null for none.
    pub(super) fn address(&self) -> *const c_void {
        self.0.load(Ordering::Acquire)
    }

    /// Sets it by its address.
    ///
    /// # Safety
    /// `address` is null or a function of type F.
    pub(super) unsafe fn set_address(&self, address: *const c_void) {
        self.0.store(address.cast_mut(), Ordering::Release);
    }

    /// Sets it unless it is set.
    fn set_first(&self, callback: F) -> bool {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        // SAFETY: F is a function pointer type in every use in this file.
        let pointer = unsafe { std::mem::transmute_copy::<F, *mut c_void>(&callback) };
        self.0.compare_exchange(ptr::null_mut(), pointer, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl<F> Default for Callback<F> {
    fn default() -> Self {
        Callback(AtomicPtr::new(ptr::null_mut()), PhantomData)
    }
}

/// What was set on an `SSL`, or on an `SSL_CTX`, before we came.
#[derive(Default)]
pub(super) struct Previous {
    pub(super) info: Callback<InfoCallback>,
    pub(super) verify: Callback<VerifyCallback>,
    pub(super) security: Callback<SecurityCallback>,
    pub(super) keylog: Callback<KeylogCallback>,
    /// OpenSSL has no getter for this one: it is what the application told us, if it did.
    pub(super) message: Callback<MessageCallback>,
    pub(super) message_arg: AtomicPtr<c_void>,
}

impl Previous {
    /// What a copy of the object inherits, with our hooks in it (`SSL_dup(3)`).
    pub(super) fn inherit(&self, from: &Previous) {
        self.info.set(from.info.get());
        self.verify.set(from.verify.get());
        self.security.set(from.security.get());
        self.message.set(from.message.get());
        self.message_arg.store(from.message_arg.load(Ordering::Acquire), Ordering::Release);
    }
}

/// The security callback behind ours, as long as every connection has the same one there.
#[derive(Default)]
pub(super) struct CommonSecurity {
    callback: Callback<SecurityCallback>,
    differs: AtomicBool,
}

impl CommonSecurity {
    /// Another connection has this one. Called before ours can be called for that connection.
    pub(super) fn meet(&self, callback: Option<SecurityCallback>) {
        match (callback, self.callback.get()) {
            (Some(callback), None) => {
                // Two connections may be the first at once; whoever comes second differs or does not.
                if !self.callback.set_first(callback) && !same(self.callback.get(), callback) {
                    self.differs.store(true, Ordering::Release);
                }
            }
            (Some(callback), Some(known)) if same(Some(known), callback) => {}
            _ => self.differs.store(true, Ordering::Release),
        }
    }

    /// The one that every connection has, if there is such a one.
    pub(super) fn get(&self) -> Option<SecurityCallback> {
        if self.differs.load(Ordering::Acquire) { None } else { self.callback.get() }
    }
}

/// Whether two callbacks are the same function.
pub(super) fn same<F: Copy>(a: Option<F>, b: F) -> bool {
    const { assert!(size_of::<F>() == size_of::<usize>()) };
    // SAFETY: function pointers, read as numbers.
    a.is_some_and(|a| unsafe {
        std::mem::transmute_copy::<F, usize>(&a) == std::mem::transmute_copy::<F, usize>(&b)
    })
}
