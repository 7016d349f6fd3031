//! What the recording side was configured to do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::Code;
use crate::event::TrustAnchors;
use crate::handshake::{Handshake, OwnCertificate, Presented};
use crate::wire::x509::Name;
use crate::wire::{CipherSuite, ProtocolVersion};

/// The recording side's own configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are OpenSSL's")]
pub struct LocalRecord {
    /// Absent: the library's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_version: Option<Code>,
    /// Absent: the library's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_version: Option<Code>,
    #[serde(default)]
    pub cipher_suites: Vec<Code>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<LocalCertificateRecord>,
    /// Any of `peer`, `fail_if_no_peer_cert`, `client_once`, `post_handshake`; empty: verify none.
    #[serde(default)]
    pub verify: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_depth: Option<i32>,
    /// What the application makes of its peer's certificate after the handshake, where that is known: `optional` or `required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_certificate: Option<String>,
    #[serde(default)]
    pub security_level: i32,
    /// Number of trusted certificates in the store.
    #[serde(default)]
    pub trust_anchors: u32,
    /// The subjects of the first few of them; with the serial number where the store is small and a certificate did not verify.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted: Vec<String>,
    /// The name that the peer's certificate is held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_name: Option<String>,
}

/// A certificate that the recording side is configured to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct LocalCertificateRecord {
    /// Its subject.
    pub subject: String,
    /// The kind of its public key, such as `RSA 2048`.
    pub key: String,
    /// Whether a private key is loaded for it.
    pub has_private_key: bool,
    /// Number of intermediates that go with it.
    pub chain: usize,
}

pub(super) fn local(handshake: &Handshake) -> LocalRecord {
    let local = &handshake.local;
    let version = |number: u16| (number != 0).then(|| Code::new(number, ProtocolVersion(number)));
    let modes = [(1, "peer"), (2, "fail_if_no_peer_cert"), (4, "client_once"), (8, "post_handshake")];
    LocalRecord {
        minimum_version: version(local.minimum_version),
        maximum_version: version(local.maximum_version),
        cipher_suites: local
            .cipher_suites
            .iter()
            .map(|suite| Code::new(*suite, CipherSuite(*suite)))
            .collect(),
        certificates: handshake.own.iter().map(local_certificate).collect(),
        verify: modes
            .iter()
            .filter(|(bit, _)| local.verify_mode & bit != 0)
            .map(|(_, name)| (*name).to_owned())
            .collect(),
        verify_depth: (local.verify_depth >= 0).then_some(local.verify_depth),
        peer_certificate: local.peer_certificate.as_str().map(str::to_owned),
        security_level: local.security_level,
        trust_anchors: local.trust_anchors.count,
        trusted: trusted(&local.trust_anchors),
        expected_name: handshake.expected_name.clone(),
    }
}

/// A name alone does not tell two CAs apart.
fn trusted(anchors: &TrustAnchors) -> Vec<String> {
    const SHOWN: usize = 8;
    let certificates = anchors.certificates.iter().take(SHOWN).map(|der| {
        let certificate = Presented::parse(der).certificate;
        let serial = certificate.serial.as_deref().unwrap_or("unknown");
        format!("{} (serial {serial})", certificate.subject_text())
    });
    let subjects = anchors.subjects.iter().take(SHOWN).map(|subject| Name::parse(subject).text);
    if anchors.certificates.is_empty() { subjects.collect() } else { certificates.collect() }
}

fn local_certificate(own: &OwnCertificate) -> LocalCertificateRecord {
    let leaf = own.chain.leaf();
    LocalCertificateRecord {
        subject: leaf.map_or_else(String::new, |leaf| leaf.subject_text().to_owned()),
        key: leaf.and_then(|leaf| leaf.key.as_ref()).map(ToString::to_string).unwrap_or_default(),
        has_private_key: own.configured.key.is_some(),
        chain: own.configured.chain.len(),
    }
}
