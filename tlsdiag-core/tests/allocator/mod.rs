//! An allocator that counts, on each thread: how often something allocates, and the most that it holds at once. Tests of
//! memory and the fuzz targets have it in common.
#![allow(unsafe_code, reason = "a global allocator cannot be had without")]
#![allow(dead_code, reason = "each program needs a part")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    let _ = HELD.try_with(|held| {
        held.set(held.get() + change);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: every call goes to the system's allocator as it came; counting touches nothing that allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        count(layout.size() as isize);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: `pointer` came from `alloc` above, that is, from the system.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` allocates, and what it makes.
pub(crate) fn allocations<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = ALLOCATIONS.get();
    let result = work();
    (ALLOCATIONS.get() - before, result)
}

/// The most bytes that `work` holds at once beyond what was held before, and what it makes.
pub(crate) fn most_held<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    (usize::try_from(MOST.get() - before).unwrap_or(0), result)
}

/// What decoding an input of `size` bytes may hold at once.
pub(crate) fn bound(size: usize) -> usize {
    size * 4 + 64 * 1024
}

/// The most that unpacking a CompressedCertificate may hold at once, whatever came. The window of brotli is the largest part: 16 MiB,
/// and up to 1 MiB while it grows; then 1 MiB for what is unpacked, and the decoder's tables, for which 6 MiB is more than they take.
pub(crate) const UNPACKING: usize = 24 * 1024 * 1024;

/// Runs `work` on an input of `size` bytes and panics if it held too much.
pub(crate) fn bounded<T>(size: usize, work: impl FnOnce() -> T) -> T {
    let (most, result) = most_held(work);
    assert!(most <= bound(size), "{size} bytes made it hold {most}");
    result
}
