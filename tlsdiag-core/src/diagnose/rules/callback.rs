//! A callback of this side's own application failed or refused: which one.
//!
//! Needs: the library's reason, which names the callback or the place where it is called; how far the handshake had come; the alert that
//! was sent. What a callback refuses by an alert of one meaning (a server name, an application protocol) is told by the rules of that.

use crate::diagnose::knowledge::own;
use crate::diagnose::library::{self, reason};
use crate::diagnose::setup::diagnose_setup;
use crate::diagnose::{Cause, Confidence, Finding, Rule};
use crate::event::setup::SetupFailure;
use crate::event::{Direction, LibraryError, Role};
use crate::handshake::{At, Handshake};
use crate::wire::AlertDescription;

pub(in crate::diagnose) const FAILED: Rule = Rule {
    name: "callback::failed",
    find: failed,
    causes: || vec![Cause::ConfigCallbackFailed, Cause::ConfigKeyMismatch],
};

/// A callback of OpenSSL's: what it is for, and how it is set.
struct Callback {
    what: &'static str,
    set: &'static str,
}

const CERTIFICATE: Callback = Callback {
    what: "the certificate callback, which chooses a certificate for the connection",
    set: "SSL_CTX_set_cert_cb",
};
const CLIENT_CERTIFICATE: Callback = Callback {
    what: "the client certificate callback, which answers a CertificateRequest",
    set: "SSL_CTX_set_cert_cb or SSL_CTX_set_client_cert_cb",
};
const CLIENT_HELLO: Callback = Callback {
    what: "the ClientHello callback, which looks at the hello before anything else",
    set: "SSL_CTX_set_client_hello_cb",
};
const SERVER_NAME: Callback = Callback {
    what: "the server name callback, which chooses by the name in the hello",
    set: "SSL_CTX_set_tlsext_servername_callback",
};
const EARLY: Callback = Callback {
    what: "the one for the ClientHello or the one for the server name",
    set: "SSL_CTX_set_client_hello_cb or SSL_CTX_set_tlsext_servername_callback",
};
const STATUS: Callback =
    Callback { what: "the one for the stapled OCSP response", set: "SSL_CTX_set_tlsext_status_cb" };
const TICKET: Callback = Callback {
    what: "the session ticket callback, which makes or protects the ticket",
    set: "SSL_CTX_set_tlsext_ticket_key_cb or SSL_CTX_set_session_ticket_cb",
};
const SESSION_ID: Callback =
    Callback { what: "the session id callback", set: "SSL_CTX_set_generate_session_id" };
const COOKIE: Callback = Callback {
    what: "the cookie callback, which is wanted for DTLS and for stateless retries",
    set: "SSL_CTX_set_cookie_generate_cb and SSL_CTX_set_cookie_verify_cb",
};
const PRE_SHARED_KEY: Callback = Callback {
    what: "the pre-shared key callback: it is missing, or what it gave cannot be used",
    set: "SSL_CTX_set_psk_client_callback, SSL_CTX_set_psk_server_callback or those for TLS 1.3",
};
const EXTENSION: Callback = Callback {
    what: "the one that adds an extension of the application's own",
    set: "SSL_CTX_add_custom_ext",
};
const PASSWORD: Callback =
    Callback { what: "the one for SRP's user names and passwords", set: "SSL_CTX_set_srp_username_callback" };

/// The callback that the library complains of.
fn which(handshake: &Handshake, own: &LibraryError) -> Option<Callback> {
    let internal = handshake
        .fatal_alert(Direction::Sent)
        .is_some_and(|sent| sent.description == AlertDescription::INTERNAL_ERROR);
    Some(match (own.reason, handshake.role) {
        (reason::CERT_CB_ERROR, _) => CERTIFICATE,
        // A reason for two things: by decode_error it is about the client's extensions.
        (reason::CLIENTHELLO_TLSEXT, Role::Server) if internal => STATUS,
        (reason::OCSP_CALLBACK_FAILURE, _) => STATUS,
        (
            reason::SESSION_ID_CALLBACK_FAILED
            | reason::SESSION_ID_CONFLICT
            | reason::SESSION_ID_HAS_BAD_LENGTH,
            _,
        ) => SESSION_ID,
        (
            reason::COOKIE_GEN_CALLBACK_FAILURE
            | reason::NO_COOKIE_CALLBACK_SET
            | reason::NO_VERIFY_COOKIE_CALLBACK,
            _,
        ) => COOKIE,
        (reason::PSK_NO_CLIENT_CB | reason::PSK_NO_SERVER_CB, _) => PRE_SHARED_KEY,
        (reason::BAD_PSK, _) if internal => PRE_SHARED_KEY,
        (reason::BAD_DATA_RETURNED_BY_CALLBACK, Role::Client) => CLIENT_CERTIFICATE,
        (reason::CALLBACK_FAILED, role) => by_place(handshake, role, &own.function),
        _ => return None,
    })
}

/// OpenSSL has one reason for many callbacks; where it keeps the name of its function, that tells, and else how far things had come.
fn by_place(handshake: &Handshake, role: Role, function: &str) -> Callback {
    let of = |parts: &[&str]| parts.iter().any(|part| function.contains(part));
    match role {
        _ if of(&["custom_ext"]) => EXTENSION,
        _ if of(&["srp"]) => PASSWORD,
        Role::Client if handshake.request.is_some() => CLIENT_CERTIFICATE,
        Role::Client => EXTENSION,
        Role::Server if of(&["early_post_process_client_hello"]) => CLIENT_HELLO,
        Role::Server if of(&["final_server_name"]) => SERVER_NAME,
        Role::Server if handshake.answer.is_some() || of(&["ticket"]) => TICKET,
        Role::Server => EARLY,
    }
}

fn failed(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let (own, callback) = handshake.errors.iter().find_map(|own| {
        let ours = own.library == LibraryError::LIB_SSL;
        ours.then(|| which(handshake, own)).flatten().map(|callback| (own, callback))
    })?;
    let sent = handshake.fatal_alert(Direction::Sent);
    // A name that the application does not serve, and says so: see names::server_name.
    let by_name = sent.is_some_and(|sent| sent.description == AlertDescription::UNRECOGNIZED_NAME);
    if by_name {
        return None;
    }
    Some(mismatch(handshake, own).unwrap_or_else(|| finding(handshake, own, &callback)))
}

/// The callback gave the connection a key that is not its certificate's, and the call for that failed.
fn mismatch(handshake: &Handshake, own: &At<LibraryError>) -> Option<Finding> {
    const X509: i32 = 11;
    let refused = handshake.errors.iter().filter(|error| error.event < own.event && error.library == X509);
    let refused: Vec<_> = refused.collect();
    let mut failure = SetupFailure::new("SSL_use_PrivateKey", handshake.time);
    failure.errors = refused.iter().map(|error| error.value.clone()).collect();
    let found = diagnose_setup(&failure).filter(|found| found.cause == Cause::ConfigKeyMismatch)?;
    let mut finding = found.explain(
        "A call for that failed in a callback of the program, while the handshake went on, and the callback said no. OpenSSL refuses a key that \
         does not belong to the certificate beside it. Often one of two files is older: the certificate was issued for a key that was made \
         anew.",
    );
    // Which call it was is not known here.
    finding.evidence.retain(|seen| seen.field != "failed");
    finding.side = handshake.role.into();
    let event = refused.first().map(|error| error.event);
    finding.evidence.iter_mut().for_each(|seen| seen.event = event);
    finding = finding.see(own.event, "error queue", library::show(own));
    if let (Some(offer), Role::Server) = (&handshake.offer, handshake.role) {
        let name = offer.server_name.as_deref().unwrap_or("not sent");
        finding = finding.see(offer.event, "ClientHello.server_name", name);
    }
    Some(finding)
}

fn finding(handshake: &Handshake, own: &At<LibraryError>, callback: &Callback) -> Finding {
    let role = handshake.role;
    // Until a certificate is chosen a program mostly looks at the name, and may refuse that on purpose.
    let by_name = handshake.offer.as_ref().filter(|_| {
        role == Role::Server && handshake.answer.is_none() && own.reason != reason::CLIENTHELLO_TLSEXT
    });
    let (confidence, for_what) = match by_name {
        Some(_) => (Confidence::Likely, ", probably for a fault of its own"),
        None => (Confidence::Certain, ""),
    };
    let mut finding = Finding::new(
        Cause::ConfigCallbackFailed,
        confidence,
        role,
        format!(
            "A callback of this {}'s own program failed or refused{for_what}: {}.",
            role.as_str(),
            callback.what
        ),
    )
    .explain(format!(
        "OpenSSL asks the program by functions that the program sets ({}). This one said no or failed, and OpenSSL broke off. Why it did \
         so is known to the program alone: a file or a certificate that is not there, a name that it does not serve, an error in its code.",
        callback.set
    ))
    .see(own.event, "error queue", library::show(own));
    if let Some(sent) = handshake.fatal_alert(Direction::Sent) {
        finding = finding.see(sent.event, "alert sent", sent.description);
    }
    if let (Some(offer), Role::Server) = (&handshake.offer, role) {
        let name = offer.server_name.as_deref().unwrap_or("not sent");
        finding = finding.see(offer.event, "ClientHello.server_name", name);
    }
    if let Some(offer) = by_name {
        finding = finding
            .or(
                super::names::suspect(offer),
                "the program's own log: whether it refuses that name, or its absence, on purpose",
            )
            .or(
                Cause::ConfigNoCertificate,
                "the program's own log: whether it found no certificate for that name",
            );
    }
    finding
        .not(Cause::RecordCorrupt, "nothing that came from the peer was found wrong")
        .with(own::see_program_log)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::Answer;

    fn said(handshake: &Handshake) -> Option<String> {
        failed(handshake).map(|finding| finding.summary)
    }

    #[test]
    fn the_reason_names_the_callback() {
        let server = || Handshake::blank(Role::Server);
        let broke = |handshake: Handshake, alert| handshake.with_alert(Direction::Sent, alert);
        let status =
            broke(server().with_reason(reason::CLIENTHELLO_TLSEXT), AlertDescription::INTERNAL_ERROR);
        assert!(said(&status).expect("a finding").contains("OCSP"));
        let garbled = broke(server().with_reason(reason::CLIENTHELLO_TLSEXT), AlertDescription::DECODE_ERROR);
        assert_eq!(said(&garbled), None, "the client's extensions are meant");
        let certificate = server().with_reason(reason::CERT_CB_ERROR);
        assert!(said(&certificate).expect("a finding").contains("certificate"));
        let ours = server().with_reason(reason::BAD_PSK);
        assert_eq!(said(&ours), None, "the peer's key share of a session");
    }

    #[test]
    fn one_reason_for_many_is_told_by_its_place() {
        let early = Handshake::blank(Role::Server).with_reason(reason::CALLBACK_FAILED);
        assert!(said(&early).expect("a finding").contains("server name"));
        let mut late = early.clone();
        late.answer = Some(At { event: 2, value: Answer::plain() });
        assert!(said(&late).expect("a finding").contains("ticket"));
        let name = early.with_alert(Direction::Sent, AlertDescription::UNRECOGNIZED_NAME);
        assert_eq!(said(&name), None, "it is the name that is refused");
    }

    #[test]
    fn a_key_that_does_not_fit_is_why_the_callback_said_no() {
        let broke = |errors: &[(u32, i32, i32)]| {
            let mut handshake = Handshake::blank(Role::Server).with_reason(reason::CERT_CB_ERROR);
            handshake.errors.extend(errors.iter().map(|&(event, library, reason)| {
                let value = LibraryError { library, reason, ..LibraryError::default() };
                At { event, value }
            }));
            failed(&handshake).map(|finding| finding.cause)
        };
        assert_eq!(broke(&[(5, 11, 116)]), Some(Cause::ConfigKeyMismatch));
        assert_eq!(broke(&[(5, 11, 101)]), Some(Cause::ConfigCallbackFailed), "another reason");
        assert_eq!(broke(&[(99, 11, 116)]), Some(Cause::ConfigCallbackFailed), "it comes later");
    }
}
