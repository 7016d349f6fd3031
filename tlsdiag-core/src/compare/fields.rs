//! What a record can be compared by: named fields, each a list of values.

use crate::report::{CertificateRecord, Code, Record};

/// A field of a record, by the name of the message and field that it was read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) values: Vec<String>,
}

/// Everything that is compared, in the order of the handshake. A field that a record lacks has no values.
pub(super) fn fields(record: &Record) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut add = |name, values: Vec<String>| fields.push(Field { name, values });
    let offer = record.offer.as_ref();
    let answer = record.answer.as_ref();
    let request = record.certificate_request.as_ref();
    let list = |codes: Option<&Vec<Code>>| codes.map_or_else(Vec::new, |codes| names(codes));

    add("ClientHello.versions", list(offer.map(|offer| &offer.versions)));
    add("ClientHello.cipher_suites", list(offer.map(|offer| &offer.cipher_suites)));
    add("ClientHello.supported_groups", list(offer.and_then(|offer| offer.groups.as_ref())));
    add("ClientHello.key_share", list(offer.and_then(|offer| offer.key_shares.as_ref())));
    add("ClientHello.signature_algorithms", list(offer.and_then(|offer| offer.signature_schemes.as_ref())));
    add("ClientHello.server_name", offer.and_then(|offer| offer.server_name.clone()).into_iter().collect());
    add("ClientHello.alpn", offer.and_then(|offer| offer.alpn.clone()).unwrap_or_default());
    add(
        "ClientHello.extensions",
        offer.map_or_else(Vec::new, |offer| {
            offer.extensions.iter().map(|extension| extension.name.clone()).collect()
        }),
    );
    add("ServerHello.version", answer.map(|answer| answer.version.name.clone()).into_iter().collect());
    add("ServerHello.cipher_suite", record.tls.cipher.clone().into_iter().collect());
    add("key exchange group", record.tls.curve.clone().into_iter().collect());
    add(
        "server's signature scheme",
        answer
            .and_then(|answer| answer.signature_scheme.as_ref())
            .map(|code| code.name.clone())
            .into_iter()
            .collect(),
    );
    add("ALPN chosen", record.tls.next_protocol.clone().into_iter().collect());
    add(
        "CertificateRequest.signature_algorithms",
        list(request.and_then(|request| request.signature_schemes.as_ref())),
    );
    add(
        "CertificateRequest.certificate_types",
        list(request.and_then(|request| request.certificate_types.as_ref())),
    );
    add(
        "CertificateRequest.certificate_authorities",
        request.map_or_else(Vec::new, |request| request.authorities.clone()),
    );
    add("server's certificates", chain(record.certificates.server.as_deref()));
    add("client's certificates", chain(record.certificates.client.as_deref()));
    add(
        "client's signature scheme",
        request
            .and_then(|request| request.answered_with.as_ref())
            .map(|code| code.name.clone())
            .into_iter()
            .collect(),
    );
    add("name held against the certificate", record.local.expected_name.clone().into_iter().collect());
    add("own certificates", own(record));
    add("own cipher suites", names(&record.local.cipher_suites));
    add("own lowest version", record.local.minimum_version.iter().map(|code| code.name.clone()).collect());
    add("own highest version", record.local.maximum_version.iter().map(|code| code.name.clone()).collect());
    add("own verify mode", record.local.verify.clone());
    add("own security level", vec![record.local.security_level.to_string()]);
    add("own trusted CAs", vec![record.local.trust_anchors.to_string()]);
    add("library", vec![record.library.clone()]);
    fields
}

/// GREASE differs from one ClientHello to the next on purpose and says nothing.
fn names(codes: &[Code]) -> Vec<String> {
    codes.iter().map(|code| code.name.clone()).filter(|name| !name.starts_with("GREASE")).collect()
}

/// Certificates with what decides whether they work, so that a renewed one differs.
fn chain(certificates: Option<&[CertificateRecord]>) -> Vec<String> {
    let Some(certificates) = certificates else { return Vec::new() };
    if certificates.is_empty() {
        return vec!["none (an empty Certificate)".to_owned()];
    }
    certificates
        .iter()
        .map(|certificate| {
            let until = certificate.not_after.as_deref().unwrap_or("?");
            format!(
                "{} ({}, issued by {}, until {until})",
                certificate.subject, certificate.key, certificate.issuer
            )
        })
        .collect()
}

fn own(record: &Record) -> Vec<String> {
    record.local.certificates.iter().map(|own| format!("{} ({})", own.subject, own.key)).collect()
}
