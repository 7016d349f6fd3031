//! Of many handshakes in a short time one waits for its client's first words: what clients make of a certificate shows by that one, and
//! the others cost no more than they did.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::sys::clock::{self, Stopwatch, ticks};

/// When a connection of this context waited last.
#[derive(Default)]
pub(crate) struct Turn(AtomicU64);

impl Turn {
    /// Whether it is this connection's turn; then it is nobody else's for some 50 ms.
    #[inline]
    pub(crate) fn take(&self, watch: &Stopwatch) -> bool {
        /// On a processor of today.
        const TICKS: u64 = 100_000_000;
        const NANOSECONDS: u64 = 50_000_000;
        let (now, interval) = match watch.counts_ticks() {
            true => (ticks(), TICKS),
            false => (clock::coarse_nanoseconds(), NANOSECONDS),
        };
        let turn = now.wrapping_sub(self.0.load(Ordering::Relaxed)) >= interval;
        if turn {
            self.0.store(now, Ordering::Relaxed);
        }
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_many_at_once_waits() {
        let (turn, watch) = (Turn::default(), Stopwatch::start());
        assert!(turn.take(&watch), "nobody has waited yet");
        let began = std::time::Instant::now();
        let more = (0..1000).filter(|_| turn.take(&watch)).count();
        // A thread may be held up between two of them.
        let most = began.elapsed().as_millis() / 10;
        assert!(more as u128 <= most, "{more} in {most} times 10 ms");
    }
}
