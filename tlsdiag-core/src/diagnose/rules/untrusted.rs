//! The alerts that leave an owner guessing, since only the verifier knows whom it trusts and what it checks: unknown_ca, and
//! certificate_expired where nothing has expired.
//!
//! Needs: the own chain, the CA names of CertificateRequest or else the own trust anchors, which are often the same.

use super::certificate::{self, cause};
use super::exam::{self, suspect_cause};
use crate::diagnose::knowledge::certificates::advise;
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
        CertificateFault::CrlExpired => "revocation list, or a CA certificate in its store, has expired",
        _ => "store holds a CA certificate that has expired",
    };
    let summary = format!(
        "The {peer} says \"expired\", and nothing that this {} sent has: probably the {peer}'s {what}.",
        owner.as_str()
    );
    let tell = |fault| match fault {
        CertificateFault::CrlExpired => "the verifier's log says \"CRL has expired\" (X509_V_ERR 12)",
        _ => "the verifier's log says \"certificate has expired\" (X509_V_ERR 10) at a depth above 0",
    };
    found(owner, first, Confidence::Likely, summary, explanation(owner, alert))
        .or(cause(owner, second), tell(second))
        .or(cause(owner, CertificateFault::Expired), format!("the {peer}'s clock is ahead: compare it"))
}

pub(super) fn unknown_ca(handshake: &Handshake, owner: Role, chain: &Chain) -> Finding {
    let peer = owner.peer().as_str();
    // What the peer trusts is best known from the CA names it sent, else from the own store, which is often the same.
    let named: Vec<Vec<u8>> = match (&handshake.request, owner) {
        (Some(request), Role::Client) => {
            request.authorities.iter().map(|authority| authority.der.clone()).collect()
        }
        _ => Vec::new(),
    };
    let anchors = if named.is_empty() { &handshake.local.trust_anchors.subjects } else { &named };
    let own_issuer_known = chain.top().is_some_and(|top| {
        handshake.local.trust_anchors.subjects.iter().any(|anchor| top.is_issued_by_name(anchor))
    });
    let count = u32::try_from(anchors.len()).unwrap_or(u32::MAX);
    let judged = certificate::unreached(chain, owner, anchors, count, &[]);
    let (mut fault, reason) = match judged {
        Some(judged) => (judged.fault, judged.reason),
        None => (CertificateFault::UnknownIssuer, "the chain cannot be read".to_owned()),
    };
    // The issuer is a root of our own: nothing is missing in between.
    if own_issuer_known {
        fault = CertificateFault::UnknownIssuer;
    }
    let summary = match fault {
        CertificateFault::IncompleteChain => format!(
            "The {peer} knows no issuer for this {}'s certificate: probably since the intermediate was not sent with it.",
            owner.as_str()
        ),
        _ => format!(
            "The {peer} probably does not trust the CA that issued this {}'s certificate.",
            owner.as_str()
        ),
    };
    let mut finding = found(
        owner,
        fault,
        Confidence::Likely,
        summary,
        format!(
            "The {peer} followed the chain upwards and did not reach a CA that it trusts. In detail: {reason}."
        ),
    );
    let incomplete = cause(owner, CertificateFault::IncompleteChain);
    finding = if own_issuer_known {
        finding.not(incomplete, "the issuer is among the roots that this side trusts itself")
    } else if fault == CertificateFault::IncompleteChain {
        finding.or(
            cause(owner, CertificateFault::UnknownIssuer),
            "if the issuer is itself a root, the peer does not trust it",
        )
    } else if chain.top().is_some_and(|top| top.is_self_signed_name()) {
        finding
    } else {
        finding.or(incomplete, "if the issuer is an intermediate, it should have been sent along")
    };
    // What is in plain sight and has another alert at OpenSSL, other libraries (NSS) may well call an unknown CA.
    for suspicion in exam::examine(handshake, owner, chain) {
        let seen = suspect_cause(owner, suspicion.fault);
        if seen != finding.cause {
            finding = finding.or(seen, format!("{}, too", suspicion.why));
        }
    }
    // OpenSSL has the same alert for two other things that only the verifier's settings decide.
    finding = finding.or(
        cause(owner, CertificateFault::CrlUnavailable),
        "the verifier's log says \"unable to get certificate CRL\" (X509_V_ERR 3)",
    );
    if chain.path().len() > 1 {
        finding = finding.or(
            cause(owner, CertificateFault::VerifyDepth),
            "the verifier's log says \"certificate chain too long\" (X509_V_ERR 22), or its depth is below the number of intermediates",
        );
    }
    finding
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
