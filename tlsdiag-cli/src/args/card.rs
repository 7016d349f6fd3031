//! The options of `tlsdiag card`.

use std::path::PathBuf;

use clap::Args;

use super::Layout;

pub(super) const NOTES: &str = "The PIN is asked for once at the terminal, or read from --pin-file, and a wrong one is never tried again. Without \
it the mechanisms alone are listed. A token of which one more wrong PIN would lock it is left alone, a reader with keys of its own takes \
the PIN itself, and a key that wants its PIN for each signature is not tried.\n\nExit codes: 0 a key was seen to satisfy a server of \
OpenSSL in TLS 1.3 as it is, 1 none was, 2 usage or input/output error, or a PIN that was not taken.";

#[derive(Debug, Args)]
pub(crate) struct CardArguments {
    /// The module of PKCS #11 for the card; what p11-kit is told of and OpenSC's unless one is named
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
    /// The token, by its label
    #[arg(long, value_name = "LABEL")]
    pub(crate) token: Option<String>,
    /// The token, by the number of its slot
    #[arg(long, value_name = "NUMBER")]
    pub(crate) slot: Option<u64>,
    /// Take the PIN from this file, which its owner alone may read
    #[arg(long, value_name = "FILE", conflicts_with = "no_pin")]
    pub(crate) pin_file: Option<PathBuf>,
    /// List the mechanisms alone, and ask for no PIN
    #[arg(long)]
    pub(crate) no_pin: bool,
    /// A page, or one object of JSON
    #[arg(long, value_enum, default_value_t = Layout::Text, value_name = "FORMAT")]
    pub(crate) format: Layout,
}
