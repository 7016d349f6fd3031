//! `tlsdiag serve`: listens, and hands each connection to a thread of its own.

pub(crate) mod address;
pub(crate) mod connection;
pub(crate) mod context;
pub(crate) mod control;
mod http;
pub(crate) mod journal;
pub(crate) mod pem;
pub(crate) mod reporter;
mod room;
pub(crate) mod visit;

use std::io::{self, PipeReader, PipeWriter};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU64;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tlsdiag_console::book::Book;
use tlsdiag_core::report::text;

use crate::args::{OfferArguments, ServeArguments};
use crate::console::{Console, STAYS};
use crate::error::{Error, Reason};
use crate::say::say;
use context::Setup;
use journal::Journal;
use reporter::Reporter;
use room::Room;
use visit::Visit;

/// Connections that are served at once; more wait in the kernel's queue until one of them ends.
const CONNECTIONS: usize = 512;

/// After a connection could not be accepted (no file descriptor is left, say), so that the log is not flooded.
const RESPITE: Duration = Duration::from_millis(100);

/// Why the server ends.
enum End {
    /// All connections that were asked for have come.
    Served,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Nobody reads the reports any more.
    Unheard,
}

/// Serves until it has served enough, or until somebody presses Ctrl-C.
pub(crate) fn run(arguments: &ServeArguments, style: text::Style) -> Result<ExitCode, Error> {
    let offer = &arguments.offer;
    let setup = Setup::new(offer)?;
    let journal = offer.jsonl.as_deref().map(Journal::open).transpose()?;
    let listeners = address::listen(offer.host.as_deref(), offer.port)?;
    let reporter = Reporter::new(style, arguments.quiet, journal);
    let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|one| one.local_addr().ok()).collect();
    if let Some(greeting) = addresses.first().and_then(|address| setup.greeting(*address)) {
        reporter.say(&greeting)?;
    }
    let addresses: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
    let source = || source(&addresses, offer);
    let console = Console::start(&arguments.console, source)?;
    let book =
        console.as_ref().map_or_else(|| Book::new(source(), true), |console| Arc::clone(console.book()));
    reporter.say(&format!("listening on {}", addresses.join(" and ")))?;

    let plumbing = |cause: io::Error| Error::new(format!("cannot start the server: {}", Reason(&cause)));
    // Each connection watches the reading end; dropping the writing end tells them all to finish.
    let (stopped, stop): (PipeReader, PipeWriter) = io::pipe().map_err(plumbing)?;
    let visit = Arc::new(Visit {
        context: setup.into_context(),
        reporter,
        patience: Duration::from_secs(arguments.timeout.get()),
        expires_within: offer.expires_within,
        clients: Arc::default(),
        book,
        stopped,
    });
    let room = Arc::new(Room::new(CONNECTIONS));
    let (sender, ends) = mpsc::channel();
    watch_signals(sender.clone()).map_err(plumbing)?;
    let accepting = Accepting {
        listeners,
        room: Arc::clone(&room),
        visit: Arc::clone(&visit),
        sender,
        is_shown: console.is_some(),
    };
    let count = arguments.count;
    thread::Builder::new().name("accept".to_owned()).spawn(move || accepting.run(count)).map_err(plumbing)?;

    let end = ends.recv().unwrap_or(End::Interrupted);
    let served = matches!(end, End::Served);
    if !served {
        drop(stop);
    }
    room.wait_until_empty();
    let code = visit.reporter.close();
    if console.is_some() && served {
        visit.book.ended();
        say!("{STAYS}");
        while !matches!(ends.recv(), Ok(End::Interrupted) | Err(_)) {}
    }
    code
}

/// What the console says of this server.
fn source(addresses: &[String], arguments: &OfferArguments) -> Vec<String> {
    let mut source = vec![addresses.join(" and ")];
    source.extend(arguments.tls.map(|(lowest, highest)| match lowest == highest {
        true => format!("{lowest} only"),
        false => format!("{lowest} to {highest}"),
    }));
    if arguments.require {
        source.push("client certificate required".to_owned());
    } else if arguments.request {
        source.push("client certificate asked for".to_owned());
    }
    source
}

/// The first signal ends the server when its reports are written, the second one at once.
fn watch_signals(sender: Sender<End>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let watch = move || {
        for (count, signal) in signals.forever().enumerate() {
            if count > 0 {
                std::process::exit(128 + signal);
            }
            let _ = sender.send(End::Interrupted);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(watch).map(drop)
}

/// What the accepting thread needs.
struct Accepting {
    /// They do not block.
    listeners: Vec<TcpListener>,
    room: Arc<Room>,
    visit: Arc<Visit<Reporter>>,
    sender: Sender<End>,
    /// Whether there is a console, which whoever does not read the reports may read.
    is_shown: bool,
}

impl Accepting {
    fn run(self, count: Option<NonZeroU64>) {
        let mut left = count.map(NonZeroU64::get);
        let mut said = false;
        while left != Some(0) {
            self.room.wait_for_place(|| {
                if !std::mem::replace(&mut said, true) {
                    say!("{CONNECTIONS} connections are open: others wait until one of them ends");
                }
            });
            let (socket, peer) = match address::accept(&self.listeners) {
                Ok(accepted) => accepted,
                Err(cause) => {
                    say!("cannot accept a connection: {}", Reason(&cause));
                    thread::sleep(RESPITE);
                    continue;
                }
            };
            left = left.map(|left| left - 1);
            let place = self.room.enter();
            let (visit, sender, is_shown) = (Arc::clone(&self.visit), self.sender.clone(), self.is_shown);
            let serve = move || {
                let _place = place;
                if let Err(error) = visit.receive(socket, peer) {
                    say!("{peer}: {error}");
                }
                if !is_shown && visit.reporter.is_deaf() {
                    let _ = sender.send(End::Unheard);
                }
            };
            if let Err(cause) = thread::Builder::new().name(peer.to_string()).spawn(serve) {
                say!("{peer}: no thread to serve this connection: {}", Reason(&cause));
            }
        }
        let _ = self.sender.send(End::Served);
    }
}
