//! What makes a page inert, and how it gets line ends of its own.

use maud::{Markup, PreEscaped, html};
use tlsdiag_core::neutralize;

/// A line end of the page's own. As a reference it passes [`inert`]; one that came from outside is none.
const LINE_END: PreEscaped<&str> = PreEscaped("&#10;");

/// A part of a page with every character that acts, or that nobody sees, written as an escape: in texts and in attributes alike. What is
/// written there stands for nothing in HTML.
pub(super) fn inert(part: &Markup) -> Markup {
    PreEscaped(neutralize(&part.0).into_owned())
}

/// A text of several lines, for `pre`.
pub(super) fn lines(text: &str) -> Markup {
    html! {
        @for (at, line) in text.lines().enumerate() {
            @if at > 0 { (LINE_END) }
            (line)
        }
    }
}

/// A code such as `client_cert.unknown_issuer`, which may be broken behind its dots and underscores: copied, it is whole.
pub(super) fn breakable(code: &str) -> Markup {
    html! { @for part in code.split_inclusive(['.', '_']) { (part) wbr; } }
}

/// The beginning of a text, of so many characters at most.
pub(super) fn beginning(text: &str, most: usize) -> String {
    // As it will be shown: an escape is longer than the character.
    let text = neutralize(text);
    if text.chars().count() <= most {
        return text.into_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
