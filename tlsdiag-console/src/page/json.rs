//! The record as JSON, for people: laid out in lines, with the same values.

use maud::{Markup, html};
use tlsdiag_core::neutralize;

use super::inert::lines;
use super::links::Links;
use crate::view::Shown;

/// So long a list or object may be that stands on one line.
const SHORT: usize = 100;

pub(super) fn record(shown: Shown<'_>, links: Links) -> Markup {
    // A record is made of what JSON has.
    let json = neutralize::json(shown.record).unwrap_or_default();
    html! {
        section.card aria-labelledby="json-title" {
            h2 #json-title { "The record" }
            details #json {
                summary { "The record as JSON (no key, no secret)" }
                @if links == Links::ToOthers {
                    p { a href={ "/handshake/" (shown.number) ".json" } { "as a file" } }
                }
                pre.long tabindex="0" role="group" aria-label="The record as JSON" { (lines(&laid_out(&json))) }
            }
        }
    }
}

/// JSON without blanks, laid out: what is short and holds nothing that has parts stays on its line.
fn laid_out(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut rest = json;
    let end_line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth));
    };
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        match first {
            '"' => {
                taken = string(rest);
                out.push_str(&rest[..taken]);
            }
            '{' | '[' => match short(rest) {
                Some(whole) => {
                    taken = whole.len();
                    spaced(whole, &mut out);
                }
                None => {
                    depth += 1;
                    out.push(first);
                    end_line(&mut out, depth);
                }
            },
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                end_line(&mut out, depth);
                out.push(first);
            }
            ',' => {
                out.push(',');
                end_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => out.push(first),
        }
        rest = &rest[taken..];
    }
    out
}

/// The length of the string that a text begins with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let is_end = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The list or object that a text begins with, if it is short and holds none.
fn short(text: &str) -> Option<&str> {
    let mut at = 1;
    while at < SHORT {
        match text.as_bytes().get(at)? {
            b'"' => at += string(&text[at..]),
            b'{' | b'[' => return None,
            b'}' | b']' => return Some(&text[..=at]),
            _ => at += 1,
        }
    }
    None
}

/// The same with a blank behind each comma and colon.
fn spaced(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if first == '"' { string(rest) } else { first.len_utf8() };
        out.push_str(&rest[..taken]);
        if matches!(first, ',' | ':') {
            out.push(' ');
        }
        rest = &rest[taken..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_laid_out_is_the_same() {
        let value = serde_json::json!({
            "a": [], "b": {}, "c": [{ "code": 1, "name": "x\"],{\\" }, { "code": 2, "name": "é\u{202e}" }],
            "d": { "e": "f".repeat(200), "g": [1, 2.5, -3, true, null] }, "h\\\"": "\\",
        });
        let json = neutralize::json(&value).expect("JSON");
        let shown = laid_out(&json);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value, "{shown}");
        assert!(shown.contains("{\"code\": 1, \"name\": \"x\\\"],{\\\\\"}"), "{shown}");
        assert!(shown.contains(r"\u202e"), "{shown}");
    }
}
