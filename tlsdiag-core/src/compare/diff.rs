//! What differs between two handshakes, and which difference explains that one worked.

use super::fields::{Field, fields};
use crate::report::Record;

/// How two records differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Verdict and outcome of the first.
    pub left: String,
    /// Verdict and outcome of the second.
    pub right: String,
    /// The fields that differ, in the order of the handshake; those that explain the outcome first.
    pub rows: Vec<Row>,
    /// One sentence that says what explains the outcome; `None` where both ended alike, or no difference explains it.
    pub explanation: Option<String>,
}

/// A field that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The message and field, such as `CertificateRequest.signature_algorithms`.
    pub field: String,
    /// What the first has and the second lacks.
    pub only_left: Vec<String>,
    /// What the second has and the first lacks.
    pub only_right: Vec<String>,
    /// Both have the same values in another order.
    pub reordered: bool,
    /// Whether it explains why one failed and the other did not.
    pub explains: bool,
}

/// Compares two records.
#[must_use]
pub fn diff(left: &Record, right: &Record) -> Difference {
    let deciding = match (left.cause(), right.cause()) {
        (Some(cause), None) | (None, Some(cause)) => decided_by(cause),
        _ => &[],
    };
    let pairs = fields(left).into_iter().zip(fields(right));
    let mut rows: Vec<_> = pairs.filter_map(|(left, right)| row(left, right, deciding)).collect();
    rows.sort_by_key(|row| !row.explains);
    let explanation = explanation(left, right, &rows);
    Difference { left: ending(left), right: ending(right), rows, explanation }
}

fn ending(record: &Record) -> String {
    format!("{} ({})", record.verdict(), record.outcome.replace('_', " "))
}

fn row(left: Field, right: Field, deciding: &[&str]) -> Option<Row> {
    if left.values == right.values {
        return None;
    }
    let lacking = |these: &[String], those: &[String]| {
        these.iter().filter(|value| !those.contains(value)).cloned().collect::<Vec<_>>()
    };
    let only_left = lacking(&left.values, &right.values);
    let only_right = lacking(&right.values, &left.values);
    let reordered = only_left.is_empty() && only_right.is_empty();
    let explains = deciding.contains(&left.name);
    Some(Row { field: left.name.to_owned(), only_left, only_right, reordered, explains })
}

/// The fields that decide a cause, by its code: the intersection that came out empty lies in one of them.
fn decided_by(cause: &str) -> &'static [&'static str] {
    const REQUEST: &[&str] = &[
        "CertificateRequest.signature_algorithms",
        "CertificateRequest.certificate_types",
        "ServerHello.version",
    ];
    const CLIENT: &[&str] = &["client's certificates", "own certificates", "own trusted CAs"];
    const SERVER: &[&str] = &[
        "server's certificates",
        "own certificates",
        "own trusted CAs",
        "name held against the certificate",
    ];
    const VERSION: &[&str] = &["ClientHello.versions", "own lowest version", "own highest version"];
    const CIPHER: &[&str] = &["ClientHello.cipher_suites", "own cipher suites", "ClientHello.versions"];
    match cause {
        "sigalg.signer_refused" | "sigalg.client_key_incompatible" => REQUEST,
        "client_cert.missing" | "client_cert.not_in_ca_list" => &[
            "client's certificates",
            "own certificates",
            "CertificateRequest.signature_algorithms",
            "CertificateRequest.certificate_types",
            "CertificateRequest.certificate_authorities",
            "own verify mode",
        ],
        "server_cert.hostname_mismatch" | "sni.missing" | "sni.unrecognized" => {
            &["name held against the certificate", "ClientHello.server_name", "server's certificates"]
        }
        "group.no_overlap" => &["ClientHello.supported_groups", "ClientHello.key_share"],
        "sigalg.no_overlap" | "sigalg.peer_used_unoffered" => {
            &["ClientHello.signature_algorithms", "server's signature scheme", "server's certificates"]
        }
        "alpn.no_overlap" => &["ClientHello.alpn", "ALPN chosen"],
        _ if cause.starts_with("client_cert.") => CLIENT,
        _ if cause.starts_with("server_cert.") => SERVER,
        _ if cause.starts_with("version.") => VERSION,
        _ if cause.starts_with("cipher.") => CIPHER,
        _ => &[],
    }
}

/// In words, from the failing side's point of view.
fn explanation(left: &Record, right: &Record, rows: &[Row]) -> Option<String> {
    let (failing, left_failed) = match (left.cause(), right.cause()) {
        (Some(cause), None) => (cause, true),
        (None, Some(cause)) => (cause, false),
        _ => return None,
    };
    let row = rows.iter().find(|row| row.explains)?;
    let (more, less) =
        if left_failed { (&row.only_left, &row.only_right) } else { (&row.only_right, &row.only_left) };
    let mut parts = Vec::new();
    if !more.is_empty() {
        parts.push(format!("only the failing handshake has {}", more.join(", ")));
    }
    if !less.is_empty() {
        parts.push(format!("only the working one has {}", less.join(", ")));
    }
    if row.reordered {
        parts.push("the order differs".to_owned());
    }
    Some(format!("{failing} is explained by {}: {}.", row.field, parts.join("; ")))
}
