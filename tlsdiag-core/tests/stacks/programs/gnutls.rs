//! GnuTLS: `gnutls-cli` and `gnutls-serv`.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Group, Program, Told, find, version_of};
use crate::place::Place;

pub(crate) struct Gnutls;

impl Program for Gnutls {
    fn name(&self) -> &'static str {
        "gnutls"
    }

    fn found(&self) -> Option<PathBuf> {
        find("gnutls-serv").and(find("gnutls-cli"))
    }

    fn client(&self, _place: &Place, told: &Told, port: u16) -> Option<Command> {
        let mut command = Command::new(self.found()?);
        common(&mut command, told)?;
        command.args(["-p", &port.to_string(), "localhost"]);
        Some(command)
    }

    fn server(&self, _place: &Place, told: &Told, port: u16) -> Option<Command> {
        let mut command = Command::new(find("gnutls-serv")?);
        command.args(["--http", "--quiet", "-p", &port.to_string()]);
        common(&mut command, told)?;
        if told.asks_client {
            command.args(["--require-client-cert", "--verify-client-cert"]);
        } else {
            command.arg("--disable-client-cert");
        }
        Some(command)
    }
}

fn common(command: &mut Command, told: &Told) -> Option<()> {
    if told.plain {
        return None;
    }
    if let Some(name) = told.identity {
        command.args(["--x509certfile", &format!("{name}.pem"), "--x509keyfile", &format!("{name}.key")]);
    }
    if let Some(name) = told.trusts {
        command.args(["--x509cafile", &format!("{name}.pem")]);
    }
    if let Some(name) = told.alpn {
        command.args(["--alpn", name]);
    }
    let mut priority = "NORMAL".to_owned();
    priority.push_str(match told.only {
        None => "",
        Some(Version::Tls12) => ":-VERS-ALL:+VERS-TLS1.2",
        Some(Version::Tls13) => ":-VERS-ALL:+VERS-TLS1.3",
    });
    priority.push_str(match told.ciphers {
        None => "",
        Some((old, _)) if old.contains("AES128-GCM") => ":-CIPHER-ALL:+AES-128-GCM",
        Some((old, _)) if old.contains("AES256-GCM") => ":-CIPHER-ALL:+AES-256-GCM",
        Some(_) => return None,
    });
    priority.push_str(match told.group {
        None => "",
        Some(Group::P256) => ":-GROUP-ALL:+GROUP-SECP256R1",
        Some(Group::P384) => ":-GROUP-ALL:+GROUP-SECP384R1",
    });
    priority.push_str(match told.sigalgs {
        None => "",
        Some("ECDSA+SHA256") => ":-SIGN-ALL:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256",
        Some(_) => return None,
    });
    command.args(["--priority", &priority]);
    Some(())
}

/// Whether this gnutls-serv refuses a client's certificate for its purpose: 3.8.13 does, 3.8.9 does not.
pub(crate) fn looks_at_the_purpose() -> bool {
    version_of("gnutls-serv") > vec![3, 8, 9]
}
