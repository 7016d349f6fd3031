//! No protocol version enabled on both sides, and versions that were taken away on the way.
//!
//! Needs: the ClientHello's versions, the local range, options and security level, the library's reason or the alert; of a downgrade
//! the server's random.

use crate::diagnose::knowledge::negotiation;
use crate::diagnose::library::{self, reason};
use crate::diagnose::versions::{self, Bar};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::{At, Handshake, Offer};
use crate::wire::{AlertDescription, ProtocolVersion};

pub(in crate::diagnose) const NO_OVERLAP: Rule =
    Rule { name: "version::no_overlap", find: no_overlap, causes: || vec![Cause::VersionNoOverlap] };

pub(in crate::diagnose) const FALLBACK: Rule =
    Rule { name: "version::fallback", find: fallback, causes: || vec![Cause::VersionInappropriateFallback] };

pub(in crate::diagnose) const DOWNGRADE: Rule =
    Rule { name: "version::downgrade", find: downgrade, causes: || vec![Cause::VersionDowngradeDetected] };

/// What OpenSSL says of a version that it does not speak.
const REFUSED: [i32; 7] = [
    reason::BAD_PROTOCOL_VERSION_NUMBER,
    reason::UNKNOWN_PROTOCOL,
    reason::UNSUPPORTED_PROTOCOL,
    reason::VERSION_TOO_LOW,
    reason::NO_PROTOCOLS_AVAILABLE,
    reason::UNSUPPORTED_SSL_VERSION,
    reason::WRONG_SSL_VERSION,
];

/// The client says that it tries again with less than it can, and the server can do more.
fn fallback(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || sentinel(handshake).is_some() {
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
        (Some(own), _) => finding.see(own.event, "error queue", library::show(own)),
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

/// The last eight bytes of the random by which a server says that it could have spoken more (RFC 8446, section 4.1.3): `DOWNGRD`, and
/// 1 where it chose TLS 1.2, 0 where it chose less.
fn sentinel(handshake: &Handshake) -> Option<&'static str> {
    let answer = handshake.answer.as_ref()?;
    match answer.random.last_chunk::<8>()? {
        b"DOWNGRD\x01" if answer.version == ProtocolVersion::TLS1_2 => Some("TLSv1.3"),
        b"DOWNGRD\x00" if answer.version < ProtocolVersion::TLS1_2 => Some("TLSv1.2"),
        _ => None,
    }
}

/// The server says in its random that it speaks more than it chose, and the client knows that it offered more.
fn downgrade(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let could = sentinel(handshake)?;
    let (answer, offer) = (handshake.answer.as_ref()?, handshake.offer.as_ref()?);
    let chosen = answer.version;
    let (confidence, summary, seen) = match handshake.role {
        Role::Client => {
            let own = handshake.ssl_reason(reason::INAPPROPRIATE_FALLBACK)?;
            let summary = format!(
                "The server chose {chosen} and says in the same message that it speaks {could}, which this client offered: the offer was \
                 changed on the way."
            );
            (Confidence::Certain, summary, (own.event, "error queue", library::show(own)))
        }
        // Not every client looks; one that does says illegal_parameter and nothing before.
        Role::Server => {
            let told = super::weak_key_exchange::refusal(handshake)
                .filter(|told| told.description == AlertDescription::ILLEGAL_PARAMETER)?;
            let summary = format!(
                "The client broke off where this server told it that it speaks {could}, too: probably the client had offered that, and its \
                 offer was changed on the way."
            );
            (Confidence::Likely, summary, (told.event, "alert received", told.description.to_string()))
        }
    };
    let finding = Finding::new(Cause::VersionDowngradeDetected, confidence, Side::Network, summary)
        .explain(
            "A server that speaks more than it chooses marks its random, so that nobody between the two can take away the better version \
             unnoticed. A firewall that inspects TLS and does not understand TLS 1.3 does this, most often one that copies the server's \
             random into a hello of its own; so does an attacker.",
        )
        .see(seen.0, seen.1, seen.2)
        .see(offer.event, "ClientHello versions", offered_text(handshake))
        .see(answer.event, "ServerHello.version", chosen)
        .see(answer.event, "ServerHello.random", "ends in the mark of a downgrade (DOWNGRD)")
        .not(Cause::VersionNoOverlap, "a version that both speak was chosen")
        .with(negotiation::downgraded);
    Some(match handshake.role {
        Role::Client => finding.not(Cause::VersionInappropriateFallback, "it is no fallback of the client's"),
        Role::Server => finding.or(
            Cause::ProtocolViolation,
            "compare both sides' records of the ClientHello: if its versions are the same, it is another field that the client refuses",
        ),
    })
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
    // A version that changes behind a HelloRetryRequest is no question of what is enabled.
    let own = REFUSED
        .into_iter()
        .find_map(|reason| handshake.ssl_reason(reason))
        .filter(|own| handshake.retry.is_none() || own.reason != reason::WRONG_SSL_VERSION);
    // Without a certificate OpenSSL counts TLS 1.3 as switched off: see server_selection::impossible.
    if handshake.role == Role::Server && told.is_none() && super::cipher::speaks_tls13(handshake, offer) {
        return None;
    }
    let finding = match (handshake.role, own, told) {
        (Role::Server, Some(own), _) => {
            let seen = library::show(own);
            server_refuses(handshake, offer, own.reason).see(own.event, "error queue", seen)
        }
        (Role::Client, None, Some(told)) => {
            server_refused(handshake, offer).see(told.event, "alert received", told.description)
        }
        (Role::Client, Some(own), _) => {
            let seen = library::show(own);
            client_refuses(handshake, offer).see(own.event, "error queue", seen)
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
                format!(
                    "The client did not go on with {chosen}, the best version that this server has: probably it does not speak that."
                ),
            )
            .see(own.event, "error queue", library::show(own))
            .or(
                Cause::RecordCorrupt,
                "the client's own record: if it does speak this version, its record's header was altered",
            )
        }
        // A client's protocol_version alert: it did not accept what we chose.
        (Role::Server, None, Some(told)) if handshake.answer.is_some() => Finding::new(
            Cause::VersionNoOverlap,
            Confidence::Certain,
            Side::Client,
            "The client refuses the protocol version that this server chose.",
        )
        .see(told.event, "alert received", told.description),
        _ => return None,
    };
    let finding = finding
        .explain(
            "Both sides have protocol versions enabled, and none of them is the same. What is enabled comes from the program's own \
             settings, from openssl.cnf (MinProtocol, MaxProtocol), from a system's policy, or from the security level: OpenSSL 3 \
             speaks TLS 1.0 and 1.1 at level 0 alone.",
        )
        .see(offer.event, "ClientHello versions", offered_text(handshake))
        .see(handshake.local_event, "versions enabled here", versions::shown(&versions::enabled(&handshake.local)));
    let finding = match offer.sslv2 {
        true => finding.see(
            offer.event,
            "ClientHello",
            "in the form of SSLv2, which only programs of before 2011 send",
        ),
        false => finding,
    };
    Some(advise(taken_away(finding, handshake, offer), handshake))
}

/// This server's library refused what it was offered.
fn server_refuses(handshake: &Handshake, offer: &At<Offer>, said: i32) -> Finding {
    let (offered, local) = (offered_text(handshake), &handshake.local);
    let common = versions::common(local, offer);
    if common.is_empty() {
        let speaks = versions::shown(&versions::enabled(local));
        return Finding::new(
            Cause::VersionNoOverlap,
            Confidence::Certain,
            Side::Client,
            format!("The client offers {offered} and this server speaks {speaks}: no version in common."),
        );
    }
    let common = versions::shown(&common);
    let why = if said == reason::WRONG_SSL_VERSION {
        "its program is made for one version alone (a method such as TLSv1_2_server_method)"
    } else {
        "a policy of its library (security level, FIPS mode, crypto-policies) takes the version away"
    };
    Finding::new(
        Cause::VersionNoOverlap,
        Confidence::Likely,
        Side::Server,
        format!(
            "The client offers {offered}, and this server refuses that although its settings enable {common}: probably {why}."
        ),
    )
}

/// The server said protocol_version to this client.
fn server_refused(handshake: &Handshake, offer: &At<Offer>) -> Finding {
    let offered = offered_text(handshake);
    if !offer.versions.iter().any(|version| version.is_tls13()) {
        return Finding::new(
            Cause::VersionNoOverlap,
            Confidence::Certain,
            Side::Server,
            format!("The server speaks none of the versions that this client offers ({offered})."),
        );
    }
    let tell = "an OpenSSL server without a usable certificate counts TLS 1.3 as switched off: its own record says so";
    Finding::new(
        Cause::VersionNoOverlap,
        Confidence::Likely,
        Side::Server,
        format!("The server refuses the versions that this client offers ({offered}): probably it speaks none of them."),
    )
    .or(Cause::ConfigNoCertificate, tell)
    .or(Cause::ConfigKeyMismatch, tell)
    .or(Cause::SigalgNoOverlap, "a key that TLS 1.3 has no scheme for (DSA, an unusual curve) counts as none")
}

/// This client's library refused the version that the server chose.
fn client_refuses(handshake: &Handshake, offer: &At<Offer>) -> Finding {
    let enabled = versions::enabled(&handshake.local);
    let speaks = versions::shown(&enabled);
    let new = |confidence, text| Finding::new(Cause::VersionNoOverlap, confidence, Side::Server, text);
    match handshake.answer.as_ref().or(handshake.retry.as_ref()).map(|answer| answer.version) {
        Some(chosen) if enabled.contains(&chosen) && offer.offers(chosen) => new(
            Confidence::Likely,
            format!(
                "The server chose {chosen}, which this client offered, and its library refuses that: probably by a policy of its own."
            ),
        ),
        Some(chosen) if enabled.contains(&chosen) => new(
            Confidence::Certain,
            format!(
                "The server chose {chosen}, which is not among the versions that this client offered ({}).",
                offered_text(handshake)
            ),
        ),
        Some(chosen) => new(
            Confidence::Certain,
            format!("The server chose {chosen}, and this client speaks {speaks}: no version in common."),
        ),
        None => new(
            Confidence::Likely,
            format!(
                "The server answered in a version that this client's library refuses; it speaks {speaks}: probably they have none in common."
            ),
        ),
    }
}

/// Which setting of this side's took away what the other side has.
fn taken_away(finding: Finding, handshake: &Handshake, offer: &At<Offer>) -> Finding {
    let local = &handshake.local;
    let wanted = match handshake.role {
        Role::Server => versions::best(offer),
        Role::Client => handshake.answer.as_ref().map(|answer| answer.version),
    };
    let Some((version, bar)) = wanted.and_then(|version| Some((version, versions::bar(local, version)?)))
    else {
        return finding;
    };
    let finding = finding.see(handshake.local_event, format!("why {version} is off here"), bar.shown());
    match bar {
        Bar::Level(_) => finding.with(negotiation::old_versions),
        _ => finding,
    }
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
    let text = if versions.is_empty() { "no version at all".to_owned() } else { versions.join(", ") };
    match (offer.names_versions, handshake.role) {
        (true, _) => text,
        // A client knows its own lowest version.
        (false, Role::Client) => {
            let own: Vec<_> = versions::enabled(&handshake.local)
                .into_iter()
                .filter(|version| offer.offers(*version))
                .collect();
            if own.is_empty() { text } else { versions::shown(&own) }
        }
        (false, Role::Server) => format!("{text} at most"),
    }
}

/// The client's best version decides which end is behind the times.
fn advise(finding: Finding, handshake: &Handshake) -> Finding {
    match handshake.offer.as_ref().and_then(|offer| versions::best(offer)) {
        Some(best) if best.is_tls13() => finding.with(negotiation::newer_server),
        Some(ProtocolVersion::TLS1_2) => finding.with(negotiation::tls13_at_client),
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
