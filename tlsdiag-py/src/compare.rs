//! Two handshakes beside each other.

use pyo3::prelude::*;
use tlsdiag_core::compare;

use crate::finding::Finding;
use crate::handshake::Handshake;

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
    /// Both have the same values in another order.
    reordered: bool,
    /// Whether it explains why one failed and the other did not.
    explains: bool,
}

#[pymethods]
impl DifferenceRow {
    fn __repr__(&self) -> String {
        format!("<DifferenceRow {}>", self.field)
    }
}

/// How two handshakes differ.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct Difference {
    difference: compare::Difference,
}

#[pymethods]
impl Difference {
    /// Verdict and outcome of the first.
    #[getter]
    fn left(&self) -> &str {
        &self.difference.left
    }

    /// Verdict and outcome of the second.
    #[getter]
    fn right(&self) -> &str {
        &self.difference.right
    }

    /// The fields that differ; those that explain the outcome first.
    #[getter]
    fn rows(&self) -> Vec<DifferenceRow> {
        let rows = self.difference.rows.iter();
        rows.map(|row| DifferenceRow {
            field: row.field.clone(),
            only_left: row.only_left.clone(),
            only_right: row.only_right.clone(),
            reordered: row.reordered,
            explains: row.explains,
        })
        .collect()
    }

    /// One sentence that says what explains the outcome; `None` where both ended alike, or no difference explains it.
    #[getter]
    fn explanation(&self) -> Option<&str> {
        self.difference.explanation.as_deref()
    }

    fn __str__(&self) -> String {
        let mut lines = vec![format!("A  {}", self.difference.left), format!("B  {}", self.difference.right)];
        lines.extend(self.difference.explanation.clone());
        for row in &self.difference.rows {
            lines.push(format!("{}:", row.field));
            lines.extend(row.only_left.iter().map(|value| format!("  - {value}")));
            lines.extend(row.only_right.iter().map(|value| format!("  + {value}")));
        }
        lines.join("\n")
    }

    fn __repr__(&self) -> String {
        format!("<Difference in {} fields>", self.difference.rows.len())
    }
}

/// What differs between two handshakes, and which difference explains that one of them failed.
#[pyfunction]
pub(crate) fn diff(py: Python<'_>, left: &Handshake, right: &Handshake) -> Difference {
    py.detach(|| Difference { difference: compare::diff(&left.record, &right.record) })
}

/// What both ends of one connection say together.
#[pyclass(frozen, get_all, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct Joined {
    /// The best finding of both, surer where the other end settles it.
    finding: Option<Finding>,
    /// How the two verdicts relate, in one sentence.
    relation: String,
}

#[pymethods]
impl Joined {
    fn __repr__(&self) -> String {
        format!("<Joined: {}>", self.relation)
    }
}

/// Joins the handshakes of both ends of one connection; `None` where they are not.
#[pyfunction]
pub(crate) fn join(a: &Handshake, b: &Handshake) -> Option<Joined> {
    let joined = compare::join(&a.record, &b.record)?;
    Some(Joined { finding: joined.finding.as_ref().map(Finding::from), relation: joined.relation })
}
