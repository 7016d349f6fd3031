//! What a signer (smart card, HSM, token) can do in TLS, known before anybody fails: from the schemes that its key was tried with.

use super::knowledge::signatures;
use super::{Cause, Confidence, Finding, Side, fit};
use crate::wire::x509::{Key, KeyKind};
use crate::wire::{ProtocolVersion, SignatureScheme};

/// The schemes that a server of OpenSSL asks a client for unless it is told otherwise, in its order (1.1.1 and later).
pub const USUAL_SCHEMES: [SignatureScheme; 14] = [
    SignatureScheme::ECDSA_SECP256R1_SHA256,
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::ECDSA_SECP521R1_SHA512,
    SignatureScheme::ED25519,
    SignatureScheme::ED448,
    SignatureScheme::RSA_PSS_PSS_SHA256,
    SignatureScheme::RSA_PSS_PSS_SHA384,
    SignatureScheme::RSA_PSS_PSS_SHA512,
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// One way of PKCS #11 to make a signature, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// The mechanism, such as `CKM_RSA_PKCS_PSS`.
    pub mechanism: String,
    /// Whether the program makes the digest and the card signs that, as NSS, GnuTLS and OpenSSL's engine have it.
    pub digest_outside: bool,
    /// Why there is no good signature, such as `CKR_MECHANISM_INVALID`; `None` where there is one.
    pub refusal: Option<String>,
}

/// What came of trying a key with a scheme.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    /// The scheme.
    pub scheme: SignatureScheme,
    /// The mechanisms that make such a signature.
    pub attempts: Vec<Attempt>,
}

impl Trial {
    /// Whether a mechanism that most programs use made a good signature.
    #[must_use]
    pub fn signs(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.digest_outside && attempt.refusal.is_none())
    }

    /// The refusals, such as `CKM_RSA_PKCS_PSS: CKR_MECHANISM_INVALID`.
    #[must_use]
    pub fn refusals(&self) -> Vec<String> {
        let refused =
            |attempt: &Attempt| attempt.refusal.as_ref().map(|why| format!("{}: {why}", attempt.mechanism));
        self.attempts.iter().filter_map(refused).collect()
    }
}

/// Which servers a key can satisfy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fits {
    /// Those of OpenSSL as they are.
    AsTheyAre,
    /// Those that leave out what the card refuses.
    WithoutWhatItRefuses,
    /// None.
    None,
}

impl Fits {
    /// `as_they_are`, `without_what_it_refuses` or `none`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Fits::AsTheyAre => "as_they_are",
            Fits::WithoutWhatItRefuses => "without_what_it_refuses",
            Fits::None => "none",
        }
    }
}

/// What a key can do in a version of TLS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fitness {
    /// The version.
    pub version: ProtocolVersion,
    /// Which servers it satisfies.
    pub fits: Fits,
    /// The scheme that it signs with at such a server.
    pub scheme: Option<SignatureScheme>,
    /// What a handshake would fail for, with what mends it; `None` where it would not.
    pub finding: Option<Finding>,
}

/// What a key can do in TLS 1.2 and in TLS 1.3.
#[must_use]
pub fn fitness(key: &Key, trials: &[Trial]) -> [Fitness; 2] {
    [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3].map(|version| in_version(key, version, trials))
}

fn in_version(key: &Key, version: ProtocolVersion, trials: &[Trial]) -> Fitness {
    let fitting = |scheme: &&Trial| fit::can_sign(&key.kind, version, scheme.scheme);
    let usable: Vec<&Trial> = trials.iter().filter(fitting).collect();
    let signing = usable.iter().find(|trial| trial.signs());
    let fits = match (usable.first(), signing) {
        (Some(first), Some(_)) if first.signs() => Fits::AsTheyAre,
        (_, Some(_)) => Fits::WithoutWhatItRefuses,
        _ => Fits::None,
    };
    let refused: Vec<&Trial> = usable.iter().copied().filter(|trial| !trial.signs()).collect();
    let mut pkcs1 = trials.iter().filter(|trial| trial.scheme == SignatureScheme::RSA_PKCS1_SHA256);
    let without_pss = key.kind == KeyKind::Rsa && pkcs1.any(Trial::signs);
    let finding = (fits != Fits::AsTheyAre && !refused.is_empty())
        .then(|| finding(&key.kind, version, fits, &refused, without_pss));
    Fitness { version, fits, scheme: signing.map(|trial| trial.scheme), finding }
}

/// What such a server's record would say, known for certain: the card was asked.
fn finding(
    key: &KeyKind,
    version: ProtocolVersion,
    fits: Fits,
    refused: &[&Trial],
    without_pss: bool,
) -> Finding {
    let tls13 = version.is_tls13();
    let summary = match (key, fits) {
        (KeyKind::Rsa, Fits::None) if tls13 => {
            "TLS 1.3 takes RSA-PSS alone of an RSA key, and the card refuses to sign it.".to_owned()
        }
        (_, Fits::None) => {
            format!("The card signs with no scheme that {} has for this key.", spoken(version))
        }
        _ => {
            let first = refused.first().map_or_else(String::new, |trial| trial.scheme.to_string());
            format!("The card refuses {first}, which servers of OpenSSL ask for first since 1.1.1.")
        }
    };
    let mut finding = Finding::new(Cause::SigalgSignerRefused, Confidence::Certain, Side::Client, summary);
    for trial in refused {
        finding = finding.see(None, trial.scheme.to_string(), trial.refusals().join("; "));
    }
    match (tls13, without_pss) {
        (true, true) if fits == Fits::None => finding.with(signatures::card_in_tls13),
        (false, true) => finding.with(signatures::card_in_tls12),
        // No list of schemes is known to mend it.
        _ => finding.with(signatures::another_card),
    }
}

/// One sentence on both versions.
#[must_use]
pub fn sentence(key: &Key, [tls12, tls13]: &[Fitness; 2]) -> String {
    let kind = &key.kind;
    let able = |fitness: &Fitness| {
        let scheme = fitness.scheme.map_or_else(String::new, |scheme| scheme.to_string());
        let where_ = match (fitness.fits, kind) {
            (Fits::WithoutWhatItRefuses, KeyKind::Rsa) if !fitness.version.is_tls13() => {
                ", but only where the server does not ask for RSA-PSS first"
            }
            (Fits::WithoutWhatItRefuses, _) => ", but only where the server leaves out what it refuses",
            _ => "",
        };
        format!("can do {} with {scheme}{where_}", spoken(fitness.version))
    };
    let unable = |fitness: &Fitness| {
        format!("cannot do {} with its {kind} key, {}", spoken(fitness.version), why(kind, fitness))
    };
    match (tls12.fits, tls13.fits) {
        (Fits::None, Fits::None) => format!("This card {}; and it {}.", unable(tls12), unable(tls13)),
        (Fits::None, _) => format!("This card {}; it {}.", able(tls13), unable(tls12)),
        (_, Fits::None) => format!("This card {}; it {}.", able(tls12), unable(tls13)),
        _ => format!("This card {}, and {}.", able(tls13), able(tls12)),
    }
}

/// Whether a key has no room for a signature of RSA-PSS with this digest and a salt as long (RFC 8017 section 9.1.1).
#[must_use]
pub fn is_too_short(key: &Key, scheme: SignatureScheme) -> bool {
    use SignatureScheme as S;
    let digest = match scheme {
        S::RSA_PSS_RSAE_SHA256 | S::RSA_PSS_PSS_SHA256 => 32,
        S::RSA_PSS_RSAE_SHA384 | S::RSA_PSS_PSS_SHA384 => 48,
        S::RSA_PSS_RSAE_SHA512 | S::RSA_PSS_PSS_SHA512 => 64,
        _ => return false,
    };
    key.bits.is_some_and(|bits| bits.saturating_sub(1).div_ceil(8) < 2 * digest + 2)
}

/// What OpenSSL's security level 2 has against the length of a key.
pub(crate) fn below_level_2(key: &Key) -> Option<String> {
    let least = match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss => 2048,
        KeyKind::Ec { .. } => 224,
        _ => return None,
    };
    let bits = key.bits.filter(|bits| *bits < least)?;
    Some(format!(
        "Its key of {bits} bits is too short: OpenSSL's security level 2, the default of 3.2 and of many distributions, refuses one below {least}."
    ))
}

/// A version's name as people write it: `TLS 1.3`.
pub(crate) fn spoken(version: ProtocolVersion) -> String {
    version.to_string().replace("TLSv", "TLS ")
}

/// Why a key can do nothing in a version.
fn why(kind: &KeyKind, fitness: &Fitness) -> String {
    let refused = fitness.finding.as_ref().map_or(&[][..], |finding| &finding.evidence);
    match (refused, kind) {
        ([], _) => format!("for which {} has no signature scheme", spoken(fitness.version)),
        ([first, ..], KeyKind::Rsa) if fitness.version.is_tls13() => format!(
            "because TLS 1.3 needs RSA-PSS (RFC 8446 section 4.2.3), and the card refused {}",
            first.value
        ),
        ([one], _) => format!("because the card refused {}", one.value),
        _ => format!("because the card refused each scheme that {} has for it", spoken(fitness.version)),
    }
}

/// What a token's list of mechanisms tells of a key that was not tried.
#[must_use]
pub fn listed(key: &Key, mechanisms: &[String]) -> String {
    let has = |name: &str| mechanisms.iter().any(|one| one == name);
    match key.kind {
        KeyKind::Rsa if has("CKM_RSA_PKCS_PSS") => {
            "The token lists RSA-PSS (CKM_RSA_PKCS_PSS), which TLS 1.3 needs; whether this key signs with it, a signature alone shows."
        }
        KeyKind::Rsa => {
            "The token does not list RSA-PSS (CKM_RSA_PKCS_PSS), without which an RSA key cannot do TLS 1.3 (RFC 8446 section 4.2.3)."
        }
        KeyKind::Ec { .. } if has("CKM_ECDSA") => {
            "The token lists CKM_ECDSA; whether this key signs with it, a signature alone shows."
        }
        KeyKind::Ed25519 | KeyKind::Ed448 if has("CKM_EDDSA") => {
            "The token lists CKM_EDDSA; whether this key signs with it, a signature alone shows."
        }
        _ => "The token lists no mechanism that signs with a key of this kind in TLS.",
    }
    .to_owned()
}

/// Whom the token's list of mechanisms leads elsewhere: seen of NSS, which looks there first.
#[must_use]
pub fn aside(key: &Key, trials: &[Trial], mechanisms: &[String]) -> Option<&'static str> {
    let refuses = trials.iter().any(|trial| fit::is_pss(trial.scheme) && !trial.signs());
    let hidden = !mechanisms.iter().any(|one| one == "CKM_RSA_PKCS_PSS");
    (key.kind == KeyKind::Rsa && refuses && hidden).then_some(
        "The token does not list CKM_RSA_PKCS_PSS, so in TLS 1.2 NSS (Firefox) passes RSA-PSS over and signs with PKCS#1 v1.5.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa() -> Key {
        Key { kind: KeyKind::Rsa, bits: Some(2048) }
    }

    fn trials(refused: fn(SignatureScheme) -> bool) -> Vec<Trial> {
        let of = |scheme| Trial {
            scheme,
            attempts: vec![Attempt {
                mechanism: "CKM_X".to_owned(),
                digest_outside: true,
                refusal: refused(scheme).then(|| "CKR_MECHANISM_INVALID".to_owned()),
            }],
        };
        USUAL_SCHEMES.into_iter().map(of).collect()
    }

    fn fits(key: &Key, trials: &[Trial]) -> [Fits; 2] {
        fitness(key, trials).map(|fitness| fitness.fits)
    }

    #[test]
    fn a_card_without_pss_is_for_tls12_and_a_server_that_knows_it() {
        let refuses = trials(fit::is_pss);
        let found = fitness(&rsa(), &refuses);
        assert_eq!(found.each_ref().map(|one| one.fits), [Fits::WithoutWhatItRefuses, Fits::None]);
        let said = sentence(&rsa(), &found);
        for part in
            ["can do TLS 1.2 with rsa_pkcs1_sha256", "cannot do TLS 1.3", "CKM_X: CKR_MECHANISM_INVALID"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
        let advice = |at: usize| -> Vec<&str> {
            let finding: &Finding = found[at].finding.as_ref().expect("a finding");
            finding.advice.iter().map(|advice| advice.line.as_str()).collect()
        };
        assert!(advice(0).iter().any(|line| line.starts_with("ssl_conf_command ClientSignatureAlgorithms")));
        assert!(advice(1).iter().any(|line| line.contains("-tls1_2 -client_sigalgs")));
        assert!(aside(&rsa(), &refuses, &[]).is_some());
        assert!(aside(&rsa(), &refuses, &["CKM_RSA_PKCS_PSS".to_owned()]).is_none());
    }

    #[test]
    fn a_card_that_signs_all_has_nothing_to_be_told() {
        let found = fitness(&rsa(), &trials(|_| false));
        assert!(found.iter().all(|one| one.fits == Fits::AsTheyAre && one.finding.is_none()));
        assert!(sentence(&rsa(), &found).contains("TLS 1.3 with rsa_pss_rsae_sha256"));
    }

    #[test]
    fn a_short_key_is_refused_and_holds_no_long_digest() {
        let of = |bits| Key { kind: KeyKind::Rsa, bits: Some(bits) };
        assert!(below_level_2(&of(1024)).is_some_and(|why| why.contains("below 2048")));
        assert!(below_level_2(&of(2048)).is_none());
        let ec = |bits| Key { kind: KeyKind::Ec { curve: "x".to_owned() }, bits: Some(bits) };
        assert!(below_level_2(&ec(192)).is_some() && below_level_2(&ec(224)).is_none());
        assert!(is_too_short(&of(1024), SignatureScheme::RSA_PSS_RSAE_SHA512));
        assert!(!is_too_short(&of(1024), SignatureScheme::RSA_PSS_RSAE_SHA384));
        assert!(!is_too_short(&of(2048), SignatureScheme::RSA_PSS_RSAE_SHA512));
    }

    #[test]
    fn a_curve_without_a_scheme_is_the_versions_matter() {
        let key = Key { kind: KeyKind::Ec { curve: "secp256k1".to_owned() }, bits: Some(256) };
        let found = fitness(&key, &trials(|_| false));
        assert_eq!(found[1].fits, Fits::None);
        assert!(found[1].finding.is_none() && sentence(&key, &found).contains("has no signature scheme"));
    }

    #[test]
    fn a_card_that_signs_nothing_gets_no_list() {
        let refuses = trials(|_| true);
        assert_eq!(fits(&rsa(), &refuses), [Fits::None; 2]);
        for one in fitness(&rsa(), &refuses) {
            let finding = one.finding.expect("a finding");
            let lines: Vec<_> = finding.advice.iter().map(|advice| advice.line.as_str()).collect();
            let lists = lines.iter().any(|line| line.contains("ClientSignatureAlgorithms"));
            assert!(!lists, "{lines:?}");
        }
    }
}
