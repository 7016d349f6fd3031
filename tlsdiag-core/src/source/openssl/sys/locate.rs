//! Finds the OpenSSL that an object belongs to, from the object alone.
//!
//! An `SSL_CTX` and an `SSL` hold, among their first words, a pointer to a table of methods inside
//! the library that made them. The dynamic linker knows which library that is, and there the
//! functions are looked up.

use std::ffi::{CStr, CString, c_int, c_void};
use std::fmt;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::library::Symbols;
use crate::Error;

/// Why no library was found for an object.
#[derive(Debug)]
#[non_exhaustive]
pub enum LocateError {
    /// The pointer is not what it should be: NULL, unaligned, or an `SSL` where an `SSL_CTX` is
    /// wanted.
    WrongObject(Error),
    /// No library in this process exports OpenSSL's functions, several do and none owns the object,
    /// or one lacks some.
    NoLibrary(Error),
}

impl fmt::Display for LocateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LocateError::WrongObject(error) | LocateError::NoLibrary(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LocateError {}

/// What a pointer is said to point at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Object {
    /// An `SSL_CTX`.
    Context,
    /// An `SSL`.
    Connection,
}

impl Object {
    fn name(self) -> &'static str {
        match self {
            Object::Context => "SSL_CTX",
            Object::Connection => "SSL",
        }
    }
}

/// Addresses of method tables seen before, with their library: a library's own data, so the answer
/// never changes.
static SEEN: Mutex<Vec<(usize, &'static Symbols)>> = Mutex::new(Vec::new());

/// The library that an object belongs to.
pub(crate) enum Located {
    /// One of its objects was seen before.
    Known(&'static Symbols),
    /// An open handle of it. `methods` is by what it is known again ([`remember`]); none where it
    /// is merely the only OpenSSL here.
    Handle { handle: *mut c_void, methods: Option<usize> },
}

/// The library that made `object`; where its layout is not known, the only OpenSSL in this process.
///
/// # Errors
/// See [`LocateError`].
///
/// # Safety
/// `object` is null or points at a live `SSL_CTX` or `SSL` of an OpenSSL that is never unloaded.
pub(crate) unsafe fn library_of(object: *const c_void, kind: Object) -> Result<Located, LocateError> {
    let name = kind.name();
    if object.is_null() {
        return Err(LocateError::WrongObject(Error::new(format!("the {name} is NULL"))));
    }
    if !object.cast::<usize>().is_aligned() {
        return Err(LocateError::WrongObject(Error::new(format!("this pointer is no {name}"))));
    }
    // SAFETY: both objects are hundreds of bytes long, and aligned as checked above.
    let words = unsafe { object.cast::<[usize; 4]>().read() };
    let Some((methods, found)) = shape(&words) else { return only_library() };
    if found != kind {
        let found = found.name();
        return Err(LocateError::WrongObject(Error::new(format!(
            "this pointer is an {found}, where an {name} is wanted"
        ))));
    }
    if let Some(symbols) = known(methods) {
        return Ok(Located::Known(symbols));
    }
    match library_around(methods) {
        Some(handle) => Ok(Located::Handle { handle, methods: Some(methods) }),
        None => only_library(),
    }
}

/// The library with this table of methods, if it was seen before.
fn known(methods: usize) -> Option<&'static Symbols> {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    seen.iter().find(|(known, _)| *known == methods).map(|(_, symbols)| *symbols)
}

/// From now on this table of methods is known to be of that library.
pub(crate) fn remember(methods: usize, symbols: &'static Symbols) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    // Two threads may have asked at once.
    if !seen.iter().any(|(known, _)| *known == methods) {
        seen.push((methods, symbols));
    }
}

/// The place of the pointer to the methods shows which object it is, and of which OpenSSL:
///
/// | | first words |
/// |---|---|
/// | `SSL_CTX` 1.1.1 | methods |
/// | `SSL_CTX` 3.x | library context or null, methods |
/// | `SSL` 1.1.1 to 3.1 | version (an int), methods |
/// | `SSL` 3.2 on | type (an int), `SSL_CTX`, methods |
fn shape(words: &[usize; 4]) -> Option<(usize, Object)> {
    const LARGEST_VERSION: usize = 0x1_ffff;
    let [first, second, third, _] = *words;
    if is_of_openssl(first) {
        return Some((first, Object::Context));
    }
    if is_of_openssl(second) {
        let is_version = (1..=LARGEST_VERSION).contains(&first);
        return Some((second, if is_version { Object::Connection } else { Object::Context }));
    }
    (first <= LARGEST_VERSION && is_of_openssl(third)).then_some((third, Object::Connection))
}

fn is_of_openssl(address: usize) -> bool {
    known(address).is_some() || library_around(address).is_some()
}

/// A handle of the loaded object that `address` lies in, if it defines OpenSSL's functions itself.
fn library_around(address: usize) -> Option<*mut c_void> {
    let (base, name) = object_around(address as *const c_void)?;
    // The main program has no name that dlopen knows it by.
    [name.as_ptr(), ptr::null()].into_iter().find_map(|name| {
        // SAFETY: a C string or null, which means the main program. RTLD_NOLOAD loads nothing. The
        // handle is kept for the life of the process.
        let handle = unsafe { libc::dlopen(name, libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
        let function = landmark(handle)?;
        (object_around(function)?.0 == base).then_some(handle)
    })
}

/// The function by which OpenSSL is recognised; no other library defines one of this name.
fn landmark(handle: *mut c_void) -> Option<*const c_void> {
    if handle.is_null() {
        return None;
    }
    // SAFETY: an open handle and a C string.
    let function = unsafe { libc::dlsym(handle, c"SSL_get_ex_data".as_ptr()) };
    (!function.is_null()).then_some(function.cast_const())
}

/// Where the loaded object that `address` lies in begins, and its name. Reads nothing at `address`.
fn object_around(address: *const c_void) -> Option<(usize, CString)> {
    // SAFETY: dladdr compares the address with the ranges of loaded objects; the struct is plain
    // data, and the name is a C string that lives as long as its object does.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(address, &mut info) == 0 || info.dli_fname.is_null() {
            return None;
        }
        Some((info.dli_fbase as usize, CStr::from_ptr(info.dli_fname).to_owned()))
    }
}

/// The only OpenSSL whose functions can be found in this process.
fn only_library() -> Result<Located, LocateError> {
    let mut found: Vec<(*const c_void, *mut c_void)> = Vec::new();
    for name in loaded_objects() {
        let name = if name.is_empty() { ptr::null() } else { name.as_ptr() };
        // SAFETY: as in `library_around`.
        let handle = unsafe { libc::dlopen(name, libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
        if let Some(function) = landmark(handle)
            && !found.iter().any(|(known, _)| *known == function)
        {
            found.push((function, handle));
        }
    }
    match found[..] {
        [(_, handle)] => Ok(Located::Handle { handle, methods: None }),
        [] => Err(LocateError::NoLibrary(Error::new(
            "no library in this process exports OpenSSL's functions (SSL_get_ex_data was not found); OpenSSL seems to be linked \
             statically, and then its functions must be given in a table or by a handle of dlopen",
        ))),
        _ => {
            let names: Vec<_> = found
                .iter()
                .filter_map(|(function, _)| Some(object_around(*function)?.1.to_string_lossy().into_owned()))
                .collect();
            Err(LocateError::NoLibrary(Error::new(format!(
                "this process holds several OpenSSL libraries ({}), and the object is of none that is known; give a handle of dlopen",
                names.join(", ")
            ))))
        }
    }
}

/// The names of all loaded objects; the main program's is empty.
#[cfg(target_os = "linux")]
fn loaded_objects() -> Vec<CString> {
    unsafe extern "C" fn add(info: *mut libc::dl_phdr_info, _: usize, names: *mut c_void) -> c_int {
        // SAFETY: the linker's own struct, and the list that was passed below.
        unsafe {
            let name = (*info).dlpi_name;
            let name = if name.is_null() { c"" } else { CStr::from_ptr(name) };
            (*names.cast::<Vec<CString>>()).push(name.to_owned());
        }
        0
    }
    let mut names: Vec<CString> = Vec::new();
    // SAFETY: the callback has the prototype asked for and only touches what it is given; the list
    // outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(add), ptr::from_mut(&mut names).cast()) };
    names
}

/// The main program alone, whose handle finds everything that is loaded globally.
#[cfg(not(target_os = "linux"))]
fn loaded_objects() -> Vec<CString> {
    let _: c_int = 0;
    vec![CString::default()]
}
