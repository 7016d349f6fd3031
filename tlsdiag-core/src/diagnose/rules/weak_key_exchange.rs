//! Key exchange that one side finds too weak: extended_master_secret, small DH parameters, unsafe renegotiation.
//!
//! Needs: the library's reason; at the other side the handshake_failure alert with the hellos and ServerKeyExchange.

use crate::diagnose::knowledge::{negotiation, sessions};
use crate::diagnose::library::{self, reason};
use crate::diagnose::wording::perhaps;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Handshake};
use crate::wire::{AlertDescription, HandshakeType};

pub(in crate::diagnose) const TOO_WEAK: Rule = Rule {
    name: "weak_key_exchange::too_weak",
    find: too_weak,
    causes: || vec![Cause::EmsRequired, Cause::DhKeyTooSmall, Cause::RenegotiationLegacyRefused],
};

/// What OpenSSL's level 2 asks of a DH prime.
const DH_BITS: usize = 2048;

fn too_weak(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let role = handshake.role;
    if let Some(own) = handshake.ssl_reason(reason::DH_KEY_TOO_SMALL) {
        return Some(dh(handshake, Confidence::Certain)?.see(own.event, "error queue", library::show(own)));
    }
    if let Some(own) = handshake.ssl_reason(reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED) {
        return Some(legacy(handshake, Confidence::Certain).see(
            own.event,
            "error queue",
            library::show(own),
        ));
    }
    if let Some(own) = handshake.ssl_reason(reason::INCONSISTENT_EXTMS) {
        let finding = ems(role, Confidence::Certain).see(own.event, "error queue", library::show(own));
        return Some(match &handshake.offer {
            Some(offer) => finding.see(
                offer.event,
                "ClientHello.extended_master_secret",
                if offer.extended_master_secret {
                    "offered"
                } else {
                    "not offered; the session was made with it"
                },
            ),
            None => finding,
        });
    }
    (role == Role::Server).then(|| refused_answer(handshake)).flatten()
}

/// The client read our ServerHello and what followed, and refused: what in it is weak?
fn refused_answer(handshake: &Handshake) -> Option<Finding> {
    let told = refusal(handshake)?;
    let (offer, answer) = (handshake.offer.as_ref()?, handshake.answer.as_ref()?);
    let finding = if handshake
        .key_exchange
        .as_ref()
        .is_some_and(|key| key.dh_bits.is_some_and(|bits| bits < DH_BITS))
    {
        dh(handshake, Confidence::Likely)?
    } else if offer.extended_master_secret && !answer.extended_master_secret {
        ems(Role::Server, Confidence::Likely).see(
            answer.event,
            "ServerHello.extended_master_secret",
            "not sent",
        )
    } else if !handshake.is_tls13() && !answer.secure_renegotiation {
        legacy(handshake, Confidence::Likely)
    } else {
        return None;
    };
    let finding = finding.see(told.event, "alert received", told.description);
    Some(finding.or(Cause::ProtocolViolation, "the client's own record names what it could not accept"))
}

/// handshake_failure or insufficient_security, before any message of the client's second flight.
pub(super) fn refusal(handshake: &Handshake) -> Option<&At<AlertSeen>> {
    let told = handshake.fatal_alert(Direction::Received).filter(|alert| {
        matches!(
            alert.description,
            AlertDescription::HANDSHAKE_FAILURE
                | AlertDescription::INSUFFICIENT_SECURITY
                | AlertDescription::ILLEGAL_PARAMETER
        )
    })?;
    let more = handshake.timeline.iter().any(|step| {
        matches!(step.message(), Some((kind, Direction::Received)) if kind != HandshakeType::CLIENT_HELLO)
    });
    (!more).then_some(told)
}

fn dh(handshake: &Handshake, confidence: Confidence) -> Option<Finding> {
    let exchange = handshake.key_exchange.as_ref();
    let bits = exchange.and_then(|exchange| exchange.dh_bits);
    let size = bits.map_or_else(|| "too few".to_owned(), |bits| bits.to_string());
    let finding = Finding::new(
        Cause::DhKeyTooSmall,
        confidence,
        Side::Server,
        format!(
            "The server's Diffie-Hellman parameters have {size} bits: {}.",
            perhaps(confidence, "that is too few for the client's policy")
        ),
    )
    .explain(
        "In a DHE cipher suite the server brings the group of the key exchange. OpenSSL's security level 2, the default of many \
         distributions, wants 2048 bits of it.",
    )
    .see(exchange.map(|exchange| exchange.event), "ServerKeyExchange, DH prime", format!("{size} bits"));
    Some(finding.with(negotiation::larger_dh))
}

fn legacy(handshake: &Handshake, confidence: Confidence) -> Finding {
    let answer = handshake.answer.as_ref().map(|answer| answer.event);
    Finding::new(
        Cause::RenegotiationLegacyRefused,
        confidence,
        Side::Server,
        format!(
            "The server does not know secure renegotiation (RFC 5746): {}.",
            perhaps(confidence, "the client refuses to talk to such servers")
        ),
    )
    .explain(
        "The ServerHello lacks renegotiation_info. Nobody wants to renegotiate here; but OpenSSL 3 refuses to connect at all to a \
         server without it, since a man in the middle could put words in front of the client's.",
    )
    .see(answer, "ServerHello.renegotiation_info", "not sent")
    .not(Cause::RenegotiationRefused, "no renegotiation was asked for")
    .with(sessions::secure_renegotiation)
}

pub(super) fn ems(role: Role, confidence: Confidence) -> Finding {
    let summary = match role {
        Role::Client => "the server insists on it",
        Role::Server => "one side insists on it",
    };
    let summary = format!("This handshake lacks extended_master_secret: {}.", perhaps(confidence, summary));
    Finding::new(Cause::EmsRequired, confidence, role, summary)
        .explain(
            "extended_master_secret (RFC 7627) binds the keys of TLS 1.2 to the handshake. FIPS policies require it, and a session that \
             was made with it cannot be resumed without.",
        )
        .with(negotiation::extended_master_secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{Answer, KeyExchange, Offer};

    #[test]
    fn reasons_are_proof() {
        let cause = |reason| {
            let handshake = Handshake::blank(Role::Client).with_reason(reason);
            too_weak(&handshake).map(|finding| (finding.cause, finding.confidence))
        };
        assert_eq!(cause(reason::DH_KEY_TOO_SMALL), Some((Cause::DhKeyTooSmall, Confidence::Certain)));
        assert_eq!(
            cause(reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED),
            Some((Cause::RenegotiationLegacyRefused, Confidence::Certain))
        );
        assert_eq!(cause(reason::INCONSISTENT_EXTMS), Some((Cause::EmsRequired, Confidence::Certain)));
        assert_eq!(cause(reason::NO_SHARED_CIPHER), None);
    }

    #[test]
    fn the_server_looks_at_its_own_answer() {
        let mut server = Handshake::blank(Role::Server)
            .with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE);
        server.offer =
            Some(At { event: 1, value: Offer { extended_master_secret: true, ..Offer::default() } });
        assert_eq!(too_weak(&server), None, "nothing was answered");
        let mut answer = Answer::plain();
        server.answer = Some(At { event: 2, value: answer.clone() });
        assert_eq!(too_weak(&server), None, "nothing weak was answered");
        answer.extended_master_secret = false;
        server.answer = Some(At { event: 2, value: answer });
        assert_eq!(too_weak(&server).map(|finding| finding.cause), Some(Cause::EmsRequired));
        let small = KeyExchange { dh_bits: Some(1024), ..KeyExchange::default() };
        server.key_exchange = Some(At { event: 3, value: small });
        assert_eq!(too_weak(&server).map(|finding| finding.cause), Some(Cause::DhKeyTooSmall));
    }
}
