//! A smart card: a token of SoftHSM with a key that does not sign RSA-PSS, though the token itself speaks of it, as the real one did.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::pki::Identity;

/// The token's name, and its user's PIN.
pub const LABEL: &str = "card";
/// See [`LABEL`].
pub const PIN: &str = "1234";

/// What the card's key signs with.
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

/// A token in a folder, with somebody's RSA key and certificate on it.
#[derive(Clone, Debug)]
pub struct Card {
    folder: PathBuf,
    module: PathBuf,
    find: fn(&str) -> PathBuf,
}

impl Card {
    /// Makes it, with the programs that `find` gives for their names.
    ///
    /// # Errors
    /// A program is not there or fails; the key is none of RSA's.
    pub fn new(
        folder: &Path,
        module: PathBuf,
        holder: &Identity,
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
        write("holder.key.der", &holder.key.rsa()?.private_key_to_der()?)?;
        write("holder.der", &holder.certificate.to_der()?)?;
        card.run(PROGRAMS[0], &["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN])?;
        let module = card.module.to_string_lossy();
        let login = ["--module", &module, "--login", "--pin", PIN, "--token-label", LABEL];
        let place = |file, kind, more: &[&str]| {
            let object = ["--id", "01", "--label", "alice", "--write-object", file, "--type", kind];
            card.run(PROGRAMS[1], &[&login[..], &object, more].concat())
        };
        place("holder.key.der", "privkey", &["--usage-sign", "--allowed-mechanisms", MECHANISMS])?;
        place("holder.der", "cert", &[])?;
        Ok(card)
    }

    /// A program that finds the card.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new((self.find)(program));
        command.env("SOFTHSM2_CONF", self.folder.join("softhsm2.conf")).current_dir(&self.folder);
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
