//! Which state of ours belongs to which object of OpenSSL's.
//!
//! In an object's ex_data lies the address of an [`Entry`], and never that of the state itself. A
//! program may write at an index that it was never given (FreeRADIUS does), so what is read there
//! is believed only if it is an entry, and if the entry names this very object. Entries are never
//! freed and never unmapped: to look at one is always allowed.

use std::alloc::{Layout, alloc, dealloc};
use std::ffi::c_void;

use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// Entries in the first chunk; each further one has twice as many as the one before.
const FIRST: u32 = 256;
/// Some 16 million entries, in all.
const CHUNKS: usize = 16;
/// Stands for the object of a copy (`SSL_dup(3)`) that has not been seen yet.
const UNSEEN: *mut c_void = ptr::without_provenance_mut(1);

/// An object and what it has of ours.
pub(crate) struct Entry<T> {
    /// The object; null where the entry is free or its state waits for another object.
    object: AtomicPtr<c_void>,
    ours: AtomicPtr<T>,
    number: AtomicU32,
    /// The next free one, as its number plus one.
    next: AtomicU32,
}

impl<T> Entry<T> {
    /// From now on it is this object's; null takes it from its object.
    #[inline]
    pub(crate) fn set_object<O>(&self, object: *const O) {
        self.object.store(object.cast_mut().cast(), Ordering::Release);
    }

    /// It is that of a copy whose address is not known yet.
    pub(crate) fn set_unseen(&self) {
        self.object.store(UNSEEN, Ordering::Release);
    }

    pub(crate) fn set_state(&self, ours: *const T) {
        self.ours.store(ours.cast_mut(), Ordering::Release);
    }

    /// What lies in ex_data.
    #[inline]
    pub(crate) fn as_data(&'static self) -> *mut c_void {
        ptr::from_ref(self).cast_mut().cast()
    }
}

/// What was found at our index of an object.
pub(crate) enum Found<T> {
    Ours(NonNull<T>),
    Nothing,
    /// Something that others have put there.
    Foreign,
}

pub(crate) struct ObjectTable<T> {
    chunks: [AtomicPtr<Entry<T>>; CHUNKS],
    /// Entries ever given out.
    used: AtomicU32,
    /// The free ones: the first one's number plus one, below a count of changes, by which a change
    /// between two looks is seen.
    free: AtomicU64,
}

/// The chunk of an entry and its place there.
fn place(number: u32) -> (usize, usize) {
    let chunk = (number / FIRST + 1).ilog2();
    (chunk as usize, (number - FIRST * ((1 << chunk) - 1)) as usize)
}

fn length(chunk: usize) -> usize {
    (FIRST as usize) << chunk
}

impl<T> ObjectTable<T> {
    pub(crate) const fn new() -> Self {
        ObjectTable {
            chunks: [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS],
            used: AtomicU32::new(0),
            free: AtomicU64::new(0),
        }
    }

    /// An entry for a state; `None` where there is no memory for more of them.
    pub(crate) fn take(&'static self) -> Option<&'static Entry<T>> {
        loop {
            let free = self.free.load(Ordering::Acquire);
            let Some(number) = (free as u32).checked_sub(1) else { break };
            let entry = self.entry(number)?;
            let after = (free >> 32).wrapping_add(1) << 32 | u64::from(entry.next.load(Ordering::Relaxed));
            if self.free.compare_exchange(free, after, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return Some(entry);
            }
        }
        let number = self.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| {
            let (chunk, _) = place(used);
            (chunk < CHUNKS).then(|| used + 1)
        });
        self.entry(number.ok()?)
    }

    /// Gives an entry back whose state ends.
    pub(crate) fn give_back(&'static self, entry: &'static Entry<T>) {
        entry.set_object(ptr::null::<c_void>());
        entry.set_state(ptr::null());
        let mut free = self.free.load(Ordering::Relaxed);
        loop {
            entry.next.store(free as u32, Ordering::Relaxed);
            let after =
                (free >> 32).wrapping_add(1) << 32 | u64::from(entry.number.load(Ordering::Relaxed) + 1);
            match self.free.compare_exchange(free, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => free = now,
            }
        }
    }

    fn entry(&'static self, number: u32) -> Option<&'static Entry<T>> {
        let (chunk, index) = place(number);
        let mut first = self.chunks.get(chunk)?.load(Ordering::Acquire);
        if first.is_null() {
            first = self.make(chunk)?.as_ptr();
        }
        // SAFETY: a chunk of that many entries, which stays.
        Some(unsafe { &*first.add(index) })
    }

    /// Makes a chunk, unless somebody else does so meanwhile; `None` where there is no memory for it.
    #[cold]
    fn make(&'static self, chunk: usize) -> Option<NonNull<Entry<T>>> {
        let before = FIRST * ((1 << chunk) - 1);
        let layout = Layout::array::<Entry<T>>(length(chunk)).ok()?;
        // SAFETY: its size is not zero.
        let made = NonNull::new(unsafe { alloc(layout) }.cast::<Entry<T>>())?;
        for (number, index) in (before..).zip(0..length(chunk)) {
            let entry = Entry {
                object: AtomicPtr::new(ptr::null_mut()),
                ours: AtomicPtr::new(ptr::null_mut()),
                number: AtomicU32::new(number),
                next: AtomicU32::new(0),
            };
            // SAFETY: within what was allocated, which nobody else knows of yet.
            unsafe { made.add(index).write(entry) };
        }
        match self.chunks[chunk].compare_exchange(
            ptr::null_mut(),
            made.as_ptr(),
            Ordering::AcqRel,
            Ordering::Acquire,
        ) {
            Ok(_) => Some(made),
            Err(others) => {
                // SAFETY: allocated above, and nobody else knows of it; an entry owns nothing.
                unsafe { dealloc(made.as_ptr().cast(), layout) };
                NonNull::new(others)
            }
        }
    }

    /// The entry that this is the address of.
    #[inline]
    fn at(&'static self, data: *const c_void) -> Option<&'static Entry<T>> {
        for (chunk, first) in self.chunks.iter().enumerate() {
            let first = first.load(Ordering::Acquire);
            if first.is_null() {
                return None;
            }
            let distance = (data as usize).wrapping_sub(first as usize);
            let size = size_of::<Entry<T>>();
            if distance < length(chunk) * size {
                // SAFETY: within the chunk, which stays.
                return distance.is_multiple_of(size).then(|| unsafe { &*first.byte_add(distance) });
            }
        }
        None
    }

    /// What `data`, read from the ex_data of this object, is.
    #[inline]
    fn find<O>(&'static self, data: *const c_void, object: *const O) -> Found<T> {
        if data.is_null() {
            return Found::Nothing;
        }
        match self.at(data) {
            Some(entry) => match entry.object.load(Ordering::Acquire) {
                // An address is the program's own, which has copied it: no state of this object.
                named if named == UNSEEN => {
                    entry.set_object(object);
                    self.state(entry)
                }
                named if ptr::eq(named, object.cast()) => self.state(entry),
                _ => Found::Foreign,
            },
            None => Found::Foreign,
        }
    }

    fn state(&'static self, entry: &Entry<T>) -> Found<T> {
        NonNull::new(entry.ours.load(Ordering::Acquire)).map_or(Found::Nothing, Found::Ours)
    }

    /// The state of this object, in whose ex_data this was found.
    #[inline]
    pub(crate) fn state_of<O>(&'static self, data: *const c_void, object: *const O) -> Option<NonNull<T>> {
        match self.find(data, object) {
            Found::Ours(state) => Some(state),
            Found::Nothing => None,
            Found::Foreign => self.search(object),
        }
    }

    /// What an original has at our index, of which a copy is being made.
    pub(crate) fn of_original(&'static self, data: *const c_void) -> Found<T> {
        if data.is_null() {
            return Found::Nothing;
        }
        self.at(data).map_or(Found::Foreign, |entry| self.state(entry))
    }

    /// The state of this object, where others have written at our index: all entries are looked at.
    #[cold]
    fn search<O>(&'static self, object: *const O) -> Option<NonNull<T>> {
        let used = self.used.load(Ordering::Acquire);
        let mut entries = (0..used).filter_map(|number| self.entry(number));
        let entry = entries.find(|entry| ptr::eq(entry.object.load(Ordering::Acquire), object.cast()))?;
        NonNull::new(entry.ours.load(Ordering::Acquire))
    }
}

/// A share of a state.
///
/// # Safety
/// The state lives in an Arc.
pub(crate) unsafe fn share<T>(state: &T) -> Arc<T> {
    // SAFETY: as promised; `state` keeps it alive meanwhile.
    unsafe {
        Arc::increment_strong_count(ptr::from_ref(state));
        Arc::from_raw(ptr::from_ref(state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lie_in_chunks_that_double() {
        assert_eq!((place(0), place(255)), ((0, 0), (0, 255)));
        assert_eq!((place(256), place(767)), ((1, 0), (1, 511)));
        assert_eq!(place(768), (2, 0));
    }

    #[test]
    fn an_entry_is_believed_for_its_own_object_alone() {
        static TABLE: ObjectTable<u32> = ObjectTable::new();
        static STATES: [u32; 2] = [7, 8];
        let objects = [1_u64, 2];
        let entries = [0, 1].map(|i| {
            let entry = TABLE.take().unwrap();
            entry.set_state(&STATES[i]);
            entry.set_object(&raw const objects[i]);
            entry
        });
        let is = |found: Found<u32>, i: usize| matches!(found, Found::Ours(at) if at.as_ptr().cast_const() == &raw const STATES[i]);
        assert!(is(TABLE.find(entries[0].as_data(), &raw const objects[0]), 0));
        assert!(matches!(TABLE.find(entries[0].as_data(), &raw const objects[1]), Found::Foreign));
        assert!(matches!(TABLE.find(ptr::null(), &raw const objects[1]), Found::Nothing));
        // Between two entries, and elsewhere.
        let within = entries[0].as_data().cast::<u8>().wrapping_add(1);
        assert!(matches!(TABLE.find(within.cast(), &raw const objects[0]), Found::Foreign));
        assert!(matches!(TABLE.find((&raw const objects[0]).cast(), &raw const objects[0]), Found::Foreign));
        assert_eq!(
            TABLE.search(&raw const objects[1]).map(NonNull::as_ptr),
            Some((&raw const STATES[1]).cast_mut())
        );
        TABLE.give_back(entries[1]);
        assert_eq!(TABLE.search(&raw const objects[1]), None);
        assert!(matches!(TABLE.find(entries[1].as_data(), &raw const objects[1]), Found::Foreign));
    }

    #[test]
    fn entries_that_were_given_back_are_given_out_again() {
        static TABLE: ObjectTable<u32> = ObjectTable::new();
        let many: Vec<_> = (0..1000).map(|_| TABLE.take().unwrap()).collect();
        let addresses = |entries: &[&'static Entry<u32>]| {
            let mut all: Vec<_> = entries.iter().map(|entry| entry.as_data() as usize).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let before = addresses(&many);
        assert_eq!(before.len(), 1000);
        many.into_iter().for_each(|entry| TABLE.give_back(entry));
        let again: Vec<_> = (0..1000).map(|_| TABLE.take().unwrap()).collect();
        assert_eq!(addresses(&again), before);
    }

    #[test]
    fn threads_never_share_an_entry() {
        static TABLE: ObjectTable<u32> = ObjectTable::new();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(|| {
                    for _ in 0..2000 {
                        let mine = [TABLE.take().unwrap(), TABLE.take().unwrap()];
                        for entry in mine {
                            assert!(entry.object.load(Ordering::Acquire).is_null(), "somebody else has it");
                            entry.set_object(entry.as_data());
                        }
                        mine.into_iter().for_each(|entry| TABLE.give_back(entry));
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}
