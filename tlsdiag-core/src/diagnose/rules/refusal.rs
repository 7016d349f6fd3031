//! The server breaks off with internal_error in the midst of its own flight: too many CA names, or its certificate.
//!
//! Needs: at the server the size of its CA names; at the client the alert and how far the flight had come.

use crate::diagnose::knowledge::{client_auth, own};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::Handshake;
use crate::wire::AlertDescription;

pub(in crate::diagnose) const OWN_FLIGHT: Rule = Rule {
    name: "refusal::own_flight",
    find: own_flight,
    causes: || vec![Cause::ClientAuthCaListTooLarge, Cause::ConfigSecurityLevel],
};

/// CertificateRequest gives the list a length of two bytes.
const MOST: usize = 0xffff;

fn own_flight(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || handshake.request.is_some() {
        return None;
    }
    match handshake.role {
        Role::Server => {
            let sent = handshake.fatal_alert(Direction::Sent)?;
            let names = &handshake.local.ca_names;
            let size: usize = names.iter().map(|name| name.len() + 2).sum();
            let asks = handshake.verifies_peer() && handshake.answer.is_some();
            (asks && size > MOST && sent.description == AlertDescription::INTERNAL_ERROR).then(|| {
                too_large(
                    Confidence::Certain,
                    format!(
                        "This server names {} CAs, {size} bytes, and CertificateRequest has room for {MOST}.",
                        names.len()
                    ),
                )
                .see(
                    handshake.local_event,
                    "CA names configured here",
                    format!("{} names, {size} bytes", names.len()),
                )
                .see(sent.event, "alert sent", sent.description)
            })
        }
        Role::Client => {
            let told = handshake
                .fatal_alert(Direction::Received)
                .filter(|alert| alert.description == AlertDescription::INTERNAL_ERROR && !alert.after_done)?;
            handshake.answer.as_ref()?;
            let shown = handshake.certificate_came(Role::Server);
            // In TLS 1.3 CertificateRequest comes before Certificate, before that it comes after it.
            let finding = match (handshake.is_tls13(), shown) {
                (true, false) | (false, true) => too_large(
                    Confidence::Possible,
                    "The server broke off its own flight: it may be that its list of CA names does not fit into CertificateRequest.".to_owned(),
                ),
                (false, false) => own_certificate(),
                (true, true) => return None,
            };
            let other = if finding.cause == Cause::ConfigSecurityLevel {
                Cause::ClientAuthCaListTooLarge
            } else {
                Cause::ConfigSecurityLevel
            };
            Some(
                finding
                    .see(told.event, "alert received", told.description)
                    .or(other, "the server's own record: its list of CA names, its certificate and its security level")
                    .or(Cause::ConfigCallbackFailed, "the server's own log: whether a callback of its program failed (OCSP stapling, certificate)")
                    .or(Cause::ConfigKeyMismatch, "the server's own record: whether its key can sign for its certificate"),
            )
        }
    }
}

fn too_large(confidence: Confidence, summary: String) -> Finding {
    Finding::new(Cause::ClientAuthCaListTooLarge, confidence, Side::Server, summary)
        .explain(
            "A server that asks for client certificates names the CAs that it accepts, and the list must stay below 65,536 bytes. The \
             system's whole CA bundle does not fit. The server then fails with an internal error before it has asked.",
        )
        .with(client_auth::fewer_names)
}

fn own_certificate() -> Finding {
    Finding::new(
        Cause::ConfigSecurityLevel,
        Confidence::Possible,
        Side::Server,
        "The server broke off before it showed its certificate: it may be that its own policy refuses it.",
    )
    .explain(
        "OpenSSL holds its own certificates against its own security level, and breaks off with an internal error where a key is too \
         small or a digest too weak.",
    )
    .with(own::see_server_log)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::LocalConfiguration;
    use crate::handshake::{Answer, At};

    fn server(bytes: usize) -> Handshake {
        let mut handshake =
            Handshake::blank(Role::Server).with_alert(Direction::Sent, AlertDescription::INTERNAL_ERROR);
        handshake.answer = Some(At { event: 2, value: Answer::plain() });
        handshake.local = Arc::new(LocalConfiguration {
            ca_names: vec![vec![0; bytes]],
            verify_mode: 1,
            ..LocalConfiguration::default()
        });
        handshake
    }

    #[test]
    fn the_list_is_too_large_from_one_byte_on() {
        assert_eq!(own_flight(&server(MOST - 2)), None);
        assert_eq!(
            own_flight(&server(MOST - 1)).map(|finding| finding.cause),
            Some(Cause::ClientAuthCaListTooLarge)
        );
    }

    #[test]
    fn the_client_goes_by_what_it_has_seen() {
        let mut client =
            Handshake::blank(Role::Client).with_alert(Direction::Received, AlertDescription::INTERNAL_ERROR);
        assert_eq!(own_flight(&client), None, "nothing was answered");
        client.answer = Some(At { event: 2, value: Answer::plain() });
        assert_eq!(own_flight(&client).map(|finding| finding.cause), Some(Cause::ConfigSecurityLevel));
        client.server_chain = Some(At { event: 3, value: crate::handshake::Chain::default() });
        assert_eq!(own_flight(&client).map(|finding| finding.cause), Some(Cause::ClientAuthCaListTooLarge));
    }
}
