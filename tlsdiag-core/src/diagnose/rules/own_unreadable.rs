//! A certificate of this side's own chain cannot be read by its library. The library goes on and sends it, but its complaint stays in the
//! error queue, and the application takes that for a failure as soon as it has to wait for the peer (`SSL_get_error(3)`).
//!
//! Needs: the error queue, that there was no alert, and the own chain.

use super::certificate::{cause, possessive};
use crate::diagnose::knowledge::certificates::advise_at;
use crate::diagnose::library;
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
use crate::event::Role;
use crate::handshake::{By, Handshake, OutcomeKind};

pub(in crate::diagnose) const LEFT_IN_QUEUE: Rule = Rule {
    name: "own_unreadable::left_in_queue",
    find: left_in_queue,
    causes: || [Role::Server, Role::Client].map(|owner| cause(owner, CertificateFault::Malformed)).to_vec(),
};

/// `ERR_LIB_X509V3`.
const LIB_X509V3: i32 = 34;

fn left_in_queue(handshake: &Handshake) -> Option<Finding> {
    let outcome = handshake.outcome;
    let own = outcome.kind == OutcomeKind::Failed && outcome.by == Some(By::Local);
    // Of a failure of its own the library says so to the peer, and in its own words.
    if !own || !handshake.alerts.is_empty() || handshake.transport.is_some() {
        return None;
    }
    let error = handshake.errors.first()?;
    if handshake.errors.iter().any(|error| error.library != LIB_X509V3) {
        return None;
    }
    let owner = handshake.role;
    let chain = handshake.own_chain()?;
    let members = chain.certificates.iter().enumerate();
    let (depth, complaint, subject) = members
        .filter_map(|(depth, shown)| {
            let one = &shown.certificate;
            Some((depth, one.malformed.as_ref()?, one.subject_text()))
        })
        .next()?;
    let fault = CertificateFault::Malformed;
    let finding = Finding::new(
        cause(owner, fault),
        Confidence::Likely,
        owner,
        format!(
            "The certificate \"{subject}\" in the {} own chain is malformed ({complaint}), and its library complains of it: probably its program \
             took that for a failure of the handshake.",
            possessive(owner)
        ),
    )
    .explain(
        "The library sent it all the same. Its complaint stayed in the error queue, so SSL_get_error told the application of a failure where \
         it only had to wait for the peer. A verifier refuses such a certificate, too.",
    )
    .see(error.event, "error queue", library::show(error))
    .see(chain.event, format!("certificate {depth} of the own chain"), complaint)
    .or(Cause::TransportTimeout, "the program's own log: whether its time was up, which such a complaint hides");
    Some(advise_at(finding, owner, fault, u32::try_from(depth).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::LibraryError;
    use crate::handshake::{At, Chain, Presented};
    use crate::wire::x509::Certificate;

    fn left(library: i32, malformed: Option<&str>) -> Handshake {
        let mut client = Handshake::blank(Role::Client);
        (client.outcome.kind, client.outcome.by) = (OutcomeKind::Failed, Some(By::Local));
        let error = LibraryError { library, reason: 158, ..LibraryError::default() };
        client.errors.push(At { event: 7, value: error });
        let certificate = Certificate { malformed: malformed.map(str::to_owned), ..Certificate::default() };
        let shown = Presented { der: Arc::from(&b"one"[..]), certificate: Arc::new(certificate) };
        let chain = Chain { certificates: vec![shown], ..Chain::default() };
        client.client_chain = Some(At { event: 5, value: chain });
        client
    }

    #[test]
    fn a_complaint_about_a_certificate_of_ones_own_is_told() {
        let found = |handshake: &Handshake| left_in_queue(handshake).map(|finding| finding.cause.code());
        let twice = Some("an extension twice");
        assert_eq!(found(&left(LIB_X509V3, twice)), Some("client_cert.malformed"));
        assert_eq!(found(&left(LIB_X509V3, None)), None, "it can be read");
        assert_eq!(found(&left(LibraryError::LIB_SSL, twice)), None, "the library's own failure");
        let mut refused = left(LIB_X509V3, twice);
        refused.outcome.by = Some(By::Peer);
        assert_eq!(found(&refused), None);
    }
}
