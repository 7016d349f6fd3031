//! A server's keys, and the signature schemes that fit them.
//!
//! Needs: the server's own keys, the ClientHello's signature_algorithms.

use crate::diagnose::fit::can_sign;
use crate::diagnose::knowledge::signatures;
use crate::diagnose::{Cause, Confidence, Finding, Side};
use crate::handshake::{At, Handshake, Offer};
use crate::wire::x509::KeyKind;
use crate::wire::{ProtocolVersion, SignatureScheme};

pub(super) fn keys(handshake: &Handshake) -> Vec<KeyKind> {
    let leaves = handshake.own.iter().filter(|own| own.configured.key.is_some());
    leaves.filter_map(|own| Some(own.chain.leaf()?.key.as_ref()?.kind.clone())).collect()
}

pub(super) fn own_keys(handshake: &Handshake) -> String {
    let keys = handshake.own.iter().filter_map(|own| Some(own.chain.leaf()?.key.as_ref()?.to_string()));
    keys.collect::<Vec<_>>().join(", ")
}

pub(super) fn signs(handshake: &Handshake, offer: &Offer, version: ProtocolVersion) -> bool {
    let schemes = offer.signature_schemes.as_deref().unwrap_or_default();
    keys(handshake).iter().any(|key| schemes.iter().any(|scheme| can_sign(key, version, *scheme)))
}

/// The server's own list of schemes leaves nothing of the client's.
pub(super) fn own_schemes(handshake: &Handshake, offer: &At<Offer>, version: ProtocolVersion) -> Finding {
    let schemes = offer.signature_schemes.as_deref().unwrap_or_default();
    let finding = Finding::new(
        Cause::SigalgNoOverlap,
        Confidence::Certain,
        Side::Server,
        format!("The client offers none of the signature schemes that this server's settings allow for {version}."),
    )
    .explain(
        "The server proves its key by a signature in a scheme of the client's list. Its own SignatureAlgorithms setting, or its security \
         level, leaves out everything that the client named.",
    )
    .see(offer.event, "ClientHello.signature_algorithms", shown(schemes))
    .see(handshake.local_event, "own keys", own_keys(handshake))
    .not(Cause::CipherNoOverlap, "it is the signature that has no common ground")
    .with(|finding| signatures::schemes_of_the_server(finding, &keys(handshake)));
    advise_scheme(finding, &keys(handshake))
}

/// The library found no scheme for this server's key.
pub(super) fn scheme(handshake: &Handshake, offer: &At<Offer>, version: ProtocolVersion) -> Finding {
    let keys = keys(handshake);
    if signs(handshake, offer, version) {
        return left_out(handshake, offer, version, &keys);
    }
    let schemes = offer.signature_schemes.as_deref().unwrap_or_default();
    let finding = Finding::new(
        Cause::SigalgNoOverlap,
        Confidence::Certain,
        Side::Client,
        format!(
            "This server's key ({}) can sign with nothing that the client's signature_algorithms offers for {version}.",
            own_keys(handshake)
        ),
    )
    .explain(format!("The server proves its key by a signature in a scheme of the client's list. {NEEDS}"))
    .see(offer.event, "ClientHello.signature_algorithms", shown(schemes))
    .see(handshake.local_event, "own keys", own_keys(handshake))
    .not(Cause::CipherNoOverlap, "it is the signature that has no common ground");
    // Before OpenSSL 3.2 no list of schemes has one for these.
    match version.is_tls13() && keys.iter().all(is_off_tls13) {
        true => finding.with(signatures::another_key),
        false => advise_scheme(finding, &keys),
    }
}

const NEEDS: &str = "For TLS 1.3 an RSA key needs rsa_pss_rsae_* (one for PSS alone rsa_pss_pss_*), and an ECDSA key the scheme of its own curve.";

/// The client offers schemes for this key, so it is the server that leaves them out. OpenSSL cannot be asked for its list.
fn left_out(handshake: &Handshake, offer: &At<Offer>, version: ProtocolVersion, keys: &[KeyKind]) -> Finding {
    let offered = offer.signature_schemes.iter().flatten().copied();
    let fitting: Vec<_> =
        offered.filter(|scheme| keys.iter().any(|key| can_sign(key, version, *scheme))).collect();
    Finding::new(
        Cause::SigalgNoOverlap,
        Confidence::Likely,
        Side::Server,
        format!(
            "The client offers schemes for this server's key ({}): probably the server's own list of signature algorithms leaves out what that \
             key needs for {version}.",
            own_keys(handshake)
        ),
    )
    .explain(format!(
        "A server signs with a scheme that the client offers and that its own SignatureAlgorithms setting, if it has one, allows. The client's \
         list has some for this key, so it is this server that found none left. {NEEDS}"
    ))
    .see(offer.event, "schemes for this key in ClientHello.signature_algorithms", shown(&fitting))
    .see(handshake.local_event, "own keys", own_keys(handshake))
    .not(Cause::CipherNoOverlap, "it is the signature that has no common ground")
    .or(Cause::ConfigSecurityLevel, "if the server has no such setting: its security level leaves the schemes out")
    .with(|finding| signatures::schemes_of_the_server(finding, keys))
}

/// Whether a key is of a kind for which TLS 1.3 itself has no scheme (RFC 8446, section 4.2.3).
fn is_off_tls13(key: &KeyKind) -> bool {
    match key {
        KeyKind::Ec { curve } => !["secp256r1", "secp384r1", "secp521r1"].contains(&curve.as_str()),
        KeyKind::Dsa => true,
        _ => false,
    }
}

/// Among the schemes advised are those of the server's keys, where they are known.
pub(super) fn advise_scheme(finding: Finding, keys: &[KeyKind]) -> Finding {
    finding.with(|finding| signatures::accept_scheme(finding, keys))
}

pub(super) fn shown(schemes: &[SignatureScheme]) -> String {
    if schemes.is_empty() {
        return "none".to_owned();
    }
    schemes.iter().map(SignatureScheme::to_string).collect::<Vec<_>>().join(", ")
}
