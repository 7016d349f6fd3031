//! A second authentication on one connection: renegotiation (RFC 5246 §7.4.1.1) and post-handshake authentication (RFC 8446 §4.6.2).
//!
//! Needs: no_renegotiation alerts; the verify mode, the hello; the library's reason.

use crate::diagnose::knowledge::sessions;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Severity, Side};
use crate::event::{Direction, LocalConfiguration, Role};
use crate::handshake::Handshake;
use crate::wire::HandshakeType;

pub(in crate::diagnose) const RENEGOTIATION: Rule = Rule {
    name: "renegotiation::renegotiation",
    find: renegotiation,
    causes: || vec![Cause::RenegotiationRefused],
};

pub(in crate::diagnose) const LATE_AUTHENTICATION: Rule = Rule {
    name: "renegotiation::late_authentication",
    find: late_authentication,
    causes: || vec![Cause::ClientAuthPhaNotOffered],
};

/// `SSL_VERIFY_POST_HANDSHAKE`.
pub(super) const POST_HANDSHAKE: i32 = 8;

fn renegotiation(handshake: &Handshake) -> Option<Finding> {
    let alert = handshake.refused_renegotiation();
    let own = handshake.ssl_reason(reason::NO_RENEGOTIATION);
    if alert.is_none() && own.is_none() {
        return None;
    }
    // In a first handshake nobody asked for a second one: see alert_alone.
    let asked = handshake
        .timeline
        .iter()
        .any(|step| matches!(step.message(), Some((kind, _)) if kind == HandshakeType::HELLO_REQUEST));
    if own.is_none() && handshake.answer.is_some() && handshake.done.is_none() && !asked {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::rules::tests::established;
    use crate::wire::AlertDescription;

    #[test]
    fn a_client_that_offers_late_authentication_is_fine() {
        let mut server = established(11, None);
        assert!(late_authentication(&server).is_some());
        server.offer.as_mut().expect("an offer").value.post_handshake_auth = true;
        assert_eq!(late_authentication(&server), None);
        assert_eq!(late_authentication(&established(3, None)), None);
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
