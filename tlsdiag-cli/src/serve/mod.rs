//! `tlsdiag s_server`: listens, and hands each connection to a thread of its own.

mod address;
pub(crate) mod connection;
pub(crate) mod context;
mod control;
mod http;
pub(crate) mod journal;
pub(crate) mod pem;
pub(crate) mod reporter;
mod room;
mod visit;

use std::io::{self, PipeReader, PipeWriter};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU64;
use std::process::ExitCode;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tlsdiag_core::report::text;

use crate::args::ServerArguments;
use crate::error::{Error, Reason};
use crate::say::say;
use context::Setup;
use journal::Journal;
use reporter::Reporter;
use room::Room;
use visit::Visit;

/// Connections that are served at once; more wait in the kernel's queue until one of them ends.
const CONNECTIONS: usize = 128;

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
pub(crate) fn run(arguments: &ServerArguments, style: text::Style) -> Result<ExitCode, Error> {
    let wanted = address::parse(&arguments.accept)?;
    let setup = Setup::new(arguments)?;
    let journal = arguments.jsonl.as_deref().map(Journal::open).transpose()?;
    let listener = TcpListener::bind(wanted).map_err(|cause| cannot_listen(wanted, &cause))?;
    let address = listener.local_addr().map_err(|cause| cannot_listen(wanted, &cause))?;
    let reporter = Reporter::new(style, arguments.quiet, journal);
    if let Some(greeting) = setup.greeting(address) {
        reporter.say(&greeting)?;
    }
    reporter.say(&format!("listening on {address}"))?;

    let plumbing = |cause: io::Error| Error::new(format!("cannot start the server: {}", Reason(&cause)));
    // Each connection watches the reading end; dropping the writing end tells them all to finish.
    let (stopped, stop): (PipeReader, PipeWriter) = io::pipe().map_err(plumbing)?;
    let visit = Arc::new(Visit {
        context: setup.into_context(),
        reporter,
        www: arguments.www,
        patience: Duration::from_secs(arguments.timeout.get()),
        expires_within: arguments.expires_within,
        clients: Mutex::default(),
        stopped,
    });
    let room = Arc::new(Room::new(CONNECTIONS));
    let (sender, ends) = mpsc::channel();
    watch_signals(sender.clone()).map_err(plumbing)?;
    let accepting = Accepting { listener, room: Arc::clone(&room), visit: Arc::clone(&visit), sender };
    let count = arguments.naccept;
    thread::Builder::new().name("accept".to_owned()).spawn(move || accepting.run(count)).map_err(plumbing)?;

    let end = ends.recv().unwrap_or(End::Interrupted);
    if !matches!(end, End::Served) {
        drop(stop);
    }
    room.wait_until_empty();
    visit.reporter.close()
}

fn cannot_listen(address: SocketAddr, cause: &io::Error) -> Error {
    let what_to_do = match cause.kind() {
        io::ErrorKind::AddrInUse => "choose another port with -accept, or 0 for a free one",
        io::ErrorKind::PermissionDenied => "ports below 1024 need root: choose another one with -accept",
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: choose another one with -accept"
        }
        _ => "choose another address with -accept",
    };
    Error::new(format!("cannot listen on {address}: {}; {what_to_do}", Reason(cause)))
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
    listener: TcpListener,
    room: Arc<Room>,
    visit: Arc<Visit>,
    sender: Sender<End>,
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
            let (socket, peer) = match self.listener.accept() {
                Ok(accepted) => accepted,
                Err(cause) => {
                    say!("cannot accept a connection: {}", Reason(&cause));
                    thread::sleep(RESPITE);
                    continue;
                }
            };
            left = left.map(|left| left - 1);
            let place = self.room.enter();
            let (visit, sender) = (Arc::clone(&self.visit), self.sender.clone());
            let serve = move || {
                let _place = place;
                if let Err(error) = visit.receive(socket, peer) {
                    say!("{peer}: {error}");
                }
                if visit.reporter.is_deaf() {
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
