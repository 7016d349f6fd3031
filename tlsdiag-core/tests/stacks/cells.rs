//! What goes wrong, by construction: each cell is the healthy mutual handshake with one thing turned, at our end or at theirs.

use openssl::ssl::{AlpnError, select_next_proto};
use tlsdiag_lab::peer::Version::{Tls12, Tls13};
use tlsdiag_lab::peer::{Client, Server, Version};
use tlsdiag_lab::policy::{Anchors, Verifies};

use crate::programs::{Group, Program, Told, curl, gnutls};

pub(crate) const AES128: (&str, &str) = ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256");
pub(crate) const AES256: (&str, &str) = ("ECDHE-RSA-AES256-GCM-SHA384", "TLS_AES_256_GCM_SHA384");

/// No way around a group.
pub(crate) const ECDHE: &str = "ECDHE+AESGCM:ECDHE+CHACHA20";

pub(crate) struct Cell<Ours> {
    pub(crate) name: &'static str,
    /// `None`: nothing is wrong.
    pub(crate) truth: Option<&'static str>,
    pub(crate) theirs: Told,
    pub(crate) ours: Ours,
    pub(crate) times: usize,
}

fn other(version: Version) -> Version {
    if version == Tls12 { Tls13 } else { Tls12 }
}

impl<Ours> Cell<Ours> {
    fn theirs(mut self, turn: impl FnOnce(&mut Told)) -> Self {
        turn(&mut self.theirs);
        self
    }

    fn ours(mut self, turn: impl FnOnce(&mut Ours)) -> Self {
        turn(&mut self.ours);
        self
    }

    fn twice(mut self) -> Self {
        self.times = 2;
        self
    }
}

/// The program is the client.
pub(crate) fn for_client(program: &dyn Program, version: Version) -> Vec<Cell<Server>> {
    let cell = |name, truth| {
        let theirs = Told { identity: Some("client"), trusts: Some("ca"), ..Told::default() };
        Cell { name, truth, theirs, ours: Server::new(version), times: 1 }
    };
    let healthy = |name| cell(name, None);
    let fault = |name, truth| cell(name, Some(truth));
    // These look at the certificate when the handshake is done, and hang up: the server can name what it finds in its own, and
    // nothing else.
    let late = program.name() == "node" && version == Tls12
        || program.name() == "curl" && curl::looks_at_the_result_itself();
    let unless = |unseen: bool, name, truth| cell(name, if unseen { None } else { Some(truth) });
    // One that heeds the names in CertificateRequest shows no certificate of another CA.
    let stranger =
        if program.heeds_names() { "client_cert.not_in_ca_list" } else { "client_cert.unknown_issuer" };
    vec![
        healthy("mutual"),
        healthy("mutual-again").twice(),
        healthy("server-only").theirs(|told| told.identity = None).ours(|server| server.asks_client = false),
        healthy("certificate-optional")
            .theirs(|told| told.identity = None)
            .ours(|server| server.policy.verifies = Verifies::IfPresented),
        fault("client-cert-missing", "client_cert.missing").theirs(|told| told.identity = None),
        fault("client-cert-stranger", stranger).theirs(|told| told.identity = Some("client-stranger")),
        fault("client-cert-expired", "client_cert.expired")
            .theirs(|told| told.identity = Some("client-expired")),
        fault("client-cert-wrong-purpose", "client_cert.wrong_purpose")
            .theirs(|told| told.identity = Some("client-wrong-purpose")),
        fault("rsa-key-ecdsa-only", "sigalg.client_key_incompatible")
            .ours(|server| server.client_sigalgs = Some("ECDSA+SHA256")),
        unless(late, "server-untrusted", "server_cert.unknown_issuer")
            .theirs(|told| told.trusts = Some("other-ca")),
        fault("server-other-name", "server_cert.hostname_mismatch")
            .ours(|server| server.policy.presents = Some("other-name")),
        fault("server-cert-expired", "server_cert.expired")
            .ours(|server| server.policy.presents = Some("expired")),
        // GnuTLS alone minds; what the certificate says of itself is the same for all.
        unless(program.name() != "gnutls", "server-must-staple", "server_cert.stapling_required")
            .ours(|server| server.policy.presents = Some("must-staple")),
        // One with a certificate of its own knows the intermediate from there.
        unless(late, "server-chain-incomplete", "server_cert.incomplete_chain")
            .theirs(|told| told.identity = None)
            .ours(|server| {
                server.asks_client = false;
                server.identity = |pki| &pki.server_without_chain;
            }),
        fault("version", "version.no_overlap").theirs(|told| told.only = Some(other(version))),
        fault("cipher", "cipher.no_overlap")
            .theirs(|told| (told.only, told.ciphers) = (Some(version), Some(AES128)))
            .ours(|server| {
                (server.offer.cipher_list, server.offer.ciphersuites) = (Some(AES256.0), Some(AES256.1));
            }),
        fault("group", "group.no_overlap")
            .theirs(|told| told.group = Some(Group::P384))
            .ours(|server| (server.offer.groups, server.offer.cipher_list) = (Some("P-256"), Some(ECDHE))),
        fault("sigalg", "sigalg.no_overlap").theirs(|told| told.sigalgs = Some("ECDSA+SHA256")),
        fault("alpn", "alpn.no_overlap").theirs(|told| told.alpn = Some("http/1.1")).ours(|server| {
            server.tune = Some(|context, _| {
                context.set_alpn_select_callback(|_, offered| {
                    select_next_proto(b"\x02h2", offered).ok_or(AlpnError::ALERT_FATAL)
                });
                Ok(())
            });
        }),
        fault("plain-http", "not_tls.plain_http").theirs(|told| told.plain = true),
    ]
}

/// The program is the server.
pub(crate) fn for_server(program: &dyn Program, version: Version) -> Vec<Cell<Client>> {
    let cell = |name, truth| {
        let theirs = Told {
            identity: Some("fullchain"),
            trusts: Some("client-ca"),
            asks_client: true,
            ..Told::default()
        };
        Cell { name, truth, theirs, ours: Client::new(version), times: 1 }
    };
    let healthy = |name| cell(name, None);
    let fault = |name, truth| cell(name, Some(truth));
    // It completes the handshake and refuses later, in HTTP. (Node hangs up on a client of TLS 1.3 without a word, and the client
    // can see what is wrong with its own certificate.)
    let lets_pass = program.name() == "nginx";
    let refused = |name, truth| cell(name, if lets_pass { None } else { Some(truth) });
    let blind = program.name() == "gnutls" && !gnutls::looks_at_the_purpose();
    let purpose = (!lets_pass && !blind).then_some("client_cert.wrong_purpose");
    let missing = (program.name() != "nginx").then_some("client_cert.missing");
    vec![
        healthy("mutual"),
        healthy("mutual-again").twice(),
        healthy("server-only").theirs(|told| told.asks_client = false).ours(|client| client.identity = None),
        cell("client-cert-missing", missing).ours(|client| client.identity = None),
        refused("client-cert-stranger", "client_cert.unknown_issuer")
            .ours(|client| client.identity = Some(|pki| &pki.client_stranger)),
        refused("client-cert-expired", "client_cert.expired")
            .ours(|client| client.identity = Some(|pki| &pki.client_expired)),
        cell("client-cert-wrong-purpose", purpose)
            .ours(|client| client.identity = Some(|pki| &pki.client_wrong_purpose)),
        fault("server-untrusted", "server_cert.unknown_issuer")
            .ours(|client| client.policy.trusts = Anchors::Named("stranger")),
        fault("server-other-name", "server_cert.hostname_mismatch")
            .theirs(|told| told.identity = Some("server-other-name")),
        fault("server-cert-expired", "server_cert.expired")
            .theirs(|told| told.identity = Some("server-expired")),
        fault("server-self-signed", "server_cert.self_signed")
            .theirs(|told| told.identity = Some("server-self-signed")),
        fault("server-chain-incomplete", "server_cert.incomplete_chain")
            .theirs(|told| told.identity = Some("lone")),
        fault("version", "version.no_overlap").theirs(|told| told.only = Some(other(version))),
        fault("cipher", "cipher.no_overlap")
            .theirs(|told| (told.only, told.ciphers) = (Some(version), Some(AES128)))
            .ours(|client| {
                (client.offer.cipher_list, client.offer.ciphersuites) = (Some(AES256.0), Some(AES256.1));
            }),
        fault("group", "group.no_overlap")
            .theirs(|told| told.group = Some(Group::P384))
            .ours(|client| (client.offer.groups, client.offer.cipher_list) = (Some("P-256"), Some(ECDHE))),
        fault("plain-http", "not_tls.plain_http").theirs(|told| told.plain = true),
    ]
}
