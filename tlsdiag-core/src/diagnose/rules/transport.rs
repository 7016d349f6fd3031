//! Not TLS at all, or closed before it began.
//!
//! Needs: the first bytes received, the library's reason, how the transport ended.

use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side, Stack};
use crate::event::{Direction, Role};
use crate::handshake::{Handshake, OutcomeKind};

pub(in crate::diagnose) const NOT_TLS: Rule =
    Rule { name: "transport::not_tls", find: not_tls, causes: || vec![Cause::NotTlsPlainHttp] };

pub(in crate::diagnose) const CLOSED_BEFORE_HELLO: Rule = Rule {
    name: "transport::closed_before_hello",
    find: closed_before_hello,
    causes: || vec![Cause::TransportClosedBeforeHello],
};

fn not_tls(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind != OutcomeKind::NotTls {
        return None;
    }
    let first = handshake.not_tls.as_ref()?;
    if !is_http(&first.value) {
        return None;
    }
    let finding = match handshake.role {
        Role::Server => Finding::new(
            Cause::NotTlsPlainHttp,
            Confidence::Certain,
            Side::Client,
            "The client speaks plain HTTP to this TLS port.",
        )
        .explain("The first bytes are an HTTP request line where a ClientHello was due: the client uses http:// for a port that speaks https.")
        .advise(Stack::Any, "use https:// in the client's URL, or the port that speaks plain HTTP")
        .advise(Stack::Nginx, "error_page 497 301 =301 https://$host$request_uri;")
        .note("redirects browsers that do this; nginx answers them with 400 otherwise"),
        Role::Client => Finding::new(
            Cause::NotTlsPlainHttp,
            Confidence::Certain,
            Side::Server,
            "The server answers in plain HTTP: this port does not speak TLS.",
        )
        .explain("The first bytes of the answer are an HTTP status line where a ServerHello was due; OpenSSL calls this a wrong version number.")
        .not(Cause::VersionNoOverlap, "no TLS version was ever named")
        .advise(Stack::Any, "use the server's TLS port (443), or http:// if it has none; an http proxy is written http://, whatever goes through it")
        .advise(Stack::Nginx, "listen 443 ssl;")
        .note("ssl is missing where a server block listens for TLS in plain text")
        .advise(Stack::Apache, "SSLEngine on")
        .note("in the virtual host of this port"),
    };
    let mut finding =
        finding.see(first.event, "first bytes received", format!("\"{}\"", first.escape_ascii()));
    let reasons = [reason::HTTP_REQUEST, reason::HTTPS_PROXY_REQUEST, reason::WRONG_VERSION_NUMBER];
    if let Some(own) = reasons.into_iter().find_map(|reason| handshake.ssl_reason(reason)) {
        finding = finding.see(own.event, "error queue", library::show(own));
    }
    Some(finding)
}

/// A request line or a status line, as far as five bytes tell (RFC 9112; the methods of IANA's registry that are in use).
fn is_http(bytes: &[u8; 5]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELET", b"OPTIO", b"PATCH", b"TRACE", b"CONNE", b"PROPF",
        b"HTTP/", b"PRI *",
    ];
    STARTS.iter().any(|start| bytes.starts_with(start))
}

fn closed_before_hello(handshake: &Handshake) -> Option<Finding> {
    // One byte of TLS, and the peer did speak; a word of our own before, and the fault is ours.
    let heard = handshake.heard_tls || handshake.not_tls.is_some();
    if handshake.outcome.kind.is_established()
        || heard
        || !handshake.alerts.iter().all(|alert| alert.direction == Direction::Sent)
    {
        return None;
    }
    let broken =
        handshake.transport.as_ref().filter(|broken| broken.end != crate::event::TransportEnd::Timeout)?;
    let how = match broken.end {
        crate::event::TransportEnd::Eof => "closed the connection",
        _ => "reset the connection",
    };
    let finding = match handshake.role {
        Role::Server => Finding::new(
            Cause::TransportClosedBeforeHello,
            Confidence::Certain,
            Side::Client,
            format!("The client {how} without sending a single byte."),
        )
        .explain(
            "A port scan, a load balancer's TCP health check or a browser's spare connection looks like this. It is no fault of this \
             server's configuration.",
        )
        .advise(Stack::Any, "nothing to mend here, if the address is a health check's: let it speak TLS, or ignore these entries"),
        Role::Client => Finding::new(
            Cause::TransportClosedBeforeHello,
            Confidence::Certain,
            Side::Server,
            format!("The server {how} after this client's ClientHello, without a single byte in answer."),
        )
        .explain(
            "Nothing was negotiated and nothing refused: the backend is down behind its balancer, a firewall cuts the connection, or \
             the port speaks something other than TLS and waits for the client to say what.",
        )
        .advise(Stack::Any, "see whether the server process runs behind this port, and what it logs at this time")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -tls1_2")
        .note("if this works, something in the path cannot take the larger ClientHello of TLS 1.3"),
    };
    let errno = if broken.errno == 0 { String::new() } else { format!(" (errno {})", broken.errno) };
    Some(finding.see(broken.event, "transport", format!("{how}{errno}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_bytes_tell_http() {
        assert!(is_http(b"GET /") && is_http(b"HTTP/") && is_http(b"CONNE"));
        assert!(!is_http(b"\x16\x03\x01\x02\x00") && !is_http(b"SSH-2") && !is_http(b"220 m"));
    }
}
