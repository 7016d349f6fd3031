//! The published form of a handshake: serde structs that are the schema.
//!
//! Readers ignore fields that they do not know and do without fields that are absent, so that fields may be added within
//! version 1. Names under `tls` are OpenTelemetry's `tls.*` attributes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One handshake as one side saw it: one line of a JSON lines file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Record {
    /// Always `tlsdiag.handshake/1`.
    pub schema: String,
    /// Unique among all records: time, process and connection.
    pub id: String,
    /// When the handshake began, RFC 3339 in UTC.
    pub time: String,
    /// From the first event to the last, in microseconds.
    pub duration_us: u64,
    /// The side that recorded: `client` or `server`.
    pub role: String,
    /// What recorded, such as `openssl-hooks`.
    pub source: String,
    /// The TLS library in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub library: String,
    /// The process that recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<super::Process>,
    /// The peer's address, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerRecord>,
    /// `established`, `established_unverified`, `refused_after_established`, `failed`, `abandoned` or `not_tls`.
    pub outcome: String,
    /// Who ended it: `local`, `peer` or `transport`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The handshake message that was being made, read or waited for when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// OpenTelemetry's attributes.
    pub tls: TlsRecord,
    /// The ClientHello.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferRecord>,
    /// The ServerHello and EncryptedExtensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerRecord>,
    /// The CertificateRequest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_request: Option<CertificateRequestRecord>,
    /// The chains that were shown.
    #[serde(default)]
    pub certificates: Certificates,
    /// What the recording side was configured to do.
    #[serde(default)]
    pub local: LocalRecord,
    /// Why it ended as it did.
    pub diagnosis: DiagnosisRecord,
    /// What happened, in order.
    #[serde(default)]
    pub events: Vec<EventRecord>,
    /// Events that were not kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed_events: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Where the peer is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct PeerRecord {
    /// IP address.
    pub address: String,
    /// TCP port.
    pub port: u16,
}

/// A code point with its IANA name; an unknown one's name is its number in hexadecimal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Code {
    /// The number on the wire.
    pub code: u16,
    /// Its name, or `0x1234`.
    pub name: String,
}

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

/// An extension of any message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ExtensionRecord {
    /// The number on the wire.
    pub code: u16,
    /// Its IANA name, `GREASE(0x1a1a)` or `0x1234`.
    pub name: String,
    /// Size of its body in bytes.
    pub size: usize,
    /// Its body: typed where we know how, in hexadecimal where not; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// What is wrong with a body that does not decode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

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
    pub versions: Vec<Code>,
    pub cipher_suites: Vec<Code>,
    /// Extensions in order.
    pub extensions: Vec<ExtensionRecord>,
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
    /// EncryptedExtensions (TLS 1.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encrypted_extensions: Vec<ExtensionRecord>,
    /// The pre-shared key chosen, by its place in the client's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_psk: Option<u16>,
}

/// A CertificateRequest.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the message's fields")]
pub struct CertificateRequestRecord {
    /// The number of its event.
    pub event: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_schemes: Option<Vec<Code>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_schemes_cert: Option<Vec<Code>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_types: Option<Vec<Code>>,
    /// CA names; empty means any.
    pub authorities: Vec<String>,
    /// The scheme of the client's CertificateVerify, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_with: Option<Code>,
    #[serde(default)]
    pub post_handshake: bool,
    /// Extensions (TLS 1.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<ExtensionRecord>,
}

/// The chains shown, leaf first. Absent: no Certificate message; empty: an empty one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Certificates {
    /// The client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Vec<CertificateRecord>>,
    /// The server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Vec<CertificateRecord>>,
}

/// A certificate in summary.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are RFC 5280's")]
pub struct CertificateRecord {
    pub subject: String,
    pub issuer: String,
    /// Hexadecimal.
    #[serde(default)]
    pub serial: String,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// Such as `RSA 2048` or `EC secp256r1`.
    #[serde(default)]
    pub key: String,
    /// How the issuer signed it.
    #[serde(default)]
    pub signature_algorithm: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_alt_names: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_usage: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_key_usage: Option<Vec<String>>,
    #[serde(default)]
    pub ca: bool,
    /// Where it stopped being readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
}

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
    #[serde(default)]
    pub security_level: i32,
    /// Number of trusted certificates in the store.
    #[serde(default)]
    pub trust_anchors: u32,
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

/// Why it ended as it did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagnosisRecord {
    /// The code of the first finding; absent for a healthy handshake, and for a failure that nothing explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The coarse class of the outcome for metrics (gRPC proposal A118).
    pub result: String,
    /// Best first.
    #[serde(default)]
    pub findings: Vec<FindingRecord>,
}

/// One cause, with how we know and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct FindingRecord {
    /// The stable code.
    pub cause: String,
    /// `certain`, `likely` or `possible`.
    pub confidence: String,
    /// `error` or `warning`.
    pub severity: String,
    /// Where it has to be mended: `client`, `server` or `network`.
    pub side: String,
    /// One sentence.
    pub summary: String,
    /// Why, and what it means.
    #[serde(default)]
    pub explanation: String,
    /// What was seen.
    #[serde(default)]
    pub evidence: Vec<EvidenceRecord>,
    /// Causes that this side cannot tell from the one named.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Look-alikes that can be excluded.
    #[serde(default)]
    pub ruled_out: Vec<RuledOut>,
    /// What to write where, best first.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// Something seen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EvidenceRecord {
    /// The number of the event it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u32>,
    /// What was looked at.
    pub field: String,
    /// What stood there.
    pub value: String,
}

/// A cause that cannot be told from the one named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Alternative {
    /// Its code.
    pub cause: String,
    /// What would tell.
    pub tell: String,
}

/// A look-alike that can be excluded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RuledOut {
    /// Its code.
    pub cause: String,
    /// Why not.
    pub reason: String,
}

/// A remedy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Advice {
    /// `any`, `openssl`, `openssl.cnf`, `nginx`, `apache`, `python`, `curl`, `firefox`.
    pub stack: String,
    /// The line to write, or a sentence.
    pub line: String,
    /// What it costs or where it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EventRecord {
    /// Its number, which evidence points at.
    pub event: u32,
    /// Since the start, in microseconds.
    pub time_us: u64,
    /// `sent` or `received`, where it has a direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// `message`, `alert`, `change_cipher_spec`, `not_tls`, `verify`, `done`, `failed`, `transport`, `application_data` or
    /// `reconfigured`.
    pub kind: String,
    /// The message's or alert's name, or a detail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Size of a message in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<usize>,
}
