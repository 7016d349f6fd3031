//! Signals to processes that we have started. `kill(1)` is not on every machine.

use std::io;

pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};

/// Sends a signal.
///
/// # Errors
/// There is no such process, or it is somebody else's.
pub fn send(process: u32, signal: Signal) -> io::Result<()> {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(kill_process(pid, signal)?)
}
