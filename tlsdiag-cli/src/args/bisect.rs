//! The options of `tlsdiag bisect`.

use std::num::NonZeroU64;

use clap::Args;

use super::{OfferArguments, from_one_on};

pub(super) const NOTES: &str = "A server like tlsdiag serve, which offers each connection of a failing client something else until the smallest \
change is known that makes it work; then it has to fail five times without that change and to work five times with it, by turns (twice \
each where somebody reloads a browser). What the client fails with is set by the options, as with serve.

Examples:
  tlsdiag bisect --require --ca client-ca.pem --client 'curl --cacert tlsdiag-pki/ca.pem --cert me.pem {url}'
  tlsdiag bisect --require --ca client-ca.pem        # and the browser is reloaded when the line asks for it
  tlsdiag bisect --connect example.org:443           # the other way round: what does this server, or the path, not take?

A --client command is run by sh, with {host}, {port} and {url} filled in; the same are in BISECT_HOST, BISECT_PORT and BISECT_URL. It \
works if it ends with status 0 and its handshake was established. An attempt in which it does not connect does not count.

Exit codes: 0 a change was found and proven, or nothing fails; 1 nothing that is varied helps, or the client does not fail each time; \
2 usage or input/output error, or a command that does not connect.";

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(crate) struct BisectArguments {
    #[command(flatten)]
    pub(crate) offer: OfferArguments,
    /// The client, run once for each attempt; without it, somebody reloads the browser
    #[arg(long, value_name = "COMMAND")]
    pub(crate) client: Option<String>,
    /// At most so many attempts; 14 where somebody has to reload, 150 otherwise
    #[arg(long, value_name = "COUNT", value_parser = from_one_on)]
    pub(crate) attempts: Option<NonZeroU64>,
    /// How long an attempt of a command, or a handshake, may take
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = from_one_on)]
    pub(crate) timeout: NonZeroU64,
    /// Be the client of this server, and vary the ClientHello; --cert, --key and --ca are then the client's
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["client", "port", "host", "request", "require", "client_schemes", "pki"])]
    pub(crate) connect: Option<String>,
    /// The name to send in server_name, if not the host
    #[arg(long, value_name = "NAME", requires = "connect")]
    pub(crate) servername: Option<String>,
}
