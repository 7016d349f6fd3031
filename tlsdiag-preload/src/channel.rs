//! The way to the collector, for this process and those that it forks.
//!
//! Never waits for a lock: whoever finds the packer taken packs alone, which takes a little more room.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tlsdiag_core::event::packed::{Packer, pack_alone};
use tlsdiag_core::event::{Noted, Recording};
use tlsdiag_core::source::openssl::Symbols;
use tlsdiag_handover::{Delivery, Message, Pulse, Sender, Way};

use crate::collect;
use crate::config::{self, Output, config};
use crate::process;

/// The sender; leaked, since other threads may be using it.
static SENDER: AtomicPtr<Sender> = AtomicPtr::new(std::ptr::null_mut());
static OPENING: Mutex<()> = Mutex::new(());
/// Recordings that could not be sent, and are not yet reported.
static DROPPED: AtomicU32 = AtomicU32::new(0);
/// The libraries that the collector was told of, as bits.
static TOLD: AtomicU64 = AtomicU64::new(0);
/// The collector that this process sends to, as [`Pulse`] counts them.
static GENERATION: AtomicU32 = AtomicU32::new(0);
/// What this process, those that it forks and their collector share.
static PULSE: OnceLock<Pulse> = OnceLock::new();
/// The collector is our own.
static OWN: AtomicBool = AtomicBool::new(false);
/// No collector could be started.
static FAILED: AtomicBool = AtomicBool::new(false);
/// The collector was found gone.
static GONE: AtomicBool = AtomicBool::new(false);
/// The program has closed the descriptor that leads to the collector.
static CLOSED: AtomicBool = AtomicBool::new(false);

fn sender() -> Option<&'static Sender> {
    // SAFETY: null, or a leaked Sender.
    unsafe { SENDER.load(Ordering::Acquire).as_ref() }
}

/// Whether the collector has ended.
#[inline]
fn has_ended() -> bool {
    GONE.load(Ordering::Relaxed)
        || CLOSED.load(Ordering::Relaxed)
        || PULSE.get().is_some_and(|pulse| pulse.has_ended(GENERATION.load(Ordering::Relaxed)))
}

/// Whether the collector was found gone just now. That of `tlsdiag run` is asked for once in so many handshakes, since a system call for
/// each would be felt; our own tells without one.
#[inline]
fn is_found_gone(sender: &Sender) -> bool {
    const ONCE_IN: u32 = 16;
    static ASKED: AtomicU32 = AtomicU32::new(0);
    if OWN.load(Ordering::Relaxed) || !ASKED.fetch_add(1, Ordering::Relaxed).is_multiple_of(ONCE_IN) {
        return false;
    }
    ask(sender)
}

#[cold]
#[inline(never)]
fn ask(sender: &Sender) -> bool {
    let gone = !sender.is_heard();
    if gone {
        found_gone(sender);
    }
    gone
}

fn found_gone(sender: &Sender) {
    let which = if sender.is_open() { &GONE } else { &CLOSED };
    which.store(true, Ordering::Relaxed);
}

/// Connects, if that has not been done, and says which library is recorded. A collector of our own that was killed is replaced: a context
/// is made here, and no handshake waits for that.
pub(crate) fn open(symbols: &Symbols, number: usize) {
    let bit = 1 << number;
    let is_told = || TOLD.load(Ordering::Acquire) & bit != 0;
    if is_told() && !has_ended() {
        return;
    }
    let _opening = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    if sender().is_none() && TOLD.load(Ordering::Acquire) == 0 {
        connect();
    } else if has_ended() && may_start_another() {
        TOLD.store(0, Ordering::Release);
        connect();
    } else if is_told() {
        return;
    }
    TOLD.fetch_or(bit, Ordering::AcqRel);
    if let Some(sender) = sender() {
        let _ = sender.send(&Message::Library(symbols.version()));
    }
}

/// Whether another collector may be started where the one before has ended, or be connected to again: not where that failed before, and not
/// for ever.
fn may_start_another() -> bool {
    const MOST: u32 = 100;
    static STARTED: AtomicU32 = AtomicU32::new(0);
    (OWN.load(Ordering::Relaxed) || CLOSED.load(Ordering::Relaxed))
        && !FAILED.load(Ordering::Relaxed)
        && STARTED.fetch_add(1, Ordering::Relaxed) < MOST
}

/// Connects and introduces this program.
pub(crate) fn connect() {
    let pulse = match PULSE.get() {
        Some(pulse) => *pulse,
        None => match Pulse::new() {
            Ok(pulse) => *PULSE.get_or_init(|| pulse),
            Err(cause) => return config::say(&format!("no memory: {cause}; handshakes are not recorded")),
        },
    };
    let generation = pulse.begin();
    OWN.store(matches!(config().output, Output::Files(_)), Ordering::Relaxed);
    let made = match &config().output {
        Output::None => return,
        Output::Channel(address) => Sender::connect(address),
        Output::Files(files) => collect::start(files, pulse),
    };
    GENERATION.store(generation, Ordering::Release);
    match made {
        Ok(made) => {
            let introduction = Message::Program { pid: std::process::id(), name: &config::program() };
            let _ = made.send(&introduction);
            // Other threads may be using the one before, which so is theirs as well.
            let kept = match sender() {
                Some(before) => before.replace(made),
                None => Err(made),
            };
            if let Err(made) = kept {
                SENDER.store(Box::into_raw(Box::new(made)), Ordering::Release);
            }
            GONE.store(false, Ordering::Relaxed);
            CLOSED.store(false, Ordering::Relaxed);
        }
        // Under `tlsdiag run` the collector goes when its command has ended; what runs on is not recorded.
        Err(_) if matches!(config().output, Output::Channel(_)) => {}
        Err(cause) => {
            FAILED.store(true, Ordering::Relaxed);
            GONE.store(true, Ordering::Relaxed);
            // This is all that is said of it.
            let _ = pulse.report(generation);
            config::say(&format!("{cause}; handshakes are not recorded"));
        }
    }
}

/// A handshake leaves no record, since the collector has ended: the first of all processes to find that reports it.
#[cold]
#[inline(never)]
fn lose() {
    report_lost(1 + take_unread());
}

/// What this process has sent and nobody has read, which is lost as well, and is counted once. A collector that lives reads it yet.
fn take_unread() -> u64 {
    if CLOSED.load(Ordering::Relaxed) {
        return 0;
    }
    Packing::try_take(process::id())
        .map_or(0, |mut packing| std::mem::take(&mut packing.parts().way).unread())
}

fn report_lost(count: u64) {
    let Some(pulse) = PULSE.get() else { return };
    pulse.lose(count);
    let generation = GENERATION.load(Ordering::Relaxed);
    if pulse.report(generation) {
        let closed = CLOSED.load(Ordering::Relaxed);
        let what = match closed {
            true => "the program has closed the descriptor by which its handshakes are recorded",
            false => "the collector of handshakes has ended",
        };
        let until = match closed || OWN.load(Ordering::Relaxed) {
            true => " until the program makes another SSL_CTX, as servers do when they are reloaded",
            false => " any more",
        };
        config::say(&format!("{what}: they are not recorded{until}"));
    }
}

/// Tells the collector something that is no recording.
pub(crate) fn tell(message: &Message<'_>) {
    if let Some(sender) = sender() {
        let _ = sender.send(message);
    }
}

/// A line of the key log.
pub(crate) fn secret(line: &str) {
    tell(&Message::Secret(line));
}

/// A finished connection's recording.
pub(crate) fn hand_over(recording: &Recording) {
    let Some(sender) = sender() else { return };
    if has_ended() || is_found_gone(sender) {
        return lose();
    }
    let pid = process::id();
    let delivery = match Packing::try_take(pid) {
        Some(mut packing) => {
            let Packing { packer, buffer, way, .. } = packing.parts();
            let mut apart = false;
            let delivery = sender.recording(pid, Some(way), buffer, |alone, out| {
                apart = alone;
                if alone { pack_alone(recording, out) } else { packer.pack(recording, out) }
            });
            // What the packer has given by now did not arrive.
            if apart || delivery != Delivery::Done {
                packer.forget();
            }
            delivery
        }
        None => sender.recording(pid, None, &mut Vec::new(), |_, out| pack_alone(recording, out)),
    };
    match delivery {
        Delivery::Done => report_dropped(sender, pid),
        Delivery::Full => {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
        Delivery::Gone => {
            found_gone(sender);
            lose();
        }
    }
}

/// What was recorded of a handshake that is established, in case that the process ends before its recording does.
pub(crate) fn hand_over_established(recording: &Recording) {
    let Some(sender) = sender().filter(|_| !has_ended()) else { return };
    let pid = process::id();
    let pack = |out: &mut Vec<u8>| {
        let rest = pack_alone(recording, out);
        out.extend_from_slice(rest);
    };
    let connection = recording.connection().0;
    // Where it cannot go now the recording may still.
    let _ = match Packing::try_take(pid) {
        Some(mut packing) => {
            let Packing { buffer, way, .. } = packing.parts();
            sender.established(pid, connection, Some(way), buffer, pack)
        }
        None => sender.established(pid, connection, None, &mut Vec::new(), pack),
    };
}

/// A finished connection's notes; `false` where they must become a recording first, and nothing was sent.
#[inline]
pub(crate) fn hand_over_notes(noted: &Noted<'_>) -> bool {
    let Some(sender) = sender() else { return false };
    if has_ended() || is_found_gone(sender) {
        lose();
        return true;
    }
    let pid = process::id();
    let Some(mut packing) = Packing::try_take(pid) else { return false };
    let Packing { packer, way, .. } = packing.parts();
    let Some((head, notes)) = packer.pack_notes(noted) else { return false };
    let sent = sender.quickly(pid, way, [&head, notes]);
    drop(packing);
    if sent {
        report_dropped(sender, pid);
    }
    sent
}

fn report_dropped(sender: &Sender, pid: u32) {
    if DROPPED.load(Ordering::Relaxed) == 0 {
        return;
    }
    let count = DROPPED.swap(0, Ordering::Relaxed);
    if sender.send(&Message::Dropped { pid, count }) != Delivery::Done {
        DROPPED.fetch_add(count, Ordering::Relaxed);
    }
}

/// Says at exit what has not been said.
pub(crate) fn farewell() {
    let Some(sender) = sender() else { return };
    report_dropped(sender, std::process::id());
    if has_ended() || ask(sender) {
        match take_unread() {
            0 => {}
            lost => report_lost(lost),
        }
    }
}

/// What is reused from one recording to the next.
#[derive(Default)]
struct Packing {
    /// The collector that the rest belongs to.
    generation: u32,
    packer: Packer,
    buffer: Vec<u8>,
    way: Way,
}

struct Shared(UnsafeCell<Option<Packing>>);

// SAFETY: reached through `Taken` alone, of which there is one at a time.
unsafe impl Sync for Shared {}

static PACKING: Shared = Shared(UnsafeCell::new(None));
/// The process whose thread has the packing, or 0. A forked child may find its parent's thread here, which it does not have.
static HOLDER: AtomicU32 = AtomicU32::new(0);
/// The process that the packer works for: a child has given the collector nothing yet.
static OWNER: AtomicU32 = AtomicU32::new(0);

struct Taken;

impl Packing {
    fn try_take(pid: u32) -> Option<Taken> {
        let holder = HOLDER.load(Ordering::Acquire);
        if holder == pid || HOLDER.compare_exchange(holder, pid, Ordering::AcqRel, Ordering::Acquire).is_err()
        {
            return None;
        }
        let taken = Taken;
        if OWNER.load(Ordering::Acquire) != pid {
            OWNER.store(pid, Ordering::Release);
            // What its parent could not send is its parent's to report.
            DROPPED.store(0, Ordering::Relaxed);
            // SAFETY: `taken` is the only one. What a thread of the parent's left half done at the fork is not looked at.
            unsafe { std::ptr::write(PACKING.0.get(), None) };
        }
        Some(taken)
    }
}

impl Taken {
    fn parts(&mut self) -> &mut Packing {
        // SAFETY: there is one `Taken` at a time, and it is borrowed meanwhile.
        let packing = unsafe { (*PACKING.0.get()).get_or_insert_default() };
        let generation = GENERATION.load(Ordering::Relaxed);
        if packing.generation != generation {
            // Another collector knows nothing of what the one before was given.
            *packing = Packing { generation, ..Packing::default() };
        }
        packing
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        HOLDER.store(0, Ordering::Release);
    }
}
