//! What the server chose: ServerHello, EncryptedExtensions and ServerKeyExchange.

use crate::wire::{
    CipherSuite, EncryptedExtensions, ExtensionType, NamedGroup, ProtocolVersion, ServerHello,
    ServerKeyExchange, SignatureScheme,
};

/// A ServerHello or HelloRetryRequest, with what EncryptedExtensions adds in TLS 1.3.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The version chosen.
    pub version: ProtocolVersion,
    /// The cipher suite chosen.
    pub cipher_suite: CipherSuite,
    /// 32 random bytes.
    pub random: Vec<u8>,
    /// The session id; before TLS 1.3 the client's own means a resumption.
    pub session_id: Vec<u8>,
    /// The group of the key exchange; before TLS 1.3 ServerKeyExchange names it.
    pub group: Option<NamedGroup>,
    /// The application protocol chosen.
    pub alpn: Option<String>,
    /// The pre-shared key chosen, by its place in the client's list.
    pub selected_psk: Option<u16>,
    /// Extensions of the ServerHello, and of EncryptedExtensions behind them.
    pub extensions: Vec<ExtensionType>,
    /// The bytes of the ServerHello's extensions.
    pub extension_block: Vec<u8>,
    /// The bytes of EncryptedExtensions' extensions.
    pub encrypted_block: Vec<u8>,
    /// extended_master_secret; always true of TLS 1.3, which binds its secrets to the handshake by itself.
    pub extended_master_secret: bool,
    /// renegotiation_info (RFC 5746); meaningless in TLS 1.3.
    pub secure_renegotiation: bool,
}

impl Answer {
    pub(super) fn read(hello: &ServerHello<'_>) -> Self {
        let version = hello.version();
        Answer {
            version,
            cipher_suite: hello.cipher_suite,
            random: hello.random.to_vec(),
            session_id: hello.session_id.to_vec(),
            group: hello.group(),
            alpn: hello.alpn().map(|name| name.0.escape_ascii().to_string()),
            selected_psk: hello.pre_shared_key(),
            extensions: hello.extensions.iter().map(|(kind, _)| kind).collect(),
            extension_block: hello.extensions.as_bytes().to_vec(),
            encrypted_block: Vec::new(),
            extended_master_secret: version.is_tls13() || hello.extended_master_secret(),
            secure_renegotiation: hello.extensions.contains(ExtensionType::RENEGOTIATION_INFO),
        }
    }

    /// A ServerHello of TLS 1.2 with nothing to complain of, for tests.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Answer {
            version: ProtocolVersion::TLS1_2,
            cipher_suite: CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            random: Vec::new(),
            session_id: Vec::new(),
            group: None,
            alpn: None,
            selected_psk: None,
            extensions: Vec::new(),
            extension_block: Vec::new(),
            encrypted_block: Vec::new(),
            extended_master_secret: true,
            secure_renegotiation: true,
        }
    }

    pub(super) fn add(&mut self, encrypted: &EncryptedExtensions<'_>) {
        self.extensions.extend(encrypted.extensions.iter().map(|(kind, _)| kind));
        self.encrypted_block = encrypted.extensions.as_bytes().to_vec();
        if let Some(name) = encrypted.alpn() {
            self.alpn = Some(name.0.escape_ascii().to_string());
        }
    }
}

/// The key of a ServerKeyExchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeyExchange {
    /// The curve of an ECDHE exchange.
    pub group: Option<NamedGroup>,
    /// The length of a DHE prime in bits.
    pub dh_bits: Option<usize>,
    /// How it is signed.
    pub scheme: Option<SignatureScheme>,
}

impl KeyExchange {
    pub(super) fn read(message: &ServerKeyExchange<'_>) -> Self {
        KeyExchange { group: message.group(), dh_bits: message.dh_prime_bits(), scheme: message.scheme }
    }
}
