//! Debian's nginx and Apache httpd in a folder of their own, on loopback: where `.ci/servers` has put them.

mod site;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

pub use site::{ClientAuth, Kind, Site};

use crate::signal::{self, Signal};

/// So long a server may take to start or stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The folder in which `.ci/servers` puts the programs.
#[must_use]
pub fn servers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/servers")
}

/// Whether somebody listens there, seen without a connection, which a server might take note of. Source: proc_net_tcp.
fn listens(address: SocketAddr) -> bool {
    let port = format!(":{:04X} ", address.port());
    let listening = |line: &str| line.contains(&port) && line.split_whitespace().nth(3) == Some("0A");
    std::fs::read_to_string("/proc/net/tcp").is_ok_and(|table| table.lines().any(listening))
}

/// A running server; stopped by its own process number when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Running {
    /// Starts what `command` says and waits until it listens.
    ///
    /// # Errors
    /// It cannot be started, ends, or does not listen in time.
    pub fn start(command: &mut Command, address: SocketAddr) -> io::Result<Self> {
        let mut running = Running { child: command.spawn()?, address };
        let until = Instant::now() + PATIENCE;
        while !listens(address) {
            if let Some(status) = running.child.try_wait()?
                && !status.success()
            {
                return Err(io::Error::other(format!("{command:?} ends with {status}")));
            }
            if Instant::now() > until {
                return Err(io::Error::other(format!("{command:?} does not listen on {address}")));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(running)
    }

    /// The process that was started.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The process, to read its output.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// It is gone.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        signal::send(self.id(), signal)
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn stop(mut self) -> io::Result<ExitStatus> {
        if self.child.try_wait()?.is_none() {
            self.signal(Signal::TERM)?;
        }
        self.wait()
    }

    /// Waits for its own end.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() > until {
                return Err(io::Error::other(format!("process {} does not end", self.id())));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.signal(Signal::TERM);
            if self.wait().is_err() {
                let _ = self.child.kill();
                let _ = self.child.wait();
            }
        }
    }
}
