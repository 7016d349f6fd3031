//! The peer refused this side's certificate with an alert that says little: look at the own certificate with its eyes.
//!
//! Needs: the alert received, the chain that this side sent and what [`exam`] finds in it, the time, what the peer asked for.

mod bare;
#[cfg(test)]
mod tests;

use bare::{LONE, is_lone, rejected};

use super::certificate::{self, cause, possessive, rejected_cause};
use super::exam::{self, Suspect, Suspicion, suspect_cause};
use super::peer_library::{has_a_word_for_each, has_one_word_for_all, may_be_openssl};
use super::stapling::stapling;
use super::unproven::{other_issuer, unproven};
use super::untrusted::{explanation, found, outdated, unknown_ca};
use crate::diagnose::knowledge::certificates::which_is_revoked;
use crate::diagnose::wording::perhaps as in_words;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
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
        certificate::shown(chain),
    ))
}

/// The alert is about the certificate.
fn look(handshake: &Handshake, owner: Role, chain: &At<Chain>, alert: &At<AlertSeen>) -> Finding {
    if alert.description == Alert::BAD_CERTIFICATE_STATUS_RESPONSE && owner == Role::Server {
        return stapling(handshake);
    }
    let suspicions = exam::examine(handshake, owner, chain);
    // Under compression the answer to a chain that is too long is bad_certificate.
    let size = chain.compression.map_or(0, |_| chain.uncompressed_size());
    let too_large = alert.description == Alert::BAD_CERTIFICATE && size >= OPENSSL_LIMIT;
    if too_large {
        return for_its_size(owner, chain, Confidence::Likely);
    }
    let telling = suspicions.iter().position(|one| one.alerts.contains(&alert.description));
    let vague = exam::is_vague(alert.description);
    let precise = has_a_word_for_each(handshake, owner);
    // OpenSSL would have named that fault by its own alert, and says this one of another.
    let not_excluded = |one: &Suspicion| {
        !precise || one.alerts.is_empty() || one.alerts.iter().any(|one| exam::is_vague(*one))
    };
    let chosen = telling.or_else(|| suspicions.iter().position(not_excluded).filter(|_| vague));
    if let Some(chosen) = chosen {
        return suspected(handshake, owner, &suspicions, chosen, alert);
    }
    match alert.description {
        Alert::UNKNOWN_CA => unknown_ca(handshake, owner, chain),
        Alert::CERTIFICATE_REVOKED => revoked(owner, chain, alert),
        Alert::CERTIFICATE_EXPIRED => outdated(owner, alert),
        _ => {
            let closer = closer(handshake, owner, chain, alert);
            // That is known of no verifier for sure, so it stands beside.
            let minded = |one: &Suspicion| one.fault != Suspect::Unoffered;
            match closer.iter().position(minded).filter(|_| suspicions.is_empty()) {
                Some(chosen) => suspected(handshake, owner, &closer, chosen, alert),
                None => {
                    let finding = rejected(handshake, owner, alert, chain, &suspicions);
                    match closer.into_iter().find(|one| !minded(one)) {
                        Some(one) => finding.or(suspect_cause(owner, one.fault), one.why),
                        None => finding,
                    }
                }
            }
        }
    }
}

/// The verifier's list is the verifier's; which certificate of several stands on it the alert does not say.
fn revoked(owner: Role, chain: &Chain, alert: &AlertSeen) -> Finding {
    let (peer, own) = (owner.peer().as_str(), owner.as_str());
    let why = explanation(owner, alert);
    if chain.path().len() < 2 {
        let summary = format!("The {peer} says that this {own}'s certificate has been revoked.");
        return found(owner, CertificateFault::Revoked, Confidence::Certain, summary, why);
    }
    let summary =
        format!("The {peer} says that this {own}'s certificate, or a CA's above it, has been revoked.");
    Finding::new(cause(owner, CertificateFault::Revoked), Confidence::Certain, owner, summary)
        .explain(why)
        .with(which_is_revoked)
}

/// What not all verifiers mind, where the alert fits.
fn closer(handshake: &Handshake, owner: Role, chain: &Chain, alert: &AlertSeen) -> Vec<Suspicion> {
    let mut found = if exam::is_vague(alert.description) {
        exam::minded_by_some(handshake, owner, chain)
    } else {
        Vec::new()
    };
    if may_be_openssl(handshake, owner) {
        found.extend(exam::against_a_rule(chain).filter(|rule| rule.alerts.contains(&alert.description)));
    }
    found
}

/// A fault that the look found, and that fits the alert; the others that fit stand beside it.
fn suspected(
    handshake: &Handshake,
    owner: Role,
    suspicions: &[Suspicion],
    chosen: usize,
    alert: &AlertSeen,
) -> Finding {
    let one = &suspicions[chosen];
    // OpenSSL, as which the client's hello looks, has another alert for this fault.
    let amiss = owner == Role::Server
        && handshake.offer.is_some()
        && !one.alerts.contains(&alert.description)
        && may_be_openssl(handshake, owner);
    let vague = exam::is_vague(alert.description) || alert.description == Alert::INTERNAL_ERROR;
    let fits = |other: &Suspicion| vague || other.alerts.contains(&alert.description);
    let rivals: Vec<_> = suspicions.iter().filter(|other| other.fault != one.fault && fits(other)).collect();
    // An alert of that one meaning, and the fault in plain sight: nothing else fits.
    let plain = matches!(
        alert.description,
        Alert::CERTIFICATE_EXPIRED | Alert::UNSUPPORTED_CERTIFICATE | Alert::DECRYPT_ERROR
    );
    let confidence = match alert.description {
        // The verifier failed for reasons of its own, by its own word.
        Alert::INTERNAL_ERROR => Confidence::Possible,
        _ if amiss => Confidence::Possible,
        _ if one.fault == Suspect::Hostname && has_one_word_for_all(handshake) => Confidence::Possible,
        // Few verifiers mind.
        _ if matches!(one.fault, Suspect::Rule(_)) => Confidence::Possible,
        _ if one.fault == Suspect::Hostname && one.alerts.is_empty() => Confidence::Possible,
        // GnuTLS looks at the purpose only if its program asks for it, and has this word for all that it finds.
        _ if one.fault == PURPOSE && alert.description == Alert::ACCESS_DENIED => Confidence::Possible,
        _ if plain && rivals.is_empty() => Confidence::Certain,
        _ => Confidence::Likely,
    };
    let summary = match confidence {
        Confidence::Certain => format!("{}: {}.", exam::refused(owner), one.why),
        Confidence::Likely => format!("{}: probably since {}.", exam::refused(owner), one.why),
        Confidence::Possible if alert.description != Alert::INTERNAL_ERROR => {
            format!("{}: it may be because {}.", exam::refused(owner), one.why)
        }
        Confidence::Possible => format!(
            "The {} broke off after it had seen the {} certificate: it may be because {}.",
            owner.peer().as_str(),
            possessive(owner),
            one.why
        ),
    };
    let finding = Finding::new(suspect_cause(owner, one.fault), confidence, owner, summary)
        .explain(explanation(owner, alert));
    let mut finding = one.advise(finding, owner);
    for rival in rivals {
        finding = finding.or(suspect_cause(owner, rival.fault), format!("{}, too", rival.why));
    }
    if one.fault == PURPOSE && alert.description == Alert::ACCESS_DENIED {
        finding = finding.or(cause(owner, CertificateFault::WeakKey), profile_above(owner));
    }
    if vague {
        // OpenSSL has another alert for an issuer that is not found.
        let of_issuer = !may_be_openssl(handshake, owner) || has_one_word_for_all(handshake);
        if matches!(one.fault, Suspect::Rule(_)) || (one.fault == Suspect::Hostname && of_issuer) {
            let tell = "Java, GnuTLS and browsers say this of any CA that they do not trust";
            finding = finding.or(cause(owner, CertificateFault::UnknownIssuer), tell);
        }
        let tell = format!("the {}'s own record or log has the reason", owner.peer().as_str());
        if finding.cause != rejected_cause(owner) {
            finding = finding.or(rejected_cause(owner), tell);
        }
        if alert.description == Alert::INTERNAL_ERROR {
            let tell =
                format!("the {}'s own log: whether a callback of its program failed", owner.peer().as_str());
            finding = finding.or(Cause::ConfigCallbackFailed, tell);
        }
    }
    finding
}

/// No honest chain is so long, and some verifiers read no more (GnuTLS, schannel).
pub(super) const LONG_CHAIN: usize = 10_000;

/// What OpenSSL reads unless told otherwise (`SSL_CTX_set_max_cert_list(3)`).
const OPENSSL_LIMIT: usize = 102_400;

fn for_its_size(owner: Role, chain: &Chain, confidence: Confidence) -> Finding {
    let summary = format!(
        "The {} refused the {} Certificate message: {}, {} certificates in {} bytes.",
        owner.peer().as_str(),
        possessive(owner),
        in_words(confidence, "it is too large"),
        chain.certificates.len(),
        chain.uncompressed_size()
    );
    let why = "OpenSSL reads 100 kB of certificates unless told otherwise, and answers more with illegal_parameter, or with \
               bad_certificate where they came compressed.";
    found(owner, CertificateFault::ChainTooLarge, confidence, summary, why.to_owned())
}

const PURPOSE: Suspect = Suspect::Fault(CertificateFault::WrongPurpose);

/// The alert may be about something else, so only what fits it exactly is named.
fn perhaps(handshake: &Handshake, owner: Role, chain: &At<Chain>, alert: &At<AlertSeen>) -> Option<Finding> {
    let suspicions = exam::examine(handshake, owner, chain);
    if alert.description == Alert::ILLEGAL_PARAMETER {
        let confidence = match chain.uncompressed_size() {
            OPENSSL_LIMIT.. => Confidence::Likely,
            LONG_CHAIN.. => Confidence::Possible,
            _ => return None,
        };
        return Some(for_its_size(owner, chain, confidence).or(
            Cause::SigalgPeerUsedUnoffered,
            "the same alert answers a signature that was not offered; compare the schemes",
        ));
    }
    let telling = suspicions.iter().position(|one| one.alerts.contains(&alert.description));
    if let Some(chosen) = telling {
        return Some(suspected(handshake, owner, &suspicions, chosen, alert));
    }
    match alert.description {
        Alert::DECRYPT_ERROR if signed(handshake, owner) => Some(match handshake.signatures.own_proof {
            Some(true) => other_issuer(handshake, owner, chain),
            _ => unproven(handshake, owner),
        }),
        Alert::INTERNAL_ERROR if settled_by_callback(handshake, owner, alert) => Some(match suspicions[..] {
            [] => rejected(handshake, owner, alert, chain, &suspicions),
            _ => suspected(handshake, owner, &suspicions, 0, alert),
        }),
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
            !handshake.certificate_came(Role::Client)
                && !alert.sealed
                && (handshake.is_tls13() || handshake.request.is_none())
        }
    }
}

/// What a stricter profile of GnuTLS's minds.
pub(super) fn profile_above(owner: Role) -> String {
    format!(
        "the {}'s policy (a profile of GnuTLS's such as ULTRA) may ask for a longer key",
        owner.peer().as_str()
    )
}

/// Some applications look at the peer's certificate themselves, as those of Node.js do, and hang up without an alert if they do not
/// like it: what they may have found stands beside the finding.
pub(super) fn silently(handshake: &Handshake, finding: Finding) -> Finding {
    let owner = handshake.role;
    let Some(chain) = handshake.own_chain().filter(|chain| !chain.certificates.is_empty()) else {
        return finding;
    };
    let peer = owner.peer().as_str();
    let seen = exam::examine(handshake, owner, chain);
    let seen = seen.into_iter().map(|one| (suspect_cause(owner, one.fault), one.why));
    let lone = is_lone(chain).then(|| (cause(owner, CertificateFault::IncompleteChain), LONE.to_owned()));
    let name = (owner == Role::Server).then(|| {
        (
            Cause::ServerCertHostnameMismatch,
            "the name that the client compares, which may not be the one that it sends".to_owned(),
        )
    });
    let unseen = [
        (
            cause(owner, CertificateFault::BadSignature),
            "whether the certificate was altered, or another CA of that name is trusted: openssl verify tells".to_owned(),
        ),
        (
            cause(owner, CertificateFault::UnknownIssuer),
            format!(
                "whether the {peer} trusts this certificate's CA: its alert may not have left it, as with Python's asyncio"
            ),
        ),
        (
            rejected_cause(owner),
            format!(
                "an application whose own check refuses a certificate hangs up like this: look into the {peer}'s log"
            ),
        ),
    ];
    seen.chain(lone).chain(name).chain(unseen).fold(finding, |finding, (cause, tell)| {
        let told = finding.alternatives.iter().any(|other| other.cause == cause);
        if told { finding } else { finding.or(cause, tell) }
    })
}
