//! What stdout and stderr are: a terminal with its width and colours, or a pipe without.

use std::io;
use std::os::fd::AsFd;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use comfy_table::{Table, presets};
use tlsdiag_core::report::text::Style;

use crate::args::Color;

/// Wider lines than this are hard to read, however wide the terminal is.
const WIDEST: usize = 100;

/// How reports are laid out on stdout: with colours only where `--color` or a terminal asks for them (and NO_COLOR does
/// not forbid them), as wide as the terminal.
pub(crate) fn on_stdout(color: Color) -> Style {
    style(color, &io::stdout())
}

/// Likewise on stderr.
pub(crate) fn on_stderr(color: Color) -> Style {
    style(color, &io::stderr())
}

fn style(color: Color, stream: &(impl RawStream + AsFd)) -> Style {
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(stream) != ColorChoice::Never,
    };
    let style = Style::default().with_color(color);
    match width(stream) {
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

/// The width of the terminal that stdout is; `None` where it is none.
pub(crate) fn columns() -> Option<usize> {
    width(&io::stdout())
}

fn width(stream: &(impl RawStream + AsFd)) -> Option<usize> {
    let terminal = stream.is_terminal().then(|| terminal_size::terminal_size_of(stream)).flatten();
    terminal.map(|(width, _)| width.0.into())
}
