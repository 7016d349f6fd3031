//! What there is to know about each cause, whichever handshake it shows in: how it comes about, how either side knows, what it
//! is easily taken for, what to write where, and where the standard and OpenSSL's manual speak of it. One family of causes a
//! file.
//!
//! The advice is the rules' own: a rule adds it to its finding by the functions here, and a page prints what they add.

pub(super) mod certificates;
pub(super) mod client_auth;
pub(super) mod names;
pub(super) mod negotiation;
pub(super) mod not_tls;
pub(super) mod own;
pub(super) mod programs;
pub(super) mod sessions;
pub(super) mod setup;
pub(super) mod signatures;
pub(super) mod suites;
pub(super) mod transport;
pub(super) mod warnings;

use super::{Advice, Cause, CertificateFault, Confidence, Finding, Side};
use crate::event::Role;

/// What there is to know about a cause: an entry of the encyclopedia.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Which cause.
    pub cause: Cause,
    /// What happens, and how it comes about: a few sentences.
    pub about: &'static str,
    /// How it is known, and by whom.
    pub known_by: &'static [&'static str],
    /// What it is easily taken for, with what tells the two apart.
    pub look_alikes: Vec<(Cause, &'static str)>,
    /// What to write where, best first.
    pub advice: Vec<Advice>,
    /// Where the standards speak of it, such as `RFC 8446 section 4.2.3`.
    pub standards: &'static [&'static str],
    /// OpenSSL's names for it: reasons, verify results, manual pages.
    pub openssl: &'static [&'static str],
}

/// An entry as it is written down, for a cause of its own.
struct Knowledge {
    about: &'static str,
    known_by: &'static [&'static str],
    look_alikes: &'static [(Cause, &'static str)],
    advice: fn(Finding) -> Finding,
    standards: &'static [&'static str],
    openssl: &'static [&'static str],
}

/// An entry as it is written down, for a fault of either side's certificate.
struct OfCertificate {
    about: &'static str,
    known_by: &'static [&'static str],
    look_alikes: &'static [(CertificateFault, &'static str)],
    standards: &'static [&'static str],
    openssl: &'static [&'static str],
}

impl Cause {
    /// What there is to know about it.
    #[must_use]
    pub fn entry(self) -> Entry {
        let nothing = Finding::new(self, Confidence::Possible, Side::Network, "");
        let of_certificate = |owner: Role, fault| {
            let known = certificates::of(fault);
            let cause = |fault| match owner {
                Role::Server => Cause::ServerCert(fault),
                Role::Client => Cause::ClientCert(fault),
            };
            let likes = known.look_alikes.iter();
            Entry {
                cause: self,
                about: known.about,
                known_by: known.known_by,
                look_alikes: likes.map(|(fault, tell)| (cause(*fault), *tell)).collect(),
                advice: certificates::advise(nothing.clone(), owner, fault).advice,
                standards: known.standards,
                openssl: known.openssl,
            }
        };
        match self {
            Cause::ServerCert(fault) => return of_certificate(Role::Server, fault),
            Cause::ClientCert(fault) => return of_certificate(Role::Client, fault),
            _ => {}
        }
        let known = self.knowledge();
        Entry {
            cause: self,
            about: known.about,
            known_by: known.known_by,
            look_alikes: known.look_alikes.to_vec(),
            advice: (known.advice)(nothing.clone()).advice,
            standards: known.standards,
            openssl: known.openssl,
        }
    }

    fn knowledge(self) -> &'static Knowledge {
        match self {
            Cause::NotTlsPlainHttp => &not_tls::PLAIN_HTTP,
            Cause::NotTlsStarttlsNeeded => &not_tls::STARTTLS_NEEDED,
            Cause::NotTlsProxyHeader => &not_tls::PROXY_HEADER,
            Cause::NotTlsOtherProtocol => &not_tls::OTHER_PROTOCOL,
            Cause::TransportClosedBeforeHello => &transport::CLOSED_BEFORE_HELLO,
            Cause::TransportClosedMidHandshake => &transport::CLOSED_MID_HANDSHAKE,
            Cause::TransportTimeout => &transport::TIMEOUT,
            Cause::TransportNotConnected => &transport::NOT_CONNECTED,
            Cause::TransportOwnShutdown => &transport::OWN_SHUTDOWN,
            Cause::RecordBadMac => &transport::BAD_MAC,
            Cause::RecordCorrupt => &transport::CORRUPT,
            Cause::ProtocolViolation => &transport::VIOLATION,
            Cause::MiddleboxHelloIntolerance => &transport::HELLO_INTOLERANCE,
            Cause::VersionNoOverlap => &negotiation::VERSION,
            Cause::VersionInappropriateFallback => &negotiation::FALLBACK,
            Cause::VersionDowngradeDetected => &negotiation::DOWNGRADE,
            Cause::EchRejected => &names::ENCRYPTED_HELLO,
            Cause::CipherNoOverlap => &negotiation::CIPHER,
            Cause::CipherNoMatchingCertificate => &negotiation::CIPHER_AND_CERTIFICATE,
            Cause::GroupNoOverlap => &negotiation::GROUP,
            Cause::EmsRequired => &negotiation::EXTENDED_MASTER_SECRET,
            Cause::DhKeyTooSmall => &negotiation::DH_KEY,
            Cause::SigalgNoOverlap => &signatures::NO_OVERLAP,
            Cause::SigalgClientKeyIncompatible => &signatures::CLIENT_KEY_INCOMPATIBLE,
            Cause::SigalgSignerRefused => &signatures::SIGNER_REFUSED,
            Cause::SigalgPeerUsedUnoffered => &signatures::PEER_USED_UNOFFERED,
            Cause::AlpnNoOverlap => &names::ALPN,
            Cause::SniMissing => &names::SNI_MISSING,
            Cause::SniUnrecognized => &names::SNI_UNRECOGNIZED,
            Cause::ServerCertHostnameMismatch => &names::HOSTNAME_MISMATCH,
            Cause::ServerCertStaplingRequired => &names::STAPLING_REQUIRED,
            Cause::RenegotiationLegacyRefused => &sessions::LEGACY_REFUSED,
            Cause::RenegotiationRefused => &sessions::RENEGOTIATION_REFUSED,
            Cause::SessionIdContextUninitialized => &sessions::ID_CONTEXT,
            Cause::PskUnknownIdentity => &sessions::PSK_UNKNOWN,
            Cause::PskKeyMismatch => &sessions::PSK_MISMATCH,
            Cause::PskHashMismatch => &sessions::PSK_HASH,
            Cause::ClientAuthPhaNotOffered => &client_auth::PHA_NOT_OFFERED,
            Cause::ClientAuthCaListTooLarge => &client_auth::CA_LIST_TOO_LARGE,
            Cause::ClientCertMissing => &client_auth::MISSING,
            Cause::ClientCertNotInCaList => &client_auth::NOT_IN_CA_LIST,
            Cause::ServerCertRejected | Cause::ClientCertRejected => &client_auth::REJECTED,
            Cause::ConfigKeyMismatch => &own::KEY_MISMATCH,
            Cause::ConfigNoCertificate => &own::NO_CERTIFICATE,
            Cause::ConfigSecurityLevel => &own::SECURITY_LEVEL,
            Cause::ConfigFile => &setup::FILE,
            Cause::ConfigKeyLocked => &setup::KEY_LOCKED,
            Cause::ConfigInvalidValue => &setup::INVALID_VALUE,
            Cause::ConfigCallbackFailed => &own::CALLBACK,
            Cause::WarnClientUnverified => &warnings::CLIENT_UNVERIFIED,
            Cause::WarnAnyPublicCaAccepted => &warnings::ANY_PUBLIC_CA,
            Cause::WarnResumedWithoutClientAuth => &warnings::RESUMED,
            Cause::WarnCertificateExpiresSoon => &warnings::EXPIRES_SOON,
            Cause::NoteClientAsksUser => &client_auth::CLIENT_ASKS_USER,
            Cause::NoteAwaitsUser => &client_auth::AWAITS_USER,
            Cause::ServerCert(_) | Cause::ClientCert(_) => unreachable!("these are told above"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_whole() {
        for cause in Cause::all() {
            let entry = cause.entry();
            assert!(entry.about.ends_with('.') && entry.about.len() > 80, "{cause}: {}", entry.about);
            assert!(!entry.known_by.is_empty() && !entry.advice.is_empty(), "{cause}");
            assert!(!entry.standards.is_empty() && !entry.openssl.is_empty(), "{cause}");
            for (like, tell) in &entry.look_alikes {
                assert!(*like != cause && !tell.is_empty(), "{cause}");
            }
            let texts = entry.known_by.iter().chain(entry.look_alikes.iter().map(|(_, tell)| tell));
            for text in texts {
                assert!(!text.ends_with('.'), "{cause}: a clause, no sentence: {text}");
            }
        }
    }

    /// Reasons and verify results are OpenSSL's own names, or a search for them finds nothing.
    #[test]
    fn names_look_like_openssls() {
        for cause in Cause::all() {
            for name in cause.entry().openssl {
                let manual = name.ends_with("(3)") || name.ends_with("(1)") || name.ends_with("(5)");
                let symbol = [
                    "SSL_R_",
                    "SSL_OP_",
                    "SSL_ERROR_",
                    "X509_V_ERR_",
                    "X509_R_",
                    "SSL_MODE_",
                    "PEM_R_",
                    "PKCS12_R_",
                    "EVP_R_",
                    "BIO_R_",
                    "ERR_R_",
                ]
                .iter()
                .any(|prefix| name.starts_with(prefix));
                assert!(manual || symbol, "{cause}: {name}");
            }
            for name in cause.entry().standards {
                assert!(name.starts_with("RFC ") || name.contains(": "), "{cause}: {name}");
            }
        }
    }
}
