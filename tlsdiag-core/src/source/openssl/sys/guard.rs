//! The border between OpenSSL's stack and ours: no panic crosses it, and `errno` is what it was.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

static PANICS: AtomicU64 = AtomicU64::new(0);
static MISSED: AtomicU64 = AtomicU64::new(0);

/// What went wrong on our own side, in the whole process, since its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Panics of recorders, caught at the border. The recorder was switched off for that
    /// connection.
    pub recorder_panics: u64,
    /// Events that came while the same connection was already being recorded: a recorder used its
    /// own connection, or two threads did.
    pub missed_events: u64,
}

/// The counters of this process.
#[must_use]
pub fn stats() -> Stats {
    Stats { recorder_panics: PANICS.load(Ordering::Relaxed), missed_events: MISSED.load(Ordering::Relaxed) }
}

/// Counts an event that came while its connection was busy.
pub(crate) fn count_missed() {
    MISSED.fetch_add(1, Ordering::Relaxed);
}

/// Runs `work`; a panic in it is counted and ends here.
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => Some(value),
        Err(payload) => {
            panicked(payload);
            None
        }
    }
}

#[cold]
fn panicked(payload: Box<dyn std::any::Any + Send>) {
    PANICS.fetch_add(1, Ordering::Relaxed);
    // Dropping a payload can panic as well, and is not worth it.
    std::mem::forget(payload);
}

/// Puts the thread's `errno` back when it goes out of scope.
pub(crate) struct Errno {
    /// The thread's own; the pointer makes this value stay on its thread.
    location: *mut c_int,
    value: c_int,
}

impl Errno {
    #[inline]
    pub(crate) fn save() -> Self {
        let location = errno_location();
        // SAFETY: the location of this thread's errno, always valid to read.
        Errno { location, value: unsafe { *location } }
    }

    pub(crate) fn value(&self) -> c_int {
        self.value
    }
}

impl Drop for Errno {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the location of this thread's errno, always valid to write.
        unsafe { *self.location = self.value };
    }
}

fn errno_location() -> *mut c_int {
    // SAFETY: these take nothing and give the address of a thread-local int.
    #[cfg(any(target_os = "linux", target_os = "dragonfly"))]
    return unsafe { libc::__errno_location() };
    // SAFETY: as above.
    #[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
    return unsafe { libc::__error() };
    // SAFETY: as above.
    #[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
    return unsafe { libc::__errno() };
}
