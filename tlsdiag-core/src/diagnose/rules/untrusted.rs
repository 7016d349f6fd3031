//! The alerts that leave an owner guessing, since only the verifier knows whom it trusts and what it checks: unknown_ca, and
//! certificate_expired where nothing has expired.
//!
//! Needs: the own chain, the CA names of CertificateRequest or else the own trust anchors, which are often the same.

use super::certificate::cause;
use super::exam::{self, suspect_cause};
use super::namesakes;
use super::unreached::{self, Unreached, UnreachedBy};
use crate::diagnose::knowledge::certificates::{advise, right_identifier, same_ca, try_issuer};
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::{AlertSeen, Chain, Handshake};

/// By this clock nothing has expired: it is what the verifier holds, or its clock.
pub(super) fn outdated(owner: Role, alert: &AlertSeen) -> Finding {
    let peer = owner.peer().as_str();
    // A server that verifies clients checks lists; a client of servers has old roots in its store.
    let (first, second) = match owner {
        Role::Client => (CertificateFault::CrlExpired, CertificateFault::IssuerExpired),
        Role::Server => (CertificateFault::IssuerExpired, CertificateFault::CrlExpired),
    };
    let what = match first {
        CertificateFault::CrlExpired => "its revocation list, or a CA certificate in its store, has expired",
        _ => "its store holds a CA certificate that has expired",
    };
    let summary = format!(
        "The {peer} says \"expired\", and nothing that this {} sent has: it may be that {what}, or that its clock is ahead.",
        owner.as_str()
    );
    let tell = |fault| match fault {
        CertificateFault::CrlExpired => "the verifier's log says \"CRL has expired\" (X509_V_ERR 12)",
        _ => "the verifier's log says \"certificate has expired\" (X509_V_ERR 10) at a depth above 0",
    };
    found(owner, first, Confidence::Possible, summary, explanation(owner, alert))
        .or(cause(owner, second), tell(second))
        .or(cause(owner, CertificateFault::Expired), format!("the {peer}'s clock is ahead: compare it"))
}

pub(super) fn unknown_ca(handshake: &Handshake, owner: Role, chain: &Chain) -> Finding {
    let (peer, own) = (owner.peer().as_str(), owner.as_str());
    let judged = unreached::unreached_there(handshake, owner, chain);
    let judged = judged.unwrap_or_else(|| Unreached {
        fault: CertificateFault::UnknownIssuer,
        certain: false,
        reason: "the chain cannot be read".to_owned(),
        kind: UnreachedBy::Absence,
    });
    if judged.kind == UnreachedBy::NamedThere {
        return named_there(owner, chain, &judged.reason);
    }
    let Unreached { fault, certain, reason, kind } = judged;
    let sure = if certain { "" } else { " by its key identifier" };
    let why = match (kind, fault) {
        (UnreachedBy::WrongIntermediate, _) => format!(
            "the intermediate that was sent has the right name, and{sure} another key than the one that signed"
        ),
        (UnreachedBy::Identifier, _) => {
            "it names another certificate of its CA (authorityKeyIdentifier) than the one that was sent"
                .to_owned()
        }
        (_, CertificateFault::IncompleteChain) => "the intermediate was not sent with it".to_owned(),
        _ => "it does not trust the one that issued it, or holds another CA certificate of that name"
            .to_owned(),
    };
    let summary = format!("The {peer} knows no CA for this {own}'s certificate: probably since {why}.");
    let mut finding = found(
        owner,
        fault,
        Confidence::Likely,
        summary,
        format!(
            "By its alert the {peer} followed the chain upwards and did not reach a CA that it trusts; which those are is not known here. In \
             detail: {reason}."
        ),
    );
    let alternative = match fault {
        CertificateFault::IncompleteChain => CertificateFault::UnknownIssuer,
        _ => CertificateFault::IncompleteChain,
    };
    finding = match (fault, kind) {
        (CertificateFault::IncompleteChain, UnreachedBy::Absence) => {
            finding.or(cause(owner, alternative), "if the issuer is itself a root, the peer may not trust it")
        }
        (CertificateFault::IncompleteChain, UnreachedBy::WrongIntermediate) => {
            finding.with(try_issuer).or(cause(owner, alternative), "the peer may lack the root, too")
        }
        (_, UnreachedBy::Identifier) => finding.with(right_identifier),
        (CertificateFault::UnknownIssuer, UnreachedBy::Absence) if !is_root_itself(chain) => {
            let finding = finding.with(same_ca);
            match own_root(handshake, chain) {
                true => finding.not(
                    cause(owner, alternative),
                    "the issuer is among the roots that this side trusts itself",
                ),
                false => finding.or(
                    cause(owner, alternative),
                    "if the issuer is an intermediate, it should have been sent along",
                ),
            }
        }
        _ => finding,
    };
    // What is in plain sight and has another alert at OpenSSL, other libraries (NSS) may well call an unknown CA.
    for suspicion in exam::examine(handshake, owner, chain) {
        let seen = suspect_cause(owner, suspicion.fault);
        if seen != finding.cause {
            finding = finding.or(seen, format!("{}, too", suspicion.why));
        }
    }
    or_by_settings(finding, owner, chain)
}

/// OpenSSL has the same alert for what only the verifier's settings decide.
fn or_by_settings(mut finding: Finding, owner: Role, chain: &Chain) -> Finding {
    finding = finding.or(
        cause(owner, CertificateFault::CrlUnavailable),
        "the verifier's log says \"unable to get certificate CRL\" (X509_V_ERR 3)",
    );
    if chain.path().len() > 1 {
        finding = finding.or(
            cause(owner, CertificateFault::VerifyDepth),
            "the verifier's log says \"certificate chain too long\" (X509_V_ERR 22), or its depth is below the number of intermediates",
        );
        let length = cause(owner, CertificateFault::PathLength);
        if finding.cause != length && !finding.alternatives.iter().any(|other| other.cause == length) {
            let tell = "the verifier's log says \"path length constraint exceeded\" (X509_V_ERR 25): its root may allow fewer CAs below itself";
            finding = finding.or(length, tell);
        }
    }
    finding
}

/// The server itself names the CA: that it does not trust it at all is not the first thing to think of.
fn named_there(owner: Role, chain: &Chain, reason: &str) -> Finding {
    let (peer, own) = (owner.peer().as_str(), owner.as_str());
    let finding = found(
        owner,
        CertificateFault::UnknownIssuer,
        Confidence::Possible,
        format!(
            "The {peer} names the CA of this {own}'s certificate among those that it accepts, and still says unknown_ca: it may hold another \
             CA certificate of that name, or lack a revocation list that it asks for."
        ),
        format!(
            "In detail: {reason}. OpenSSL says the same of an issuer that is not found and of a revocation list that is not there; the {peer}'s \
             own record or log says which."
        ),
    );
    or_by_settings(finding.with(same_ca), owner, chain)
}

/// Whether the chain that was sent ends in a root.
fn is_root_itself(chain: &Chain) -> bool {
    chain.top().is_some_and(|top| top.is_self_signed_name())
}

pub(super) fn found(
    owner: Role,
    fault: CertificateFault,
    confidence: Confidence,
    summary: String,
    explanation: String,
) -> Finding {
    advise(Finding::new(cause(owner, fault), confidence, owner, summary).explain(explanation), owner, fault)
}

pub(super) fn explanation(owner: Role, alert: &AlertSeen) -> String {
    format!(
        "It is this {owner}'s certificate that was refused, not the {peer}'s: the {peer}'s alert says \"{}\" and no more. This is \
         what a verifier finds in the certificates that were sent.",
        alert.description,
        owner = owner.as_str(),
        peer = owner.peer().as_str()
    )
}

/// Whether the chain leads to a root that this side trusts itself; whether the peer does is another matter.
fn own_root(handshake: &Handshake, chain: &Chain) -> bool {
    let Some(shown) = chain.path_shown().last().copied() else { return false };
    let trusted = namesakes::trusted(handshake, shown);
    let root = |one: &namesakes::Namesake| one.fits() && one.shown.certificate.is_self_signed_name();
    let subjects = &handshake.local.trust_anchors.subjects;
    match trusted[..] {
        [] => subjects.iter().any(|anchor| shown.certificate.is_issued_by_name(anchor)),
        _ => trusted.iter().any(root),
    }
}
