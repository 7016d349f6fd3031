//! Which form a body has: by its kind and the message it stands in.

use super::*;

impl<'a> Extension<'a> {
    #[inline(always)]
    pub(super) fn decode_body(
        kind: ExtensionType,
        body: &mut Reader<'a>,
        place: Place,
    ) -> Result<Self, WireError> {
        let hello = place == Place::ClientHello;
        Ok(match kind {
            ExtensionType::SERVER_NAME => Self::ServerName(server_name::decode(body)?),
            ExtensionType::MAX_FRAGMENT_LENGTH => {
                Self::MaxFragmentLength(MaxFragmentLength(body.u8("max_fragment_length")?))
            }
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
            ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION => {
                Self::Alpn(body.sub16("protocol_name_list")?.sequence()?)
            }
            ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP => {
                Self::SignedCertificateTimestamps(certificate_timestamp::decode_timestamps(body)?)
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
            ExtensionType::POST_HANDSHAKE_AUTH => Self::PostHandshakeAuth,
            ExtensionType::KEY_SHARE => Self::KeyShare(KeyShare::decode_in(body, place)?),
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
            kind if kind.is_grease() => Self::Grease { kind, body: body.rest() },
            kind => return Self::decode_rare(kind, body, place),
        })
    }

    /// The kinds that hardly anyone sends. Apart, since what the function above must keep in registers costs all others.
    #[cold]
    #[inline(never)]
    fn decode_rare(kind: ExtensionType, body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        Ok(match kind {
            ExtensionType::TRUNCATED_HMAC => Self::TruncatedHmac,
            ExtensionType::USE_SRTP => Self::UseSrtp(UseSrtp::decode(body)?),
            ExtensionType::HEARTBEAT => Self::Heartbeat(HeartbeatMode(body.u8("HeartbeatMode")?)),
            ExtensionType::TOKEN_BINDING => Self::TokenBinding(TokenBinding::decode(body)?),
            ExtensionType::CONNECTION_ID => Self::ConnectionId(body.bytes8("cid")?),
            ExtensionType::OID_FILTERS => Self::OidFilters(body.sub16("filters")?.sequence()?),
            ExtensionType::TICKET_REQUEST => Self::TicketRequest {
                new_session: body.u8("new_session_count")?,
                resumption: if place == Place::ClientHello {
                    Some(body.u8("resumption_count")?)
                } else {
                    None
                },
            },
            ExtensionType::NEXT_PROTOCOL_NEGOTIATION => {
                Self::NextProtocolNegotiation(body.sub(body.left(), "next_protocols")?.sequence()?)
            }
            ExtensionType::CHANNEL_ID | ExtensionType::CHANNEL_ID_OLD => Self::ChannelId,
            ExtensionType::CLIENT_CERTIFICATE_URL => Self::ClientCertificateUrl,
            ExtensionType::TRUSTED_CA_KEYS => Self::TrustedCaKeys(trusted_ca_keys::decode(body)?),
            ExtensionType::USER_MAPPING => Self::UserMapping(body.list8("user_mapping_types")?),
            ExtensionType::CLIENT_AUTHZ => Self::ClientAuthorization(body.list8("authz_format_list")?),
            ExtensionType::SERVER_AUTHZ => Self::ServerAuthorization(body.list8("authz_format_list")?),
            ExtensionType::CERT_TYPE => Self::CertificateType(CertificateTypes::decode_in(body, place)?),
            ExtensionType::SRP => Self::Srp(body.bytes8("srp_I")?),
            ExtensionType::CACHED_INFO => Self::CachedInformation(CachedInformation::decode_in(body, place)?),
            ExtensionType::PWD_PROTECT => Self::PasswordProtect(body.bytes8("PWD_Protect")?),
            ExtensionType::PWD_CLEAR => Self::PasswordClear(body.bytes8("PWD_Clear")?),
            ExtensionType::PASSWORD_SALT => Self::PasswordSalt(body.bytes16("password_salt")?),
            ExtensionType::TICKET_PINNING => Self::TicketPinning(TicketPinning::decode_in(body, place)?),
            ExtensionType::TLS_CERT_WITH_EXTERN_PSK => Self::CertificateWithExternalPsk,
            ExtensionType::SUPPORTED_EKT_CIPHERS => Self::EktCiphers(EktCiphers::decode_in(body, place)?),
            ExtensionType::TRANSPARENCY_INFO => {
                Self::TransparencyInformation(certificate_timestamp::decode_items(body)?)
            }
            ExtensionType::EXTERNAL_ID_HASH => Self::ExternalIdHash(body.bytes8("binding_hash")?),
            ExtensionType::EXTERNAL_SESSION_ID => Self::ExternalSessionId(body.bytes8("session_id")?),
            ExtensionType::DNSSEC_CHAIN => Self::DnssecChain(DnssecChain::decode_in(body, place)?),
            ExtensionType::RRC => Self::ReturnRoutabilityCheck,
            ExtensionType::TLS_FLAGS => Self::TlsFlags(body.bytes8("flags")?),
            ExtensionType::TRUST_ANCHORS => Self::TrustAnchors(trust_anchors::decode(body)?),
            kind => Self::Unknown { kind, body: body.rest() },
        })
    }
}
