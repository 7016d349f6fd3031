//! Resumption: a session that the server refuses, and one that lacks the client's certificate.
//!
//! Needs: the hellos, the verify mode, what the resumed session holds; the library's reason.

use super::renegotiation::POST_HANDSHAKE;
use crate::diagnose::knowledge::sessions;
use crate::diagnose::library::{self, reason};
use crate::diagnose::wording::perhaps;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Severity, Side};
use crate::event::{Direction, LocalConfiguration, Role};
use crate::handshake::Handshake;
use crate::wire::AlertDescription;

pub(in crate::diagnose) const RESUMPTION: Rule = Rule {
    name: "resumption::resumption",
    find: resumption,
    causes: || vec![Cause::SessionIdContextUninitialized],
};

pub(in crate::diagnose) const UNAUTHENTICATED: Rule = Rule {
    name: "resumption::unauthenticated",
    find: unauthenticated,
    causes: || vec![Cause::WarnResumedWithoutClientAuth],
};

fn resumption(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    let resumes = offer.session_ticket
        || offer.psk_identities.is_some_and(|count| count > 0 && !offer.external_psk)
        || (!offer.session_id.is_empty() && !offer.offers(crate::wire::ProtocolVersion::TLS1_3));
    let finding = |confidence| {
        Finding::new(
            Cause::SessionIdContextUninitialized,
            confidence,
            Side::Server,
            format!(
                "The client resumes a session, and the server does not: {}.",
                perhaps(confidence, "it verifies clients without having named a session id context")
            ),
        )
        .explain(
            "A server that verifies clients must say which of its contexts a session may be resumed in, or a client could carry its \
             authentication from one to another. OpenSSL refuses to resume where nothing was said: first connections work, second ones fail.",
        )
        .see(offer.event, "ClientHello", "offers to resume a session")
        .with(sessions::name_context)
    };
    if let Some(own) = handshake.ssl_reason(reason::SESSION_ID_CONTEXT_UNINITIALIZED) {
        return Some(finding(Confidence::Certain).see(own.event, "error queue", library::show(own)));
    }
    let told = handshake.fatal_alert(Direction::Received).filter(|alert| {
        handshake.role == Role::Client && alert.description == AlertDescription::INTERNAL_ERROR
    })?;
    (resumes && handshake.answer.is_none()).then(|| {
        finding(Confidence::Likely).see(told.event, "alert received", told.description).or(
            Cause::ConfigNoCertificate,
            "if first connections fail as well, the server has another fault of its own; its record names it",
        )
    })
}

/// A session without the client's certificate passes where a certificate is required.
fn unauthenticated(handshake: &Handshake) -> Option<Finding> {
    let required = LocalConfiguration::VERIFY_PEER | LocalConfiguration::VERIFY_FAIL_IF_NO_PEER_CERT;
    let done = handshake.done.as_ref().filter(|done| done.resumed && done.peer_certificate == Some(false))?;
    let asks = handshake.local.verify_mode & required == required
        && handshake.local.verify_mode & POST_HANDSHAKE == 0;
    if handshake.role != Role::Server || !asks || !handshake.outcome.kind.is_established() {
        return None;
    }
    // An external pre-shared key is a proof of its own.
    if handshake.offer.as_ref().is_some_and(|offer| offer.external_psk) {
        return None;
    }
    let mut finding = Finding::new(
        Cause::WarnResumedWithoutClientAuth,
        Confidence::Certain,
        Side::Server,
        "A resumed session was let in without a client certificate, which this context requires.",
    )
    .explain(
        "A resumption shows no certificates: the client is who it was in the first handshake. That one was made without a client \
         certificate, in a context or virtual host that asks for none, and this one accepts its sessions (as in CVE-2025-23419).",
    )
    .see(done.event, "session", "resumed; it holds no client certificate")
    .see(handshake.local_event, "verify mode here", handshake.local.verify_mode)
    .with(sessions::keep_apart);
    finding.severity = Severity::Warning;
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::rules::tests::established;
    use crate::handshake::{At, Offer};

    #[test]
    fn only_a_session_without_a_certificate_is_worth_a_warning() {
        let cause = |handshake: &Handshake| unauthenticated(handshake).map(|finding| finding.cause);
        assert_eq!(cause(&established(3, Some(false))), Some(Cause::WarnResumedWithoutClientAuth));
        assert_eq!(cause(&established(3, Some(true))), None);
        assert_eq!(cause(&established(3, None)), None);
        assert_eq!(cause(&established(1, Some(false))), None, "a certificate is optional");
    }

    #[test]
    fn an_internal_error_is_about_resumption_only_if_there_is_one() {
        let mut client =
            Handshake::blank(Role::Client).with_alert(Direction::Received, AlertDescription::INTERNAL_ERROR);
        client.offer = Some(At { event: 1, value: Offer::default() });
        assert_eq!(resumption(&client), None);
        client.offer.as_mut().expect("an offer").value.session_ticket = true;
        assert_eq!(resumption(&client).map(|found| found.cause), Some(Cause::SessionIdContextUninitialized));
    }
}
