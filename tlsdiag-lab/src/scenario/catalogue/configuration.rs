//! The local side's own configuration, and successes with a sting.

use std::io::Write;
use std::net::TcpStream;

use openssl::asn1::Asn1Time;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKeyRef, Private};
use openssl::ssl::SslVerifyMode;
use openssl::stack::Stack;
use openssl::x509::extension::BasicConstraints;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509Name};

use super::super::forged;
use super::Verdict::{Alternative, Cause, Healthy, NotRecorded};
use super::{Scenario, Version, openssl_since};
use crate::peer::Tune;
use crate::pki::{KeyKind, Profile};

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    own_identities(version, all);
    client_authentication(version, all);
    // From 3.5 on the library leaves no complaint in the queue.
    if version == Version::Tls12 && !openssl_since(3, 5) {
        all.push(
            Scenario::new(
                "own-unreadable-ca",
                "A CA certificate that the server sends along has an extension twice.",
                version,
            )
            .one_sided()
            .server(|server| server.tune = Some(UNREADABLE_CA))
            .server_is_impatient()
            .asked_by(says_hello_and_waits)
            .ends(Cause("server_cert.malformed"), NotRecorded),
        );
    }
}

/// Certificates and keys that one side cannot use itself.
fn own_identities(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, server, client| Scenario::new(slug, summary, version).ends(server, client);
    // Without a certificate OpenSSL has no TLS 1.3 either, and says so.
    let blamed = |truth| match version {
        Version::Tls12 => Alternative { named: "config.no_certificate", truth },
        Version::Tls13 => Alternative { named: "version.no_overlap", truth },
    };
    let none_at_client = match version {
        Version::Tls12 => Cause("config.no_certificate"),
        Version::Tls13 => blamed("config.no_certificate"),
    };
    all.push(
        start(
            "no-certificate",
            "The server has no certificate at all.",
            Cause("config.no_certificate"),
            none_at_client,
        )
        .one_sided()
        .server(|server| server.has_identity = false),
    );
    all.push(
        start(
            "key-mismatch",
            "The server's private key is another certificate's, so OpenSSL did not take it.",
            Cause("config.key_mismatch"),
            blamed("config.key_mismatch"),
        )
        .one_sided()
        .server(|server| {
            server.has_identity = false;
            server.tune = Some(WRONG_KEY_AT_SERVER);
        }),
    );
    all.push(
        start(
            "key-mismatch-at-client",
            "The client's private key is another certificate's, so OpenSSL did not take it.",
            Cause("client_cert.missing"),
            Cause("config.key_mismatch"),
        )
        .client(|client| {
            client.identity = None;
            client.tune = Some(WRONG_KEY_AT_CLIENT);
        }),
    );
    all.push(
        start(
            "security-level",
            "The server's key is too small for its own security level.",
            Cause("config.security_level"),
            match version {
                Version::Tls12 => Cause("config.security_level"),
                // Certificate and CertificateRequest are both due where it breaks off.
                Version::Tls13 => {
                    Alternative { named: "client_auth.ca_list_too_large", truth: "config.security_level" }
                }
            },
        )
        .one_sided()
        .server(|server| {
            server.has_identity = false;
            server.tune = Some(SMALL_KEY);
        }),
    );
}

/// What a server asks of its clients, and what it lets pass.
fn client_authentication(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, server, client| Scenario::new(slug, summary, version).ends(server, client);
    all.push(
        start(
            "ca-list-too-large",
            "The server names more CAs than fit into CertificateRequest.",
            Cause("client_auth.ca_list_too_large"),
            Cause("client_auth.ca_list_too_large"),
        )
        .server(|server| server.tune = Some(MANY_NAMES)),
    );
    all.push(
        start(
            "client-unverified",
            "The server's own callback lets any client certificate pass.",
            Cause("client_cert.unknown_issuer"),
            Healthy,
        )
        .server(|server| server.tune = Some(ANY_CLIENT))
        .client(|client| client.identity = Some(|pki| &pki.client_stranger)),
    );
    all.push(
        start(
            "any-public-ca",
            "The server takes client certificates of every public CA.",
            Cause("warn.any_public_ca_accepted"),
            Healthy,
        )
        .server(|server| server.tune = Some(PUBLIC_ROOTS)),
    );
}

const WRONG_KEY_AT_SERVER: Tune = |context, pki| {
    context.set_certificate(&pki.server.certificate)?;
    assert!(context.set_private_key(&pki.client_rsa.key).is_err(), "OpenSSL compares");
    Ok(())
};

const WRONG_KEY_AT_CLIENT: Tune = |context, pki| {
    context.set_certificate(&pki.client_rsa.certificate)?;
    assert!(context.set_private_key(&pki.server.key).is_err(), "OpenSSL compares");
    Ok(())
};

/// Loaded at level 0, then held against level 2.
const SMALL_KEY: Tune = |context, pki| {
    let profile = Profile::new("localhost").dns("localhost").key(KeyKind::Rsa(1024));
    let small = pki.issuing.issue(&profile).expect("a small key");
    context.set_security_level(0);
    context.set_certificate(&small.certificate)?;
    context.set_private_key(&small.key)?;
    context.set_security_level(2);
    Ok(())
};

const MANY_NAMES: Tune = |context, _| {
    let mut names = Stack::new()?;
    for number in 0..700 {
        names.push(name(&format!("{number:060}"), &format!("{number:060}"))?)?;
    }
    context.set_client_ca_list(names);
    Ok(())
};

const ANY_CLIENT: Tune = |context, _| {
    context.set_verify_callback(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT, |_, _| true);
    Ok(())
};

/// The library sends it, and its complaint stays in the error queue until the program has to wait.
const UNREADABLE_CA: Tune = |context, pki| {
    let issuing = &pki.issuing.certificate;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_subject_name(issuing.subject_name())?;
    builder.set_issuer_name(issuing.issuer_name())?;
    builder.set_not_before(issuing.not_before())?;
    builder.set_not_after(issuing.not_after())?;
    builder.set_pubkey(&pki.issuing.key)?;
    for _ in 0..2 {
        builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    }
    builder.sign(&pki.issuing.key, MessageDigest::sha256())?;
    context.add_extra_chain_cert(builder.build())
};

fn says_hello_and_waits(mut socket: TcpStream) {
    if socket.write_all(&forged::client_hello(&[0, 23, 0, 0])).is_ok() {
        forged::listen(socket);
    }
}

/// Roots with the names of public CAs, and the laboratory's own.
const PUBLIC_ROOTS: Tune = |context, pki| {
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(pki.trusted().clone())?;
    for (organization, common) in [
        ("Internet Security Research Group", "ISRG Root X1"),
        ("DigiCert Inc", "DigiCert Global Root G2"),
        ("GlobalSign", "GlobalSign"),
        ("Google Trust Services LLC", "GTS Root R1"),
        ("Amazon", "Amazon Root CA 1"),
        ("Sectigo Limited", "Sectigo Public Server Authentication Root R46"),
        ("Entrust, Inc.", "Entrust Root Certification Authority - G2"),
    ] {
        store.add_cert(root(organization, common, &pki.client_ec.key)?)?;
    }
    context.set_cert_store(store.build());
    Ok(())
};

fn name(organization: &str, common: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509Name::builder()?;
    name.append_entry_by_nid(Nid::ORGANIZATIONNAME, organization)?;
    name.append_entry_by_nid(Nid::COMMONNAME, common)?;
    Ok(name.build())
}

fn root(organization: &str, common: &str, key: &PKeyRef<Private>) -> Result<X509, ErrorStack> {
    let name = name(organization, common)?;
    let mut root = X509::builder()?;
    root.set_version(2)?;
    root.set_subject_name(&name)?;
    root.set_issuer_name(&name)?;
    root.set_pubkey(key)?;
    let (start, end) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(30)?);
    root.set_not_before(&start)?;
    root.set_not_after(&end)?;
    root.sign(key, MessageDigest::sha256())?;
    Ok(root.build())
}
