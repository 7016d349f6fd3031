//! Proxy certificates (RFC 3820): a holder issues them with its own certificate, which is no CA's.

use super::{Complaint, quoted, which};
use crate::diagnose::knowledge::certificates::mend_proxy;
use crate::diagnose::library::verify;
use crate::diagnose::rules::certificate::{cause, possessive, rejected_cause};
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::wire::x509::Certificate;

/// Whether a verify result is about them.
pub(super) fn is_of_proxies(error: i32) -> bool {
    matches!(
        error,
        verify::INVALID_NON_CA
            | verify::PROXY_PATH_LENGTH_EXCEEDED
            | verify::KEYUSAGE_NO_DIGITAL_SIGNATURE
            | verify::PROXY_CERTIFICATES_NOT_ALLOWED
            | verify::PROXY_SUBJECT_NAME_VIOLATION
    )
}

pub(super) fn wrong(
    owner: Role,
    verifier: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    let verifier = verifier.as_str();
    let which = which(owner, complaint, culprit);
    let proxy = match complaint.depth {
        0 => format!("The {} proxy certificate{}", possessive(owner), quoted(culprit)),
        _ => which.replace("The certificate", "The proxy certificate"),
    };
    let summary = match complaint.error {
        verify::INVALID_NON_CA => {
            format!("{which} issued a proxy certificate, and has the marks of a CA, which issues none.")
        }
        verify::PROXY_PATH_LENGTH_EXCEEDED => format!(
            "{proxy} allows fewer proxy certificates below itself (pCPathLenConstraint) than there are: its path length constraint is exceeded."
        ),
        verify::KEYUSAGE_NO_DIGITAL_SIGNATURE => {
            format!("{which} issued a proxy certificate, and its keyUsage lacks digitalSignature.")
        }
        verify::PROXY_CERTIFICATES_NOT_ALLOWED => {
            format!("{which} is a proxy certificate, and this {verifier} is not set to allow any.")
        }
        _ => format!("{proxy} is not named as it has to be: its issuer's subject and one commonName more."),
    };
    let cause = match complaint.error {
        verify::KEYUSAGE_NO_DIGITAL_SIGNATURE => cause(owner, CertificateFault::BadKeyUsage),
        _ => rejected_cause(owner),
    };
    let finding = Finding::new(cause, Confidence::Certain, owner, summary).explain(
        "Proxy certificates (RFC 3820) are issued by the holder of a certificate and not by a CA, for programs that act on the holder's behalf.",
    );
    mend_proxy(finding, complaint.error)
}
