//! The peer's certificate did not verify here: this side is the verifier and knows why.
//!
//! Needs: the calls of the verify callback, or the library's verify result; the peer's chain.

mod classless;
mod constraints;
mod crl;
mod name;
mod no_anchor;
mod own;
mod profile;
mod proxy;
mod sentence;
mod signature;
#[cfg(test)]
mod tests;

pub(super) use own::let_pass;

use super::certificate::{self, cause, means_to_verify, possessive};
use super::exam;
use super::like_its_ca;
use super::own_check;
use super::strict;
use crate::diagnose::library::{self, reason, verify};
use crate::diagnose::wording::within;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Severity};
use crate::event::{Direction, LibraryError, PeerCertificate, Role};
use crate::handshake::{Handshake, Step};
use crate::wire::x509::Certificate;

pub(in crate::diagnose) const FAULT: Rule = Rule { name: "verify::fault", find: fault, causes };

fn causes() -> Vec<Cause> {
    let faults = [
        CertificateFault::Expired,
        CertificateFault::NotYetValid,
        CertificateFault::IssuerExpired,
        CertificateFault::SelfSigned,
        CertificateFault::UnknownIssuer,
        CertificateFault::IncompleteChain,
        CertificateFault::WrongPurpose,
        CertificateFault::BadKeyUsage,
        CertificateFault::Revoked,
        CertificateFault::CrlUnavailable,
        CertificateFault::CrlExpired,
        CertificateFault::CrlUnusable,
        CertificateFault::WeakKey,
        CertificateFault::WeakSignature,
        CertificateFault::PathLength,
        CertificateFault::VerifyDepth,
        CertificateFault::NameConstraints,
        CertificateFault::UnhandledCriticalExtension,
        CertificateFault::StrictProfile,
        CertificateFault::BadSignature,
        CertificateFault::IssuerNotCa,
        CertificateFault::Malformed,
    ];
    let owners = [Role::Server, Role::Client];
    let certificates = owners.into_iter().flat_map(|owner| faults.map(|fault| cause(owner, fault)));
    certificates
        .chain([Cause::ServerCertHostnameMismatch, Cause::ServerCertRejected, Cause::ClientCertRejected])
        .collect()
}

/// What the verifier said, and about which certificate.
struct Complaint {
    event: u32,
    depth: u32,
    error: i32,
}

fn fault(handshake: &Handshake) -> Option<Finding> {
    let let_through = handshake.outcome.kind.is_established();
    if let_through {
        let result = handshake.done.as_ref()?.verify_result;
        let refused = handshake.role == Role::Client
            && handshake.left_at_once().is_some()
            && means_to_verify(handshake);
        let pinned = certificate::is_pinned(handshake) && !refused;
        if result == 0 || pinned || !(handshake.verifies_peer() || refused) {
            return None;
        }
    } else {
        handshake
            .ssl_reason(reason::CERTIFICATE_VERIFY_FAILED)
            .map(|error| error.event)
            .or_else(|| refused_without_a_word(handshake))?;
    }
    let owner = handshake.role.peer();
    let mut complaint = complaint(handshake)?;
    complaint.error = library::verify_error(handshake.local.library_number, complaint.error);
    let chain = handshake.peer_chain()?;
    // The callback's certificate is the one in question; the message's may lie in another order.
    let seen = handshake.verifications.iter().find(|seen| seen.event == complaint.event);
    let culprit = seen.and_then(|seen| seen.certificate.as_ref()).map(|shown| &*shown.certificate);
    let culprit =
        culprit.or_else(|| chain.certificates.get(complaint.depth as usize).map(|shown| &*shown.certificate));
    let of_application = seen.filter(|seen| seen.ok && !seen.accepted);
    // What the library complained of was let pass, and then the application said no of its own accord, as stunnel does.
    let later = handshake.verifications.iter().rfind(|later| later.ok && !later.accepted);
    let later = later.filter(|_| !let_through && seen.is_some_and(|seen| !seen.ok && seen.accepted));
    if let Some(later) = later {
        let passed = judge(handshake, owner, &complaint, culprit);
        let mut finding = own_check::refused(handshake, owner, later, chain).or(
            passed.cause,
            format!("the library had found this, and the application let it pass: {}", describe(&complaint)),
        );
        finding.summary = finding
            .summary
            .replace("which the library had found good", "having let pass what the library complained of");
        return Some(finding);
    }
    let judged = match of_application {
        Some(seen) if !names_a_reason(complaint.error) => own_check::refused(handshake, owner, seen, chain),
        Some(_) => by_application(judge(handshake, owner, &complaint, culprit), &complaint, owner),
        None => judge(handshake, owner, &complaint, culprit),
    };
    let judged = own::beside(handshake, judged, seen.filter(|_| !let_through));
    let judged = own::by_the_clock(handshake, judged, &complaint, culprit);
    let mut finding = judged.see(complaint.event, "verify result", describe(&complaint)).see(
        chain.event,
        format!("{} Certificate", possessive(owner)),
        names(chain),
    );
    if let Some(culprit) = culprit.filter(|one| complaint.depth > 0 && !one.subject_text().is_empty()) {
        finding = finding.see(
            complaint.event,
            format!("certificate at depth {}", complaint.depth),
            culprit.subject_text(),
        );
    }
    if let Some(left) = handshake.left_at_once().filter(|_| let_through && !handshake.verifies_peer()) {
        finding = left_for_it(finding, handshake);
        finding = finding.see(left, "connection", "left without a word");
    } else if let_through && handshake.local.peer_certificate != PeerCertificate::Unknown {
        finding.explanation.push_str(
            " The library was told to let it pass, so the handshake was completed all the same; the application refuses it \
             afterwards.",
        );
    } else if let_through {
        finding.severity = Severity::Warning;
        finding
            .explanation
            .push_str(" The library was told to let it pass, so the handshake was completed all the same.");
        if owner == Role::Client {
            finding = finding.or(
                Cause::WarnClientUnverified,
                "whether it is the certificate that is wrong, or this server's setting that lets it pass",
            );
        }
    }
    Some(finding)
}

/// The alert by which this side refused the peer's certificate, where the error queue has no word about it: a program that speaks TLS within
/// TLS, as curl does to an https:// proxy, empties the queue with the outer connection before anybody reads it. The verify callback had not
/// accepted a fault, the library was told to verify, and its alert is the next thing that it said.
fn refused_without_a_word(handshake: &Handshake) -> Option<u32> {
    if !handshake.verifies_peer()
        || handshake.errors.iter().any(|error| error.library == LibraryError::LIB_SSL)
    {
        return None;
    }
    let alert = handshake.fatal_alert(Direction::Sent)?.event;
    let refused =
        handshake.verifications.iter().rfind(|seen| !seen.ok && !seen.accepted && seen.event < alert)?.event;
    let went_on = |step: &Step| step.message().is_some() && (refused..alert).contains(&step.event);
    (!handshake.timeline.iter().any(went_on)).then_some(alert)
}

/// Whether an application that refuses says by this error what it minds: 1 is what OpenSSL puts there if it says nothing.
fn names_a_reason(error: i32) -> bool {
    !matches!(error, 0 | 1 | verify::APPLICATION_VERIFICATION | verify::CERT_REJECTED)
}

/// The library was content with this certificate; it is the application's callback that was not, and gave this reason.
fn by_application(mut finding: Finding, complaint: &Complaint, owner: Role) -> Finding {
    finding.confidence = Confidence::Likely;
    finding.summary = format!(
        "This {}'s own check (a verify callback) refused the {} certificate, probably for the reason that it gave: {}.",
        owner.peer().as_str(),
        possessive(owner),
        library::verify_meaning(complaint.error)
    );
    finding.explanation =
        "The library verified the chain; it was the application that refused it, with this reason."
            .to_owned();
    finding.or(
        certificate::rejected_cause(owner),
        "it was the application's own callback that refused: its log has the reason",
    )
}

/// What was wrong is known; that the program left for it is not.
fn left_for_it(mut finding: Finding, handshake: &Handshake) -> Finding {
    let what = within(&finding.summary).replace("probably ", "");
    let verifier = handshake.role.as_str();
    finding.summary = format!(
        "This {verifier} left as soon as it was connected. It may have refused the certificate, since {what}"
    );
    finding.confidence = Confidence::Possible;
    finding.severity = Severity::Warning;
    finding.explanation.push_str(
        " The library was told to let it pass, so the handshake was completed; then the program left without a word. Programs that \
         look at the result themselves, as curl does from 8.22 on and nginx as a proxy, refuse a certificate so. One that only looks whether \
         the server answers leaves so, too.",
    );
    finding
}

fn describe(complaint: &Complaint) -> String {
    format!("{} at depth {}: {}", complaint.error, complaint.depth, library::verify_meaning(complaint.error))
}

fn names(chain: &crate::handshake::Chain) -> String {
    let subjects: Vec<_> = chain.certificates.iter().map(|shown| shown.certificate.subject_text()).collect();
    format!("{} sent: {}", subjects.len(), subjects.join(" | "))
}

/// The first fault is the root: later ones follow from it, or were reported since the first was let pass.
fn complaint(handshake: &Handshake) -> Option<Complaint> {
    let refused = handshake.verifications.iter().find(|seen| !seen.accepted && !seen.ok);
    let first = refused.or_else(|| handshake.verifications.iter().find(|seen| !seen.ok));
    if let Some(seen) = first {
        return Some(Complaint { event: seen.event, depth: seen.depth, error: seen.error });
    }
    if let Some(seen) = handshake.verifications.iter().find(|seen| !seen.accepted) {
        // What the application gave as its reason, if it gave one.
        let said = handshake.failed.as_ref().and_then(|failed| i32::try_from(failed.value).ok());
        return Some(Complaint { event: seen.event, depth: seen.depth, error: said.unwrap_or_default() });
    }
    let (event, result) = match (&handshake.failed, &handshake.done) {
        (Some(failed), _) => (failed.event, failed.value),
        (None, Some(done)) => (done.event, done.verify_result),
        (None, None) => return None,
    };
    Some(Complaint { event, depth: 0, error: i32::try_from(result).unwrap_or_default() })
}

/// From `X509_V_ERR_*` to the cause.
fn judge(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
) -> Finding {
    if let Some(finding) = crl::judge(handshake, owner, complaint, culprit) {
        return finding;
    }
    if complaint.error == verify::DEPTH_ZERO_SELF_SIGNED_CERT
        && let Some(finding) =
            handshake.peer_chain().and_then(|chain| like_its_ca::found(handshake, owner, chain))
    {
        return finding;
    }
    let unreadable = culprit.and_then(|one| malformed(handshake, one));
    match complaint.error {
        // OpenSSL looks for no issuer of a certificate whose extensions it cannot read, and takes none for an issuer.
        verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY | verify::UNABLE_TO_VERIFY_LEAF_SIGNATURE
            if unreadable.is_some() =>
        {
            let (above, one) = unreadable.unwrap_or_default();
            let complaint = Complaint { depth: complaint.depth + above, ..*complaint };
            sentence::found(handshake, owner, &complaint, Some(&one), CertificateFault::Malformed)
        }
        verify::AKID_SKID_MISMATCH | verify::AKID_ISSUER_SERIAL_MISMATCH => {
            no_anchor::misnamed(owner, handshake.role, complaint, culprit)
        }
        verify::SELF_SIGNED_CERT_IN_CHAIN
        | verify::UNABLE_TO_GET_ISSUER_CERT
        | verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        | verify::UNABLE_TO_VERIFY_LEAF_SIGNATURE => no_anchor::unreached(handshake, owner),
        verify::CERT_SIGNATURE_FAILURE | verify::UNABLE_TO_DECRYPT_CERT_SIGNATURE => {
            signature::bad_signature(handshake, owner, complaint)
        }
        verify::HOSTNAME_MISMATCH | verify::IP_ADDRESS_MISMATCH | verify::EMAIL_MISMATCH => {
            name::other(handshake, owner, complaint.error)
        }
        verify::CERT_UNTRUSTED | verify::CERT_REJECTED => {
            no_anchor::refused_by_setting(owner, handshake.role, complaint, culprit)
        }
        error if proxy::is_of_proxies(error) => proxy::wrong(owner, handshake.role, complaint, culprit),
        error if constraints::is_unsupported(error) => {
            constraints::unsupported(handshake, owner, complaint, culprit)
        }
        _ => match fault_of(owner, complaint, culprit) {
            Some(CertificateFault::StrictProfile) => profile::broken(handshake, owner, complaint, culprit),
            Some(fault) => sentence::found(handshake, owner, complaint, culprit, fault),
            None => classless::found(owner, handshake.role, complaint, culprit),
        },
    }
}

/// A blank and the subject in quotation marks, where there is one.
fn quoted(one: Option<&Certificate>) -> String {
    let subject = one.map(Certificate::subject_text).filter(|subject| !subject.is_empty());
    subject.map_or_else(String::new, |subject| format!(" \"{subject}\""))
}

/// The certificate that is complained of, as a sentence begins with it.
fn which(owner: Role, complaint: &Complaint, culprit: Option<&Certificate>) -> String {
    let (whose, subject) = (possessive(owner), quoted(culprit));
    match complaint.depth {
        0 => format!("The {whose} certificate{subject}"),
        depth => format!("The certificate{subject} at depth {depth} of the {whose} chain"),
    }
}

/// The certificate that cannot be read, of this one and those sent as its issuer, and how far above it is.
fn malformed(handshake: &Handshake, one: &Certificate) -> Option<(u32, Certificate)> {
    let sent = handshake.peer_chain().into_iter().flat_map(|chain| &chain.certificates);
    let issuers = sent.map(|shown| &*shown.certificate).filter(|other| other.has_name_of_issuer(one));
    let mut all = std::iter::once((0, one)).chain(issuers.map(|issuer| (1, issuer)));
    all.find(|(_, one)| one.malformed.is_some()).map(|(above, one)| (above, one.clone()))
}

/// The fault that a verify result stands for, where there is one.
fn fault_of(owner: Role, complaint: &Complaint, culprit: Option<&Certificate>) -> Option<CertificateFault> {
    let depth = complaint.depth as usize;
    let usage_forbids = || culprit.is_some_and(|one| exam::usage_fault(one, owner, depth).is_some());
    Some(match complaint.error {
        verify::CERT_HAS_EXPIRED if depth > 0 => CertificateFault::IssuerExpired,
        verify::CERT_HAS_EXPIRED => CertificateFault::Expired,
        verify::CERT_NOT_YET_VALID => CertificateFault::NotYetValid,
        verify::DEPTH_ZERO_SELF_SIGNED_CERT => CertificateFault::SelfSigned,
        verify::SIGNATURE_ALGORITHM_MISMATCH => CertificateFault::BadSignature,
        verify::ERROR_IN_CERT_NOT_BEFORE_FIELD
        | verify::ERROR_IN_CERT_NOT_AFTER_FIELD
        | verify::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY
        | verify::NO_ISSUER_PUBLIC_KEY
        | verify::INVALID_EXTENSION
        | verify::INVALID_POLICY_EXTENSION => CertificateFault::Malformed,
        verify::CERT_CHAIN_TOO_LONG => CertificateFault::VerifyDepth,
        verify::CERT_REVOKED => CertificateFault::Revoked,
        verify::PATH_LENGTH_EXCEEDED => CertificateFault::PathLength,
        // OpenSSL has one number for both kinds of usage, and gives it for a certificate that it cannot read, too.
        verify::INVALID_PURPOSE if culprit.is_some_and(|one| one.malformed.is_some()) => {
            CertificateFault::Malformed
        }
        verify::INVALID_PURPOSE
            if culprit.is_some_and(|one| !exam::lacks_strictly(one, owner)) && usage_forbids() =>
        {
            CertificateFault::BadKeyUsage
        }
        verify::INVALID_PURPOSE => CertificateFault::WrongPurpose,
        verify::INVALID_CA if culprit.is_some_and(|one| one.malformed.is_some()) => {
            CertificateFault::Malformed
        }
        verify::INVALID_CA if culprit.is_some_and(strict::signs_as_ca_without_constraints) => {
            CertificateFault::StrictProfile
        }
        verify::INVALID_CA if usage_forbids() => CertificateFault::BadKeyUsage,
        verify::INVALID_CA => CertificateFault::IssuerNotCa,
        verify::KEYUSAGE_NO_CERTSIGN => CertificateFault::BadKeyUsage,
        verify::UNHANDLED_CRITICAL_EXTENSION => CertificateFault::UnhandledCriticalExtension,
        verify::PERMITTED_VIOLATION | verify::EXCLUDED_VIOLATION => CertificateFault::NameConstraints,
        verify::EE_KEY_TOO_SMALL | verify::CA_KEY_TOO_SMALL => CertificateFault::WeakKey,
        verify::CA_MD_TOO_WEAK => CertificateFault::WeakSignature,
        error if strict::is_rule(error) => CertificateFault::StrictProfile,
        _ => return None,
    })
}
