//! The way to the collector, for this process and those that it forks.
//!
//! Never waits for a lock: whoever finds the packer taken packs alone, which takes a little more room.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tlsdiag_core::event::packed::{Packer, pack_alone};
use tlsdiag_core::event::{Noted, Recording};
use tlsdiag_core::source::openssl::Symbols;
use tlsdiag_handover::{Delivery, Message, Sender, Way};

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

fn sender() -> Option<&'static Sender> {
    // SAFETY: null, or a leaked Sender.
    unsafe { SENDER.load(Ordering::Acquire).as_ref() }
}

/// Connects, if that has not been done, and says which library is recorded.
pub(crate) fn open(symbols: &Symbols, number: usize) {
    let bit = 1 << number;
    if TOLD.load(Ordering::Acquire) & bit != 0 {
        return;
    }
    let _opening = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    if TOLD.fetch_or(bit, Ordering::AcqRel) & bit != 0 {
        return;
    }
    if sender().is_none() {
        connect();
    }
    if let Some(sender) = sender() {
        let _ = sender.send(&Message::Library(symbols.version()));
    }
}

/// Connects and introduces this program.
pub(crate) fn connect() {
    let made = match &config().output {
        Output::None => return,
        Output::Channel(path) => Sender::connect(path),
        Output::Files(files) => collect::start(files),
    };
    match made {
        Ok(made) => {
            let _ = made.send(&Message::Program(&config::program()));
            SENDER.store(Box::into_raw(Box::new(made)), Ordering::Release);
        }
        // Under `tlsdiag run` the collector goes when its command has ended; what runs on is not recorded.
        Err(_) if matches!(config().output, Output::Channel(_)) => {}
        Err(cause) => {
            config::say(&format!("cannot start the collector: {cause}; handshakes are not recorded"))
        }
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
    let pid = process::id();
    let delivery = match Packing::try_take(pid) {
        Some(mut packing) => {
            let Packing { packer, buffer, way } = packing.parts();
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
        Delivery::Full | Delivery::Gone => {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A finished connection's notes; `false` where they must become a recording first, and nothing was sent.
#[inline]
pub(crate) fn hand_over_notes(noted: &Noted<'_>) -> bool {
    let Some(sender) = sender() else { return false };
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
    if let Some(sender) = sender() {
        report_dropped(sender, std::process::id());
    }
}

/// What is reused from one recording to the next.
#[derive(Default)]
struct Packing {
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
            // SAFETY: `taken` is the only one. What a thread of the parent's left half done at the fork is not looked at.
            unsafe { std::ptr::write(PACKING.0.get(), None) };
        }
        Some(taken)
    }
}

impl Taken {
    fn parts(&mut self) -> &mut Packing {
        // SAFETY: there is one `Taken` at a time, and it is borrowed meanwhile.
        unsafe { (*PACKING.0.get()).get_or_insert_default() }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        HOLDER.store(0, Ordering::Release);
    }
}
