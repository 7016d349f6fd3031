//! Names: of hosts, of protocols; and the stapled word on a certificate.

use std::net::IpAddr;

use super::Knowledge;
use super::programs::{Setting, set};
use crate::diagnose::{Advice, Cause, CertificateFault, Finding, Stack};
use crate::event::Role;

pub(super) const ALPN: Knowledge = Knowledge {
    about: "The client names the application protocols it speaks, the server has none of them, and insists. gRPC insists on h2; most \
            web servers choose none and go on with HTTP/1.1.",
    known_by: &[
        "the server: its reason, or its list against the ClientHello's",
        "the client: the alert no_application_protocol",
    ],
    look_alikes: &[],
    advice: protocols,
    standards: &["RFC 7301 section 3.2", "RFC 9113 section 3.2"],
    openssl: &["SSL_R_NO_APPLICATION_PROTOCOL", "SSL_CTX_set_alpn_select_cb(3)"],
};

pub(super) const SNI_MISSING: Knowledge = Knowledge {
    about: "A server of many names needs to hear which one is meant before it can show a certificate, and this client sends none: \
            it connects by address, or does not send names unless told to. nginx as a client of its upstream is of that kind.",
    known_by: &[
        "the server: a ClientHello without server_name, and a callback that refused it",
        "the client: its own ClientHello without the name, and unrecognized_name, missing_extension or handshake_failure",
    ],
    look_alikes: &[
        (Cause::SniUnrecognized, "a name was sent, and is not served"),
        (
            Cause::ServerCertHostnameMismatch,
            "the server goes on with its default certificate, and the client refuses that",
        ),
    ],
    advice: send_name,
    standards: &["RFC 6066 section 3", "RFC 8446 section 9.2"],
    openssl: &["SSL_R_CALLBACK_FAILED", "SSL_CTX_set_tlsext_servername_callback(3)"],
};

pub(super) const SNI_UNRECOGNIZED: Knowledge = Knowledge {
    about: "The client asks for a name that this server does not serve, and the server refuses instead of showing its default \
            certificate: a name that moved, a missing virtual host, or a DNS entry that points to the wrong machine.",
    known_by: &["the client: the alert unrecognized_name", "the server: its callback refused the name"],
    look_alikes: &[
        (Cause::SniMissing, "no name was sent"),
        (
            Cause::ServerCertHostnameMismatch,
            "the server shows some other certificate, and it is the client that refuses",
        ),
    ],
    advice: |finding| serve_name(finding, "name.example"),
    standards: &["RFC 6066 section 3"],
    openssl: &["SSL_R_CALLBACK_FAILED", "SSL_CTX_set_tlsext_servername_callback(3)"],
};

pub(super) const HOSTNAME_MISMATCH: Knowledge = Knowledge {
    about: "The server's certificate is good, for other names than the client asked for. What counts are its subjectAltName entries; \
            the Common Name counts no more. An address must stand there as an address, and a wildcard covers one label.",
    known_by: &[
        "the client: the name it asked for against the subjectAltNames",
        "the server: bad_certificate or certificate_unknown, and a server_name that its certificate does not carry",
    ],
    look_alikes: &[
        (Cause::SniUnrecognized, "it is the server that refuses the name"),
        (
            Cause::ServerCert(CertificateFault::NameConstraints),
            "the name matches, and the CA may not issue for it",
        ),
    ],
    advice: right_name,
    standards: &["RFC 9525 section 6", "RFC 5280 section 4.2.1.6"],
    openssl: &[
        "X509_V_ERR_HOSTNAME_MISMATCH",
        "X509_V_ERR_IP_ADDRESS_MISMATCH",
        "X509_check_host(3)",
        "SSL_set1_host(3)",
    ],
};

pub(super) const STAPLING_REQUIRED: Knowledge = Knowledge {
    about: "The client wants proof with the handshake that the certificate is not revoked (a stapled OCSP response), and the server \
            sent none: stapling is off, or the server has just started and has not fetched one yet.",
    known_by: &[
        "the client: status_request asked for, no CertificateStatus, and its own callback refused",
        "the server: bad_certificate_status_response in answer to a certificate without a response",
    ],
    look_alikes: &[(Cause::ServerCert(CertificateFault::Revoked), "a response came, and says revoked")],
    advice: staple,
    standards: &["RFC 6066 section 8", "RFC 8446 section 4.4.2.1", "RFC 7633"],
    openssl: &["SSL_R_INVALID_STATUS_RESPONSE", "SSL_CTX_set_tlsext_status_cb(3)"],
};

/// For application protocols that do not meet.
pub(in crate::diagnose) fn protocols(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "enable the client's protocol at the server, or let the client offer the server's (gRPC needs h2):")
        .with(set(Role::Server, Setting::Protocols, ""))
        .with(set(Role::Client, Setting::Protocols, ""))
}

/// For a client that sends no name.
pub(in crate::diagnose) fn send_name(finding: Finding) -> Finding {
    finding.advise(Stack::Any, "let the client send the server's host name:").with(set(
        Role::Client,
        Setting::Name,
        "",
    ))
}

/// For a server that does not staple.
pub(in crate::diagnose) fn staple(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the server staple a response of its CA's OCSP responder:")
        .advise(
            Stack::Nginx,
            "ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate /path/ca-chain.pem;",
        )
        .note("needs a resolver; the first connections after a start go without a response")
        .advise(Stack::Apache, "SSLUseStapling on\nSSLStaplingCache shmcb:/run/stapling(128000)")
        .note("SSLStaplingCache stands outside of <VirtualHost>, SSLUseStapling may stand inside")
        .advise(Stack::Openssl, "openssl s_server … -status_file response.der")
        .advise(Stack::Any, "or do not insist at the client: a CA without OCSP has nothing to staple")
        .note("weaker: then a revoked certificate passes unless the client asks elsewhere")
}

/// For a certificate with other names.
pub(in crate::diagnose) fn right_name(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "use one of the certificate's names, or issue the certificate with this name in subjectAltName")
        .advise(Stack::OpensslCnf, "subjectAltName = DNS:name.example")
        .note("in the extensions section that signs the server's certificate; browsers and OpenSSL ignore the CN")
        .advise(Stack::Nginx, "server_name name.example;")
        .note("in the server block whose ssl_certificate has this name, if the wrong block answered")
        .advise(Stack::Apache, "ServerName name.example")
        .note("in the virtual host whose SSLCertificateFile has this name, if the wrong host answered")
        .advise(Stack::Any, "a new certificate is read when the server is reloaded:")
        .with(set(Role::Server, Setting::Reload, ""))
        .advise(Stack::Any, "the client says by which name it goes there:")
        .with(set(Role::Client, Setting::Name, ""))
}

/// For a client that gives something else in a host name's place.
pub(in crate::diagnose) fn bare_name(finding: Finding, bare: &str) -> Finding {
    finding
        .advise(Stack::Any, format!("let the client give the host name alone, \"{bare}\": without scheme, port, path or a dot at its end"))
        .note("in Python it is server_hostname, in C SSL_set1_host and SSL_set_tlsext_host_name")
}

/// For a client that sends an address for a name.
pub(in crate::diagnose) fn no_address(finding: Finding) -> Finding {
    finding.advise(
        Stack::Any,
        "let the client ask by the server's host name, or send no server_name where it goes to an address",
    )
}

/// The same for a client that goes to an address, which is looked for among the certificate's addresses alone.
pub(in crate::diagnose) fn right_address(finding: Finding, address: IpAddr) -> Finding {
    finding
        .advise(Stack::Any, "let the client use one of the certificate's names, or issue the certificate with this address in subjectAltName")
        .advise(Stack::OpensslCnf, format!("subjectAltName = DNS:name.example, IP:{address}"))
        .note("in the extensions section that signs the server's certificate; public CAs issue for few addresses")
}

/// For nginx as a client, which compares the name of its upstream unless it is told another.
pub(in crate::diagnose) fn proxy_name(finding: Finding) -> Finding {
    finding
        .advise(Stack::Nginx, "proxy_ssl_name name.example;")
        .note("where nginx is the client of an upstream server: a name of that server's certificate; proxy_ssl_server_name on; sends it, too")
}

/// For a certificate that is not trusted and has not the name asked for: what a default virtual host shows.
pub(in crate::diagnose) fn other_host(finding: Finding, asked: &str) -> Finding {
    finding
        .advise(
            Stack::Any,
            format!(
                "do not trust this certificate yet: it is not for \"{asked}\", so probably another server answered, or the default one of \
                 several virtual hosts; see that the client's server_name (SNI) is one that the server has a certificate for"
            ),
        )
        .advise(Stack::Openssl, "openssl s_client -connect ADDRESS:PORT -servername HOST")
        .note("shows which certificate answers to which name")
        .advise(Stack::Nginx, "server_name name.example;")
        .note("in the server block whose ssl_certificate has this name: for a name of none the default_server answers")
        .advise(Stack::Apache, "ServerName name.example")
        .note("in the virtual host whose SSLCertificateFile has this name: for a name of none the first one answers")
}

/// What there was to do, where the first sentence of it holds only of the server that was meant.
pub(in crate::diagnose) fn if_meant(mut advice: Vec<Advice>) -> Vec<Advice> {
    if let Some(first) = advice.iter_mut().find(|one| one.stack == Stack::Any) {
        first.line = format!("if it is the server that was meant: {}", first.line);
    }
    advice
}

/// For a name that is not served.
pub(in crate::diagnose) fn serve_name(finding: Finding, name: &str) -> Finding {
    finding
        .advise(Stack::Any, "serve the name, or let the client ask for one that is served:")
        .advise(Stack::Nginx, format!("server_name {name};"))
        .note("in the server block that has its certificate; ssl_reject_handshake on; refuses all others")
        .advise(Stack::Apache, format!("ServerAlias {name}"))
        .advise(Stack::Openssl, "openssl s_client -connect ADDRESS:PORT -servername HOST")
}

pub(super) const ENCRYPTED_HELLO: Knowledge = Knowledge {
    about: "With Encrypted ClientHello a client hides the name that it asks for, under a key that the server publishes in the DNS. If the \
            server has not that key, the client learns better ones and comes back; where there are none, it ends with ech_required.",
    known_by: &[
        "the server: the alert ech_required",
        "the client: its own reason, and the alert that it sends",
    ],
    look_alikes: &[
        (Cause::SniUnrecognized, "the server refuses the outer name"),
        (Cause::ServerCertHostnameMismatch, "the certificate is not good for the outer name"),
    ],
    advice: |finding| finding.with(encrypted_hello),
    standards: &["RFC 9849 sections 6.1.6 and 11.2", "RFC 9848: ECH in DNS"],
    openssl: &["SSL_R_ECH_REQUIRED", "SSL_CTX_set1_echstore(3)"],
};

/// For an encrypted hello that the server does not open.
pub(in crate::diagnose) fn encrypted_hello(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "publish the server's present ECH keys in its HTTPS record, keep the old ones until the record's time is over, or take ech= out of it:")
        .advise(Stack::Openssl, "dig HTTPS HOST")
        .note("shows whether ech= is there, and its age")
        .advise(Stack::Any, "nginx has ssl_ech_file from 1.29.4 on, with a library that does ECH; curl goes without by --ech false:")
        .advise(Stack::Nss, "network.dns.echconfig.enabled")
        .note("in about:config: false goes without it")
}
