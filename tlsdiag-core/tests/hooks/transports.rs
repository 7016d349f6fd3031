//! Every way to drive OpenSSL: blocking and non-blocking sockets, memory (everywhere else), tokio; and how they end.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use openssl::ssl::{ErrorCode, HandshakeError, Ssl, SslContext, SslStream, SslVersion};
use tlsdiag_core::event::{EventBody, State, TransportEnd};
use tlsdiag_core::source::openssl::Attachment;
use tlsdiag_core::{Collector, Handshake, attach, diagnose};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::brief::{brief, words};
use crate::pipe::{client_ssl, pipe, server_ssl};
use crate::pki;

struct Watched {
    client: SslContext,
    server: SslContext,
    at_client: Arc<Collector>,
    at_server: Arc<Collector>,
    _attachments: [Attachment; 2],
}

fn watched() -> Watched {
    let (mut client, mut server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3));
    let (at_client, at_server) = (Arc::new(Collector::new()), Arc::new(Collector::new()));
    let attachments = [
        attach(&mut client, Arc::clone(&at_client)).unwrap(),
        attach(&mut server, Arc::clone(&at_server)).unwrap(),
    ];
    Watched {
        client: client.build(),
        server: server.build(),
        at_client,
        at_server,
        _attachments: attachments,
    }
}

impl Watched {
    fn is_healthy(&self) {
        let (client, server) = (brief(&self.at_client.take()), brief(&self.at_server.take()));
        assert_eq!(
            client,
            "client: start >1 <2 <ccs <8 <11 verify1:0 verify0:0 <15 <20 >ccs >20 done >data <4"
        );
        assert_eq!(server, "server: start <1 >2 >ccs >8 >11 >15 >20 <ccs <20 done >4 >4");
    }
}

fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

#[test]
fn blocking_sockets() {
    let watched = watched();
    let (near, far) = sockets();
    let server = server_ssl(&watched.server);
    let echo = thread::spawn(move || {
        let mut stream = server.accept(far).unwrap();
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        stream.write_all(&byte).unwrap();
    });
    let mut stream = client_ssl(&watched.client).connect(near).unwrap();
    stream.write_all(b"x").unwrap();
    stream.read_exact(&mut [0]).unwrap();
    echo.join().unwrap();
    watched.is_healthy();
}

#[test]
fn non_blocking_sockets() {
    let watched = watched();
    let (near, far) = sockets();
    near.set_nonblocking(true).unwrap();
    far.set_nonblocking(true).unwrap();
    let mut wants = 0;
    let mut client = client_ssl(&watched.client).connect(near);
    let mut server = server_ssl(&watched.server).accept(far);
    let (mut client, mut server) = loop {
        match (client, server) {
            (Ok(client), Ok(server)) => break (client, server),
            (c, s) => {
                let mut again = |stream| match stream {
                    Err(HandshakeError::WouldBlock(stream)) => {
                        wants += 1;
                        stream.handshake()
                    }
                    other => other,
                };
                (client, server) = (again(c), again(s));
            }
        }
    };
    assert!(wants > 1, "the sockets never made anybody wait");
    client.write_all(b"x").unwrap();
    let patiently = |stream: &mut SslStream<TcpStream>| loop {
        match stream.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
            other => break other.unwrap(),
        }
    };
    assert_eq!(patiently(&mut server), 1);
    server.write_all(b"x").unwrap();
    assert_eq!(patiently(&mut client), 1);
    watched.is_healthy();
}

#[test]
fn tokio() {
    let watched = watched();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    runtime.block_on(async {
        let (near, far) = sockets();
        let tokio = |socket: TcpStream, ssl: Ssl| {
            socket.set_nonblocking(true).unwrap();
            tokio_openssl::SslStream::new(ssl, tokio::net::TcpStream::from_std(socket).unwrap()).unwrap()
        };
        let (mut near, mut far) =
            (tokio(near, client_ssl(&watched.client)), tokio(far, server_ssl(&watched.server)));
        let (client, server) = tokio::join!(Pin::new(&mut near).connect(), Pin::new(&mut far).accept());
        client.unwrap();
        server.unwrap();
        near.write_all(b"x").await.unwrap();
        far.read_exact(&mut [0]).await.unwrap();
        far.write_all(b"x").await.unwrap();
        near.read_exact(&mut [0]).await.unwrap();
    });
    watched.is_healthy();
}

#[test]
fn plain_http() {
    let watched = watched();
    let (near, far) = pipe();
    near.inject(b"GET / HTTP/1.1\r\n\r\n");
    let mut server = SslStream::new(server_ssl(&watched.server), far).unwrap();
    assert_eq!(server.do_handshake().unwrap_err().code(), ErrorCode::SSL);
    let recordings = watched.at_server.take();
    let header = recordings[0].events().find_map(|event| match event.body {
        EventBody::Record { header, .. } => Some(header),
        _ => None,
    });
    assert_eq!(header, Some(*b"GET /"));
    assert_eq!(words(&recordings[0]).join(" "), "server: start errors(156) failed");
}

#[test]
fn closed_before_hello() {
    let watched = watched();
    let (near, far) = pipe();
    near.close();
    let mut server = SslStream::new(server_ssl(&watched.server), far).unwrap();
    assert!(server.do_handshake().is_err());
    let brief = brief(&watched.at_server.take());
    assert!(brief.starts_with("server: start <Eof") && brief.ends_with("failed"), "{brief}");
}

#[test]
fn reset_in_the_middle() {
    let watched = watched();
    let (near, far) = sockets();
    let client = client_ssl(&watched.client);
    // The hello waits unread when the socket is closed, so that the kernel answers with a reset.
    let mut stream = SslStream::new(client, near).unwrap();
    stream.get_ref().set_nonblocking(true).unwrap();
    assert!(stream.do_handshake().is_err());
    far.peek(&mut [0]).unwrap();
    drop(far);
    stream.get_ref().set_nonblocking(false).unwrap();
    assert!(stream.do_handshake().is_err());
    let recordings = watched.at_client.take();
    let end = recordings[0].events().find_map(|event| match event.body {
        EventBody::Transport { end, errno, .. } => Some((end, errno)),
        _ => None,
    });
    assert_eq!(end, Some((TransportEnd::Reset, libc::ECONNRESET)));
    let failed = recordings[0].events().any(|e| matches!(e.body, EventBody::State(State::Failed { .. })));
    assert!(failed);
}

/// An application's timer shuts the socket down while the library waits for the rest of a hello.
#[test]
fn an_end_of_ones_own_is_not_the_peers() {
    use foreign_types::ForeignTypeRef;
    use std::os::fd::AsRawFd;
    for how in [Shutdown::Read, Shutdown::Both] {
        let watched = watched();
        let (mut near, far) = sockets();
        let server = server_ssl(&watched.server);
        far.set_nonblocking(true).unwrap();
        near.write_all(b"\x16\x03\x01\x02\x00\x01").unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                // The timer rings when the library has read what there is.
                while matches!(far.peek(&mut [0]), Ok(1..)) {
                    thread::yield_now();
                }
                far.shutdown(how).unwrap();
            });
            // SAFETY: a live SSL and an open descriptor that outlives it.
            unsafe {
                assert_eq!(crate::ffi::SSL_set_fd(server.as_ptr(), far.as_raw_fd()), 1);
                let mut returned = openssl_sys::SSL_accept(server.as_ptr());
                while openssl_sys::SSL_get_error(server.as_ptr(), returned)
                    == openssl_sys::SSL_ERROR_WANT_READ
                {
                    thread::yield_now();
                    returned = openssl_sys::SSL_accept(server.as_ptr());
                }
                assert!(returned <= 0);
                openssl_sys::ERR_clear_error();
            }
        });
        let brief = words(&watched.at_server.take()[0]).join(" ");
        assert!(brief.contains("<ShutDownHere") && !brief.contains("Eof"), "{how:?}: {brief}");
    }
}

/// An application that reads the socket itself, and gives up on its own account, as curl does over a file of CAs.
struct GivesUp(TcpStream, i32);

impl Read for GivesUp {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        // What it has called last leaves this.
        // SAFETY: this thread's errno.
        unsafe { *libc::__errno_location() = self.1 };
        Err(ErrorKind::Other.into())
    }
}

impl Write for GivesUp {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_applications_own_error_is_not_the_peers() {
    for errno in [libc::ENOENT, libc::EAGAIN] {
        let watched = watched();
        let (near, _far) = sockets();
        let mut stream = SslStream::new(client_ssl(&watched.client), GivesUp(near, errno)).unwrap();
        assert!(stream.do_handshake().is_err());
        let recordings = watched.at_client.take();
        let end = recordings[0].events().find_map(|event| match event.body {
            EventBody::Transport { end, errno, .. } => Some((end, errno)),
            _ => None,
        });
        assert_eq!(end, Some((TransportEnd::Other, 0)), "{errno}");
        let diagnosis = diagnose(&Handshake::from_recording(&recordings[0]));
        assert_eq!(diagnosis.cause(), None, "{errno}: nobody knows why: {:?}", diagnosis.findings);
        let said = tlsdiag_core::report::Record::from_recording(&recordings[0]).last_words();
        assert_eq!(said.as_deref(), Some("transport: error of the application's own"));
    }
}

/// A client that only writes is told by its transport alone that the server has left.
#[test]
fn reset_after_done() {
    let watched = watched();
    let (near, far) = sockets();
    let server = server_ssl(&watched.server);
    let accept = thread::spawn(move || server.accept(far).unwrap());
    let mut client = client_ssl(&watched.client).connect(near).unwrap();
    let server = accept.join().unwrap();
    client.write_all(b"never read").unwrap();
    server.get_ref().peek(&mut [0]).unwrap();
    drop(server);
    while client.write_all(b"more").is_ok() {}
    let brief = brief(&watched.at_client.take());
    assert!(brief.ends_with("done >data >Reset"), "{brief}");
}

#[test]
fn a_socket_that_openssl_owns_tells_the_peer() {
    let watched = watched();
    let (near, far) = sockets();
    let address = far.peer_addr().unwrap();
    let server = server_ssl(&watched.server);
    // SAFETY: a live SSL and an open descriptor that outlives it.
    unsafe {
        use std::os::fd::AsRawFd;
        assert_eq!(
            crate::ffi::SSL_set_fd(foreign_types::ForeignTypeRef::as_ptr(&*server), far.as_raw_fd()),
            1
        );
        near.shutdown(Shutdown::Write).unwrap();
        assert!(openssl_sys::SSL_accept(foreign_types::ForeignTypeRef::as_ptr(&*server)) <= 0);
        openssl_sys::ERR_clear_error();
    }
    let recordings = watched.at_server.take();
    match recordings[0].events().next().unwrap().body {
        EventBody::Started { peer, .. } => assert_eq!(peer, Some(address)),
        ref other => panic!("{other:?}"),
    }
    assert!(words(&recordings[0]).contains(&"<Eof".to_owned()), "{:?}", words(&recordings[0]));
}
