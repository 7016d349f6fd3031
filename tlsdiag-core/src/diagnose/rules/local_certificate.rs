//! The local side's own certificate or key cannot be used.
//!
//! Needs: own certificates with their keys, CertificateRequest and the empty answer at a client, the library's reason.

use crate::diagnose::knowledge::own;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule};
use crate::event::{Direction, Role};
use crate::handshake::{Handshake, OwnCertificate};
use crate::wire::AlertDescription;
use crate::wire::x509::Certificate;

pub(in crate::diagnose) const KEY_MISMATCH: Rule = Rule {
    name: "local_certificate::client_key_mismatch",
    find: client_key_mismatch,
    causes: || vec![Cause::ConfigKeyMismatch],
};

pub(in crate::diagnose) const SECURITY_LEVEL: Rule = Rule {
    name: "local_certificate::security_level",
    find: security_level,
    causes: || vec![Cause::ConfigSecurityLevel],
};

/// A certificate is loaded, and no key that belongs to it.
pub(super) fn key_mismatch(handshake: &Handshake, own: &OwnCertificate) -> Finding {
    let subject = own.chain.leaf().map_or_else(String::new, |leaf| leaf.subject_text().to_owned());
    let role = handshake.role;
    let what = match &own.configured.key {
        Some(_) => "a private key that is another certificate's",
        None => "no private key",
    };
    Finding::new(
        Cause::ConfigKeyMismatch,
        Confidence::Certain,
        role,
        format!("This {}'s certificate ({subject}) has {what}, so it cannot be used.", role.as_str()),
    )
    .explain(
        "OpenSSL drops or refuses a key that does not belong to the certificate beside it (\"key values mismatch\" when it is loaded), \
         and goes on without. Often the file begins with a CA's certificate instead of the own one, or one of two files is older.",
    )
    .see(handshake.local_event, "certificate configured here", subject)
    .see(handshake.local_event, "its private key", what)
    .with(own::own_key)
}

/// A client with a certificate that no key belongs to answers as if it had none.
fn client_key_mismatch(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Client || handshake.outcome.kind.is_established() {
        return None;
    }
    handshake.fatal_alert(Direction::Received)?;
    let chain = handshake.client_chain.as_ref().filter(|chain| chain.certificates.is_empty())?;
    let unfit =
        |own: &OwnCertificate| !own.configured.key.as_ref().is_some_and(|key| key.matches_certificate);
    let own = handshake.own.first()?;
    // A CA's certificate without any key is a bundle of CAs, loaded in its place: then there is none at all.
    let is_bundle = own.configured.key.is_none() && own.chain.leaf().is_some_and(Certificate::is_ca);
    if is_bundle || !handshake.own.iter().all(unfit) {
        return None;
    }
    Some(
        key_mismatch(handshake, own)
            .see(chain.event, "client's Certificate", "empty")
            .not(Cause::ClientCertMissing, "a certificate is configured; it is the key that is missing"),
    )
}

fn security_level(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    // While a peer's certificate is verified these are X509 results; as reasons of libssl they are about our own.
    let (own, what) = [
        (reason::EE_KEY_TOO_SMALL, "key is too small"),
        (reason::CA_KEY_TOO_SMALL, "chain has a CA key that is too small"),
        (reason::CA_MD_TOO_WEAK, "chain is signed with a digest that is too weak"),
    ]
    .into_iter()
    .find_map(|(reason, what)| Some((handshake.ssl_reason(reason)?, what)))?;
    let role = handshake.role;
    let level = handshake.local.security_level;
    let mut finding = Finding::new(
        Cause::ConfigSecurityLevel,
        Confidence::Certain,
        role,
        format!("This {}'s own certificate is refused by its own security level {level}: its {what}.", role.as_str()),
    )
    .explain(
        "OpenSSL holds the certificates that it sends against its security level, too. Level 2, the default of many distributions, \
         wants RSA of 2048 bits and no SHA-1.",
    )
    .see(own.event, "error queue", library::show(own))
    .see(handshake.local_event, "security level here", level);
    for own in &handshake.own {
        if let Some(leaf) = own.chain.leaf() {
            let key = leaf.key.as_ref().map_or_else(String::new, |key| format!(", {key}"));
            finding = finding.see(
                handshake.local_event,
                "own certificate",
                format!("{}{key}", leaf.subject_text()),
            );
        }
    }
    if let Some(sent) = handshake.fatal_alert(Direction::Sent) {
        let description: AlertDescription = sent.description;
        finding = finding.see(sent.event, "alert sent", description);
    }
    Some(finding.with(own::stronger))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnose::diagnose;
    use crate::event::{LocalCertificate, LocalKey};
    use crate::handshake::{Answer, At, Chain, Presented, Request};
    use crate::wire::x509::BasicConstraints;

    fn client(key: Option<LocalKey>) -> Handshake {
        let mut handshake = Handshake::blank(Role::Client)
            .with_alert(Direction::Received, AlertDescription::HANDSHAKE_FAILURE);
        handshake.client_chain = Some(At { event: 3, value: Chain::default() });
        handshake.own.push(OwnCertificate {
            chain: Chain::default(),
            configured: LocalCertificate { key, ..LocalCertificate::default() },
        });
        handshake
    }

    #[test]
    fn a_certificate_without_its_key_is_named() {
        let found = |key| client_key_mismatch(&client(key)).map(|finding| finding.cause);
        assert_eq!(found(None), Some(Cause::ConfigKeyMismatch));
        assert_eq!(found(Some(LocalKey::default())), Some(Cause::ConfigKeyMismatch));
        assert_eq!(found(Some(LocalKey { matches_certificate: true, ..LocalKey::default() })), None);
    }

    #[test]
    fn a_bundle_of_cas_without_a_key_is_no_certificate_of_ones_own() {
        let mut bundle = client(None);
        let ca = Some(BasicConstraints { ca: true, path_len: None });
        let certificate = Arc::new(Certificate { basic_constraints: ca, ..Certificate::default() });
        let shown = Presented { der: Arc::from(&b""[..]), certificate };
        bundle.own[0].chain.certificates = vec![shown];
        assert_eq!(client_key_mismatch(&bundle), None);
        bundle.answer = Some(At { event: 1, value: Answer::plain() });
        bundle.request = Some(At { event: 2, value: Request::default() });
        let finding = diagnose(&bundle).findings.remove(0);
        assert_eq!((finding.cause, finding.confidence), (Cause::ClientCertMissing, Confidence::Certain));
        assert!(finding.summary.contains("none with a private key"), "{}", finding.summary);
        bundle.own[0].configured.key = Some(LocalKey::default());
        assert!(client_key_mismatch(&bundle).is_some(), "a key of another certificate");
    }

    #[test]
    fn only_an_own_refusal_is_the_own_level() {
        let own = Handshake::blank(Role::Server).with_reason(reason::EE_KEY_TOO_SMALL);
        assert_eq!(security_level(&own).map(|finding| finding.cause), Some(Cause::ConfigSecurityLevel));
        let other = Handshake::blank(Role::Server).with_reason(reason::CERTIFICATE_VERIFY_FAILED);
        assert_eq!(security_level(&other), None);
    }
}
