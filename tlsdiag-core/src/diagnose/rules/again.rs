//! Second thoughts: renegotiation, post-handshake authentication, resumption.
//!
//! Needs: no_renegotiation alerts; the verify mode, the hellos, what the resumed session holds; the library's reason.

use crate::diagnose::knowledge::sessions;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Severity, Side};
use crate::event::{Direction, LocalConfiguration, Role};
use crate::handshake::Handshake;
use crate::wire::AlertDescription;

pub(in crate::diagnose) const RENEGOTIATION: Rule =
    Rule { name: "again::renegotiation", find: renegotiation, causes: || vec![Cause::RenegotiationRefused] };

pub(in crate::diagnose) const LATE_AUTHENTICATION: Rule = Rule {
    name: "again::late_authentication",
    find: late_authentication,
    causes: || vec![Cause::ClientAuthPhaNotOffered],
};

pub(in crate::diagnose) const RESUMPTION: Rule = Rule {
    name: "again::resumption",
    find: resumption,
    causes: || vec![Cause::SessionIdContextUninitialized],
};

pub(in crate::diagnose) const UNAUTHENTICATED: Rule = Rule {
    name: "again::unauthenticated",
    find: unauthenticated,
    causes: || vec![Cause::WarnResumedWithoutClientAuth],
};

/// `SSL_VERIFY_POST_HANDSHAKE`.
const POST_HANDSHAKE: i32 = 8;

fn renegotiation(handshake: &Handshake) -> Option<Finding> {
    let alert = handshake.refused_renegotiation();
    let own = handshake.ssl_reason(reason::NO_RENEGOTIATION);
    if alert.is_none() && own.is_none() {
        return None;
    }
    let refuser = match alert {
        Some(alert) if alert.direction == Direction::Sent => handshake.role,
        _ => handshake.role.peer(),
    };
    let (asker, refuser) = (refuser.peer().as_str(), refuser);
    let mut finding = Finding::new(
        Cause::RenegotiationRefused,
        Confidence::Certain,
        refuser,
        format!("The {asker} asked for a renegotiation, and the {} does not renegotiate.", refuser.as_str()),
    )
    .explain(
        "On an established connection of TLS 1.2 a second handshake was asked for, most often because the server wants a client \
         certificate only for some locations. Many clients (browsers over HTTP/2, Go, Envoy, rustls) never renegotiate.",
    );
    if let Some(alert) = alert {
        let which = if alert.direction == Direction::Sent { "alert sent" } else { "alert received" };
        finding = finding.see(alert.event, which, alert.description);
    }
    if let Some(own) = own {
        finding = finding.see(own.event, "error queue", library::show(own));
    }
    Some(
        finding
            .not(
                Cause::RenegotiationLegacyRefused,
                "the connection was established; it is the second handshake that is refused",
            )
            .with(sessions::ask_first),
    )
}

/// The server will ask late, and this client cannot be asked late.
fn late_authentication(handshake: &Handshake) -> Option<Finding> {
    let late = LocalConfiguration::VERIFY_PEER | POST_HANDSHAKE;
    let own = handshake.ssl_reason(reason::EXTENSION_NOT_RECEIVED);
    // What was recorded of an attempt to ask has no hello, only OpenSSL's word that it could not.
    let offer = handshake.offer.as_ref();
    if handshake.role != Role::Server
        || offer.is_some_and(|offer| offer.post_handshake_auth || !handshake.is_tls13())
    {
        return None;
    }
    let resumed = handshake.done.as_ref().is_some_and(|done| done.peer_certificate == Some(true));
    let configured = offer.is_some()
        && handshake.outcome.kind.is_established()
        && handshake.local.verify_mode & late == late
        && !handshake.certificate_came(Role::Client)
        && !resumed;
    if own.is_none() && !configured {
        return None;
    }
    let mut finding = Finding::new(
        Cause::ClientAuthPhaNotOffered,
        Confidence::Certain,
        Side::Client,
        "This server asks for client certificates after the handshake only, and this client cannot be asked then.",
    )
    .explain(
        "In TLS 1.3 a server may ask for a certificate later (post-handshake authentication) only if the client's hello said that \
         it can. Python, Java and OpenSSL clients do not say so unless told to; browsers never do, and HTTP/2 forbids it. The \
         application answers such a client with an error of its own, HTTP 403 for instance.",
    )
    .see(handshake.local_event, "verify mode here", handshake.local.verify_mode);
    if let Some(offer) = offer {
        finding = finding.see(offer.event, "ClientHello.post_handshake_auth", "not offered");
    }
    if let Some(own) = own {
        finding = finding.see(own.event, "error queue", library::show(own));
    } else {
        finding.severity = Severity::Warning;
    }
    Some(finding.not(Cause::ClientCertMissing, "the client was never asked").with(sessions::ask_late))
}

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
            "The client resumes a session, and the server verifies clients without having named a session id context.",
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
    use std::sync::Arc;

    use super::*;
    use crate::handshake::{At, Done, Offer, OutcomeKind};

    fn established(verify_mode: i32, peer_certificate: Option<bool>) -> Handshake {
        let mut handshake = Handshake::blank(Role::Server);
        handshake.outcome.kind = OutcomeKind::Established;
        handshake.local = Arc::new(LocalConfiguration { verify_mode, ..LocalConfiguration::default() });
        let done = Done { verify_result: 0, resumed: peer_certificate.is_some(), peer_certificate };
        handshake.done = Some(At { event: 9, value: done });
        handshake.offer = Some(At { event: 1, value: Offer::default() });
        let mut answer = crate::diagnose::rules::tests::answer();
        answer.version = crate::wire::ProtocolVersion::TLS1_3;
        handshake.answer = Some(At { event: 2, value: answer });
        handshake
    }

    #[test]
    fn only_a_session_without_a_certificate_is_worth_a_warning() {
        let cause = |handshake: &Handshake| unauthenticated(handshake).map(|finding| finding.cause);
        assert_eq!(cause(&established(3, Some(false))), Some(Cause::WarnResumedWithoutClientAuth));
        assert_eq!(cause(&established(3, Some(true))), None);
        assert_eq!(cause(&established(3, None)), None);
        assert_eq!(cause(&established(1, Some(false))), None, "a certificate is optional");
    }

    #[test]
    fn a_client_that_offers_late_authentication_is_fine() {
        let mut server = established(11, None);
        assert!(late_authentication(&server).is_some());
        server.offer.as_mut().expect("an offer").value.post_handshake_auth = true;
        assert_eq!(late_authentication(&server), None);
        assert_eq!(late_authentication(&established(3, None)), None);
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

    #[test]
    fn the_warning_alert_tells_who_does_not_renegotiate() {
        let sent =
            Handshake::blank(Role::Client).with_alert(Direction::Sent, AlertDescription::NO_RENEGOTIATION);
        assert_eq!(renegotiation(&sent).map(|finding| finding.side), Some(Side::Client));
        let received = Handshake::blank(Role::Server)
            .with_alert(Direction::Received, AlertDescription::NO_RENEGOTIATION);
        assert_eq!(renegotiation(&received).map(|finding| finding.side), Some(Side::Client));
        assert_eq!(renegotiation(&Handshake::blank(Role::Client)), None);
    }
}
