//! The peer says decrypt_error: the signature that it found wrong is the one of the handshake, or a CA's on this side's certificate.
//!
//! Needs: the own signature scheme, and whether the own proof was tried (`signatures`).

use super::certificate::{cause, rejected_cause};
use super::untrusted::found;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::{At, Chain, Handshake};
use crate::wire::SignatureScheme;

/// The peer found a signature wrong, and the one of the handshake is right as it was sent: it is that of the certificate.
pub(super) fn other_issuer(handshake: &Handshake, owner: Role, chain: &Chain) -> Finding {
    let peer = owner.peer().as_str();
    let issuer = chain.top().map_or_else(String::new, |top| format!(", \"{}\"", top.issuer_text()));
    let mut finding = found(
        owner,
        CertificateFault::BadSignature,
        Confidence::Likely,
        format!(
            "The {peer} found a signature wrong: probably that of this {}'s certificate, held against another CA of its issuer's \
             name{issuer}.",
            owner.as_str()
        ),
        "decrypt_error means that a signature does not verify: a CA's on the certificate, or the one that proved the key in this handshake. \
         The latter was tried here, over the messages as they left, and is right. So it is probably the former: the verifier has another CA \
         certificate of the same name, or the certificate was altered."
            .to_owned(),
    );
    if let Some(scheme) = own_scheme(handshake, owner) {
        finding = finding.see(
            scheme.event,
            "own signature",
            format!("{}, made by the certificate's key: it was tried", scheme.value),
        );
    }
    or_altered(handshake, finding)
        .or(cause(owner, CertificateFault::CrlUnusable), LIST)
        .or(rejected_cause(owner), format!("the {peer}'s own record or log says which signature it was"))
}

/// Whoever alters a hello of TLS 1.3 alters the keys as well, and nothing can be read any more.
fn or_altered(handshake: &Handshake, finding: Finding) -> Finding {
    if handshake.is_tls13() {
        return finding;
    }
    let tell = "whether the messages were altered on the way: compare both sides' records of them";
    finding.or(Cause::RecordCorrupt, tell)
}

/// OpenSSL has the same alert for the signature of a list.
const LIST: &str =
    "the verifier's log says \"CRL signature failure\" (X509_V_ERR 8): it is its revocation list's";

fn own_scheme(handshake: &Handshake, owner: Role) -> Option<&At<SignatureScheme>> {
    match owner {
        Role::Server => handshake.server_signature.as_ref(),
        Role::Client => handshake.client_signature.as_ref(),
    }
}

pub(super) fn unproven(handshake: &Handshake, owner: Role) -> Finding {
    let peer = owner.peer().as_str();
    let tried = handshake.signatures.own_proof == Some(false);
    let summary = match tried {
        true => {
            format!("The {peer} found the signature wrong that this {} proved its key with.", owner.as_str())
        }
        false => format!(
            "The {peer} says decrypt_error: probably it found the signature wrong that this {} proved its key with.",
            owner.as_str()
        ),
    };
    let mut finding = found(
        owner,
        CertificateFault::ProofFailed,
        if tried { Confidence::Certain } else { Confidence::Likely },
        summary,
        "decrypt_error after a CertificateVerify or ServerKeyExchange means that the signature does not fit the certificate's \
         key or the messages: another key, a signer that computes wrong, or messages changed in transit."
            .to_owned(),
    );
    if let Some(scheme) = own_scheme(handshake, owner) {
        let made = if tried { ", not made by the certificate's key: it was tried" } else { "" };
        finding = finding.see(scheme.event, "own signature", format!("{}{made}", scheme.value));
    }
    if tried {
        return finding;
    }
    let finding = or_altered(handshake, finding).or(cause(owner, CertificateFault::CrlUnusable), LIST);
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
