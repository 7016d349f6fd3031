//! The pages, written from plain values: a file for each thing that a page shows.
//!
//! Whatever came from a peer or a file is escaped by `maud`, and the whole is made inert ([`inert`]) before styles and scripts join it:
//! whoever shows one more field cannot forget it. Nothing is loaded from elsewhere, and nothing is in an attribute that acts: styles and
//! scripts are the three texts of this folder, whose hashes the policy names.

mod advice;
mod beside;
mod chains;
mod clients;
mod facts;
mod finding;
mod inert;
mod json;
mod ladder;
mod links;
mod offers;
mod policy;
mod schemes;
mod shown;
mod state;
mod texts;
mod verdict;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::inert::inert;
use self::links::Links;
pub use self::policy::content_security_policy;
use self::texts::{COPY, LIVE, STYLE};
use crate::view::{Overview, Shown};

/// A whole page: the clients at one side, and at the other the handshake that is shown, or what to do while there is none.
#[must_use]
pub fn console(overview: &Overview, shown: Option<Shown<'_>>) -> Markup {
    let title = shown.map_or_else(|| "tlsdiag".to_owned(), |shown| verdict::title(shown.record));
    let number = shown.map(|shown| shown.number);
    let follows = shown.is_none_or(|shown| shown.follows);
    let listens = overview.live || overview.indexed.is_some();
    let body = html! {
        (skip_link())
        header {
            a.brand href="/" { "tlsdiag" }
            @for source in &overview.source { span { (source) } }
            (clients::counts(overview))
            @if listens { span #live { "reload the page for what is new" } }
        }
        div.grid {
            (clients::clients(overview, number, follows))
            main #shown data-follows[follows] {
                @match shown {
                    Some(shown) => (shown::shown(shown, Links::ToOthers)),
                    None => (nothing_yet(overview)),
                }
            }
        }
    };
    let scripts = if listens { &[COPY, LIVE][..] } else { &[COPY][..] };
    document(&title, verdict::icon(shown.map(|shown| shown.record)), &body, scripts)
}

/// The page of one handshake alone, for the client that made it and got through.
#[must_use]
pub fn own(shown: Shown<'_>) -> Markup {
    let body = html! {
        (skip_link())
        header { span.brand { "tlsdiag" } span { "this connection, as the server saw it" } }
        main.alone #shown {
            (shown::shown(shown, Links::None))
            @if let Some(client) = shown.client { (clients::earlier(client, shown.number)) }
        }
    };
    document(&verdict::title(shown.record), verdict::icon(Some(shown.record)), &body, &[COPY])
}

fn skip_link() -> Markup {
    html! { a.skip href="#verdict" { "To the verdict" } }
}

fn nothing_yet(overview: &Overview) -> Markup {
    html! {
        section #verdict.card aria-labelledby="verdict-title" {
            h1 #verdict-title { "No handshake yet" }
            @if overview.live {
                p { "Let the client connect: its handshake comes up here when it ends, above all when it fails." }
            } @else if overview.indexed.is_some() {
                p { "What is there is being read." }
            } @else {
                p { "There is no record of any." }
            }
        }
    }
}

fn document(title: &str, icon: &str, body: &Markup, scripts: &[&str]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                (inert(&html! { title { (title) } link #icon rel="icon" href=(icon); }))
                style { (PreEscaped(STYLE)) }
            }
            body {
                (inert(body))
                // Outside of what is replaced, so that a reader of the screen hears of it.
                p #news.unseen role="status" {}
                @for script in scripts { script { (PreEscaped(script)) } }
            }
        }
    }
}
