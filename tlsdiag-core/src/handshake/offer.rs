//! What the client offered in its ClientHello.

use crate::wire::{
    CipherSpec, CipherSuite, ClientHello, CompressionMethod, ExtensionType, NamedGroup, PreSharedKey,
    ProtocolVersion, SignatureScheme, SslV2ClientHello,
};

/// A ClientHello, kept. Lists are in the client's order, GREASE included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offer {
    /// The message's size in bytes, header included.
    pub size: usize,
    /// 32 random bytes: the same on both sides, so that their records can be joined.
    pub random: Vec<u8>,
    /// The session id (`legacy_session_id`); empty where none was sent.
    pub session_id: Vec<u8>,
    /// `legacy_version`.
    pub legacy_version: u16,
    /// Versions: those of supported_versions, or without it the one of `legacy_version`.
    pub versions: Vec<ProtocolVersion>,
    /// Whether `versions` come from the extension.
    pub names_versions: bool,
    /// Cipher suites.
    pub cipher_suites: Vec<CipherSuite>,
    /// Compression of records.
    pub compression_methods: Vec<CompressionMethod>,
    /// Extensions, in the order of the message.
    pub extensions: Vec<ExtensionType>,
    /// The bytes of the extensions, without the length of the whole.
    pub extension_block: Vec<u8>,
    /// server_name, if it is text.
    pub server_name: Option<String>,
    /// supported_groups.
    pub groups: Option<Vec<NamedGroup>>,
    /// ec_point_formats, which TLS 1.3 has no use for.
    pub point_formats: Vec<u8>,
    /// Groups with a key share.
    pub key_shares: Option<Vec<NamedGroup>>,
    /// signature_algorithms.
    pub signature_schemes: Option<Vec<SignatureScheme>>,
    /// signature_algorithms_cert.
    pub signature_schemes_cert: Option<Vec<SignatureScheme>>,
    /// Application protocols.
    pub alpn: Option<Vec<String>>,
    /// Number of identities in pre_shared_key.
    pub psk_identities: Option<usize>,
    /// Whether one of them is no ticket of an earlier session: its age is 0 (RFC 8446 §4.2.11).
    pub external_psk: bool,
    /// The length in bytes of the first such identity's binder: that of the hash which its key is bound to.
    pub external_binder: Option<usize>,
    /// Whether a TLS 1.2 session ticket is shown.
    pub session_ticket: bool,
    /// post_handshake_auth.
    pub post_handshake_auth: bool,
    /// extended_master_secret.
    pub extended_master_secret: bool,
    /// RFC 5746, by extension or by cipher suite.
    pub secure_renegotiation: bool,
    /// early_data.
    pub early_data: bool,
    /// TLS_FALLBACK_SCSV (RFC 7507).
    pub fallback: bool,
    /// Whether encrypted_client_hello is there, real or GREASE.
    pub ech: bool,
    /// Whether it came in the form of SSLv2 (RFC 5246, appendix E.2), which has no extensions.
    pub sslv2: bool,
}

impl Offer {
    pub(super) fn read(hello: &ClientHello<'_>, size: usize) -> Self {
        let versions = hello.supported_versions();
        Offer {
            size,
            random: hello.random.to_vec(),
            session_id: hello.session_id.to_vec(),
            legacy_version: hello.legacy_version.0,
            versions: match versions {
                Some(versions) => versions.iter().collect(),
                None => vec![hello.legacy_version],
            },
            names_versions: versions.is_some(),
            cipher_suites: hello.cipher_suites.iter().collect(),
            compression_methods: hello.compression_methods.iter().collect(),
            extensions: hello.extensions.iter().map(|(kind, _)| kind).collect(),
            extension_block: hello.extensions.as_bytes().to_vec(),
            server_name: hello.server_name().map(str::to_owned),
            groups: hello.supported_groups().map(|groups| groups.iter().collect()),
            point_formats: hello
                .ec_point_formats()
                .map_or_else(Vec::new, |formats| formats.as_bytes().to_vec()),
            key_shares: hello.key_shares().map(|shares| shares.iter().map(|share| share.group).collect()),
            signature_schemes: hello.signature_algorithms().map(|schemes| schemes.iter().collect()),
            signature_schemes_cert: hello.signature_algorithms_cert().map(|schemes| schemes.iter().collect()),
            alpn: hello
                .alpn()
                .map(|names| names.iter().map(|name| name.0.escape_ascii().to_string()).collect()),
            psk_identities: match hello.pre_shared_key() {
                Some(PreSharedKey::Offered { identities, .. }) => Some(identities.len()),
                _ => None,
            },
            external_psk: match hello.pre_shared_key() {
                Some(PreSharedKey::Offered { identities, .. }) => {
                    identities.iter().any(|identity| identity.obfuscated_ticket_age == 0)
                }
                _ => false,
            },
            external_binder: match hello.pre_shared_key() {
                Some(PreSharedKey::Offered { identities, binders }) => identities
                    .iter()
                    .zip(binders.iter())
                    .find(|(identity, _)| identity.obfuscated_ticket_age == 0)
                    .map(|(_, binder)| binder.0.len()),
                _ => None,
            },
            session_ticket: hello.session_ticket().is_some_and(|ticket| !ticket.is_empty()),
            post_handshake_auth: hello.post_handshake_auth(),
            extended_master_secret: hello.extended_master_secret(),
            secure_renegotiation: hello.secure_renegotiation(),
            early_data: hello.early_data(),
            fallback: hello.cipher_suites.contains(CipherSuite::TLS_FALLBACK_SCSV),
            ech: hello.ech().is_some(),
            sslv2: false,
        }
    }

    pub(super) fn read_sslv2(hello: &SslV2ClientHello<'_>, size: usize) -> Self {
        let suites = || hello.cipher_specs.iter().filter_map(CipherSpec::suite);
        Offer {
            size,
            random: hello.challenge.to_vec(),
            session_id: hello.session_id.to_vec(),
            legacy_version: hello.version.0,
            versions: vec![hello.version],
            cipher_suites: suites().collect(),
            secure_renegotiation: suites()
                .any(|suite| suite == CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV),
            fallback: suites().any(|suite| suite == CipherSuite::TLS_FALLBACK_SCSV),
            sslv2: true,
            ..Offer::default()
        }
    }

    /// Whether the client would speak this version. Without supported_versions the client speaks everything from its
    /// `legacy_version` down, as far as it says.
    #[must_use]
    pub fn offers(&self, version: ProtocolVersion) -> bool {
        if self.names_versions {
            self.versions.contains(&version)
        } else {
            version.0 <= self.legacy_version && version != ProtocolVersion::TLS1_3
        }
    }
}
