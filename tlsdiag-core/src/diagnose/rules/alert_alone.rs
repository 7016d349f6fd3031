//! The last resort: no rule knows this failure, and there is an alert. What it means (RFC 8446, section 6, and the registry) gives a class,
//! and no more is claimed.
//!
//! Needs: the first fatal alert, sent or received, and whose certificate had been shown before it.

mod reading;

use reading::{Reading, read};

use super::exam::{self, signs_in_spite_of, suspect_cause};
use crate::diagnose::knowledge::{certificates, client_auth, names, negotiation, own, sessions, transport};
use crate::diagnose::library;
use crate::diagnose::wording::perhaps;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
use crate::event::{Direction, LibraryError, Role};
use crate::handshake::{AlertSeen, At, Handshake};
use crate::wire::AlertDescription as Alert;

pub(in crate::diagnose) const ALERT: Rule = Rule {
    name: "alert_alone::alert",
    find: alert_alone,
    causes: || {
        vec![
            Cause::ConfigCallbackFailed,
            Cause::ProtocolViolation,
            Cause::ServerCertRejected,
            Cause::ClientCertRejected,
        ]
    },
};

fn alert_alone(handshake: &Handshake) -> Option<Finding> {
    let is_no = |alert: &&At<AlertSeen>| alert.is_fatal() || alert.description == Alert::NO_RENEGOTIATION;
    let alert = handshake.alerts.iter().find(is_no)?;
    let refuser = match alert.direction {
        Direction::Sent => handshake.role,
        Direction::Received => handshake.role.peer(),
    };
    // The library knows more than its alert says: its own words are told instead.
    let ours = |error: &&At<LibraryError>| alert.direction == Direction::Sent && error.event > 0;
    let said = handshake.errors.iter().rev().find(ours);
    if said.is_some() && alert.description == Alert::INTERNAL_ERROR {
        return None;
    }
    let mut reading = read(handshake, alert, refuser);
    // Of a certificate of this side's own what a verifier finds in it is the likeliest reason.
    let own_chain = handshake
        .own_chain()
        .filter(|chain| alert.direction == Direction::Received && chain.event < alert.event);
    let suspicions = own_chain.map_or_else(Vec::new, |chain| exam::examine(handshake, handshake.role, chain));
    let about_it = |cause| {
        matches!(cause, Cause::ServerCertRejected | Cause::ClientCertRejected | Cause::ConfigCallbackFailed)
    };
    let replaced = about_it(reading.cause);
    if let Some(usage) = own_chain.filter(|_| replaced).and_then(|chain| signs_in_spite_of(handshake, chain))
    {
        reading = Reading {
            cause: suspect_cause(handshake.role, exam::Suspect::Fault(CertificateFault::BadKeyUsage)),
            confidence: Confidence::Possible,
            clause: format!(
                "it minds that this {} signed, and its certificate has the keyUsage {usage}, without digitalSignature",
                handshake.role.as_str()
            ),
            side: handshake.role.into(),
        };
    }
    if let Some(first) = suspicions.first().filter(|_| replaced) {
        reading = Reading {
            cause: suspect_cause(handshake.role, first.fault),
            confidence: Confidence::Possible,
            clause: format!("it refuses this {}'s certificate, since {}", handshake.role.as_str(), first.why),
            side: handshake.role.into(),
        };
    }
    let who = if alert.direction == Direction::Sent {
        format!("This {}", refuser.as_str())
    } else {
        format!("The {}", refuser.as_str())
    };
    let stage = handshake.outcome.stage.map_or_else(String::new, |stage| format!(" at {stage}"));
    let clause = perhaps(reading.confidence, &reading.clause);
    let which = if alert.direction == Direction::Sent { "alert sent" } else { "alert received" };
    let mut finding = Finding::new(
        reading.cause,
        reading.confidence,
        reading.side,
        format!(
            "{who} broke off{stage} with the alert {} (\"{}\"): {clause}.",
            alert.description,
            alert.description.meaning()
        ),
    )
    .explain(format!(
        "Nothing that this side saw says more than the alert. The {}'s own record or log has the reason.",
        refuser.as_str()
    ))
    .see(alert.event, which, alert.description);
    if let Some(said) = said {
        finding = finding.see(said.event, "error queue", library::show(said));
    }
    for other in suspicions.iter().skip(1).filter(|_| replaced) {
        let cause = suspect_cause(handshake.role, other.fault);
        if cause != finding.cause {
            finding = finding.or(cause, format!("{}, too", other.why));
        }
    }
    Some(dress(finding, refuser))
}

/// What to do, by the class, and what else an alert so vague can mean.
fn dress(finding: Finding, refuser: Role) -> Finding {
    let log = "the log of whoever broke off says whether it was that";
    match finding.cause {
        Cause::RecordBadMac | Cause::RecordCorrupt => finding
            .or(
                Cause::ProtocolViolation,
                "compare both sides' records of the messages: if they are the same, its sender made it wrong",
            )
            .with(transport::see_bytes),
        Cause::ServerCertRejected | Cause::ClientCertRejected => {
            client_auth::see_log(finding.or(Cause::ConfigCallbackFailed, log), refuser.as_str())
        }
        Cause::ServerCert(fault) => certificates::advise(
            finding.or(Cause::ServerCertRejected, log).or(Cause::ConfigCallbackFailed, log),
            Role::Server,
            fault,
        ),
        Cause::ClientCert(fault) => certificates::advise(
            finding.or(Cause::ClientCertRejected, log).or(Cause::ConfigCallbackFailed, log),
            Role::Client,
            fault,
        ),
        Cause::ServerCertHostnameMismatch => names::right_name(finding.or(Cause::ServerCertRejected, log)),
        Cause::CipherNoOverlap => finding
            .or(Cause::GroupNoOverlap, log)
            .or(Cause::SigalgNoOverlap, log)
            .or(Cause::ConfigCallbackFailed, log)
            .with(negotiation::suites_of_tls12)
            .with(negotiation::suites_of_tls13),
        Cause::VersionNoOverlap => finding.with(negotiation::newer_client),
        Cause::VersionInappropriateFallback => finding.with(negotiation::first_failure),
        Cause::SniMissing | Cause::SniUnrecognized => finding.with(names::send_name),
        Cause::PskUnknownIdentity => finding.with(sessions::same_key),
        Cause::AlpnNoOverlap => finding.with(names::protocols),
        Cause::EchRejected => finding.with(names::encrypted_hello),
        Cause::ConfigNoCertificate => finding
            .or(Cause::ConfigKeyMismatch, "whether its private key belongs to its certificate")
            .or(Cause::SigalgNoOverlap, "the server's key, against ClientHello.signature_algorithms")
            .or(Cause::ConfigCallbackFailed, log)
            .with(own::server_certificate),
        Cause::ConfigCallbackFailed => finding
            .or(Cause::ConfigSecurityLevel, "whether its policy refuses its own certificate or signature")
            .or(Cause::ConfigKeyMismatch, "whether its private key belongs to its certificate")
            .or(Cause::SessionIdContextUninitialized, "whether only resumptions fail: try without a session")
            .with(own::see_peer_log),
        _ => finding.with(transport::which_library),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Side;
    use crate::diagnose::wording::agrees;
    use crate::diagnose::{Diagnosis, Severity, diagnose};
    use crate::handshake::{Answer, By, Chain, Offer, Outcome, OutcomeKind, Presented};
    use crate::wire::{HandshakeType, ProtocolVersion};

    const STAGES: [HandshakeType; 5] = [
        HandshakeType::CLIENT_HELLO,
        HandshakeType::SERVER_HELLO,
        HandshakeType::CERTIFICATE,
        HandshakeType::CERTIFICATE_VERIFY,
        HandshakeType::FINISHED,
    ];

    /// A handshake that came as far as the stage, and then this alert.
    fn broken_off(
        role: Role,
        direction: Direction,
        alert: Alert,
        stage: usize,
        version: ProtocolVersion,
    ) -> Handshake {
        let mut handshake = Handshake::blank(role);
        handshake.heard_tls = true;
        if stage >= 1 {
            let offer = Offer {
                versions: vec![ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3],
                names_versions: true,
                server_name: Some("a.example".to_owned()),
                extended_master_secret: true,
                ..Offer::default()
            };
            handshake.offer = Some(At { event: 1, value: offer });
        }
        if stage >= 2 {
            let answer = Answer { version, ..Answer::plain() };
            handshake.answer = Some(At { event: 2, value: answer });
        }
        let certificate =
            || Presented { der: std::sync::Arc::from(&b""[..]), certificate: std::sync::Arc::default() };
        let chain = |event| {
            Some(At { event, value: Chain { certificates: vec![certificate()], ..Chain::default() } })
        };
        if stage >= 3 {
            handshake.server_chain = chain(3);
        }
        if stage >= 4 {
            handshake.client_chain = chain(4);
        }
        let by = if direction == Direction::Sent { By::Local } else { By::Peer };
        handshake.outcome = Outcome { kind: OutcomeKind::Failed, by: Some(by), stage: Some(STAGES[stage]) };
        handshake.with_alert(direction, alert)
    }

    fn check(handshake: &Handshake, what: &str) -> Diagnosis {
        let diagnosis = diagnose(handshake);
        let first = diagnosis.findings.first().unwrap_or_else(|| panic!("{what}: nothing"));
        assert!(first.summary.ends_with('.') && !first.advice.is_empty(), "{what}: {first:?}");
        assert!(!first.alternatives.iter().any(|other| other.cause == first.cause), "{what}: {first:?}");
        for other in &first.ruled_out {
            assert!(first.alternatives.iter().all(|one| one.cause != other.cause), "{what}: {first:?}");
        }
        for finding in &diagnosis.findings {
            assert!(
                agrees(finding.confidence, &finding.summary),
                "{what}: {:?}: {}",
                finding.confidence,
                finding.summary
            );
        }
        let errors = diagnosis.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        assert_eq!(errors, 1, "{what}: one failure, one cause: {diagnosis:?}");
        diagnosis
    }

    /// Every alert of the registry, by either side, at every stage of either version.
    #[test]
    fn every_alert_is_told_by_what_it_means() {
        let mut tried = 0;
        for description in (0..=255).map(Alert).filter(|alert| alert.name().is_some() || alert.0 == 255) {
            let sides = [Role::Client, Role::Server].into_iter();
            for role in sides {
                for direction in [Direction::Sent, Direction::Received] {
                    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
                        for (stage, due) in STAGES.iter().enumerate() {
                            let handshake = broken_off(role, direction, description, stage, version);
                            let what = format!("{description} {direction:?} {role:?} {version} {due}");
                            // A goodbye of one's own is no failure that anybody could explain; no_renegotiation has a rule.
                            let own_goodbye = direction == Direction::Sent
                                && matches!(description, Alert::CLOSE_NOTIFY | Alert::USER_CANCELED);
                            if own_goodbye {
                                assert!(diagnose(&handshake).findings.is_empty(), "{what}");
                                continue;
                            }
                            let diagnosis = check(&handshake, &what);
                            let first = &diagnosis.findings[0];
                            // Whoever failed for reasons of its own is not told that the network altered something.
                            if description == Alert::INTERNAL_ERROR {
                                let network =
                                    matches!(first.cause, Cause::RecordCorrupt | Cause::RecordBadMac);
                                assert!(!network && first.side != Side::Network, "{what}: {first:?}");
                            }
                            tried += 1;
                        }
                    }
                }
            }
        }
        assert!(tried > 1000, "{tried}");
    }

    #[test]
    fn the_librarys_own_words_come_before_a_guess() {
        let sent =
            broken_off(Role::Server, Direction::Sent, Alert::INTERNAL_ERROR, 2, ProtocolVersion::TLS1_3);
        assert_eq!(alert_alone(&sent).map(|finding| finding.confidence), Some(Confidence::Possible));
        // 65: malloc failure
        assert_eq!(alert_alone(&sent.with_reason(65)), None);
    }
}
