//! Opening a file to append to, without ever waiting for it: who opens it may be somebody's server.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// A file that was opened for appending.
#[derive(Debug)]
pub(super) struct Appending {
    pub(super) file: File,
    /// It is a FIFO, and nobody had it open for reading.
    pub(super) is_unread: bool,
}

/// Opens the file for appending; a new one is made with this mode. Neither this nor a write to it waits for a reader.
///
/// A FIFO is opened for reading as well. So it can be opened before anybody reads it, and a write after its reader has gone raises no
/// SIGPIPE in the program that we are in (fifo(7)).
///
/// # Errors
///
/// Those of opening it.
#[cfg(unix)]
pub(super) fn open(path: &Path, mode: u32) -> io::Result<Appending> {
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

    use rustix::fs::OFlags;
    use rustix::io::Errno;

    // NOCTTY: a terminal must not become the controlling one of the program that we are in.
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let open = |options: &mut OpenOptions| options.append(true).mode(mode).custom_flags(flags).open(path);
    let is_fifo = |metadata: std::fs::Metadata| metadata.file_type().is_fifo();
    let opened = match open(OpenOptions::new().create(true)) {
        Ok(file) if !is_fifo(file.metadata()?) => return Ok(Appending { file, is_unread: false }),
        Ok(file) => Some(file),
        Err(error) => {
            let unread = error.raw_os_error() == Some(Errno::NXIO.raw_os_error());
            if !(unread && std::fs::metadata(path).is_ok_and(is_fifo)) {
                return Err(error);
            }
            None
        }
    };
    let both = Appending { file: open(OpenOptions::new().read(true))?, is_unread: opened.is_none() };
    // Not before: the last one who writes would be gone for a moment, and a reader would see the end.
    drop(opened);
    Ok(both)
}

/// As above, where there are no such flags.
#[cfg(not(unix))]
pub(super) fn open(path: &Path, _mode: u32) -> io::Result<Appending> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    Ok(Appending { file, is_unread: false })
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_file_has_the_mode_that_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(&folder.path().join("file"), 0o600).unwrap();
        assert_eq!(opened.file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!opened.is_unread);
    }

    #[test]
    fn a_fifo_is_opened_whether_or_not_somebody_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        let mut unread = open(&path, 0o600).unwrap();
        assert!(unread.is_unread);
        unread.file.write_all(b"kept").unwrap();
        // Opened by ourselves it counts as read.
        let mut reader = File::open(&path).unwrap();
        assert!(!open(&path, 0o600).unwrap().is_unread);
        let mut bytes = [0; 4];
        reader.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"kept");
        // Full, it does not wait either.
        let full = (0..1000).find_map(|_| unread.file.write(&[0; 4096]).err()).unwrap();
        assert_eq!(full.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn what_cannot_be_opened_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(open(folder.path(), 0o600).is_err());
        let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        assert!(open(&folder.path().join("socket"), 0o600).is_err());
    }
}
