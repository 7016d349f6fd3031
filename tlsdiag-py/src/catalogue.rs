//! Cause codes and outcomes, by core's own tables.

use pyo3::prelude::*;
use tlsdiag_core::Cause;
use tlsdiag_core::handshake::OutcomeKind;
use tlsdiag_core::report::catalogue;
use tlsdiag_core::report::text::Style;

use crate::words;

fn known(py: Python<'_>, code: &str) -> PyResult<Cause> {
    Cause::from_code(code)
        .ok_or_else(|| words::error(py, "FormatError", format!("there is no cause {code:?}")))
}

/// Every cause code, in the catalogue's order.
#[pyfunction]
pub(crate) fn causes() -> Vec<&'static str> {
    Cause::all().map(Cause::code).collect()
}

/// What the cause with this code means, in one line.
#[pyfunction]
pub(crate) fn cause_meaning(py: Python<'_>, code: &str) -> PyResult<&'static str> {
    Ok(known(py, code)?.meaning())
}

/// The coarse class of the cause with this code, as the gRPC proposal A118 names it.
#[pyfunction]
pub(crate) fn cause_class(py: Python<'_>, code: &str) -> PyResult<&'static str> {
    Ok(known(py, code)?.class().name())
}

/// Whether this version can name it as a root cause.
#[pyfunction]
pub(crate) fn cause_is_diagnosed(py: Python<'_>, code: &str) -> PyResult<bool> {
    Ok(known(py, code)?.is_diagnosed())
}

/// The catalogue's entry for the cause with this code, as `tlsdiag causes CODE` prints it.
#[pyfunction]
pub(crate) fn cause_text(py: Python<'_>, code: &str) -> PyResult<String> {
    Ok(catalogue::text(known(py, code)?, Style::default()).trim_end().to_owned())
}

/// The code that is most like this one.
#[pyfunction]
pub(crate) fn nearest_cause(code: &str) -> &'static str {
    let likeness = |cause: &Cause| strsim::jaro_winkler(code, cause.code());
    Cause::all().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).map_or("", Cause::code)
}

/// Every outcome of a handshake.
#[pyfunction]
pub(crate) fn outcomes() -> Vec<&'static str> {
    OutcomeKind::ALL.iter().map(|kind| kind.as_str()).collect()
}

/// The version of tlsdiag.
#[pyfunction]
pub(crate) fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
