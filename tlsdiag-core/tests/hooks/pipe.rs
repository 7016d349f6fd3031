//! Two ends of a connection in memory, and how to shake hands over them.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use openssl::ssl::{ErrorCode, Ssl, SslContext, SslStream};

#[derive(Default, Debug)]
struct Channel {
    bytes: VecDeque<u8>,
    closed: bool,
}

/// One end; a read that finds nothing says WouldBlock, one from a closed peer end of file.
#[derive(Debug)]
pub(crate) struct Pipe {
    read: Arc<Mutex<Channel>>,
    write: Arc<Mutex<Channel>>,
}

pub(crate) fn pipe() -> (Pipe, Pipe) {
    let (a, b) = (Arc::<Mutex<Channel>>::default(), Arc::<Mutex<Channel>>::default());
    (Pipe { read: Arc::clone(&a), write: Arc::clone(&b) }, Pipe { read: b, write: a })
}

impl Pipe {
    /// No more from this end.
    pub(crate) fn close(&self) {
        self.write.lock().unwrap().closed = true;
    }

    /// Puts bytes on the wire behind TLS's back.
    pub(crate) fn inject(&self, bytes: &[u8]) {
        self.write.lock().unwrap().bytes.extend(bytes);
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.close();
        self.read.lock().unwrap().closed = true;
    }
}

impl Read for Pipe {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut channel = self.read.lock().unwrap();
        if channel.bytes.is_empty() {
            return if channel.closed { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        }
        channel.bytes.read(out)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut channel = self.write.lock().unwrap();
        if channel.closed {
            return Err(io::Error::from_raw_os_error(libc::EPIPE));
        }
        channel.bytes.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How a side's handshake went: 0, or the code of `SSL_get_error` and the error's text.
#[derive(Debug, PartialEq, Clone)]
pub(crate) struct Result(pub(crate) i32, pub(crate) String);

/// Both ends after a handshake.
pub(crate) struct Pair {
    pub(crate) client: SslStream<Pipe>,
    pub(crate) server: SslStream<Pipe>,
    pub(crate) client_result: Result,
    pub(crate) server_result: Result,
}

pub(crate) fn client_ssl(context: &SslContext) -> Ssl {
    let mut ssl = Ssl::new(context).unwrap();
    ssl.set_connect_state();
    ssl.set_hostname("localhost").unwrap();
    ssl
}

pub(crate) fn server_ssl(context: &SslContext) -> Ssl {
    let mut ssl = Ssl::new(context).unwrap();
    ssl.set_accept_state();
    ssl
}

/// A handshake, each side in turn until both have succeeded or failed; a side that fails hangs up.
pub(crate) fn shake(client: Ssl, server: Ssl) -> Pair {
    let (near, far) = pipe();
    let mut client = SslStream::new(client, near).unwrap();
    let mut server = SslStream::new(server, far).unwrap();
    let (mut client_result, mut server_result) = (None, None);
    for _ in 0..20 {
        step(&mut client, &mut client_result);
        step(&mut server, &mut server_result);
    }
    Pair {
        client,
        server,
        client_result: client_result.expect("the client is stuck"),
        server_result: server_result.expect("the server is stuck"),
    }
}

pub(crate) fn pair(client: &SslContext, server: &SslContext) -> Pair {
    shake(client_ssl(client), server_ssl(server))
}

fn step(stream: &mut SslStream<Pipe>, result: &mut Option<Result>) {
    if result.is_some() {
        return;
    }
    match stream.do_handshake() {
        Ok(()) => *result = Some(Result(0, String::new())),
        Err(error) if error.code() == ErrorCode::WANT_READ => {}
        Err(error) => {
            stream.get_ref().close();
            *result = Some(Result(error.code().as_raw(), error.to_string()));
        }
    }
}

impl Pair {
    /// A word each way, so that a TLS 1.3 client knows that it is welcome.
    pub(crate) fn talk(&mut self) {
        self.client.ssl_write(b"hello").unwrap();
        assert_eq!(self.server.ssl_read(&mut [0; 16]).unwrap(), 5);
        self.server.ssl_write(b"welcome").unwrap();
        assert_eq!(self.client.ssl_read(&mut [0; 16]).unwrap(), 7);
    }
}
