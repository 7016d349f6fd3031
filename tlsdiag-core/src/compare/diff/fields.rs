//! What a record can be compared by: named fields, each a list of values.

use crate::report::{CertificateRecord, Code, ExtensionRecord, LocalRecord, Record};

/// A field of a record, by the name of the message and field that it was read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) values: Vec<String>,
    /// Whether the order says something: browsers shuffle their extensions on purpose.
    pub(super) ordered: bool,
}

/// Everything that is compared, in the order of the handshake: the same fields for every record. A field that a record
/// lacks has no values.
pub(super) fn fields(record: &Record) -> Vec<Field> {
    [hello(record), choices(record), authentication(record), own(record)].concat()
}

fn list(name: &'static str, values: Vec<String>) -> Field {
    Field { name, values, ordered: true }
}

fn set(name: &'static str, values: Vec<String>) -> Field {
    Field { name, values, ordered: false }
}

fn single(name: &'static str, value: Option<impl ToString>) -> Field {
    list(name, value.iter().map(ToString::to_string).collect())
}

fn hello(record: &Record) -> Vec<Field> {
    let offer = record.offer.as_ref();
    let codes = |codes: Option<&Vec<Code>>| codes.map_or_else(Vec::new, |codes| names(codes));
    let kinds = offer.map_or_else(Vec::new, |offer| extensions(&offer.extensions));
    vec![
        list("ClientHello.versions", codes(offer.map(|offer| &offer.versions))),
        list("ClientHello.cipher_suites", codes(offer.map(|offer| &offer.cipher_suites))),
        list("ClientHello.supported_groups", codes(offer.and_then(|offer| offer.groups.as_ref()))),
        list("ClientHello.key_share", codes(offer.and_then(|offer| offer.key_shares.as_ref()))),
        list(
            "ClientHello.signature_algorithms",
            codes(offer.and_then(|offer| offer.signature_schemes.as_ref())),
        ),
        list(
            "ClientHello.signature_algorithms_cert",
            codes(offer.and_then(|offer| offer.signature_schemes_cert.as_ref())),
        ),
        single("ClientHello.server_name", offer.and_then(|offer| offer.server_name.clone())),
        list("ClientHello.alpn", offer.and_then(|offer| offer.alpn.clone()).unwrap_or_default()),
        single("ClientHello.psk_identities", offer.and_then(|offer| offer.psk_identities)),
        set("ClientHello.extensions", kinds),
        single("ClientHello.size", offer.map(|offer| offer.size)),
    ]
}

fn choices(record: &Record) -> Vec<Field> {
    let answer = record.answer.as_ref();
    let retried = record.offer.as_ref().is_some_and(|offer| offer.retried);
    let kinds = answer
        .map(|answer| [&answer.extensions[..], &answer.encrypted_extensions[..]].concat())
        .unwrap_or_default();
    vec![
        single("HelloRetryRequest", retried.then_some("sent")),
        single("ServerHello.version", answer.map(|answer| &answer.version.name)),
        single("ServerHello.cipher_suite", record.tls.cipher.as_ref()),
        set("ServerHello.extensions", extensions(&kinds)),
        single("key exchange group", record.tls.curve.as_ref()),
        single("bits of the DHE prime", answer.and_then(|answer| answer.dh_bits)),
        single("ALPN chosen", record.tls.next_protocol.as_ref()),
        single("resumed", record.tls.resumed.then_some("yes")),
    ]
}

fn authentication(record: &Record) -> Vec<Field> {
    let answer = record.answer.as_ref();
    let request = record.certificate_request.as_ref();
    let codes = |codes: Option<&Vec<Code>>| codes.map_or_else(Vec::new, |codes| names(codes));
    let signed = |code: Option<&Code>| code.map(|code| code.name.clone());
    vec![
        list("server's certificates", chain(record.certificates.server.as_deref())),
        single(
            "server's signature scheme",
            signed(answer.and_then(|answer| answer.signature_scheme.as_ref())),
        ),
        single("CertificateRequest", request.map(|_| "sent")),
        list(
            "CertificateRequest.signature_algorithms",
            codes(request.and_then(|request| request.signature_schemes.as_ref())),
        ),
        list(
            "CertificateRequest.certificate_types",
            codes(request.and_then(|request| request.certificate_types.as_ref())),
        ),
        set(
            "CertificateRequest.certificate_authorities",
            request.map_or_else(Vec::new, |request| request.authorities.clone()),
        ),
        list("client's certificates", chain(record.certificates.client.as_deref())),
        single(
            "client's signature scheme",
            signed(request.and_then(|request| request.answered_with.as_ref())),
        ),
    ]
}

/// What only a record of the same side can be compared with.
fn own(record: &Record) -> Vec<Field> {
    let local = &record.local;
    let certificates = local.certificates.iter();
    let certificates = certificates.map(|own| {
        let key = if own.has_private_key { "" } else { ", no private key" };
        format!("{} ({}, {} more sent along{key})", own.subject, own.key, own.chain)
    });
    vec![
        list("own certificates", certificates.collect()),
        list("own cipher suites", names(&local.cipher_suites)),
        single("own lowest version", local.minimum_version.as_ref().map(|code| &code.name)),
        single("own highest version", local.maximum_version.as_ref().map(|code| &code.name)),
        set("own verify mode", local.verify.clone()),
        single("own verify depth", local.verify_depth),
        single("own security level", Some(local.security_level)),
        set("own trusted CAs", trusted(local)),
        single("own expected name", local.expected_name.as_ref()),
        single("own library", Some(&record.library).filter(|library| !library.is_empty())),
    ]
}

/// Whom this side trusts, as far as the record names them.
fn trusted(local: &LocalRecord) -> Vec<String> {
    let more = (local.trust_anchors as usize).saturating_sub(local.trusted.len());
    let more = match (more, local.trusted.is_empty()) {
        (0, true) => Some("none".to_owned()),
        (0, false) => None,
        (count, true) => Some(count.to_string()),
        (count, false) => Some(format!("{count} more")),
    };
    local.trusted.iter().cloned().chain(more).collect()
}

/// GREASE differs from one hello to the next on purpose and says nothing.
fn names(codes: &[Code]) -> Vec<String> {
    codes.iter().map(|code| code.name.clone()).filter(|name| !name.starts_with("GREASE")).collect()
}

fn extensions(extensions: &[ExtensionRecord]) -> Vec<String> {
    let names = extensions.iter().map(|extension| extension.name.clone());
    names.filter(|name| !name.starts_with("GREASE")).collect()
}

/// Certificates with what decides whether they work, so that a renewed one differs.
fn chain(certificates: Option<&[CertificateRecord]>) -> Vec<String> {
    let Some(certificates) = certificates else { return Vec::new() };
    if certificates.is_empty() {
        return vec!["none (an empty Certificate)".to_owned()];
    }
    certificates.iter().map(shown).collect()
}

/// A certificate as it stands in a chain's row.
pub(super) fn shown(certificate: &CertificateRecord) -> String {
    let until = certificate.not_after.as_deref().unwrap_or("?");
    let CertificateRecord { subject, issuer, key, serial, .. } = certificate;
    format!("{subject} ({key}, issued by {issuer}, until {until}, serial {serial})")
}
