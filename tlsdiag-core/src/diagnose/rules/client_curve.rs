//! A client's key lies on a curve that the server's list of groups leaves out: before TLS 1.3 that list also counts for the curves of
//! certificates (RFC 8422, section 5.1.1).
//!
//! Needs: the client's certificate; the server's reason, or the alert.

use super::certificate::shown;
use crate::diagnose::knowledge::negotiation::curve;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role};
use crate::handshake::Handshake;
use crate::wire::AlertDescription;
use crate::wire::x509::KeyKind;

pub(in crate::diagnose) const NOT_ACCEPTED: Rule = Rule {
    name: "client_curve::not_accepted",
    find: not_accepted,
    causes: || vec![Cause::SigalgClientKeyIncompatible],
};

/// The one that nearly every server takes.
const USUAL: &str = "secp256r1";

fn not_accepted(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() || handshake.is_tls13() {
        return None;
    }
    let chain = handshake.client_chain.as_ref()?;
    let key = chain.leaf()?.key.as_ref()?;
    let KeyKind::Ec { curve: name } = &key.kind else { return None };
    let (confidence, words, (event, field, value)) = match handshake.role {
        Role::Server => {
            let own = handshake.ssl_reason(reason::WRONG_CURVE)?;
            let seen = (own.event, "error queue", library::show(own));
            (Confidence::Certain, "which is not among this server's groups", seen)
        }
        Role::Client => {
            let told = handshake.fatal_alert(Direction::Received)?;
            let fits = told.description == AlertDescription::ILLEGAL_PARAMETER
                && handshake.client_signature.is_some();
            let (confidence, words) = match name == USUAL {
                true => (Confidence::Possible, "which may be missing among the server's groups"),
                false => (Confidence::Likely, "which is probably not among the server's groups"),
            };
            let seen = (told.event, "alert received", told.description.to_string());
            fits.then_some((confidence, words, seen))?
        }
    };
    Some(
        Finding::new(
            Cause::SigalgClientKeyIncompatible,
            confidence,
            Side::Client,
            format!("The key of the client's certificate lies on the curve {name}, {words}."),
        )
        .explain(
            "Before TLS 1.3 the list of groups holds for certificates as well as for the key exchange. The server does not accept a signature \
             of a key on a curve that is not in it.",
        )
        .see(event, field, value)
        .see(chain.event, "client's Certificate", shown(chain))
        .with(|finding| curve(finding, name, handshake.local.library_number)),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::handshake::{At, Chain, OutcomeKind, Presented};
    use crate::wire::SignatureScheme;
    use crate::wire::x509::{Certificate, Key};

    fn on(curve: &str, role: Role) -> Handshake {
        let mut handshake = Handshake::blank(role);
        handshake.outcome.kind = OutcomeKind::Failed;
        let key = Key { kind: KeyKind::Ec { curve: curve.to_owned() }, bits: Some(256) };
        let certificate = Arc::new(Certificate { key: Some(key), ..Certificate::default() });
        let certificates = vec![Presented { der: Arc::from(&b""[..]), certificate }];
        handshake.client_chain = Some(At { event: 3, value: Chain { certificates, ..Chain::default() } });
        handshake.client_signature = Some(At { event: 4, value: SignatureScheme::ECDSA_SECP256R1_SHA256 });
        handshake
    }

    #[test]
    fn a_server_names_the_curve_by_its_own_word_alone() {
        let mut server = on("brainpoolP256r1", Role::Server);
        assert_eq!(not_accepted(&server), None);
        server = server.with_reason(reason::WRONG_CURVE);
        let finding = not_accepted(&server).expect("a finding");
        assert_eq!(finding.confidence, Confidence::Certain);
        assert!(finding.summary.contains("brainpoolP256r1"));
    }

    #[test]
    fn a_client_suspects_its_curve_by_the_alert() {
        let told = |curve| {
            let client = on(curve, Role::Client);
            not_accepted(&client.with_alert(Direction::Received, AlertDescription::ILLEGAL_PARAMETER))
        };
        assert_eq!(told("brainpoolP256r1").map(|finding| finding.confidence), Some(Confidence::Likely));
        assert_eq!(told("secp256r1").map(|finding| finding.confidence), Some(Confidence::Possible));
        let other = on("brainpoolP256r1", Role::Client)
            .with_alert(Direction::Received, AlertDescription::BAD_CERTIFICATE);
        assert_eq!(not_accepted(&other), None);
    }
}
