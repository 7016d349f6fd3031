//! Memory that one process shares with the collector: a recording is copied there, and no system call is made.
//!
//! Each process has a ring of its own, with one writer at a time. The writer never waits: where there is no room it says so. The
//! collector looks at its rings now and then while something comes, and says how it waits meanwhile: whoever writes wakes it by the
//! socket if it sleeps, or if it naps and the ring is half full. Where there are many, a ring that nobody has used for a while is retired, since its
//! process may be gone; one that is still there makes another.
#![allow(unsafe_code)]

use std::io;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use rustix::process::{Resource, getrlimit};

/// Bytes for packets, a power of two: some hundred recordings, and there may be some hundred processes.
const SPACE: usize = 256 << 10;
/// Where they begin.
const FRONT: usize = 4096;
const ALL: usize = FRONT + SPACE;
/// Before each packet its length, as u32.
const LENGTH: usize = 4;

/// A ring never holds more packets.
pub(crate) const MOST_PACKETS: usize = SPACE / LENGTH;

/// Nobody is writing.
const FREE: u32 = 0;
const BUSY: u32 = 1;
/// Nothing is read from here any more.
const RETIRED: u32 = 2;

/// The reader is at work.
const AWAKE: u32 = 0;
/// It waits for anything to come.
const ASLEEP: u32 = 1;
/// It comes by itself, and wants to be called if much has come before.
const NAPPING: u32 = 2;

/// A cache line of its own.
#[repr(C, align(64))]
struct Line<T>(T);

/// The front of the shared memory; zeros are an empty ring.
#[repr(C)]
struct Front {
    /// FREE, BUSY or RETIRED.
    state: Line<AtomicU32>,
    /// Bytes that were ever written.
    written: Line<AtomicU64>,
    /// Bytes that were ever read, and what the reader does: AWAKE, ASLEEP or NAPPING.
    read: Line<(AtomicU64, AtomicU32)>,
}

/// The memory, mapped.
#[derive(Debug)]
struct Mapping(NonNull<u8>);

// SAFETY: it is reached through `Front`'s atomics and through `copy_in` and `copy_out`, of which each side has one user (`&mut`).
unsafe impl Send for Mapping {}

impl Mapping {
    fn new(file: &OwnedFd) -> io::Result<Self> {
        let length = NonZeroUsize::new(ALL).unwrap_or(NonZeroUsize::MIN);
        // SAFETY: a new mapping at a place that the kernel chooses. The file is as long as that and cannot become shorter, which
        // the seals see to (`make` sets them, `open` looks).
        let base = unsafe {
            mmap(
                ptr::null_mut(),
                length.get(),
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::SHARED,
                file,
                0,
            )?
        };
        NonNull::new(base.cast()).map(Mapping).ok_or_else(|| io::Error::other("no address"))
    }

    fn front(&self) -> &Front {
        // SAFETY: the beginning of the mapping, aligned to a page, longer than a Front, of which any bytes are a value.
        unsafe { self.0.cast::<Front>().as_ref() }
    }

    /// The places of so many bytes from the byte with that number on: the second is after the end and from the beginning.
    fn places(at: u64, length: usize) -> [(usize, usize); 2] {
        let start = at as usize % SPACE;
        let first = length.min(SPACE - start);
        [(FRONT + start, first), (FRONT, length - first)]
    }

    fn copy_in(&mut self, at: u64, mut bytes: &[u8]) {
        debug_assert!(bytes.len() <= SPACE);
        for (place, length) in Mapping::places(at, bytes.len()) {
            let (now, rest) = bytes.split_at(length);
            // SAFETY: `places` stays within the mapping as long as the bytes are no more than SPACE, which `write` sees to. The
            // reader does not read there before `written` says so.
            unsafe { ptr::copy_nonoverlapping(now.as_ptr(), self.0.as_ptr().add(place), length) };
            bytes = rest;
        }
    }

    /// Asks the processor to have these bytes at hand for writing. The reader has read there meanwhile, on a processor of its own,
    /// and to get them back takes longer than to write them: so it is begun a handshake early.
    fn fetch(&self, at: u64, length: usize) {
        const LINE: usize = 64;
        const MOST: usize = 4096;
        for (place, length) in Mapping::places(at, length.min(MOST)) {
            for line in (place..place + length).step_by(LINE) {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: a hint, which reads nothing, fails nowhere, and is none to processors that do not know it.
                unsafe {
                    std::arch::asm!(
                        "prefetchw [{}]",
                        in(reg) self.0.as_ptr().wrapping_add(line),
                        options(nostack, preserves_flags, readonly)
                    );
                }
                #[cfg(not(target_arch = "x86_64"))]
                let _ = line;
            }
        }
    }

    fn copy_out(&self, at: u64, out: &mut [u8]) {
        debug_assert!(out.len() <= SPACE);
        let mut done = 0;
        for (place, length) in Mapping::places(at, out.len()) {
            // SAFETY: as above; `take` sees to the length. A writer that does not keep to the rules may write there meanwhile:
            // then these are some bytes or others, and nothing is concluded from them but by those who read what came from outside.
            unsafe {
                ptr::copy_nonoverlapping(self.0.as_ptr().add(place), out[done..].as_mut_ptr(), length);
            }
            done += length;
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: our own mapping, which nobody refers to any more.
        let _ = unsafe { munmap(self.0.as_ptr().cast(), ALL) };
    }
}

/// Whether this process may make a file so long: with one that is longer the kernel would end it (SIGXFSZ).
pub(crate) fn may_be_as_long(length: usize) -> bool {
    getrlimit(Resource::Fsize).current.is_none_or(|most| length as u64 <= most)
}

/// The writing end.
#[derive(Debug)]
pub struct Writer {
    memory: Mapping,
    written: u64,
    /// As it was last seen.
    read: u64,
}

/// What became of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Written {
    /// It is there, and will be found.
    Done,
    /// It is there, and the reader is to be woken.
    Asleep,
    /// There was no room for it.
    Full,
    /// Nobody reads here any more.
    Retired,
}

impl Writer {
    /// An empty ring, and the file that the reader opens it by.
    ///
    /// # Errors
    /// No memory, no descriptor, or a kernel without sealed files.
    pub(crate) fn make() -> io::Result<(Self, OwnedFd)> {
        if !may_be_as_long(ALL) {
            return Err(io::Error::other("files must not be as long (RLIMIT_FSIZE)"));
        }
        let file = memfd_create("tlsdiag", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&file, ALL as u64)?;
        fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok((Writer { memory: Mapping::new(&file)?, written: 0, read: 0 }, file))
    }

    /// Writes a packet, which is given in parts.
    pub(crate) fn write(&mut self, packet: &[&[u8]]) -> Written {
        let length: usize = packet.iter().map(|part| part.len()).sum();
        let needed = LENGTH + length;
        let Ok(length) = u32::try_from(length) else { return Written::Full };
        if needed > SPACE {
            return Written::Full;
        }
        let state = &self.memory.front().state.0;
        // A fork's other half does not come here, so nobody else can be writing: it is retired, or free.
        if state.compare_exchange(FREE, BUSY, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return Written::Retired;
        }
        if !self.has_room(needed) {
            self.memory.front().state.0.store(FREE, Ordering::Release);
            return Written::Full;
        }
        self.memory.copy_in(self.written, &length.to_ne_bytes());
        let mut at = self.written + LENGTH as u64;
        for part in packet {
            self.memory.copy_in(at, part);
            at += part.len() as u64;
        }
        self.written += needed as u64;
        self.memory.front().written.0.store(self.written, Ordering::Release);
        self.memory.fetch(self.written, needed);
        // Sequentially consistent with the reader's `sleep`: either it sees what was written, or we see that it sleeps.
        self.memory.front().state.0.swap(FREE, Ordering::SeqCst);
        let reader = self.memory.front().read.0.1.load(Ordering::SeqCst);
        let wanted = reader == ASLEEP || (reader == NAPPING && !self.has_room(SPACE / 2));
        if wanted && self.memory.front().read.0.1.swap(AWAKE, Ordering::SeqCst) != AWAKE {
            return Written::Asleep;
        }
        Written::Done
    }

    /// How many packets nobody has read, of those whose first byte counts.
    pub(crate) fn unread(&self, counts: impl Fn(u8) -> bool) -> u64 {
        let (mut at, mut count) = (self.memory.front().read.0.0.load(Ordering::Acquire), 0);
        // What lies there was written by us; where it is not what it was, we stop.
        while at < self.written && self.written - at <= SPACE as u64 {
            let mut length = [0; LENGTH];
            self.memory.copy_out(at, &mut length);
            let mut kind = [0];
            self.memory.copy_out(at + LENGTH as u64, &mut kind);
            at += (LENGTH + u32::from_ne_bytes(length) as usize) as u64;
            count += u64::from(counts(kind[0]));
        }
        count
    }

    fn has_room(&mut self, needed: usize) -> bool {
        let full = |read: u64| self.written.wrapping_sub(read) > (SPACE - needed) as u64;
        if full(self.read) {
            self.read = self.memory.front().read.0.0.load(Ordering::Acquire);
        }
        !full(self.read)
    }
}

/// The reading end.
#[derive(Debug)]
pub(crate) struct Reader {
    memory: Mapping,
    read: u64,
    /// When something was last read, or the beginning.
    used: Instant,
    /// Bytes that had been read then.
    before: u64,
}

impl Reader {
    /// Opens a ring by its file.
    ///
    /// # Errors
    /// The file is none of ours: it has another size, or could still be made shorter.
    pub(crate) fn open(file: &OwnedFd) -> io::Result<Self> {
        let seals = SealFlags::SHRINK | SealFlags::SEAL;
        let size = fstat(file.as_fd())?.st_size;
        if size != ALL as i64 || !fcntl_get_seals(file)?.contains(seals) {
            return Err(io::Error::other("it is no ring of ours"));
        }
        Ok(Reader { memory: Mapping::new(file)?, read: 0, used: Instant::now(), before: 0 })
    }

    /// The next packet, if there is one.
    ///
    /// # Errors
    /// The ring is damaged; nothing more can be read from it.
    pub(crate) fn take(&mut self) -> io::Result<Option<Vec<u8>>> {
        let damaged = || io::Error::other("what lies in a ring is no packet of ours");
        let written = self.memory.front().written.0.load(Ordering::Acquire);
        let there = written.wrapping_sub(self.read);
        if there == 0 {
            return Ok(None);
        }
        let mut length = [0; LENGTH];
        if there > SPACE as u64 || there < LENGTH as u64 {
            return Err(damaged());
        }
        self.memory.copy_out(self.read, &mut length);
        let length = u32::from_ne_bytes(length) as usize;
        if length as u64 > there - LENGTH as u64 {
            return Err(damaged());
        }
        let mut packet = vec![0; length];
        self.memory.copy_out(self.read + LENGTH as u64, &mut packet);
        self.read += (LENGTH + length) as u64;
        self.memory.front().read.0.0.store(self.read, Ordering::Release);
        Ok(Some(packet))
    }

    /// Says that the reader is about to sleep; `false` where it must not, since something has come.
    pub(crate) fn sleep(&self) -> bool {
        let front = self.memory.front();
        front.read.0.1.store(ASLEEP, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        front.written.0.load(Ordering::SeqCst) == self.read
    }

    /// Says that it naps: what comes may wait for a while.
    pub(crate) fn nap(&self) {
        self.memory.front().read.0.1.store(NAPPING, Ordering::Relaxed);
    }

    /// Says that it is awake.
    pub(crate) fn wake(&self) {
        self.memory.front().read.0.1.store(AWAKE, Ordering::Relaxed);
    }

    /// Whether nothing has been read for so long.
    pub(crate) fn is_unused(&mut self, now: Instant, long: Duration) -> bool {
        if self.read != self.before {
            (self.before, self.used) = (self.read, now);
        }
        now.saturating_duration_since(self.used) >= long
    }

    /// Ends it, unless somebody is writing; what is there can still be taken.
    pub(crate) fn retire(&self) -> bool {
        let state = &self.memory.front().state.0;
        state.compare_exchange(FREE, RETIRED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

#[cfg(test)]
mod tests;
