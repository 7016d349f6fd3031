//! A setup that failed before any handshake, shown from its record.

#![allow(unsafe_code)]

use std::sync::Arc;

use pyo3::prelude::*;
use tlsdiag_core::event::LibraryError;
use tlsdiag_core::event::setup::SetupKind;
use tlsdiag_core::report::{Line, SetupRecord, jsonl};
use tlsdiag_core::source::openssl::{QueuedErrors, SetupObject, setup_failed as setup_failed_of};

use crate::context::{self, Found};
use crate::finding::Finding;
use crate::inert::{Inert, inert};
use crate::words;

/// A call that sets up a certificate, a key, trusted certificates or cipher suites, and that failed: no handshake ever began.
///
/// `str()` of it is the whole report.
#[pyclass(frozen, eq, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Setup {
    record: Arc<SetupRecord>,
}

impl From<SetupRecord> for Setup {
    fn from(record: SetupRecord) -> Self {
        Setup { record: Arc::new(record) }
    }
}

#[pymethods]
impl Setup {
    /// Reads one record: one line of a JSON lines file.
    ///
    /// Raises `FormatError` where it is none.
    #[staticmethod]
    fn from_json(py: Python<'_>, line: &str) -> PyResult<Self> {
        let wrong = |why: String| words::error(py, "FormatError", why);
        match jsonl::read(line.trim_end()).map_err(|error| wrong(error.to_string()))? {
            Line::Setup(record) => Ok(Setup::from(*record)),
            _ => Err(wrong("it is a handshake, and no setup that failed".to_owned())),
        }
    }

    /// The root cause; `None` where nothing explains it.
    #[getter]
    fn cause<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.record.cause().map(|cause| words::member(py, "Cause", cause)).transpose()
    }

    /// The cause's code, or `unexplained`.
    #[getter]
    fn verdict(&self) -> &str {
        self.record.verdict()
    }

    /// OpenSSL's function that failed, such as `SSL_CTX_use_PrivateKey_file`.
    #[getter]
    fn function(&self) -> &str {
        &self.record.function
    }

    /// The file or folder that it was given, where that is known.
    #[getter]
    fn file(&self) -> Option<&str> {
        self.record.file.as_deref()
    }

    /// Why it failed; `None` where nothing explains it.
    #[getter]
    fn finding(&self) -> Option<Finding> {
        self.record.diagnosis.findings.first().map(Finding::from)
    }

    /// OpenSSL's error queue in its own words, oldest first.
    #[getter]
    fn errors(&self) -> Vec<String> {
        self.record.errors.iter().map(|error| error.text.clone()).collect()
    }

    /// All in one line, for a log.
    fn one_line(&self) -> Inert {
        inert!("{}", self.record.one_line())
    }

    /// One line of JSON without its newline (schema/setup-1.json).
    fn to_json(&self) -> PyResult<String> {
        let mut line = Vec::new();
        jsonl::write(&*self.record, &mut line)?;
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// The whole report for people, at most so wide.
    #[pyo3(signature = (*, width=80, color=false))]
    fn report(&self, width: usize, color: bool) -> PyResult<Inert> {
        Inert::page(width, color, |page, style| self.record.write(page, style))
    }

    fn __str__(&self) -> PyResult<Inert> {
        self.report(80, false)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Setup {}: {}>", self.record.verdict(), self.record.function)
    }
}

/// A setup of this `ssl.SSLContext` that has failed: OpenSSL's function, what it was given, the files of certificate and key, and the
/// error as Python has it: the number of the library, or `ERR_LIB_SYS` with an `errno`; the reason, and all in words.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn setup_failed(
    context: &Bound<'_, PyAny>,
    function: &str,
    file: Option<String>,
    value: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
    library: i32,
    reason: i32,
    words: String,
) -> PyResult<Setup> {
    let Found { library: openssl, pointer, .. } = context::find(context)?;
    let queue = QueuedErrors::now(openssl.symbols);
    // SAFETY: a checked SSL_CTX of that library, which the caller's reference keeps alive, and which the application has just changed on
    // this thread.
    let mut failure = unsafe {
        setup_failed_of(openssl.symbols, function, &queue, SetupObject::Context(pointer), std::ptr::null())
    };
    (failure.file, failure.value) = (file, value);
    (failure.certificate_file, failure.key_file) = (certificate, key);
    // Python asks that last, once both are there.
    let compares = failure.kind == SetupKind::CheckKey;
    (failure.certificate_was_loaded, failure.key_was_loaded) = (compares, compares);
    if reason != 0 {
        // What was in the queue Python has taken out of it.
        failure.errors =
            vec![LibraryError { library, reason, reason_text: words, ..LibraryError::default() }];
    }
    Ok(Setup::from(SetupRecord::new(&failure)))
}
