//! The client's Certificate message is empty: it has no certificate, none that fits, or none under the CAs named.
//!
//! Needs: CertificateRequest, the client's Certificate, at the client its own certificates, and at a server that lets
//! everybody pass what its application requires. On the wire the three look
//! the same to the byte; only the client can tell them apart, from its own keys.

mod missing;
mod own_schemes;

use super::peer_library::sends_whatever_it_has;
use crate::diagnose::fit;
use crate::diagnose::knowledge::{client_auth, signatures};
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule, Side};
use crate::event::{Direction, LibraryError, PeerCertificate, Role};
use crate::handshake::{At, Handshake, OwnCertificate, Request};
use crate::wire::x509::{Certificate, KeyKind};
use crate::wire::{AlertDescription, ProtocolVersion, SignatureScheme};

pub(in crate::diagnose) const NO_CERTIFICATE: Rule = Rule {
    name: "client_auth::no_certificate",
    find: no_certificate,
    causes: || {
        vec![Cause::ClientCertMissing, Cause::SigalgClientKeyIncompatible, Cause::ClientCertNotInCaList]
    },
};

fn no_certificate(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return let_through(handshake);
    }
    let request = handshake.request.as_ref()?;
    let version = handshake.version()?;
    let Some(chain) = handshake.client_chain.as_ref() else {
        let came = handshake.certificate_came(Role::Client);
        return if came { None } else { nothing_fits(handshake, request, version) };
    };
    if !chain.certificates.is_empty() {
        return None;
    }
    let finding = match handshake.role {
        Role::Server => at_server(handshake, request, version)?,
        // Before TLS 1.3 a refusal comes as an alert, and an end without one has another cause.
        Role::Client if handshake.transport_ended_it() && !handshake.is_tls13() => return None,
        Role::Client => {
            let finding = at_client(handshake, request, version);
            match handshake.fatal_alert(Direction::Received) {
                Some(_) => finding,
                // It let a fault of the server's certificate pass, and ended the connection itself.
                None if super::passed_then_left::may_have_refused(handshake) => return None,
                None => unrefused(handshake, finding),
            }
        }
    };
    Some(finding.see(chain.event, "client's Certificate", "empty"))
}

/// Whether the server requires a certificate was not seen: no alert came.
fn unrefused(handshake: &Handshake, mut finding: Finding) -> Finding {
    let how = match handshake.transport_ended_it() {
        true => "and the connection was cut",
        false => "and no answer had come when the handshake ended",
    };
    finding.confidence = Confidence::Possible;
    finding.summary =
        finding.summary.replace("The server requires", "The server may require").replace("probably ", "");
    finding.explanation = finding.explanation.replace("and was refused", how);
    finding.or(
        Cause::TransportClosedMidHandshake,
        "the server's own record says whether it refused the client or the connection was cut",
    )
}

/// The server names no scheme for a usual kind of key, and the client ends with handshake_failure in place of its Certificate:
/// so GnuTLS, which has a key of that kind.
fn nothing_fits(handshake: &Handshake, request: &At<Request>, version: ProtocolVersion) -> Option<Finding> {
    if handshake.role != Role::Server || request.post_handshake {
        return None;
    }
    let alert = handshake.fatal_alert(Direction::Received)?;
    let excluded = fit::excluded_keys(version, request);
    // In the clear, a client of TLS 1.3 says it of what the server sent.
    let seen = alert.sealed || !version.is_tls13();
    if alert.description != AlertDescription::HANDSHAKE_FAILURE || excluded.is_empty() || !seen {
        return None;
    }
    let finding = Finding::new(
        Cause::SigalgClientKeyIncompatible,
        Confidence::Possible,
        Side::Client,
        "The client gave up where its Certificate was due: it may be that its key can sign in no scheme that this server takes.",
    )
    .explain(
        "The CertificateRequest names no scheme for a usual kind of key. A client whose key is of that kind has nothing to sign with: \
         OpenSSL then sends an empty Certificate, GnuTLS ends the handshake.",
    )
    .see(request.event, "CertificateRequest.signature_algorithms", schemes(request))
    .see(alert.event, "alert received", alert.description)
    .or(Cause::SigalgSignerRefused, "a card that can sign in none of these schemes ends like this too: look into the client's log")
    .or(Cause::SigalgPeerUsedUnoffered, "the client may refuse this server's own signature: look into the client's log");
    Some(advise_schemes(finding, &[]))
}

/// The library let a client pass without the certificate that the application requires, and refuses it for afterwards.
fn let_through(handshake: &Handshake) -> Option<Finding> {
    if handshake.role != Role::Server || handshake.local.peer_certificate != PeerCertificate::Required {
        return None;
    }
    let told = "required by the application, though the library lets the client pass without";
    if handshake.resumed_without_required() {
        let done = handshake.done.as_ref()?;
        let finding = Finding::new(
            Cause::ClientCertMissing,
            Confidence::Certain,
            Side::Client,
            "The client resumed a session that was made without a client certificate, and this server requires one.",
        )
        .explain(
            "A resumption shows no certificates: the client is who it was in the first handshake, and there it sent none. The handshake \
             was completed; the application refuses the client afterwards.",
        )
        .see(done.event, "session", "resumed; it holds no client certificate")
        .see(handshake.local_event, "client certificate", told);
        return Some(advise_missing(finding));
    }
    let request = handshake.request.as_ref()?;
    let chain = handshake.client_chain.as_ref().filter(|chain| chain.certificates.is_empty())?;
    let mut finding = unsent(handshake, request, handshake.version()?, None);
    finding.explanation.push_str(
        " The handshake was completed all the same, since the library was told to let it pass; the application refuses the client \
         afterwards.",
    );
    let finding = finding.see(handshake.local_event, "client certificate", told);
    Some(finding.see(chain.event, "client's Certificate", "empty"))
}

/// The server sees that nothing came, and cannot see why.
fn at_server(handshake: &Handshake, request: &At<Request>, version: ProtocolVersion) -> Option<Finding> {
    let own = handshake.ssl_reason(reason::PEER_DID_NOT_RETURN_A_CERTIFICATE);
    // An optional certificate that did not come is no fault; whatever failed later has another cause.
    let sent = handshake.fatal_alert(Direction::Sent);
    if own.is_none() && sent.is_none() {
        return None;
    }
    if own.is_none() && !handshake.errors.is_empty() {
        return None;
    }
    Some(unsent(handshake, request, version, own))
}

/// An empty Certificate, as its receiver may judge it.
fn unsent(
    handshake: &Handshake,
    request: &At<Request>,
    version: ProtocolVersion,
    own: Option<&At<LibraryError>>,
) -> Finding {
    let mut finding = Finding::new(
        Cause::ClientCertMissing,
        Confidence::Likely,
        Side::Client,
        "The client sent no certificate, and this server requires one: probably the client has none configured.",
    )
    .explain(
        "The server asked with a CertificateRequest and the client answered with an empty Certificate: most often it has \
         none configured. A client that has one but cannot use it here answers with the same bytes.",
    );
    if let Some(own) = own {
        finding = finding.see(own.event, "error queue", library::show(own));
    }
    let mut excluded = fit::excluded_keys(version, request);
    let rare = fit::excluded_rare_keys(version, request);
    // OpenSSL takes these unless it is told otherwise: whoever left a kind of key out may have met one.
    let narrowed: Vec<_> = excluded
        .iter()
        .chain(rare.iter().filter(|kind| ["Ed25519", "Ed448"].contains(kind)))
        .copied()
        .collect();
    if !narrowed.is_empty() {
        finding.confidence = Confidence::Possible;
        finding.summary = format!(
            "The client sent no certificate, and this server requires one: it may have none configured, or a key ({}) that can sign with \
             nothing that this server takes.",
            narrowed.join(" or ")
        );
    }
    excluded.extend(rare);
    if !excluded.is_empty() {
        finding = finding
            .see(request.event, "CertificateRequest.signature_algorithms", schemes(request))
            .or(
                Cause::SigalgClientKeyIncompatible,
                format!(
                    "CertificateRequest offers nothing that a key of type {} can sign with in {version}: look at the client's key type",
                    excluded.join(" or ")
                ),
            );
    }
    if !request.authorities.is_empty() {
        finding = or_of_another_ca(finding, handshake, request);
    }
    let kept_back = "NSS, .NET and browsers keep such a certificate back and send nothing: look at the client's certificate";
    finding = finding
        .or(Cause::ClientCert(CertificateFault::WrongPurpose), kept_back)
        .or(Cause::ClientCert(CertificateFault::Expired), kept_back);
    if excluded.is_empty() {
        finding = finding.or(
            Cause::SigalgClientKeyIncompatible,
            "CertificateRequest offers schemes for every kind of key, but the client's own list may leave out what its key needs",
        );
    }
    match narrowed.is_empty() {
        true => advise_missing(finding),
        false => advise_schemes(advise_missing(finding), &fit::kinds_of(&narrowed)),
    }
}

/// The server names CAs, and most clients keep a certificate back whose issuer is not among them.
fn or_of_another_ca(mut finding: Finding, handshake: &Handshake, request: &At<Request>) -> Finding {
    if finding.confidence == Confidence::Likely && !sends_whatever_it_has(handshake) {
        finding.confidence = Confidence::Possible;
        finding.summary = "The client sent no certificate, and this server requires one: it may have none configured, or none of the CAs that \
                           this server names."
            .to_owned();
    }
    finding.see(request.event, "CertificateRequest.certificate_authorities", authorities(request)).or(
        Cause::ClientCertNotInCaList,
        "Go, browsers, Java and .NET send nothing if their certificate's issuer is not among the CA names: look at the client's issuer",
    )
}

/// The client knows its own certificates and keys.
fn at_client(handshake: &Handshake, request: &At<Request>, version: ProtocolVersion) -> Finding {
    let fits = |own: &&OwnCertificate| {
        own.configured.key.is_some()
            && own.chain.leaf().is_some_and(|leaf| !fit::usable(leaf, version, request).is_empty())
    };
    let usable: Vec<_> = handshake.own.iter().filter(fits).collect();
    if let Some(finding) = withdrawn(handshake, request, version) {
        return finding;
    }
    let with_key: Vec<_> = handshake.own.iter().filter(|own| own.configured.key.is_some()).collect();
    if with_key.is_empty() {
        return missing::at_client(handshake, request);
    }
    if usable.is_empty() {
        return incompatible(request, &with_key, version);
    }
    if request.authorities.is_empty() || usable.iter().any(|own| is_named(own, request)) {
        return own_schemes::left_out(handshake, request, &usable, version);
    }
    not_in_list(request, &usable).or(
        Cause::SigalgClientKeyIncompatible,
        "this client's own ClientSignatureAlgorithms or SignatureAlgorithms setting: whether it leaves out what its key needs",
    )
}

/// Whether the server names the CA that issued the certificate, or one above it.
fn is_named(own: &OwnCertificate, request: &Request) -> bool {
    let named =
        |one: &Certificate| request.authorities.iter().any(|authority| one.is_issued_by_name(&authority.der));
    own.chain.path().iter().any(|one| named(one))
}

/// A callback took the configured certificate back in the handshake; if the server names CAs and none of them issued it, that
/// is why.
fn withdrawn(handshake: &Handshake, request: &At<Request>, version: ProtocolVersion) -> Option<Finding> {
    let fits = |own: &&OwnCertificate| {
        own.configured.key.is_some()
            && own.chain.leaf().is_some_and(|leaf| !fit::usable(leaf, version, request).is_empty())
    };
    let own: Vec<_> = handshake.withdrawn.iter().filter(fits).collect();
    if own.is_empty() || request.authorities.is_empty() || own.iter().any(|own| is_named(own, request)) {
        return None;
    }
    let finding = not_in_list(request, &own)
        .not(Cause::SigalgClientKeyIncompatible, "its key fits the schemes offered");
    Some(finding.see(
        handshake.local_event,
        "certificates configured here",
        "withdrawn by the application during the handshake",
    ))
}

fn incompatible(request: &At<Request>, own: &[&OwnCertificate], version: ProtocolVersion) -> Finding {
    let key = own
        .iter()
        .filter_map(|own| own.chain.leaf()?.key.as_ref().map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(", ");
    let mut finding = Finding::new(
        Cause::SigalgClientKeyIncompatible,
        Confidence::Certain,
        Side::Server,
        format!("This client's key ({key}) can sign with none of the schemes that the server accepts in {version}, so no certificate was sent."),
    )
    .explain(
        "OpenSSL leaves the certificate out without a word when no signature scheme of CertificateRequest fits its key; the server \
         then reports that the client has none.",
    )
    .see(request.event, "CertificateRequest.signature_algorithms", schemes(request));
    if let Some(types) = &request.certificate_types {
        let types: Vec<_> = types.iter().map(ToString::to_string).collect();
        finding = finding.see(request.event, "CertificateRequest.certificate_types", types.join(", "));
    }
    for own in own {
        if let Some(leaf) = own.chain.leaf() {
            finding = finding.see(None, "certificate configured here", leaf.subject_text());
        }
    }
    let keys: Vec<_> =
        own.iter().filter_map(|own| Some(own.chain.leaf()?.key.as_ref()?.kind.clone())).collect();
    advise_schemes(finding.not(Cause::ClientCertMissing, "a certificate and its key are configured"), &keys)
}

fn advise_schemes(finding: Finding, keys: &[KeyKind]) -> Finding {
    finding.with(|finding| signatures::accept_key(finding, keys))
}

fn not_in_list(request: &At<Request>, own: &[&OwnCertificate]) -> Finding {
    let mut finding = Finding::new(
        Cause::ClientCertNotInCaList,
        Confidence::Likely,
        Side::Client,
        "This client has a certificate that would fit, but sent none: probably since its issuer is not among the CAs that the server names.",
    )
    .explain("OpenSSL itself sends a certificate whatever the CA names; the application chose by them, or held it back.")
    .see(request.event, "CertificateRequest.certificate_authorities", authorities(request));
    for own in own {
        if let Some(leaf) = own.chain.leaf() {
            finding = finding.see(None, "issuer of the certificate configured here", leaf.issuer_text());
        }
    }
    finding
        .not(Cause::ClientCertMissing, "a certificate and its key are configured")
        .with(client_auth::name_issuer)
}

fn advise_missing(finding: Finding) -> Finding {
    finding.with(client_auth::give_certificate)
}

fn schemes(request: &Request) -> String {
    let schemes = request.signature_schemes.as_deref().unwrap_or_default();
    schemes.iter().map(SignatureScheme::to_string).collect::<Vec<_>>().join(", ")
}

fn authorities(request: &Request) -> String {
    const SHOWN: usize = 4;
    if request.authorities.is_empty() {
        return "none: any CA".to_owned();
    }
    let mut names: Vec<_> =
        request.authorities.iter().take(SHOWN).map(|authority| authority.text.clone()).collect();
    if request.authorities.len() > SHOWN {
        names.push(format!("and {} more", request.authorities.len() - SHOWN));
    }
    names.join(" | ")
}

#[cfg(test)]
mod tests;
