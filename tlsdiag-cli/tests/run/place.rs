//! A folder with certificates, the preload object, and the words that start things.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use tlsdiag_lab::pki::{Holder, Identity, Pki};
use tlsdiag_lab::web::{ClientAuth, Kind, Running, Site};

use crate::program::{Said, tlsdiag};

/// The preload object, built alone as users build it, so that nothing else's libssl comes with it; in the same way as the command,
/// which looks for it beside itself.
pub(crate) fn object() -> &'static Path {
    static OBJECT: OnceLock<PathBuf> = OnceLock::new();
    OBJECT.get_or_init(|| {
        let beside = Path::new(env!("CARGO_BIN_EXE_tlsdiag")).with_file_name("libtlsdiag_preload.so");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "tlsdiag-preload", "--manifest-path"]);
        build.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml"));
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let status = build.status().expect("cargo runs");
        assert!(status.success() && beside.is_file(), "the preload object is built");
        beside
    })
}

/// The certificates, made once: they take a second.
pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| Pki::generate().expect("certificates"))
}

pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        object();
        let folder = tempfile::tempdir().expect("a folder");
        // A server that is started as root has workers that are not.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("our folder");
        let place = Place { folder };
        let stranger = pki().workshop().expect("more certificates").identity(Holder::Client, "self-signed");
        place.write("alice", &pki().client_ec);
        place.write("stranger", stranger.expect("it is made"));
        fs::write(place.file("trusted.pem"), pki().trusted().to_pem().expect("PEM")).expect("our folder");
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

    pub(crate) fn site(&self, kind: Kind, client_auth: ClientAuth) -> Site {
        Site::new(kind, self.path(), &pki().server_ec, client_auth, pki().trusted()).expect("a site")
    }

    /// One whose signatures, RSA's, are all of one length; and so are alice's.
    pub(crate) fn even_site(&self, kind: Kind, client_auth: ClientAuth) -> Site {
        self.write("alice", &pki().client_rsa);
        Site::new(kind, self.path(), &pki().server, client_auth, pki().trusted()).expect("a site")
    }

    /// `tlsdiag run` with these options of its own.
    pub(crate) fn run(&self, options: &[&str]) -> Command {
        let mut command = tlsdiag(self.path());
        command.arg("run").args(options).arg("--");
        command
    }

    /// A site that is recorded.
    pub(crate) fn recorded(&self, site: &Site, options: &[&str]) -> Running {
        let mut command = self.run(options);
        command.args(site.command().expect("a configuration"));
        command.stdout(Stdio::null()).stderr(fs::File::create(self.file("stderr")).expect("our folder"));
        Running::start(&mut command, site.address).expect("the server runs")
    }

    /// A site that is not.
    pub(crate) fn bare(&self, site: &Site) -> Running {
        let words = site.command().expect("a configuration");
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        Running::start(&mut command, site.address).expect("the server runs")
    }

    /// What a program says that is started in this folder.
    pub(crate) fn say<S: AsRef<OsStr>>(&self, program: &str, arguments: &[S]) -> Said {
        let mut command = Command::new(program);
        command.current_dir(self.path()).args(arguments).stdin(Stdio::null());
        command.output().unwrap_or_else(|error| panic!("{program}: {error}")).into()
    }

    /// curl as this client, or as none, with our CA trusted.
    pub(crate) fn curl(&self, site: &Site, client: Option<&str>) -> Output {
        let mut command = Command::new("curl");
        command.current_dir(self.path()).args(["--silent", "--max-time", "20", "--cacert", "trusted.pem"]);
        if let Some(client) = client {
            command.args(["--cert", &format!("{client}.pem"), "--key", &format!("{client}.key")]);
        }
        command.arg(self.url(site)).output().expect("curl is installed")
    }

    pub(crate) fn url(&self, site: &Site) -> String {
        format!("https://localhost:{}/", site.address.port())
    }

    /// The records in this file, valid by the published schema.
    pub(crate) fn records(&self, name: &str) -> Vec<Value> {
        let schema = serde_json::from_str(include_str!("../../../schema/handshake-1.json")).expect("JSON");
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let lines = fs::read_to_string(self.file(name)).expect(name);
        assert!(lines.is_empty() || lines.ends_with('\n'), "whole lines");
        let read = |line| {
            let record = serde_json::from_str(line).expect("a line is JSON");
            if let Err(error) = schema.validate(&record) {
                panic!("{error} at {}", error.instance_path());
            }
            record
        };
        // Setups that failed have a schema of their own (`setup.rs`).
        let is_handshake = |line: &&str| !line.contains("\"tlsdiag.setup/1\"");
        lines.lines().filter(is_handshake).map(read).collect()
    }

    /// What our own program said on stderr.
    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(self.file("stderr")).expect("stderr")
    }
}

/// The cause of a record, or `ok` of one that has none.
pub(crate) fn cause(record: &Value) -> &str {
    record["diagnosis"]["cause"].as_str().unwrap_or("ok")
}

/// How many records there are of each outcome and cause.
pub(crate) fn verdicts(records: &[Value]) -> Vec<String> {
    records
        .iter()
        .map(|record| format!("{} {}", record["outcome"].as_str().expect("an outcome"), cause(record)))
        .collect()
}
