//! Certificates that were shown, and those that the recording side is configured to show.

use std::time::SystemTime;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tlsdiag_core::report::{CertificateRecord, LocalCertificateRecord};

use crate::inert::{Inert, inert};
use crate::words;

/// A certificate in summary (RFC 5280 section 4.1).
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone, PartialEq)]
pub(crate) struct Certificate {
    record: CertificateRecord,
    der: Option<Vec<u8>>,
}

#[pymethods]
impl Certificate {
    /// Whom it is for, such as `CN=alice,O=example`.
    #[getter]
    fn subject(&self) -> &str {
        &self.record.subject
    }

    /// Who signed it.
    #[getter]
    fn issuer(&self) -> &str {
        &self.record.issuer
    }

    /// The serial number in hexadecimal.
    #[getter]
    fn serial(&self) -> &str {
        &self.record.serial
    }

    /// Valid from, in UTC.
    #[getter]
    fn not_before(&self) -> Option<SystemTime> {
        self.record.not_before.as_deref().and_then(words::time)
    }

    /// Valid until, in UTC.
    #[getter]
    fn not_after(&self) -> Option<SystemTime> {
        self.record.not_after.as_deref().and_then(words::time)
    }

    /// Its public key, such as `RSA 2048` or `EC secp256r1`.
    #[getter]
    fn key(&self) -> &str {
        &self.record.key
    }

    /// How its issuer signed it.
    #[getter]
    fn signature_algorithm(&self) -> &str {
        &self.record.signature_algorithm
    }

    /// subjectAltName (RFC 5280 section 4.2.1.6), such as `DNS:localhost`.
    #[getter]
    fn subject_alt_names(&self) -> Vec<String> {
        self.record.subject_alt_names.clone()
    }

    /// keyUsage (RFC 5280 section 4.2.1.3); `None` where it has none.
    #[getter]
    fn key_usage(&self) -> Option<Vec<String>> {
        self.record.key_usage.clone()
    }

    /// extendedKeyUsage (RFC 5280 section 4.2.1.12); `None` where it has none.
    #[getter]
    fn extended_key_usage(&self) -> Option<Vec<String>> {
        self.record.extended_key_usage.clone()
    }

    /// Whether it is a CA's.
    #[getter]
    fn ca(&self) -> bool {
        self.record.ca
    }

    /// Where it stopped being readable.
    #[getter]
    fn malformed(&self) -> Option<&str> {
        self.record.malformed.as_deref()
    }

    /// The certificate itself; `None` in a handshake that was read from a file of records, which does not hold it.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.der.as_ref().map(|der| PyBytes::new(py, der))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Certificate>().is_ok_and(|other| other.get().record == self.record)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.record.serial.as_str().into_pyobject(py)?.hash()
    }

    fn __repr__(&self) -> Inert {
        inert!(
            "<Certificate {} ({}), issued by {}>",
            self.record.subject,
            self.record.key,
            self.record.issuer
        )
    }
}

/// The chains that were shown, leaf first. `None`: no Certificate message; an empty list: an empty one (RFC 8446 section
/// 4.4.2).
#[pyclass(frozen, get_all, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct Certificates {
    /// The client's.
    client: Option<Vec<Certificate>>,
    /// The server's.
    server: Option<Vec<Certificate>>,
}

#[pymethods]
impl Certificates {
    fn __repr__(&self) -> Inert {
        let count = |chain: &Option<Vec<Certificate>>| match chain {
            Some(chain) => chain.len().to_string(),
            None => "none".to_owned(),
        };
        inert!("<Certificates client: {}, server: {}>", count(&self.client), count(&self.server))
    }
}

impl Certificates {
    pub(crate) fn new(record: &tlsdiag_core::report::Certificates, ders: &[Option<Vec<Vec<u8>>>; 2]) -> Self {
        Certificates {
            client: chain(record.client.as_deref(), ders[0].as_deref()),
            server: chain(record.server.as_deref(), ders[1].as_deref()),
        }
    }
}

fn chain(records: Option<&[CertificateRecord]>, ders: Option<&[Vec<u8>]>) -> Option<Vec<Certificate>> {
    let der = |place: usize| ders.and_then(|ders| ders.get(place)).cloned();
    let certificates = records?.iter().enumerate();
    Some(
        certificates.map(|(place, record)| Certificate { record: record.clone(), der: der(place) }).collect(),
    )
}

/// A certificate that the recording side is configured to show.
#[pyclass(frozen, get_all, eq, hash, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LocalCertificate {
    /// Whom it is for.
    subject: String,
    /// Its public key, such as `RSA 2048`.
    key: String,
    /// Whether a private key is loaded for it.
    has_private_key: bool,
    /// How many intermediates go with it.
    chain: usize,
}

#[pymethods]
impl LocalCertificate {
    fn __repr__(&self) -> Inert {
        inert!("<LocalCertificate {} ({})>", self.subject, self.key)
    }
}

impl From<&LocalCertificateRecord> for LocalCertificate {
    fn from(record: &LocalCertificateRecord) -> Self {
        LocalCertificate {
            subject: record.subject.clone(),
            key: record.key.clone(),
            has_private_key: record.has_private_key,
            chain: record.chain,
        }
    }
}
