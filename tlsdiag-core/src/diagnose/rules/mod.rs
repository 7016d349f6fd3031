//! The rules, one subject a file. Each file says which evidence it needs.

pub(super) mod alert_alone;
pub(super) mod ca_names;
pub(super) mod callback;
pub(super) mod certificate;
pub(super) mod cipher;
pub(super) mod client_auth;
pub(super) mod client_curve;
pub(super) mod closed_after_certificate;
pub(super) mod encrypted_hello;
pub(super) mod exam;
pub(super) mod expiry;
pub(super) mod goodbye;
pub(super) mod interrupted;
pub(super) mod like_its_ca;
pub(super) mod local_certificate;
pub(super) mod name_rejected_after_done;
pub(super) mod names;
pub(super) mod namesakes;
pub(super) mod no_connection;
pub(super) mod no_host_name;
pub(super) mod nothing_to_offer;
pub(super) mod old_signature;
pub(super) mod other_host;
pub(super) mod own_check;
pub(super) mod own_file;
pub(super) mod own_shutdown;
pub(super) mod own_unreadable;
pub(super) mod passed_then_left;
pub(super) mod peer_library;
pub(super) mod protocol;
pub(super) mod psk;
pub(super) mod record;
pub(super) mod refusal;
pub(super) mod refused_bluntly;
pub(super) mod refused_hello;
pub(super) mod rejected;
pub(super) mod renegotiation;
pub(super) mod renewed;
pub(super) mod resumption;
pub(super) mod server_schemes;
pub(super) mod server_selection;
pub(super) mod signer;
pub(super) mod stapling;
pub(super) mod strict;
pub(super) mod transport;
pub(super) mod unanswered_request;
pub(super) mod unproven;
pub(super) mod unreached;
pub(super) mod unreadable_certificate;
pub(super) mod untrusted;
pub(super) mod verify;
pub(super) mod version;
pub(super) mod warnings;
pub(super) mod weak_key_exchange;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::event::{LocalConfiguration, Role};
    use crate::handshake::{Answer, At, Done, Handshake, Offer, OutcomeKind};
    use crate::wire::ProtocolVersion;

    /// A server's handshake of TLS 1.3, established; resumed where it is said whether the session holds a certificate.
    pub(super) fn established(verify_mode: i32, peer_certificate: Option<bool>) -> Handshake {
        let mut handshake = Handshake::blank(Role::Server);
        handshake.outcome.kind = OutcomeKind::Established;
        handshake.local = Arc::new(LocalConfiguration { verify_mode, ..LocalConfiguration::default() });
        let done = Done { verify_result: 0, resumed: peer_certificate.is_some(), peer_certificate };
        handshake.done = Some(At { event: 9, value: done });
        handshake.offer = Some(At { event: 1, value: Offer::default() });
        let answer = Answer { version: ProtocolVersion::TLS1_3, ..Answer::plain() };
        handshake.answer = Some(At { event: 2, value: answer });
        handshake
    }
}
