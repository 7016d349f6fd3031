//! Handshakes in memory, on one thread, for benches: two connections over a pair of byte queues.
//!
//! ```
//! use tlsdiag_lab::pair;
//! use tlsdiag_lab::peer::{Client, Server, Version};
//! use tlsdiag_lab::pki::Pki;
//!
//! # fn main() -> Result<(), tlsdiag_lab::Error> {
//! let pki = Pki::generate()?;
//! let setup = Client::new(Version::Tls13);
//! let (server, client) = (Server::new(Version::Tls13).context(&pki)?.build(), setup.context(&pki)?.build());
//! let (_server, mut first) = pair::handshake(&server, &client, |_| Ok(()), |ssl| setup.name(ssl))?;
//!
//! let session = pair::session(&mut first)?;
//! let again = |ssl: &mut openssl::ssl::SslRef| setup.name(ssl).and_then(|()| session.resume(ssl));
//! let (_server, second) = pair::handshake(&server, &client, |_| Ok(()), again)?;
//! assert!(second.ssl().session_reused());
//! # Ok(())
//! # }
//! ```

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use openssl::ssl::{ErrorCode, SslContextRef, SslRef, SslStream};

use crate::{Error, peer};

pub use crate::session::Session;

/// More turns than any handshake takes; who needs more than that has stopped making progress.
const TURNS: usize = 16;

/// One end of the pair. Reading what has not come yet is `WouldBlock`; once the other end is dropped, it is the end.
#[derive(Debug)]
pub struct End {
    incoming: Arc<Mutex<Queue>>,
    outgoing: Arc<Mutex<Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    bytes: VecDeque<u8>,
    closed: bool,
}

/// Two ends: what one writes, the other reads.
pub fn ends() -> (End, End) {
    let (there, back) = (Arc::default(), Arc::default());
    (
        End { incoming: Arc::clone(&back), outgoing: Arc::clone(&there) },
        End { incoming: there, outgoing: back },
    )
}

/// Performs a whole handshake, each side in turn, and returns the server's stream and the client's. The closures see
/// each connection before its handshake.
pub fn handshake(
    server: &SslContextRef,
    client: &SslContextRef,
    configure_server: impl FnOnce(&mut SslRef) -> Result<(), Error>,
    configure_client: impl FnOnce(&mut SslRef) -> Result<(), Error>,
) -> Result<(SslStream<End>, SslStream<End>), Error> {
    let (server_end, client_end) = ends();
    let mut server = stream(server, server_end, configure_server)?;
    let mut client = stream(client, client_end, configure_client)?;
    let (mut served, mut connected) = (false, false);
    for _ in 0..TURNS {
        connected = connected || progress(client.connect(), "handshake in memory at the client")?;
        served = served || progress(server.accept(), "handshake in memory at the server")?;
        if served && connected {
            return Ok((server, client));
        }
    }
    Err(Error::new("cannot handshake in memory: each side waits for the other"))
}

/// Reads what has come after the handshake, TLS 1.3's tickets among it, and returns the session to resume.
pub fn session(client: &mut SslStream<End>) -> Result<Session, Error> {
    let mut nothing = [0_u8; 1];
    match client.ssl_peek(&mut nothing) {
        Ok(_) => {}
        Err(error) if error.code() == ErrorCode::WANT_READ => {}
        Err(error) => return Err(Error::doing("read the session tickets")(error)),
    }
    Session::of(client.ssl())
}

fn stream(
    context: &SslContextRef,
    end: End,
    configure: impl FnOnce(&mut SslRef) -> Result<(), Error>,
) -> Result<SslStream<End>, Error> {
    let mut ssl = peer::connection(context)?;
    configure(&mut ssl)?;
    SslStream::new(ssl, end).map_err(Error::doing("make a stream in memory"))
}

/// Whether the handshake is done; if it only waits for the other side, it is not.
fn progress(turn: Result<(), openssl::ssl::Error>, what: &'static str) -> Result<bool, Error> {
    match turn {
        Ok(()) => Ok(true),
        Err(error) if error.code() == ErrorCode::WANT_READ => Ok(false),
        Err(error) => Err(Error::doing(what)(error)),
    }
}

impl Read for End {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut queue = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.bytes.is_empty() && !queue.closed {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        queue.bytes.read(buffer)
    }
}

impl Write for End {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner).bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
    }
}
