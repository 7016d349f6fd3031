//! A file of JSON lines that records are appended to, by any number of threads and processes at once.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use serde::Serialize;

use super::append::{self, Appending};
use super::jsonl;

/// Names, addresses and certificates of others are no business of every user's.
const MODE: u32 = 0o640;

/// Appends records, one write a line: lines of several writers do not mix. Takes no lock, so that a process that is forked from a
/// busy one can go on writing.
///
/// It never waits, neither to open the file nor to write, unless it is told to be [patient](Journal::with_patience): a FIFO that is full
/// is an error, `WouldBlock`.
#[derive(Debug)]
pub struct Journal {
    path: Option<PathBuf>,
    file: ArcSwap<File>,
    /// The last line was cut off, as on a full disk: the next one begins on a line of its own.
    cut_off: AtomicBool,
    unread: bool,
    patience: Duration,
}

impl Journal {
    /// Opens the file for appending, and makes it if there is none, with mode 0640.
    ///
    /// # Errors
    ///
    /// Those of opening the file.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        // Whoever writes may stand in another folder by then than who named the file.
        let path = std::path::absolute(path.into())?;
        let Appending { file, is_unread } = append::open(&path, MODE)?;
        Ok(Journal { path: Some(path), unread: is_unread, ..Journal::from(file) })
    }

    /// Waits so long for a reader to make room, where the file is a FIFO that is full.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Journal { patience, ..self }
    }

    /// Whether it is a FIFO that nobody had open for reading when it was opened. It takes some 64 KiB, and more once somebody reads.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.unread
    }

    /// Appends one record, of a handshake or of a setup.
    ///
    /// # Errors
    ///
    /// Those of writing. What was written of the line is ended by the next one that succeeds.
    pub fn append(&self, record: &impl Serialize) -> io::Result<()> {
        let mut line = Vec::new();
        if self.cut_off.swap(false, Ordering::Relaxed) {
            line.push(b'\n');
        }
        jsonl::write(record, &mut line)?;
        let file = self.file.load();
        let mut rest = line.as_slice();
        while !rest.is_empty() {
            match (&**file).write(rest) {
                Ok(written) if written > 0 => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.may_wait(&file) => {}
                failed => {
                    if rest.len() < line.len() {
                        self.cut_off.store(true, Ordering::Relaxed);
                    }
                    return failed.and(Err(io::ErrorKind::WriteZero.into()));
                }
            }
        }
        Ok(())
    }

    /// Waits for room, if it is patient; whether there is some.
    #[cfg(unix)]
    fn may_wait(&self, file: &File) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let Ok(patience) = Timespec::try_from(self.patience) else { return false };
        let mut polled = [PollFd::new(file, PollFlags::OUT)];
        !self.patience.is_zero() && matches!(poll(&mut polled, Some(&patience)), Ok(1))
    }

    #[cfg(not(unix))]
    fn may_wait(&self, _file: &File) -> bool {
        false
    }

    /// Opens the file anew where somebody has moved it away (logrotate) without a word. If that fails, the old one stays in use.
    #[cfg(unix)]
    pub fn follow(&self) {
        use std::os::unix::fs::MetadataExt;
        let place = |metadata: io::Result<std::fs::Metadata>| metadata.map(|m| (m.dev(), m.ino())).ok();
        let here = self.file.load().metadata();
        let is_regular = here.as_ref().is_ok_and(std::fs::Metadata::is_file);
        if is_regular
            && self.path.as_deref().is_some_and(|path| place(std::fs::metadata(path)) != place(here))
        {
            let _ = self.reopen();
        }
    }

    /// Opens the file anew by its name, after somebody has moved it away (logrotate). If that fails, the old one stays in use.
    ///
    /// # Errors
    ///
    /// Those of opening the file; `Unsupported` where the journal has no name.
    pub fn reopen(&self) -> io::Result<()> {
        let path: &Path = self.path.as_ref().ok_or(io::ErrorKind::Unsupported)?;
        self.file.store(Arc::new(append::open(path, MODE)?.file));
        self.cut_off.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// A file that was opened for appending by somebody else.
impl From<File> for Journal {
    fn from(file: File) -> Self {
        Journal {
            path: None,
            file: ArcSwap::from_pointee(file),
            cut_off: AtomicBool::new(false),
            unread: false,
            patience: Duration::ZERO,
        }
    }
}

#[cfg(unix)]
impl std::os::fd::AsRawFd for Journal {
    /// The descriptor that is written to now; [`reopen`](Self::reopen) replaces it.
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.file.load().as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ConnectionId, Recording};
    use crate::report::Record;

    fn record() -> Record {
        Record::from_recording(&Recording::new(ConnectionId(1)))
    }

    fn lines(path: &Path) -> usize {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().inspect(|line| assert!(jsonl::read_line(line).is_ok(), "{line}")).count()
    }

    #[test]
    fn reopened_it_follows_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
        let journal = Journal::open(&path).unwrap();
        journal.append(&record()).unwrap();
        std::fs::rename(&path, &moved).unwrap();
        journal.append(&record()).unwrap();
        journal.reopen().unwrap();
        journal.append(&record()).unwrap();
        assert_eq!((lines(&moved), lines(&path)), (2, 1));
        std::fs::remove_dir_all(folder.path()).unwrap();
        assert!(journal.reopen().is_err());
        journal.append(&record()).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn it_follows_a_file_that_was_moved_away() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
        let journal = Journal::open(&path).unwrap();
        journal.append(&record()).unwrap();
        std::fs::rename(&path, &moved).unwrap();
        journal.follow();
        journal.append(&record()).unwrap();
        assert_eq!((lines(&moved), lines(&path)), (1, 1));
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o640);
    }

    #[test]
    #[cfg(unix)]
    fn a_full_fifo_is_said_and_its_next_line_is_whole() {
        use std::io::BufRead;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert!(journal.is_unread());
        let mut written = 0;
        while journal.append(&record()).is_ok() {
            written += 1;
        }
        let mut reader = std::io::BufReader::new(File::open(&path).unwrap()).lines();
        let whole = |line: &str| jsonl::read_line(line).is_ok();
        assert_eq!(
            reader.by_ref().take(written).filter(|line| whole(line.as_ref().unwrap())).count(),
            written
        );
        journal.append(&record()).unwrap();
        // The one that found it full may have left a beginning.
        assert!(reader.by_ref().take(2).any(|line| whole(&line.unwrap())));
    }

    #[test]
    fn threads_do_not_mix_their_lines() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let journal = Journal::open(file.path()).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..50).for_each(|_| journal.append(&record()).unwrap()));
            }
        });
        assert_eq!(lines(file.path()), 200);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_said() {
        let journal = Journal::open("/dev/full").unwrap();
        assert_eq!(journal.append(&record()).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
