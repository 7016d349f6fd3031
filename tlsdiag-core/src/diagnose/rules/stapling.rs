//! The client insists on a stapled OCSP response (RFC 6066, section 8) and got no good one.
//!
//! Needs: the client's error queue, or the alert that it sent.

use crate::diagnose::knowledge::names;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::Role;
use crate::handshake::Handshake;

pub(in crate::diagnose) const UNSTAPLED: Rule =
    Rule { name: "stapling::unstapled", find: unstapled, causes: || vec![Cause::ServerCertStaplingRequired] };

fn unstapled(handshake: &Handshake) -> Option<Finding> {
    let error = handshake.ssl_reason(reason::INVALID_STATUS_RESPONSE)?;
    if handshake.role != Role::Client || handshake.outcome.kind.is_established() {
        return None;
    }
    let finding = Finding::new(
        Cause::ServerCertStaplingRequired,
        Confidence::Certain,
        Side::Server,
        "This client insists on a stapled OCSP response, and the server's was missing or not good.",
    )
    .explain("The application's own check of the stapled response (SSL_CTX_set_tlsext_status_cb) said no.")
    .see(error.event, "error queue", library::show(error));
    let finding = match &handshake.offer {
        Some(offer) => finding.see(offer.event, "ClientHello", "with status_request"),
        None => finding,
    };
    Some(advise_stapling(finding))
}

/// The owner's side: the alert says it.
pub(super) fn stapling(handshake: &Handshake) -> Finding {
    let finding = Finding::new(
        Cause::ServerCertStaplingRequired,
        Confidence::Likely,
        Side::Server,
        "The client refuses what this server stapled, or that it stapled nothing: probably it insists on a good OCSP response.",
    )
    .explain("The client asked with status_request and refused what the server stapled to its certificate, or that it stapled nothing.");
    let finding = match handshake.server_chain.as_ref().and_then(|chain| chain.leaf()) {
        Some(leaf) if leaf.must_staple => finding.see(None, "own certificate", "must staple (RFC 7633)"),
        _ => finding,
    };
    advise_stapling(finding)
}

fn advise_stapling(finding: Finding) -> Finding {
    finding.with(names::staple)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_client_wants_a_staple() {
        let asked = |role| unstapled(&Handshake::blank(role).with_reason(reason::INVALID_STATUS_RESPONSE));
        let finding = asked(Role::Client).expect("a finding");
        assert_eq!(finding.cause, Cause::ServerCertStaplingRequired);
        assert_eq!(asked(Role::Server), None);
    }
}
