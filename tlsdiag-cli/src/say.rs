//! What is said on stderr, under our name.

use std::fmt::Arguments;
use std::io::{Write, stderr};

/// Says a sentence on stderr. Where nobody reads it any more nothing comes of it: the work that it is about goes on, and the exit status
/// stays what it would have been, while `eprintln` would panic.
macro_rules! say {
    ($($words:tt)*) => { $crate::say::line(format_args!($($words)*)) };
}
pub(crate) use say;

/// In one piece, so that sentences of several threads do not mix.
pub(crate) fn line(words: Arguments<'_>) {
    let _ = stderr().write_all(format!("tlsdiag: {words}\n").as_bytes());
}
