//! The ServerHello, with EncryptedExtensions and what a key exchange adds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::Code;
use super::extension::{self, ExtensionRecord};
use super::tls::group;
use crate::handshake::Handshake;
use crate::wire::Place;

/// A ServerHello with its EncryptedExtensions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the message's fields and extensions")]
pub struct AnswerRecord {
    /// The number of its event.
    pub event: u32,
    pub version: Code,
    pub cipher_suite: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Code>,
    /// Bits of the prime of a DHE key exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dh_bits: Option<usize>,
    /// How the server signed: CertificateVerify, or ServerKeyExchange before TLS 1.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_scheme: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    /// Extensions of the ServerHello.
    pub extensions: Vec<ExtensionRecord>,
    /// What is wrong with the ServerHello behind the last extension that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// EncryptedExtensions (TLS 1.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encrypted_extensions: Vec<ExtensionRecord>,
    /// The pre-shared key chosen, by its place in the client's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_psk: Option<u16>,
}

/// A HelloRetryRequest: what the server would choose.
pub(super) fn retry(handshake: &Handshake) -> Option<AnswerRecord> {
    let retry = handshake.retry.as_ref()?;
    Some(AnswerRecord {
        event: retry.event,
        version: Code::new(retry.version.0, retry.version),
        cipher_suite: Code::new(retry.cipher_suite.0, retry.cipher_suite),
        group: retry.group.map(|group| Code::new(group.0, group)),
        dh_bits: None,
        signature_scheme: None,
        alpn: None,
        extensions: extension::records(&retry.extension_block, Place::HelloRetryRequest),
        problem: extension::problem(&retry.extension_block, Place::HelloRetryRequest),
        encrypted_extensions: Vec::new(),
        selected_psk: None,
    })
}

pub(super) fn answer(handshake: &Handshake) -> Option<AnswerRecord> {
    let answer = handshake.answer.as_ref()?;
    Some(AnswerRecord {
        event: answer.event,
        version: Code::new(answer.version.0, answer.version),
        cipher_suite: Code::new(answer.cipher_suite.0, answer.cipher_suite),
        group: group(handshake).map(|group| Code::new(group.0, group)),
        dh_bits: handshake.key_exchange.as_ref().and_then(|exchange| exchange.dh_bits),
        signature_scheme: handshake
            .server_signature
            .as_ref()
            .map(|scheme| Code::new(scheme.value.0, scheme.value)),
        alpn: answer.alpn.clone(),
        extensions: extension::records(&answer.extension_block, Place::ServerHello),
        problem: extension::problem(&answer.extension_block, Place::ServerHello),
        encrypted_extensions: extension::records(&answer.encrypted_block, Place::EncryptedExtensions),
        selected_psk: answer.selected_psk,
    })
}
