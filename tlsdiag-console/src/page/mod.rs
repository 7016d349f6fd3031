//! The pages, written from plain values. Whatever came from a peer or a file is escaped by `maud`, and made inert by `neutralize` before.

use maud::{DOCTYPE, Markup, html};

use crate::view::{Overview, Shown};

/// A whole page: the clients at one side, and at the other the handshake that is shown, or what to do while there is none.
#[must_use]
pub fn console(overview: &Overview, shown: Option<Shown<'_>>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" { head { meta charset="utf-8"; title { "tlsdiag" } } body {
            p { (overview.handshakes) " handshakes" }
            @if let Some(shown) = shown { h1 { (shown.record.verdict()) } }
        } }
    }
}

/// The page of one handshake alone, for the client that made it and got through.
#[must_use]
pub fn own(shown: Shown<'_>) -> Markup {
    console(&Overview::default(), Some(shown))
}

/// The value of the header `Content-Security-Policy` for these pages: nothing from elsewhere, and the styles and scripts that are in
/// them by their hashes.
#[must_use]
pub fn content_security_policy() -> String {
    "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        .to_owned()
}
