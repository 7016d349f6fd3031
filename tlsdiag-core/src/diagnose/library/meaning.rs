//! What a verify result means, in a few words of our own.

use super::verify;

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
        // X509_V_ERR_UNSPECIFIED
        1 => "verification failed for a reason that the library does not give",
        verify::UNABLE_TO_GET_ISSUER_CERT => "the issuer of a trusted certificate cannot be found",
        verify::UNABLE_TO_GET_CRL => "no CRL for the certificate's issuer",
        verify::CERT_SIGNATURE_FAILURE => "the certificate's signature is wrong",
        verify::UNABLE_TO_DECRYPT_CERT_SIGNATURE => {
            "the certificate's signature is no signature of its issuer's key"
        }
        verify::UNABLE_TO_DECRYPT_CRL_SIGNATURE => "the CRL's signature is no signature of its issuer's key",
        verify::CRL_SIGNATURE_FAILURE => "the CRL's signature is wrong",
        verify::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY => "the issuer's public key cannot be read",
        verify::NO_ISSUER_PUBLIC_KEY => "the issuer's certificate has no public key that can be read",
        verify::CRL_NOT_YET_VALID => "the CRL is not yet valid",
        verify::ERROR_IN_CRL_LAST_UPDATE_FIELD => "the CRL's lastUpdate is no date that can be read",
        verify::ERROR_IN_CRL_NEXT_UPDATE_FIELD => "the CRL's nextUpdate is no date that can be read",
        verify::KEYUSAGE_NO_CRL_SIGN => "the CRL issuer's keyUsage lacks cRLSign",
        verify::UNHANDLED_CRITICAL_CRL_EXTENSION => "a critical extension of the CRL is unknown",
        verify::INVALID_EXTENSION => "an extension of the certificate is invalid or inconsistent",
        verify::DIFFERENT_CRL_SCOPE => "the CRL is for other certificates",
        verify::CRL_PATH_VALIDATION_ERROR => "the CRL's own issuer does not verify",
        verify::SIGNATURE_ALGORITHM_MISMATCH => {
            "the issuer's key is of another kind than the certificate's signature algorithm needs"
        }
        verify::CERT_NOT_YET_VALID => {
            "the certificate is not yet valid, or the clock of this system is wrong"
        }
        verify::CERT_HAS_EXPIRED => "the certificate has expired",
        verify::CRL_HAS_EXPIRED => "the CRL has expired",
        verify::ERROR_IN_CERT_NOT_BEFORE_FIELD => "the certificate's notBefore is no date that can be read",
        verify::ERROR_IN_CERT_NOT_AFTER_FIELD => "the certificate's notAfter is no date that can be read",
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
        verify::KEYUSAGE_NO_CERTSIGN => "the issuer's keyUsage does not include keyCertSign",
        verify::UNABLE_TO_GET_CRL_ISSUER => "the certificate of the CRL's issuer cannot be found",
        verify::UNHANDLED_CRITICAL_EXTENSION => "a critical extension is unknown",
        verify::KEYUSAGE_NO_DIGITAL_SIGNATURE => "the issuer's keyUsage does not include digitalSignature",
        verify::PERMITTED_VIOLATION => "a name is outside the permitted subtrees",
        verify::EXCLUDED_VIOLATION => "a name is inside an excluded subtree",
        verify::HOSTNAME_MISMATCH => "the host name does not match",
        verify::EMAIL_MISMATCH => "the e-mail address does not match",
        verify::IP_ADDRESS_MISMATCH => "the IP address does not match",
        verify::EE_KEY_TOO_SMALL => "the certificate's key is too small",
        verify::CA_KEY_TOO_SMALL => "the key of a CA's certificate is too small",
        verify::CA_MD_TOO_WEAK => "the digest of a certificate's signature is too weak",
        verify::INVALID_CA => "an issuer is not a CA certificate",
        verify::OUT_OF_MEM => "the verifier had no memory left",
        verify::SUBJECT_ISSUER_MISMATCH => "the issuer has another name than the certificate says",
        verify::INVALID_NON_CA => "the certificate has the marks of a CA, and may not",
        verify::PROXY_PATH_LENGTH_EXCEEDED => "a proxy certificate's path length constraint is exceeded",
        verify::PROXY_CERTIFICATES_NOT_ALLOWED => {
            "proxy certificates are not allowed here: no flag of the verifier's allows them"
        }
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
        verify::UNSUPPORTED_CONSTRAINT_SYNTAX => {
            "a name constraint has a syntax that is invalid or not supported"
        }
        verify::UNSUPPORTED_NAME_SYNTAX => "a name has a syntax that is invalid or not supported",
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
        verify::NO_VALID_SCTS => {
            "Certificate Transparency is required, and there are too few valid signed certificate timestamps"
        }
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
        verify::SUBJECT_NAME_EMPTY => "the certificate's subject name is empty",
        verify::MISSING_AUTHORITY_KEY_IDENTIFIER => "the authorityKeyIdentifier is missing",
        verify::MISSING_SUBJECT_KEY_IDENTIFIER => "a CA's subjectKeyIdentifier is missing",
        verify::EMPTY_SUBJECT_ALT_NAME => "the extension subjectAltName has no name in it",
        verify::EMPTY_SUBJECT_SAN_NOT_CRITICAL => {
            "the subject name is empty, and the subjectAltName is not marked critical"
        }
        verify::CA_BCONS_NOT_CRITICAL => "the basicConstraints of a CA are not marked critical",
        verify::AUTHORITY_KEY_IDENTIFIER_CRITICAL => "the authorityKeyIdentifier is marked critical",
        verify::SUBJECT_KEY_IDENTIFIER_CRITICAL => "the subjectKeyIdentifier is marked critical",
        verify::CA_CERT_MISSING_KEY_USAGE => "a CA's certificate has no keyUsage extension",
        verify::EXTENSIONS_REQUIRE_VERSION_3 => "extensions in a certificate that is not of version 3",
        verify::EC_KEY_EXPLICIT_PARAMS => "the elliptic curve is given by its parameters and not by its name",
        verify::RPK_UNTRUSTED => "the raw public key is not one of those that are trusted",
        verify::OCSP_RESP_INVALID => "the OCSP response is invalid",
        verify::OCSP_SIGNATURE_FAILURE => "the signature of the OCSP response does not verify",
        verify::OCSP_NOT_YET_VALID => "the OCSP response is not yet valid: its date lies in the future",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verify_errors_all_have_a_meaning() {
        for error in 1..=104 {
            assert_ne!(verify_meaning(error), "verification failed", "X509_V_ERR {error}");
        }
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
