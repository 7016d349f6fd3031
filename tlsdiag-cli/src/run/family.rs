//! Our child, its orphans, and signals for them.
//!
//! A server that goes into the background leaves its first process and belongs to nobody; as a subreaper we inherit it, so
//! that signals sent to us still reach it.

use std::fs;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;

use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, set_child_subreaper, wait,
};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::iterator::exfiltrator::origin::Origin;

const PASSED_ON: [i32; 7] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH];

/// Those who are to get our signals.
pub(super) struct Family {
    signals: SignalsInfo<WithOrigin>,
    /// A process group of ours that gets none: the browser's.
    apart: Option<u32>,
}

/// Whether somebody wants us to end.
#[derive(Clone, Default)]
pub(super) struct Interrupted(Arc<(Mutex<bool>, Condvar)>);

impl Interrupted {
    fn note(&self, signal: i32) {
        if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(&signal) {
            *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.0.1.notify_all();
        }
    }

    pub(super) fn is_so(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until somebody does.
    pub(super) fn wait(&self) {
        let so = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.1.wait_while(so, |so| !*so));
    }
}

impl Family {
    /// To be made before the child is, so that no signal is lost.
    pub(super) fn new(apart: Option<u32>) -> io::Result<Self> {
        set_child_subreaper(Some(getpid()))?;
        // What we were told to ignore (nohup) our child shall ignore as well.
        let ignored = ignored_signals();
        let mut signals: Vec<i32> =
            PASSED_ON.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0).collect();
        signals.push(SIGCHLD);
        Ok(Family { signals: SignalsInfo::new(signals)?, apart })
    }

    /// Waits until the child ends, and gives the status to exit with. Signals are passed on until this process ends.
    pub(super) fn wait_for(mut self, child: u32) -> io::Result<(u8, Interrupted)> {
        let (sender, ended) = mpsc::channel();
        let interrupted = Interrupted::default();
        let noted = interrupted.clone();
        let watch = move || {
            // The child may have ended before this thread has begun.
            reap(child, &sender);
            for origin in self.signals.forever() {
                if origin.signal == SIGCHLD {
                    reap(child, &sender);
                } else {
                    noted.note(origin.signal);
                    pass_on(&origin, self.apart);
                }
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(watch)?;
        Ok((ended.recv().map_err(io::Error::other)?, interrupted))
    }
}

/// Takes note of all that have ended.
fn reap(child: u32, ended: &mpsc::Sender<u8>) {
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid.as_raw_nonzero().get().unsigned_abs() == child
            && let Some(code) = exit_code(status)
        {
            let _ = ended.send(code);
        }
    }
}

/// As shells have it.
fn exit_code(status: WaitStatus) -> Option<u8> {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => u8::try_from(code & 0xff).ok(),
        (None, Some(signal)) => u8::try_from(128 + signal).ok(),
        (None, None) => None,
    }
}

fn pass_on(origin: &Origin, apart: Option<u32>) {
    let Some(signal) = Signal::from_named_raw(origin.signal) else { return };
    // A terminal signals its whole foreground group, us and our child: the child has it already.
    let from_terminal = origin.process.is_none();
    let own_group = stat("self").map(|stat| stat.group);
    for (child, Stat { group, .. }) in children() {
        let is_apart = group > 0 && apart == Some(group.unsigned_abs());
        if is_apart || (from_terminal && Some(group) == own_group) {
            continue;
        }
        let _ = kill_process(child, signal);
    }
}

/// Our child and the orphans that we have inherited.
fn children() -> Vec<(Pid, Stat)> {
    let us = getpid().as_raw_nonzero().get();
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = folder.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let stats = numbers.filter_map(|number| Some((Pid::from_raw(number)?, stat(&number.to_string())?)));
    stats.filter(|(_, stat)| stat.parent == us).collect()
}

struct Stat {
    parent: i32,
    /// 0 where it is none of this PID namespace, which getpgrp(2) must not be asked about: rustix takes it for impossible.
    group: i32,
}

/// A process's group.
pub(super) fn group(pid: u32) -> Option<u32> {
    u32::try_from(stat(&pid.to_string())?.group).ok()
}

fn stat(process: &str) -> Option<Stat> {
    // "pid (name) state parent group …", where the name may hold anything.
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut numbers = after_name.split_whitespace().skip(1).map_while(|number| number.parse().ok());
    Some(Stat { parent: numbers.next()?, group: numbers.next()? })
}

/// A bit for each signal that this process ignores, the lowest for number 1.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
