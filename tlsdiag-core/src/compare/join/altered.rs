//! A hello that did not arrive as it was sent: whatever either end makes of it, something in the path has changed it.

use serde_json::Value;

use crate::diagnose::{Cause, Confidence, Severity};
use crate::report::{EvidenceRecord, FindingRecord, Record};

/// What both ends have of a hello, and hold for different.
struct Difference {
    field: String,
    sent: String,
    came: String,
}

/// What the ends say of the hellos, where these differ.
pub(super) fn altered(client: &Record, server: &Record) -> Option<FindingRecord> {
    // An end that has proved a downgrade has said it better.
    let proved = [client, server].iter().any(|end| end.verdict() == Cause::VersionDowngradeDetected.code());
    if proved || (!client.is_failure() && !server.is_failure()) {
        return None;
    }
    let differences = offers(client, server).into_iter().chain(answers(client, server));
    let differences: Vec<_> =
        differences.chain(randoms(client, server)).chain(no_record(client, server)).collect();
    let first = differences.first()?;
    let evidence = differences.iter().map(|difference| EvidenceRecord {
        event: None,
        field: difference.field.clone(),
        value: format!("sent {}; received {}", difference.sent, difference.came),
    });
    Some(FindingRecord {
        cause: Cause::RecordCorrupt.code().to_owned(),
        confidence: Confidence::Certain.as_str().to_owned(),
        severity: Severity::Error.as_str().to_owned(),
        side: "network".to_owned(),
        summary: format!(
            "Something between the two ends altered the handshake: {} was sent as {} and received as {}.",
            first.field, first.sent, first.came
        ),
        explanation: "Both ends have recorded the same message, and it is not the same. What either end makes of it alone has this cause."
            .to_owned(),
        evidence: evidence.collect(),
        ..FindingRecord::default()
    })
}

/// The hello of a retry is another one, so both must have seen equally many.
fn offers(client: &Record, server: &Record) -> Vec<Difference> {
    match (&client.offer, &server.offer) {
        (Some(sent), Some(came)) if sent.retried == came.retried => {
            let parts = [
                ("legacy_version", value(&sent.legacy_version), value(&came.legacy_version)),
                ("supported_versions", value(&sent.versions), value(&came.versions)),
                ("cipher_suites", value(&sent.cipher_suites), value(&came.cipher_suites)),
                ("server_name", value(&sent.server_name), value(&came.server_name)),
                ("supported_groups", value(&sent.groups), value(&came.groups)),
                ("signature_algorithms", value(&sent.signature_schemes), value(&came.signature_schemes)),
                ("ALPN", value(&sent.alpn), value(&came.alpn)),
                ("length", sent.size.to_string(), came.size.to_string()),
            ];
            different("ClientHello", parts)
        }
        _ => Vec::new(),
    }
}

fn answers(client: &Record, server: &Record) -> Vec<Difference> {
    match (&server.answer, &client.answer) {
        (Some(sent), Some(came)) => {
            let parts = [
                ("version", value(&sent.version), value(&came.version)),
                ("cipher_suite", value(&sent.cipher_suite), value(&came.cipher_suite)),
                ("pre_shared_key", value(&sent.selected_psk), value(&came.selected_psk)),
            ];
            different("ServerHello", parts)
        }
        _ => Vec::new(),
    }
}

/// The server's random, which is signed and goes into every key, so that whatever is made of it fails.
fn randoms(client: &Record, server: &Record) -> Option<Difference> {
    let random = |record: &Record| {
        let mut hellos = record.events.iter().filter(|event| event.name.as_deref() == Some("server_hello"));
        Some(hellos.next_back()?.value.as_ref()?.get("random")?.as_str()?.to_owned())
    };
    let (sent, came) = (random(server)?, random(client)?);
    (sent != came).then(|| Difference { field: "ServerHello.random".to_owned(), sent, came })
}

/// The server has answered, and the client found no TLS in what came.
fn no_record(client: &Record, server: &Record) -> Option<Difference> {
    let answered = server.answer.is_some() && client.answer.is_none();
    (answered && client.outcome == "not_tls").then(|| Difference {
        field: "ServerHello".to_owned(),
        sent: "a record of TLS".to_owned(),
        came: "something that is none".to_owned(),
    })
}

fn different<const N: usize>(message: &str, parts: [(&str, String, String); N]) -> Vec<Difference> {
    let differ = parts.into_iter().filter(|(_, sent, came)| sent != came);
    differ.map(|(field, sent, came)| Difference { field: format!("{message}.{field}"), sent, came }).collect()
}

/// Code points by their names, in a row.
fn value(part: &impl serde::Serialize) -> String {
    fn shown(value: &Value) -> String {
        match value {
            Value::Null => "nothing".to_owned(),
            Value::String(text) => text.clone(),
            Value::Object(code) => code.get("name").map_or_else(|| value.to_string(), shown),
            Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }
    shown(&serde_json::to_value(part).unwrap_or_default())
}
