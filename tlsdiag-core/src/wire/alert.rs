//! Alerts (RFC 8446, section 6).

use super::code_points::{AlertDescription, AlertLevel};
use super::error::WireError;
use super::reader::Reader;

/// An alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alert {
    /// Warning or fatal.
    pub level: AlertLevel,
    /// What it says.
    pub description: AlertDescription,
}

impl Alert {
    /// Decodes the two bytes of an alert.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let level = AlertLevel(reader.u8("AlertLevel")?);
        let description = AlertDescription(reader.u8("AlertDescription")?);
        reader.finish("Alert")?;
        Ok(Self { level, description })
    }

    /// Whether it ends the connection.
    pub fn is_fatal(&self) -> bool {
        self.level == AlertLevel::FATAL
    }

    /// One line that says what the sender means.
    pub fn meaning(&self) -> &'static str {
        self.description.meaning()
    }
}

impl AlertDescription {
    /// One line that says what the sender means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::CLOSE_NOTIFY => "the sender will send nothing more",
            Self::UNEXPECTED_MESSAGE => "a message came out of turn",
            Self::BAD_RECORD_MAC => "a record could not be decrypted or was changed on the way",
            Self::DECRYPTION_FAILED => "a record could not be decrypted",
            Self::RECORD_OVERFLOW => "a record was longer than allowed",
            Self::DECOMPRESSION_FAILURE => "a record could not be decompressed",
            Self::HANDSHAKE_FAILURE => "nothing that was offered was acceptable",
            Self::NO_CERTIFICATE => "SSLv3: the client has no certificate to send",
            Self::BAD_CERTIFICATE => "the certificate is corrupt or its signature does not verify",
            Self::UNSUPPORTED_CERTIFICATE => "the certificate is of a kind that the sender cannot use",
            Self::CERTIFICATE_REVOKED => "the certificate was revoked by its issuer",
            Self::CERTIFICATE_EXPIRED => "the certificate has expired or is not valid yet",
            Self::CERTIFICATE_UNKNOWN => "the certificate is not acceptable, for some other reason",
            Self::ILLEGAL_PARAMETER => "a field had a value that is out of range or contradicts another",
            Self::UNKNOWN_CA => "the certificate's issuer is not known or not trusted",
            Self::ACCESS_DENIED => "the certificate is valid, but its owner is not let in",
            Self::DECODE_ERROR => "a message could not be read",
            Self::DECRYPT_ERROR => "a signature or a Finished did not verify",
            Self::TOO_MANY_CIDS_REQUESTED => "the peer asked for too many connection IDs",
            Self::EXPORT_RESTRICTION => "the negotiation broke export restrictions",
            Self::PROTOCOL_VERSION => "no protocol version is acceptable to both",
            Self::INSUFFICIENT_SECURITY => "the sender wants stronger parameters than the peer offers",
            Self::INTERNAL_ERROR => "the sender failed for reasons of its own",
            Self::INAPPROPRIATE_FALLBACK => "the client retried with a lower version than both can speak",
            Self::USER_CANCELED => "the sender gave up for reasons that are no failure of the protocol",
            Self::NO_RENEGOTIATION => "the sender will not renegotiate",
            Self::MISSING_EXTENSION => "an extension that must be there was missing",
            Self::UNSUPPORTED_EXTENSION => "an extension came that was not offered or does not belong there",
            Self::CERTIFICATE_UNOBTAINABLE => "the certificate could not be fetched from the URL given",
            Self::UNRECOGNIZED_NAME => "no server of the name asked for lives here",
            Self::BAD_CERTIFICATE_STATUS_RESPONSE => "the OCSP response was invalid or not acceptable",
            Self::BAD_CERTIFICATE_HASH_VALUE => "the certificate fetched from a URL is not the one announced",
            Self::UNKNOWN_PSK_IDENTITY => "no pre-shared key of the client's is known",
            Self::CERTIFICATE_REQUIRED => "the server demands a client certificate and none came",
            Self::GENERAL_ERROR => "the sender failed for a reason that no other alert names",
            Self::NO_APPLICATION_PROTOCOL => "no application protocol (ALPN) is common to both",
            Self::ECH_REQUIRED => {
                "the server could not open the encrypted ClientHello and the client demands it"
            }
            _ => "an alert that no RFC we know defines",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bytes_and_no_more() {
        let alert = Alert::decode(&[2, 116]).unwrap();
        assert!(alert.is_fatal());
        assert_eq!(alert.description.to_string(), "certificate_required");
        assert_eq!(alert.meaning(), "the server demands a client certificate and none came");
        assert!(Alert::decode(&[2]).is_err() && Alert::decode(&[2, 40, 0]).is_err());
    }

    #[test]
    fn every_alert_with_a_name_has_a_meaning() {
        let unknown = AlertDescription(255).meaning();
        for alert in (0..255).map(AlertDescription).filter(|alert| alert.name().is_some()) {
            assert_ne!(alert.meaning(), unknown, "{alert}");
        }
    }
}
