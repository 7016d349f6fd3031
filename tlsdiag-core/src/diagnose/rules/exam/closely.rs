//! What some verifiers mind and OpenSSL's defaults do not: it explains a refusal where nothing that all mind does.
//!
//! Needs: the chain as it was sent with what stands beside it, the offer or the request that it answers.

use super::{Suspect, Suspicion, shown};
use crate::diagnose::CertificateFault;
use crate::diagnose::rules::certificate::asked_name;
use crate::diagnose::rules::strict;
use crate::event::Role;
use crate::handshake::{Chain, Handshake};
use crate::wire::x509::{Certificate, HostMatch};
use crate::wire::{AlertDescription as Alert, ExtensionType, HandshakeType, SignatureScheme};

/// In order of likelihood.
pub(in crate::diagnose::rules) fn minded_by_some(
    handshake: &Handshake,
    owner: Role,
    chain: &Chain,
) -> Vec<Suspicion> {
    let mut found = Vec::new();
    let mut suspect = |fault, depth, why: String| found.push(Suspicion::of(fault, depth, why));
    if owner == Role::Server && unstapled(handshake, chain) {
        let why = "it insists on a stapled OCSP response (tlsfeature, RFC 7633), and none was sent with it"
            .to_owned();
        suspect(Suspect::Unstapled, 0, why);
    }
    if let Some(asked) = asked_name(handshake).filter(|_| owner == Role::Server)
        && chain.leaf().is_some_and(|leaf| leaf.host_match(asked) == HostMatch::PartialWildcard)
    {
        let why = format!(
            "\"{asked}\" fits only a wildcard for a part of a label among its names, which browsers, Go, curl and Python do not take"
        );
        suspect(Suspect::Hostname, 0, why);
    }
    if let Some(usage) = signs_in_spite_of(handshake, chain) {
        let why =
            format!("it has the keyUsage {usage}, without digitalSignature (RFC 8446, section 4.4.2.2)");
        suspect(Suspect::Fault(CertificateFault::BadKeyUsage), 0, why);
    }
    for (depth, one) in chain.path().into_iter().enumerate() {
        if let Some(algorithm) = unoffered(handshake, owner, one) {
            let why = format!(
                "{} is signed with {algorithm}, which the {} does not name among its signature algorithms",
                shown(depth, one),
                owner.peer().as_str()
            );
            suspect(Suspect::Unoffered, depth, why);
        }
    }
    found
}

/// A rule of RFC 5280 that the chain breaks and a strict verifier insists on. What all verifiers insist on stands elsewhere.
pub(in crate::diagnose::rules) fn against_a_rule(chain: &Chain) -> Option<Suspicion> {
    // A bare public key is no certificate of X.509, and has no extensions to lack.
    if chain.raw_public_keys {
        return None;
    }
    let path = chain.path();
    let last = path.len().checked_sub(1)?;
    // The RFC has no rules for a self-signed leaf (RFC 6818, section 2).
    if last == 0 && path.first()?.is_self_signed_name() {
        return None;
    }
    path.iter().enumerate().find_map(|(depth, one)| {
        let ends = depth == last && one.is_self_signed_name();
        let error = strict::broken(one, depth, ends)?;
        let why = format!("{} {} ({})", shown(depth, one), strict::clause(error), strict::standard(error));
        let alerts = &[Alert::CERTIFICATE_UNKNOWN];
        Some(Suspicion { alerts, ..Suspicion::of(Suspect::Rule(error), depth, why) })
    })
}

/// Whether the leaf must be stapled (RFC 7633), the client asked for a response, and none went with it.
fn unstapled(handshake: &Handshake, chain: &Chain) -> bool {
    let must = chain.leaf().is_some_and(|leaf| leaf.must_staple);
    let asked = handshake
        .offer
        .as_ref()
        .is_some_and(|offer| offer.extensions.contains(&ExtensionType::STATUS_REQUEST));
    must && asked && !stapled(handshake, chain)
}

/// A response: beside the certificate in TLS 1.3, in a message of its own before.
fn stapled(handshake: &Handshake, chain: &Chain) -> bool {
    let beside = chain.extension_blocks.first().is_some_and(|block| block.starts_with(&[0, 5]));
    let status = |step: &crate::handshake::Step| {
        step.message().is_some_and(|(kind, _)| kind == HandshakeType::CERTIFICATE_STATUS)
    };
    beside || handshake.timeline.iter().any(status)
}

/// The keyUsage of this side's certificate, where it forbids the signature that was made: OpenSSL does not mind, and GnuTLS says
/// internal_error.
pub(in crate::diagnose::rules) fn signs_in_spite_of(handshake: &Handshake, chain: &Chain) -> Option<String> {
    let signed = match handshake.role {
        Role::Server => handshake.server_signature.is_some(),
        Role::Client => handshake.client_signature.is_some(),
    };
    let usage = chain.leaf()?.key_usage.filter(|usage| signed && !usage.digital_signature())?;
    Some(usage.names().collect::<Vec<_>>().join(", "))
}

/// The algorithm that a certificate is signed with, where the peer's list (signature_algorithms_cert, else signature_algorithms) leaves it
/// out (RFC 8446, section 4.2.3). A root's own signature proves nothing.
fn unoffered(handshake: &Handshake, owner: Role, one: &Certificate) -> Option<String> {
    let (all, of_certificates) = match owner {
        Role::Server => {
            let offer = handshake.offer.as_ref()?;
            (&offer.signature_schemes, &offer.signature_schemes_cert)
        }
        Role::Client => {
            let request = handshake.request.as_ref()?;
            (&request.signature_schemes, &request.signature_schemes_cert)
        }
    };
    let listed = of_certificates.as_ref().or(all.as_ref())?;
    let algorithm = one.signature_algorithm.as_ref().filter(|_| !one.is_self_signed_name())?;
    let schemes = schemes_of(algorithm.name?, algorithm.hash);
    let offered = schemes.iter().any(|scheme| listed.contains(scheme));
    (!schemes.is_empty() && !offered).then(|| algorithm.to_string())
}

/// The schemes that stand for a certificate's signature; none where no scheme does for certain.
fn schemes_of(name: &str, hash: Option<&str>) -> Vec<SignatureScheme> {
    let hash = match hash {
        Some("SHA1") => 2,
        Some("SHA224") => 3,
        Some("SHA256") => 4,
        Some("SHA384") => 5,
        Some("SHA512") => 6,
        _ => 0,
    };
    match name {
        "ED25519" => vec![SignatureScheme::ED25519],
        "ED448" => vec![SignatureScheme::ED448],
        "rsassaPss" if (4..=6).contains(&hash) => {
            vec![SignatureScheme(0x0800 + hash), SignatureScheme(0x0805 + hash)]
        }
        _ if hash > 0 && name.contains("RSA") => vec![SignatureScheme(hash << 8 | 1)],
        _ if hash > 0 && name.starts_with("ecdsa") => vec![SignatureScheme(hash << 8 | 3)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_its_scheme() {
        assert_eq!(
            schemes_of("sha256WithRSAEncryption", Some("SHA256")),
            [SignatureScheme::RSA_PKCS1_SHA256]
        );
        assert_eq!(
            schemes_of("ecdsa-with-SHA384", Some("SHA384")),
            [SignatureScheme::ECDSA_SECP384R1_SHA384]
        );
        assert_eq!(
            schemes_of("rsassaPss", Some("SHA256")),
            [SignatureScheme::RSA_PSS_RSAE_SHA256, SignatureScheme::RSA_PSS_PSS_SHA256]
        );
        assert_eq!(schemes_of("ML-DSA-44", None), []);
    }
}
