//! Performs a scenario: two threads, one loopback connection a handshake, nothing that waits by the clock.

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use openssl::ssl::{SslContext, SslContextBuilder, SslRef};

use super::connection::Connection;
use super::outcome::{LibraryError, Negotiated, SideResult};
use super::spy::Log;
use super::{
    Failure, Interlude, Observer, OwnFault, Peer, Run, Scenario, Side, Spy, descriptor, lose_large_segments,
    path,
};
use crate::Error;
use crate::peer::{self, Client, Server, TuneConnection};
use crate::pki::Pki;
use crate::session::Session;

/// Nothing here takes a second; a peer that is silent for so long has a defect, and the run shall end all the same.
const PATIENCE: Duration = Duration::from_secs(20);

const REQUEST: &str = "Are you there?";
const ANSWER: &str = "Yes, I am.";

pub(super) fn run(scenario: &Scenario, pki: &Pki, observer: &dyn Observer, spy: Spy) -> Result<Run, Error> {
    let server = match scenario.server_peer {
        Peer::Tls(setup) => {
            Peer::Tls((setup, Station::new(Side::Server, setup.context(pki)?, observer, spy)?))
        }
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
    for number in 0..scenario.handshakes {
        let connect = |patience| sockets(patience).map_err(Error::doing("connect over loopback TCP"));
        let (patience_server, patience_client) = scenario.patience;
        let (at_server, at_client, between) = match scenario.path {
            None => {
                let (at_server, at_client) = connect((patience_server, patience_client))?;
                if scenario.loses_large_segments {
                    lose_large_segments(&at_server).map_err(Error::doing("filter what a socket receives"))?;
                }
                (at_server, at_client, None)
            }
            Some(edit) => {
                let (at_server, to_server) = connect((patience_server, None))?;
                let (to_client, at_client) = connect((None, patience_client))?;
                (at_server, at_client, Some((edit, to_client, to_server)))
            }
        };
        // While they have names: a connection that is reset has none.
        let name = |socket: &TcpStream| socket.peer_addr().map_err(Error::doing("name the peer of a socket"));
        let (mut at_server, mut at_client) = ((name(&at_server)?, at_server), (name(&at_client)?, at_client));
        if let Some((side, fault)) = scenario.own_fault {
            let socket = if side == Side::Server { &mut at_server.1 } else { &mut at_client.1 };
            match fault {
                OwnFault::ShutForReading => socket.shutdown(Shutdown::Read),
                OwnFault::NeverConnected => descriptor::never_connected().map(|other| *socket = other),
            }
            .map_err(Error::doing("take a side's socket away"))?;
        }
        let (served, asked) = thread::scope(|scope| {
            if let Some((edit, to_client, to_server)) = between {
                path::relay(scope, edit, to_client, to_server);
            }
            let serving = scope.spawn(|| match &server {
                Peer::Tls((setup, station)) => {
                    station.serve(at_server, setup, number, scenario.interlude).map(Some)
                }
                Peer::Plain(perform) => {
                    perform(at_server.1);
                    Ok(None)
                }
            });
            let asking = scope.spawn(|| match &client {
                Peer::Tls((setup, station)) => {
                    station.ask(at_client, setup, number, session.as_ref(), scenario.interlude).map(Some)
                }
                Peer::Plain(perform) => {
                    perform(at_client.1);
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
fn sockets(patience: (Option<Duration>, Option<Duration>)) -> std::io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = TcpStream::connect_timeout(&listener.local_addr()?, PATIENCE)?;
    let server = loop {
        let (server, peer) = listener.accept()?;
        if peer == client.local_addr()? {
            break server; // and not somebody who tries all ports of this machine
        }
    };
    for (socket, patience) in [(&server, patience.0), (&client, patience.1)] {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(patience.unwrap_or(PATIENCE)))?;
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

    fn serve(
        &self,
        socket: (SocketAddr, TcpStream),
        setup: &Server,
        number: usize,
        interlude: Interlude,
    ) -> Result<SideResult, Error> {
        let mut connection = self.connection(socket, |ssl| tune(setup.tune_connection, ssl, number))?;
        let handshake = connection.accept();
        let mut result = SideResult::of(handshake, connection.ssl());
        if result.handshake.is_ok() {
            let said = connection.read();
            let played = said.is_ok().then(|| match interlude {
                Interlude::None
                | Interlude::HangsUp
                | Interlude::ClientLeaves
                | Interlude::ClientFrees
                | Interlude::ClientWaits => Ok(()),
                Interlude::Renegotiates => connection.renegotiate(),
                Interlude::AsksForCertificate => connection.ask_for_certificate(),
            });
            if interlude == Interlude::HangsUp {
                result.application = Some(said);
                return Ok(self.finish(connection, result));
            }
            let answered = played.map(|played| played.and_then(|()| connection.write(ANSWER)));
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
        socket: (SocketAddr, TcpStream),
        setup: &Client,
        number: usize,
        session: Option<&Session>,
        interlude: Interlude,
    ) -> Result<(SideResult, Option<Session>), Error> {
        let mut connection = self.connection(socket, |ssl| {
            setup.name(ssl)?;
            session.map_or(Ok(()), |session| session.resume(ssl))?;
            tune(setup.tune_connection, ssl, number)
        })?;
        let handshake = connection.connect();
        let mut result = SideResult::of(handshake, connection.ssl());
        let mut session = None;
        if interlude == Interlude::ClientWaits && result.handshake.is_ok() {
            connection.wait();
        }
        if interlude == Interlude::ClientFrees {
            return Ok((self.finish(connection, result), None));
        }
        if interlude == Interlude::ClientLeaves && result.handshake.is_ok() {
            result.farewell = Some(connection.close());
        } else if result.handshake.is_ok() {
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
        (peer, socket): (SocketAddr, TcpStream),
        configure: impl FnOnce(&mut SslRef) -> Result<(), Error>,
    ) -> Result<Connection, Error> {
        let mut ssl = peer::connection(&self.context)?;
        configure(&mut ssl)?;
        let mut connection = Connection::new(ssl, socket)?;
        self.observer.connection(self.side, connection.ssl(), peer);
        Ok(connection)
    }

    fn finish(&self, mut connection: Connection, mut result: SideResult) -> SideResult {
        self.observer.leaving(self.side, connection.ssl());
        connection.end();
        result.left_in_queue = LibraryError::take_all();
        result.callbacks = self.log.as_ref().map(Log::take).unwrap_or_default();
        result
    }
}

pub(super) fn tune(tune: Option<TuneConnection>, ssl: &mut SslRef, number: usize) -> Result<(), Error> {
    tune.map_or(Ok(()), |tune| tune(ssl, number)).map_err(Error::doing("configure a connection"))
}

impl SideResult {
    pub(super) fn of(handshake: Result<(), Failure>, ssl: &SslRef) -> SideResult {
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
