//! Versions, cipher suites, groups and key exchanges: two lists that do not meet.

use super::programs::{Setting, set};
use super::suites::{self, USUAL_SUITES};
use super::{Knowledge, signatures};
use crate::diagnose::{Cause, Finding, Stack};
use crate::event::Role;

pub(super) const VERSION: Knowledge = Knowledge {
    about: "The client offers no version of TLS that the server has enabled. An old device meets a server without TLS 1.0 and 1.1, \
            or a client that insists on TLS 1.3 meets a server that ends at 1.2. A distribution's security level may switch \
            versions off that a program has asked for.",
    known_by: &[
        "the server: the ClientHello's versions against its own range",
        "the client: the alert protocol_version, or a ServerHello with a version that it has switched off",
    ],
    look_alikes: &[
        (Cause::NotTlsPlainHttp, "OpenSSL says \"wrong version number\" of bytes that are no TLS at all"),
        (Cause::CipherNoOverlap, "the versions meet, and the suites of that version do not"),
    ],
    advice: |finding| finding.with(newer_client).with(newer_server),
    standards: &["RFC 8446 sections 4.2.1 and 6.2", "RFC 5246 appendix E.1", "RFC 8996"],
    openssl: &[
        "SSL_R_UNSUPPORTED_PROTOCOL",
        "SSL_R_NO_PROTOCOLS_AVAILABLE",
        "SSL_R_VERSION_TOO_LOW",
        "SSL_CTX_set_min_proto_version(3)",
    ],
};

pub(super) const FALLBACK: Knowledge = Knowledge {
    about: "The client says (by TLS_FALLBACK_SCSV) that it tries a lower version after a failure, and the server has a higher one: \
            so the first failure was not about the version, and somebody may be forcing it down. The fault to mend is the first.",
    known_by: &[
        "the server: TLS_FALLBACK_SCSV in a ClientHello below its own highest version",
        "the client: the alert inappropriate_fallback",
    ],
    look_alikes: &[(Cause::VersionNoOverlap, "without the signal it is a plain question of versions")],
    advice: |finding| finding.with(first_failure),
    standards: &["RFC 7507 sections 3 and 4"],
    openssl: &["SSL_R_INAPPROPRIATE_FALLBACK", "SSL_MODE_SEND_FALLBACK_SCSV", "SSL_CTX_set_mode(3)"],
};

pub(super) const DOWNGRADE: Knowledge = Knowledge {
    about: "A server that chooses less than it speaks marks its random (DOWNGRD). The client that offered more sees the mark and breaks \
            off: somebody changed its hello. That is mostly a firewall that inspects TLS and does not know TLS 1.3.",
    known_by: &[
        "the client: its own offer, the version chosen, and the mark in ServerHello.random",
        "the server: illegal_parameter in answer to a ServerHello with the mark",
    ],
    look_alikes: &[
        (Cause::VersionInappropriateFallback, "the client itself tried again with less, and said so"),
        (Cause::ProtocolViolation, "illegal_parameter without the mark"),
    ],
    advice: |finding| finding.with(downgraded),
    standards: &["RFC 8446 section 4.1.3"],
    openssl: &["SSL_R_INAPPROPRIATE_FALLBACK", "SSL_CTX_set_max_proto_version(3)"],
};

pub(super) const CIPHER: Knowledge = Knowledge {
    about: "Client and server have no cipher suite in common for the version in use. The suites of TLS 1.3 are a list of their own: \
            a setting for those up to 1.2 does not touch them.",
    known_by: &[
        "the server: its own list against the ClientHello's",
        "the client: handshake_failure in answer to its ClientHello; it cannot see the server's list",
    ],
    look_alikes: &[
        (
            Cause::CipherNoMatchingCertificate,
            "suites meet, but only such as need a certificate the server has not",
        ),
        (Cause::GroupNoOverlap, "suites meet, and the groups of (EC)DHE do not"),
        (
            Cause::SigalgNoOverlap,
            "suites meet, and the server's key can sign with nothing that the client takes",
        ),
        (Cause::ConfigNoCertificate, "the server has no certificate at all"),
    ],
    advice: |finding| finding.with(suites_of_tls12).with(suites_of_tls13),
    standards: &["RFC 8446 section 4.1.1", "RFC 5246 section 7.4.1.3"],
    openssl: &["SSL_R_NO_SHARED_CIPHER", "SSL_CTX_set_cipher_list(3)", "openssl-ciphers(1)"],
};

pub(super) const CIPHER_AND_CERTIFICATE: Knowledge = Knowledge {
    about: "Up to TLS 1.2 a cipher suite names the kind of certificate: ECDHE-RSA needs an RSA key, ECDHE-ECDSA an EC one. The lists \
            meet only in suites of the kind that the server lacks.",
    known_by: &[
        "the server: the common suites against its own certificates' keys",
        "the client: handshake_failure, which does not tell",
    ],
    look_alikes: &[
        (Cause::CipherNoOverlap, "no suite is in common at all"),
        (Cause::SigalgNoOverlap, "the suite fits the key, and the signature schemes do not"),
    ],
    advice: |finding| finding.with(|finding| signatures::accept_scheme(finding, &[])).with(suites_of_tls12),
    standards: &["RFC 5246 section 7.4.2", "RFC 8422 section 2"],
    openssl: &["SSL_R_NO_SHARED_CIPHER", "SSL_CTX_use_certificate(3)"],
};

pub(super) const GROUP: Knowledge = Knowledge {
    about: "The two sides have no group (curve or finite field) in common for the Diffie-Hellman exchange. In TLS 1.3 nothing works \
            without one; up to 1.2 the (EC)DHE suites fall away, and what is left is \"no shared cipher\".",
    known_by: &[
        "the server: its groups against supported_groups; as OpenSSL does not tell its own, the reason in its queue",
        "the client: handshake_failure in answer to a short supported_groups",
    ],
    look_alikes: &[
        (Cause::CipherNoOverlap, "\"no shared cipher\" of TLS 1.2 though suites meet"),
        (Cause::SigalgNoOverlap, "the groups meet; an EC certificate's own curve is another matter"),
    ],
    advice: groups,
    standards: &["RFC 8446 sections 4.1.1 and 4.2.7", "RFC 8422 section 5.1.1", "RFC 7919 section 4"],
    openssl: &[
        "SSL_R_NO_SUITABLE_KEY_SHARE",
        "SSL_R_NO_SUITABLE_GROUPS",
        "SSL_R_NO_SHARED_GROUPS",
        "SSL_CTX_set1_groups_list(3)",
    ],
};

pub(super) const EXTENDED_MASTER_SECRET: Knowledge = Knowledge {
    about: "One side insists on the extended master secret, which binds the keys of TLS 1.2 to the whole handshake, and the other \
            does not do it. Systems in FIPS mode insist; old stacks and some appliances cannot.",
    known_by: &[
        "either side: extended_master_secret is missing in ClientHello or ServerHello, and the handshake is refused there",
    ],
    look_alikes: &[(
        Cause::RenegotiationLegacyRefused,
        "another missing extension of the same time: renegotiation_info",
    )],
    advice: extended_master_secret,
    standards: &["RFC 7627 sections 5.2 and 5.3"],
    openssl: &["SSL_R_INCONSISTENT_EXTMS", "SSL_OP_NO_EXTENDED_MASTER_SECRET", "SSL_CTX_set_options(3)"],
};

pub(super) const DH_KEY: Knowledge = Knowledge {
    about: "The server's Diffie-Hellman prime is smaller than the client's security level allows: 1024 bits from an old \
            configuration, where 2048 are wanted. The server mostly has ECDHE as well and only prefers DHE.",
    known_by: &[
        "the client: the size of the prime in ServerKeyExchange, and its own reason",
        "the server: an alert right after its ServerKeyExchange with such a prime",
    ],
    look_alikes: &[(
        Cause::ServerCert(crate::diagnose::CertificateFault::WeakKey),
        "it is the certificate's key that is too small",
    )],
    advice: larger_dh,
    standards: &["RFC 9325 section 4.5", "RFC 7919"],
    openssl: &["SSL_R_DH_KEY_TOO_SMALL", "SSL_CTX_set_security_level(3)", "SSL_CTX_set_tmp_dh_callback(3)"],
};

/// For groups that do not meet.
pub(in crate::diagnose) fn groups(finding: Finding) -> Finding {
    enable_groups(finding, "")
}

/// The same where the OpenSSL at hand is known by its number (`OpenSSL_version_num(3)`).
pub(in crate::diagnose) fn groups_of(finding: Finding, library_number: u64) -> Finding {
    enable_groups(finding, post_quantum_first(library_number))
}

/// From 3.5 on a list of groups keeps post-quantum key exchange, before all else (`SSL_CTX_set1_groups_list(3)`: `?` is "if it is known",
/// `/` ends a tuple).
fn post_quantum_first(library_number: u64) -> &'static str {
    const TUPLES: u64 = 0x3050_0000;
    if library_number >= TUPLES { "?X25519MLKEM768/" } else { "" }
}

fn enable_groups(finding: Finding, first: &str) -> Finding {
    let list = format!("{first}X25519:P-256:P-384");
    finding
        .advise(Stack::Any, "enable X25519 and P-256, which every client has:")
        .with(set(Role::Server, Setting::Groups, list.as_str()))
        .with(set(Role::Client, Setting::Groups, list))
}

/// For a client's key on a curve that this server's groups, or those of the peer, leave out.
pub(in crate::diagnose) fn curve(finding: Finding, name: &str, library_number: u64) -> Finding {
    let more = match name {
        "secp256r1" | "secp384r1" => String::new(),
        "secp521r1" => ":secp521r1".to_owned(),
        other => format!(":{other}"),
    };
    let first = post_quantum_first(library_number);
    finding
        .advise(
            Stack::Any,
            "let the server take this curve as well, or give the client a key on another one:",
        )
        .with(set(Role::Server, Setting::Groups, format!("{first}X25519:P-256:P-384{more}")))
}

/// For a small Diffie-Hellman prime.
pub(in crate::diagnose) fn larger_dh(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the server use ECDHE suites, or DH parameters of 2048 bits or more (openssl dhparam -out dh2048.pem 2048):")
        .with(set(Role::Server, Setting::Dh, ""))
        .advise(Stack::Any, "or leave DHE out at the client, if the server has ECDHE as well:")
        .with(set(Role::Client, Setting::Suites12, USUAL_SUITES))
        .advise(Stack::Any, "or, only where the server cannot be mended, let the client take the small prime:")
        .with(set(Role::Client, Setting::LowLevel, "1"))
}

/// For a side without the extension.
pub(in crate::diagnose) fn extended_master_secret(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "speak TLS 1.3, which needs no such extension; or switch extended_master_secret on where it is off:")
        .advise(Stack::OpensslCnf, "Options = ExtendedMasterSecret")
        .advise(Stack::Nginx, "ssl_protocols TLSv1.2 TLSv1.3;")
        .advise(Stack::Apache, "SSLOpenSSLConfCmd Options ExtendedMasterSecret")
        .advise(Stack::Curl, "curl --tlsv1.3 …")
}

/// Where the client begins at TLS 1.3.
pub(in crate::diagnose) fn newer_server(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "enable TLS 1.3 at the server; or, if that cannot be, TLS 1.2 at the client:")
        .with(set(Role::Server, Setting::Versions, ""))
        .with(set(Role::Client, Setting::Versions, ""))
        .with(set(Role::Client, Setting::LowestVersion, ""))
}

/// The client ends at TLS 1.2, and the server has more.
pub(in crate::diagnose) fn tls13_at_client(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "let the client speak TLS 1.3; or, if that cannot be, enable TLS 1.2 at the server:",
        )
        .with(set(Role::Client, Setting::Versions, ""))
        .with(set(Role::Server, Setting::Versions, ""))
        .with(set(Role::Server, Setting::LowestVersion, ""))
}

/// The server's certificate is of a curve that clients do not name.
pub(in crate::diagnose) fn usual_curve(finding: Finding) -> Finding {
    finding.advise(
        Stack::Any,
        "give the server a certificate with a P-256 key, which every client knows, or an RSA one beside it:",
    )
}

/// The client's own settings leave no version.
pub(in crate::diagnose) fn some_version(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the client speak TLS 1.2 or 1.3; see its own error message and openssl.cnf:")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT")
        .for_side(Role::Client)
        .note("without -tls1 and -tls1_1")
        .with(set(Role::Client, Setting::Versions, ""))
}

/// Where the client ends below the server.
pub(in crate::diagnose) fn newer_client(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the client speak TLS 1.2 or 1.3; or, if that cannot be, enable its version at the server (TLS 1.0 and 1.1 are broken, and need a lower security level besides):")
        .with(set(Role::Client, Setting::Versions, ""))
        .with(set(Role::Server, Setting::Versions, ""))
        .with(set(Role::Server, Setting::LowestVersion, ""))
}

/// For TLS 1.0 and 1.1, and for signatures with SHA-1, where the security level stands against them.
pub(in crate::diagnose) fn old_versions(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the old side speak TLS 1.2 or 1.3; or, if that cannot be, let the other one take its signatures:")
        .with(set(Role::Server, Setting::OldVersions, ""))
        .with(set(Role::Client, Setting::OldVersions, ""))
}

/// For a version that was taken away in transit.
pub(in crate::diagnose) fn downgraded(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "go around firewalls and proxies that inspect TLS, one by one; update the one that does this, or exempt this server:")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -tls1_3")
        .note("from a host that is not behind them: shows the server's best version")
        .advise(Stack::Curl, "curl --tls-max 1.2 …")
        .note("goes on without the better version until then, and cannot tell such a device from an attacker")
        .advise(Stack::Python, "context.maximum_version = ssl.TLSVersion.TLSv1_2")
}

/// For a fallback that is refused.
pub(in crate::diagnose) fn first_failure(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "look for the failure before this one, with the higher version, and mend that")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT")
        .note("without -fallback_scsv and version options: shows what fails at first")
        .advise(Stack::Curl, "curl --tlsv1.2 -v https://HOST/")
}

/// For suites of TLS 1.3 that do not meet.
pub(in crate::diagnose) fn suites_of_tls13(finding: Finding) -> Finding {
    suites::enable(finding, true, None)
}

/// For suites up to TLS 1.2 that do not meet.
pub(in crate::diagnose) fn suites_of_tls12(finding: Finding) -> Finding {
    suites::enable(finding, false, None)
}
