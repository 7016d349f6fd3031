//! `--jsonl FILE`: each handshake appended as it ends.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tlsdiag_core::report::{Record, jsonl};

use crate::count::counted;
use crate::error::{Error, Reason};
use crate::say::say;

/// A file of JSON lines, opened for appending.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Whether the last line was cut off, so that the next one must begin on a line of its own.
    cut_off: bool,
    lost: u64,
}

impl Journal {
    pub(crate) fn open(path: &Path) -> Result<Journal, Error> {
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(|cause| {
            let reason = Reason(&cause);
            Error::new(format!("cannot write {}: {reason}; name another file with --jsonl", path.display()))
        })?;
        Ok(Journal { path: path.to_owned(), file, cut_off: false, lost: 0 })
    }

    /// Appends a record. A full disk is said once, and the handshakes go on: they are what this is about.
    pub(crate) fn append(&mut self, record: &Record) {
        if let Err(cause) = self.try_append(record) {
            if self.lost == 0 {
                let (path, reason) = (self.path.display(), Reason(&cause));
                say!("cannot write {path}: {reason}; handshakes go on being served, unwritten");
            }
            self.lost += 1;
        }
    }

    fn try_append(&mut self, record: &Record) -> io::Result<()> {
        let mut line = Vec::new();
        if self.cut_off {
            line.push(b'\n');
        }
        jsonl::write(record, &mut line)?;
        let mut rest = line.as_slice();
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    rest = &rest[written..];
                    self.cut_off = !rest.is_empty();
                }
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
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
