//! Where this object's memory comes from: the program's allocator, and a reserve where that has none left, since Rust ends a program
//! that it cannot give memory to.
//!
//! The reserve lies in `.bss`, of which no page is there before it is used. Once it is touched no handshake is taken up any more, and what
//! is in it is soon given back: it begins anew when nothing is left in it. Nothing here waits, and nothing allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tlsdiag_core::source::openssl::{Memory, set_memory};

use crate::stderr;

/// Some hundred handshakes that are going on.
const SIZE: usize = 4 << 20;
/// Where so much is used, what is being recorded is dropped.
const MUCH: usize = SIZE / 2;

#[repr(align(4096))]
struct Reserve(UnsafeCell<[u8; SIZE]>);

// SAFETY: each of its bytes belongs to whoever was given it.
unsafe impl Sync for Reserve {}

static RESERVE: Reserve = Reserve(UnsafeCell::new([0; SIZE]));
/// How many pieces of it are given out, above how far it is used.
static USED: AtomicU64 = AtomicU64::new(0);
const ONE: u64 = 1 << 32;
/// Something has come from it since it was last looked whether there is memory.
static STOPPED: AtomicBool = AtomicBool::new(false);

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A piece of the reserve; null where there is no room.
#[cold]
fn from_reserve(layout: Layout) -> *mut u8 {
    let mut used = USED.load(Ordering::Relaxed);
    loop {
        let from = (used as u32 as usize).next_multiple_of(layout.align());
        let to = from.checked_add(layout.size()).filter(|to| *to <= SIZE);
        let Some(to) = to.filter(|_| layout.align() <= align_of::<Reserve>()) else {
            set_memory(Memory::Exhausted);
            stop();
            return ptr::null_mut();
        };
        let after = (used & !(ONE - 1)) + ONE + to as u64;
        match USED.compare_exchange_weak(used, after, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => {
                set_memory(if to > MUCH { Memory::Exhausted } else { Memory::Short });
                stop();
                // SAFETY: within the reserve.
                return unsafe { RESERVE.0.get().cast::<u8>().add(from) };
            }
            Err(now) => used = now,
        }
    }
}

fn is_reserved(piece: *const u8) -> bool {
    (piece as usize).wrapping_sub(RESERVE.0.get() as usize) < SIZE
}

/// Gives a piece of the reserve back.
#[cold]
fn give_back() {
    let less = |used: u64| Some(if used < 2 * ONE { 0 } else { used - ONE });
    // Where it was the last one the next begins at the start.
    let _ = USED.fetch_update(Ordering::AcqRel, Ordering::Relaxed, less);
}

/// The reserve is in use. Said once, that nothing is recorded any more.
fn stop() {
    static SAID: AtomicBool = AtomicBool::new(false);
    STOPPED.store(true, Ordering::Relaxed);
    if !SAID.swap(true, Ordering::Relaxed) {
        stderr::write(
            b"tlsdiag: no memory is left: handshakes are not recorded until the program makes another SSL_CTX and has memory again\n",
        );
    }
}

/// Records again, if there is memory. For where an `SSL_CTX` is made.
pub(crate) fn look() {
    /// As much as a few handshakes take.
    const SOME: usize = 1 << 20;
    if !STOPPED.load(Ordering::Relaxed) {
        return;
    }
    let layout = Layout::new::<[u8; SOME]>();
    // SAFETY: a size that is not zero.
    let piece = unsafe { System.alloc(layout) };
    if !piece.is_null() {
        // SAFETY: allocated above, and nobody else knows of it.
        unsafe { System.dealloc(piece, layout) };
        STOPPED.store(false, Ordering::Relaxed);
        set_memory(Memory::Enough);
    }
}

// SAFETY: what is given out is the system's, or a piece of the reserve that nobody else has; either is known by its address. Nothing
// here unwinds.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: passed on.
        let piece = unsafe { System.alloc(layout) };
        if piece.is_null() { from_reserve(layout) } else { piece }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: passed on; the reserve's pieces are as long as they were asked for.
        unsafe {
            let mut piece = System.alloc_zeroed(layout);
            if piece.is_null() {
                piece = from_reserve(layout);
                if !piece.is_null() {
                    // Somebody may have had it before.
                    ptr::write_bytes(piece, 0, layout.size());
                }
            }
            piece
        }
    }

    #[inline]
    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if is_reserved(piece) {
            return give_back();
        }
        // SAFETY: passed on.
        unsafe { System.dealloc(piece, layout) };
    }

    #[inline]
    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !is_reserved(piece) {
            // SAFETY: passed on.
            let grown = unsafe { System.realloc(piece, layout, size) };
            if !grown.is_null() {
                return grown;
            }
        }
        // SAFETY: the same alignment, and a size that does not overflow with it by the caller's promise; both pieces are as long as what is
        // copied, and are not the same.
        unsafe {
            let other = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if other.is_null() {
                // It is long enough for less.
                return if size <= layout.size() { piece } else { other };
            }
            ptr::copy_nonoverlapping(piece, other, size.min(layout.size()));
            self.dealloc(piece, layout);
            other
        }
    }
}
