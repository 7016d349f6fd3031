//! The application let a fault of the peer's certificate pass, and ended the connection itself before the handshake was done: Squid, as it
//! bumps connections (ssl_bump stare), holds its messages back, looks at the result and hangs up.
//!
//! Needs: a call of the verify callback that found a fault and was let pass; the application's own end without an alert; no error of the
//! library's and no end by the peer.

use std::time::Duration;

use super::certificate::{possessive, rejected_cause};
use super::verify::let_pass;
use crate::diagnose::wording::within;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
use crate::event::{LibraryError, Role};
use crate::handshake::{Handshake, OutcomeKind};

pub(in crate::diagnose) const LEFT: Rule = Rule { name: "passed_then_left::left", find: left, causes };

fn causes() -> Vec<Cause> {
    let faults =
        |owner| CertificateFault::ALL.iter().map(move |fault| super::certificate::cause(owner, *fault));
    let names = [Cause::ServerCertHostnameMismatch, Cause::ServerCertRejected, Cause::ClientCertRejected];
    faults(Role::Server).chain(faults(Role::Client)).chain(names).collect()
}

/// Who ends later than this may have waited for the peer.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Whether the application's end may be its refusal of the peer's certificate.
pub(super) fn may_have_refused(handshake: &Handshake) -> bool {
    let passed = handshake.verifications.iter().any(|seen| !seen.ok && seen.accepted);
    let refused = handshake.verifications.iter().any(|seen| !seen.accepted);
    let ended_here = handshake.outcome.kind == OutcomeKind::Abandoned
        && (handshake.was_shut_down_here()
            || (handshake.transport.is_none() && handshake.freed && handshake.duration < AT_ONCE));
    let said = handshake.alerts.iter().any(|alert| alert.is_fatal())
        || super::goodbye::said(handshake).is_some()
        || handshake.errors.iter().any(|error| error.library == LibraryError::LIB_SSL);
    passed && !refused && ended_here && !said
}

fn left(handshake: &Handshake) -> Option<Finding> {
    if !may_have_refused(handshake) {
        return None;
    }
    let mut finding = let_pass(handshake)?;
    let (own, peer) = (handshake.role.as_str(), handshake.role.peer());
    let what = within(&finding.summary).replace("probably ", "");
    finding.summary = format!(
        "This {own}'s program ended the connection before the handshake was done. It may have refused the {} certificate, since {what}",
        possessive(peer)
    );
    finding.confidence = Confidence::Possible;
    finding.explanation.push_str(&format!(
        " The library was told to let that pass, and went on; then the program ended the connection without an alert, and no answer of the \
         {}'s had come. Squid does so where it bumps connections. A program that gave up for another reason looks the same: its own log tells.",
        peer.as_str()
    ));
    let empty = handshake.client_chain.as_ref().is_some_and(|chain| chain.certificates.is_empty());
    let finding = match handshake.role == Role::Client && empty {
        true => finding.or(
            Cause::ClientCertMissing,
            "the server asked for a certificate and this client sent none: the server's own record tells whether it required one",
        ),
        false => finding,
    };
    let finding = finding.or(
        Cause::TransportClosedMidHandshake,
        "the program's own log: whether it gave up for another reason, or was hung up on",
    );
    let finding = match finding.cause == rejected_cause(peer) {
        true => finding,
        false => finding.or(
            rejected_cause(peer),
            "a check of the program's own may have refused it for something else: its log has the reason",
        ),
    };
    Some(finding.see(None, "the connection's end", "by this side's program, without an alert"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnose::diagnose;
    use crate::event::{Direction, TransportEnd};
    use crate::handshake::{At, Broken, By, Chain, Presented, Request, Verification};
    use crate::wire::AlertDescription;

    /// A client whose callback let an issuer that is not found pass, and whose program then freed the connection.
    fn bumping() -> Handshake {
        let mut client = Handshake::blank(Role::Client);
        (client.outcome.kind, client.outcome.by, client.freed) =
            (OutcomeKind::Abandoned, Some(By::Local), true);
        client.heard_tls = true;
        let answer = crate::handshake::Answer::plain();
        client.answer = Some(At { event: 2, value: answer });
        let shown = Presented { der: Arc::from(&b""[..]), certificate: Arc::default() };
        let chain = Chain { certificates: vec![shown.clone()], ..Chain::default() };
        client.server_chain = Some(At { event: 3, value: chain });
        let value = Verification { depth: 0, ok: false, accepted: true, error: 20, certificate: Some(shown) };
        client.verifications.push(At { event: 4, value });
        client
    }

    fn first(handshake: &Handshake) -> (Cause, Confidence) {
        let finding = diagnose(handshake).findings.remove(0);
        (finding.cause, finding.confidence)
    }

    #[test]
    fn a_fault_that_was_let_pass_and_then_the_own_end_is_a_refusal() {
        let finding = left(&bumping()).expect("a finding");
        assert!(
            finding.summary.contains("It may have refused the server's certificate"),
            "{}",
            finding.summary
        );
        assert!(matches!(finding.cause, Cause::ServerCert(_)), "{:?}", finding.cause);
        let mut shut = bumping();
        let value = Broken { direction: Direction::Received, end: TransportEnd::ShutDownHere, errno: 0 };
        shut.transport = Some(At { event: 9, value });
        assert!(left(&shut).is_some());
    }

    /// It had sent an empty Certificate, and nobody refused that.
    #[test]
    fn a_missing_certificate_that_nobody_refused_is_no_proof() {
        let mut asked = bumping();
        asked.request = Some(At { event: 5, value: Request::default() });
        asked.client_chain = Some(At { event: 6, value: Chain::default() });
        assert_eq!(first(&asked).1, Confidence::Possible);
        assert!(matches!(first(&asked).0, Cause::ServerCert(_)), "{:?}", first(&asked));
        let finding = diagnose(&asked).findings.remove(0);
        assert!(finding.alternatives.iter().any(|one| one.cause == Cause::ClientCertMissing), "{finding:?}");
        asked.verifications.clear();
        assert_eq!(first(&asked), (Cause::ClientCertMissing, Confidence::Possible));
        let refused = asked.with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE);
        assert_eq!(first(&refused), (Cause::ClientCertMissing, Confidence::Certain));
    }

    #[test]
    fn another_end_has_another_cause() {
        let mut closed = bumping();
        let value = Broken { direction: Direction::Received, end: TransportEnd::Eof, errno: 0 };
        (closed.transport, closed.outcome.by) = (Some(At { event: 9, value }), Some(By::Transport));
        assert_eq!(left(&closed), None, "the server closed it");
        let told = bumping().with_alert(Direction::Received, AlertDescription::INTERNAL_ERROR);
        assert_eq!(left(&told), None, "the server said why");
        let mut slow = bumping();
        slow.duration = Duration::from_secs(5);
        assert_eq!(left(&slow), None, "it waited for an answer");
        let mut content = bumping();
        content.verifications.clear();
        assert_eq!(left(&content), None);
    }
}
