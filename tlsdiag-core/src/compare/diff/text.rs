//! A difference for people at a terminal.

use std::io::{self, Write};

use super::{Difference, Row};
use crate::neutralize::neutralize;
use crate::report::page::{Page, bold, plain};
use crate::report::text::Style;

/// As wide as the names of facts.
const NAMES: usize = 20;

/// What stands for a value that is the other one's too.
const SAME: &str = "the same";

/// More values than this, where both have them, are counted and not listed.
const MOST: usize = 8;

impl Difference {
    /// Writes it, with an empty line behind it: what explains the outcome, the facts side by side, and what differs.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write, style: Style) -> io::Result<()> {
        let mut page = Page::new(style);
        page.paragraph("", &self.summary);
        page.heading("Side by side");
        page.columns("", "A", "B");
        for fact in &self.facts {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            let (left, right) = (value(&fact.left), value(&fact.right));
            let right = if left == right { SAME } else { &right };
            page.columns(fact.name, &left, right);
        }
        if !self.differences.is_empty() {
            page.heading("What differs");
            for row in &self.differences {
                page.row(row);
            }
        }
        if !self.same.is_empty() {
            page.heading("What is the same");
            page.paragraph("    ", &self.same.join(", "));
        }
        page.line("");
        out.write_all(page.into_text().as_bytes())
    }
}

impl Page {
    /// A name and two cells, each wrapped in its half of the width; below each other where one holds a word that is wider:
    /// a code that is cut in two can be neither searched nor copied.
    fn columns(&mut self, name: &str, left: &str, right: &str) {
        let (left, right) = (neutralize(left), neutralize(right));
        let half = (self.style.width.saturating_sub(4 + NAMES + 2) / 2).max(12);
        let layout = |width| {
            textwrap::Options::new(width)
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .break_words(false)
        };
        let wrap =
            |text| textwrap::wrap(text, layout(half)).into_iter().map(|line| line.into_owned()).collect();
        let (these, those): (Vec<String>, Vec<String>) = (wrap(&left), wrap(&right));
        if these.iter().any(|line| textwrap::core::display_width(line) > half) {
            let indent = " ".repeat(4 + NAMES);
            if right == SAME {
                self.paragraph_hanging(&format!("    {name:<NAMES$}"), &indent, &format!("{left}, at both"));
                return;
            }
            self.paragraph_hanging(&format!("    {name:<NAMES$}A  "), &format!("{indent}   "), &left);
            self.paragraph_hanging(&format!("{indent}B  "), &format!("{indent}   "), &right);
            return;
        }
        for line in 0..these.len().max(those.len()) {
            let part = |cell: &[String]| cell.get(line).cloned().unwrap_or_default();
            let name = if line == 0 { name } else { "" };
            let pad = " ".repeat(half - textwrap::core::display_width(&part(&these)));
            self.line(&format!("    {name:<NAMES$}{}{pad}  {}", part(&these), part(&those)));
        }
    }

    fn row(&mut self, row: &Row) {
        let mark = if row.explains { "  <- this explains it" } else { "" };
        self.spans(&[plain("    "), bold(row.field), plain(mark)]);
        let mut values = |name: &str, values: &[String]| {
            self.paragraph_hanging(&format!("      {name:<8}"), "              ", &values.join(", "));
        };
        let single = row.both.is_empty() && row.only_left.len() <= 1 && row.only_right.len() <= 1;
        let none = ["none".to_owned()];
        let or_none = |values: &'_ [String]| if values.is_empty() { none.to_vec() } else { values.to_vec() };
        if single || row.both.is_empty() {
            values("A", &or_none(&row.only_left));
            values("B", &or_none(&row.only_right));
            return;
        }
        if !row.only_left.is_empty() {
            values("only A", &row.only_left);
        }
        if !row.only_right.is_empty() {
            values("only B", &row.only_right);
        }
        if row.reordered {
            values("both", &["the same, in another order".to_owned()]);
        } else if row.both.len() > MOST {
            values("both", &[format!("{} more", row.both.len())]);
        } else {
            values("both", &row.both);
        }
    }
}
