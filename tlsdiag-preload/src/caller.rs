//! Who calls, and which libssl is meant: the one that the caller is bound to, unless the object that the call is about is another's.
//!
//! A library may jump to us instead of calling (Debian's `SSL_CTX_new` ends so), and then the return address is that of its own caller,
//! who may be bound to another library, or to none: who has taken the address of `SSL_CTX_new` from `dlsym`. The object tells: its method
//! table lies in the library that made it.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::boundary::guard;
use crate::libraries::{Real, bound_to, current_or_first, defined_in, first, only};
use crate::loaded::{all, object_of, own_base};

/// Who called.
#[derive(Clone, Copy)]
pub(crate) enum Caller {
    /// The program, or a library of its.
    Application(&'static Real),
    /// OpenSSL itself, on its way through one of its functions, or the hooks: not to be taken for the application.
    Inside(&'static Real),
    /// Somebody in a process without any libssl.
    Nobody,
}

/// What a call is about, by which its library can be told.
#[derive(Clone, Copy)]
pub(crate) enum About {
    /// An `SSL_METHOD`, which is a constant of its library; or null.
    Method(*const std::ffi::c_void),
    /// An `SSL_CTX` or an `SSL`; or null.
    Object(*const std::ffi::c_void),
}

/// In the first words of an `SSL_CTX` or `SSL` there is the address of its method table, in every version from 1.1.1 to 4.0. Both are many
/// times as long.
const WORDS: usize = 6;

impl About {
    /// The addresses that tell.
    fn addresses(self) -> impl Iterator<Item = usize> {
        let (pointer, count) = match self {
            About::Method(method) => (method, 0),
            About::Object(object) => (object, WORDS),
        };
        let words = if pointer.is_null() { 0 } else { count };
        // SAFETY: a live object of OpenSSL's, as our caller promises, which is longer than that; or nothing is read. The words are those
        // that `SSL_new` or `SSL_CTX_new` wrote and nobody writes again.
        let words = (0..words).map(move |i| unsafe { pointer.cast::<usize>().add(i).read_volatile() });
        let itself = matches!(self, About::Method(_)).then_some(pointer as usize);
        itself.into_iter().chain(words)
    }

    /// Whether this is of that library, as far as can be told: not where it is another's, nor where it is nobody's.
    #[inline]
    fn is_of(self, real: &Real) -> bool {
        // Null is all of theirs.
        self.is_null() || self.addresses().any(|address| real.holds(address))
    }

    #[inline]
    fn is_null(self) -> bool {
        let (About::Method(pointer) | About::Object(pointer)) = self;
        pointer.is_null()
    }

    /// The library that this is of.
    fn owner(self) -> Option<&'static Real> {
        self.addresses().filter(|address| *address != 0).find_map(|address| {
            let object = object_of(address)?;
            if object.base == own_base() { None } else { defined_in(&object) }
        })
    }
}

/// Return addresses and what they were found to be, so that a call costs no search.
const PLACES: usize = 512;
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static FOUND: [[AtomicUsize; 2]; PLACES] = [const { [AtomicUsize::new(0), AtomicUsize::new(0)] }; PLACES];
const INSIDE: usize = 1;

/// What was found of this return address, if it was asked before: an address of a [`Real`] with the bit [`INSIDE`], or 0.
#[inline(always)]
fn found(address: usize) -> usize {
    let place = &FOUND[(address >> 1) % PLACES];
    // Written in the other order, so that an address never stands with what another one was found to be; and a place that is taken
    // stays its owner's.
    if place[0].load(Ordering::Acquire) != address {
        return 0;
    }
    place[1].load(Ordering::Acquire)
}

/// Who called from this return address, and for which library.
pub(crate) fn caller(address: usize, about: About) -> Caller {
    let found = found(address);
    if found != 0 {
        // SAFETY: the address of a leaked Real, with a bit that its alignment leaves free.
        let real = unsafe { &*((found & !INSIDE) as *const Real) };
        if about.is_of(real) {
            return if found & INSIDE != 0 { Caller::Inside(real) } else { Caller::Application(real) };
        }
    }
    guard(|| at_length(address, about)).unwrap_or_else(|| first().map_or(Caller::Nobody, Caller::Inside))
}

/// The library, where it is known that this return address is the application's, that there is no other library, so that nobody needs to
/// be told [on whose behalf](crate::libraries::calling) it is called, and that the object is of that library.
#[inline(always)]
pub(crate) fn known_application(address: usize, about: About) -> Option<&'static Real> {
    let found = found(address);
    if found == 0 || found & INSIDE != 0 || !only() {
        return None;
    }
    // SAFETY: as in `caller`.
    let real = unsafe { &*(found as *const Real) };
    about.is_of(real).then_some(real)
}

#[cold]
fn at_length(address: usize, about: About) -> Caller {
    let by_address = by_address(address);
    match by_address {
        Caller::Application(real) | Caller::Inside(real) if about.is_of(real) => return by_address,
        _ => {}
    }
    match (about.owner(), by_address) {
        (Some(owner), Caller::Inside(_)) => Caller::Inside(owner),
        // It has jumped to us: its own caller is the application.
        (Some(owner), _) => Caller::Application(owner),
        // Nothing tells, as where there is no object at all: any library says so in the same way.
        (None, Caller::Nobody) => any_library().map_or(Caller::Nobody, Caller::Inside),
        (None, by_address) => by_address,
    }
}

/// By the object that the return address lies in, and what that is bound to.
fn by_address(address: usize) -> Caller {
    let Some(object) = object_of(address) else { return Caller::Nobody };
    if object.base == own_base() {
        // Whoever did not say for whom it calls did so when there was but the first.
        return current_or_first().map_or(Caller::Nobody, Caller::Inside);
    }
    let Some(real) = bound_to(&object) else { return Caller::Nobody };
    let inside = real.begins_at(object.base);
    let found = std::ptr::from_ref(real) as usize | if inside { INSIDE } else { 0 };
    let place = &FOUND[(address >> 1) % PLACES];
    // A place that is taken stays its owner's; the others search each time.
    if place[0].compare_exchange(0, address, Ordering::AcqRel, Ordering::Acquire).is_ok() {
        place[1].store(found, Ordering::Release);
    }
    if inside { Caller::Inside(real) } else { Caller::Application(real) }
}

/// Any libssl that is loaded.
fn any_library() -> Option<&'static Real> {
    first().or_else(|| all().iter().filter(|object| object.base != own_base()).find_map(defined_in))
}
