//! The server hung up on a client of TLS 1.3 that was done and had shown a certificate: its alert, if there was one, got lost
//! since the client was writing, or it sent none.
//!
//! Needs: that the server asked for a certificate and then neither sent a ticket nor answered; what [`exam`] finds in the
//! certificate that was shown.

use super::exam::{self, Suspect, suspect_cause};
use super::rejected::profile_above;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
use crate::event::Role;
use crate::handshake::{By, Handshake, OutcomeKind};

pub(in crate::diagnose) const CERTIFICATE_SHOWN: Rule = Rule {
    name: "closed_after_certificate::certificate_shown",
    find: certificate_shown,
    causes: || {
        let faults = crate::diagnose::CertificateFault::ALL.iter();
        faults.map(|fault| Cause::ClientCert(*fault)).collect()
    },
};

/// Whether the client was done and the connection broke before the server had shown that it was content.
pub(super) fn is_hangup(handshake: &Handshake) -> bool {
    handshake.role == Role::Client
        && handshake.outcome.kind == OutcomeKind::RefusedAfterEstablished
        && handshake.outcome.by == Some(By::Transport)
}

fn certificate_shown(handshake: &Handshake) -> Option<Finding> {
    let chain = handshake.client_chain.as_ref().filter(|chain| !chain.certificates.is_empty())?;
    let broken = handshake.transport.as_ref().filter(|_| is_hangup(handshake))?;
    let suspicions = exam::examine(handshake, Role::Client, chain);
    let (first, others) = suspicions.split_first()?;
    // Not every verifier looks at the purpose.
    let of_purpose = first.fault == Suspect::Fault(CertificateFault::WrongPurpose);
    let (confidence, since) = match of_purpose {
        true => (Confidence::Possible, "it may be because"),
        false => (Confidence::Likely, "probably since"),
    };
    let finding = Finding::new(
        suspect_cause(Role::Client, first.fault),
        confidence,
        Role::Client,
        format!("The server hung up after it had seen the client's certificate: {since} {}.", first.why),
    )
    .explain(
        "In TLS 1.3 a client is done before the server has looked at its certificate. A server that refuses it sends an alert and closes; \
         a client that writes at that moment is told of the broken connection, and the alert is lost. This is what a verifier finds in \
         the certificate.",
    )
    .see(broken.event, "transport", format!("broken off, errno {}", broken.errno))
    .see(chain.event, "own Certificate", super::certificate::shown(chain));
    let finding = others.iter().fold(first.advise(finding, Role::Client), |finding, other| {
        finding.or(suspect_cause(Role::Client, other.fault), format!("{}, too", other.why))
    });
    let weak = Cause::ClientCert(CertificateFault::WeakKey);
    let told = !of_purpose || finding.alternatives.iter().any(|one| one.cause == weak);
    let finding = if told { finding } else { finding.or(weak, profile_above(Role::Client)) };
    Some(finding.or(Cause::ClientCertRejected, "the server's own record or log has the reason").or(
        Cause::TransportClosedMidHandshake,
        "the server's own record or log says whether it refused anything at all",
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{Direction, TransportEnd};
    use crate::handshake::{At, Broken, Chain, Presented};
    use crate::wire::x509::Certificate;

    fn hung_up_on(certificate: Certificate) -> Handshake {
        let mut client = Handshake::blank(Role::Client);
        client.outcome.kind = OutcomeKind::RefusedAfterEstablished;
        client.outcome.by = Some(By::Transport);
        let shown = Presented { der: Arc::from(&b""[..]), certificate: Arc::new(certificate) };
        client.client_chain =
            Some(At { event: 3, value: Chain { certificates: vec![shown], size: 9, ..Chain::default() } });
        let broken = Broken { direction: Direction::Sent, end: TransportEnd::Reset, errno: 32 };
        client.transport = Some(At { event: 9, value: broken });
        client
    }

    #[test]
    fn only_a_fault_in_plain_sight_is_named() {
        let expired = Certificate { not_after: Some(-1), ..Certificate::default() };
        let finding = certificate_shown(&hung_up_on(expired)).expect("a finding");
        assert_eq!(finding.cause, Cause::ClientCert(CertificateFault::Expired));
        assert_eq!(
            finding.alternatives.last().map(|other| other.cause),
            Some(Cause::TransportClosedMidHandshake)
        );
        assert_eq!(finding.confidence, Confidence::Likely);
        assert_eq!(certificate_shown(&hung_up_on(Certificate::default())), None);
        let extended_key_usage = Some(vec!["serverAuth".to_owned()]);
        let other = Certificate { extended_key_usage, ..Certificate::default() };
        let finding = certificate_shown(&hung_up_on(other)).expect("a finding");
        assert_eq!(
            (finding.cause, finding.confidence),
            (Cause::ClientCert(CertificateFault::WrongPurpose), Confidence::Possible)
        );
        let weak = Cause::ClientCert(CertificateFault::WeakKey);
        assert!(finding.alternatives.iter().any(|one| one.cause == weak));
    }
}
