//! What one thread of a process packs with, at a time.

use std::cell::UnsafeCell;
use std::sync::atomic::Ordering;

use tlsdiag_core::event::transfer::Packer;
use tlsdiag_transport::Way;

use super::HOT;

/// What is reused from one recording to the next.
#[derive(Default)]
pub(super) struct Packing {
    /// The collector that the rest belongs to.
    generation: u32,
    pub(super) packer: Packer,
    pub(super) buffer: Vec<u8>,
    pub(super) way: Way,
}

struct Shared(UnsafeCell<Option<Packing>>);

// SAFETY: reached through `Taken` alone, of which there is one at a time.
unsafe impl Sync for Shared {}

static PACKING: Shared = Shared(UnsafeCell::new(None));

pub(super) struct Taken;

impl Packing {
    pub(super) fn try_take(pid: u32) -> Option<Taken> {
        let holder = HOT.holder.load(Ordering::Acquire);
        if holder == pid
            || HOT.holder.compare_exchange(holder, pid, Ordering::AcqRel, Ordering::Acquire).is_err()
        {
            return None;
        }
        let taken = Taken;
        if HOT.owner.load(Ordering::Acquire) != pid {
            HOT.owner.store(pid, Ordering::Release);
            // What its parent could not send is its parent's to report.
            HOT.dropped.store(0, Ordering::Relaxed);
            // SAFETY: `taken` is the only one. What a thread of the parent's left half done at the fork is not looked at.
            unsafe { std::ptr::write(PACKING.0.get(), None) };
        }
        Some(taken)
    }
}

impl Taken {
    pub(super) fn parts(&mut self) -> &mut Packing {
        // SAFETY: there is one `Taken` at a time, and it is borrowed meanwhile.
        let packing = unsafe { (*PACKING.0.get()).get_or_insert_default() };
        let generation = HOT.generation.load(Ordering::Relaxed);
        if packing.generation != generation {
            // Another collector knows nothing of what the one before was given.
            *packing = Packing { generation, ..Packing::default() };
        }
        packing
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        HOT.holder.store(0, Ordering::Release);
    }
}
