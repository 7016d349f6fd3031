//! One setting of a server, whatever the verdict: its lines for OpenSSL's file, nginx and Apache, for whoever has found out by trying.

use super::{Setting, set};
use crate::diagnose::{Advice, Cause, Confidence, Finding, Side, Stack};
use crate::event::Role;

/// What a server is to be set to. Lists are in OpenSSL's words, with colons.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ServerSetting {
    /// Signature schemes that clients are asked for.
    ClientSchemes(String),
    /// Signature schemes of the server's own signatures and, unless those are set too, the clients'.
    Schemes(String),
    /// Groups of the key exchange.
    Groups(String),
    /// Cipher suites up to TLS 1.2.
    Suites12(String),
    /// Cipher suites of TLS 1.3.
    Suites13(String),
    /// Versions, the lowest first, such as `TLSv1.2`: they have no gap.
    Versions(Vec<String>),
    /// The security level.
    Level(u8),
    /// Application protocols, the best first.
    Protocols(Vec<String>),
    /// No session tickets that hold the session: those of TLS 1.3 then name one that the server keeps.
    NoTickets,
    /// No tickets at all in TLS 1.3 (`SSL_CTX_set_num_tickets(3)`).
    NoTicketsOfTls13,
    /// The CAs whose names CertificateRequest carries: what is trusted stays as it is.
    CaNames(Vec<String>),
}

/// The lines of OpenSSL's own server, of openssl.cnf, of nginx and of Apache; what one of them cannot say is missing.
#[must_use]
pub fn server_lines(setting: &ServerSetting) -> Vec<Advice> {
    use ServerSetting as S;
    match setting {
        S::ClientSchemes(list) => of_tables(Setting::ClientSchemes, list),
        S::Schemes(list) => of_tables(Setting::Schemes, list),
        S::Groups(list) => of_tables(Setting::Groups, list),
        S::Suites12(list) => of_tables(Setting::Suites12, list),
        S::Suites13(list) => of_tables(Setting::Suites13, list),
        S::Level(level) => of_tables(Setting::LowLevel, &level.to_string()),
        S::Versions(versions) => only_versions(versions),
        S::Protocols(protocols) => only_protocols(protocols),
        S::NoTickets => lines(&[
            (Stack::Openssl, "openssl s_server … -no_ticket".to_owned(), None),
            (Stack::OpensslCnf, "Options = -SessionTicket".to_owned(), None),
            (Stack::Nginx, "ssl_session_tickets off;".to_owned(), None),
            (Stack::Apache, "SSLSessionTickets off".to_owned(), None),
        ]),
        S::NoTicketsOfTls13 => {
            lines(&[(Stack::Openssl, "openssl s_server … -num_tickets 0".to_owned(), None)])
        }
        S::CaNames(names) => only_names(names),
    }
}

fn of_tables(setting: Setting, value: &str) -> Vec<Advice> {
    const SHOWN: [Stack; 4] = [Stack::Openssl, Stack::OpensslCnf, Stack::Nginx, Stack::Apache];
    let nothing = Finding::new(Cause::ProtocolViolation, Confidence::Possible, Side::Server, "");
    let mut found = nothing.with(set(Role::Server, setting, value)).advice;
    found.retain(|advice| SHOWN.contains(&advice.stack));
    found.sort_by_key(|advice| SHOWN.iter().position(|stack| *stack == advice.stack));
    found
}

fn lines(lines: &[(Stack, String, Option<&str>)]) -> Vec<Advice> {
    let place = |stack| match stack {
        Stack::OpensslCnf => "in the section that ssl_conf and system_default lead to",
        Stack::Nginx => "in the server block",
        Stack::Apache => "in the virtual host",
        _ => "on the command line",
    };
    let advice = |(stack, line, note): &(Stack, String, Option<&str>)| Advice {
        stack: *stack,
        line: line.clone(),
        note: note.map(str::to_owned),
        side: Some(Side::Server),
        place: Some(place(*stack).to_owned()),
    };
    lines.iter().map(advice).collect()
}

fn only_versions(versions: &[String]) -> Vec<Advice> {
    let (Some(lowest), Some(highest)) = (versions.first(), versions.last()) else { return Vec::new() };
    let all = versions.join(" ");
    let plus: String = versions.iter().map(|version| format!(" +{version}")).collect();
    lines(&[
        (Stack::Openssl, format!("openssl s_server … -min_protocol {lowest} -max_protocol {highest}"), None),
        (Stack::OpensslCnf, format!("MinProtocol = {lowest}\nMaxProtocol = {highest}"), None),
        (
            Stack::Nginx,
            format!("ssl_protocols {all};"),
            Some("in place of every other ssl_protocols line of this address: they add up"),
        ),
        (Stack::Apache, format!("SSLProtocol -all{plus}"), None),
    ])
}

fn only_protocols(protocols: &[String]) -> Vec<Advice> {
    if protocols.is_empty() {
        return Vec::new();
    }
    let h2 = protocols.iter().any(|protocol| protocol == "h2");
    let nginx = if h2 { "http2 on;" } else { "http2 off;" };
    lines(&[
        (Stack::Openssl, format!("openssl s_server … -alpn {}", protocols.join(",")), None),
        (Stack::Nginx, nginx.to_owned(), Some("before nginx 1.25.1 it is a word of the listen line: http2")),
        (Stack::Apache, format!("Protocols {}", protocols.join(" ")), None),
    ])
}

fn only_names(names: &[String]) -> Vec<Advice> {
    if names.is_empty() {
        return Vec::new();
    }
    lines(&[
        (Stack::Openssl, "openssl s_server … -requestCAfile /path/names.pem".to_owned(), None),
        (Stack::OpensslCnf, "RequestCAFile = /path/names.pem".to_owned(), None),
        (
            Stack::Nginx,
            "ssl_client_certificate /path/names.pem; ssl_trusted_certificate /path/client-ca.pem;".to_owned(),
            None,
        ),
        (Stack::Apache, "SSLCADNRequestFile /path/names.pem".to_owned(), None),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(setting: &ServerSetting) -> Vec<(&'static str, String)> {
        server_lines(setting).into_iter().map(|advice| (advice.stack.as_str(), advice.line)).collect()
    }

    #[test]
    fn lists_are_those_of_the_tables() {
        let found = of(&ServerSetting::ClientSchemes("RSA+SHA256".to_owned()));
        assert_eq!(found[0], ("openssl", "openssl s_server … -client_sigalgs RSA+SHA256".to_owned()));
        assert_eq!(found[1], ("openssl.cnf", "ClientSignatureAlgorithms = RSA+SHA256".to_owned()));
        assert_eq!(found[2], ("nginx", "ssl_conf_command ClientSignatureAlgorithms RSA+SHA256;".to_owned()));
        assert_eq!(found[3], ("apache", "SSLOpenSSLConfCmd ClientSignatureAlgorithms RSA+SHA256".to_owned()));
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn versions_have_a_lowest_and_a_highest() {
        let found = of(&ServerSetting::Versions(vec!["TLSv1.1".to_owned(), "TLSv1.2".to_owned()]));
        assert!(found.contains(&("openssl.cnf", "MinProtocol = TLSv1.1\nMaxProtocol = TLSv1.2".to_owned())));
        assert!(found.contains(&("nginx", "ssl_protocols TLSv1.1 TLSv1.2;".to_owned())));
        assert!(found.contains(&("apache", "SSLProtocol -all +TLSv1.1 +TLSv1.2".to_owned())));
        assert!(of(&ServerSetting::Versions(Vec::new())).is_empty());
    }
}
