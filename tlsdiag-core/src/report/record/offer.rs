//! The ClientHello.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::{Code, codes, hex, more};
use super::extension::{self, ExtensionRecord};
use crate::handshake::{At, Handshake, Offer};
use crate::wire::{Place, ProtocolVersion};

/// A ClientHello. Lists are in the client's order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the message's fields and extensions")]
pub struct OfferRecord {
    /// The number of its event.
    pub event: u32,
    /// Size of the message in bytes.
    pub size: usize,
    /// 32 bytes in hexadecimal: the same in both sides' records.
    pub random: String,
    pub legacy_version: Code,
    /// Length of the session id in bytes.
    #[serde(default)]
    pub session_id_length: usize,
    #[serde(default)]
    pub compression_methods: Vec<Code>,
    pub versions: Vec<Code>,
    pub cipher_suites: Vec<Code>,
    /// How many suites there are, where they are too many to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher_suite_count: Option<usize>,
    /// Extensions in order.
    pub extensions: Vec<ExtensionRecord>,
    /// How many extensions there are, where they are too many to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension_count: Option<usize>,
    /// What is wrong with the message behind the last extension that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Code>>,
    /// Groups with a key share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_shares: Option<Vec<Code>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_schemes: Option<Vec<Code>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_schemes_cert: Option<Vec<Code>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpn: Option<Vec<String>>,
    /// Number of pre-shared keys offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psk_identities: Option<usize>,
    #[serde(default)]
    pub post_handshake_auth: bool,
    #[serde(default)]
    pub extended_master_secret: bool,
    #[serde(default)]
    pub secure_renegotiation: bool,
    /// Whether a HelloRetryRequest came between a first ClientHello and this one.
    #[serde(default)]
    pub retried: bool,
}

pub(super) fn offer(handshake: &Handshake) -> Option<OfferRecord> {
    Some(record(handshake.offer.as_ref()?, handshake.retry.is_some()))
}

pub(super) fn first_offer(handshake: &Handshake) -> Option<OfferRecord> {
    Some(record(handshake.first_offer.as_ref()?, false))
}

fn record(offer: &At<Offer>, retried: bool) -> OfferRecord {
    OfferRecord {
        event: offer.event,
        size: offer.size,
        random: hex(&offer.random),
        legacy_version: Code::new(offer.legacy_version, ProtocolVersion(offer.legacy_version)),
        session_id_length: offer.session_id.len(),
        compression_methods: codes!(offer.compression_methods),
        versions: codes!(offer.versions),
        cipher_suites: codes!(offer.cipher_suites),
        cipher_suite_count: more(offer.cipher_suites.len()),
        extension_count: more(offer.extensions.len()),
        problem: extension::problem(&offer.extension_block, Place::ClientHello),
        extensions: extension::records(&offer.extension_block, Place::ClientHello),
        server_name: offer.server_name.clone(),
        groups: offer.groups.as_ref().map(|list| codes!(list)),
        key_shares: offer.key_shares.as_ref().map(|list| codes!(list)),
        signature_schemes: offer.signature_schemes.as_ref().map(|list| codes!(list)),
        signature_schemes_cert: offer.signature_schemes_cert.as_ref().map(|list| codes!(list)),
        alpn: offer.alpn.clone(),
        psk_identities: offer.psk_identities,
        post_handshake_auth: offer.post_handshake_auth,
        extended_master_secret: offer.extended_master_secret,
        secure_renegotiation: offer.secure_renegotiation,
        retried,
    }
}
