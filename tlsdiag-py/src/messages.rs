//! The message callback that Python's `ssl` module itself puts on a context, for `SSLContext._msg_callback`.
//!
//! OpenSSL has no getter for it and CPython keeps the function to itself. So its address is learnt once, on a context of our
//! own: a marker of ours is set there and looked for, and where it lay CPython's function lies after `_msg_callback` is set.

use std::ffi::{CStr, c_int, c_void};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::context;
use crate::library::{Library, MessageCallback};
use crate::memory::Probe;
use crate::words;

/// An `SSL_CTX` is some 1,000 bytes long; what can be read behind it does no harm.
const SEARCHED: usize = 256;

unsafe extern "C" fn marker(
    _write: c_int,
    _version: c_int,
    _content_type: c_int,
    _bytes: *const c_void,
    _len: usize,
    _ssl: *mut c_void,
    _arg: *mut c_void,
) {
}

/// CPython's own message callback.
pub(crate) fn pythons(py: Python<'_>) -> PyResult<*const c_void> {
    static PYTHONS: PyOnceLock<usize> = PyOnceLock::new();
    PYTHONS.get_or_try_init(py, || learn(py)).map(|address| *address as *const c_void)
}

fn learn(py: Python<'_>) -> PyResult<usize> {
    const PROTOCOL_TLS_CLIENT: i32 = 16;
    let unknown = |why: &str| {
        words::error(
            py,
            "UnsupportedLibrary",
            format!("this SSLContext has a _msg_callback, and recording would silence it: {why}"),
        )
    };
    let scratch = py.import("_ssl")?.getattr("_SSLContext")?.call1((PROTOCOL_TLS_CLIENT,))?;
    let found = context::find(&scratch)?;
    let probe = Probe::new()?;
    let look = || probe.words(found.pointer as usize, SEARCHED);
    let marked: MessageCallback = marker;
    // SAFETY: a checked SSL_CTX that nobody else has; the marker has the prototype and is never called, since no connection
    // is made from this context.
    unsafe { (found.library.set_msg_callback)(found.pointer, Some(marked)) };
    let words = look();
    let mut places = words.iter().enumerate().filter(|(_, word)| **word == marked as usize);
    let place = match (places.next(), places.next()) {
        (Some((place, _)), None) => place,
        _ => return Err(unknown("its place in an SSL_CTX is not clear")),
    };
    scratch.setattr("_msg_callback", py.import("builtins")?.getattr("print")?)?;
    let function = look().get(place).copied().unwrap_or_default();
    if function == marked as usize || !is_pythons(function, found.library) {
        return Err(unknown("what stands there is no function of Python's ssl module"));
    }
    Ok(function)
}

/// Whether `function` lies within the module `_ssl`, or within the interpreter where that has it built in.
fn is_pythons(function: usize, library: &Library) -> bool {
    // SAFETY: dladdr takes any address and only reads; the struct is plain data, and the name it gives stays.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(function as *const c_void, &mut info) == 0 || info.dli_fname.is_null() {
            return false;
        }
        match &library.file {
            Some(file) => CStr::from_ptr(info.dli_fname).to_bytes() == file.as_bytes(),
            None => true,
        }
    }
}
