//! Versions that do not meet, or that were taken away, and whose signatures nobody makes any more.

use std::net::TcpStream;

use openssl::ssl::{SslContextBuilder, SslOptions, SslVersion};

use super::super::forged::{self, client_hello};
use super::super::path::{Deed, Way};
use super::Verdict::{Cause, NotRecorded};
use super::{Scenario, Tls12, Tls13, Version, openssl_since};
use crate::peer::Tune;

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    match version {
        Tls12 => only_tls12(all),
        Tls13 => only_tls13(all),
    }
}

fn only_tls12(all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, Tls12).one_sided();
    all.push(
        start("downgraded-on-the-way", "Something in the path takes TLS 1.3 out of the ClientHello.")
            .server(|server| server.offer.max = None)
            .client(|client| client.offer.max = None)
            .over(|way, number, mut record| {
                if (way, number) == (Way::ToServer, 0) {
                    // supported_versions becomes an extension that nobody knows.
                    let versions = [0, 43, 0, 5, 4, 3, 4, 3, 3];
                    let at = record.windows(versions.len()).position(|bytes| bytes == versions);
                    at.into_iter().for_each(|at| record[at] = 0x9a);
                }
                Deed::Pass(record)
            })
            .ends(Cause("version.downgrade_detected"), Cause("version.downgrade_detected")),
    );
    all.push(
        start(
            "encrypted-hello-not-opened",
            "The client insists on an encrypted hello that the server cannot open.",
        )
        .asked_by(insists_on_ech)
        .ends(Cause("ech.rejected"), NotRecorded),
    );
    all.push(
        start("server-names-no-scheme", "The client names no signature scheme, which means SHA-1.")
            .asked_by(without_schemes)
            .ends(
                if openssl_since(3, 0) { Cause("sigalg.no_overlap") } else { Cause("protocol.violation") },
                NotRecorded,
            ),
    );
    // From 4.0 on OpenSSL reads no such hello.
    if !openssl_since(4, 0) {
        all.push(
            start("hello-of-sslv2", "An old client offers TLS 1.0 in a hello of SSLv2's form.")
                .asked_by(hello_of_sslv2)
                .ends(Cause("version.no_overlap"), NotRecorded),
        );
    }
    let old = |slug, summary| {
        start(slug, summary)
            .server(|server| (server.offer.min, server.offer.max) = (None, None))
            .client(|client| (client.offer.min, client.offer.max) = (None, None))
    };
    // From 3.2 on the level forbids the version itself; in 3.0 and 3.1 it is the signature that fails. Before, level 1 allows both.
    let (server, client) = if openssl_since(3, 2) {
        (Cause("version.no_overlap"), Cause("version.no_overlap"))
    } else {
        (Cause("config.security_level"), Cause("config.security_level"))
    };
    if openssl_since(3, 0) {
        all.push(
            old(
                "old-client",
                "A client of TLS 1.1 meets a server whose security level forbids its signatures.",
            )
            .server(|server| server.tune = Some(OLD_AT_LEVEL_1))
            .client(|client| client.tune = Some(OLD_AT_LEVEL_0))
            .ends(server, client),
        );
        all.push(
            old(
                "old-server",
                "A server of TLS 1.1 meets a client whose security level forbids its signatures.",
            )
            .server(|server| server.tune = Some(OLD_AT_LEVEL_0))
            .client(|client| client.tune = Some(OLD_AT_LEVEL_1))
            .ends(server, client),
        );
    }
}

fn only_tls13(all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, Tls13).one_sided();
    all.push(
        start(
            "version-switched-off",
            "The server has TLS 1.3 switched off by an option, and the client speaks no other.",
        )
        .server(|server| {
            (server.offer.min, server.offer.max) = (None, None);
            server.tune = Some(WITHOUT_TLS13);
        })
        .ends(Cause("version.no_overlap"), Cause("version.no_overlap")),
    );
    all.push(
        start("version-hole", "The client has TLS 1.2 alone switched off, and the server ends there.")
            .server(|server| (server.offer.min, server.offer.max) = (Some(Tls12), Some(Tls12)))
            .client(|client| {
                (client.offer.min, client.offer.max) = (None, None);
                client.tune = Some(WITHOUT_TLS12);
            })
            .ends(Cause("version.no_overlap"), Cause("version.no_overlap")),
    );
}

const WITHOUT_TLS13: Tune = |context, _| {
    context.set_options(SslOptions::NO_TLSV1_3);
    Ok(())
};

const WITHOUT_TLS12: Tune = |context, _| {
    context.set_options(SslOptions::NO_TLSV1_2);
    Ok(())
};

fn old(context: &mut SslContextBuilder, level: u32) -> Result<(), openssl::error::ErrorStack> {
    context.set_security_level(level);
    context.set_min_proto_version(Some(SslVersion::TLS1))?;
    if level == 0 { context.set_max_proto_version(Some(SslVersion::TLS1_1)) } else { Ok(()) }
}

const OLD_AT_LEVEL_0: Tune = |context, _| old(context, 0);
const OLD_AT_LEVEL_1: Tune = |context, _| old(context, 1);

/// A hello with encrypted_client_hello (its outer form, with nothing behind it that anybody could open), and the alert ech_required.
fn insists_on_ech(socket: TcpStream) {
    let mut extension = vec![0xfe, 0x0d, 0, 10 + 32 + 144];
    extension.extend([0, 0, 1, 0, 1, 7, 0, 32]); // outer, HKDF-SHA256, AES-128-GCM, configuration 7
    extension.extend([0x42; 32]);
    extension.extend([0, 144]);
    extension.extend([0x17; 144]);
    extension.extend([0, 23, 0, 0]); // extended_master_secret
    forged::converse(socket, &client_hello(&extension), &forged::alert(121));
}

/// A hello of TLS 1.2 without signature_algorithms.
fn without_schemes(socket: TcpStream) {
    let mut body = vec![3, 3];
    body.extend([0xa5; 32]);
    body.push(0);
    body.extend([0, 4, 0xc0, 0x2f, 0x00, 0xff]);
    body.extend([1, 0]);
    let block = [0, 10, 0, 6, 0, 4, 0, 29, 0, 23, 0, 11, 0, 2, 1, 0, 0, 23, 0, 0];
    body.extend([0, block.len() as u8]);
    body.extend(block);
    forged::speak(socket, &forged::handshake(1, &body));
}

/// RFC 5246, appendix E.2: a header of two bytes, no extensions, suites of three bytes.
fn hello_of_sslv2(socket: TcpStream) {
    let suites = [0, 0, 0x2f, 0, 0, 0x35, 7, 0, 0xc0];
    let mut body = vec![1, 3, 1, 0, suites.len() as u8, 0, 0, 0, 16];
    body.extend(suites);
    body.extend([0xa5; 16]);
    let hello = [&[0x80, body.len() as u8], &body[..]].concat();
    forged::speak(socket, &hello);
}
