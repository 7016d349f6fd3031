//! NSS, which is Firefox's: `tstclnt` and `selfserv`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Program, Told, find};
use crate::place::{PASSWORD, Place};

pub(crate) struct Nss;

impl Program for Nss {
    fn name(&self) -> &'static str {
        "nss"
    }

    fn found(&self) -> Option<PathBuf> {
        ["certutil", "pk12util", "selfserv", "tstclnt"]
            .iter()
            .map(|name| find(name))
            .collect::<Option<Vec<_>>>()?
            .pop()
    }

    fn client(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        let mut command = Command::new(self.found()?);
        command.args(["-4", "-h", "localhost", "-p", &port.to_string(), "-O", "-A"]);
        command.arg(place.write("request", "GET / HTTP/1.0\r\n\r\n"));
        common(&mut command, place, told)?;
        Some(command)
    }

    fn server(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        let mut command = Command::new(find("selfserv")?);
        command.args(["-p", &port.to_string()]);
        common(&mut command, place, told)?;
        if told.asks_client {
            command.args(["-r", "-r"]);
        }
        Some(command)
    }
}

fn common(command: &mut Command, place: &Place, told: &Told) -> Option<()> {
    if told.plain
        || told.ciphers.is_some()
        || told.group.is_some()
        || told.sigalgs.is_some()
        || told.alpn.is_some()
    {
        return None;
    }
    command.args(["-d", &format!("sql:{}", database(place, told).display())]);
    match told.only {
        None => {}
        Some(Version::Tls12) => drop(command.args(["-V", "tls1.2:tls1.2"])),
        Some(Version::Tls13) => drop(command.args(["-V", "tls1.3:tls1.3"])),
    }
    if let Some(name) = told.identity {
        command.args(["-n", name]);
    }
    Some(())
}

/// Certificates and keys have to be in a database; each combination is made once.
fn database(place: &Place, told: &Told) -> PathBuf {
    let (identity, trusts) = (told.identity.unwrap_or("none"), told.trusts.unwrap_or("none"));
    let folder = place.file(&format!("nss-{identity}-{trusts}"));
    if folder.is_dir() {
        return folder;
    }
    fs::create_dir(&folder).expect("a folder");
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(find(program).expect(program))
            .args(arguments)
            .args(["-d", &format!("sql:{}", folder.display())])
            .current_dir(place.path())
            .output()
            .expect(program);
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    run("certutil", &["-N", "--empty-password"]);
    if told.trusts.is_some() {
        run("certutil", &["-A", "-n", trusts, "-t", "CT,C,", "-i", &format!("{trusts}.pem")]);
    }
    if told.identity.is_some() {
        run("pk12util", &["-i", &format!("{identity}.p12"), "-W", PASSWORD]);
    }
    folder
}
