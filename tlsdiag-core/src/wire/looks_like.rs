//! [`looks_like`]: what a peer speaks that does not speak TLS, told from its first bytes.

use super::code_points::ProtocolVersion;
use super::dtls::DtlsRecordHeader;
use super::record::RecordHeader;

/// What the first bytes of a connection look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LooksLike {
    /// A TLS record.
    Tls,
    /// A DTLS record.
    Dtls,
    /// A ClientHello in the form of SSLv2 (RFC 5246, appendix E.2), which offers the version named.
    SslV2ClientHello(ProtocolVersion),
    /// An HTTP request without TLS.
    HttpRequest,
    /// An HTTP answer without TLS, or HTTP/2's.
    HttpResponse,
    /// HTTP/2's connection preface without TLS.
    Http2Preface,
    /// The greeting of SMTP or FTP, which need STARTTLS or AUTH TLS first.
    SmtpOrFtp,
    /// A command of SMTP, POP3, FTP or another protocol of lines that needs STARTTLS first.
    SmtpClient,
    /// IMAP's greeting, or a command of it.
    Imap,
    /// POP3's greeting.
    Pop3,
    /// SSH.
    Ssh,
    /// The PROXY protocol, version 1, in front of the real connection.
    ProxyV1,
    /// The PROXY protocol, version 2.
    ProxyV2,
    /// PostgreSQL's request to start TLS, which its own protocol must answer first.
    PostgresSslRequest,
    /// PostgreSQL's startup message, without TLS.
    PostgresStartup,
    /// MySQL's greeting, which comes before TLS.
    Mysql,
    /// LDAP without TLS.
    Ldap,
    /// A page of HTML, as HTTP/0.9 and those who cannot read a request answer (RFC 1945, section 3.1).
    Html,
    /// XML: XMPP, which needs STARTTLS first.
    Xml,
    /// RDP's negotiation (TPKT), which comes before TLS.
    Rdp,
    /// None that we know.
    Unknown,
}

impl LooksLike {
    /// The protocol in one word; `None` for one that we do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Tls => "tls",
            Self::Dtls => "dtls",
            Self::SslV2ClientHello(_) => "sslv2_client_hello",
            Self::HttpRequest => "http_request",
            Self::HttpResponse => "http_response",
            Self::Http2Preface => "http2_preface",
            Self::SmtpOrFtp => "smtp_or_ftp",
            Self::SmtpClient => "smtp_client",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Ssh => "ssh",
            Self::ProxyV1 => "proxy_v1",
            Self::ProxyV2 => "proxy_v2",
            Self::PostgresSslRequest => "postgres_ssl_request",
            Self::PostgresStartup => "postgres_startup",
            Self::Mysql => "mysql",
            Self::Ldap => "ldap",
            Self::Html => "html",
            Self::Xml => "xml",
            Self::Rdp => "rdp",
            Self::Unknown => return None,
        })
    }

    /// Whether the bytes belong to TLS in some form.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::Dtls | Self::SslV2ClientHello(_))
    }
}

/// Methods of HTTP, as far as their first five bytes.
const METHODS: [&[u8]; 10] =
    [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELET", b"OPTIO", b"PATCH", b"CONNE", b"TRACE", b"PROPF"];

/// First commands of protocols that speak in lines and switch to TLS later: SMTP, LMTP, POP3, FTP, ManageSieve; as far as
/// their first five bytes.
const COMMANDS: [&[u8]; 14] = [
    b"EHLO ", b"HELO ", b"LHLO ", b"MAIL ", b"START", b"STLS\r", b"STLS\n", b"CAPA\r", b"CAPA\n", b"CAPAB",
    b"AUTH ", b"USER ", b"NOOP\r", b"QUIT\r",
];

/// An answer of SMTP or FTP to a connection: 220, or 4xx and 5xx of a server that has no time or wants nobody.
const fn is_reply(first: &[u8]) -> bool {
    matches!(
        first,
        [b'2', b'2', b'0', b' ' | b'-', ..] | [b'4' | b'5', b'0'..=b'5', b'0'..=b'9', b' ' | b'-', ..]
    )
}

/// A command of IMAP begins with a tag of the client's own making: `a1 `, `a001 `, `A LOGIN`.
fn is_tagged_command(first: &[u8]) -> bool {
    let [letter, rest @ ..] = first else { return false };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let verb = rest.get(digits + 1).copied();
    let verb = match digits {
        0 => verb.is_some_and(|byte| byte.is_ascii_uppercase()),
        _ => verb.is_none_or(|byte| byte.is_ascii_alphabetic()),
    };
    letter.is_ascii_alphabetic() && rest.get(digits) == Some(&b' ') && verb
}

/// Says what `first`, the first bytes from a peer, look like. Five bytes (the length of a record's header, which is all
/// that a library may have read) suffice for most; more make it surer.
pub fn looks_like(first: &[u8]) -> LooksLike {
    let starts = |wanted: &[u8]| first.len() >= 3 && wanted.iter().zip(first).all(|(a, b)| a == b);
    if let Some(header) = first.first_chunk::<5>()
        && RecordHeader::decode(header).is_plausible()
    {
        return LooksLike::Tls;
    }
    if DtlsRecordHeader::decode(first).is_ok_and(|header| header.is_plausible()) {
        return LooksLike::Dtls;
    }
    if starts(b"PRI * HTTP/2") {
        return LooksLike::Http2Preface;
    }
    // An empty line before a request is passed over (RFC 9112, section 2.2).
    let line = first.strip_prefix(b"\r\n").or(first.strip_prefix(b"\n")).unwrap_or(first);
    let begins = |wanted: &[u8]| line.len() >= 3 && wanted.iter().zip(line).all(|(a, b)| a == b);
    if METHODS.iter().any(|method| begins(method)) {
        return LooksLike::HttpRequest;
    }
    // HTTP/2 without a preface begins with a SETTINGS frame on stream 0.
    if starts(b"HTTP/") || matches!(first, [0, 0, length, 4, _, ..] if length.is_multiple_of(6)) {
        return LooksLike::HttpResponse;
    }
    if starts(b"PROXY") {
        return LooksLike::ProxyV1;
    }
    if first.len() >= 5 && starts(b"\r\n\r\n\0\r\nQUIT\n") {
        return LooksLike::ProxyV2;
    }
    if starts(b"SSH-") {
        return LooksLike::Ssh;
    }
    if starts(b"* OK") || starts(b"* PRE") || starts(b"* BYE") || is_tagged_command(first) {
        return LooksLike::Imap;
    }
    if starts(b"+OK") {
        return LooksLike::Pop3;
    }
    if is_reply(first) {
        return LooksLike::SmtpOrFtp;
    }
    if COMMANDS.iter().any(|command| starts(command)) {
        return LooksLike::SmtpClient;
    }
    let in_any_case =
        |wanted: &[u8; 5]| first.get(..5).is_some_and(|first| first.eq_ignore_ascii_case(wanted));
    if in_any_case(b"<html") || in_any_case(b"<!doc") {
        return LooksLike::Html;
    }
    if starts(b"<?xml") || starts(b"<stre") {
        return LooksLike::Xml;
    }
    match *first {
        // Length 8, then the code 80877103.
        [0, 0, 0, 8, 0x04, ..] => LooksLike::PostgresSslRequest,
        // Any length, then protocol 3.0.
        [0, 0, _, _, 0, 3, 0, 0, ..] => LooksLike::PostgresStartup,
        [_, _, 0, 0, 0x0a, ..] => LooksLike::Mysql,
        [0x30, 0x0c..=0x7f, 0x02, 0x01, _, ..] | [0x30, 0x84, 0, 0, _, ..] => LooksLike::Ldap,
        [0x03, 0x00, 0x00, _, _, ..] => LooksLike::Rdp,
        // A length with its highest bit set, message 1 (CLIENT-HELLO), a version.
        [0x80..=0xff, length, 1, major @ (0 | 3), minor, ..] if length >= 9 && minor <= 4 => {
            LooksLike::SslV2ClientHello(ProtocolVersion(u16::from_be_bytes([major, minor])))
        }
        _ => LooksLike::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_bytes_suffice() {
        for (first, expected) in [
            (&b"\x16\x03\x01\x02\x00"[..], LooksLike::Tls),
            (b"GET /", LooksLike::HttpRequest),
            (b"DELETE /x", LooksLike::HttpRequest),
            (b"\nGET ", LooksLike::HttpRequest),
            (b"\r\nGET", LooksLike::HttpRequest),
            (b"<html", LooksLike::Html),
            (b"<!DOCTYPE", LooksLike::Html),
            (b"<?xml", LooksLike::Xml),
            (b"HTTP/", LooksLike::HttpResponse),
            (b"PRI *", LooksLike::Http2Preface),
            (b"220 m", LooksLike::SmtpOrFtp),
            (b"* OK ", LooksLike::Imap),
            (b"+OK d", LooksLike::Pop3),
            (b"SSH-2", LooksLike::Ssh),
            (b"PROXY", LooksLike::ProxyV1),
            (b"\r\n\r\n\0", LooksLike::ProxyV2),
            (b"\0\0\0\x08\x04\xd2\x16\x2f", LooksLike::PostgresSslRequest),
            (b"\x80\x2e\x01\x03\x01", LooksLike::SslV2ClientHello(ProtocolVersion::TLS1_0)),
            (b"\x80\x2e\x01\x00\x02", LooksLike::SslV2ClientHello(ProtocolVersion::SSL2)),
            (b"\0\0\x12\x04\0", LooksLike::HttpResponse),
            (b"EHLO x", LooksLike::SmtpClient),
            (b"STLS\r\n", LooksLike::SmtpClient),
            (b"421 busy", LooksLike::SmtpOrFtp),
            (b"* BYE", LooksLike::Imap),
            (b"a001 CAPABILITY", LooksLike::Imap),
            (b"A LOG", LooksLike::Imap),
        ] {
            assert_eq!(looks_like(first), expected, "{first:?}");
        }
    }

    #[test]
    fn other_words_are_unknown() {
        for first in [
            &b""[..],
            b"GE",
            b"GOT /",
            b"HELLO",
            b"220",
            b"2001 ",
            b"\r\nGE",
            b"\n\n\n\n\n",
            b"a0012",
            b"I am ",
            b"\x16\x05\x01\x02\x00",
            b"\0\0\0\0\0",
        ] {
            let seen = looks_like(first);
            assert!(matches!(seen, LooksLike::Unknown | LooksLike::SmtpOrFtp), "{first:?} is {seen:?}");
        }
    }
}
