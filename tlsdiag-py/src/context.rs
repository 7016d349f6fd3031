//! The `SSL_CTX*` inside an `ssl.SSLContext`: where CPython keeps it, and how we make sure.
//!
//! CPython's `PySSLContext` is `PyObject_HEAD` and then `SSL_CTX *ctx`, in every version from 3.6 on, so the pointer lies at
//! `id(context) + object.__basicsize__`. Nothing is believed: the pointer is read through the kernel, what it points at must
//! hold one of OpenSSL's `SSL_METHOD`s, and what OpenSSL then says of it must be what Python says of the context.

use std::ffi::{c_int, c_long, c_void};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tlsdiag_core::source::openssl::ctrl;

use crate::library::{self, Library};
use crate::memory::Probe;
use crate::words;

/// More than any field lies deep in an `SSL_CTX` that the getters below read, and less than it is long.
const READABLE: usize = 64;
/// `SSL_CTX_new` stores the method among the first fields.
const METHOD_WITHIN: usize = 8;

/// A context whose `SSL_CTX` has been found and checked.
pub(crate) struct Found {
    pub(crate) library: &'static Library,
    pub(crate) pointer: *mut c_void,
    /// Whether Python has a message callback on it (`_msg_callback`).
    pub(crate) has_message_callback: bool,
}

/// The `SSL_CTX*` of `context`.
///
/// # Errors
/// `TypeError` where it is no `ssl.SSLContext`; `UnsupportedLibrary`, with nothing touched, where the pointer is not where it
/// should be.
pub(crate) fn find(context: &Bound<'_, PyAny>) -> PyResult<Found> {
    let py = context.py();
    let class = py.import("_ssl")?.getattr("_SSLContext")?;
    if !context.is_instance(&class)? {
        let name = context.get_type().fully_qualified_name()?;
        return Err(PyTypeError::new_err(format!("an ssl.SSLContext is needed, not {name}")));
    }
    let library = library::library(py)?;
    let mismatch = |what: String| {
        words::error(
            py,
            "UnsupportedLibrary",
            format!("the SSL_CTX of this SSLContext is not where CPython keeps it: {what}"),
        )
    };
    let head: usize = py.import("builtins")?.getattr("object")?.getattr("__basicsize__")?.extract()?;
    let size: usize = class.getattr("__basicsize__")?.extract()?;
    if size < head + size_of::<usize>() {
        return Err(mismatch(format!("the class takes {size} bytes alone")));
    }
    let probe = Probe::new()?;
    let address = (context.as_ptr() as usize).wrapping_add(head);
    let pointer = probe.words(address, 1).first().copied().unwrap_or_default();
    let words = probe.words(pointer, READABLE);
    if words.len() < READABLE {
        return Err(mismatch("there is no memory at its address".to_owned()));
    }
    if !words[..METHOD_WITHIN].iter().any(|word| library.methods.contains(word)) {
        return Err(mismatch("what lies there has no SSL_METHOD".to_owned()));
    }
    let pointer = pointer as *mut c_void;

    // What Python says of it, by the getters of the C class: a subclass may have others.
    let get = |name: &str| class.getattr(name)?.call_method1("__get__", (context,));
    let options = get("options")?.call_method1("__and__", (u32::MAX,))?.extract::<u64>()?;
    let verify = get("verify_mode")?.extract::<c_int>()?;
    let minimum = get("minimum_version")?.extract::<c_long>()?;
    let maximum = get("maximum_version")?.extract::<c_long>()?;
    let has_message_callback = !get("_msg_callback")?.is_none();
    // SAFETY: a readable object that has OpenSSL's own SSL_METHOD where an SSL_CTX has it; these getters only read.
    let theirs = unsafe {
        (
            (library.get_options)(pointer) & u64::from(u32::MAX),
            (library.get_verify_mode)(pointer),
            (library.ctrl)(pointer, ctrl::GET_MIN_PROTO_VERSION, 0, std::ptr::null_mut()),
            (library.ctrl)(pointer, ctrl::GET_MAX_PROTO_VERSION, 0, std::ptr::null_mut()),
        )
    };
    // CERT_NONE, CERT_OPTIONAL and CERT_REQUIRED; other bits are post-handshake authentication's.
    let verify_bits = [0, 1, 3].get(verify as usize).copied().unwrap_or(-1);
    // 0 is "the library's own limit", which Python calls MINIMUM_SUPPORTED or MAXIMUM_SUPPORTED.
    let limit = |python: c_long, openssl: c_long| python == openssl || (python < 0 && openssl == 0);
    if options != theirs.0 {
        return Err(mismatch(format!("its options are {:#x}, Python says {options:#x}", theirs.0)));
    }
    if theirs.1 & 3 != verify_bits {
        return Err(mismatch(format!("its verify mode is {}, Python says {verify}", theirs.1)));
    }
    if !limit(minimum, theirs.2) || !limit(maximum, theirs.3) {
        return Err(mismatch("its protocol versions are others than Python says".to_owned()));
    }
    Ok(Found { library, pointer, has_message_callback })
}
