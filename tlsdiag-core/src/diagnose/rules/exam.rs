//! An owner's look at its own certificates with a verifier's eyes: every fault that can be seen without knowing whom the
//! verifier trusts.
//!
//! Needs: the chain as it was sent, the time, what the source knows of its signatures, the name asked for.

mod closely;
mod names;

use super::certificate::{
    asked_name, cause, date, expired, not_yet_valid, possessive, purpose, rejected_cause, unix_seconds,
};
use super::no_host_name::bare_host;
use super::peer_library::may_be_openssl;
use super::{like_its_ca, strict, unreached};
use crate::diagnose::knowledge::certificates::{advise_at, issue_by_rule, mend_proxy, own_subject};
use crate::diagnose::knowledge::names::{right_name, staple};
use crate::diagnose::library::verify;
use crate::diagnose::{Cause, CertificateFault, Finding};
use crate::event::Role;
use crate::handshake::{Chain, Handshake, Presented};
use crate::wire::AlertDescription as Alert;
use crate::wire::x509::{Certificate, Extension, KeyKind};

pub(super) use closely::{against_a_rule, minded_by_some, signs_in_spite_of};
pub(super) use names::outside;

/// What a verifier may have found.
pub(super) struct Suspicion {
    pub(super) fault: Suspect,
    /// The depth in the chain of the certificate that has the fault: 0 is the owner's own.
    pub(super) depth: u32,
    /// Half a sentence that follows "refused this server's certificate: ".
    pub(super) why: String,
    /// The alerts that say this fault: OpenSSL's first, then other libraries'. Vague ones, which say any fault, apart.
    pub(super) alerts: &'static [Alert],
}

/// A fault of the certificate, or the name that it lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Suspect {
    Fault(CertificateFault),
    Hostname,
    /// A rule of RFC 5280, by OpenSSL's number, that strict verifiers insist on.
    Rule(i32),
    /// It insists on a stapled response, and none went with it.
    Unstapled,
    /// It has its CA's name, and OpenSSL takes it for self-signed.
    LikeItsCa,
    /// It is signed in a way that the peer does not offer to verify.
    Unoffered,
    /// It is a proxy certificate, which verifiers do not take unless they are told to.
    Proxy,
}

/// GnuTLS says access_denied of whatever its verification finds.
const VAGUE: [Alert; 3] = [Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::ACCESS_DENIED];

/// Whether an alert says no more than that the certificate is bad.
pub(super) fn is_vague(alert: Alert) -> bool {
    VAGUE.contains(&alert)
}

/// Everything that looks wrong, in the order in which OpenSSL checks it.
pub(super) fn examine(handshake: &Handshake, owner: Role, chain: &Chain) -> Vec<Suspicion> {
    let path = chain.path();
    let Some(leaf) = path.first().copied() else { return Vec::new() };
    let mut found = Vec::new();
    // A bare public key has no names, dates or usages: only how strong it is can be judged.
    if chain.raw_public_keys {
        return strength(&path, 0);
    }
    for depth in 0..path.len() {
        found.extend(shape(owner, &path, depth));
        found.extend(limits(handshake, &path, depth));
    }
    if let Some(why) = bad_signature(handshake, chain) {
        found.push(Suspicion::new(CertificateFault::BadSignature, 0, &[Alert::DECRYPT_ERROR], why));
    }
    // Who says unknown_ca of it is told more (`untrusted`).
    if let Some(amiss) = unreached::sent_amiss(handshake, chain) {
        found.push(Suspicion::new(amiss.fault, 0, &[], amiss.reason));
    }
    if owner == Role::Server
        && let Some(asked) = asked_name(handshake)
        && (!leaf.matches_host(asked) || bare_host(asked).is_some())
    {
        let why = format!("the client asked for \"{asked}\", and it names {}", leaf.names_shown());
        let fault = Suspect::Hostname;
        found.push(Suspicion { fault, depth: 0, why, alerts: &[Alert::BAD_CERTIFICATE] });
    }
    found.extend((0..path.len()).flat_map(|depth| strength(&path, depth)));
    if leaf.extensions.has(Extension::ProxyCertInfo) {
        let why = "it is a proxy certificate (RFC 3820), which OpenSSL takes only if it is told to";
        found.push(Suspicion {
            alerts: &[Alert::CERTIFICATE_UNKNOWN],
            ..Suspicion::of(Suspect::Proxy, 0, why)
        });
    }
    if path.len() == 1 && leaf.may_be_self_signed() {
        let of_another_key =
            chain.certificates.first().is_some_and(|leaf| like_its_ca::is_of_another_key(handshake, leaf));
        let alerts = &[Alert::UNKNOWN_CA];
        if !of_another_key {
            found.push(Suspicion::new(CertificateFault::SelfSigned, 0, alerts, "it is self-signed"));
        } else if may_be_openssl(handshake, owner) {
            found.push(Suspicion { alerts, ..Suspicion::of(Suspect::LikeItsCa, 0, like_its_ca::WHY) });
        }
    }
    found
}

/// The subject of [`Suspicion::why`].
fn shown(depth: usize, one: &Certificate) -> String {
    match depth {
        0 => "it".to_owned(),
        _ => format!("\"{}\", sent with it,", one.subject_text()),
    }
}

/// What is wrong with one certificate by its extensions.
fn shape(owner: Role, path: &[&Certificate], depth: usize) -> Vec<Suspicion> {
    let Some(one) = path.get(depth).copied() else { return Vec::new() };
    let who = shown(depth, one);
    let mut found = Vec::new();
    let mut suspect =
        |fault, alerts, why: String| found.push(Suspicion::new(fault, depth, alerts, format!("{who}{why}")));
    if let Some(complaint) = &one.malformed {
        let alerts = &[Alert::UNKNOWN_CA, Alert::DECODE_ERROR, Alert::UNSUPPORTED_CERTIFICATE];
        suspect(CertificateFault::Malformed, alerts, format!(" is malformed: {complaint}"));
    }
    if !one.unknown_critical.is_empty() {
        let why = format!(" has a critical extension that few know ({})", one.unknown_critical.join(", "));
        suspect(CertificateFault::UnhandledCriticalExtension, &[Alert::CERTIFICATE_UNKNOWN], why);
    }
    let lenient = strict::signs_as_ca_without_constraints(one);
    let below = depth.checked_sub(1).and_then(|below| path.get(below));
    let signs_proxy = below.is_some_and(|below| below.extensions.has(Extension::ProxyCertInfo));
    if depth > 0 && !one.is_ca() && !lenient && !signs_proxy {
        suspect(CertificateFault::IssuerNotCa, &[Alert::UNKNOWN_CA], " is no CA certificate".to_owned());
    }
    if let Some(why) = usage_fault(one, owner, depth) {
        let alerts: &[Alert] = match depth {
            0 => &[Alert::UNSUPPORTED_CERTIFICATE],
            _ => &[Alert::UNKNOWN_CA, Alert::CERTIFICATE_UNKNOWN],
        };
        suspect(CertificateFault::BadKeyUsage, alerts, why);
    }
    if lacks_strictly(one, owner) {
        let usages = one.extended_key_usage.as_deref().unwrap_or_default().join(", ");
        let why = format!(" has the extendedKeyUsage {usages}, without {}", purpose(owner));
        suspect(CertificateFault::WrongPurpose, &[Alert::UNSUPPORTED_CERTIFICATE], why);
    }
    if let Some(limit) = one.basic_constraints.and_then(|constraints| constraints.path_len)
        && depth > 0
        && intermediates(path.get(1..depth).unwrap_or_default()) > limit as usize
    {
        let why = format!(" allows {limit} CAs below itself, and there are more");
        suspect(CertificateFault::PathLength, &[Alert::UNKNOWN_CA], why);
    }
    if depth > 0 && lenient && !one.is_self_signed_name() {
        let why = format!("{who} {}", strict::clause(verify::INVALID_CA));
        let fault = Suspect::Rule(verify::INVALID_CA);
        found.push(Suspicion { alerts: &[Alert::UNKNOWN_CA], ..Suspicion::of(fault, depth, why) });
    }
    found
}

/// What is wrong with one certificate by its dates, and the names that it allows.
fn limits(handshake: &Handshake, path: &[&Certificate], depth: usize) -> Vec<Suspicion> {
    let Some(one) = path.get(depth).copied() else { return Vec::new() };
    let who = shown(depth, one);
    let now = unix_seconds(handshake.time);
    let mut found = Vec::new();
    let mut suspect =
        |fault, alerts, why: String| found.push(Suspicion::new(fault, depth, alerts, format!("{who}{why}")));
    if expired(one, now) {
        let end = one.not_after.map_or_else(String::new, date);
        let fault = if depth == 0 { CertificateFault::Expired } else { CertificateFault::IssuerExpired };
        suspect(fault, &[Alert::CERTIFICATE_EXPIRED], format!(" expired at {end}"));
    }
    if not_yet_valid(one, now) {
        let start = one.not_before.map_or_else(String::new, date);
        let alerts = &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_EXPIRED];
        suspect(CertificateFault::NotYetValid, alerts, format!(" is valid only from {start}"));
    }
    let below = path.get(..depth).unwrap_or_default();
    let constrained = one.name_constraints.as_ref();
    if let Some(name) = constrained.and_then(|limit| below.iter().find_map(|below| outside(limit, below))) {
        let why = format!(" may not issue for {name}");
        suspect(CertificateFault::NameConstraints, &[Alert::CERTIFICATE_UNKNOWN], why);
    }
    found
}

/// What of one certificate is too weak for security level 2.
fn strength(path: &[&Certificate], depth: usize) -> Vec<Suspicion> {
    let Some(one) = path.get(depth).copied() else { return Vec::new() };
    let who = shown(depth, one);
    let mut found = Vec::new();
    let mut suspect = |fault, why: String| {
        found.push(Suspicion::new(fault, depth, &[Alert::BAD_CERTIFICATE], format!("{who}{why}")));
    };
    if let Some(key) = one.key.as_ref().filter(|key| is_weak_key(key.bits, &key.kind)) {
        suspect(CertificateFault::WeakKey, format!(" has a weak key ({key})"));
    }
    if one.key.as_ref().is_some_and(|key| matches!(&key.kind, KeyKind::Ec { curve } if curve == "explicit")) {
        let error = verify::EC_KEY_EXPLICIT_PARAMS;
        let why = format!("{who} {}", strict::clause(error));
        let alerts = &[Alert::BAD_CERTIFICATE];
        found.push(Suspicion { alerts, ..Suspicion::of(Suspect::Rule(error), depth, why) });
    }
    let mut suspect = |fault, why: String| {
        found.push(Suspicion::new(fault, depth, &[Alert::BAD_CERTIFICATE], format!("{who}{why}")));
    };
    let hash = one.signature_algorithm.as_ref().and_then(|algorithm| algorithm.hash);
    // A root's own signature proves nothing and is not judged.
    if let Some(hash @ ("SHA1" | "MD5" | "MD2")) = hash.filter(|_| !one.is_self_signed_name()) {
        suspect(CertificateFault::WeakSignature, format!(" is signed with {hash}"));
    }
    found
}

impl Suspicion {
    fn new(fault: CertificateFault, depth: usize, alerts: &'static [Alert], why: impl Into<String>) -> Self {
        Suspicion { alerts, ..Suspicion::of(Suspect::Fault(fault), depth, why) }
    }

    /// One that no alert says.
    fn of(fault: Suspect, depth: usize, why: impl Into<String>) -> Self {
        let depth = u32::try_from(depth).unwrap_or(u32::MAX);
        Suspicion { fault, depth, why: why.into(), alerts: &[] }
    }

    /// What to do about it.
    pub(super) fn advise(&self, finding: Finding, owner: Role) -> Finding {
        match self.fault {
            Suspect::Fault(fault) => advise_at(finding, owner, fault, self.depth),
            Suspect::Hostname => right_name(finding),
            Suspect::Rule(error) => issue_by_rule(finding, error),
            Suspect::Unstapled => staple(finding),
            Suspect::LikeItsCa => own_subject(finding, owner.peer().as_str()),
            Suspect::Proxy => mend_proxy(finding, verify::PROXY_CERTIFICATES_NOT_ALLOWED),
            Suspect::Unoffered => advise_at(finding, owner, CertificateFault::WeakSignature, self.depth),
        }
    }
}

/// OpenSSL does not take anyExtendedKeyUsage for serverAuth or clientAuth.
pub(super) fn lacks_strictly(certificate: &Certificate, owner: Role) -> bool {
    let purpose = purpose(owner);
    certificate.extended_key_usage.as_ref().is_some_and(|usages| usages.iter().all(|usage| usage != purpose))
}

/// What keyUsage forbids: to sign handshakes at depth 0, certificates above.
pub(super) fn usage_fault(certificate: &Certificate, owner: Role, depth: usize) -> Option<String> {
    let usage = certificate.key_usage?;
    let bits: Vec<_> = usage.names().collect();
    let bits = if bits.is_empty() { "nothing".to_owned() } else { bits.join(", ") };
    // OpenSSL lets a server that only decrypts premaster secrets pass, but no such client.
    let decrypts = owner == Role::Server && usage.key_encipherment();
    match depth {
        0 if !(usage.digital_signature() || usage.key_agreement() || decrypts) => {
            Some(format!(" has the keyUsage {bits}, without digitalSignature"))
        }
        0 => None,
        _ if certificate.is_ca() && !usage.key_cert_sign() => {
            Some(format!(" has the keyUsage {bits}, without keyCertSign"))
        }
        _ => None,
    }
}

/// Below what OpenSSL's security level 2 asks for: 112 bits of strength.
fn is_weak_key(bits: Option<u32>, kind: &KeyKind) -> bool {
    match kind {
        KeyKind::Rsa | KeyKind::RsaPss | KeyKind::Dsa => bits.is_some_and(|bits| bits < 2048),
        KeyKind::Ec { .. } => bits.is_some_and(|bits| bits < 224),
        _ => false,
    }
}

/// Those that count for a path length: self-issued ones do not (RFC 5280, section 6.1.4).
fn intermediates(path: &[&Certificate]) -> usize {
    path.iter().filter(|one| !one.is_self_signed_name()).count()
}

/// The first certificate of the path whose signature was not made by the next one's key: as it was tried, else as the source found it.
fn bad_signature(handshake: &Handshake, chain: &Chain) -> Option<String> {
    let path = chain.path_shown();
    let pairs = || path.windows(2).filter_map(|pair| <[_; 2]>::try_from(pair).ok());
    let made = |[child, issuer]: [&Presented; 2]| handshake.signatures.made(&child.der, &issuer.der);
    if let Some([child, issuer]) = pairs().find(|pair| made(*pair) == Some(false)) {
        let (child, issuer) = (child.certificate.subject_text(), issuer.certificate.subject_text());
        return Some(format!(
            "the signature of \"{child}\" was not made by the key of \"{issuer}\", which was sent as its issuer"
        ));
    }
    if pairs().any(|pair| made(pair).is_some()) {
        return None;
    }
    let own = handshake
        .own
        .iter()
        .find(|own| path.first().is_some_and(|leaf| own.configured.certificate == *leaf.der))?;
    // A certificate of the issuer's name whose key identifier is another one is not in the path.
    let bad = own.configured.bad_signature.filter(|bad| (*bad as usize) + 1 < path.len())?;
    let which = if bad == 0 { "its signature" } else { "the signature of a certificate sent with it" };
    Some(format!("{which} was not made by the issuer that was sent along"))
}

/// The words in front of [`Suspicion::why`].
pub(super) fn refused(owner: Role) -> String {
    let peer = owner.peer().as_str();
    format!("The {peer} refused the {} certificate", possessive(owner))
}

/// The cause that a suspicion comes to.
pub(super) fn suspect_cause(owner: Role, suspect: Suspect) -> Cause {
    match suspect {
        Suspect::Fault(fault) => cause(owner, fault),
        Suspect::Hostname => Cause::ServerCertHostnameMismatch,
        Suspect::Rule(_) => cause(owner, CertificateFault::StrictProfile),
        Suspect::LikeItsCa => cause(owner, CertificateFault::SelfSigned),
        Suspect::Unstapled => Cause::ServerCertStaplingRequired,
        Suspect::Proxy => rejected_cause(owner),
        Suspect::Unoffered => match owner {
            Role::Server => Cause::SigalgNoOverlap,
            Role::Client => Cause::SigalgClientKeyIncompatible,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_is_below_112_bits() {
        assert!(is_weak_key(Some(1024), &KeyKind::Rsa));
        assert!(!is_weak_key(Some(2048), &KeyKind::Rsa));
        assert!(is_weak_key(Some(192), &KeyKind::Ec { curve: "secp192r1".to_owned() }));
        assert!(!is_weak_key(None, &KeyKind::Ed25519));
    }
}
