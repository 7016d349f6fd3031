//! The peer refused this side's certificate with an alert that says little: look at the own certificate with its eyes.
//!
//! Needs: the alert received, the chain that this side sent and what [`exam`] finds in it, the time, what the peer asked for.

use super::certificate::{self, cause, possessive, rejected_cause};
use super::exam::{self, Suspect, Suspicion, suspect_cause};
use super::stapling::stapling;
use super::unproven::{other_issuer, unproven};
use super::untrusted::{explanation, found, outdated, unknown_ca};
use crate::diagnose::knowledge::client_auth::see_log;
use crate::diagnose::knowledge::names::right_name;
use crate::diagnose::wording::perhaps as in_words;
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
        _ => rejected(owner, alert, chain, &suspicions),
    }
}

/// A fault that the look found, and that fits the alert; the others that fit stand beside it.
fn suspected(owner: Role, suspicions: &[Suspicion], chosen: usize, alert: &AlertSeen) -> Finding {
    let one = &suspicions[chosen];
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
        _ if plain && rivals.is_empty() => Confidence::Certain,
        _ => Confidence::Likely,
    };
    let summary = match confidence {
        Confidence::Certain => format!("{}: {}.", exam::refused(owner), one.why),
        Confidence::Likely => format!("{}: probably since {}.", exam::refused(owner), one.why),
        Confidence::Possible => format!(
            "The {} broke off after it had seen the {} certificate: it may be since {}.",
            owner.peer().as_str(),
            possessive(owner),
            one.why
        ),
    };
    let mut finding = match one.fault {
        Suspect::Fault(fault) => found(owner, fault, confidence, summary, explanation(owner, alert)),
        Suspect::Hostname => right_name(
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
        return Some(suspected(owner, &suspicions, chosen, alert));
    }
    match alert.description {
        Alert::DECRYPT_ERROR if signed(handshake, owner) => Some(match handshake.signatures.own_proof {
            Some(true) => other_issuer(handshake, owner, chain),
            _ => unproven(handshake, owner),
        }),
        Alert::INTERNAL_ERROR if settled_by_callback(handshake, owner, alert) => Some(match suspicions[..] {
            [] => rejected(owner, alert, chain, &suspicions),
            _ => suspected(owner, &suspicions, 0, alert),
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
            format!("whether the {peer} trusts this certificate's CA"),
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

/// A leaf that came without its issuer: right where a root issued it, and only there.
fn is_lone(chain: &Chain) -> bool {
    chain.certificates.len() == 1
        && chain.leaf().is_some_and(|leaf| leaf.subject_text() != leaf.issuer_text())
}

const LONE: &str =
    "one certificate was sent: if its issuer is no root, the issuer's own has to be sent with it";

fn rejected(owner: Role, alert: &AlertSeen, chain: &Chain, suspicions: &[Suspicion]) -> Finding {
    let peer = owner.peer().as_str();
    let seen = if suspicions.is_empty() {
        "Seen from here its dates, purpose and names are in order"
    } else {
        "What can be seen from here does not explain this alert"
    };
    let confidence =
        if alert.description == Alert::INTERNAL_ERROR { Confidence::Possible } else { Confidence::Likely };
    let clause = in_words(confidence, &format!("it refused the {} certificate", possessive(owner)));
    let mut finding = Finding::new(
        rejected_cause(owner),
        confidence,
        owner,
        format!("The {peer} says no more than \"{}\": {clause}.", alert.description),
    )
    .explain(format!(
        "It is this {}'s certificate that was refused, not the {peer}'s. {seen}; the reason stands in the {peer}'s own record or log.",
        owner.as_str()
    ));
    if alert.description == Alert::INTERNAL_ERROR {
        return of_application(finding, owner, chain);
    }
    if exam::is_vague(alert.description) {
        finding = or_faults_unseen(finding, owner, chain);
    }
    finding.with(|finding| see_log(finding, peer))
}

/// The peer's own program said no.
fn of_application(mut finding: Finding, owner: Role, chain: &Chain) -> Finding {
    let peer = owner.peer().as_str();
    // mod_ssl says so of a chain that is longer than SSLVerifyDepth.
    if owner == Role::Client && chain.path().len() > 1 {
        finding = finding.or(
            cause(owner, CertificateFault::VerifyDepth),
            "Apache's log says \"Certificate Chain too long\": its SSLVerifyDepth",
        );
    }
    if owner == Role::Server {
        finding = finding.or(
                Cause::ConfigSecurityLevel,
                "the client's own certificate or key may be below its own security level: its error message says so",
            );
    }
    finding
        .or(
            Cause::ConfigCallbackFailed,
            format!("the {peer}'s own log: whether another callback of its program failed"),
        )
        .or(cause(owner, CertificateFault::UnknownIssuer), "the application may check the issuer itself")
        .advise(
            Stack::Any,
            format!("look into the {peer}'s application: its own check of the certificate said no"),
        )
}

/// What a vague alert may mean, and cannot be seen from here.
fn or_faults_unseen(mut finding: Finding, owner: Role, chain: &Chain) -> Finding {
    let peer = owner.peer().as_str();
    if chain.compression.is_some() && chain.uncompressed_size() >= LONG_CHAIN {
        finding = finding.or(
            cause(owner, CertificateFault::ChainTooLarge),
            format!(
                "{} bytes of certificates before compression: the {peer} may read less than that",
                chain.uncompressed_size()
            ),
        );
    }
    if owner == Role::Server {
        finding = finding.or(
            Cause::ServerCertHostnameMismatch,
            "a client that asks for an address sends no server_name: compare the address with subjectAltName",
        );
    }
    if is_lone(chain) {
        finding = finding.or(cause(owner, CertificateFault::IncompleteChain), LONE);
    }
    finding
            .or(
                cause(owner, CertificateFault::UnknownIssuer),
                "Java, Go and browsers say this of any CA that they do not trust",
            )
            .or(
                cause(owner, CertificateFault::BadSignature),
                "the verifier may hold another issuer of that name, or the certificate was altered: openssl verify tells",
            )
            .or(
                cause(owner, CertificateFault::WeakKey),
                "the verifier's policy may ask for more than 112 bits of strength",
            )
            .or(
                cause(owner, CertificateFault::NotYetValid),
                format!("the {peer}'s clock may be behind: compare it"),
            )
            .or(
                cause(owner, CertificateFault::CrlUnavailable),
                "the verifier's revocation list may not be valid yet, or may not be readable",
            )
            .or(
                cause(owner, CertificateFault::NameConstraints),
                "the verifier's root may not be allowed to issue for this name",
            )
}

#[cfg(test)]
mod tests {
    use crate::wire::SignatureScheme;
    use std::sync::Arc;

    use super::*;
    use crate::handshake::{OutcomeKind, Presented};
    use crate::wire::x509::{Certificate, Key, KeyKind, Name};

    /// An owner whose lone leaf was refused by this alert.
    fn refused(role: Role, leaf: Certificate, alert: Alert) -> Handshake {
        let mut handshake = Handshake::blank(role).with_alert(Direction::Received, alert);
        let shown = Presented { der: Arc::from(&b"leaf"[..]), certificate: Arc::new(leaf) };
        let chain =
            Some(At { event: 5, value: Chain { certificates: vec![shown], size: 700, ..Chain::default() } });
        match role {
            Role::Server => handshake.server_chain = chain,
            Role::Client => handshake.client_chain = chain,
        }
        handshake
    }

    fn leaf() -> Certificate {
        let name = |text: &str| Some(Name { text: text.to_owned(), common_name: None, der: text.into() });
        Certificate { subject: name("CN=leaf"), issuer: name("CN=issuer"), ..Certificate::default() }
    }

    fn named(handshake: &Handshake) -> (Cause, Confidence) {
        let finding = own_certificate(handshake).expect("a finding");
        assert!(finding.evidence.iter().any(|seen| seen.event == Some(90)), "the alert is evidence");
        (finding.cause, finding.confidence)
    }

    #[test]
    fn a_fault_in_plain_sight_and_its_own_alert_are_certain() {
        let mut expired = leaf();
        expired.not_after = Some(-5);
        let fault = cause(Role::Client, CertificateFault::Expired);
        let handshake = refused(Role::Client, expired.clone(), Alert::CERTIFICATE_EXPIRED);
        assert_eq!(named(&handshake), (fault, Confidence::Certain));
        let handshake = refused(Role::Client, expired.clone(), Alert::CERTIFICATE_UNKNOWN);
        assert_eq!(named(&handshake), (fault, Confidence::Likely));
        // That it has expired does not explain an authority that is not known.
        let handshake = refused(Role::Client, expired, Alert::UNKNOWN_CA);
        assert_eq!(named(&handshake).0, cause(Role::Client, CertificateFault::UnknownIssuer));
    }

    #[test]
    fn what_fits_as_well_stands_beside() {
        let mut weak = leaf();
        weak.key = Some(Key { kind: KeyKind::Rsa, bits: Some(1024) });
        weak.not_before = Some(5);
        let finding =
            own_certificate(&refused(Role::Server, weak, Alert::BAD_CERTIFICATE)).expect("a finding");
        assert_eq!(finding.cause, cause(Role::Server, CertificateFault::NotYetValid));
        let rivals: Vec<_> = finding.alternatives.iter().map(|other| other.cause).collect();
        assert!(rivals.contains(&cause(Role::Server, CertificateFault::WeakKey)), "{rivals:?}");
    }

    #[test]
    fn an_alert_of_many_meanings_needs_more_than_itself() {
        for alert in
            [Alert::DECRYPT_ERROR, Alert::DECODE_ERROR, Alert::ILLEGAL_PARAMETER, Alert::INTERNAL_ERROR]
        {
            assert_eq!(own_certificate(&refused(Role::Client, leaf(), alert)), None, "{alert}");
        }
        let mut signed = refused(Role::Client, leaf(), Alert::DECRYPT_ERROR);
        signed.client_signature = Some(At { event: 6, value: SignatureScheme::ED25519 });
        assert_eq!(named(&signed).0, cause(Role::Client, CertificateFault::ProofFailed));
        let mut long = refused(Role::Client, leaf(), Alert::ILLEGAL_PARAMETER);
        long.client_chain.as_mut().expect("a chain").value.size = 120_000;
        assert_eq!(named(&long), (cause(Role::Client, CertificateFault::ChainTooLarge), Confidence::Likely));
    }

    #[test]
    fn nothing_is_said_of_a_handshake_that_was_established() {
        let mut handshake = refused(Role::Server, leaf(), Alert::BAD_CERTIFICATE);
        handshake.outcome.kind = OutcomeKind::EstablishedUnverified;
        assert_eq!(own_certificate(&handshake), None);
    }

    #[test]
    fn an_alert_before_the_certificate_is_not_about_it() {
        let mut handshake = refused(Role::Server, leaf(), Alert::BAD_CERTIFICATE);
        handshake.server_chain.as_mut().expect("a chain").event = 95;
        assert_eq!(own_certificate(&handshake), None);
    }
}
