//! Puts a recorder on a context and takes it off again.

use std::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use tlsdiag_core::HandshakeRecorder;
use tlsdiag_core::source::openssl::{AttachOptions, attach_ctx_raw, attach_ssl_raw};

use crate::context::{self, Found};
use crate::delivery::{self, Delivery};
use crate::inbox::Inbox;
use crate::library;
use crate::memory::Probe;
use crate::messages;
use crate::words;

/// Keeps a recorder on a context.
#[pyclass(frozen, module = "tlsdiag._native")]
pub(crate) struct Attachment(Mutex<Option<tlsdiag_core::source::openssl::Attachment>>);

#[pymethods]
impl Attachment {
    /// Records no handshake that begins from now on; those that have begun are recorded to their end.
    fn finish(&self) {
        if let Some(attachment) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            attachment.finish();
        }
    }

    /// Stops recording at once, also in the middle of a handshake.
    fn detach(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Finds Python's libssl, so that contexts made from now on can be recorded while other threads use them.
///
/// Raises `UnsupportedLibrary` where it cannot be used.
#[pyfunction]
pub(crate) fn prepare(py: Python<'_>) -> PyResult<&'static str> {
    Ok(library::library(py)?.symbols.version())
}

/// Records what begins on this `ssl.SSLContext` from now on.
///
/// Raises `UnsupportedLibrary` where its `SSL_CTX` cannot be found for certain.
#[pyfunction]
pub(crate) fn attach(context: &Bound<'_, PyAny>, inbox: &Inbox) -> PyResult<Attachment> {
    put(context, Arc::clone(&inbox.recordings) as Arc<dyn HandshakeRecorder>)
}

/// Tells a recorder of Python's own: through `delivery`, or on the handshake's thread where that is `None`. Certificates that end
/// within `expires_within` days are warned of.
#[pyfunction]
pub(crate) fn attach_recorder(
    context: &Bound<'_, PyAny>,
    recorder: &Bound<'_, PyAny>,
    kinds: Vec<String>,
    delivery: Option<&Delivery>,
    expires_within: Option<u32>,
) -> PyResult<Attachment> {
    put(context, delivery::sink(recorder, &kinds, delivery, expires_within))
}

/// Puts our message callback in front again after Python has set its own on the context, or taken it off.
#[pyfunction]
pub(crate) fn rehook(context: &Bound<'_, PyAny>) -> PyResult<()> {
    put(context, Arc::new(())).map(drop)
}

fn put(context: &Bound<'_, PyAny>, recorder: Arc<dyn HandshakeRecorder>) -> PyResult<Attachment> {
    let py = context.py();
    let found = context::find(context)?;
    let options = behind(py, found.has_message_callback)?;
    let Found { library, pointer, .. } = found;
    // SAFETY: a checked SSL_CTX of that library, which the caller's reference keeps alive. Other threads may be in a handshake
    // with it, without the interpreter's lock: they find our hooks from their next connection on, see SAFETY.md.
    let attached = unsafe { attach_ctx_raw(library.symbols, pointer, recorder, options) };
    let attachment = attached.map_err(|error| words::error(py, "UnsupportedLibrary", error.to_string()))?;
    Ok(Attachment(Mutex::new(Some(attachment))))
}

/// What stands behind our message callback: Python's own, where the context has one.
fn behind(py: Python<'_>, has_message_callback: bool) -> PyResult<AttachOptions> {
    let pythons = if has_message_callback { messages::pythons(py)? } else { std::ptr::null() };
    // SAFETY: null, or the function that CPython itself puts there for a `_msg_callback`; it takes no argument of its own.
    Ok(unsafe { AttachOptions::new().message_callback(pythons, std::ptr::null_mut()) })
}

/// Puts our message callback back on a connection after its context was changed, which CPython does by taking it off.
///
/// `connection` is an `_ssl._SSLSocket` and `context` its new context. Gives whether the connection was found.
#[pyfunction]
pub(crate) fn resume(connection: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = connection.py();
    let found = context::find(context)?;
    let class = py.import("_ssl")?.getattr("_SSLSocket")?;
    let head: usize = py.import("builtins")?.getattr("object")?.getattr("__basicsize__")?.extract()?;
    if !connection.is_instance(&class)? {
        return Ok(false);
    }
    // PySSLSocket is PyObject_HEAD, `PyObject *Socket`, `SSL *ssl`; the SSL refers to its SSL_CTX.
    let probe = Probe::new()?;
    let address = (connection.as_ptr() as usize).wrapping_add(head + size_of::<usize>());
    let pointer = probe.words(address, 1).first().copied().unwrap_or_default();
    if !probe.words(pointer, 512).contains(&(found.pointer as usize)) {
        return Ok(false);
    }
    let options = behind(py, found.has_message_callback)?;
    // SAFETY: an SSL of that library: it is where CPython keeps it and refers to the checked SSL_CTX. We are in its own thread,
    // in the callback that changes its context.
    let attached =
        unsafe { attach_ssl_raw(found.library.symbols, pointer as *mut c_void, Arc::new(()), options) };
    Ok(attached.is_ok())
}
