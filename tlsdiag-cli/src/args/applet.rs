//! The options of `tlsdiag s_server` and `tlsdiag s_client`: ours, and OpenSSL's as they stand.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Args;

use super::console::{self, ConsoleOptions};

pub(super) const SERVER_NOTES: &str = "This is the installed OpenSSL's own s_server, recorded: every option that it has, with one \
dash, goes to it as it is (-help lists them), and so do its output, its exit status and the address where it listens. What is \
added has two dashes and is listed here. The report of each handshake comes on stderr when that has ended.\n\nWithout -cert, \
and where no server.pem lies here, a CA, a server certificate and a client certificate are made in the folder given by --pki, \
or found there.";

pub(super) const CLIENT_NOTES: &str = "This is the installed OpenSSL's own s_client, recorded: every option that it has, with one \
dash, goes to it as it is (-help lists them), and so do its output and its exit status. What is added has two dashes and is \
listed here. The report of the handshake comes on stderr when that has ended.";

/// What is added to either.
#[derive(Debug, Args)]
pub(crate) struct Added {
    /// Append each handshake to this file, in JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) jsonl: Option<PathBuf>,
    /// Warn of certificates that end within so many days
    #[arg(long = "expires-within", value_name = "DAYS")]
    pub(crate) expires_within: Option<u32>,
    /// One line a handshake instead of its report
    #[arg(long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) console: ConsoleOptions,
    /// The openssl to run, instead of the one in PATH
    #[arg(long, value_name = "FILE", default_value = "openssl", hide_default_value = true)]
    pub(crate) openssl: PathBuf,
    /// Options of OpenSSL's own
    #[arg(last = true, value_name = "OPTIONS OF OPENSSL")]
    pub(crate) words: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct ServerAppletArguments {
    #[command(flatten)]
    pub(crate) added: Added,
    /// Where the certificates are made if none is named
    #[arg(long, value_name = "DIR", default_value = "tlsdiag-pki")]
    pub(crate) pki: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ClientAppletArguments {
    #[command(flatten)]
    pub(crate) added: Added,
}

/// Which of our options take a value. Those that people wrote with one dash before still are ours so.
const VALUED: [(&str, bool); 5] =
    [("jsonl", true), ("pki", true), ("openssl", false), ("expires-within", false), ("color", false)];
const FLAGS: [&str; 5] = ["quiet", "full", "help", "console", "open"];

/// Puts our options before a `--` and OpenSSL's after it. `words` follow the name of the command.
pub(super) fn ours_first(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        match added(&word) {
            None => theirs.push(word),
            Some((name, None, true)) => {
                ours.push(format!("--{name}").into());
                ours.extend(words.next());
            }
            Some((name, Some(value), _)) => {
                let mut option = OsString::from(format!("--{name}="));
                option.push(value);
                ours.push(option);
            }
            Some(("console", None, false)) => match words.next_if(|next| console::is_port(next)) {
                Some(port) => ours.push(console::with_port(&port)),
                None => ours.push(word),
            },
            Some((name, None, false)) => ours.push(format!("--{name}").into()),
        }
    }
    ours.push("--".into());
    ours.extend(theirs);
    ours
}

/// Its name, its value if it has one with it, and whether it takes one; `None` where it is OpenSSL's.
fn added(word: &OsStr) -> Option<(&str, Option<&str>, bool)> {
    let word = word.to_str()?;
    let (name, two) = match word.strip_prefix("--") {
        Some(name) => (name, true),
        None => (word.strip_prefix('-')?, false),
    };
    let (name, value) = match name.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (name, None),
    };
    let valued = VALUED.iter().any(|(known, with_one)| *known == name && (two || *with_one));
    (valued || (two && FLAGS.contains(&name))).then_some((name, value, valued))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(words: &[&str]) -> Vec<String> {
        let words = ours_first(words.iter().map(OsString::from));
        words.into_iter().map(|word| word.into_string().expect("text")).collect()
    }

    #[test]
    fn one_dash_is_openssls_and_two_are_ours() {
        assert_eq!(
            sorted(&[
                "-accept", "1", "--quiet", "-quiet", "--jsonl", "f", "-www", "--full", "-cipher", "-ALL"
            ]),
            ["--quiet", "--jsonl", "f", "--full", "--", "-accept", "1", "-quiet", "-www", "-cipher", "-ALL"]
        );
        assert_eq!(
            sorted(&["-jsonl", "f", "-pki=d", "--openssl=/x", "-state", "host:1"]),
            ["--jsonl", "f", "--pki=d", "--openssl=/x", "--", "-state", "host:1"]
        );
        // What OpenSSL takes with two dashes stays its own.
        assert_eq!(sorted(&["--accept", "1", "-help", "--help"]), ["--help", "--", "--accept", "1", "-help"]);
    }
}
