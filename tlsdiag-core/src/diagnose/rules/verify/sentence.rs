//! One sentence for a fault that the library found, by the depth of the certificate that has it: whose the fault is decides what to do.

use super::{Complaint, constraints, quoted};
use crate::diagnose::knowledge::certificates::advise_at;
use crate::diagnose::library::{self, verify};
use crate::diagnose::rules::certificate::{self, cause, possessive, purpose};
use crate::diagnose::rules::exam;
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::{Direction, Role};
use crate::handshake::Handshake;
use crate::wire::x509::Certificate;

pub(super) fn found(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    culprit: Option<&Certificate>,
    fault: CertificateFault,
) -> Finding {
    let told = culprit.and_then(|one| match complaint.depth {
        0 => of_leaf(handshake, owner, complaint, one, fault),
        _ => of_issuer(handshake, owner, complaint, one, fault),
    });
    let summary = told.unwrap_or_else(|| {
        format!(
            "The {} certificate did not verify here, at depth {}: {}.",
            possessive(owner),
            complaint.depth,
            library::verify_meaning(complaint.error)
        )
    });
    let (how, alert) = match handshake.fatal_alert(Direction::Sent) {
        Some(_) => ("stopped at", "; the alert that went out names it only roughly"),
        None if handshake.outcome.kind.is_established() => ("found", ""),
        None => ("stopped at", ""),
    };
    let finding = Finding::new(cause(owner, fault), Confidence::Certain, owner, summary).explain(format!(
        "This {} verified the chain that the {} sent, and its library {how} this fault{alert}.",
        handshake.role.as_str(),
        owner.as_str()
    ));
    advise_at(finding, owner, fault, complaint.depth)
}

/// Whether this end of a certificate's has come by the clock, give or take what a handshake takes.
pub(super) fn past(end: Option<i64>, handshake: &Handshake) -> bool {
    const WHILE: i64 = 60;
    end.is_none_or(|end| end <= certificate::unix_seconds(handshake.time) + WHILE)
}

fn of_leaf(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    leaf: &Certificate,
    fault: CertificateFault,
) -> Option<String> {
    let (whose, subject) = (possessive(owner), leaf.subject_text());
    Some(match fault {
        CertificateFault::Expired if !past(leaf.not_after, handshake) => format!(
            "The {whose} certificate \"{subject}\" ends at {}, and this {}'s program verifies it as of a time after that, which by the clock is \
             still to come.",
            date(leaf.not_after),
            handshake.role.as_str()
        ),
        CertificateFault::Expired => {
            format!("The {whose} certificate \"{subject}\" expired at {}.", date(leaf.not_after))
        }
        CertificateFault::NotYetValid => format!(
            "The {whose} certificate \"{subject}\" is valid from {} and this side's clock says {}.",
            date(leaf.not_before),
            certificate::date(certificate::unix_seconds(handshake.time))
        ),
        CertificateFault::WrongPurpose => format!(
            "The {whose} certificate \"{subject}\" is not for use by a {}: its extendedKeyUsage is {}.",
            owner.as_str(),
            usages(leaf)
        ),
        CertificateFault::BadKeyUsage => {
            let why = exam::usage_fault(leaf, owner, 0)?;
            format!("The {whose} certificate \"{subject}\"{why}.")
        }
        CertificateFault::SelfSigned => format!(
            "The {whose} certificate \"{subject}\" is self-signed, and this {} does not trust it.",
            handshake.role.as_str()
        ),
        CertificateFault::WeakKey => format!(
            "The {whose} certificate \"{subject}\" has a key that is too weak for this {}: {}.",
            handshake.role.as_str(),
            key(leaf)
        ),
        CertificateFault::WeakSignature => format!(
            "The {whose} certificate \"{subject}\" is signed with {}, which is too weak for this {}.",
            algorithm(leaf),
            handshake.role.as_str()
        ),
        CertificateFault::UnhandledCriticalExtension if !leaf.unknown_critical.is_empty() => format!(
            "The {whose} certificate \"{subject}\" has a critical extension that this {}'s library does not know: {}.",
            handshake.role.as_str(),
            leaf.unknown_critical.join(", ")
        ),
        CertificateFault::NameConstraints => constraints::violated(handshake, owner, leaf, subject)?,
        CertificateFault::Revoked => format!("The {whose} certificate \"{subject}\" has been revoked."),
        CertificateFault::Malformed => {
            format!(
                "The {whose} certificate{} is malformed: {}.",
                quoted(Some(leaf)),
                malformation(complaint, leaf)?
            )
        }
        _ => return None,
    })
}

/// The culprit stands above the leaf: a CA's certificate, which its owner has to mend.
fn of_issuer(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    issuer: &Certificate,
    fault: CertificateFault,
) -> Option<String> {
    let (whose, subject) = (possessive(owner), issuer.subject_text());
    let which = format!("The CA certificate \"{subject}\" at depth {} of the {whose} chain", complaint.depth);
    Some(match fault {
        CertificateFault::IssuerExpired => format!(
            "\"{subject}\", which the {whose} certificate depends on, expired at {}; the certificate itself is not the fault.",
            date(issuer.not_after)
        ),
        CertificateFault::NotYetValid => format!(
            "{which} is valid from {}, and this side's clock says {}.",
            date(issuer.not_before),
            certificate::date(certificate::unix_seconds(handshake.time))
        ),
        CertificateFault::WrongPurpose => format!(
            "{which} is not for certificates of {}s: its extendedKeyUsage is {}, without {}. The {whose} own certificate is not the fault.",
            owner.as_str(),
            usages(issuer),
            purpose(owner)
        ),
        CertificateFault::BadKeyUsage => {
            format!("{which}{}.", exam::usage_fault(issuer, owner, complaint.depth as usize)?)
        }
        CertificateFault::WeakKey => format!(
            "{which} has a key that is too weak for this {}: {}.",
            handshake.role.as_str(),
            key(issuer)
        ),
        CertificateFault::WeakSignature => format!(
            "{which} is signed with {}, which is too weak for this {}.",
            algorithm(issuer),
            handshake.role.as_str()
        ),
        CertificateFault::UnhandledCriticalExtension if !issuer.unknown_critical.is_empty() => format!(
            "{which} has a critical extension that this {}'s library does not know: {}.",
            handshake.role.as_str(),
            issuer.unknown_critical.join(", ")
        ),
        CertificateFault::NameConstraints => constraints::violated(handshake, owner, issuer, subject)?,
        CertificateFault::Revoked => {
            format!("{which} has been revoked, and with it all that this CA issued.")
        }
        CertificateFault::IssuerNotCa => {
            format!("{which} issued another one, and is no CA's by its basicConstraints.")
        }
        CertificateFault::PathLength => {
            let limit = issuer.basic_constraints.and_then(|constraints| constraints.path_len)?;
            format!("{which} allows {limit} CAs below itself (pathlen), and there are more.")
        }
        CertificateFault::Malformed => format!(
            "The CA certificate{} at depth {} of the {whose} chain is malformed: {}.",
            quoted(Some(issuer)),
            complaint.depth,
            malformation(complaint, issuer)?
        ),
        _ => return None,
    })
}

/// What the library says of it, if that is about the certificate's form, and what was found in it here.
fn malformation(complaint: &Complaint, one: &Certificate) -> Option<String> {
    let is_of_form = matches!(
        complaint.error,
        verify::ERROR_IN_CERT_NOT_BEFORE_FIELD
            | verify::ERROR_IN_CERT_NOT_AFTER_FIELD
            | verify::INVALID_EXTENSION
            | verify::INVALID_POLICY_EXTENSION
    );
    let said = library::verify_meaning(complaint.error);
    match (&one.malformed, is_of_form) {
        (Some(seen), true) => Some(format!("{said} ({seen})")),
        (None, true) => Some(said.to_owned()),
        (seen, false) => seen.clone(),
    }
}

fn date(time: Option<i64>) -> String {
    time.map_or_else(|| "an unreadable time".to_owned(), certificate::date)
}

fn key(certificate: &Certificate) -> String {
    certificate.key.as_ref().map_or_else(|| "of an unknown kind".to_owned(), ToString::to_string)
}

fn algorithm(certificate: &Certificate) -> String {
    certificate
        .signature_algorithm
        .as_ref()
        .map_or_else(|| "an unknown algorithm".to_owned(), ToString::to_string)
}

fn usages(certificate: &Certificate) -> String {
    match certificate.extended_key_usage.as_deref() {
        None => "absent".to_owned(),
        Some(usages) => usages.join(", "),
    }
}
