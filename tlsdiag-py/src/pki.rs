//! Certificates for `tlsdiag.Server`: a CA of its own, made when the server is, and gone with it.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

/// A certificate with its key, both in PEM; the certificate's chain is behind it.
#[pyclass(frozen, get_all, module = "tlsdiag._native")]
pub(crate) struct Identity {
    /// The certificate.
    certificate: String,
    /// Its private key (PKCS#8).
    key: String,
}

/// A certificate authority that exists in memory.
#[pyclass(frozen, module = "tlsdiag._native")]
pub(crate) struct Pki {
    authority: Certificate,
    issuer: Mutex<Issuer<'static, KeyPair>>,
}

#[pymethods]
impl Pki {
    /// Makes a CA with a P-256 key.
    #[new]
    fn new(name: &str) -> PyResult<Self> {
        let key = KeyPair::generate().map_err(not_made)?;
        let mut params = parameters(name, Vec::new(), -1, 3650)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = params.self_signed(&key).map_err(not_made)?;
        Ok(Pki { authority, issuer: Mutex::new(Issuer::new(params, key)) })
    }

    /// The CA's certificate in PEM.
    #[getter]
    fn certificate(&self) -> String {
        self.authority.pem()
    }

    /// Issues a certificate for `names` (DNS names and IP addresses), valid from `begins` to `ends`, in days from now;
    /// `server` and `client` are what it may be used for. One that is `self_signed` does without the CA.
    #[pyo3(signature = (name, names, *, server, client, begins, ends, self_signed))]
    #[expect(clippy::too_many_arguments, reason = "all but two are named by the caller")]
    fn issue(
        &self,
        name: &str,
        names: Vec<String>,
        server: bool,
        client: bool,
        begins: i64,
        ends: i64,
        self_signed: bool,
    ) -> PyResult<Identity> {
        let key = KeyPair::generate().map_err(not_made)?;
        let mut params = parameters(name, names, begins, ends)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let purposes =
            [(server, ExtendedKeyUsagePurpose::ServerAuth), (client, ExtendedKeyUsagePurpose::ClientAuth)];
        params.extended_key_usages =
            purposes.into_iter().filter(|(wanted, _)| *wanted).map(|(_, purpose)| purpose).collect();
        let certificate = if self_signed {
            params.self_signed(&key)
        } else {
            params.use_authority_key_identifier_extension = true;
            params.signed_by(&key, &*self.issuer.lock().unwrap_or_else(PoisonError::into_inner))
        };
        Ok(Identity { certificate: certificate.map_err(not_made)?.pem(), key: key.serialize_pem() })
    }
}

fn parameters(name: &str, names: Vec<String>, begins: i64, ends: i64) -> PyResult<CertificateParams> {
    let mut params = CertificateParams::new(names).map_err(not_made)?;
    params.distinguished_name.push(DnType::CommonName, name);
    let now = OffsetDateTime::now_utc();
    let day =
        |days: i64| now.checked_add(Duration::days(days)).ok_or_else(|| PyValueError::new_err("no such day"));
    (params.not_before, params.not_after) = (day(begins)?, day(ends)?);
    Ok(params)
}

fn not_made(error: rcgen::Error) -> PyErr {
    PyValueError::new_err(format!("cannot make a certificate: {error}"))
}
