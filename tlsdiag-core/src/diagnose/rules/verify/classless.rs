//! The library's word on what has no cause of its own: the certificate was refused, and this is why.

use super::{Complaint, quoted, which};
use crate::diagnose::knowledge::certificates::{address_block, issue_anew, require_no_policy, suite_b};
use crate::diagnose::library::{self, verify};
use crate::diagnose::rules::certificate::{possessive, rejected_cause};
use crate::diagnose::{Confidence, Finding};
use crate::event::Role;
use crate::wire::x509::Certificate;

pub(super) fn found(
    owner: Role,
    verifier: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    let error = complaint.error;
    let verifier = verifier.as_str();
    let meaning = library::verify_meaning(error);
    let is_known = library::is_known_verify_error(error);
    // What OpenSSL has no name for, as far as is known here, is told by its number.
    let number = if is_known { String::new() } else { format!(" (X509_V_ERR {error})") };
    let which = which(owner, complaint, culprit);
    let summary = match error {
        // OpenSSL gives the depth of the one that has too few.
        verify::UNNESTED_RESOURCE if complaint.depth > 0 => format!(
            "The CA certificate{} at depth {} of the {} chain has not all the addresses or AS numbers (RFC 3779) of what was issued below it.",
            quoted(culprit),
            complaint.depth,
            possessive(owner)
        ),
        _ => format!("{which} did not verify here, at depth {}: {meaning}{number}.", complaint.depth),
    };
    let finding = Finding::new(rejected_cause(owner), Confidence::Certain, owner, summary);
    match error {
        verify::SUITE_B_INVALID_VERSION..=verify::SUITE_B_CANNOT_SIGN_P_384_WITH_P_256 => {
            suite_b(finding.explain(format!(
                "This {verifier} insists on Suite B (RFC 6460) and takes no other keys, curves and signatures in the whole chain, however strong \
                 they are."
            )))
        }
        verify::NO_EXPLICIT_POLICY => require_no_policy(finding.explain(format!(
            "This {verifier} was told to require a certificate policy (X509_V_FLAG_EXPLICIT_POLICY), or a CA of the chain requires one \
             (policyConstraints): each certificate below the root has to have it."
        ))),
        verify::UNNESTED_RESOURCE => address_block(finding),
        _ if !is_known => finding.explain(
            "This result is of a newer library than these words: X509_verify_cert_error_string(3) of that library has its sentence.",
        ),
        _ if is_of_certificate(error) => finding.with(issue_anew),
        _ => finding,
    }
}

/// Whether a result is a fault of a certificate, and not of what it is held against.
fn is_of_certificate(error: i32) -> bool {
    const UNSPECIFIED: i32 = 1;
    let elsewhere = [
        UNSPECIFIED,
        verify::OUT_OF_MEM,
        verify::APPLICATION_VERIFICATION,
        verify::DANE_NO_MATCH,
        verify::INVALID_CALL,
        verify::STORE_LOOKUP,
        verify::NO_VALID_SCTS,
        verify::RPK_UNTRUSTED,
        verify::OCSP_VERIFY_NEEDED,
        verify::OCSP_VERIFY_FAILED,
        verify::OCSP_CERT_UNKNOWN,
    ];
    let is_of_response = (verify::OCSP_RESP_INVALID..=verify::OCSP_NO_RESPONSE).contains(&error);
    !elsewhere.contains(&error) && !is_of_response
}
