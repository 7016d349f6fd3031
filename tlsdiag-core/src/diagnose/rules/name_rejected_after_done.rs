//! The client leaves the moment the handshake is done: it has looked at the certificate itself, and the name is wrong.
//!
//! Needs: the name that the application compared itself; or the client's verify mode and result, or the CAs that it trusts, the server's
//! certificate, the name asked for, and that nothing was said but close_notify, or not even that.

use super::certificate::means_to_verify;
use super::exam::{self, suspect_cause};
use crate::diagnose::knowledge::names::{proxy_name, right_name};
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Severity};
use crate::event::Role;
use crate::handshake::{At, Chain, Handshake};
use crate::wire::x509::{Certificate, HostMatch};

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
        _ => false,
    };
    let mut telling = suspicions.iter().filter(telling);
    let first = telling.next()?;
    // Scanners, health checks and monitors of expiry leave so, too, and check nothing.
    let finding = Finding::new(
        suspect_cause(Role::Server, first.fault),
        Confidence::Possible,
        Role::Server,
        format!("The client left as soon as it had this server's certificate. It may have refused it, since {}.", first.why),
    )
    .explain(
        "The handshake was completed; then the client closed the connection, and no request had come. curl and others look at the \
         certificate themselves, after the handshake, and send no alert. One that offers no protocol in ALPN that it wants, or is offered none, \
         leaves as well. A scan or a health check leaves so, too. This is what a \
         verifier finds in the certificate.",
    )
    .see(chain.event, "own Certificate", super::certificate::shown(chain))
    .see(left, "the client's end", "close_notify or the end of the connection, and no request before it");
    let finding = telling.fold(finding, |finding, other| {
        finding.or(suspect_cause(Role::Server, other.fault), format!("{}, too", other.why))
    });
    let mut finding =
        finding.or(Cause::ServerCertRejected, "the client's own log says whether it refused anything").or(
            Cause::AlpnNoOverlap,
            "a client that misses an application protocol in this server's answer leaves so, too",
        );
    finding.severity = Severity::Warning;
    Some(first.advise(finding, Role::Server))
}

fn other_name(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Client {
        return None;
    }
    handshake.done.as_ref().filter(|done| done.verify_result == 0 && !done.resumed)?;
    let chain = handshake.server_chain.as_ref()?;
    let leaf = chain.leaf()?;
    refused_by_name(handshake, chain, leaf).or_else(|| left_for_its_name(handshake, chain, leaf))
}

/// The application held the certificate against a name itself, and it does not have it.
fn refused_by_name(handshake: &Handshake, chain: &At<Chain>, leaf: &Certificate) -> Option<Finding> {
    let last = handshake.names_checked.last().filter(|checked| !checked.1)?;
    let asked = &last.0;
    let left = handshake.left_at_once();
    let confidence = if left.is_some() { Confidence::Certain } else { Confidence::Likely };
    // An address that the certificate has, and that was looked for among the names.
    let address = leaf.matches_host(asked);
    let names = leaf.names_shown();
    let mut finding = Finding::new(
        Cause::ServerCertHostnameMismatch,
        confidence,
        Role::Server,
        match address {
            true => format!(
                "The client looked for the address \"{asked}\" among the DNS names of the server's certificate, where no address is: it \
                 names {names}."
            ),
            false => {
                format!("The client held the server's certificate against \"{asked}\" itself, and it names {names}.")
            }
        },
    )
    .explain(
        "The library was content with the chain and the handshake was completed; then the program compared the name (X509_check_host), which \
         the certificate does not have as a DNS name. nginx as a proxy answers 502 so; the name is that of proxy_pass, or proxy_ssl_name.",
    )
    .see(last.event, "name that the application compared", asked)
    .see(chain.event, "server's Certificate", leaf.names_shown());
    if let Some(left) = left {
        finding = finding.see(left, "connection", "left at once");
    }
    finding.severity = Severity::Warning;
    Some(finding.with(right_name).with(proxy_name))
}

/// The client's server_name is none of the certificate's, and the client left at once: curl and others compare names themselves. To
/// leave early is no evidence by itself, so an address, which nobody has asked for by name, is not guessed at.
fn left_for_its_name(handshake: &Handshake, chain: &At<Chain>, leaf: &Certificate) -> Option<Finding> {
    let left = handshake.left_without_asking()?;
    // The library was told a name, and was content with it.
    if handshake.expected_name.is_some() || !means_to_verify(handshake) {
        return None;
    }
    // Who compares names itself takes no wildcard for a part of a label.
    let lacks = |asked: &&str| matches!(leaf.host_match(asked), HostMatch::None | HostMatch::PartialWildcard);
    let asked = handshake.offer.as_ref()?.server_name.as_deref().filter(lacks)?;
    let goodbye = handshake.alerts.iter().find(|alert| alert.event == left);
    // One that stayed for a ticket did not leave at once.
    let when = match handshake.left_at_once() {
        Some(_) => "as soon as it had",
        None => "without a request, having",
    };
    let finding = Finding::new(
        Cause::ServerCertHostnameMismatch,
        Confidence::Possible,
        Role::Server,
        format!(
            "The client asked for \"{asked}\", and left {when} the certificate, which names {}: it may have refused it for that.",
            leaf.names_shown()
        ),
    )
    .explain(
        "The library was content with the chain and the handshake was completed; then the program closed the connection without a word. \
         curl and others compare the name themselves, after the handshake. A program that only looks whether the server is up leaves so, too.",
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
    use crate::event::{Direction, LocalConfiguration, TransportEnd, TrustAnchors};
    use crate::handshake::{AlertSeen, Broken, Done, Offer, OutcomeKind, Presented, Step, StepKind};
    use crate::wire::x509::GeneralName;
    use crate::wire::{AlertDescription, AlertLevel};

    fn left(name: &str) -> Handshake {
        let mut client = Handshake::blank(Role::Client);
        client.outcome.kind = OutcomeKind::Established;
        client.local = Arc::new(LocalConfiguration { verify_mode: 1, ..LocalConfiguration::default() });
        let server_name = Some("a.example".to_owned());
        client.offer = Some(At { event: 1, value: Offer { server_name, ..Offer::default() } });
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

    #[test]
    fn a_name_that_the_library_has_checked_is_no_mismatch() {
        let mut checked = left("*.example");
        checked.expected_name = Some("a.example".to_owned());
        assert_eq!(other_name(&checked), None);
        let mut by_address = left("b.example");
        by_address.offer = None;
        assert_eq!(other_name(&by_address), None, "who leaves early may have asked for nothing");
    }

    #[test]
    fn the_name_that_the_application_compared_last_counts() {
        let mut client = freed("a.example", 1);
        let checked = |name: &str, matches| At { event: 6, value: (name.to_owned(), matches) };
        client.names_checked.push(checked("pool", false));
        let finding = other_name(&client).expect("a finding");
        assert_eq!(
            (finding.cause, finding.confidence),
            (Cause::ServerCertHostnameMismatch, Confidence::Certain)
        );
        assert!(finding.summary.contains("pool"));
        client.names_checked.push(checked("a.example", true));
        assert_eq!(other_name(&client), None, "another name did fit");
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
        nameless.offer = None;
        assert_eq!(other_name(&nameless), None, "nobody knows which name it wanted");
        let mut open = freed("b.example", 1);
        open.timeline.clear();
        assert_eq!(other_name(&open), None, "it may still say something");
    }

    /// A server whose client has left.
    fn deserted(certificate: Certificate) -> Handshake {
        let mut server = left("a.example");
        server.role = Role::Server;
        server.offer = None;
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
        assert_eq!((finding.confidence, finding.severity), (Confidence::Possible, Severity::Warning));
        assert_eq!(own_certificate(&deserted(Certificate::default())), None, "a health check");
        let mut asked = deserted(expired.clone());
        asked.application_data[1] = Some(5);
        assert_eq!(own_certificate(&asked), None, "it was content");
        let mut own = deserted(expired.clone());
        own.alerts[0].value.direction = Direction::Sent;
        assert_eq!(
            own_certificate(&own),
            None,
            "this server said goodbye, as one does that misses a protocol in ALPN"
        );
        let end = |end| {
            let mut server = deserted(expired.clone());
            server.alerts.clear();
            let value = Broken { direction: Direction::Received, end, errno: 0 };
            server.transport = Some(At { event: 7, value });
            own_certificate(&server).is_some()
        };
        assert!(end(TransportEnd::Eof) && !end(TransportEnd::ShutDownHere));
    }
}
