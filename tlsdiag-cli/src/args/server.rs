//! The options of `tlsdiag serve`.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::Args;

use super::{ConsoleOptions, from_one_on};

pub(super) const NOTES: &str = "Each handshake gets its report, and a client that gets through finds it as the page. Without --cert, \
a CA, a server certificate and a client certificate are made in the folder given by --pki, or found there.";

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) offer: OfferArguments,
    /// End after so many connections
    #[arg(long, value_name = "COUNT", value_parser = from_one_on)]
    pub(crate) count: Option<NonZeroU64>,
    /// One line a handshake on stdout instead of its report
    #[arg(long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) console: ConsoleOptions,
    /// How long to wait for a silent peer
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = from_one_on)]
    pub(crate) timeout: NonZeroU64,
}

/// Where a server of ours listens, what it offers, and where its handshakes are written.
#[derive(Debug, Clone, Args)]
pub(crate) struct OfferArguments {
    /// Where to listen; 0 is a free port
    #[arg(long, value_name = "PORT", default_value = "4433")]
    pub(crate) port: u16,
    /// The name or address to listen on, * for all; this machine's loopback addresses unless one is given
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// The server's certificate, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// Its private key, if that is not in the same file
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// Certificates to send along, in PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) chain: Option<PathBuf>,
    /// CA certificates in PEM: what to trust, and whose names to send to the client
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Ask for a client certificate, and let the handshake stand whatever comes
    #[arg(long)]
    pub(crate) request: bool,
    /// Insist on a client certificate that verifies
    #[arg(long, conflicts_with = "request")]
    pub(crate) require: bool,
    /// The version of TLS, or the lowest and the highest, as in 1.2..1.3
    #[arg(long, value_name = "VERSION", value_parser = versions)]
    pub(crate) tls: Option<(&'static str, &'static str)>,
    /// Signature schemes for this server's signatures and, unless those are given too, the client's
    #[arg(long, value_name = "LIST")]
    pub(crate) schemes: Option<String>,
    /// Signature schemes for the client's signature
    #[arg(long, value_name = "LIST")]
    pub(crate) client_schemes: Option<String>,
    /// Groups for the key exchange
    #[arg(long, value_name = "LIST")]
    pub(crate) groups: Option<String>,
    /// Application protocols to take, the best first, such as h2,http/1.1
    #[arg(long, value_name = "LIST")]
    pub(crate) alpn: Option<String>,
    /// A setting of OpenSSL's, as SSL_CONF_cmd(3) lists them for files, such as CipherString=DEFAULT@SECLEVEL=1
    #[arg(long = "openssl-option", value_name = "NAME=VALUE", action = clap::ArgAction::Append)]
    pub(crate) openssl_options: Vec<String>,
    /// Append each handshake to this file, in JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) jsonl: Option<PathBuf>,
    /// Warn of certificates that end within so many days
    #[arg(long = "expires-within", value_name = "DAYS")]
    pub(crate) expires_within: Option<u32>,
    /// Where the certificates are made if none is given
    #[arg(long, value_name = "DIR", default_value = "tlsdiag-pki", conflicts_with = "cert")]
    pub(crate) pki: PathBuf,
}

/// Versions from the lowest on, as people and as `SSL_CONF_cmd(3)` write them.
const VERSIONS: [(&str, &str); 4] =
    [("1.0", "TLSv1"), ("1.1", "TLSv1.1"), ("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")];

fn versions(text: &str) -> Result<(&'static str, &'static str), &'static str> {
    let (lowest, highest) = text.split_once("..").unwrap_or((text, text));
    let place = |text| VERSIONS.iter().position(|(version, _)| *version == text);
    match (place(lowest), place(highest)) {
        (Some(lowest), Some(highest)) if lowest <= highest => Ok((VERSIONS[lowest].1, VERSIONS[highest].1)),
        _ => Err("write 1.2, 1.3, or the lowest and the highest as in 1.2..1.3"),
    }
}

#[cfg(test)]
mod tests {
    use super::versions;

    #[test]
    fn versions_are_one_or_a_range() {
        assert_eq!(versions("1.3"), Ok(("TLSv1.3", "TLSv1.3")));
        assert_eq!(versions("1.0..1.2"), Ok(("TLSv1", "TLSv1.2")));
        for wrong in ["", "3", "1.3..1.2", "1.2..", "TLSv1.2"] {
            assert!(versions(wrong).is_err(), "{wrong}");
        }
    }
}
