//! Successes with a sting: client authentication that was asked for and does not hold.
//!
//! Needs: the verify callback's calls that found a fault and were let pass; the names of the certificates trusted here.

use super::certificate::is_pinned;
use crate::diagnose::knowledge::warnings;
use crate::diagnose::library;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Severity, Side};
use crate::event::{LocalConfiguration, PeerCertificate, Role};
use crate::handshake::Handshake;
use crate::wire::x509::Name;

pub(in crate::diagnose) const CLIENT_UNVERIFIED: Rule = Rule {
    name: "warnings::client_unverified",
    find: client_unverified,
    causes: || vec![Cause::WarnClientUnverified],
};

pub(in crate::diagnose) const ANY_PUBLIC_CA: Rule = Rule {
    name: "warnings::any_public_ca",
    find: any_public_ca,
    causes: || vec![Cause::WarnAnyPublicCaAccepted],
};

fn client_unverified(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Server
        || !handshake.outcome.kind.is_established()
        || !handshake.verifies_peer()
    {
        return None;
    }
    // The application looks at the certificate itself, and has told so.
    if handshake.local.peer_certificate != PeerCertificate::Unknown {
        return None;
    }
    // A callback that also takes the error back accepts this certificate on purpose, as one that pins keys does.
    if handshake.done.as_ref().is_none_or(|done| done.verify_result == 0) || is_pinned(handshake) {
        return None;
    }
    let chain = handshake.client_chain.as_ref().filter(|chain| !chain.certificates.is_empty())?;
    let fault = handshake.verifications.iter().find(|seen| !seen.ok && seen.accepted)?;
    let mut finding = Finding::new(
        Cause::WarnClientUnverified,
        Confidence::Possible,
        Side::Server,
        "This server asks for client certificates, and its verify callback let one stand whose verification failed: anybody may come in like \
         that.",
    )
    .explain(
        "OpenSSL found a fault in the client's certificate, the application's verify callback said to go on, and the handshake was \
         completed. Whether the application looks at the certificate afterwards is not seen here: nginx answers 400 unless it is told \
         otherwise, others pin keys, and a mail server may serve everybody on purpose.",
    )
    .see(
        fault.event,
        "verify result, let pass",
        format!("{} at depth {}: {}", fault.error, fault.depth, library::verify_meaning(fault.error)),
    )
    .see(handshake.local_event, "verify mode here", handshake.local.verify_mode);
    if let Some(leaf) = chain.leaf() {
        finding = finding.see(chain.event, "client's Certificate", leaf.subject_text());
    }
    finding.severity = Severity::Warning;
    Some(finding.with(warnings::verify_for_real))
}

/// Operators of public CAs, as their roots' names have them; a private set has hardly one, the system's has them all.
const PUBLIC: &[&str] = &[
    "Internet Security Research Group",
    "DigiCert",
    "GlobalSign",
    "Google Trust Services",
    "Amazon",
    "Sectigo",
    "Entrust",
    "IdenTrust",
    "GoDaddy",
    "Starfield",
    "QuoVadis",
    "Certum",
    "USERTRUST",
    "SSL Corporation",
    "Microsoft Corporation",
    "Buypass",
    "SwissSign",
    "T-Systems",
    "HARICA",
    "Hongkong Post",
];

/// So many operators are no choice of one's own.
const MANY: usize = 5;

/// Whether a client without a certificate is not let in.
fn insists(handshake: &Handshake) -> bool {
    handshake.local.verify_mode & LocalConfiguration::VERIFY_FAIL_IF_NO_PEER_CERT != 0
        || handshake.local.peer_certificate == PeerCertificate::Required
}

/// Whether a client's certificate came, in this handshake or in that of the session.
fn has_shown(handshake: &Handshake) -> bool {
    let chain = handshake.client_chain.as_ref();
    chain.is_some_and(|chain| !chain.certificates.is_empty())
        || handshake.done.as_ref().is_some_and(|done| done.peer_certificate == Some(true))
}

fn any_public_ca(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Server
        || !handshake.outcome.kind.is_established()
        || !handshake.verifies_peer()
    {
        return None;
    }
    // A server that lets clients pass without a certificate, and to whom none came, has taken none for anything.
    if !insists(handshake) && !has_shown(handshake) {
        return None;
    }
    let anchors = &handshake.local.trust_anchors;
    // Most servers trust a handful: only a long list is worth reading.
    if anchors.subjects.len() < MANY {
        return None;
    }
    let names: Vec<_> = anchors.subjects.iter().map(|subject| Name::parse(subject).text).collect();
    let public: Vec<_> =
        PUBLIC.iter().copied().filter(|operator| names.iter().any(|name| name.contains(operator))).collect();
    if public.len() < MANY {
        return None;
    }
    let mut finding = Finding::new(
        Cause::WarnAnyPublicCaAccepted,
        Confidence::Certain,
        Side::Server,
        "This server takes client certificates of every public CA: anybody can buy one, or have one for nothing.",
    )
    .explain(
        "The certificates trusted for clients are the system's, or hold them. A chain that verifies then says only that some public CA \
         knows some name; unless the application checks which name, there is no authentication.",
    )
    .see(
        handshake.local_event,
        "certificates trusted here",
        format!("{}, among them {}", anchors.count, public.join(", ")),
    );
    finding.severity = Severity::Warning;
    Some(finding.with(warnings::private_ca))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::TrustAnchors;
    use crate::handshake::{At, Chain, Done, OutcomeKind, Presented, Verification};

    fn name(common: &str) -> Vec<u8> {
        let mut value = vec![0x06, 3, 0x55, 4, 3, 0x0c, common.len() as u8];
        value.extend(common.as_bytes());
        let mut der = vec![0x30, value.len() as u8 + 4, 0x31, value.len() as u8 + 2, 0x30, value.len() as u8];
        der.extend(value);
        der
    }

    fn server(anchors: &[&str]) -> Handshake {
        let mut handshake = Handshake::blank(Role::Server);
        handshake.outcome.kind = OutcomeKind::Established;
        let subjects: Vec<_> = anchors.iter().map(|anchor| name(anchor)).collect();
        handshake.local = Arc::new(LocalConfiguration {
            verify_mode: 3,
            trust_anchors: TrustAnchors { count: subjects.len() as u32, subjects, certificates: Vec::new() },
            ..LocalConfiguration::default()
        });
        handshake
    }

    #[test]
    fn a_few_public_names_are_a_choice_many_are_none() {
        assert!(any_public_ca(&server(&PUBLIC[..MANY])).is_some());
        assert_eq!(any_public_ca(&server(&PUBLIC[..MANY - 1])), None);
        assert_eq!(any_public_ca(&server(&["a", "b", "c", "d", "e", "f", PUBLIC[0]])), None);
        let mut optional = server(PUBLIC);
        Arc::make_mut(&mut optional.local).verify_mode = LocalConfiguration::VERIFY_PEER;
        assert_eq!(any_public_ca(&optional), None, "none was wanted, and none came");
        let mut shown = optional.clone();
        let certificate = Presented { der: Arc::from(&b""[..]), certificate: Arc::default() };
        let chain = Chain { certificates: vec![certificate], ..Chain::default() };
        shown.client_chain = Some(At { event: 4, value: chain });
        assert!(any_public_ca(&shown).is_some(), "one came and was taken");
        Arc::make_mut(&mut optional.local).peer_certificate = PeerCertificate::Required;
        assert!(any_public_ca(&optional).is_some(), "the application insists");
        let mut failed = server(PUBLIC);
        failed.outcome.kind = OutcomeKind::Failed;
        assert_eq!(any_public_ca(&failed), None);
    }

    #[test]
    fn only_a_fault_that_was_let_pass_is_unverified() {
        let mut handshake = server(&[]);
        let shown = Presented { der: Arc::from(&b""[..]), certificate: Arc::default() };
        handshake.client_chain =
            Some(At { event: 4, value: Chain { certificates: vec![shown], ..Chain::default() } });
        assert_eq!(client_unverified(&handshake), None);
        let fault = Verification { depth: 0, ok: false, accepted: true, error: 20, certificate: None };
        handshake.verifications.push(At { event: 5, value: fault });
        let done = |verify_result| {
            Some(At { event: 6, value: Done { verify_result, resumed: false, peer_certificate: None } })
        };
        handshake.done = done(0);
        assert_eq!(client_unverified(&handshake), None, "the callback took the error back");
        handshake.done = done(20);
        assert!(client_unverified(&handshake).is_some());
    }
}
