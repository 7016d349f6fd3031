//! The peer said goodbye where its next message was due: close_notify or user_canceled, neither of which is an error to the library.
//!
//! Needs: that alert, before this side was done, and no other that says more.

use super::peer_library::has_one_word_for_all;
use super::rejected::silently;
use crate::diagnose::knowledge::transport;
use crate::diagnose::{Cause, Confidence, Finding, Rule};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Handshake};
use crate::wire::AlertDescription;

pub(in crate::diagnose) const IN_PLACE_OF_A_MESSAGE: Rule = Rule {
    name: "goodbye::in_place_of_a_message",
    find: in_place_of_a_message,
    causes: || vec![Cause::TransportClosedMidHandshake, Cause::TransportClosedBeforeHello],
};

/// The peer's goodbye, where it ended this handshake.
pub(super) fn said(handshake: &Handshake) -> Option<&At<AlertSeen>> {
    if handshake.outcome.kind.is_established() || handshake.done.is_some() {
        return None;
    }
    let goodbye = handshake.alerts.iter().find(|alert| {
        alert.direction == Direction::Received
            && matches!(alert.description, AlertDescription::CLOSE_NOTIFY | AlertDescription::USER_CANCELED)
    })?;
    // A complaint before it says more; what comes behind it is this library's complaint about the goodbye.
    let refused = handshake.fatal_alert(Direction::Received).is_some();
    let before = handshake.fatal_alert(Direction::Sent).is_some_and(|sent| sent.event < goodbye.event)
        || handshake.errors.iter().any(|error| error.event < goodbye.event);
    (!refused && !before).then_some(goodbye)
}

fn in_place_of_a_message(handshake: &Handshake) -> Option<Finding> {
    let goodbye = said(handshake)?;
    let peer = handshake.role.peer();
    let spoke =
        handshake.timeline.iter().any(|step| matches!(step.message(), Some((_, Direction::Received))));
    let cause = if spoke { Cause::TransportClosedMidHandshake } else { Cause::TransportClosedBeforeHello };
    let stage = handshake.due_from_peer();
    // GnuTLS has its program look at the certificate, and many say goodbye where it does not do.
    let shown = handshake.own_chain().is_some_and(|chain| chain.event < goodbye.event);
    let judged = shown && (handshake.role == Role::Client || has_one_word_for_all(handshake));
    let name = peer.as_str();
    let finding =
        Finding::new(
            cause,
            Confidence::Likely,
            peer,
            format!(
                "The {name} said goodbye ({}) where {stage} was due: probably its program or its user gave up.",
                goodbye.description
            ),
        )
        .explain(format!(
            "It is an orderly end, and nothing that this side sent was refused by name. The {name}'s program stopped, its user cancelled, it only \
             looked whether somebody answers, or it had nothing more to say.{}",
            if judged { " One that looks at the certificate itself, as programs with GnuTLS do, may refuse it so, too." } else { "" }
        ))
        .see(goodbye.event, "alert received", goodbye.description)
        .or(Cause::TransportTimeout, format!("the {name}'s own record or log says whether it gave up waiting"))
        .with(transport::look_into_logs);
    Some(if judged { silently(handshake, finding) } else { finding })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::handshake::{By, OutcomeKind};
    use crate::handshake::{Chain, Offer, Presented};
    use crate::wire::ExtensionType;

    #[test]
    fn only_a_goodbye_that_ends_it_counts() {
        let mut left =
            Handshake::blank(Role::Server).with_alert(Direction::Received, AlertDescription::CLOSE_NOTIFY);
        left.outcome.kind = OutcomeKind::Abandoned;
        left.outcome.by = None;
        let cause = |handshake: &Handshake| in_place_of_a_message(handshake).map(|finding| finding.cause);
        assert_eq!(cause(&left), Some(Cause::TransportClosedBeforeHello));
        let shown = |left: &Handshake, extensions: &[ExtensionType]| {
            let mut server = left.clone();
            let presented = Presented { der: Arc::from(&b""[..]), certificate: Arc::default() };
            let chain = Chain { certificates: vec![presented], ..Chain::default() };
            server.server_chain = Some(At { event: 5, value: chain });
            let offer = Offer { extensions: extensions.to_vec(), ..Offer::default() };
            server.offer = Some(At { event: 1, value: offer });
            let finding = in_place_of_a_message(&server).expect("a finding");
            finding.alternatives.iter().any(|one| one.cause == Cause::ServerCertRejected)
        };
        let gnutls = [ExtensionType::RECORD_SIZE_LIMIT, ExtensionType::ENCRYPT_THEN_MAC];
        assert!(shown(&left, &gnutls), "GnuTLS refuses so");
        assert!(!shown(&left, &[]));
        let refused = left.clone().with_alert(Direction::Received, AlertDescription::UNKNOWN_CA);
        assert_eq!(cause(&refused), None, "it had said why before");
        let mut done = left;
        done.outcome.kind = OutcomeKind::Established;
        done.outcome.by = Some(By::Peer);
        assert_eq!(cause(&done), None);
    }
}
