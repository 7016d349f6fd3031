//! The client hears handshake_failure (or internal_error) where a ServerHello was due: at least eight causes, and one alert.
//!
//! Needs: the alert, and everything in the ClientHello: whatever is narrow or missing there is the suspect.

mod suites;

use suites::Suites;

use super::cipher::{self, list, real_suites};
use super::names;
use super::server_schemes;
use super::server_selection;
use crate::diagnose::versions;
use crate::diagnose::wording::perhaps;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::{AlertSeen, At, Handshake, Offer};
use crate::wire::{AlertDescription, Authentication, CipherSuite, NamedGroup, ProtocolVersion};

pub(in crate::diagnose) const SUSPECT: Rule = Rule {
    name: "refused_hello::suspect",
    find: suspect,
    causes: || {
        vec![
            Cause::EmsRequired,
            Cause::PskUnknownIdentity,
            Cause::CipherNoOverlap,
            Cause::SigalgNoOverlap,
            Cause::GroupNoOverlap,
            Cause::CipherNoMatchingCertificate,
            Cause::SniMissing,
            Cause::SniUnrecognized,
            Cause::ConfigNoCertificate,
        ]
    },
};

/// What servers say who cannot choose: GnuTLS says internal_error where no group fits.
const USED: &[AlertDescription] = &[AlertDescription::HANDSHAKE_FAILURE, AlertDescription::INTERNAL_ERROR];

fn suspect(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Client || handshake.outcome.kind.is_established() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    let told = handshake.fatal_alert(Direction::Received)?;
    if !USED.contains(&told.description) {
        let unusual = matches!(
            told.description,
            AlertDescription::ACCESS_DENIED
                | AlertDescription::INSUFFICIENT_SECURITY
                | AlertDescription::UNSUPPORTED_CERTIFICATE
                | AlertDescription::CERTIFICATE_UNKNOWN
                | AlertDescription::BAD_CERTIFICATE
        );
        return (unusual && handshake.answer.is_none()).then(|| otherwise(offer, told));
    }
    if handshake.answer.is_some() {
        let plain = told.description == AlertDescription::HANDSHAKE_FAILURE;
        return plain.then(|| nothing_to_show(handshake, offer, told)).flatten();
    }
    if handshake.retry.is_some() {
        return None;
    }
    // A server that cannot choose says handshake_failure; internal_error may be about anything of its own.
    let confidence = if told.description == AlertDescription::INTERNAL_ERROR {
        Confidence::Possible
    } else {
        Confidence::Likely
    };
    let finding = name(handshake, offer, confidence)
        .explain(
            "Such an alert in place of the ServerHello means that the server could not, or would not, choose. The alert \
             does not say why; the server's own record does.",
        )
        .see(told.event, "alert received", told.description);
    let mut finding = others(finding, offer);
    if told.description == AlertDescription::INTERNAL_ERROR {
        finding = finding
            .or(
                Cause::ConfigCallbackFailed,
                "the server's own log says whether a callback of its program failed",
            )
            .or(Cause::SessionIdContextUninitialized, "whether only resumptions fail: try without a session")
            .or(
                Cause::ConfigSecurityLevel,
                "the server's own record: whether its policy refuses its own certificate",
            );
    }
    let versions = || offer.versions.iter().filter(|version| !version.is_grease());
    let both = versions().any(|version| version.is_tls13())
        && versions().any(|version| *version == ProtocolVersion::TLS1_2);
    Some(if both {
        finding.not(
            Cause::VersionNoOverlap,
            "TLS 1.2 and 1.3 are both offered, and the alert for that is protocol_version",
        )
    } else {
        finding.or(
            Cause::VersionNoOverlap,
            "the alert for that is protocol_version, but GnuTLS answers like this: try another version",
        )
    })
}

/// Another alert where the ServerHello was due: insufficient_security if the server's suites are stronger (RFC 8446, section
/// 6.2), and what an application's own callback says of a name.
fn otherwise(offer: &At<Offer>, told: &At<AlertSeen>) -> Finding {
    let finding = match told.description {
        AlertDescription::INSUFFICIENT_SECURITY => {
            let suites: Vec<_> = real_suites(offer).collect();
            let finding = Finding::new(
                Cause::CipherNoOverlap,
                Confidence::Likely,
                Side::Client,
                "The server refuses the ClientHello: probably it wants stronger cipher suites than this client offers.",
            );
            cipher::advise(finding.see(offer.event, "ClientHello.cipher_suites", list(&suites)), false)
        }
        _ => match &offer.server_name {
            Some(name) => names::unrecognized(name, Confidence::Possible),
            None => names::missing(Confidence::Possible),
        },
    };
    let finding = finding
        .explain(format!(
            "The server broke off with \"{}\" where its ServerHello was due. The alert says no more; the server's own record or log \
             does.",
            told.description
        ))
        .see(told.event, "alert received", told.description)
        .see(offer.event, "ClientHello.server_name", offer.server_name.as_deref().unwrap_or("not sent"));
    others(finding, offer)
}

/// Suite and group were found (Java, for one, answers before it looks further); a certificate, or a scheme for it, was not.
fn nothing_to_show(handshake: &Handshake, offer: &At<Offer>, told: &At<AlertSeen>) -> Option<Finding> {
    let psk = handshake.answer.as_ref().is_some_and(|answer| answer.selected_psk.is_some());
    if handshake.certificate_came(Role::Server) || !handshake.is_tls13() || psk {
        return None;
    }
    let schemes = offer.signature_schemes.as_deref().unwrap_or_default();
    let finding = if narrow_schemes(offer, true) {
        let finding = Finding::new(
            Cause::SigalgNoOverlap,
            Confidence::Likely,
            Side::Client,
            "The server broke off where its certificate was due: probably its key fits no signature scheme that the client offers.",
        );
        server_schemes::advise_scheme(finding, &[]).or(
            Cause::ConfigNoCertificate,
            "the server's own record: whether it has a certificate for this name",
        )
    } else {
        without_certificate(offer)
            .or(Cause::SigalgNoOverlap, "the server's key, against ClientHello.signature_algorithms")
    };
    Some(
        finding
            .explain(
                "Cipher suite and group were agreed on in the ServerHello; then came handshake_failure instead of the server's \
                 certificate. What is left to be missing is the certificate itself, or a scheme for its signature.",
            )
            .see(told.event, "alert received", told.description)
            .see(offer.event, "ClientHello.signature_algorithms", server_schemes::shown(schemes))
            .or(names::suspect(offer), "some servers choose their certificate by server_name: try the name they serve")
            .or(Cause::ConfigKeyMismatch, "the server's own record: whether its private key belongs to its certificate")
            .not(Cause::CipherNoOverlap, "a suite was chosen")
            .not(Cause::GroupNoOverlap, "a group was chosen"),
    )
}

fn nothing_acceptable(cause: Cause, side: Side, confidence: Confidence, clause: &str) -> Finding {
    let clause = perhaps(confidence, clause);
    let summary = format!("The server found nothing acceptable in the ClientHello: {clause}.");
    Finding::new(cause, confidence, side, summary)
}

/// Names the suspect: what is narrow or missing in the hello.
fn name(handshake: &Handshake, offer: &At<Offer>, confidence: Confidence) -> Finding {
    let best = versions::best(offer).unwrap_or(ProtocolVersion(offer.legacy_version));
    let tls13 = best.is_tls13();
    let suites = Suites::best(offer, tls13, confidence);
    // A client without it is an old one, and a server that insists on it a rare one.
    if best == ProtocolVersion::TLS1_2 && !offer.extended_master_secret {
        return super::weak_key_exchange::ems(Role::Client, Confidence::Possible).see(
            offer.event,
            "ClientHello.extended_master_secret",
            "not offered",
        );
    }
    if offer.external_psk {
        return super::psk::suspect(offer);
    }
    if let Some(finding) = suites.few() {
        return finding;
    }
    if best < ProtocolVersion::TLS1_2 {
        return too_old(offer, best, suites.list());
    }
    if let Some(schemes) = offer.signature_schemes.as_deref().filter(|_| narrow_schemes(offer, tls13)) {
        let clause = "no signature scheme that is offered fits its key";
        let finding = nothing_acceptable(Cause::SigalgNoOverlap, Side::Client, confidence, clause).see(
            offer.event,
            "ClientHello.signature_algorithms",
            server_schemes::shown(schemes),
        );
        return server_schemes::advise_scheme(finding, &[]);
    }
    if narrow_groups(offer) {
        let clause = "it has no group for the key exchange of those offered";
        let finding = nothing_acceptable(Cause::GroupNoOverlap, Side::Client, confidence, clause).see(
            offer.event,
            "ClientHello.supported_groups",
            server_selection::groups(offer),
        );
        return server_selection::advise_group(finding, handshake);
    }
    // What is wide for TLS 1.3 says nothing about the list for a server that ends at TLS 1.2.
    let of_tls12 = || Suites::of_tls12(offer).and_then(|suites| suites.few().or_else(|| suites.one_sided()));
    suites.one_sided().or_else(of_tls12).unwrap_or_else(|| {
        without_certificate(offer).see(offer.event, "ClientHello.cipher_suites", list(suites.list()))
    })
}

/// Beneath TLS 1.2 the suites of today count for nothing, and most servers have the versions switched off.
fn too_old(offer: &At<Offer>, best: ProtocolVersion, suites: &[CipherSuite]) -> Finding {
    Finding::new(
        Cause::CipherNoOverlap,
        Confidence::Possible,
        Side::Client,
        format!("The server refuses a hello that offers {best} at most: it may be that it has no cipher suite for that version."),
    )
    .see(offer.event, "ClientHello.cipher_suites", list(suites))
    .with(crate::diagnose::knowledge::negotiation::old_versions)
}

fn without_certificate(offer: &At<Offer>) -> Finding {
    Finding::new(
        Cause::ConfigNoCertificate,
        Confidence::Possible,
        Side::Server,
        match offer.server_name {
            Some(_) => "The server refuses this ClientHello without a reason: it may have no usable certificate for this name.",
            None => "The server refuses this ClientHello without a reason: it may have no usable certificate where no name is asked for.",
        },
    )
    .see(offer.event, "ClientHello.server_name", offer.server_name.as_deref().unwrap_or("not sent"))
    .with(crate::diagnose::knowledge::own::server_certificate)
}

/// Whether the schemes leave out a usual kind of key altogether.
fn narrow_schemes(offer: &Offer, tls13: bool) -> bool {
    // SHA-256 and better: today's servers sign with nothing less.
    let strong = 4..=6;
    let schemes = offer.signature_schemes.as_deref().unwrap_or_default();
    let rsa = schemes.iter().any(|scheme| {
        matches!(scheme.0, 0x0804..=0x0806)
            || (!tls13 && scheme.0 & 0xff == 1 && strong.contains(&(scheme.0 >> 8)))
    });
    let ecdsa = schemes.iter().any(|scheme| scheme.0 & 0xff == 3 && strong.contains(&(scheme.0 >> 8)));
    !(rsa && ecdsa)
}

/// Whether the groups leave out both of those that every server has, or all but one.
fn narrow_groups(offer: &Offer) -> bool {
    let Some(groups) = &offer.groups else { return false };
    let real: Vec<_> = groups.iter().filter(|group| !group.is_grease()).collect();
    let usual = real.iter().any(|group| matches!(**group, NamedGroup::X25519 | NamedGroup::SECP256R1));
    real.len() < 2 || !usual
}

/// Everything else that this alert can mean.
fn others(finding: Finding, offer: &Offer) -> Finding {
    let named = finding.cause;
    let by_name = names::suspect(offer);
    let tls13 = versions::best(offer).is_some_and(ProtocolVersion::is_tls13);
    let ecdsa = real_suites(offer).any(|suite| suite.authentication() == Some(Authentication::Ecdsa));
    let unfit = (
        Cause::ServerCert(CertificateFault::BadKeyUsage),
        "the keyUsage of the server's certificate: without digitalSignature an EC key is good for no suite before TLS 1.3",
    );
    let unfit = (!tls13 && ecdsa).then_some(unfit);
    [
        (Cause::CipherNoOverlap, "the server's list of cipher suites, against ClientHello.cipher_suites"),
        (
            Cause::CipherNoMatchingCertificate,
            "the server's certificate types: compare RSA and ECDSA with the suites offered",
        ),
        (Cause::GroupNoOverlap, "the server's groups, against ClientHello.supported_groups"),
        (Cause::SigalgNoOverlap, "the server's key, against ClientHello.signature_algorithms"),
        (
            by_name,
            "some servers choose by server_name and refuse what they do not know: try the name they serve",
        ),
        (Cause::ConfigNoCertificate, "the server's own record: whether it has a certificate for this name"),
        (
            Cause::ConfigKeyMismatch,
            "the server's own record: whether its private key belongs to its certificate",
        ),
    ]
    .into_iter()
    .chain(unfit)
    .filter(|(cause, _)| *cause != named)
    .fold(finding, |finding, (cause, tell)| finding.or(cause, tell))
}

#[cfg(test)]
mod tests;
