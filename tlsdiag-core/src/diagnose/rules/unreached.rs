//! Why a chain does not reach a trust anchor, as far as this side can tell: an issuer that is not there, one of the right name and
//! another key, or one that the certificate does not name.
//!
//! Needs: the chain as it was shown, what this side trusts and has itself.

use super::ca_names::{differ_by_number, names_a_root, names_a_stranger, names_an_intermediate, related};
use super::like_its_ca;
use super::namesakes::{self, Namesake};
use crate::diagnose::CertificateFault;
use crate::event::Role;
use crate::handshake::{Chain, Handshake, Presented};
use crate::wire::x509::{Certificate, Name};

/// Why a chain does not reach a trust anchor: which fault, and how we come to think so.
pub(super) struct Unreached {
    pub(super) fault: CertificateFault,
    /// Nothing else fits.
    pub(super) certain: bool,
    pub(super) reason: String,
    pub(super) kind: UnreachedBy,
}

/// What stands in the way, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UnreachedBy {
    /// The issuer is not there, or is not trusted.
    Absence,
    /// An intermediate of the right name was sent, and another key signed.
    WrongIntermediate,
    /// A CA of the right name is trusted, and another key signed.
    WrongRoot,
    /// The issuer is there, and the certificate's authorityKeyIdentifier names another one.
    Identifier,
    /// The issuer is trusted; it is an intermediate, and its own issuer is not there.
    PartialChain,
    /// The verifier itself names the issuer among the CAs that it accepts.
    NamedThere,
}

/// Judges a chain that did not reach a trust anchor here, by what this side trusts and has itself. From a lone certificate nobody can
/// tell for sure whether its issuer is a root that is not trusted or an intermediate that was not sent, unless this side holds that
/// intermediate itself; so names decide, and the other cause stands beside.
pub(super) fn unreached(handshake: &Handshake, owner: Role, chain: &Chain) -> Option<Unreached> {
    let shown = *chain.path_shown().last()?;
    let top = &*shown.certificate;
    let anchors = &handshake.local.trust_anchors;
    let trusted = namesakes::trusted(handshake, shown);
    by_identifier(handshake, shown, &trusted)
        .or_else(|| by_own_root(handshake, shown, &trusted))
        .or_else(|| by_trusted_intermediate(handshake, chain))
        .or_else(|| by_fitting_issuer(top, &trusted))
        .or_else(|| sent_amiss(handshake, chain))
        .or_else(|| by_namesake(handshake, chain, top, &trusted))
        .or_else(|| by_own_intermediate(handshake, top))
        .or_else(|| guess(top, chain, owner, &anchors.subjects, anchors.count))
}

fn say(fault: CertificateFault, certain: bool, kind: UnreachedBy, reason: String) -> Option<Unreached> {
    Some(Unreached { fault, certain, reason, kind })
}

/// A CA of the right name is trusted, and an authorityKeyIdentifier names another one.
fn by_identifier(handshake: &Handshake, shown: &Presented, trusted: &[Namesake]) -> Option<Unreached> {
    let top = &*shown.certificate;
    let issuer = top.issuer_text();
    if let Some(misnamed) = trusted.iter().find(|one| one.is_misnamed()) {
        let reason = format!("the CA \"{issuer}\" is trusted here, {}", misnamed.why_misnamed(top));
        let certain = misnamed.signed.is_some();
        return say(CertificateFault::UnknownIssuer, certain, UnreachedBy::Identifier, reason);
    }
    // A root that names another key than its own is no root to OpenSSL, which looks for an issuer above it.
    let roots = trusted.iter().map(|one| &one.shown).chain(std::iter::once(shown));
    let signed_itself = |one: &&Presented| handshake.signatures.made(&one.der, &one.der) != Some(false);
    let roots = roots.filter(|one| one.certificate.is_self_signed_name()).filter(signed_itself);
    let root = roots.map(|one| &*one.certificate).find(|one| one.contradicted_by(one).is_some())?;
    let reason = format!(
        "the authorityKeyIdentifier of the root \"{}\" names another key or serial number than its own, so the library looks for an \
             issuer above it",
        root.subject_text()
    );
    say(CertificateFault::UnknownIssuer, true, UnreachedBy::Identifier, reason)
}

/// The chain ends in a root that is not trusted.
fn by_own_root(handshake: &Handshake, shown: &Presented, trusted: &[Namesake]) -> Option<Unreached> {
    let top = &*shown.certificate;
    if !top.is_self_signed_name() || like_its_ca::is_of_another_key(handshake, shown) {
        return None;
    }
    let subject = top.subject_text();
    let reason = match trusted.first() {
        Some(_) => format!(
            "the chain ends in its own root \"{subject}\", and the CA of that name that is trusted here is another certificate"
        ),
        None => {
            format!("the chain ends in its own root \"{subject}\", which is not among the CAs trusted here")
        }
    };
    say(CertificateFault::UnknownIssuer, true, UnreachedBy::Absence, reason)
}

/// A certificate of the chain is trusted itself, and is no root.
fn by_trusted_intermediate(handshake: &Handshake, chain: &Chain) -> Option<Unreached> {
    let anchors = &handshake.local.trust_anchors;
    let known = chain.path_shown().into_iter().find(|one| {
        !one.certificate.is_self_signed_name()
            && anchors.certificates.iter().any(|anchor| **anchor == *one.der)
    })?;
    let (subject, upper) = (known.certificate.subject_text(), known.certificate.issuer_text());
    let reason = format!(
        "\"{subject}\" is trusted here and is no root; its own issuer \"{upper}\" is not here, and the library wants a chain to end in a root"
    );
    say(CertificateFault::UnknownIssuer, true, UnreachedBy::PartialChain, reason)
}

/// The issuer is trusted, and the library did not end there.
fn by_fitting_issuer(top: &Certificate, trusted: &[Namesake]) -> Option<Unreached> {
    let issuer = top.issuer_text();
    let known = trusted.iter().find(|one| one.fits())?;
    let (kind, why) = if !known.shown.certificate.is_self_signed_name() {
        let upper = known.shown.certificate.issuer_text();
        let why = format!(
            "the CA \"{issuer}\" is trusted here and is an intermediate; its own issuer \"{upper}\" is not, and the library wants a \
                 chain to end in a root"
        );
        (UnreachedBy::PartialChain, why)
    } else {
        let why = "and the library did not take it for the issuer: its keyUsage or the purposes that it is trusted for may not allow it";
        (UnreachedBy::Absence, format!("a CA named \"{issuer}\" is trusted here, {why}"))
    };
    let certain = kind == UnreachedBy::PartialChain && known.signed == Some(true);
    say(CertificateFault::UnknownIssuer, certain, kind, why)
}

/// A CA of the right name is trusted, and it is another one.
fn by_namesake(
    handshake: &Handshake,
    chain: &Chain,
    top: &Certificate,
    trusted: &[Namesake],
) -> Option<Unreached> {
    let issuer = top.issuer_text();
    if let Some(other) = trusted.first() {
        let count = trusted.len();
        let which = if count == 1 {
            format!("a CA named \"{issuer}\" is trusted here, and it is another one of that name")
        } else {
            format!("{count} CAs named \"{issuer}\" are trusted here, and none of them is the issuer")
        };
        let reason = format!("{which}: {}", other.why_another());
        let certain = trusted.iter().all(Namesake::is_another);
        return say(CertificateFault::UnknownIssuer, certain, UnreachedBy::WrongRoot, reason);
    }
    // Further down, where another CA of that name was sent.
    let below = chain.path_shown().into_iter().find_map(|child| {
        let other = namesakes::trusted(handshake, child).into_iter().find(Namesake::is_another)?;
        Some((child.certificate.issuer_text(), other.why_another()))
    });
    if let Some((issuer, why)) = below {
        let reason = format!(
            "a CA named \"{issuer}\" is trusted here, and it is another one than the one that was sent: {why}"
        );
        return say(CertificateFault::UnknownIssuer, false, UnreachedBy::WrongRoot, reason);
    }
    let subjects = &handshake.local.trust_anchors.subjects;
    if subjects.iter().any(|anchor| top.is_issued_by_name(anchor)) {
        let reason = format!(
            "a CA named \"{issuer}\" is trusted here, and the library did not take it for the issuer: it is probably another one of that \
             name, with another key or serial number"
        );
        return say(CertificateFault::UnknownIssuer, false, UnreachedBy::WrongRoot, reason);
    }
    None
}

/// Both sides are often of one PKI: the intermediate that is missing may be the one that this side sends along itself.
fn by_own_intermediate(handshake: &Handshake, top: &Certificate) -> Option<Unreached> {
    let known = own_intermediate(handshake, top)?;
    let certain = handshake.local.trust_anchors.subjects.iter().any(|anchor| known.is_issued_by_name(anchor));
    let reason = format!(
        "the issuer \"{}\" is an intermediate that this side has in its own chain",
        top.issuer_text()
    );
    say(CertificateFault::IncompleteChain, certain, UnreachedBy::Absence, reason)
}

/// An intermediate that this side sends along with its own certificate, and that issued `top`.
fn own_intermediate<'a>(handshake: &'a Handshake, top: &Certificate) -> Option<&'a Certificate> {
    let own = handshake.own.iter().flat_map(|own| own.chain.certificates.iter().skip(1));
    own.map(|shown| &*shown.certificate).find(|one| one.issued(top) && !one.is_self_signed_name())
}

/// The same at the side whose chain it is, when the peer has said that it knows no CA for it. Whom the peer trusts is not known here: what
/// this side trusts only tells roots from intermediates, and the names that a server sends are what it says.
pub(super) fn unreached_there(handshake: &Handshake, owner: Role, chain: &Chain) -> Option<Unreached> {
    let shown = *chain.path_shown().last()?;
    let top = &*shown.certificate;
    let say =
        |fault, reason: String| Some(Unreached { fault, certain: false, reason, kind: UnreachedBy::Absence });
    if let Some(sent) = sent_amiss(handshake, chain) {
        return Some(sent);
    }
    let issuer = top.issuer_text();
    let named: Vec<Vec<u8>> = match (&handshake.request, owner) {
        (Some(request), Role::Client) => {
            request.authorities.iter().map(|authority| authority.der.clone()).collect()
        }
        _ => Vec::new(),
    };
    if named.iter().any(|name| top.is_issued_by_name(name)) {
        return Some(Unreached {
            fault: CertificateFault::UnknownIssuer,
            certain: false,
            reason: format!("the server's CertificateRequest names \"{issuer}\""),
            kind: UnreachedBy::NamedThere,
        });
    }
    if top.is_self_signed_name() && !like_its_ca::is_of_another_key(handshake, shown) {
        let reason = format!("the chain that was sent ends in its own root \"{}\"", top.subject_text());
        return say(CertificateFault::UnknownIssuer, reason);
    }
    let trusted = namesakes::trusted(handshake, shown);
    if let Some(known) = trusted.iter().find(|one| one.fits()) {
        let upper = known.shown.certificate.issuer_text();
        return if known.shown.certificate.is_self_signed_name() {
            let reason = format!(
                "the issuer \"{issuer}\" is a root, which this side itself trusts: nothing is missing in between"
            );
            say(CertificateFault::UnknownIssuer, reason)
        } else {
            let reason =
                format!("the issuer \"{issuer}\" is an intermediate under \"{upper}\", and was not sent");
            say(CertificateFault::IncompleteChain, reason)
        };
    }
    if trusted.is_empty()
        && handshake.local.trust_anchors.subjects.iter().any(|name| top.is_issued_by_name(name))
    {
        let reason = format!(
            "this side itself trusts a CA named \"{issuer}\": it is probably a root, and nothing is missing in between"
        );
        return say(CertificateFault::UnknownIssuer, reason);
    }
    let names = if named.is_empty() { &handshake.local.trust_anchors.subjects } else { &named };
    guess(top, chain, owner, names, u32::try_from(names.len()).unwrap_or(u32::MAX))
}

/// A certificate of the issuer's name was sent along, and it is not the issuer, or the certificate says that it is not.
pub(super) fn sent_amiss(handshake: &Handshake, chain: &Chain) -> Option<Unreached> {
    let shown = *chain.path_shown().last()?;
    let top = &*shown.certificate;
    let issuer = top.issuer_text();
    let sent = namesakes::sent(handshake, chain, shown);
    if let Some(misnamed) = sent.iter().find(|one| one.is_misnamed()) {
        let reason =
            format!("the CA certificate \"{issuer}\" was sent along, {}", misnamed.why_misnamed(top));
        let certain = misnamed.signed.is_some();
        return Some(Unreached {
            fault: CertificateFault::UnknownIssuer,
            certain,
            reason,
            kind: UnreachedBy::Identifier,
        });
    }
    let wrong = sent.iter().find(|one| one.is_another())?;
    Some(Unreached {
        fault: CertificateFault::IncompleteChain,
        certain: wrong.signed.is_some(),
        reason: format!(
            "a CA certificate \"{issuer}\" was sent along with \"{}\", and it is another one of that name: {}",
            top.subject_text(),
            wrong.why_another()
        ),
        kind: UnreachedBy::WrongIntermediate,
    })
}

/// What names alone make probable: `anchors` are the DER subjects of CAs that are known to one of the two sides.
fn guess(
    top: &Certificate,
    chain: &Chain,
    owner: Role,
    anchors: &[Vec<u8>],
    anchor_count: u32,
) -> Option<Unreached> {
    let say = |fault, certain, reason: String| {
        Some(Unreached { fault, certain, reason, kind: UnreachedBy::Absence })
    };
    let issuer = top.issuer_text();
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
            format!("the issuer \"{issuer}\" is a root, by what the certificate says of it"),
        );
    }
    let kin = anchors.iter().map(|anchor| Name::parse(anchor).text).find(|anchor| related(anchor, issuer));
    // Two roots of one organisation have related names, too.
    let below =
        chain.certificates.len() > 1 || names_an_intermediate(issuer) || !top.ca_issuers_urls.is_empty();
    if let Some(anchor) = kin.filter(|anchor| {
        !names_a_root(issuer) && !names_a_stranger(issuer) && (below || differ_by_number(anchor, issuer))
    }) {
        let subject = top.subject_text();
        return if differ_by_number(&anchor, issuer) {
            let reason = format!(
                "no issuer of \"{subject}\" was sent; by its name \"{issuer}\" may be the successor of \"{anchor}\", or its predecessor"
            );
            say(CertificateFault::UnknownIssuer, false, reason)
        } else {
            let reason = format!(
                "no issuer of \"{subject}\" was sent; by its name \"{issuer}\" may be a CA under \"{anchor}\""
            );
            say(CertificateFault::IncompleteChain, false, reason)
        };
    }
    // What was sent along does not lead on from the leaf.
    let others = chain.certificates.iter().skip(1).map(|shown| &*shown.certificate);
    let aside =
        chain.path().len() == 1 && others.into_iter().any(|one| one.is_ca() && !one.is_self_signed_name());
    let by_name = chain.certificates.len() > 1 && names_an_intermediate(issuer) && !names_a_root(issuer);
    if aside || by_name {
        let reason = if aside {
            format!("other CA certificates were sent, and not the one of the issuer \"{issuer}\"")
        } else {
            format!("intermediates were sent, and not their issuer \"{issuer}\", an intermediate by its name")
        };
        return say(CertificateFault::IncompleteChain, false, reason);
    }
    if chain.certificates.len() > 1 {
        return say(
            CertificateFault::UnknownIssuer,
            false,
            format!("intermediates were sent, and not their issuer \"{issuer}\""),
        );
    }
    let fault_by_name = if names_a_root(issuer) || names_a_stranger(issuer) {
        CertificateFault::UnknownIssuer
    } else if names_an_intermediate(issuer) {
        CertificateFault::IncompleteChain
    } else if anchor_count > 0 && anchor_count <= PRIVATE_ANCHORS {
        CertificateFault::UnknownIssuer
    } else if owner == Role::Server && !top.ca_issuers_urls.is_empty() {
        // A public CA's, which is never issued by a root itself.
        let urls = top.ca_issuers_urls.join(", ");
        let reason = format!(
            "one certificate was sent, and not its issuer \"{issuer}\", which is to be had at {urls}"
        );
        return say(CertificateFault::IncompleteChain, false, reason);
    } else {
        CertificateFault::UnknownIssuer
    };
    say(fault_by_name, false, format!("one certificate was sent, and not its issuer \"{issuer}\""))
}

/// Up to this many trust anchors are somebody's own choice; a system's store has a hundred and more.
const PRIVATE_ANCHORS: u32 = 20;
