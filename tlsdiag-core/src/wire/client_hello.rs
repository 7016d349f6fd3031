//! ClientHello (RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2; RFC 6347, section 4.2.1).

use super::code_points::*;
use super::error::WireError;
use super::extension::*;
use super::list::{List, Sequence};
use super::reader::Reader;

/// What a client offers.
///
/// The accessors below show one extension's body each. They are `None` if the extension is absent, or malformed:
/// [`Extensions::find`] tells these apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientHello<'a> {
    /// The best version of a client before TLS 1.3; 0x0303 since.
    pub legacy_version: ProtocolVersion,
    /// 32 random bytes.
    pub random: &'a [u8; 32],
    /// The session to resume before TLS 1.3; since then, nothing or a dummy of 32 bytes.
    pub session_id: &'a [u8],
    /// DTLS alone: the cookie of a HelloVerifyRequest.
    pub legacy_cookie: Option<&'a [u8]>,
    /// Suites, best first.
    pub cipher_suites: List<'a, CipherSuite>,
    /// Compression of records.
    pub compression_methods: List<'a, CompressionMethod>,
    /// The extensions.
    pub extensions: Extensions<'a>,
}

/// Declares accessors that take one variant out of one extension.
macro_rules! accessors {
    ($($(#[$meta:meta])* $name:ident: $kind:ident, $pattern:pat => $value:expr, $type:ty;)*) => {$(
        $(#[$meta])*
        pub fn $name(&self) -> Option<$type> {
            match self.extensions.find(ExtensionType::$kind)?.ok()? {
                $pattern => Some($value),
                _ => None,
            }
        }
    )*};
}

impl<'a> ClientHello<'a> {
    /// Reads the body of the message.
    #[inline(always)]
    pub(super) fn decode(reader: &mut Reader<'a>, dtls: bool) -> Result<Self, WireError> {
        Ok(Self {
            legacy_version: ProtocolVersion(reader.u16("legacy_version")?),
            random: reader.array("random")?,
            session_id: reader.bytes8("session_id")?,
            legacy_cookie: if dtls { Some(reader.bytes8("cookie")?) } else { None },
            cipher_suites: reader.list16("cipher_suites")?,
            compression_methods: reader.list8("compression_methods")?,
            extensions: Extensions::decode_optional(reader, Place::ClientHello)?,
        })
    }

    /// The host asked for, if it is text.
    pub fn server_name(&self) -> Option<&'a str> {
        let host = self.server_names()?.iter().find(|name| name.kind == NameType::HOST_NAME)?;
        host.as_str()
    }

    /// The best version offered, in `supported_versions` or the field before it; GREASE aside.
    pub fn best_version(&self) -> ProtocolVersion {
        let real = |version: &ProtocolVersion| !version.is_grease();
        let Some(versions) = self.supported_versions() else { return self.legacy_version };
        let best = versions.iter().filter(real).max_by_key(|version| {
            // Versions of DTLS count downwards.
            if version.is_dtls() { u16::MAX - version.0 } else { version.0 }
        });
        best.unwrap_or(self.legacy_version)
    }

    /// Whether the client offers this version, in `supported_versions` or (without it) in the field before.
    pub fn offers_version(&self, version: ProtocolVersion) -> bool {
        match self.supported_versions() {
            Some(versions) => versions.contains(version),
            None if version.is_tls13() => false,
            None if version.is_dtls() => self.legacy_version.is_dtls() && self.legacy_version.0 <= version.0,
            None => !self.legacy_version.is_dtls() && self.legacy_version.0 >= version.0,
        }
    }

    /// Whether a renegotiation is secure: by the extension, or by the suite that stands for it (RFC 5746).
    pub fn secure_renegotiation(&self) -> bool {
        self.extensions.contains(ExtensionType::RENEGOTIATION_INFO)
            || self.cipher_suites.contains(CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
    }

    accessors! {
        /// All names asked for.
        server_names: SERVER_NAME, Extension::ServerName(names) => names, Sequence<'a, ServerName<'a>>;
        /// All versions offered, best first; `None` from clients before TLS 1.3.
        supported_versions: SUPPORTED_VERSIONS,
            Extension::SupportedVersions(SupportedVersions::Offered(list)) => list, List<'a, ProtocolVersion>;
        /// Groups for key exchange, best first.
        supported_groups: SUPPORTED_GROUPS, Extension::SupportedGroups(list) => list, List<'a, NamedGroup>;
        /// What the client can verify a CertificateVerify with.
        signature_algorithms: SIGNATURE_ALGORITHMS,
            Extension::SignatureAlgorithms(list) => list, List<'a, SignatureScheme>;
        /// What the client can verify certificates with, if not the same.
        signature_algorithms_cert: SIGNATURE_ALGORITHMS_CERT,
            Extension::SignatureAlgorithmsCert(list) => list, List<'a, SignatureScheme>;
        /// Application protocols, best first.
        alpn: APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
            Extension::Alpn(names) => names, Sequence<'a, ProtocolName<'a>>;
        /// Keys for the groups that the client guesses the server will take.
        key_shares: KEY_SHARE,
            Extension::KeyShare(KeyShare::Offered(shares)) => shares, Sequence<'a, KeyShareEntry<'a>>;
        /// The tickets or keys to resume with.
        pre_shared_key: PRE_SHARED_KEY, Extension::PreSharedKey(psk) => psk, PreSharedKey<'a>;
        /// How these may be used.
        psk_modes: PSK_KEY_EXCHANGE_MODES,
            Extension::PskKeyExchangeModes(list) => list, List<'a, PskKeyExchangeMode>;
        /// The cookie of a HelloRetryRequest, sent back.
        cookie: COOKIE, Extension::Cookie(cookie) => cookie, &'a [u8];
        /// The issuers that the client trusts.
        certificate_authorities: CERTIFICATE_AUTHORITIES,
            Extension::CertificateAuthorities(names) => names, Sequence<'a, DistinguishedName<'a>>;
        /// A ticket of TLS 1.2 to resume with; empty if the client only would like one.
        session_ticket: SESSION_TICKET, Extension::SessionTicket(ticket) => ticket, &'a [u8];
        /// Verify data of the handshake before; empty in a first one.
        renegotiation_info: RENEGOTIATION_INFO, Extension::RenegotiationInfo(data) => data, &'a [u8];
        /// Encrypted ClientHello, real or GREASE.
        ech: ENCRYPTED_CLIENT_HELLO, Extension::EncryptedClientHello(ech) => ech, EncryptedClientHello<'a>;
        /// How certificates may be compressed.
        compress_certificate: COMPRESS_CERTIFICATE,
            Extension::CompressCertificate(list) => list, List<'a, CertificateCompressionAlgorithm>;
        /// The largest record that the client takes, in bytes.
        record_size_limit: RECORD_SIZE_LIMIT, Extension::RecordSizeLimit(limit) => limit, u16;
        /// The largest fragment that the client takes, in the older form.
        max_fragment_length: MAX_FRAGMENT_LENGTH, Extension::MaxFragmentLength(code) => code, MaxFragmentLength;
        /// The certificate status asked for.
        status_request: STATUS_REQUEST, Extension::StatusRequest(request) => request, StatusRequest<'a>;
        /// How points may be written.
        ec_point_formats: EC_POINT_FORMATS, Extension::EcPointFormats(list) => list, List<'a, EcPointFormat>;
        /// The forms of certificate that the client can send.
        client_certificate_types: CLIENT_CERTIFICATE_TYPE,
            Extension::ClientCertificateType(CertificateTypes::Offered(list)) => list, List<'a, CertificateType>;
        /// The forms of certificate that the client can verify.
        server_certificate_types: SERVER_CERTIFICATE_TYPE,
            Extension::ServerCertificateType(CertificateTypes::Offered(list)) => list, List<'a, CertificateType>;
        /// What a delegated credential may be signed with.
        delegated_credential: DELEGATED_CREDENTIAL,
            Extension::DelegatedCredentialSchemes(list) => list, List<'a, SignatureScheme>;
        /// QUIC's parameters.
        quic_transport_parameters: QUIC_TRANSPORT_PARAMETERS,
            Extension::QuicTransportParameters(list) => list, Sequence<'a, QuicTransportParameter<'a>>;
    }

    /// Whether the client sends data before the server answers.
    pub fn early_data(&self) -> bool {
        self.extensions.contains(ExtensionType::EARLY_DATA)
    }

    /// Whether the server may ask for a certificate later on.
    pub fn post_handshake_auth(&self) -> bool {
        self.extensions.contains(ExtensionType::POST_HANDSHAKE_AUTH)
    }

    /// Whether the client offers RFC 7627.
    pub fn extended_master_secret(&self) -> bool {
        self.extensions.contains(ExtensionType::EXTENDED_MASTER_SECRET)
    }

    /// Whether the client offers RFC 7366.
    pub fn encrypt_then_mac(&self) -> bool {
        self.extensions.contains(ExtensionType::ENCRYPT_THEN_MAC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(legacy: u16, extensions: &[u8]) -> ClientHello<'_> {
        ClientHello {
            legacy_version: ProtocolVersion(legacy),
            random: &[0; 32],
            session_id: &[],
            legacy_cookie: None,
            cipher_suites: List::default(),
            compression_methods: List::default(),
            extensions: Extensions::new(Reader::new(extensions), Place::ClientHello),
        }
    }

    #[test]
    fn the_best_version_is_never_grease() {
        let versions = [0, 43, 0, 7, 6, 0x4a, 0x4a, 3, 3, 3, 4];
        assert_eq!(hello(0x0303, &versions).best_version(), ProtocolVersion::TLS1_3);
        assert_eq!(hello(0x0302, &[]).best_version(), ProtocolVersion::TLS1_1);
        let datagrams = [0, 43, 0, 5, 4, 0xfe, 0xfd, 0xfe, 0xfc];
        assert_eq!(hello(0xfefd, &datagrams).best_version(), ProtocolVersion::DTLS1_3);
    }

    #[test]
    fn an_old_client_offers_all_versions_up_to_its_own() {
        let old = hello(0x0302, &[]);
        assert!(old.offers_version(ProtocolVersion::TLS1_0) && old.offers_version(ProtocolVersion::TLS1_1));
        assert!(!old.offers_version(ProtocolVersion::TLS1_2) && !old.offers_version(ProtocolVersion::TLS1_3));
        assert!(!old.offers_version(ProtocolVersion::DTLS1_2));
        assert!(hello(0xfefd, &[]).offers_version(ProtocolVersion::DTLS1_0));
    }

    #[test]
    fn a_malformed_extension_is_none_to_its_accessor_alone() {
        let extensions = [0, 10, 0, 3, 0, 9, 9, 0, 28, 0, 2, 0x40, 0];
        let hello = hello(0x0303, &extensions);
        assert_eq!(hello.supported_groups(), None);
        assert!(hello.extensions.find(ExtensionType::SUPPORTED_GROUPS).unwrap().is_err());
        assert_eq!(hello.record_size_limit(), Some(0x4000));
    }
}
