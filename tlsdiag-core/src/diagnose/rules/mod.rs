//! The rules, one subject a file. Each file says which evidence it needs.

pub(super) mod again;
pub(super) mod certificate;
pub(super) mod choice;
pub(super) mod cipher;
pub(super) mod client_auth;
pub(super) mod cut;
pub(super) mod exam;
pub(super) mod expiry;
pub(super) mod farewell;
pub(super) mod hangup;
pub(super) mod names;
pub(super) mod own;
pub(super) mod protocol;
pub(super) mod psk;
pub(super) mod reading;
pub(super) mod record;
pub(super) mod refusal;
pub(super) mod refused_hello;
pub(super) mod rejected;
pub(super) mod secrets;
pub(super) mod signer;
pub(super) mod stapling;
pub(super) mod transport;
pub(super) mod unready;
pub(super) mod untrusted;
pub(super) mod verify;
pub(super) mod version;
pub(super) mod warn;

#[cfg(test)]
mod tests {
    use crate::handshake::Answer;
    use crate::wire::{CipherSuite, ProtocolVersion};

    /// A ServerHello of TLS 1.2 with nothing to complain of.
    pub(super) fn answer() -> Answer {
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
}
