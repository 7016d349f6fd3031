//! The catalogue of root causes: codes are a public contract, stable, dotted and lower case.

use std::fmt;

/// Declares [`Cause`] and its tables from one list, so that a code cannot miss its meaning or class.
macro_rules! causes {
    ($($variant:ident $code:literal $class:ident $meaning:literal)*) => {
        /// The root cause of a failed handshake, or of a warning on an established one; or a note, of what is no failure.
        ///
        /// New causes may be added; none is renamed or reused. Compares and sorts by its place in the catalogue.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = concat!("`", $code, "`: ", $meaning)] $variant,)*
            /// `server_cert.…`: what is wrong with the server's certificate.
            ServerCert(CertificateFault),
            /// `client_cert.…`: what is wrong with the client's certificate.
            ClientCert(CertificateFault),
        }

        const PLAIN: &[Cause] = &[$(Cause::$variant,)*];

        impl Cause {
            /// The stable code, such as `client_cert.missing`.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Cause::$variant => $code,)*
                    Cause::ServerCert(fault) => fault.server_code(),
                    Cause::ClientCert(fault) => fault.client_code(),
                }
            }

            /// One line that says what it means.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Cause::$variant => $meaning,)*
                    Cause::ServerCert(fault) | Cause::ClientCert(fault) => fault.meaning(),
                }
            }

            /// The coarse class for metrics of low cardinality.
            #[must_use]
            pub fn class(self) -> ResultClass {
                match self {
                    $(Cause::$variant => ResultClass::$class,)*
                    Cause::ServerCert(fault) | Cause::ClientCert(fault) => fault.class(),
                }
            }
        }
    };
}

causes! {
    NotTlsPlainHttp "not_tls.plain_http" UnknownFailure
        "one side speaks cleartext HTTP to the other's TLS"
    NotTlsStarttlsNeeded "not_tls.starttls_needed" UnknownFailure
        "a cleartext protocol comes first (SMTP, IMAP, …): STARTTLS was needed, or the client began in cleartext on an implicit-TLS port"
    NotTlsProxyHeader "not_tls.proxy_header" UnknownFailure
        "a PROXY protocol header where TLS is expected, or missing where one is expected"
    NotTlsOtherProtocol "not_tls.other_protocol" UnknownFailure
        "the peer speaks SSH or some other protocol"
    TransportNotConnected "transport.not_connected" UnknownFailure
        "the handshake was begun without a connection: refused, never made, or a descriptor that is closed or no socket"
    TransportClosedBeforeHello "transport.closed_before_hello" PeerConnectionClosed
        "closed or reset before the peer sent one TLS byte (port scan, health check, dead backend)"
    TransportClosedMidHandshake "transport.closed_mid_handshake" PeerConnectionClosed
        "cut off without an alert after the hellos, by a third party or a crash"
    TransportTimeout "transport.timeout" HandshakeTimeout
        "the peer, or a path that swallows packets, went silent"
    TransportOwnShutdown "transport.own_shutdown" HandshakeTimeout
        "this side's own program shut the connection down (shutdown(2)) while the handshake went on"
    RecordBadMac "record.bad_mac" DecryptionFailed
        "a protected record failed authentication: it was altered in transit"
    RecordCorrupt "record.corrupt" UnexpectedMessage
        "a record header or a cleartext message was altered, or there is noise in mid-stream"
    ProtocolViolation "protocol.violation" UnexpectedMessage
        "a well-formed message that the protocol forbids: an unoffered cipher suite, a wrong order, …"
    MiddleboxHelloIntolerance "middlebox.hello_intolerance" PeerConnectionClosed
        "something in the path swallows or resets this ClientHello (large, post-quantum, of an unknown version)"
    VersionNoOverlap "version.no_overlap" ProtocolVersionUnsupported
        "no protocol version is enabled on both sides"
    VersionInappropriateFallback "version.inappropriate_fallback" InappropriateFallback
        "TLS_FALLBACK_SCSV below what the server supports"
    VersionDowngradeDetected "version.downgrade_detected" ProtocolVersionUnsupported
        "the server's random carries the mark of a downgrade: something in the path took away a version"
    EchRejected "ech.rejected" UnknownFailure
        "the server could not open the encrypted ClientHello, and the client insists on it"
    CipherNoOverlap "cipher.no_overlap" CipherSuiteMismatch
        "no cipher suite in common for the version in use"
    CipherNoMatchingCertificate "cipher.no_matching_certificate" CipherSuiteMismatch
        "the cipher suites overlap only where the server lacks that type of certificate"
    GroupNoOverlap "group.no_overlap" KeyExchangeFailure
        "no (EC)DHE group in common"
    SigalgNoOverlap "sigalg.no_overlap" SignatureVerificationFailed
        "the server's key can sign with nothing that the client's signature_algorithms offers"
    SigalgClientKeyIncompatible "sigalg.client_key_incompatible" SignatureVerificationFailed
        "the client's key can sign with nothing that CertificateRequest offers"
    SigalgSignerRefused "sigalg.signer_refused" SignatureVerificationFailed
        "the client's signer (smart card, HSM) refused the negotiated signature scheme"
    SigalgPeerUsedUnoffered "sigalg.peer_used_unoffered" SignatureVerificationFailed
        "the peer signed with a scheme that was not offered (policy, SHA-1)"
    AlpnNoOverlap "alpn.no_overlap" NoApplicationProtocol
        "no application protocol in common, and the server insists"
    SniMissing "sni.missing" UnknownFailure
        "the server needs a server_name and none was sent"
    SniUnrecognized "sni.unrecognized" CertificateHostnameMismatch
        "that server_name is not served here, and the server insists"
    RenegotiationLegacyRefused "renegotiation.legacy_refused" KeyExchangeFailure
        "the server lacks RFC 5746 secure renegotiation and the client refuses to go on"
    RenegotiationRefused "renegotiation.refused" UnexpectedMessage
        "the server asks for a renegotiation (a late client certificate) and the client does not renegotiate"
    ClientAuthPhaNotOffered "client_auth.pha_not_offered" UnexpectedMessage
        "post-handshake authentication is wanted and post_handshake_auth was not offered"
    ClientAuthCaListTooLarge "client_auth.ca_list_too_large" UnexpectedMessage
        "the CA names do not fit into CertificateRequest"
    EmsRequired "ems.required" KeyExchangeFailure
        "extended_master_secret is required by one side and not done by the other"
    DhKeyTooSmall "dh.key_too_small" KeyExchangeFailure
        "the server's DH parameters are below the client's policy"
    SessionIdContextUninitialized "session.id_context_uninitialized" UnknownFailure
        "the server verifies clients and resumes sessions without a session id context"
    PskUnknownIdentity "psk.unknown_identity" KeyExchangeFailure
        "the PSK identity is unknown to the server"
    PskKeyMismatch "psk.key_mismatch" DecryptionFailed
        "the PSK identity is known, but the keys differ"
    PskHashMismatch "psk.hash_mismatch" KeyExchangeFailure
        "the PSK is bound to another hash than the cipher suites in common have"
    ServerCertHostnameMismatch "server_cert.hostname_mismatch" CertificateHostnameMismatch
        "no subjectAltName matches the name that was asked for"
    ServerCertStaplingRequired "server_cert.stapling_required" CertificateVerificationFailed
        "the client insists on a stapled OCSP response and got none"
    ServerCertRejected "server_cert.rejected" CertificateVerificationFailed
        "the client refused the server's certificate without a reason, and the owner's own look found none"
    ClientCertRejected "client_cert.rejected" CertificateVerificationFailed
        "the server refused the client's certificate without a reason, and the owner's own look found none"
    ClientCertMissing "client_cert.missing" CertificateVerificationFailed
        "a client certificate is required and the client has none configured"
    ClientCertNotInCaList "client_cert.not_in_ca_list" CertificateVerificationFailed
        "the client has a certificate, but not under the CAs that the server named, so none was sent"
    ConfigKeyMismatch "config.key_mismatch" UnknownFailure
        "own certificate and private key do not belong together"
    ConfigNoCertificate "config.no_certificate" CipherSuiteMismatch
        "the server has no certificate for this handshake"
    ConfigSecurityLevel "config.security_level" UnknownFailure
        "own certificate, key or signature is refused by own security level"
    ConfigFile "config.file" UnknownFailure
        "a file of own certificates, keys or trusted certificates cannot be used: missing, unreadable, no PEM, or in the wrong order"
    ConfigKeyLocked "config.key_locked" UnknownFailure
        "own private key or PKCS#12 file cannot be opened: no or a wrong passphrase or PIN, or a cipher that OpenSSL 3 calls legacy"
    ConfigInvalidValue "config.invalid_value" UnknownFailure
        "OpenSSL does not accept a setting: a list of cipher suites, or a command of its configuration"
    ConfigCallbackFailed "config.callback_failed" UnknownFailure
        "a callback of the application (certificate, OCSP, ticket, server name, ClientHello, pre-shared key) failed or refused"
    WarnClientUnverified "warn.client_unverified" Success
        "client authentication was asked for and the handshake was let through without it"
    WarnAnyPublicCaAccepted "warn.any_public_ca_accepted" Success
        "the client CA set is the system's: anyone with a public certificate passes"
    WarnResumedWithoutClientAuth "warn.resumed_without_client_auth" Success
        "a resumed session skipped the client authentication that this context asks for"
    WarnCertificateExpiresSoon "warn.certificate_expires_soon" Success
        "a member of a chain expires within the configured days"
    NoteClientAsksUser "note.client_asks_user" PeerConnectionClosed
        "the client closed the connection where its certificate was due, as one does that asks its user first"
    NoteAwaitsUser "note.awaits_user" HandshakeTimeout
        "the client was silent where its certificate was due, as one is whose user has not answered a dialog"
}

macro_rules! certificate_faults {
    ($($variant:ident $suffix:literal $class:ident $meaning:literal)*) => {
        /// What can be wrong with a certificate, whichever side owns it.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum CertificateFault {
            $(#[doc = concat!("`", $suffix, "`: ", $meaning)] $variant,)*
        }

        impl CertificateFault {
            /// Every fault, in the catalogue's order.
            pub const ALL: &'static [CertificateFault] = &[$(CertificateFault::$variant,)*];

            fn server_code(self) -> &'static str {
                match self { $(CertificateFault::$variant => concat!("server_cert.", $suffix),)* }
            }

            fn client_code(self) -> &'static str {
                match self { $(CertificateFault::$variant => concat!("client_cert.", $suffix),)* }
            }

            fn meaning(self) -> &'static str {
                match self { $(CertificateFault::$variant => $meaning,)* }
            }

            fn class(self) -> ResultClass {
                match self { $(CertificateFault::$variant => ResultClass::$class,)* }
            }
        }
    };
}

certificate_faults! {
    Expired "expired" CertificateExpired "the certificate has expired"
    NotYetValid "not_yet_valid" CertificateNotYetValid "the certificate is not valid yet, or a clock is wrong"
    IssuerExpired "issuer_expired" CertificateExpired "an intermediate or root of the chain has expired, not the leaf"
    SelfSigned "self_signed" CertificateAuthorityInvalid "the certificate is self-signed and not trusted itself"
    UnknownIssuer "unknown_issuer" CertificateAuthorityInvalid "the chain is complete, but its CA is not trusted by the verifier"
    IncompleteChain "incomplete_chain" CertificateAuthorityInvalid "an intermediate was not sent, and the verifier does not have it"
    WrongPurpose "wrong_purpose" CertificateVerificationFailed "the certificate's extendedKeyUsage does not allow this use"
    BadKeyUsage "bad_key_usage" CertificateVerificationFailed "the certificate's keyUsage does not allow this use"
    Revoked "revoked" CertificateRevoked "the certificate has been revoked"
    CrlUnavailable "crl_unavailable" CertificateVerificationFailed "the verifier checks CRLs and has none for this issuer"
    CrlUnusable "crl_unusable" CertificateVerificationFailed "the verifier has a CRL of this issuer, and cannot use it: not yet valid, of another scope, wrongly signed, …"
    CrlExpired "crl_expired" CertificateVerificationFailed "the verifier's CRL is past its nextUpdate"
    WeakKey "weak_key" CertificateVerificationFailed "a key of the chain is too small for the verifier's policy"
    WeakSignature "weak_signature" CertificateVerificationFailed "a certificate is signed with a digest that the verifier's policy refuses"
    PathLength "path_length" CertificateVerificationFailed "the chain is longer than a CA's pathlen constraint allows"
    VerifyDepth "verify_depth" CertificateVerificationFailed "the chain is longer than the verifier's depth limit"
    NameConstraints "name_constraints" CertificateVerificationFailed "a name lies outside a CA's name constraints"
    UnhandledCriticalExtension "unhandled_critical_extension" CertificateVerificationFailed "a critical extension is unknown to the verifier"
    StrictProfile "strict_profile" CertificateVerificationFailed "a certificate of the chain breaks a rule of RFC 5280 that the verifier insists on"
    BadSignature "bad_signature" SignatureVerificationFailed "a signature within the chain is wrong"
    IssuerNotCa "issuer_not_ca" CertificateAuthorityInvalid "an issuing certificate is not a CA certificate"
    ChainTooLarge "chain_too_large" UnexpectedMessage "the Certificate message is larger than the verifier reads"
    ProofFailed "proof_failed" SignatureVerificationFailed "the handshake signature does not match the certificate's key"
    Malformed "malformed" CertificateMalformed "the certificate cannot be parsed"
}

/// Result names of low cardinality for metrics, as the gRPC proposal A118 (TLS telemetry) lists them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are A118's and say what they mean")]
pub enum ResultClass {
    UnknownFailure,
    Success,
    CertificateVerificationFailed,
    CertificateRevoked,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateAuthorityInvalid,
    CertificateHostnameMismatch,
    CertificateMalformed,
    CipherSuiteMismatch,
    ProtocolVersionUnsupported,
    InappropriateFallback,
    NoApplicationProtocol,
    SignatureVerificationFailed,
    DecryptionFailed,
    KeyExchangeFailure,
    UnexpectedMessage,
    HandshakeTimeout,
    PeerConnectionClosed,
}

impl ResultClass {
    /// The name as A118 writes it, such as `CERTIFICATE_EXPIRED`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ResultClass::UnknownFailure => "UNKNOWN_FAILURE",
            ResultClass::Success => "SUCCESS",
            ResultClass::CertificateVerificationFailed => "CERTIFICATE_VERIFICATION_FAILED",
            ResultClass::CertificateRevoked => "CERTIFICATE_REVOKED",
            ResultClass::CertificateExpired => "CERTIFICATE_EXPIRED",
            ResultClass::CertificateNotYetValid => "CERTIFICATE_NOT_YET_VALID",
            ResultClass::CertificateAuthorityInvalid => "CERTIFICATE_AUTHORITY_INVALID",
            ResultClass::CertificateHostnameMismatch => "CERTIFICATE_HOSTNAME_MISMATCH",
            ResultClass::CertificateMalformed => "CERTIFICATE_MALFORMED",
            ResultClass::CipherSuiteMismatch => "CIPHER_SUITE_MISMATCH",
            ResultClass::ProtocolVersionUnsupported => "PROTOCOL_VERSION_UNSUPPORTED",
            ResultClass::InappropriateFallback => "INAPPROPRIATE_FALLBACK",
            ResultClass::NoApplicationProtocol => "NO_APPLICATION_PROTOCOL",
            ResultClass::SignatureVerificationFailed => "SIGNATURE_VERIFICATION_FAILED",
            ResultClass::DecryptionFailed => "DECRYPTION_FAILED",
            ResultClass::KeyExchangeFailure => "KEY_EXCHANGE_FAILURE",
            ResultClass::UnexpectedMessage => "UNEXPECTED_MESSAGE",
            ResultClass::HandshakeTimeout => "HANDSHAKE_TIMEOUT",
            ResultClass::PeerConnectionClosed => "PEER_CONNECTION_CLOSED",
        }
    }
}

impl Cause {
    /// Whether this is a note: what happened, and is no failure.
    #[must_use]
    pub fn is_note(self) -> bool {
        self.code().starts_with("note.")
    }

    /// The whole catalogue, in its order.
    pub fn all() -> impl Iterator<Item = Cause> {
        PLAIN
            .iter()
            .copied()
            .chain(CertificateFault::ALL.iter().map(|fault| Cause::ServerCert(*fault)))
            .chain(CertificateFault::ALL.iter().map(|fault| Cause::ClientCert(*fault)))
    }

    /// The cause with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Cause> {
        Cause::all().find(|cause| cause.code() == code)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_unique_dotted_and_found_again() {
        let mut seen = HashSet::new();
        for cause in Cause::all() {
            assert!(seen.insert(cause.code()), "{cause} twice");
            let (family, name) = cause.code().split_once('.').expect("a dot");
            let plain = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            assert!(plain(family) && plain(name), "{cause}");
            assert_eq!(Cause::from_code(cause.code()), Some(cause));
            assert!(!cause.meaning().is_empty() && !cause.meaning().ends_with('.'));
        }
        assert_eq!(seen.len(), 56 + 2 * 24);
    }

    #[test]
    fn an_unknown_code_is_none() {
        assert_eq!(Cause::from_code("client_cert.absent"), None);
    }

    #[test]
    fn only_warnings_are_of_the_class_success() {
        for cause in Cause::all() {
            assert_eq!(cause.class() == ResultClass::Success, cause.code().starts_with("warn."), "{cause}");
        }
    }
}
