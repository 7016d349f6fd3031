//! The JSON lines file: a line is whole or absent, and a file that was moved away for rotation is made anew.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::io::fcntl_dupfd_cloexec;
use tlsdiag_core::report::{Record, jsonl};

/// So often it is looked whether the file is still where it was.
const LOOK: Duration = Duration::from_millis(500);

/// A file that records are appended to.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    looked: Instant,
    /// Whether the last line was cut off by a full disk, so that the next one must begin on a line of its own.
    cut_off: bool,
}

/// Descriptors below this are those that programs count on.
const ABOVE: RawFd = 200;

fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    // Where so many descriptors are not allowed, a lower one must do.
    Ok(fcntl_dupfd_cloexec(&file, ABOVE).map_or(file, File::from))
}

impl AsFd for Journal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Journal {
    /// Opens the file for appending, or makes it.
    ///
    /// # Errors
    /// Those of opening it.
    pub fn open(path: &Path) -> io::Result<Self> {
        // A collector may stand in another folder than who named the file.
        let path = std::path::absolute(path)?;
        Ok(Journal { file: open(&path)?, path, looked: Instant::now(), cut_off: false })
    }

    /// Appends one line.
    ///
    /// # Errors
    /// Those of writing; the next line then begins on a line of its own.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        self.follow();
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

    /// Opens the file anew where somebody has moved it away. If that fails, the old one goes on being written.
    fn follow(&mut self) {
        if self.looked.elapsed() < LOOK {
            return;
        }
        self.looked = Instant::now();
        let place = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        let (there, here) = (std::fs::metadata(&self.path).map(place), self.file.metadata().map(place));
        let is_regular = self.file.metadata().is_ok_and(|metadata| metadata.is_file());
        if is_regular
            && there.ok() != here.ok()
            && let Ok(file) = open(&self.path)
        {
            (self.file, self.cut_off) = (file, false);
        }
    }
}
