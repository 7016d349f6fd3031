//! The founding case: the client has a certificate, and its signer (smart card, HSM, PKCS#11 token) refuses the scheme that
//! was negotiated.
//!
//! Needs: CertificateRequest, the client's Certificate or its absence, no CertificateVerify; at the client the error queue,
//! at the server the alert or the end of the connection.

use super::rejected::silently;
use crate::diagnose::fit;
use crate::diagnose::knowledge::signatures;
use crate::diagnose::library;
use crate::diagnose::wording::perhaps;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role, TransportEnd};
use crate::handshake::{At, Handshake, Request};
use crate::wire::x509::KeyKind;
use crate::wire::{AlertDescription, HandshakeType, ProtocolVersion, SignatureScheme};

pub(in crate::diagnose) const REFUSED: Rule =
    Rule { name: "signer::refused", find: refused, causes: || vec![Cause::SigalgSignerRefused] };

fn refused(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || handshake.client_signature.is_some() {
        return None;
    }
    let request = handshake.request.as_ref().filter(|request| !request.post_handshake)?;
    let finding = match handshake.role {
        Role::Client => at_client(handshake, request)?,
        Role::Server => at_server(handshake, request)?,
    };
    Some(advise(finding, handshake))
}

/// This side's own signer failed: the error queue has its complaint, under the one of the ssl library.
fn at_client(handshake: &Handshake, request: &At<Request>) -> Option<Finding> {
    let chain = handshake.client_chain.as_ref().filter(|chain| !chain.certificates.is_empty())?;
    if handshake.outcome.stage != Some(HandshakeType::CERTIFICATE_VERIFY) {
        return None;
    }
    let complaint = library::foreign(handshake).next()?;
    let scheme = negotiated(handshake, request);
    let scheme_text = scheme.map_or_else(|| "the negotiated scheme".to_owned(), |scheme| scheme.to_string());
    let mut finding = Finding::new(
        Cause::SigalgSignerRefused,
        Confidence::Certain,
        Side::Client,
        format!("The client's signer (smart card, HSM or token) refused to sign with {scheme_text}."),
    )
    .explain(explanation(scheme))
    .see(request.event, "CertificateRequest.signature_algorithms", schemes(request));
    if let Some(scheme) = scheme {
        finding = finding.see(request.event, "scheme that fits this key first", scheme);
    }
    if let Some(leaf) = chain.leaf() {
        let key = leaf.key.as_ref().map_or_else(String::new, |key| format!(", {key}"));
        finding = finding.see(chain.event, "client's Certificate", format!("{}{key}", leaf.subject_text()));
    }
    finding = finding.see(complaint.event, "error queue", library::show(complaint));
    Some(finding.not(Cause::ClientCertMissing, "the certificate was sent; the proof of its key was not"))
}

/// The server sees a client that stops where its signature is due.
fn at_server(handshake: &Handshake, request: &At<Request>) -> Option<Finding> {
    let pss = request.signature_schemes.iter().flatten().any(|scheme| fit::is_pss(*scheme));
    let shown = handshake.client_chain.as_ref();
    let unread = shown.is_none() && handshake.certificate_came(Role::Client);
    if unread || shown.is_some_and(|chain| chain.certificates.is_empty()) {
        return None;
    }
    let leaf = shown.and_then(|chain| chain.leaf());
    let alert = handshake.fatal_alert(Direction::Received);
    let (confidence, how) = match (leaf, alert, &handshake.transport) {
        // Certificate, then internal_error and no CertificateVerify: the signer failed, whatever the key.
        (Some(_), Some(alert), _) if alert.description == AlertDescription::INTERNAL_ERROR => {
            (Confidence::Likely, alert_seen(alert))
        }
        // GnuTLS says so before it sends its Certificate. In the clear (TLS 1.3) it is the server's that was refused.
        (None, Some(alert), _)
            if alert.description == AlertDescription::INTERNAL_ERROR
                && pss
                && (alert.sealed || !handshake.is_tls13()) =>
        {
            (Confidence::Possible, alert_seen(alert))
        }
        (Some(_), Some(alert), _) if alert.description == AlertDescription::HANDSHAKE_FAILURE => {
            (Confidence::Possible, alert_seen(alert))
        }
        // NSS, Firefox and Chromium say nothing and close. Without a Certificate that is no failure yet: `unanswered_request` notes it.
        (Some(_), None, Some(broken)) if pss && broken.end == TransportEnd::Eof && waiting(handshake) => {
            (Confidence::Possible, (broken.event, "closed by the client without an alert".to_owned()))
        }
        _ => return None,
    };
    let rsa = leaf.is_none_or(|leaf| leaf.key.as_ref().is_none_or(|key| key.kind == KeyKind::Rsa));
    let clause = if pss && rsa {
        "its signer (smart card, HSM or token) cannot sign RSA-PSS"
    } else {
        "its signer (smart card, HSM or token) failed"
    };
    let summary = format!("The client stopped where its signature was due: {}.", perhaps(confidence, clause));
    let mut finding = Finding::new(Cause::SigalgSignerRefused, confidence, Side::Client, summary)
        .explain(explanation(leaf.and_then(|_| negotiated(handshake, request))))
        .see(request.event, "CertificateRequest.signature_algorithms", schemes(request))
        .see(how.0, "the client's end", how.1);
    match (shown, leaf) {
        (Some(chain), Some(leaf)) => {
            let key = leaf.key.as_ref().map_or_else(String::new, |key| format!(", {key}"));
            finding = finding
                .see(
                    chain.event,
                    "client's Certificate",
                    format!("{}{key}; no CertificateVerify followed", leaf.subject_text()),
                )
                .not(Cause::ClientCertMissing, "the client sent its certificate");
        }
        _ => {
            finding = silently(handshake, finding.see(None, "client's Certificate", "did not come")).or(
                Cause::ConfigSecurityLevel,
                "the client's own certificate or key may be below its own security level: its error message says so",
            );
        }
    }
    if leaf.is_none() && alert.is_some() {
        finding = finding.or(
            Cause::ConfigCallbackFailed,
            "the client's own error message: whether the callback that brings its certificate failed",
        );
    }
    if confidence == Confidence::Possible {
        finding = finding.or(
            Cause::TransportClosedMidHandshake,
            "a client that gave up, or whose process ended, leaves like this: its next connection tells",
        );
    }
    Some(finding)
}

/// What one client's connections had in common.
pub(in crate::diagnose) struct Repeated<'a> {
    /// How many attempts they were.
    pub(in crate::diagnose) attempts: usize,
    /// The ids of the earlier ones.
    pub(in crate::diagnose) earlier: &'a [&'a str],
    /// What the server asked for.
    pub(in crate::diagnose) schemes: &'a [SignatureScheme],
    /// The version in use.
    pub(in crate::diagnose) version: Option<ProtocolVersion>,
    /// Whether the client's address is known.
    pub(in crate::diagnose) addressed: bool,
}

/// Connections of one client have ended where its certificate was due, one after another and none with success: so many attempts.
pub(in crate::diagnose) fn again(repeated: &Repeated<'_>, confidence: Confidence) -> Finding {
    let Repeated { attempts, earlier, schemes, version, addressed } = *repeated;
    let pss = schemes.iter().any(|scheme| fit::is_pss(*scheme));
    let what = match (pss, confidence) {
        (true, Confidence::Possible) => "may be unable to sign RSA-PSS",
        (true, _) => "probably cannot sign RSA-PSS",
        (false, Confidence::Possible) => "may be failing",
        (false, _) => "probably fails",
    };
    let who = match addressed {
        true => "The client",
        false => "The client, or others of its kind, since no address is known here,",
    };
    let summary = format!(
        "{who} left where its certificate was due in each of {attempts} attempts, without a word: its signer (smart card, HSM or token) \
         {what}."
    );
    let finding = Finding::new(Cause::SigalgSignerRefused, confidence, Side::Client, summary)
        .explain(explanation(None))
        .see(None, "this client's attempts", format!("{attempts} ended at the same message, none succeeded"))
        .see(None, "its earlier connections", earlier.join(", "))
        .or(
            Cause::NoteClientAsksUser,
            "a user who has not chosen a certificate yet, or a page's script (WebSocket), for which a browser asks nobody: the client comes \
             back with one once its user has chosen",
        );
    of_version(finding, version == Some(ProtocolVersion::TLS1_3))
}

/// The same client was let in once the server asked for something else.
pub(in crate::diagnose) fn proven(version: Option<ProtocolVersion>, why: &str) -> Finding {
    let summary = "The client's signer (smart card, HSM or token) cannot sign RSA-PSS, which the server asked for first.";
    let finding = Finding::new(Cause::SigalgSignerRefused, Confidence::Certain, Side::Client, summary)
        .explain(explanation(None))
        .see(None, "what changed", why);
    of_version(finding, version == Some(ProtocolVersion::TLS1_3))
}

fn alert_seen(alert: &At<crate::handshake::AlertSeen>) -> (u32, String) {
    (alert.event, format!("alert {}", alert.description))
}

/// Whether the server had said everything and the client's second flight was due.
pub(super) fn waiting(handshake: &Handshake) -> bool {
    let last_sent = handshake
        .timeline
        .iter()
        .rev()
        .find_map(|step| step.message().filter(|(_, direction)| *direction == Direction::Sent));
    matches!(last_sent, Some((HandshakeType::SERVER_HELLO_DONE | HandshakeType::FINISHED, _)))
}

/// The scheme that an OpenSSL client takes: the first of the server's list that fits its key.
fn negotiated(handshake: &Handshake, request: &Request) -> Option<SignatureScheme> {
    let leaf = handshake.client_chain.as_ref()?.leaf()?;
    fit::usable(leaf, handshake.version()?, request).first().copied()
}

fn schemes(request: &Request) -> String {
    let schemes = request.signature_schemes.as_deref().unwrap_or_default();
    schemes.iter().map(SignatureScheme::to_string).collect::<Vec<_>>().join(", ")
}

fn explanation(scheme: Option<SignatureScheme>) -> String {
    let mut text = "The client must prove that it holds its certificate's private key by a signature (CertificateVerify), in a \
                    scheme that the server's CertificateRequest offers."
        .to_owned();
    if scheme.is_none_or(fit::is_pss) {
        text.push_str(
            " Many smart cards and their middleware sign RSA with PKCS#1 v1.5 padding only and cannot do RSA-PSS; OpenSSL offers \
             the rsa_pss_rsae_* schemes first since 1.1.1, so a card that worked with 1.1.0 fails.",
        );
    }
    text
}

fn advise(finding: Finding, handshake: &Handshake) -> Finding {
    of_version(finding, handshake.is_tls13())
}

fn of_version(finding: Finding, tls13: bool) -> Finding {
    if tls13 { finding.with(signatures::card_in_tls13) } else { finding.with(signatures::card_in_tls12) }
}
