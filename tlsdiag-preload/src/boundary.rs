//! Our own work in the middle of somebody's call: `errno` stays, and a panic ends here.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work`; `None` where it panicked.
pub(crate) fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    // SAFETY: the location of this thread's errno, always valid to read and write.
    let errno = unsafe { *libc::__errno_location() };
    let done = catch_unwind(AssertUnwindSafe(work));
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
    match done {
        Ok(value) => Some(value),
        Err(payload) => {
            // Dropping a payload can panic as well, and is not worth it.
            std::mem::forget(payload);
            None
        }
    }
}
