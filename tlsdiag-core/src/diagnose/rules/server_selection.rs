//! The server could not choose: the suites meet, or are said to, and something else is missing.
//!
//! Needs: the server's reason; its own certificates and keys; the ClientHello's versions, suites, groups and schemes.

use super::cipher::{common_suites, fits, list, speaks_tls13, version_refused};
use super::server_schemes::{keys, own_keys, own_schemes, scheme, signs};
use crate::diagnose::fit::can_sign;
use crate::diagnose::knowledge::programs::{Setting, set};
use crate::diagnose::knowledge::{certificates, negotiation};
use crate::diagnose::library::{self, reason};
use crate::diagnose::wording::perhaps;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Side, Stack};
use crate::event::{LibraryError, Role};
use crate::handshake::{At, Handshake, Offer, OwnCertificate};
use crate::wire::x509::{Certificate, KeyKind};
use crate::wire::{Authentication, CipherSuite, KeyExchange, NamedGroup, ProtocolVersion};

pub(in crate::diagnose) const IMPOSSIBLE: Rule = Rule {
    name: "server_selection::impossible",
    find: impossible,
    causes: || {
        vec![
            Cause::ConfigNoCertificate,
            Cause::ConfigKeyMismatch,
            Cause::GroupNoOverlap,
            Cause::SigalgNoOverlap,
            Cause::CipherNoMatchingCertificate,
            Cause::PskUnknownIdentity,
            Cause::PskHashMismatch,
            Cause::ServerCert(CertificateFault::BadKeyUsage),
        ]
    },
};

fn impossible(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Server || handshake.outcome.kind.is_established() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    let of = |reasons: &[i32]| reasons.iter().find_map(|reason| handshake.ssl_reason(*reason));
    let groups = [reason::NO_SUITABLE_KEY_SHARE, reason::NO_SUITABLE_GROUPS, reason::NO_SHARED_GROUPS];
    if let Some(own) = of(&groups) {
        return Some(group(handshake, offer, Confidence::Certain).see(
            own.event,
            "error queue",
            library::show(own),
        ));
    }
    if let Some(own) = of(&[reason::NO_SHARED_SIGNATURE_ALGORITHMS]) {
        let version = version_refused(handshake, offer, own.reason);
        return Some(own_schemes(handshake, offer, version).see(
            own.event,
            "error queue",
            library::show(own),
        ));
    }
    let own = of(&[reason::NO_SHARED_CIPHER, reason::NO_SUITABLE_SIGNATURE_ALGORITHM]).or_else(|| {
        of(&[reason::UNSUPPORTED_PROTOCOL])
            .filter(|_| speaks_tls13(handshake, offer) && handshake.retry.is_none())
    })?;
    let version = version_refused(handshake, offer, own.reason);
    let finding = without_key(handshake, offer, version).or_else(|| match version.is_tls13() {
        // OpenSSL counts TLS 1.3 as switched off where no key is of a kind that it has a scheme for.
        true => (own.reason == reason::NO_SUITABLE_SIGNATURE_ALGORITHM
            || (own.reason == reason::UNSUPPORTED_PROTOCOL && !signs(handshake, offer, version)))
        .then(|| scheme(handshake, offer, version)),
        false => before_tls13(handshake, offer, own, version),
    })?;
    // TLS 1.3 was there for both, and fell away for want of a key.
    let finding = match !version.is_tls13() && speaks_tls13(handshake, offer) && !handshake.own.is_empty() {
        true => finding.see(
            handshake.local_event,
            "why it is not TLS 1.3",
            format!("TLS 1.3 has no signature scheme for the key here ({})", own_keys(handshake)),
        ),
        false => finding,
    };
    Some(finding.see(own.event, "error queue", library::show(own)))
}

/// Nothing to sign with.
fn without_key(handshake: &Handshake, offer: &At<Offer>, version: ProtocolVersion) -> Option<Finding> {
    let usable =
        |own: &OwnCertificate| own.configured.key.as_ref().is_some_and(|key| key.matches_certificate);
    if handshake.own.iter().any(usable) {
        return None;
    }
    if let Some(own) = handshake.own.first() {
        return Some(super::local_certificate::key_mismatch(handshake, own));
    }
    if let Some(finding) = super::psk::other_hash(handshake, offer) {
        return Some(finding);
    }
    if offer.external_psk {
        return Some(
            super::psk::unknown(Role::Server, Confidence::Likely)
                .see(offer.event, "ClientHello.pre_shared_key", "names a key that is no ticket of this server's")
                .see(handshake.local_event, "certificates configured here", "none, so there was nothing to fall back on")
                .or(
                    Cause::ConfigNoCertificate,
                    "if these clients are meant to come in without a pre-shared key, the server lacks a certificate",
                ),
        );
    }
    Some(
        Finding::new(
            Cause::ConfigNoCertificate,
            Confidence::Certain,
            Side::Server,
            "This server has no certificate, so it can offer no client a handshake.",
        )
        .explain(
            format!(
                "No certificate is loaded in the context that served this connection, so {version} cannot be served. OpenSSL blames something \
                 else: no shared cipher before TLS 1.3, and in TLS 1.3 even an unsupported protocol, since it counts TLS 1.3 as switched \
                 off without a certificate."
            ),
        )
        .see(handshake.local_event, "certificates configured here", "none")
        .not(Cause::CipherNoOverlap, "without a certificate no suite can be used, whatever the lists")
        .not(Cause::VersionNoOverlap, "the versions do meet")
        .advise(Stack::Any, "load a certificate and its key in the server, and in each virtual host that serves TLS:")
        .with(set(Role::Server, Setting::Certificate, "")),
    )
}

/// Suites, certificates and groups before TLS 1.3, in the order in which OpenSSL asks for them.
fn before_tls13(
    handshake: &Handshake,
    offer: &At<Offer>,
    own: &LibraryError,
    version: ProtocolVersion,
) -> Option<Finding> {
    if own.reason == reason::NO_SUITABLE_SIGNATURE_ALGORITHM {
        // Where no scheme is named it is the one of old, and a question of the security level: see old_signature.
        return (!super::old_signature::is_old(offer, version)).then(|| scheme(handshake, offer, version));
    }
    let common = common_suites(handshake, offer, version);
    if common.is_empty() {
        return None;
    }
    if let Some(finding) = unfit_for_signing(handshake, offer, &common) {
        return Some(finding);
    }
    let keys = keys(handshake);
    let fitting: Vec<_> = common.iter().copied().filter(|suite| fits(*suite, &keys)).collect();
    if fitting.is_empty() {
        // OpenSSL leaves out the suites for which it verifies no scheme, so then the schemes are the root.
        let schemes = offer.signature_schemes.as_deref().unwrap_or_default();
        let signs = |key| schemes.iter().any(|scheme| can_sign(key, version, *scheme));
        return Some(if schemes.is_empty() || version < ProtocolVersion::TLS1_2 || keys.iter().any(signs) {
            certificate(handshake, offer, &common, &keys)
        } else {
            let mut finding = scheme(handshake, offer, version)
                .see(offer.event, "suites in common, all for another kind of key", list(&common))
                .or(
                    Cause::CipherNoMatchingCertificate,
                    "the client's cipher list: it may leave this kind of key out by itself",
                );
            finding.confidence = Confidence::Likely;
            finding.summary = format!(
                "The cipher suites in common are for another kind of key than this server's ({}): probably since the client's \
                 signature_algorithms leave that kind out.",
                own_keys(handshake)
            );
            finding
        });
    }
    let signed =
        |suite: &CipherSuite| matches!(suite.key_exchange(), Some(KeyExchange::Ecdhe | KeyExchange::Dhe));
    let signable = match &offer.signature_schemes {
        None => true,
        Some(schemes) => keys.iter().any(|key| {
            fitting.iter().any(|suite| fits(*suite, std::slice::from_ref(key)))
                && schemes.iter().any(|scheme| can_sign(key, version, *scheme))
        }),
    };
    // Before TLS 1.2 nobody names a scheme, though a hello that offers more may.
    if version >= ProtocolVersion::TLS1_2 && fitting.iter().all(signed) && !signable {
        return Some(scheme(handshake, offer, version));
    }
    fitting.iter().all(|suite| suite.key_exchange() == Some(KeyExchange::Ecdhe)).then(|| {
        let finding = match foreign_curve(&keys, offer) {
            Some(curve) => curve_of_certificate(handshake, offer, curve),
            None => group(handshake, offer, Confidence::Likely),
        };
        finding
            .see(handshake.local_event, "suites in common that fit a certificate", list(&fitting))
            .not(Cause::CipherNoOverlap, "the suites meet")
            .not(Cause::CipherNoMatchingCertificate, "a certificate of that type is here")
            .or(
                Cause::SigalgNoOverlap,
                "the server's own signature_algorithms setting, if it has one, against the client's list",
            )
    })
}

/// Before TLS 1.3 OpenSSL takes an EC certificate for ECDSA suites only if its keyUsage lets it sign.
fn unfit_for_signing(handshake: &Handshake, offer: &At<Offer>, common: &[CipherSuite]) -> Option<Finding> {
    let leaves: Vec<_> = handshake
        .own
        .iter()
        .filter(|own| own.configured.key.is_some())
        .filter_map(|own| own.chain.leaf())
        .collect();
    let kind = |leaf: &&Certificate| leaf.key.as_ref().map(|key| key.kind.clone());
    let forbids = |leaf: &&Certificate| {
        matches!(kind(leaf), Some(KeyKind::Ec { .. }))
            && leaf.key_usage.is_some_and(|usage| !usage.digital_signature())
    };
    let culprit = leaves.iter().find(|leaf| forbids(leaf))?;
    let others: Vec<_> = leaves.iter().filter(|leaf| !forbids(leaf)).filter_map(kind).collect();
    if common.iter().any(|suite| fits(*suite, &others)) {
        return None;
    }
    let usage: Vec<_> = culprit.key_usage.iter().flat_map(|usage| usage.names()).collect();
    let usage = usage.join(", ");
    let finding = Finding::new(
        Cause::ServerCert(CertificateFault::BadKeyUsage),
        Confidence::Certain,
        Side::Server,
        format!("This server's certificate has the keyUsage {usage}, without digitalSignature, so its EC key cannot be used."),
    )
    .explain(
        "An EC key proves itself by a signature. OpenSSL leaves a certificate whose keyUsage forbids that out of its choice before TLS \
         1.3 and reports that there is no shared cipher. A CA's certificate used as a server's looks like this, too.",
    )
    .see(handshake.local_event, "own certificate", culprit.subject_text())
    .see(handshake.local_event, "its keyUsage", usage)
    .see(offer.event, "suites in common", list(common))
    .not(Cause::CipherNoOverlap, "the lists do meet");
    Some(certificates::advise(finding, Role::Server, CertificateFault::BadKeyUsage))
}

/// The curve of an EC key that the client's supported_groups leaves out: before TLS 1.3 they are about certificates as well
/// (RFC 8422, section 5.1).
fn foreign_curve<'a>(keys: &'a [KeyKind], offer: &Offer) -> Option<&'a str> {
    let groups = offer.groups.as_ref()?;
    let curves = keys.iter().map(|key| match key {
        KeyKind::Ec { curve } => Some(curve.as_str()),
        _ => None,
    });
    let curves: Vec<_> = curves.collect::<Option<_>>()?;
    let known = |curve: &&str| groups.iter().any(|group| group.to_string() == **curve);
    (!curves.iter().any(known)).then(|| curves.first().copied()).flatten()
}

fn curve_of_certificate(handshake: &Handshake, offer: &At<Offer>, curve: &str) -> Finding {
    let finding = Finding::new(
        Cause::GroupNoOverlap,
        Confidence::Likely,
        Side::Server,
        format!("This server's certificate is of the curve {curve}, and the client names other curves: probably it takes no such certificate."),
    )
    .explain(
        "Before TLS 1.3 the client's groups say which curves it takes in certificates, too. OpenSSL leaves out a certificate of another \
         curve and reports that there is no shared cipher.",
    )
    .see(offer.event, "ClientHello.supported_groups", groups(offer))
    .or(Cause::CipherNoMatchingCertificate, "a certificate of a curve that the client names would do")
    .with(negotiation::usual_curve);
    advise_group(finding, handshake)
}

fn certificate(
    handshake: &Handshake,
    offer: &At<Offer>,
    common: &[CipherSuite],
    keys: &[KeyKind],
) -> Finding {
    let need = |kind| common.iter().any(|suite| suite.authentication() == Some(kind));
    let has_rsa = keys.iter().all(|key| matches!(key, KeyKind::Rsa | KeyKind::RsaPss));
    let (wanted, kind) = match has_rsa {
        true if need(Authentication::Ecdsa) => ("an ECDSA", "ec"),
        _ if need(Authentication::Rsa) => ("an RSA", "rsa"),
        _ if need(Authentication::Dss) => ("a DSA", "dsa"),
        true => ("an ECDSA", "ec"),
        false => ("an RSA", "rsa"),
    };
    let finding = Finding::new(
        Cause::CipherNoMatchingCertificate,
        Confidence::Certain,
        Side::Server,
        format!(
            "The cipher suites in common need {wanted} certificate, and this server's key is {}.",
            own_keys(handshake)
        ),
    )
    .explain(
        "Before TLS 1.3 a cipher suite names the kind of key that the server's certificate must have (ECDHE-RSA, ECDHE-ECDSA). The \
         lists of both sides meet only in suites for a kind that this server does not have; OpenSSL calls that no shared cipher.",
    )
    .see(offer.event, "suites in common", list(common))
    .see(handshake.local_event, "own keys", own_keys(handshake))
    .not(Cause::CipherNoOverlap, "the lists do meet");
    advise_certificate(finding, wanted, kind)
}

/// A certificate with a key of the other kind, `an RSA` or `an ECDSA`, in files of that kind's name.
pub(super) fn advise_certificate(finding: Finding, wanted: &str, kind: &str) -> Finding {
    finding
        .advise(Stack::Any, format!("give the server a second certificate with {wanted} key, beside the one it has:"))
        .with(set(Role::Server, Setting::SecondCertificate, kind))
        .advise(Stack::Any, "or let the client speak TLS 1.3, whose suites fit any certificate, or offer ECDHE suites of both kinds:")
        .advise(Stack::Curl, "curl --tlsv1.3 …")
        .for_side(Role::Client)
}

pub(super) fn groups(offer: &Offer) -> String {
    let groups: Vec<_> = offer.groups.iter().flatten().map(NamedGroup::to_string).collect();
    if groups.is_empty() { "none".to_owned() } else { groups.join(", ") }
}

fn group(handshake: &Handshake, offer: &At<Offer>, confidence: Confidence) -> Finding {
    let finding = Finding::new(
        Cause::GroupNoOverlap,
        confidence,
        Side::Server,
        format!(
            "The client offers groups for the key exchange ({}): {}.",
            groups(offer),
            perhaps(confidence, "this server has none of them")
        ),
    )
    .explain("Client and server agree on a group (a curve) for (EC)DHE; the lists of the two do not meet.")
    .see(offer.event, "ClientHello.supported_groups", groups(offer));
    advise_group(finding, handshake)
}

pub(super) fn advise_group(finding: Finding, handshake: &Handshake) -> Finding {
    negotiation::groups_of(finding, handshake.local.library_number)
}

#[cfg(test)]
mod tests;
