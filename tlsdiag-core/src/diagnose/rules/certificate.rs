//! What the rules about certificates share: dates, purposes, and why a chain does not reach a trust anchor.
//!
//! Needs: the chain as it was shown, the time of the handshake, and what is known of the verifier's trust anchors.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::diagnose::{Cause, CertificateFault};
use crate::event::Role;
use crate::handshake::{Chain, Handshake, OwnCertificate};
use crate::wire::x509::{Certificate, Name};

/// The cause for a fault of this owner's certificate.
pub(super) fn cause(owner: Role, fault: CertificateFault) -> Cause {
    match owner {
        Role::Client => Cause::ClientCert(fault),
        Role::Server => Cause::ServerCert(fault),
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

/// Why a chain does not reach a trust anchor: which fault, and how we come to think so.
pub(super) struct Unreached {
    pub(super) fault: CertificateFault,
    /// Nothing else fits.
    pub(super) certain: bool,
    pub(super) reason: String,
}

/// Judges a chain that did not reach a trust anchor. `anchors` are the DER subjects that the verifier is known to trust;
/// from a lone certificate nobody can tell for sure whether its issuer is a root that is not trusted or an intermediate
/// that was not sent, unless this side holds that intermediate itself (`own`); so names decide, and the other cause stands
/// beside.
pub(super) fn unreached(
    chain: &Chain,
    owner: Role,
    anchors: &[Vec<u8>],
    anchor_count: u32,
    own: &[OwnCertificate],
) -> Option<Unreached> {
    let top = chain.top()?;
    let say = |fault, certain, reason: String| Some(Unreached { fault, certain, reason });
    let issuer = top.issuer_text();
    if top.is_self_signed_name() {
        return say(
            CertificateFault::UnknownIssuer,
            true,
            format!("the chain ends in its own root \"{}\", which is not trusted", top.subject_text()),
        );
    }
    if anchors.iter().any(|anchor| top.is_issued_by_name(anchor)) {
        return say(
            CertificateFault::UnknownIssuer,
            false,
            format!("a CA named \"{issuer}\" is trusted, but its key did not sign this certificate"),
        );
    }
    // Both sides are often of one PKI: the intermediate that is missing may be the one that this side sends along itself.
    let known = own.iter().flat_map(|own| own.chain.certificates.iter().skip(1));
    let known =
        known.map(|shown| &*shown.certificate).find(|one| one.issued(top) && !one.is_self_signed_name());
    if let Some(known) = known {
        let certain = anchors.iter().any(|anchor| known.is_issued_by_name(anchor));
        let reason =
            format!("the issuer \"{issuer}\" is an intermediate that this side has in its own chain");
        return say(CertificateFault::IncompleteChain, certain, reason);
    }
    let issuers_issuer = top.issuers_issuer();
    if let Some(upper) = issuers_issuer.filter(|upper| !top.is_issued_by_name(&upper.der)) {
        let known = anchors.contains(&upper.der);
        return say(
            CertificateFault::IncompleteChain,
            known,
            format!("the issuer \"{issuer}\" is an intermediate: its own issuer is \"{}\"", upper.text),
        );
    }
    if issuers_issuer.is_some() {
        return say(
            CertificateFault::UnknownIssuer,
            true,
            format!("the issuer \"{issuer}\" is a root, and it is not trusted"),
        );
    }
    let kin = anchors.iter().map(|anchor| Name::parse(anchor).text).find(|anchor| related(anchor, issuer));
    if let Some(anchor) = kin.filter(|_| !names_a_root(issuer) && !names_a_stranger(issuer)) {
        let reason = format!(
            "nothing was sent above \"{}\"; its issuer \"{issuer}\" looks like a CA under \"{anchor}\"",
            top.subject_text()
        );
        return say(CertificateFault::IncompleteChain, false, reason);
    }
    if chain.certificates.len() > 1 {
        return say(
            CertificateFault::UnknownIssuer,
            false,
            format!("intermediates were sent, and their issuer \"{issuer}\" is not trusted"),
        );
    }
    let fault_by_name = if names_a_root(issuer) || names_a_stranger(issuer) {
        CertificateFault::UnknownIssuer
    } else if names_an_intermediate(issuer) {
        CertificateFault::IncompleteChain
    } else if anchor_count > 0 && anchor_count <= PRIVATE_ANCHORS {
        CertificateFault::UnknownIssuer
    } else {
        match owner {
            Role::Server => CertificateFault::IncompleteChain,
            Role::Client => CertificateFault::UnknownIssuer,
        }
    };
    say(
        fault_by_name,
        false,
        format!("one certificate was sent, and its issuer \"{issuer}\" is not known to the verifier"),
    )
}

/// Up to this many trust anchors are somebody's own choice; a system's store has a hundred and more.
const PRIVATE_ANCHORS: u32 = 20;

/// Whether two names seem to belong to one PKI: the same organisation, or (where either has none) a telling word of the
/// common name in common.
fn related(a: &str, b: &str) -> bool {
    match (attribute(a, "O="), attribute(b, "O=")) {
        (Some(a), Some(b)) => a == b,
        _ => {
            let (Some(a), Some(b)) = (attribute(a, "CN="), attribute(b, "CN=")) else { return false };
            telling_words(a).any(|word| telling_words(b).any(|other| word.eq_ignore_ascii_case(other)))
        }
    }
}

fn attribute<'a>(name: &'a str, key: &str) -> Option<&'a str> {
    name.split(',').find_map(|part| part.trim_start().strip_prefix(key))
}

/// Words of a CA's name that are not in every CA's name.
fn telling_words(common_name: &str) -> impl Iterator<Item = &str> {
    const COMMON: &[&str] = &[
        "ca",
        "root",
        "intermediate",
        "issuing",
        "subordinate",
        "sub",
        "authority",
        "certificate",
        "certification",
        "the",
        "of",
        "and",
        "rsa",
        "ecc",
        "ec",
        "tls",
        "ssl",
        "server",
        "client",
        "global",
        "class",
    ];
    common_name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1 && !word.chars().all(|c| c.is_ascii_digit()))
        .filter(|word| !COMMON.iter().any(|common| common.eq_ignore_ascii_case(word)))
}

fn names_a_root(name: &str) -> bool {
    attribute(name, "CN=").is_some_and(|name| name.to_ascii_lowercase().contains("root"))
}

/// Whether somebody named the CA for being no kin, as those do who try out what happens.
fn names_a_stranger(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "another",
        "different",
        "evil",
        "fake",
        "foreign",
        "impostor",
        "other",
        "rogue",
        "stranger",
        "unknown",
        "unrelated",
        "untrusted",
        "wrong",
    ];
    says(name, WORDS)
}

fn names_an_intermediate(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "ica",
        "int",
        "inter",
        "intermediate",
        "intermediary",
        "issuing",
        "signing",
        "sub",
        "subca",
        "subordinate",
    ];
    says(name, WORDS)
}

/// Whether the common name has one of these words, with or without a number behind it.
fn says(name: &str, words: &[&str]) -> bool {
    attribute(name, "CN=").is_some_and(|name| {
        let mut said = name.split(|c: char| !c.is_alphanumeric());
        said.any(|word| {
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            words.iter().any(|known| known.eq_ignore_ascii_case(word))
        })
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_pki_are_related() {
        assert!(related("CN=Demo Root CA,O=Demo", "CN=Issuing CA 2,O=Demo"));
        assert!(!related("CN=Demo Root CA,O=Demo", "CN=Demo Root CA,O=Somebody Else"));
        assert!(related("CN=Acme Root CA", "CN=Acme Issuing CA"));
        assert!(!related("CN=Acme Root CA", "CN=Other Root CA"));
        assert!(!related("CN=Root CA 1", "CN=Issuing CA 1"));
    }

    #[test]
    fn a_word_of_the_name_tells_what_a_ca_is() {
        for name in ["CN=Sub CA 1", "CN=Acme ICA2,O=Acme", "CN=issuing-ca", "CN=Intermediate"] {
            assert!(names_an_intermediate(name), "{name}");
        }
        assert!(!names_an_intermediate("CN=Interior Ministry"));
        assert!(names_a_stranger("CN=Other CA,O=Acme"));
        assert!(!names_a_stranger("CN=Mother of all CAs"));
    }

    #[test]
    fn times_before_1970_and_dates() {
        assert_eq!(unix_seconds(UNIX_EPOCH - std::time::Duration::from_secs(5)), -5);
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
    }
}
