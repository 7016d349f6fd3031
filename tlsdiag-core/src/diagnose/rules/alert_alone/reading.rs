//! The class of failure that each alert stands for, where nothing else is known (RFC 8446, section 6, and the registry of alerts).

use super::super::certificate::rejected_cause;
use super::super::{names, record};
use crate::diagnose::{Cause, Confidence, Side};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Handshake};
use crate::wire::AlertDescription as Alert;

/// What an alert alone makes of a failure: a class, a clause for "it may be that …", and where it has to be mended.
pub(super) struct Reading {
    pub(super) cause: Cause,
    pub(super) confidence: Confidence,
    /// What is probably or perhaps so.
    pub(super) clause: String,
    pub(super) side: Side,
}

pub(super) fn read(handshake: &Handshake, alert: &At<AlertSeen>, refuser: Role) -> Reading {
    let other = refuser.peer();
    let (whose, refuser_name) = (other.as_str(), refuser.as_str());
    let new = |cause, confidence, side: Side, clause: String| Reading { cause, confidence, clause, side };
    let certificate =
        |confidence, clause: String| new(rejected_cause(other), confidence, other.into(), clause);
    let shown = handshake.certificate_came(other);
    let violation =
        |confidence, clause: &str| new(Cause::ProtocolViolation, confidence, other.into(), clause.to_owned());
    let sealed = alert.direction == Direction::Sent || record::sealed_was_sent(handshake);
    // What only a server has to say.
    let servers = matches!(
        alert.description,
        Alert::CERTIFICATE_REQUIRED
            | Alert::INAPPROPRIATE_FALLBACK
            | Alert::UNRECOGNIZED_NAME
            | Alert::UNKNOWN_PSK_IDENTITY
    );
    if (servers && refuser == Role::Client)
        || (alert.description == Alert::NO_CERTIFICATE && refuser == Role::Server)
    {
        return violation(
            Confidence::Possible,
            &format!("the {refuser_name} means something else by an alert that only a {whose} has"),
        );
    }
    match alert.description {
        Alert::BAD_RECORD_MAC | Alert::DECRYPTION_FAILED if sealed => new(
            Cause::RecordBadMac,
            Confidence::Likely,
            Side::Network,
            "a sealed record was altered in transit".to_owned(),
        ),
        Alert::RECORD_OVERFLOW | Alert::DECODE_ERROR | Alert::BAD_RECORD_MAC | Alert::DECRYPTION_FAILED => {
            new(
                Cause::RecordCorrupt,
                Confidence::Possible,
                Side::Network,
                format!("what the {whose} sent was altered in transit, or is noise"),
            )
        }
        Alert::BAD_CERTIFICATE
        | Alert::UNSUPPORTED_CERTIFICATE
        | Alert::CERTIFICATE_REVOKED
        | Alert::CERTIFICATE_EXPIRED
        | Alert::CERTIFICATE_UNKNOWN
        | Alert::UNKNOWN_CA
        | Alert::ACCESS_DENIED
        | Alert::CERTIFICATE_UNOBTAINABLE
        | Alert::BAD_CERTIFICATE_STATUS_RESPONSE
        | Alert::BAD_CERTIFICATE_HASH_VALUE
            if shown =>
        {
            certificate(Confidence::Likely, format!("it refuses the {whose}'s certificate"))
        }
        Alert::DECRYPT_ERROR if shown => certificate(
            Confidence::Possible,
            format!("the {whose}'s signature, or its Finished, did not verify"),
        ),
        Alert::DECRYPT_ERROR => new(
            Cause::RecordCorrupt,
            Confidence::Possible,
            Side::Network,
            "the two have not seen the same messages".to_owned(),
        ),
        Alert::HANDSHAKE_FAILURE if shown => certificate(
            Confidence::Possible,
            format!("it refuses the {whose}'s certificate without a better word"),
        ),
        // A suite was chosen: it is something behind it.
        Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY | Alert::EXPORT_RESTRICTION
            if handshake.answer.is_some() && refuser == Role::Server =>
        {
            new(
                Cause::ConfigNoCertificate,
                Confidence::Possible,
                Side::Server,
                "the server has no certificate, or no key for it, that it could use here".to_owned(),
            )
        }
        Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY | Alert::EXPORT_RESTRICTION
            if handshake.answer.is_some() =>
        {
            violation(Confidence::Possible, "the client does not accept what the server chose")
        }
        Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY | Alert::EXPORT_RESTRICTION => new(
            Cause::CipherNoOverlap,
            Confidence::Possible,
            Side::Server,
            "the two have no cipher suite, group or signature scheme in common".to_owned(),
        ),
        Alert::NO_CERTIFICATE | Alert::CERTIFICATE_REQUIRED => new(
            Cause::ClientCertMissing,
            Confidence::Likely,
            Side::Client,
            "a client certificate is required and the client sent none".to_owned(),
        ),
        Alert::PROTOCOL_VERSION => new(
            Cause::VersionNoOverlap,
            Confidence::Likely,
            Side::Server,
            "the two have no protocol version in common".to_owned(),
        ),
        Alert::INAPPROPRIATE_FALLBACK => new(
            Cause::VersionInappropriateFallback,
            Confidence::Likely,
            Side::Client,
            "the client tries again with less than both can do".to_owned(),
        ),
        Alert::UNRECOGNIZED_NAME => {
            let cause =
                handshake.offer.as_ref().map_or(Cause::SniUnrecognized, |offer| names::suspect(offer));
            new(
                cause,
                Confidence::Likely,
                Side::Client,
                "the name that the client asks for is not served there".to_owned(),
            )
        }
        Alert::UNKNOWN_PSK_IDENTITY => new(
            Cause::PskUnknownIdentity,
            Confidence::Possible,
            Side::Client,
            "the server wants a pre-shared key, and the client offers none that is known there".to_owned(),
        ),
        Alert::NO_APPLICATION_PROTOCOL => new(
            Cause::AlpnNoOverlap,
            Confidence::Likely,
            Side::Server,
            "the two have no application protocol in common".to_owned(),
        ),
        Alert::ECH_REQUIRED => new(
            Cause::EchRejected,
            Confidence::Possible,
            Side::Server,
            "an encrypted ClientHello was wanted and not opened".to_owned(),
        ),
        Alert::UNEXPECTED_MESSAGE
        | Alert::ILLEGAL_PARAMETER
        | Alert::MISSING_EXTENSION
        | Alert::UNSUPPORTED_EXTENSION
        | Alert::TOO_MANY_CIDS_REQUESTED
        | Alert::DECOMPRESSION_FAILURE => {
            violation(Confidence::Likely, &format!("something that the {whose} sent is against the protocol"))
        }
        Alert::INTERNAL_ERROR | Alert::GENERAL_ERROR | Alert::USER_CANCELED => new(
            Cause::ConfigCallbackFailed,
            Confidence::Possible,
            refuser.into(),
            format!("a callback of the {refuser_name}'s own program failed, or something else of its own"),
        ),
        Alert::NO_RENEGOTIATION => violation(
            Confidence::Possible,
            &format!("the {refuser_name} takes this for a renegotiation, which it is not"),
        ),
        // Of a certificate before there was one: the program means something else by it, mostly the name.
        Alert::BAD_CERTIFICATE
        | Alert::UNSUPPORTED_CERTIFICATE
        | Alert::CERTIFICATE_REVOKED
        | Alert::CERTIFICATE_EXPIRED
        | Alert::CERTIFICATE_UNKNOWN
        | Alert::UNKNOWN_CA
        | Alert::ACCESS_DENIED
        | Alert::CERTIFICATE_UNOBTAINABLE
        | Alert::BAD_CERTIFICATE_STATUS_RESPONSE
        | Alert::BAD_CERTIFICATE_HASH_VALUE => new(
            Cause::ConfigCallbackFailed,
            Confidence::Possible,
            refuser.into(),
            format!(
                "the {refuser_name}'s own program refused the {whose}; no certificate of the {whose}'s had come"
            ),
        ),
        _ => violation(
            Confidence::Possible,
            &format!("the {refuser_name} speaks an extension or a draft of its own"),
        ),
    }
}
