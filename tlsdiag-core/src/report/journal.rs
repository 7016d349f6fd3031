//! A file of JSON lines that records are appended to, by any number of threads and processes at once.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;

use super::{Record, jsonl};

/// Appends records, one write a line: lines of several writers do not mix. Takes no lock, so that a process that is forked from a
/// busy one can go on writing.
#[derive(Debug)]
pub struct Journal {
    path: Option<PathBuf>,
    file: ArcSwap<File>,
    /// The last line was cut off, as on a full disk: the next one begins on a line of its own.
    cut_off: AtomicBool,
}

impl Journal {
    /// Opens the file for appending, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// Those of opening the file.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let mut journal = Journal::from(open(&path)?);
        journal.path = Some(path);
        Ok(journal)
    }

    /// Appends one record.
    ///
    /// # Errors
    ///
    /// Those of writing. What was written of the line is ended by the next one that succeeds.
    pub fn append(&self, record: &Record) -> io::Result<()> {
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

    /// Opens the file anew by its name, after somebody has moved it away (logrotate). If that fails, the old one stays in use.
    ///
    /// # Errors
    ///
    /// Those of opening the file; `Unsupported` where the journal has no name.
    pub fn reopen(&self) -> io::Result<()> {
        let path = self.path.as_ref().ok_or(io::ErrorKind::Unsupported)?;
        self.file.store(Arc::new(open(path)?));
        self.cut_off.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// A file that was opened for appending by somebody else.
impl From<File> for Journal {
    fn from(file: File) -> Self {
        Journal { path: None, file: ArcSwap::from_pointee(file), cut_off: AtomicBool::new(false) }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ConnectionId, Recording};

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
