//! External pre-shared keys: an unknown name, or another key under the same name.
//!
//! Needs: the library's reason or the alert, the ClientHello's pre_shared_key, the cipher suite.

use crate::diagnose::knowledge::sessions;
use crate::diagnose::library::{self, reason};
use crate::diagnose::wording::perhaps;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::{At, Handshake, Offer};
use crate::wire::{AlertDescription, Authentication, CipherSuite};

pub(in crate::diagnose) const FAILED: Rule = Rule {
    name: "psk::failed",
    find: failed,
    causes: || vec![Cause::PskUnknownIdentity, Cause::PskKeyMismatch],
};

fn failed(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let role = handshake.role;
    let offered = handshake.offer.as_ref().filter(|offer| offer.external_psk);
    let told = |description| {
        handshake.fatal_alert(Direction::Received).filter(|alert| alert.description == description)
    };
    if let Some(own) = handshake.ssl_reason(reason::PSK_IDENTITY_NOT_FOUND) {
        return Some(unknown(role, Confidence::Certain).see(own.event, "error queue", library::show(own)));
    }
    if let Some(alert) = told(AlertDescription::UNKNOWN_PSK_IDENTITY)
        .filter(|_| role == Role::Client && names_a_key(handshake))
    {
        return Some(unknown(role, Confidence::Certain).see(
            alert.event,
            "alert received",
            alert.description,
        ));
    }
    if let Some(own) = handshake.ssl_reason(reason::BINDER_DOES_NOT_VERIFY) {
        // The binder is made over the hello as well.
        let altered = "whether the hello was altered on the way: compare the client's record of it";
        return Some(
            mismatch(role, Confidence::Likely)
                .see(own.event, "error queue", library::show(own))
                .or(Cause::RecordCorrupt, altered),
        );
    }
    // TLS 1.3: the binder of the ClientHello did not verify.
    if let (None, Some(offer)) = (&handshake.answer, offered)
        && let Some(alert) =
            told(AlertDescription::ILLEGAL_PARAMETER).or_else(|| told(AlertDescription::DECRYPT_ERROR))
    {
        return Some(
            mismatch(role, Confidence::Likely)
                .see(alert.event, "alert received", alert.description)
                .see(
                    offer.event,
                    "ClientHello.pre_shared_key",
                    "names a key that is no ticket of an earlier session",
                )
                .or(Cause::ProtocolViolation, "the server's own record names what it could not accept"),
        );
    }
    // TLS 1.2: the first sealed record is Finished, under keys that come from the pre-shared one.
    let suite =
        handshake.cipher_suite().filter(|suite| suite.authentication() == Some(Authentication::Psk))?;
    let seen = match handshake.ssl_reason(reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC) {
        Some(own) => (own.event, "error queue", library::show(own)),
        None => {
            let alert =
                told(AlertDescription::BAD_RECORD_MAC).or_else(|| told(AlertDescription::DECRYPT_ERROR))?;
            (alert.event, "alert received", alert.description.to_string())
        }
    };
    Some(
        mismatch(role, Confidence::Likely)
            .see(seen.0, seen.1, seen.2)
            .see(handshake.answer.as_ref().map(|answer| answer.event), "ServerHello.cipher_suite", suite)
            .or(
                Cause::RecordBadMac,
                "compare the keys on both sides; if they are the same, the record was altered in transit",
            ),
    )
}

/// The key is bound to one hash, and no suite that both sides have is of that hash: the server passes over the key, whether it knows it
/// or not.
pub(super) fn other_hash(handshake: &Handshake, offer: &At<Offer>) -> Option<Finding> {
    let bound = offer.external_binder?;
    let enabled = |suite: &CipherSuite| handshake.local.cipher_suites.contains(&suite.0);
    let common: Vec<_> =
        offer.cipher_suites.iter().filter(|suite| suite.is_tls13()).copied().filter(enabled).collect();
    let hashes: Vec<_> = common.iter().filter_map(|suite| suite.tls13_hash()).collect();
    let (_, other) = hashes.first().copied()?;
    if hashes.len() != common.len() || hashes.iter().any(|(bytes, _)| *bytes == bound) {
        return None;
    }
    let hash = hash_of(bound);
    let suites: Vec<_> = common.iter().map(ToString::to_string).collect();
    Some(
        Finding::new(
            Cause::PskHashMismatch,
            Confidence::Certain,
            Side::Server,
            format!("The client's pre-shared key is bound to {hash}, and every cipher suite that both sides have needs one for {other}."),
        )
        .explain(
            "A pre-shared key of TLS 1.3 works with suites of its own hash alone. The server passes over a key of another one, and has nothing \
             to fall back on; whether it knows the key was never looked at.",
        )
        .see(offer.event, "ClientHello.pre_shared_key", format!("a binder of {bound} bytes: {hash}"))
        .see(handshake.local_event, "suites in common", suites.join(", "))
        .with(sessions::same_hash),
    )
}

/// The hash whose digests have so many bytes.
fn hash_of(bytes: usize) -> String {
    match bytes {
        32 => "SHA-256".to_owned(),
        48 => "SHA-384".to_owned(),
        64 => "SHA-512".to_owned(),
        _ => format!("a hash of {bytes} bytes"),
    }
}

/// At the client, whose server has said no more than that it found nothing: the identity is unknown there, or no suite of the key's hash
/// is enabled.
pub(super) fn suspect(offer: &At<Offer>) -> Finding {
    let finding = unknown(Role::Client, Confidence::Possible);
    let finding = Finding {
        summary: "The server found nothing acceptable in the ClientHello: it may be that it does not know the pre-shared key that this client names.".to_owned(),
        ..finding
    };
    let finding = finding.see(
        offer.event,
        "ClientHello.pre_shared_key",
        "names a key that is no ticket of an earlier session",
    );
    match offer.external_binder {
        Some(bytes) => finding.or(
            Cause::PskHashMismatch,
            format!(
                "the key is bound to {}: whether the server has a cipher suite of that hash",
                hash_of(bytes)
            ),
        ),
        None => finding,
    }
}

/// Whether the client offers to come in by a pre-shared key: in its hello (TLS 1.3), or by suites of such keys.
fn names_a_key(handshake: &Handshake) -> bool {
    let by_suite = |offer: &Offer| {
        offer.cipher_suites.iter().any(|suite| suite.authentication() == Some(Authentication::Psk))
    };
    let psk = |offer: &At<Offer>| offer.psk_identities.is_some_and(|count| count > 0) || by_suite(offer);
    handshake.offer.as_ref().is_none_or(psk)
}

pub(super) fn unknown(role: Role, confidence: Confidence) -> Finding {
    let clause = match role {
        Role::Server => "this server does not know it",
        Role::Client => "the server does not know it",
    };
    let summary = format!("The client names a pre-shared key: {}.", perhaps(confidence, clause));
    let finding = Finding::new(Cause::PskUnknownIdentity, confidence, Side::Client, summary).explain(
        "A pre-shared key is chosen by its identity, a name in the ClientHello (TLS 1.3) or ClientKeyExchange (TLS 1.2). The server's \
         look-up found no key under it: a typing error, another server, or a key that was never brought there.",
    );
    advise(finding)
}

fn mismatch(role: Role, confidence: Confidence) -> Finding {
    let peer = role.peer().as_str();
    let finding = Finding::new(
        Cause::PskKeyMismatch,
        confidence,
        Side::Client,
        match confidence {
            Confidence::Certain => format!("This side and the {peer} hold different keys under the same pre-shared key identity."),
            _ => format!("This side and the {peer} probably hold different keys under the same pre-shared key identity."),
        },
    )
    .explain(
        "The identity was found, and what one side computed from its key did not verify with the other's: the binder of the \
         ClientHello in TLS 1.3, the first sealed record in TLS 1.2.",
    )
    .not(Cause::PskUnknownIdentity, "the alert and the reason for that are others");
    advise(finding)
}

fn advise(finding: Finding) -> Finding {
    finding.with(sessions::same_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_and_alerts_tell_them_apart() {
        let cause = |handshake: Handshake| failed(&handshake).map(|finding| finding.cause);
        let server = || Handshake::blank(Role::Server);
        assert_eq!(
            cause(server().with_reason(reason::PSK_IDENTITY_NOT_FOUND)),
            Some(Cause::PskUnknownIdentity)
        );
        assert_eq!(cause(server().with_reason(reason::BINDER_DOES_NOT_VERIFY)), Some(Cause::PskKeyMismatch));
        let client = Handshake::blank(Role::Client)
            .with_alert(Direction::Received, AlertDescription::UNKNOWN_PSK_IDENTITY);
        assert_eq!(cause(client), Some(Cause::PskUnknownIdentity));
        // Without a suite of pre-shared keys a bad record is but a bad record.
        assert_eq!(cause(server().with_reason(reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC)), None);
    }
}
