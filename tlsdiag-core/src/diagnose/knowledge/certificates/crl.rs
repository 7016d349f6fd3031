//! What to do about a CRL that is there and cannot be used.

use crate::diagnose::library::verify;
use crate::diagnose::{Finding, Stack};

/// For OpenSSL's word on it.
pub(in crate::diagnose) fn mend_crl(finding: Finding, error: i32) -> Finding {
    match error {
        verify::CRL_NOT_YET_VALID => finding
            .advise(Stack::Any, "compare the verifier's clock with the CA's: the CRL's lastUpdate lies in the future; issue it anew if both are right")
            .advise(Stack::Openssl, "openssl crl -in crl.pem -noout -lastupdate -nextupdate"),
        verify::CRL_SIGNATURE_FAILURE | verify::UNABLE_TO_DECRYPT_CRL_SIGNATURE => finding
            .advise(Stack::Any, "install the CRL that the CA signed with the key of the certificate that is in use: a CA of the same name has another key")
            .with(which_ca),
        verify::KEYUSAGE_NO_CRL_SIGN => finding
            .advise(Stack::Any, "issue the CA's certificate anew with cRLSign, or let the CRL be signed by a CA that has it:")
            .advise(Stack::OpensslCnf, "keyUsage = critical, keyCertSign, cRLSign")
            .note("in the certificate of the CA that signs the CRL"),
        verify::DIFFERENT_CRL_SCOPE | verify::INVALID_EXTENSION | verify::IDP_ONLY_USER_CA_ATTR_EXCLUSIVE => finding
            .advise(Stack::Any, "install the CRL whose issuingDistributionPoint is about this certificate, or issue it without that extension")
            .with(show)
            .advise(Stack::Openssl, "openssl x509 -in certificate.pem -noout -ext crlDistributionPoints")
            .note("the certificate's place has to be the one that the CRL names"),
        verify::UNHANDLED_CRITICAL_CRL_EXTENSION => finding
            .advise(Stack::Any, "issue the CRL without that critical extension; a delta CRL needs its full CRL beside it, and a verifier that knows deltas")
            .with(show)
            .advise(Stack::Openssl, "openssl verify -extended_crl -use_deltas …")
            .note("X509_V_FLAG_EXTENDED_CRL_SUPPORT and X509_V_FLAG_USE_DELTAS in a program"),
        verify::UNABLE_TO_GET_CRL_ISSUER | verify::CRL_PATH_VALIDATION_ERROR => finding
            .advise(Stack::Any, "give the verifier the certificate of whoever signed the CRL, up to a root that it trusts, or a CRL of the issuing CA itself")
            .with(which_ca),
        _ => finding
            .advise(Stack::Any, "issue the CRL anew: its dates and extensions have to be what RFC 5280, section 5, allows")
            .with(show),
    }
}

/// The same where the verifier's word is not known.
pub(super) fn mend_any_crl(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "install a CRL that the certificate's own CA signed, whose time has come, and that is about this certificate")
        .with(show)
        .with(which_ca)
}

fn show(finding: Finding) -> Finding {
    finding
        .advise(Stack::Openssl, "openssl crl -in crl.pem -noout -text")
        .note("shows its dates, its issuer and its extensions")
}

fn which_ca(finding: Finding) -> Finding {
    finding
        .advise(Stack::Openssl, "openssl crl -in crl.pem -noout -CAfile ca.pem")
        .note("says whether that CA's key signed it")
}
