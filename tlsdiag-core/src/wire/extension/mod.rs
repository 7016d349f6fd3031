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
mod certificate_authorities;
mod certificate_type;
mod delegated_credential;
mod ech;
mod key_share;
mod plain;
mod psk;
mod quic;
mod server_name;
mod srtp;
mod status;
mod token_binding;
mod versions;

pub use alpn::ProtocolName;
pub use block::{Extensions, Place, Typed};
pub use certificate_authorities::{DistinguishedName, OidFilter};
pub use certificate_type::CertificateTypes;
pub use delegated_credential::DelegatedCredential;
pub use ech::{EchClientHello, EchConfig, EncryptedClientHello};
pub use key_share::{KeyShare, KeyShareEntry};
pub use psk::{PreSharedKey, PskBinder, PskIdentity};
pub use quic::QuicTransportParameter;
pub use server_name::ServerName;
pub use srtp::UseSrtp;
pub use status::{
    CertificateStatusRequestItem, OcspStatusRequest, SignedCertificateTimestamp, StatusRequest,
};
pub use token_binding::TokenBinding;
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

    #[inline(always)]
    fn decode_body(kind: ExtensionType, body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        let hello = place == Place::ClientHello;
        Ok(match kind {
            ExtensionType::SERVER_NAME => Self::ServerName(server_name::decode(body)?),
            ExtensionType::MAX_FRAGMENT_LENGTH => {
                Self::MaxFragmentLength(MaxFragmentLength(body.u8("max_fragment_length")?))
            }
            ExtensionType::TRUNCATED_HMAC => Self::TruncatedHmac,
            ExtensionType::STATUS_REQUEST => Self::StatusRequest(StatusRequest::decode_in(body, place)?),
            ExtensionType::STATUS_REQUEST_V2 => Self::StatusRequestV2(status::decode_v2(body)?),
            ExtensionType::SUPPORTED_GROUPS => Self::SupportedGroups(body.list16("named_group_list")?),
            ExtensionType::EC_POINT_FORMATS => Self::EcPointFormats(body.list8("ec_point_format_list")?),
            ExtensionType::SIGNATURE_ALGORITHMS => {
                Self::SignatureAlgorithms(body.list16("supported_signature_algorithms")?)
            }
            ExtensionType::SIGNATURE_ALGORITHMS_CERT => {
                Self::SignatureAlgorithmsCert(body.list16("supported_signature_algorithms")?)
            }
            ExtensionType::USE_SRTP => Self::UseSrtp(UseSrtp::decode(body)?),
            ExtensionType::HEARTBEAT => Self::Heartbeat(HeartbeatMode(body.u8("HeartbeatMode")?)),
            ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION => {
                Self::Alpn(body.sub16("protocol_name_list")?.sequence()?)
            }
            ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP => {
                Self::SignedCertificateTimestamps(status::decode_timestamps(body)?)
            }
            ExtensionType::CLIENT_CERTIFICATE_TYPE => {
                Self::ClientCertificateType(CertificateTypes::decode_in(body, place)?)
            }
            ExtensionType::SERVER_CERTIFICATE_TYPE => {
                Self::ServerCertificateType(CertificateTypes::decode_in(body, place)?)
            }
            ExtensionType::PADDING => Self::Padding(body.rest()),
            ExtensionType::ENCRYPT_THEN_MAC => Self::EncryptThenMac,
            ExtensionType::EXTENDED_MASTER_SECRET => Self::ExtendedMasterSecret,
            ExtensionType::TOKEN_BINDING => Self::TokenBinding(TokenBinding::decode(body)?),
            ExtensionType::COMPRESS_CERTIFICATE => Self::CompressCertificate(body.list8("algorithms")?),
            ExtensionType::RECORD_SIZE_LIMIT => Self::RecordSizeLimit(body.u16("RecordSizeLimit")?),
            ExtensionType::DELEGATED_CREDENTIAL if place == Place::Certificate => {
                Self::DelegatedCredential(DelegatedCredential::decode(body)?)
            }
            ExtensionType::DELEGATED_CREDENTIAL => {
                Self::DelegatedCredentialSchemes(body.list16("supported_signature_algorithm")?)
            }
            ExtensionType::SESSION_TICKET => Self::SessionTicket(body.rest()),
            ExtensionType::PRE_SHARED_KEY => Self::PreSharedKey(PreSharedKey::decode_in(body, place)?),
            ExtensionType::EARLY_DATA if place == Place::NewSessionTicket => {
                Self::EarlyData(Some(body.u32("max_early_data_size")?))
            }
            ExtensionType::EARLY_DATA => Self::EarlyData(None),
            ExtensionType::SUPPORTED_VERSIONS => {
                Self::SupportedVersions(SupportedVersions::decode_in(body, place)?)
            }
            ExtensionType::COOKIE => Self::Cookie(body.bytes16("cookie")?),
            ExtensionType::PSK_KEY_EXCHANGE_MODES => Self::PskKeyExchangeModes(body.list8("ke_modes")?),
            ExtensionType::CERTIFICATE_AUTHORITIES => {
                Self::CertificateAuthorities(body.sub16("authorities")?.sequence()?)
            }
            ExtensionType::OID_FILTERS => Self::OidFilters(body.sub16("filters")?.sequence()?),
            ExtensionType::POST_HANDSHAKE_AUTH => Self::PostHandshakeAuth,
            ExtensionType::KEY_SHARE => Self::KeyShare(KeyShare::decode_in(body, place)?),
            ExtensionType::CONNECTION_ID => Self::ConnectionId(body.bytes8("cid")?),
            ExtensionType::TICKET_REQUEST => Self::TicketRequest {
                new_session: body.u8("new_session_count")?,
                resumption: if hello { Some(body.u8("resumption_count")?) } else { None },
            },
            ExtensionType::QUIC_TRANSPORT_PARAMETERS | ExtensionType::QUIC_TRANSPORT_PARAMETERS_DRAFT => {
                Self::QuicTransportParameters(body.sub(body.left(), "TransportParameters")?.sequence()?)
            }
            ExtensionType::ENCRYPTED_CLIENT_HELLO => {
                Self::EncryptedClientHello(EncryptedClientHello::decode_in(body, place)?)
            }
            ExtensionType::ECH_OUTER_EXTENSIONS => Self::EchOuterExtensions(body.list8("OuterExtensions")?),
            ExtensionType::APPLICATION_SETTINGS | ExtensionType::APPLICATION_SETTINGS_OLD if hello => {
                Self::ApplicationSettingsProtocols(body.sub16("supported_protocols")?.sequence()?)
            }
            ExtensionType::APPLICATION_SETTINGS | ExtensionType::APPLICATION_SETTINGS_OLD => {
                Self::ApplicationSettings(body.rest())
            }
            ExtensionType::RENEGOTIATION_INFO => {
                Self::RenegotiationInfo(body.bytes8("renegotiated_connection")?)
            }
            ExtensionType::NEXT_PROTOCOL_NEGOTIATION => {
                Self::NextProtocolNegotiation(body.sub(body.left(), "next_protocols")?.sequence()?)
            }
            ExtensionType::CHANNEL_ID | ExtensionType::CHANNEL_ID_OLD => Self::ChannelId,
            kind if kind.is_grease() => Self::Grease { kind, body: body.rest() },
            kind => Self::Unknown { kind, body: body.rest() },
        })
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
