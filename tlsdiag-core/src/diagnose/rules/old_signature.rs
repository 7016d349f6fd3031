//! Before TLS 1.2 every signature is with SHA-1 (and MD5), and so it is in TLS 1.2 for a client that names no scheme. From OpenSSL 3 on
//! security level 0 alone makes and takes such signatures, though the versions themselves may be enabled at level 1 and 2.
//!
//! Needs: the version, the security level and the library's number of the side that refuses; at the other side its alert.

use crate::diagnose::knowledge::negotiation;
use crate::diagnose::library::{self, reason};
use crate::diagnose::versions::{self, level_forbids_sha1, signs_with_sha1};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Handshake, Offer};
use crate::wire::{AlertDescription, HandshakeType, ProtocolVersion};

pub(in crate::diagnose) const SHA1: Rule = Rule {
    name: "old_signature::sha1",
    find: sha1,
    causes: || vec![Cause::ConfigSecurityLevel, Cause::SigalgNoOverlap],
};

fn sha1(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    match handshake.role {
        Role::Server => server_cannot_sign(handshake, offer)
            .or_else(|| peers_signature_refused(handshake, offer))
            .or_else(|| client_refuses_signature(handshake)),
        Role::Client => {
            peers_signature_refused(handshake, offer).or_else(|| server_breaks_off(handshake, offer))
        }
    }
}

/// Whether a signature of this version would be with SHA-1, for want of a scheme that is named.
pub(super) fn is_old(offer: &Offer, version: ProtocolVersion) -> bool {
    signs_with_sha1(version) || (!version.is_tls13() && offer.signature_schemes.is_none())
}

/// The version that both sides would speak; at a client the best that it offers.
fn version(handshake: &Handshake, offer: &Offer) -> Option<ProtocolVersion> {
    handshake.version().or_else(|| match handshake.role {
        Role::Server => versions::common(&handshake.local, offer).last().copied(),
        Role::Client => versions::best(offer),
    })
}

/// This server is to sign with SHA-1, and its library does not.
fn server_cannot_sign(handshake: &Handshake, offer: &At<Offer>) -> Option<Finding> {
    let own = handshake.ssl_reason(reason::NO_SUITABLE_SIGNATURE_ALGORITHM)?;
    let version = version(handshake, offer).filter(|version| is_old(offer, *version))?;
    let level = handshake.local.security_level;
    let finding = match (signs_with_sha1(version), level_forbids_sha1(&handshake.local)) {
        (true, true) => Finding::new(
            Cause::ConfigSecurityLevel,
            Confidence::Certain,
            Side::Server,
            format!(
                "{version} signs with SHA-1, and this server's security level {level} forbids that: it needs level 0."
            ),
        ),
        (true, false) => Finding::new(
            Cause::ConfigSecurityLevel,
            Confidence::Likely,
            Side::Server,
            format!(
                "{version} signs with SHA-1, and this server's library does not: probably a policy of the system forbids it."
            ),
        ),
        (false, forbids) => {
            let confidence = if forbids { Confidence::Certain } else { Confidence::Likely };
            let why = if forbids {
                format!("this server's security level {level} forbids SHA-1")
            } else {
                "probably a policy of the system forbids that".to_owned()
            };
            Finding::new(
                Cause::SigalgNoOverlap,
                confidence,
                Side::Client,
                format!("The client names no signature scheme, which in {version} means SHA-1, and {why}."),
            )
        }
    };
    let named = if offer.signature_schemes.is_some() { "named" } else { "not sent" };
    let finding = finding.see(own.event, "error queue", library::show(own)).see(
        offer.event,
        "ClientHello.signature_algorithms",
        named,
    );
    Some(dress(finding, handshake, version))
}

/// The peer signed with SHA-1, and this side's library breaks off with internal_error, which is all that it says.
fn peers_signature_refused(handshake: &Handshake, offer: &At<Offer>) -> Option<Finding> {
    let version = version(handshake, offer).filter(|version| signs_with_sha1(*version))?;
    let sent = broke_off(handshake, Direction::Sent)?;
    let signed = match handshake.role {
        Role::Client => handshake.outcome.stage == Some(HandshakeType::SERVER_KEY_EXCHANGE),
        Role::Server => handshake.outcome.stage == Some(HandshakeType::CERTIFICATE_VERIFY),
    };
    if !signed || !level_forbids_sha1(&handshake.local) {
        return None;
    }
    let (level, peer) = (handshake.local.security_level, handshake.role.peer());
    let finding = Finding::new(
        Cause::ConfigSecurityLevel,
        Confidence::Certain,
        handshake.role,
        format!("The {} signed with SHA-1, as {version} does, and this {}'s security level {level} forbids that: it needs level 0.",
            peer.as_str(), handshake.role.as_str()),
    )
    .see(sent.event, "alert sent", sent.description);
    let finding = match handshake.errors.iter().find(|error| error.event > 0) {
        Some(own) => finding.see(own.event, "error queue", library::show(own)),
        None => finding,
    };
    Some(dress(finding, handshake, version))
}

/// A client of before TLS 1.2 that answers a signature with internal_error.
fn client_refuses_signature(handshake: &Handshake) -> Option<Finding> {
    let version = handshake.version().filter(|version| signs_with_sha1(*version))?;
    let told = broke_off(handshake, Direction::Received).filter(|alert| !alert.after_done)?;
    let more = handshake.timeline.iter().any(|step| {
        matches!(step.message(), Some((kind, Direction::Received)) if kind != HandshakeType::CLIENT_HELLO)
    });
    if more || handshake.key_exchange.is_none() {
        return None;
    }
    let finding = Finding::new(
        Cause::ConfigSecurityLevel,
        Confidence::Likely,
        Side::Client,
        format!(
            "The client broke off at this server's signature, which is with SHA-1 in {version}: probably the client's security level \
             forbids that."
        ),
    )
    .see(told.event, "alert received", told.description)
    .or(Cause::VersionNoOverlap, "the client's own settings: whether it means to speak this version at all")
    .or(Cause::ConfigCallbackFailed, "the client's own log says whether something else failed there");
    Some(dress(finding, handshake, version))
}

/// A server that says internal_error to a hello whose signature would be with SHA-1: OpenSSL's answer from 3.0 on.
fn server_breaks_off(handshake: &Handshake, offer: &At<Offer>) -> Option<Finding> {
    if handshake.answer.is_some() || handshake.retry.is_some() {
        return None;
    }
    let version = versions::best(offer).filter(|version| is_old(offer, *version))?;
    let told = broke_off(handshake, Direction::Received)?;
    let (cause, summary) = if signs_with_sha1(version) {
        let summary = format!(
            "The server broke off at a hello of {version}, which signs with SHA-1: probably the server's security level forbids that."
        );
        (Cause::ConfigSecurityLevel, summary)
    } else {
        let summary = format!(
            "The server broke off at a hello that names no signature scheme, which in {version} means SHA-1: probably the server's \
             security level forbids that."
        );
        (Cause::SigalgNoOverlap, summary)
    };
    let finding = Finding::new(cause, Confidence::Likely, Side::Server, summary)
        .see(told.event, "alert received", told.description)
        .see(
            offer.event,
            "ClientHello.signature_algorithms",
            if offer.signature_schemes.is_some() { "named" } else { "not sent" },
        )
        .or(Cause::VersionNoOverlap, "the server's own record or log: the versions that it has enabled")
        .or(Cause::ConfigCallbackFailed, "the server's own log says whether a callback of its program failed")
        .or(Cause::SessionIdContextUninitialized, "whether only resumptions fail: try without a session");
    Some(dress(finding, handshake, version))
}

fn broke_off(handshake: &Handshake, direction: Direction) -> Option<&At<AlertSeen>> {
    handshake.fatal_alert(direction).filter(|alert| alert.description == AlertDescription::INTERNAL_ERROR)
}

fn dress(finding: Finding, handshake: &Handshake, version: ProtocolVersion) -> Finding {
    finding
        .explain(
            "TLS 1.0 and 1.1 sign with SHA-1 and MD5, and so does TLS 1.2 for a client without signature_algorithms. OpenSSL 3 gives such \
             a signature less than 80 bits of strength, so it is made and taken at security level 0 alone. The versions may be enabled \
             all the same: the handshake begins, and fails where the signature is due.",
        )
        .see(None, "version", version)
        .see(handshake.local_event, "security level here", handshake.local.security_level)
        .with(negotiation::old_versions)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::LocalConfiguration;

    fn offering(role: Role, version: ProtocolVersion) -> Handshake {
        let mut handshake = Handshake::blank(role);
        let offer = Offer { versions: vec![version], legacy_version: version.0, ..Offer::default() };
        handshake.offer = Some(At { event: 1, value: offer });
        handshake.local = Arc::new(LocalConfiguration {
            library_number: 0x3000_0160,
            security_level: 1,
            ..LocalConfiguration::default()
        });
        handshake
    }

    fn found(handshake: &Handshake) -> Option<(Cause, Confidence)> {
        sha1(handshake).map(|finding| (finding.cause, finding.confidence))
    }

    #[test]
    fn the_server_says_which_setting_it_is() {
        let unsigned =
            |version| offering(Role::Server, version).with_reason(reason::NO_SUITABLE_SIGNATURE_ALGORITHM);
        let level = Some((Cause::ConfigSecurityLevel, Confidence::Certain));
        assert_eq!(found(&unsigned(ProtocolVersion::TLS1_1)), level);
        // TLS 1.2 without a scheme is the client's lack, with one it is a question of keys: see server_selection.
        let mut new = unsigned(ProtocolVersion::TLS1_2);
        assert_eq!(found(&new), Some((Cause::SigalgNoOverlap, Confidence::Certain)));
        new.offer.as_mut().expect("an offer").value.signature_schemes = Some(Vec::new());
        assert_eq!(found(&new), None);
        assert_eq!(found(&offering(Role::Server, ProtocolVersion::TLS1_1)), None, "no reason");
    }

    #[test]
    fn the_other_side_supposes_it_from_one_alert_alone() {
        let told = |version, alert| offering(Role::Client, version).with_alert(Direction::Received, alert);
        let old = told(ProtocolVersion::TLS1_0, AlertDescription::INTERNAL_ERROR);
        assert_eq!(found(&old), Some((Cause::ConfigSecurityLevel, Confidence::Likely)));
        assert_eq!(found(&told(ProtocolVersion::TLS1_0, AlertDescription::HANDSHAKE_FAILURE)), None);
        assert_eq!(found(&told(ProtocolVersion::TLS1_3, AlertDescription::INTERNAL_ERROR)), None);
    }
}
