//! Encrypted ClientHello (RFC 9849): the server could not open it, and the client does not go on without.
//!
//! Needs: the alert ech_required, sent or received; at the client the library's reason.

use crate::diagnose::knowledge::names;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::Handshake;
use crate::wire::AlertDescription;

pub(in crate::diagnose) const REJECTED: Rule =
    Rule { name: "encrypted_hello::rejected", find: rejected, causes: || vec![Cause::EchRejected] };

fn rejected(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let told = |direction| {
        handshake
            .fatal_alert(direction)
            .filter(|alert| alert.description == AlertDescription::ECH_REQUIRED)
            .map(|alert| (alert.event, alert.description.to_string()))
    };
    let (summary, (event, field, value)) = match handshake.role {
        Role::Server => {
            let (event, value) = told(Direction::Received)?;
            let summary =
                "The client insists on its encrypted ClientHello (ECH), and this server did not open it.";
            (summary, (event, "alert received", value))
        }
        Role::Client => {
            let own = handshake.ssl_reason(reason::ECH_REQUIRED);
            let own = own.map(|own| (own.event, "error queue", library::show(own)));
            let sent = told(Direction::Sent).map(|(event, value)| (event, "alert sent", value));
            let summary =
                "This client insists on its encrypted ClientHello (ECH), and the server did not open it.";
            (summary, own.or(sent)?)
        }
    };
    let finding = Finding::new(Cause::EchRejected, Confidence::Certain, Side::Server, summary)
        .explain(
            "The client took a key for ECH from the DNS (HTTPS record) and hid its real hello behind an outer one. The server answered the \
             outer one: it does not do ECH, has other keys than the DNS says (after a change of keys, or another server of a farm), or \
             something in front of it answers in its place. A client then goes on only as far as to hear of better keys, and comes back \
             with those, or not at all.",
        )
        .see(event, field, value);
    let finding = match &handshake.offer {
        Some(offer) => {
            let there = if offer.ech { "encrypted_client_hello is there" } else { "not sent" };
            let name = offer.server_name.as_deref().unwrap_or("not sent");
            finding.see(offer.event, "ClientHello.extensions", there).see(
                offer.event,
                "outer ClientHello.server_name",
                name,
            )
        }
        None => finding,
    };
    Some(finding.with(names::encrypted_hello))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alert_says_it_at_either_end() {
        let found = |role, direction| {
            let handshake = Handshake::blank(role).with_alert(direction, AlertDescription::ECH_REQUIRED);
            rejected(&handshake).map(|finding| finding.cause)
        };
        assert_eq!(found(Role::Server, Direction::Received), Some(Cause::EchRejected));
        assert_eq!(found(Role::Client, Direction::Sent), Some(Cause::EchRejected));
        assert_eq!(found(Role::Client, Direction::Received), None, "no server says that");
        let other =
            Handshake::blank(Role::Server).with_alert(Direction::Received, AlertDescription::INTERNAL_ERROR);
        assert_eq!(rejected(&other), None);
    }
}
