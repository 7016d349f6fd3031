//! A signature in the chain was not made by the key that the library holds it against.

use super::Complaint;
use crate::diagnose::knowledge::certificates::advise;
use crate::diagnose::rules::certificate::{cause, possessive};
use crate::diagnose::rules::namesakes;
use crate::diagnose::{CertificateFault, Confidence, Finding, Stack};
use crate::event::Role;
use crate::handshake::Handshake;

/// The library held a certificate against a key that did not sign it.
pub(super) fn bad_signature(handshake: &Handshake, owner: Role, complaint: &Complaint) -> Finding {
    let fault = CertificateFault::BadSignature;
    let (whose, verifier) = (possessive(owner), handshake.role.as_str());
    let shown = handshake.verifications.iter().find(|seen| seen.event == complaint.event);
    let shown = shown.and_then(|seen| seen.certificate.as_ref());
    let place = if complaint.depth == 0 { "" } else { " chain" };
    let Some(shown) = shown else {
        let summary = format!(
            "A signature in the {whose} chain was not made by the key that this {verifier} holds it against."
        );
        return advise(Finding::new(cause(owner, fault), Confidence::Certain, owner, summary), owner, fault);
    };
    let (subject, issuer) = (shown.certificate.subject_text(), shown.certificate.issuer_text());
    let named = match complaint.depth {
        0 => format!("The signature of the {whose} certificate"),
        _ => format!("The signature of \"{subject}\" in the {whose}{place}"),
    };
    let summary = format!(
        "{named} was not made by the key of the CA \"{issuer}\" that this {verifier} holds it against."
    );
    let mut namesakes = namesakes::trusted(handshake, shown);
    namesakes.extend(
        handshake.peer_chain().map(|chain| namesakes::sent(handshake, chain, shown)).into_iter().flatten(),
    );
    let signer = namesakes.iter().any(|one| one.signed == Some(true));
    let all_tried = !namesakes.is_empty() && namesakes.iter().all(|one| one.signed == Some(false));
    let why = if signer {
        format!(
            "Several certificates of the same name, \"{issuer}\", are here, and the key of another one did sign, which was tried: the library \
             took the first that fitted by name. Key identifiers (subjectKeyIdentifier and authorityKeyIdentifier) would tell them apart."
        )
    } else if all_tried {
        format!(
            "No certificate named \"{issuer}\" that is here made it, which was tried: another CA of the same name did, or the certificate was \
             altered after it was signed, in its file or on the way."
        )
    } else {
        "Another CA of the same name made it, or the certificate was altered after it was signed, in its file or on the way."
            .to_owned()
    };
    let mut finding = Finding::new(cause(owner, fault), Confidence::Certain, owner, summary).explain(why);
    if namesakes.len() > 1 {
        finding = finding.see(None, "CA certificates of the same name here", namesakes.len());
    }
    if signer {
        finding = finding.advise(
            Stack::Any,
            "take the other CA certificates of that name out of the verifier's CA file, or issue anew with key identifiers",
        );
    }
    advise(finding, owner, fault)
}
