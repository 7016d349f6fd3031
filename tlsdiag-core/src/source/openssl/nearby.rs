//! The slots of the connections that are in the midst of their handshakes, found by an address without asking OpenSSL.
//!
//! OpenSSL's own answer (`SSL_get_ex_data(3)`) goes through four functions in two libraries, and is needed at every turn of a
//! handshake. Between two turns the processor has forgotten all of them, since it did a signature meanwhile: what costs is not to
//! run a function but to fetch it. A connection that does not stand here is merely looked up at length.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::functions::SSL;
use super::slot::Slot;

/// A power of two.
const PLACES: usize = 256;
/// Stands for the address where there is none; no object lies there, nor at null.
const EMPTY: usize = 1;
/// Stands for the address while a place is being written.
const WRITING: usize = 2;

struct Place {
    /// The address of the `SSL`, or [`EMPTY`], or [`WRITING`].
    ssl: AtomicUsize,
    slot: AtomicPtr<Slot>,
}

#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static TABLE: [Place; PLACES] =
    [const { Place { ssl: AtomicUsize::new(EMPTY), slot: AtomicPtr::new(ptr::null_mut()) } }; PLACES];

#[inline]
fn place(address: usize) -> &'static Place {
    // Objects of one size lie at multiples of it: the multiplication spreads them.
    const GOLDEN: u32 = 0x9e37_79b1;
    let spread = (address as u32).wrapping_mul(GOLDEN) >> (u32::BITS - PLACES.ilog2());
    &TABLE[spread as usize % PLACES]
}

/// The slot of `ssl`, if it stands here.
///
/// # Safety
/// `ssl` is null, or alive and stays so for `'a`, and no other thread uses it.
#[inline]
pub(super) unsafe fn find<'a>(ssl: *const SSL) -> Option<&'a Slot> {
    let place = place(ssl as usize);
    if place.ssl.load(Ordering::Acquire) != ssl as usize {
        return None;
    }
    let slot = place.slot.load(Ordering::Acquire);
    // Another connection's thread may be writing here, but none but this one writes this address: where it still stands, the
    // slot that was read between the two is its own.
    if place.ssl.load(Ordering::Acquire) != ssl as usize {
        return None;
    }
    // SAFETY: the slot that `enter` was given with this address, and wrote before it. It lives as long as its SSL, whose end takes
    // it from here (`leave`) before the slot goes and before the address can become another one's.
    Some(unsafe { &*slot })
}

/// Puts a connection here, in place of whichever stood in its place.
///
/// # Safety
/// `slot` is the slot of `ssl`, which is alive and used by this thread alone; `leave` is called before either ends.
pub(super) unsafe fn enter(ssl: *const SSL, slot: &Slot) {
    let place = place(ssl as usize);
    let before = place.ssl.load(Ordering::Relaxed);
    // Two connections may want the same place at once: the second goes without.
    if before == WRITING
        || place.ssl.compare_exchange(before, WRITING, Ordering::Acquire, Ordering::Relaxed).is_err()
    {
        return;
    }
    place.slot.store(ptr::from_ref(slot).cast_mut(), Ordering::Release);
    place.ssl.store(ssl as usize, Ordering::Release);
}

/// Takes a connection from here that is about to end.
pub(super) fn leave(ssl: *const SSL) {
    // Where it fails, it does not stand here: no other thread writes this address.
    let _ =
        place(ssl as usize).ssl.compare_exchange(ssl as usize, EMPTY, Ordering::AcqRel, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_of_one_size_lie_in_different_places() {
        let first = place(0x7f00_1234_5670);
        let others = (1..64).filter(|n| ptr::eq(first, place(0x7f00_1234_5670 + n * 0x1a40))).count();
        assert!(others < 4, "{others} of 63");
    }
}
