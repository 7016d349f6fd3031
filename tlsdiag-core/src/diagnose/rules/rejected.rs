//! The peer refused this side's certificate with an alert that says little: look at the own certificate with its eyes.
//!
//! Needs: the alert received, the chain that this side sent and what [`exam`] finds in it, the time, what the peer asked for.

use super::certificate::{self, cause, possessive};
use super::exam::{self, Suspect, Suspicion};
use super::remedy::advise;
use super::verify::advise_name;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Stack};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Chain, Handshake};
use crate::wire::AlertDescription as Alert;

pub(in crate::diagnose) const OWN_CERTIFICATE: Rule =
    Rule { name: "rejected::own_certificate", find: own_certificate, causes };

fn causes() -> Vec<Cause> {
    let faults = CertificateFault::ALL.iter().filter(|fault| **fault != CertificateFault::VerifyDepth);
    let owners = [Role::Server, Role::Client];
    let certificates =
        owners.into_iter().flat_map(|owner| faults.clone().map(move |fault| cause(owner, *fault)));
    certificates
        .chain([
            Cause::ServerCertHostnameMismatch,
            Cause::ServerCertStaplingRequired,
            Cause::ServerCertRejected,
            Cause::ClientCertRejected,
        ])
        .collect()
}

/// What a verifier's alert is worth (RFC 8446, section 6.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// It can be about nothing but a certificate.
    Certificate,
    /// It can be about a certificate, among other things.
    Maybe,
}

fn word(description: Alert) -> Option<Word> {
    match description {
        Alert::BAD_CERTIFICATE
        | Alert::UNSUPPORTED_CERTIFICATE
        | Alert::CERTIFICATE_REVOKED
        | Alert::CERTIFICATE_EXPIRED
        | Alert::CERTIFICATE_UNKNOWN
        | Alert::UNKNOWN_CA
        | Alert::ACCESS_DENIED
        | Alert::BAD_CERTIFICATE_STATUS_RESPONSE => Some(Word::Certificate),
        Alert::DECRYPT_ERROR | Alert::DECODE_ERROR | Alert::ILLEGAL_PARAMETER | Alert::INTERNAL_ERROR => {
            Some(Word::Maybe)
        }
        _ => None,
    }
}

fn own_certificate(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let alert = handshake.fatal_alert(Direction::Received)?;
    let word = word(alert.description)?;
    let chain =
        handshake.own_chain().filter(|chain| !chain.certificates.is_empty() && chain.event < alert.event)?;
    let owner = handshake.role;
    let finding = match word {
        Word::Certificate => look(handshake, owner, chain, alert),
        Word::Maybe => perhaps(handshake, owner, chain, alert)?,
    };
    let peer = owner.peer().as_str();
    Some(finding.see(alert.event, format!("alert from the {peer}"), alert.description).see(
        chain.event,
        "own Certificate",
        subjects(chain),
    ))
}

fn subjects(chain: &Chain) -> String {
    const SHOWN: usize = 4;
    let subjects = chain.certificates.iter().map(|shown| shown.certificate.subject_text());
    let mut shown: Vec<_> = subjects.take(SHOWN).map(str::to_owned).collect();
    if chain.certificates.len() > SHOWN {
        shown.push(format!("and {} more", chain.certificates.len() - SHOWN));
    }
    format!("{} sent, {} bytes: {}", chain.certificates.len(), chain.size, shown.join(" | "))
}

/// The alert is about the certificate.
fn look(handshake: &Handshake, owner: Role, chain: &At<Chain>, alert: &At<AlertSeen>) -> Finding {
    if alert.description == Alert::BAD_CERTIFICATE_STATUS_RESPONSE && owner == Role::Server {
        return stapling(handshake);
    }
    let suspicions = exam::examine(handshake, owner, chain);
    let telling = suspicions.iter().position(|one| one.alerts.contains(&alert.description));
    let vague = exam::is_vague(alert.description);
    let chosen = telling.or_else(|| (vague && !suspicions.is_empty()).then_some(0));
    if let Some(chosen) = chosen {
        return suspected(owner, &suspicions, chosen, alert);
    }
    let peer = owner.peer().as_str();
    match alert.description {
        Alert::UNKNOWN_CA => unknown_ca(handshake, owner, chain),
        Alert::CERTIFICATE_REVOKED => found(
            owner,
            CertificateFault::Revoked,
            Confidence::Certain,
            format!("The {peer} says that this {}'s certificate has been revoked.", owner.as_str()),
            explanation(owner, alert),
        ),
        Alert::CERTIFICATE_EXPIRED => outdated(owner, alert),
        _ => rejected(owner, alert, &suspicions, Confidence::Likely),
    }
}

/// A fault that the look found, and that fits the alert; the others that fit stand beside it.
fn suspected(owner: Role, suspicions: &[Suspicion], chosen: usize, alert: &AlertSeen) -> Finding {
    let one = &suspicions[chosen];
    let vague = exam::is_vague(alert.description);
    let fits = |other: &Suspicion| vague || other.alerts.contains(&alert.description);
    let rivals: Vec<_> = suspicions.iter().filter(|other| other.fault != one.fault && fits(other)).collect();
    // An alert of that one meaning, and the fault in plain sight: nothing else fits.
    let plain = matches!(
        alert.description,
        Alert::CERTIFICATE_EXPIRED | Alert::UNSUPPORTED_CERTIFICATE | Alert::DECRYPT_ERROR
    );
    let confidence = if plain && rivals.is_empty() { Confidence::Certain } else { Confidence::Likely };
    let summary = format!("{}: {}.", exam::refused(owner), one.why);
    let mut finding = match one.fault {
        Suspect::Fault(fault) => found(owner, fault, confidence, summary, explanation(owner, alert)),
        Suspect::Hostname => advise_name(
            Finding::new(Cause::ServerCertHostnameMismatch, confidence, owner, summary)
                .explain(explanation(owner, alert)),
        ),
    };
    for rival in rivals {
        finding = finding.or(suspect_cause(owner, rival.fault), format!("{}, too", rival.why));
    }
    if vague {
        let tell = format!("the {}'s own record or log has the reason", owner.peer().as_str());
        finding = finding.or(rejected_cause(owner), tell);
    }
    finding
}

fn suspect_cause(owner: Role, suspect: Suspect) -> Cause {
    match suspect {
        Suspect::Fault(fault) => cause(owner, fault),
        Suspect::Hostname => Cause::ServerCertHostnameMismatch,
    }
}

fn found(
    owner: Role,
    fault: CertificateFault,
    confidence: Confidence,
    summary: String,
    explanation: String,
) -> Finding {
    advise(Finding::new(cause(owner, fault), confidence, owner, summary).explain(explanation), owner, fault)
}

fn explanation(owner: Role, alert: &AlertSeen) -> String {
    format!(
        "It is this {owner}'s certificate that was refused, not the {peer}'s: the {peer}'s alert says \"{}\" and no more. This is \
         what a verifier finds in the certificates that were sent.",
        alert.description,
        owner = owner.as_str(),
        peer = owner.peer().as_str()
    )
}

/// The alert may be about something else, so only what fits it exactly is named.
fn perhaps(handshake: &Handshake, owner: Role, chain: &At<Chain>, alert: &At<AlertSeen>) -> Option<Finding> {
    /// No honest chain is so long, and some verifiers read no more (GnuTLS, schannel).
    const LONG: usize = 10_000;
    /// What OpenSSL reads unless told otherwise (`SSL_CTX_set_max_cert_list(3)`).
    const OPENSSL_LIMIT: usize = 102_400;
    let peer = owner.peer().as_str();
    let suspicions = exam::examine(handshake, owner, chain);
    if alert.description == Alert::ILLEGAL_PARAMETER {
        let confidence = match chain.size {
            OPENSSL_LIMIT.. => Confidence::Likely,
            LONG.. => Confidence::Possible,
            _ => return None,
        };
        let summary = format!(
            "The {peer} refused the {} Certificate message, most probably for its size: {} certificates in {} bytes.",
            possessive(owner),
            chain.certificates.len(),
            chain.size
        );
        let why = "OpenSSL reads 100 kB of certificates unless told otherwise and answers more with illegal_parameter.";
        return Some(found(owner, CertificateFault::ChainTooLarge, confidence, summary, why.to_owned()).or(
            Cause::SigalgPeerUsedUnoffered,
            "the same alert answers a signature that was not offered; compare the schemes",
        ));
    }
    let telling = suspicions.iter().position(|one| one.alerts.contains(&alert.description));
    if let Some(chosen) = telling {
        return Some(suspected(owner, &suspicions, chosen, alert));
    }
    match alert.description {
        Alert::DECRYPT_ERROR if signed(handshake, owner) => Some(unproven(handshake, owner)),
        Alert::INTERNAL_ERROR if settled_by_callback(handshake, owner, alert) => {
            Some(rejected(owner, alert, &suspicions, Confidence::Likely))
        }
        _ => None,
    }
}

/// Whether this side's handshake signature went out.
fn signed(handshake: &Handshake, owner: Role) -> bool {
    let psk = handshake.answer.as_ref().is_some_and(|answer| answer.selected_psk.is_some());
    !psk && match owner {
        Role::Server => handshake.server_signature.is_some(),
        Role::Client => handshake.client_signature.is_some(),
    }
}

/// OpenSSL says internal_error when the application's own callback refuses a certificate without naming a fault. A server
/// that has read the client's proof has nothing else left to fail at; a client says so in the clear (TLS 1.3), or where it
/// has nothing to sign itself.
fn settled_by_callback(handshake: &Handshake, owner: Role, alert: &AlertSeen) -> bool {
    match owner {
        Role::Client => handshake.client_signature.is_some(),
        Role::Server => {
            handshake.client_chain.is_none()
                && !alert.sealed
                && (handshake.is_tls13() || handshake.request.is_none())
        }
    }
}

fn unproven(handshake: &Handshake, owner: Role) -> Finding {
    let peer = owner.peer().as_str();
    let summary =
        format!("The {peer} found the signature wrong that this {} proved its key with.", owner.as_str());
    let scheme = match owner {
        Role::Server => &handshake.server_signature,
        Role::Client => &handshake.client_signature,
    };
    let mut finding = found(
        owner,
        CertificateFault::ProofFailed,
        Confidence::Likely,
        summary,
        "decrypt_error after a CertificateVerify or ServerKeyExchange means that the signature does not fit the certificate's \
         key or the messages: another key, a signer that computes wrong, or messages changed in transit."
            .to_owned(),
    );
    if let Some(scheme) = scheme {
        finding = finding.see(scheme.event, "own signature", scheme.value);
    }
    let chain = cause(owner, CertificateFault::BadSignature);
    let checked = handshake.own.iter().any(|own| !own.configured.chain.is_empty());
    if checked {
        finding.or(chain, "the signatures between the certificates are in order here; the verifier may hold another issuer of that name")
    } else {
        finding.or(
            chain,
            "the same alert says that a CA's signature on the certificate is wrong: openssl verify tells",
        )
    }
}

fn stapling(handshake: &Handshake) -> Finding {
    let finding = Finding::new(
        Cause::ServerCertStaplingRequired,
        Confidence::Likely,
        Role::Server,
        "The client insists on a stapled OCSP response and did not get a good one.",
    )
    .explain("The client asked with status_request and refused what the server stapled to its certificate, or that it stapled nothing.");
    let finding = match handshake.server_chain.as_ref().and_then(|chain| chain.leaf()) {
        Some(leaf) if leaf.must_staple => finding.see(None, "own certificate", "must staple (RFC 7633)"),
        _ => finding,
    };
    advise_stapling(finding)
}

pub(super) fn advise_stapling(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the server staple a response of its CA's OCSP responder:")
        .advise(
            Stack::Nginx,
            "ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate /path/ca-chain.pem;",
        )
        .note("needs a resolver; the first connections after a start go without a response")
        .advise(Stack::Apache, "SSLUseStapling on\nSSLStaplingCache shmcb:/run/stapling(128000)")
        .advise(Stack::Openssl, "openssl s_server … -status_file response.der")
        .advise(Stack::Any, "or do not insist at the client: a CA without OCSP has nothing to staple")
        .note("weaker: then a revoked certificate passes unless the client asks elsewhere")
}

/// By this clock nothing has expired: it is what the verifier holds, or its clock.
fn outdated(owner: Role, alert: &AlertSeen) -> Finding {
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
        "The {peer} says \"expired\", and nothing that this {} sent has: most probably the {peer}'s {what}.",
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

fn unknown_ca(handshake: &Handshake, owner: Role, chain: &Chain) -> Finding {
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

fn rejected_cause(owner: Role) -> Cause {
    match owner {
        Role::Server => Cause::ServerCertRejected,
        Role::Client => Cause::ClientCertRejected,
    }
}

fn rejected(owner: Role, alert: &AlertSeen, suspicions: &[Suspicion], confidence: Confidence) -> Finding {
    let peer = owner.peer().as_str();
    let seen = if suspicions.is_empty() {
        "Seen from here its dates, purpose and names are in order"
    } else {
        "What can be seen from here does not explain this alert"
    };
    let mut finding = Finding::new(
        rejected_cause(owner),
        confidence,
        owner,
        format!("The {peer} refused the {} certificate and says no more than \"{}\".", possessive(owner), alert.description),
    )
    .explain(format!(
        "It is this {}'s certificate that was refused, not the {peer}'s. {seen}; the reason stands in the {peer}'s own record or log.",
        owner.as_str()
    ));
    if alert.description == Alert::INTERNAL_ERROR {
        return finding.advise(
            Stack::Any,
            format!("look into the {peer}'s application: its own check of the certificate said no"),
        );
    }
    if exam::is_vague(alert.description) {
        if owner == Role::Server {
            finding = finding.or(
                Cause::ServerCertHostnameMismatch,
                "a client that asks for an address sends no server_name: compare the address with subjectAltName",
            );
        }
        finding = finding
            .or(
                cause(owner, CertificateFault::UnknownIssuer),
                "Java, Go and browsers say this of any CA that they do not trust",
            )
            .or(
                cause(owner, CertificateFault::WeakKey),
                "the verifier's policy may ask for more than 112 bits of strength",
            )
            .or(
                cause(owner, CertificateFault::NameConstraints),
                "the verifier's root may not be allowed to issue for this name",
            );
    }
    finding.advise(Stack::Any, format!("look into the {peer}'s log, or record the handshake there"))
}
