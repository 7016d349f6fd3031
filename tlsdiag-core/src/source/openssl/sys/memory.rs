//! Whether there is memory to record with. Rust ends a program that has none left; whoever stands in
//! a program of others keeps a reserve, and says here that it is being used.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// What is left for the hooks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Memory {
    /// The program's.
    Enough,
    /// A reserve: no handshake is taken up, those that are being recorded go on.
    Short,
    /// Not much of the reserve either: what is being recorded is dropped.
    Exhausted,
}

#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static MEMORY: AtomicU8 = AtomicU8::new(Memory::Enough as u8);

/// There was a time when not enough was left.
static WAS_SHORT: AtomicBool = AtomicBool::new(false);

/// Says what is left; nothing is allocated.
pub fn set_memory(memory: Memory) {
    if memory != Memory::Enough {
        WAS_SHORT.store(true, Ordering::Relaxed);
    }
    MEMORY.store(memory as u8, Ordering::Relaxed);
}

/// Whether nothing new is to be recorded.
#[inline(always)]
pub(crate) fn is_short() -> bool {
    MEMORY.load(Ordering::Relaxed) != Memory::Enough as u8
}

/// Whether this thread has what it needs to record: its first look at a list that others change (`arc-swap`) registers a destructor,
/// and the C library ends a program that has no memory for that. So it is asked for as much before.
pub(crate) fn is_thread_ready() -> bool {
    thread_local! {
        static READY: Cell<bool> = const { Cell::new(false) };
    }
    if !READY.get() {
        let layout = Layout::new::<[u64; 64]>();
        // SAFETY: a size that is not zero; what was allocated is given back at once.
        let there = unsafe {
            let piece = black_box(alloc(layout));
            if !piece.is_null() {
                dealloc(piece, layout);
            }
            !piece.is_null()
        };
        // A reserve is none of the C library's.
        READY.set(there && !is_short());
    }
    READY.get()
}

/// Whether nothing is to be recorded at all.
#[inline(always)]
pub(crate) fn is_exhausted() -> bool {
    MEMORY.load(Ordering::Relaxed) == Memory::Exhausted as u8
}

/// Whether there may be handshakes that were not taken up when they began.
pub(crate) fn was_short() -> bool {
    WAS_SHORT.load(Ordering::Relaxed)
}
