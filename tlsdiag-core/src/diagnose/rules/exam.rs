//! An owner's look at its own certificates with a verifier's eyes: every fault that can be seen without knowing whom the
//! verifier trusts.
//!
//! Needs: the chain as it was sent, the time, what the source knows of its signatures, the name asked for.

use super::certificate::{
    asked_name, cause, date, expired, not_yet_valid, possessive, purpose, unix_seconds,
};
use super::unreached;
use crate::diagnose::{Cause, CertificateFault};
use crate::event::Role;
use crate::handshake::{Chain, Handshake, Presented};
use crate::wire::AlertDescription as Alert;
use crate::wire::x509::{Certificate, GeneralName, KeyKind, NameConstraints};

/// What a verifier may have found.
pub(super) struct Suspicion {
    pub(super) fault: Suspect,
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
}

/// GnuTLS says access_denied of whatever its verification finds.
const VAGUE: [Alert; 3] = [Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::ACCESS_DENIED];

/// Whether an alert says no more than that the certificate is bad.
pub(super) fn is_vague(alert: Alert) -> bool {
    VAGUE.contains(&alert)
}

/// Everything that looks wrong, in the order in which OpenSSL checks it.
pub(super) fn examine(handshake: &Handshake, owner: Role, chain: &Chain) -> Vec<Suspicion> {
    let mut found = Vec::new();
    let path = chain.path();
    let Some(leaf) = path.first().copied() else { return found };
    let members: Vec<_> =
        path.iter().enumerate().map(|(depth, one)| Member { one, depth, path: &path, owner }).collect();
    let now = unix_seconds(handshake.time);
    for member in &members {
        member.of_extensions(&mut found);
        member.of_validity(now, leaf, &mut found);
    }
    if let Some(why) = bad_signature(handshake, chain) {
        found.push(suspicion(CertificateFault::BadSignature, &[Alert::DECRYPT_ERROR], why));
    }
    // Who says unknown_ca of it is told more (`untrusted`).
    if let Some(amiss) = unreached::sent_amiss(handshake, chain) {
        found.push(suspicion(amiss.fault, &[], amiss.reason));
    }
    if owner == Role::Server
        && let Some(asked) = asked_name(handshake)
        && !leaf.matches_host(asked)
    {
        let why = format!("the client asked for \"{asked}\", and it names {}", leaf.names_shown());
        found.push(Suspicion { fault: Suspect::Hostname, why, alerts: &[Alert::BAD_CERTIFICATE] });
    }
    members.iter().for_each(|member| member.of_strength(&mut found));
    if path.len() == 1 && leaf.is_self_signed_name() {
        let why = "it is self-signed".to_owned();
        found.push(suspicion(CertificateFault::SelfSigned, &[Alert::UNKNOWN_CA], why));
    }
    found
}

fn suspicion(fault: CertificateFault, alerts: &'static [Alert], why: String) -> Suspicion {
    Suspicion { fault: Suspect::Fault(fault), why, alerts }
}

/// One certificate of a path.
struct Member<'a> {
    one: &'a Certificate,
    depth: usize,
    path: &'a [&'a Certificate],
    owner: Role,
}

impl Member<'_> {
    fn shown(&self) -> String {
        match self.depth {
            0 => "it".to_owned(),
            _ => format!("\"{}\", sent with it,", self.one.subject_text()),
        }
    }

    /// What it is, and what it may be used for.
    fn of_extensions(&self, found: &mut Vec<Suspicion>) {
        let mut suspect = |fault, alerts, why| found.push(suspicion(fault, alerts, why));
        let Member { one, depth, path, owner } = *self;
        if let Some(complaint) = &one.malformed {
            let alerts = &[Alert::UNKNOWN_CA, Alert::DECODE_ERROR, Alert::UNSUPPORTED_CERTIFICATE];
            suspect(
                CertificateFault::Malformed,
                alerts,
                format!("{} is malformed: {complaint}", self.shown()),
            );
        }
        if !one.unknown_critical.is_empty() {
            let oids = one.unknown_critical.join(", ");
            suspect(
                CertificateFault::UnhandledCriticalExtension,
                &[Alert::CERTIFICATE_UNKNOWN],
                format!("{} has a critical extension that few know ({oids})", self.shown()),
            );
        }
        if depth > 0 && !one.is_ca() {
            suspect(
                CertificateFault::IssuerNotCa,
                &[Alert::UNKNOWN_CA],
                format!("{} is no CA certificate", self.shown()),
            );
        }
        if let Some(why) = usage_fault(one, owner, depth) {
            let alerts: &[Alert] = match depth {
                0 => &[Alert::UNSUPPORTED_CERTIFICATE],
                _ => &[Alert::UNKNOWN_CA, Alert::CERTIFICATE_UNKNOWN],
            };
            suspect(CertificateFault::BadKeyUsage, alerts, format!("{}{why}", self.shown()));
        }
        if lacks_strictly(one, owner) {
            let usages = one.extended_key_usage.as_deref().unwrap_or_default().join(", ");
            suspect(
                CertificateFault::WrongPurpose,
                &[Alert::UNSUPPORTED_CERTIFICATE],
                format!("{} has the extendedKeyUsage {usages}, without {}", self.shown(), purpose(owner)),
            );
        }
        if let Some(limit) = one.basic_constraints.and_then(|constraints| constraints.path_len)
            && depth > 0
            && intermediates(path.get(1..depth).unwrap_or_default()) > limit as usize
        {
            suspect(
                CertificateFault::PathLength,
                &[Alert::UNKNOWN_CA],
                format!("{} allows {limit} CAs below itself, and there are more", self.shown()),
            );
        }
    }

    /// When it is valid, and for which names.
    fn of_validity(&self, now: i64, leaf: &Certificate, found: &mut Vec<Suspicion>) {
        let mut suspect = |fault, alerts, why| found.push(suspicion(fault, alerts, why));
        let Member { one, depth, .. } = *self;
        if expired(one, now) {
            let end = one.not_after.map_or_else(String::new, date);
            let fault = if depth == 0 { CertificateFault::Expired } else { CertificateFault::IssuerExpired };
            suspect(fault, &[Alert::CERTIFICATE_EXPIRED], format!("{} expired at {end}", self.shown()));
        }
        if not_yet_valid(one, now) {
            let start = one.not_before.map_or_else(String::new, date);
            let alerts = &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_EXPIRED];
            let why = format!("{} is valid only from {start}", self.shown());
            suspect(CertificateFault::NotYetValid, alerts, why);
        }
        if let Some(constraints) = &one.name_constraints
            && let Some(name) = outside(constraints, leaf)
        {
            suspect(
                CertificateFault::NameConstraints,
                &[Alert::CERTIFICATE_UNKNOWN],
                format!("{} may not issue for {name}", self.shown()),
            );
        }
    }

    /// How strong its key and its signature are.
    fn of_strength(&self, found: &mut Vec<Suspicion>) {
        let mut suspect = |fault, alerts, why| found.push(suspicion(fault, alerts, why));
        let one = self.one;
        if let Some(key) = one.key.as_ref().filter(|key| is_weak_key(key.bits, &key.kind)) {
            let why = format!("{} has a weak key ({key})", self.shown());
            suspect(CertificateFault::WeakKey, &[Alert::BAD_CERTIFICATE], why);
        }
        let hash = one.signature_algorithm.as_ref().and_then(|algorithm| algorithm.hash);
        // A root's own signature proves nothing and is not judged.
        if matches!(hash, Some("SHA1" | "MD5" | "MD2")) && !one.is_self_signed_name() {
            let why = format!("{} is signed with {}", self.shown(), hash.unwrap_or_default());
            suspect(CertificateFault::WeakSignature, &[Alert::BAD_CERTIFICATE], why);
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

/// The first DNS name or address of the leaf that a CA may not issue for.
fn outside(constraints: &NameConstraints, leaf: &Certificate) -> Option<String> {
    leaf.sans.iter().find(|name| !allowed(constraints, name)).map(ToString::to_string)
}

fn allowed(constraints: &NameConstraints, name: &GeneralName) -> bool {
    let same_kind = |other: &&GeneralName| {
        matches!((name, *other), (GeneralName::Dns(_), GeneralName::Dns(_)))
            || matches!((name, *other), (GeneralName::Ip(_), GeneralName::IpRange(_)))
    };
    let mut permitted = constraints.permitted.iter().filter(same_kind).peekable();
    let fits = permitted.peek().is_none() || permitted.any(|base| within(name, base));
    fits && !constraints.excluded.iter().filter(same_kind).any(|base| within(name, base))
}

fn within(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            let (name, base) = (name.to_ascii_lowercase(), base.to_ascii_lowercase());
            let base = base.strip_prefix('.').unwrap_or(&base);
            base.is_empty()
                || name.strip_suffix(base).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
        (GeneralName::Ip(address), GeneralName::IpRange(range)) => {
            let address = match address {
                std::net::IpAddr::V4(address) => address.octets().to_vec(),
                std::net::IpAddr::V6(address) => address.octets().to_vec(),
            };
            let (base, mask) = range.split_at(range.len() / 2);
            base.len() == address.len()
                && address.iter().zip(base).zip(mask).all(|((a, b), mask)| a & mask == b & mask)
        }
        _ => false,
    }
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(name: &str) -> GeneralName {
        GeneralName::Dns(name.to_owned())
    }

    #[test]
    fn a_constraint_covers_a_domain_and_what_is_below_it() {
        assert!(within(&dns("Example.com"), &dns("example.com")));
        assert!(within(&dns("a.b.example.com"), &dns("example.com")));
        assert!(within(&dns("a.example.com"), &dns(".example.com")));
        assert!(!within(&dns("badexample.com"), &dns("example.com")));
        let ten = GeneralName::IpRange(vec![10, 0, 0, 0, 255, 0, 0, 0]);
        assert!(within(&GeneralName::Ip("10.9.8.7".parse().unwrap()), &ten));
        assert!(!within(&GeneralName::Ip("11.9.8.7".parse().unwrap()), &ten));
        assert!(!within(&GeneralName::Ip("::1".parse().unwrap()), &ten));
    }

    #[test]
    fn a_kind_of_name_that_is_not_constrained_is_allowed() {
        let constraints = NameConstraints { permitted: vec![dns("example.com")], excluded: vec![] };
        assert!(allowed(&constraints, &GeneralName::Ip("10.9.8.7".parse().unwrap())));
        assert!(!allowed(&constraints, &dns("example.org")));
        let constraints = NameConstraints { permitted: vec![], excluded: vec![dns("example.com")] };
        assert!(!allowed(&constraints, &dns("www.example.com")));
        assert!(allowed(&constraints, &dns("example.org")));
    }

    #[test]
    fn weak_is_below_112_bits() {
        assert!(is_weak_key(Some(1024), &KeyKind::Rsa));
        assert!(!is_weak_key(Some(2048), &KeyKind::Rsa));
        assert!(is_weak_key(Some(192), &KeyKind::Ec { curve: "secp192r1".to_owned() }));
        assert!(!is_weak_key(None, &KeyKind::Ed25519));
    }
}
