//! A client that has no certificate which it could send.
//!
//! Needs: the client's own certificates and keys, whether a callback may supply one, CertificateRequest.

use super::{advise_missing, authorities};
use crate::diagnose::knowledge::client_auth;
use crate::diagnose::{Cause, Confidence, Finding, Side};
use crate::handshake::{At, Handshake, Request};

pub(super) fn at_client(handshake: &Handshake, request: &At<Request>) -> Finding {
    let by_callback = handshake.local.certificate_callback;
    let (confidence, summary) = match (by_callback, request.authorities.is_empty()) {
        (false, _) => (
            Confidence::Certain,
            "The server requires a client certificate, and this client has none configured.",
        ),
        (true, true) => (
            Confidence::Likely,
            "The server requires a client certificate, and this client's program supplied none: probably it has none configured.",
        ),
        // What the program has is its own: Apache as a proxy sends none whose issuer is not named.
        (true, false) => (
            Confidence::Possible,
            "The server requires a client certificate, and this client's program supplied none: it may have none, or none of the CAs that the \
             server names.",
        ),
    };
    let mut finding = Finding::new(Cause::ClientCertMissing, confidence, Side::Client, summary)
        .explain("The server asked with a CertificateRequest; this client could only answer with an empty Certificate, and was refused.")
        .see(request.event, "CertificateRequest", "received");
    if by_callback {
        finding = finding.see(
            handshake.local_event,
            "certificates configured here",
            "none; a callback may supply one, and did not",
        );
        if !request.authorities.is_empty() {
            return finding
                .see(request.event, "CertificateRequest.certificate_authorities", authorities(request))
                .or(
                    Cause::ClientCertNotInCaList,
                    "compare the CAs that the server names with the issuer of the certificate that the program has: its own log may tell",
                )
                .with(client_auth::held_back);
        }
    } else {
        let keyless = handshake.own.iter().find(|own| own.configured.key.is_none());
        let shown = match keyless.and_then(|own| own.chain.leaf()) {
            Some(leaf) => {
                finding.summary = "The server requires a client certificate, and this client has none with a private key that it could send."
                    .to_owned();
                finding.explanation.push_str(
                    " What is loaded as its certificate is another's, without its key: a bundle of CAs, if it is a CA's.",
                );
                format!("\"{}\", without a private key", leaf.subject_text())
            }
            None if keyless.is_some() => "a certificate, but no private key for it".to_owned(),
            None => "none".to_owned(),
        };
        finding = finding
            .see(handshake.local_event, "certificates configured here", shown)
            .not(Cause::SigalgClientKeyIncompatible, "there is no key that could not fit")
            .not(Cause::ClientCertNotInCaList, "there is no certificate that could be left out");
    }
    advise_missing(finding)
}
