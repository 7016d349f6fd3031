//! The function that a call would have reached without us, for those that are not libssl's.
//!
//! The dynamic linker looks into the scope of the whole program first, and then into the caller's own, for the version of the symbol that the
//! caller was linked with. Our own definition has no version, so it comes before all of them.

use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::boundary::guard;
use crate::libraries::current_or_first;
use crate::loaded::{Loaded, all, changes, object_of, own_base};

/// The versions that libcrypto's symbols have, by its own map.
const VERSIONS: [&CStr; 3] = [c"OPENSSL_1_1_0", c"OPENSSL_3.0.0", c"OPENSSL_4.0.0"];

/// What has no version is found for any.
const NO_VERSION: &CStr = c"TLSDIAG_NONE";

/// As many call sites are remembered; the others search each time.
const PLACES: usize = 32;

/// A function that is looked for by its name.
pub(crate) struct Wanted {
    name: &'static CStr,
    /// What the program was started with, before all that it loads later.
    first: AtomicPtr<c_void>,
    sites: [Site; PLACES],
}

/// A return address and what it means.
struct Site {
    /// The address, and in its upper bits, which no address has, how many objects had been unloaded: another may lie there then.
    /// Or [`BUSY`].
    key: AtomicUsize,
    function: AtomicUsize,
    /// Whether the function's own library is the caller: [`INSIDE`]. Above that, where the caller's own scope has no such function, how many
    /// objects had been loaded.
    how: AtomicUsize,
}

/// How a function was found: where it lies, and whether it is called from within its own library.
enum Found {
    /// The caller's own scope has it.
    InScope(usize, bool),
    /// Another object's has.
    Anywhere(usize, bool),
    /// It is the one that a libssl has jumped to.
    Jumped(usize),
}

const BUSY: usize = 1;
const INSIDE: usize = 1;
const UPPER: u32 = 48;

impl Site {
    const fn new() -> Self {
        Site { key: AtomicUsize::new(0), function: AtomicUsize::new(0), how: AtomicUsize::new(0) }
    }
}

impl Wanted {
    pub(crate) const fn new(name: &'static CStr) -> Self {
        Wanted { name, first: AtomicPtr::new(ptr::null_mut()), sites: [const { Site::new() }; PLACES] }
    }

    /// For when this object is loaded: what is found then need not be looked for while an error waits for the program to ask (`dlerror(3)`).
    pub(crate) fn look(&self) {
        // SAFETY: RTLD_NEXT takes a C string; dlerror takes nothing, and no error is the program's yet.
        unsafe {
            self.first.store(libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()), Ordering::Relaxed);
            libc::dlerror();
        }
    }

    /// The function that a caller means with this return address, and whether it is called from within its own library.
    pub(crate) fn meant(&self, address: usize) -> Option<(usize, bool)> {
        let (loads, unloads) = changes();
        let key = address | (unloads << UPPER);
        let mut free = None;
        for at in 0..PLACES {
            let site = &self.sites[((address >> 1) + at) % PLACES];
            let known = site.key.load(Ordering::Acquire);
            if known == key {
                let function = site.function.load(Ordering::Acquire);
                let how = site.how.load(Ordering::Acquire);
                // Nobody has made it another one's meanwhile.
                let still = site.key.load(Ordering::Acquire) == key;
                if still && (how >> 1 == 0 || how >> 1 == loads) {
                    return Some((function, how & INSIDE != 0));
                }
                free = free.or(Some((site, known)));
                break;
            }
            // What was found before something was unloaded is of no use any more.
            if known != BUSY && (known == 0 || known >> UPPER != key >> UPPER) {
                free = free.or(Some((site, known)));
            }
            if known == 0 {
                break;
            }
        }
        let (function, inside, is_own) = match guard(|| self.search(address)).flatten()? {
            Found::InScope(function, inside) => (function, inside, true),
            Found::Anywhere(function, inside) => (function, inside, false),
            Found::Jumped(function) => return Some((function, true)),
        };
        if let Some((site, known)) = free
            && site.key.compare_exchange(known, BUSY, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        {
            site.function.store(function, Ordering::Release);
            let loads = if is_own { 0 } else { loads };
            site.how.store((loads << 1) | usize::from(inside), Ordering::Release);
            site.key.store(key, Ordering::Release);
        }
        Some((function, inside))
    }

    /// As [`meant`](Self::meant), and how it was found.
    #[cold]
    fn search(&self, address: usize) -> Option<Found> {
        let caller = object_of(address);
        if caller.as_ref().is_some_and(|caller| caller.base == own_base()) {
            return self.of_libssl();
        }
        let first = self.first.load(Ordering::Relaxed);
        let named = caller.as_ref().filter(|caller| !caller.name.is_empty());
        // The program itself has no scope but that of all.
        let is_known = named.is_none() && !first.is_null();
        let mut found = if is_known { first } else { self.in_scope(named) };
        let is_own = !found.is_null();
        if !is_own {
            found = self.anywhere();
        }
        let library = object_of(found as usize).filter(|library| library.base != own_base());
        if !is_known {
            // It stays, since its handle is never closed.
            library.as_ref().map(open);
            // What was not found must not be reported to the program as an error of its own.
            // SAFETY: takes nothing.
            unsafe { libc::dlerror() };
        }
        let library = library?;
        let inside = caller.is_some_and(|caller| caller.base == library.base);
        Some(if is_own {
            Found::InScope(found as usize, inside)
        } else {
            Found::Anywhere(found as usize, inside)
        })
    }

    /// The function that the libssl is bound to whose function we have called: it has jumped here at its end, so that the return address is
    /// ours.
    fn of_libssl(&self) -> Option<Found> {
        let handle = current_or_first()?.handle();
        if handle.is_null() {
            return None;
        }
        // SAFETY: an open handle, which is closed again, and a C string.
        let found = unsafe {
            let found = libc::dlsym(handle, self.name.as_ptr());
            libc::dlclose(handle);
            libc::dlerror();
            found
        };
        let library = object_of(found as usize).filter(|library| library.base != own_base())?;
        open(&library);
        Some(Found::Jumped(found as usize))
    }

    /// What the dynamic linker finds for a caller, which is the program itself where none is given.
    fn in_scope(&self, caller: Option<&Loaded>) -> *mut c_void {
        // SAFETY: dlsym and dlvsym take RTLD_NEXT or an open handle, and C strings. The caller's handle is closed again.
        unsafe {
            let all = libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr());
            let handle = caller.map_or(ptr::null_mut(), open);
            if handle.is_null() {
                return all;
            }
            let own = libc::dlsym(handle, self.name.as_ptr());
            let versioned =
                |handle, version: &&CStr| libc::dlvsym(handle, self.name.as_ptr(), version.as_ptr());
            // Its version is the one that the caller wants; and one without a version does for all.
            let version = VERSIONS.iter().find(|version| versioned(handle, version) == own);
            let version = version.filter(|_| versioned(handle, &NO_VERSION) != own);
            let fits = version.is_none_or(|version| versioned(libc::RTLD_NEXT, version) == all);
            libc::dlclose(handle);
            if all.is_null() || (!own.is_null() && !fits) { own } else { all }
        }
    }

    /// The function of that name in whichever library has it; null where none has. For whoever has our address from elsewhere, or has jumped
    /// to us, while its libcrypto is known to those alone that loaded it.
    fn anywhere(&self) -> *mut c_void {
        let named = all().into_iter().filter(|object| object.base != own_base() && !object.name.is_empty());
        let mut found = named.filter_map(|object| {
            let handle = open(&object);
            if handle.is_null() {
                return None;
            }
            // SAFETY: an open handle, which is closed again, and a C string.
            let function = unsafe {
                let function = libc::dlsym(handle, self.name.as_ptr());
                libc::dlclose(handle);
                function
            };
            let owner = object_of(function as usize).filter(|_| !function.is_null())?;
            (owner.base == object.base).then_some(function)
        });
        // Where there are several nothing tells which is meant, and any is better than none.
        found.next().unwrap_or(ptr::null_mut())
    }
}

/// A handle of an object that is loaded.
fn open(object: &Loaded) -> *mut c_void {
    if object.name.is_empty() {
        return ptr::null_mut();
    }
    // SAFETY: a C string; RTLD_NOLOAD loads nothing.
    unsafe { libc::dlopen(object.name.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY) }
}
