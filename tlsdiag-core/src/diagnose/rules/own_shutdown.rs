//! This side's own program shut the socket down while the library waited for the peer: the library sees an end of the stream and says so.
//!
//! Needs: how the transport ended, as the kernel has it.

use crate::diagnose::knowledge::transport;
use crate::diagnose::{Cause, Confidence, Finding, Rule};
use crate::event::TransportEnd;
use crate::handshake::Handshake;

pub(in crate::diagnose) const SHUT_DOWN_HERE: Rule = Rule {
    name: "own_shutdown::shut_down_here",
    find: shut_down_here,
    causes: || vec![Cause::TransportOwnShutdown],
};

pub(in crate::diagnose) const CLOSED_HERE: Rule = Rule {
    name: "own_shutdown::closed_here",
    find: closed_here,
    causes: || vec![Cause::TransportOwnShutdown],
};

/// Whether there was a connection to somebody, whatever there is now.
pub(super) fn was_connected(handshake: &Handshake) -> bool {
    handshake.heard_tls || handshake.peer.is_some()
}

/// What was a connection is a descriptor that is open no more.
fn closed_here(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || !was_connected(handshake) {
        return None;
    }
    let broken = handshake.transport.as_ref().filter(|broken| broken.end == TransportEnd::NotConnected)?;
    let (own, peer) = (handshake.role.as_str(), handshake.role.peer().as_str());
    let stage = handshake.outcome.stage.map_or_else(|| "an answer".to_owned(), |stage| stage.to_string());
    let finding = Finding::new(
        Cause::TransportOwnShutdown,
        Confidence::Certain,
        handshake.role,
        format!("This {own}'s own program closed the connection's descriptor, where {stage} was due."),
    )
    .explain(format!("The {peer} had spoken over it before; then it was open no more, or connected no more. The kernel's error says so."))
    .see(broken.event, "transport", format!("not connected, errno {}", broken.errno))
    .not(Cause::TransportClosedMidHandshake, "the error is that of a descriptor, and not that of a connection");
    Some(finding.with(transport::closed_here))
}

fn shut_down_here(handshake: &Handshake) -> Option<Finding> {
    if !handshake.was_shut_down_here() {
        return None;
    }
    let broken = handshake.transport.as_ref()?;
    let (own, peer) = (handshake.role.as_str(), handshake.role.peer().as_str());
    let stage = handshake.outcome.stage.map_or_else(|| "an answer".to_owned(), |stage| stage.to_string());
    let errno = if broken.errno == 0 { String::new() } else { format!(", errno {}", broken.errno) };
    Some(
        Finding::new(
            Cause::TransportOwnShutdown,
            Confidence::Certain,
            handshake.role,
            format!("This {own}'s own program shut the connection down, where {stage} was due: the {peer} had not closed it."),
        )
        .explain(format!(
            "The library read the end of the stream and takes it for the {peer}'s. By the kernel's state of the connection the {peer} had not \
             closed it: this program did, by shutdown(2), as a timer for slow or idle connections does."
        ))
        .see(broken.event, "transport", format!("shut down by this side{errno}"))
        .not(Cause::TransportClosedMidHandshake, "the peer had not closed the connection")
        .with(transport::own_timer),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Direction, Role};
    use crate::handshake::{At, Broken, By, OutcomeKind};

    #[test]
    fn only_an_end_of_ones_own_is_told_as_ones_own() {
        for role in [Role::Client, Role::Server] {
            let mut handshake = Handshake::blank(role);
            (handshake.outcome.kind, handshake.outcome.by) = (OutcomeKind::Abandoned, Some(By::Local));
            let mut ended = |end| {
                let value = Broken { direction: Direction::Received, end, errno: 0 };
                handshake.transport = Some(At { event: 1, value });
                shut_down_here(&handshake).map(|finding| (finding.cause, finding.confidence))
            };
            assert_eq!(
                ended(TransportEnd::ShutDownHere),
                Some((Cause::TransportOwnShutdown, Confidence::Certain))
            );
            for end in [TransportEnd::Eof, TransportEnd::Reset, TransportEnd::Timeout, TransportEnd::Other] {
                assert_eq!(ended(end), None);
            }
        }
    }
}
