//! `tlsdiag run`: starts a program with the preload object in it, collects what its processes record, and passes on signals
//! and the exit status as if it were not there.

mod background;
mod command;
mod descendants;
mod elf;
mod entry;
mod family;
mod mending;
mod opened;
mod output;
mod program;
mod unrecorded;
mod unused;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use tlsdiag_transport::{Collector, Listening};

use crate::args::RunArguments;
use crate::console::{Console, STAYS};
use crate::error::{Error, Reason};
use crate::say::say;
use command::{Command, Started};

pub(crate) use command::{NOT_FOUND, missing};
use family::Family;
use output::Output;
use unrecorded::Watch;

/// Runs the command and stays until the last process that records has gone: a server may go on in the background.
pub(crate) fn run(arguments: &RunArguments) -> Result<ExitCode, Error> {
    let plumbing =
        |cause: std::io::Error| Error::new(format!("cannot collect handshakes: {}", Reason(&cause)));
    let object = command::preload_object()?;
    let console = Console::start(&arguments.console, || vec![shown(&arguments.command)])?;
    let browser = console.as_ref().and_then(Console::browser);
    let book = console.as_ref().map(|console| Arc::clone(console.book()));
    let output = Arc::new(Mutex::new(Output::new(arguments, book)?));
    let listening = Listening::new().map_err(plumbing)?;
    // What ends soon is seen by who looks at the certificates, and not where the handshake is.
    let failures_only = arguments.failures_only && arguments.expires_within.is_none();
    let command = Command {
        words: &arguments.command,
        object: &object,
        channel: listening.address().to_string(),
        failures_only,
        keylog: arguments.keylog.is_some(),
    };
    let family = Family::new(browser).map_err(plumbing)?;
    let writing = Arc::clone(&output);
    let (closer, worker) = Collector::listen(listening)
        .and_then(|collector| {
            collector
                .expiry_notice(arguments.expires_within)
                .failures_only(failures_only)
                .start(move |event| writing.lock().unwrap_or_else(PoisonError::into_inner).on_event(event))
        })
        .map_err(plumbing)?;
    let (path, child) = match command.start() {
        Started::Running { path, child } => (path, child),
        Started::Not { sentence, code } => {
            say!("{sentence}");
            return Ok(ExitCode::from(code));
        }
    };
    let watch = Watch::start(&object, command.variables(), browser);
    let (code, interrupted) = family.wait_for(child.id()).map_err(plumbing)?;
    // Whoever has connected by now is heard to the end.
    drop(closer);
    background::wait(worker, &object);
    let refused = program::refuses(&path, &object).is_some();
    let output = output.lock().unwrap_or_else(PoisonError::into_inner);
    watch.found(|found| output.sum_up(&path, refused, found));
    if let Some(console) = console.filter(|_| !interrupted.is_so()) {
        console.book().ended();
        say!("{STAYS}");
        interrupted.wait();
    }
    Ok(ExitCode::from(code))
}

/// The command as the console names it.
fn shown(words: &[OsString]) -> String {
    const MOST: usize = 120;
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let command = words.join(" ");
    match command.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &command[..end]),
        None => command,
    }
}
