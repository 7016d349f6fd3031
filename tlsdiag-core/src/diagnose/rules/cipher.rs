//! No cipher suite in common.
//!
//! Needs: the ClientHello's suites, the local list, the library's reason. What a client can make of its handshake_failure is
//! told by [`refused_hello`](super::refused_hello).

use super::server_schemes::keys;
use crate::diagnose::knowledge::negotiation;
use crate::diagnose::knowledge::suites::{self, Lists};
use crate::diagnose::library::{self, reason};
use crate::diagnose::versions;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::Role;
use crate::handshake::{Handshake, Offer};
use crate::wire::x509::KeyKind;
use crate::wire::{Authentication, CipherSuite, KeyExchange, ProtocolVersion};

pub(in crate::diagnose) const NO_OVERLAP: Rule =
    Rule { name: "cipher::no_overlap", find: no_overlap, causes: || vec![Cause::CipherNoOverlap] };

fn no_overlap(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || handshake.answer.is_some() {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    (handshake.role == Role::Server).then(|| at_server(handshake, offer.event, offer)).flatten()
}

/// The server knows both lists, so it can prove that they do not meet. Where they do meet, something else is missing (a
/// group, a certificate of that type, a signature scheme), and this rule stays silent.
fn at_server(handshake: &Handshake, event: u32, offer: &Offer) -> Option<Finding> {
    let own = handshake.ssl_reason(reason::NO_SHARED_CIPHER)?;
    let version = version_refused(handshake, offer, reason::NO_SHARED_CIPHER);
    let tls13 = version.is_tls13();
    let offered: Vec<_> = real_suites(offer).filter(|suite| is_of(*suite, version)).collect();
    let all =
        |needs: fn(CipherSuite) -> bool| !offered.is_empty() && offered.iter().all(|suite| needs(*suite));
    let (only_psk, only_srp) = (all(needs_psk), all(needs_password));
    let enabled: Vec<_> = handshake
        .local
        .cipher_suites
        .iter()
        .map(|suite| CipherSuite(*suite))
        .filter(|suite| {
            is_of(*suite, version) && versions::level_allows(handshake.local.security_level, *suite)
        })
        .collect();
    if !common_suites(handshake, offer, version).is_empty() {
        return None;
    }
    let old = version < ProtocolVersion::TLS1_2;
    let version = match version {
        ProtocolVersion::TLS1_2 => "TLSv1.2 and below".to_owned(),
        other => other.to_string(),
    };
    let finding = Finding::new(
        Cause::CipherNoOverlap,
        Confidence::Certain,
        Side::Server,
        format!("Client and server have no cipher suite in common for {version}."),
    )
    .explain(
        "None of the suites that the client offers is enabled at this server. Suites of TLS 1.3 and those of the versions \
         before are configured apart, so a list for the one says nothing about the other.",
    )
    .see(own.event, "error queue", library::show(own))
    .see(event, "ClientHello.cipher_suites", list(&offered))
    .see(handshake.local_event, "cipher suites enabled here", list(&enabled))
    .not(Cause::CipherNoMatchingCertificate, "the lists do not meet, whatever the certificate");
    let mut finding = advise_lists(finding, handshake, tls13, &offered, &enabled);
    let level = handshake.local.security_level;
    let denied = |suite: &CipherSuite| {
        handshake.local.cipher_suites.contains(&suite.0) && !versions::level_allows(level, *suite)
    };
    let denied: Vec<_> = offered.iter().copied().filter(denied).collect();
    if !denied.is_empty() {
        finding = finding.see(
            handshake.local_event,
            "suites in common that the security level forbids",
            format!("{} (level {level})", list(&denied)),
        );
    }
    if old {
        finding.explanation.push_str(
            " Suites with AES-GCM, ChaCha20, CCM or a hash above SHA-1 are for TLS 1.2 alone: beneath it they count for nothing.",
        );
    }
    if only_srp {
        finding.confidence = Confidence::Likely;
        finding.summary = "The client offers SRP suites alone, for a user name and a password: probably this server has no SRP users.".to_owned();
        finding.explanation =
            "SRP (RFC 5054) proves both sides by a password. OpenSSL lists its suites whether or not users are set, and chooses none of them \
             where there are none; OpenSSL 3 calls SRP deprecated."
                .to_owned();
    }
    if only_psk {
        finding.confidence = Confidence::Likely;
        finding.summary = format!("Client and server probably have no cipher suite in common for {version}.");
        finding = finding.or(
            Cause::PskUnknownIdentity,
            "the client wants to come in by a pre-shared key alone, and this server has none: see whether it should",
        );
    }
    Some(finding)
}

/// The suites of a version that both sides have enabled. OpenSSL lists suites of pre-shared keys and of passwords (SRP) whether or not it has
/// any; one that has chooses them, and then there is no failure to explain.
pub(super) fn common_suites(
    handshake: &Handshake,
    offer: &Offer,
    version: ProtocolVersion,
) -> Vec<CipherSuite> {
    let enabled = &handshake.local.cipher_suites;
    real_suites(offer)
        .filter(|suite| {
            is_of(*suite, version)
                && enabled.contains(&suite.0)
                && !needs_psk(*suite)
                && !needs_password(*suite)
        })
        .filter(|suite| versions::level_allows(handshake.local.security_level, *suite))
        .collect()
}

/// Whether a suite can be used in a version: TLS 1.3 has suites of its own, and those with another hash or mode than TLS 1.1 knows
/// are for TLS 1.2 (RFC 5246, appendix A.5; RFC 5288).
fn is_of(suite: CipherSuite, version: ProtocolVersion) -> bool {
    const NEW: [&str; 5] = ["GCM", "CCM", "POLY1305", "_SHA256", "_SHA384"];
    if is_tls13(suite) || version.is_tls13() {
        return is_tls13(suite) == version.is_tls13();
    }
    version >= ProtocolVersion::TLS1_2 || {
        let name = suite.to_string();
        !NEW.iter().any(|part| name.contains(part))
    }
}

/// The version for which this server could not choose. OpenSSL goes without TLS 1.3 where no key is of a kind that TLS 1.3 has a scheme
/// for, so that "no shared cipher" with a suite of TLS 1.3 in common is about the version before.
pub(super) fn version_refused(handshake: &Handshake, offer: &Offer, said: i32) -> ProtocolVersion {
    if let Some(version) = handshake.version() {
        return version;
    }
    let common = versions::common(&handshake.local, offer);
    let older = common.iter().rev().find(|version| !version.is_tls13()).copied();
    let tls13 = speaks_tls13(handshake, offer);
    let usable = || !common_suites(handshake, offer, ProtocolVersion::TLS1_3).is_empty();
    match older {
        Some(older) if tls13 && said == reason::NO_SHARED_CIPHER && usable() => older,
        _ if tls13 => ProtocolVersion::TLS1_3,
        Some(older) => older,
        None => ProtocolVersion::TLS1_2,
    }
}

/// Whether nothing but a pre-shared key is proof in this suite.
fn needs_psk(suite: CipherSuite) -> bool {
    suite.authentication() == Some(Authentication::Psk)
}

/// Whether the client proves itself by a user name and a password.
fn needs_password(suite: CipherSuite) -> bool {
    suite.key_exchange() == Some(KeyExchange::Srp)
}

/// Signalling values are no suites (RFC 5746, RFC 7507), and GREASE is none either.
pub(super) fn real_suites(offer: &Offer) -> impl Iterator<Item = CipherSuite> {
    let signals = [CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV, CipherSuite::TLS_FALLBACK_SCSV];
    offer.cipher_suites.iter().copied().filter(move |suite| !suite.is_grease() && !signals.contains(suite))
}

/// RFC 8446 §B.4: 0x13 is TLS 1.3's block.
fn is_tls13(suite: CipherSuite) -> bool {
    suite.0 >> 8 == 0x13
}

/// Whether client and server both have TLS 1.3 enabled. OpenSSL speaks it only if a key of its own is of a kind that TLS 1.3 has a
/// scheme for, or may come by a callback.
pub(super) fn speaks_tls13(handshake: &Handshake, offer: &Offer) -> bool {
    let tls13 = ProtocolVersion::TLS1_3;
    offer.offers(tls13) && versions::bar(&handshake.local, tls13).is_none()
}

pub(super) fn list(suites: &[CipherSuite]) -> String {
    const SHOWN: usize = 6;
    if suites.is_empty() {
        return "none".to_owned();
    }
    let mut names: Vec<_> = suites.iter().take(SHOWN).map(CipherSuite::to_string).collect();
    if suites.len() > SHOWN {
        names.push(format!("and {} more", suites.len() - SHOWN));
    }
    names.join(", ")
}

/// Whether one of the keys is of the kind that a suite is for.
pub(super) fn fits(suite: CipherSuite, keys: &[KeyKind]) -> bool {
    match suite.authentication() {
        Some(Authentication::Rsa) => keys.iter().any(|key| match key {
            KeyKind::Rsa => true,
            KeyKind::RsaPss => suite.key_exchange() != Some(KeyExchange::Rsa),
            _ => false,
        }),
        Some(Authentication::Ecdsa) => {
            keys.iter().any(|key| matches!(key, KeyKind::Ec { .. } | KeyKind::Ed25519 | KeyKind::Ed448))
        }
        Some(Authentication::Dss) => keys.contains(&KeyKind::Dsa),
        _ => false,
    }
}

/// What both sides can do with this server's keys.
fn advise_lists(
    finding: Finding,
    handshake: &Handshake,
    tls13: bool,
    offered: &[CipherSuite],
    enabled: &[CipherSuite],
) -> Finding {
    let keys = keys(handshake);
    let level = handshake.local.security_level;
    let of_use = |suites: &[CipherSuite]| -> Vec<CipherSuite> {
        let fits = |suite: &CipherSuite| tls13 || keys.is_empty() || fits(*suite, &keys);
        let allowed = |suite: &CipherSuite| fits(suite) && versions::level_allows(level, *suite);
        suites.iter().copied().filter(allowed).collect()
    };
    let (offered, enabled) = (of_use(offered), of_use(enabled));
    suites::enable(finding, tls13, Some(&Lists { offered: &offered, enabled: &enabled }))
}

/// What the client offers is known, and no more.
pub(super) fn advise_offered(finding: Finding, tls13: bool, offered: &[CipherSuite]) -> Finding {
    suites::enable(finding, tls13, Some(&Lists { offered, enabled: &[] }))
}

pub(super) fn advise(finding: Finding, tls13: bool) -> Finding {
    if tls13 {
        finding.with(negotiation::suites_of_tls13)
    } else {
        finding.with(negotiation::suites_of_tls12)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::LocalConfiguration;
    use crate::handshake::At;

    fn server(offered: CipherSuite, enabled: CipherSuite) -> Handshake {
        let mut handshake = Handshake::blank(Role::Server).with_reason(reason::NO_SHARED_CIPHER);
        let offer = Offer {
            versions: vec![ProtocolVersion::TLS1_2],
            names_versions: true,
            cipher_suites: vec![offered, CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV],
            ..Offer::default()
        };
        handshake.offer = Some(At { event: 1, value: offer });
        handshake.local = Arc::new(LocalConfiguration {
            cipher_suites: vec![enabled.0, 0x1301],
            ..LocalConfiguration::default()
        });
        handshake
    }

    #[test]
    fn the_server_proves_it_or_stays_silent() {
        let (rsa, ecdsa) = (
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        );
        let finding = no_overlap(&server(rsa, ecdsa)).expect("a finding");
        assert_eq!((finding.cause, finding.confidence), (Cause::CipherNoOverlap, Confidence::Certain));
        // One of a password counts for nothing where nobody has one.
        let srp = CipherSuite(0xc01e);
        let finding = no_overlap(&server(srp, srp)).expect("a finding");
        assert_eq!((finding.cause, finding.confidence), (Cause::CipherNoOverlap, Confidence::Likely));
        assert!(finding.summary.contains("SRP"), "{}", finding.summary);
        // The same reason with a suite in common is another cause: a certificate of that type, a group, a scheme.
        assert_eq!(no_overlap(&server(ecdsa, ecdsa)), None);
    }
}
