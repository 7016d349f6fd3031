//! What arrives where TLS is expected, and is none.

use super::Knowledge;
use super::programs::{Setting, set};
use crate::diagnose::{Cause, Finding, Stack};
use crate::event::Role;

pub(super) const PLAIN_HTTP: Knowledge = Knowledge {
    about: "The first bytes are an HTTP request or answer instead of a TLS record. A URL says http:// for a port that speaks TLS, \
            or https:// for one that does not; or a proxy's own address is written with https:// though the proxy itself speaks \
            plain HTTP.",
    known_by: &[
        "either side: the first five bytes received are those of a method (\"GET /\") or of \"HTTP/\"",
        "OpenSSL calls it \"http request\", or \"wrong version number\" where the answer is HTTP",
    ],
    look_alikes: &[
        (
            Cause::VersionNoOverlap,
            "\"wrong version number\" names no version of TLS here: the bytes are text",
        ),
        (Cause::NotTlsStarttlsNeeded, "a greeting of a mail server or a database, not of HTTP"),
    ],
    advice: |finding| finding.with(https).with(server_speaks_tls),
    standards: &["RFC 9110 section 4.2.2", "RFC 8446 section 5.1"],
    openssl: &["SSL_R_HTTP_REQUEST", "SSL_R_HTTPS_PROXY_REQUEST", "SSL_R_WRONG_VERSION_NUMBER"],
};

pub(super) const STARTTLS_NEEDED: Knowledge = Knowledge {
    about: "SMTP, IMAP, POP3, LDAP, FTP and some databases begin in cleartext and change to TLS when asked (STARTTLS), or have a \
            second port where TLS comes first. One side has begun one way and the other waits for the other way.",
    known_by: &[
        "the client: the server's greeting (\"220 \", \"* OK\", \"+OK\") stands where the ServerHello should be",
        "the server: a command (\"EHLO\", \"a1 LOGIN\") stands where the ClientHello should be",
    ],
    look_alikes: &[
        (Cause::NotTlsPlainHttp, "HTTP has no STARTTLS in use; its bytes are a method or \"HTTP/\""),
        (Cause::TransportTimeout, "the peer is silent: each waits for the other's greeting"),
    ],
    advice: |finding| finding.with(starttls).with(implicit_tls),
    standards: &[
        "RFC 3207",
        "RFC 9051 section 6.2.1",
        "RFC 2595",
        "RFC 8314 section 3",
        "RFC 4511 section 4.14",
    ],
    openssl: &["SSL_R_WRONG_VERSION_NUMBER", "openssl-s_client(1)"],
};

pub(super) const PROXY_HEADER: Knowledge = Knowledge {
    about: "A balancer puts a PROXY protocol header before the client's first byte, to tell its backend the client's address. The \
            backend reads it as a TLS record unless it was told of it; or it was told, and the balancer sends none.",
    known_by: &[
        "the server: the first bytes are \"PROXY \" or the signature of version 2, 0D 0A 0D 0A 00",
        "a server that reads the header itself: the first bytes are a TLS record's, and the module in nginx says that a header was due",
    ],
    look_alikes: &[(Cause::NotTlsOtherProtocol, "some other text or bytes")],
    advice: |finding| finding.with(proxy).with(no_proxy),
    standards: &["HAProxy: proxy-protocol.txt sections 2.1 and 2.2"],
    openssl: &["SSL_R_WRONG_VERSION_NUMBER"],
};

pub(super) const OTHER_PROTOCOL: Knowledge = Knowledge {
    about: "What arrives is neither TLS nor HTTP nor a protocol with STARTTLS: SSH, a database, or noise. Mostly a port or host \
            that is mistaken, or a scanner that tries everything.",
    known_by: &[
        "either side: the first five bytes received are no header of a TLS record; the report shows them",
    ],
    look_alikes: &[
        (Cause::RecordCorrupt, "the first bytes were TLS, and later ones are not"),
        (Cause::VersionNoOverlap, "\"wrong version number\" names no version of TLS here"),
    ],
    advice: |finding| finding.with(other_port),
    standards: &["RFC 8446 section 5.1", "RFC 4253 section 4.2"],
    openssl: &["SSL_R_WRONG_VERSION_NUMBER"],
};

/// For HTTP to a TLS port.
pub(in crate::diagnose) fn https(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "use https:// in the client's URL, or the port that speaks plain HTTP")
        .advise(Stack::Nginx, "error_page 497 =301 https://$host$request_uri;")
        .note("redirects browsers that do this; nginx answers them with 400 otherwise")
}

/// For a proxy that is asked in cleartext on its TLS port.
pub(in crate::diagnose) fn proxy_by_tls(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "if this port is a proxy's, give the client its URL with https://; if not, take it out of the client's proxy settings:")
        .advise(Stack::Curl, "curl --proxy https://HOST:PORT …")
        .note("the environment's https_proxy names a proxy, too; its own URL begins with http:// or https:// as the proxy's port wants it")
}

/// For TLS to an HTTP port.
pub(in crate::diagnose) fn server_speaks_tls(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "use the server's TLS port (443), or http:// if it has none; the URL of an HTTP proxy begins with http://, \
             whatever goes through it",
        )
        .advise(Stack::Nginx, "listen 443 ssl;")
        .note("ssl is missing where a server block meant for TLS listens in plain text")
        .advise(Stack::Apache, "SSLEngine on")
        .note("in the virtual host of this port")
}

/// For the PROXY protocol.
pub(in crate::diagnose) fn proxy(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "tell the server of the PROXY protocol:")
        .with(set(Role::Server, Setting::ProxyHeader, ""))
        .advise(Stack::Any, "or switch the PROXY protocol off at the balancer for this backend")
}

/// For a connection without the PROXY protocol, where that is expected.
pub(in crate::diagnose) fn no_proxy(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the balancer begin with the PROXY protocol, or give clients that come past it a port of their own without it:")
        .advise(Stack::Haproxy, "server NAME HOST:443 send-proxy")
        .advise(Stack::Nginx, "listen 443 ssl;")
        .note("without proxy_protocol; where nginx is the balancer, proxy_protocol on; in its stream server")
}

/// For TLS to a port that begins in cleartext.
pub(in crate::diagnose) fn starttls(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "let the client use STARTTLS on this port, or the port with TLS from the start (465, 993, 995, 636)")
        .advise(Stack::Openssl, "openssl s_client -starttls smtp -connect HOST:587")
        .advise(Stack::Curl, "curl --ssl-reqd smtp://HOST:587 …")
}

/// For cleartext to a port that begins with TLS.
pub(in crate::diagnose) fn implicit_tls(finding: Finding) -> Finding {
    finding.advise(
        Stack::Any,
        "set the client to SSL/TLS for this port, or to the port of STARTTLS (587, 143, 110, 389)",
    )
}

/// For some other protocol.
pub(in crate::diagnose) fn other_port(finding: Finding) -> Finding {
    finding.advise(Stack::Any, "check host and port on the client's side, and which service listens there")
}
