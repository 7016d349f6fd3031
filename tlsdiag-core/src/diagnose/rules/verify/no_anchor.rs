//! The chain does not reach a CA that is trusted here, or the library did not take the one that is for the issuer.

use super::{Complaint, which};
use crate::diagnose::knowledge::certificates::{self, advise};
use crate::diagnose::library;
use crate::diagnose::rules::certificate::{cause, possessive};
use crate::diagnose::rules::unreached::{self, Unreached, UnreachedBy};
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::Handshake;
use crate::wire::x509::Certificate;

pub(super) fn unreached(handshake: &Handshake, owner: Role) -> Finding {
    let whose = possessive(owner);
    let anchors = &handshake.local.trust_anchors;
    let judged = handshake.peer_chain().and_then(|chain| unreached::unreached(handshake, owner, chain));
    let judged = judged.unwrap_or_else(|| Unreached {
        fault: CertificateFault::UnknownIssuer,
        certain: false,
        reason: "no certificate of the chain could be read".to_owned(),
        kind: UnreachedBy::Absence,
    });
    let Unreached { fault, certain, reason, kind } = judged;
    let confidence = if certain { Confidence::Certain } else { Confidence::Likely };
    let (verifier, sender) = (handshake.role.as_str(), owner.as_str());
    let probably = if certain { "" } else { "probably " };
    let summary = match (kind, fault) {
        (UnreachedBy::WrongIntermediate, _) => format!(
            "The intermediate certificate that the {sender} sent has the right name, and {probably}another key than the one that signed."
        ),
        (UnreachedBy::WrongRoot, _) => format!(
            "The {whose} certificate was {probably}issued by another CA than the one of the same name that this {verifier} trusts."
        ),
        (UnreachedBy::Identifier, _) => format!(
            "The {whose} chain names another key or certificate of a CA (authorityKeyIdentifier) than the one that is here, so the library \
             {probably}did not take it for the issuer."
        ),
        (UnreachedBy::PartialChain, _) => format!(
            "The {whose} certificate leads to an intermediate that this {verifier} trusts, and {probably}to no root."
        ),
        (UnreachedBy::Absence, CertificateFault::IncompleteChain) => format!(
            "The {sender} {probably}did not send the intermediate certificate that leads to a CA this {verifier} trusts."
        ),
        (UnreachedBy::Absence | UnreachedBy::NamedThere, _) => {
            format!(
                "The {whose} certificate was {probably}issued by a CA that this {verifier} does not trust."
            )
        }
    };
    let mut finding = Finding::new(cause(owner, fault), confidence, owner, summary)
        .explain(format!("In detail: {reason}."));
    let trusted = if anchors.count > 0 { anchors_shown(handshake) } else { "none loaded".to_owned() };
    finding = finding.see(handshake.local_event, "trusted CAs here", trusted);
    if !certain {
        finding = match fault {
            CertificateFault::IncompleteChain => finding.or(
                cause(owner, CertificateFault::UnknownIssuer),
                "if the issuer is itself a root, it is not trusted here: look at the issuer's own certificate",
            ),
            _ => finding.or(
                cause(owner, CertificateFault::IncompleteChain),
                "if the issuer is an intermediate under a CA trusted here, it should have been sent: look at the issuer's own certificate",
            ),
        };
    }
    match kind {
        UnreachedBy::Identifier => finding.with(certificates::right_identifier),
        UnreachedBy::PartialChain => finding.with(certificates::whole_path),
        UnreachedBy::WrongIntermediate => advise(finding.with(certificates::try_issuer), owner, fault),
        UnreachedBy::WrongRoot | UnreachedBy::Absence | UnreachedBy::NamedThere => {
            advise(finding, owner, fault)
        }
    }
}

/// The library says itself that a certificate names another issuer than the one that is here.
pub(super) fn misnamed(
    owner: Role,
    verifier: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    let subject = culprit.map_or_else(String::new, |one| format!(" \"{}\"", one.subject_text()));
    let summary = format!(
        "The certificate{subject} at depth {} of the {} chain did not verify here: {}.",
        complaint.depth,
        possessive(owner),
        library::verify_meaning(complaint.error)
    );
    let finding =
        Finding::new(cause(owner, CertificateFault::UnknownIssuer), Confidence::Certain, owner, summary);
    let finding = finding.explain(format!(
        "Its authorityKeyIdentifier names another key, or another certificate, of its issuer than the one that this {} has.",
        verifier.as_str()
    ));
    finding.with(certificates::right_identifier)
}

/// The verifier's own store has the CA, with a setting beside it that does not allow this use (X509_check_trust(3)).
pub(super) fn refused_by_setting(
    owner: Role,
    verifier: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    let which = which(owner, complaint, culprit);
    let (verifier, owners) = (verifier.as_str(), owner.as_str());
    let summary = format!(
        "{which} is in this {verifier}'s store with a trust setting that does not allow it for certificates of {owners}s."
    );
    let fault = CertificateFault::UnknownIssuer;
    let finding = Finding::new(cause(owner, fault), Confidence::Certain, owner, summary).explain(format!(
        "Nothing was found wrong with the {} certificate itself: trust settings stand beside a certificate in a file of TRUSTED CERTIFICATEs, \
         and this {verifier}'s library goes by them.",
        possessive(owner)
    ));
    finding.with(certificates::lift_trust_setting)
}

fn anchors_shown(handshake: &Handshake) -> String {
    const SHOWN: usize = 3;
    let anchors = &handshake.local.trust_anchors;
    let names: Vec<_> = anchors
        .subjects
        .iter()
        .take(SHOWN)
        .map(|subject| crate::wire::x509::Name::parse(subject).text)
        .collect();
    let rest = (anchors.count as usize).saturating_sub(names.len());
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", names.join(" | "))
}
