//! The options of `tlsdiag pki`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, Subcommand, ValueEnum};
use tlsdiag_lab::pki::Fault;

pub(super) const NOTES: &str = "For a laboratory: one CA that lasts ten years and certificates that last thirty days. The folder is the one that \
`tlsdiag serve` and `tlsdiag s_server` use, so what is made here is what they present. Keys can be read by their owner alone, and nothing is \
overwritten without --force.\n\nExit codes: 0 it was made, 2 usage or input/output error.";

pub(super) const CARD_NOTES: &str =
    "Needs softhsm2-util, pkcs11-tool and SoftHSM's module. Its PIN is 1234, as a laboratory's may be.";

#[derive(Debug, Args)]
pub(crate) struct PkiArguments {
    /// The folder of the CA and of all that it issues
    #[arg(long, value_name = "DIR", default_value = "tlsdiag-pki", global = true)]
    pub(crate) dir: PathBuf,
    /// Replace what is there
    #[arg(long, global = true)]
    pub(crate) force: bool,
    #[command(subcommand)]
    pub(crate) command: PkiCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PkiCommand {
    /// A CA, and a first server (localhost) and client (alice) of it
    Init,
    /// A certificate of this CA, good or faulty on purpose
    Issue(IssueArguments),
    /// A certificate, its key and its chain in one file, as browsers import it
    P12(P12Arguments),
    /// A certificate and its key on a smart card of software (SoftHSM)
    #[command(after_help = CARD_NOTES)]
    Card(PkiCardArguments),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhoseCertificate {
    /// For serverAuth, with NAME as its subjectAltName
    Server,
    /// For clientAuth
    Client,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyOfCertificate {
    /// RSA with 2048 bits
    Rsa,
    /// ECDSA on P-256
    P256,
    /// Ed25519
    Ed25519,
}

#[derive(Debug, Args)]
pub(crate) struct IssueArguments {
    /// For whom
    #[arg(value_enum)]
    pub(crate) holder: WhoseCertificate,
    /// The host, its address, or the client; the files are called NAME.pem and NAME.key
    #[arg(value_parser = name)]
    pub(crate) name: String,
    /// The kind of key
    #[arg(long, value_enum, default_value_t = KeyOfCertificate::Rsa, value_name = "KIND")]
    pub(crate) key: KeyOfCertificate,
    /// What shall be wrong with it
    #[arg(long, value_name = "FAULT", value_parser = faults())]
    pub(crate) fault: Option<Fault>,
}

#[derive(Debug, Args)]
pub(crate) struct P12Arguments {
    /// What NAME.pem and NAME.key lie there for
    #[arg(value_parser = name)]
    pub(crate) name: String,
    /// Take the passphrase from this file, which its owner alone may read, instead of asking for it
    #[arg(long, value_name = "FILE")]
    pub(crate) pass_file: Option<PathBuf>,
    /// An empty passphrase: whoever has the file has the key
    #[arg(long, conflicts_with = "pass_file")]
    pub(crate) no_pass: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PkiCardArguments {
    /// What NAME.pem and NAME.key lie there for
    #[arg(value_parser = name)]
    pub(crate) name: String,
    /// Its RSA key refuses RSA-PSS, though the token lists that, as many a real card does
    #[arg(long)]
    pub(crate) without_pss: bool,
}

fn faults() -> impl TypedValueParser<Value = Fault> {
    let named = |name: String| Fault::ALL.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault);
    PossibleValuesParser::new(Fault::ALL.map(|(name, _)| name))
        .try_map(move |name| named(name).ok_or("no such fault"))
}

/// Good for a file, for a host and for a person.
fn name(text: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-@:*".contains(c);
    if text.is_empty() || text.len() > 64 || !text.chars().all(plain) {
        return Err("a name has up to 64 letters, digits and . _ - @ : *");
    }
    if text.starts_with(['.', '-']) {
        return Err("a name does not begin with a dot or a dash");
    }
    match text {
        "ca" | "issuing" => Err("ca and issuing are the CA's own files"),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_are_good_for_files() {
        for good in ["localhost", "127.0.0.1", "::1", "*.lab.example", "bob@lab.example"] {
            assert_eq!(name(good).as_deref(), Ok(good));
        }
        for bad in ["", "../x", "a/b", "-x", ".x", "a b", "a\n", "ca", "issuing", &"x".repeat(65)] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
