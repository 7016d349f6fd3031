//! The server of a bisection: one configuration an attempt, and the records of the client's connections.

use std::io::{self, PipeReader, PipeWriter};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitStatus;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use openssl::ssl::SslContext;
use tlsdiag_console::book::Book;
use tlsdiag_core::report::{Clients, Record};

use crate::args::OfferArguments;
use crate::error::{Error, Reason};
use crate::say::say;
use crate::serve::address;
use crate::serve::visit::{Report, Visit};

/// What happens during an attempt.
pub(super) enum Event {
    /// A connection was accepted.
    Came(TcpStream, SocketAddr),
    /// A handshake of this attempt has ended.
    Ended(u64, Box<Record>),
    /// A connection of this attempt is over.
    Left(u64),
    /// The command of this attempt has ended.
    Exited(u64, io::Result<ExitStatus>),
}

/// Listens for as long as it lives.
pub(super) struct Stand {
    pub(super) address: SocketAddr,
    addresses: Vec<SocketAddr>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    patience: Duration,
    expires_within: Option<u32>,
    /// Who has been here; where nothing is remembered from one attempt to the next, `None`.
    clients: Option<Arc<Mutex<Clients>>>,
    /// The handshakes of all attempts, for the page of whoever gets through.
    book: Arc<Book>,
}

impl Stand {
    /// A browser asks its user each time, so its attempts are judged each by itself.
    pub(super) fn new(
        arguments: &OfferArguments,
        patience: Duration,
        remembers: bool,
    ) -> Result<Self, Error> {
        let listeners = address::listen(arguments.host.as_deref(), arguments.port)?;
        let plumbing = |cause: io::Error| Error::new(format!("cannot start the server: {}", Reason(&cause)));
        let addresses =
            listeners.iter().map(std::net::TcpListener::local_addr).collect::<io::Result<Vec<_>>>();
        let addresses = addresses.map_err(plumbing)?;
        let address = addresses[0];
        let (sender, events) = mpsc::channel();
        let accepted = sender.clone();
        let accept = move || {
            loop {
                match address::accept(&listeners) {
                    Ok((socket, peer)) => {
                        if accepted.send(Event::Came(socket, peer)).is_err() {
                            return;
                        }
                    }
                    Err(cause) => {
                        say!("cannot accept a connection: {}", Reason(&cause));
                        return;
                    }
                }
            }
        };
        thread::Builder::new().name("accept".to_owned()).spawn(accept).map_err(plumbing)?;
        let expires_within = arguments.expires_within;
        let clients = remembers.then(Arc::default);
        let book = Book::new(vec![format!("bisect at {address}")], true);
        Ok(Stand { address, addresses, events, sender, patience, expires_within, clients, book })
    }

    /// Serves with this configuration until the [`Serving`] is dropped.
    pub(super) fn serve(&self, context: SslContext, number: u64) -> Result<Serving<'_>, Error> {
        let (stopped, stop) =
            io::pipe().map_err(|cause| Error::new(format!("cannot start the server: {}", Reason(&cause))))?;
        let clients = self.clients.clone().unwrap_or_default();
        Ok(Serving {
            stand: self,
            context,
            number,
            clients,
            stopped,
            stop: Some(stop),
            open: 0,
            markers: Vec::new(),
        })
    }
}

/// An attempt under way.
pub(super) struct Serving<'a> {
    stand: &'a Stand,
    context: SslContext,
    pub(super) number: u64,
    clients: Arc<Mutex<Clients>>,
    stopped: PipeReader,
    stop: Option<PipeWriter>,
    /// Connections that are.
    pub(super) open: usize,
    /// Connections of our own that have not been accepted yet: those before them have.
    markers: Vec<(SocketAddr, TcpStream)>,
}

/// What a caller hears of.
pub(super) enum News {
    Came,
    Ended(Box<Record>),
    Left,
    Exited(io::Result<ExitStatus>),
    /// Nothing, for as long as was asked.
    Quiet,
}

impl Serving<'_> {
    /// Waits for what happens next; connections are served meanwhile.
    pub(super) fn next(&mut self, patience: Duration) -> Result<News, Error> {
        let until = std::time::Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            let Ok(event) = self.stand.events.recv_timeout(left) else { return Ok(News::Quiet) };
            match event {
                Event::Came(_, peer) if self.markers.iter().any(|(marker, _)| *marker == peer) => {
                    self.markers.retain(|(marker, _)| *marker != peer);
                    return Ok(News::Came);
                }
                Event::Came(socket, peer) => {
                    self.receive(socket, peer)?;
                    return Ok(News::Came);
                }
                Event::Ended(number, record) if number == self.number => return Ok(News::Ended(record)),
                Event::Left(number) if number == self.number => {
                    self.open -= 1;
                    return Ok(News::Left);
                }
                Event::Exited(number, status) if number == self.number => return Ok(News::Exited(status)),
                // Of an attempt before.
                Event::Ended(..) | Event::Left(_) | Event::Exited(..) => {}
            }
        }
    }

    /// A client that has ended may have connected just before: connections are accepted in order, so one of our own behind it tells
    /// when it has come.
    pub(super) fn ask_who_has_come(&mut self) {
        let connect = |address: &SocketAddr| {
            let socket = TcpStream::connect(address).ok()?;
            Some((socket.local_addr().ok()?, socket))
        };
        self.markers = self.stand.addresses.iter().filter_map(connect).collect();
    }

    pub(super) fn all_have_come(&self) -> bool {
        self.markers.is_empty()
    }

    /// Where the end of the command is to be told.
    pub(super) fn sender(&self) -> Sender<Event> {
        self.stand.sender.clone()
    }

    /// Tells all connections to finish.
    pub(super) fn stop(&mut self) {
        self.stop = None;
    }

    fn receive(&mut self, socket: TcpStream, peer: SocketAddr) -> Result<(), Error> {
        let plumbing =
            |cause: io::Error| Error::new(format!("cannot serve a connection: {}", Reason(&cause)));
        let sender = Sink { number: self.number, sender: self.stand.sender.clone() };
        let visit = Visit {
            context: self.context.clone(),
            reporter: sender,
            patience: self.stand.patience,
            expires_within: self.stand.expires_within,
            clients: Arc::clone(&self.clients),
            book: Arc::clone(&self.stand.book),
            stopped: self.stopped.try_clone().map_err(plumbing)?,
        };
        let serve = move || {
            if let Err(error) = visit.receive(socket, peer) {
                say!("{peer}: {error}");
            }
            let _ = visit.reporter.sender.send(Event::Left(visit.reporter.number));
        };
        thread::Builder::new().name(peer.to_string()).spawn(serve).map_err(plumbing)?;
        self.open += 1;
        Ok(())
    }
}

struct Sink {
    number: u64,
    sender: Sender<Event>,
}

impl Report for Sink {
    fn report(&self, record: &Record) {
        let _ = self.sender.send(Event::Ended(self.number, Box::new(record.clone())));
    }
}
