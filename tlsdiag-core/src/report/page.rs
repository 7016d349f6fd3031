//! Paragraphs, items and tables for a terminal: readable at 80 columns and without colour.

use std::borrow::Cow;

use super::text::Style;

/// A page that grows line by line.
pub(crate) struct Page {
    text: String,
    pub(crate) style: Style,
}

/// Whatever a peer put into a name must not write to the reader's terminal.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(
            text.chars()
                .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
                .collect(),
        )
    } else {
        Cow::Borrowed(text)
    }
}

/// Microseconds, shown.
pub(crate) fn milliseconds(micros: u64) -> String {
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
        let text = self.style.bold(text);
        self.line(&format!("  {text}"));
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
            .break_words(false);
        for line in textwrap::wrap(&clean(text), options) {
            self.line(&line);
        }
    }

    /// A remedy: a sentence, or a line for one kind of software.
    pub(crate) fn advice(&mut self, stack: &str, line: &str, note: Option<&str>) {
        if stack == "any" {
            self.item(line);
        } else {
            // A line to be copied is never wrapped.
            for (place, line) in line.lines().enumerate() {
                let stack = if place == 0 { stack } else { "" };
                self.line(&format!("      {stack:<12} {}", clean(line)));
            }
        }
        if let Some(note) = note {
            self.paragraph("                   ", &format!("({note})"));
        }
    }

    /// A line as it is: never wrapped, so that it can be copied.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}
