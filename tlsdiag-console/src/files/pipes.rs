//! What is read once, as it comes: stdin, FIFOs and devices.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl, fstatfs};
use rustix::io::Errno;

use super::lines::Forward;
use super::{Batch, LONGEST_LINE, MOST_RUBBISH, Said, Tell, reason};
use crate::book::{Book, Found};

/// The file system of pipes without a name (linux/magic.h).
const PIPEFS_MAGIC: i64 = 0x5049_5045;

/// Opens a file, and a FIFO without waiting for somebody who writes to it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)
}

/// A pipe, by its name.
pub(super) struct Pipe {
    name: String,
    input: Input,
}

enum Input {
    Stdin,
    /// Ends once.
    Device(File),
    /// One writer may follow another.
    Fifo(PathBuf, File),
}

impl Pipe {
    pub(super) fn stdin(name: String) -> Self {
        Pipe { name, input: Input::Stdin }
    }

    /// A file of [`open`] that is no regular one.
    pub(super) fn new(name: String, path: &Path, file: File, metadata: &Metadata) -> io::Result<Self> {
        let is_fifo = metadata.file_type().is_fifo();
        // A shell's <(…) is a pipe without a name, to which nobody can come later.
        if is_fifo && fstatfs(&file)?.f_type as i64 != PIPEFS_MAGIC {
            return Ok(Pipe { name, input: Input::Fifo(path.to_owned(), file) });
        }
        wait_in_reads(&file)?;
        Ok(Pipe { name, input: Input::Device(file) })
    }

    /// Reads it to its end; a FIFO has none.
    pub(super) fn run(self, book: &Book, tell: &Tell) {
        match self.input {
            Input::Stdin => read(&self.name, book, tell, io::stdin()),
            Input::Device(file) => read(&self.name, book, tell, file),
            Input::Fifo(path, mut file) => loop {
                if let Err(cause) = wait_for_writer(&file) {
                    return tell(&format!("cannot read {}: {}", self.name, reason(&cause)));
                }
                read(&self.name, book, tell, &file);
                // Before the other one is closed: a writer finds a reader at any time.
                file = match open(&path) {
                    Ok(file) if is_fifo(&file) => file,
                    _ => return,
                };
            },
        }
    }
}

fn is_fifo(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// Has reads wait for what comes.
fn wait_in_reads(file: &File) -> io::Result<()> {
    Ok(fcntl_setfl(file, fcntl_getfl(file)? - OFlags::NONBLOCK)?)
}

/// Until somebody writes to a FIFO, or has done so.
fn wait_for_writer(file: &File) -> io::Result<()> {
    loop {
        match poll(&mut [PollFd::new(file, PollFlags::IN)], None) {
            Err(Errno::INTR) => {}
            Err(cause) => return Err(cause.into()),
            Ok(_) => return wait_in_reads(file),
        }
    }
}

/// Reads to the end.
fn read(name: &str, book: &Book, tell: &Tell, input: impl Read) {
    let mut input = BufReader::new(input);
    let mut forward = Forward::new(u32::MAX, 0);
    let (mut line, mut said) = (Vec::new(), Said::default());
    loop {
        line.clear();
        let mut batch = Batch::default();
        match input.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut line) {
            Ok(0) => {
                forward.finish(&mut batch);
                said.bad(name, batch, tell);
                return;
            }
            Ok(LONGEST_LINE) if !line.ends_with(b"\n") => {
                let begin = forward.at;
                match pass_over(&mut input) {
                    Ok(Some(rest)) => {
                        forward.at += LONGEST_LINE as u64 + rest;
                        batch.bad(begin, "it is longer than any record");
                    }
                    Ok(None) => {
                        return tell(&format!(
                            "{name} is read no further: the line at byte {begin} does not end"
                        ));
                    }
                    Err(cause) => return tell(&format!("cannot read {name}: {}", reason(&cause))),
                }
            }
            Ok(_) => forward.line(&line, true, &mut batch),
            Err(cause) => return tell(&format!("cannot read {name}: {}", reason(&cause))),
        }
        let found = std::mem::take(&mut batch.found);
        said.bad(name, batch, tell);
        if !found.is_empty() {
            book.newest(found.into_iter().map(|found| Found { place: None, ..found }));
        }
    }
}

/// Reads the rest of a line, and says how long it was; `None` where it does not end.
fn pass_over(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut passed = 0;
    while passed < MOST_RUBBISH {
        let block = match input.fill_buf() {
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
            block => block?,
        };
        let end = memchr::memchr(b'\n', block);
        let length = end.map_or(block.len(), |end| end + 1);
        input.consume(length);
        passed += length as u64;
        if end.is_some() || length == 0 {
            return Ok(Some(passed));
        }
    }
    Ok(None)
}
