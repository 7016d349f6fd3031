//! The client fails before its ClientHello: its own settings leave nothing to offer.
//!
//! Needs: at the client its own reason without a hello; at the server an alert in place of one.

use crate::diagnose::knowledge::negotiation;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::Handshake;
use crate::wire::AlertDescription;

pub(in crate::diagnose) const NOTHING_TO_OFFER: Rule = Rule {
    name: "nothing_to_offer::nothing_to_offer",
    find: nothing_to_offer,
    causes: || vec![Cause::VersionNoOverlap, Cause::GroupNoOverlap, Cause::CipherNoOverlap],
};

fn nothing_to_offer(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || handshake.offer.is_some() {
        return None;
    }
    match handshake.role {
        Role::Client => at_client(handshake),
        Role::Server => at_server(handshake),
    }
}

fn at_client(handshake: &Handshake) -> Option<Finding> {
    let reasons = [
        (reason::NO_PROTOCOLS_AVAILABLE, Cause::VersionNoOverlap),
        (reason::NO_SUITABLE_GROUPS, Cause::GroupNoOverlap),
        (reason::NO_CIPHERS_AVAILABLE, Cause::CipherNoOverlap),
    ];
    let (own, cause) =
        reasons.into_iter().find_map(|(reason, cause)| Some((handshake.ssl_reason(reason)?, cause)))?;
    let (what, how) = match cause {
        Cause::VersionNoOverlap => (
            "version of TLS",
            "the lowest version that it wants is above the highest, or below what its security level allows",
        ),
        Cause::GroupNoOverlap => {
            ("group for the key exchange", "none of its groups is good for the versions that it wants")
        }
        _ => (
            "cipher suite",
            "none of its suites is good for the versions and the security level that it wants",
        ),
    };
    let finding = Finding::new(
        cause,
        Confidence::Certain,
        Side::Client,
        format!("This client's own settings leave it no {what} to offer, so it sent no ClientHello."),
    )
    .explain(format!(
        "The failure is this client's own and has nothing to do with the server: {how}. Settings come from the program, from \
         openssl.cnf and from the security level: at level 1 and above OpenSSL 3 speaks no TLS 1.0 or 1.1."
    ))
    .see(own.event, "error queue", library::show(own))
    .see(handshake.local_event, "security level here", handshake.local.security_level);
    Some(match cause {
        Cause::VersionNoOverlap => finding.with(negotiation::some_version),
        Cause::GroupNoOverlap => super::server_selection::advise_group(finding, handshake),
        _ => super::cipher::advise(finding, false),
    })
}

/// An OpenSSL client that gives up before its hello says internal_error.
fn at_server(handshake: &Handshake) -> Option<Finding> {
    let told = handshake.fatal_alert(Direction::Received).filter(|alert| {
        matches!(alert.description, AlertDescription::INTERNAL_ERROR | AlertDescription::PROTOCOL_VERSION)
    })?;
    Some(
        Finding::new(
            Cause::VersionNoOverlap,
            Confidence::Possible,
            Side::Client,
            "The client gave up before it sent a ClientHello: it may be that its own settings leave it no version of TLS.",
        )
        .explain(
            "An alert came where the ClientHello was due. OpenSSL clients do this if their own settings exclude each other: a lowest \
             version above the highest, TLS 1.1 at a security level that forbids it, no group or suite for the version wanted.",
        )
        .see(told.event, "alert in place of a ClientHello", told.description)
        .or(Cause::GroupNoOverlap, "the client's own record or error message: no suitable groups")
        .or(Cause::CipherNoOverlap, "the client's own record or error message: no ciphers available")
        .or(Cause::ProtocolViolation, "a scanner that sends alerts to see what happens")
        .with(negotiation::some_version),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{At, Offer};

    #[test]
    fn a_client_that_sent_no_hello_blames_itself() {
        let client = Handshake::blank(Role::Client).with_reason(reason::NO_PROTOCOLS_AVAILABLE);
        let cause = |handshake: &Handshake| nothing_to_offer(handshake).map(|found| found.cause);
        assert_eq!(cause(&client), Some(Cause::VersionNoOverlap));
        let groups = Handshake::blank(Role::Client).with_reason(reason::NO_SUITABLE_GROUPS);
        assert_eq!(cause(&groups), Some(Cause::GroupNoOverlap));
        let mut sent = client;
        sent.offer = Some(At { event: 1, value: Offer::default() });
        assert_eq!(cause(&sent), None);
    }

    #[test]
    fn a_server_goes_by_the_alert_in_place_of_the_hello() {
        let told = |alert| Handshake::blank(Role::Server).with_alert(Direction::Received, alert);
        assert!(nothing_to_offer(&told(AlertDescription::INTERNAL_ERROR)).is_some());
        assert_eq!(nothing_to_offer(&told(AlertDescription::HANDSHAKE_FAILURE)), None);
    }
}
