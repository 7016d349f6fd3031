//! The options of `tlsdiag console`, and of the console beside what records.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Args;

pub(super) const NOTES: &str = "The newest handshakes are there at once, the others behind them, and what is appended to the files \
meanwhile, also after they were rotated. It is shown to this machine alone, until Ctrl-C.";

#[derive(Debug, Args)]
pub(crate) struct ConsoleArguments {
    /// Where the page is to be found on this machine; a free port unless it is given
    #[arg(long, value_name = "PORT", default_value = "0", hide_default_value = true)]
    pub(crate) port: u16,
    /// Open it in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// Files of JSON lines, one handshake a line, or recordings; - is stdin
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// Beside what records.
#[derive(Debug, Default, Args)]
pub(crate) struct ConsoleOptions {
    /// Show the handshakes in a browser of this machine, at this port; a free one unless it is given
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pub(crate) console: Option<u16>,
    /// Open that page in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

/// Whether a word is the value of `--console`: else it is the command that is run, say.
pub(super) fn is_port(word: &OsStr) -> bool {
    let bytes = word.as_encoded_bytes();
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// The option with its value.
pub(super) fn with_port(port: &OsStr) -> OsString {
    let mut option = OsString::from("--console=");
    option.push(port);
    option
}

/// Makes one word of `--console` and its port, among the options that come first; `takes_value` knows the others.
pub(super) fn joined(words: Vec<OsString>, takes_value: impl Fn(&str) -> bool) -> Vec<OsString> {
    let mut joined = Vec::with_capacity(words.len());
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let option = word.to_str().and_then(|word| word.strip_prefix("--")).filter(|name| !name.is_empty());
        match option {
            None if !word.as_encoded_bytes().starts_with(b"-") || word == "--" => {
                joined.push(word);
                joined.extend(words);
                break;
            }
            Some("console") => match words.next_if(|next| is_port(next)) {
                Some(port) => joined.push(with_port(&port)),
                None => joined.push(word),
            },
            option => {
                let value = option.is_some_and(&takes_value);
                joined.push(word);
                joined.extend(words.next_if(|_| value));
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let words = joined(text.split(' ').map(OsString::from).collect(), |name| name == "jsonl");
        words.into_iter().map(|word| word.into_string().expect("text")).collect()
    }

    #[test]
    fn only_a_number_is_the_port() {
        assert_eq!(words("--console 8080 nginx"), ["--console=8080", "nginx"]);
        assert_eq!(words("--console nginx 8080"), ["--console", "nginx", "8080"]);
        assert_eq!(words("--jsonl --console 80 x"), ["--jsonl", "--console", "80", "x"]);
        assert_eq!(
            words("--quiet --console -- x --console 1"),
            ["--quiet", "--console", "--", "x", "--console", "1"]
        );
        assert_eq!(words("x --console 1"), ["x", "--console", "1"]);
        assert_eq!(words("--console=7 --open --console 8"), ["--console=7", "--open", "--console=8"]);
    }
}
