//! Name constraints: a name that a CA may not issue for, or a constraint that the library does not handle.

use super::{Complaint, quoted, which};
use crate::diagnose::knowledge::certificates::mend_constraint;
use crate::diagnose::library::{self, verify};
use crate::diagnose::rules::certificate::{cause, possessive};
use crate::diagnose::rules::exam;
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::Handshake;
use crate::wire::x509::Certificate;

/// Whether the library says that it could not compare.
pub(super) fn is_unsupported(error: i32) -> bool {
    matches!(
        error,
        verify::SUBTREE_MINMAX
            | verify::UNSUPPORTED_CONSTRAINT_TYPE
            | verify::UNSUPPORTED_CONSTRAINT_SYNTAX
            | verify::UNSUPPORTED_NAME_SYNTAX
    )
}

/// The depth is that of the certificate whose names were to be compared; the constraints are a CA's above it.
pub(super) fn unsupported(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    let verifier = handshake.role.as_str();
    let trusted = handshake.trusted();
    let sent = handshake.peer_chain().into_iter().flat_map(|chain| &chain.certificates);
    let all = sent.chain(&trusted).map(|shown| &*shown.certificate);
    let mut limited: Vec<&Certificate> = all.filter(|one| one.name_constraints.is_some()).collect();
    limited.dedup_by(|one, other| one.subject == other.subject);
    // Which of several it is, the library does not say.
    let ca = match limited.as_slice() {
        [one] => format!("the CA{}", quoted(Some(one))),
        _ => "a CA above it".to_owned(),
    };
    let meaning = library::verify_meaning(complaint.error);
    let which = which(owner, complaint, culprit);
    let summary = match complaint.error {
        verify::UNSUPPORTED_NAME_SYNTAX => {
            format!(
                "{which} has a name that this {verifier}'s library cannot hold against the nameConstraints of {ca}: {meaning}."
            )
        }
        _ => format!(
            "{which} stands under nameConstraints of {ca} that this {verifier}'s library does not handle: {meaning}."
        ),
    };
    let fault = CertificateFault::NameConstraints;
    let finding = Finding::new(cause(owner, fault), Confidence::Certain, owner, summary).explain(
        "What a library cannot compare it has to refuse (RFC 5280, section 4.2.1.10). Another library may know it.",
    );
    mend_constraint(finding, complaint.error)
}

/// Which name it is, and which CA may not issue for it, where both are known.
pub(super) fn violated(
    handshake: &Handshake,
    owner: Role,
    one: &Certificate,
    subject: &str,
) -> Option<String> {
    let trusted = handshake.trusted();
    let sent = handshake.peer_chain()?.certificates.iter();
    let above = sent.chain(&trusted).map(|shown| &*shown.certificate);
    let (name, ca) = above
        .filter_map(|ca| Some((exam::outside(ca.name_constraints.as_ref()?, one)?, ca.subject_text())))
        .next()?;
    Some(format!(
        "\"{subject}\" in the {} chain has the name {name}, and the CA \"{ca}\" may not issue for it (nameConstraints).",
        possessive(owner)
    ))
}
