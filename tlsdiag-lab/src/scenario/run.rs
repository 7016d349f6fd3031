//! Performs a scenario: two threads, one loopback connection a handshake, nothing that waits by the clock.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use openssl::ssl::{SslContext, SslContextBuilder, SslRef};

use super::connection::Connection;
use super::outcome::{LibraryError, Negotiated, SideResult};
use super::spy::Log;
use super::{Failure, Observer, Peer, Run, Scenario, Side, Spy};
use crate::Error;
use crate::peer::{self, Client};
use crate::pki::Pki;
use crate::session::Session;

/// Nothing here takes a second; a peer that is silent for so long has a defect, and the run shall end all the same.
const PATIENCE: Duration = Duration::from_secs(20);

const REQUEST: &str = "Are you there?";
const ANSWER: &str = "Yes, I am.";

pub(super) fn run(scenario: &Scenario, pki: &Pki, observer: &dyn Observer, spy: Spy) -> Result<Run, Error> {
    let server = match scenario.server_peer {
        Peer::Tls(setup) => Peer::Tls(Station::new(Side::Server, setup.context(pki)?, observer, spy)?),
        Peer::Plain(perform) => Peer::Plain(perform),
    };
    let client = match scenario.client_peer {
        Peer::Tls(setup) => {
            Peer::Tls((setup, Station::new(Side::Client, setup.context(pki)?, observer, spy)?))
        }
        Peer::Plain(perform) => Peer::Plain(perform),
    };

    let mut run = Run { server: Vec::new(), client: Vec::new() };
    let mut session = None;
    for _ in 0..scenario.handshakes {
        let (at_server, at_client) = sockets().map_err(Error::doing("connect over loopback TCP"))?;
        let (served, asked) = thread::scope(|scope| {
            let serving = scope.spawn(|| match &server {
                Peer::Tls(station) => station.serve(at_server).map(Some),
                Peer::Plain(perform) => {
                    perform(at_server);
                    Ok(None)
                }
            });
            let asking = scope.spawn(|| match &client {
                Peer::Tls((setup, station)) => station.ask(at_client, setup, session.as_ref()).map(Some),
                Peer::Plain(perform) => {
                    perform(at_client);
                    Ok(None)
                }
            });
            (
                serving.join().unwrap_or_else(|p| resume_unwind(p)),
                asking.join().unwrap_or_else(|p| resume_unwind(p)),
            )
        });
        run.server.extend(served?);
        if let Some((result, new_session)) = asked? {
            run.client.push(result);
            session = new_session;
        }
    }
    Ok(run)
}

/// Both ends of a connection: loopback completes it in the kernel, so neither call waits for the other.
fn sockets() -> std::io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = TcpStream::connect_timeout(&listener.local_addr()?, PATIENCE)?;
    let server = loop {
        let (server, peer) = listener.accept()?;
        if peer == client.local_addr()? {
            break server; // and not somebody who tries all ports of this machine
        }
    };
    for socket in [&server, &client] {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
    }
    Ok((server, client))
}

/// One side that speaks TLS, for all handshakes of a scenario.
struct Station<'a> {
    side: Side,
    context: SslContext,
    log: Option<Log>,
    observer: &'a dyn Observer,
}

impl<'a> Station<'a> {
    fn new(
        side: Side,
        mut context: SslContextBuilder,
        observer: &'a dyn Observer,
        spy: Spy,
    ) -> Result<Self, Error> {
        let log = match spy {
            Spy::On => Some(Log::install(side, &mut context)?),
            Spy::Off => None,
        };
        observer.context(side, &mut context);
        Ok(Station { side, context: context.build(), log, observer })
    }

    fn serve(&self, socket: TcpStream) -> Result<SideResult, Error> {
        let mut connection = self.connection(socket, |_| Ok(()))?;
        let handshake = connection.accept();
        let mut result = SideResult::of(handshake, connection.ssl());
        if result.handshake.is_ok() {
            let said = connection.read();
            let answered = said.is_ok().then(|| connection.write(ANSWER));
            if matches!(answered, Some(Ok(()))) {
                // The client's close_notify comes first, so that each side's order of calls is always the same.
                let _ = connection.read();
                result.farewell = Some(connection.close());
            }
            result.application = Some(match answered {
                Some(Err(failure)) => Err(failure),
                _ => said,
            });
        }
        Ok(self.finish(connection, result))
    }

    fn ask(
        &self,
        socket: TcpStream,
        setup: &Client,
        session: Option<&Session>,
    ) -> Result<(SideResult, Option<Session>), Error> {
        let mut connection = self.connection(socket, |ssl| {
            setup.name(ssl)?;
            session.map_or(Ok(()), |session| session.resume(ssl))
        })?;
        let handshake = connection.connect();
        let mut result = SideResult::of(handshake, connection.ssl());
        let mut session = None;
        if result.handshake.is_ok() {
            let said = connection.write(REQUEST).and_then(|()| connection.read());
            if said.is_ok() {
                session = Some(Session::of(connection.ssl())?);
                result.farewell = Some(connection.close());
            }
            result.application = Some(said);
        }
        Ok((self.finish(connection, result), session))
    }

    fn connection(
        &self,
        socket: TcpStream,
        configure: impl FnOnce(&mut SslRef) -> Result<(), Error>,
    ) -> Result<Connection, Error> {
        let peer = socket.peer_addr().map_err(Error::doing("name the peer of a socket"))?;
        let mut ssl = peer::connection(&self.context)?;
        configure(&mut ssl)?;
        let mut connection = Connection::new(ssl, socket)?;
        self.observer.connection(self.side, connection.ssl(), peer);
        Ok(connection)
    }

    fn finish(&self, connection: Connection, mut result: SideResult) -> SideResult {
        connection.end();
        result.left_in_queue = LibraryError::take_all();
        result.callbacks = self.log.as_ref().map(Log::take).unwrap_or_default();
        result
    }
}

impl SideResult {
    fn of(handshake: Result<(), Failure>, ssl: &SslRef) -> SideResult {
        let negotiated = handshake.is_ok().then(|| Negotiated {
            version: ssl.version_str(),
            cipher: ssl.current_cipher().map(|cipher| cipher.name()),
            alpn: ssl.selected_alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
            resumed: ssl.session_reused(),
        });
        SideResult {
            handshake,
            application: None,
            farewell: None,
            negotiated,
            verify_result: ssl.verify_result().as_raw(),
            left_in_queue: Vec::new(),
            callbacks: Vec::new(),
        }
    }
}
