//! One end of connections whose other end is a program that is not ours.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use openssl::ssl::{SslContext, SslVersion};

use super::connection::Connection;
use super::outcome::SideResult;
use super::run::tune;
use super::{Observer, Side};
use crate::Error;
use crate::peer::{self, Client, Server};
use crate::pki::Pki;
use crate::session::Session;

/// A program that is silent for so long has a defect, and the test shall end all the same.
const PATIENCE: Duration = Duration::from_secs(20);

const REQUEST: &str = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
const ANSWER: &str =
    "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nConnection: close\r\n\r\nyes\n";

/// A server that answers whatever it is asked, as an HTTP server would.
pub struct Answering<'a> {
    setup: Server,
    context: SslContext,
    observer: &'a dyn Observer,
    answered: usize,
}

impl<'a> Answering<'a> {
    /// With one context for all its connections.
    pub fn new(setup: Server, pki: &Pki, observer: &'a dyn Observer) -> Result<Self, Error> {
        let mut context = setup.context(pki)?;
        observer.context(Side::Server, &mut context);
        Ok(Answering { setup, context: context.build(), observer, answered: 0 })
    }

    /// Serves one client to its end.
    pub fn serve(&mut self, socket: TcpStream) -> Result<SideResult, Error> {
        let peer = ready(&socket)?;
        let mut ssl = peer::connection(&self.context)?;
        tune(self.setup.tune_connection, &mut ssl, self.answered)?;
        self.answered += 1;
        let mut connection = Connection::new(ssl, socket)?;
        self.observer.connection(Side::Server, connection.ssl(), peer);
        let handshake = connection.accept();
        let mut result = SideResult::of(handshake, connection.ssl());
        if result.handshake.is_ok() {
            let said = connection.read();
            if said.is_ok() && connection.write(ANSWER).is_ok() {
                result.farewell = Some(connection.close());
            }
            result.application = Some(said);
        }
        self.observer.leaving(Side::Server, connection.ssl());
        connection.end();
        Ok(result)
    }
}

/// A client that asks for a page.
pub struct Asking<'a> {
    setup: Client,
    context: SslContext,
    observer: &'a dyn Observer,
    session: Option<Session>,
    asked: usize,
}

impl<'a> Asking<'a> {
    /// With one context for all its connections; each resumes the session of the one before.
    pub fn new(setup: Client, pki: &Pki, observer: &'a dyn Observer) -> Result<Self, Error> {
        let mut context = setup.context(pki)?;
        observer.context(Side::Client, &mut context);
        Ok(Asking { setup, context: context.build(), observer, session: None, asked: 0 })
    }

    /// Asks one server, and hears it to its end.
    pub fn ask(&mut self, socket: TcpStream) -> Result<SideResult, Error> {
        let peer = ready(&socket)?;
        let mut ssl = peer::connection(&self.context)?;
        self.setup.name(&mut ssl)?;
        self.session.as_ref().map_or(Ok(()), |session| session.resume(&mut ssl))?;
        tune(self.setup.tune_connection, &mut ssl, self.asked)?;
        self.asked += 1;
        let mut connection = Connection::new(ssl, socket)?;
        self.observer.connection(Side::Client, connection.ssl(), peer);
        let handshake = connection.connect();
        let mut result = SideResult::of(handshake, connection.ssl());
        if result.handshake.is_ok() {
            let heard = match connection.ssl().version2() {
                Some(SslVersion::TLS1_3) => connection.hear(Duration::from_secs(1)),
                _ => Ok(()),
            };
            let said = heard.and_then(|()| connection.write(REQUEST)).and_then(|()| connection.read());
            if said.is_ok() {
                while connection.read().is_ok() {}
                self.session = Session::of(connection.ssl()).ok();
                result.farewell = Some(connection.close());
            }
            result.application = Some(said);
        }
        self.observer.leaving(Side::Client, connection.ssl());
        connection.end();
        Ok(result)
    }
}

fn ready(socket: &TcpStream) -> Result<SocketAddr, Error> {
    let set = || {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.peer_addr()
    };
    set().map_err(Error::doing("use a socket"))
}
