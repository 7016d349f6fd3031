//! The line that issues a certificate as a strict verifier wants it, for each rule.

use crate::diagnose::library::verify;
use crate::diagnose::{Finding, Stack};

/// For a rule by OpenSSL's number.
pub(in crate::diagnose) fn issue_by_rule(finding: Finding, error: i32) -> Finding {
    let line = |line: &str, note: &str| {
        finding
            .clone()
            .advise(
                Stack::Any,
                "issue that certificate anew; in the section of extensions that it is signed with:",
            )
            .advise(Stack::OpensslCnf, line)
            .note(note)
    };
    const CA: &str = "in the extensions of that CA's certificate";
    let finding = match error {
        verify::INVALID_CA | verify::CA_BCONS_NOT_CRITICAL => line("basicConstraints = critical, CA:TRUE", CA),
        verify::PATHLEN_INVALID_FOR_NON_CA => {
            line("basicConstraints = critical, CA:FALSE", "without pathlen, unless it is to be a CA")
        }
        verify::PATHLEN_WITHOUT_KU_KEY_CERT_SIGN | verify::CA_CERT_MISSING_KEY_USAGE => {
            line("keyUsage = critical, keyCertSign, cRLSign", CA)
        }
        verify::KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA => {
            line("keyUsage = critical, digitalSignature", "without keyCertSign, unless it is to be a CA")
        }
        verify::MISSING_AUTHORITY_KEY_IDENTIFIER
        | verify::EMPTY_AUTHORITY_KEY_IDENTIFIER
        | verify::AKID_ISSUER_SERIAL_NOT_PAIRED
        | verify::AUTHORITY_KEY_IDENTIFIER_CRITICAL => line(
            "authorityKeyIdentifier = keyid:always",
            "not critical; its issuer's certificate needs subjectKeyIdentifier = hash",
        ),
        verify::MISSING_SUBJECT_KEY_IDENTIFIER | verify::SUBJECT_KEY_IDENTIFIER_CRITICAL => {
            line("subjectKeyIdentifier = hash", "not critical")
        }
        verify::EMPTY_SUBJECT_ALT_NAME => line("subjectAltName = DNS:name.example", "with the name that it is for"),
        verify::EMPTY_SUBJECT_SAN_NOT_CRITICAL => {
            line("subjectAltName = critical, DNS:name.example", "or give the certificate a subject")
        }
        verify::ISSUER_NAME_EMPTY | verify::SUBJECT_NAME_EMPTY => finding
            .advise(Stack::Any, "issue the nameless certificate anew with a subject, and what it has issued after it")
            .advise(Stack::Openssl, "openssl req … -subj \"/CN=NAME\""),
        verify::EC_KEY_EXPLICIT_PARAMS => finding
            .advise(Stack::Any, "make a new key whose curve is named, and have it certified")
            .advise(Stack::Openssl, "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve"),
        verify::EXTENSIONS_REQUIRE_VERSION_3 => finding
            .advise(Stack::Any, "issue that certificate anew as one of version 3, which extensions need")
            .advise(Stack::Openssl, "openssl x509 -req … -extfile extensions.cnf")
            .note("makes version 3"),
        _ => finding.advise(Stack::Any, "issue that certificate anew: what signed it wrote two different algorithms into it"),
    };
    let finding = how_to_check(finding);
    if error == verify::EC_KEY_EXPLICIT_PARAMS { finding } else { be_lenient(finding) }
}

/// The same where the rule is not known.
pub(super) fn issue_by_any_rule(finding: Finding) -> Finding {
    let finding = finding
        .advise(Stack::Any, "issue the certificate that is named anew with the extension that it lacks (RFC 5280, section 4.2)")
        .advise(Stack::OpensslCnf, "basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash")
        .note("for a CA")
        .advise(Stack::OpensslCnf, "keyUsage = critical, digitalSignature\nauthorityKeyIdentifier = keyid:always")
        .note("for a leaf");
    be_lenient(how_to_check(finding))
}

fn how_to_check(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Openssl,
            "openssl verify -x509_strict -CAfile ca.pem -untrusted chain.pem certificate.pem",
        )
        .note("says whether the new one is in order")
}

fn be_lenient(finding: Finding) -> Finding {
    finding
        .advise(Stack::Python, "context.verify_flags &= ~ssl.VERIFY_X509_STRICT")
        .note("as before Python 3.13, until the certificate is issued anew")
}
