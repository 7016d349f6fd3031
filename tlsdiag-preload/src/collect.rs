//! A collector of our own, for programs that are started without `tlsdiag run`: a process beside the program's.
//!
//! It is made (`spawn`) when the program first makes an `SSL_CTX`, which servers do as root, and again when it makes another and the one
//! before was killed. It ends when the last process of the program's is gone. A thread would not do: threads do not survive a fork, and
//! what they do is the worker's CPU time.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::time::Duration;

use rustix::fs::{FileType, Stat, fstat};
use tlsdiag_core::report::Journal;
use tlsdiag_core::report::keylog::KeyLogFile;
use tlsdiag_transport::{Collector, CollectorEvent, Pulse, Sender, pair};

use crate::config::{Files, say};
use crate::spawn::{Side, spawn};
use crate::stderr;

/// So long it waits for whoever reads a FIFO to make room.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the collector writes, opened before it is forked: a failure is the program's to hear of.
struct Opened {
    journal: Journal,
    keylog: Option<KeyLogFile>,
}

fn open(files: &Files) -> io::Result<Opened> {
    let shown = files.jsonl.display();
    let journal = Journal::open(&files.jsonl)
        .map_err(|cause| io::Error::new(cause.kind(), format!("cannot write {shown}: {cause}")))?;
    if journal.is_unread() {
        say(&format!("{shown} is a FIFO that nobody reads: what does not fit into it is lost"));
    }
    let keylog = files.keylog.as_deref().and_then(|path| {
        KeyLogFile::open(path)
            .inspect_err(|cause| {
                say(&format!("cannot write {}: {cause}; keys are not logged", path.display()))
            })
            .ok()
    });
    Ok(Opened { journal: journal.with_patience(PATIENCE), keylog })
}

/// Starts it; gives the end to send into.
///
/// # Errors
/// A sentence that says what could not be done.
pub(crate) fn start(files: &Files, pulse: Pulse, generation: u32) -> io::Result<Sender> {
    // In the collector their numbers are those of its own streams.
    let _held = hold_standard_streams();
    let opened = open(files)?;
    fork(files, opened, pulse, generation)
        .map_err(|cause| io::Error::new(cause.kind(), format!("cannot start the collector: {cause}")))
}

fn fork(files: &Files, opened: Opened, pulse: Pulse, generation: u32) -> io::Result<Sender> {
    let (ours, theirs) = pair()?;
    let sender = Sender::new(ours)?;
    match spawn()? {
        Side::Program => Ok(sender),
        Side::Collector => child(sender, theirs, opened, files, (pulse, generation)),
    }
}

fn child(
    sender: Sender,
    connection: OwnedFd,
    opened: Opened,
    files: &Files,
    (pulse, generation): (Pulse, u32),
) -> ! {
    // SAFETY: a static string.
    unsafe { libc::prctl(libc::PR_SET_NAME, c"tlsdiag".as_ptr()) };
    let _ = crate::boundary::guard(|| {
        drop(std::panic::take_hook());
        pulse.own(generation);
        drop(sender);
        // A port of the program's must not stay bound because of us.
        let keylog = opened.keylog.as_ref().map(AsRawFd::as_raw_fd);
        let ours = [0, 1, 2, connection.as_raw_fd(), opened.journal.as_raw_fd()];
        close_all_but(&ours.into_iter().chain(keylog).collect::<Vec<_>>());
        leave_standard_streams();
        let _ = std::env::set_current_dir("/");
        collect(connection, opened, files, pulse)
    });
    // Not `exit`: the program's own handlers must not run here.
    // SAFETY: takes a number and does not return.
    unsafe { libc::_exit(0) }
}

fn close_all_but(keep: &[RawFd]) {
    let Ok(folder) = std::fs::read_dir("/proc/self/fd") else { return };
    let open: Vec<RawFd> =
        folder.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    for descriptor in open.into_iter().filter(|descriptor| !keep.contains(descriptor)) {
        // SAFETY: nobody in this process uses it: what runs here knows those that are kept.
        unsafe { libc::close(descriptor) };
    }
}

/// Whoever reads the program's output to its end must not wait for ours, nor whoever is connected to it by a descriptor that it has closed
/// and got again.
fn leave_standard_streams() {
    let Ok(nothing) = OpenOptions::new().read(true).write(true).open("/dev/null") else { return };
    let _ = rustix::stdio::dup2_stdin(&nothing);
    let _ = rustix::stdio::dup2_stdout(&nothing);
    let is_pipe = |stat: Stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo;
    if !stderr::is_open() || fstat(rustix::stdio::stderr()).is_ok_and(is_pipe) {
        let _ = rustix::stdio::dup2_stderr(&nothing);
    }
}

/// Takes up the numbers of standard streams that are closed, so that nothing else gets them.
fn hold_standard_streams() -> Vec<File> {
    let nothing = || OpenOptions::new().read(true).write(true).open("/dev/null");
    std::iter::from_fn(|| nothing().ok().filter(|nothing| nothing.as_raw_fd() <= 2)).collect()
}

fn collect(connection: OwnedFd, opened: Opened, files: &Files, pulse: Pulse) {
    let Opened { journal, keylog } = opened;
    let (mut lost, mut dropped, mut said, mut datagrams) = (0_u64, 0_u64, false, false);
    let failures_only = files.failures_only;
    let on_event = move |event| match event {
        CollectorEvent::Handshake(record) if failures_only && record.says_nothing() => {
            lost += record.lost_before
        }
        CollectorEvent::Handshake(mut record) => {
            record.lost_before += lost + pulse.take_lost();
            journal.follow();
            match journal.append(&record) {
                Ok(()) => lost = 0,
                Err(cause) => {
                    if !said {
                        say(&format!("a handshake could not be written: {cause}"));
                    }
                    said = true;
                    lost = record.lost_before + 1;
                }
            }
        }
        CollectorEvent::Setup(setup) => {
            journal.follow();
            if let Err(cause) = journal.append(&*setup)
                && !std::mem::replace(&mut said, true)
            {
                say(&format!("a setup that failed could not be written: {cause}"));
            }
        }
        CollectorEvent::Secret(line) => {
            if let Some(keylog) = &keylog {
                keylog.append(&line);
            }
        }
        CollectorEvent::Dropped(count) => {
            if dropped == 0 && count > 0 {
                say("handshakes come faster than they can be written: some are lost");
            }
            dropped += count;
        }
        CollectorEvent::Datagrams { program } if !std::mem::replace(&mut datagrams, true) => {
            say(&format!(
                "{program} begins a handshake of DTLS: it is not recorded, nor are later ones; only TLS is"
            ));
        }
        CollectorEvent::Damaged(why) => say(&why),
        _ => {}
    };
    let passed_over = failures_only && files.expires_within.is_none();
    let collector = Collector::only(connection)
        .map(|collector| collector.expiry_notice(files.expires_within).failures_only(passed_over));
    let Ok((_closer, worker)) = collector.and_then(|collector| collector.start(on_event)) else {
        return say("cannot start the collector's threads; handshakes are not recorded");
    };
    let _ = worker.join();
}
