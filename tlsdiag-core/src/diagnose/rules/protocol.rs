//! Messages that can be read and are forbidden, signatures in schemes that nobody offered, and refusals without a reason.
//!
//! Needs: the library's reason or the alert, what was offered and how it was signed.

use super::record::{answers_otherwise, is_of_another_kind};
use super::rejected::LONG_CHAIN;
use super::server_schemes::shown;
use super::weak_key_exchange::refusal;
use crate::diagnose::knowledge::{negotiation, signatures, transport};
use crate::diagnose::library::{self, FORBIDDEN, GARBLED, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule};
use crate::event::{Direction, LibraryError, Role};
use crate::handshake::{AlertSeen, At, Handshake};
use crate::wire::{AlertDescription, SignatureScheme};

pub(in crate::diagnose) const UNOFFERED_SIGNATURE: Rule = Rule {
    name: "protocol::unoffered_signature",
    find: unoffered_signature,
    causes: || vec![Cause::SigalgPeerUsedUnoffered],
};

pub(in crate::diagnose) const VIOLATION: Rule = Rule {
    name: "protocol::violation",
    find: violation,
    causes: || vec![Cause::ProtocolViolation, Cause::VersionNoOverlap],
};

fn offered(handshake: &Handshake, signer: Role) -> (Option<u32>, Vec<SignatureScheme>) {
    match signer {
        Role::Server => handshake.offer.as_ref().map_or((None, Vec::new()), |offer| {
            (Some(offer.event), offer.signature_schemes.clone().unwrap_or_default())
        }),
        Role::Client => handshake.request.as_ref().map_or((None, Vec::new()), |request| {
            (Some(request.event), request.signature_schemes.clone().unwrap_or_default())
        }),
    }
}

fn unoffered_signature(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let own = handshake.ssl_reason(reason::WRONG_SIGNATURE_TYPE);
    let signer = if own.is_some() { handshake.role.peer() } else { handshake.role };
    let used = match signer {
        Role::Server => &handshake.server_signature,
        Role::Client => &handshake.client_signature,
    };
    let (event, list) = offered(handshake, signer);
    let (confidence, seen) = match own {
        Some(own) => (Confidence::Certain, (own.event, "error queue", library::show(own))),
        None => {
            let told = refusal(handshake)?;
            let used = used.as_ref()?;
            if list.is_empty() || list.contains(&used.value) {
                return None;
            }
            (Confidence::Likely, (told.event, "alert received", told.description.to_string()))
        }
    };
    let scheme = used.as_ref().map_or_else(|| "a scheme".to_owned(), |used| used.to_string());
    let verifier = signer.peer();
    let field = match signer {
        Role::Server => "ClientHello.signature_algorithms",
        Role::Client => "CertificateRequest.signature_algorithms",
    };
    let mut finding = Finding::new(
        Cause::SigalgPeerUsedUnoffered,
        confidence,
        signer,
        format!("The {} signed with {scheme}, which the {} did not offer.", signer.as_str(), verifier.as_str()),
    )
    .explain(
        "Each side names the signature schemes that it verifies, and the other must choose among them. Old stacks sign with SHA-1 \
         whatever they are offered; OpenSSL's security level 2 does not offer that.",
    )
    .see(seen.0, seen.1, seen.2)
    .see(event, field, shown(&list));
    if let Some(used) = used {
        finding = finding.see(used.event, "signature made with", used.value);
    }
    Some(finding.with(signatures::offered_scheme))
}

fn violation(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || handshake.transport_ended_it() {
        return None;
    }
    // A reason for two things, and the alert that was sent says that it is about a value: a server_name with a NUL in it, for one.
    let value = || {
        let sent = handshake.fatal_alert(Direction::Sent)?;
        let meant = sent.description != AlertDescription::INTERNAL_ERROR && answers_otherwise(handshake);
        GARBLED.iter().filter(|_| meant).find_map(|reason| handshake.ssl_reason(*reason))
    };
    let other_kind = || {
        handshake
            .ssl_reason(reason::UNEXPECTED_RECORD)
            .filter(|own| is_of_another_kind(handshake, own.reason))
    };
    let own =
        FORBIDDEN.iter().find_map(|reason| handshake.ssl_reason(*reason)).or_else(value).or_else(other_kind);
    match own {
        Some(own) => Some(violated_by_peer(handshake, own)),
        None => violated_here(handshake, handshake.fatal_alert(Direction::Received)?),
    }
}

/// This side's library says what the peer sent.
fn violated_by_peer(handshake: &Handshake, own: &At<LibraryError>) -> Finding {
    let peer = handshake.role.peer();
    let alert = handshake.first_record.filter(|record| record[0] == 21 && handshake.offer.is_none());
    if let Some(record) = alert.filter(|_| handshake.role == Role::Server) {
        return nothing_to_offer(own, record.event);
    }
    let finding = Finding::new(
        Cause::ProtocolViolation,
        Confidence::Likely,
        peer,
        format!(
            "The {} probably sent something that TLS forbids here ({}).",
            peer.as_str(),
            short(own.reason)
        ),
    )
    .see(own.event, "error queue", library::show(own));
    advise(finding, handshake).or(
        Cause::RecordCorrupt,
        "compare both sides' records of the message: if they differ, it was altered in transit",
    )
}

/// OpenSSL clients whose own settings leave them nothing to offer send an alert in place of the hello.
fn nothing_to_offer(own: &At<LibraryError>, first: u32) -> Finding {
    Finding::new(
        Cause::VersionNoOverlap,
        Confidence::Possible,
        Role::Client,
        "The client sent an alert in place of its ClientHello: it may be that its own settings leave it nothing to offer, no version or no cipher suite.",
    )
    .explain(
        "A client breaks off before its hello for reasons of its own alone; nothing of this server's had come to it. With OpenSSL the range of \
         its versions is empty, or none of its cipher suites is for them. Its own error message says which.",
    )
    .see(first, "first record received", "an alert, in place of a ClientHello")
    .see(own.event, "error queue", library::show(own))
    .or(Cause::CipherNoOverlap, "the client's own error message: \"no ciphers available\" (with \"no protocols available\" it is the versions)")
    .or(Cause::ProtocolViolation, "a program that is no TLS client may send such bytes, too")
    .with(negotiation::newer_client)
}

/// The peer refuses what this side sent.
fn violated_here(handshake: &Handshake, told: &At<AlertSeen>) -> Option<Finding> {
    let peer = handshake.role.peer();
    let clear = matches!(
        told.description,
        AlertDescription::UNEXPECTED_MESSAGE
            | AlertDescription::ILLEGAL_PARAMETER
            | AlertDescription::MISSING_EXTENSION
            | AlertDescription::UNSUPPORTED_EXTENSION
    );
    // A refusal of what this side chose, without a reason; of what it showed and signed it is told elsewhere (`refused_bluntly`).
    let shown = handshake.own_chain().is_some_and(|chain| !chain.certificates.is_empty());
    let blunt = told.description == AlertDescription::HANDSHAKE_FAILURE
        && handshake.answer.is_some()
        && !shown
        && handshake.role == Role::Server
        && refusal(handshake).is_some();
    if !clear && !blunt {
        return None;
    }
    // A verifier says illegal_parameter to a Certificate that is too long for it as well: see rejected::perhaps.
    let long = told.description == AlertDescription::ILLEGAL_PARAMETER
        && handshake.own_chain().is_some_and(|chain| chain.uncompressed_size() >= LONG_CHAIN);
    // Of a session that is resumed it is the binder, which is made over the hello: it does not verify where a hello was altered, or the keys differ.
    let resumes = told.description == AlertDescription::ILLEGAL_PARAMETER
        && handshake.answer.is_none()
        && handshake.offer.as_ref().is_some_and(|offer| offer.psk_identities.is_some());
    let confidence = if clear && !long && !resumes { Confidence::Likely } else { Confidence::Possible };
    let finding = Finding::new(
        Cause::ProtocolViolation,
        confidence,
        handshake.role,
        match confidence {
            Confidence::Possible => format!(
                "The {} refuses with {}: something that this side sent may be against the protocol.",
                peer.as_str(),
                told.description
            ),
            _ => format!(
                "The {} refuses with {}: probably something that this side sent is against the protocol.",
                peer.as_str(),
                told.description
            ),
        },
    )
    .see(told.event, "alert received", told.description)
    .or(
        Cause::SigalgPeerUsedUnoffered,
        "the schemes that the peer really offered, in its own record: a hello altered in transit shows here too",
    )
    .or(Cause::RecordCorrupt, "compare both sides' records of the messages: if they differ, they were altered in transit");
    let finding = match resumes {
        true => finding.or(
            Cause::PskKeyMismatch,
            "the server may hold another key for the session that this client resumes: whether a connection without it goes through tells",
        ),
        false => finding,
    };
    let finding = finding.explain(format!(
        "The {0} says no more than the alert, so which message it is about is known there alone. A library with a defect sends what the standard \
         does not allow, so do two that disagree about a draft, or something in between that answers in another's name. The {0}'s own record or \
         log has the reason.",
        peer.as_str()
    ));
    Some(finding.with(transport::which_library))
}

fn short(reason: i32) -> &'static str {
    match reason {
        100 => "application data in the midst of the handshake",
        245 => "a record of another kind than is due",
        132 => "too many key updates",
        145 | 154 | 244 => "a message out of its order",
        183 | 187 => "a hello without any choice",
        112 | 209 | 290 | 310 | 420 => "a hello without an extension that must be there",
        214 => "the first hello again, where another was asked for",
        248 | 261 => "a cipher suite that was not offered",
        378 | 108 => "a group or key share that was not offered",
        217 => "an extension that was not asked for",
        335..=337 | 345 => "a renegotiation of another connection",
        999 => "a session id that is not this session's",
        110 | 226 | 227 | 275 => "an extension with a value that is not allowed",
        103 | 133 | 260 | 262 => "a change_cipher_spec where none is due",
        182 | 293 => "a message that does not end where its record does",
        409 => "too many warnings",
        _ => "a value that was not offered",
    }
}

fn advise(finding: Finding, handshake: &Handshake) -> Finding {
    let stage = handshake.outcome.stage.map_or_else(|| "the handshake".to_owned(), |stage| stage.to_string());
    finding
        .explain(format!(
            "The message at {stage} can be read, and the standard does not allow it at this place or with this content. A library with a \
             defect does that, two that disagree about a draft, or something in between that answers in another's name."
        ))
        .with(transport::which_library)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{At, Offer};

    #[test]
    fn an_unoffered_signature_is_proof() {
        let client = Handshake::blank(Role::Client).with_reason(reason::WRONG_SIGNATURE_TYPE);
        let finding = unoffered_signature(&client).expect("a finding");
        assert_eq!(
            (finding.cause, finding.confidence),
            (Cause::SigalgPeerUsedUnoffered, Confidence::Certain)
        );
    }

    #[test]
    fn the_signer_sees_it_in_its_own_choice() {
        let mut server = Handshake::blank(Role::Server)
            .with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE);
        let schemes = Some(vec![SignatureScheme::RSA_PSS_RSAE_SHA256]);
        server.offer = Some(At { event: 1, value: Offer { signature_schemes: schemes, ..Offer::default() } });
        server.server_signature = Some(At { event: 2, value: SignatureScheme::RSA_PSS_RSAE_SHA256 });
        assert_eq!(unoffered_signature(&server), None);
        server.server_signature = Some(At { event: 2, value: SignatureScheme(0x0201) });
        assert_eq!(
            unoffered_signature(&server).map(|finding| finding.cause),
            Some(Cause::SigalgPeerUsedUnoffered)
        );
    }

    #[test]
    fn forbidden_is_not_garbled() {
        let server = Handshake::blank(Role::Server);
        let cause = |handshake: Handshake| violation(&handshake).map(|finding| finding.cause);
        assert_eq!(cause(server.clone().with_reason(244)), Some(Cause::ProtocolViolation));
        assert_eq!(cause(server.clone().with_reason(reason::WRONG_VERSION_NUMBER)), None);
        assert_eq!(cause(server.with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE)), None);
    }
}
