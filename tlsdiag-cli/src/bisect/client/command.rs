//! A client that is a command: `sh -c`, once for each attempt.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{self, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::super::stand::{Event, News, Serving};
use super::Outcome;
use crate::error::{Error, Reason};

/// How long connections may outlive their command, for what it left behind.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// The group of the client that runs: it is none of the terminal's, which would end it with us. Locked while one is started, so that no
/// signal comes between.
static RUNNING: Mutex<Option<Pid>> = Mutex::new(None);

fn running() -> MutexGuard<'static, Option<Pid>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A signal ends the client as well.
pub(in crate::bisect) fn watch_signals() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let watch = move || {
        if let Some(signal) = signals.forever().next() {
            let running = running();
            if let Some(group) = *running {
                let _ = kill_process_group(group, Signal::KILL);
            }
            std::process::exit(128 + signal);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(watch).map(drop)
}

/// Where a browser finds a server.
pub(in crate::bisect) fn url(host: &str, port: u16) -> String {
    if host.contains(':') { format!("https://[{host}]:{port}/") } else { format!("https://{host}:{port}/") }
}

pub(in crate::bisect) struct Command {
    words: String,
    host: String,
    port: u16,
    url: String,
    patience: Duration,
}

impl Command {
    pub(in crate::bisect) fn new(template: &str, host: &str, port: u16, patience: Duration) -> Self {
        let url = url(host, port);
        let words =
            template.replace("{url}", &url).replace("{host}", host).replace("{port}", &port.to_string());
        Command { words, host: host.to_owned(), port, url, patience }
    }

    pub(super) fn attempt(&mut self, serving: &mut Serving<'_>) -> Result<Outcome, Error> {
        let mut running = self.start(serving)?;
        let mut outcome = Outcome::default();
        let mut status = None;
        let mut limit = Instant::now() + self.patience;
        loop {
            if running.phase == Phase::Ended && serving.all_have_come() {
                running.phase = Phase::Lingering;
            }
            if serving.open == 0 && matches!(running.phase, Phase::Lingering | Phase::Stopping) {
                break;
            }
            match serving.next(limit.saturating_duration_since(Instant::now()))? {
                News::Came | News::Left => continue,
                News::Ended(record) => {
                    outcome.records.push(*record);
                    continue;
                }
                News::Exited(exit) => {
                    let cannot =
                        |cause| Error::new(format!("cannot wait for the client: {}", Reason(&cause)));
                    status = Some(exit.map_err(cannot)?);
                    *self::running() = None;
                    running.phase = Phase::Ended;
                    serving.ask_who_has_come();
                }
                News::Quiet => match running.phase {
                    Phase::Running => running.kill(),
                    Phase::Ended => running.phase = Phase::Lingering,
                    // What it started goes on without it: its connections end here.
                    Phase::Lingering => {
                        running.end_group();
                        serving.stop();
                        running.phase = Phase::Stopping;
                    }
                    Phase::Killed | Phase::Stopping => break,
                },
            }
            limit = Instant::now() + AFTERWARDS;
        }
        outcome.ended = running.ended(status, self.patience);
        // Whoever got through and stays is content; that it stayed until it was ended says nothing.
        let content = running.is_late || status.is_some_and(|status| status.success());
        outcome.works = outcome.is_established() && content;
        Ok(outcome)
    }

    fn start(&self, serving: &Serving<'_>) -> Result<Running, Error> {
        let mut command = process::Command::new("sh");
        command.arg("-c").arg(&self.words);
        command.env("BISECT_HOST", &self.host).env("BISECT_PORT", self.port.to_string());
        command.env("BISECT_URL", &self.url);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let cannot = |cause| Error::new(format!("cannot run the client: {}", Reason(&cause)));
        let mut slot = self::running();
        let mut child = command.spawn().map_err(cannot)?;
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        *slot = group;
        drop(slot);
        let (sender, number) = (serving.sender(), serving.number);
        let wait = move || {
            let _ = sender.send(Event::Exited(number, child.wait()));
        };
        thread::Builder::new().name("client".to_owned()).spawn(wait).map_err(cannot)?;
        Ok(Running { group, phase: Phase::Running, is_late: false })
    }
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// For its time was over.
    Killed,
    Ended,
    /// It has ended, and its connections have not.
    Lingering,
    Stopping,
}

/// The command and what it started; ended with this.
struct Running {
    group: Option<Pid>,
    phase: Phase,
    is_late: bool,
}

impl Running {
    fn kill(&mut self) {
        (self.phase, self.is_late) = (Phase::Killed, true);
        self.end_group();
    }

    fn end_group(&self) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// How it ended, where that was no success.
    fn ended(&self, status: Option<ExitStatus>, patience: Duration) -> Option<String> {
        match status {
            _ if self.is_late => Some(format!("it had not ended after {} s", patience.as_secs())),
            Some(status) if !status.success() => Some(match status.code() {
                Some(127) => "exit status 127, as where a command is not found".to_owned(),
                Some(code) => format!("exit status {code}"),
                None => "a signal ended it".to_owned(),
            }),
            _ => None,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.phase == Phase::Running {
            self.kill();
        }
    }
}
