//! OpenTelemetry's `tls.*` attributes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::date;
use crate::handshake::Handshake;
use crate::wire::x509::Certificate;
use crate::wire::{NamedGroup, ProtocolVersion};

/// OpenTelemetry's `tls.*` attributes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TlsRecord {
    /// `tls.established`: whether application data could flow.
    pub established: bool,
    /// `tls.protocol.*`, once chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// `tls.cipher`: the cipher suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher: Option<String>,
    /// `tls.curve`: the named group of the key exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<String>,
    /// `tls.next_protocol`: what ALPN chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_protocol: Option<String>,
    /// `tls.resumed`.
    pub resumed: bool,
    /// `tls.client.*`.
    #[serde(default)]
    pub client: TlsPeer,
    /// `tls.server.*`.
    #[serde(default)]
    pub server: TlsPeer,
}

/// `tls.protocol.*`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Protocol {
    /// `tls` or `ssl`.
    pub name: String,
    /// Such as `1.2`.
    pub version: String,
}

/// `tls.client.*` or `tls.server.*`: the certificate that this end showed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TlsPeer {
    /// The name that the client asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// `tls.client.ja3`: the fingerprint of the ClientHello, an MD5 in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ja3: Option<String>,
    /// The newer fingerprint of the ClientHello, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ja4: Option<String>,
    /// The certificate's subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The certificate's issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Valid from, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// Valid until, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
}

pub(super) fn tls(handshake: &Handshake) -> TlsRecord {
    let version = handshake.version();
    let client = TlsPeer {
        server_name: handshake.offer.as_ref().and_then(|offer| offer.server_name.clone()),
        ja3: handshake.offer.as_ref().map(|offer| offer.ja3()),
        ja4: handshake.offer.as_ref().map(|offer| offer.ja4()),
        ..tls_peer(handshake.client_chain.as_ref().and_then(|chain| chain.leaf()))
    };
    TlsRecord {
        established: handshake.outcome.kind.is_established(),
        protocol: version.map(|version| Protocol {
            name: if version == ProtocolVersion::SSL3 { "ssl" } else { "tls" }.to_owned(),
            version: version.short().map_or_else(|| version.to_string(), str::to_owned),
        }),
        cipher: handshake.cipher_suite().map(|suite| suite.to_string()),
        curve: group(handshake).map(|group| group.to_string()),
        next_protocol: handshake.answer.as_ref().and_then(|answer| answer.alpn.clone()),
        resumed: resumed(handshake),
        client,
        server: tls_peer(handshake.server_chain.as_ref().and_then(|chain| chain.leaf())),
    }
}

fn tls_peer(leaf: Option<&Certificate>) -> TlsPeer {
    let Some(leaf) = leaf else { return TlsPeer::default() };
    TlsPeer {
        server_name: None,
        ja3: None,
        ja4: None,
        subject: Some(leaf.subject_text().to_owned()),
        issuer: Some(leaf.issuer_text().to_owned()),
        not_before: leaf.not_before.map(date),
        not_after: leaf.not_after.map(date),
    }
}

pub(super) fn group(handshake: &Handshake) -> Option<NamedGroup> {
    let exchange = handshake.key_exchange.as_ref().and_then(|exchange| exchange.group);
    handshake.answer.as_ref().and_then(|answer| answer.group).or(exchange)
}

fn resumed(handshake: &Handshake) -> bool {
    match &handshake.done {
        Some(done) => done.resumed,
        None => handshake.answer.as_ref().is_some_and(|answer| answer.selected_psk.is_some()),
    }
}
