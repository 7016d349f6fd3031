//! `--jsonl FILE`: each handshake appended as it ends.

use std::path::{Path, PathBuf};

use tlsdiag_core::report::{self, Record};

use crate::count::counted;
use crate::error::{Error, Reason};
use crate::say::say;

/// A file of JSON lines, opened for appending.
pub(crate) struct Journal {
    path: PathBuf,
    file: report::Journal,
    lost: u64,
}

impl Journal {
    pub(crate) fn open(path: &Path) -> Result<Journal, Error> {
        let file = report::Journal::open(path).map_err(|cause| {
            let reason = Reason(&cause);
            Error::new(format!("cannot write {}: {reason}; name another file with --jsonl", path.display()))
        })?;
        if file.is_unread() {
            say!("{} is a FIFO that nobody reads: what does not fit into it is lost", path.display());
        }
        Ok(Journal { path: path.to_owned(), file, lost: 0 })
    }

    /// Appends a record. A full disk is said once, and the handshakes go on: they are what this is about.
    pub(crate) fn append(&mut self, record: &Record) {
        if let Err(cause) = self.file.append(record) {
            if self.lost == 0 {
                let (path, reason) = (self.path.display(), Reason(&cause));
                say!("cannot write {path}: {reason}; handshakes go on being served, unwritten");
            }
            self.lost += 1;
        }
    }

    /// What could not be written, if anything.
    pub(crate) fn close(self) -> Result<(), Error> {
        match self.lost {
            0 => Ok(()),
            lost => {
                let lost = counted(lost, "handshake");
                Err(Error::new(format!("{lost} could not be written to {}", self.path.display())))
            }
        }
    }
}
