//! This process's number, asked of the kernel once: a system call for each handshake would be felt.
//!
//! It lies in a page that the kernel empties in the child of a fork, however that was made (`MADV_WIPEONFORK`, `madvise(2)`), so that
//! a child never finds its parent's. Where the kernel knows no such page it is asked each time.

use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

/// The page, once there is one; it stays.
static PAGE: AtomicPtr<AtomicU32> = AtomicPtr::new(ptr::null_mut());

/// The number of this process.
#[inline]
pub(crate) fn id() -> u32 {
    // SAFETY: null, or a page that is never unmapped.
    let known =
        unsafe { PAGE.load(Ordering::Acquire).as_ref() }.map_or(0, |page| page.load(Ordering::Relaxed));
    if known == 0 { ask() } else { known }
}

#[cold]
fn ask() -> u32 {
    let id = std::process::id();
    // SAFETY: as in `id`.
    if let Some(page) = unsafe { page().as_ref() } {
        page.store(id, Ordering::Relaxed);
    }
    id
}

/// The page, made by whoever comes first.
fn page() -> *mut AtomicU32 {
    static TRIED: AtomicBool = AtomicBool::new(false);
    if !TRIED.swap(true, Ordering::Relaxed) {
        PAGE.store(make(), Ordering::Release);
    }
    PAGE.load(Ordering::Acquire)
}

fn make() -> *mut AtomicU32 {
    const LENGTH: usize = 4096;
    // SAFETY: a new mapping of our own at a place that the kernel chooses; it is given back where it cannot be what we want.
    unsafe {
        let (kind, access) = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, libc::PROT_READ | libc::PROT_WRITE);
        let page = libc::mmap(ptr::null_mut(), LENGTH, access, kind, -1, 0);
        if page == libc::MAP_FAILED {
            return ptr::null_mut();
        }
        if libc::madvise(page, LENGTH, libc::MADV_WIPEONFORK) != 0 {
            libc::munmap(page, LENGTH);
            return ptr::null_mut();
        }
        page.cast()
    }
}
