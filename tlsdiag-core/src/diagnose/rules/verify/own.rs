//! What of a verifier's verdict may be the program's own: a fault that it let pass, a check beside the library's, a time that it gave.
//!
//! Needs: the calls of the verify callback, the time of the handshake, the peer's chain.

use super::{Complaint, complaint, describe, judge, names, sentence};
use crate::diagnose::library::{self, verify};
use crate::diagnose::rules::certificate::{self, possessive, rejected_cause};
use crate::diagnose::{Confidence, Finding};
use crate::event::Role;
use crate::handshake::{At, Handshake, Verification};
use crate::wire::x509::Certificate;

/// What the library complained of and the application let pass, as a refusal would be judged, and where that was seen.
pub(in crate::diagnose::rules) fn let_pass(handshake: &Handshake) -> Option<Finding> {
    let mut complaint = complaint(handshake)?;
    complaint.error = library::verify_error(handshake.local.library_number, complaint.error);
    let seen = handshake.verifications.iter().find(|seen| seen.event == complaint.event)?;
    if seen.ok || !seen.accepted {
        return None;
    }
    let culprit = seen.certificate.as_ref().map(|shown| &*shown.certificate);
    let chain = handshake.peer_chain()?;
    let culprit =
        culprit.or_else(|| chain.certificates.get(complaint.depth as usize).map(|shown| &*shown.certificate));
    let owner = handshake.role.peer();
    let finding = judge(handshake, owner, &complaint, culprit);
    Some(finding.see(complaint.event, "verify result, let pass", describe(&complaint)).see(
        chain.event,
        format!("{} Certificate", possessive(owner)),
        names(chain),
    ))
}

/// A callback that says no to a fault may have had another reason of its own; the library is certain of what it knows itself.
pub(super) fn beside(handshake: &Handshake, judged: Finding, seen: Option<&At<Verification>>) -> Finding {
    let refused = seen.is_some_and(|seen| !seen.ok && !seen.accepted);
    if !refused || handshake.role == Role::Server || judged.confidence == Confidence::Certain {
        return judged;
    }
    judged.or(
        rejected_cause(Role::Server),
        "if the program has a check of its own, such as a fingerprint (fetchmail's sslfingerprint), it refuses here, too: its log tells",
    )
}

/// What is past its end is so by somebody's clock, or as of a time that the program gave.
pub(super) fn by_the_clock(
    handshake: &Handshake,
    mut judged: Finding,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    if !matches!(complaint.error, verify::CERT_HAS_EXPIRED | verify::CRL_HAS_EXPIRED) {
        return judged;
    }
    let now = certificate::date(certificate::unix_seconds(handshake.time));
    let ahead = complaint.error == verify::CERT_HAS_EXPIRED
        && culprit.is_some_and(|one| !sentence::past(one.not_after, handshake));
    let why = match ahead {
        true => "the program gave another time to verify for (X509_VERIFY_PARAM_set_time, -attime)",
        false => "where that is not so, it is the clock that has to be mended",
    };
    judged
        .explanation
        .push_str(&format!(" The clock of this {} says {now}: {why}.", handshake.role.as_str()));
    judged
}
