//! OpenSSL's numbers, by code and never by text: the texts change between versions (4.0 renamed the `sslv3 alert …` ones).

mod meaning;
mod suites;
pub mod verify;

pub use meaning::{is_known_verify_error, verify_error, verify_meaning};
pub use suites::cipher_name;

use crate::event::LibraryError;
use crate::handshake::{At, Handshake};

/// Reasons of the ssl library (`SSL_R_*` of `<openssl/sslerr.h>`), the same in 1.1.1 to 4.0.
pub mod reason {
    #![expect(missing_docs, reason = "they are OpenSSL's own names")]
    pub const NO_SUITABLE_KEY_SHARE: i32 = 101;
    pub const INCONSISTENT_EXTMS: i32 = 104;
    pub const NO_SUITABLE_SIGNATURE_ALGORITHM: i32 = 118;
    pub const BAD_COMPRESSION_ALGORITHM: i32 = 326;
    pub const BAD_DECOMPRESSION: i32 = 107;
    pub const BAD_SIGNATURE: i32 = 123;
    pub const CERTIFICATE_VERIFY_FAILED: i32 = 134;
    pub const DIGEST_CHECK_FAILED: i32 = 149;
    pub const EXCESSIVE_MESSAGE_SIZE: i32 = 152;
    pub const HTTPS_PROXY_REQUEST: i32 = 155;
    pub const HTTP_REQUEST: i32 = 156;
    pub const NO_CIPHERS_AVAILABLE: i32 = 181;
    pub const NO_PROTOCOLS_AVAILABLE: i32 = 191;
    pub const NO_SHARED_CIPHER: i32 = 193;
    pub const PEER_DID_NOT_RETURN_A_CERTIFICATE: i32 = 199;
    pub const PSK_IDENTITY_NOT_FOUND: i32 = 223;
    pub const BAD_DATA_RETURNED_BY_CALLBACK: i32 = 106;
    pub const BAD_EXTENSION: i32 = 110;
    pub const BAD_PSK: i32 = 219;
    pub const PSK_NO_CLIENT_CB: i32 = 224;
    pub const PSK_NO_SERVER_CB: i32 = 225;
    pub const CLIENTHELLO_TLSEXT: i32 = 226;
    pub const CALLBACK_FAILED: i32 = 234;
    pub const NO_COOKIE_CALLBACK_SET: i32 = 287;
    pub const SESSION_ID_CALLBACK_FAILED: i32 = 301;
    pub const SESSION_ID_CONFLICT: i32 = 302;
    pub const SESSION_ID_HAS_BAD_LENGTH: i32 = 303;
    pub const OCSP_CALLBACK_FAILURE: i32 = 305;
    pub const COOKIE_GEN_CALLBACK_FAILURE: i32 = 400;
    pub const NO_VERIFY_COOKIE_CALLBACK: i32 = 403;
    pub const ECH_REQUIRED: i32 = 424;
    pub const NO_APPLICATION_PROTOCOL: i32 = 235;
    pub const BINDER_DOES_NOT_VERIFY: i32 = 253;
    pub const BAD_PROTOCOL_VERSION_NUMBER: i32 = 116;
    pub const UNEXPECTED_RECORD: i32 = 245;
    pub const UNKNOWN_PROTOCOL: i32 = 252;
    pub const UNSUPPORTED_PROTOCOL: i32 = 258;
    pub const UNSUPPORTED_SSL_VERSION: i32 = 259;
    pub const WRONG_SSL_VERSION: i32 = 266;
    pub const WRONG_VERSION_NUMBER: i32 = 267;
    pub const SESSION_ID_CONTEXT_UNINITIALIZED: i32 = 277;
    pub const EXTENSION_NOT_RECEIVED: i32 = 279;
    pub const DECRYPTION_FAILED_OR_BAD_RECORD_MAC: i32 = 281;
    pub const UNEXPECTED_EOF_WHILE_READING: i32 = 294;
    pub const NO_SUITABLE_GROUPS: i32 = 295;
    pub const INVALID_STATUS_RESPONSE: i32 = 328;
    pub const UNSAFE_LEGACY_RENEGOTIATION_DISABLED: i32 = 338;
    pub const NO_RENEGOTIATION: i32 = 339;
    pub const WRONG_SIGNATURE_TYPE: i32 = 370;
    pub const INAPPROPRIATE_FALLBACK: i32 = 373;
    pub const NO_SHARED_SIGNATURE_ALGORITHMS: i32 = 376;
    pub const CERT_CB_ERROR: i32 = 377;
    pub const WRONG_CURVE: i32 = 378;
    pub const DH_KEY_TOO_SMALL: i32 = 394;
    pub const VERSION_TOO_LOW: i32 = 396;
    pub const CA_KEY_TOO_SMALL: i32 = 397;
    pub const CA_MD_TOO_WEAK: i32 = 398;
    pub const EE_KEY_TOO_SMALL: i32 = 399;
    pub const NO_SHARED_GROUPS: i32 = 410;
}

/// Reasons that say: these bytes are no record, or a message's lengths do not add up.
pub const GARBLED: &[i32] = &[
    110, // bad extension
    115, // bad packet length
    131, // CA name length mismatch
    135, // certificate length mismatch
    137, // cipher code of a wrong length
    146, // data length too long
    150, // encrypted length too long
    151, // error in received cipher list
    153, // extra data in message
    159, // length mismatch
    160, // length too short
    163, // extension length mismatch
    198, // packet length too long
    205, // invalid alert
    213, // record length mismatch
    226, // ClientHello extensions
    227, // an extension that cannot be parsed
    240, // bad packet
    245, // unexpected record
    246, // unknown alert type
    264, // wrong signature length
    265, // wrong signature size
    267, // wrong version number
    271, // bad length
    275, // ServerHello extensions
    298, // record too small
    300, // session id too long
    317, // invalid record
    332, // bad handshake length
    404, // length too long
    408, // session id too long
    443, // bad record type
];

/// Reasons that say: a message can be read and is forbidden here.
pub const FORBIDDEN: &[i32] = &[
    100, // application data in the handshake
    103, // bad change cipher spec
    105, // bad HelloRequest
    108, // bad key share
    112, // no signature_algorithms where one is due
    122, // bad key update
    132, // too many key updates
    133, // ccs received early
    145, // data between ccs and Finished
    154, // Finished before ccs
    157, // ec point formats without the uncompressed one
    162, // illegal point compression
    178, // unexpected end of early data
    182, // not on record boundary
    186, // bad cipher
    183, // no cipher suites at all
    187, // no compression method at all
    197, // the resumed session's cipher suite is missing
    209, // missing supported_groups
    214, // the second hello is the first one again
    215, // the required cipher suite is missing
    217, // unsolicited extension
    218, // cipher suite's digest has changed
    219, // bad psk
    220, // a signature for a certificate that cannot sign
    244, // unexpected message
    248, // unknown cipher returned
    257, // unsupported compression algorithm
    261, // wrong cipher returned
    262, // unexpected change_cipher_spec
    260, // invalid change_cipher_spec
    263, // bad HelloRetryRequest
    266, // another version behind a HelloRetryRequest
    290, // missing parameters
    292, // bad legacy version
    293, // a handshake message that shares its record with another type
    306, // bad ec point
    310, // pre_shared_key without psk_key_exchange_modes
    315, // unsupported elliptic curve
    319, // invalid server_name
    320, // invalid type of server_name
    335, // renegotiation_info is too long
    336, // renegotiation_info cannot be read
    337, // renegotiation_info of another handshake
    340, // inconsistent compression
    341, // required compression missing
    342, // required compression algorithm missing
    345, // the signal of a first hello in a renegotiation
    378, // wrong curve
    401, // ClientHello in fragments that are too small
    351, // a raw public key of another type than was asked for
    409, // too many warning alerts
    420, // missing supported_versions
    999, // invalid session id
];

/// Shows an entry of the error queue: `SSL routines: no shared cipher (193)`.
#[must_use]
pub fn show(error: &LibraryError) -> String {
    let mut text = match (error.library_name.as_str(), error.reason_text.as_str()) {
        ("", "") => format!("library {}, reason {}", error.library, error.reason),
        (library, "") => format!("{library}: reason {}", error.reason),
        ("", reason) => format!("library {}: {reason} ({})", error.library, error.reason),
        (library, reason) => format!("{library}: {reason} ({})", error.reason),
    };
    if !error.data.is_empty() {
        text.push_str(", ");
        text.push_str(&error.data);
    }
    text
}

/// Entries that did not come from the ssl library or the system: a provider's, an engine's, a key's own complaint.
pub fn foreign(handshake: &Handshake) -> impl Iterator<Item = &At<LibraryError>> {
    handshake
        .errors
        .iter()
        .filter(|error| !matches!(error.library, LibraryError::LIB_SSL | LibraryError::LIB_SYS))
}
