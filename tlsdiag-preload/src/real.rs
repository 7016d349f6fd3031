//! The functions that a caller would have reached without us: one table for each libssl, found from the caller.
//!
//! `dlsym(RTLD_NEXT)` alone does not do: Python loads libssl for its `ssl` module alone, and one process may hold several. So
//! the caller's return address leads to the object that it lies in, and that object's own scope to its libssl.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tlsdiag_core::source::openssl::{Between, Symbols};

macro_rules! functions {
    ($( fn $name:ident($($arg:ty),*) $(-> $ret:ty)?; )*) => {
        /// OpenSSL's own functions behind those that we stand in for; an old library lacks some.
        #[allow(non_snake_case)]
        pub(crate) struct Functions {
            $( pub(crate) $name: Option<unsafe extern "C" fn($($arg),*) $(-> $ret)?>, )*
        }

        impl Functions {
            /// # Safety
            /// `lookup` gives null, or OpenSSL's function of that name.
            unsafe fn find(lookup: impl Fn(&CStr) -> *mut c_void) -> Self {
                Functions { $(
                    $name: {
                        let name = concat!(stringify!($name), "\0").as_bytes();
                        let found = lookup(CStr::from_bytes_with_nul(name).unwrap_or_default());
                        // SAFETY: null, or a function of this prototype by the caller's promise.
                        unsafe { std::mem::transmute::<*mut c_void, Option<unsafe extern "C" fn($($arg),*) $(-> $ret)?>>(found) }
                    },
                )* }
            }
        }
    };
}

type Object = *mut c_void;
type Callback = *const c_void;

functions! {
    fn SSL_CTX_new(*const c_void) -> Object;
    fn SSL_CTX_new_ex(*mut c_void, *const c_char, *const c_void) -> Object;
    fn SSL_new(Object) -> Object;
    fn SSL_free(Object);
    fn SSL_set_SSL_CTX(Object, Object) -> Object;
    fn SSL_is_quic(Object) -> c_int;
    fn OSSL_QUIC_client_method() -> *const c_void;
    fn OSSL_QUIC_client_thread_method() -> *const c_void;
    fn OSSL_QUIC_server_method() -> *const c_void;
    fn SSL_CTX_set_msg_callback(Object, Callback);
    fn SSL_set_msg_callback(Object, Callback);
    fn SSL_CTX_callback_ctrl(Object, c_int, Callback) -> c_long;
    fn SSL_callback_ctrl(Object, c_int, Callback) -> c_long;
    fn SSL_CTX_ctrl(Object, c_int, c_long, *mut c_void) -> c_long;
    fn SSL_ctrl(Object, c_int, c_long, *mut c_void) -> c_long;
    fn SSL_CTX_set_info_callback(Object, Callback);
    fn SSL_CTX_get_info_callback(Object) -> Callback;
    fn SSL_set_info_callback(Object, Callback);
    fn SSL_get_info_callback(Object) -> Callback;
    fn SSL_set_verify(Object, c_int, Callback);
    fn SSL_get_verify_callback(Object) -> Callback;
    fn SSL_verify_client_post_handshake(Object) -> c_int;
    fn SSL_set_security_callback(Object, Callback);
    fn SSL_get_security_callback(Object) -> Callback;
    fn SSL_CTX_set_keylog_callback(Object, Callback);
    fn SSL_CTX_get_keylog_callback(Object) -> Callback;
}

/// One libssl.
pub(crate) struct Real {
    pub(crate) f: Functions,
    /// For the hooks; `None` where the library lacks what they need, or nothing is to be recorded.
    pub(crate) between: Option<Between>,
    pub(crate) symbols: Option<&'static Symbols>,
    /// Where its object begins, to know its own calls by.
    base: usize,
    number: usize,
}

/// Who called.
#[derive(Clone, Copy)]
pub(crate) enum Caller {
    /// The program, or a library of its.
    Application(&'static Real),
    /// OpenSSL itself, on its way through one of its functions, or the hooks: not to be taken for the application.
    Inside(&'static Real),
    /// Somebody whose libssl cannot be found: there is none.
    Nobody,
}

thread_local! {
    /// The library whose function is being called by us, where there are several. Debian's libssl calls itself by name, and where
    /// that call is its last one the return address is ours.
    static CURRENT: Cell<Option<&'static Real>> = const { Cell::new(None) };
}

/// Calls a function of `real`'s, known as the one on whose behalf we are called back.
#[inline]
pub(crate) fn calling<T>(real: &'static Real, call: impl FnOnce() -> T) -> T {
    // The only one is known without a word, and to put one into a thread's own memory takes the dynamic linker's help.
    if KNOWN[1].load(Ordering::Relaxed).is_null() {
        return call();
    }
    let before = CURRENT.replace(Some(real));
    let result = call();
    CURRENT.set(before);
    result
}

/// As many as the hooks can tell apart.
const LIBRARIES: usize = 8;
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static KNOWN: [AtomicPtr<Real>; LIBRARIES] = [const { AtomicPtr::new(ptr::null_mut()) }; LIBRARIES];
static MAKING: Mutex<()> = Mutex::new(());

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

/// Who called from this return address.
pub(crate) fn caller(address: usize) -> Caller {
    let found = found(address);
    if found != 0 {
        // SAFETY: the address of a leaked Real, with a bit that its alignment leaves free.
        let real = unsafe { &*((found & !INSIDE) as *const Real) };
        return if found & INSIDE != 0 { Caller::Inside(real) } else { Caller::Application(real) };
    }
    let place = &FOUND[(address >> 1) % PLACES];
    crate::boundary::guard(|| search(address, place)).unwrap_or(Caller::Nobody)
}

/// The library, where it is known that this return address is the application's, and that there is no other library, so that
/// nobody needs to be told [on whose behalf](calling) it is called.
#[inline(always)]
pub(crate) fn known_application(address: usize) -> Option<&'static Real> {
    let found = found(address);
    if found == 0 || found & INSIDE != 0 || !KNOWN[1].load(Ordering::Relaxed).is_null() {
        return None;
    }
    // SAFETY: as in `caller`.
    Some(unsafe { &*(found as *const Real) })
}

#[cold]
fn search(address: usize, place: &[AtomicUsize; 2]) -> Caller {
    let Some(object) = object_of(address) else { return fallback(None) };
    if object.base == own_base() {
        // Whoever did not say for whom it calls did so when there was but the first.
        return match CURRENT.get().or_else(first) {
            Some(real) => Caller::Inside(real),
            None => Caller::Nobody,
        };
    }
    let Some(real) = library_of(&object) else { return fallback(Some(&object)) };
    let inside = real.base == object.base;
    let found = ptr::from_ref(real) as usize | if inside { INSIDE } else { 0 };
    // A place that is taken stays its owner's; the others search each time.
    if place[0].compare_exchange(0, address, Ordering::AcqRel, Ordering::Acquire).is_ok() {
        place[1].store(found, Ordering::Release);
    }
    if inside { Caller::Inside(real) } else { Caller::Application(real) }
}

/// A caller whose own scope has no libssl found our names by way of the program's: then it means the program's libssl.
fn fallback(_object: Option<&Loaded>) -> Caller {
    sole().map_or(Caller::Nobody, Caller::Application)
}

/// The library that was found first.
fn first() -> Option<&'static Real> {
    // SAFETY: null, or a leaked Real.
    unsafe { KNOWN[0].load(Ordering::Acquire).as_ref() }
}

/// The only library, if there is but one.
fn sole() -> Option<&'static Real> {
    first().filter(|_| KNOWN[1].load(Ordering::Acquire).is_null())
}

/// Whether any library was found.
pub(crate) fn any() -> bool {
    !KNOWN[0].load(Ordering::Acquire).is_null()
}

struct Loaded {
    base: usize,
    /// As `dlopen` knows it; empty for the program itself.
    name: &'static CStr,
}

fn object_of(address: usize) -> Option<Loaded> {
    // SAFETY: plain data, for which zeros are a value; dladdr1 only reads, and stores the address of a link map that lives as
    // long as its object, which is being called from.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        let mut map: *mut LinkMap = ptr::null_mut();
        let found = dladdr1(address as *const c_void, &mut info, (&raw mut map).cast(), RTLD_DL_LINKMAP);
        if found == 0 || map.is_null() {
            return None;
        }
        let name = if (*map).name.is_null() { c"" } else { CStr::from_ptr((*map).name) };
        Some(Loaded { base: info.dli_fbase as usize, name })
    }
}

const RTLD_DL_LINKMAP: c_int = 2;

/// The head of `struct link_map` of <link.h>.
#[repr(C)]
struct LinkMap {
    _address: usize,
    name: *const c_char,
}

unsafe extern "C" {
    fn dladdr1(
        address: *const c_void,
        info: *mut libc::Dl_info,
        extra: *mut *mut c_void,
        flags: c_int,
    ) -> c_int;
}

fn own_base() -> usize {
    static BASE: OnceLock<usize> = OnceLock::new();
    *BASE.get_or_init(|| object_of(own_base as fn() -> usize as usize).map_or(0, |object| object.base))
}

/// The libssl that `object` is bound to.
fn library_of(object: &Loaded) -> Option<&'static Real> {
    // SAFETY: RTLD_NOLOAD loads nothing; dlsym takes an open handle, or RTLD_NEXT, and a C string. The handle is closed again,
    // so that a module which the program unloads is unloaded (Apache loads its modules twice).
    unsafe {
        let handle = if object.name.is_empty() {
            ptr::null_mut()
        } else {
            libc::dlopen(object.name.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY)
        };
        let find = |name: &CStr| {
            let found = if handle.is_null() { ptr::null_mut() } else { libc::dlsym(handle, name.as_ptr()) };
            if found.is_null() { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) } else { found }
        };
        let new = find(c"SSL_new");
        let real = if new.is_null() { None } else { table(new as usize, find) };
        if !handle.is_null() {
            libc::dlclose(handle);
        }
        // What was not found must not be reported to the program as an error of its own.
        libc::dlerror();
        real
    }
}

/// The table of the library whose `SSL_new` lies at this address, made if need be.
///
/// # Safety
/// `find` gives null, or the function of that name in that library.
unsafe fn table(new: usize, find: impl Fn(&CStr) -> *mut c_void) -> Option<&'static Real> {
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    for (number, place) in KNOWN.iter().enumerate() {
        let known = place.load(Ordering::Acquire);
        if known.is_null() {
            // SAFETY: passed on.
            let real = unsafe { make(new, number, find)? };
            place.store(ptr::from_ref(real).cast_mut(), Ordering::Release);
            return Some(real);
        }
        // SAFETY: a leaked Real.
        let known = unsafe { &*known };
        if known.f.SSL_new.is_some_and(|known| known as usize == new) {
            return Some(known);
        }
    }
    None
}

/// # Safety
/// As for [`table`].
unsafe fn make(new: usize, number: usize, find: impl Fn(&CStr) -> *mut c_void) -> Option<&'static Real> {
    let object = object_of(new)?;
    if object.base == own_base() {
        return None;
    }
    // SAFETY: passed on. Once a table refers to the library it must stay, so its handle is never closed.
    unsafe {
        if !object.name.is_empty() {
            libc::dlopen(object.name.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY);
        }
        let real = Box::leak(Box::new(Real {
            f: Functions::find(&find),
            between: None,
            symbols: None,
            base: object.base,
            number,
        }));
        if !matches!(crate::config::config().output, crate::config::Output::None) {
            SETTERS[number].store(ptr::from_mut(real), Ordering::Release);
            match Symbols::from_lookup(|name| setter(name, number).unwrap_or_else(|| find(name))) {
                Ok(symbols) => {
                    real.symbols = Some(symbols);
                    real.between = Some(Between::new(symbols));
                }
                Err(error) => crate::config::say(&format!("{error}; its handshakes are not recorded")),
            }
        }
        Some(real)
    }
}

/// The libraries by number, for the setters below.
static SETTERS: [AtomicPtr<Real>; LIBRARIES] = [const { AtomicPtr::new(ptr::null_mut()) }; LIBRARIES];

/// OpenSSL's setters of message callbacks call others by name, and would reach us; the hooks get these instead, which go
/// straight to where those would have gone.
fn setter(name: &CStr, number: usize) -> Option<*mut c_void> {
    let (ssl, context) = match number {
        0 => pair::<0>(),
        1 => pair::<1>(),
        2 => pair::<2>(),
        3 => pair::<3>(),
        4 => pair::<4>(),
        5 => pair::<5>(),
        6 => pair::<6>(),
        7 => pair::<7>(),
        _ => return None,
    };
    match name.to_bytes() {
        b"SSL_set_msg_callback" => Some(ssl as *mut c_void),
        b"SSL_CTX_set_msg_callback" => Some(context as *mut c_void),
        _ => None,
    }
}

type Setter = unsafe extern "C" fn(Object, Callback);

fn pair<const N: usize>() -> (Setter, Setter) {
    (set_message::<N>, set_context_message::<N>)
}

/// `SSL_CTRL_SET_MSG_CALLBACK`.
pub(crate) const SET_MSG_CALLBACK: c_int = 15;
/// `SSL_CTRL_SET_MSG_CALLBACK_ARG`.
pub(crate) const SET_MSG_CALLBACK_ARG: c_int = 16;

unsafe extern "C" fn set_message<const N: usize>(ssl: Object, callback: Callback) {
    // SAFETY: a leaked Real, set before the hooks got this function; the arguments are theirs.
    unsafe {
        let real: &'static Real = &*SETTERS[N].load(Ordering::Acquire);
        if let Some(ctrl) = real.f.SSL_callback_ctrl {
            calling(real, || ctrl(ssl, SET_MSG_CALLBACK, callback));
        }
    }
}

unsafe extern "C" fn set_context_message<const N: usize>(context: Object, callback: Callback) {
    // SAFETY: as above.
    unsafe {
        let real: &'static Real = &*SETTERS[N].load(Ordering::Acquire);
        if let Some(ctrl) = real.f.SSL_CTX_callback_ctrl {
            calling(real, || ctrl(context, SET_MSG_CALLBACK, callback));
        }
    }
}

impl Real {
    /// Whether contexts of this method are QUIC's, which have their own handshake.
    pub(crate) fn is_quic(&self, method: *const c_void) -> bool {
        let methods = [
            self.f.OSSL_QUIC_client_method,
            self.f.OSSL_QUIC_client_thread_method,
            self.f.OSSL_QUIC_server_method,
        ];
        // SAFETY: these take nothing and give the address of a constant.
        methods.into_iter().flatten().any(|quic| unsafe { quic() } == method)
    }

    /// Its place among the libraries of this process.
    pub(crate) fn number(&self) -> usize {
        self.number
    }
}
