//! The functions that a caller would have reached without us: one table for each libssl in the process.
//!
//! `dlsym(RTLD_NEXT)` alone does not do: Python loads libssl for its `ssl` module alone, and one process may hold several. So an
//! object's own scope leads to its libssl.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

use tlsdiag_core::source::openssl::{Interposer, Symbols, ctrl};

use crate::loaded::{Loaded, extent, object_of, own_base};

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
    fn SSL_get_SSL_CTX(Object) -> Object;
    fn SSL_CTX_use_PrivateKey(usize, usize) -> c_int;
    fn SSL_CTX_use_PrivateKey_ASN1(usize, usize, usize, usize) -> c_int;
    fn SSL_CTX_use_PrivateKey_file(usize, usize, usize) -> c_int;
    fn SSL_CTX_use_RSAPrivateKey_file(usize, usize, usize) -> c_int;
    fn SSL_CTX_use_certificate(usize, usize) -> c_int;
    fn SSL_CTX_use_certificate_ASN1(usize, usize, usize) -> c_int;
    fn SSL_CTX_use_certificate_file(usize, usize, usize) -> c_int;
    fn SSL_CTX_use_certificate_chain_file(usize, usize) -> c_int;
    fn SSL_CTX_use_cert_and_key(usize, usize, usize, usize, usize) -> c_int;
    fn SSL_CTX_check_private_key(usize) -> c_int;
    fn SSL_CTX_load_verify_locations(usize, usize, usize) -> c_int;
    fn SSL_CTX_load_verify_file(usize, usize) -> c_int;
    fn SSL_CTX_load_verify_dir(usize, usize) -> c_int;
    fn SSL_CTX_set_cipher_list(usize, usize) -> c_int;
    fn SSL_CTX_set_ciphersuites(usize, usize) -> c_int;
    fn SSL_use_PrivateKey(usize, usize) -> c_int;
    fn SSL_use_PrivateKey_ASN1(usize, usize, usize, usize) -> c_int;
    fn SSL_use_PrivateKey_file(usize, usize, usize) -> c_int;
    fn SSL_use_RSAPrivateKey_file(usize, usize, usize) -> c_int;
    fn SSL_use_certificate(usize, usize) -> c_int;
    fn SSL_use_certificate_ASN1(usize, usize, usize) -> c_int;
    fn SSL_use_certificate_file(usize, usize, usize) -> c_int;
    fn SSL_use_certificate_chain_file(usize, usize) -> c_int;
    fn SSL_use_cert_and_key(usize, usize, usize, usize, usize) -> c_int;
    fn SSL_check_private_key(usize) -> c_int;
    fn SSL_set_cipher_list(usize, usize) -> c_int;
    fn SSL_set_ciphersuites(usize, usize) -> c_int;
    fn SSL_CONF_cmd(usize, usize, usize) -> c_int;
}

/// One libssl.
pub(crate) struct Real {
    pub(crate) f: Functions,
    /// For the hooks; `None` where the library lacks what they need, or nothing is to be recorded.
    pub(crate) interposer: Option<Interposer>,
    pub(crate) symbols: Option<&'static Symbols>,
    /// Where its object begins, to know its own calls by.
    base: usize,
    /// Where it ends.
    end: usize,
    number: usize,
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
    if only() {
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

/// The library that was found first.
pub(crate) fn first() -> Option<&'static Real> {
    // SAFETY: null, or a leaked Real.
    unsafe { KNOWN[0].load(Ordering::Acquire).as_ref() }
}

/// Whether there is no second one.
#[inline(always)]
pub(crate) fn only() -> bool {
    KNOWN[1].load(Ordering::Relaxed).is_null()
}

/// The library on whose behalf we are called back by ourselves.
pub(crate) fn current_or_first() -> Option<&'static Real> {
    CURRENT.get().or_else(first)
}

/// Whether any library was found.
pub(crate) fn any() -> bool {
    !KNOWN[0].load(Ordering::Acquire).is_null()
}

/// The libssl that is this object, if it is one.
pub(crate) fn defined_in(object: &Loaded) -> Option<&'static Real> {
    if let Some(known) = known().find(|known| known.base == object.base) {
        return Some(known);
    }
    // SAFETY: as in `bound_to`, with the program's own handle for the program itself.
    unsafe {
        let name = if object.name.is_empty() { ptr::null() } else { object.name.as_ptr() };
        let handle = libc::dlopen(name, libc::RTLD_NOLOAD | libc::RTLD_LAZY);
        if handle.is_null() {
            libc::dlerror();
            return None;
        }
        let find = |name: &CStr| libc::dlsym(handle, name.as_ptr());
        let new = find(c"SSL_new");
        let is_its_own = !new.is_null() && object_of(new as usize).is_some_and(|of| of.base == object.base);
        let real = if is_its_own { table(new as usize, find) } else { None };
        libc::dlclose(handle);
        libc::dlerror();
        real
    }
}

/// Whether functions of the libssl that begins there were called through us.
pub(crate) fn is_known(base: usize) -> bool {
    known().any(|known| known.base == base)
}

/// The libraries whose functions were called through us.
pub(crate) fn known() -> impl Iterator<Item = &'static Real> {
    // SAFETY: null, or a leaked Real.
    KNOWN.iter().map_while(|place| unsafe { place.load(Ordering::Acquire).as_ref() })
}

/// The libssl that `object` is bound to.
pub(crate) fn bound_to(object: &Loaded) -> Option<&'static Real> {
    /// The one that the program itself is bound to, whose scope only grows at its end: so that it is searched once, and an error that
    /// waits for the program to ask (`dlerror(3)`) is not lost again.
    static OF_PROGRAM: AtomicPtr<Real> = AtomicPtr::new(ptr::null_mut());
    let is_program = object.name.is_empty();
    // SAFETY: null, or a leaked Real.
    if let Some(known) = unsafe { OF_PROGRAM.load(Ordering::Acquire).as_ref() }.filter(|_| is_program) {
        return Some(known);
    }
    // SAFETY: RTLD_NOLOAD loads nothing; dlsym takes an open handle, or RTLD_NEXT, and a C string. The handle is closed again,
    // so that a module which the program unloads is unloaded (Apache loads its modules twice).
    unsafe {
        let handle = if is_program {
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
        if let Some(real) = real.filter(|_| is_program) {
            OF_PROGRAM.store(ptr::from_ref(real).cast_mut(), Ordering::Release);
        }
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
            interposer: None,
            symbols: None,
            base: object.base,
            end: extent(object.base).1,
            number,
        }));
        if !matches!(crate::config::config().output, crate::config::Output::None) {
            SETTERS[number].store(ptr::from_mut(real), Ordering::Release);
            match Symbols::from_lookup(|name| setter(name, number).unwrap_or_else(|| find(name))) {
                Ok(symbols) => {
                    real.symbols = Some(symbols);
                    real.interposer = Some(Interposer::new(symbols));
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

unsafe extern "C" fn set_message<const N: usize>(ssl: Object, callback: Callback) {
    // SAFETY: a leaked Real, set before the hooks got this function; the arguments are theirs.
    unsafe {
        let real: &'static Real = &*SETTERS[N].load(Ordering::Acquire);
        if let Some(call) = real.f.SSL_callback_ctrl {
            calling(real, || call(ssl, ctrl::SET_MSG_CALLBACK, callback));
        }
    }
}

unsafe extern "C" fn set_context_message<const N: usize>(context: Object, callback: Callback) {
    // SAFETY: as above.
    unsafe {
        let real: &'static Real = &*SETTERS[N].load(Ordering::Acquire);
        if let Some(call) = real.f.SSL_CTX_callback_ctrl {
            calling(real, || call(context, ctrl::SET_MSG_CALLBACK, callback));
        }
    }
}

impl Real {
    /// Whether this address lies in it.
    #[inline(always)]
    pub(crate) fn holds(&self, address: usize) -> bool {
        (self.base..self.end).contains(&address)
    }

    /// Whether its object begins there.
    pub(crate) fn begins_at(&self, base: usize) -> bool {
        self.base == base
    }

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

    /// A handle of its object, to be closed; null where there is none.
    pub(crate) fn handle(&self) -> *mut c_void {
        match object_of(self.base) {
            // SAFETY: a C string; RTLD_NOLOAD loads nothing.
            Some(object) if !object.name.is_empty() => unsafe {
                libc::dlopen(object.name.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY)
            },
            _ => ptr::null_mut(),
        }
    }

    /// Its place among the libraries of this process.
    pub(crate) fn number(&self) -> usize {
        self.number
    }
}
