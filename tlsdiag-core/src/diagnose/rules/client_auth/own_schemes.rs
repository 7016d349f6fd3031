//! A client that has a certificate for what the server asks, and leaves it out by its own list of schemes.
//!
//! Needs: the client's own certificates with their keys, CertificateRequest, the schemes of its own ClientHello. OpenSSL cannot be asked
//! for its list of schemes; of a list that also stands in the hello, the hello tells.

use super::{authorities, schemes};
use crate::diagnose::fit;
use crate::diagnose::knowledge::signatures;
use crate::diagnose::{Cause, Confidence, Finding, Side};
use crate::handshake::{At, Handshake, OwnCertificate, Request};
use crate::wire::ProtocolVersion;

/// These certificates' keys fit the request, and their issuers are named or nobody is.
pub(super) fn left_out(
    handshake: &Handshake,
    request: &At<Request>,
    own: &[&OwnCertificate],
    version: ProtocolVersion,
) -> Finding {
    let leaves: Vec<_> = own.iter().filter_map(|own| own.chain.leaf()).collect();
    let keys: Vec<_> = leaves.iter().filter_map(|leaf| leaf.key.as_ref()).collect();
    let shown = keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut needed: Vec<_> = leaves.iter().flat_map(|leaf| fit::usable(leaf, version, request)).collect();
    needed.dedup();
    let needed: Vec<_> = needed.iter().map(ToString::to_string).collect();
    let mut finding = Finding::new(
        Cause::SigalgClientKeyIncompatible,
        Confidence::Likely,
        Side::Client,
        format!(
            "This client has a certificate that would fit, and sent none: probably its own list of signature algorithms leaves out what its key \
             ({shown}) needs in {version}."
        ),
    )
    .explain(
        "OpenSSL leaves a certificate out without a word when its key can sign in no scheme that both sides allow. The server allows some; so it \
         is this client's own setting (ClientSignatureAlgorithms or SignatureAlgorithms in openssl.cnf, or the same set by the program), or its \
         security level.",
    )
    .see(request.event, "CertificateRequest.signature_algorithms", schemes(request))
    .see(request.event, "schemes among them for this client's key", needed.join(", "));
    if let Some(offer) = &handshake.offer {
        let offered = offer.signature_schemes.iter().flatten();
        let fits =
            offered.filter(|scheme| keys.iter().any(|key| fit::can_sign(&key.kind, version, **scheme)));
        let what = if fits.count() == 0 {
            "none for this client's key: so the setting is SignatureAlgorithms"
        } else {
            "some for this client's key: so the setting is ClientSignatureAlgorithms"
        };
        finding = finding.see(offer.event, "this client's own ClientHello.signature_algorithms", what);
    }
    for leaf in &leaves {
        finding = finding.see(handshake.local_event, "certificate configured here", leaf.subject_text());
    }
    if !request.authorities.is_empty() {
        finding =
            finding.see(request.event, "CertificateRequest.certificate_authorities", authorities(request));
    }
    let kinds: Vec<_> = keys.iter().map(|key| key.kind.clone()).collect();
    finding
        .not(Cause::ClientCertMissing, "a certificate and its key are configured")
        .not(
            Cause::ClientCertNotInCaList,
            match request.authorities.is_empty() {
                true => "the server names no CA, so any will do",
                false => "its issuer, or a CA above it, is named",
            },
        )
        .or(
            Cause::ConfigSecurityLevel,
            "this client's own security level, if it is 3 or above: it may forbid the schemes or the key",
        )
        .with(|finding| signatures::schemes_of_the_client(finding, &kinds))
}
