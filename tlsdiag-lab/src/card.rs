//! A smart card: a token of SoftHSM, with a key that does not sign RSA-PSS, though the token itself speaks of it, as the real one did; or with
//! one that does.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use openssl::pkey::Id;

use crate::pki::Identity;

/// The token's name, and its user's PIN.
pub const LABEL: &str = "card";
/// See [`LABEL`].
pub const PIN: &str = "1234";

/// What a key without RSA-PSS signs with.
const MECHANISMS: &str = "RSA-PKCS,SHA256-RSA-PKCS,SHA384-RSA-PKCS,SHA512-RSA-PKCS";

/// The programs that make it.
pub const PROGRAMS: [&str; 2] = ["softhsm2-util", "pkcs11-tool"];

/// SoftHSM's module of PKCS #11, where it is on this machine.
#[must_use]
pub fn module() -> Option<PathBuf> {
    let folders =
        ["/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm"];
    folders.iter().map(|folder| Path::new(folder).join("libsofthsm2.so")).find(|path| path.is_file())
}

/// What lies on a card.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Whose key and certificate.
    pub identity: &'a Identity,
    /// What both are called there.
    pub label: &'a str,
    /// Whether an RSA key signs RSA-PSS.
    pub pss: bool,
}

impl<'a> Held<'a> {
    /// alice's, without RSA-PSS.
    #[must_use]
    pub fn without_pss(identity: &'a Identity) -> Self {
        Held { identity, label: "alice", pss: false }
    }
}

/// A token in a folder, with somebody's key and certificate on it.
#[derive(Clone, Debug)]
pub struct Card {
    folder: PathBuf,
    module: PathBuf,
    find: fn(&str) -> PathBuf,
}

impl Card {
    /// Makes it, with the programs that `find` gives for their names, in a folder that must be there.
    ///
    /// # Errors
    /// A program is not there or fails.
    pub fn new(
        folder: &Path,
        module: PathBuf,
        held: Held<'_>,
        find: fn(&str) -> PathBuf,
    ) -> io::Result<Self> {
        let card = Card { folder: folder.to_owned(), module, find };
        let write = |name: &str, content: &[u8]| std::fs::write(folder.join(name), content);
        let tokens = folder.join("tokens");
        std::fs::create_dir_all(&tokens)?;
        let tokens = tokens.display();
        let settings =
            format!("directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
        write("softhsm2.conf", settings.as_bytes())?;
        let Held { identity, label, pss } = held;
        write("holder.der", &identity.certificate.to_der()?)?;
        card.run(PROGRAMS[0], &["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN])?;
        // For as long as it takes to write it onto the token.
        let key = folder.join("holder.key");
        private(&key, &identity.key.private_key_to_pem_pkcs8()?)?;
        let placed = card.place_key(&key, identity, label, pss);
        std::fs::remove_file(&key)?;
        placed?;
        let module = card.module.to_string_lossy();
        let certificate = ["--write-object", "holder.der", "--type", "cert", "--id", "01", "--label", label];
        card.run(
            PROGRAMS[1],
            &[&["--module", &*module, "--token-label", LABEL, "--login", "--pin", PIN], &certificate[..]]
                .concat(),
        )?;
        Ok(card)
    }

    fn place_key(&self, key: &Path, identity: &Identity, label: &str, pss: bool) -> io::Result<()> {
        let key = key.to_string_lossy();
        if pss || identity.key.id() != Id::RSA {
            let object = ["--import", &*key, "--token", LABEL, "--label", label, "--id", "01", "--pin", PIN];
            return self.run(PROGRAMS[0], &object);
        }
        let module = self.module.to_string_lossy();
        let login = ["--module", &*module, "--login", "--pin", PIN, "--token-label", LABEL];
        let object = ["--write-object", &*key, "--type", "privkey", "--id", "01", "--label", label];
        self.run(
            PROGRAMS[1],
            &[&login[..], &object, &["--usage-sign", "--allowed-mechanisms", MECHANISMS]].concat(),
        )
    }

    /// Where SoftHSM finds it: the value of `SOFTHSM2_CONF`.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }

    /// A program that finds the card.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new((self.find)(program));
        command.env("SOFTHSM2_CONF", self.configuration()).current_dir(&self.folder);
        command
    }

    /// Tells a database of NSS of it (`modutil`).
    ///
    /// # Errors
    /// The program is not there or fails.
    pub fn add_to(&self, database: &str) -> io::Result<()> {
        let module = self.module.to_string_lossy();
        self.run("modutil", &["-force", "-dbdir", database, "-add", LABEL, "-libfile", &module])
    }

    /// Runs a program that finds the card.
    ///
    /// # Errors
    /// The program is not there or fails.
    pub fn run(&self, program: &str, arguments: &[&str]) -> io::Result<()> {
        let output = self.command(program).args(arguments).output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        Err(io::Error::other(format!("{program} {arguments:?}: {said}")))
    }
}

/// A new file that its owner alone can read.
fn private(path: &Path, content: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(content)
}
