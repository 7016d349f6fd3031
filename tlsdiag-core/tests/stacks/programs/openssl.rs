//! `openssl s_client` and `openssl s_server`.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Group, Program, Told, arguments, configured, find};
use crate::place::Place;

pub(crate) struct Openssl;

impl Program for Openssl {
    fn name(&self) -> &'static str {
        "openssl"
    }

    fn found(&self) -> Option<PathBuf> {
        find("openssl")
    }

    fn client(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        let mut command = Command::new(self.found()?);
        command.args(["s_client", "-servername", "localhost", "-verify_hostname", "localhost"]);
        command.arg("-connect").arg(format!("127.0.0.1:{port}")).arg("-verify_return_error");
        if told.plain {
            return None;
        }
        common(&mut command, place, told, "s_client");
        if let Some(name) = told.alpn {
            command.args(["-alpn", name]);
        }
        Some(command)
    }

    fn server(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        let mut command = Command::new(self.found()?);
        command.args(["s_server", "-www", "-accept"]).arg(format!("127.0.0.1:{port}"));
        if told.plain || told.alpn.is_some() {
            return None; // it goes on without, whatever the client names
        }
        if told.asks_client {
            command.args(["-Verify", "5", "-verify_return_error"]);
        }
        if told.identity.is_none() {
            command.arg("-nocert");
        }
        common(&mut command, place, told, "s_server");
        Some(command)
    }
}

fn common(command: &mut Command, place: &Place, told: &Told, which: &str) {
    if let Some(name) = told.identity {
        command.args(["-cert", &format!("{name}.pem"), "-key", &format!("{name}.key")]);
        command.args(["-cert_chain", &format!("{name}.pem")]);
    }
    if let Some(name) = told.trusts {
        command.args(["-CAfile", &format!("{name}.pem")]);
    }
    command.args(["-no-CApath", "-no-CAstore"]);
    match told.only {
        None => {}
        Some(Version::Tls12) => drop(command.arg("-tls1_2")),
        Some(Version::Tls13) => drop(command.arg("-tls1_3")),
    }
    if let Some((old, new)) = told.ciphers {
        command.args(["-cipher", old, "-ciphersuites", new]);
    }
    if let Some(group) = told.group {
        command.args(["-groups", if group == Group::P256 { "P-256" } else { "P-384" }]);
    }
    if let Some(list) = told.sigalgs {
        command.args(["-sigalgs", list]);
    }
    if let Some(list) = told.client_sigalgs {
        command.args(["-client_sigalgs", list]);
    }
    for line in told.advice.iter().filter(|line| line.contains(which)) {
        command.args(arguments(line).into_iter().skip(1));
    }
    configured(place, command, told);
}
