//! Which field decides a cause, and which of its values do.

use super::{Explanation, Row, fields};
use crate::report::{CertificateRecord, Certificates, Record};

const SCHEMES_ASKED: &str = "CertificateRequest.signature_algorithms";
const SCHEMES_OFFERED: &str = "ClientHello.signature_algorithms";
const CLIENT_CHAIN: &str = "client's certificates";
const SERVER_CHAIN: &str = "server's certificates";

/// The fields that decide a cause, by its code: the intersection that came out empty lies in one of them. The one to look at
/// first comes first. Of what a record's own side is configured to do only that counts which can bring the cause about: a client's own
/// certificate does not make it distrust a server.
pub(super) fn of_cause(cause: &str, role: &str) -> Vec<&'static str> {
    let owner = match cause.split_once('.') {
        Some(("client_cert", _)) => "client",
        Some(("server_cert", _)) => "server",
        _ => return of(cause).to_vec(),
    };
    let counts = |field: &&&str| match **field {
        "own certificates" => role == owner,
        "own trusted CAs" | "own verify mode" | "own verify depth" | "own expected name" => role != owner,
        _ => true,
    };
    of(cause).iter().filter(counts).copied().collect()
}

fn of(cause: &str) -> &'static [&'static str] {
    match cause {
        "sigalg.signer_refused" => {
            &[SCHEMES_ASKED, CLIENT_CHAIN, "own certificates", "ServerHello.version", "own library"]
        }
        "sigalg.client_key_incompatible" => &[
            SCHEMES_ASKED,
            "CertificateRequest.certificate_types",
            CLIENT_CHAIN,
            "own certificates",
            "ServerHello.version",
        ],
        "client_cert.missing" => &[
            SCHEMES_ASKED,
            "CertificateRequest.certificate_types",
            "CertificateRequest.certificate_authorities",
            CLIENT_CHAIN,
            "own certificates",
            "CertificateRequest",
            "own verify mode",
        ],
        "client_cert.not_in_ca_list" => {
            &["CertificateRequest.certificate_authorities", CLIENT_CHAIN, "own certificates"]
        }
        "client_auth.ca_list_too_large" => &["CertificateRequest.certificate_authorities", "own trusted CAs"],
        "client_auth.pha_not_offered" => &["ClientHello.extensions", "ServerHello.version"],
        "server_cert.hostname_mismatch" => {
            &["own expected name", "ClientHello.server_name", SERVER_CHAIN, "own certificates"]
        }
        "server_cert.stapling_required" => {
            &["ClientHello.extensions", "ServerHello.extensions", SERVER_CHAIN]
        }
        "sni.missing" | "sni.unrecognized" => &["ClientHello.server_name", "own expected name"],
        "group.no_overlap" => &["ClientHello.supported_groups", "ClientHello.versions"],
        "sigalg.no_overlap" | "sigalg.peer_used_unoffered" => &[
            SCHEMES_OFFERED,
            "server's signature scheme",
            SERVER_CHAIN,
            "own certificates",
            "ServerHello.version",
        ],
        "ech.rejected" => &["ClientHello.extensions", "ClientHello.server_name"],
        "config.callback_failed" => &["ClientHello.server_name", "own certificates"],
        "alpn.no_overlap" => &["ClientHello.alpn", "ALPN chosen"],
        "ems.required" => &["ClientHello.extensions", "ServerHello.extensions", "ServerHello.version"],
        "dh.key_too_small" => &[
            "bits of the DHE prime",
            "own security level",
            "ServerHello.cipher_suite",
            "ClientHello.cipher_suites",
            "own cipher suites",
        ],
        "renegotiation.legacy_refused" => &["ServerHello.extensions", "own library"],
        "renegotiation.refused" => &["ServerHello.version", "CertificateRequest"],
        "session.id_context_uninitialized" => {
            &["resumed", "ClientHello.psk_identities", "ClientHello.extensions"]
        }
        "psk.unknown_identity" | "psk.key_mismatch" => {
            &["ClientHello.psk_identities", "ClientHello.extensions"]
        }
        "psk.hash_mismatch" => {
            &["ClientHello.cipher_suites", "own cipher suites", "ClientHello.psk_identities"]
        }
        "middlebox.hello_intolerance" => &[
            "ClientHello.key_share",
            "ClientHello.supported_groups",
            "ClientHello.versions",
            "ClientHello.size",
            "ClientHello.extensions",
        ],
        "config.key_mismatch" | "config.no_certificate" => &["own certificates", SERVER_CHAIN],
        "config.security_level" => &["own security level", "own certificates"],
        "cipher.no_matching_certificate" => {
            &["ClientHello.cipher_suites", "own certificates", SERVER_CHAIN, "own cipher suites"]
        }
        "warn.client_unverified" => {
            &["CertificateRequest", CLIENT_CHAIN, "own verify mode", "own trusted CAs"]
        }
        "warn.resumed_without_client_auth" => &["resumed", "own verify mode"],
        "warn.any_public_ca_accepted" => &["own trusted CAs"],
        "client_cert.verify_depth" | "server_cert.verify_depth" => {
            &["own verify depth", CLIENT_CHAIN, SERVER_CHAIN, "own certificates"]
        }
        _ => by_family(cause),
    }
}

fn by_family(cause: &str) -> &'static [&'static str] {
    match cause.split_once('.') {
        Some(("client_cert", "weak_key" | "weak_signature")) => {
            &[CLIENT_CHAIN, "own certificates", "own security level", "own verify mode"]
        }
        Some(("server_cert", "weak_key" | "weak_signature")) => {
            &[SERVER_CHAIN, "own certificates", "own security level", "own verify mode"]
        }
        Some(("client_cert", _)) => &[CLIENT_CHAIN, "own certificates", "own trusted CAs", "own verify mode"],
        Some(("server_cert", _)) => &[SERVER_CHAIN, "own certificates", "own trusted CAs", "own verify mode"],
        other => by_name(other.map(|(family, _)| family)),
    }
}

fn by_name(family: Option<&str>) -> &'static [&'static str] {
    match family {
        Some("version") => &["ClientHello.versions", "own lowest version", "own highest version"],
        Some("cipher") => &["ClientHello.cipher_suites", "own cipher suites", "ClientHello.versions"],
        _ => &[],
    }
}

/// Explains why one of the two failed; `differences` has the deciding ones first.
pub(super) fn explanation(
    left: &Record,
    right: &Record,
    differences: &[Row],
    fields: &[&str],
) -> Option<Explanation> {
    let (failing, working, left_failed) = match (left.cause(), right.cause()) {
        (Some(_), None) => (left, right, true),
        (None, Some(_)) => (right, left, false),
        _ => return None,
    };
    let cause = failing.cause()?;
    let roots = roots(failing, working);
    let decisive = differences.iter().filter(|row| fields.contains(&row.field)).find_map(|row| {
        let (failing_has, working_has) =
            if left_failed { (&row.only_left, &row.only_right) } else { (&row.only_right, &row.only_left) };
        let (failing_has, working_has) = match kind_of_key(row.field, failing, working) {
            Some(kind) => (able(failing_has, &kind, cause), able(working_has, &kind, cause)),
            None => (failing_has.clone(), working_has.clone()),
        };
        // A root that is sent makes nobody trust it.
        let chain = [CLIENT_CHAIN, SERVER_CHAIN].contains(&row.field);
        let matters = |values: Vec<String>| -> Vec<String> {
            values.into_iter().filter(|value| !(chain && roots.contains(value))).collect()
        };
        let (failing_has, working_has) = (matters(failing_has), matters(working_has));
        let says_something = row.reordered || !failing_has.is_empty() || !working_has.is_empty();
        says_something.then_some((row, failing_has, working_has))
    });
    let Some((row, only_failing, only_working)) = decisive else { return by_the_clock(failing, working) };
    let mut parts = Vec::new();
    if !only_failing.is_empty() {
        parts.push(format!("only the handshake that failed has {}", only_failing.join(", ")));
    }
    if !only_working.is_empty() {
        parts.push(format!("only the one that worked has {}", only_working.join(", ")));
    }
    if row.reordered {
        parts.push("the order differs".to_owned());
    }
    let sentence = format!("{cause} is explained by {}: {}.", row.field, parts.join("; "));
    Some(Explanation { cause: cause.to_owned(), field: row.field, only_failing, only_working, sentence })
}

/// The roots that were sent behind a leaf, as the rows of the chains show them.
fn roots(failing: &Record, working: &Record) -> Vec<String> {
    let chains = [failing, working].into_iter().flat_map(|record| {
        let Certificates { client, server, .. } = &record.certificates;
        [client, server].into_iter().flatten()
    });
    let roots = chains.flat_map(|chain| chain.iter().skip(1)).filter(|one| one.subject == one.issuer);
    roots.map(fields::shown).collect()
}

/// The key that the schemes of this field must fit, such as `RSA 2048`, as far as either record knows it.
fn kind_of_key(field: &str, failing: &Record, working: &Record) -> Option<String> {
    let role = match field {
        SCHEMES_ASKED => "client",
        SCHEMES_OFFERED => "server",
        _ => return None,
    };
    [failing, working].into_iter().find_map(|record| {
        let Certificates { client, server, .. } = &record.certificates;
        let chain = if role == "client" { client } else { server };
        let shown = chain.as_ref().and_then(|chain| chain.first()).map(|leaf| leaf.key.clone());
        let own = || {
            let own = record.local.certificates.first().filter(|_| record.role == role);
            own.map(|own| own.key.clone())
        };
        shown.or_else(own)
    })
}

/// The schemes that matter to a key of this kind. A signer that refuses refuses RSA-PSS: PKCS#1 is what every card can do.
fn able(schemes: &[String], kind: &str, cause: &str) -> Vec<String> {
    let families: &[&str] = match kind.split(' ').next() {
        Some("RSA") if cause == "sigalg.signer_refused" => &["rsa_pss_rsae_"],
        Some("RSA") => &["rsa_pss_rsae_", "rsa_pkcs1_"],
        Some("RSA-PSS") => &["rsa_pss_pss_"],
        Some("EC") => &["ecdsa_"],
        Some("Ed25519") => &["ed25519"],
        Some("Ed448") => &["ed448"],
        _ => &[""],
    };
    let fits = |scheme: &&String| families.iter().any(|family| scheme.starts_with(family));
    schemes.iter().filter(fits).cloned().collect()
}

/// The same certificates at another time.
fn by_the_clock(failing: &Record, working: &Record) -> Option<Explanation> {
    let cause = failing.cause()?;
    let (owner, fault) = cause.split_once('.')?;
    let chain = match (owner, fault) {
        ("client_cert", "expired" | "not_yet_valid" | "issuer_expired") => &failing.certificates.client,
        ("server_cert", "expired" | "not_yet_valid" | "issuer_expired") => &failing.certificates.server,
        _ => return None,
    };
    let valid = |one: &CertificateRecord| {
        let day = |date: &Option<String>| date.as_deref().unwrap_or("?").to_owned();
        format!("{} is valid from {} to {}", one.subject, day(&one.not_before), day(&one.not_after))
    };
    let dates: Vec<_> = chain.iter().flatten().map(valid).collect();
    let sentence = format!(
        "{cause} is explained by the time: the certificates are the same, one handshake failed at {} and the other worked at \
         {}; {}.",
        failing.time,
        working.time,
        dates.join(", ")
    );
    Some(Explanation {
        cause: cause.to_owned(),
        field: "time",
        only_failing: vec![failing.time.clone()],
        only_working: vec![working.time.clone()],
        sentence,
    })
}
