//! The clients, trouble first, with their handshakes.

use maud::{Markup, html};

use super::facts::clock;
use super::inert::breakable;
use crate::view::{Client, Entry, Overview, State};

/// How many handshakes there are of how many clients, and how far a file has been read.
pub(super) fn counts(overview: &Overview) -> Markup {
    let clients = overview.more_clients.saturating_add(overview.clients.len() as u64);
    html! {
        span #counts {
            (overview.handshakes) @if overview.handshakes == 1 { " handshake of " } @else { " handshakes of " }
            (clients) @if clients == 1 { " client" } @else { " clients" }
            @if let Some(read) = overview.indexed {
                " · " label {
                    (read / 10) " % read "
                    progress max="1000" value=(read) {}
                }
            }
        }
    }
}

/// The list at the side of a page.
pub(super) fn clients(overview: &Overview, shown: Option<u64>, follows: bool) -> Markup {
    html! {
        nav #clients aria-labelledby="clients-title" {
            h2 #clients-title { "Clients, trouble first" }
            @if shown.is_some() {
                p.small {
                    @if follows { "Shown: the newest trouble." } @else { a href="/" { "Show the newest trouble" } }
                }
            }
            @if overview.clients.is_empty() { p { "Nobody has connected yet." } }
            @for client in &overview.clients { (one(client, shown)) }
            @if overview.more_clients > 0 { p.small { "and " (overview.more_clients) " more" } }
            p.small.legend {
                @for state in State::ALL { span { (glyph(state)) " " (state.word()) } " " }
            }
        }
    }
}

fn one(client: &Client, shown: Option<u64>) -> Markup {
    let is_here = client.entries.iter().any(|entry| Some(entry.number) == shown);
    html! {
        section.card.client.here[is_here].(client.state.class()) {
            h3 { (client.title) }
            p.small { (client.about) }
            (pill(client.state, &client.standing))
            @if client.more > 0 { p.small { (client.more) " more before these" } }
            ol { @for entry in &client.entries { li { (link(entry, shown)) } } }
        }
    }
}

fn link(entry: &Entry, shown: Option<u64>) -> Markup {
    let current = (Some(entry.number) == shown).then_some("page");
    html! { a href={ "/handshake/" (entry.number) } aria-current=[current] { (line(entry)) } }
}

fn line(entry: &Entry) -> Markup {
    html! {
        (glyph(entry.state))
        time datetime=(entry.time) { (clock(&entry.time)) }
        span { span.unseen { (entry.state.word()) ": " } (breakable(&entry.verdict)) }
    }
}

/// The handshakes of the client that reads the page itself; there is nothing else that it could go to.
pub(super) fn earlier(client: &Client, shown: u64) -> Markup {
    html! {
        section.card aria-labelledby="earlier-title" {
            h2 #earlier-title { "Your connections" }
            p { (client.title) ", " (client.about) ": " (client.standing) }
            @if client.more > 0 { p.small { (client.more) " more before these" } }
            ol.plain {
                @for entry in &client.entries {
                    li { (line(entry)) @if entry.number == shown { " " b { "(this one)" } } }
                }
            }
        }
    }
}

/// A state's sign, in its colour; its word stands beside it.
pub(super) fn glyph(state: State) -> Markup {
    html! { span.g.(state.class()) aria-hidden="true" { (state.glyph()) } }
}

/// A state's sign with words of the handshake's own.
pub(super) fn pill(state: State, words: &str) -> Markup {
    html! { span.pill.(state.class()) { span aria-hidden="true" { (state.glyph()) " " } (words) } }
}
