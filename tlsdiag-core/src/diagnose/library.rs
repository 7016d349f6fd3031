//! OpenSSL's numbers, by code and never by text: the texts change between versions (4.0 renamed the `sslv3 alert …` ones).

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

/// Results of certificate verification (`X509_V_ERR_*`, `X509_verify_cert_error_string(3)`) by their numbers from 3.0 on; 1.1.1 has a few
/// others, see [`verify_error`].
pub mod verify {
    #![expect(missing_docs, reason = "they are OpenSSL's own names")]
    pub const UNABLE_TO_GET_ISSUER_CERT: i32 = 2;
    pub const UNABLE_TO_GET_CRL: i32 = 3;
    pub const UNABLE_TO_DECRYPT_CERT_SIGNATURE: i32 = 4;
    pub const UNABLE_TO_DECRYPT_CRL_SIGNATURE: i32 = 5;
    pub const UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: i32 = 6;
    pub const CERT_SIGNATURE_FAILURE: i32 = 7;
    pub const CRL_SIGNATURE_FAILURE: i32 = 8;
    pub const CERT_NOT_YET_VALID: i32 = 9;
    pub const CERT_HAS_EXPIRED: i32 = 10;
    pub const CRL_NOT_YET_VALID: i32 = 11;
    pub const CRL_HAS_EXPIRED: i32 = 12;
    pub const ERROR_IN_CERT_NOT_BEFORE_FIELD: i32 = 13;
    pub const ERROR_IN_CERT_NOT_AFTER_FIELD: i32 = 14;
    pub const ERROR_IN_CRL_LAST_UPDATE_FIELD: i32 = 15;
    pub const ERROR_IN_CRL_NEXT_UPDATE_FIELD: i32 = 16;
    pub const OUT_OF_MEM: i32 = 17;
    pub const DEPTH_ZERO_SELF_SIGNED_CERT: i32 = 18;
    pub const SELF_SIGNED_CERT_IN_CHAIN: i32 = 19;
    pub const UNABLE_TO_GET_ISSUER_CERT_LOCALLY: i32 = 20;
    pub const UNABLE_TO_VERIFY_LEAF_SIGNATURE: i32 = 21;
    pub const CERT_CHAIN_TOO_LONG: i32 = 22;
    pub const CERT_REVOKED: i32 = 23;
    pub const NO_ISSUER_PUBLIC_KEY: i32 = 24;
    pub const PATH_LENGTH_EXCEEDED: i32 = 25;
    pub const INVALID_PURPOSE: i32 = 26;
    pub const CERT_UNTRUSTED: i32 = 27;
    pub const CERT_REJECTED: i32 = 28;
    pub const SUBJECT_ISSUER_MISMATCH: i32 = 29;
    pub const AKID_SKID_MISMATCH: i32 = 30;
    pub const AKID_ISSUER_SERIAL_MISMATCH: i32 = 31;
    pub const KEYUSAGE_NO_CERTSIGN: i32 = 32;
    pub const UNABLE_TO_GET_CRL_ISSUER: i32 = 33;
    pub const UNHANDLED_CRITICAL_EXTENSION: i32 = 34;
    pub const KEYUSAGE_NO_CRL_SIGN: i32 = 35;
    pub const UNHANDLED_CRITICAL_CRL_EXTENSION: i32 = 36;
    pub const INVALID_NON_CA: i32 = 37;
    pub const PROXY_PATH_LENGTH_EXCEEDED: i32 = 38;
    pub const KEYUSAGE_NO_DIGITAL_SIGNATURE: i32 = 39;
    pub const PROXY_CERTIFICATES_NOT_ALLOWED: i32 = 40;
    pub const INVALID_EXTENSION: i32 = 41;
    pub const INVALID_POLICY_EXTENSION: i32 = 42;
    pub const NO_EXPLICIT_POLICY: i32 = 43;
    pub const DIFFERENT_CRL_SCOPE: i32 = 44;
    pub const UNSUPPORTED_EXTENSION_FEATURE: i32 = 45;
    pub const UNNESTED_RESOURCE: i32 = 46;
    pub const PERMITTED_VIOLATION: i32 = 47;
    pub const EXCLUDED_VIOLATION: i32 = 48;
    pub const SUBTREE_MINMAX: i32 = 49;
    pub const APPLICATION_VERIFICATION: i32 = 50;
    pub const UNSUPPORTED_CONSTRAINT_TYPE: i32 = 51;
    pub const UNSUPPORTED_CONSTRAINT_SYNTAX: i32 = 52;
    pub const UNSUPPORTED_NAME_SYNTAX: i32 = 53;
    pub const CRL_PATH_VALIDATION_ERROR: i32 = 54;
    pub const PATH_LOOP: i32 = 55;
    pub const SUITE_B_INVALID_VERSION: i32 = 56;
    pub const SUITE_B_INVALID_ALGORITHM: i32 = 57;
    pub const SUITE_B_INVALID_CURVE: i32 = 58;
    pub const SUITE_B_INVALID_SIGNATURE_ALGORITHM: i32 = 59;
    pub const SUITE_B_LOS_NOT_ALLOWED: i32 = 60;
    pub const SUITE_B_CANNOT_SIGN_P_384_WITH_P_256: i32 = 61;
    pub const HOSTNAME_MISMATCH: i32 = 62;
    pub const EMAIL_MISMATCH: i32 = 63;
    pub const IP_ADDRESS_MISMATCH: i32 = 64;
    pub const DANE_NO_MATCH: i32 = 65;
    pub const EE_KEY_TOO_SMALL: i32 = 66;
    pub const CA_KEY_TOO_SMALL: i32 = 67;
    pub const CA_MD_TOO_WEAK: i32 = 68;
    pub const INVALID_CALL: i32 = 69;
    pub const STORE_LOOKUP: i32 = 70;
    pub const NO_VALID_SCTS: i32 = 71;
    pub const PROXY_SUBJECT_NAME_VIOLATION: i32 = 72;
    pub const OCSP_VERIFY_NEEDED: i32 = 73;
    pub const OCSP_VERIFY_FAILED: i32 = 74;
    pub const OCSP_CERT_UNKNOWN: i32 = 75;
    pub const UNSUPPORTED_SIGNATURE_ALGORITHM: i32 = 76;
    pub const SIGNATURE_ALGORITHM_MISMATCH: i32 = 77;
    pub const SIGNATURE_ALGORITHM_INCONSISTENCY: i32 = 78;
    pub const INVALID_CA: i32 = 79;
    pub const PATHLEN_INVALID_FOR_NON_CA: i32 = 80;
    pub const PATHLEN_WITHOUT_KU_KEY_CERT_SIGN: i32 = 81;
    pub const KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA: i32 = 82;
    pub const ISSUER_NAME_EMPTY: i32 = 83;
    pub const SUBJECT_NAME_EMPTY: i32 = 84;
    pub const MISSING_AUTHORITY_KEY_IDENTIFIER: i32 = 85;
    pub const MISSING_SUBJECT_KEY_IDENTIFIER: i32 = 86;
    pub const EMPTY_SUBJECT_ALT_NAME: i32 = 87;
    pub const EMPTY_SUBJECT_SAN_NOT_CRITICAL: i32 = 88;
    pub const CA_BCONS_NOT_CRITICAL: i32 = 89;
    pub const AUTHORITY_KEY_IDENTIFIER_CRITICAL: i32 = 90;
    pub const SUBJECT_KEY_IDENTIFIER_CRITICAL: i32 = 91;
    pub const CA_CERT_MISSING_KEY_USAGE: i32 = 92;
    pub const EXTENSIONS_REQUIRE_VERSION_3: i32 = 93;
    pub const EC_KEY_EXPLICIT_PARAMS: i32 = 94;
    pub const RPK_UNTRUSTED: i32 = 95;
    pub const OCSP_RESP_INVALID: i32 = 96;
    pub const OCSP_SIGNATURE_FAILURE: i32 = 97;
    pub const OCSP_NOT_YET_VALID: i32 = 98;
    pub const OCSP_HAS_EXPIRED: i32 = 99;
    pub const OCSP_NO_RESPONSE: i32 = 100;
    pub const CRL_VERIFY_FAILED: i32 = 101;
    pub const EMPTY_AUTHORITY_KEY_IDENTIFIER: i32 = 102;
    pub const AKID_ISSUER_SERIAL_NOT_PAIRED: i32 = 103;
    pub const IDP_ONLY_USER_CA_ATTR_EXCLUSIVE: i32 = 104;
}

/// A verify result by the number that 3.0 and later give it. 1.1.1 gives five of them others.
#[must_use]
pub fn verify_error(library_number: u64, result: i32) -> i32 {
    const V3_0: u64 = 0x3000_0000;
    match result {
        _ if library_number == 0 || library_number >= V3_0 => result,
        24 => verify::INVALID_CA,
        76 => verify::SIGNATURE_ALGORITHM_MISMATCH,
        77 => verify::NO_ISSUER_PUBLIC_KEY,
        78 => verify::UNSUPPORTED_SIGNATURE_ALGORITHM,
        79 => verify::EC_KEY_EXPLICIT_PARAMS,
        _ => result,
    }
}

/// What is said of a result that is not known here.
const VERIFICATION_FAILED: &str = "verification failed";

/// Whether [`verify_meaning`] has words of its own for this result.
#[must_use]
pub fn is_known_verify_error(error: i32) -> bool {
    verify_meaning(error) != VERIFICATION_FAILED
}

/// What `X509_V_ERR_*` says, in a few words: each that OpenSSL 3.0 to 4.0 defines.
#[must_use]
pub fn verify_meaning(error: i32) -> &'static str {
    match error {
        0 => "ok",
        verify::UNABLE_TO_GET_ISSUER_CERT => "the issuer of a trusted certificate cannot be found",
        verify::UNABLE_TO_GET_CRL => "no CRL for the certificate's issuer",
        verify::CERT_SIGNATURE_FAILURE => "the certificate's signature is wrong",
        verify::UNABLE_TO_DECRYPT_CERT_SIGNATURE => {
            "the certificate's signature is no signature of its issuer's key"
        }
        verify::UNABLE_TO_DECRYPT_CRL_SIGNATURE | verify::CRL_SIGNATURE_FAILURE => {
            "the CRL's signature is wrong"
        }
        verify::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY | verify::NO_ISSUER_PUBLIC_KEY => {
            "the issuer's public key cannot be read"
        }
        verify::CRL_NOT_YET_VALID => "the CRL is not yet valid",
        verify::ERROR_IN_CRL_LAST_UPDATE_FIELD | verify::ERROR_IN_CRL_NEXT_UPDATE_FIELD => {
            "a date of the CRL cannot be read"
        }
        verify::KEYUSAGE_NO_CRL_SIGN => "the CRL issuer's keyUsage lacks cRLSign",
        verify::UNHANDLED_CRITICAL_CRL_EXTENSION => "a critical extension of the CRL is unknown",
        verify::INVALID_EXTENSION => "an extension is invalid",
        verify::DIFFERENT_CRL_SCOPE => "the CRL is for other certificates",
        verify::CRL_PATH_VALIDATION_ERROR => "the CRL's own issuer does not verify",
        verify::SIGNATURE_ALGORITHM_MISMATCH => "the issuer's key is not of the signature's kind",
        verify::CERT_NOT_YET_VALID => "the certificate is not yet valid",
        verify::CERT_HAS_EXPIRED => "the certificate has expired",
        verify::CRL_HAS_EXPIRED => "the CRL has expired",
        verify::ERROR_IN_CERT_NOT_BEFORE_FIELD => "notBefore cannot be read",
        verify::ERROR_IN_CERT_NOT_AFTER_FIELD => "notAfter cannot be read",
        verify::DEPTH_ZERO_SELF_SIGNED_CERT => "the certificate is self-signed",
        verify::SELF_SIGNED_CERT_IN_CHAIN => {
            "the chain ends in a self-signed certificate that is not trusted"
        }
        verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY => "the issuer's certificate cannot be found",
        verify::UNABLE_TO_VERIFY_LEAF_SIGNATURE => "nothing to verify the certificate's signature with",
        verify::CERT_CHAIN_TOO_LONG => "the chain is longer than the verify depth",
        verify::CERT_REVOKED => "the certificate is revoked",
        verify::PATH_LENGTH_EXCEEDED => "a CA's path length constraint is exceeded",
        verify::INVALID_PURPOSE => "the certificate is not for this purpose",
        verify::CERT_UNTRUSTED => "the certificate is not trusted for this purpose",
        verify::CERT_REJECTED => "the root rejects this purpose",
        verify::AKID_SKID_MISMATCH => "the key identifiers of certificate and issuer differ",
        verify::AKID_ISSUER_SERIAL_MISMATCH => "the certificate names another serial number of its issuer",
        verify::APPLICATION_VERIFICATION => "the application's own check failed",
        verify::KEYUSAGE_NO_CERTSIGN => "the issuer's keyUsage lacks keyCertSign",
        verify::UNABLE_TO_GET_CRL_ISSUER => "the CRL's issuer cannot be found",
        verify::UNHANDLED_CRITICAL_EXTENSION => "a critical extension is unknown",
        verify::KEYUSAGE_NO_DIGITAL_SIGNATURE => "keyUsage lacks digitalSignature",
        verify::PERMITTED_VIOLATION => "a name is outside the permitted subtrees",
        verify::EXCLUDED_VIOLATION => "a name is inside an excluded subtree",
        verify::HOSTNAME_MISMATCH => "the host name does not match",
        verify::EMAIL_MISMATCH => "the e-mail address does not match",
        verify::IP_ADDRESS_MISMATCH => "the IP address does not match",
        verify::EE_KEY_TOO_SMALL => "the certificate's key is too small",
        verify::CA_KEY_TOO_SMALL => "a CA's key is too small",
        verify::CA_MD_TOO_WEAK => "a signature's digest is too weak",
        verify::INVALID_CA => "an issuer is not a CA certificate",
        verify::OUT_OF_MEM => "the verifier had no memory left",
        verify::SUBJECT_ISSUER_MISMATCH => "the issuer has another name than the certificate says",
        verify::INVALID_NON_CA => "the certificate has the marks of a CA, and may not",
        verify::PROXY_PATH_LENGTH_EXCEEDED => "a proxy certificate's path length constraint is exceeded",
        verify::PROXY_CERTIFICATES_NOT_ALLOWED => "proxy certificates are not allowed here",
        verify::INVALID_POLICY_EXTENSION => "a certificate policy extension is invalid or inconsistent",
        verify::NO_EXPLICIT_POLICY => {
            "no certificate policy is valid for the whole chain, and one is required"
        }
        verify::UNSUPPORTED_EXTENSION_FEATURE => {
            "an extension uses a feature that the verifier does not know"
        }
        verify::UNNESTED_RESOURCE => "the certificate's addresses (RFC 3779) are not among its issuer's",
        verify::SUBTREE_MINMAX => "minimum or maximum in a name constraint, which are not supported",
        verify::UNSUPPORTED_CONSTRAINT_TYPE => "a name constraint is of a kind that is not supported",
        verify::UNSUPPORTED_CONSTRAINT_SYNTAX => "a name constraint cannot be read",
        verify::UNSUPPORTED_NAME_SYNTAX => "a name cannot be held against the name constraints",
        verify::PATH_LOOP => "the chain comes back to itself",
        verify::SUITE_B_INVALID_VERSION => "Suite B: the certificate is not of version 3",
        verify::SUITE_B_INVALID_ALGORITHM => "Suite B: the public key is not of an allowed algorithm",
        verify::SUITE_B_INVALID_CURVE => "Suite B: the elliptic curve is not an allowed one",
        verify::SUITE_B_INVALID_SIGNATURE_ALGORITHM => {
            "Suite B: the signature algorithm is not an allowed one"
        }
        verify::SUITE_B_LOS_NOT_ALLOWED => "Suite B: the curve is not allowed at this level of security",
        verify::SUITE_B_CANNOT_SIGN_P_384_WITH_P_256 => "Suite B: a P-256 key may not sign a P-384 one",
        verify::DANE_NO_MATCH => "no TLSA record of DANE matches the chain",
        verify::INVALID_CALL => "the verifier was called in the wrong way",
        verify::STORE_LOOKUP => "looking up the issuer in the trust store failed",
        verify::NO_VALID_SCTS => "too few valid signed certificate timestamps",
        verify::PROXY_SUBJECT_NAME_VIOLATION => "a proxy certificate's name does not extend its issuer's",
        verify::OCSP_VERIFY_NEEDED => "an OCSP response is needed",
        verify::OCSP_VERIFY_FAILED => "the OCSP response does not verify",
        verify::OCSP_CERT_UNKNOWN => "the OCSP responder does not know the certificate",
        verify::UNSUPPORTED_SIGNATURE_ALGORITHM => {
            "the signature algorithm of the certificate is not supported"
        }
        verify::SIGNATURE_ALGORITHM_INCONSISTENCY => "the two signature algorithms in the certificate differ",
        verify::PATHLEN_INVALID_FOR_NON_CA => "a path length constraint in a certificate that is no CA",
        verify::PATHLEN_WITHOUT_KU_KEY_CERT_SIGN => {
            "a path length constraint without keyCertSign in the keyUsage"
        }
        verify::KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA => {
            "keyCertSign in the keyUsage of a certificate that is no CA"
        }
        verify::ISSUER_NAME_EMPTY => "the issuer's name is empty",
        verify::SUBJECT_NAME_EMPTY => "a CA's subject name is empty",
        verify::MISSING_AUTHORITY_KEY_IDENTIFIER => "the authorityKeyIdentifier is missing",
        verify::MISSING_SUBJECT_KEY_IDENTIFIER => "a CA's subjectKeyIdentifier is missing",
        verify::EMPTY_SUBJECT_ALT_NAME => "the subjectAltName is empty",
        verify::EMPTY_SUBJECT_SAN_NOT_CRITICAL => {
            "the subject name is empty, and the subjectAltName is not marked critical"
        }
        verify::CA_BCONS_NOT_CRITICAL => "a CA's basicConstraints are not marked critical",
        verify::AUTHORITY_KEY_IDENTIFIER_CRITICAL => "the authorityKeyIdentifier is marked critical",
        verify::SUBJECT_KEY_IDENTIFIER_CRITICAL => "the subjectKeyIdentifier is marked critical",
        verify::CA_CERT_MISSING_KEY_USAGE => "a CA's certificate has no keyUsage extension",
        verify::EXTENSIONS_REQUIRE_VERSION_3 => "extensions in a certificate that is not of version 3",
        verify::EC_KEY_EXPLICIT_PARAMS => "the elliptic curve is given by its parameters and not by its name",
        verify::RPK_UNTRUSTED => "the raw public key is not one that is trusted",
        verify::OCSP_RESP_INVALID => "the OCSP response is invalid",
        verify::OCSP_SIGNATURE_FAILURE => "the OCSP response's signature is wrong",
        verify::OCSP_NOT_YET_VALID => "the OCSP response is not yet valid",
        verify::OCSP_HAS_EXPIRED => "the OCSP response has expired",
        verify::OCSP_NO_RESPONSE => "there is no OCSP response for the certificate",
        verify::CRL_VERIFY_FAILED => "the certificate could not be looked up in a CRL",
        verify::EMPTY_AUTHORITY_KEY_IDENTIFIER => "the authorityKeyIdentifier is empty",
        verify::AKID_ISSUER_SERIAL_NOT_PAIRED => {
            "the authorityKeyIdentifier has an issuer without a serial number, or the reverse"
        }
        verify::IDP_ONLY_USER_CA_ATTR_EXCLUSIVE => {
            "the CRL's issuingDistributionPoint says of more than one kind of certificate that it is for that kind alone"
        }
        _ => VERIFICATION_FAILED,
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verify_errors_all_have_a_meaning() {
        for error in 2..=104 {
            assert_ne!(verify_meaning(error), "verification failed", "X509_V_ERR {error}");
        }
        assert_eq!(verify_meaning(1), "verification failed", "X509_V_ERR_UNSPECIFIED");
        assert!(!is_known_verify_error(105), "a newer version's");
    }

    #[test]
    fn numbers_of_1_1_1_are_read_as_later_ones() {
        assert_eq!(verify_error(0x1010_117f, 24), verify::INVALID_CA);
        assert_eq!(verify_error(0x1010_117f, 79), verify::EC_KEY_EXPLICIT_PARAMS);
        assert_eq!(verify_error(0x1010_117f, 10), verify::CERT_HAS_EXPIRED);
        assert_eq!(verify_error(0x3000_0160, 24), verify::NO_ISSUER_PUBLIC_KEY);
    }
}
