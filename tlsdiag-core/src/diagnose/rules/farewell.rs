//! The client says goodbye the moment the handshake is done: it has looked at the certificate itself, and the name is wrong.
//!
//! Needs: the client's verify mode and result, the server's certificate, the name asked for or the address, and that nothing
//! was said but close_notify.

use super::verify::asked_name;
use crate::diagnose::knowledge::names::right_name;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Severity};
use crate::event::{Direction, Role};
use crate::handshake::Handshake;
use crate::wire::AlertDescription;
use crate::wire::x509::GeneralName;

pub(in crate::diagnose) const OTHER_NAME: Rule = Rule {
    name: "farewell::other_name",
    find: other_name,
    causes: || vec![Cause::ServerCertHostnameMismatch],
};

fn other_name(handshake: &Handshake) -> Option<Finding> {
    let done = handshake.done.as_ref().filter(|done| done.verify_result == 0 && !done.resumed)?;
    if handshake.role != Role::Client
        || !handshake.outcome.kind.is_established()
        || !handshake.verifies_peer()
    {
        return None;
    }
    let chain = handshake.server_chain.as_ref()?;
    let leaf = chain.leaf()?;
    // A client that sends no name asks for an address.
    let address = handshake.peer.map(|peer| peer.ip().to_string());
    let asked = asked_name(handshake).or(address.as_deref());
    let fits = match asked {
        Some(asked) => leaf.matches_host(asked),
        None => leaf.sans.iter().any(|name| matches!(name, GeneralName::Ip(_))),
    };
    if fits {
        return None;
    }
    let asked = asked.map_or_else(|| "an address".to_owned(), |asked| format!("\"{asked}\""));
    let left = handshake.alerts.iter().find(|alert| {
        alert.direction == Direction::Sent && alert.description == AlertDescription::CLOSE_NOTIFY
    })?;
    // In TLS 1.3 a ticket is the server's first word to a client that it has accepted.
    let ticket = handshake.ticket.filter(|_| handshake.is_tls13());
    let words = handshake.application_data.iter().flatten();
    let spoke = words.chain(ticket.iter()).any(|event| *event < left.event);
    if spoke || left.event < done.event {
        return None;
    }
    let mut finding = Finding::new(
        Cause::ServerCertHostnameMismatch,
        Confidence::Likely,
        Role::Server,
        format!("The client asked for {asked}, and left as soon as it had the certificate, which names {}.", leaf.names_shown()),
    )
    .explain(
        "The library was content with the chain and the handshake was completed; then the program closed the connection without a word. \
         curl and others compare the name themselves, after the handshake.",
    )
    .see(chain.event, "server's Certificate", leaf.names_shown())
    .see(left.event, "alert sent", left.description);
    finding.severity = Severity::Warning;
    Some(finding.with(right_name))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::LocalConfiguration;
    use crate::handshake::{AlertSeen, At, Chain, Done, OutcomeKind, Presented};
    use crate::wire::AlertLevel;
    use crate::wire::x509::{Certificate, GeneralName};

    fn left(name: &str) -> Handshake {
        let mut client = Handshake::blank(Role::Client);
        client.outcome.kind = OutcomeKind::Established;
        client.local = Arc::new(LocalConfiguration { verify_mode: 1, ..LocalConfiguration::default() });
        client.expected_name = Some("a.example".to_owned());
        let sans = vec![GeneralName::Dns(name.to_owned())];
        let certificate = Arc::new(Certificate { sans, ..Certificate::default() });
        let shown = Presented { der: Arc::from(&b""[..]), certificate };
        client.server_chain =
            Some(At { event: 3, value: Chain { certificates: vec![shown], size: 9, ..Chain::default() } });
        let done = Done { verify_result: 0, resumed: false, peer_certificate: None };
        client.done = Some(At { event: 5, value: done });
        let value = AlertSeen {
            direction: Direction::Sent,
            level: AlertLevel::WARNING,
            description: AlertDescription::CLOSE_NOTIFY,
            after_done: true,
            sealed: false,
        };
        client.alerts.push(At { event: 6, value });
        client
    }

    #[test]
    fn who_leaves_at_once_did_not_like_the_name() {
        assert!(other_name(&left("b.example")).is_some());
        assert_eq!(other_name(&left("a.example")), None);
        let mut spoke = left("b.example");
        spoke.application_data[0] = Some(5);
        assert_eq!(other_name(&spoke), None);
        // What comes after the goodbye changes nothing.
        spoke.application_data = [None, Some(7)];
        assert!(other_name(&spoke).is_some());
    }
}
