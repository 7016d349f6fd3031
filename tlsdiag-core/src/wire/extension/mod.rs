//! Extensions: the block as it stands in a message, and each body typed where an RFC defines it.
//!
//! A body depends on the message it stands in: `key_share` holds offers in a ClientHello, one answer in a ServerHello
//! and a bare group in a HelloRetryRequest. [`Place`] says which, and [`Extension::decode`] is the one dispatch.

use super::code_points::*;
use super::error::{Problem, WireError};
use super::list::{List, Sequence};
use super::reader::{Decode, Reader};

mod alpn;
mod certificate_authorities;
mod certificate_type;
mod delegated_credential;
mod ech;
mod key_share;
mod psk;
mod quic;
mod server_name;
mod srtp;
mod status;
mod token_binding;
mod versions;

pub use alpn::ProtocolName;
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

/// The message that a block of extensions stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// A ClientHello.
    ClientHello,
    /// A ServerHello, of any version.
    ServerHello,
    /// A ServerHello that is a HelloRetryRequest.
    HelloRetryRequest,
    /// TLS 1.3's EncryptedExtensions.
    EncryptedExtensions,
    /// An entry of TLS 1.3's Certificate.
    Certificate,
    /// TLS 1.3's CertificateRequest.
    CertificateRequest,
    /// TLS 1.3's NewSessionTicket.
    NewSessionTicket,
}

/// A block of extensions (RFC 8446, section 4.2). Its framing was checked when it was made; the bodies were not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions<'a> {
    bytes: &'a [u8],
    offset: usize,
    place: Place,
}

impl<'a> Extensions<'a> {
    /// The block of a message that has none.
    pub const fn none(place: Place) -> Self {
        Self { bytes: &[], offset: 0, place }
    }

    /// Takes all that `block`, the inside of the block's length, holds, and checks that extensions fill it.
    pub fn decode(mut block: Reader<'a>, place: Place) -> Result<Self, WireError> {
        let mut walk = block;
        while !walk.is_empty() {
            walk.u16("extension_type")?;
            walk.bytes16("extension_data")?;
        }
        let offset = block.offset();
        Ok(Self { bytes: block.rest(), offset, place })
    }

    /// Reads a block with its length of two bytes in front; where the message already ends, a block of none.
    pub(super) fn decode_optional(reader: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if reader.is_empty() {
            Ok(Self::none(place))
        } else {
            Self::decode(reader.sub16("extensions")?, place)
        }
    }

    /// The message that the block stands in.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The block's bytes, without its length.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Kind and body of each extension, in the order of the wire.
    pub fn iter(&self) -> impl Iterator<Item = (ExtensionType, &'a [u8])> + Clone + use<'a> {
        self.readers().map(|(kind, body)| (kind, body.peek()))
    }

    /// The kind of each extension, in the order of the wire.
    pub fn kinds(&self) -> impl Iterator<Item = ExtensionType> + Clone + use<'a> {
        self.readers().map(|(kind, _)| kind)
    }

    /// The body of the first extension of this kind.
    pub fn get(&self, wanted: ExtensionType) -> Option<&'a [u8]> {
        self.reader_of(wanted).map(|body| body.peek())
    }

    /// Whether there is an extension of this kind.
    pub fn contains(&self, wanted: ExtensionType) -> bool {
        self.reader_of(wanted).is_some()
    }

    /// Each extension with its body decoded, in the order of the wire.
    pub fn typed(&self) -> impl Iterator<Item = Result<Extension<'a>, WireError>> + Clone + use<'a> {
        let place = self.place;
        self.readers().map(move |(kind, body)| Extension::decode(kind, body, place))
    }

    /// The first extension of this kind, decoded.
    pub fn find(&self, wanted: ExtensionType) -> Option<Result<Extension<'a>, WireError>> {
        self.reader_of(wanted).map(|body| Extension::decode(wanted, body, self.place))
    }

    #[inline]
    fn readers(&self) -> impl Iterator<Item = (ExtensionType, Reader<'a>)> + Clone + use<'a> {
        let mut reader = Reader::at(self.bytes, self.offset);
        std::iter::from_fn(move || {
            let kind = reader.u16("extension_type").ok()?;
            let body = reader.sub16("extension_data").ok()?;
            Some((ExtensionType(kind), body))
        })
    }

    fn reader_of(&self, wanted: ExtensionType) -> Option<Reader<'a>> {
        self.readers().find(|(kind, _)| *kind == wanted).map(|(_, body)| body)
    }
}

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
    pub fn decode(kind: ExtensionType, body: Reader<'a>, place: Place) -> Result<Self, WireError> {
        let mut body = body;
        let extension = Self::decode_body(kind, &mut body, place)?;
        if body.is_empty() { Ok(extension) } else { Err(Self::trailing(kind, &body)) }
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
