//! The peer refused this side's certificate with an alert that says little: look at the own certificate with its eyes.
//!
//! Needs: the alert received, the chain that this side sent, the time, what the peer asked for.

use super::certificate::{self, advise, cause, expired, lacks_purpose, not_yet_valid, purpose};
use super::verify::{advise_name, asked_name};
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Chain, Handshake};
use crate::wire::AlertDescription;

pub(in crate::diagnose) const OWN_CERTIFICATE: Rule =
    Rule { name: "rejected::own_certificate", find: own_certificate, causes };

fn causes() -> Vec<Cause> {
    let faults = [
        CertificateFault::Expired,
        CertificateFault::NotYetValid,
        CertificateFault::IssuerExpired,
        CertificateFault::SelfSigned,
        CertificateFault::UnknownIssuer,
        CertificateFault::IncompleteChain,
        CertificateFault::WrongPurpose,
        CertificateFault::Revoked,
    ];
    let owners = [Role::Server, Role::Client];
    let certificates = owners.into_iter().flat_map(|owner| faults.map(|fault| cause(owner, fault)));
    certificates
        .chain([Cause::ServerCertHostnameMismatch, Cause::ServerCertRejected, Cause::ClientCertRejected])
        .collect()
}

/// Alerts by which a verifier refuses a certificate (RFC 8446 §6.2).
fn is_refusal(description: AlertDescription) -> bool {
    matches!(
        description,
        AlertDescription::BAD_CERTIFICATE
            | AlertDescription::UNSUPPORTED_CERTIFICATE
            | AlertDescription::CERTIFICATE_REVOKED
            | AlertDescription::CERTIFICATE_EXPIRED
            | AlertDescription::CERTIFICATE_UNKNOWN
            | AlertDescription::UNKNOWN_CA
            | AlertDescription::ACCESS_DENIED
    )
}

fn own_certificate(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let alert = handshake.fatal_alert(Direction::Received).filter(|alert| is_refusal(alert.description))?;
    let chain =
        handshake.own_chain().filter(|chain| !chain.certificates.is_empty() && chain.event < alert.event)?;
    let owner = handshake.role;
    let finding = look(handshake, owner, chain, alert);
    let peer = owner.peer().as_str();
    Some(finding.see(alert.event, format!("alert from the {peer}"), alert.description).see(
        chain.event,
        "own Certificate",
        subjects(chain),
    ))
}

fn subjects(chain: &Chain) -> String {
    let subjects: Vec<_> = chain.certificates.iter().map(|shown| shown.certificate.subject_text()).collect();
    format!("{} sent: {}", subjects.len(), subjects.join(" | "))
}

/// The verifier's checks, in the order in which their faults would be told apart by the alert.
fn look(handshake: &Handshake, owner: Role, chain: &At<Chain>, alert: &At<AlertSeen>) -> Finding {
    let peer = owner.peer().as_str();
    let now = certificate::unix_seconds(handshake.time);
    let explain = format!(
        "The {peer} refused this {}'s certificate; its alert says no more than \"{}\". This is what a verifier finds in the \
         certificate that was sent.",
        owner.as_str(),
        alert.description
    );
    let found = |fault, confidence, summary: String| {
        advise(
            Finding::new(cause(owner, fault), confidence, owner, summary).explain(explain.clone()),
            owner,
            fault,
        )
    };
    let Some(leaf) = chain.leaf() else { return rejected(owner, alert) };

    if expired(leaf, now) {
        let end = leaf.not_after.map_or_else(String::new, certificate::date);
        let summary =
            format!("The {peer} refused this {}'s certificate, which expired at {end}.", owner.as_str());
        return found(
            CertificateFault::Expired,
            sure_if(alert, &[AlertDescription::CERTIFICATE_EXPIRED]),
            summary,
        );
    }
    if not_yet_valid(leaf, now) {
        let start = leaf.not_before.map_or_else(String::new, certificate::date);
        let summary = format!(
            "The {peer} refused this {}'s certificate, which is valid only from {start}.",
            owner.as_str()
        );
        let told = [AlertDescription::BAD_CERTIFICATE, AlertDescription::CERTIFICATE_EXPIRED];
        return found(CertificateFault::NotYetValid, sure_if(alert, &told), summary);
    }
    if lacks_purpose(leaf, owner) {
        let usages = leaf.extended_key_usage.as_deref().unwrap_or_default().join(", ");
        let summary = format!(
            "The {peer} refused this {}'s certificate: its extendedKeyUsage is {usages}, without {}.",
            owner.as_str(),
            purpose(owner)
        );
        return found(
            CertificateFault::WrongPurpose,
            sure_if(alert, &[AlertDescription::UNSUPPORTED_CERTIFICATE]),
            summary,
        );
    }
    let old_issuer = chain.certificates.iter().skip(1).find(|shown| expired(&shown.certificate, now));
    if let Some(issuer) = old_issuer {
        let summary = format!(
            "The {peer} refused this {}'s certificate: \"{}\", sent with it, has expired.",
            owner.as_str(),
            issuer.certificate.subject_text()
        );
        return found(
            CertificateFault::IssuerExpired,
            sure_if(alert, &[AlertDescription::CERTIFICATE_EXPIRED]),
            summary,
        );
    }
    match alert.description {
        AlertDescription::UNKNOWN_CA => unknown_ca(handshake, owner, chain, &found),
        AlertDescription::CERTIFICATE_REVOKED => found(
            CertificateFault::Revoked,
            Confidence::Certain,
            format!("The {peer} says that this {}'s certificate has been revoked.", owner.as_str()),
        ),
        AlertDescription::CERTIFICATE_EXPIRED => found(
            CertificateFault::Expired,
            Confidence::Likely,
            format!(
                "The {peer} says that this {}'s certificate has expired, and by this clock it has not: the {peer}'s clock is wrong, or a CA \
                 certificate in its store has expired.",
                owner.as_str()
            ),
        )
        .or(cause(owner, CertificateFault::IssuerExpired), "the verifier's own record names the certificate and its depth"),
        _ => misnamed(handshake, owner, alert).unwrap_or_else(|| rejected(owner, alert)),
    }
}

/// Certain where the alert says what the look found, likely where it says something vague.
fn sure_if(alert: &AlertSeen, descriptions: &[AlertDescription]) -> Confidence {
    if descriptions.contains(&alert.description) { Confidence::Certain } else { Confidence::Likely }
}

fn unknown_ca(
    handshake: &Handshake,
    owner: Role,
    chain: &Chain,
    found: &dyn Fn(CertificateFault, Confidence, String) -> Finding,
) -> Finding {
    let peer = owner.peer().as_str();
    if let [only] = &chain.certificates[..]
        && only.certificate.is_self_signed_name()
    {
        let summary =
            format!("The {peer} does not trust this {}'s certificate, which is self-signed.", owner.as_str());
        return found(CertificateFault::SelfSigned, Confidence::Certain, summary);
    }
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
    let judged = certificate::unreached(chain, owner, anchors, count);
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
            "The {peer} knows no issuer for this {}'s certificate: the intermediate was not sent with it.",
            owner.as_str()
        ),
        _ => format!("The {peer} does not trust the CA that issued this {}'s certificate.", owner.as_str()),
    };
    let mut finding = found(fault, Confidence::Likely, summary);
    finding.explanation.push_str(&format!(" In detail: {reason}."));
    if own_issuer_known {
        return finding.not(
            cause(owner, CertificateFault::IncompleteChain),
            "the issuer is among the roots that this side trusts itself",
        );
    }
    match fault {
        CertificateFault::IncompleteChain => finding.or(
            cause(owner, CertificateFault::UnknownIssuer),
            "if the issuer is itself a root, the peer does not trust it",
        ),
        _ if chain.top().is_some_and(|top| top.is_self_signed_name()) => finding,
        _ => finding.or(
            cause(owner, CertificateFault::IncompleteChain),
            "if the issuer is an intermediate, it should have been sent along",
        ),
    }
}

/// A client that finds the wrong name says bad_certificate (OpenSSL, NSS, Go) or certificate_unknown (Java).
fn misnamed(handshake: &Handshake, owner: Role, alert: &AlertSeen) -> Option<Finding> {
    let vague = [AlertDescription::BAD_CERTIFICATE, AlertDescription::CERTIFICATE_UNKNOWN];
    let leaf = handshake.server_chain.as_ref()?.leaf()?;
    if owner != Role::Server || !vague.contains(&alert.description) {
        return None;
    }
    let asked = asked_name(handshake)?;
    if leaf.matches_host(asked) {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    let finding = Finding::new(
        Cause::ServerCertHostnameMismatch,
        Confidence::Likely,
        Role::Server,
        format!("The client asked for \"{asked}\" and refused this server's certificate, which names {}.", leaf.names_shown()),
    )
    .explain("The alert only says that the certificate is bad; by its server_name the client wanted a host that the certificate does not name.")
    .see(offer.event, "ClientHello.server_name", asked)
    .or(Cause::ServerCertRejected, "the client's own record has the reason");
    Some(advise_name(finding))
}

fn rejected(owner: Role, alert: &AlertSeen) -> Finding {
    let (cause, peer) = match owner {
        Role::Server => (Cause::ServerCertRejected, "client"),
        Role::Client => (Cause::ClientCertRejected, "server"),
    };
    Finding::new(
        cause,
        Confidence::Likely,
        owner,
        format!("The {peer} refused this {}'s certificate and says no more than \"{}\".", owner.as_str(), alert.description),
    )
    .explain(format!(
        "It is this {}'s certificate that was refused, not the {peer}'s. Seen from here its dates, purpose and names are in order; the reason \
         stands in the {peer}'s own record or log.",
        owner.as_str()
    ))
}
