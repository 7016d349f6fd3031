//! The peer says decrypt_error: the signature that it found wrong is the one of the handshake, or a CA's on this side's certificate.
//!
//! Needs: the own signature scheme, and whether the own proof was tried (`signatures`).

use super::certificate::{cause, rejected_cause};
use super::namesakes;
use super::untrusted::found;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::{At, Chain, Handshake, Presented};
use crate::wire::SignatureScheme;

/// The peer found a signature wrong, and the one of the handshake is right as it was sent: it is that of the certificate.
pub(super) fn other_issuer(handshake: &Handshake, owner: Role, chain: &Chain) -> Finding {
    if let Some(finding) = its_list(handshake, owner, chain) {
        return finding;
    }
    let peer = owner.peer().as_str();
    let issuer = chain.top().map_or_else(String::new, |top| format!(", \"{}\"", top.issuer_text()));
    let mut finding = found(
        owner,
        CertificateFault::BadSignature,
        Confidence::Possible,
        format!(
            "The {peer} found a signature wrong: it may be that of this {}'s certificate, held against another CA of its issuer's \
             name{issuer}.",
            owner.as_str()
        ),
        "decrypt_error means that a signature does not verify: a CA's on the certificate or on a revocation list, or the one that proved the \
         key in this handshake. The last one was tried here, over the messages as they left, and is right. The verifier may have another CA \
         certificate of the same name, or the certificate was altered."
            .to_owned(),
    );
    finding = see_proof(finding, handshake, owner);
    or_altered(handshake, finding)
        .or(cause(owner, CertificateFault::CrlUnusable), LIST)
        .or(rejected_cause(owner), format!("the {peer}'s own record or log says which signature it was"))
}

/// The certificate's signature is right as well, and its authorityKeyIdentifier names the key that made it: another CA of that name would be
/// none of its issuers, and the alert another one. What is left is a signature that this side has not sent.
fn its_list(handshake: &Handshake, owner: Role, chain: &Chain) -> Option<Finding> {
    let path = chain.path_shown();
    let proven = |child: &&Presented| {
        let mut issuers = namesakes::sent(handshake, chain, child);
        issuers.extend(namesakes::trusted(handshake, child));
        child.certificate.authority_key_id.is_some()
            && issuers.iter().any(|one| one.signed == Some(true) && one.contradiction.is_none())
    };
    let shown = *path.first()?;
    if !path.iter().filter(|one| !one.certificate.is_self_signed_name()).all(proven) {
        return None;
    }
    let (peer, issuer) = (owner.peer().as_str(), shown.certificate.issuer_text());
    let finding = found(
        owner,
        CertificateFault::CrlUnusable,
        Confidence::Possible,
        format!(
            "The {peer} found a signature wrong, and those that this {} sent are right: it may be that of a revocation list, made by another CA \
             named \"{issuer}\".",
            owner.as_str()
        ),
        "decrypt_error means that a signature does not verify. The one that proved the key in this handshake was tried here, over the \
             messages as they left, and so were those of the certificates, by the keys that their authorityKeyIdentifiers name. OpenSSL says the \
             same of a revocation list whose signature is wrong."
            .to_owned(),
    );
    let finding = see_proof(finding, handshake, owner);
    let finding = or_altered(handshake, finding).or(
        cause(owner, CertificateFault::BadSignature),
        "the verifier may hold another CA of that name: openssl verify tells",
    );
    Some(
        finding
            .or(rejected_cause(owner), format!("the {peer}'s own record or log says which signature it was")),
    )
}

fn see_proof(finding: Finding, handshake: &Handshake, owner: Role) -> Finding {
    match own_scheme(handshake, owner) {
        Some(scheme) => finding.see(
            scheme.event,
            "own signature",
            format!("{}, made by the certificate's key: it was tried", scheme.value),
        ),
        None => finding,
    }
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
