//! The peer's certificate did not verify here: this side is the verifier and knows why.
//!
//! Needs: the calls of the verify callback, or the library's verify result; the peer's chain.

use super::certificate::{self, asked_name, cause, means_to_verify, possessive};
use super::exam;
use super::namesakes;
use super::own_check;
use super::unreached::{self, Unreached, UnreachedBy};
use crate::diagnose::knowledge::certificates::{self, advise};
use crate::diagnose::knowledge::names::right_name;
use crate::diagnose::library::{self, reason, verify};
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Severity, Stack};
use crate::event::{PeerCertificate, Role};
use crate::handshake::Handshake;
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
        CertificateFault::WeakKey,
        CertificateFault::WeakSignature,
        CertificateFault::PathLength,
        CertificateFault::VerifyDepth,
        CertificateFault::NameConstraints,
        CertificateFault::UnhandledCriticalExtension,
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
        if result == 0 || !(handshake.verifies_peer() || refused) {
            return None;
        }
    } else {
        handshake.ssl_reason(reason::CERTIFICATE_VERIFY_FAILED)?;
    }
    let owner = handshake.role.peer();
    let complaint = complaint(handshake)?;
    let chain = handshake.peer_chain()?;
    // The callback's certificate is the one in question; the message's may lie in another order.
    let seen = handshake.verifications.iter().find(|seen| seen.event == complaint.event);
    let culprit = seen.and_then(|seen| seen.certificate.as_ref()).map(|shown| &*shown.certificate);
    let culprit =
        culprit.or_else(|| chain.certificates.get(complaint.depth as usize).map(|shown| &*shown.certificate));
    let of_application = seen.filter(|seen| seen.ok && !seen.accepted);
    let judged = match of_application {
        Some(seen) if !names_a_reason(complaint.error) => own_check::refused(handshake, owner, seen, chain),
        Some(_) => by_application(judge(handshake, owner, &complaint, culprit), handshake.role, owner),
        None => judge(handshake, owner, &complaint, culprit),
    };
    let mut finding = judged.see(complaint.event, "verify result", describe(&complaint)).see(
        chain.event,
        format!("{} Certificate", possessive(owner)),
        names(chain),
    );
    if let Some(culprit) = culprit.filter(|_| complaint.depth > 0) {
        finding = finding.see(
            complaint.event,
            format!("certificate at depth {}", complaint.depth),
            culprit.subject_text(),
        );
    }
    if let Some(left) = handshake.left_at_once().filter(|_| let_through && !handshake.verifies_peer()) {
        finding.confidence = Confidence::Likely;
        finding.severity = Severity::Warning;
        finding.explanation.push_str(
            " The library was told to let it pass, so the handshake was completed; then the program left without a word. Programs that \
             look at the result themselves, as curl does from 8.22 on and nginx as a proxy, refuse a certificate so.",
        );
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

/// Whether an application that refuses says by this error what it minds: 1 is what OpenSSL puts there if it says nothing.
fn names_a_reason(error: i32) -> bool {
    !matches!(error, 0 | 1 | verify::APPLICATION_VERIFICATION | verify::CERT_REJECTED)
}

/// The library was content with this certificate; it is the application's callback that was not, and gave this reason.
fn by_application(mut finding: Finding, verifier: Role, owner: Role) -> Finding {
    finding.confidence = Confidence::Likely;
    finding.explanation = format!(
        "The library verified the chain; it was this {}'s own check (a verify callback) that refused it, with this reason.",
        verifier.as_str()
    );
    let rejected = match owner {
        Role::Server => Cause::ServerCertRejected,
        Role::Client => Cause::ClientCertRejected,
    };
    finding.or(rejected, "it was the application's own callback that refused: its log has the reason")
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
    match complaint.error {
        verify::AKID_SKID_MISMATCH | verify::AKID_ISSUER_SERIAL_MISMATCH => {
            return misnamed(owner, handshake.role, complaint, culprit);
        }
        verify::CERT_SIGNATURE_FAILURE | verify::UNABLE_TO_DECRYPT_CERT_SIGNATURE => {
            return bad_signature(handshake, owner, complaint);
        }
        verify::HOSTNAME_MISMATCH | verify::IP_ADDRESS_MISMATCH | verify::EMAIL_MISMATCH
            if owner == Role::Server =>
        {
            return hostname(handshake);
        }
        _ => {}
    }
    let fault = match told(owner, complaint, culprit) {
        Told::Fault(fault) => fault,
        Told::Unreached => return unreached(handshake, owner),
        Told::Nothing => return refused(owner, complaint),
    };
    let summary = summary(handshake, owner, complaint, fault, culprit);
    let finding = Finding::new(cause(owner, fault), Confidence::Certain, owner, summary).explain(format!(
        "This {} verified the chain that the {} sent, and its library stopped at this fault; the alert that went out names \
         it only roughly.",
        handshake.role.as_str(),
        owner.as_str()
    ));
    advise(finding, owner, fault)
}

/// What a result of the verification says by itself.
enum Told {
    Fault(CertificateFault),
    /// No trust anchor was reached.
    Unreached,
    /// No more than that it did not verify.
    Nothing,
}

/// From `X509_V_ERR_*` to the fault.
fn told(owner: Role, complaint: &Complaint, culprit: Option<&Certificate>) -> Told {
    let misused =
        || culprit.is_some_and(|one| exam::usage_fault(one, owner, complaint.depth as usize).is_some());
    Told::Fault(match complaint.error {
        verify::CERT_HAS_EXPIRED | verify::ERROR_IN_CERT_NOT_AFTER_FIELD if complaint.depth > 0 => {
            CertificateFault::IssuerExpired
        }
        verify::CERT_HAS_EXPIRED => CertificateFault::Expired,
        verify::CERT_NOT_YET_VALID => CertificateFault::NotYetValid,
        verify::ERROR_IN_CERT_NOT_BEFORE_FIELD | verify::ERROR_IN_CERT_NOT_AFTER_FIELD => {
            CertificateFault::Malformed
        }
        verify::DEPTH_ZERO_SELF_SIGNED_CERT => CertificateFault::SelfSigned,
        // OpenSSL looks for no issuer of a certificate whose extensions it cannot read.
        verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY | verify::UNABLE_TO_VERIFY_LEAF_SIGNATURE
            if culprit.is_some_and(|one| one.malformed.is_some()) =>
        {
            CertificateFault::Malformed
        }
        verify::SELF_SIGNED_CERT_IN_CHAIN
        | verify::UNABLE_TO_GET_ISSUER_CERT
        | verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        | verify::UNABLE_TO_VERIFY_LEAF_SIGNATURE => return Told::Unreached,
        verify::UNABLE_TO_GET_CRL
        | verify::UNABLE_TO_GET_CRL_ISSUER
        | verify::UNABLE_TO_DECRYPT_CRL_SIGNATURE
        | verify::CRL_SIGNATURE_FAILURE
        | verify::CRL_NOT_YET_VALID
        | verify::ERROR_IN_CRL_LAST_UPDATE_FIELD
        | verify::ERROR_IN_CRL_NEXT_UPDATE_FIELD
        | verify::UNHANDLED_CRITICAL_CRL_EXTENSION
        | verify::DIFFERENT_CRL_SCOPE
        | verify::CRL_PATH_VALIDATION_ERROR => CertificateFault::CrlUnavailable,
        verify::CRL_HAS_EXPIRED => CertificateFault::CrlExpired,
        verify::SIGNATURE_ALGORITHM_MISMATCH => CertificateFault::BadSignature,
        verify::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY
        | verify::NO_ISSUER_PUBLIC_KEY
        | verify::INVALID_EXTENSION => CertificateFault::Malformed,
        verify::CERT_CHAIN_TOO_LONG => CertificateFault::VerifyDepth,
        verify::CERT_REVOKED => CertificateFault::Revoked,
        verify::PATH_LENGTH_EXCEEDED => CertificateFault::PathLength,
        // OpenSSL has one number for both kinds of usage; the certificate tells which.
        verify::INVALID_PURPOSE
            if misused() && culprit.is_some_and(|one| !exam::lacks_strictly(one, owner)) =>
        {
            CertificateFault::BadKeyUsage
        }
        verify::INVALID_PURPOSE | verify::CERT_UNTRUSTED | verify::CERT_REJECTED => {
            CertificateFault::WrongPurpose
        }
        verify::INVALID_CA if misused() => CertificateFault::BadKeyUsage,
        verify::INVALID_CA => CertificateFault::IssuerNotCa,
        verify::KEYUSAGE_NO_CERTSIGN
        | verify::KEYUSAGE_NO_CRL_SIGN
        | verify::KEYUSAGE_NO_DIGITAL_SIGNATURE => CertificateFault::BadKeyUsage,
        verify::UNHANDLED_CRITICAL_EXTENSION => CertificateFault::UnhandledCriticalExtension,
        verify::PERMITTED_VIOLATION
        | verify::EXCLUDED_VIOLATION
        | verify::SUBTREE_MINMAX
        | verify::UNSUPPORTED_CONSTRAINT_TYPE
        | verify::UNSUPPORTED_CONSTRAINT_SYNTAX
        | verify::UNSUPPORTED_NAME_SYNTAX => CertificateFault::NameConstraints,
        verify::EE_KEY_TOO_SMALL | verify::CA_KEY_TOO_SMALL => CertificateFault::WeakKey,
        verify::CA_MD_TOO_WEAK => CertificateFault::WeakSignature,
        _ => return Told::Nothing,
    })
}

/// The certificate did not verify, for a reason that is no cause of its own.
fn refused(owner: Role, complaint: &Complaint) -> Finding {
    let whose = possessive(owner);
    let cause = certificate::rejected_cause(owner);
    let (error, depth) = (complaint.error, complaint.depth);
    let meaning = library::verify_meaning(error);
    // What OpenSSL has no name for, as far as is known here, is told by its number.
    let number = match library::is_known_verify_error(error) {
        true => String::new(),
        false => format!(" (X509_V_ERR {error})"),
    };
    let summary =
        format!("The {whose} certificate did not verify here, at depth {depth}: {meaning}{number}.");
    let finding = Finding::new(cause, Confidence::Certain, owner, summary);
    // What is asked with X509_V_FLAG_X509_STRICT alone.
    let strict = (library::verify::PATHLEN_INVALID_FOR_NON_CA
        ..=library::verify::EXTENSIONS_REQUIRE_VERSION_3)
        .contains(&error);
    match is_of_certificate(error) {
        true if strict => finding.with(certificates::issue_strictly),
        true => finding.with(certificates::issue_anew),
        false => finding,
    }
}

fn summary(
    handshake: &Handshake,
    owner: Role,
    complaint: &Complaint,
    fault: CertificateFault,
    culprit: Option<&Certificate>,
) -> String {
    let whose = possessive(owner);
    let now = certificate::unix_seconds(handshake.time);
    match (fault, culprit) {
        (CertificateFault::Expired, Some(leaf)) => format!(
            "The {whose} certificate \"{}\" expired at {}.",
            leaf.subject_text(),
            leaf.not_after.map_or_else(|| "an unreadable time".to_owned(), certificate::date)
        ),
        (CertificateFault::IssuerExpired, Some(issuer)) => format!(
            "\"{}\", which the {whose} certificate depends on, expired at {}; the certificate itself is not the fault.",
            issuer.subject_text(),
            issuer.not_after.map_or_else(|| "an unreadable time".to_owned(), certificate::date)
        ),
        (CertificateFault::NotYetValid, Some(leaf)) => format!(
            "The {whose} certificate \"{}\" is valid from {} and this side's clock says {}.",
            leaf.subject_text(),
            leaf.not_before.map_or_else(|| "an unreadable time".to_owned(), certificate::date),
            certificate::date(now)
        ),
        (CertificateFault::WrongPurpose, Some(leaf)) if complaint.depth == 0 => format!(
            "The {whose} certificate \"{}\" is not for use by a {}: its extendedKeyUsage is {}.",
            leaf.subject_text(),
            owner.as_str(),
            usages(leaf)
        ),
        (CertificateFault::SelfSigned, Some(leaf)) => format!(
            "The {whose} certificate \"{}\" is self-signed, and this {} does not trust it.",
            leaf.subject_text(),
            handshake.role.as_str()
        ),
        _ => format!(
            "The {whose} certificate did not verify here, at depth {}: {}.",
            complaint.depth,
            library::verify_meaning(complaint.error)
        ),
    }
}

/// Whether a result that has no cause of its own is a fault of a certificate, and not of what it is held against.
fn is_of_certificate(error: i32) -> bool {
    use library::verify as result;
    let elsewhere = [
        result::OUT_OF_MEM,
        result::CERT_UNTRUSTED,
        result::CERT_REJECTED,
        result::PROXY_CERTIFICATES_NOT_ALLOWED,
        result::NO_EXPLICIT_POLICY,
        result::APPLICATION_VERIFICATION,
        result::DANE_NO_MATCH,
        result::INVALID_CALL,
        result::STORE_LOOKUP,
        result::NO_VALID_SCTS,
        result::OCSP_VERIFY_NEEDED,
        result::OCSP_VERIFY_FAILED,
        result::OCSP_CERT_UNKNOWN,
    ];
    library::is_known_verify_error(error) && !elsewhere.contains(&error)
}

fn usages(certificate: &Certificate) -> String {
    match certificate.extended_key_usage.as_deref() {
        None => "absent".to_owned(),
        Some(usages) => usages.join(", "),
    }
}

fn unreached(handshake: &Handshake, owner: Role) -> Finding {
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
        (UnreachedBy::Absence, _) => {
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
        UnreachedBy::WrongRoot | UnreachedBy::Absence => advise(finding, owner, fault),
    }
}

/// The library says itself that a certificate names another issuer than the one that is here.
fn misnamed(owner: Role, verifier: Role, complaint: &Complaint, culprit: Option<&Certificate>) -> Finding {
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

/// The library held a certificate against a key that did not sign it.
fn bad_signature(handshake: &Handshake, owner: Role, complaint: &Complaint) -> Finding {
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
             altered after it was signed."
        )
    } else {
        "Another CA of the same name made it, or the certificate was altered after it was signed.".to_owned()
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

fn hostname(handshake: &Handshake) -> Finding {
    let leaf = handshake.server_chain.as_ref().and_then(|chain| chain.leaf());
    let names = leaf.map_or_else(String::new, |leaf| leaf.names_shown());
    let asked = asked_name(handshake);
    let summary = match asked {
        Some(asked) => format!("The server's certificate is not for \"{asked}\": it names {names}."),
        None => format!("The server's certificate is not for the name that was asked for: it names {names}."),
    };
    let mut finding = Finding::new(Cause::ServerCertHostnameMismatch, Confidence::Certain, Role::Server, summary).explain(
        "The chain itself verified; only the name differs. Either the client uses a name that the certificate was not issued \
         for, or the server chose the wrong certificate for this server_name.",
    );
    if let Some(asked) = asked {
        finding = finding.see(handshake.local_event, "name asked for", asked);
    }
    if let Some(offer) = &handshake.offer {
        let sni = offer.server_name.as_deref().unwrap_or("none");
        finding = finding.see(offer.event, "ClientHello.server_name", sni);
    }
    right_name(finding)
}
