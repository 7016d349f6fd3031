//! The command with the preload object in its environment, and where both are found.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child};

use super::entry::Entry;
use super::program::{self, Outcome};
use crate::error::{Error, Reason};
use crate::say::say;

const OBJECT: &str = "libtlsdiag_preload.so";

/// What shells exit with where a command is not found, or is found and cannot be run.
pub(crate) const NOT_FOUND: u8 = 127;
const NOT_RUNNABLE: u8 = 126;

/// The preload object: named by `TLSDIAG_PRELOAD`, beside this program, or where `make install` puts it.
pub(super) fn preload_object() -> Result<PathBuf, Error> {
    let object = match env::var_os("TLSDIAG_PRELOAD").filter(|path| !path.is_empty()) {
        Some(path) => {
            let path = PathBuf::from(path);
            if !path.is_file() {
                let path = path.display();
                return Err(Error::new(format!("TLSDIAG_PRELOAD names {path}, and there is no such file")));
            }
            path
        }
        None => beside_us().ok_or_else(|| {
            Error::new(format!(
                "{OBJECT} is neither beside tlsdiag nor in ../lib/tlsdiag: `make install` puts it there, or name one with \
                 TLSDIAG_PRELOAD"
            ))
        })?,
    };
    let object = object
        .canonicalize()
        .map_err(|cause| Error::new(format!("cannot use {}: {}", object.display(), Reason(&cause))))?;
    if object.as_os_str().as_bytes().iter().any(|byte| matches!(byte, b' ' | b':')) {
        let object = object.display();
        return Err(Error::new(format!(
            "the system cannot load {object}, since there is a blank or a colon in its path: put it elsewhere and name it with \
             TLSDIAG_PRELOAD"
        )));
    }
    Ok(object)
}

fn beside_us() -> Option<PathBuf> {
    let us = env::current_exe().ok()?.canonicalize().ok()?;
    let folder = us.parent()?;
    ["", "../lib/tlsdiag", "../lib"]
        .iter()
        .map(|place| folder.join(place).join(OBJECT))
        .find(|path| path.is_file())
}

/// What is to be run.
pub(super) struct Command<'a> {
    pub(super) words: &'a [OsString],
    pub(super) object: &'a Path,
    pub(super) channel: String,
    pub(super) failures_only: bool,
    pub(super) keylog: bool,
}

/// Whether it runs.
pub(super) enum Started {
    Running { path: PathBuf, child: Child },
    Not { sentence: String, code: u8 },
}

impl Command<'_> {
    fn switches(&self) -> [(&'static str, bool); 2] {
        [("TLSDIAG_FAILURES_ONLY", self.failures_only), ("TLSDIAG_KEYLOG", self.keylog)]
    }

    /// The variables that a program must find in its environment to be recorded.
    pub(super) fn variables(&self) -> Vec<&'static str> {
        let switches = self.switches().into_iter().filter(|(_, is_on)| *is_on);
        ["LD_PRELOAD", "TLSDIAG_CHANNEL"].into_iter().chain(switches.map(|(variable, _)| variable)).collect()
    }

    pub(super) fn start(&self) -> Started {
        let name = Path::new(&self.words[0]);
        let path = match find(name) {
            Ok(path) => path,
            Err(not) => return not,
        };
        let mut entry = Some(Entry::of(self.object));
        if let Some(refusal) = program::refuses(&path, self.object) {
            say!("{}: it runs, and nothing of it is recorded", refusal.why);
            entry = entry.filter(|entry| match refusal.outcome {
                Outcome::Runs => true,
                Outcome::FailsIfFound => entry.is_glibcs,
                Outcome::Fails => false,
            });
        }
        let mut command = process::Command::new(name);
        command.args(&self.words[1..]).env("TLSDIAG_CHANNEL", &self.channel);
        if let Some(Entry { text: mut preload, .. }) = entry {
            if let Some(others) = env::var_os("LD_PRELOAD").filter(|others| !others.is_empty()) {
                preload.push(":");
                preload.push(others);
            }
            command.env("LD_PRELOAD", preload);
        }
        for (variable, is_on) in self.switches() {
            if is_on {
                command.env(variable, "1");
            } else {
                command.env_remove(variable);
            }
        }
        match command.spawn() {
            Ok(child) => Started::Running { path, child },
            Err(cause) => Started::Not {
                sentence: format!("cannot run {}: {}", path.display(), Reason(&cause)),
                code: NOT_RUNNABLE,
            },
        }
    }
}

/// Why there is no such program, where there is none.
pub(crate) fn missing(name: &Path) -> Option<String> {
    match find(name) {
        Err(Started::Not { sentence, code: NOT_FOUND }) => Some(sentence),
        _ => None,
    }
}

/// The file that the system would run.
fn find(name: &Path) -> Result<PathBuf, Started> {
    let is_path = name.as_os_str().as_bytes().contains(&b'/');
    let candidates: Vec<PathBuf> = if is_path {
        vec![name.to_owned()]
    } else {
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).map(|folder| folder.join(name)).collect()
    };
    let runs = |path: &&PathBuf| {
        path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    if let Some(path) = candidates.iter().find(runs) {
        return Ok(path.clone());
    }
    let not = |sentence, code| Err(Started::Not { sentence, code });
    match candidates.iter().find(|path| path.exists()) {
        Some(path) if path.is_dir() => {
            not(format!("{} is a folder: name a program in it", path.display()), NOT_RUNNABLE)
        }
        Some(path) => not(format!("{} is not executable: chmod +x it", path.display()), NOT_RUNNABLE),
        None if is_path => {
            let cause = name.metadata().err().unwrap_or_else(|| io::ErrorKind::NotFound.into());
            not(format!("cannot run {}: {}", name.display(), Reason(&cause)), NOT_FOUND)
        }
        None => not(format!("there is no program {} in PATH", name.display()), NOT_FOUND),
    }
}
