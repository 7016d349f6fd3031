//! `tlsdiag console FILE…`, and `--console` beside what records: handshakes in a browser on this machine.

mod browser;

use std::process::ExitCode;
use std::sync::Arc;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tlsdiag_console::book::Book;
use tlsdiag_console::files::{Reading, Tell};
use tlsdiag_console::server::Server;

use crate::args::{ConsoleArguments, ConsoleOptions};
use crate::error::{self, Error, Reason};
use crate::say::say;
use crate::serve::address;

/// Said where the work is done and the console is still there.
pub(crate) const STAYS: &str = "the console stays until Ctrl-C";

/// A console that is up.
pub(crate) struct Console {
    book: Arc<Book>,
    _server: Server,
    /// The process group of whatever opens the browser, and of the browser.
    browser: Option<u32>,
}

impl Console {
    /// Where it is asked for: shows what comes into a book about these.
    pub(crate) fn start(
        asked: &ConsoleOptions,
        source: impl FnOnce() -> Vec<String>,
    ) -> Result<Option<Console>, Error> {
        let port = asked.console.or(asked.open.then_some(0));
        port.map(|port| Console::show(Book::new(source(), true), port, "--console", asked.open)).transpose()
    }

    /// The same for a book that there is already.
    fn show(book: Arc<Book>, port: u16, option: &str, open: bool) -> Result<Console, Error> {
        let listeners = address::loopback(port, option)?;
        let server = Server::start(listeners, Arc::clone(&book))
            .map_err(|cause| Error::new(format!("cannot start the console: {}", Reason(&cause))))?;
        let url = server.url();
        say!("console at {url}");
        let browser = if open { browser::open(&url) } else { None };
        Ok(Console { book, _server: server, browser })
    }

    pub(crate) fn book(&self) -> &Arc<Book> {
        &self.book
    }

    pub(crate) fn browser(&self) -> Option<u32> {
        self.browser
    }
}

/// Shows the files' handshakes until somebody presses Ctrl-C.
pub(crate) fn run(arguments: &ConsoleArguments) -> Result<ExitCode, Error> {
    let plumbing =
        |cause: std::io::Error| Error::new(format!("cannot start the console: {}", Reason(&cause)));
    let tell: Tell = Arc::new(|sentence: &str| say!("{sentence}"));
    let reading = Reading::begin(&arguments.files, tell).map_err(Error::new)?;
    // Not earlier: as long as files are read, a signal ends the process by itself.
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(plumbing)?;
    let _console = Console::show(Arc::clone(reading.book()), arguments.port, "--port", arguments.open)?;
    reading.go_on().map_err(plumbing)?;
    signals.forever().next();
    Ok(error::HEALTHY)
}
