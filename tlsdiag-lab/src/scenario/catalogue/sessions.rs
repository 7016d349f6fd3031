//! Sessions that are resumed, and keys that both sides should have.

use openssl::error::ErrorStack;
use openssl::ssl::{SslOptions, SslVerifyMode};

use super::Verdict::{Alternative, Cause, Healthy};
use super::{Interlude, Scenario, Tls12, Version};
use crate::peer::{Client, Server, Tune};

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    all.push(
        Scenario::new(
            "session-id-context",
            "The server verifies clients and resumes, and has no session id context.",
            version,
        )
        .server(|server| server.tune = Some(|context, _| context.set_session_id_context(b"")))
        .ends(Cause("session.id_context_uninitialized"), Cause("session.id_context_uninitialized"))
        .twice(),
    );
    all.push(
        Scenario::new(
            "resumed-without-client-auth",
            "The second handshake asks for a certificate, and resumes a session that has none.",
            version,
        )
        .server(|server| {
            server.tune_connection = Some(|ssl, number| {
                if number == 0 {
                    ssl.set_verify(SslVerifyMode::NONE);
                }
                Ok(())
            });
        })
        .client(|client| client.identity = None)
        .ends(Cause("warn.resumed_without_client_auth"), Healthy)
        .twice(),
    );
    pre_shared(version, all);
    if version == Tls12 {
        all.push(
            Scenario::new(
                "ems-inconsistent",
                "A session with extended_master_secret is resumed without.",
                version,
            )
            .one_sided()
            .client(|client| {
                client.tune_connection = Some(|ssl, number| {
                    if number == 1 {
                        super::controls::without_ems(ssl);
                    }
                    Ok(())
                });
            })
            .ends(Cause("ems.required"), Cause("ems.required"))
            .twice(),
        );
        all.push(
            Scenario::new(
                "renegotiation-refused",
                "The server asks for another handshake; the client never renegotiates.",
                version,
            )
            .one_sided()
            .with(Interlude::Renegotiates)
            .client(|client| {
                client.tune = Some(|context, _| {
                    context.set_options(SslOptions::NO_RENEGOTIATION);
                    Ok(())
                });
            })
            .ends(Cause("renegotiation.refused"), Cause("renegotiation.refused"))
            .two_records(),
        );
    }
}

const KEY: &[u8] = b"correct horse battery staple 123";
const OTHER_KEY: &[u8] = b"incorrect horse battery staple 1";

fn pre_shared(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary| {
        let mut scenario = Scenario::new(slug, summary, version).one_sided();
        let suites = |offer: &mut crate::peer::Offer| {
            offer.cipher_list = Some("PSK-AES128-GCM-SHA256");
            offer.ciphersuites = Some("TLS_AES_128_GCM_SHA256");
        };
        scenario = scenario
            .server(|server: &mut Server| {
                suites(&mut server.offer);
                server.has_identity = false;
                server.tune = Some(KNOWS_ALICE);
            })
            .client(|client: &mut Client| suites(&mut client.offer));
        scenario
    };
    all.push(
        start("psk", "Both sides have the same key, and no certificate.")
            .client(|client| client.tune = Some(|context, _| offer(context, b"alice", KEY))),
    );
    let unknown_at_client = match version {
        Tls12 => Cause("psk.unknown_identity"),
        // An identity that is unknown is passed over, and nothing is left to choose.
        Version::Tls13 => Cause("psk.unknown_identity"),
    };
    all.push(
        start("psk-unknown-identity", "The server does not know the client's pre-shared key by name.")
            .client(|client| client.tune = Some(|context, _| offer(context, b"bob", KEY)))
            .ends(Cause("psk.unknown_identity"), unknown_at_client),
    );
    all.push(
        start("psk-key-mismatch", "Both sides know the name of the key, but the keys differ.")
            .client(|client| client.tune = Some(|context, _| offer(context, b"alice", OTHER_KEY)))
            .ends(Cause("psk.key_mismatch"), Cause("psk.key_mismatch")),
    );
    if version == Version::Tls13 {
        all.push(
            start(
                "psk-hash-mismatch",
                "The key is bound to SHA-256, and the server's one suite needs SHA-384.",
            )
            .client(|client| client.tune = Some(|context, _| offer(context, b"alice", KEY)))
            .client(|client| {
                client.offer.ciphersuites = Some("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256")
            })
            .server(|server| server.offer.ciphersuites = Some("TLS_AES_256_GCM_SHA384"))
            .ends(
                Cause("psk.hash_mismatch"),
                Alternative { named: "psk.unknown_identity", truth: "psk.hash_mismatch" },
            ),
        );
    }
}

const KNOWS_ALICE: Tune = |context, _| {
    context.set_psk_server_callback(|_, identity, key| {
        if identity != Some(b"alice") {
            return Ok(0);
        }
        key[..KEY.len()].copy_from_slice(KEY);
        Ok(KEY.len())
    });
    Ok(())
};

fn offer(
    context: &mut openssl::ssl::SslContextBuilder,
    name: &'static [u8],
    secret: &'static [u8],
) -> Result<(), ErrorStack> {
    context.set_psk_client_callback(move |_, _, identity, key| {
        identity[..name.len()].copy_from_slice(name);
        identity[name.len()] = 0;
        key[..secret.len()].copy_from_slice(secret);
        Ok(secret.len())
    });
    Ok(())
}
