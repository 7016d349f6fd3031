//! A record as C strings, which live as long as the handshake does.

use std::ffi::CString;

use tlsdiag_core::report::{CertificateRecord, Record};

use crate::c_string::c_string;
use crate::finding::tlsdiag_finding;
use crate::kinds::{Kind, tlsdiag_by, tlsdiag_outcome, tlsdiag_role};

pub(crate) struct View {
    pub(crate) id: CString,
    pub(crate) time: CString,
    pub(crate) role: tlsdiag_role,
    pub(crate) outcome: tlsdiag_outcome,
    pub(crate) by: tlsdiag_by,
    pub(crate) stage: Option<CString>,
    pub(crate) cause: Option<CString>,
    pub(crate) verdict: CString,
    pub(crate) one_line: CString,
    pub(crate) library: Option<CString>,
    pub(crate) version: Option<CString>,
    pub(crate) cipher: Option<CString>,
    pub(crate) group: Option<CString>,
    pub(crate) server_name: Option<CString>,
    pub(crate) alpn: Option<CString>,
    pub(crate) ja3: Option<CString>,
    pub(crate) ja4: Option<CString>,
    pub(crate) peer_address: Option<CString>,
    pub(crate) peer_subject: Option<CString>,
    pub(crate) peer_issuer: Option<CString>,
    pub(crate) client: Option<CString>,
    pub(crate) findings: Vec<tlsdiag_finding>,
    pub(crate) notes: Vec<tlsdiag_finding>,
    /// Id, cause, what became of it, and why.
    pub(crate) earlier: Vec<[CString; 4]>,
}

impl View {
    pub(crate) fn of(record: &Record) -> View {
        let optional = |text: &Option<String>| text.as_deref().map(c_string);
        let tls = &record.tls;
        let peer = peer_certificate(record);
        let findings = |notes: bool| {
            let findings = record.diagnosis.findings.iter().filter(|finding| finding.is_note() == notes);
            findings.map(|finding| tlsdiag_finding::of(finding, record.stage.as_deref())).collect()
        };
        View {
            id: c_string(&record.id),
            time: c_string(&record.time),
            role: tlsdiag_role::of(&record.role),
            outcome: tlsdiag_outcome::of(&record.outcome),
            by: tlsdiag_by::of(record.by.as_deref().unwrap_or_default()),
            stage: optional(&record.stage),
            cause: record.cause().map(c_string),
            verdict: c_string(record.verdict()),
            one_line: c_string(&record.one_line()),
            library: (!record.library.is_empty()).then(|| c_string(&record.library)),
            version: tls.protocol.as_ref().map(|protocol| c_string(&protocol.version)),
            cipher: optional(&tls.cipher),
            group: optional(&tls.curve),
            server_name: optional(&tls.client.server_name),
            alpn: optional(&tls.next_protocol),
            ja3: optional(&tls.client.ja3),
            ja4: optional(&tls.client.ja4),
            peer_address: record.peer.as_ref().map(|peer| c_string(&peer.address)),
            peer_subject: peer.map(|peer| c_string(&peer.subject)),
            peer_issuer: peer.map(|peer| c_string(&peer.issuer)),
            client: optional(&record.client),
            findings: findings(false),
            notes: findings(true),
            earlier: record
                .earlier
                .iter()
                .map(|one| [&one.id, &one.cause, &one.became, &one.why].map(|text| c_string(text)))
                .collect(),
        }
    }
}

fn peer_certificate(record: &Record) -> Option<&CertificateRecord> {
    let chains = &record.certificates;
    let chain = if record.role == "server" { &chains.client } else { &chains.server };
    chain.as_ref()?.first()
}
