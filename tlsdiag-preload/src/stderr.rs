//! What this object has to say, on the program's stderr: as long as descriptor 2 is that.
//!
//! A daemon closes it, and what it opens next gets the number: a connection, a database. Others put their log there.

use std::os::fd::BorrowedFd;
use std::sync::OnceLock;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags, Stat, fcntl_getfl, fstat};
use rustix::io::write as write_some;
use rustix::process::{Resource, getrlimit};

/// The file that it was when this object was loaded, by device and number; `None` where it was closed.
static FIRST: OnceLock<Option<(u64, u64)>> = OnceLock::new();

fn descriptor() -> BorrowedFd<'static> {
    // SAFETY: where it is closed the system says so; it is nobody's that this program would take it from.
    unsafe { BorrowedFd::borrow_raw(2) }
}

fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

/// For when this object is loaded.
pub(crate) fn remember() {
    FIRST.get_or_init(|| fstat(descriptor()).ok().map(|stat| identity(&stat)));
}

/// What lies at descriptor 2, if it is for what a program has to say: what lay there in the beginning, a terminal, a pipe, or a file that is
/// written to at its end, as logs are.
fn open() -> Option<Stat> {
    let first = (*FIRST.get()?)?;
    let now = fstat(descriptor()).ok()?;
    let is_meant = identity(&now) == first
        || match FileType::from_raw_mode(now.st_mode) {
            FileType::CharacterDevice | FileType::Fifo => true,
            FileType::RegularFile => {
                fcntl_getfl(descriptor()).is_ok_and(|flags| flags.contains(OFlags::APPEND))
            }
            _ => false,
        };
    is_meant.then_some(now)
}

/// Whether descriptor 2 is the program's stderr.
pub(crate) fn is_open() -> bool {
    open().is_some()
}

/// Writes a line, where that keeps nobody waiting and sends the program no signal (SIGPIPE, SIGXFSZ). Nothing is allocated.
pub(crate) fn write(line: &[u8]) {
    let Some(stat) = open() else { return };
    let most = getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX);
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    if is_file && (stat.st_size as u64).saturating_add(line.len() as u64) > most {
        return;
    }
    let descriptor = descriptor();
    let mut polled = [PollFd::new(&descriptor, PollFlags::OUT)];
    // One whose reader is gone has an error.
    if poll(&mut polled, Some(&Timespec::default())).is_ok() && polled[0].revents() == PollFlags::OUT {
        let _ = write_some(descriptor, line);
    }
}
