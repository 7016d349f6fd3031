//! What waits to be used again, so that recording allocates nothing once it is warm.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Room for the one that was given back last, whose memory the processor may still have in its
/// caches; null where there is none. It lies on a line of its own, since every thread that records
/// writes here.
#[repr(align(64))]
pub(crate) struct Spare<T>(AtomicPtr<T>);

impl<T> Spare<T> {
    pub(crate) const fn new() -> Self {
        Spare(AtomicPtr::new(ptr::null_mut()))
    }

    /// The one that waits here, which is the caller's alone now; or null.
    #[inline]
    pub(crate) fn take(&self) -> *mut T {
        self.0.swap(ptr::null_mut(), Ordering::AcqRel)
    }

    /// Leaves this one here, and gives the one that waited before, or null.
    #[inline]
    pub(crate) fn give_back(&self, spare: *mut T) -> *mut T {
        self.0.swap(spare, Ordering::AcqRel)
    }
}
