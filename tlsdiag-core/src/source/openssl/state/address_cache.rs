//! The connections of the connections that are in the midst of their handshakes, and the states of contexts, found by an address without
//! asking OpenSSL.
//!
//! OpenSSL's own answer (`SSL_get_ex_data(3)`) goes through four functions in two libraries, and is needed at every turn of a
//! handshake. Interposer two turns the processor has forgotten all of them, since it did a signature meanwhile: what costs is not to
//! run a function but to fetch it. A connection that does not stand here is merely looked up at length.

use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::connection::ConnectionState;
use super::context::ContextState;
use super::super::sys::functions::{SSL, SSL_CTX};

/// A power of two.
const PLACES: usize = 256;
/// Likewise, for contexts.
const CONTEXTS: usize = 64;
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
        // Another object's thread may be writing here, but none but this one writes this address: where it still stands, what was
        // read between the two is its own.
        if self.address.load(Ordering::Acquire) != address {
            rarely();
            return None;
        }
        // SAFETY: `enter` wrote it before the address, from a reference.
        unsafe {
            // Said, so that the compiler does not ask.
            std::hint::assert_unchecked(!ours.is_null());
            Some(NonNull::new_unchecked(ours))
        }
    }

    /// Writes here, if `before` still stands here and nobody else is writing.
    #[inline(always)]
    fn enter(&self, before: usize, address: usize, ours: &T) {
        if before == WRITING
            || self.address.compare_exchange(before, WRITING, Ordering::Acquire, Ordering::Relaxed).is_err()
        {
            return;
        }
        self.ours.store(ptr::from_ref(ours).cast_mut(), Ordering::Release);
        self.address.store(address, Ordering::Release);
    }

    #[inline(always)]
    fn leave(&self, address: usize) {
        // Where it fails, it does not stand here: no other thread writes this address.
        let _ = self.address.compare_exchange(address, EMPTY, Ordering::AcqRel, Ordering::Relaxed);
    }
}

#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static TABLE: [Place<ConnectionState>; PLACES] = [const { Place::new() }; PLACES];
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static CONTEXT_TABLE: [Place<ContextState>; CONTEXTS] = [const { Place::new() }; CONTEXTS];

#[inline(always)]
fn place<T, const N: usize>(table: &'static [Place<T>; N], address: usize) -> &'static Place<T> {
    // Objects of one size lie at multiples of it: the multiplication spreads them.
    const GOLDEN: u32 = 0x9e37_79b1;
    let spread = (address as u32).wrapping_mul(GOLDEN) >> (u32::BITS - N.ilog2());
    &table[spread as usize % N]
}

/// The connection of `ssl`, if it stands here.
///
/// # Safety
/// `ssl` is null, or alive and stays so for `'a`, and no other thread uses it.
#[inline(always)]
pub(crate) unsafe fn find<'a>(ssl: *const SSL) -> Option<&'a ConnectionState> {
    let connection = place(&TABLE, ssl as usize).find(ssl as usize)?;
    // SAFETY: the connection that `enter` was given with this address, and wrote before it. It lives as long as its SSL, whose end takes
    // it from here (`leave`) before the connection goes and before the address can become another one's.
    Some(unsafe { connection.as_ref() })
}

/// Puts a connection here, in place of whichever stood in its place.
///
/// # Safety
/// `connection` is the connection of `ssl`, which is alive and used by this thread alone; `leave` is called before either ends.
#[inline]
pub(crate) unsafe fn enter(ssl: *const SSL, connection: &ConnectionState) {
    let place = place(&TABLE, ssl as usize);
    // Two may want the same place at once: the second goes without.
    place.enter(place.address.load(Ordering::Relaxed), ssl as usize, connection);
}

/// Takes a connection from here that is about to end.
#[inline]
pub(crate) fn leave(ssl: *const SSL) {
    place(&TABLE, ssl as usize).leave(ssl as usize);
}

/// The state of a context, if it stands here.
///
/// # Safety
/// `context` is null, or alive and stays so for `'a`.
#[inline(always)]
pub(crate) unsafe fn find_context<'a>(context: *const SSL_CTX) -> Option<&'a ContextState> {
    let state = place(&CONTEXT_TABLE, context as usize).find(context as usize)?;
    // SAFETY: as for `find`. Several threads may use a context and put it here; where it stands it stays until its end.
    Some(unsafe { state.as_ref() })
}

/// Puts a context here, if its place is free.
///
/// # Safety
/// `state` is the state of `context`, which is alive; `leave_context` is called before either ends.
pub(crate) unsafe fn enter_context(context: *const SSL_CTX, state: &ContextState) {
    place(&CONTEXT_TABLE, context as usize).enter(EMPTY, context as usize, state);
}

/// Takes a context from here that is about to end.
pub(crate) fn leave_context(context: *const SSL_CTX) {
    place(&CONTEXT_TABLE, context as usize).leave(context as usize);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_of_one_size_lie_in_different_places() {
        let first = place(&TABLE, 0x7f00_1234_5670);
        let others = (1..64).filter(|n| ptr::eq(first, place(&TABLE, 0x7f00_1234_5670 + n * 0x1a40))).count();
        assert!(others < 4, "{others} of 63");
    }
}
