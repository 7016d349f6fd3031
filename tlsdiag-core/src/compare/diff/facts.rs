//! The facts that stand side by side.

use super::Fact;
use crate::report::text::{address, ending};
use crate::report::{CertificateRecord, Record};

/// What either record says, in the order of reading; what neither has is left out.
pub(super) fn facts(left: &Record, right: &Record) -> Vec<Fact> {
    let (left, right) = (one(left), one(right));
    let both = left.into_iter().zip(right);
    both.filter(|((_, left), (_, right))| left.is_some() || right.is_some())
        .map(|((name, left), (_, right))| Fact { name, left, right })
        .collect()
}

/// What a record says in short, such as `cipher suite` and its name, in the order of reading.
#[must_use]
pub fn facts_of(record: &Record) -> Vec<(&'static str, String)> {
    one(record).into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn one(record: &Record) -> Vec<(&'static str, Option<String>)> {
    let tls = &record.tls;
    let answer = record.answer.as_ref();
    let request = record.certificate_request.as_ref();
    let protocol = tls.protocol.as_ref();
    vec![
        ("verdict", Some(record.verdict().to_owned())),
        ("outcome", Some(ending(record))),
        ("recorded by", Some(format!("the {}", record.role))),
        ("peer", record.peer.as_ref().map(|peer| address(&peer.address, peer.port))),
        ("time", Some(record.time.clone())),
        ("library", Some(record.library.clone()).filter(|library| !library.is_empty())),
        (
            "version",
            protocol.map(|protocol| format!("{} {}", protocol.name.to_uppercase(), protocol.version)),
        ),
        ("cipher suite", tls.cipher.clone()),
        ("group", tls.curve.clone()),
        ("server name", tls.client.server_name.clone()),
        ("ALPN", tls.next_protocol.clone()),
        ("resumed", tls.resumed.then(|| "yes".to_owned())),
        ("server certificate", leaf(record.certificates.server.as_deref())),
        ("server signed", answer.and_then(|answer| Some(answer.signature_scheme.as_ref()?.name.clone()))),
        ("client asked", Some(if request.is_some() { "for a certificate" } else { "for none" }.to_owned())),
        ("client certificate", leaf(record.certificates.client.as_deref())),
        ("client signed", request.and_then(|request| Some(request.answered_with.as_ref()?.name.clone()))),
    ]
}

fn leaf(chain: Option<&[CertificateRecord]>) -> Option<String> {
    Some(match chain?.first() {
        Some(leaf) => format!("{}, {}", leaf.subject, leaf.key),
        None => "none (an empty Certificate)".to_owned(),
    })
}
