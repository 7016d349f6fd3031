//! What the benches share: CPU time, medians with their intervals, and the file that the figures go to.

mod client;

use std::path::Path;
use std::time::Duration;

pub use client::LightClient;

/// CPU time of this thread so far, from `CLOCK_THREAD_CPUTIME_ID`.
///
/// # Panics
///
/// Where the system has no such clock.
#[must_use]
pub fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec to write to, for the length of the call.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "this system counts CPU time by thread");
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Keeps this thread on the CPU that it runs on, where the system lets it: on another one its caches would be cold.
pub fn stay_on_this_cpu() {
    // SAFETY: `set` is plain data, for which zeros are a value; the calls read it and take no other pointer.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        if let Ok(cpu) = usize::try_from(libc::sched_getcpu()) {
            libc::CPU_SET(cpu, &mut set);
            libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set);
        }
    }
}

/// How often the system has taken the CPU away from this thread so far.
///
/// # Panics
///
/// Where the system does not count that.
#[must_use]
pub fn times_taken_away() -> libc::c_long {
    // SAFETY: plain data, for which zeros are a value, and valid to write to for the length of the call.
    let (status, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage), usage)
    };
    assert_eq!(status, 0, "this system counts context switches by thread");
    usage.ru_nivcsw + usage.ru_nvcsw
}

/// A median with its 95 % interval, from the order of the values (no assumption about their distribution).
#[derive(Clone, Copy, Debug)]
pub struct Median {
    /// The middle value.
    pub median: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Median {
    /// Of these values.
    ///
    /// # Panics
    ///
    /// Where there are none.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "a median needs values");
        values.sort_by(f64::total_cmp);
        let count = values.len();
        // The number of values below the true median is binomial(n, 1/2): 1.96 standard deviations around n/2.
        let spread = 0.98 * (count as f64).sqrt();
        let middle = (count - 1) as f64 / 2.0;
        let at = |place: f64| values[(place.round().max(0.0) as usize).min(count - 1)];
        let median = if count % 2 == 1 {
            values[count / 2]
        } else {
            (values[count / 2 - 1] + values[count / 2]) / 2.0
        };
        Median { median, low: at(middle - spread), high: at(middle + spread) }
    }

    /// As the JSON of `target/bench.json`.
    #[must_use]
    pub fn json(self) -> serde_json::Value {
        let round = |value: f64| (value * 10_000.0).round() / 10_000.0;
        serde_json::json!({ "median": round(self.median), "low": round(self.low), "high": round(self.high) })
    }
}

/// Puts the figures of one bench under its name into `target/bench.json`, beside those of the others.
///
/// # Errors
///
/// Says which file could not be written.
pub fn save(name: &str, figures: serde_json::Value) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench.json");
    let old = std::fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str(&text).ok());
    let mut all: serde_json::Map<String, serde_json::Value> = old.unwrap_or_default();
    all.insert(name.to_owned(), figures);
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = serde_json::to_string_pretty(&all).map_err(|error| failed(&error))?;
    std::fs::write(&path, text + "\n").map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_lies_in_its_interval() {
        let values: Vec<f64> = (1..=101).map(f64::from).rev().collect();
        let median = Median::of(values);
        assert_eq!(median.median, 51.0);
        assert_eq!((median.low, median.high), (41.0, 61.0));
    }
}
