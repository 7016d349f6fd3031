//! A code point beside its name, and an extension.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use tlsdiag_core::report;

use crate::inert::{Inert, inert};
use crate::words;

/// A number on the wire with its IANA name; an unknown one's name is the number. Equals its name.
#[pyclass(frozen, get_all, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Code {
    /// The number on the wire.
    code: u16,
    /// Its name, such as `x25519`, or `0x1234`.
    pub(crate) name: String,
}

#[pymethods]
impl Code {
    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        match other.cast::<Code>() {
            Ok(other) => *other.get() == *self,
            Err(_) => other.extract::<PyBackedStr>().is_ok_and(|name| *name == *self.name),
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        // Equal to a string, so it has the string's hash.
        self.name.as_str().into_pyobject(py)?.hash()
    }

    fn __str__(&self) -> Inert {
        inert!("{}", self.name)
    }

    fn __int__(&self) -> u16 {
        self.code
    }

    fn __repr__(&self) -> Inert {
        inert!("<Code {} (0x{:04x})>", self.name, self.code)
    }
}

impl From<&report::Code> for Code {
    fn from(code: &report::Code) -> Self {
        Code { code: code.code, name: code.name.clone() }
    }
}

/// A list of code points.
pub(crate) fn codes(list: &[report::Code]) -> Vec<Code> {
    list.iter().map(Code::from).collect()
}

/// An extension of any message (RFC 8446 section 4.2).
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone, PartialEq)]
pub(crate) struct Extension(report::ExtensionRecord);

#[pymethods]
impl Extension {
    /// The number on the wire.
    #[getter]
    fn code(&self) -> u16 {
        self.0.code
    }

    /// Its IANA name, `GREASE(0x1a1a)` or `0x1234`.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Size of its body in bytes.
    #[getter]
    fn size(&self) -> usize {
        self.0.size
    }

    /// Its body: decoded where it is known how, in hexadecimal where not; `None` where there is none.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.value.as_ref().map(|value| words::json(py, &value.to_string())).transpose()
    }

    /// What is wrong with a body that does not decode.
    #[getter]
    fn problem(&self) -> Option<&str> {
        self.0.problem.as_deref()
    }

    fn __repr__(&self) -> Inert {
        inert!("<Extension {} (0x{:04x}), {} bytes>", self.0.name, self.0.code, self.0.size)
    }
}

/// The extensions of a message, in its order.
pub(crate) fn extensions(list: &[report::ExtensionRecord]) -> Vec<Extension> {
    list.iter().cloned().map(Extension).collect()
}
