//! What strangers' programs showed: failures whose first word leads astray, and peers with manners of their own.

use std::io::Write;
use std::net::TcpStream;

use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::ssl::{SniError, SslAlert, SslContextBuilder, SslOptions, SslVerifyMode, SslVersion};
use openssl::x509::X509;

use super::super::connection::take_leave;
use super::super::path::{Deed, Way};
use super::Verdict::{Alternative, Cause, NotRecorded};
use super::{Interlude, Scenario, Tls12, Tls13, Version};
use crate::peer::{Tune, TuneConnection};
use crate::policy::{Anchors, Verifies, waits_for_certificate};

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    choices(version, all);
    before_the_hello(version, all);
    refusals(version, all);
    match version {
        Tls12 => only_tls12(all),
        Tls13 => only_tls13(all),
    }
}

fn choices(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, version).one_sided();
    all.push(
        start("sigalgs-of-the-server", "The server's own list of schemes leaves out all of the client's.")
            .server(|server| {
                server.tune = Some(|context, _| context.set_sigalgs_list("RSA-PSS+SHA512:RSA+SHA512"))
            })
            .client(|client| {
                client.tune = Some(|context, _| context.set_sigalgs_list("RSA-PSS+SHA256:RSA+SHA256"))
            })
            .ends(Cause("sigalg.no_overlap"), Cause("sigalg.no_overlap")),
    );
    // TLS 1.3 has no scheme for this curve, so OpenSSL counts it as switched off.
    let (server, client) = match version {
        Tls12 => (
            Cause("group.no_overlap"),
            Alternative { named: "config.no_certificate", truth: "group.no_overlap" },
        ),
        Tls13 => (
            Cause("sigalg.no_overlap"),
            Alternative { named: "version.no_overlap", truth: "sigalg.no_overlap" },
        ),
    };
    all.push(
        start("unusual-curve", "The server's certificate is of a curve that hardly anybody takes.")
            .server(|server| {
                server.has_identity = false;
                server.tune = Some(UNUSUAL_CURVE);
            })
            .ends(server, client),
    );
    all.push(
        Scenario::new(
            "ed25519-client",
            "The client's key is Ed25519, and the server takes the usual schemes only.",
            version,
        )
        .server(|server| server.client_sigalgs = Some("ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256:RSA+SHA256"))
        .client(|client| {
            client.identity = None;
            client.tune = Some(ED25519);
        })
        .ends(
            Alternative { named: "client_cert.missing", truth: "sigalg.client_key_incompatible" },
            Cause("sigalg.client_key_incompatible"),
        ),
    );
    all.push(
        start("sni-denied", "The server's application does not like the name and says access_denied.")
            .server(|server| server.tune = Some(DENIED))
            .ends(
                Alternative { named: "config.callback_failed", truth: "sni.unrecognized" },
                Cause("sni.unrecognized"),
            ),
    );
}

fn before_the_hello(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, version).one_sided();
    all.push(
        start("no-version-left", "The client's lowest version is above its highest.")
            .client(|client| (client.offer.min, client.offer.max) = (Some(Tls13), Some(Tls12)))
            .ends(Cause("version.no_overlap"), Cause("version.no_overlap")),
    );
    all.push(
        start(
            "end-ignored",
            "Somebody hangs up without a byte on a server that takes every end for a polite one.",
        )
        .server(|server| {
            server.tune = Some(|context, _| {
                context.set_options(SslOptions::from_bits_retain(1 << 7)); // SSL_OP_IGNORE_UNEXPECTED_EOF
                Ok(())
            });
        })
        .asked_by(super::plain::closes)
        .ends(Cause("transport.closed_before_hello"), NotRecorded),
    );
    all.push(
        start("record-too-long", "The first record claims a length that no record may have.")
            .asked_by(too_long)
            .ends(Cause("record.corrupt"), NotRecorded),
    );
    all.push(
        start("imap-command", "A mail client begins IMAP in cleartext.")
            .asked_by(imap)
            .ends(Cause("not_tls.starttls_needed"), NotRecorded),
    );
}

/// The client's program ends the connection in mid-handshake, with a fault that it let pass and with none.
fn drops(version: Version, all: &mut Vec<Scenario>) {
    let bumps = |slug, summary| {
        Scenario::new(slug, summary, version).with(Interlude::ClientFrees).client(|client| {
            client.tune = Some(|context, _| {
                waits_for_certificate(context);
                Ok(())
            });
        })
    };
    all.push(
        bumps(
            "lets-pass-and-drops",
            "The client lets a fault pass, looks at the result and drops the connection.",
        )
        .client(|client| client.policy.verifies = Verifies::LettingPass)
        .client(|client| client.policy.trusts = Anchors::Nobody)
        .ends(
            Alternative { named: "note.client_asks_user", truth: "server_cert.unknown_issuer" },
            Cause("server_cert.unknown_issuer"),
        ),
    );
    all.push(
        bumps(
            "content-and-drops",
            "The client has no fault to find, and drops the connection in mid-handshake.",
        )
        .ends(
            Alternative { named: "note.client_asks_user", truth: "transport.closed_mid_handshake" },
            Cause("transport.closed_mid_handshake"),
        ),
    );
}

fn refusals(version: Version, all: &mut Vec<Scenario>) {
    all.push(
        Scenario::new(
            "own-name-check",
            "The client's callback compares the name itself, and says no.",
            version,
        )
        .one_sided()
        .client(|client| {
            client.server_name = "payments.example";
            client.tune_connection = Some(ANY_NAME);
            client.tune = Some(NO_LEAF);
        })
        .ends(Cause("server_cert.hostname_mismatch"), Cause("server_cert.hostname_mismatch")),
    );
    all.push(
        Scenario::new("partial-chain", "The client trusts the intermediate and not its root.", version)
            .one_sided()
            .client(|client| client.policy.trusts = Anchors::Named("intermediate"))
            .ends(Cause("server_cert.unknown_issuer"), Cause("server_cert.unknown_issuer")),
    );
    all.push(
        Scenario::new(
            "callback-counts",
            "The server's callback refuses a CA since the chain is too long for it.",
            version,
        )
        .server(|server| server.tune = Some(SHORT_CHAINS))
        .ends(
            Cause("client_cert.verify_depth"),
            Alternative { named: "client_cert.rejected", truth: "client_cert.verify_depth" },
        ),
    );
    all.push(
        Scenario::new(
            "leaves-for-the-name",
            "The client's program compares the name after the handshake, and leaves.",
            version,
        )
        .one_sided()
        .with(Interlude::ClientLeaves)
        .client(|client| {
            client.server_name = "payments.example";
            client.tune_connection = Some(ANY_NAME);
        })
        .ends(Cause("server_cert.hostname_mismatch"), Cause("server_cert.hostname_mismatch")),
    );
    let looks = |slug, summary| {
        Scenario::new(slug, summary, version).one_sided().with(Interlude::ClientFrees).client(|client| {
            client.policy.verifies = Verifies::Not;
        })
    };
    all.push(
        looks(
            "looks-at-the-result",
            "The client looks at the result after the handshake, and drops the connection.",
        )
        .server(|server| server.policy.presents = Some("expired"))
        .ends(Cause("server_cert.expired"), Cause("server_cert.expired")),
    );
    all.push(
        looks(
            "drops-for-the-name",
            "The client compares the name after the handshake, and drops the connection.",
        )
        .client(|client| client.server_name = "payments.example")
        .client(|client| client.tune_connection = Some(ANY_NAME))
        .ends(Cause("server_cert.hostname_mismatch"), Cause("server_cert.hostname_mismatch")),
    );
    all.push(
        looks("health-check", "A balancer that verifies nothing drops the connection after the handshake.")
            .client(|client| client.policy.trusts = Anchors::Nobody),
    );
    drops(version, all);
    all.push(looks("drops-at-once", "The client is content, and drops the connection without a word."));
    all.push(
        Scenario::new("leaves-at-once", "The client leaves after the handshake, content.", version)
            .one_sided()
            .with(Interlude::ClientLeaves),
    );
}

fn only_tls12(all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, Tls12).one_sided();
    all.push(
        start("own-bad-key-usage", "The server's EC certificate may not sign, so no suite is left.")
            .server(|server| server.policy.presents = Some("bad-key-usage-ec"))
            .ends(
                Cause("server_cert.bad_key_usage"),
                Alternative { named: "config.no_certificate", truth: "server_cert.bad_key_usage" },
            ),
    );
    all.push(
        start("version-outvoted", "The server's best version is TLS 1.1, and the client speaks 1.2 alone.")
            .server(|server| {
                server.tune = Some(OLD);
                (server.offer.min, server.offer.max) = (None, None);
            })
            .ends(Cause("version.no_overlap"), Cause("version.no_overlap")),
    );
    all.push(
        start(
            "psk-suites-alone",
            "The client wants to come in by a pre-shared key, and the server has none.",
        )
        .client(|client| {
            client.offer.cipher_list = Some("PSK-AES128-GCM-SHA256:PSK-AES256-GCM-SHA384");
            client.tune = Some(WITH_PSK);
        })
        .ends(Cause("cipher.no_overlap"), Cause("cipher.no_overlap")),
    );
}

fn only_tls13(all: &mut Vec<Scenario>) {
    all.push(
        Scenario::new(
            "refusal-lost",
            "An expired certificate is refused, and the connection breaks before the alert arrives.",
            Tls13,
        )
        .client(|client| client.identity = Some(|pki| &pki.client_expired))
        .over(|way, _, record| match way {
            // A sealed alert of TLS 1.3: header, level, description, content type, tag.
            Way::ToClient if record.len() == 24 => Deed::Reset,
            _ => Deed::Pass(record),
        })
        .with(Interlude::ClientWaits)
        .ends(Cause("client_cert.expired"), Cause("client_cert.expired")),
    );
    all.push(
        Scenario::new(
            "own-bad-key-usage",
            "The server's EC certificate may not sign, and the client sees it.",
            Tls13,
        )
        .one_sided()
        .server(|server| server.policy.presents = Some("bad-key-usage-ec"))
        .ends(Cause("server_cert.bad_key_usage"), Cause("server_cert.bad_key_usage")),
    );
}

const UNUSUAL_CURVE: Tune = |context, pki| {
    let group = EcGroup::from_curve_name(Nid::SECP224R1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let certificate = like(&pki.server_ec.certificate, &key, pki)?;
    context.set_certificate(&certificate)?;
    context.set_private_key(&key)
};

const ED25519: Tune = |context, pki| {
    let key = PKey::generate_ed25519()?;
    let certificate = like(&pki.client_ec.certificate, &key, pki)?;
    context.set_certificate(&certificate)?;
    context.set_private_key(&key)
};

/// A certificate with this one's names and another key, from the same authority.
fn like(
    model: &X509,
    key: &openssl::pkey::PKeyRef<openssl::pkey::Private>,
    pki: &crate::pki::Pki,
) -> Result<X509, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_subject_name(model.subject_name())?;
    builder.set_issuer_name(model.issuer_name())?;
    builder.set_not_before(model.not_before())?;
    builder.set_not_after(model.not_after())?;
    builder.set_pubkey(key)?;
    builder.sign(&pki.issuing.key, MessageDigest::sha256())?;
    Ok(builder.build())
}

const DENIED: Tune = |context, _| {
    context.set_servername_callback(|_, alert| {
        const ACCESS_DENIED: i32 = 1049; // SSL_R_TLSV1_ALERT_ACCESS_DENIED
        *alert = SslAlert::from_reason_code(ACCESS_DENIED).unwrap_or(SslAlert::HANDSHAKE_FAILURE);
        Err(SniError::ALERT_FATAL)
    });
    Ok(())
};

/// mod_ssl counts the chain in its callback, and refuses the root where it is too deep.
const SHORT_CHAINS: Tune = |context, _| {
    let required = SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT;
    context.set_verify_callback(required, |ok, store| ok && store.error_depth() < 2);
    Ok(())
};

/// A program that does not like the certificate, whatever the library says.
const NO_LEAF: Tune = |context, _| {
    context.set_verify_callback(SslVerifyMode::PEER, |ok, store| ok && store.error_depth() > 0);
    Ok(())
};

/// Sends the name and leaves it to the program to compare it.
const ANY_NAME: TuneConnection = |ssl, _| ssl.param_mut().set_host("");

const OLD: Tune = |context, _| {
    context.set_security_level(0);
    context.set_min_proto_version(Some(SslVersion::TLS1))?;
    context.set_max_proto_version(Some(SslVersion::TLS1_1))
};

fn psk(
    _: &mut openssl::ssl::SslRef,
    _: Option<&[u8]>,
    identity: &mut [u8],
    key: &mut [u8],
) -> Result<usize, ErrorStack> {
    identity[..4].copy_from_slice(b"joe\0");
    key[..16].fill(7);
    Ok(16)
}

const WITH_PSK: fn(&mut SslContextBuilder, &crate::pki::Pki) -> Result<(), ErrorStack> = |context, _| {
    context.set_psk_client_callback(psk);
    Ok(())
};

/// A handshake record of 65,535 bytes.
fn too_long(mut socket: TcpStream) {
    if socket.write_all(b"\x16\x03\x01\xff\xff rest").is_ok() {
        take_leave(&socket);
    }
}

fn imap(mut socket: TcpStream) {
    if socket.write_all(b"a001 CAPABILITY\r\n").is_ok() {
        take_leave(&socket);
    }
}
