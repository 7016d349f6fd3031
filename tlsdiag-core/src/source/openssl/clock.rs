//! The clock that events are stamped with: `CLOCK_MONOTONIC`, as plain nanoseconds, since it is read for each message.

/// Nanoseconds since some moment; they never go back.
pub(super) fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec to write to, for the length of the call. It fails for unknown clocks alone.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn it_runs_as_fast_as_time() {
        let (begin, instant) = (now(), Instant::now());
        while instant.elapsed() < Duration::from_millis(2) {
            std::hint::spin_loop();
        }
        let elapsed = now() - begin;
        assert!(elapsed >= 2_000_000, "{elapsed}");
    }
}
