//! A certificate of the chain breaks a rule of RFC 5280 that this verifier insists on.

use super::{Complaint, quoted};
use crate::diagnose::knowledge::certificates::issue_by_rule;
use crate::diagnose::rules::certificate::{cause, possessive};
use crate::diagnose::rules::strict;
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::Handshake;
use crate::wire::x509::Certificate;

pub(super) fn broken(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    let (whose, verifier, subject) = (possessive(owner), handshake.role.as_str(), quoted(culprit));
    let which = match complaint.depth {
        0 => format!("The {whose} certificate{subject}"),
        depth => format!("The CA certificate{subject} at depth {depth} of the {whose} chain"),
    };
    let summary =
        format!("{which} {} ({}).", strict::clause(complaint.error), strict::standard(complaint.error));
    let why = if strict::is_for_all(complaint.error) {
        format!("This {verifier}'s library takes no such certificate.")
    } else {
        format!(
            "This {verifier} verifies strictly (X509_V_FLAG_X509_STRICT, which Python has set since 3.13), or its library insists on this rule \
             anyway; many others overlook it. A CA certificate in this {verifier}'s own store is held to it as well."
        )
    };
    let fault = CertificateFault::StrictProfile;
    let finding = Finding::new(cause(owner, fault), Confidence::Certain, owner, summary).explain(why);
    issue_by_rule(finding, complaint.error)
}
