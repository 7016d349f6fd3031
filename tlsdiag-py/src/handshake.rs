//! One handshake: everything is shown from its record, the published form.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};
use tlsdiag_core::Handshake as HandshakeState;
use tlsdiag_core::event::{EventBody, Recording};
use tlsdiag_core::handshake::Chain;
use tlsdiag_core::neutralize;
use tlsdiag_core::report::{Record, jsonl, text};

use crate::certificate::Certificates;
use crate::event::{Alert, Event, Timing};
use crate::finding::{Earlier, Finding};
use crate::hello::{CertificateRequest, ClientHello, ServerHello, SignatureSchemes};
use crate::inert::{Inert, inert};
use crate::local::LocalConfiguration;
use crate::words;

/// One TLS handshake as one side saw it, and why it ended as it did.
///
/// `str()` of it is the whole report; causes and outcomes compare equal to their strings.
#[pyclass(frozen, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct Handshake {
    pub(crate) record: Arc<Record>,
    /// Client's and server's certificates, where this process recorded them.
    ders: [Option<Vec<Vec<u8>>>; 2],
    /// The handshake messages by the numbers of their events, where this process recorded them.
    messages: Arc<[(u32, Vec<u8>)]>,
}

impl Handshake {
    /// The handshake of a recording, with the record that is made of it; with `expiry_notice`, certificates that end within so many days are
    /// warned of.
    pub(crate) fn of(
        recording: &Recording,
        expiry_notice: Option<u32>,
        judge: impl FnOnce(&HandshakeState) -> Record,
    ) -> Self {
        let handshake = HandshakeState::from_recording(recording)
            .with_expiry_notice(expiry_notice)
            .with_signatures_tried(recording);
        let ders = |chain: Option<&Chain>| {
            chain.map(|chain| chain.certificates.iter().map(|shown| shown.der.to_vec()).collect())
        };
        let messages = recording.events().filter_map(|event| match event.body {
            EventBody::Message { bytes, .. } => Some((event.sequence, bytes.to_vec())),
            _ => None,
        });
        Handshake {
            record: Arc::new(judge(&handshake)),
            ders: [ders(handshake.client_chain.as_deref()), ders(handshake.server_chain.as_deref())],
            messages: messages.collect(),
        }
    }
}

impl From<Record> for Handshake {
    fn from(record: Record) -> Self {
        Handshake { record: Arc::new(record), ders: [None, None], messages: Arc::new([]) }
    }
}

#[pymethods]
impl Handshake {
    /// Reads one record: one line of a JSON lines file.
    ///
    /// Raises `FormatError` where it is none.
    #[staticmethod]
    fn from_json(py: Python<'_>, line: &str) -> PyResult<Self> {
        let record = jsonl::read_line(line.trim_end());
        record.map(Handshake::from).map_err(|error| words::error(py, "FormatError", error.to_string()))
    }

    /// What became of it: `established`, `established_unverified`, `refused_after_established`, `failed`, `abandoned` or
    /// `not_tls`.
    #[getter]
    fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::member(py, "Outcome", &self.record.outcome)
    }

    /// The root cause; `None` for a healthy handshake, and for a failure that nothing explains.
    #[getter]
    fn cause<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.record.cause().map(|cause| words::member(py, "Cause", cause)).transpose()
    }

    /// The cause's code, `ok` for a healthy handshake, the code of a note for one that was not completed and is no failure, or `unexplained`.
    #[getter]
    fn verdict(&self) -> &str {
        self.record.verdict()
    }

    /// Whether application data could flow.
    #[getter]
    fn established(&self) -> bool {
        self.record.tls.established
    }

    /// Who ended it: `local`, `peer` or `transport`; `None` where it was established.
    #[getter]
    fn by(&self) -> Option<&str> {
        self.record.by.as_deref()
    }

    /// The handshake message that was being made, read or waited for when it ended; `None` where it was established.
    #[getter]
    fn stage(&self) -> Option<&str> {
        self.record.stage.as_deref()
    }

    /// Every finding, best first; notes stand apart.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        let findings = self.record.diagnosis.findings.iter().filter(|finding| !finding.is_note());
        findings.map(Finding::from).collect()
    }

    /// The best finding; `None` where there is none.
    #[getter]
    fn finding(&self) -> Option<Finding> {
        self.record.diagnosis.findings.first().filter(|finding| !finding.is_note()).map(Finding::from)
    }

    /// What happened and is no failure.
    #[getter]
    fn notes(&self) -> Vec<Finding> {
        self.record.notes().map(Finding::from).collect()
    }

    /// The key of the client, at a server: the same for all handshakes of one client, as far as its address is known.
    #[getter]
    fn client(&self) -> Option<&str> {
        self.record.client.as_deref()
    }

    /// What it says of earlier handshakes of the same client.
    #[getter]
    fn earlier(&self) -> Vec<Earlier> {
        self.record.earlier.iter().map(Earlier::from).collect()
    }

    /// The coarse class for metrics of low cardinality, as the gRPC proposal A118 names it.
    #[getter]
    fn result(&self) -> &str {
        &self.record.diagnosis.result
    }

    /// The side that recorded: `client` or `server`.
    #[getter]
    fn role(&self) -> &str {
        &self.record.role
    }

    /// Unique among all records.
    #[getter]
    fn id(&self) -> &str {
        &self.record.id
    }

    /// The version in use, as `ssl.SSLSocket.version()` writes it, such as `TLSv1.3`; `None` before the server chose one.
    #[getter]
    fn version(&self) -> Option<String> {
        let protocol = self.record.tls.protocol.as_ref()?;
        let number = protocol.version.strip_suffix(".0").unwrap_or(&protocol.version);
        Some(format!("{}v{number}", protocol.name.to_uppercase()))
    }

    /// The cipher suite by its IANA name.
    #[getter]
    fn cipher(&self) -> Option<&str> {
        self.record.tls.cipher.as_deref()
    }

    /// The group of the key exchange (RFC 8446 section 4.2.7).
    #[getter]
    fn group(&self) -> Option<&str> {
        self.record.tls.curve.as_deref()
    }

    /// The signature schemes offered, requested and used (RFC 8446 section 4.2.3).
    #[getter]
    fn signature_schemes(&self) -> SignatureSchemes {
        SignatureSchemes::of(&self.record)
    }

    /// The application protocol that was chosen (RFC 7301).
    #[getter]
    fn alpn(&self) -> Option<&str> {
        self.record.tls.next_protocol.as_deref()
    }

    /// The name that the client asked for (RFC 6066 section 3).
    #[getter]
    fn sni(&self) -> Option<&str> {
        self.record.tls.client.server_name.as_deref()
    }

    /// Whether a session was resumed (RFC 8446 section 2.2).
    #[getter]
    fn resumed(&self) -> bool {
        self.record.tls.resumed
    }

    /// The ClientHello.
    #[getter]
    fn client_hello(&self) -> Option<ClientHello> {
        ClientHello::of(&self.record)
    }

    /// The ServerHello with its EncryptedExtensions.
    #[getter]
    fn server_hello(&self) -> Option<ServerHello> {
        self.record.answer.as_ref().map(ServerHello::from)
    }

    /// The chains that were shown.
    #[getter]
    fn certificates(&self) -> Certificates {
        Certificates::new(&self.record.certificates, &self.ders)
    }

    /// The CertificateRequest; `None` where no client certificate was asked for.
    #[getter]
    fn certificate_request(&self) -> Option<CertificateRequest> {
        self.record.certificate_request.as_ref().map(CertificateRequest::from)
    }

    /// The alerts both ways, in order.
    #[getter]
    fn alerts(&self) -> Vec<Alert> {
        self.record.events.iter().filter_map(Alert::of).collect()
    }

    /// What happened, in order.
    #[getter]
    fn events(&self) -> Vec<Event> {
        self.record.events.iter().map(Event::from).collect()
    }

    /// When it happened, and how long it took.
    #[getter]
    fn timing(&self) -> Timing {
        Timing::new(self.time(), self.duration(), &self.record.events)
    }

    /// When it began, in UTC.
    #[getter]
    fn time(&self) -> Option<SystemTime> {
        words::time(&self.record.time)
    }

    /// From the first event to the last.
    #[getter]
    fn duration(&self) -> Duration {
        Duration::from_micros(self.record.duration_us)
    }

    /// What the recording side is configured to do.
    #[getter]
    fn local(&self) -> LocalConfiguration {
        (&self.record.local).into()
    }

    /// The peer's IP address and port, where known.
    #[getter]
    fn peer(&self) -> Option<(&str, u16)> {
        self.record.peer.as_ref().map(|peer| (peer.address.as_str(), peer.port))
    }

    /// The TLS library in its own words.
    #[getter]
    fn library(&self) -> &str {
        &self.record.library
    }

    /// How many events were not kept.
    #[getter]
    fn missed_events(&self) -> u32 {
        self.record.missed_events
    }

    /// The bytes of the handshake message with this event number, its header of four bytes included; `None` where that event
    /// is no message, or the handshake was read from a file of records, which does not hold them.
    fn message_bytes<'py>(&self, py: Python<'py>, event: u32) -> Option<Bound<'py, PyBytes>> {
        let message = self.messages.iter().find(|(number, _)| *number == event)?;
        Some(PyBytes::new(py, &message.1))
    }

    /// The record as one line of JSON: `schema/handshake-1.json`.
    fn to_json(&self) -> PyResult<String> {
        neutralize::json(&*self.record).map_err(words::not_serialized)
    }

    /// The record as Python's own objects.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::json(py, &self.to_json()?)
    }

    /// The report, `width` columns wide; `full` with what was offered, and of a healthy handshake with all that happened.
    #[pyo3(signature = (width = 80, color = false, full = false))]
    fn report(&self, width: usize, color: bool, full: bool) -> PyResult<Inert> {
        Inert::page(width, color, |out, style| text::write(&self.record, out, style.with_full(full)))
    }

    /// The verdict in one line.
    fn one_line(&self) -> Inert {
        inert!("{}", self.record.one_line())
    }

    fn __str__(&self) -> PyResult<Inert> {
        self.report(80, false, false)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Handshake {}>", self.record.one_line())
    }

    fn _repr_html_(&self) -> PyResult<Inert> {
        Ok(self.report(100, false, false)?.preformatted("tlsdiag-handshake"))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Handshake>().is_ok_and(|other| other.get().record == self.record)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.record.id.hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let class: Bound<'py, PyType> = slf.get_type();
        Ok((class.getattr("from_json")?, (slf.get().to_json()?,)))
    }
}
