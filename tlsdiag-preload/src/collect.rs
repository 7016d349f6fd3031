//! A collector of our own, for programs that are started without `tlsdiag run`: a process beside the program's.
//!
//! It is forked when the program first makes an `SSL_CTX`, which servers do as root; it writes the files that the constructor
//! opened, and ends when the last process of the program's is gone. A thread would not do: threads do not survive a fork, and
//! what they do is the worker's CPU time.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::PoisonError;

use tlsdiag_core::report::keylog::KeyLogFile;
use tlsdiag_handover::{Collector, Journal, News, Sender, pair};

use crate::config::{Files, say};

/// Starts it, once; gives the end to send into.
pub(crate) fn start(files: &Files) -> io::Result<Sender> {
    let mut place = files.journal.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(journal) = place.take() else {
        return Err(io::Error::other("it was started before"));
    };
    let (ours, theirs) = pair()?;
    let sender = Sender::new(ours)?;
    // SAFETY: the child goes on alone in `child`, which never returns. glibc makes its allocator usable after a fork, and no
    // other lock of the program's is touched there.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => child(sender, theirs, journal, files),
        middle => {
            let mut status = 0;
            // SAFETY: our own child, which ends at once.
            while unsafe { libc::waitpid(middle, &raw mut status, 0) } == -1
                && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
            {}
            Ok(sender)
        }
    }
}

fn child(sender: Sender, connection: OwnedFd, journal: Journal, files: &Files) -> ! {
    const IGNORED: [i32; 8] = [
        libc::SIGTERM,
        libc::SIGINT,
        libc::SIGHUP,
        libc::SIGQUIT,
        libc::SIGUSR1,
        libc::SIGUSR2,
        libc::SIGALRM,
        libc::SIGPIPE,
    ];
    // The program must not find a child that it did not make, so the collector is the child of a process that is gone. Whoever
    // stops the program may signal its whole group: the collector has its own, and goes when the program has gone.
    // SAFETY: as in `start`; these take numbers, a static string and a mask that outlives the call.
    unsafe {
        libc::setsid();
        if libc::fork() != 0 {
            libc::_exit(0);
        }
        for signal in IGNORED {
            libc::signal(signal, libc::SIG_IGN);
        }
        libc::signal(libc::SIGCHLD, libc::SIG_DFL);
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
        libc::prctl(libc::PR_SET_NAME, c"tlsdiag".as_ptr());
    }
    let _ = crate::boundary::guard(|| {
        drop(sender);
        // A port of the program's must not stay bound because of us.
        close_all_but(&[0, 1, 2, connection.as_raw_fd(), journal.as_fd().as_raw_fd()]);
        leave_pipes();
        let _ = std::env::set_current_dir("/");
        collect(connection, journal, files)
    });
    // Not `exit`: the program's own handlers must not run here.
    // SAFETY: takes a number and does not return.
    unsafe { libc::_exit(0) }
}

fn open_keylog(path: &std::path::Path) -> Option<KeyLogFile> {
    KeyLogFile::open(path)
        .inspect_err(|cause| say(&format!("cannot write {}: {cause}; keys are not logged", path.display())))
        .ok()
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

/// Whoever reads the program's output to its end must not wait for ours.
fn leave_pipes() {
    let Ok(nothing) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null") else { return };
    let _ = rustix::stdio::dup2_stdin(&nothing);
    let _ = rustix::stdio::dup2_stdout(&nothing);
    let pipe = rustix::fs::fstat(rustix::stdio::stderr())
        .is_ok_and(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::Fifo);
    if pipe {
        let _ = rustix::stdio::dup2_stderr(&nothing);
    }
}

fn collect(connection: OwnedFd, mut journal: Journal, files: &Files) {
    let keylog = files.keylog.as_deref().and_then(open_keylog);
    let (mut lost, mut dropped) = (0_u64, 0_u64);
    let failures_only = files.failures_only;
    let tell = move |news| match news {
        News::Handshake(record) if failures_only && record.is_healthy() => {}
        News::Handshake(record) => {
            if let Err(cause) = journal.append(&record) {
                if lost == 0 {
                    say(&format!("a handshake could not be written: {cause}"));
                }
                lost += 1;
            }
        }
        News::Secret(line) => {
            if let Some(keylog) = &keylog {
                keylog.append(&line);
            }
        }
        News::Dropped(count) => {
            if dropped == 0 && count > 0 {
                say("handshakes come faster than they can be written: some are lost");
            }
            dropped += count;
        }
        News::Damaged(why) => say(&why),
        _ => {}
    };
    let collector =
        Collector::only(connection).map(|collector| collector.expiry_notice(files.expires_within));
    let Ok((_closer, judge)) = collector.and_then(|collector| collector.start(tell)) else {
        return say("cannot start the collector's threads; handshakes are not recorded");
    };
    let _ = judge.join();
}
