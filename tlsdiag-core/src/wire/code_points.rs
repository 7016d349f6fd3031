//! The numbers of TLS as open enumerations. Their constants and names are in [`names`](super::names), which is
//! generated from `names/iana.txt`.

use super::open_enum::{grease8, grease16, no_grease, open_enum};

open_enum! {
    /// What a record carries (RFC 8446, section 5.1).
    ContentType(u8), no_grease
}
open_enum! {
    /// The kind of a handshake message (RFC 8446, section 4).
    HandshakeType(u8), no_grease
}
open_enum! {
    /// A protocol version as it stands on the wire. The order is that of the numbers, which for DTLS runs backwards.
    ProtocolVersion(u16), grease16
}
open_enum! {
    /// A cipher suite (RFC 8446, appendix B.4, and IANA's registry).
    CipherSuite(u16), grease16
}
open_enum! {
    /// A group for key exchange: elliptic curve, finite field or KEM (RFC 8446, section 4.2.7).
    NamedGroup(u16), grease16
}
open_enum! {
    /// A signature scheme (RFC 8446, section 4.2.3). TLS 1.2's pairs of hash and signature (RFC 5246, section
    /// 7.4.1.4.1) are the same two bytes and have names of the same kind here.
    SignatureScheme(u16), grease16
}
open_enum! {
    /// The kind of an extension (RFC 8446, section 4.2).
    ExtensionType(u16), grease16
}
open_enum! {
    /// Warning or fatal (RFC 8446, section 6).
    AlertLevel(u8), no_grease
}
open_enum! {
    /// What an alert says (RFC 8446, section 6).
    AlertDescription(u8), no_grease
}
open_enum! {
    /// The kind of certificate a TLS 1.2 CertificateRequest asks for (RFC 5246, section 7.4.4).
    ClientCertificateType(u8), no_grease
}
open_enum! {
    /// What stands in a Certificate message: X.509, a raw public key … (RFC 7250, section 3).
    CertificateType(u8), no_grease
}
open_enum! {
    /// Compression of records (RFC 3749), which nobody should offer any more.
    CompressionMethod(u8), no_grease
}
open_enum! {
    /// Compression of the Certificate message (RFC 8879, section 7.3).
    CertificateCompressionAlgorithm(u16), no_grease
}
open_enum! {
    /// How a pre-shared key may be used (RFC 8446, section 4.2.9).
    PskKeyExchangeMode(u8), grease8
}
open_enum! {
    /// How a point on a curve is written (RFC 8422, section 5.1.2).
    EcPointFormat(u8), no_grease
}
open_enum! {
    /// How a ServerKeyExchange names its curve (RFC 8422, section 5.4).
    EcCurveType(u8), no_grease
}
open_enum! {
    /// The kind of a certificate's status (RFC 6066, section 8; RFC 6961).
    CertificateStatusType(u8), no_grease
}
open_enum! {
    /// Whether an OCSP responder answered (RFC 6960, section 4.2.1).
    OcspResponseStatus(u8), no_grease
}
open_enum! {
    /// The kind of a name in server_name (RFC 6066, section 3).
    NameType(u8), no_grease
}
open_enum! {
    /// The largest fragment that a client can take (RFC 6066, section 4).
    MaxFragmentLength(u8), no_grease
}
open_enum! {
    /// Whether a peer answers heartbeats (RFC 6520, section 2).
    HeartbeatMode(u8), no_grease
}
open_enum! {
    /// A protection profile of SRTP (RFC 5764, section 4.1.2).
    SrtpProtectionProfile(u16), no_grease
}
open_enum! {
    /// What a KeyUpdate asks of its receiver (RFC 8446, section 4.6.3).
    KeyUpdateRequest(u8), no_grease
}
open_enum! {
    /// The KEM of an HPKE configuration (RFC 9180, section 7.1).
    HpkeKem(u16), no_grease
}
open_enum! {
    /// The key derivation function of an HPKE suite (RFC 9180, section 7.2).
    HpkeKdf(u16), no_grease
}
open_enum! {
    /// The cipher of an HPKE suite (RFC 9180, section 7.3).
    HpkeAead(u16), no_grease
}
open_enum! {
    /// How a client names an authority that it trusts (RFC 6066, section 6).
    TrustedAuthorityType(u8), no_grease
}
open_enum! {
    /// How a certificate is mapped to a user (RFC 4681, section 2).
    UserMappingType(u8), no_grease
}
open_enum! {
    /// The form of an authorization (RFC 5878, section 2.3).
    AuthorizationDataFormat(u8), no_grease
}
open_enum! {
    /// What a client remembers of a server (RFC 7924, section 3).
    CachedInformationType(u8), no_grease
}
open_enum! {
    /// The key of a token (RFC 8471, section 3.3).
    TokenBindingKeyParameters(u8), no_grease
}
open_enum! {
    /// What encrypts the keys of SRTP (RFC 8870, section 5.2.1).
    EktCipher(u8), no_grease
}
open_enum! {
    /// When new connection identifiers are to be used (RFC 9147, section 9).
    ConnectionIdUsage(u8), no_grease
}
open_enum! {
    /// What the URLs of a CertificateURL lead to (RFC 6066, section 5).
    CertificateChainType(u8), no_grease
}
open_enum! {
    /// The kind of an entry of SupplementalData (RFC 4680, section 2).
    SupplementalDataType(u16), no_grease
}
open_enum! {
    /// A parameter of QUIC's transport (RFC 9000, section 18.2), as far as 16 bits go.
    QuicTransportParameterId(u16), no_grease
}

impl ProtocolVersion {
    /// The bare number of the version, as OpenTelemetry's `tls.protocol.version` wants it: `1.2` for TLS 1.2 and for
    /// DTLS 1.2, `3` for SSLv3.
    pub const fn short(self) -> Option<&'static str> {
        Some(match self {
            Self::SSL2 => "2",
            Self::SSL3 => "3",
            Self::TLS1_0 | Self::DTLS1_0 => "1.0",
            Self::TLS1_1 => "1.1",
            Self::TLS1_2 | Self::DTLS1_2 => "1.2",
            Self::TLS1_3 | Self::DTLS1_3 => "1.3",
            _ => return None,
        })
    }

    /// Whether this is a version of DTLS.
    pub const fn is_dtls(self) -> bool {
        self.0 >> 8 == 0xfe || self.0 == 0x0100
    }

    /// Whether messages have the forms of TLS 1.3: that version, its drafts, and DTLS 1.3.
    pub const fn is_tls13(self) -> bool {
        matches!(self, Self::TLS1_3 | Self::DTLS1_3) || self.0 >> 8 == 0x7f
    }

    /// Whether signatures name their scheme on the wire, as they do since TLS 1.2 and DTLS 1.2.
    pub const fn names_signature_schemes(self) -> bool {
        if self.is_dtls() { self.0 <= Self::DTLS1_2.0 && self.0 > 0xfe00 } else { self.0 >= Self::TLS1_2.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_long_and_short_names() {
        assert_eq!(ProtocolVersion(0x0303).to_string(), "TLSv1.2");
        assert_eq!(ProtocolVersion(0x0303).short(), Some("1.2"));
        assert_eq!(ProtocolVersion(0xfefd).to_string(), "DTLSv1.2");
        assert!(ProtocolVersion(0xfefc).is_tls13());
        assert_eq!(ProtocolVersion(0x0305).short(), None);
    }

    #[test]
    fn names_are_ianas() {
        assert_eq!(NamedGroup(0x11ec).to_string(), "X25519MLKEM768");
        assert_eq!(NamedGroup(29).to_string(), "x25519");
        assert_eq!(SignatureScheme(0x0905).to_string(), "mldsa65");
        assert_eq!(SignatureScheme(0x0804).to_string(), "rsa_pss_rsae_sha256");
        assert_eq!(AlertDescription(116).to_string(), "certificate_required");
        assert_eq!(ExtensionType(0xfe0d).to_string(), "encrypted_client_hello");
    }
}
