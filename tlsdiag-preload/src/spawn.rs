//! How the collector's process is made: as a child that the program does not find.
//!
//! A program that waits for its children counts them, and would wait for ever for one that lives as long as itself. Where it has one thread
//! its collector is a child that ends without a signal, which `wait(2)` passes over (`__WCLONE`), and which is made past the C library: no
//! handler of `pthread_atfork(3)` runs in the midst of `SSL_CTX_new`. Where there are several, one of them may be in malloc(3), and only
//! the C library's own `fork` makes that usable in the child. Then the collector is the child of a child that has ended, which is seen by
//! those handlers and by whoever waits for any child at that moment.

use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI32, Ordering};

/// Which of the two has returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Program,
    Collector,
}

/// Makes the collector's process. It has none of the program's signal handlers, and belongs to a session of its own.
///
/// # Errors
/// There can be no more processes.
pub(crate) fn spawn() -> io::Result<Side> {
    reap();
    // In between no handler of the program's must run in the child.
    let before = set_mask(&all_signals());
    let made = if has_one_thread() { by_clone() } else { by_fork() };
    if let Ok(Side::Collector) = made {
        leave_group();
        set_handlers();
        // SAFETY: zeros are a set, which is then made an empty one.
        let none = unsafe {
            let mut none = MaybeUninit::zeroed();
            libc::sigemptyset(none.as_mut_ptr());
            none.assume_init()
        };
        set_mask(&none);
    } else {
        set_mask(&before);
    }
    made
}

/// The collector that is a child of this process, or was.
static CHILD: AtomicI32 = AtomicI32::new(0);

/// Takes a collector off the list of processes that has ended.
fn reap() {
    let child = CHILD.swap(0, Ordering::Relaxed);
    if child > 0 {
        // SAFETY: takes numbers. Where it is a child of our parent's, or its number is another's by now, nothing is found: a child of the
        // program's own is none of those.
        unsafe { libc::waitpid(child, std::ptr::null_mut(), libc::WNOHANG | libc::__WCLONE) };
    }
}

/// Whether this process has no other thread, so that nobody has a lock of the C library's.
fn has_one_thread() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
}

/// Where the C library keeps this thread's number, if it does so where the kernel clears it (glibc): there the child's is to stand.
fn place_of_number() -> Option<*mut libc::pid_t> {
    let mut place: *mut libc::pid_t = std::ptr::null_mut();
    // SAFETY: the kernel stores an address, which is this thread's to read for as long as it lives.
    unsafe {
        let known = libc::prctl(libc::PR_GET_TID_ADDRESS, &raw mut place) == 0 && !place.is_null();
        (known && i64::from(place.read()) == libc::syscall(libc::SYS_gettid)).then_some(place)
    }
}

/// As fork(2), of a process with one thread, without a signal at the child's end.
fn by_clone() -> io::Result<Side> {
    let place = place_of_number();
    let flags = if place.is_some() { libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID } else { 0 };
    let place = place.unwrap_or(std::ptr::null_mut()) as usize;
    // The last two stand the other way round on ARM.
    let [fourth, fifth] = if cfg!(target_arch = "aarch64") { [0, place] } else { [place, 0] };
    // SAFETY: no memory is shared, and no stack is given, so that the child goes on with a copy of ours; it is the only thread, so no lock is
    // taken by anybody else. The child's number is written to its own copy.
    let made = unsafe { libc::syscall(libc::SYS_clone, flags as usize, 0_usize, 0_usize, fourth, fifth) };
    match made {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Side::Collector),
        child => {
            CHILD.store(child as i32, Ordering::Relaxed);
            Ok(Side::Program)
        }
    }
}

/// As a child's child.
fn by_fork() -> io::Result<Side> {
    // SAFETY: glibc makes its allocator usable after a fork, and no other lock of the program's is touched in the child.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            leave_group();
            // SAFETY: as above; `_exit` takes a number and runs nothing of the program's.
            unsafe {
                if libc::fork() != 0 {
                    libc::_exit(0);
                }
            }
            Ok(Side::Collector)
        }
        middle => {
            let mut status = 0;
            // SAFETY: our own child, which ends at once.
            while unsafe { libc::waitpid(middle, &raw mut status, 0) } == -1
                && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
            {}
            Ok(Side::Program)
        }
    }
}

/// Whoever stops the program may signal its whole group: the collector has its own, and goes when the program has gone.
fn leave_group() {
    // SAFETY: takes nothing.
    unsafe { libc::setsid() };
}

/// What must not end the collector before the program has ended; all other signals do what they do by default.
fn set_handlers() {
    const IGNORED: [i32; 9] = [
        libc::SIGTERM,
        libc::SIGINT,
        libc::SIGHUP,
        libc::SIGQUIT,
        libc::SIGUSR1,
        libc::SIGUSR2,
        libc::SIGALRM,
        libc::SIGPIPE,
        // A file that must not become longer is an error, which is reported.
        libc::SIGXFSZ,
    ];
    for signal in 1..=libc::SIGRTMAX() {
        let handler = if IGNORED.contains(&signal) { libc::SIG_IGN } else { libc::SIG_DFL };
        // SAFETY: takes numbers; what cannot be set stays.
        unsafe { libc::signal(signal, handler) };
    }
}

fn all_signals() -> libc::sigset_t {
    // SAFETY: zeros are a set, which is then filled.
    unsafe {
        let mut all = MaybeUninit::zeroed();
        libc::sigfillset(all.as_mut_ptr());
        all.assume_init()
    }
}

/// Sets this thread's mask, and gives the one before.
fn set_mask(mask: &libc::sigset_t) -> libc::sigset_t {
    // SAFETY: two sets that outlive the call.
    unsafe {
        let mut before = MaybeUninit::zeroed();
        libc::pthread_sigmask(libc::SIG_SETMASK, mask, before.as_mut_ptr());
        before.assume_init()
    }
}
