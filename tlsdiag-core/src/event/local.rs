//! What the recording side is itself configured to do, as numbers and bytes.

use serde::{Deserialize, Serialize};

use super::lines::bytes;

/// The local side's configuration, read once for each context and shared by its connections.
///
/// OpenSSL has no getter for the groups and signature schemes that a context is set to offer; they
/// are `None` unless the source knows them, and then the ClientHello or CertificateRequest that
/// this side sends shows them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LocalConfiguration {
    /// The library in its own words, such as `OpenSSL 3.0.19 27 Jan 2026`.
    pub library: String,
    /// `OpenSSL_version_num(3)`.
    pub library_number: u64,
    /// Lowest protocol version enabled, as on the wire; 0 where the library's default holds.
    pub minimum_version: u16,
    /// Highest protocol version enabled, as on the wire; 0 where the library's default holds.
    pub maximum_version: u16,
    /// Cipher suites enabled for the versions above, most preferred first, as IANA code points.
    pub cipher_suites: Vec<u16>,
    /// Named groups enabled, where the source can know them.
    pub groups: Option<Vec<u16>>,
    /// Signature schemes enabled, where the source can know them.
    pub signature_schemes: Option<Vec<u16>>,
    /// Own certificates with their chains and keys.
    pub certificates: Vec<LocalCertificate>,
    /// `SSL_VERIFY_*` bits: 1 peer, 2 fail if no peer certificate, 4 client once, 8 post handshake.
    pub verify_mode: i32,
    /// Greatest chain depth accepted; -1 where none is set.
    pub verify_depth: i32,
    /// `X509_V_FLAG_*` of the verification parameters.
    pub verify_flags: u64,
    /// The CA names that a server sends in its CertificateRequest, as DER names.
    #[serde(with = "bytes::list")]
    pub ca_names: Vec<Vec<u8>>,
    /// The certificates trusted to end a chain.
    pub trust_anchors: TrustAnchors,
    /// OpenSSL's security level, 0 to 5.
    pub security_level: i32,
    /// `SSL_OP_*` bits.
    pub options: u64,
    /// Whether a callback may supply the client's certificate during the handshake, so that an
    /// empty list of certificates here does not mean that there is none.
    pub certificate_callback: bool,
    /// What the application makes of the peer's certificate after the handshake, where it has
    /// declared that.
    #[serde(skip_serializing_if = "PeerCertificate::is_unknown")]
    pub peer_certificate: PeerCertificate,
    /// Whether the application reads a PROXY protocol header before it lets the library read, where
    /// it has declared that.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub expects_proxy_header: bool,
}

/// What an application makes of its peer's certificate after the handshake: some let the library
/// pass everything and refuse later. nginx as a server answers 400, and as a proxy 502 where
/// `proxy_ssl_verify` is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerCertificate {
    /// Not known; the library's verify mode is all there is to go by.
    #[default]
    Unknown,
    /// It may be missing, but one that does not verify is refused (nginx: `ssl_verify_client
    /// optional`).
    Optional,
    /// It must be there, and verify (nginx: `ssl_verify_client on`, `proxy_ssl_verify on`).
    Required,
}

impl PeerCertificate {
    fn is_unknown(&self) -> bool {
        *self == PeerCertificate::Unknown
    }

    /// `optional` or `required`, as records write it; `None` where it is not known.
    #[must_use]
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            PeerCertificate::Unknown => None,
            PeerCertificate::Optional => Some("optional"),
            PeerCertificate::Required => Some("required"),
        }
    }
}

impl LocalConfiguration {
    /// `SSL_VERIFY_PEER` in [`verify_mode`](Self::verify_mode).
    pub const VERIFY_PEER: i32 = 1;
    /// `SSL_VERIFY_FAIL_IF_NO_PEER_CERT` in [`verify_mode`](Self::verify_mode).
    pub const VERIFY_FAIL_IF_NO_PEER_CERT: i32 = 2;
}

/// A certificate of the local side.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LocalCertificate {
    /// The certificate itself, DER.
    #[serde(with = "bytes")]
    pub certificate: Vec<u8>,
    /// The intermediates that are configured to be sent with it, DER each.
    #[serde(with = "bytes::list")]
    pub chain: Vec<Vec<u8>>,
    /// Its private key; `None` where none is loaded.
    pub key: Option<LocalKey>,
    /// The first certificate, counted from 0 (the leaf), whose signature its issuer's key in this
    /// chain did not make;
    /// `None` where all are right, or where the issuers are not here.
    pub bad_signature: Option<u32>,
}

/// What kind of private key it is; the key itself is never read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LocalKey {
    /// `EVP_PKEY_get_base_id` (an OpenSSL NID): 6 is RSA, 408 EC, 912 RSA-PSS, 1087 Ed25519, 1088 Ed448. -1 for a key
    /// that a provider keeps.
    pub algorithm: i32,
    /// Size in bits.
    pub bits: i32,
    /// Whether the certificate's public key is this key's.
    pub matches_certificate: bool,
}

/// What the local side trusts.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TrustAnchors {
    /// Certificates in the store now. A folder of hashed files (`-CApath`) is looked up on demand
    /// and not counted.
    pub count: u32,
    /// Subjects of the first few, DER names.
    #[serde(with = "bytes::list")]
    pub subjects: Vec<Vec<u8>>,
    /// The certificates themselves, DER, where the store is small and a peer's certificate did not
    /// verify.
    #[serde(with = "bytes::list", skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Vec<u8>>,
}

impl TrustAnchors {
    /// How many subjects are kept; more only cost memory, since a store of this size is the
    /// system's.
    pub const SUBJECTS_KEPT: usize = 256;
    /// How many certificates a store may have so that they are kept: a larger one is the system's.
    pub const CERTIFICATES_KEPT: usize = 32;
}
