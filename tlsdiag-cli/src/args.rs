//! The command line, as clap reads it.

mod applet;
mod bisect;
mod card;
mod console;
mod pki;
mod server;

use std::ffi::OsString;
use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use tlsdiag_core::report::text::Style;

pub(crate) use applet::{Added, ClientAppletArguments, ServerAppletArguments};
pub(crate) use bisect::BisectArguments;
pub(crate) use card::CardArguments;
pub(crate) use console::{ConsoleArguments, ConsoleOptions};
pub(crate) use pki::{
    IssueArguments, KeyOfCertificate, P12Arguments, PkiArguments, PkiCardArguments, PkiCommand,
    WhoseCertificate,
};
pub(crate) use server::{OfferArguments, ServeArguments};

/// Records TLS handshakes and names the root cause of a failure, with evidence
/// and the line of configuration that mends it
#[derive(Debug, Parser)]
#[command(name = "tlsdiag", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// When to use colours; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Whole reports: with what was offered, and of healthy handshakes with all that happened
    #[arg(long, global = true)]
    pub(crate) full: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Examples:
  tlsdiag run -- nginx -c nginx.conf
  tlsdiag s_server -accept 4433 -Verify 2 -verify_return_error --jsonl hs.jsonl
  tlsdiag s_client -connect localhost:4433 -cert client.pem -key client.key
  tlsdiag card
  tlsdiag pki issue client bob --fault expired
  tlsdiag explain hs.jsonl
  tlsdiag console hs.jsonl
  tlsdiag diff hs.jsonl
  tlsdiag causes sigalg.signer_refused

Exit codes: 0 healthy, 1 a failure was diagnosed, 2 usage or input/output error.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make real handshakes fail for a dozen causes, judged from both ends
    Demo(DemoArguments),
    /// openssl s_server itself, with the reason why each handshake failed
    #[command(name = "s_server", alias = "s-server", after_help = applet::SERVER_NOTES)]
    ServerApplet(ServerAppletArguments),
    /// openssl s_client itself, with the reason why its handshake failed
    #[command(name = "s_client", alias = "s-client", after_help = applet::CLIENT_NOTES)]
    ClientApplet(ClientAppletArguments),
    /// A server to point a client at: says why each handshake failed
    #[command(after_help = server::NOTES)]
    Serve(Box<ServeArguments>),
    /// Find the smallest change that makes a failing client, or server, work
    #[command(after_help = bisect::NOTES)]
    Bisect(Box<BisectArguments>),
    /// What a smart card or token can do in TLS: its keys sign a test in each scheme
    #[command(after_help = card::NOTES)]
    Card(CardArguments),
    /// A CA for a laboratory, and certificates of it, good or faulty on purpose
    #[command(after_help = pki::NOTES)]
    Pki(PkiArguments),
    /// Run a program as it is, and record its handshakes
    #[command(after_help = RUN_NOTES)]
    Run(RunArguments),
    /// Show handshakes that were recorded in JSON lines in a browser
    #[command(after_help = console::NOTES)]
    Console(ConsoleArguments),
    /// Explain handshakes that were recorded in JSON lines
    Explain(ExplainArguments),
    /// Lay two handshakes side by side: which difference explains it?
    #[command(after_help = DIFF_NOTES)]
    Diff(DiffArguments),
    /// Put both ends' records of one connection together
    #[command(after_help = JOIN_NOTES)]
    Join(JoinArguments),
    /// List the causes that a verdict may name, or explain one
    Causes(CausesArguments),
    /// Write the manual or a shell's completions, for packages
    #[command(hide = true)]
    Generate(GenerateArguments),
}

#[derive(Debug, Args)]
pub(crate) struct GenerateArguments {
    /// What to write
    #[arg(value_enum)]
    pub(crate) what: What,
    /// Where to write the man pages
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// Man pages, one a command
    Man,
    /// Completions for bash
    Bash,
    /// Completions for zsh
    Zsh,
    /// Completions for fish
    Fish,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Where to write handshakes.jsonl
    #[arg(long, value_name = "DIR", default_value = "tlsdiag-demo")]
    pub(crate) dir: PathBuf,
}

const RUN_NOTES: &str = "The program's exit status is passed on, 128 and the number for a signal; 127 is a command that is not found, 126 \
one that cannot be run, 2 trouble of tlsdiag's own.\n\nA server that goes into the background is recorded until its last process \
ends.";

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Append each handshake to this file, in JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) jsonl: Option<PathBuf>,
    /// Only handshakes that failed or deserve a warning
    #[arg(long)]
    pub(crate) failures_only: bool,
    /// Warn of certificates that end within so many days
    #[arg(long = "expires-within", value_name = "DAYS")]
    pub(crate) expires_within: Option<u32>,
    /// Append the connections' keys to this file, which must be readable by its owner alone: whoever has it can decrypt them
    #[arg(long, value_name = "FILE")]
    pub(crate) keylog: Option<PathBuf>,
    /// No verdicts on stderr
    #[arg(long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) console: ConsoleOptions,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
    /// How each handshake's report is laid out on stderr, where it is to be printed whole
    #[arg(skip)]
    pub(crate) reports: Option<Style>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// Files of JSON lines, one handshake a line; - is stdin
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What to print: whole reports, the records again, or one cause a line
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The report of each handshake
    Text,
    /// The records, normalised, one a line
    Json,
    /// The cause of each handshake, or ok
    Causes,
}

/// How to print what is neither a report nor a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layout {
    /// For people
    Text,
    /// For programs
    Json,
}

const DIFF_NOTES: &str = "A and B are FILE or FILE:LINE; - is stdin. Of a file with several records the last one is taken (of \
the same side, client or server, as A's if B's file has one), unless a line is named, as in handshakes.jsonl:3. With one file \
alone, its last handshake that failed is laid beside its last one that went well.\n\nExit codes: 0 both went well, 1 one of \
them failed, 2 usage or input/output error.";

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// A file of JSON lines, or one line of it
    #[arg(value_name = "A")]
    pub(crate) first: OsString,
    /// Another one, or another line
    #[arg(value_name = "B")]
    pub(crate) second: Option<OsString>,
    /// A page, or one object of JSON
    #[arg(long, value_enum, default_value_t = Layout::Text, value_name = "FORMAT")]
    pub(crate) format: Layout,
}

const JOIN_NOTES: &str = "A and B are FILE or FILE:LINE; - is stdin. Records belong together if the random value of their \
ClientHello is the same; every such pair is printed, and what has no other end is counted on stderr. A file that holds both \
ends' records is enough alone.\n\nExit codes: 0 all went well, 1 one of them failed, 2 usage or input/output error, or \
nothing to join.";

#[derive(Debug, Args)]
pub(crate) struct JoinArguments {
    /// One end's file of JSON lines
    #[arg(value_name = "A")]
    pub(crate) first: OsString,
    /// The other end's
    #[arg(value_name = "B")]
    pub(crate) second: Option<OsString>,
    /// A page a connection, or one object of JSON a line
    #[arg(long, value_enum, default_value_t = Layout::Text, value_name = "FORMAT")]
    pub(crate) format: Layout,
}

#[derive(Debug, Args)]
pub(crate) struct CausesArguments {
    /// Only this one, in full, such as sigalg.signer_refused
    pub(crate) code: Option<String>,
    /// Pages, or one object of JSON a line
    #[arg(long, value_enum, default_value_t = Layout::Text, value_name = "FORMAT")]
    pub(crate) format: Layout,
}

fn from_one_on(text: &str) -> Result<NonZeroU64, &'static str> {
    text.parse().map_err(|_| "it must be a number from 1 on")
}

/// Reads the command line; `Err` has been told to the user, or is the help that was asked for.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(sorted(arguments.into_iter().collect()))
}

/// Behind `s_server` and `s_client`, which the first word names that is no option, ours come first.
fn sorted(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_command = |word: &OsString| !word.as_encoded_bytes().starts_with(b"-");
    // The value of --color, as a word of its own, is no command.
    let is_value = |at: usize| arguments[at - 1] == "--color";
    let command = (1..arguments.len()).find(|at| is_command(&arguments[*at]) && !is_value(*at));
    let Some(at) = command else { return arguments };
    let is_applet =
        ["s_server", "s-server", "s_client", "s-client"].iter().any(|name| arguments[at] == *name);
    if is_applet {
        let words = arguments.split_off(at + 1);
        arguments.extend(applet::ours_first(words));
    } else if let Some(options) = Arguments::command().find_subcommand(&arguments[at]) {
        let words = arguments.split_off(at + 1);
        arguments.extend(console::joined(words, |name| takes_value(options, name)));
    }
    arguments
}

fn takes_value(command: &clap::Command, name: &str) -> bool {
    // It is every command's.
    let named = |option: &&clap::Arg| option.get_long() == Some(name);
    name == "color"
        || command.get_arguments().find(named).is_some_and(|option| option.get_action().takes_values())
}

/// What clap has to complain about, in one sentence.
pub(crate) fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let what: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let mut sentence = what.join(" ");
    if let Some(rest) = sentence.strip_prefix("error: ") {
        sentence = rest.to_owned();
    }
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let nearest = nearest.into_iter().find_map(|kind| match error.get(kind) {
        Some(ContextValue::String(one)) => Some(one.clone()),
        Some(ContextValue::Strings(some)) => some.first().cloned(),
        _ => None,
    });
    match (nearest, error.kind()) {
        (Some(nearest), _) => format!("{sentence}; did you mean {nearest}?"),
        (None, ErrorKind::InvalidValue | ErrorKind::ValueValidation) => sentence,
        (None, _) => format!("{sentence}; --help lists what there is"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn complaint(words: &[&str]) -> String {
        let words = std::iter::once(&"tlsdiag").chain(words).map(OsString::from);
        sentence(&read(words).expect_err("a bad command line"))
    }

    #[test]
    fn the_declaration_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_applets_options_are_its_own() {
        let words = ["tlsdiag", "--color", "never", "s_server", "-accept", "1", "--quiet", "-cipher", "-ALL"];
        match read(words.map(OsString::from)).expect("a good command line").command {
            Command::ServerApplet(applet) => {
                assert!(applet.added.quiet);
                assert_eq!(applet.added.words, ["-accept", "1", "-cipher", "-ALL"]);
            }
            other => panic!("{other:?}"),
        }
        let words = ["tlsdiag", "s_client", "host:443", "--jsonl"].map(OsString::from);
        assert!(sentence(&read(words).expect_err("its value is missing")).contains("--jsonl"));
    }

    #[test]
    fn what_is_run_keeps_its_own_options() {
        let words =
            ["tlsdiag", "run", "--jsonl", "f", "--", "openssl", "s_server", "-accept", "1", "--quiet"];
        let Command::Run(run) = read(words.map(OsString::from)).expect("a good command line").command else {
            panic!("not run")
        };
        assert_eq!(run.command, ["openssl", "s_server", "-accept", "1", "--quiet"]);
        assert!(!run.quiet && run.jsonl.is_some());
    }

    #[test]
    fn the_port_of_the_console_may_be_left_out() {
        let console = |text: &str| {
            let words = std::iter::once("tlsdiag").chain(text.split(' ')).map(OsString::from);
            match read(words).expect("a good command line").command {
                Command::Run(run) => (run.console.console, run.console.open, run.command.len()),
                Command::Serve(serve) => (serve.console.console, serve.console.open, 0),
                Command::ServerApplet(applet) => {
                    let Added { console, words, .. } = applet.added;
                    (console.console, console.open, words.len())
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(console("run --console nginx"), (Some(0), false, 1));
        assert_eq!(console("run --color never --console 80 --open nginx --console"), (Some(80), true, 2));
        assert_eq!(console("run nginx --console 80"), (None, false, 3));
        assert_eq!(console("serve --console 80 --request"), (Some(80), false, 0));
        assert_eq!(console("serve --port 4433 --console --open"), (Some(0), true, 0));
        assert_eq!(console("s_server --console -accept 80"), (Some(0), false, 2));
        assert_eq!(console("s_server -www --console 80 --open"), (Some(80), true, 1));
        assert!(complaint(&["serve", "--console", "65536"]).contains("65536"));
    }

    #[test]
    fn complaints_are_one_sentence() {
        for words in [
            &["serve", "--prot", "4433"][..],
            &["serve", "--count", "0"],
            &["serve", "--key", "k.pem"],
            &["serve", "--tls", "1.4"],
            &["serve", "--require", "--request"],
            &["explain"],
            &["explain", "--format", "xml", "f"],
            &["server"],
            &[],
        ] {
            let complaint = complaint(words);
            assert!(!complaint.is_empty() && !complaint.contains('\n'), "{words:?}: {complaint}");
        }
        assert!(complaint(&["serve", "--prot", "4433"]).contains("--port"));
        assert!(complaint(&["serve", "--key", "k.pem"]).contains("--cert"));
    }
}
