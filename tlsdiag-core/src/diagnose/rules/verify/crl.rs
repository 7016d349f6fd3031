//! The verifier checks revocation, and its list is the matter: there is none, its time is over, or it is there and says nothing that the
//! library may go by.

use super::Complaint;
use crate::diagnose::knowledge::certificates::{advise, mend_crl};
use crate::diagnose::library::{self, verify};
use crate::diagnose::rules::certificate::{cause, possessive};
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::Handshake;
use crate::wire::x509::Certificate;

/// `X509_V_FLAG_CRL_CHECK`.
const CRL_CHECK: u64 = 0x4;

/// What a verify result says of the verifier's CRL; `None` where it is about something else.
pub(super) fn judge(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Option<Finding> {
    let fault = fault_of(handshake, complaint.error, culprit)?;
    let verifier = handshake.role.as_str();
    let whose = possessive(owner);
    let issuer = culprit.map_or_else(String::new, |one| format!(" \"{}\"", one.issuer_text()));
    let of = match complaint.depth {
        0 => format!("the CA{issuer}, which issued the {whose} certificate"),
        _ => format!("the CA{issuer}, which issued a CA certificate in the {whose} chain"),
    };
    let summary = match fault {
        CertificateFault::CrlUnavailable => {
            format!("This {verifier} checks revocation and has no CRL of {of}.")
        }
        CertificateFault::CrlExpired => format!("The CRL that this {verifier} has of {of}, has expired."),
        _ => format!(
            "This {verifier} has a CRL of {of}, and cannot use it: {}.",
            why(complaint.error).unwrap_or_else(|| library::verify_meaning(complaint.error))
        ),
    };
    let finding = Finding::new(cause(owner, fault), Confidence::Certain, owner, summary).explain(format!(
        "Nothing was found wrong with the {whose} certificate itself: this {verifier}'s library was told to look it up, and its list does \
         not serve for that."
    ));
    Some(match fault {
        CertificateFault::CrlUnusable => mend_crl(finding, complaint.error),
        _ => advise(finding, owner, fault),
    })
}

fn fault_of(handshake: &Handshake, error: i32, culprit: Option<&Certificate>) -> Option<CertificateFault> {
    Some(match error {
        verify::UNABLE_TO_GET_CRL | verify::CRL_VERIFY_FAILED => CertificateFault::CrlUnavailable,
        verify::CRL_HAS_EXPIRED => CertificateFault::CrlExpired,
        // The one number that certificates and CRLs have in common.
        verify::INVALID_EXTENSION
            if handshake.local.verify_flags & CRL_CHECK != 0
                && culprit.is_some_and(|one| one.malformed.is_none()) =>
        {
            CertificateFault::CrlUnusable
        }
        _ => {
            why(error)?;
            CertificateFault::CrlUnusable
        }
    })
}

/// Why a CRL that is there cannot be used.
fn why(error: i32) -> Option<&'static str> {
    Some(match error {
        verify::UNABLE_TO_DECRYPT_CRL_SIGNATURE | verify::CRL_SIGNATURE_FAILURE => {
            "its signature was not made by the key of that CA"
        }
        verify::CRL_NOT_YET_VALID => {
            "it is not yet valid, its lastUpdate lies in the future by the clock here"
        }
        verify::ERROR_IN_CRL_LAST_UPDATE_FIELD | verify::ERROR_IN_CRL_NEXT_UPDATE_FIELD => {
            "one of its dates cannot be read"
        }
        verify::UNABLE_TO_GET_CRL_ISSUER => "the certificate of whoever signed it is not here",
        verify::KEYUSAGE_NO_CRL_SIGN => "its issuer may not sign CRLs, whose keyUsage lacks cRLSign",
        verify::UNHANDLED_CRITICAL_CRL_EXTENSION => {
            "it has a critical extension that the library does not handle"
        }
        verify::DIFFERENT_CRL_SCOPE => {
            "it is about other certificates, by its issuingDistributionPoint or that of the certificate"
        }
        verify::CRL_PATH_VALIDATION_ERROR => "the certificate of whoever signed it does not verify",
        verify::IDP_ONLY_USER_CA_ATTR_EXCLUSIVE => {
            "its issuingDistributionPoint says of more than one kind of certificate that it is for that kind alone"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_crl_is_told_from_one_that_cannot_be_used() {
        let verifier = Handshake::blank(Role::Server);
        let found = |error| {
            let complaint = Complaint { event: 3, depth: 0, error };
            judge(&verifier, Role::Client, &complaint, None).map(|finding| finding.cause.code())
        };
        assert_eq!(found(verify::UNABLE_TO_GET_CRL), Some("client_cert.crl_unavailable"));
        assert_eq!(found(verify::CRL_HAS_EXPIRED), Some("client_cert.crl_expired"));
        for error in [5, 8, 11, 15, 16, 33, 35, 36, 44, 54, 104] {
            assert_eq!(found(error), Some("client_cert.crl_unusable"), "{error}");
        }
        for error in [verify::CERT_REVOKED, verify::INVALID_EXTENSION, verify::CERT_HAS_EXPIRED] {
            assert_eq!(found(error), None, "{error}");
        }
    }
}
