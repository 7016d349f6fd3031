//! Two handshakes beside each other.

use pyo3::prelude::*;
use tlsdiag_core::compare;

use crate::finding::Finding;
use crate::handshake::Handshake;
use crate::inert::{Inert, inert};
use crate::words;

/// A field in which two handshakes differ.
#[pyclass(frozen, get_all, eq, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DifferenceRow {
    /// The message and field, such as `CertificateRequest.signature_algorithms`.
    field: String,
    /// What the first has and the second lacks.
    only_left: Vec<String>,
    /// What the second has and the first lacks.
    only_right: Vec<String>,
    /// What both have.
    both: Vec<String>,
    /// Both have the same values in another order.
    reordered: bool,
    /// Whether it explains why one failed and the other did not.
    explains: bool,
}

#[pymethods]
impl DifferenceRow {
    fn __repr__(&self) -> Inert {
        inert!("<DifferenceRow {}>", self.field)
    }
}

/// How two handshakes differ; `str()` of it is the comparison in words.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct Difference(compare::Difference);

#[pymethods]
impl Difference {
    /// How the two ended, and what explains it if anything does: a sentence or two.
    #[getter]
    fn summary(&self) -> &str {
        &self.0.summary
    }

    /// The sentence that says what explains the outcome; `None` where both ended alike, or no difference explains it.
    #[getter]
    fn explanation(&self) -> Option<&str> {
        self.0.explanation.as_ref().map(|explanation| explanation.sentence.as_str())
    }

    /// The fields that differ; those that explain the outcome first.
    #[getter]
    fn differences(&self) -> Vec<DifferenceRow> {
        let rows = self.0.differences.iter();
        rows.map(|row| DifferenceRow {
            field: row.field.to_owned(),
            only_left: row.only_left.clone(),
            only_right: row.only_right.clone(),
            both: row.both.clone(),
            reordered: row.reordered,
            explains: row.explains,
        })
        .collect()
    }

    /// The names of the fields that both have, with the same values.
    #[getter]
    fn same(&self) -> Vec<&'static str> {
        self.0.same.clone()
    }

    /// What `tlsdiag diff --format json` prints, but for the files: `a` and `b` are the two.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::json(py, &serde_json::to_string(&self.0).map_err(words::not_serialized)?)
    }

    /// The comparison in words, `width` columns wide.
    #[pyo3(signature = (width = 80, color = false))]
    fn report(&self, width: usize, color: bool) -> PyResult<Inert> {
        Inert::page(width, color, |out, style| self.0.write(out, style))
    }

    fn __str__(&self) -> PyResult<Inert> {
        self.report(80, false)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Difference in {} fields>", self.0.differences.len())
    }
}

/// What differs between two handshakes, and which difference explains that one of them failed.
#[pyfunction]
pub(crate) fn diff(py: Python<'_>, left: &Handshake, right: &Handshake) -> Difference {
    py.detach(|| Difference(compare::diff(&left.record, &right.record)))
}

/// What both ends of one connection say together; `str()` of it is that in words.
#[pyclass(frozen, module = "tlsdiag")]
pub(crate) struct Joined {
    client: Handshake,
    server: Handshake,
}

impl Joined {
    fn with<T>(&self, look: impl FnOnce(&compare::Joined<'_>) -> T) -> Option<T> {
        compare::join(&self.client.record, &self.server.record).as_ref().map(look)
    }
}

#[pymethods]
impl Joined {
    /// The client's handshake.
    #[getter]
    fn client(&self) -> Handshake {
        self.client.clone()
    }

    /// The server's handshake.
    #[getter]
    fn server(&self) -> Handshake {
        self.server.clone()
    }

    /// The best finding of both, surer where the other end settles it.
    #[getter]
    fn finding(&self) -> Option<Finding> {
        self.with(|joined| joined.finding.as_ref().map(Finding::from)).flatten()
    }

    /// How the two verdicts relate, in one sentence.
    #[getter]
    fn relation(&self) -> String {
        self.with(|joined| joined.relation.clone()).unwrap_or_default()
    }

    /// The cause's code, `ok` where neither end has anything to complain of, or `unexplained`.
    #[getter]
    fn verdict(&self) -> String {
        self.with(|joined| joined.verdict().to_owned()).unwrap_or_default()
    }

    /// The verdict, either end in short, the finding, and what happened.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::json(py, &self.with(|joined| joined.to_json().to_string()).unwrap_or_default())
    }

    /// All of it in words, `width` columns wide.
    #[pyo3(signature = (width = 80, color = false))]
    fn report(&self, width: usize, color: bool) -> PyResult<Inert> {
        self.with(|joined| Inert::page(width, color, |out, style| joined.write(out, style)))
            .unwrap_or_else(|| Ok(inert!("")))
    }

    fn __str__(&self) -> PyResult<Inert> {
        self.report(80, false)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Joined: {}>", self.relation())
    }
}

/// Joins the handshakes of both ends of one connection; `None` where they are not.
#[pyfunction]
pub(crate) fn join(a: &Handshake, b: &Handshake) -> Option<Joined> {
    compare::join(&a.record, &b.record)?;
    let (client, server) = if a.record.role == "client" { (a, b) } else { (b, a) };
    Some(Joined { client: client.clone(), server: server.clone() })
}
