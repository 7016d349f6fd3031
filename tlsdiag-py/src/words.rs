//! Conversions that several classes share: a record's texts to Python's own types.

use std::time::{Duration, SystemTime};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// A member of one of the package's `str` enumerations; a word that this version does not know becomes a member of its own.
pub(crate) fn member<'py>(py: Python<'py>, class: &str, word: &str) -> PyResult<Bound<'py, PyAny>> {
    static CAUSE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static OUTCOME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let cell = if class == "Cause" { &CAUSE } else { &OUTCOME };
    let class = cell.import(py, "tlsdiag._catalogue", class)?;
    class.call_method1("_of", (word,))
}

/// An exception of the package's.
pub(crate) fn error(py: Python<'_>, class: &str, message: impl Into<String>) -> PyErr {
    let raised = py
        .import("tlsdiag._errors")
        .and_then(|module| module.getattr(class))
        .and_then(|class| class.call1((message.into(),)));
    match raised {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// RFC 3339 as records have it; `None` where it is no time that Python can hold.
pub(crate) fn time(text: &str) -> Option<SystemTime> {
    let nanoseconds = text.parse::<jiff::Timestamp>().ok()?.as_nanosecond();
    let distance = Duration::from_nanos(u64::try_from(nanoseconds.unsigned_abs()).ok()?);
    match nanoseconds {
        0.. => SystemTime::UNIX_EPOCH.checked_add(distance),
        _ => SystemTime::UNIX_EPOCH.checked_sub(distance),
    }
}

/// Bytes that records write in hexadecimal.
pub(crate) fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks_exact(2);
    digits.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// JSON as Python's own objects.
pub(crate) fn json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (text,))
}

/// What serde has to say, as a `ValueError`.
pub(crate) fn not_serialized(error: serde_json::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}
