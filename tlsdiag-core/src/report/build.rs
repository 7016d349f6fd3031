//! From the story and its diagnosis to the record.

use std::time::{Duration, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::extension;
use super::record::{
    Advice, Alternative, AnswerRecord, CertificateRecord, CertificateRequestRecord, Certificates, Code,
    DiagnosisRecord, EventRecord, EvidenceRecord, FindingRecord, LocalCertificateRecord, LocalRecord,
    OfferRecord, PeerRecord, Protocol, Record, RuledOut, TlsPeer, TlsRecord,
};
use crate::diagnose::{Diagnosis, Finding, ResultClass, diagnose, library};
use crate::event::{Direction, Recording, TransportEnd};
use crate::handshake::{Chain, Handshake, OwnCertificate, Step, StepKind};
use crate::wire::x509::Certificate;
use crate::wire::{NamedGroup, Place, ProtocolVersion};

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
    /// This process.
    #[must_use]
    pub fn this() -> Self {
        let name = std::env::current_exe().ok();
        let name = name.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        Process { pid: std::process::id(), name }
    }
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
        Record::build(&handshake, &diagnose(&handshake), None)
    }

    fn build(handshake: &Handshake, diagnosis: &Diagnosis, process: Option<Process>) -> Self {
        let since = handshake.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let pid = process.as_ref().map_or(0, |process| process.pid);
        let outcome = diagnosis.outcome;
        Record {
            schema: Self::SCHEMA.to_owned(),
            id: format!("{:x}-{:x}-{:x}", since.as_nanos(), pid, handshake.connection.0),
            time: rfc3339(since),
            duration_us: micros(handshake.duration),
            role: handshake.role.as_str().to_owned(),
            source: "openssl-hooks".to_owned(),
            library: handshake.local.library.clone(),
            process,
            peer: handshake.peer.map(|peer| PeerRecord { address: peer.ip().to_string(), port: peer.port() }),
            outcome: outcome.kind.as_str().to_owned(),
            by: outcome.by.map(|by| by.as_str().to_owned()),
            stage: outcome.stage.map(|stage| stage.to_string()),
            tls: tls(handshake),
            offer: offer(handshake),
            answer: answer(handshake),
            certificate_request: request(handshake),
            certificates: Certificates {
                client: handshake.client_chain.as_ref().map(|chain| certificates(chain)),
                server: handshake.server_chain.as_ref().map(|chain| certificates(chain)),
            },
            local: local(handshake),
            diagnosis: diagnosis_record(diagnosis),
            events: handshake.timeline.iter().map(event).collect(),
            missed_events: handshake.missed,
        }
    }
}

impl Code {
    fn new(code: impl Into<u16>, name: impl ToString) -> Self {
        Code { code: code.into(), name: name.to_string() }
    }
}

/// Lists of code points: each a number with its name beside it.
macro_rules! codes {
    ($list:expr) => {
        $list.iter().map(|code| Code::new(code.0, code)).collect()
    };
}

fn rfc3339(since_1970: Duration) -> String {
    let nanos = i128::try_from(since_1970.as_nanos()).unwrap_or_default();
    jiff::Timestamp::from_nanosecond(nanos)
        .map_or_else(|_| format!("{} s after 1970", since_1970.as_secs()), |time| format!("{time:.6}"))
}

fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| format!("{seconds} s after 1970"), |time| time.to_string())
}

/// A time in milliseconds since 1970.
pub(super) fn milliseconds(since_1970: u64) -> String {
    rfc3339(Duration::from_millis(since_1970))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn group(handshake: &Handshake) -> Option<NamedGroup> {
    let exchange = handshake.key_exchange.as_ref().and_then(|exchange| exchange.group);
    handshake.answer.as_ref().and_then(|answer| answer.group).or(exchange)
}

fn resumed(handshake: &Handshake) -> bool {
    match &handshake.done {
        Some(done) => done.resumed,
        None => handshake.answer.as_ref().is_some_and(|answer| answer.selected_psk.is_some()),
    }
}

fn tls(handshake: &Handshake) -> TlsRecord {
    let version = handshake.version();
    let client = TlsPeer {
        server_name: handshake.offer.as_ref().and_then(|offer| offer.server_name.clone()),
        ja3: handshake.offer.as_ref().map(|offer| offer.ja3()),
        ja4: handshake.offer.as_ref().map(|offer| offer.ja4()),
        ..tls_peer(handshake.client_chain.as_ref().and_then(|chain| chain.leaf()))
    };
    TlsRecord {
        established: diagnosis_established(handshake),
        protocol: version.map(|version| Protocol {
            name: if version == ProtocolVersion::SSL3 { "ssl" } else { "tls" }.to_owned(),
            version: version.short().map_or_else(|| version.to_string(), str::to_owned),
        }),
        cipher: handshake.cipher_suite().map(|suite| suite.to_string()),
        curve: group(handshake).map(|group| group.to_string()),
        next_protocol: handshake.answer.as_ref().and_then(|answer| answer.alpn.clone()),
        resumed: resumed(handshake),
        client,
        server: tls_peer(handshake.server_chain.as_ref().and_then(|chain| chain.leaf())),
    }
}

fn diagnosis_established(handshake: &Handshake) -> bool {
    handshake.outcome.kind.is_established()
}

fn tls_peer(leaf: Option<&Certificate>) -> TlsPeer {
    let Some(leaf) = leaf else { return TlsPeer::default() };
    TlsPeer {
        server_name: None,
        ja3: None,
        ja4: None,
        subject: Some(leaf.subject_text().to_owned()),
        issuer: Some(leaf.issuer_text().to_owned()),
        not_before: leaf.not_before.map(date),
        not_after: leaf.not_after.map(date),
    }
}

fn offer(handshake: &Handshake) -> Option<OfferRecord> {
    let offer = handshake.offer.as_ref()?;
    Some(OfferRecord {
        event: offer.event,
        size: offer.size,
        random: hex(&offer.random),
        legacy_version: Code::new(offer.legacy_version, ProtocolVersion(offer.legacy_version)),
        versions: codes!(offer.versions),
        cipher_suites: codes!(offer.cipher_suites),
        extensions: extension::records(&offer.extension_block, Place::ClientHello),
        server_name: offer.server_name.clone(),
        groups: offer.groups.as_ref().map(|list| codes!(list)),
        key_shares: offer.key_shares.as_ref().map(|list| codes!(list)),
        signature_schemes: offer.signature_schemes.as_ref().map(|list| codes!(list)),
        signature_schemes_cert: offer.signature_schemes_cert.as_ref().map(|list| codes!(list)),
        alpn: offer.alpn.clone(),
        psk_identities: offer.psk_identities,
        post_handshake_auth: offer.post_handshake_auth,
        extended_master_secret: offer.extended_master_secret,
        secure_renegotiation: offer.secure_renegotiation,
        retried: handshake.retry.is_some(),
    })
}

fn answer(handshake: &Handshake) -> Option<AnswerRecord> {
    let answer = handshake.answer.as_ref()?;
    Some(AnswerRecord {
        event: answer.event,
        version: Code::new(answer.version.0, answer.version),
        cipher_suite: Code::new(answer.cipher_suite.0, answer.cipher_suite),
        group: group(handshake).map(|group| Code::new(group.0, group)),
        dh_bits: handshake.key_exchange.as_ref().and_then(|exchange| exchange.dh_bits),
        signature_scheme: handshake
            .server_signature
            .as_ref()
            .map(|scheme| Code::new(scheme.value.0, scheme.value)),
        alpn: answer.alpn.clone(),
        extensions: extension::records(&answer.extension_block, Place::ServerHello),
        encrypted_extensions: extension::records(&answer.encrypted_block, Place::EncryptedExtensions),
        selected_psk: answer.selected_psk,
    })
}

fn request(handshake: &Handshake) -> Option<CertificateRequestRecord> {
    let request = handshake.request.as_ref()?;
    Some(CertificateRequestRecord {
        event: request.event,
        signature_schemes: request.signature_schemes.as_ref().map(|list| codes!(list)),
        signature_schemes_cert: request.signature_schemes_cert.as_ref().map(|list| codes!(list)),
        certificate_types: request.certificate_types.as_ref().map(|list| codes!(list)),
        authorities: request.authorities.iter().map(|authority| authority.text.clone()).collect(),
        answered_with: handshake
            .client_signature
            .as_ref()
            .map(|scheme| Code::new(scheme.value.0, scheme.value)),
        post_handshake: request.post_handshake,
        extensions: extension::records(&request.extension_block, Place::CertificateRequest),
    })
}

fn certificates(chain: &Chain) -> Vec<CertificateRecord> {
    chain.certificates.iter().map(|shown| certificate(&shown.certificate)).collect()
}

fn certificate(certificate: &Certificate) -> CertificateRecord {
    CertificateRecord {
        subject: certificate.subject_text().to_owned(),
        issuer: certificate.issuer_text().to_owned(),
        serial: certificate.serial.clone().unwrap_or_default(),
        not_before: certificate.not_before.map(date),
        not_after: certificate.not_after.map(date),
        key: certificate.key.as_ref().map(ToString::to_string).unwrap_or_default(),
        signature_algorithm: certificate
            .signature_algorithm
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        subject_alt_names: certificate.sans.iter().map(ToString::to_string).collect(),
        key_usage: certificate.key_usage.map(|usage| usage.names().map(str::to_owned).collect()),
        extended_key_usage: certificate.extended_key_usage.clone(),
        ca: certificate.is_ca(),
        malformed: certificate.malformed.clone(),
    }
}

fn local(handshake: &Handshake) -> LocalRecord {
    let local = &handshake.local;
    let version = |number: u16| (number != 0).then(|| Code::new(number, ProtocolVersion(number)));
    let modes = [(1, "peer"), (2, "fail_if_no_peer_cert"), (4, "client_once"), (8, "post_handshake")];
    LocalRecord {
        minimum_version: version(local.minimum_version),
        maximum_version: version(local.maximum_version),
        cipher_suites: local
            .cipher_suites
            .iter()
            .map(|suite| Code::new(*suite, crate::wire::CipherSuite(*suite)))
            .collect(),
        certificates: handshake.own.iter().map(local_certificate).collect(),
        verify: modes
            .iter()
            .filter(|(bit, _)| local.verify_mode & bit != 0)
            .map(|(_, name)| (*name).to_owned())
            .collect(),
        verify_depth: (local.verify_depth >= 0).then_some(local.verify_depth),
        security_level: local.security_level,
        trust_anchors: local.trust_anchors.count,
        expected_name: handshake.expected_name.clone(),
    }
}

fn local_certificate(own: &OwnCertificate) -> LocalCertificateRecord {
    let leaf = own.chain.leaf();
    LocalCertificateRecord {
        subject: leaf.map_or_else(String::new, |leaf| leaf.subject_text().to_owned()),
        key: leaf.and_then(|leaf| leaf.key.as_ref()).map(ToString::to_string).unwrap_or_default(),
        has_private_key: own.configured.key.is_some(),
        chain: own.configured.chain.len(),
    }
}

fn diagnosis_record(diagnosis: &Diagnosis) -> DiagnosisRecord {
    let class = match diagnosis.cause() {
        Some(cause) => cause.class(),
        None if diagnosis.outcome.kind.is_established() => ResultClass::Success,
        None => ResultClass::UnknownFailure,
    };
    DiagnosisRecord {
        cause: diagnosis.cause().map(|cause| cause.code().to_owned()),
        result: class.name().to_owned(),
        findings: diagnosis.findings.iter().map(finding).collect(),
    }
}

fn finding(finding: &Finding) -> FindingRecord {
    FindingRecord {
        cause: finding.cause.code().to_owned(),
        confidence: finding.confidence.as_str().to_owned(),
        severity: finding.severity.as_str().to_owned(),
        side: finding.side.as_str().to_owned(),
        summary: finding.summary.clone(),
        explanation: finding.explanation.clone(),
        evidence: finding
            .evidence
            .iter()
            .map(|seen| EvidenceRecord {
                event: seen.event,
                field: seen.field.clone(),
                value: seen.value.clone(),
            })
            .collect(),
        alternatives: finding
            .alternatives
            .iter()
            .map(|other| Alternative { cause: other.cause.code().to_owned(), tell: other.tell.clone() })
            .collect(),
        ruled_out: finding
            .ruled_out
            .iter()
            .map(|other| RuledOut { cause: other.cause.code().to_owned(), reason: other.reason.clone() })
            .collect(),
        advice: finding
            .advice
            .iter()
            .map(|advice| Advice {
                stack: advice.stack.as_str().to_owned(),
                line: advice.line.clone(),
                note: advice.note.clone(),
            })
            .collect(),
    }
}

fn event(step: &Step) -> EventRecord {
    let (direction, kind, name, size) = match &step.kind {
        StepKind::Message { direction, kind, retry, size } => {
            let name = if *retry { "hello_retry_request".to_owned() } else { kind.to_string() };
            (Some(*direction), "message", Some(name), Some(*size))
        }
        StepKind::ChangeCipherSpec(direction) => (Some(*direction), "change_cipher_spec", None, None),
        StepKind::Alert(direction, level, description) => {
            (Some(*direction), "alert", Some(format!("{level} {description}")), None)
        }
        StepKind::NotTls(bytes) => {
            (Some(Direction::Received), "not_tls", Some(bytes.escape_ascii().to_string()), None)
        }
        StepKind::VerifyFault { depth, error, accepted } => {
            let passed = if *accepted { ", let pass" } else { "" };
            let name = format!("depth {depth}: {} ({error}){passed}", library::verify_meaning(*error));
            (None, "verify", Some(name), None)
        }
        StepKind::Done => (None, "done", None, None),
        StepKind::Failed => (None, "failed", None, None),
        StepKind::Transport(direction, end, errno) => {
            let how = match end {
                TransportEnd::Eof => "closed by the peer",
                TransportEnd::Reset => "reset",
                TransportEnd::Timeout => "timed out",
                TransportEnd::Other => "error",
            };
            let errno = if *errno == 0 { String::new() } else { format!(" (errno {errno})") };
            (Some(*direction), "transport", Some(format!("{how}{errno}")), None)
        }
        StepKind::ApplicationData(direction) => (Some(*direction), "application_data", None, None),
        StepKind::Reconfigured => (None, "reconfigured", None, None),
    };
    let direction = direction.map(|direction| match direction {
        Direction::Sent => "sent".to_owned(),
        Direction::Received => "received".to_owned(),
    });
    EventRecord {
        event: step.event,
        time_us: micros(step.elapsed),
        direction,
        kind: kind.to_owned(),
        name,
        size,
    }
}
