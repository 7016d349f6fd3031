//! Application protocols and server names.
//!
//! Needs: the library's reason or the alert, the ClientHello's ALPN and server_name.

use crate::diagnose::knowledge::names;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::{At, Handshake, Offer};
use crate::wire::AlertDescription;

pub(in crate::diagnose) const ALPN: Rule =
    Rule { name: "names::alpn", find: alpn, causes: || vec![Cause::AlpnNoOverlap] };

pub(in crate::diagnose) const SERVER_NAME: Rule = Rule {
    name: "names::server_name",
    find: server_name,
    causes: || vec![Cause::SniMissing, Cause::SniUnrecognized],
};

fn alpn(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    if let Some(finding) = unoffered_protocol(handshake, offer) {
        return Some(finding);
    }
    let seen = seen(handshake, reason::NO_APPLICATION_PROTOCOL, AlertDescription::NO_APPLICATION_PROTOCOL)?;
    let offered = offer.alpn.as_deref().unwrap_or_default().join(", ");
    let summary = if offered.is_empty() {
        "The client offers no application protocol (ALPN), and the server probably insists on one.".to_owned()
    } else {
        format!(
            "The server probably speaks none of the application protocols that the client offers ({offered})."
        )
    };
    Some(
        Finding::new(Cause::AlpnNoOverlap, Confidence::Likely, Side::Server, summary)
        .explain(
            "Client and server agree on an application protocol by ALPN; this server insists on one that the client did not name, and \
             refuses the handshake instead of going on without.",
        )
        .or(
            Cause::ConfigCallbackFailed,
            "the server's own log: whether the function that chooses the protocol failed, which looks the same",
        )
        .see(seen.0, seen.1, seen.2)
        .see(offer.event, "ClientHello.application_layer_protocol_negotiation", offered)
        .with(names::protocols),
    )
}

/// A server that insists on its own protocol answers with one that was not offered (against RFC 7301, section 3.1), and the client
/// refuses it: Apache does so to a client of HTTP/1.0.
fn unoffered_protocol(handshake: &Handshake, offer: &At<Offer>) -> Option<Finding> {
    let offered = offer.alpn.as_deref()?;
    let answer = handshake.answer.as_ref()?;
    let chosen = answer.alpn.as_ref().filter(|chosen| !offered.contains(chosen))?;
    let offered = offered.join(", ");
    Some(
        Finding::new(
            Cause::AlpnNoOverlap,
            Confidence::Certain,
            Side::Server,
            format!("The server chose the application protocol {chosen}, which the client did not offer ({offered})."),
        )
        .explain(
            "Client and server agree on an application protocol by ALPN. This server has none in common with the client, and named its \
             own instead of going on without or refusing; a client must not accept that.",
        )
        .see(answer.event, "protocol chosen", chosen)
        .see(offer.event, "ClientHello.application_layer_protocol_negotiation", offered)
        .with(names::protocols),
    )
}

fn seen(
    handshake: &Handshake,
    reason: i32,
    description: AlertDescription,
) -> Option<(u32, &'static str, String)> {
    match handshake.role {
        Role::Server => {
            handshake.ssl_reason(reason).map(|own| (own.event, "error queue", library::show(own)))
        }
        Role::Client => handshake
            .fatal_alert(Direction::Received)
            .filter(|alert| alert.description == description)
            .map(|alert| (alert.event, "alert received", alert.description.to_string())),
    }
}

fn server_name(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    // Another alert of a callback's is not about the name for certain: see callback::failed.
    let sent = handshake.fatal_alert(Direction::Sent);
    let by_name = sent.is_some_and(|sent| sent.description == AlertDescription::UNRECOGNIZED_NAME);
    let told = seen(handshake, reason::CALLBACK_FAILED, AlertDescription::UNRECOGNIZED_NAME)
        .filter(|_| by_name || handshake.role == Role::Client);
    let (confidence, (event, field, value)) = match told {
        Some(told) => (Confidence::Certain, told),
        None => (Confidence::Likely, warned(handshake)?),
    };
    let finding = match &offer.server_name {
        // It may be that no name at all is served.
        None => missing(confidence.min(Confidence::Likely)).or(
            Cause::SniUnrecognized,
            "whether the server accepts the name that the client means, once it is sent",
        ),
        Some(name) => unrecognized(name, confidence),
    };
    let name = offer.server_name.as_deref().unwrap_or("not sent");
    let finding = finding.see(event, field, value).see(offer.event, "ClientHello.server_name", name);
    Some(match (sent.filter(|_| handshake.role == Role::Server), confidence) {
        (Some(sent), _) => finding.see(sent.event, "alert sent", sent.description),
        (None, Confidence::Certain) => finding,
        (None, _) => finding.or(
            Cause::TransportClosedMidHandshake,
            "the server's own log says whether it ended the connection for the name: the alert was a warning",
        ),
    })
}

/// A server may say it as a warning (RFC 6066, section 3) and go on; where it then went no further, that is why.
fn warned(handshake: &Handshake) -> Option<(u32, &'static str, String)> {
    if handshake.role != Role::Client || handshake.answer.is_some() {
        return None;
    }
    let warning = handshake.alerts.iter().find(|alert| {
        alert.direction == Direction::Received && alert.description == AlertDescription::UNRECOGNIZED_NAME
    })?;
    Some((warning.event, "alert received", format!("{} {}", warning.level, warning.description)))
}

pub(super) fn missing(confidence: Confidence) -> Finding {
    Finding::new(
        Cause::SniMissing,
        confidence,
        Side::Client,
        match confidence {
            Confidence::Certain => "The client names no server (no server_name), and the server needs a name to choose by.",
            Confidence::Likely => "The client names no server (no server_name), and the server probably needs a name to choose by.",
            Confidence::Possible => "The client names no server (no server_name), and the server may need a name to choose by.",
        },
    )
    .explain(
        "A server of many names chooses certificate and settings by the name in the ClientHello. This client sent none: it connects \
         by address, or does not send names unless told to.",
    )
    .with(names::send_name)
}

pub(super) fn unrecognized(name: &str, confidence: Confidence) -> Finding {
    Finding::new(
        Cause::SniUnrecognized,
        confidence,
        Side::Server,
        match confidence {
            Confidence::Certain => format!("The client asks for \"{name}\", and the server does not serve that name."),
            Confidence::Likely => format!("The client asks for \"{name}\", and the server probably does not serve that name."),
            Confidence::Possible => format!("The client asks for \"{name}\", and it may be that the server does not serve that name."),
        },
    )
    .explain(
        "The server knows its names and refuses the handshake for any other instead of answering with a default certificate: the \
         name is misspelt or missing in its settings, or DNS sends the client to the wrong server.",
    )
    .not(Cause::SniMissing, "a name was sent")
    .with(|finding| names::serve_name(finding, name))
}

/// What the client's offer of a name makes likely where a server says no more than handshake_failure.
pub(super) fn suspect(offer: &Offer) -> Cause {
    if offer.server_name.is_none() { Cause::SniMissing } else { Cause::SniUnrecognized }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::Answer;

    fn offering(role: Role, name: Option<&str>) -> Handshake {
        let mut handshake = Handshake::blank(role);
        let offer = Offer { server_name: name.map(str::to_owned), ..Offer::default() };
        handshake.offer = Some(At { event: 1, value: offer });
        handshake
    }

    #[test]
    fn the_hello_tells_missing_from_unrecognized() {
        let cause =
            |handshake: &Handshake| server_name(handshake).map(|finding| (finding.cause, finding.confidence));
        let client = |name| {
            offering(Role::Client, name).with_alert(Direction::Received, AlertDescription::UNRECOGNIZED_NAME)
        };
        assert_eq!(cause(&client(None)), Some((Cause::SniMissing, Confidence::Likely)));
        assert_eq!(cause(&client(Some("a.example"))), Some((Cause::SniUnrecognized, Confidence::Certain)));
        let server = offering(Role::Server, None)
            .with_reason(reason::CALLBACK_FAILED)
            .with_alert(Direction::Sent, AlertDescription::HANDSHAKE_FAILURE);
        assert_eq!(cause(&server), None, "a callback refused, and not for the name by its own word");
        let named = offering(Role::Server, None)
            .with_reason(reason::CALLBACK_FAILED)
            .with_alert(Direction::Sent, AlertDescription::UNRECOGNIZED_NAME);
        assert_eq!(cause(&named), Some((Cause::SniMissing, Confidence::Likely)));
        assert_eq!(cause(&offering(Role::Server, None)), None);
    }

    #[test]
    fn alpn_is_named_by_both_sides() {
        let client = offering(Role::Client, None)
            .with_alert(Direction::Received, AlertDescription::NO_APPLICATION_PROTOCOL);
        let server = offering(Role::Server, None).with_reason(reason::NO_APPLICATION_PROTOCOL);
        for handshake in [client, server] {
            assert_eq!(alpn(&handshake).map(|finding| finding.cause), Some(Cause::AlpnNoOverlap));
        }
        assert_eq!(alpn(&offering(Role::Server, None)), None);
    }

    #[test]
    fn a_protocol_that_was_not_offered_is_no_overlap() {
        let mut client = Handshake::blank(Role::Client);
        let alpn = Some(vec!["http/1.0".to_owned()]);
        client.offer = Some(At { event: 1, value: Offer { alpn, ..Offer::default() } });
        let mut answer = Answer::plain();
        answer.alpn = Some("http/1.1".to_owned());
        client.answer = Some(At { event: 2, value: answer });
        let finding = super::alpn(&client).expect("a finding");
        assert_eq!((finding.cause, finding.confidence), (Cause::AlpnNoOverlap, Confidence::Certain));
        client.answer.as_mut().expect("an answer").value.alpn = Some("http/1.0".to_owned());
        assert_eq!(super::alpn(&client), None);
    }
}
