//! A file of JSON lines: appended to, one write a line.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};
use std::os::fd::BorrowedFd;
use std::path::Path;

use tlsdiag_core::report::Journal;

use crate::boundary::{contain, given, place, run, text};
use crate::handshake::tlsdiag_handshake;
use crate::setup::tlsdiag_setup;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// A file of JSON lines. Any number of threads and processes may append to the same file: a line is one write(2) to a descriptor that
/// appends.
pub struct tlsdiag_writer {
    journal: Journal,
    /// The file in words.
    name: String,
}

impl tlsdiag_writer {
    fn failed(&self, what: &str, error: &std::io::Error) -> Failure {
        Failure::new(TLSDIAG_IO, format!("cannot {what} {}: {error}", self.name))
    }
}

/// Opens a file for appending, and makes it if there is none. Free it with tlsdiag_writer_free().
///
/// A server should open it before it gives up its privileges: the descriptor stays good afterwards, and in every process that is forked.
///
/// # Safety
/// `path` is NULL or a C string; `writer` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_writer_open(
    path: *const c_char,
    writer: *mut *mut tlsdiag_writer,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (path, out) = unsafe { (text(path, "path")?, place(writer, "writer")?) };
        let journal = Journal::open(Path::new(path))
            .map_err(|error| Failure::new(TLSDIAG_IO, format!("cannot open {path}: {error}")))?;
        out.put(Box::into_raw(Box::new(tlsdiag_writer { journal, name: path.to_owned() })));
        Ok(())
    })
}

/// Writes to a descriptor that the application has opened with O_APPEND, or to a pipe. It is duplicated, so that the application's own may
/// be closed. Free it with tlsdiag_writer_free().
///
/// # Safety
/// `writer` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_writer_from_fd(
    fd: c_int,
    writer: *mut *mut tlsdiag_writer,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let out = unsafe { place(writer, "writer") }?;
        if fd < 0 {
            return Err(Failure::new(TLSDIAG_BAD_VALUE, format!("fd is {fd}, no descriptor")));
        }
        // SAFETY: no descriptor is -1; one that is not open is found out by duplicating it, which is all that is done with it.
        let duplicate = unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned();
        let name = format!("descriptor {fd}");
        let duplicate =
            duplicate.map_err(|error| Failure::new(TLSDIAG_IO, format!("cannot use {name}: {error}")))?;
        let journal = Journal::from(std::fs::File::from(duplicate));
        out.put(Box::into_raw(Box::new(tlsdiag_writer { journal, name })));
        Ok(())
    })
}

/// Appends a handshake as one line of JSON.
///
/// # Safety
/// `writer` is NULL or has not been freed; `handshake` likewise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_writer_append(
    writer: *mut tlsdiag_writer,
    handshake: *const tlsdiag_handshake,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (writer, handshake) = unsafe { (given(writer, "writer")?, given(handshake, "handshake")?) };
        let record = handshake.finished.record();
        writer.journal.append(record).map_err(|error| writer.failed("write to", &error))
    })
}

/// Appends a setup that failed as one line of JSON, to the same file.
///
/// # Safety
/// `writer` is NULL or has not been freed; `setup` likewise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_writer_append_setup(
    writer: *mut tlsdiag_writer,
    setup: *const tlsdiag_setup,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (writer, setup) = unsafe { (given(writer, "writer")?, given(setup, "setup")?) };
        writer.journal.append(&setup.record).map_err(|error| writer.failed("write to", &error))
    })
}

/// Opens the file anew by its name, after it was moved away (logrotate). Other threads may be appending. If it fails, the old file stays in
/// use. TLSDIAG_BAD_VALUE for a writer made from a descriptor, which has no name.
///
/// # Safety
/// `writer` is NULL or has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_writer_reopen(writer: *mut tlsdiag_writer) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let writer = unsafe { given(writer, "writer") }?;
        writer.journal.reopen().map_err(|error| {
            if error.kind() == std::io::ErrorKind::Unsupported {
                return Failure::new(
                    TLSDIAG_BAD_VALUE,
                    format!("{} has no name to be opened by", writer.name),
                );
            }
            writer.failed("open", &error)
        })
    })
}

/// Closes the file. NULL is fine.
///
/// # Safety
/// `writer` is NULL or has not been freed, and no other thread uses it now or will.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_writer_free(writer: *mut tlsdiag_writer) {
    contain(|| {
        if !writer.is_null() {
            // SAFETY: made by Box::into_raw above, and given back once.
            drop(unsafe { Box::from_raw(writer) });
        }
    });
}
