//! Nothing in common: versions, suites, groups, signature schemes, protocols, names.

use openssl::dh::Dh;
use openssl::ssl::{AlpnError, SniError, SslAlert, SslOptions, SslRef, SslVerifyMode};

use super::Verdict::{Alternative, Cause, Healthy};
use super::{Scenario, Tls12, Tls13, Version};
use crate::peer::{Tune, TuneConnection};

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    names(version, all);
    keys(version, all);
    match version {
        Tls12 => only_tls12(all),
        Tls13 => only_tls13(all),
    }
}

fn names(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, cause| {
        Scenario::new(slug, summary, version).one_sided().ends(Cause(cause), Cause(cause))
    };
    all.push(
        start("alpn-no-overlap", "The server insists on h2; the client knows http/1.1.", "alpn.no_overlap")
            .server(|server| server.tune = Some(ONLY_H2)),
    );
    all.push(
        start("sni-missing", "The server needs a name, and the client sends none.", "sni.missing")
            .server(|server| server.tune = Some(ONLY_KNOWN_NAMES))
            .client(|client| client.tune_connection = Some(NAMELESS)),
    );
    all.push(
        start("sni-unrecognized", "The client asks for a name that is not served.", "sni.unrecognized")
            .server(|server| server.tune = Some(ONLY_KNOWN_NAMES))
            .client(|client| client.server_name = "payments.example"),
    );
    all.push(
        start(
            "sni-missing-plain-alert",
            "The server needs a name, and says no more than handshake_failure.",
            "sni.missing",
        )
        .server(|server| server.tune = Some(NAMES_OR_HANDSHAKE_FAILURE))
        .client(|client| client.tune_connection = Some(NAMELESS))
        // What the server's library knows is that a callback refused; and that no name was sent explains nothing by itself.
        .ends(
            Alternative { named: "config.callback_failed", truth: "sni.missing" },
            Alternative { named: "config.no_certificate", truth: "sni.missing" },
        ),
    );
}

fn keys(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, cause, named| {
        let client = if named == cause { Cause(cause) } else { Alternative { named, truth: cause } };
        Scenario::new(slug, summary, version).one_sided().ends(Cause(cause), client)
    };
    all.push(
        start(
            "group-no-overlap",
            "The client has P-256 only, the server P-384 only.",
            "group.no_overlap",
            "group.no_overlap",
        )
        .server(|server| {
            server.offer.groups = Some("P-384");
            server.offer.cipher_list = Some("ECDHE-RSA-AES128-GCM-SHA256");
        })
        .client(|client| client.offer.groups = Some("P-256")),
    );
    all.push(
        start(
            "group-server-is-strict",
            "The client offers the usual groups, the server has P-521 only.",
            "group.no_overlap",
            "config.no_certificate",
        )
        .server(|server| {
            server.offer.groups = Some("P-521");
            server.offer.cipher_list = Some("ECDHE-RSA-AES128-GCM-SHA256");
        })
        .client(|client| client.offer.groups = Some("X25519:P-256")),
    );
    all.push(
        start(
            "sigalg-no-overlap",
            "The client verifies ECDSA only; the server's key is RSA.",
            "sigalg.no_overlap",
            "sigalg.no_overlap",
        )
        .client(|client| client.tune = Some(ECDSA_SIGNATURES)),
    );
    all.push(
        start(
            "sigalg-no-overlap-ec",
            "The client verifies RSA only; the server's key is ECDSA.",
            "sigalg.no_overlap",
            "sigalg.no_overlap",
        )
        .server(|server| server.identity = |pki| &pki.server_ec)
        .client(|client| client.tune = Some(RSA_SIGNATURES)),
    );
}

fn only_tls12(all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, Tls12).one_sided();
    all.push(
        start("cipher-no-matching-certificate", "The client's suites need RSA; the server's key is ECDSA.")
            .ends(Cause("cipher.no_matching_certificate"), Cause("cipher.no_matching_certificate"))
            .server(|server| server.identity = |pki| &pki.server_ec)
            .client(|client| client.offer.cipher_list = Some("ECDHE+aRSA")),
    );
    all.push(
        start(
            "cipher-no-matching-certificate-ec",
            "The client's suites need ECDSA; the server's key is RSA.",
        )
        .ends(Cause("cipher.no_matching_certificate"), Cause("cipher.no_matching_certificate"))
        .client(|client| client.offer.cipher_list = Some("ECDHE+aECDSA")),
    );
    all.push(
        start(
            "cipher-lone-suite-beside-1.3",
            "TLS 1.3, and one suite of TLS 1.2, for ECDSA; the server ends at TLS 1.2 with an RSA key.",
        )
        .ends(
            Cause("cipher.no_matching_certificate"),
            Alternative { named: "cipher.no_overlap", truth: "cipher.no_matching_certificate" },
        )
        .client(|client| {
            client.offer.max = None;
            client.offer.cipher_list = Some("ECDHE-ECDSA-AES128-GCM-SHA256");
        }),
    );
    all.push(
        start(
            "cipher-one-kind-beside-1.3",
            "TLS 1.3, and suites of TLS 1.2 for ECDSA alone; the server ends at 1.2 with an RSA key.",
        )
        .ends(Cause("cipher.no_matching_certificate"), Cause("cipher.no_matching_certificate"))
        .client(|client| {
            client.offer.max = None;
            client.offer.cipher_list = Some("ECDHE+aECDSA");
        }),
    );
    all.push(
        // Both of its lists are wide: neither of them is the suspect.
        start(
            "group-of-1.2-beside-1.3",
            "The client offers all that is usual; the server ends at TLS 1.2 and has P-521 only.",
        )
        .ends(
            Cause("group.no_overlap"),
            Alternative { named: "config.no_certificate", truth: "group.no_overlap" },
        )
        .server(|server| {
            server.offer.groups = Some("P-521");
            server.offer.cipher_list = Some("ECDHE-RSA-AES128-GCM-SHA256");
        })
        .client(|client| {
            client.offer.max = None;
            client.offer.groups = Some("X25519:P-256");
        }),
    );
    all.push(
        start("cipher-one-each", "Each side has one suite, and not the same.")
            .ends(Cause("cipher.no_overlap"), Cause("cipher.no_overlap"))
            .server(|server| server.offer.cipher_list = Some("AES128-SHA256"))
            .client(|client| client.offer.cipher_list = Some("AES256-SHA256")),
    );
    all.push(
        start("dh-key-too-small", "The server's DH parameters have 1024 bits.")
            .ends(Cause("dh.key_too_small"), Cause("dh.key_too_small"))
            .server(|server| server.tune = Some(SMALL_DH))
            .client(|client| client.offer.cipher_list = Some("DHE-RSA-AES128-GCM-SHA256")),
    );
    all.push(
        start("fallback", "The client retries with TLS 1.2 alone, and the server speaks 1.3.")
            .ends(Cause("version.inappropriate_fallback"), Cause("version.inappropriate_fallback"))
            .server(|server| server.offer.max = None)
            .client(|client| client.tune = Some(FALLBACK)),
    );
}

fn only_tls13(all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, Tls13).one_sided();
    all.push(
        // The client hears nothing of it: the application is told.
        start("late-authentication-not-offered", "The server wants a certificate late; the client cannot.")
            .ends(Cause("client_auth.pha_not_offered"), Healthy)
            .server(|server| {
                server.asks_client = true;
                server.tune = Some(LATE_AUTHENTICATION);
            })
            .with(super::Interlude::AsksForCertificate),
    );
}

/// Asks for a certificate after the handshake.
pub(super) const LATE_AUTHENTICATION: Tune = |context, _| {
    let late = SslVerifyMode::from_bits_retain(8); // SSL_VERIFY_POST_HANDSHAKE;
    context.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT | late);
    Ok(())
};

const ONLY_H2: Tune = |context, _| {
    context.set_alpn_select_callback(|_, offered| {
        openssl::ssl::select_next_proto(b"\x02h2", offered).ok_or(AlpnError::ALERT_FATAL)
    });
    Ok(())
};

fn is_known(ssl: &SslRef) -> bool {
    ssl.servername(openssl::ssl::NameType::HOST_NAME) == Some(crate::pki::SERVER_NAME)
}

const ONLY_KNOWN_NAMES: Tune = |context, _| {
    context.set_servername_callback(|ssl, alert| {
        *alert = SslAlert::UNRECOGNIZED_NAME;
        if is_known(ssl) { Ok(()) } else { Err(SniError::ALERT_FATAL) }
    });
    Ok(())
};

const NAMES_OR_HANDSHAKE_FAILURE: Tune = |context, _| {
    context.set_servername_callback(|ssl, alert| {
        *alert = SslAlert::HANDSHAKE_FAILURE;
        if is_known(ssl) { Ok(()) } else { Err(SniError::ALERT_FATAL) }
    });
    Ok(())
};

/// Sends no server_name.
const NAMELESS: TuneConnection = |ssl, _| {
    super::controls::forget_name(ssl);
    Ok(())
};

const ECDSA_SIGNATURES: Tune = |context, _| context.set_sigalgs_list("ECDSA+SHA256:ECDSA+SHA384");

const RSA_SIGNATURES: Tune =
    |context, _| context.set_sigalgs_list("RSA-PSS+SHA256:RSA-PSS+SHA384:RSA+SHA256:RSA+SHA384");

const SMALL_DH: Tune = |context, _| {
    context.set_security_level(0);
    context.set_tmp_dh(Dh::get_1024_160()?.as_ref())
};

const FALLBACK: Tune = |context, _| {
    super::controls::send_fallback_scsv(context);
    Ok(())
};

pub(super) fn without_ems(
    context: &mut openssl::ssl::SslContextBuilder,
    _: &crate::pki::Pki,
) -> Result<(), openssl::error::ErrorStack> {
    context.set_options(SslOptions::from_bits_retain(1)); // SSL_OP_NO_EXTENDED_MASTER_SECRET
    Ok(())
}

pub(super) fn offers_late_authentication(
    context: &mut openssl::ssl::SslContextBuilder,
    _: &crate::pki::Pki,
) -> Result<(), openssl::error::ErrorStack> {
    super::controls::offer_post_handshake_auth(context);
    Ok(())
}
