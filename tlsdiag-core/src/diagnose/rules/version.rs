//! No protocol version enabled on both sides.
//!
//! Needs: the ClientHello's versions, the local range, the library's reason or the protocol_version alert.

use super::cipher::speaks_tls13;
use crate::diagnose::knowledge::negotiation;
use crate::diagnose::library::reason;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::Handshake;
use crate::wire::{AlertDescription, ProtocolVersion};

pub(in crate::diagnose) const NO_OVERLAP: Rule =
    Rule { name: "version::no_overlap", find: no_overlap, causes: || vec![Cause::VersionNoOverlap] };

pub(in crate::diagnose) const FALLBACK: Rule =
    Rule { name: "version::fallback", find: fallback, causes: || vec![Cause::VersionInappropriateFallback] };

/// The client says that it tries again with less than it can, and the server can do more.
fn fallback(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let offer = handshake.offer.as_ref().filter(|offer| offer.fallback)?;
    let own = handshake.ssl_reason(reason::INAPPROPRIATE_FALLBACK);
    let told = handshake
        .fatal_alert(Direction::Received)
        .filter(|alert| alert.description == AlertDescription::INAPPROPRIATE_FALLBACK);
    let finding = Finding::new(
        Cause::VersionInappropriateFallback,
        Confidence::Certain,
        Side::Client,
        format!("The client tries again with {} although both sides can do better.", offered_text(handshake)),
    )
    .explain(
        "The hello carries TLS_FALLBACK_SCSV: an earlier try with a higher version failed, and this one asks for less. The server knows that higher version, so the first try failed for another reason, or was disturbed by an attacker.",
    );
    let finding = match (own, told) {
        (Some(own), _) => finding.see(own.event, "error queue", crate::diagnose::library::show(own)),
        (None, Some(told)) => finding.see(told.event, "alert received", told.description),
        (None, None) => return None,
    };
    Some(
        finding
            .see(offer.event, "ClientHello.cipher_suites", "TLS_FALLBACK_SCSV is among them")
            .see(offer.event, "ClientHello versions", offered_text(handshake))
            .not(Cause::VersionNoOverlap, "the server does speak this version; it refuses the downgrade")
            .with(negotiation::first_failure),
    )
}

fn no_overlap(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || handshake.not_tls.is_some() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    // Once a version that was offered has been chosen, a wrong one is some record's: see record::corrupt.
    let agreed = handshake.answer.as_ref().is_some_and(|answer| offer.offers(answer.version));
    let told = handshake.fatal_alert(Direction::Received).filter(|alert| {
        alert.description == AlertDescription::PROTOCOL_VERSION && !alert.after_done && !agreed
    });
    let own = [reason::UNSUPPORTED_PROTOCOL, reason::VERSION_TOO_LOW, reason::NO_PROTOCOLS_AVAILABLE]
        .into_iter()
        .find_map(|reason| handshake.ssl_reason(reason));
    // Without a certificate OpenSSL counts TLS 1.3 as switched off: see server_selection::impossible.
    if handshake.role == Role::Server && speaks_tls13(handshake, offer) && told.is_none() {
        return None;
    }
    let offered = offered_text(handshake);
    let local = local_text(handshake);
    let mut finding = match (handshake.role, own, told) {
        (Role::Server, Some(own), _) => Finding::new(
            Cause::VersionNoOverlap,
            Confidence::Certain,
            Side::Client,
            format!("The client offers {offered} and this server speaks {local}: no version in common."),
        )
        .see(own.event, "error queue", crate::diagnose::library::show(own)),
        (Role::Client, None, Some(told)) => {
            let with_1_3 = offer.offers(ProtocolVersion::TLS1_3);
            let confidence = if with_1_3 { Confidence::Likely } else { Confidence::Certain };
            let finding = Finding::new(
                Cause::VersionNoOverlap,
                confidence,
                Side::Server,
                format!("The server speaks none of the versions that this client offers ({offered})."),
            )
            .see(told.event, "alert received", told.description);
            if with_1_3 {
                let tell = "an OpenSSL server without a usable certificate counts TLS 1.3 as switched off: its own record says so";
                finding.or(Cause::ConfigNoCertificate, tell).or(Cause::ConfigKeyMismatch, tell).or(
                    Cause::SigalgNoOverlap,
                    "a key that TLS 1.3 has no scheme for (DSA, an unusual curve) counts as none",
                )
            } else {
                finding
            }
        }
        (Role::Client, Some(own), _) => {
            let chosen = handshake.answer.as_ref().map(|answer| answer.version.to_string());
            Finding::new(
                Cause::VersionNoOverlap,
                Confidence::Certain,
                Side::Server,
                match chosen {
                    Some(chosen) => format!(
                        "The server chose {chosen}, and this client speaks {local}: no version in common."
                    ),
                    None => format!("This client speaks {local}, which is no version the server knows."),
                },
            )
            .see(own.event, "error queue", crate::diagnose::library::show(own))
        }
        // The client's alert comes in a record of its own version, and OpenSSL calls that a wrong version number.
        (Role::Server, None, None) if outvoted(handshake) => {
            let chosen =
                handshake.answer.as_ref().map_or_else(String::new, |answer| answer.version.to_string());
            let own = handshake.ssl_reason(reason::WRONG_VERSION_NUMBER)?;
            Finding::new(
                Cause::VersionNoOverlap,
                Confidence::Likely,
                Side::Server,
                format!("The client did not go on with {chosen}, the best version that this server has."),
            )
            .see(own.event, "error queue", crate::diagnose::library::show(own))
            .or(
                Cause::RecordCorrupt,
                "the client's own record: if it does speak this version, its record's header was altered",
            )
        }
        // A client's protocol_version alert: it did not accept what we chose.
        (Role::Server, None, Some(told)) => Finding::new(
            Cause::VersionNoOverlap,
            Confidence::Certain,
            Side::Client,
            "The client refuses the protocol version that this server chose.",
        )
        .see(told.event, "alert received", told.description),
        _ => return None,
    };
    finding = finding
        .explain(
            "Both sides have a range of protocol versions enabled, and the ranges do not meet. The range comes from the \
             program's own settings, from openssl.cnf (MinProtocol, MaxProtocol) or from the security level: at level 2 \
             and above OpenSSL 3 speaks no TLS 1.0 or 1.1.",
        )
        .see(offer.event, "ClientHello versions", offered)
        .see(handshake.local_event, "versions enabled here", local);
    Some(advise(finding, handshake))
}

/// A hello before TLS 1.3 names the client's best version alone. This server chose a lower one, and the next record is of
/// another version than it chose.
fn outvoted(handshake: &Handshake) -> bool {
    let lower = handshake
        .offer
        .as_ref()
        .zip(handshake.answer.as_ref())
        .is_some_and(|(offer, answer)| !offer.names_versions && offer.legacy_version > answer.version.0);
    let silent = !handshake.certificate_came(Role::Client) && handshake.application_data[1].is_none();
    lower
        && silent
        && handshake.noise.is_none()
        && handshake.ssl_reason(reason::WRONG_VERSION_NUMBER).is_some()
}

fn offered_text(handshake: &Handshake) -> String {
    let Some(offer) = &handshake.offer else { return String::new() };
    let versions: Vec<_> = offer
        .versions
        .iter()
        .filter(|version| !version.is_grease())
        .map(ProtocolVersion::to_string)
        .collect();
    let text = versions.join(", ");
    if offer.names_versions { text } else { format!("{text} at most") }
}

fn local_text(handshake: &Handshake) -> String {
    let local = &handshake.local;
    let version = |number: u16| ProtocolVersion(number).to_string();
    match (local.minimum_version, local.maximum_version) {
        (0, 0) => "the library's default versions".to_owned(),
        (0, max) => format!("{} at most", version(max)),
        (min, 0) => format!("{} at least", version(min)),
        (min, max) if min == max => format!("{} alone", version(min)),
        (min, max) => format!("{} to {}", version(min), version(max)),
    }
}

/// The client's best version decides which end is behind the times.
fn advise(finding: Finding, handshake: &Handshake) -> Finding {
    let best = handshake
        .offer
        .as_ref()
        .and_then(|offer| offer.versions.iter().filter(|version| !version.is_grease()).max().copied());
    match best {
        Some(best) if best >= ProtocolVersion::TLS1_3 => finding.with(negotiation::newer_server),
        _ => finding.with(negotiation::newer_client),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::LocalConfiguration;
    use crate::handshake::{At, Offer};

    fn offering(role: Role, versions: &[ProtocolVersion]) -> Handshake {
        let mut handshake = Handshake::blank(role);
        let offer = Offer { versions: versions.to_vec(), names_versions: true, ..Offer::default() };
        handshake.offer = Some(At { event: 1, value: offer });
        handshake
    }

    #[test]
    fn the_reason_or_the_alert_tells() {
        let mut server =
            offering(Role::Server, &[ProtocolVersion::TLS1_3]).with_reason(reason::UNSUPPORTED_PROTOCOL);
        assert_eq!(no_overlap(&server), None, "this server speaks TLS 1.3: it is not the version");
        server.local =
            Arc::new(LocalConfiguration { maximum_version: 0x0303, ..LocalConfiguration::default() });
        let finding = no_overlap(&server).expect("a finding");
        assert!(finding.summary.contains("TLSv1.3"), "{}", finding.summary);
        let client = offering(Role::Client, &[ProtocolVersion::TLS1_2])
            .with_alert(Direction::Received, AlertDescription::PROTOCOL_VERSION);
        assert_eq!(no_overlap(&client).map(|finding| finding.side), Some(Side::Server));
    }

    #[test]
    fn plain_text_that_openssl_calls_a_wrong_version_is_none() {
        let mut client =
            offering(Role::Client, &[ProtocolVersion::TLS1_2]).with_reason(reason::WRONG_VERSION_NUMBER);
        client.not_tls = Some(At { event: 2, value: *b"HTTP/" });
        assert_eq!(no_overlap(&client), None);
    }
}
