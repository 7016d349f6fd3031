//! The application's own verify callback refused a certificate that the library had found good: mosquitto, HAProxy, Perl and OpenVPN
//! compare names and usages themselves.
//!
//! Needs: a call of the verify callback that turned a good result into a refusal; what [`exam`] finds in the certificate, and the
//! name that was asked for, where it is known.

use super::certificate::{self, cause, possessive};
use super::exam::{self, Suspect, suspect_cause};
use crate::diagnose::knowledge::names::right_name;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Stack};
use crate::event::Role;
use crate::handshake::{At, Chain, Handshake, Verification};
use crate::wire::x509::Certificate;

/// What the application may have minded. It gave no reason of OpenSSL's.
pub(super) fn refused(handshake: &Handshake, owner: Role, seen: &At<Verification>, chain: &Chain) -> Finding {
    let (whose, verifier) = (possessive(owner), handshake.role.as_str());
    let shown = seen.certificate.as_ref().map(|shown| &*shown.certificate);
    let judged = shown.filter(|_| seen.depth > 0).or_else(|| chain.leaf());
    if seen.depth > 0 {
        return at_a_ca(handshake, owner, seen, judged);
    }
    let compared = handshake.names_checked.last().filter(|compared| !compared.1);
    let asked = compared.map(|compared| compared.0.as_str()).or_else(|| unchecked_name(handshake));
    let asked = asked.filter(|_| owner == Role::Server || compared.is_some());
    let misnamed = asked.filter(|asked| judged.is_some_and(|leaf| !leaf.matches_host(asked)));
    let refusal = format!(
        "This {verifier}'s own check (a verify callback) refused the {whose} certificate, which the library had found good"
    );
    let (found, summary) = match (misnamed, judged) {
        (Some(asked), Some(leaf)) if compared.is_some() && owner == Role::Server => (
            Cause::ServerCertHostnameMismatch,
            format!(
                "{refusal}: it compared the name \"{asked}\", and the certificate names {}.",
                leaf.names_shown()
            ),
        ),
        (Some(asked), Some(leaf)) => (
            Cause::ServerCertHostnameMismatch,
            format!(
                "{refusal}: probably for its name, since \"{asked}\" was asked for and it names {}.",
                leaf.names_shown()
            ),
        ),
        _ => (rejected(owner), format!("{refusal}: probably for something that it compares itself.")),
    };
    let sure = compared.is_some() && found == Cause::ServerCertHostnameMismatch;
    let confidence = if sure { Confidence::Certain } else { Confidence::Likely };
    let mut finding = Finding::new(found, confidence, owner, summary).explain(format!(
        "The library verified the chain and asked the application, which said no and gave no reason: its own log has it. What can be seen from \
         here stands below.{}",
        match (owner, asked) {
            (Role::Server, None) => " Which name the application compares is not known here.",
            _ => "",
        }
    ));
    if let Some(compared) = compared {
        finding = finding.see(compared.event, "name that the application compared", &compared.0);
    }
    if let Some(leaf) = judged {
        finding = what_it_says(finding, seen.event, owner, leaf);
        if owner == Role::Server && misnamed.is_none() {
            finding = other_name(finding, handshake, asked, leaf);
        }
        if !sure {
            finding = absent_usages(finding, owner, leaf);
        }
    }
    for suspicion in exam::examine(handshake, owner, chain) {
        if suspicion.fault != Suspect::Hostname {
            finding = finding.or(suspect_cause(owner, suspicion.fault), suspicion.why);
        }
    }
    if found != rejected(owner) {
        finding = finding.or(
            rejected(owner),
            "the application's own check may have minded something else: its log has the reason",
        );
    }
    let finding = finding.advise(
        Stack::Any,
        format!(
            "look into the log of the {verifier}'s application: its own check of the certificate said no"
        ),
    );
    if owner == Role::Server { right_name(finding) } else { finding }
}

/// It is asked from the root down, and said no at a CA.
fn at_a_ca(handshake: &Handshake, owner: Role, seen: &Verification, ca: Option<&Certificate>) -> Finding {
    let (whose, verifier) = (possessive(owner), handshake.role.as_str());
    let subject = ca.map_or_else(String::new, |ca| format!(" \"{}\"", ca.subject_text()));
    let finding = Finding::new(
        cause(owner, CertificateFault::VerifyDepth),
        Confidence::Likely,
        owner,
        format!(
            "This {verifier}'s own check (a verify callback) refused the CA{subject} at depth {} of the {whose} chain, which the library had \
             found good: probably for the length of the chain.",
            seen.depth
        ),
    )
    .explain(
        "The application is asked from the root down. One that stops at a CA, and gives no reason of OpenSSL's, does so where the chain is \
         longer than it allows: mod_ssl does. Its own log has the reason.",
    )
    .or(rejected(owner), "it was the application's own callback that refused: its log has the reason");
    crate::diagnose::knowledge::certificates::advise(finding, owner, CertificateFault::VerifyDepth)
}

/// The name that the application may compare: the one in server_name, unless the library was told the name and has compared it.
fn unchecked_name(handshake: &Handshake) -> Option<&str> {
    if handshake.expected_name.is_some() {
        return None;
    }
    handshake.offer.as_ref().and_then(|offer| offer.server_name.as_deref())
}

fn rejected(owner: Role) -> Cause {
    match owner {
        Role::Server => Cause::ServerCertRejected,
        Role::Client => Cause::ClientCertRejected,
    }
}

/// What programs check by themselves.
fn what_it_says(finding: Finding, event: u32, owner: Role, leaf: &Certificate) -> Finding {
    let list = |names: Vec<&str>| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let usage = leaf.key_usage.map_or_else(|| "absent".to_owned(), |usage| list(usage.names().collect()));
    let purposes = leaf.extended_key_usage.as_ref();
    let purposes = purposes
        .map_or_else(|| "absent".to_owned(), |purposes| list(purposes.iter().map(String::as_str).collect()));
    let date = |time: Option<i64>| time.map_or_else(|| "an unreadable time".to_owned(), certificate::date);
    // OpenVPN compares the subject (verify-x509-name).
    let finding = finding.see(event, "subject of the certificate", leaf.subject_text());
    let finding = match owner {
        Role::Server => finding.see(event, "names in the certificate", leaf.names_shown()),
        Role::Client => finding,
    };
    finding.see(event, "keyUsage", usage).see(event, "extendedKeyUsage", purposes).see(
        event,
        "valid",
        format!("from {} to {}", date(leaf.not_before), date(leaf.not_after)),
    )
}

/// Another name than those that are known here, or the address.
fn other_name(finding: Finding, handshake: &Handshake, asked: Option<&str>, leaf: &Certificate) -> Finding {
    let address = handshake.peer.map(|peer| peer.ip().to_string());
    let tell = match (asked.or(handshake.expected_name.as_deref()), address) {
        (Some(asked), _) => {
            format!("the application may compare another name than \"{asked}\", which the certificate has")
        }
        (None, Some(address)) if !leaf.matches_host(&address) => format!(
            "no server_name was sent, and the certificate names {}, not the address {address}: compare the name that the application was given",
            leaf.names_shown()
        ),
        (None, _) => {
            format!(
                "the certificate names {}: compare the name that the application was given",
                leaf.names_shown()
            )
        }
    };
    finding.or(Cause::ServerCertHostnameMismatch, tell)
}

/// The library lets a certificate without usages pass for any; some programs insist on them.
fn absent_usages(mut finding: Finding, owner: Role, leaf: &Certificate) -> Finding {
    if leaf.key_usage.is_none() {
        finding = finding.or(
            cause(owner, CertificateFault::BadKeyUsage),
            "the certificate has no keyUsage, which some programs insist on (OpenVPN's remote-cert-tls and remote-cert-ku)",
        );
    }
    if leaf.extended_key_usage.is_none() {
        finding = finding.or(
            cause(owner, CertificateFault::WrongPurpose),
            "the certificate has no extendedKeyUsage, which some programs insist on (OpenVPN's remote-cert-tls and remote-cert-eku)",
        );
    }
    finding
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::handshake::{Offer, Presented};
    use crate::wire::x509::GeneralName;

    fn checked(server_name: Option<&str>, san: &str, depth: u32) -> Finding {
        let mut client = Handshake::blank(Role::Client);
        let server_name = server_name.map(str::to_owned);
        client.offer = Some(At { event: 1, value: Offer { server_name, ..Offer::default() } });
        client.peer = Some("127.0.0.1:443".parse().expect("an address"));
        let sans = vec![GeneralName::Dns(san.to_owned())];
        let certificate = Arc::new(Certificate { sans, ..Certificate::default() });
        let shown = Presented { der: Arc::from(&b"leaf"[..]), certificate };
        let chain = Chain { certificates: vec![shown.clone()], size: 9, ..Chain::default() };
        let seen = Verification { depth, ok: true, accepted: false, error: 0, certificate: Some(shown) };
        refused(&client, Role::Server, &At { event: 4, value: seen }, &chain)
    }

    #[test]
    fn the_name_is_named_where_it_is_known_and_differs() {
        let finding = checked(Some("a.example"), "b.example", 0);
        assert_eq!(
            (finding.cause, finding.confidence),
            (Cause::ServerCertHostnameMismatch, Confidence::Likely)
        );
        assert!(finding.summary.contains("own check") && finding.summary.contains("a.example"));
    }

    #[test]
    fn what_the_application_compared_is_told_for_sure() {
        let mut client = Handshake::blank(Role::Client);
        client.names_checked.push(At { event: 3, value: ("mail.example".to_owned(), false) });
        let sans = vec![GeneralName::Dns("b.example".to_owned())];
        let certificate = Arc::new(Certificate { sans, ..Certificate::default() });
        let shown = Presented { der: Arc::from(&b"leaf"[..]), certificate };
        let chain = Chain { certificates: vec![shown.clone()], size: 9, ..Chain::default() };
        let seen = Verification { depth: 0, ok: true, accepted: false, error: 0, certificate: Some(shown) };
        let finding = refused(&client, Role::Server, &At { event: 4, value: seen }, &chain);
        assert_eq!(
            (finding.cause, finding.confidence),
            (Cause::ServerCertHostnameMismatch, Confidence::Certain)
        );
        assert!(finding.summary.contains("mail.example"));
    }

    #[test]
    fn without_a_name_it_is_the_application_that_said_no() {
        for finding in [checked(None, "b.example", 0), checked(Some("b.example"), "b.example", 0)] {
            assert_eq!((finding.cause, finding.confidence), (Cause::ServerCertRejected, Confidence::Likely));
            let beside = |cause| finding.alternatives.iter().any(|other| other.cause == cause);
            assert!(beside(Cause::ServerCertHostnameMismatch));
            assert!(beside(Cause::ServerCert(CertificateFault::BadKeyUsage)));
        }
    }

    #[test]
    fn at_a_ca_it_is_the_length_of_the_chain() {
        let finding = checked(Some("a.example"), "b.example", 1);
        assert_eq!(finding.cause, Cause::ServerCert(CertificateFault::VerifyDepth));
        assert!(finding.alternatives.iter().any(|other| other.cause == Cause::ServerCertRejected));
    }
}
