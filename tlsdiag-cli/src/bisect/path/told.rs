//! What a server, or what lies before it, does not take, in words. They say what was tried and seen, and no more.

use std::process::ExitCode;

use tlsdiag_core::report::Record;

use super::super::answer::{fails_at_times, not_each_time, proof, verdict, write};
use super::super::log::Log;
use super::super::search::Found;
use super::super::words::listed;
use super::Probes;
use super::hello::{Change, Hello};
use crate::error::{self, Error};

pub(super) fn print(
    found: &Found<Change>,
    probes: &Probes,
    hello: &Hello,
    log: &Log<Change>,
) -> Result<ExitCode, Error> {
    let mut lines = Vec::new();
    let code = match found {
        Found::NothingFails => {
            lines.push(
                "It works with the ClientHello that OpenSSL makes and with one as large as a post-quantum key exchange makes it: \
                 there is nothing to search for."
                    .to_owned(),
            );
            error::HEALTHY
        }
        Found::FailsAtTimes { failed } => {
            lines.extend(fails_at_times(*failed));
            error::diagnosed()
        }
        Found::NeverConnected { .. } => return Err(Error::new("there is no record of an attempt")),
        Found::Changes { minimal, each } => {
            let change = clause(&minimal.changes, hello);
            lines.push(match probes.size_decides {
                true => format!("It works when the ClientHello is smaller: here, when {change}."),
                false => format!("It works when {change}."),
            });
            lines.push(proof(*each));
            lines.push(kind(&minimal.changes, probes, hello, log));
            lines.extend(verdict(log));
            error::HEALTHY
        }
        Found::NotEachTime { changes, without_it_worked } => {
            lines.extend(not_each_time(&clause(changes, hello), *without_it_worked));
            error::diagnosed()
        }
        Found::Unproven(changes) => {
            lines.push(format!(
                "It worked once, when {}; too few attempts were left to prove it: --attempts allows more.",
                clause(changes, hello)
            ));
            error::diagnosed()
        }
        Found::NothingHelps { all_tried } => {
            let more = if *all_tried { "" } else { "; not everything was tried: --attempts allows more" };
            lines.push(format!(
                "Nothing that can be varied here helps: all {} attempts failed{more}.",
                log.len()
            ));
            lines.extend(verdict(log));
            let has_no_name =
                hello.name.is_none() && log.verdict().and_then(Record::cause) == Some("sni.missing");
            lines.extend(
                has_no_name.then(|| "Try --servername NAME: an address alone names no server.".to_owned()),
            );
            error::diagnosed()
        }
    };
    write(&lines).map(|()| code)
}

/// What is changed.
pub(super) fn clause(changes: &[Change], hello: &Hello) -> String {
    let name = hello.name.as_deref().unwrap_or_default();
    let one = |change: &Change| match change {
        Change::NotLarge => "the ClientHello is small".to_owned(),
        Change::NoPostQuantum => {
            "the ClientHello offers no post-quantum key exchange, which makes it small".to_owned()
        }
        Change::NoTls13 => "the ClientHello does not offer TLS 1.3".to_owned(),
        Change::NoServerName => format!("the ClientHello does not name {name} in server_name"),
        Change::NoProtocols => "the ClientHello offers no application protocol (ALPN)".to_owned(),
        Change::NoTickets => "the ClientHello has no session_ticket extension".to_owned(),
        Change::SmallRecords => "the ClientHello comes in several TLS records".to_owned(),
        Change::SmallSegments => "no TCP segment is larger than 500 bytes".to_owned(),
        Change::AlsoTls12 => "the ClientHello also offers TLS 1.2".to_owned(),
        Change::AlsoTls10 => "the ClientHello also offers TLS 1.0 and TLS 1.1".to_owned(),
        Change::AllSuites => "the ClientHello offers all cipher suites".to_owned(),
        Change::LevelZero => "this client's security level is 0".to_owned(),
        Change::Padded => "the ClientHello is padded to the old size".to_owned(),
        Change::Greased => "the ClientHello has an empty extension that nobody knows".to_owned(),
        Change::Short => "the ClientHello offers few suites, groups and schemes, and TLS 1.3".to_owned(),
    };
    listed(&changes.iter().map(one).collect::<Vec<_>>())
}

/// What kind of server or middlebox that is.
fn kind(changes: &[Change], probes: &Probes, hello: &Hello, log: &Log<Change>) -> String {
    let how = how(log);
    let name = hello.name.as_deref().unwrap_or_default();
    let answered = log.verdict().is_some_and(|record| record.answer.is_some());
    if probes.size_decides {
        let tls13 = match probes.short {
            Some(true) => ", and a smaller one that offers TLS 1.3 is taken",
            _ => "",
        };
        return format!(
            "Its size decides: padded to the old size, the same ClientHello fails{tls13}. It, or something in the path, {how} a larger one."
        );
    }
    match changes {
        [Change::NotLarge | Change::NoPostQuantum] => match (probes.segments, probes.records) {
            (Some(true), _) if is_silent(log) => format!("The large one gets through in small TCP segments. {LOST}"),
            (Some(true), _) => format!("It, or something in the path, {how} a large ClientHello, and takes the same in small TCP segments."),
            (_, Some(true)) => format!(
                "It, or something in the path, {how} a large ClientHello in one TLS record, and takes the same in several records."
            ),
            _ => format!(
                "It, or something in the path, {how} a large ClientHello, also in small TCP segments and in small TLS records: \
                 it reads no more than a first part of it, or holds it for something else."
            ),
        },
        [Change::SmallSegments] if is_silent(log) => LOST.to_owned(),
        [Change::SmallSegments] => format!("It, or something in the path, {how} a ClientHello in one TCP segment."),
        [Change::SmallRecords] => format!("It, or something in the path, {how} a ClientHello in one TLS record."),
        [Change::NoTls13] if answered => {
            "The server takes the ClientHello, and the handshake of TLS 1.3 fails behind its ServerHello.".to_owned()
        }
        [Change::NoTls13] => format!(
            "It, or something in the path, {how} a ClientHello that offers TLS 1.3, though TLS 1.2 is offered with it: it is \
             intolerant of what it does not know."
        ),
        [Change::NoServerName] => {
            format!("It, or something in the path, {how} a ClientHello whose server_name is {name}: that name is filtered, or is none of the server's.")
        }
        [Change::NoProtocols] => {
            format!("It {how} a ClientHello with these application protocols: it has none of them, or does not know ALPN.")
        }
        [Change::AlsoTls12] => "It takes TLS 1.2 and does not take a ClientHello that offers TLS 1.3 alone.".to_owned(),
        _ if changes.iter().all(|change| *change >= Change::AlsoTls12) => {
            "To go on so is no remedy where it allows TLS 1.0 or 1.1, weak suites or a lower security level: that weakens this client for every server."
                .to_owned()
        }
        _ => "Each of these alone is not enough.".to_owned(),
    }
}

/// A path with a smaller MTU whose routers say nothing (RFC 2923 section 2.1).
const LOST: &str = "That is how a path shows that loses packets of full size, where its MTU is smaller and no ICMP says so: those of this \
                    client, or those of the server.";

/// Whether nothing at all came.
fn is_silent(log: &Log<Change>) -> bool {
    log.verdict().and_then(Record::cause) == Some(TIMEOUT)
}

const TIMEOUT: &str = "transport.timeout";

/// How it failed: what was seen of it.
fn how(log: &Log<Change>) -> &'static str {
    let Some(record) = log.verdict() else { return "does not take" };
    let cause = record.cause().unwrap_or_default();
    match (record.outcome.as_str(), record.by.as_deref()) {
        _ if cause == TIMEOUT => "is silent after",
        ("failed", Some("peer")) => "refuses, by an alert,",
        ("failed" | "abandoned", Some("transport")) => "closes or resets the connection at",
        _ => "does not take",
    }
}
