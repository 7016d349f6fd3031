//! The rules of RFC 5280 that a strict verifier holds a certificate to and most do not (`X509_V_FLAG_X509_STRICT`, which Python has set since
//! 3.13): by the numbers that OpenSSL gives them, so that the verifier's result and the owner's look say the same.
//!
//! Needs: the certificate, and whether a chain ends in it.

use crate::diagnose::library::verify;
use crate::wire::x509::{Certificate, Extension, Name};

/// Whether a verify result is about such a rule.
pub(super) fn is_rule(error: i32) -> bool {
    matches!(
        error,
        verify::SIGNATURE_ALGORITHM_INCONSISTENCY
            | verify::EMPTY_AUTHORITY_KEY_IDENTIFIER
            | verify::AKID_ISSUER_SERIAL_NOT_PAIRED
            | verify::PATHLEN_INVALID_FOR_NON_CA..=verify::EC_KEY_EXPLICIT_PARAMS
    )
}

/// Whether OpenSSL insists on this rule though it was not told to be strict.
pub(super) fn is_for_all(error: i32) -> bool {
    error == verify::EC_KEY_EXPLICIT_PARAMS
}

/// The first rule that a certificate breaks, in OpenSSL's order. `ends` is the chain's last certificate.
pub(super) fn broken(one: &Certificate, depth: usize, ends: bool) -> Option<i32> {
    if depth > 0 && signs_as_ca_without_constraints(one) {
        return Some(verify::INVALID_CA);
    }
    let constraints = one.basic_constraints;
    let ca = constraints.is_some_and(|constraints| constraints.ca);
    let has = |extension| one.extensions.has(extension);
    let signs = one.key_usage.is_some_and(|usage| usage.key_cert_sign());
    let limited = constraints.is_some_and(|constraints| constraints.path_len.is_some());
    let version_3 = one.version.is_none_or(|version| version >= 3);
    let nameless = is_empty(one.subject.as_ref());
    let alternative = has(Extension::SubjectAltName);
    [
        (limited && !ca, verify::PATHLEN_INVALID_FOR_NON_CA),
        (limited && !signs, verify::PATHLEN_WITHOUT_KU_KEY_CERT_SIGN),
        (ca && !one.extensions.is_critical(Extension::BasicConstraints), verify::CA_BCONS_NOT_CRITICAL),
        (ca && one.key_usage.is_none(), verify::CA_CERT_MISSING_KEY_USAGE),
        (!ca && signs, verify::KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA),
        (is_empty(one.issuer.as_ref()), verify::ISSUER_NAME_EMPTY),
        (nameless && (ca || !alternative), verify::SUBJECT_NAME_EMPTY),
        (
            nameless && !one.extensions.is_critical(Extension::SubjectAltName),
            verify::EMPTY_SUBJECT_SAN_NOT_CRITICAL,
        ),
        (alternative && one.sans.is_empty(), verify::EMPTY_SUBJECT_ALT_NAME),
        (one.two_algorithms, verify::SIGNATURE_ALGORITHM_INCONSISTENCY),
        (version_3 && !ends && one.authority_key_id.is_none(), verify::MISSING_AUTHORITY_KEY_IDENTIFIER),
        (version_3 && ca && one.subject_key_id.is_none(), verify::MISSING_SUBJECT_KEY_IDENTIFIER),
        (!version_3 && !one.extensions.is_empty(), verify::EXTENSIONS_REQUIRE_VERSION_3),
    ]
    .into_iter()
    .find_map(|(broken, error)| broken.then_some(error))
}

/// A certificate without basicConstraints that a lenient verifier takes for a CA's: by keyUsage, or since it is a root of version 1.
pub(super) fn signs_as_ca_without_constraints(one: &Certificate) -> bool {
    let by_usage = one.key_usage.is_some_and(|usage| usage.key_cert_sign());
    let by_version = one.version.is_some_and(|version| version < 3) && one.is_self_signed_name();
    one.basic_constraints.is_none() && (by_usage || by_version)
}

fn is_empty(name: Option<&Name>) -> bool {
    const EMPTY_SEQUENCE: [u8; 2] = [0x30, 0];
    name.is_some_and(|name| name.der == EMPTY_SEQUENCE)
}

/// What is wrong: the rest of a sentence whose subject is the certificate.
pub(super) fn clause(error: i32) -> &'static str {
    match error {
        verify::INVALID_CA => "issues certificates and lacks the extension basicConstraints",
        verify::PATHLEN_INVALID_FOR_NON_CA => "has a path length constraint and is no CA's",
        verify::PATHLEN_WITHOUT_KU_KEY_CERT_SIGN => {
            "has a path length constraint, and no keyUsage with keyCertSign"
        }
        verify::KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA => "is no CA's and has the keyUsage keyCertSign",
        verify::ISSUER_NAME_EMPTY => "does not name its issuer",
        verify::SUBJECT_NAME_EMPTY => "does not name its subject",
        verify::MISSING_AUTHORITY_KEY_IDENTIFIER => {
            "lacks the key identifier in the extension authorityKeyIdentifier"
        }
        verify::EMPTY_AUTHORITY_KEY_IDENTIFIER => "has an authorityKeyIdentifier with nothing in it",
        verify::AKID_ISSUER_SERIAL_NOT_PAIRED => {
            "has an authorityKeyIdentifier with an issuer and no serial number, or the reverse"
        }
        verify::MISSING_SUBJECT_KEY_IDENTIFIER => "is a CA's and lacks the extension subjectKeyIdentifier",
        verify::EMPTY_SUBJECT_ALT_NAME => "has a subjectAltName with no name in it",
        verify::EMPTY_SUBJECT_SAN_NOT_CRITICAL => {
            "does not name its subject and has a subjectAltName that is not marked critical"
        }
        verify::CA_BCONS_NOT_CRITICAL => "is a CA's and has basicConstraints that are not marked critical",
        verify::AUTHORITY_KEY_IDENTIFIER_CRITICAL => "has an authorityKeyIdentifier that is marked critical",
        verify::SUBJECT_KEY_IDENTIFIER_CRITICAL => "has a subjectKeyIdentifier that is marked critical",
        verify::CA_CERT_MISSING_KEY_USAGE => "is a CA's and lacks the extension keyUsage",
        verify::EXTENSIONS_REQUIRE_VERSION_3 => "has extensions and is not of version 3",
        verify::EC_KEY_EXPLICIT_PARAMS => "gives its elliptic curve by parameters, and not by its name",
        _ => "names one signature algorithm and is signed with another",
    }
}

/// Where the rule stands.
pub(super) fn standard(error: i32) -> &'static str {
    match error {
        verify::INVALID_CA
        | verify::PATHLEN_INVALID_FOR_NON_CA
        | verify::PATHLEN_WITHOUT_KU_KEY_CERT_SIGN
        | verify::CA_BCONS_NOT_CRITICAL => "RFC 5280, section 4.2.1.9",
        verify::KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA | verify::CA_CERT_MISSING_KEY_USAGE => {
            "RFC 5280, section 4.2.1.3"
        }
        verify::ISSUER_NAME_EMPTY => "RFC 5280, section 4.1.2.4",
        verify::SUBJECT_NAME_EMPTY | verify::EMPTY_SUBJECT_SAN_NOT_CRITICAL => "RFC 5280, section 4.1.2.6",
        verify::MISSING_AUTHORITY_KEY_IDENTIFIER
        | verify::EMPTY_AUTHORITY_KEY_IDENTIFIER
        | verify::AKID_ISSUER_SERIAL_NOT_PAIRED
        | verify::AUTHORITY_KEY_IDENTIFIER_CRITICAL => "RFC 5280, section 4.2.1.1",
        verify::MISSING_SUBJECT_KEY_IDENTIFIER | verify::SUBJECT_KEY_IDENTIFIER_CRITICAL => {
            "RFC 5280, section 4.2.1.2"
        }
        verify::EMPTY_SUBJECT_ALT_NAME => "RFC 5280, section 4.2.1.6",
        verify::EXTENSIONS_REQUIRE_VERSION_3 => "RFC 5280, section 4.1.2.1",
        verify::EC_KEY_EXPLICIT_PARAMS => "RFC 5480, section 2.1.1",
        _ => "RFC 5280, section 4.1.1.2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::x509::{BasicConstraints, KeyUsage};

    #[test]
    fn every_rule_has_its_words() {
        let rules: Vec<i32> = (0..=110).filter(|error| is_rule(*error)).collect();
        assert_eq!(rules.len(), 18);
        let mut clauses: Vec<_> = rules.iter().map(|error| clause(*error)).collect();
        clauses.sort_unstable();
        clauses.dedup();
        assert_eq!(clauses.len(), rules.len(), "each its own");
        assert!(rules.iter().all(|error| standard(*error).starts_with("RFC 5")));
    }

    #[test]
    fn a_ca_is_held_to_more_than_a_leaf() {
        let mut one = Certificate { authority_key_id: Some(vec![1]), ..Certificate::default() };
        assert_eq!(broken(&one, 0, false), None);
        one.basic_constraints = Some(BasicConstraints { ca: true, path_len: None });
        assert_eq!(broken(&one, 1, true), Some(verify::CA_BCONS_NOT_CRITICAL));
        one.basic_constraints = None;
        one.key_usage = Some(KeyUsage(1 << 5));
        assert_eq!(broken(&one, 1, true), Some(verify::INVALID_CA));
        assert_eq!(broken(&one, 0, true), Some(verify::KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA));
    }

    #[test]
    fn a_root_needs_no_authority_key_identifier() {
        let one = Certificate::default();
        assert_eq!(broken(&one, 0, false), Some(verify::MISSING_AUTHORITY_KEY_IDENTIFIER));
        assert_eq!(broken(&one, 1, true), None);
    }
}
