//! Not TLS at all, or closed before it began.
//!
//! Needs: the first bytes received, the library's reason, how the transport ended.

use crate::diagnose::knowledge::{not_tls, transport};
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role, TransportEnd};
use crate::handshake::{Handshake, OutcomeKind};
use crate::wire::{LooksLike, looks_like};

pub(in crate::diagnose) const NOT_TLS: Rule =
    Rule { name: "transport::not_tls", find: not_tls, causes: not_tls_causes };

pub(in crate::diagnose) const CLOSED_BEFORE_HELLO: Rule = Rule {
    name: "transport::closed_before_hello",
    find: closed_before_hello,
    causes: || vec![Cause::TransportClosedBeforeHello],
};

fn not_tls_causes() -> Vec<Cause> {
    vec![
        Cause::NotTlsPlainHttp,
        Cause::NotTlsStarttlsNeeded,
        Cause::NotTlsProxyHeader,
        Cause::NotTlsOtherProtocol,
        Cause::RecordCorrupt,
    ]
}

fn not_tls(handshake: &Handshake) -> Option<Finding> {
    if let Some(finding) = proxy_header_expected(handshake) {
        return Some(finding);
    }
    if handshake.outcome.kind != OutcomeKind::NotTls {
        return None;
    }
    let first = handshake.not_tls.as_ref()?;
    let finding = match looks_like(&first.value) {
        LooksLike::Unknown if is_broken_header(&first.value) => broken_header(handshake.role),
        LooksLike::HttpRequest | LooksLike::HttpResponse | LooksLike::Http2Preface => {
            plain_http(handshake.role, &first.value)
        }
        LooksLike::Html if handshake.role == Role::Client => plain_http(handshake.role, &first.value),
        LooksLike::ProxyV1 | LooksLike::ProxyV2 => proxy_header(handshake.role),
        other => match starttls_protocol(other, &first.value) {
            Some(protocol) => starttls(handshake.role, protocol),
            None => other_protocol(handshake.role, other),
        },
    };
    let mut finding =
        finding.see(first.event, "first bytes received", format!("\"{}\"", first.escape_ascii()));
    let reasons = [reason::HTTP_REQUEST, reason::HTTPS_PROXY_REQUEST, reason::WRONG_VERSION_NUMBER];
    if let Some(own) = reasons.into_iter().find_map(|reason| handshake.ssl_reason(reason)) {
        finding = finding.see(own.event, "error queue", library::show(own));
    }
    Some(finding)
}

/// Five bytes are seen, and other protocols borrow from HTTP.
fn plain_http(role: Role, first: &[u8; 5]) -> Finding {
    match (role, first) {
        (Role::Server, b"OPTIO") => options(),
        (Role::Server, b"CONNE") => connect(),
        (Role::Server, _) => Finding::new(
            Cause::NotTlsPlainHttp,
            Confidence::Likely,
            Side::Client,
            "The client begins in cleartext: probably it speaks plain HTTP to this TLS port.",
        )
        .explain(
            "The first bytes look like an HTTP request line where a ClientHello was due: the client uses http:// for a port that \
             speaks https.",
        )
        .with(not_tls::https),
        (Role::Client, _) => Finding::new(
            Cause::NotTlsPlainHttp,
            Confidence::Likely,
            Side::Server,
            "The server answers in cleartext: probably it speaks plain HTTP on this port.",
        )
        .explain(format!(
            "The first bytes of the answer look like {}; OpenSSL calls this a wrong version number. Most often the port speaks no TLS. A port \
             that does answers in plain HTTP, too, where something else came before the ClientHello.",
            match looks_like(first) {
                LooksLike::Html => "a page of HTML, which some servers send without a status line to whom they do not understand",
                _ => "an HTTP status line",
            }
        ))
        .not(Cause::VersionNoOverlap, "no TLS version was ever named")
        .or(
            Cause::NotTlsProxyHeader,
            "whether a balancer on the way puts a PROXY protocol header before the ClientHello: a server that speaks TLS answers that header in \
             plain HTTP",
        )
        .with(not_tls::server_speaks_tls),
    }
}

/// SIP, RTSP and HTTP have this method, and telephones ask by it whether a server is there.
fn options() -> Finding {
    Finding::new(
        Cause::NotTlsOtherProtocol,
        Confidence::Possible,
        Side::Client,
        "The client begins in cleartext with OPTIONS: it may speak SIP, RTSP or plain HTTP to this TLS port.",
    )
    .explain(
        "No more than the first five bytes were read, and all three begin so. SIP's port of TLS is 5061, and 5060 is the one in \
         cleartext.",
    )
    .or(
        Cause::NotTlsPlainHttp,
        "the bytes behind these, or the client's own settings: whether it is HTTP, as a request of a script in a browser begins",
    )
    .with(not_tls::other_port)
}

/// A client that takes this for a proxy; STOMP has that word, too.
fn connect() -> Finding {
    Finding::new(
        Cause::NotTlsPlainHttp,
        Confidence::Likely,
        Side::Client,
        "The client begins in cleartext with CONNECT: probably it takes this TLS port for an HTTP proxy that it reaches without TLS.",
    )
    .explain("The client asks for a tunnel where a ClientHello was due: the URL of its proxy begins with http://, and this port speaks TLS.")
    .or(Cause::NotTlsOtherProtocol, "the bytes behind these: STOMP begins with that word, too")
    .with(not_tls::proxy_by_tls)
}

fn proxy_header(role: Role) -> Finding {
    Finding::new(
        Cause::NotTlsProxyHeader,
        Confidence::Likely,
        role,
        "The first bytes are no TLS record: probably a PROXY protocol header.",
    )
    .explain(
        "A balancer in front puts the client's address before the connection, and this side does not expect it: either both \
         use the PROXY protocol on this port, or neither.",
    )
    .with(not_tls::proxy)
}

/// A header was due before TLS, and the application that reads it had not come to let the library read.
fn proxy_header_expected(handshake: &Handshake) -> Option<Finding> {
    if !handshake.local.expects_proxy_header || handshake.offer.is_some() {
        return None;
    }
    let first = handshake.first_record.as_ref()?;
    let finding = match looks_like(&first.value) {
        LooksLike::ProxyV1 | LooksLike::ProxyV2 => Finding::new(
            Cause::NotTlsProxyHeader,
            Confidence::Certain,
            Side::Client,
            "The connection began with a PROXY protocol header that this server could not read.",
        )
        .explain("The header is cut off, too long or malformed: the server's own log has it."),
        _ if handshake.heard_tls => Finding::new(
            Cause::NotTlsProxyHeader,
            Confidence::Certain,
            Side::Client,
            "The client began with TLS at once, and this port expects a PROXY protocol header before it.",
        )
        .explain(
            "The connection came past the balancer that puts the header in front, or that balancer was not told to. Either both use \
             the PROXY protocol on this port, or neither.",
        )
        .with(not_tls::no_proxy),
        _ => return None,
    };
    Some(finding.see(first.event, "first bytes received", format!("\"{}\"", first.escape_ascii())))
}

/// Protocols that begin in cleartext and then switch to TLS, as far as the first bytes tell them apart.
fn starttls_protocol(looks: LooksLike, first: &[u8; 5]) -> Option<&'static str> {
    Some(match looks {
        LooksLike::SmtpOrFtp => "SMTP or FTP",
        LooksLike::SmtpClient => match first {
            b"EHLO " | b"HELO " | b"MAIL " => "SMTP",
            b"LHLO " => "LMTP",
            [b'C', b'A', b'P', b'A', b'B'] => "ManageSieve or IMAP",
            [b'C', b'A', b'P', b'A', _] | [b'S', b'T', b'L', b'S', _] => "POP3",
            b"USER " => "POP3 or FTP",
            _ => "a mail or FTP command",
        },
        LooksLike::Imap => "IMAP",
        LooksLike::Pop3 => "POP3",
        LooksLike::PostgresSslRequest | LooksLike::PostgresStartup => "PostgreSQL",
        LooksLike::Mysql => "MySQL",
        LooksLike::Ldap => "LDAP",
        LooksLike::Xml => "XMPP",
        LooksLike::Rdp => "RDP",
        _ => return None,
    })
}

fn starttls(role: Role, protocol: &str) -> Finding {
    match role {
        Role::Client => Finding::new(
            Cause::NotTlsStarttlsNeeded,
            Confidence::Likely,
            Side::Client,
            format!("The server begins in cleartext: probably it speaks {protocol}, where TLS begins only after the client asks for it."),
        )
        .explain("This client began with a ClientHello on a port where the connection starts in cleartext and is upgraded.")
        .or(Cause::NotTlsOtherProtocol, "five bytes are all that was read: the service's own log or banner tells what it speaks")
        .with(not_tls::starttls),
        Role::Server => Finding::new(
            Cause::NotTlsStarttlsNeeded,
            Confidence::Likely,
            Side::Client,
            format!("The client begins in cleartext, probably with {protocol}, and this port expects TLS from the first byte."),
        )
        .explain("The client was set to STARTTLS, or to no encryption, for a port of implicit TLS.")
        .or(Cause::NotTlsOtherProtocol, "five bytes are all that was read: the client's own settings tell what it speaks")
        .with(not_tls::implicit_tls),
    }
}

fn other_protocol(role: Role, looks: LooksLike) -> Finding {
    let ssh = looks == LooksLike::Ssh;
    let what = if ssh { "SSH" } else { "another protocol" };
    let peer = role.peer();
    let finding = Finding::new(
        Cause::NotTlsOtherProtocol,
        Confidence::Likely,
        peer,
        format!("The first bytes of the {} are none of TLS's: probably it speaks {what} on this port.", peer.as_str()),
    )
    .explain(
        "The first bytes are no TLS record: the connection reached a service, or came from a client, of another protocol.",
    )
    .with(not_tls::other_port);
    if ssh {
        return finding;
    }
    finding.or(
        Cause::RecordCorrupt,
        "a recording of the bytes on both sides shows whether they were altered on the way",
    )
}

/// Content type and version are TLS's; the length is none that a record may have.
fn is_broken_header(first: &[u8; 5]) -> bool {
    matches!(first, [20..=24, 3, 0..=4, ..])
}

fn broken_header(role: Role) -> Finding {
    let peer = role.peer();
    Finding::new(
        Cause::RecordCorrupt,
        Confidence::Likely,
        Side::Network,
        format!("The first record of the {} has a length that TLS does not allow: probably it was altered in transit.", peer.as_str()),
    )
    .explain("The first bytes are a TLS record's, but its length is above what a record may hold: it was altered in transit, or made wrong.")
    .or(Cause::NotTlsOtherProtocol, "a recording of the bytes on both sides shows whether it was meant to be TLS")
    .with(transport::whole_bytes)
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
    // Of another error nobody knows that it was the peer's: a path that is gone, or the application's own BIO.
    let not_the_peers = [TransportEnd::Timeout, TransportEnd::ShutDownHere, TransportEnd::Other];
    let broken = handshake.transport.as_ref().filter(|broken| !not_the_peers.contains(&broken.end))?;
    let how = match broken.end {
        TransportEnd::Eof => "closed the connection",
        _ => "reset the connection",
    };
    // None that was no record, and whether there was any at all where that is known.
    let came = handshake.received.as_ref().map(|came| came.value);
    let finding = match handshake.role {
        Role::Server => Finding::new(
            Cause::TransportClosedBeforeHello,
            Confidence::Certain,
            Side::Client,
            match came {
                Some(0) => format!("The client {how} without sending a single byte of TLS."),
                Some(bytes) => format!("The client {how} after {}, and no ClientHello.", count(bytes)),
                None => format!("The client {how} before its ClientHello had come."),
            },
        )
        .explain(
            "A port scan, a load balancer's TCP health check or a browser's spare connection looks like this. It is no fault of this \
             server's configuration.",
        )
        .with(transport::health_check),
        Role::Client => Finding::new(
            Cause::TransportClosedBeforeHello,
            Confidence::Certain,
            Side::Server,
            match came {
                Some(0) => format!("The server {how} after this client's ClientHello, without a single byte of TLS in answer."),
                Some(bytes) => format!("The server answered this client's ClientHello with {}, and {how}.", count(bytes)),
                None => format!("The server {how} after this client's ClientHello, without an answer in TLS."),
            },
        )
        .explain(
            "Nothing was negotiated and nothing refused: the backend is down behind its balancer, a firewall cuts the connection, or \
             the port speaks something other than TLS and waits for the client to say what.",
        )
        .with(transport::server_down),
    };
    // An end of the stream may be this side's own, where the kernel could not be asked.
    let unwatched = handshake.peer.is_none() && broken.end == TransportEnd::Eof;
    let finding = if unwatched { unwatched_end(finding, handshake.role, came) } else { finding };
    let finding = match &handshake.received {
        Some(few) if few.value > 0 => no_tls(finding)
            .see(few.event, "bytes received", format!("{}, too few for a TLS record's header", few.value))
            .or(
                Cause::NotTlsOtherProtocol,
                "a service of another protocol may answer so: PostgreSQL refuses TLS with the letter N; its own log tells",
            ),
        Some(none) => finding.see(none.event, "bytes received", 0),
        None => finding,
    };
    let errno = if broken.errno == 0 { String::new() } else { format!(" (errno {})", broken.errno) };
    let finding = finding.see(broken.event, "transport", format!("{how}{errno}"));
    let silent = came.is_none_or(|bytes| bytes == 0);
    if broken.end != TransportEnd::Reset || handshake.role == Role::Server || !silent {
        return Some(finding);
    }
    // Who sent the reset is not known.
    let finding = Finding {
        confidence: Confidence::Likely,
        summary: "The connection was reset after this client's ClientHello, without an answer: probably by the server or \
                  its balancer."
            .to_owned(),
        ..finding
    };
    Some(match super::interrupted::may_be_intolerance(handshake) {
        true => finding.or(Cause::MiddleboxHelloIntolerance, super::interrupted::SMALLER),
        false => finding,
    })
}

/// Where the library has no socket of its own, the kernel could not be asked who closed the connection.
fn unwatched_end(finding: Finding, role: Role, came: Option<u64>) -> Finding {
    let peer = role.peer().as_str();
    let seen = match (role, came) {
        (Role::Server, Some(0)) => "without a single byte of TLS from the client".to_owned(),
        (Role::Server, Some(bytes)) => format!("after {} from the client, and no ClientHello", count(bytes)),
        (Role::Server, None) => "before the client's ClientHello had come".to_owned(),
        (Role::Client, Some(0)) => {
            "after this client's ClientHello, without a single byte of TLS in answer".to_owned()
        }
        (Role::Client, Some(bytes)) => {
            format!("after this client's ClientHello, and {} in answer", count(bytes))
        }
        (Role::Client, None) => "after this client's ClientHello, without an answer in TLS".to_owned(),
    };
    Finding {
        confidence: Confidence::Likely,
        summary: format!("The connection ended {seen}: probably the {peer} closed it."),
        ..finding
    }
    .or(
        Cause::TransportOwnShutdown,
        format!(
            "this program reads the socket itself, so whether the {peer} closed it or the program did stands in its own log"
        ),
    )
}

/// So few bytes are no record's header.
fn no_tls(finding: Finding) -> Finding {
    let told = finding.confidence < Confidence::Certain;
    let summary = match finding.summary.strip_suffix('.').filter(|_| !told) {
        Some(seen) => format!("{seen}: probably it does not speak TLS here."),
        None => finding.summary,
    };
    Finding { confidence: Confidence::Likely, summary, ..finding }
}

fn count(bytes: u64) -> String {
    if bytes == 1 { "one byte".to_owned() } else { format!("{bytes} bytes") }
}

#[cfg(test)]
mod tests;
