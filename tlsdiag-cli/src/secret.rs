//! PINs and passphrases: from a file that is its owner's alone, or typed at the terminal without an echo; never from an argument, which
//! everybody on the machine can read.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::geteuid;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGINT, SIGQUIT, SIGTERM};
use signal_hook::low_level::{emulate_default_handler, pipe, unregister};
use tlsdiag_core::neutralize;
use zeroize::Zeroizing;

use crate::error::{Error, Reason};

/// Longer than any PIN or passphrase.
const MOST: u64 = 1024;

/// A secret, wiped when it is dropped.
pub(crate) type Secret = Zeroizing<String>;

/// The first line of a file, which nobody but its owner and we may read.
pub(crate) fn from_file(path: &Path, what: &str) -> Result<Secret, Error> {
    let cannot = |why: String| Error::new(format!("cannot take the {what} from {}: {why}", path.display()));
    let file = File::open(path).map_err(|cause| cannot(Reason(&cause).to_string()))?;
    let facts = file.metadata().map_err(|cause| cannot(Reason(&cause).to_string()))?;
    if facts.is_dir() {
        return Err(cannot("it is a folder".to_owned()));
    }
    if facts.mode() & 0o077 != 0 {
        return Err(cannot(format!(
            "it can be read by others (mode {:o}): chmod 600 it",
            facts.mode() & 0o777
        )));
    }
    if facts.uid() != geteuid().as_raw() && !geteuid().is_root() {
        return Err(cannot("it belongs to another user".to_owned()));
    }
    let mut text = Zeroizing::new(String::with_capacity(MOST as usize));
    file.take(MOST).read_to_string(&mut text).map_err(|cause| cannot(Reason(&cause).to_string()))?;
    let line = Zeroizing::new(text.lines().next().unwrap_or_default().to_owned());
    if line.is_empty() {
        return Err(cannot("its first line is empty".to_owned()));
    }
    Ok(line)
}

/// What is typed at the terminal after this prompt; `None` where there is no terminal.
pub(crate) fn ask(prompt: &str) -> Result<Option<Secret>, Error> {
    let Ok(terminal) = File::options().read(true).write(true).open("/dev/tty") else { return Ok(None) };
    let typed = Unseen::new(&terminal).and_then(|unseen| unseen.ask(prompt));
    match typed {
        Ok(Some(line)) => Ok(Some(line)),
        // Ctrl-C ends the program as if there were no handler of ours, but with a terminal that shows what is typed.
        Ok(None) => {
            let _ = emulate_default_handler(SIGINT);
            Err(Error::Told)
        }
        Err(cause) => Err(Error::new(format!("cannot read from the terminal: {}", Reason(&cause)))),
    }
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Unseen<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Unseen<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut unseen = before.clone();
        unseen.local_modes.remove(LocalModes::ECHO);
        unseen.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG);
        // What was typed before the question was none of its answer.
        tcsetattr(terminal, OptionalActions::Flush, &unseen)?;
        Ok(Unseen { terminal, before })
    }

    /// The line that is typed; `None` where a signal comes instead.
    fn ask(&self, prompt: &str) -> io::Result<Option<Secret>> {
        let (told, signals) = UnixStream::pair()?;
        let mut handlers = Vec::new();
        for signal in [SIGINT, SIGTERM, SIGQUIT] {
            handlers.push(pipe::register(signal, signals.try_clone()?)?);
        }
        let mut terminal = self.terminal;
        // The prompt may hold names that came from outside.
        terminal.write_all(neutralize(prompt).as_bytes())?;
        let line = read_line(terminal, &told);
        for handler in handlers {
            unregister(handler);
        }
        terminal.write_all(b"\n")?;
        line
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Drain, &self.before);
    }
}

fn read_line(mut terminal: &File, told: &UnixStream) -> io::Result<Option<Secret>> {
    // Never moved to larger memory, which would leave a copy behind.
    let mut line = Zeroizing::new(vec![0; MOST as usize]);
    let mut length = 0;
    while !line[..length].ends_with(b"\n") && length < line.len() {
        let mut waited = [PollFd::new(terminal, PollFlags::IN), PollFd::new(told, PollFlags::IN)];
        match poll(&mut waited, None) {
            Err(Errno::INTR) => continue,
            waited => waited?,
        };
        // A handler runs at the end of that call, after it has looked.
        let mut signal = [PollFd::new(told, PollFlags::IN)];
        if poll(&mut signal, Some(&Timespec::default()))? > 0 {
            return Ok(None);
        }
        match terminal.read(&mut line[length..])? {
            0 => break,
            more => length += more,
        }
    }
    let text = str::from_utf8(&line[..length]).map_err(|_| io::Error::other("what was typed is no UTF-8"))?;
    Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pin");
        write(&path, "1234\r\nmore\n").expect("our folder");
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            set_permissions(&path, Permissions::from_mode(mode)).expect("our file");
            match from_file(&path, "PIN") {
                Ok(secret) => assert!(good && *secret == "1234", "{mode:o}"),
                Err(error) => assert!(!good && error.to_string().contains("chmod 600"), "{mode:o}: {error}"),
            }
        }
        set_permissions(&path, Permissions::from_mode(0o600)).expect("our file");
        write(&path, "\n").expect("our folder");
        assert!(from_file(&path, "PIN").is_err());
        let error = from_file(folder.path(), "PIN").expect_err("no file");
        assert!(error.to_string().ends_with("it is a folder"), "{error}");
    }
}
