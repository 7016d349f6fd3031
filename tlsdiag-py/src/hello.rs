//! What was offered, chosen and asked for: ClientHello, ServerHello, CertificateRequest.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tlsdiag_core::report::{AnswerRecord, CertificateRequestRecord, OfferRecord, Record};

use crate::code::{Code, Extension, codes, extensions};
use crate::inert::{Inert, inert};
use crate::words;

/// A ClientHello (RFC 8446 section 4.1.2). Lists are in the client's order, GREASE included.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct ClientHello {
    offer: OfferRecord,
    ja3: Option<String>,
    ja4: Option<String>,
}

#[pymethods]
impl ClientHello {
    /// The number of its event.
    #[getter]
    fn event(&self) -> u32 {
        self.offer.event
    }

    /// Size of the message in bytes, header included.
    #[getter]
    fn size(&self) -> usize {
        self.offer.size
    }

    /// 32 random bytes, the same in both sides' records.
    #[getter]
    fn random<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &words::bytes(&self.offer.random))
    }

    /// `legacy_version`, which says TLS 1.2 in TLS 1.3.
    #[getter]
    fn legacy_version(&self) -> Code {
        (&self.offer.legacy_version).into()
    }

    /// The versions offered: those of supported_versions (RFC 8446 section 4.2.1), or without it `legacy_version`.
    #[getter]
    fn versions(&self) -> Vec<Code> {
        codes(&self.offer.versions)
    }

    /// The cipher suites offered.
    #[getter]
    fn cipher_suites(&self) -> Vec<Code> {
        codes(&self.offer.cipher_suites)
    }

    /// The extensions (RFC 8446 section 4.2).
    #[getter]
    fn extensions(&self) -> Vec<Extension> {
        extensions(&self.offer.extensions)
    }

    /// server_name (RFC 6066 section 3).
    #[getter]
    fn server_name(&self) -> Option<&str> {
        self.offer.server_name.as_deref()
    }

    /// supported_groups (RFC 8446 section 4.2.7).
    #[getter]
    fn groups(&self) -> Option<Vec<Code>> {
        self.offer.groups.as_deref().map(codes)
    }

    /// The groups with a key share (RFC 8446 section 4.2.8).
    #[getter]
    fn key_shares(&self) -> Option<Vec<Code>> {
        self.offer.key_shares.as_deref().map(codes)
    }

    /// signature_algorithms (RFC 8446 section 4.2.3).
    #[getter]
    fn signature_schemes(&self) -> Option<Vec<Code>> {
        self.offer.signature_schemes.as_deref().map(codes)
    }

    /// signature_algorithms_cert (RFC 8446 section 4.2.3).
    #[getter]
    fn signature_schemes_cert(&self) -> Option<Vec<Code>> {
        self.offer.signature_schemes_cert.as_deref().map(codes)
    }

    /// Application protocols (RFC 7301).
    #[getter]
    fn alpn(&self) -> Option<Vec<String>> {
        self.offer.alpn.clone()
    }

    /// How many pre-shared keys are offered (RFC 8446 section 4.2.11).
    #[getter]
    fn psk_identities(&self) -> Option<usize> {
        self.offer.psk_identities
    }

    /// post_handshake_auth (RFC 8446 section 4.2.6).
    #[getter]
    fn post_handshake_auth(&self) -> bool {
        self.offer.post_handshake_auth
    }

    /// extended_master_secret (RFC 7627).
    #[getter]
    fn extended_master_secret(&self) -> bool {
        self.offer.extended_master_secret
    }

    /// Secure renegotiation (RFC 5746), by extension or by cipher suite.
    #[getter]
    fn secure_renegotiation(&self) -> bool {
        self.offer.secure_renegotiation
    }

    /// Whether a HelloRetryRequest (RFC 8446 section 4.1.4) came between a first ClientHello and this one.
    #[getter]
    fn retried(&self) -> bool {
        self.offer.retried
    }

    /// The fingerprint JA3, an MD5 in hexadecimal.
    #[getter]
    fn ja3(&self) -> Option<&str> {
        self.ja3.as_deref()
    }

    /// The fingerprint JA4, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`.
    #[getter]
    fn ja4(&self) -> Option<&str> {
        self.ja4.as_deref()
    }

    /// The same as a record has it under `offer`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::json(py, &serde_json::to_string(&self.offer).map_err(words::not_serialized)?)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        // It is the same message whatever the number of its event.
        other.cast::<ClientHello>().is_ok_and(|other| {
            let mut offer = other.get().offer.clone();
            offer.event = self.offer.event;
            offer == self.offer
        })
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.offer.random.as_str().into_pyobject(py)?.hash()
    }

    fn __repr__(&self) -> Inert {
        let name = self.offer.server_name.as_deref().map_or_else(String::new, |name| format!(" for {name}"));
        inert!("<ClientHello{name}, {} bytes>", self.offer.size)
    }
}

impl ClientHello {
    /// The ClientHello of a record, if it has one.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        let client = &record.tls.client;
        Some(ClientHello { offer: record.offer.clone()?, ja3: client.ja3.clone(), ja4: client.ja4.clone() })
    }
}

/// A ServerHello with its EncryptedExtensions (RFC 8446 sections 4.1.3 and 4.3.1).
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct ServerHello(AnswerRecord);

#[pymethods]
impl ServerHello {
    /// The number of its event.
    #[getter]
    fn event(&self) -> u32 {
        self.0.event
    }

    /// The version chosen.
    #[getter]
    fn version(&self) -> Code {
        (&self.0.version).into()
    }

    /// The cipher suite chosen.
    #[getter]
    fn cipher_suite(&self) -> Code {
        (&self.0.cipher_suite).into()
    }

    /// The group of the key exchange.
    #[getter]
    fn group(&self) -> Option<Code> {
        self.0.group.as_ref().map(Code::from)
    }

    /// Bits of the prime of a DHE key exchange.
    #[getter]
    fn dh_bits(&self) -> Option<usize> {
        self.0.dh_bits
    }

    /// How the server signed: CertificateVerify, or ServerKeyExchange before TLS 1.3.
    #[getter]
    fn signature_scheme(&self) -> Option<Code> {
        self.0.signature_scheme.as_ref().map(Code::from)
    }

    /// The application protocol chosen (RFC 7301).
    #[getter]
    fn alpn(&self) -> Option<&str> {
        self.0.alpn.as_deref()
    }

    /// The extensions of the ServerHello.
    #[getter]
    fn extensions(&self) -> Vec<Extension> {
        extensions(&self.0.extensions)
    }

    /// EncryptedExtensions, which only TLS 1.3 has.
    #[getter]
    fn encrypted_extensions(&self) -> Vec<Extension> {
        extensions(&self.0.encrypted_extensions)
    }

    /// The pre-shared key chosen, by its place in the client's list.
    #[getter]
    fn selected_psk(&self) -> Option<u16> {
        self.0.selected_psk
    }

    fn __repr__(&self) -> Inert {
        inert!("<ServerHello {}, {}>", self.0.version.name, self.0.cipher_suite.name)
    }
}

impl From<&AnswerRecord> for ServerHello {
    fn from(answer: &AnswerRecord) -> Self {
        ServerHello(answer.clone())
    }
}

/// A CertificateRequest (RFC 8446 section 4.3.2, RFC 5246 section 7.4.4).
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct CertificateRequest(CertificateRequestRecord);

#[pymethods]
impl CertificateRequest {
    /// The number of its event.
    #[getter]
    fn event(&self) -> u32 {
        self.0.event
    }

    /// The schemes that the client may sign with.
    #[getter]
    fn signature_schemes(&self) -> Option<Vec<Code>> {
        self.0.signature_schemes.as_deref().map(codes)
    }

    /// The schemes that its certificates may be signed with.
    #[getter]
    fn signature_schemes_cert(&self) -> Option<Vec<Code>> {
        self.0.signature_schemes_cert.as_deref().map(codes)
    }

    /// The types of certificates asked for (TLS 1.2 and below).
    #[getter]
    fn certificate_types(&self) -> Option<Vec<Code>> {
        self.0.certificate_types.as_deref().map(codes)
    }

    /// The CAs that the server names; none means any.
    #[getter]
    fn authorities(&self) -> Vec<String> {
        self.0.authorities.clone()
    }

    /// The scheme of the client's CertificateVerify, where one came.
    #[getter]
    fn answered_with(&self) -> Option<Code> {
        self.0.answered_with.as_ref().map(Code::from)
    }

    /// Whether it came after the handshake (RFC 8446 section 4.6.2).
    #[getter]
    fn post_handshake(&self) -> bool {
        self.0.post_handshake
    }

    /// Its extensions (TLS 1.3).
    #[getter]
    fn extensions(&self) -> Vec<Extension> {
        extensions(&self.0.extensions)
    }

    fn __repr__(&self) -> Inert {
        inert!("<CertificateRequest naming {} CAs>", self.0.authorities.len())
    }
}

impl From<&CertificateRequestRecord> for CertificateRequest {
    fn from(request: &CertificateRequestRecord) -> Self {
        CertificateRequest(request.clone())
    }
}

/// Signature schemes: what each side took, and what each side used (RFC 8446 section 4.2.3).
#[pyclass(frozen, get_all, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct SignatureSchemes {
    /// What the client takes from the server.
    offered: Option<Vec<Code>>,
    /// What the server takes from the client.
    requested: Option<Vec<Code>>,
    /// What the server signed with.
    server: Option<Code>,
    /// What the client signed with.
    client: Option<Code>,
}

#[pymethods]
impl SignatureSchemes {
    fn __repr__(&self) -> Inert {
        let name = |code: &Option<Code>| match code {
            Some(code) => code.name.clone(),
            None => "none".to_owned(),
        };
        inert!("<SignatureSchemes server: {}, client: {}>", name(&self.server), name(&self.client))
    }
}

impl SignatureSchemes {
    pub(crate) fn of(record: &Record) -> Self {
        let (offer, answer) = (record.offer.as_ref(), record.answer.as_ref());
        let request = record.certificate_request.as_ref();
        SignatureSchemes {
            offered: offer.and_then(|offer| offer.signature_schemes.as_deref()).map(codes),
            requested: request.and_then(|request| request.signature_schemes.as_deref()).map(codes),
            server: answer.and_then(|answer| answer.signature_scheme.as_ref()).map(Code::from),
            client: request.and_then(|request| request.answered_with.as_ref()).map(Code::from),
        }
    }
}
