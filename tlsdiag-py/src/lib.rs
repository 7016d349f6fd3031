//! The Python face: `tlsdiag._native`, under the plain package `tlsdiag` in `python/`.
//!
//! Bodies here are border, conversion and one call; every rule and every word is core's. OpenSSL is not linked: its functions
//! are found in the libssl that Python's own `ssl` module uses (`library.rs`), and the `SSL_CTX*` inside an `ssl.SSLContext`
//! is checked before it is touched (`context.rs`).

mod attach;
mod catalogue;
mod certificate;
mod clients;
mod code;
mod compare;
mod context;
mod delivery;
mod event;
mod finding;
mod fork;
mod handshake;
mod hello;
mod inbox;
mod inert;
mod library;
mod live;
mod local;
mod memory;
mod messages;
mod pki;
mod read;
mod setup;
mod words;

use pyo3::prelude::*;

/// The compiled half of tlsdiag; import the package `tlsdiag` instead.
#[pymodule(gil_used = true)]
mod _native {
    /// What must be done before anything else.
    #[pymodule_init]
    fn init(_module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        crate::fork::watch();
        Ok(())
    }

    #[pymodule_export]
    use super::attach::{Attachment, attach, attach_recorder, prepare, rehook, resume};
    #[pymodule_export]
    use super::catalogue::{
        cause_class, cause_is_diagnosed, cause_meaning, cause_text, causes, nearest_cause, outcomes, version,
    };
    #[pymodule_export]
    use super::certificate::{Certificate, Certificates, LocalCertificate};
    #[pymodule_export]
    use super::code::{Code, Extension};
    #[pymodule_export]
    use super::compare::{Difference, DifferenceRow, Joined, diff, join};
    #[pymodule_export]
    use super::delivery::Delivery;
    #[pymodule_export]
    use super::event::{Alert, Event, Timing};
    #[pymodule_export]
    use super::finding::{Advice, Alternative, Earlier, Evidence, Finding, RuledOut};
    #[pymodule_export]
    use super::handshake::Handshake;
    #[pymodule_export]
    use super::hello::{CertificateRequest, ClientHello, ServerHello, SignatureSchemes};
    #[pymodule_export]
    use super::inbox::Inbox;
    #[pymodule_export]
    use super::inert::neutralize;
    #[pymodule_export]
    use super::live::LiveEvent;
    #[pymodule_export]
    use super::local::LocalConfiguration;
    #[pymodule_export]
    use super::pki::{Identity, Pki};
    #[pymodule_export]
    use super::read::{decode_client_hello, read_records};
    #[pymodule_export]
    use super::setup::{Setup, setup_failed};
}
