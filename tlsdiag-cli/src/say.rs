//! What is said on stderr, under our name, and printed on stdout: line by line, and inert, since names of files, and what stands in them,
//! come from outside.

use std::fmt::Arguments;
use std::io::{self, Write, stderr};

use tlsdiag_core::neutralize;
use tlsdiag_core::neutralize::json;
use tlsdiag_core::report::{Record, text};

use crate::error::Error;

/// Says a sentence on stderr. Where nobody reads it any more nothing comes of it: the work that it is about goes on, and the exit status
/// stays what it would have been, while `eprintln` would panic.
macro_rules! say {
    ($($words:tt)*) => { $crate::say::line(format_args!($($words)*)) };
}
pub(crate) use say;

/// Prints a line to what is given first; `writeln`, which would print anything, is forbidden here (`clippy.toml`).
macro_rules! print_line {
    ($out:expr) => { $crate::say::print($out, format_args!("")) };
    ($out:expr, $($words:tt)*) => { $crate::say::print($out, format_args!($($words)*)) };
}
pub(crate) use print_line;

/// In one piece, so that sentences of several threads do not mix.
pub(crate) fn line(words: Arguments<'_>) {
    let _ = stderr().write_all(format!("tlsdiag: {}\n", neutralize(&words.to_string())).as_bytes());
}

/// Prints a handshake's report on stderr, in one piece.
pub(crate) fn report(record: &Record, style: text::Style) {
    let mut page = Vec::new();
    if text::write(record, &mut page, style).is_ok() {
        let _ = stderr().write_all(&page);
    }
}

pub(crate) fn print(out: &mut (impl Write + ?Sized), words: Arguments<'_>) -> io::Result<()> {
    out.write_all(format!("{}\n", neutralize(&words.to_string())).as_bytes())
}

/// Prints a value as JSON, on one line.
pub(crate) fn print_json(out: &mut impl Write, value: &serde_json::Value) -> Result<(), Error> {
    let mut line = json(value).map_err(|cause| Error::output(cause.into()))?;
    line.push('\n');
    out.write_all(line.as_bytes()).map_err(Error::output)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_is_one_line() {
        let mut out = Vec::new();
        print_line!(&mut out, "{} and {}", "a\x1b[2J\n", "b\u{202e}").expect("memory is never full");
        assert_eq!(out, b"a\\u{1b}[2J\\n and b\\u{202e}\n");
    }
}
