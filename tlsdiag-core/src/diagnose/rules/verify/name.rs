//! The certificate is not for the name that the verifier was told to look for.

use crate::diagnose::knowledge::certificates::right_identity;
use crate::diagnose::knowledge::names::{right_address, right_name};
use crate::diagnose::library::verify;
use crate::diagnose::rules::certificate::{asked_name, possessive, rejected_cause};
use crate::diagnose::{Cause, Confidence, Finding};
use crate::event::Role;
use crate::handshake::Handshake;
use crate::wire::x509::GeneralName;

pub(super) fn other(handshake: &Handshake, owner: Role, error: i32) -> Finding {
    match (owner, error) {
        (Role::Server, verify::HOSTNAME_MISMATCH | verify::IP_ADDRESS_MISMATCH) => hostname(handshake),
        _ => identity(handshake, owner, error),
    }
}

/// An e-mail address, or what a server asks of its clients' certificates: which one it is, no callback is told.
fn identity(handshake: &Handshake, owner: Role, error: i32) -> Finding {
    let (whose, verifier) = (possessive(owner), handshake.role.as_str());
    let leaf = handshake.peer_chain().and_then(|chain| chain.leaf());
    let (kind, setting, names): (_, _, Vec<String>) = match error {
        verify::EMAIL_MISMATCH => {
            let names = leaf.into_iter().flat_map(|leaf| &leaf.sans);
            let names = names.filter(|name| matches!(name, GeneralName::Email(_)));
            ("e-mail address", "X509_VERIFY_PARAM_set1_email(3)", names.map(ToString::to_string).collect())
        }
        verify::IP_ADDRESS_MISMATCH => {
            let names = leaf.map(|leaf| leaf.names_shown());
            ("IP address", "X509_VERIFY_PARAM_set1_ip(3)", names.into_iter().collect())
        }
        _ => {
            let names = leaf.map(|leaf| leaf.names_shown());
            ("host name", "X509_VERIFY_PARAM_set1_host(3)", names.into_iter().collect())
        }
    };
    let named = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let cause = match owner {
        Role::Server => Cause::ServerCertHostnameMismatch,
        Role::Client => rejected_cause(owner),
    };
    let summary = format!(
        "The {whose} certificate is not for the {kind} that this {verifier} asks for: it names {named}."
    );
    let finding = Finding::new(cause, Confidence::Certain, owner, summary).explain(format!(
        "This {verifier} was told which {kind} the certificate has to have ({setting}), and the library found another, or none."
    ));
    right_identity(finding, error)
}

fn hostname(handshake: &Handshake) -> Finding {
    let leaf = handshake.server_chain.as_ref().and_then(|chain| chain.leaf());
    let names = leaf.map_or_else(String::new, |leaf| leaf.names_shown());
    let asked = asked_name(handshake);
    let summary = match asked {
        Some(asked) => format!("The server's certificate is not for \"{asked}\": it names {names}."),
        None => format!("The server's certificate is not for the name that was asked for: it names {names}."),
    };
    let mut finding = Finding::new(Cause::ServerCertHostnameMismatch, Confidence::Certain, Role::Server, summary).explain(
        "Either the client uses a name that the certificate was not issued for, or the server chose the wrong certificate for this \
         server_name. The library compares the name before signatures, revocation and dates, so these may be wrong as well.",
    );
    if let Some(asked) = asked {
        finding = finding.see(handshake.local_event, "name asked for", asked);
    }
    if let Some(offer) = &handshake.offer {
        let sni = offer.server_name.as_deref().unwrap_or("none");
        finding = finding.see(offer.event, "ClientHello.server_name", sni);
    }
    match asked.and_then(|asked| asked.parse().ok()) {
        Some(address) => right_address(finding, address),
        None => right_name(finding),
    }
}
