//! A page that a program, those that it forks and their collector share: whether the collector lives, and how many handshakes have left
//! no record.
//!
//! The collector owns a robust futex in it, so that the kernel marks its death, however it dies (`get_robust_list(2)`,
//! `Documentation/locking/robust-futex-ABI.rst`). To look costs a load; nobody calls the system.
#![allow(unsafe_code)]

use std::io;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

/// `FUTEX_OWNER_DIED` of <linux/futex.h>.
const OWNER_DIED: u32 = 0x4000_0000;

/// An entry of `struct robust_list`, and the futex at a fixed distance; zeros are a page of which nobody is the collector yet.
#[repr(C)]
struct Page {
    /// An address of the collector's, and the kernel's to follow.
    next: AtomicU64,
    /// The futex: the thread that lives as long as the collector does, with [`OWNER_DIED`] once it does not; and beside it what counts the
    /// collectors. One word, since a collector that starts late must not take the place of the one after it.
    owner: AtomicU64,
    /// The generation whose end was reported.
    reported: AtomicU32,
    lost: AtomicU64,
}

/// Where the futex lies within the word.
const FUTEX: usize = if cfg!(target_endian = "little") { 0 } else { 4 };

fn generation_of(owner: u64) -> u32 {
    (owner >> 32) as u32
}

/// The shared page. It stays mapped for as long as the process lives.
#[derive(Clone, Copy, Debug)]
pub struct Pulse(NonNull<Page>);

// SAFETY: all of it is atomics, and it is never unmapped.
unsafe impl Send for Pulse {}
// SAFETY: as above.
unsafe impl Sync for Pulse {}

/// The page that a process looks at, if any, and that may come to be another one.
#[derive(Debug)]
pub struct CurrentPulse(AtomicPtr<Page>);

impl CurrentPulse {
    /// None yet.
    #[must_use]
    pub const fn none() -> Self {
        CurrentPulse(AtomicPtr::new(ptr::null_mut()))
    }

    /// The page.
    #[inline]
    #[must_use]
    pub fn get(&self) -> Option<Pulse> {
        NonNull::new(self.0.load(Ordering::Acquire)).map(Pulse)
    }

    /// It is this one from now on.
    pub fn set(&self, pulse: Pulse) {
        self.0.store(pulse.0.as_ptr(), Ordering::Release);
    }
}

/// `struct robust_list_head` of <linux/futex.h>.
#[repr(C)]
struct Head {
    next: *const Page,
    offset: libc::c_long,
    pending: *const Page,
}

impl Pulse {
    /// A new page, which processes that are forked share.
    ///
    /// # Errors
    /// No memory.
    pub fn new() -> io::Result<Self> {
        // SAFETY: a new mapping at a place that the kernel chooses.
        let page = unsafe {
            mmap_anonymous(
                ptr::null_mut(),
                size_of::<Page>(),
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::SHARED,
            )?
        };
        NonNull::new(page.cast()).map(Pulse).ok_or_else(|| io::Error::other("no address"))
    }

    fn page(&self) -> &Page {
        // SAFETY: a mapping of that size, aligned to a page, of which any bytes are a value.
        unsafe { self.0.as_ref() }
    }

    /// A new collector is about to start. Gives its generation.
    pub fn begin(&self) -> u32 {
        let next = |owner| u64::from(generation_of(owner).wrapping_add(1)) << 32;
        let mut owner = self.page().owner.load(Ordering::Acquire);
        while let Err(now) =
            self.page().owner.compare_exchange_weak(owner, next(owner), Ordering::AcqRel, Ordering::Acquire)
        {
            owner = now;
        }
        generation_of(next(owner))
    }

    /// To be called by the thread that ends last in the process of this generation's collector, which uses no other robust futex.
    pub fn own(&self, generation: u32) {
        let (page, free) = (self.0.as_ptr().cast_const(), u64::from(generation) << 32);
        // SAFETY: gettid takes nothing.
        let thread = unsafe { libc::syscall(libc::SYS_gettid) } as u32;
        let owned = free | u64::from(thread);
        if self.page().owner.compare_exchange(free, owned, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return;
        }
        // The list's head lives as long as its thread.
        let head: &'static mut Head = Box::leak(Box::new(Head {
            next: page,
            offset: (std::mem::offset_of!(Page, owner) + FUTEX) as libc::c_long,
            pending: ptr::null(),
        }));
        // The list is a circle, and its head is where it ends.
        self.page().next.store(ptr::from_mut(head) as u64, Ordering::Release);
        // SAFETY: the head and the page stay; the kernel reads them when this thread ends, and changes the futex alone, which is at that
        // distance from its entry.
        unsafe { libc::syscall(libc::SYS_set_robust_list, ptr::from_mut(head), size_of::<Head>()) };
    }

    /// Whether the collector of this generation has ended.
    #[inline]
    #[must_use]
    pub fn has_ended(&self, generation: u32) -> bool {
        let owner = self.page().owner.load(Ordering::Relaxed);
        owner as u32 & OWNER_DIED != 0 || generation_of(owner) != generation
    }

    /// Whether this is the first time that the end of this collector is reported, by any of the processes.
    #[must_use]
    pub fn report(&self, generation: u32) -> bool {
        self.page().reported.swap(generation, Ordering::Relaxed) != generation
    }

    /// So many more handshakes have left no record.
    pub fn lose(&self, count: u64) {
        self.page().lost.fetch_add(count, Ordering::Relaxed);
    }

    /// How many have left none since this was last asked.
    #[must_use]
    pub fn take_lost(&self) -> u64 {
        self.page().lost.swap(0, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_its_thread_is_seen() {
        let pulse = Pulse::new().unwrap();
        let first = pulse.begin();
        assert!(!pulse.has_ended(first), "it has not begun");
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let collector = std::thread::spawn(move || {
            pulse.own(first);
            ready.send(()).unwrap();
            let _ = ended.recv();
        });
        is_ready.recv().unwrap();
        assert!(!pulse.has_ended(first));
        drop(end);
        collector.join().unwrap();
        // The kernel marks it once the thread is gone, which `join` may see a moment earlier.
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !pulse.has_ended(first) {
            assert!(std::time::Instant::now() < deadline, "nobody noticed");
            std::thread::yield_now();
        }
        assert!(pulse.report(first) && !pulse.report(first));
        let second = pulse.begin();
        assert!(!pulse.has_ended(second) && pulse.has_ended(first) && pulse.report(second));
        // One that starts late is not taken for the one after it, and its end is not that one's.
        std::thread::spawn(move || pulse.own(first)).join().unwrap();
        assert!(!pulse.has_ended(second));
        pulse.lose(3);
        assert_eq!((pulse.take_lost(), pulse.take_lost()), (3, 0));
    }
}
