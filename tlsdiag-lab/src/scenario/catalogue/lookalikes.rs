//! Handshakes in order, or ended by nobody's fault: nothing may be said about them.

use super::super::path::{Deed, Way};
use super::choices::LATE_AUTHENTICATION;
use super::{Interlude, Scenario, Tls12, Tls13, Version};
use crate::peer::Tune;
use openssl::ssl::{AlpnError, SslContextBuilder, SslVerifyMode, select_next_proto};

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, version);
    all.push(
        start("alpn-agreed", "Both sides speak http/1.1 and say so.")
            .one_sided()
            .server(|server| server.tune = Some(choose_http)),
    );
    all.push(
        start("alpn-ignored", "The client names an application protocol, and the server does not care.")
            .one_sided(),
    );
    all.push(
        start("certificate-optional", "The server would like a client certificate; the client has none.")
            .server(|server| server.tune = Some(OPTIONAL))
            .client(|client| client.identity = None),
    );
    all.push(
        start("crumbs", "Every record arrives in many small pieces.")
            .over(|_, _, record| Deed::Crumble(record)),
    );
    all.push(
        start("slow-network", "Everything comes late, in packets of a small link's size.")
            .over(|_, _, record| Deed::Crawl(record)),
    );
    all.push(
        start("truncated-close", "The server hangs up after the handshake without a close_notify.")
            .one_sided()
            .with(Interlude::HangsUp),
    );
    all.push(
        start(
            "security-level-3",
            "Both sides are at security level 3, and their P-256 keys are good for it.",
        )
        .one_sided()
        .server(|server| {
            server.identity = |pki| &pki.server_ec;
            server.tune = Some(|context, _| {
                context.set_security_level(3);
                Ok(())
            });
        }),
    );
    match version {
        Tls12 => only_1_2(all),
        Tls13 => only_1_3(all),
    }
}

fn only_1_2(all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, Tls12);
    all.push(
        start("renegotiation", "The server asks for another handshake, and gets it.")
            .with(Interlude::Renegotiates)
            .two_records(),
    );
    all.push(
        start("without-ems", "Both sides do without extended_master_secret, and nobody minds.")
            .one_sided()
            .client(|client| client.tune = Some(super::choices::without_ems)),
    );
}

fn only_1_3(all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, Tls13);
    all.push(
        start(
            "post-handshake-authentication",
            "The server asks for the client's certificate late, and gets it.",
        )
        .with(Interlude::AsksForCertificate)
        .two_records()
        .server(|server| server.tune = Some(LATE_AUTHENTICATION))
        .client(|client| client.tune = Some(super::choices::offers_late_authentication)),
    );
    all.push(
        start("client-says-goodbye", "The client shows its certificate and says goodbye at once.")
            .with(Interlude::ClientLeaves),
    );
    all.push(
        start("cut-after-the-client-is-done", "The way breaks when the client has finished.")
            .one_sided()
            .over(|way, number, record| match (way, number) {
                // change_cipher_spec, Finished, then the request.
                (Way::ToServer, 3) => Deed::Cut(Vec::new()),
                _ => Deed::Pass(record),
            }),
    );
}

pub(super) fn choose_http(
    context: &mut SslContextBuilder,
    _: &crate::pki::Pki,
) -> Result<(), openssl::error::ErrorStack> {
    context.set_alpn_select_callback(|_, offered| {
        select_next_proto(b"\x08http/1.1", offered).ok_or(AlpnError::ALERT_FATAL)
    });
    Ok(())
}

const OPTIONAL: Tune = |context, _| {
    context.set_verify(SslVerifyMode::PEER);
    Ok(())
};
