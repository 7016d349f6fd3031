//! Bytes that were altered, or that are noise.
//!
//! Needs: the library's reason or the alert; the header that was no header; the version chosen.

use super::certificate::rejected_cause;
use crate::diagnose::knowledge::transport;
use crate::diagnose::library::{self, GARBLED, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side, Stack};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Handshake, OutcomeKind};
use crate::wire::{AlertDescription, HandshakeType};

pub(in crate::diagnose) const BAD_MAC: Rule =
    Rule { name: "record::bad_mac", find: bad_mac, causes: || vec![Cause::RecordBadMac] };

pub(in crate::diagnose) const CORRUPT: Rule =
    Rule { name: "record::corrupt", find: corrupt, causes: || vec![Cause::RecordCorrupt] };

fn bad_mac(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let own = handshake.ssl_reason(reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    let told = handshake
        .fatal_alert(Direction::Received)
        .filter(|alert| alert.description == AlertDescription::BAD_RECORD_MAC && sealed_was_sent(handshake));
    let first = is_first_sealed(handshake, told);
    let (summary, seen) = match (own, told) {
        (Some(own), _) if first => (
            "The first sealed record from the peer failed its authentication: probably it, or a hello that its keys come from, was altered in \
             transit.",
            (own.event, "error queue", library::show(own)),
        ),
        (None, Some(told)) if first => (
            "The peer could not authenticate this side's first sealed record: probably it, or a hello that its keys come from, was altered in \
             transit.",
            (told.event, "alert received", told.description.to_string()),
        ),
        (Some(own), _) => (
            "A sealed record from the peer failed its authentication: probably it was altered in transit.",
            (own.event, "error queue", library::show(own)),
        ),
        (None, Some(told)) => (
            "The peer could not authenticate a sealed record of this side's: probably it was altered in transit.",
            (told.event, "alert received", told.description.to_string()),
        ),
        (None, None) => return None,
    };
    Some(
        Finding::new(Cause::RecordBadMac, Confidence::Likely, Side::Network, summary)
            .explain(
                "Each sealed record carries a tag over its content. One bit changed by a broken network device, a faulty memory or a \
                 middlebox that rewrites what it cannot read breaks it. So does a connection that two processes use at once, after a fork.",
            )
            .see(seen.0, seen.1, seen.2)
            .or(
                Cause::RecordCorrupt,
                "the keys come from the hellos: compare both sides' records of them; if they differ, it was a hello that was altered",
            )
            .with(transport::whole_bytes),
    )
}

/// Whether nothing that was sealed had been read before, so that the keys may be as wrong as the record: in TLS 1.3 the server's first
/// message behind its hello. A client that has no keys answers in the clear.
fn is_first_sealed(handshake: &Handshake, told: Option<&At<AlertSeen>>) -> bool {
    let last = || {
        let mut steps = handshake.timeline.iter().rev().filter_map(|step| step.message());
        steps.find(|(_, direction)| *direction == Direction::Received).map(|(kind, _)| kind)
    };
    handshake.is_tls13()
        && match handshake.role {
            Role::Client => last() == Some(HandshakeType::SERVER_HELLO),
            Role::Server => told.is_some_and(|told| !told.sealed),
        }
}

fn corrupt(handshake: &Handshake) -> Option<Finding> {
    let kind = handshake.outcome.kind;
    // Where the transport ended first, OpenSSL's decode_error is but its word for that.
    if kind.is_established() || kind == OutcomeKind::NotTls || handshake.transport_ended_it() {
        return None;
    }
    let own = GARBLED
        .iter()
        .chain(&[reason::DIGEST_CHECK_FAILED])
        .find_map(|reason| handshake.ssl_reason(*reason))
        .filter(|own| !answers_otherwise(handshake) && !is_of_another_kind(handshake, own.reason));
    let chosen = handshake.answer.as_ref().zip(handshake.offer.as_ref());
    let agreed = chosen.is_some_and(|(answer, offer)| offer.offers(answer.version));
    let told = handshake.fatal_alert(Direction::Received).filter(|alert| match alert.description {
        AlertDescription::DECODE_ERROR | AlertDescription::RECORD_OVERFLOW => true,
        // The version was agreed on; what had a wrong one was a record.
        AlertDescription::PROTOCOL_VERSION => agreed,
        // Of a side that has shown a certificate it is more probably that, or the proof of its key, which was found wrong; but for a
        // server before TLS 1.3, which is past that when it sends its Finished.
        AlertDescription::DECRYPT_ERROR => {
            let shown = handshake.own_chain().is_some_and(|chain| !chain.certificates.is_empty());
            let may_be_it = handshake.role == Role::Client || handshake.is_tls13();
            handshake.finished_was_sent() && !(may_be_it && shown)
        }
        _ => false,
    });
    let (summary, event, field, value) = match (own, told) {
        (Some(own), _) => (
            "What arrived from the peer in mid-stream is no TLS, or its lengths do not add up: probably it was altered in transit, or is noise.",
            own.event,
            "error queue",
            library::show(own),
        ),
        (None, Some(told)) => (
            "The peer could not read what this side sent: probably it was altered in transit, or noise got into the stream.",
            told.event,
            "alert received",
            told.description.to_string(),
        ),
        (None, None) => return None,
    };
    let mut finding = Finding::new(Cause::RecordCorrupt, Confidence::Likely, Side::Network, summary)
        .explain(
            "The handshake began as it should; then a header or a length was wrong. A network device or middlebox altered the bytes, \
             or a program wrote something else into the same connection.",
        )
        .see(event, field, value);
    if let Some(told) = told.filter(|told| own.is_none() && may_be_about_certificate(handshake, told)) {
        finding = or_refused(finding, handshake, told);
    }
    if let Some(noise) = &handshake.noise {
        finding = finding.see(
            noise.event,
            "bytes where a record's header was due",
            format!("\"{}\"", noise.escape_ascii()),
        );
    }
    if let Some(problem) = handshake.undecoded.first() {
        finding = finding.see(problem.event, "message that cannot be read", &problem.value);
    }
    Some(
        finding
            .or(
                Cause::ProtocolViolation,
                "compare both sides' records of the message: if they are the same, its sender made it wrong",
            )
            .not(
                Cause::VersionNoOverlap,
                "it is no version of TLS that was refused, whatever the reason's name says",
            )
            .advise(
                Stack::Any,
                "record the connection on both sides and compare the bytes; go around middleboxes one by one",
            )
            .with(transport::see_bytes),
    )
}

/// A refusal of the certificate, by an alert of the application's choice, looks the same.
fn or_refused(mut finding: Finding, handshake: &Handshake, told: &AlertSeen) -> Finding {
    let peer = handshake.role.peer().as_str();
    finding.confidence = Confidence::Possible;
    finding.summary = format!(
        "The {peer} broke off with {} after this side's certificate had been sent: it may be that what was sent was altered in transit.",
        told.description
    );
    finding.explanation = format!(
        "The alert does not fit what was sent last, and the {peer}'s own record or log has the reason."
    );
    finding.or(
        rejected_cause(handshake.role),
        format!(
            "the {peer}'s own log: whether its program refused the certificate, with an alert of its choice"
        ),
    )
}

/// Whether a server had this client's certificate to judge, and says by the alert neither that nor that it could not read a message. A client
/// says so of the server's records.
fn may_be_about_certificate(handshake: &Handshake, told: &At<AlertSeen>) -> bool {
    let shown = |alert: &At<AlertSeen>| {
        handshake.own_chain().is_some_and(|chain| !chain.certificates.is_empty() && chain.event < alert.event)
    };
    handshake.role == Role::Client
        && shown(told)
        && matches!(told.description, AlertDescription::PROTOCOL_VERSION | AlertDescription::RECORD_OVERFLOW)
}

/// Whether this side sent a sealed record, which the peer could find altered.
pub(super) fn sealed_was_sent(handshake: &Handshake) -> bool {
    handshake.finished_was_sent()
        || handshake.done.is_some()
        || handshake.client_signature.is_some()
        || (handshake.role == Role::Server && handshake.is_tls13() && handshake.answer.is_some())
        || handshake.offer.as_ref().is_none_or(|offer| offer.early_data)
}

/// A record that is whole, and of a kind that has no place there, as application data has none in a handshake: no byte was altered.
pub(super) fn is_of_another_kind(handshake: &Handshake, own: i32) -> bool {
    own == reason::UNEXPECTED_RECORD && handshake.noise.is_none()
}

/// Whether this side's own alert says that the bytes were in order: what was wrong is a value that stood in them, or something of this
/// side's own. OpenSSL uses one reason for both.
pub(super) fn answers_otherwise(handshake: &Handshake) -> bool {
    let sent = handshake.fatal_alert(Direction::Sent);
    sent.is_some_and(|sent| {
        matches!(
            sent.description,
            AlertDescription::INTERNAL_ERROR
                | AlertDescription::UNRECOGNIZED_NAME
                | AlertDescription::ILLEGAL_PARAMETER
                | AlertDescription::UNSUPPORTED_EXTENSION
                | AlertDescription::MISSING_EXTENSION
                | AlertDescription::HANDSHAKE_FAILURE
        )
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::TransportEnd;
    use crate::handshake::{Broken, By, Chain, Presented};

    #[test]
    fn a_reason_or_an_alert_tells_that_a_tag_was_wrong() {
        let own = Handshake::blank(Role::Client).with_reason(reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        let told =
            Handshake::blank(Role::Server).with_alert(Direction::Received, AlertDescription::BAD_RECORD_MAC);
        for handshake in [own, told] {
            assert_eq!(bad_mac(&handshake).map(|finding| finding.cause), Some(Cause::RecordBadMac));
        }
        assert_eq!(bad_mac(&Handshake::blank(Role::Client)), None);
    }

    #[test]
    fn an_end_that_openssl_calls_a_decode_error_is_an_end() {
        let mut client = Handshake::blank(Role::Client).with_reason(reason::WRONG_VERSION_NUMBER);
        assert_eq!(corrupt(&client).map(|finding| finding.cause), Some(Cause::RecordCorrupt));
        let broken = Broken { direction: Direction::Received, end: TransportEnd::Eof, errno: 0 };
        client.transport = Some(At { event: 2, value: broken });
        client.outcome.by = Some(By::Transport);
        assert_eq!(corrupt(&client), None);
    }

    /// An application may choose any alert for a certificate that it refuses.
    #[test]
    fn an_alert_after_the_certificate_may_be_about_it() {
        let told = |alert, shown: bool| {
            let mut client = Handshake::blank(Role::Client).with_alert(Direction::Received, alert);
            client.offer = Some(At { event: 1, value: crate::handshake::Offer::default() });
            if shown {
                let presented = Presented { der: Arc::from(&b""[..]), certificate: Arc::default() };
                let chain = Chain { certificates: vec![presented], ..Chain::default() };
                client.client_chain = Some(At { event: 5, value: chain });
            }
            let finding = corrupt(&client).expect("a finding");
            let beside = finding.alternatives.iter().any(|one| one.cause == Cause::ClientCertRejected);
            (finding.confidence, beside)
        };
        let (overflow, garbled) = (AlertDescription::RECORD_OVERFLOW, AlertDescription::DECODE_ERROR);
        assert_eq!(told(overflow, true), (Confidence::Possible, true));
        assert_eq!(told(overflow, false), (Confidence::Likely, false));
        assert_eq!(told(garbled, true), (Confidence::Likely, false));
    }

    #[test]
    fn an_own_internal_error_is_nobody_elses_fault() {
        // 226: ClientHello extensions
        let server = Handshake::blank(Role::Server).with_reason(226);
        let sent =
            |alert| corrupt(&server.clone().with_alert(Direction::Sent, alert)).map(|finding| finding.cause);
        assert_eq!(sent(AlertDescription::DECODE_ERROR), Some(Cause::RecordCorrupt));
        assert_eq!(sent(AlertDescription::INTERNAL_ERROR), None);
        assert_eq!(sent(AlertDescription::UNRECOGNIZED_NAME), None);
    }

    #[test]
    fn first_bytes_that_are_not_tls_are_another_protocol() {
        let mut client = Handshake::blank(Role::Client).with_reason(reason::WRONG_VERSION_NUMBER);
        client.outcome.kind = OutcomeKind::NotTls;
        assert_eq!(corrupt(&client), None);
    }
}
