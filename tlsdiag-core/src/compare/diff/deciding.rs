//! Which field decides a cause, and which of its values do.

use super::fields::FieldName::{self, *};
use super::{Explanation, Row, fields};
use crate::diagnose::{Cause, CertificateFault};
use crate::report::{CertificateRecord, Certificates, Record};

/// The fields that decide a cause: the intersection that came out empty lies in one of them. The one
/// to look at first comes first. Of what a record's own side is configured to do only that counts
/// which can bring the cause about: a client's own certificate does not make it distrust a server.
pub(super) fn of_cause(cause: &str, role: &str) -> Vec<FieldName> {
    let Some(cause) = Cause::from_code(cause) else { return Vec::new() };
    let owner = match cause {
        Cause::ClientCert(_)
        | Cause::ClientCertMissing
        | Cause::ClientCertNotInCaList
        | Cause::ClientCertRejected => "client",
        Cause::ServerCert(_)
        | Cause::ServerCertHostnameMismatch
        | Cause::ServerCertStaplingRequired
        | Cause::ServerCertRejected => "server",
        _ => return of(cause).to_vec(),
    };
    let counts = |field: &&FieldName| match field {
        OwnCertificates => role == owner,
        OwnTrustedCas | OwnVerifyMode | OwnVerifyDepth | OwnExpectedName => role != owner,
        _ => true,
    };
    of(cause).iter().filter(counts).copied().collect()
}

fn of(cause: Cause) -> &'static [FieldName] {
    match cause {
        Cause::MiddleboxHelloIntolerance => {
            &[HelloKeyShare, HelloGroups, HelloVersions, HelloSize, HelloExtensions]
        }
        Cause::VersionNoOverlap | Cause::VersionInappropriateFallback | Cause::VersionDowngradeDetected => {
            &[HelloVersions, OwnLowestVersion, OwnHighestVersion]
        }
        Cause::EchRejected => &[HelloExtensions, HelloServerName],
        Cause::CipherNoOverlap => &[HelloCipherSuites, OwnCipherSuites, HelloVersions],
        Cause::CipherNoMatchingCertificate => {
            &[HelloCipherSuites, OwnCertificates, ServerChain, OwnCipherSuites]
        }
        Cause::GroupNoOverlap => &[HelloGroups, HelloVersions],
        Cause::AlpnNoOverlap => &[HelloAlpn, AlpnChosen],
        Cause::SniMissing | Cause::SniUnrecognized => &[HelloServerName, OwnExpectedName],
        Cause::RenegotiationLegacyRefused => &[ServerExtensions, OwnLibrary],
        Cause::RenegotiationRefused => &[ServerVersion, Request],
        Cause::EmsRequired => &[HelloExtensions, ServerExtensions, ServerVersion],
        Cause::DhKeyTooSmall => {
            &[DhePrimeBits, OwnSecurityLevel, ServerCipherSuite, HelloCipherSuites, OwnCipherSuites]
        }
        Cause::SessionIdContextUninitialized => &[Resumed, HelloPskIdentities, HelloExtensions],
        Cause::PskUnknownIdentity | Cause::PskKeyMismatch => &[HelloPskIdentities, HelloExtensions],
        Cause::PskHashMismatch => &[HelloCipherSuites, OwnCipherSuites, HelloPskIdentities],
        Cause::ConfigKeyMismatch | Cause::ConfigNoCertificate => &[OwnCertificates, ServerChain],
        Cause::ConfigSecurityLevel => &[OwnSecurityLevel, OwnCertificates],
        Cause::ConfigCallbackFailed => &[HelloServerName, OwnCertificates],
        Cause::SigalgNoOverlap
        | Cause::SigalgPeerUsedUnoffered
        | Cause::SigalgClientKeyIncompatible
        | Cause::SigalgSignerRefused => of_signatures(cause),
        Cause::ClientAuthPhaNotOffered
        | Cause::ClientAuthCaListTooLarge
        | Cause::WarnClientUnverified
        | Cause::WarnAnyPublicCaAccepted
        | Cause::WarnResumedWithoutClientAuth => of_client_authentication(cause),
        Cause::ServerCertHostnameMismatch
        | Cause::ServerCertStaplingRequired
        | Cause::ServerCertRejected
        | Cause::ClientCertRejected
        | Cause::ClientCertMissing
        | Cause::ClientCertNotInCaList
        | Cause::ServerCert(_)
        | Cause::ClientCert(_) => of_certificates(cause),
        // No intersection decides these.
        Cause::NotTlsPlainHttp
        | Cause::NotTlsStarttlsNeeded
        | Cause::NotTlsProxyHeader
        | Cause::NotTlsOtherProtocol
        | Cause::TransportClosedBeforeHello
        | Cause::TransportClosedMidHandshake
        | Cause::TransportTimeout
        | Cause::TransportOwnShutdown
        | Cause::TransportNotConnected
        | Cause::RecordBadMac
        | Cause::RecordCorrupt
        | Cause::ProtocolViolation
        | Cause::ConfigFile
        | Cause::ConfigKeyLocked
        | Cause::ConfigInvalidValue
        | Cause::WarnCertificateExpiresSoon
        | Cause::NoteClientAsksUser
        | Cause::NoteAwaitsUser => &[],
    }
}

fn of_signatures(cause: Cause) -> &'static [FieldName] {
    match cause {
        Cause::SigalgSignerRefused => {
            &[RequestSchemes, ClientChain, OwnCertificates, ServerVersion, OwnLibrary]
        }
        Cause::SigalgClientKeyIncompatible => {
            &[RequestSchemes, RequestTypes, ClientChain, OwnCertificates, ServerVersion]
        }
        _ => &[HelloSchemes, ServerScheme, ServerChain, OwnCertificates, ServerVersion],
    }
}

fn of_client_authentication(cause: Cause) -> &'static [FieldName] {
    match cause {
        Cause::ClientAuthPhaNotOffered => &[HelloExtensions, ServerVersion],
        Cause::ClientAuthCaListTooLarge => &[RequestAuthorities, OwnTrustedCas],
        Cause::WarnClientUnverified => &[Request, ClientChain, OwnVerifyMode, OwnTrustedCas],
        Cause::WarnResumedWithoutClientAuth => &[Resumed, OwnVerifyMode],
        _ => &[OwnTrustedCas],
    }
}

fn of_certificates(cause: Cause) -> &'static [FieldName] {
    use CertificateFault::{VerifyDepth, WeakKey, WeakSignature};
    match cause {
        Cause::ClientCertMissing => &[
            RequestSchemes,
            RequestTypes,
            RequestAuthorities,
            ClientChain,
            OwnCertificates,
            Request,
            OwnVerifyMode,
        ],
        Cause::ClientCertNotInCaList => &[RequestAuthorities, ClientChain, OwnCertificates],
        Cause::ServerCertHostnameMismatch => {
            &[OwnExpectedName, HelloServerName, ServerChain, OwnCertificates]
        }
        Cause::ServerCertStaplingRequired => &[HelloExtensions, ServerExtensions, ServerChain],
        Cause::ClientCert(VerifyDepth) | Cause::ServerCert(VerifyDepth) => {
            &[OwnVerifyDepth, ClientChain, ServerChain, OwnCertificates]
        }
        Cause::ClientCert(WeakKey | WeakSignature) => {
            &[ClientChain, OwnCertificates, OwnSecurityLevel, OwnVerifyMode]
        }
        Cause::ServerCert(WeakKey | WeakSignature) => {
            &[ServerChain, OwnCertificates, OwnSecurityLevel, OwnVerifyMode]
        }
        Cause::ClientCert(_) | Cause::ClientCertRejected => {
            &[ClientChain, OwnCertificates, OwnTrustedCas, OwnVerifyMode]
        }
        _ => &[ServerChain, OwnCertificates, OwnTrustedCas, OwnVerifyMode],
    }
}

/// Explains why one of the two failed; `differences` has the deciding ones first.
pub(super) fn explanation(
    left: &Record,
    right: &Record,
    differences: &[Row],
    fields: &[FieldName],
) -> Option<Explanation> {
    let (failing, working, left_failed) = match (left.cause(), right.cause()) {
        (Some(_), None) => (left, right, true),
        (None, Some(_)) => (right, left, false),
        _ => return None,
    };
    let cause = failing.cause()?;
    let roots = roots(failing, working);
    let decisive = differences.iter().filter(|row| fields.contains(&row.name)).find_map(|row| {
        let (failing_has, working_has) =
            if left_failed { (&row.only_left, &row.only_right) } else { (&row.only_right, &row.only_left) };
        let (failing_has, working_has) = match kind_of_key(row.name, failing, working) {
            Some(kind) => (able(failing_has, &kind, cause), able(working_has, &kind, cause)),
            None => (failing_has.clone(), working_has.clone()),
        };
        // A root that is sent makes nobody trust it.
        let chain = matches!(row.name, ClientChain | ServerChain);
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
    let (name, field) = (Some(row.name), row.field);
    Some(Explanation { cause: cause.to_owned(), name, field, only_failing, only_working, sentence })
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
fn kind_of_key(field: FieldName, failing: &Record, working: &Record) -> Option<String> {
    let role = match field {
        RequestSchemes => "client",
        HelloSchemes => "server",
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
        name: None,
        field: "time",
        only_failing: vec![failing.time.clone()],
        only_working: vec![working.time.clone()],
        sentence,
    })
}
