//! The published form of a handshake: serde structs that are the schema, each with what makes it from the handshake.
//!
//! Readers ignore fields that they do not know and do without fields that are absent, so that fields may be added within
//! version 1. Names under `tls` are OpenTelemetry's `tls.*` attributes.

mod answer;
mod at_hand;
mod certificate;
mod code;
mod diagnosis;
mod earlier;
mod event;
mod extension;
mod local;
mod message;
mod offer;
mod request;
mod tls;

use std::time::SystemTime;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use answer::AnswerRecord;
pub(in crate::report) use at_hand::arrange_setup;
pub(in crate::report) use certificate::certificate;
pub use certificate::{CertificateRecord, Certificates, CompressionRecord, NameConstraintsRecord};
pub use code::Code;
pub(in crate::report) use code::rfc3339;
pub(in crate::report) use diagnosis::finding;
pub use diagnosis::{Advice, Alternative, DiagnosisRecord, EvidenceRecord, FindingRecord, RuledOut};
pub use earlier::EarlierRecord;
pub use event::EventRecord;
pub use extension::ExtensionRecord;
pub use local::{LocalCertificateRecord, LocalRecord};
pub use offer::OfferRecord;
pub use request::CertificateRequestRecord;
pub use tls::{Protocol, TlsPeer, TlsRecord};

use self::code::micros;
use crate::diagnose::{Diagnosis, diagnose};
use crate::event::Recording;
use crate::handshake::Handshake;

/// One handshake as one side saw it: one line of a JSON lines file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Record {
    /// Always `tlsdiag.handshake/1`.
    pub schema: String,
    /// Unique among all records: time, process and connection.
    pub id: String,
    /// When the handshake began, RFC 3339 in UTC.
    pub time: String,
    /// From the first event to the last, in microseconds.
    pub duration_us: u64,
    /// The side that recorded: `client` or `server`.
    pub role: String,
    /// What recorded, such as `openssl-hooks`.
    pub source: String,
    /// The TLS library in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub library: String,
    /// The process that recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
    /// The peer's address, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerRecord>,
    /// The key of the client, at a server: the same for all handshakes of one client, by address (`-` where it is not known, as under Apache
    /// httpd: then clients of one kind are one), server name and the fingerprint of its hello without what changes from one connection to
    /// the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Whose ClientHello the client's looks like, at a server: `chromium`, `curl` (any program with libcurl and OpenSSL sends the like),
    /// `firefox`, `go` or `java`; `openssl` for any program with that library that tells no more. It decides which advice comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_program: Option<String>,
    /// `established`, `established_unverified`, `refused_after_established`, `failed`, `abandoned` or `not_tls`.
    pub outcome: String,
    /// Who ended it: `local`, `peer` or `transport`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The handshake message that was being made, read or waited for when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// OpenTelemetry's attributes.
    pub tls: TlsRecord,
    /// The ClientHello.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferRecord>,
    /// The first ClientHello, where a HelloRetryRequest made the client send another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_offer: Option<OfferRecord>,
    /// The HelloRetryRequest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<AnswerRecord>,
    /// The ServerHello and EncryptedExtensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerRecord>,
    /// The CertificateRequest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_request: Option<CertificateRequestRecord>,
    /// The chains that were shown.
    #[serde(default)]
    pub certificates: Certificates,
    /// What the recording side was configured to do.
    #[serde(default)]
    pub local: LocalRecord,
    /// Why it ended as it did.
    pub diagnosis: DiagnosisRecord,
    /// What it says of earlier handshakes of the same client.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierRecord>,
    /// What happened, in order.
    #[serde(default)]
    pub events: Vec<EventRecord>,
    /// Events that were not kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed_events: u32,
    /// Handshakes of the same program that have left no record since the one before: more came at once than could be written, or the
    /// collector was killed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost_before: u64,
    /// Whether healthy handshakes are left out where this one was recorded: that the client has no other record does not say that it
    /// never succeeded.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub healthy_left_out: bool,
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// Where the peer is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct PeerRecord {
    /// IP address.
    pub address: String,
    /// TCP port.
    pub port: u16,
}

/// The process that recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// The name of its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Process {
    /// The process with this number, and the name of its program where it is known.
    #[must_use]
    pub fn new(pid: u32, name: Option<String>) -> Self {
        Process { pid, name }
    }

    /// This process.
    #[must_use]
    pub fn this() -> Self {
        let name = std::env::current_exe().ok();
        let name = name.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        Process { pid: std::process::id(), name }
    }
}

/// The id of a handshake's record.
pub(super) fn id(handshake: &Handshake, process: Option<&Process>) -> String {
    let since = handshake.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let pid = process.map_or(0, |process| process.pid);
    format!("{:x}-{:x}-{:x}", since.as_nanos(), pid, handshake.connection.0)
}

impl Record {
    /// What the schema field says.
    pub const SCHEMA: &'static str = "tlsdiag.handshake/1";

    /// The record of a handshake that was recorded by the hooks in this process.
    #[must_use]
    pub fn new(handshake: &Handshake, diagnosis: &Diagnosis) -> Self {
        Record::from_process(handshake, diagnosis, Process::this())
    }

    /// The record of a handshake that was recorded in that process.
    #[must_use]
    pub fn from_process(handshake: &Handshake, diagnosis: &Diagnosis, process: Process) -> Self {
        Record::build(handshake, diagnosis, Some(process))
    }

    /// The record of a recording that was kept ([`event::lines`](crate::event::lines)), with what these rules say of it. Which
    /// process recorded it is not known.
    #[must_use]
    pub fn from_recording(recording: &Recording) -> Self {
        let handshake = Handshake::from_recording(recording);
        #[cfg(feature = "signatures")]
        let handshake = handshake.with_signatures_tried(recording);
        Record::build(&handshake, &diagnose(&handshake), None)
    }

    fn build(handshake: &Handshake, diagnosis: &Diagnosis, process: Option<Process>) -> Self {
        let since = handshake.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let id = id(handshake, process.as_ref());
        let outcome = diagnosis.outcome;
        let mut record = Record {
            schema: Self::SCHEMA.to_owned(),
            id,
            time: rfc3339(since),
            duration_us: micros(handshake.duration),
            role: handshake.role.as_str().to_owned(),
            source: "openssl-hooks".to_owned(),
            library: handshake.local.library.clone(),
            process,
            peer: handshake.peer.map(|peer| PeerRecord { address: peer.ip().to_string(), port: peer.port() }),
            client: handshake.client_key(),
            client_program: at_hand::client(handshake),
            outcome: outcome.kind.as_str().to_owned(),
            by: outcome.by.map(|by| by.as_str().to_owned()),
            stage: outcome.stage.map(|stage| stage.to_string()),
            tls: tls::tls(handshake),
            offer: offer::offer(handshake),
            first_offer: offer::first_offer(handshake),
            retry: answer::retry(handshake),
            answer: answer::answer(handshake),
            certificate_request: request::request(handshake),
            certificates: certificate::shown(handshake),
            local: local::local(handshake),
            diagnosis: diagnosis::diagnosis(diagnosis),
            earlier: diagnosis.earlier.iter().map(EarlierRecord::from).collect(),
            events: event::events(handshake),
            missed_events: handshake.missed,
            lost_before: 0,
            healthy_left_out: false,
        };
        record.arrange_advice();
        record
    }
}
