//! What the client offered, what this side is set to, and what was chosen.

use maud::{Markup, html};
use tlsdiag_core::report::{AnswerRecord, CertificateRequestRecord, Code, LocalRecord, OfferRecord, Record};

use super::facts::{names, row};

/// A list of the hello, what stands against it, and what came of it.
struct Line<'a> {
    what: &'static str,
    offered: &'a [Code],
    /// What this side is set to, where the record says so.
    here: Option<&'a [Code]>,
    /// Causes that this decides begin so.
    decides: &'static str,
    chosen: Option<&'a Code>,
}

/// The kinds of causes that what was offered decides.
const DECIDES: [&str; 5] = ["version.", "cipher.", "group.", "alpn.", "sni."];

pub(super) fn offers(record: &Record) -> Markup {
    let cause = record.cause().unwrap_or_default();
    let is_open = DECIDES.iter().any(|kind| cause.starts_with(kind));
    html! {
        @if let Some(offer) = &record.offer {
            section.card aria-labelledby="offers-title" {
                h2 #offers-title { "What was offered" }
                details #offers open[is_open] {
                    summary { "What the client offered, and what was chosen" }
                    (table(record, offer))
                    @if let Some(request) = &record.certificate_request { (asked(request)) }
                }
            }
        }
    }
}

fn table(record: &Record, offer: &OfferRecord) -> Markup {
    let is_server = record.role == "server";
    html! {
        div.scroll tabindex="0" role="group" aria-label="Offers" {
            table.offers {
                thead {
                    tr {
                        th scope="col" { "" span.unseen { "what" } }
                        th scope="col" { @if is_server { "the client offered" } @else { "this client offered" } }
                        @if is_server { th scope="col" { "this server is set to" } }
                        th scope="col" { "chosen" }
                    }
                }
                tbody {
                    @for line in lines(offer, record.answer.as_ref(), &record.local) {
                        @if !line.offered.is_empty() { (listed(&line, record)) }
                    }
                    (named(record, offer, is_server))
                }
            }
        }
    }
}

fn lines<'a>(
    offer: &'a OfferRecord,
    answer: Option<&'a AnswerRecord>,
    local: &'a LocalRecord,
) -> [Line<'a>; 5] {
    let list = |list: &'a Option<Vec<Code>>| list.as_deref().unwrap_or_default();
    let line = |what, decides, offered, chosen| Line { what, offered, here: None, decides, chosen };
    let chosen = |code: fn(&AnswerRecord) -> Option<&Code>| answer.and_then(code);
    let suites = chosen(|answer| Some(&answer.cipher_suite));
    [
        line("versions", "version.", &offer.versions, chosen(|answer| Some(&answer.version))),
        Line {
            here: Some(&local.cipher_suites),
            ..line("cipher suites", "cipher.", &offer.cipher_suites, suites)
        },
        line("groups", "group.", list(&offer.groups), chosen(|answer| answer.group.as_ref())),
        line("key shares", "group.", list(&offer.key_shares), None),
        line(
            "signature schemes",
            "sigalg.no_overlap",
            list(&offer.signature_schemes),
            chosen(|answer| answer.signature_scheme.as_ref()),
        ),
    ]
}

/// What both have stands out, and so does what was chosen.
fn listed(line: &Line<'_>, record: &Record) -> Markup {
    let is_server = record.role == "server";
    let here = line.here.filter(|_| is_server);
    let is_in = |list: Option<&[Code]>, code: &Code| {
        list.is_some_and(|list| list.iter().any(|one| one.code == code.code))
    };
    let is_chosen = |code: &Code| line.chosen.is_some_and(|chosen| chosen.code == code.code);
    let decides = record.cause().is_some_and(|cause| cause.starts_with(line.decides));
    html! {
        tr.hit[decides] {
            th scope="row" { (line.what) }
            td { (names(line.offered, |code| is_chosen(code) || is_in(here, code))) }
            @if is_server {
                td {
                    @if let Some(here) = here {
                        (names(here, |code| is_chosen(code) || is_in(Some(line.offered), code)))
                    } @else if line.what == "versions" { (limits(&record.local)) }
                }
            }
            td { @if let Some(chosen) = line.chosen { "✓ " (chosen.name) } }
        }
    }
}

/// The versions that a server is set to; nothing where that is left to its library.
fn limits(local: &LocalRecord) -> String {
    let (lowest, highest) = (local.minimum_version.as_ref(), local.maximum_version.as_ref());
    if lowest.is_none() && highest.is_none() {
        return String::new();
    }
    let limit = |code: Option<&Code>, default: &str| {
        code.map_or_else(|| default.to_owned(), |code| code.name.clone())
    };
    format!("{} to {}", limit(lowest, "the library's lowest"), limit(highest, "the library's highest"))
}

fn named(record: &Record, offer: &OfferRecord, is_server: bool) -> Markup {
    let protocols = offer.alpn.iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let cause = record.cause().unwrap_or_default();
    let line = |what: &str, decides: &str, offered: &str, chosen: Option<&str>| {
        html! {
            tr.hit[cause.starts_with(decides)] {
                th scope="row" { (what) }
                td { (offered) }
                @if is_server { td {} }
                td { @if let Some(chosen) = chosen { "✓ " (chosen) } }
            }
        }
    };
    html! {
        @if let Some(name) = &offer.server_name { (line("server name", "sni.", name, None)) }
        @if !protocols.is_empty() {
            (line("ALPN", "alpn.", &row(protocols.iter().copied(), ", "), record.tls.next_protocol.as_deref()))
        }
        @if !offer.extensions.is_empty() {
            (line("extensions", "ech.", &row(offer.extensions.iter().map(|extension| &*extension.name), ", "), None))
        }
        @if let Some(ja4) = &record.tls.client.ja4 { (line("fingerprint (JA4)", "-", ja4, None)) }
    }
}

/// What the server asked of the client's certificate, but for the schemes, which stand for themselves.
fn asked(request: &CertificateRequestRecord) -> Markup {
    html! {
        h3 { "What the server asked of the client's certificate" }
        ul.evidence {
            @if let Some(types) = &request.certificate_types { li { b { "types" } ": " (names(types, |_| false)) } }
            li {
                b { "CAs" } ": "
                @if request.authorities.is_empty() { "any" } @else { (row(request.authorities.iter().map(String::as_str), " | ")) }
            }
        }
    }
}
