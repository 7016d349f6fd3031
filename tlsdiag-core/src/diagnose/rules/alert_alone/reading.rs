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

/// Who refuses what, and by which alert.
struct Refusal<'a> {
    handshake: &'a Handshake,
    alert: &'a At<AlertSeen>,
    refuser: Role,
}

pub(super) fn read(handshake: &Handshake, alert: &At<AlertSeen>, refuser: Role) -> Reading {
    let refusal = Refusal { handshake, alert, refuser };
    refusal
        .misplaced()
        .or_else(|| refusal.altered())
        .or_else(|| refusal.of_certificate())
        .or_else(|| refusal.of_choice())
        .or_else(|| refusal.of_offer())
        .unwrap_or_else(|| refusal.of_protocol())
}

fn reading(cause: Cause, confidence: Confidence, side: Side, clause: impl Into<String>) -> Reading {
    Reading { cause, confidence, clause: clause.into(), side }
}

impl Refusal<'_> {
    /// The side that is refused.
    fn other(&self) -> Role {
        self.refuser.peer()
    }

    fn certificate(&self, confidence: Confidence, clause: String) -> Reading {
        reading(rejected_cause(self.other()), confidence, self.other().into(), clause)
    }

    fn violation(&self, confidence: Confidence, clause: impl Into<String>) -> Reading {
        reading(Cause::ProtocolViolation, confidence, self.other().into(), clause)
    }

    /// What only the other side has to say.
    fn misplaced(&self) -> Option<Reading> {
        let servers = matches!(
            self.alert.description,
            Alert::CERTIFICATE_REQUIRED
                | Alert::INAPPROPRIATE_FALLBACK
                | Alert::UNRECOGNIZED_NAME
                | Alert::UNKNOWN_PSK_IDENTITY
        );
        let misplaced = (servers && self.refuser == Role::Client)
            || (self.alert.description == Alert::NO_CERTIFICATE && self.refuser == Role::Server);
        misplaced.then(|| {
            let (whose, refuser) = (self.other().as_str(), self.refuser.as_str());
            self.violation(
                Confidence::Possible,
                format!("the {refuser} means something else by an alert that only a {whose} has"),
            )
        })
    }

    /// What came is not what was sent.
    fn altered(&self) -> Option<Reading> {
        let other = self.other();
        let sealed = self.alert.direction == Direction::Sent || record::sealed_was_sent(self.handshake);
        Some(match self.alert.description {
            Alert::BAD_RECORD_MAC | Alert::DECRYPTION_FAILED if sealed => reading(
                Cause::RecordBadMac,
                Confidence::Likely,
                Side::Network,
                "a sealed record was altered in transit",
            ),
            Alert::RECORD_OVERFLOW
            | Alert::DECODE_ERROR
            | Alert::BAD_RECORD_MAC
            | Alert::DECRYPTION_FAILED => reading(
                Cause::RecordCorrupt,
                Confidence::Possible,
                Side::Network,
                format!("what the {} sent was altered in transit, or is noise", other.as_str()),
            ),
            Alert::DECRYPT_ERROR if self.handshake.certificate_came(other) => self.certificate(
                Confidence::Possible,
                format!("the {}'s signature, or its Finished, did not verify", other.as_str()),
            ),
            Alert::DECRYPT_ERROR => reading(
                Cause::RecordCorrupt,
                Confidence::Possible,
                Side::Network,
                "the two have not seen the same messages",
            ),
            _ => return None,
        })
    }

    fn of_certificate(&self) -> Option<Reading> {
        let of_certificate = matches!(
            self.alert.description,
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
        );
        let (other, whose, refuser) = (self.other(), self.other().as_str(), self.refuser.as_str());
        of_certificate.then(|| {
            if self.handshake.certificate_came(other) {
                return self.certificate(
                    Confidence::Likely,
                    format!("it refuses the {whose}'s certificate"),
                );
            }
            // Of a certificate before there was one: the program means something else by it, mostly the name.
            reading(
                Cause::ConfigCallbackFailed,
                Confidence::Possible,
                self.refuser.into(),
                format!(
                    "the {refuser}'s own program refused the {whose}; no certificate of the {whose}'s had come"
                ),
            )
        })
    }

    /// Nothing in common, or something behind that.
    fn of_choice(&self) -> Option<Reading> {
        let description = self.alert.description;
        let of_choice = matches!(
            description,
            Alert::HANDSHAKE_FAILURE | Alert::INSUFFICIENT_SECURITY | Alert::EXPORT_RESTRICTION
        );
        if !of_choice {
            return None;
        }
        let shown = self.handshake.certificate_came(self.other());
        Some(if shown {
            let whose = self.other().as_str();
            self.certificate(
                Confidence::Possible,
                format!("it refuses the {whose}'s certificate without a better word"),
            )
        } else if self.handshake.answer.is_none() {
            reading(
                Cause::CipherNoOverlap,
                Confidence::Possible,
                Side::Server,
                "the two have no cipher suite, group or signature scheme in common",
            )
        } else if self.refuser == Role::Server {
            // A suite was chosen: it is something behind it.
            reading(
                Cause::ConfigNoCertificate,
                Confidence::Possible,
                Side::Server,
                "the server has no certificate, or no key for it, that it could use here",
            )
        } else {
            self.violation(Confidence::Possible, "the client does not accept what the server chose")
        })
    }

    /// What one side has, offers or asks for, and the other does not take.
    fn of_offer(&self) -> Option<Reading> {
        use Confidence::{Likely, Possible};
        Some(match self.alert.description {
            Alert::NO_CERTIFICATE | Alert::CERTIFICATE_REQUIRED => reading(
                Cause::ClientCertMissing,
                Likely,
                Side::Client,
                "a client certificate is required and the client sent none",
            ),
            Alert::PROTOCOL_VERSION => reading(
                Cause::VersionNoOverlap,
                Likely,
                Side::Server,
                "the two have no protocol version in common",
            ),
            Alert::INAPPROPRIATE_FALLBACK => reading(
                Cause::VersionInappropriateFallback,
                Likely,
                Side::Client,
                "the client tries again with less than both can do",
            ),
            Alert::UNRECOGNIZED_NAME => {
                let offer = self.handshake.offer.as_ref();
                let cause = offer.map_or(Cause::SniUnrecognized, |offer| names::suspect(offer));
                reading(cause, Likely, Side::Client, "the name that the client asks for is not served there")
            }
            Alert::UNKNOWN_PSK_IDENTITY => reading(
                Cause::PskUnknownIdentity,
                Possible,
                Side::Client,
                "the server wants a pre-shared key, and the client offers none that is known there",
            ),
            Alert::NO_APPLICATION_PROTOCOL => reading(
                Cause::AlpnNoOverlap,
                Likely,
                Side::Server,
                "the two have no application protocol in common",
            ),
            Alert::ECH_REQUIRED => reading(
                Cause::EchRejected,
                Possible,
                Side::Server,
                "an encrypted ClientHello was wanted and not opened",
            ),
            _ => return None,
        })
    }

    /// The rest: something is against the protocol, or the refuser's own program failed.
    fn of_protocol(&self) -> Reading {
        let (whose, refuser) = (self.other().as_str(), self.refuser.as_str());
        match self.alert.description {
            Alert::UNEXPECTED_MESSAGE
            | Alert::ILLEGAL_PARAMETER
            | Alert::MISSING_EXTENSION
            | Alert::UNSUPPORTED_EXTENSION
            | Alert::TOO_MANY_CIDS_REQUESTED
            | Alert::DECOMPRESSION_FAILURE => self.violation(
                Confidence::Likely,
                format!("something that the {whose} sent is against the protocol"),
            ),
            Alert::INTERNAL_ERROR | Alert::GENERAL_ERROR | Alert::USER_CANCELED => reading(
                Cause::ConfigCallbackFailed,
                Confidence::Possible,
                self.refuser.into(),
                format!("a callback of the {refuser}'s own program failed, or something else of its own"),
            ),
            Alert::NO_RENEGOTIATION => self.violation(
                Confidence::Possible,
                format!("the {refuser} takes this for a renegotiation, which it is not"),
            ),
            _ => self.violation(
                Confidence::Possible,
                format!("the {refuser} speaks an extension or a draft of its own"),
            ),
        }
    }
}
