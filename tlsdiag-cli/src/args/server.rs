//! The options of `tlsdiag s_server`.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::Args;

use super::{Ignored, from_one_on};

pub(super) const NOTES: &str = "Options may be written with one dash or two, as in openssl s_server. Its -state, -msg, -debug, \
-trace, -tlsextdebug and -security_debug are accepted and do nothing here: the report says it all.\n\nWithout -cert, a CA, a \
server certificate and a client certificate are made in the folder given by -pki, or found there.";

#[derive(Debug, Args)]
#[command(rename_all = "snake_case", args_override_self = true)]
pub(crate) struct ServerArguments {
    /// Where to listen; on the loopback interface unless a host is given, on a free port if it is 0
    #[arg(long, alias = "port", value_name = "[HOST:]PORT", default_value = "4433")]
    pub(crate) accept: String,
    /// The server's certificate, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// Its private key, if that is not in the same file
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// Certificates to send along, in PEM
    #[arg(long, alias = "cert-chain", value_name = "FILE", requires = "cert")]
    pub(crate) cert_chain: Option<PathBuf>,
    /// CA certificates in PEM: what to trust, and whose names to send to the client
    #[arg(long = "CAfile", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Ask for a client certificate, and judge chains up to this depth
    #[arg(long, value_name = "DEPTH")]
    pub(crate) verify: Option<u32>,
    /// Insist on a client certificate, and judge chains up to this depth
    #[arg(long = "Verify", value_name = "DEPTH", conflicts_with = "verify")]
    pub(crate) insist: Option<u32>,
    /// Fail where the client's certificate does not verify, instead of letting it pass
    #[arg(long, alias = "verify-return-error")]
    pub(crate) verify_return_error: bool,
    /// Speak TLS 1.2 only
    #[arg(long, alias = "tls1-2", conflicts_with = "tls1_3")]
    pub(crate) tls1_2: bool,
    /// Speak TLS 1.3 only
    #[arg(long, alias = "tls1-3")]
    pub(crate) tls1_3: bool,
    /// Signature schemes, for this server's own signatures and for the client's
    #[arg(long, value_name = "LIST")]
    pub(crate) sigalgs: Option<String>,
    /// Signature schemes for the client's signature
    #[arg(long, alias = "client-sigalgs", value_name = "LIST")]
    pub(crate) client_sigalgs: Option<String>,
    /// Cipher suites up to TLS 1.2
    #[arg(long, value_name = "LIST")]
    pub(crate) cipher: Option<String>,
    /// Cipher suites of TLS 1.3
    #[arg(long, value_name = "LIST")]
    pub(crate) ciphersuites: Option<String>,
    /// End after so many connections
    #[arg(long, value_name = "COUNT", value_parser = from_one_on)]
    pub(crate) naccept: Option<NonZeroU64>,
    /// Answer each request with the report of its own handshake
    #[arg(long, alias = "WWW")]
    pub(crate) www: bool,
    /// One line a handshake on stdout instead of its report
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Append each handshake to this file, in JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) jsonl: Option<PathBuf>,
    /// Warn of certificates that end within so many days
    #[arg(long = "expires-within", value_name = "DAYS")]
    pub(crate) expires_within: Option<u32>,
    /// How long to wait for a silent peer
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = from_one_on)]
    pub(crate) timeout: NonZeroU64,
    /// Where the certificates are made if none is given
    #[arg(long, value_name = "DIR", default_value = "tlsdiag-pki", conflicts_with = "cert")]
    pub(crate) pki: PathBuf,
    #[command(flatten)]
    pub(crate) ignored: Ignored,
}
