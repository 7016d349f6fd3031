//! A leaf whose subject is its issuer's name, though another key signed it: its CA has the same name. OpenSSL looks for no issuer of it and
//! calls it self-signed (X509_V_ERR 18), unless its key identifiers tell it from its CA.
//!
//! Needs: the chain as it was shown, the signatures that were tried, the certificates that this side trusts.

use super::certificate::{cause, possessive};
use super::namesakes;
use crate::diagnose::knowledge::certificates::own_subject;
use crate::diagnose::{CertificateFault, Confidence, Finding};
use crate::event::Role;
use crate::handshake::{Chain, Handshake, Presented};

/// Half a sentence about such a leaf, as its owner says it.
pub(super) const WHY: &str = "its subject is its issuer's name and its own key did not sign it, and OpenSSL takes such a one for self-signed";

/// Whether another key than its own is known to have signed what has its issuer's name.
pub(super) fn is_of_another_key(handshake: &Handshake, one: &Presented) -> bool {
    if !one.certificate.is_self_signed_name() {
        return false;
    }
    match handshake.signatures.made(&one.der, &one.der) {
        Some(made) => !made,
        None => !one.certificate.may_be_self_signed(),
    }
}

/// What the verifier says of it whose library called it self-signed.
pub(super) fn found(handshake: &Handshake, owner: Role, chain: &Chain) -> Option<Finding> {
    let leaf = chain.certificates.first().filter(|leaf| is_of_another_key(handshake, leaf))?;
    let (verifier, whose) = (handshake.role.as_str(), possessive(owner));
    let subject = leaf.certificate.subject_text();
    let signer = |among: Vec<namesakes::Namesake>| among.iter().any(|one| one.signed == Some(true));
    let trusted = signer(namesakes::trusted(handshake, leaf));
    let known = trusted || signer(namesakes::sent(handshake, chain, leaf));
    let (confidence, summary) = if known {
        let summary = format!(
            "The {whose} certificate \"{subject}\" has the same name as the CA that signed it, and OpenSSL takes it for self-signed."
        );
        (Confidence::Certain, summary)
    } else {
        let summary = format!(
            "OpenSSL takes the {whose} certificate \"{subject}\" for self-signed, and its own key did not sign it: probably its CA has the \
             same name."
        );
        (Confidence::Likely, summary)
    };
    let mut finding = Finding::new(cause(owner, CertificateFault::SelfSigned), confidence, owner, summary)
        .explain(format!(
            "OpenSSL looks for no issuer of a certificate whose subject is its issuer's name, unless its authorityKeyIdentifier names \
             another key than its subjectKeyIdentifier. So it does not help that the {verifier} trusts the CA."
        ))
        .see(None, "its signature", match (trusted, known) {
            (true, _) => "made by the key of a CA of this name that is trusted here: it was tried",
            (_, true) => "made by the key of a CA of this name that was sent along: it was tried",
            _ => "not made by its own key",
        });
    if !known {
        finding = finding.or(
            cause(owner, CertificateFault::BadSignature),
            "a self-signed certificate whose file was damaged looks the same: compare what arrives with its file at the owner",
        );
    }
    Some(own_subject(finding, verifier))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::handshake::TriedSignature;
    use crate::wire::x509::{Certificate, Name};

    fn named_like_its_issuer() -> Presented {
        let name = Name { text: "CN=localhost".to_owned(), common_name: None, der: vec![0x30, 0] };
        let certificate =
            Certificate { subject: Some(name.clone()), issuer: Some(name), ..Certificate::default() };
        Presented { der: Arc::from(&b"leaf"[..]), certificate: Arc::new(certificate) }
    }

    fn shown(leaf: Presented, sent: &[&Presented], tried: &[(&[u8], bool)]) -> (Handshake, Chain) {
        let mut handshake = Handshake::blank(Role::Client);
        let made = |(issuer, made): &(&[u8], bool)| TriedSignature {
            certificate: Arc::clone(&leaf.der),
            issuer: Arc::from(*issuer),
            made: *made,
        };
        handshake.signatures = tried.iter().map(made).collect();
        let certificates = std::iter::once(leaf).chain(sent.iter().copied().cloned()).collect();
        (handshake, Chain { certificates, ..Chain::default() })
    }

    #[test]
    fn a_leaf_with_the_name_of_its_ca_is_told_from_one_that_signed_itself() {
        let ca = Presented { der: Arc::from(&b"ca"[..]), ..named_like_its_issuer() };
        let told = |sent: &[&Presented], tried: &[(&[u8], bool)]| {
            let (handshake, chain) = shown(named_like_its_issuer(), sent, tried);
            found(&handshake, Role::Server, &chain)
        };
        let proven = told(&[&ca], &[(b"leaf", false), (b"ca", true)]).expect("a finding");
        assert_eq!(
            (proven.cause.code(), proven.confidence),
            ("server_cert.self_signed", Confidence::Certain)
        );
        assert!(proven.summary.contains("same name as the CA"), "{}", proven.summary);
        assert!(proven.advice.iter().all(|one| !one.line.contains("cacert")), "{:?}", proven.advice);
        let unproven = told(&[], &[(b"leaf", false)]).expect("a finding");
        assert_eq!(unproven.confidence, Confidence::Likely);
        assert!(unproven.alternatives.iter().any(|one| one.cause.code() == "server_cert.bad_signature"));
        assert_eq!(told(&[], &[(b"leaf", true)]), None, "signed by itself");
        assert_eq!(told(&[], &[]), None, "nothing was tried");
    }

    #[test]
    fn key_identifiers_tell_where_nothing_was_tried() {
        let with = |wanted: u8| {
            let one = (*named_like_its_issuer().certificate).clone();
            let ids = (Some(vec![1]), Some(vec![wanted]));
            let one = Certificate { subject_key_id: ids.0, authority_key_id: ids.1, ..one };
            let leaf = Presented { certificate: Arc::new(one), ..named_like_its_issuer() };
            let (handshake, chain) = shown(leaf, &[], &[]);
            found(&handshake, Role::Server, &chain).is_some()
        };
        assert!(with(2) && !with(1));
    }
}
