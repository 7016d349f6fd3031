//! The catalogue: each entry is the healthy pair with one thing turned.

mod broken;
mod callbacks;
pub(super) mod certificates;
mod choices;
mod configuration;
mod controls;
mod lookalikes;
mod peers;
mod presented;
mod sessions;
mod strangers;
pub(super) mod twins;
mod versions;

use std::time::Duration;

use super::Verdict::{Cause, Healthy, NotRecorded};
use super::{Interlude, OwnFault, Peer, Scenario, Side, Verdict, path, plain};
use crate::peer::Version::{Tls12, Tls13};
use crate::peer::{Client, Server, Version};

/// As long as an impatient side waits for bytes: who takes less for silence has not waited.
const MOMENT: Duration = Duration::from_millis(1050);

/// A signature list for RSA cards: everything but RSA-PSS.
const WITHOUT_PSS: &str = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512";

/// Whether the OpenSSL that runs is of this version or a later one.
fn openssl_since(major: i64, minor: i64) -> bool {
    openssl::version::number() >= major << 28 | minor << 20
}

pub(super) fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    for version in [Tls12, Tls13] {
        healthy(version, &mut all);
    }
    for version in [Tls12, Tls13] {
        signatures(version, &mut all);
        client_certificates(version, &mut all);
        server_certificates(version, &mut all);
        no_overlap(version, &mut all);
        not_tls(version, &mut all);
    }
    all
}

pub(super) fn negotiation() -> Vec<Scenario> {
    let mut all = Vec::new();
    for version in [Tls12, Tls13] {
        lookalikes::add(version, &mut all);
        choices::add(version, &mut all);
        sessions::add(version, &mut all);
        configuration::add(version, &mut all);
        broken::add(version, &mut all);
        peers::add(version, &mut all);
        strangers::add(version, &mut all);
        versions::add(version, &mut all);
        callbacks::add(version, &mut all);
    }
    all
}

fn healthy(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, version);
    all.push(start("healthy-mutual", "Both sides have RSA certificates in order."));
    all.push(
        start("healthy-mutual-ec", "Both sides have ECDSA certificates in order.")
            .server(|server| server.identity = |pki| &pki.server_ec)
            .client(|client| client.identity = Some(|pki| &pki.client_ec)),
    );
    all.push(
        start("healthy-server-only", "The server asks for no client certificate, and the client has none.")
            .server(|server| server.asks_client = false)
            .client(|client| client.identity = None),
    );
    all.push(
        start("healthy-resumption", "The second handshake resumes the first one's session by a ticket.")
            .twice(),
    );
    match version {
        Tls12 => {
            all.push(
                start(
                    "healthy-resumption-by-id",
                    "The second handshake resumes the first one's session by its number.",
                )
                .server(|server| server.tickets = false)
                .twice(),
            );
            all.push(
                start(
                    "healthy-card",
                    "The smart card cannot sign RSA-PSS, and the server does not ask for it.",
                )
                .server(|server| server.client_sigalgs = Some(WITHOUT_PSS))
                .client(|client| client.identity = Some(|pki| &pki.client_card)),
            );
        }
        Tls13 => all.push(
            start(
                "healthy-hello-retry",
                "The client guesses a group that the server does not have, and is asked again.",
            )
            .server(|server| server.offer.groups = Some("P-384"))
            .client(|client| client.offer.groups = Some("X25519:P-384")),
        ),
    }
}

fn signatures(version: Version, all: &mut Vec<Scenario>) {
    all.push(
        Scenario::new(
            "card-refuses-pss",
            "The client's smart card cannot sign RSA-PSS, which the server prefers.",
            version,
        )
        .client(|client| client.identity = Some(|pki| &pki.client_card))
        .ends(Cause("sigalg.signer_refused"), Cause("sigalg.signer_refused")),
    );
    all.push(
        // The server sees an empty Certificate, byte for byte as if the client had none.
        Scenario::new(
            "rsa-key-ecdsa-only",
            "The client's key is RSA, and the server takes ECDSA signatures only.",
            version,
        )
        .server(|server| server.client_sigalgs = Some("ECDSA+SHA256"))
        .ends(
            Verdict::Alternative { named: "client_cert.missing", truth: "sigalg.client_key_incompatible" },
            Cause("sigalg.client_key_incompatible"),
        ),
    );
    // From TLS 1.3 on the list of groups says nothing of certificates.
    if version == Version::Tls12 {
        all.push(
            Scenario::new(
                "client-key-off-the-groups",
                "The client's key is on P-256, and the server's groups leave that curve out.",
                version,
            )
            .server(|server| server.offer.groups = Some("X25519:P-384"))
            .client(|client| client.identity = Some(|pki| &pki.client_ec))
            .ends(
                Cause("sigalg.client_key_incompatible"),
                Verdict::Alternative { named: "protocol.violation", truth: "sigalg.client_key_incompatible" },
            ),
        );
    }
}

fn client_certificates(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, cause| Scenario::new(slug, summary, version).ends(Cause(cause), Cause(cause));
    all.push(
        start(
            "client-cert-missing",
            "The server insists on a client certificate, and the client has none.",
            "client_cert.missing",
        )
        .client(|client| client.identity = None),
    );
    all.push(
        start(
            "client-cert-unknown-issuer",
            "An authority that the server does not trust issued the client's certificate.",
            "client_cert.unknown_issuer",
        )
        .client(|client| client.identity = Some(|pki| &pki.client_stranger)),
    );
    all.push(
        start("client-cert-expired", "The client's certificate ran out ten days ago.", "client_cert.expired")
            .client(|client| client.identity = Some(|pki| &pki.client_expired)),
    );
    all.push(
        start(
            "client-cert-wrong-purpose",
            "The client presents a certificate that is for servers only.",
            "client_cert.wrong_purpose",
        )
        .client(|client| client.identity = Some(|pki| &pki.client_wrong_purpose)),
    );
}

fn server_certificates(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, cause| Scenario::new(slug, summary, version).ends(Cause(cause), Cause(cause));
    all.push(
        start(
            "server-cert-incomplete-chain",
            "The server forgot to send the intermediate certificate.",
            "server_cert.incomplete_chain",
        )
        .server(|server| server.identity = |pki| &pki.server_without_chain),
    );
    all.push(
        start(
            "server-cert-hostname-mismatch",
            "The client asks for a name that the server's certificate does not carry.",
            "server_cert.hostname_mismatch",
        )
        .client(|client| client.server_name = "payments.example"),
    );
}

fn no_overlap(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, cause| Scenario::new(slug, summary, version).ends(Cause(cause), Cause(cause));
    match version {
        Tls12 => all.push(
            start(
                "version-client-too-old",
                "The client ends at TLS 1.2, and the server begins at 1.3.",
                "version.no_overlap",
            )
            .server(|server| (server.offer.min, server.offer.max) = (Some(Tls13), None))
            .client(|client| (client.offer.min, client.offer.max) = (None, Some(Tls12))),
        ),
        Tls13 => all.push(
            start(
                "version-server-too-old",
                "The server ends at TLS 1.2, and the client begins at 1.3.",
                "version.no_overlap",
            )
            .server(|server| (server.offer.min, server.offer.max) = (None, Some(Tls12)))
            .client(|client| (client.offer.min, client.offer.max) = (Some(Tls13), None)),
        ),
    }
    all.push(
        start("cipher-no-overlap", "The two sides have no cipher suite in common.", "cipher.no_overlap")
            .server(|server| {
                server.offer.cipher_list = Some("ECDHE-RSA-AES256-GCM-SHA384");
                server.offer.ciphersuites = Some("TLS_AES_256_GCM_SHA384");
            })
            .client(|client| {
                client.offer.cipher_list = Some("ECDHE-RSA-AES128-GCM-SHA256");
                client.offer.ciphersuites = Some("TLS_AES_128_GCM_SHA256");
            }),
    );
}

fn not_tls(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, server, client| Scenario::new(slug, summary, version).ends(server, client);
    let mut http_client = start(
        "http-client",
        "A cleartext HTTP request comes to the TLS server.",
        Cause("not_tls.plain_http"),
        NotRecorded,
    );
    http_client.client_peer = Peer::Plain(plain::http_client);
    let mut http_server = start(
        "http-server",
        "The TLS client has come to a server that speaks cleartext HTTP.",
        NotRecorded,
        Cause("not_tls.plain_http"),
    );
    http_server.server_peer = Peer::Plain(plain::http_server);
    let mut client_closes = start(
        "client-closes",
        "Somebody connects to the TLS server and hangs up without a byte.",
        Cause("transport.closed_before_hello"),
        NotRecorded,
    );
    client_closes.client_peer = Peer::Plain(plain::closes);
    let mut server_closes = start(
        "server-closes",
        "The server accepts the connection and hangs up without a byte.",
        NotRecorded,
        Cause("transport.closed_before_hello"),
    );
    server_closes.server_peer = Peer::Plain(plain::closes);
    all.extend([http_client, http_server, client_closes, server_closes]);
}

impl Scenario {
    /// The healthy mutual handshake, to be turned.
    fn new(slug: &str, summary: &'static str, version: Version) -> Self {
        Scenario {
            name: format!("{slug}-{}", version.as_str()),
            summary,
            version,
            server: Healthy,
            client: Healthy,
            handshakes: 1,
            records: (1, 1),
            server_peer: Peer::Tls(Server::new(version)),
            client_peer: Peer::Tls(Client::new(version)),
            interlude: Interlude::None,
            path: None,
            loses_large_segments: false,
            own_fault: None,
            patience: (None, None),
        }
    }

    fn server(mut self, turn: impl FnOnce(&mut Server)) -> Self {
        if let Peer::Tls(server) = &mut self.server_peer {
            turn(server);
        }
        self
    }

    fn client(mut self, turn: impl FnOnce(&mut Client)) -> Self {
        if let Peer::Tls(client) = &mut self.client_peer {
            turn(client);
        }
        self
    }

    fn twice(mut self) -> Self {
        self.handshakes = 2;
        self.records = (2, 2);
        self
    }

    /// Neither side has or wants a client certificate.
    fn one_sided(self) -> Self {
        self.server(|server| server.asks_client = false).client(|client| client.identity = None)
    }

    /// Both sides have certificates, and the server asks for the client's.
    fn mutual(self) -> Self {
        self.server(|server| server.asks_client = true)
            .client(|client| client.identity = Some(|pki| &pki.client_rsa))
    }

    fn over(mut self, path: path::Edit) -> Self {
        self.path = Some(path);
        self
    }

    fn over_a_small_link(mut self) -> Self {
        self.loses_large_segments = true;
        // The client's end is lost with the rest, so that the server has to give up, too, and after the client.
        self.patience.0 = Some(2 * MOMENT);
        self
    }

    fn with(mut self, interlude: Interlude) -> Self {
        self.interlude = interlude;
        self
    }

    /// What this side's own program has done to its socket.
    fn own_fault(mut self, side: Side, fault: OwnFault) -> Self {
        self.own_fault = Some((side, fault));
        self
    }

    /// Two handshakes on one connection.
    fn two_records(mut self) -> Self {
        self.records = (2, 2);
        self
    }

    /// Both sides wait a moment only.
    fn impatient(self) -> Self {
        self.server_is_impatient().client_is_impatient()
    }

    fn server_is_impatient(mut self) -> Self {
        self.patience.0 = Some(MOMENT);
        self
    }

    fn client_is_impatient(mut self) -> Self {
        self.patience.1 = Some(MOMENT);
        self
    }

    fn served_by(mut self, server: fn(std::net::TcpStream)) -> Self {
        self.server_peer = Peer::Plain(server);
        self
    }

    fn asked_by(mut self, client: fn(std::net::TcpStream)) -> Self {
        self.client_peer = Peer::Plain(client);
        self
    }

    fn ends(mut self, server: Verdict, client: Verdict) -> Self {
        (self.server, self.client) = (server, client);
        self
    }
}
