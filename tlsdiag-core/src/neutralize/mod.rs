//! Text that came from outside, made inert: a peer, a certificate, a file or a program may have put anything into it.
//!
//! A record keeps what was said. Whoever shows it, on a terminal, in a log, in HTML, as an error or as a `repr`, shows what
//! [`neutralize`] makes of it; what is written as JSON is written by [`json`](fn@json), which changes no value.

mod json;

use std::borrow::Cow;

pub use json::{json, write_json};

/// The text with every character that acts, or that nobody sees, written as an escape: `\n`, `\r`, `\t`, or `\u{202e}` with the
/// number in hexadecimal. Most texts have none, and are given back as they are.
///
/// What is escaped has no shape of its own: control characters (C0, DEL and C1), line and paragraph separators, and all that
/// Unicode says may be ignored when shown, among it the bidirectional controls, zero-width characters, variation selectors and
/// tags. Letters, marks and symbols of every script stay. So a text writes to nobody's terminal, stays on its line, is read in
/// the order in which it stands, and two texts that look alike are alike.
///
/// A backslash stays a backslash, since names in certificates are full of them (RFC 4514): to neutralize a text twice changes
/// nothing, and each exit can do it without a look at what was done before.
#[must_use]
pub fn neutralize(text: &str) -> Cow<'_, str> {
    let Some(first) = first_that_acts(text) else { return Cow::Borrowed(text) };
    let (head, tail) = text.split_at(first);
    let mut inert = String::with_capacity(text.len() + 16);
    inert.push_str(head);
    for c in tail.chars() {
        if acts(c) {
            inert.extend(c.escape_default());
        } else {
            inert.push(c);
        }
    }
    Cow::Owned(inert)
}

/// Where the first character stands that has to be escaped.
fn first_that_acts(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    text.char_indices().find(|(_, c)| acts(*c)).map(|(place, _)| place)
}

/// Whether a character does something, or is not seen: the categories Cc, Zl and Zp, the property
/// `Default_Ignorable_Code_Point` of Unicode 16 (DerivedCoreProperties.txt), and the controls of interlinear annotations.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_or_is_not_seen_is_escaped() {
        for (text, shown) in [
            ("\x1b[2J", r"\u{1b}[2J"),
            ("a\r\nb\tc", r"a\r\nb\tc"),
            ("\0\x07\x7f", r"\u{0}\u{7}\u{7f}"),
            ("\u{9b}31m\u{85}", r"\u{9b}31m\u{85}"),
            ("\u{2028}\u{2029}", r"\u{2028}\u{2029}"),
            ("moc.\u{202e}elpmaxe\u{202c}", r"moc.\u{202e}elpmaxe\u{202c}"),
            ("\u{61c}\u{200e}\u{200f}\u{2066}\u{2069}", r"\u{61c}\u{200e}\u{200f}\u{2066}\u{2069}"),
            ("exa\u{200b}mp\u{200d}le\u{2060}.\u{feff}", r"exa\u{200b}mp\u{200d}le\u{2060}.\u{feff}"),
            ("so\u{ad}ft \u{3164}\u{fe0f}", r"so\u{ad}ft \u{3164}\u{fe0f}"),
            ("\u{e0001}\u{e0041}\u{e007f}", r"\u{e0001}\u{e0041}\u{e007f}"),
        ] {
            assert_eq!(neutralize(text), shown);
            assert!(matches!(neutralize(shown), Cow::Borrowed(_)), "twice is once: {shown}");
        }
    }

    #[test]
    fn what_people_write_stays_and_costs_nothing() {
        for text in [
            "",
            "CN=www.example\\, inc.,O=\"Example\" <x>",
            "Größe, Łódź, e\u{301}té",
            "Πειραιάς Москва",
            "القاهرة ירושלים",
            "東京 서울 กรุงเทพ दिल्ली",
            "🦀 \u{a0}\u{3000}\u{fffd}",
        ] {
            assert!(matches!(neutralize(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
