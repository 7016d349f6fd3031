//! What the rules about certificates share: dates, purposes, and the name that was asked for. See `unreached` for chains without an end.
//!
//! Needs: the chain as it was shown, and the time of the handshake.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::diagnose::library::verify;
use crate::diagnose::{Cause, CertificateFault};
use crate::event::Role;
use crate::handshake::{Chain, Handshake};
use crate::wire::x509::Certificate;

/// The cause for a fault of this owner's certificate.
pub(super) fn cause(owner: Role, fault: CertificateFault) -> Cause {
    match owner {
        Role::Client => Cause::ClientCert(fault),
        Role::Server => Cause::ServerCert(fault),
    }
}

/// The cause where this owner's certificate was refused, and no more is known.
pub(super) fn rejected_cause(owner: Role) -> Cause {
    match owner {
        Role::Server => Cause::ServerCertRejected,
        Role::Client => Cause::ClientCertRejected,
    }
}

/// `client's` or `server's`.
pub(super) fn possessive(owner: Role) -> &'static str {
    match owner {
        Role::Client => "client's",
        Role::Server => "server's",
    }
}

/// Seconds since 1970, negative before.
pub(super) fn unix_seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    }
}

/// A point in time as RFC 3339, to the second.
pub(super) fn date(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.to_string(),
        Err(_) => format!("{seconds} s after 1970"),
    }
}

/// Whether the certificate is past its end at this time.
pub(super) fn expired(certificate: &Certificate, now: i64) -> bool {
    certificate.not_after.is_some_and(|end| now > end)
}

/// Whether the certificate's time has not come yet.
pub(super) fn not_yet_valid(certificate: &Certificate, now: i64) -> bool {
    certificate.not_before.is_some_and(|start| now < start)
}

/// The extendedKeyUsage that an owner's certificate needs, as its OID's usual name.
pub(super) fn purpose(owner: Role) -> &'static str {
    match owner {
        Role::Client => "clientAuth",
        Role::Server => "serverAuth",
    }
}

/// A Certificate message in a line: how many, how large, whose.
pub(super) fn shown(chain: &Chain) -> String {
    const SHOWN: usize = 4;
    let subjects = chain.certificates.iter().map(|one| one.certificate.subject_text());
    let mut names: Vec<_> = subjects.take(SHOWN).map(str::to_owned).collect();
    if chain.certificates.len() > SHOWN {
        names.push(format!("and {} more", chain.certificates.len() - SHOWN));
    }
    format!("{} sent, {} bytes: {}", chain.certificates.len(), chain.size, names.join(" | "))
}

/// The name that the client asked for: what it verifies, or what it sends in server_name.
pub(super) fn asked_name(handshake: &Handshake) -> Option<&str> {
    handshake
        .expected_name
        .as_deref()
        .or_else(|| handshake.offer.as_ref().and_then(|offer| offer.server_name.as_deref()))
}

/// Whether the library was told to verify the server, or the application has CAs to hold its certificate against and looks at the
/// result itself, as curl does from 8.22 on, and nginx as a proxy. A health check that verifies nothing has none.
pub(super) fn means_to_verify(handshake: &Handshake) -> bool {
    handshake.verifies_peer() || handshake.local.trust_anchors.count > 0
}

/// Whether the peer's own certificate is itself one that this side trusts, and all that the library minded is that it reached no issuer that
/// it trusts. A program that lets such a certificate pass has pinned it, as stunnel does by `verifyPeer`.
pub(super) fn is_pinned(handshake: &Handshake) -> bool {
    const UNREACHED: &[i32] = &[
        verify::UNABLE_TO_GET_ISSUER_CERT,
        verify::SELF_SIGNED_CERT_IN_CHAIN,
        verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        verify::UNABLE_TO_VERIFY_LEAF_SIGNATURE,
        verify::CERT_UNTRUSTED,
    ];
    let leaf = handshake.peer_chain().and_then(|chain| chain.certificates.first());
    let trusted = &handshake.local.trust_anchors.certificates;
    let faults = || handshake.verifications.iter().filter(|seen| !seen.ok);
    leaf.is_some_and(|leaf| trusted.iter().any(|der| **der == *leaf.der))
        && faults().next().is_some()
        && faults().all(|seen| UNREACHED.contains(&seen.error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{LocalConfiguration, TrustAnchors};
    use crate::handshake::{At, Presented, Verification};

    #[test]
    fn a_certificate_that_is_trusted_itself_is_pinned_whoever_issued_it() {
        let server = |leaf: &[u8], error| {
            let mut handshake = Handshake::blank(Role::Server);
            let anchors = TrustAnchors { count: 1, certificates: vec![vec![1]], ..TrustAnchors::default() };
            handshake.local =
                Arc::new(LocalConfiguration { trust_anchors: anchors, ..LocalConfiguration::default() });
            let shown = Presented { der: Arc::from(leaf), certificate: Arc::default() };
            let value = Chain { certificates: vec![shown], ..Chain::default() };
            handshake.client_chain = Some(At { event: 4, value });
            let value = Verification { depth: 0, ok: false, accepted: true, error, certificate: None };
            handshake.verifications.push(At { event: 5, value });
            handshake
        };
        assert!(is_pinned(&server(&[1], 20)) && is_pinned(&server(&[1], 19)));
        assert!(!is_pinned(&server(&[2], 20)), "another certificate");
        assert!(!is_pinned(&server(&[1], 10)), "it has expired");
        let mut expired = server(&[1], 20);
        expired.verifications.extend(server(&[1], 10).verifications);
        assert!(!is_pinned(&expired));
    }

    #[test]
    fn times_before_1970_and_dates() {
        assert_eq!(unix_seconds(UNIX_EPOCH - std::time::Duration::from_secs(5)), -5);
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
    }
}
