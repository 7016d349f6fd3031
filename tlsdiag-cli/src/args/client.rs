//! The options of `tlsdiag s_client`.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Ignored, from_one_on};

pub(super) const NOTES: &str = "Options may be written with one dash or two, as in openssl s_client; what only shows more there (-state, \
-msg, -debug, -trace, -showcerts, …) is accepted and does nothing here: the report says it all.\n\nAs openssl s_client does, it \
goes on if the server's certificate does not verify, unless -verify_return_error is given; the report says what is wrong either \
way. The certificate is held against -verify_hostname, or else -servername, or else the host. In TLS 1.3 a server refuses a \
client's certificate after the client believes that all is well: so nothing is sent, and the server's first word is waited for, \
up to -wait seconds.\n\nExit codes: 0 healthy, 1 a failure was diagnosed, 2 usage or input/output error, such as no connection.";

/// What is spoken before TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Starttls {
    Smtp,
    Lmtp,
    Imap,
    Pop3,
    Ftp,
}

#[derive(Debug, Args)]
#[command(rename_all = "snake_case", args_override_self = true)]
pub(crate) struct ClientArguments {
    /// Where to connect to; the port is 443 if none is given
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) connect: Option<String>,
    /// The same without -connect, as openssl s_client takes it
    #[arg(value_name = "HOST[:PORT]", conflicts_with = "connect", required_unless_present = "connect")]
    pub(crate) target: Option<String>,
    /// The name to send in server_name; the host unless that is an address
    #[arg(long, value_name = "NAME")]
    pub(crate) servername: Option<String>,
    /// Send no server_name
    #[arg(long, conflicts_with = "servername")]
    pub(crate) noservername: bool,
    /// The name or address to hold the server's certificate against
    #[arg(long, alias = "verify-hostname", alias = "verify_ip", value_name = "NAME")]
    pub(crate) verify_hostname: Option<String>,
    /// CA certificates in PEM to trust, instead of the system's
    #[arg(long = "CAfile", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Fail where the server's certificate does not verify, instead of going on
    #[arg(long, alias = "verify-return-error")]
    pub(crate) verify_return_error: bool,
    /// Judge chains up to this depth
    #[arg(long, value_name = "DEPTH")]
    pub(crate) verify: Option<u32>,
    /// The client's certificate, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// Its private key, if that is not in the same file
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// Certificates to send along, in PEM
    #[arg(long, alias = "cert-chain", value_name = "FILE", requires = "cert")]
    pub(crate) cert_chain: Option<PathBuf>,
    /// Speak TLS 1.2 only
    #[arg(long, alias = "tls1-2", conflicts_with = "tls1_3")]
    pub(crate) tls1_2: bool,
    /// Speak TLS 1.3 only
    #[arg(long, alias = "tls1-3")]
    pub(crate) tls1_3: bool,
    /// Signature schemes to offer
    #[arg(long, value_name = "LIST")]
    pub(crate) sigalgs: Option<String>,
    /// Signature schemes for the own signature
    #[arg(long, alias = "client-sigalgs", value_name = "LIST")]
    pub(crate) client_sigalgs: Option<String>,
    /// Cipher suites up to TLS 1.2
    #[arg(long, value_name = "LIST")]
    pub(crate) cipher: Option<String>,
    /// Cipher suites of TLS 1.3
    #[arg(long, value_name = "LIST")]
    pub(crate) ciphersuites: Option<String>,
    /// Groups for the key exchange
    #[arg(long, alias = "curves", value_name = "LIST")]
    pub(crate) groups: Option<String>,
    /// Application protocols to offer, such as h2,http/1.1
    #[arg(long, value_name = "LIST")]
    pub(crate) alpn: Option<String>,
    /// Speak this protocol first, and ask it for TLS
    #[arg(long, value_enum, value_name = "PROTOCOL")]
    pub(crate) starttls: Option<Starttls>,
    /// One line instead of the report
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Append the handshake to this file, in JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) jsonl: Option<PathBuf>,
    /// Warn of certificates that end within so many days
    #[arg(long = "expires-within", value_name = "DAYS")]
    pub(crate) expires_within: Option<u32>,
    /// How long to wait for a silent peer
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = from_one_on)]
    pub(crate) timeout: NonZeroU64,
    /// How long to wait for the server's first word after a handshake of TLS 1.3
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(crate) wait: f64,
    #[command(flatten)]
    pub(crate) ignored: Ignored,
    #[command(flatten)]
    pub(crate) ignored_too: IgnoredToo,
}

/// Options of openssl s_client alone that ask for what the report has anyway.
#[derive(Debug, Args)]
pub(crate) struct IgnoredToo {
    #[arg(long, hide = true)]
    showcerts: bool,
    #[arg(long, hide = true)]
    brief: bool,
    #[arg(long = "ign_eof", hide = true)]
    ign_eof: bool,
}

impl ClientArguments {
    /// Where to, whichever way it was said.
    pub(crate) fn target(&self) -> &str {
        self.connect.as_deref().or(self.target.as_deref()).unwrap_or_default()
    }
}

fn seconds(text: &str) -> Result<f64, &'static str> {
    let seconds = text.parse().ok().filter(|seconds: &f64| (0.0..=3600.0).contains(seconds));
    seconds.ok_or("it must be a number of seconds from 0 to 3600")
}
