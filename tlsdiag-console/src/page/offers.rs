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
    chosen: Option<&'a Code>,
}

/// The kinds of causes that these lists decide.
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
                        @if !line.offered.is_empty() { (listed(&line, is_server)) }
                        @if line.what == "versions" { (limits(&record.local, is_server)) }
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
    let line = |what, offered, chosen| Line { what, offered, here: None, chosen };
    let list = |list: &'a Option<Vec<Code>>| list.as_deref().unwrap_or_default();
    let group = answer.and_then(|answer| answer.group.as_ref());
    let suites = Line {
        here: Some(&local.cipher_suites),
        ..line("cipher suites", &offer.cipher_suites, answer.map(|answer| &answer.cipher_suite))
    };
    [
        line("versions", &offer.versions, answer.map(|answer| &answer.version)),
        suites,
        line("groups", list(&offer.groups), group),
        line("key shares", list(&offer.key_shares), None),
        line(
            "signature schemes",
            list(&offer.signature_schemes),
            answer.and_then(|answer| answer.signature_scheme.as_ref()),
        ),
    ]
}

/// What both have stands out, and so does what was chosen.
fn listed(line: &Line<'_>, is_server: bool) -> Markup {
    let here = line.here.filter(|_| is_server);
    let is_in = |list: Option<&[Code]>, code: &Code| {
        list.is_some_and(|list| list.iter().any(|one| one.code == code.code))
    };
    let is_chosen = |code: &Code| line.chosen.is_some_and(|chosen| chosen.code == code.code);
    html! {
        tr {
            th scope="row" { (line.what) }
            td { (names(line.offered, |code| is_chosen(code) || is_in(here, code))) }
            @if is_server {
                td { @if let Some(here) = here { (names(here, |code| is_chosen(code) || is_in(Some(line.offered), code))) } }
            }
            td { @if let Some(chosen) = line.chosen { "✓ " (chosen.name) } }
        }
    }
}

/// The versions that a server is set to.
fn limits(local: &LocalRecord, is_server: bool) -> Markup {
    let limit = |code: &Option<Code>, default: &str| {
        code.as_ref().map_or_else(|| default.to_owned(), |code| code.name.clone())
    };
    html! {
        @if is_server && (local.minimum_version.is_some() || local.maximum_version.is_some()) {
            tr {
                th scope="row" { "limits" }
                td {}
                td {
                    (limit(&local.minimum_version, "the library's lowest")) " to "
                    (limit(&local.maximum_version, "the library's highest"))
                }
                td {}
            }
        }
    }
}

fn named(record: &Record, offer: &OfferRecord, is_server: bool) -> Markup {
    let protocols = offer.alpn.iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let line = |what: &str, offered: &str, chosen: Option<&str>| {
        html! {
            tr {
                th scope="row" { (what) }
                td { (offered) }
                @if is_server { td {} }
                td { @if let Some(chosen) = chosen { "✓ " (chosen) } }
            }
        }
    };
    html! {
        @if let Some(name) = &offer.server_name { (line("server name", name, None)) }
        @if !protocols.is_empty() {
            (line("ALPN", &row(protocols.iter().copied(), ", "), record.tls.next_protocol.as_deref()))
        }
        @if !offer.extensions.is_empty() {
            (line("extensions", &row(offer.extensions.iter().map(|extension| &*extension.name), ", "), None))
        }
        @if let Some(ja4) = &record.tls.client.ja4 { (line("fingerprint (JA4)", ja4, None)) }
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
