//! Paragraphs, items and tables for a terminal: readable at 80 columns and without colour, and inert whatever is put there.

use super::style::Style;
use super::unbroken::{bind, release};
use crate::neutralize::neutralize;

/// A page that grows line by line. Nothing comes to stand on it but through [`spans`](Page::spans), which neutralizes: whoever
/// shows one more field cannot forget it, and the only escape sequences are the page's own.
pub(crate) struct Page {
    text: String,
    pub(crate) style: Style,
}

/// A part of a line, and how it is painted where there are colours.
pub(crate) struct Span<'a> {
    text: &'a str,
    /// Parameters of SGR (ECMA-48, section 8.3.117).
    paint: Option<&'static str>,
}

/// A part of a line as the rest is.
pub(crate) fn plain(text: &str) -> Span<'_> {
    Span { text, paint: None }
}

/// A part that stands out.
pub(crate) fn bold(text: &str) -> Span<'_> {
    painted("1", text)
}

/// A part in a colour.
pub(crate) fn painted<'a>(paint: &'static str, text: &'a str) -> Span<'a> {
    Span { text, paint: Some(paint) }
}

/// Microseconds as they are shown, such as `2.7 ms`.
#[must_use]
pub fn milliseconds(micros: u64) -> String {
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}

impl Page {
    pub(crate) fn new(style: Style) -> Self {
        Page { text: String::new(), style }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn heading(&mut self, text: &str) {
        self.line("");
        self.spans(&[plain("  "), bold(text)]);
    }

    pub(crate) fn item(&mut self, text: &str) {
        self.paragraph_hanging("    - ", "      ", text);
    }

    pub(crate) fn paragraph(&mut self, indent: &str, text: &str) {
        self.paragraph_hanging(indent, indent, text);
    }

    pub(crate) fn paragraph_hanging(&mut self, first: &str, later: &str, text: &str) {
        let options = textwrap::Options::new(self.style.width)
            .initial_indent(first)
            .subsequent_indent(later)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        // Before it is wrapped: a line end that came from outside is none of the page's.
        for line in textwrap::wrap(&bind(&neutralize(text)), options) {
            self.line(&release(&line));
        }
    }

    /// Items behind one another, with commas, in so many lines at most: an item is never broken, and the last line takes what is left.
    pub(crate) fn flow(&mut self, indent: &str, items: &[String], most: usize) {
        let mut lines: Vec<String> = Vec::new();
        for item in items {
            let full = lines.len() == most;
            match lines.last_mut() {
                Some(line)
                    if full
                        || indent.len() + line.chars().count() + item.chars().count() + 2
                            < self.style.width =>
                {
                    line.push_str(", ");
                    line.push_str(item);
                }
                last => {
                    if let Some(line) = last {
                        line.push(',');
                    }
                    lines.push(item.clone());
                }
            }
        }
        for line in lines {
            self.line(&format!("{indent}{line}"));
        }
    }

    /// A line that is never wrapped, so that it can be copied.
    pub(crate) fn line(&mut self, line: &str) {
        self.spans(&[plain(line)]);
    }

    /// A line of several parts, never wrapped.
    pub(crate) fn spans(&mut self, spans: &[Span<'_>]) {
        let begin = self.text.len();
        for span in spans {
            let text = neutralize(span.text);
            match span.paint.filter(|_| self.style.color) {
                Some(paint) => self.text.extend(["\x1b[", paint, "m", &text, "\x1b[0m"]),
                None => self.text.push_str(&text),
            }
        }
        self.text.truncate(begin + self.text[begin..].trim_end().len());
        self.text.push('\n');
    }
}
