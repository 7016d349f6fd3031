//! Where reports go: stdout, and the JSON lines file.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tlsdiag_core::report::{Record, text};

use super::journal::Journal;
use super::visit::Report;
use crate::error::{self, Error};
use crate::say::{print_line, say};

/// Writes whole reports, one after another, whichever thread brings them.
pub(crate) struct Reporter {
    style: text::Style,
    quiet: bool,
    state: Mutex<State>,
}

struct State {
    journal: Option<Journal>,
    /// Whether stdout still takes something.
    heard: bool,
}

impl Reporter {
    pub(crate) fn new(style: text::Style, quiet: bool, journal: Option<Journal>) -> Self {
        Reporter { style, quiet, state: Mutex::new(State { journal, heard: true }) }
    }

    /// Prints a line that is no report.
    pub(crate) fn say(&self, line: &str) -> Result<(), Error> {
        let mut out = io::stdout().lock();
        print_line!(&mut out, "{line}").and_then(|()| out.flush()).map_err(Error::output)
    }

    /// Whether there is nobody left to report to.
    pub(crate) fn is_deaf(&self) -> bool {
        let state = self.state();
        !state.heard && state.journal.is_none()
    }

    /// Says what has been lost, if anything.
    pub(crate) fn close(&self) -> Result<ExitCode, Error> {
        match self.state().journal.take() {
            Some(journal) => journal.close().map(|()| error::HEALTHY),
            None => Ok(error::HEALTHY),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic between two reports leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report for Reporter {
    /// Prints the report of a handshake and appends its line to the file.
    fn report(&self, record: &Record) {
        let mut page = Vec::new();
        let made = if self.quiet {
            print_line!(&mut page, "{}", record.one_line())
        } else {
            text::write(record, &mut page, self.style)
        };
        let mut state = self.state();
        if let Some(journal) = &mut state.journal {
            journal.append(record);
        }
        if state.heard
            && let Err(cause) = made.and_then(|()| print(&page))
        {
            state.heard = false;
            if cause.kind() != io::ErrorKind::BrokenPipe {
                say!("{}", Error::output(cause));
            }
        }
    }
}

fn print(page: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(page)?;
    out.flush()
}
