//! Which state of ours belongs to an address, for objects whose handshake is going on, without
//! asking OpenSSL.
//!
//! OpenSSL's own answer (`SSL_get_ex_data(3)`) goes through four functions in two libraries, and
//! every callback needs it. Our code and OpenSSL's are cold then (`docs/performance.md`): fewer
//! functions are what counts. An object that is not in the cache is looked up through OpenSSL.

use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Stands for the address where there is none; no object lies there, nor at null.
const EMPTY: usize = 1;
/// Stands for the address while a place is being written.
const WRITING: usize = 2;

/// An object of OpenSSL's and what it has of ours.
struct Place<T> {
    /// The object's address, or [`EMPTY`], or [`WRITING`].
    address: AtomicUsize,
    /// Not null where there is an address.
    ours: AtomicPtr<T>,
}

/// Tells the compiler that it does not often come to this.
#[cold]
#[inline]
fn rarely() {}

impl<T> Place<T> {
    const fn new() -> Self {
        Place { address: AtomicUsize::new(EMPTY), ours: AtomicPtr::new(ptr::null_mut()) }
    }

    #[inline(always)]
    fn find(&self, address: usize) -> Option<NonNull<T>> {
        if self.address.load(Ordering::Acquire) != address {
            return None;
        }
        let ours = self.ours.load(Ordering::Acquire);
        // Another object's thread may be writing here, but none but this one writes this address:
        // where it still stands, what was read between the two is its own.
        if self.address.load(Ordering::Acquire) != address {
            rarely();
            return None;
        }
        // SAFETY: `insert` wrote it before the address, from a reference.
        unsafe {
            // So that the compiler makes no branch for it.
            std::hint::assert_unchecked(!ours.is_null());
            Some(NonNull::new_unchecked(ours))
        }
    }

    /// Writes here, if `before` is still here and nobody else is writing.
    #[inline(always)]
    fn insert(&self, before: usize, address: usize, ours: &T) {
        if before == WRITING
            || self.address.compare_exchange(before, WRITING, Ordering::Acquire, Ordering::Relaxed).is_err()
        {
            return;
        }
        self.ours.store(ptr::from_ref(ours).cast_mut(), Ordering::Release);
        self.address.store(address, Ordering::Release);
    }

    #[inline(always)]
    fn remove(&self, address: usize) {
        // Where it fails, it is not here: no other thread writes this address.
        let _ = self.address.compare_exchange(address, EMPTY, Ordering::AcqRel, Ordering::Relaxed);
    }
}

/// `N` places, a power of two.
pub(crate) struct AddressCache<T: 'static, const N: usize>([Place<T>; N]);

impl<T, const N: usize> AddressCache<T, N> {
    pub(crate) const fn new() -> Self {
        const { assert!(N.is_power_of_two()) };
        AddressCache([const { Place::new() }; N])
    }

    #[inline(always)]
    fn place(&self, address: usize) -> &Place<T> {
        // Objects of one size lie at multiples of it: the multiplication spreads them.
        const GOLDEN: u32 = 0x9e37_79b1;
        let spread = (address as u32).wrapping_mul(GOLDEN) >> (u32::BITS - N.ilog2());
        &self.0[spread as usize % N]
    }

    /// The state of `object`, if it is here.
    ///
    /// # Safety
    /// `object` is null, or alive and stays so for `'a`.
    #[inline(always)]
    pub(crate) unsafe fn find<'a, O>(&self, object: *const O) -> Option<&'a T> {
        let state = self.place(object as usize).find(object as usize)?;
        // SAFETY: the state that was inserted with this address, and written before it. It lives as
        // long as its object, whose end takes it from here (`remove`) before the state goes and
        // before the address can become another one's.
        Some(unsafe { state.as_ref() })
    }

    /// Puts a state here, in place of whichever stood in its place.
    ///
    /// # Safety
    /// It is the state of `object`, which is alive and used by this thread alone; `remove` is
    /// called before either ends.
    #[inline]
    pub(crate) unsafe fn insert<O>(&self, object: *const O, state: &T) {
        let place = self.place(object as usize);
        // Two may want the same place at once: the second goes without.
        place.insert(place.address.load(Ordering::Relaxed), object as usize, state);
    }

    /// Puts a state here, if its place is free. Several threads may use the object.
    ///
    /// # Safety
    /// It is the state of `object`, which is alive; `remove` is called before either ends.
    pub(crate) unsafe fn insert_if_free<O>(&self, object: *const O, state: &T) {
        self.place(object as usize).insert(EMPTY, object as usize, state);
    }

    /// Takes an object from here that is about to end.
    #[inline]
    pub(crate) fn remove<O>(&self, object: *const O) {
        self.place(object as usize).remove(object as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_size_lie_in_different_places() {
        static CACHE: AddressCache<u32, 256> = AddressCache::new();
        let first = CACHE.place(0x7f00_1234_5670);
        let others = (1..64).filter(|n| ptr::eq(first, CACHE.place(0x7f00_1234_5670 + n * 0x1a40))).count();
        assert!(others < 4, "{others} of 63");
    }

    #[test]
    fn an_object_is_found_until_it_is_removed() {
        static CACHE: AddressCache<u32, 4> = AddressCache::new();
        let (objects, states) = ([0_u64; 2], [7, 8]);
        let [first, second] = [&raw const objects[0], &raw const objects[1]];
        // SAFETY: both live until the end of this test, which removes them.
        unsafe {
            assert_eq!(CACHE.find(first), None);
            CACHE.insert(first, &states[0]);
            assert_eq!(CACHE.find(first), Some(&states[0]));
            CACHE.insert_if_free(first, &states[1]);
            assert_eq!(CACHE.find(first), Some(&states[0]), "its place was taken");
            CACHE.insert(first, &states[1]);
            assert_eq!(CACHE.find(first), Some(&states[1]));
            CACHE.remove(second);
            assert_eq!(CACHE.find(first), Some(&states[1]));
            CACHE.remove(first);
            assert_eq!(CACHE.find(first), None);
        }
    }
}
