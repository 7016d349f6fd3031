//! Extensions: the block as it stands in a message, and each body typed where an RFC defines it.
//!
//! A body depends on the message it stands in: `key_share` holds offers in a ClientHello, one answer in a ServerHello
//! and a bare group in a HelloRetryRequest. [`Place`] says which, and [`Extension::decode`] is the one dispatch.

use super::code_points::*;
use super::error::{Problem, WireError};
use super::list::{List, Sequence};
use super::reader::{Decode, Reader};

mod alpn;
mod block;
mod cached_info;
mod certificate_authorities;
mod certificate_timestamp;
mod certificate_type;
mod delegated_credential;
mod dispatch;
mod dnssec_chain;
mod ech;
mod ekt;
mod key_share;
mod plain;
mod psk;
mod quic;
mod server_name;
mod srtp;
mod status;
mod ticket_pinning;
mod token_binding;
mod trust_anchors;
mod trusted_ca_keys;
mod versions;

pub use alpn::ProtocolName;
pub use block::{Extensions, Place, Typed};
pub use cached_info::{CachedInformation, CachedObject};
pub use certificate_authorities::{DistinguishedName, OidFilter};
pub use certificate_timestamp::{SignedCertificateTimestamp, TimestampV1, TransparencyItem};
pub use certificate_type::CertificateTypes;
pub use delegated_credential::DelegatedCredential;
pub use dnssec_chain::DnssecChain;
pub use ech::{EchClientHello, EchConfig, EchConfigContents, EncryptedClientHello, HpkeCipherSuite};
pub use ekt::EktCiphers;
pub use key_share::{KeyShare, KeyShareEntry};
pub use psk::{PreSharedKey, PskBinder, PskIdentity};
pub use quic::QuicTransportParameter;
pub use server_name::ServerName;
pub use srtp::UseSrtp;
pub use status::{CertificateStatusRequestItem, OcspStatusRequest, StatusRequest};
pub use ticket_pinning::TicketPinning;
pub use token_binding::TokenBinding;
pub use trust_anchors::TrustAnchorId;
pub use trusted_ca_keys::TrustedAuthority;
pub use versions::SupportedVersions;

/// One extension, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extension<'a> {
    /// RFC 6066, section 3: the names asked for; empty where a server acknowledges.
    ServerName(Sequence<'a, ServerName<'a>>),
    /// RFC 6066, section 4.
    MaxFragmentLength(MaxFragmentLength),
    /// RFC 6066, section 7: no body.
    TruncatedHmac,
    /// RFC 6066, section 8, and RFC 8446, section 4.4.2.1.
    StatusRequest(StatusRequest<'a>),
    /// RFC 6961: the statuses asked for; empty where a server acknowledges.
    StatusRequestV2(Sequence<'a, CertificateStatusRequestItem<'a>>),
    /// RFC 8446, section 4.2.7.
    SupportedGroups(List<'a, NamedGroup>),
    /// RFC 8422, section 5.1.2.
    EcPointFormats(List<'a, EcPointFormat>),
    /// RFC 8446, section 4.2.3.
    SignatureAlgorithms(List<'a, SignatureScheme>),
    /// RFC 8446, section 4.2.3.
    SignatureAlgorithmsCert(List<'a, SignatureScheme>),
    /// RFC 5764, section 4.1.1.
    UseSrtp(UseSrtp<'a>),
    /// RFC 6520, section 2.
    Heartbeat(HeartbeatMode),
    /// RFC 7301: the protocols offered, or the one chosen.
    Alpn(Sequence<'a, ProtocolName<'a>>),
    /// RFC 6962, section 3.3.1; empty where a client asks.
    SignedCertificateTimestamps(Sequence<'a, SignedCertificateTimestamp<'a>>),
    /// RFC 7250, section 3.
    ClientCertificateType(CertificateTypes<'a>),
    /// RFC 7250, section 3.
    ServerCertificateType(CertificateTypes<'a>),
    /// RFC 7685: how many bytes of padding.
    Padding(&'a [u8]),
    /// RFC 7366: no body.
    EncryptThenMac,
    /// RFC 7627: no body.
    ExtendedMasterSecret,
    /// RFC 8472, section 2.
    TokenBinding(TokenBinding<'a>),
    /// RFC 8879, section 3.
    CompressCertificate(List<'a, CertificateCompressionAlgorithm>),
    /// RFC 8449, section 4: the largest plaintext record, in bytes.
    RecordSizeLimit(u16),
    /// RFC 9345, section 4: schemes in a ClientHello.
    DelegatedCredentialSchemes(List<'a, SignatureScheme>),
    /// RFC 9345, section 4: the credential beside a certificate.
    DelegatedCredential(DelegatedCredential<'a>),
    /// RFC 5077, section 3.2: a ticket, or empty.
    SessionTicket(&'a [u8]),
    /// RFC 8446, section 4.2.11.
    PreSharedKey(PreSharedKey<'a>),
    /// RFC 8446, section 4.2.10: in a NewSessionTicket the most bytes of early data, elsewhere no body.
    EarlyData(Option<u32>),
    /// RFC 8446, section 4.2.1.
    SupportedVersions(SupportedVersions<'a>),
    /// RFC 8446, section 4.2.2.
    Cookie(&'a [u8]),
    /// RFC 8446, section 4.2.9.
    PskKeyExchangeModes(List<'a, PskKeyExchangeMode>),
    /// RFC 8446, section 4.2.4.
    CertificateAuthorities(Sequence<'a, DistinguishedName<'a>>),
    /// RFC 8446, section 4.2.5.
    OidFilters(Sequence<'a, OidFilter<'a>>),
    /// RFC 8446, section 4.2.6: no body.
    PostHandshakeAuth,
    /// RFC 8446, section 4.2.8.
    KeyShare(KeyShare<'a>),
    /// RFC 9146, section 3: the identifier that the sender wants to read.
    ConnectionId(&'a [u8]),
    /// RFC 9149: how many tickets are wanted for a new session and for a resumed one (a server answers with one
    /// number, how many to expect, here the first).
    TicketRequest {
        /// Tickets wanted if the handshake is a new one.
        new_session: u8,
        /// Tickets wanted if it resumes.
        resumption: Option<u8>,
    },
    /// RFC 9001, section 8.2: QUIC's parameters.
    QuicTransportParameters(Sequence<'a, QuicTransportParameter<'a>>),
    /// RFC 9849, section 5.
    EncryptedClientHello(EncryptedClientHello<'a>),
    /// RFC 9849, section 5.1: what an inner ClientHello takes from its outer one.
    EchOuterExtensions(List<'a, ExtensionType>),
    /// ALPS (draft-vvv-tls-alps): in a ClientHello the protocols with settings.
    ApplicationSettingsProtocols(Sequence<'a, ProtocolName<'a>>),
    /// ALPS: the settings themselves, as the application defines them.
    ApplicationSettings(&'a [u8]),
    /// RFC 5746, section 3.2: the verify data of the handshake before, empty in a first one.
    RenegotiationInfo(&'a [u8]),
    /// draft-agl-tls-nextprotoneg: the server's protocols; empty in a ClientHello.
    NextProtocolNegotiation(Sequence<'a, ProtocolName<'a>>),
    /// draft-balfanz-tls-channelid: no body.
    ChannelId,
    /// RFC 6066, section 5: no body.
    ClientCertificateUrl,
    /// RFC 6066, section 6: the authorities that the client trusts; empty where a server acknowledges.
    TrustedCaKeys(Sequence<'a, TrustedAuthority<'a>>),
    /// RFC 4681.
    UserMapping(List<'a, UserMappingType>),
    /// RFC 5878: what the client can give.
    ClientAuthorization(List<'a, AuthorizationDataFormat>),
    /// RFC 5878: what the client can take.
    ServerAuthorization(List<'a, AuthorizationDataFormat>),
    /// RFC 6091.
    CertificateType(CertificateTypes<'a>),
    /// RFC 5054: the user's name.
    Srp(&'a [u8]),
    /// RFC 7924, section 3.
    CachedInformation(CachedInformation<'a>),
    /// RFC 8492: the user's name, encrypted.
    PasswordProtect(&'a [u8]),
    /// RFC 8492: the user's name.
    PasswordClear(&'a [u8]),
    /// RFC 8492.
    PasswordSalt(&'a [u8]),
    /// RFC 8672.
    TicketPinning(TicketPinning<'a>),
    /// RFC 8773: no body.
    CertificateWithExternalPsk,
    /// RFC 8870, section 5.2.1.
    EktCiphers(EktCiphers<'a>),
    /// RFC 9162; empty where a client asks.
    TransparencyInformation(Sequence<'a, TransparencyItem<'a>>),
    /// RFC 8844.
    ExternalIdHash(&'a [u8]),
    /// RFC 8844.
    ExternalSessionId(&'a [u8]),
    /// RFC 9102.
    DnssecChain(DnssecChain<'a>),
    /// draft-ietf-tls-dtls-rrc: no body.
    ReturnRoutabilityCheck,
    /// draft-ietf-tls-tlsflags: the bits that are set, from the lowest of the first byte.
    TlsFlags(&'a [u8]),
    /// draft-ietf-tls-trust-anchor-ids: the authorities that the sender knows; empty beside a certificate.
    TrustAnchors(Sequence<'a, TrustAnchorId<'a>>),
    /// RFC 8701: meaningless on purpose.
    Grease {
        /// Its number.
        kind: ExtensionType,
        /// Its body, of any length.
        body: &'a [u8],
    },
    /// One whose body we do not decode.
    Unknown {
        /// Its number.
        kind: ExtensionType,
        /// Its body.
        body: &'a [u8],
    },
}

impl<'a> Extension<'a> {
    /// Decodes one extension's `body`, which stands in `place` and must be read to its end.
    #[inline]
    pub fn decode(kind: ExtensionType, body: Reader<'a>, place: Place) -> Result<Self, WireError> {
        Self::decode_next(kind, body.peek(), body.offset(), place)
            .unwrap_or(Ok(Self::Unknown { kind, body: &[] }))
    }

    /// The same, always `Some`: what an iterator gives, so that it need not be copied into place. Arguments and result
    /// are of the kinds that pass without a detour through memory, which costs more than the decoding.
    #[inline(never)]
    pub(super) fn decode_next(
        kind: ExtensionType,
        body: &'a [u8],
        offset: usize,
        place: Place,
    ) -> Option<Result<Self, WireError>> {
        let mut body = Reader::at(body, offset);
        let mut result = Self::decode_body(kind, &mut body, place);
        if !body.is_empty() && result.is_ok() {
            result = Err(Self::trailing(kind, &body));
        }
        Some(result)
    }

    #[cold]
    fn trailing(kind: ExtensionType, body: &Reader<'_>) -> WireError {
        body.problem(kind.name().unwrap_or("extension_data"), Problem::Trailing { left: body.left() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(kind: ExtensionType, body: &[u8], place: Place) -> Result<Extension<'_>, WireError> {
        Extension::decode(kind, Reader::at(body, 100), place)
    }

    #[test]
    fn trailing_bytes_name_the_extension_and_the_place() {
        let error = decode(ExtensionType::RECORD_SIZE_LIMIT, &[0x40, 1, 9], Place::ClientHello).unwrap_err();
        assert_eq!(error.to_string(), "record_size_limit should end at byte 102, but 1 more follow");
        assert!(decode(ExtensionType::EXTENDED_MASTER_SECRET, &[0], Place::ClientHello).is_err());
    }

    #[test]
    fn a_list_of_an_odd_length_is_malformed() {
        let error =
            decode(ExtensionType::SUPPORTED_GROUPS, &[0, 3, 0, 29, 0], Place::ClientHello).unwrap_err();
        assert_eq!(error.problem, Problem::NotAMultiple { length: 3, of: 2 });
        assert_eq!(error.offset, 102);
    }

    #[test]
    fn grease_and_unknown_keep_their_bodies() {
        let grease = decode(ExtensionType(0x8a8a), &[1], Place::ClientHello);
        assert_eq!(grease, Ok(Extension::Grease { kind: ExtensionType(0x8a8a), body: &[1] }));
        let unknown = decode(ExtensionType(0xabcd), &[1], Place::ClientHello);
        assert_eq!(unknown, Ok(Extension::Unknown { kind: ExtensionType(0xabcd), body: &[1] }));
    }

    #[test]
    fn early_data_has_a_size_in_a_ticket_alone() {
        let ticket = decode(ExtensionType::EARLY_DATA, &[0, 0, 0x40, 0], Place::NewSessionTicket);
        assert_eq!(ticket, Ok(Extension::EarlyData(Some(16_384))));
        assert_eq!(
            decode(ExtensionType::EARLY_DATA, &[], Place::ClientHello),
            Ok(Extension::EarlyData(None))
        );
    }
}
