//! A folder with certificates, and a bisection in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use tlsdiag_lab::pki::{Identity, Pki};

use crate::program::{Said, tlsdiag};

/// The certificates, made once.
pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| Pki::generate().expect("certificates"))
}

pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().expect("a folder") };
        place.write("server", &pki().server);
        place.write("alice", &pki().client_rsa);
        place.write("carol", &pki().client_expired);
        fs::write(place.file("ca.pem"), pki().trusted().to_pem().expect("PEM")).expect("our folder");
        place
    }

    fn write(&self, name: &str, identity: &Identity) {
        let chain = std::iter::once(&identity.certificate).chain(&identity.chain);
        let pem: Vec<u8> = chain.flat_map(|x509| x509.to_pem().expect("PEM")).collect();
        fs::write(self.file(&format!("{name}.pem")), pem).expect("our folder");
        let key = identity.key.private_key_to_pem_pkcs8().expect("PEM");
        fs::write(self.file(&format!("{name}.key")), key).expect("our folder");
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// A server with these options of its own, and this client.
    pub(crate) fn bisect(&self, options: &[&str], client: &str) -> Said {
        let mut command = tlsdiag(self.path());
        command.args(["bisect", "--port", "0", "--jsonl", "out.jsonl"]);
        command.args([
            "--cert",
            "server.pem",
            "--key",
            "server.key",
            "--chain",
            "server.pem",
            "--ca",
            "ca.pem",
        ]);
        command.args(options).args(["--client", client]).output().expect("the program runs").into()
    }

    pub(crate) fn records(&self) -> Vec<Value> {
        let lines = fs::read_to_string(self.file("out.jsonl")).expect("out.jsonl");
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

/// How many attempts it told of.
pub(crate) fn attempts(said: &Said) -> usize {
    said.err.lines().filter(|line| line.starts_with("tlsdiag: attempt ")).count()
}

/// The line of a file of OpenSSL's that was printed for this setting.
pub(crate) fn value<'a>(said: &'a Said, setting: &str) -> Option<&'a str> {
    let start = format!("    {setting} = ");
    said.out.lines().find_map(|line| line.strip_prefix(&start))
}
