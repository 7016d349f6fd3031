//! What the recording side is configured to do.

use pyo3::prelude::*;
use tlsdiag_core::report::LocalRecord;

use crate::certificate::LocalCertificate;
use crate::code::{Code, codes};
use crate::inert::{Inert, inert};

/// What the recording side is configured to do.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct LocalConfiguration(LocalRecord);

#[pymethods]
impl LocalConfiguration {
    /// The lowest version; `None` is the library's default.
    #[getter]
    fn minimum_version(&self) -> Option<Code> {
        self.0.minimum_version.as_ref().map(Code::from)
    }

    /// The highest version; `None` is the library's default.
    #[getter]
    fn maximum_version(&self) -> Option<Code> {
        self.0.maximum_version.as_ref().map(Code::from)
    }

    /// The cipher suites, in their order.
    #[getter]
    fn cipher_suites(&self) -> Vec<Code> {
        codes(&self.0.cipher_suites)
    }

    /// The certificates to show.
    #[getter]
    fn certificates(&self) -> Vec<LocalCertificate> {
        self.0.certificates.iter().map(LocalCertificate::from).collect()
    }

    /// Any of `peer`, `fail_if_no_peer_cert`, `client_once` and `post_handshake`; none: the peer is not verified.
    #[getter]
    fn verify(&self) -> Vec<String> {
        self.0.verify.clone()
    }

    /// The longest chain that is verified; `None` is the library's default.
    #[getter]
    fn verify_depth(&self) -> Option<i32> {
        self.0.verify_depth
    }

    /// OpenSSL's security level.
    #[getter]
    fn security_level(&self) -> i32 {
        self.0.security_level
    }

    /// How many trusted certificates there are.
    #[getter]
    fn trust_anchors(&self) -> u32 {
        self.0.trust_anchors
    }

    /// The name that the peer's certificate is held against.
    #[getter]
    fn expected_name(&self) -> Option<&str> {
        self.0.expected_name.as_deref()
    }

    fn __repr__(&self) -> Inert {
        inert!(
            "<LocalConfiguration {} certificates, {} trust anchors>",
            self.0.certificates.len(),
            self.0.trust_anchors
        )
    }
}

impl From<&LocalRecord> for LocalConfiguration {
    fn from(local: &LocalRecord) -> Self {
        LocalConfiguration(local.clone())
    }
}
