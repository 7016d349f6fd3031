//! JSON that is inert when somebody lets a terminal show it, with the same values.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::{acts, first_that_acts};

/// A value as JSON on one line. What [`neutralize`](fn@super::neutralize) escapes stands there as `\u202e`, which any reader of
/// JSON takes for the character itself: serde_json escapes of the control characters those of ASCII alone.
///
/// # Errors
///
/// Those of the value's own serialization.
pub fn json<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    let mut text = Vec::with_capacity(128);
    write_json(value, &mut text)?;
    // The serializer writes whole texts, and what we add is ASCII.
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

/// The same, written to `out`.
///
/// # Errors
///
/// Those of the value's own serialization, and of `out`.
pub fn write_json<T: Serialize + ?Sized>(value: &T, out: &mut impl Write) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Inert))
}

/// Compact, as serde_json has it, but for what is escaped.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, mut text: &str) -> io::Result<()> {
        while let Some(first) = first_that_acts(text) {
            let (head, tail) = text.split_at(first);
            out.write_all(head.as_bytes())?;
            text = tail.trim_start_matches(acts);
            for unit in tail[..tail.len() - text.len()].encode_utf16() {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        out.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn the_text_is_inert_and_the_value_is_the_same() {
        let value = json!({
            "name\u{2028}": ["\x1b[2J\u{9b}\u{7f}", "a\"\\b\u{202e}\u{2066}c", "\u{e0041}é🦀", 1.5, null, "\u{200b}"],
        });
        let text = super::json(&value).expect("JSON");
        let shown = r#"{"name\u2028":["\u001b[2J\u009b\u007f","a\"\\b\u202e\u2066c","\udb40\udc41é🦀",1.5,null,"\u200b"]}"#;
        assert_eq!(text, shown);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
        assert_eq!(super::json("plain").expect("JSON"), "\"plain\"");
    }
}
