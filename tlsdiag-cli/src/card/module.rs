//! Which module of PKCS #11 leads to a card: the one that is named, or those that this system knows.

use std::fs;
use std::path::{Path, PathBuf};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Refusal, RvError};

use crate::error::Error;
use crate::say::say;

use super::token::Token;

/// Where p11-kit keeps what programs with PKCS #11 load (pkcs11.conf(5)).
const CONFIGURED: [&str; 2] = ["/etc/pkcs11/modules", "/usr/share/p11-kit/modules"];
/// Where modules lie that p11-kit does not know of.
const USUAL: [&str; 2] = ["opensc-pkcs11.so", "libsofthsm2.so"];

/// A module that was loaded.
struct Module {
    path: PathBuf,
    functions: Pkcs11,
}

impl Module {
    /// Its code is run in this process, as it is in every program with the card.
    fn load(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let functions = Pkcs11::new(path).map_err(|cause| match cause {
            Refusal::LibraryLoading(why) => format!("cannot load the module {shown}: {why}"),
            Refusal::MissingSymbol(_) => {
                format!("{shown} is no module of PKCS #11: it has no C_GetFunctionList")
            }
            other => format!("the module {shown} does not answer: {}", super::refusal(&other)),
        })?;
        match functions.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Refusal::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(cause) => {
                return Err(format!("the module {shown} does not start: {}", super::refusal(&cause)));
            }
        }
        Ok(Module { path: path.to_owned(), functions })
    }

    /// The tokens that are there, with something on them.
    fn tokens(self) -> Result<Vec<Token>, String> {
        let wrong =
            |cause| format!("the module {} lists no slots: {}", self.path.display(), super::refusal(&cause));
        let slots = self.functions.get_slots_with_token().map_err(wrong)?;
        let read = |slot| {
            let facts = self.functions.get_token_info(slot).ok()?;
            facts
                .token_initialized()
                .then(|| Token::new(self.path.clone(), self.functions.clone(), slot, facts))
        };
        Ok(slots.into_iter().filter_map(read).collect())
    }
}

/// All tokens of the module that is named, or of those that are found.
pub(super) fn tokens(named: Option<&Path>) -> Result<Vec<Token>, Error> {
    if let Some(path) = named {
        return Module::load(path).and_then(Module::tokens).map_err(Error::new);
    }
    let found = found();
    if found.is_empty() {
        return Err(Error::new(
            "no module of PKCS #11 was found here: name the one of your card with --module",
        ));
    }
    let mut tokens = Vec::new();
    for path in found {
        match Module::load(&path).and_then(Module::tokens) {
            Ok(some) => tokens.extend(some),
            Err(why) => say!("{why}"),
        }
    }
    Ok(tokens)
}

/// Those that p11-kit is told of, and the usual ones, each once.
fn found() -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = Vec::new();
    for folder in CONFIGURED {
        let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut files: Vec<_> =
            files.filter(|path| path.extension().is_some_and(|end| end == "module")).collect();
        files.sort();
        names.extend(files.iter().filter_map(|path| configured(&fs::read_to_string(path).ok()?)));
    }
    names.extend(USUAL.map(PathBuf::from));
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in names.iter().filter_map(|name| place(name)) {
        let same = |known: &PathBuf| known.file_name() == path.file_name();
        if !paths.iter().any(same) {
            paths.push(path);
        }
    }
    paths
}

/// The module of a file of p11-kit's; a store of CA certificates is no card.
fn configured(text: &str) -> Option<PathBuf> {
    let value = |name: &str| {
        let named = |line: &str| {
            line.split_once(':')
                .filter(|(key, _)| key.trim() == name)
                .map(|(_, value)| value.trim().to_owned())
        };
        text.lines().filter(|line| !line.trim_start().starts_with('#')).find_map(named)
    };
    let is_trust = value("trust-policy").is_some_and(|value| value == "yes");
    value("module").filter(|module| !module.is_empty() && !is_trust).map(PathBuf::from)
}

/// Where a module lies: p11-kit's own folder is meant where only a name stands.
fn place(name: &Path) -> Option<PathBuf> {
    if name.is_absolute() {
        return name.is_file().then(|| name.to_owned());
    }
    let architectures = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let libraries = ["/usr/lib", "/usr/lib64", "/usr/local/lib"].into_iter().map(PathBuf::from).chain(
        architectures.filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("-linux-gnu"))
        }),
    );
    let folders = libraries.flat_map(|library| ["pkcs11", "softhsm", ""].map(|folder| library.join(folder)));
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_p11_kit_is_told() {
        let of = |text: &str| configured(text).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(of("# a comment: x\nmodule: opensc-pkcs11.so\n").as_deref(), Some("opensc-pkcs11.so"));
        assert_eq!(
            of("\n module : /usr/lib/softhsm/libsofthsm2.so \npriority: 1").as_deref(),
            Some("/usr/lib/softhsm/libsofthsm2.so")
        );
        assert_eq!(of("module: p11-kit-trust.so\ntrust-policy: yes\n"), None);
        assert_eq!(of("#module: x.so\nremote: |bwrap"), None);
    }

    #[test]
    fn what_is_no_module_is_one_sentence() {
        let why = Module::load(Path::new("/nowhere/module.so")).err().expect("it is not there");
        assert!(why.starts_with("cannot load the module /nowhere/module.so") && !why.contains('\n'), "{why}");
    }
}
