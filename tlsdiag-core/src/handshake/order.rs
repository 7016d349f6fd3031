//! Which message may come next, by version and role, and so: at which message a handshake stopped.

use super::{By, Handshake};
use crate::event::{Direction, Role};
use crate::wire::HandshakeType;

/// One place in the order of messages: the message, who sends it, and whether it must come in this handshake.
struct Place {
    kind: HandshakeType,
    sender: Role,
    due: bool,
}

const fn place(kind: HandshakeType, sender: Role, due: bool) -> Place {
    Place { kind, sender, due }
}

/// The message that was being made, read or waited for when the handshake ended.
///
/// If we ended it and the last message was the peer's, that message was being read. Otherwise it is the next one due: ours
/// if we ended it while making it, the peer's if the peer did not send it.
pub(super) fn stage(handshake: &Handshake, by: Option<By>) -> HandshakeType {
    let last = handshake.timeline.iter().rev().find_map(|step| step.message());
    let Some((kind, direction)) = last else { return HandshakeType::CLIENT_HELLO };
    // Compressed or not, it is the same place in the order (RFC 8879 §4).
    let kind = if kind == HandshakeType::COMPRESSED_CERTIFICATE { HandshakeType::CERTIFICATE } else { kind };
    let failing_sender = match by {
        Some(By::Local) if direction == Direction::Received => return kind,
        Some(By::Local) => handshake.role,
        _ => handshake.role.peer(),
    };
    let sender = match direction {
        Direction::Sent => handshake.role,
        Direction::Received => handshake.role.peer(),
    };
    let order = order(handshake);
    let reached = order.iter().rposition(|place| place.kind == kind && place.sender == sender);
    let after = reached.map_or(0, |reached| reached + 1);
    order
        .iter()
        .skip(after)
        .find(|place| place.due && place.sender == failing_sender)
        .or_else(|| order.iter().skip(after).find(|place| place.due))
        .map_or(HandshakeType::FINISHED, |place| place.kind)
}

/// The messages of this handshake in order, as far as what was seen tells which ones it has (RFC 8446 section 2, RFC 5246
/// section 7.3).
fn order(handshake: &Handshake) -> Vec<Place> {
    use Role::{Client, Server};
    let requested = handshake.request.is_some();
    let shows_certificate =
        handshake.client_chain.as_ref().map_or(requested, |chain| !chain.certificates.is_empty());
    let psk = handshake.answer.as_ref().is_some_and(|answer| answer.selected_psk.is_some());
    let resumed = handshake.done.as_ref().is_some_and(|done| done.resumed);
    let mut order = vec![
        place(HandshakeType::CLIENT_HELLO, Client, true),
        place(HandshakeType::SERVER_HELLO, Server, true),
    ];
    if handshake.is_tls13() {
        order.extend([
            place(HandshakeType::ENCRYPTED_EXTENSIONS, Server, true),
            place(HandshakeType::CERTIFICATE_REQUEST, Server, requested),
            place(HandshakeType::CERTIFICATE, Server, !psk),
            place(HandshakeType::CERTIFICATE_VERIFY, Server, !psk),
            place(HandshakeType::FINISHED, Server, true),
            place(HandshakeType::END_OF_EARLY_DATA, Client, false),
            place(HandshakeType::CERTIFICATE, Client, requested),
            place(HandshakeType::CERTIFICATE_VERIFY, Client, requested && shows_certificate),
            place(HandshakeType::FINISHED, Client, true),
            place(HandshakeType::NEW_SESSION_TICKET, Server, false),
        ]);
    } else if resumed {
        order.extend([
            place(HandshakeType::NEW_SESSION_TICKET, Server, false),
            place(HandshakeType::FINISHED, Server, true),
            place(HandshakeType::FINISHED, Client, true),
        ]);
    } else {
        order.extend([
            place(HandshakeType::CERTIFICATE, Server, true),
            place(HandshakeType::CERTIFICATE_STATUS, Server, false),
            place(HandshakeType::SERVER_KEY_EXCHANGE, Server, handshake.key_exchange.is_some()),
            place(HandshakeType::CERTIFICATE_REQUEST, Server, requested),
            place(HandshakeType::SERVER_HELLO_DONE, Server, true),
            place(HandshakeType::CERTIFICATE, Client, requested),
            place(HandshakeType::CLIENT_KEY_EXCHANGE, Client, true),
            place(HandshakeType::CERTIFICATE_VERIFY, Client, requested && shows_certificate),
            place(HandshakeType::FINISHED, Client, true),
            place(HandshakeType::NEW_SESSION_TICKET, Server, false),
            place(HandshakeType::FINISHED, Server, true),
        ]);
    }
    order
}
