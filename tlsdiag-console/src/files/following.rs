//! What is appended to files after they were opened, through rotation (a new file of the name) and truncation.
//!
//! The kernel tells of it (inotify(7)), but not on every file system (NFS, FUSE), so that lengths are looked at once a second besides.

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use memchr::memchr;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

use super::lines::Forward;
use super::pipes::open;
use super::{Batch, LONGEST_LINE, Said, Tell, reason};
use crate::book::Book;

/// How long a change may stay unseen where the kernel does not tell.
const PAUSE: Duration = Duration::from_secs(1);

/// So much is read at once.
const BLOCK: usize = 1 << 20;

pub(super) struct Following {
    files: Vec<Followed>,
    events: Option<OwnedFd>,
}

impl Following {
    /// From now on.
    pub(super) fn new(files: Vec<Followed>) -> Self {
        let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok();
        let following = Following { files, events };
        following.files.iter().for_each(|file| following.watch(&file.path));
        following
    }

    /// The file, and its folder for another one of its name.
    fn watch(&self, path: &Path) {
        let Some(events) = &self.events else { return };
        let _ = inotify::add_watch(events, path, WatchFlags::MODIFY);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _ = inotify::add_watch(events, folder, WatchFlags::CREATE | WatchFlags::MOVED_TO);
    }

    /// Until the process ends.
    pub(super) fn run(mut self, book: &Book, tell: &Tell) {
        loop {
            for at in 0..self.files.len() {
                if self.files[at].catch_up(book, tell) {
                    self.watch(&self.files[at].path);
                }
            }
            self.wait();
        }
    }

    fn wait(&self) {
        let (Some(events), Ok(pause)) = (&self.events, Timespec::try_from(PAUSE)) else {
            thread::sleep(PAUSE);
            return;
        };
        let mut polled = [PollFd::new(events, PollFlags::IN)];
        let _ = poll(&mut polled, Some(&pause));
        let mut buffer = [0; 4096];
        while rustix::io::read(events, &mut buffer).is_ok_and(|read| read > 0) {}
    }
}

/// One file.
pub(super) struct Followed {
    path: PathBuf,
    name: String,
    file: Arc<File>,
    place: (u64, u64),
    forward: Forward,
    /// The beginning of a line whose end has not come yet.
    rest: Vec<u8>,
    too_long: bool,
    said: Said,
}

impl Followed {
    pub(super) fn new(
        path: PathBuf,
        name: String,
        file: Arc<File>,
        metadata: &Metadata,
        forward: Forward,
    ) -> Self {
        let (place, said) = ((metadata.dev(), metadata.ino()), Said::default());
        Followed { path, name, file, place, forward, rest: Vec::new(), too_long: false, said }
    }

    /// From an earlier place on.
    pub(super) fn begin_at(&mut self, place: u64) {
        self.forward.at = place;
    }

    /// Reads what there is; whether another file is followed now.
    fn catch_up(&mut self, book: &Book, tell: &Tell) -> bool {
        let cut = self.file.metadata().is_ok_and(|now| now.len() < self.forward.at + self.rest.len() as u64);
        if cut {
            tell(&format!("{}: it was cut off, and is read from its beginning", self.name));
            self.begin(Arc::clone(&self.file), book);
        }
        self.append(book, tell);
        let Ok(now) = std::fs::metadata(&self.path) else { return false };
        if (now.dev(), now.ino()) == self.place || !now.is_file() {
            return false;
        }
        let Ok(file) = open(&self.path) else { return false };
        // Its last words may have come in between.
        self.append(book, tell);
        self.place = (now.dev(), now.ino());
        self.begin(Arc::new(file), book);
        self.append(book, tell);
        true
    }

    fn begin(&mut self, file: Arc<File>, book: &Book) {
        let number = book.file(Arc::clone(&file));
        (self.file, self.forward) = (file, Forward::new(number, 0));
        (self.rest, self.too_long) = (Vec::new(), false);
    }

    fn append(&mut self, book: &Book, tell: &Tell) {
        let mut block = vec![0; BLOCK];
        loop {
            let from = self.forward.at + self.rest.len() as u64;
            match self.file.read_at(&mut block, from) {
                Ok(0) => break,
                Ok(length) => self.take(&block[..length], book, tell),
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => {
                    tell(&format!("cannot read {}: {}", self.name, reason(&cause)));
                    break;
                }
            }
        }
        // The last line of a file may lack its end.
        if std::str::from_utf8(&self.rest).is_ok_and(|line| crate::book::Head::read(line).is_some()) {
            let line = std::mem::take(&mut self.rest);
            let mut batch = Batch::default();
            self.forward.line(&line, true, &mut batch);
            self.told(batch, book, tell);
        }
    }

    fn take(&mut self, mut bytes: &[u8], book: &Book, tell: &Tell) {
        let mut batch = Batch::default();
        while let Some(end) = memchr(b'\n', bytes) {
            self.rest.extend_from_slice(&bytes[..=end]);
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut self.rest);
            if std::mem::take(&mut self.too_long) {
                self.forward.at += line.len() as u64;
            } else {
                self.forward.line(&line, true, &mut batch);
            }
        }
        self.rest.extend_from_slice(bytes);
        if self.rest.len() > LONGEST_LINE {
            if !std::mem::replace(&mut self.too_long, true) {
                batch.bad(self.forward.at, "it is longer than any record");
            }
            self.forward.at += self.rest.len() as u64;
            self.rest.clear();
        }
        self.told(batch, book, tell);
    }

    fn told(&mut self, mut batch: Batch, book: &Book, tell: &Tell) {
        let found = std::mem::take(&mut batch.found);
        self.said.bad(&self.name, batch, tell);
        if !found.is_empty() {
            book.newest(found);
        }
    }
}
