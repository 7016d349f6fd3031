//! The stopwatch that events are stamped with: nanoseconds of `CLOCK_MONOTONIC`, read for each
//! message.
//!
//! Where the kernel itself keeps its time by the processor's counter of cycles, so do we: to read
//! that is one instruction, while
//! `clock_gettime(2)` takes six times as long and several lines of code that the processor has forgotten since the last message.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::event::log::Pace;

/// Nanoseconds since some moment; they never go back.
#[inline(never)]
fn now() -> u64 {
    ask(libc::CLOCK_MONOTONIC)
}

/// As `now`, some milliseconds off, and quickly asked whatever the kernel keeps its time by.
pub(crate) fn coarse_nanoseconds() -> u64 {
    #[cfg(target_os = "linux")]
    return ask(libc::CLOCK_MONOTONIC_COARSE);
    #[cfg(not(target_os = "linux"))]
    return now();
}

fn ask(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec to write to, for the length of the call. It fails for
    // unknown clocks alone.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
}

/// The processor's counter.
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86_64 processor has this instruction, which reads a register. `clock_gettime`
    // uses it as well where the kernel keeps its time by it, and elsewhere `prepare` does not let
    // it come to this.
    return unsafe { core::arch::x86_64::_rdtsc() };
    #[cfg(not(target_arch = "x86_64"))]
    return 0;
}

/// Nanoseconds of a tick, times 2^32; 0 as long as it is not known, or where ticks are not to be
/// relied on.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static RATE: AtomicU64 = AtomicU64::new(0);

/// Both clocks at one moment, long enough ago to measure the rate by.
#[derive(Clone, Copy)]
struct Moment {
    ticks: u64,
    nanoseconds: u64,
}

impl Moment {
    /// Cycles that two readings at one moment may be apart: some microseconds on any processor.
    const BETWEEN: u64 = 10_000;

    /// `None` where something came between the two readings.
    fn now() -> Option<Moment> {
        let before = ticks();
        let nanoseconds = now();
        let ticks = ticks();
        (ticks.saturating_sub(before) < Self::BETWEEN).then_some(Moment { ticks, nanoseconds })
    }

    /// As [`now`](Self::now). The first time the code must be fetched from its file, which takes
    /// too long.
    fn soon() -> Option<Self> {
        (0..8).find_map(|_| Moment::now())
    }
}

/// So long the rate is measured: what two readings are off by is then a few millionths of it.
const LONG: u64 = 50_000_000;

/// The first moment; its ticks are 0 until there is one.
static FIRST_NANOSECONDS: AtomicU64 = AtomicU64::new(0);
static FIRST_TICKS: AtomicU64 = AtomicU64::new(0);

/// Reads both clocks for the first time. Attaching does so, that no hook of a first connection has
/// to.
pub(crate) fn prepare() {
    static ONCE: AtomicBool = AtomicBool::new(false);
    // Nobody waits for it: where a thread forks meanwhile, its child does without ticks.
    if !ONCE.swap(true, Ordering::Relaxed)
        && is_kept_by_ticks()
        && let Some(first) = Moment::soon()
    {
        FIRST_NANOSECONDS.store(first.nanoseconds, Ordering::Relaxed);
        FIRST_TICKS.store(first.ticks, Ordering::Release);
    }
}

fn first() -> Option<Moment> {
    let ticks = FIRST_TICKS.load(Ordering::Acquire);
    (ticks != 0).then(|| Moment { ticks, nanoseconds: FIRST_NANOSECONDS.load(Ordering::Relaxed) })
}

/// Whether the kernel keeps time by the processor's counter: it watches that the counter runs
/// evenly and alike everywhere. With
/// `TLSDIAG_CLOCK=monotonic` the kernel is asked for each event nevertheless: so tests see what other machines do.
fn is_kept_by_ticks() -> bool {
    const SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    if std::env::var_os("TLSDIAG_CLOCK").is_some_and(|clock| clock == "monotonic") {
        return false;
    }
    cfg!(target_arch = "x86_64") && std::fs::read(SOURCE).is_ok_and(|name| name.trim_ascii() == b"tsc")
}

/// The rate, measured now if it is time.
fn rate() -> u64 {
    let rate = RATE.load(Ordering::Relaxed);
    if rate != 0 {
        return rate;
    }
    measure().unwrap_or(0)
}

#[cold]
fn measure() -> Option<u64> {
    let first = first()?;
    let last = Moment::now()?;
    let (ticks, nanoseconds) =
        (last.ticks.checked_sub(first.ticks)?, last.nanoseconds.checked_sub(first.nanoseconds)?);
    if nanoseconds < LONG || ticks == 0 {
        return None;
    }
    let rate = u64::try_from((u128::from(nanoseconds) << 32) / u128::from(ticks)).ok()?;
    RATE.store(rate, Ordering::Relaxed);
    Some(rate)
}

/// This moment in ticks, for [`is_recent`]; 0 where they are not to be relied on, or not yet.
#[inline]
pub(crate) fn moment() -> u64 {
    if RATE.load(Ordering::Relaxed) == 0 { 0 } else { ticks() }
}

/// Whether that moment is no longer than a second ago.
pub(crate) fn is_recent(moment: u64) -> bool {
    is_within_a_second(ticks().saturating_sub(moment), RATE.load(Ordering::Relaxed))
}

/// Whether so many ticks are less than a second.
fn is_within_a_second(ticks: u64, rate: u64) -> bool {
    rate != 0 && (u128::from(ticks) * u128::from(rate)) >> 32 < 1_000_000_000
}

/// What is to be added to nanoseconds of ticks for the time of day, and until when that holds, in
/// ticks. Two threads may set them at once, and then each is right.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static TIME_OF_DAY: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// The time of day at some moment in ticks, in nanoseconds since 1970; the system is asked once a
/// second. `None` where something came between that and the counter's reading.
#[inline]
fn time_at(moment: u64, rate: u64) -> Option<u64> {
    let [offset, until] = &TIME_OF_DAY;
    if ticks() >= until.load(Ordering::Acquire) {
        ask_the_time_of_day(rate)?;
    }
    let since_zero = Pace { began: 0, rate };
    Some(since_zero.at(moment).wrapping_add(offset.load(Ordering::Acquire)))
}

#[cold]
#[inline(never)]
fn ask_the_time_of_day(rate: u64) -> Option<()> {
    let [offset, until] = &TIME_OF_DAY;
    let now = ticks();
    let day = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos();
    if ticks().saturating_sub(now) >= Moment::BETWEEN {
        return None;
    }
    let since_zero = Pace { began: 0, rate };
    offset.store((day as u64).wrapping_sub(since_zero.at(now)), Ordering::Release);
    let second = u64::try_from((1_000_000_000_u128 << 32) / u128::from(rate)).ok()?;
    until.store(now.saturating_add(second), Ordering::Release);
    Some(())
}

/// Runs from the beginning of a handshake.
#[derive(Clone, Copy, Default)]
pub(crate) struct Stopwatch {
    /// Of [`ticks`], or of nanoseconds where those cannot be relied on.
    pace: Pace,
    counts_ticks: bool,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        match rate() {
            0 => Stopwatch { pace: Pace { began: now(), rate: Pace::NANOSECONDS }, counts_ticks: false },
            rate => Stopwatch { pace: Pace { began: ticks(), rate }, counts_ticks: true },
        }
    }

    /// This moment, as [`pace`](Self::pace) counts. `errno` stays as it is.
    #[inline(always)]
    pub(crate) fn moment(&self) -> u64 {
        if self.counts_ticks { ticks() } else { now() }
    }

    /// Nanoseconds since the start.
    #[inline]
    pub(crate) fn elapsed(&self) -> u64 {
        self.pace.at(self.moment())
    }

    /// Whether it runs by [`ticks`].
    #[inline]
    pub(crate) fn counts_ticks(&self) -> bool {
        self.counts_ticks
    }

    /// How moments become nanoseconds since the start.
    #[inline]
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// When it was started.
    pub(crate) fn began_at(&self) -> SystemTime {
        let ago = || SystemTime::now().checked_sub(Duration::from_nanos(self.elapsed()));
        let quickly = || SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(self.began_by_ticks()?));
        quickly().or_else(ago).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// When it was started, in nanoseconds since 1970.
    #[inline]
    pub(crate) fn began_at_nanoseconds(&self) -> u64 {
        self.began_by_ticks().unwrap_or_else(|| {
            let since = self.began_at().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            since.as_nanos() as u64
        })
    }

    /// When it was started, in nanoseconds since 1970; `None` where that is not known by ticks.
    #[inline]
    pub(crate) fn began_by_ticks(&self) -> Option<u64> {
        let Pace { began, rate } = self.pace;
        if self.counts_ticks { time_at(began, rate) } else { None }
    }

    /// Whether it was started no longer than a second after that moment.
    pub(crate) fn is_soon_after(&self, moment: u64) -> bool {
        self.counts_ticks
            && self
                .pace
                .began
                .checked_sub(moment)
                .is_some_and(|ticks| is_within_a_second(ticks, self.pace.rate))
    }
}

/// Waits until time is kept by ticks; `false` where it never will be.
#[cfg(test)]
pub(crate) fn wait_for_ticks() -> bool {
    while is_kept_by_ticks() && rate() == 0 {
        std::hint::spin_loop();
    }
    is_kept_by_ticks()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn spin(time: Duration) -> u64 {
        let (watch, instant) = (Stopwatch::start(), Instant::now());
        while instant.elapsed() < time {
            std::hint::spin_loop();
        }
        watch.elapsed()
    }

    #[test]
    fn it_runs_as_fast_as_time() {
        prepare();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_nanos(LONG + 1_000_000) {
            let elapsed = spin(Duration::from_millis(2));
            assert!(elapsed >= 2_000_000, "{elapsed}");
        }
        // By ticks from now on, where there are any.
        let (watch, instant) = (Stopwatch::start(), Instant::now());
        let least = spin(Duration::from_millis(20));
        let (elapsed, most) = (watch.elapsed(), instant.elapsed());
        assert!(least >= 19_990_000, "{least}");
        let most = most.as_nanos() as u64;
        assert!(elapsed <= most + most / 1000, "{elapsed}, and no more than {most} have passed");
    }

    #[test]
    fn the_time_of_day_is_the_systems() {
        prepare();
        wait_for_ticks();
        let mut latest = SystemTime::UNIX_EPOCH;
        let begin = Instant::now();
        // Long enough for another second's.
        while begin.elapsed() < Duration::from_millis(1100) {
            let before = SystemTime::now();
            let began = Stopwatch::start().began_at();
            let after = SystemTime::now();
            let off = Duration::from_micros(50);
            assert!(before - off <= began && began <= after + off, "{before:?} {began:?} {after:?}");
            latest = latest.max(began);
        }
        assert!(latest.elapsed().unwrap_or_default() < Duration::from_millis(500));
    }

    #[test]
    fn ticks_are_used_where_the_kernel_uses_them() {
        prepare();
        assert_eq!(wait_for_ticks(), Stopwatch::start().counts_ticks());
        assert_eq!(wait_for_ticks(), is_recent(moment()));
    }
}
