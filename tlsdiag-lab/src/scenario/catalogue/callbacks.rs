//! Callbacks of the application that fail, and peers that say goodbye where a message is due.

use openssl::error::ErrorStack;
use openssl::ssl::{SslAlert, StatusType};

use super::super::path::{Deed, Way};
use super::Verdict::{self, Alternative, Cause};
use super::{Scenario, Tls12, Version};
use crate::peer::{Tune, TuneConnection};

const FAILED: Verdict = Cause("config.callback_failed");

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, version).one_sided();
    let seen = |named| Alternative { named, truth: "config.callback_failed" };
    all.push(
        start("status-callback-fails", "The server's callback for the stapled OCSP response fails.")
            .server(|server| server.tune = Some(STATUS_FAILS))
            .client(|client| client.tune_connection = Some(ASKS_FOR_STATUS))
            .ends(FAILED, seen("config.no_certificate")),
    );
    all.push(
        start(
            "certificate-callback-fails",
            "The server's callback finds no certificate, and says that it failed.",
        )
        .server(|server| server.tune = Some(CERTIFICATE_FAILS))
        .ends(FAILED, seen("config.no_certificate")),
    );
    all.push(
        start("hello-callback-fails", "The server's callback for the ClientHello fails.")
            .server(|server| server.tune = Some(HELLO_FAILS))
            .ends(FAILED, seen("config.no_certificate")),
    );
    all.push(
        Scenario::new("client-callback-fails", "The client's callback for its certificate fails.", version)
            .client(|client| {
                client.identity = None;
                client.tune = Some(CERTIFICATE_FAILS);
            })
            // Before it answers the request, a client of TLS 1.3 could mean the server's own certificate.
            .ends(
                seen(if version == Tls12 { "sigalg.signer_refused" } else { "server_cert.rejected" }),
                FAILED,
            ),
    );
    if version == Tls12 {
        goodbyes(all);
    }
}

fn goodbyes(all: &mut Vec<Scenario>) {
    const GOODBYE: [u8; 7] = [21, 3, 3, 0, 2, 1, 0];
    const WRONG_NAME: [u8; 7] = [21, 3, 3, 0, 2, 1, 112];
    let closed = Cause("transport.closed_mid_handshake");
    all.push(
        Scenario::new(
            "goodbye-mid-handshake",
            "The client says goodbye where its second flight is due.",
            Tls12,
        )
        .one_sided()
        .over(|way, number, record| match (way, number) {
            (Way::ToServer, 1) => Deed::Cut(GOODBYE.to_vec()),
            _ => Deed::Pass(record),
        })
        .ends(closed, closed),
    );
    all.push(
        Scenario::new(
            "name-warned-of",
            "The server warns of the name in place of its hello, and hangs up.",
            Tls12,
        )
        .one_sided()
        .over(|way, number, record| match (way, number) {
            (Way::ToClient, 0) => Deed::Cut(WRONG_NAME.to_vec()),
            _ => Deed::Pass(record),
        })
        .ends(closed, Cause("sni.unrecognized")),
    );
}

const STATUS_FAILS: Tune = |context, _| context.set_status_callback(|_| Err(ErrorStack::get()));

const ASKS_FOR_STATUS: TuneConnection = |ssl, _| ssl.set_status_type(StatusType::OCSP);

const CERTIFICATE_FAILS: Tune = |context, _| {
    super::controls::fail_to_choose_a_certificate(context);
    Ok(())
};

const HELLO_FAILS: Tune = |context, _| {
    context.set_client_hello_callback(|_, alert| {
        *alert = SslAlert::INTERNAL_ERROR;
        Err(ErrorStack::get())
    });
    Ok(())
};
