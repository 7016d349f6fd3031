//! The client leaves the moment the handshake is done: it has looked at the certificate itself, and the name is wrong.
//!
//! Needs: the client's verify mode and result, or the CAs that it trusts; the server's certificate, the name asked for or the
//! address, and that nothing was said but close_notify, or not even that.

use super::certificate::{asked_name, means_to_verify};
use super::exam::{self, suspect_cause};
use crate::diagnose::knowledge::certificates::advise;
use crate::diagnose::knowledge::names::right_name;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Severity};
use crate::event::Role;
use crate::handshake::Handshake;
use crate::wire::x509::GeneralName;

pub(in crate::diagnose) const OTHER_NAME: Rule = Rule {
    name: "name_rejected_after_done::other_name",
    find: other_name,
    causes: || vec![Cause::ServerCertHostnameMismatch],
};

/// At the server: the client has left, and the server's own certificate has what a client refuses.
pub(in crate::diagnose) const OWN_CERTIFICATE: Rule = Rule {
    name: "name_rejected_after_done::own_certificate",
    find: own_certificate,
    causes: || {
        let faults = TELLING.iter().map(|fault| Cause::ServerCert(*fault));
        faults.chain([Cause::ServerCertHostnameMismatch]).collect()
    },
};

/// What every client that verifies refuses; a weak key, say, one client minds and another does not.
const TELLING: &[CertificateFault] = &[
    CertificateFault::Expired,
    CertificateFault::NotYetValid,
    CertificateFault::IssuerExpired,
    CertificateFault::WrongPurpose,
    CertificateFault::BadKeyUsage,
    CertificateFault::NameConstraints,
    CertificateFault::PathLength,
    CertificateFault::IssuerNotCa,
    CertificateFault::BadSignature,
];

fn own_certificate(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Server || handshake.done.as_ref()?.resumed {
        return None;
    }
    let left = handshake.left_at_once()?;
    let chain = handshake.server_chain.as_ref()?;
    let suspicions = exam::examine(handshake, Role::Server, chain);
    let telling = |one: &&exam::Suspicion| match one.fault {
        exam::Suspect::Hostname => true,
        exam::Suspect::Fault(fault) => TELLING.contains(&fault),
    };
    let mut telling = suspicions.iter().filter(telling);
    let first = telling.next()?;
    let finding = Finding::new(
        suspect_cause(Role::Server, first.fault),
        Confidence::Likely,
        Role::Server,
        format!("The client left without a word as soon as it had this server's certificate: probably since {}.", first.why),
    )
    .explain(
        "The handshake was completed; then the client closed the connection and asked for nothing. curl and others look at the \
         certificate themselves, after the handshake, and send no alert. This is what a verifier finds in the certificate.",
    )
    .see(chain.event, "own Certificate", super::certificate::shown(chain))
    .see(left, "the client's end", "close_notify or the end of the connection, and no request before it");
    let finding = telling.fold(finding, |finding, other| {
        finding.or(suspect_cause(Role::Server, other.fault), format!("{}, too", other.why))
    });
    let mut finding = finding.or(
        Cause::ServerCertRejected,
        "the client's own log says whether it refused anything: a health check leaves so, too",
    );
    finding.severity = Severity::Warning;
    Some(match first.fault {
        exam::Suspect::Hostname => finding.with(right_name),
        exam::Suspect::Fault(fault) => advise(finding, Role::Server, fault),
    })
}

fn other_name(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Client {
        return None;
    }
    handshake.done.as_ref().filter(|done| done.verify_result == 0 && !done.resumed)?;
    let left = handshake.left_at_once()?;
    let chain = handshake.server_chain.as_ref()?;
    let leaf = chain.leaf()?;
    let goodbye = handshake.alerts.iter().find(|alert| alert.event == left);
    let asked = asked_name(handshake);
    let fits = match (asked, handshake.peer) {
        (Some(asked), _) => leaf.matches_host(asked),
        // Who frees a connection without a goodbye, or does not let the library verify, checks whether a server is up, as often as not.
        (None, _) if goodbye.is_none() || !handshake.verifies_peer() => return None,
        // A client that sends no name asks for an address.
        (None, Some(peer)) => leaf.matches_host(&peer.ip().to_string()),
        (None, None) => leaf.sans.iter().any(|name| matches!(name, GeneralName::Ip(_))),
    };
    if fits || !means_to_verify(handshake) {
        return None;
    }
    let address = handshake.peer.map(|peer| peer.ip().to_string());
    let asked = asked.or(address.as_deref());
    let asked = asked.map_or_else(|| "an address".to_owned(), |asked| format!("\"{asked}\""));
    let finding = Finding::new(
        Cause::ServerCertHostnameMismatch,
        Confidence::Likely,
        Role::Server,
        format!(
            "The client asked for {asked}, and left as soon as it had the certificate: probably since that names {}.",
            leaf.names_shown()
        ),
    )
    .explain(
        "The library was content with the chain and the handshake was completed; then the program closed the connection without a word. \
         curl and others compare the name themselves, after the handshake.",
    )
    .see(chain.event, "server's Certificate", leaf.names_shown());
    let mut finding = match goodbye {
        Some(goodbye) => finding.see(left, "alert sent", goodbye.description),
        None => finding.see(left, "connection", "freed by the application, without a word"),
    };
    finding.severity = Severity::Warning;
    Some(finding.with(right_name))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{Direction, LocalConfiguration, TrustAnchors};
    use crate::handshake::{AlertSeen, At, Chain, Done, OutcomeKind, Presented, Step, StepKind};
    use crate::wire::x509::{Certificate, GeneralName};
    use crate::wire::{AlertDescription, AlertLevel};

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

    /// Freed without a word by an application that does not let the library refuse.
    fn freed(name: &str, anchors: u32) -> Handshake {
        let mut client = left(name);
        client.alerts.clear();
        let trust_anchors = TrustAnchors { count: anchors, ..TrustAnchors::default() };
        client.local = Arc::new(LocalConfiguration { trust_anchors, ..LocalConfiguration::default() });
        client.timeline.push(Step { event: 6, elapsed: std::time::Duration::ZERO, kind: StepKind::Freed });
        client
    }

    #[test]
    fn freed_without_a_word_is_a_refusal_only_where_the_client_means_to_verify() {
        assert!(other_name(&freed("b.example", 1)).is_some());
        assert_eq!(other_name(&freed("a.example", 1)), None);
        assert_eq!(other_name(&freed("b.example", 0)), None, "a health check");
        let mut nameless = freed("b.example", 1);
        nameless.expected_name = None;
        assert_eq!(other_name(&nameless), None, "nobody knows which name it wanted");
        let mut open = freed("b.example", 1);
        open.timeline.clear();
        assert_eq!(other_name(&open), None, "it may still say something");
    }

    /// A server whose client has left.
    fn deserted(certificate: Certificate) -> Handshake {
        let mut server = left("a.example");
        server.role = Role::Server;
        server.expected_name = None;
        server.alerts[0].value.direction = Direction::Received;
        let shown = Presented { der: Arc::from(&b""[..]), certificate: Arc::new(certificate) };
        server.server_chain.as_mut().expect("a chain").value.certificates = vec![shown];
        server
    }

    #[test]
    fn a_deserted_server_names_what_a_client_refuses_and_nothing_else() {
        let expired = Certificate { not_after: Some(-1), ..Certificate::default() };
        let finding = own_certificate(&deserted(expired.clone())).expect("a finding");
        assert_eq!(finding.cause, Cause::ServerCert(CertificateFault::Expired));
        assert_eq!((finding.confidence, finding.severity), (Confidence::Likely, Severity::Warning));
        assert_eq!(own_certificate(&deserted(Certificate::default())), None, "a health check");
        let mut asked = deserted(expired);
        asked.application_data[1] = Some(5);
        assert_eq!(own_certificate(&asked), None, "it was content");
    }
}
