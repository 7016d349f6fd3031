//! `--open`: the user's browser.

use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;

use crate::error::Reason;
use crate::say::say;

/// What freedesktop.org's systems have for it.
const OPENER: &str = "xdg-open";

/// Opens the address, and gives the process group in which that is done: a signal that is passed on to a recorded program is none for a
/// browser.
pub(super) fn open(url: &str) -> Option<u32> {
    let mut command = Command::new(OPENER);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    match command.spawn() {
        Ok(mut child) => {
            let group = child.id();
            let watch = move || {
                if child.wait().is_ok_and(|status| !status.success()) {
                    say!("{OPENER} could not start a browser: open the address in one yourself");
                }
            };
            // Without it nobody is told; the browser may be there all the same.
            let _ = thread::Builder::new().name("browser".to_owned()).spawn(watch);
            Some(group)
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            say!("there is no {OPENER} here that starts a browser: open the address in one yourself");
            None
        }
        Err(cause) => {
            say!("cannot run {OPENER}: {}; open the address in a browser yourself", Reason(&cause));
            None
        }
    }
}
