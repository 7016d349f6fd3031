//! A certificate that is not trusted, and that has not the name asked for either: another server answered, or the default one of several
//! virtual hosts. To trust what it shows would be the wrong thing to do.
//!
//! Needs: the name that the client compares or sends, and the server's certificate.

use super::certificate::asked_name;
use super::no_host_name::bare_host;
use crate::diagnose::finding::Alternative;
use crate::diagnose::knowledge::names::{if_meant, other_host};
use crate::diagnose::{Cause, CertificateFault, Finding};
use crate::handshake::Handshake;
use crate::wire::x509::GeneralName;

/// The finding with this said first, where it is about trust in a server's certificate.
pub(in crate::diagnose) fn told(finding: Finding, handshake: &Handshake) -> Finding {
    use CertificateFault::{IncompleteChain, SelfSigned, UnknownIssuer};

    if !matches!(finding.cause, Cause::ServerCert(SelfSigned | UnknownIssuer | IncompleteChain)) {
        return finding;
    }
    let chain = handshake.server_chain.as_ref().filter(|chain| !chain.raw_public_keys);
    let Some(leaf) = chain.and_then(|chain| chain.leaf()) else { return finding };
    match asked_name(handshake) {
        Some(asked) if bare_host(asked).is_some() || leaf.matches_host(asked) => finding,
        Some(asked) => {
            let tell =
                format!("the client asked for \"{asked}\", and the certificate names {}", leaf.names_shown());
            let mut finding = first_among_alternatives(finding, tell);
            let others = std::mem::take(&mut finding.advice);
            let mut finding = other_host(finding, asked);
            finding.advice.extend(if_meant(others));
            finding
        }
        // Whoever asks by address sends no name, and some who ask by name do not, either.
        None if handshake.offer.is_some()
            && !leaf.sans.iter().any(|one| matches!(one, GeneralName::Ip(_))) =>
        {
            let name = Cause::ServerCertHostnameMismatch;
            let beside = finding.alternatives.iter().any(|one| one.cause == name)
                || finding.ruled_out.iter().any(|one| one.cause == name);
            let tell = "the client sent no server_name, and a server of several names answers with its default certificate: see whether it is \
                        the one that was meant";
            if beside { finding } else { finding.or(name, tell) }
        }
        None => finding,
    }
}

fn first_among_alternatives(mut finding: Finding, tell: String) -> Finding {
    let cause = Cause::ServerCertHostnameMismatch;
    finding.alternatives.retain(|one| one.cause != cause);
    finding.ruled_out.retain(|one| one.cause != cause);
    finding.alternatives.insert(0, Alternative { cause, tell });
    finding
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnose::Confidence;
    use crate::diagnose::knowledge::certificates::advise;
    use crate::event::Role;
    use crate::handshake::{At, Chain, Offer, Presented};
    use crate::wire::x509::Certificate;

    fn finding(fault: CertificateFault, asked: Option<&str>, sans: Vec<GeneralName>) -> Finding {
        let mut client = Handshake::blank(Role::Client);
        let server_name = asked.map(str::to_owned);
        client.offer = Some(At { event: 1, value: Offer { server_name, ..Offer::default() } });
        let certificate = Arc::new(Certificate { sans, ..Certificate::default() });
        let shown = Presented { der: Arc::from(&b"leaf"[..]), certificate };
        client.server_chain =
            Some(At { event: 2, value: Chain { certificates: vec![shown], ..Chain::default() } });
        let found = Finding::new(Cause::ServerCert(fault), Confidence::Certain, Role::Server, "It is so.");
        told(advise(found, Role::Server, fault), &client)
    }

    fn named(name: &str) -> Vec<GeneralName> {
        vec![GeneralName::Dns(name.to_owned())]
    }

    #[test]
    fn who_asked_for_another_name_is_not_told_to_trust_first() {
        for fault in [CertificateFault::SelfSigned, CertificateFault::UnknownIssuer] {
            for asked in ["app.test", "192.0.2.7"] {
                let told = finding(fault, Some(asked), named("fake.test"));
                assert_eq!(told.cause, Cause::ServerCert(fault), "the cause is what the library said");
                assert_eq!(told.alternatives[0].cause, Cause::ServerCertHostnameMismatch);
                let first = &told.advice[0].line;
                assert!(first.contains(asked) && first.contains("do not trust"), "{first}");
                let trust = told.advice.iter().find(|one| one.line.contains("what the client trusts"));
                assert!(
                    trust.is_some_and(|one| one.line.starts_with("if it is the server that")),
                    "{trust:?}"
                );
            }
        }
    }

    #[test]
    fn the_certificate_of_the_name_that_was_asked_for_is_to_be_trusted() {
        let fault = CertificateFault::SelfSigned;
        let told = finding(fault, Some("app.test"), named("app.test"));
        assert!(told.alternatives.is_empty() && told.advice[0].line.starts_with("add the server's CA"));
        let other = finding(CertificateFault::Expired, Some("app.test"), named("fake.test"));
        assert!(other.alternatives.is_empty(), "its end has nothing to do with its name");
    }

    #[test]
    fn who_sent_no_name_is_told_of_it_beside() {
        let fault = CertificateFault::SelfSigned;
        let told = finding(fault, None, named("fake.test"));
        assert!(told.alternatives[0].tell.contains("no server_name"));
        assert!(told.advice[0].line.starts_with("add the server's CA"));
        let address = vec![GeneralName::Ip("192.0.2.7".parse().expect("an address"))];
        assert!(finding(fault, None, address).alternatives.is_empty());
    }
}
