//! An alert that says no more than that the certificate was refused, and nothing in plain sight: the best that is left, and what else it
//! may be, in order of likelihood.

use crate::diagnose::knowledge::certificates::{advise, advise_at};
use crate::diagnose::knowledge::client_auth::see_log;
use crate::diagnose::rules::certificate::{asked_name, cause, possessive, rejected_cause};
use crate::diagnose::rules::exam::{self, Suspicion};
use crate::diagnose::rules::peer_library::{has_one_word_for_all, may_be_openssl};
use crate::diagnose::rules::unreached;
use crate::diagnose::wording::perhaps as in_words;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Stack};
use crate::event::Role;
use crate::handshake::{AlertSeen, Chain, Handshake};
use crate::wire::AlertDescription as Alert;
use crate::wire::x509::GeneralName;

/// A leaf that came without its issuer: right where a root issued it, and only there.
pub(super) fn is_lone(chain: &Chain) -> bool {
    chain.certificates.len() == 1
        && chain.leaf().is_some_and(|leaf| leaf.subject_text() != leaf.issuer_text())
}

pub(super) const LONE: &str =
    "one certificate was sent: if its issuer is no root, the issuer's own has to be sent with it";

pub(super) fn rejected(
    handshake: &Handshake,
    owner: Role,
    alert: &AlertSeen,
    chain: &Chain,
    suspicions: &[Suspicion],
) -> Finding {
    let of_application = alert.description == Alert::INTERNAL_ERROR;
    // OpenSSL has another alert for an issuer that is not found.
    let of_issuer = alert.description != Alert::BAD_CERTIFICATE
        || owner == Role::Client
        || has_one_word_for_all(handshake)
        || !may_be_openssl(handshake, owner);
    let issuer = if of_issuer { without_issuer(handshake, owner, alert, chain) } else { None };
    let finding = match issuer {
        Some(finding) if suspicions.is_empty() && !of_application => finding,
        _ if alert.description == Alert::UNSUPPORTED_CERTIFICATE => for_its_purpose(owner),
        _ => refused(owner, alert, chain, suspicions),
    };
    if of_application {
        return by_application(finding, owner, chain);
    }
    let finding =
        if exam::is_vague(alert.description) { or_else(finding, handshake, owner, chain) } else { finding };
    finding.with(|finding| see_log(finding, owner.peer().as_str()))
}

/// No more than the direction.
fn refused(owner: Role, alert: &AlertSeen, chain: &Chain, suspicions: &[Suspicion]) -> Finding {
    let peer = owner.peer().as_str();
    let seen = if chain.raw_public_keys {
        "It is a bare public key (RFC 7250), which the other side has to know"
    } else if suspicions.is_empty() {
        "Seen from here its dates, purpose and names are in order"
    } else {
        "What can be seen from here does not explain this alert"
    };
    let confidence =
        if alert.description == Alert::INTERNAL_ERROR { Confidence::Possible } else { Confidence::Likely };
    let clause = in_words(confidence, &format!("it refused the {} certificate", possessive(owner)));
    Finding::new(
        rejected_cause(owner),
        confidence,
        owner,
        format!("The {peer} says no more than \"{}\": {clause}.", alert.description),
    )
    .explain(format!(
        "{} this {}'s certificate that was refused, not the {peer}'s. {seen}; the reason stands in the {peer}'s own record or log.",
        if alert.description == Alert::INTERNAL_ERROR { "Probably it is" } else { "It is" },
        owner.as_str()
    ))
}

/// The leaf was sent alone: by what is known of its issuer, an intermediate is missing or its root is not trusted. Whom the peer trusts
/// is not known here.
fn without_issuer(handshake: &Handshake, owner: Role, alert: &AlertSeen, chain: &Chain) -> Option<Finding> {
    if !is_lone(chain) {
        return None;
    }
    let judged = unreached::unreached_there(handshake, owner, chain)?;
    let (peer, whose) = (owner.peer().as_str(), possessive(owner));
    let clause = match judged.fault {
        CertificateFault::IncompleteChain => "the intermediate that issued it should have been sent with it",
        _ => "it does not trust the CA that issued it",
    };
    let summary = format!(
        "The {peer} says no more than \"{}\" of the {whose} certificate, which was sent alone: it may be that {clause}.",
        alert.description
    );
    let other = match judged.fault {
        CertificateFault::IncompleteChain => CertificateFault::UnknownIssuer,
        _ => CertificateFault::IncompleteChain,
    };
    let mut finding = Finding::new(cause(owner, judged.fault), Confidence::Possible, owner, summary).explain(
        format!("In detail: {}. The reason stands in the {peer}'s own record or log.", judged.reason),
    );
    if owner == Role::Server && has_no_name(chain) {
        finding = finding.or(Cause::ServerCertHostnameMismatch, other_name(handshake, chain));
    }
    let finding = finding
        .or(
            cause(owner, other),
            "the issuer's own certificate tells: a root has to be trusted, an intermediate to be sent",
        )
        .or(rejected_cause(owner), format!("the {peer}'s own record or log may have another reason"));
    Some(advise(finding, owner, judged.fault))
}

/// OpenSSL says unsupported_certificate of a purpose that does not fit and of nothing else, and what was sent fits: a CA in the verifier's
/// store has usages, too.
fn for_its_purpose(owner: Role) -> Finding {
    let (peer, whose) = (owner.peer().as_str(), possessive(owner));
    let fault = CertificateFault::WrongPurpose;
    Finding::new(
        cause(owner, fault),
        Confidence::Possible,
        owner,
        format!("The {peer} does not take the {whose} certificate for this purpose: it may be for a CA certificate that was not sent."),
    )
    .explain(format!(
        "The alert is \"unsupported_certificate\", and the extendedKeyUsage and keyUsage of all that was sent allow this use. A root in the \
         {peer}'s store may have usages of its own, which are not known here."
    ))
    .or(cause(owner, CertificateFault::BadKeyUsage), "it may be that CA's keyUsage: its certificate tells")
    .or(rejected_cause(owner), format!("the {peer}'s own record or log has the reason"))
    .with(|finding| advise_at(finding, owner, fault, 1))
}

/// Whether the leaf has neither a host's name nor an address in subjectAltName.
fn has_no_name(chain: &Chain) -> bool {
    let name = |one: &GeneralName| matches!(one, GeneralName::Dns(_) | GeneralName::Ip(_));
    chain.leaf().is_some_and(|leaf| !leaf.sans.iter().any(name))
}

/// How to tell that the client minds the name, where the one that it sent is in the certificate or none was sent.
fn other_name(handshake: &Handshake, chain: &Chain) -> String {
    match asked_name(handshake) {
        _ if has_no_name(chain) => {
            "the certificate has no name in subjectAltName, and Go and browsers take none from the CN: issue it with one".to_owned()
        }
        Some(asked) => format!("the client may compare another name than \"{asked}\", for which it asked"),
        None => "a client that asks for an address sends no server_name: compare the address with subjectAltName".to_owned(),
    }
}

/// The application's own check said no.
fn by_application(mut finding: Finding, owner: Role, chain: &Chain) -> Finding {
    let peer = owner.peer().as_str();
    // mod_ssl says so of a chain that is longer than SSLVerifyDepth.
    if owner == Role::Client && chain.path().len() > 1 {
        finding = finding.or(
            cause(owner, CertificateFault::VerifyDepth),
            "Apache's log says \"Certificate Chain too long\": its SSLVerifyDepth",
        );
    }
    if owner == Role::Server {
        finding = finding.or(
            Cause::ConfigSecurityLevel,
            "the client's own certificate or key may be below its own security level: its error message says so",
        );
    }
    finding
        .or(
            Cause::ConfigCallbackFailed,
            format!("the {peer}'s own log: whether another callback of its program failed"),
        )
        .or(cause(owner, CertificateFault::UnknownIssuer), "the application may check the issuer itself")
        .advise(
            Stack::Any,
            format!("look into the {peer}'s application: its own check of the certificate said no"),
        )
}

/// What else so vague an alert may mean.
fn or_else(mut finding: Finding, handshake: &Handshake, owner: Role, chain: &Chain) -> Finding {
    let peer = owner.peer().as_str();
    let mut others = Vec::new();
    if chain.compression.is_some() && chain.uncompressed_size() >= super::LONG_CHAIN {
        let size = chain.uncompressed_size();
        let tell =
            format!("{size} bytes of certificates before compression: the {peer} may read less than that");
        others.push((cause(owner, CertificateFault::ChainTooLarge), tell));
    }
    if chain.raw_public_keys {
        return finding;
    }
    if owner == Role::Server {
        others.push((Cause::ServerCertHostnameMismatch, other_name(handshake, chain)));
    }
    if is_lone(chain) {
        others.push((cause(owner, CertificateFault::IncompleteChain), LONE.to_owned()));
    }
    let usual = [
        (CertificateFault::UnknownIssuer, "Java, Go and browsers say this of any CA that they do not trust"),
        (
            CertificateFault::BadSignature,
            "the verifier may hold another issuer of that name, or the certificate was altered: openssl verify tells",
        ),
        (
            CertificateFault::WeakKey,
            "the verifier's policy may ask for more than 112 bits of strength, or not know the curve",
        ),
        (CertificateFault::NotYetValid, "the verifier's clock may be behind: compare it"),
        (
            CertificateFault::CrlUnusable,
            "the verifier's revocation list may not be valid yet, or be about other certificates",
        ),
        (CertificateFault::CrlUnavailable, "the verifier may have no revocation list that it can read"),
        (CertificateFault::NameConstraints, "the verifier's root may not be allowed to issue for this name"),
        (
            CertificateFault::UnhandledCriticalExtension,
            "the verifier's root may have a critical extension that it does not know",
        ),
        (
            CertificateFault::StrictProfile,
            "a strict verifier (Python since 3.13) minds a CA in its own store, too: its error message says which",
        ),
    ];
    others.extend(usual.map(|(fault, tell)| (cause(owner, fault), tell.to_owned())));
    for (cause, tell) in others {
        let told = finding.cause == cause || finding.alternatives.iter().any(|other| other.cause == cause);
        if !told {
            finding = finding.or(cause, tell);
        }
    }
    finding
}
