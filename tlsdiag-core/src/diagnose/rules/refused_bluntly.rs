//! A verifier refuses what it was shown by an alert that is not about certificates: handshake_failure or insufficient_security, where this
//! side's certificate was the last thing that it could judge.
//!
//! Needs: that alert, received after this side's Certificate; at a server, no message of the client's second flight.

use super::certificate::{cause, possessive, rejected_cause, shown};
use super::exam::{self, suspect_cause};
use super::weak_key_exchange::refusal;
use crate::diagnose::knowledge::client_auth::see_log;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Chain, Handshake};
use crate::wire::AlertDescription as Alert;

pub(in crate::diagnose) const CERTIFICATE: Rule = Rule {
    name: "refused_bluntly::certificate",
    find: certificate,
    causes: || vec![Cause::ServerCertRejected, Cause::ClientCertRejected],
};

/// The certificate that such an alert may be about, and the alert.
fn judged(handshake: &Handshake) -> Option<(&At<Chain>, &At<AlertSeen>)> {
    if handshake.outcome.kind.is_established() || handshake.answer.is_none() {
        return None;
    }
    let alert = handshake.fatal_alert(Direction::Received)?;
    let chain =
        handshake.own_chain().filter(|chain| !chain.certificates.is_empty() && chain.event < alert.event)?;
    let blunt = matches!(alert.description, Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY);
    // A client that has gone on has verified the server's certificate before.
    let first = handshake.role == Role::Client || refusal(handshake).is_some();
    (blunt && first).then_some((chain, alert))
}

fn certificate(handshake: &Handshake) -> Option<Finding> {
    let (chain, alert) = judged(handshake)?;
    let owner = handshake.role;
    let (own, peer, whose) = (owner.as_str(), owner.peer().as_str(), possessive(owner));
    let why = match alert.description {
        Alert::HANDSHAKE_FAILURE if owner == Role::Server => {
            "OpenSSL has this alert for a certificate that the application's own check refuses (\"application verification failure\")"
        }
        Alert::HANDSHAKE_FAILURE => {
            "OpenSSL has this alert for a certificate that the application's own check refuses (\"application verification failure\"): that of \
             Apache does so where no OCSP responder answers (SSLOCSPEnable)"
        }
        _ => {
            "It means that something is weaker than the other side's policy wants, and a certificate is held against that, too"
        }
    };
    let finding = Finding::new(
        rejected_cause(owner),
        Confidence::Possible,
        owner,
        format!(
            "The {peer} broke off with {} after this {own}'s certificate had been sent: it may be that it refused the {whose} certificate.",
            alert.description
        ),
    )
    .explain(format!("The alert says no more than that the {peer} does not go on. {why}. The {peer}'s own record or log has the reason."))
    .see(alert.event, format!("alert from the {peer}"), alert.description)
    .see(chain.event, "own Certificate", shown(chain));
    let weak = (alert.description == Alert::INSUFFICIENT_SECURITY).then(|| {
        let tell = format!("the {peer}'s policy may ask for a longer key, in the certificate or above it");
        (cause(owner, CertificateFault::WeakKey), tell)
    });
    let seen = exam::examine(handshake, owner, chain).into_iter();
    let seen = seen.map(|one| (suspect_cause(owner, one.fault), one.why));
    let others = [
        (
            Cause::SigalgPeerUsedUnoffered,
            "the schemes that the peer really offered, in its own record: a hello altered in transit shows here too".to_owned(),
        ),
        (
            Cause::ProtocolViolation,
            format!("the {peer}'s own record: whether it found a message of this {own}'s against the protocol"),
        ),
        (
            Cause::RecordCorrupt,
            "compare both sides' records of the messages: if they differ, they were altered in transit".to_owned(),
        ),
    ];
    let finding = weak.into_iter().chain(seen).chain(others).fold(finding, |finding, (cause, tell)| {
        let told = finding.alternatives.iter().any(|other| other.cause == cause);
        if told { finding } else { finding.or(cause, tell) }
    });
    Some(finding.with(|finding| see_log(finding, peer)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnose::diagnose;
    use crate::handshake::{Answer, Presented, Step, StepKind};
    use crate::wire::HandshakeType;

    fn shown_by(role: Role, alert: Alert) -> Handshake {
        let mut handshake = Handshake::blank(role).with_alert(Direction::Received, alert);
        handshake.answer = Some(At {
            event: 2,
            value: Answer { secure_renegotiation: true, extended_master_secret: true, ..Answer::plain() },
        });
        let presented = Presented { der: Arc::from(&b"leaf"[..]), certificate: Arc::default() };
        let chain = Some(At { event: 5, value: Chain { certificates: vec![presented], ..Chain::default() } });
        match role {
            Role::Server => handshake.server_chain = chain,
            Role::Client => handshake.client_chain = chain,
        }
        handshake
    }

    fn first(handshake: &Handshake) -> Finding {
        diagnose(handshake).findings.remove(0)
    }

    #[test]
    fn a_certificate_that_was_shown_may_be_what_is_refused() {
        for alert in [Alert::HANDSHAKE_FAILURE, Alert::INSUFFICIENT_SECURITY] {
            for role in [Role::Server, Role::Client] {
                let finding = first(&shown_by(role, alert));
                let expected = (rejected_cause(role), Confidence::Possible);
                assert_eq!((finding.cause, finding.confidence), expected, "{alert} {finding:?}");
                assert!(finding.alternatives.iter().any(|one| one.cause == Cause::ProtocolViolation));
                assert!(!finding.explanation.contains("standard"), "{}", finding.explanation);
            }
        }
    }

    #[test]
    fn a_client_without_a_certificate_was_refused_for_something_else() {
        let mut none = shown_by(Role::Client, Alert::HANDSHAKE_FAILURE);
        none.client_chain.as_mut().expect("a chain").value.certificates.clear();
        assert_eq!(certificate(&none), None, "an empty one");
        none.client_chain = None;
        assert_eq!(certificate(&none), None);
    }

    #[test]
    fn a_client_that_went_on_had_no_quarrel_with_the_servers() {
        let mut server = shown_by(Role::Server, Alert::HANDSHAKE_FAILURE);
        let (kind, direction) = (HandshakeType::CERTIFICATE, Direction::Received);
        let kind = StepKind::Message { kind, direction, retry: false, size: 8 };
        server.timeline.push(Step { event: 6, elapsed: std::time::Duration::ZERO, kind });
        assert_eq!(certificate(&server), None);
    }
}
