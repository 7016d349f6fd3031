//! Why it ended as it did: one finding a cause.

use pyo3::prelude::*;
use tlsdiag_core::report::{EarlierRecord, FindingRecord};

use crate::inert::{Inert, inert};
use crate::words;

/// Something that was seen.
#[pyclass(frozen, get_all, eq, hash, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Evidence {
    /// The number of the event that it was read from.
    event: Option<u32>,
    /// What was looked at, such as `CertificateRequest.signature_algorithms`.
    field: String,
    /// What stood there.
    value: String,
}

#[pymethods]
impl Evidence {
    fn __str__(&self) -> Inert {
        inert!("{}: {}", self.field, self.value)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Evidence {}: {}>", self.field, self.value)
    }
}

/// A cause that this side cannot tell from the one that a finding names.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Alternative {
    cause: String,
    /// What would tell.
    #[pyo3(get)]
    tell: String,
}

#[pymethods]
impl Alternative {
    /// Its code.
    #[getter]
    fn cause<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::member(py, "Cause", &self.cause)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Alternative {}: {}>", self.cause, self.tell)
    }
}

/// A look-alike that can be excluded.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RuledOut {
    cause: String,
    /// Why not.
    #[pyo3(get)]
    reason: String,
}

#[pymethods]
impl RuledOut {
    /// Its code.
    #[getter]
    fn cause<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::member(py, "Cause", &self.cause)
    }

    fn __repr__(&self) -> Inert {
        inert!("<RuledOut {}: {}>", self.cause, self.reason)
    }
}

/// What a handshake says of an earlier one of the same client.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Earlier {
    /// The id of the earlier one.
    #[pyo3(get)]
    id: String,
    cause: String,
    /// What became of the suspicion: `confirmed` or `withdrawn`.
    #[pyo3(get)]
    became: String,
    /// Why, in one clause.
    #[pyo3(get)]
    why: String,
}

#[pymethods]
impl Earlier {
    /// What was suspected.
    #[getter]
    fn cause<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::member(py, "Cause", &self.cause)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Earlier {}: {} {}>", self.id, self.cause, self.became)
    }
}

impl From<&EarlierRecord> for Earlier {
    fn from(one: &EarlierRecord) -> Self {
        let EarlierRecord { id, cause, became, why, .. } = one.clone();
        Earlier { id, cause, became, why }
    }
}

/// A remedy; `str()` of it is its line to be shown, and `line` is it to be written.
#[pyclass(frozen, get_all, eq, hash, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Advice {
    /// What it is written for: `any`, `openssl`, `openssl.cnf`, `nginx`, `apache`, `python`, `curl` or `firefox`.
    stack: String,
    /// The line to write, or a sentence.
    line: String,
    /// What it costs or where it goes.
    note: Option<String>,
}

#[pymethods]
impl Advice {
    fn __str__(&self) -> Inert {
        inert!("{}", self.line)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Advice for {}: {}>", self.stack, self.line)
    }
}

/// One cause, with how it is known and what to do.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Finding(FindingRecord);

#[pymethods]
impl Finding {
    /// The stable code; equals its string.
    #[getter]
    fn cause<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::member(py, "Cause", &self.0.cause)
    }

    /// `certain`, `likely` or `possible`.
    #[getter]
    fn confidence(&self) -> &str {
        &self.0.confidence
    }

    /// `error`, `warning` or `note`.
    #[getter]
    fn severity(&self) -> &str {
        &self.0.severity
    }

    /// Where it has to be mended: `client`, `server` or `network`.
    #[getter]
    fn side(&self) -> &str {
        &self.0.side
    }

    /// One sentence.
    #[getter]
    fn summary(&self) -> &str {
        &self.0.summary
    }

    /// Why, and what it means.
    #[getter]
    fn explanation(&self) -> &str {
        &self.0.explanation
    }

    /// What was seen.
    #[getter]
    fn evidence(&self) -> Vec<Evidence> {
        let evidence = self.0.evidence.iter();
        evidence
            .map(|seen| Evidence { event: seen.event, field: seen.field.clone(), value: seen.value.clone() })
            .collect()
    }

    /// Causes that this side cannot tell from the one named.
    #[getter]
    fn alternatives(&self) -> Vec<Alternative> {
        let others = self.0.alternatives.iter();
        others.map(|other| Alternative { cause: other.cause.clone(), tell: other.tell.clone() }).collect()
    }

    /// Look-alikes that can be excluded.
    #[getter]
    fn ruled_out(&self) -> Vec<RuledOut> {
        let others = self.0.ruled_out.iter();
        others.map(|other| RuledOut { cause: other.cause.clone(), reason: other.reason.clone() }).collect()
    }

    /// What to write where, best first.
    #[getter]
    fn advice(&self) -> Vec<Advice> {
        let advice = self.0.advice.iter();
        advice
            .map(|one| Advice { stack: one.stack.clone(), line: one.line.clone(), note: one.note.clone() })
            .collect()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Finding>().is_ok_and(|other| other.get() == self)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.0.cause.as_str().into_pyobject(py)?.hash()
    }

    fn __str__(&self) -> Inert {
        inert!("{} ({}): {}", self.0.cause, self.0.confidence, self.0.summary)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Finding {} ({})>", self.0.cause, self.0.confidence)
    }
}

impl From<&FindingRecord> for Finding {
    fn from(finding: &FindingRecord) -> Self {
        Finding(finding.clone())
    }
}
