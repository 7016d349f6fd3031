//! What stdout is: a terminal with its width and colours, or a pipe without.

use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use comfy_table::{Table, presets};
use tlsdiag_core::report::text::Style;

use crate::args::Color;

/// Wider lines than this are hard to read, however wide the terminal is.
const WIDEST: usize = 100;

/// How reports are laid out: with colours only where `--color` or a terminal asks for them (and NO_COLOR does not
/// forbid them), as wide as the terminal.
pub(crate) fn style(color: Color) -> Style {
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
    };
    let style = Style::default().with_color(color);
    match columns() {
        Some(columns) => style.with_width(columns.min(WIDEST)),
        None => style,
    }
}

/// A table without a frame. Its cells are never broken: a code that is cut in two can be neither searched nor copied.
pub(crate) fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table
}

/// The lines of a table, without the blanks that its missing frame leaves.
pub(crate) fn lines(table: &Table) -> String {
    table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned() + "\n").collect()
}

/// The terminal's width; `None` where stdout is no terminal.
pub(crate) fn columns() -> Option<usize> {
    let stdout = io::stdout();
    stdout
        .is_terminal()
        .then(|| terminal_size::terminal_size_of(&stdout))
        .flatten()
        .map(|(width, _)| width.0.into())
}
