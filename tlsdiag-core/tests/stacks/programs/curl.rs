//! curl.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Group, Program, Told, arguments, configured, find, version_of};
use crate::place::Place;

pub(crate) struct Curl;

impl Program for Curl {
    fn name(&self) -> &'static str {
        "curl"
    }

    fn found(&self) -> Option<PathBuf> {
        find("curl")
    }

    fn client(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        let mut command = Command::new(self.found()?);
        command.args(["-q", "-sS", "--noproxy", "*", "-4", "--max-time", "50"]);
        if told.sigalgs.is_some() {
            return None;
        }
        if let Some(name) = told.identity {
            command.args(["--cert", &format!("{name}.pem"), "--key", &format!("{name}.key")]);
        }
        if let Some(name) = told.trusts {
            command.args(["--cacert", &format!("{name}.pem")]);
        }
        match told.only {
            None => {}
            Some(Version::Tls12) => drop(command.args(["--tlsv1.2", "--tls-max", "1.2"])),
            Some(Version::Tls13) => drop(command.args(["--tlsv1.3"])),
        }
        if let Some((old, new)) = told.ciphers {
            command.args(["--ciphers", old, "--tls13-ciphers", new]);
        }
        if let Some(group) = told.group {
            command.args(["--curves", if group == Group::P256 { "P-256" } else { "P-384" }]);
        }
        match told.alpn {
            None => {}
            Some("http/1.1") => drop(command.arg("--http1.1")),
            Some(_) => return None,
        }
        for line in &told.advice {
            command.args(arguments(line));
        }
        let scheme = if told.plain { "http" } else { "https" };
        command.arg(format!("{scheme}://localhost:{port}/"));
        configured(place, &mut command, told);
        Some(command)
    }
}

/// Whether this curl completes each handshake and looks at the result afterwards: 8.22 does, 8.14 does not.
pub(crate) fn looks_at_the_result_itself() -> bool {
    version_of("curl") > vec![8, 14, u32::MAX]
}
