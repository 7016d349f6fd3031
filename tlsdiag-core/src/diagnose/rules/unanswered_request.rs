//! The client left, or was silent, where its certificate was due: it may be asking its user. A browser closes its first connection at
//! CertificateRequest, shows its user the certificates, and comes back with the one that was chosen.
//!
//! Needs: CertificateRequest, that nothing came after the server's flight, and how it ended. Whether more is behind it, the client's
//! other handshakes tell ([`attempts`](crate::diagnose::attempts)).

use std::time::Duration;

use super::rejected::silently;
use crate::diagnose::fit;
use crate::diagnose::knowledge::{client_auth, transport};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::handshake::{Handshake, Unanswered};
use crate::wire::SignatureScheme;

pub(in crate::diagnose) const ASKS_USER: Rule = Rule {
    name: "unanswered_request::asks_user",
    find: asks_user,
    causes: || vec![Cause::NoteClientAsksUser, Cause::NoteAwaitsUser, Cause::TransportClosedMidHandshake],
};

fn asks_user(handshake: &Handshake) -> Option<Finding> {
    let unanswered = handshake.unanswered_request()?;
    let request = handshake.request.as_ref()?;
    let finding = match unanswered {
        Unanswered::Closed(event) => Finding::new(
            Cause::NoteClientAsksUser,
            Confidence::Likely,
            Side::Client,
            "The client closed the connection where its certificate was due, without a word: a browser that asks its user for a certificate \
             does so, and comes back.",
        )
        .explain(ASKING)
        .see(event, "the client's end", "closed without an alert"),
        Unanswered::GivenUp { http: false } => return Some(unseen(handshake)),
        Unanswered::GivenUp { http: true } => Finding::new(
            Cause::NoteClientAsksUser,
            Confidence::Possible,
            Side::Client,
            "The connection ended where the client's certificate was due, without a word: a browser that asks its user for a certificate \
             closes it there, and comes back.",
        )
        .explain(ASKING)
        .see(None, "the connection's end", "not seen here: the application was told of it, or gave up at once"),
        Unanswered::Silent(since) => Finding::new(
            Cause::NoteAwaitsUser,
            Confidence::Likely,
            Side::Client,
            "The client was silent where its certificate was due: it may be waiting for its user, at a dialog for a certificate or for a \
             card's PIN.",
        )
        .explain(WAITING)
        .see(request.event, "after CertificateRequest", silence(since)),
    };
    let schemes = request.signature_schemes.as_deref().unwrap_or_default();
    let finding = finding.see(
        request.event,
        "CertificateRequest.signature_algorithms",
        schemes.iter().map(SignatureScheme::to_string).collect::<Vec<_>>().join(", "),
    );
    let pss = schemes.iter().any(|scheme| fit::is_pss(*scheme));
    let finding = finding
        .or(
            Cause::SigalgSignerRefused,
            if pss {
                "a smart card or token that cannot sign RSA-PSS ends like this, too; then the client comes back and ends here again"
            } else {
                "a smart card or token whose signer fails ends like this, too; then the client comes back and ends here again"
            },
        )
        .or(
            Cause::ClientCertMissing,
            "some clients without a certificate leave instead of sending an empty one: look into the client's log",
        )
        .or(
            Cause::TransportClosedMidHandshake,
            "a client that is a health check or a scanner, or whose process ended, leaves like this",
        )
        .or(
            Cause::ConfigSecurityLevel,
            "the client's own certificate or key may be below its own security level: its error message says so",
        );
    Some(silently(handshake, finding).with(client_auth::user_is_asked))
}

/// The end was not seen, and the client is no browser: it may have left, or this side may have given it up.
fn unseen(handshake: &Handshake) -> Finding {
    let finding = Finding::new(
        Cause::TransportClosedMidHandshake,
        Confidence::Possible,
        Side::Client,
        "The connection ended where the client's certificate was due, without an alert, and how was not seen here: the client may have left, or \
         this side's program may have given it up.",
    )
    .explain(
        "The application moves the bytes itself and freed the connection at once: it was told that the client is gone, or gave up. A client \
         that refuses the server's certificate may leave without a word, as may one that has no certificate of its own.",
    )
    .see(None, "the connection's end", "not seen here")
    .or(
        Cause::ClientCertMissing,
        "some clients without a certificate leave instead of sending an empty one: look into the client's log",
    )
    .or(Cause::NoteClientAsksUser, "a program that asks its user for a certificate leaves like this, and comes back with one")
    .or(Cause::SigalgSignerRefused, "a smart card or token whose signer fails ends like this, too: the client's log tells");
    silently(handshake, finding).with(transport::look_into_logs)
}

fn silence(since: Duration) -> String {
    match since.as_millis() {
        0..1000 => "nothing came".to_owned(),
        long => format!("nothing came for {}.{} s", long / 1000, long % 1000 / 100),
    }
}

const ASKING: &str = "The server had said everything and asked for the client's certificate; the client sent none, not even an empty one, and \
                      no alert. One connection cannot show whether it was asking its user. Its next one does: with a certificate it was, and if \
                      the client ends here again and again, something keeps it from signing.";

const WAITING: &str = "The server had said everything and asked for the client's certificate; then nothing came, and this side gave up. A dialog \
                       stays open as long as its user likes. A card whose driver fails is silent, too: then the client comes back and is silent \
                       again.";
