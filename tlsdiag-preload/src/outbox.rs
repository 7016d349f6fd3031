//! What goes to the collector, from this process and those that it forks.
//!
//! Never waits for a lock: whoever finds the packer taken packs alone, which takes a little more room.

mod packing;

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tlsdiag_core::event::transfer::pack_alone;
use tlsdiag_core::event::{EventLog, Recording};
use tlsdiag_core::source::openssl::Symbols;
use tlsdiag_transport::{CurrentPulse, Delivery, Message, Pulse, Sender};

use crate::collect;
use crate::config::{self, Output, config};
use crate::libraries;
use crate::process;
use packing::Packing;

/// What every handshake needs lies on one line: our code finds nothing of its own in the processor's cache.
#[repr(align(64))]
struct Hot {
    /// The sender; leaked, since other threads may be using it.
    sender: AtomicPtr<Sender>,
    /// What this process, those that it forks and their collector share.
    pulse: CurrentPulse,
    /// The collector that this process sends to, as [`Pulse`] counts them.
    generation: AtomicU32,
    /// Recordings that could not be sent, and are not yet reported.
    dropped: AtomicU32,
    /// The process whose thread has the packing, or 0. A forked child may find its parent's thread here, which it does not have.
    holder: AtomicU32,
    /// The process that the packer works for: a child has given the collector nothing yet.
    owner: AtomicU32,
    /// Counts the handshakes after which it may be asked whether the collector lives.
    asked: AtomicU32,
    /// What is to be done for connections since contexts were set up, as bits (`setup.rs`).
    setup: AtomicU32,
    /// The collector is our own.
    own: AtomicBool,
    /// The collector was found gone.
    gone: AtomicBool,
    /// The program has closed the descriptor that leads to the collector.
    closed: AtomicBool,
}

#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static HOT: Hot = Hot {
    sender: AtomicPtr::new(std::ptr::null_mut()),
    pulse: CurrentPulse::none(),
    generation: AtomicU32::new(0),
    dropped: AtomicU32::new(0),
    holder: AtomicU32::new(0),
    owner: AtomicU32::new(0),
    asked: AtomicU32::new(0),
    setup: AtomicU32::new(0),
    own: AtomicBool::new(false),
    gone: AtomicBool::new(false),
    closed: AtomicBool::new(false),
};
static OPENING: Mutex<()> = Mutex::new(());
/// The libraries that were announced to the collector, as bits.
static ANNOUNCED: AtomicU64 = AtomicU64::new(0);
/// The process that made the page that is looked at.
static PULSE_OF: AtomicU32 = AtomicU32::new(0);
/// No collector could be started.
static FAILED: AtomicBool = AtomicBool::new(false);

fn sender() -> Option<&'static Sender> {
    // SAFETY: null, or a leaked Sender.
    unsafe { HOT.sender.load(Ordering::Acquire).as_ref() }
}

/// Whether the collector has ended.
#[inline]
fn has_ended() -> bool {
    HOT.gone.load(Ordering::Relaxed)
        || HOT.closed.load(Ordering::Relaxed)
        || HOT.pulse.get().is_some_and(|pulse| pulse.has_ended(HOT.generation.load(Ordering::Relaxed)))
}

/// Whether the collector was found gone just now. That of `tlsdiag run` is asked for once in so many handshakes, since a system call for
/// each would be felt; our own shows it without one.
#[inline]
fn is_found_gone(sender: &Sender) -> bool {
    const ONCE_IN: u32 = 16;
    if HOT.own.load(Ordering::Relaxed) {
        return false;
    }
    // Not in one step, which costs more: where two threads count at once it is asked a little later.
    let asked = HOT.asked.load(Ordering::Relaxed);
    HOT.asked.store(asked.wrapping_add(1), Ordering::Relaxed);
    if !asked.is_multiple_of(ONCE_IN) {
        return false;
    }
    ask(sender)
}

#[cold]
#[inline(never)]
fn ask(sender: &Sender) -> bool {
    let gone = !sender.is_connected();
    if gone {
        found_gone(sender);
    }
    gone
}

fn found_gone(sender: &Sender) {
    let which = if sender.is_open() { &HOT.gone } else { &HOT.closed };
    which.store(true, Ordering::Relaxed);
}

/// Connects, if that has not been done, and says which library is recorded. A collector of our own that was killed is replaced: a context
/// is made here, and no handshake waits for that.
pub(crate) fn open(symbols: &Symbols, number: usize) {
    let bit = 1 << number;
    let is_announced = || ANNOUNCED.load(Ordering::Acquire) & bit != 0;
    if is_announced() && !has_ended() {
        return;
    }
    let _opening = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    if sender().is_none() && ANNOUNCED.load(Ordering::Acquire) == 0 {
        connect();
    } else if has_ended() && may_start_another() {
        ANNOUNCED.store(0, Ordering::Release);
        connect();
    } else if is_announced() {
        return;
    }
    ANNOUNCED.fetch_or(bit, Ordering::AcqRel);
    if let Some(sender) = sender() {
        let _ = sender.send(&Message::Library(symbols.version()));
    }
}

/// Whether this process has all that it needs to hand over what it records.
#[inline(always)]
pub(crate) fn is_prepared() -> bool {
    HOT.owner.load(Ordering::Relaxed) == process::id()
}

/// Makes what this process needs for that, while it makes a context or a connection: a program may then allow itself but few system calls
/// (seccomp(2)), and be ended for others.
#[cold]
pub(crate) fn prepare() {
    keep_open();
    let Some(sender) = sender().filter(|_| !has_ended()) else { return };
    let pid = process::id();
    if let Some(mut packing) = Packing::try_take(pid) {
        sender.prepare(pid, &mut packing.parts().way);
    }
}

/// Daemons close what they do not know once they have read their configuration, and so made their contexts: then there is another
/// connection, by the time that the first handshake is to begin.
#[cold]
pub(crate) fn keep_open() {
    let Some(sender) = sender().filter(|sender| !sender.is_open()) else { return };
    found_gone(sender);
    // Whoever has it makes a connection as well.
    let Ok(_opening) = OPENING.try_lock() else { return };
    if !has_ended() || !may_start_another() {
        return;
    }
    connect();
    let announced = ANNOUNCED.load(Ordering::Acquire);
    let known = libraries::known().filter(|real| announced & 1 << real.number() != 0);
    for symbols in known.filter_map(|real| real.symbols) {
        send(&Message::Library(symbols.version()));
    }
}

/// Whether another collector may be started where the one before has ended, or be connected to again: not where that failed before, and not
/// for ever.
fn may_start_another() -> bool {
    const MOST: u32 = 100;
    static STARTED: AtomicU32 = AtomicU32::new(0);
    (HOT.own.load(Ordering::Relaxed) || HOT.closed.load(Ordering::Relaxed))
        && !FAILED.load(Ordering::Relaxed)
        && STARTED.fetch_add(1, Ordering::Relaxed) < MOST
}

/// Connects and introduces this program.
pub(crate) fn connect() {
    // A page is of the processes that have the same connection: one that makes its own must not end that of its relatives.
    let pid = process::id();
    let kept = HOT.pulse.get().filter(|_| PULSE_OF.load(Ordering::Relaxed) == pid);
    let pulse = match kept.map_or_else(Pulse::new, Ok) {
        Ok(pulse) => pulse,
        Err(cause) => return config::say(&format!("no memory: {cause}; handshakes are not recorded")),
    };
    HOT.pulse.set(pulse);
    PULSE_OF.store(pid, Ordering::Relaxed);
    let generation = pulse.begin();
    HOT.own.store(matches!(config().output, Output::Files(_)), Ordering::Relaxed);
    let made = match &config().output {
        Output::None => return,
        Output::Channel(address) => Sender::connect(address),
        Output::Files(files) => collect::start(files, pulse, generation),
    };
    HOT.generation.store(generation, Ordering::Release);
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
                HOT.sender.store(Box::into_raw(Box::new(made)), Ordering::Release);
            }
            HOT.gone.store(false, Ordering::Relaxed);
            HOT.closed.store(false, Ordering::Relaxed);
        }
        // Under `tlsdiag run` the collector goes when its command has ended; what runs on is not recorded.
        Err(cause)
            if matches!(config().output, Output::Channel(_)) && !is_for_want_of_descriptors(&cause) => {}
        Err(cause) => {
            FAILED.store(true, Ordering::Relaxed);
            HOT.gone.store(true, Ordering::Relaxed);
            // This is all that is said of it.
            let _ = pulse.report(generation);
            config::say(&format!("{cause}; handshakes are not recorded"));
        }
    }
}

fn is_for_want_of_descriptors(cause: &std::io::Error) -> bool {
    matches!(cause.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

/// A handshake leaves no record, since the collector has ended: the first of all processes to find that reports it.
#[cold]
#[inline(never)]
fn lose() {
    report_lost(1 + take_unread());
}

/// What this process has sent and nobody has read, which is lost as well, and is counted once. A collector that lives reads it yet.
fn take_unread() -> u64 {
    if HOT.closed.load(Ordering::Relaxed) {
        return 0;
    }
    Packing::try_take(process::id())
        .map_or(0, |mut packing| std::mem::take(&mut packing.parts().way).unread())
}

fn report_lost(count: u64) {
    let Some(pulse) = HOT.pulse.get() else { return };
    pulse.lose(count);
    let generation = HOT.generation.load(Ordering::Relaxed);
    if pulse.report(generation) {
        let closed = HOT.closed.load(Ordering::Relaxed);
        let what = match closed {
            true => "the program has closed the descriptor by which its handshakes are recorded",
            false => "the collector of handshakes has ended",
        };
        let until = match closed || HOT.own.load(Ordering::Relaxed) {
            true => " until the program makes another SSL_CTX, as servers do when they are reloaded",
            false => " any more",
        };
        config::say(&format!("{what}: they are not recorded{until}"));
    }
}

/// Sends the collector something that is no recording.
pub(crate) fn send(message: &Message<'_>) {
    if let Some(sender) = sender() {
        let _ = sender.send(message);
    }
}

/// Where `setup.rs` keeps what each new connection has to look at.
#[inline(always)]
pub(crate) fn setup() -> &'static AtomicU32 {
    &HOT.setup
}

/// A line of the key log.
pub(crate) fn secret(line: &str) {
    send(&Message::Secret(line));
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
            HOT.dropped.fetch_add(1, Ordering::Relaxed);
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

/// A finished connection's log; `false` where it must become a recording first, and nothing was sent.
#[inline]
pub(crate) fn hand_over_log(log: &EventLog<'_>) -> bool {
    let Some(sender) = sender() else { return false };
    if has_ended() || is_found_gone(sender) {
        lose();
        return true;
    }
    let pid = process::id();
    let Some(mut packing) = Packing::try_take(pid) else { return false };
    let Packing { packer, way, .. } = packing.parts();
    let Some((head, entries)) = packer.pack_log(log) else { return false };
    let sent = sender.quickly(pid, way, [&head, entries]);
    drop(packing);
    if sent {
        report_dropped(sender, pid);
    }
    sent
}

/// The log of a handshake that is established, likewise.
pub(crate) fn hand_over_established_log(log: &EventLog<'_>) -> bool {
    let Some(sender) = sender() else { return false };
    if has_ended() {
        // Its end is what is lost, and counted.
        return true;
    }
    let pid = process::id();
    let Some(mut packing) = Packing::try_take(pid) else { return false };
    let Packing { packer, way, .. } = packing.parts();
    let Some((head, entries)) = packer.pack_log(log) else { return false };
    sender.established_quickly(pid, log.connection().0, way, [&head, entries])
}

fn report_dropped(sender: &Sender, pid: u32) {
    if HOT.dropped.load(Ordering::Relaxed) == 0 {
        return;
    }
    let count = HOT.dropped.swap(0, Ordering::Relaxed);
    if sender.send(&Message::Dropped { pid, count }) != Delivery::Done {
        HOT.dropped.fetch_add(count, Ordering::Relaxed);
    }
}

/// Reports at exit what has not been reported.
pub(crate) fn flush() {
    let Some(sender) = sender() else { return };
    report_dropped(sender, std::process::id());
    if has_ended() || ask(sender) {
        match take_unread() {
            0 => {}
            lost => report_lost(lost),
        }
    }
}
