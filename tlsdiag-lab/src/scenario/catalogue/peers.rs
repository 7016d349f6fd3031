//! Peers that speak something else, or TLS that no library would speak.

use super::super::forged::{self, Hello};
use super::Verdict::{Cause, NotRecorded};
use super::{Scenario, Tls12, Version};
use crate::visitor;

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    other_protocols(version, all);
    all.push(
        Scenario::new(
            "client-asks-user",
            "The client closes the connection at CertificateRequest to ask its user, as browsers do.",
            version,
        )
        .ends(Cause("note.client_asks_user"), NotRecorded)
        .asked_by(|socket| visitor::leaves(&socket)),
    );
    all.push(
        Scenario::new(
            "client-awaits-user",
            "The client is silent at CertificateRequest for longer than the server waits.",
            version,
        )
        .ends(Cause("note.awaits_user"), NotRecorded)
        .asked_by(|socket| visitor::stays_silent(&socket))
        .server_is_impatient(),
    );
    odd_clients(version, all);
    if version == Tls12 {
        odd_servers(all);
    }
}

fn other_protocols(version: Version, all: &mut Vec<Scenario>) {
    let at_server = |slug, summary, cause, client: fn(std::net::TcpStream)| {
        Scenario::new(slug, summary, version).ends(Cause(cause), NotRecorded).asked_by(client)
    };
    let at_client = |slug, summary, cause, server: fn(std::net::TcpStream)| {
        Scenario::new(slug, summary, version).ends(NotRecorded, Cause(cause)).served_by(server)
    };
    let starttls = "not_tls.starttls_needed";
    all.extend([
        at_client("smtp-server", "The server greets in SMTP.", starttls, |socket| {
            forged::answer(socket, b"220 mail.example ESMTP ready\r\n");
        }),
        at_client("imap-server", "The server greets in IMAP.", starttls, |socket| {
            forged::answer(socket, b"* OK IMAP4rev1 ready\r\n");
        }),
        at_client("ssh-server", "The server speaks SSH.", "not_tls.other_protocol", |socket| {
            forged::answer(socket, b"SSH-2.0-OpenSSH_9.2\r\n");
        }),
        at_server("smtp-client", "The client says EHLO in cleartext.", starttls, |socket| {
            forged::speak(socket, b"EHLO client.example\r\n");
        }),
        at_server("ssh-client", "The client speaks SSH.", "not_tls.other_protocol", |socket| {
            forged::speak(socket, b"SSH-2.0-OpenSSH_9.2\r\n");
        }),
        at_server("sip-client", "A telephone asks by SIP's OPTIONS.", "not_tls.other_protocol", |socket| {
            forged::speak(socket, b"OPTIONS sip:nobody@localhost SIP/2.0\r\n\r\n");
        }),
        at_server("proxy-client", "The port is taken for an HTTP proxy.", "not_tls.plain_http", |socket| {
            forged::speak(socket, b"CONNECT localhost:443 HTTP/1.1\r\n\r\n");
        }),
        at_server(
            "proxy-header",
            "A balancer sends a PROXY header of version 1.",
            "not_tls.proxy_header",
            |socket| {
                let mut words = b"PROXY TCP4 192.0.2.1 192.0.2.2 51000 443\r\n".to_vec();
                words.extend(forged::client_hello(&[]));
                forged::speak(socket, &words);
            },
        ),
        at_server(
            "proxy-header-2",
            "A balancer sends a PROXY header of version 2.",
            "not_tls.proxy_header",
            |socket| {
                let mut words = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0".to_vec();
                words.extend(forged::client_hello(&[]));
                forged::speak(socket, &words);
            },
        ),
        at_client(
            "silent-server",
            "The server listens and says nothing.",
            "transport.timeout",
            forged::listen,
        )
        .client_is_impatient(),
    ]);
}

fn odd_clients(version: Version, all: &mut Vec<Scenario>) {
    let at_server = |slug, summary, cause, client: fn(std::net::TcpStream)| {
        Scenario::new(slug, summary, version).one_sided().ends(Cause(cause), NotRecorded).asked_by(client)
    };
    all.push(at_server(
        "client-begins-with-finished",
        "The client's first message is a Finished.",
        "protocol.violation",
        |socket| forged::speak(socket, &forged::handshake(20, &[7; 12])),
    ));
    if version == Tls12 {
        all.push(at_server(
            "client-says-hello-twice",
            "The client answers the server's flight with a second ClientHello.",
            "protocol.violation",
            |socket| {
                let hello = forged::client_hello(&[0, 23, 0, 0]);
                forged::converse(socket, &hello, &hello);
            },
        ));
        all.push(
            at_server(
                "ems-required-by-client",
                "The client insists on extended_master_secret; the server has it switched off.",
                "ems.required",
                |socket| {
                    let hello = forged::client_hello(&[0, 23, 0, 0]);
                    forged::converse(socket, &hello, &forged::alert(40));
                },
            )
            .server(|server| server.tune = Some(super::choices::without_ems)),
        );
    }
}

fn odd_servers(all: &mut Vec<Scenario>) {
    let at_client = |slug, summary, cause, server: fn(std::net::TcpStream)| {
        Scenario::new(slug, summary, Tls12).one_sided().ends(NotRecorded, Cause(cause)).served_by(server)
    };
    const HELLO: Hello = Hello { suite: 0xc02f, extended_master_secret: true, secure_renegotiation: true };
    all.push(at_client(
        "unoffered-suite",
        "The server chooses a cipher suite that was not offered.",
        "protocol.violation",
        |socket| forged::answer(socket, &Hello { suite: 0x0005, ..HELLO }.record()),
    ));
    all.push(at_client(
        "hello-done-first",
        "The server begins with ServerHelloDone.",
        "protocol.violation",
        |socket| forged::answer(socket, &forged::handshake(14, &[])),
    ));
    all.push(at_client(
        "legacy-renegotiation",
        "The server knows nothing of secure renegotiation.",
        "renegotiation.legacy_refused",
        |socket| forged::answer(socket, &Hello { secure_renegotiation: false, ..HELLO }.record()),
    ));
    all.push(
        at_client(
            "ems-required-by-server",
            "The server insists on extended_master_secret; the client has it switched off.",
            "ems.required",
            |socket| forged::answer(socket, &forged::alert(40)),
        )
        .client(|client| client.tune = Some(super::choices::without_ems)),
    );
    all.push(at_client(
        "server-closes-after-hello",
        "The server says hello and hangs up.",
        "transport.closed_mid_handshake",
        |socket| forged::answer(socket, &HELLO.record()),
    ));
    all.push(at_client("noise-from-server", "Noise follows the ServerHello.", "record.corrupt", |socket| {
        let mut words = HELLO.record();
        words.extend(b"\x9b\x12\x5c\xf1\x88noise");
        forged::answer(socket, &words);
    }));
}
