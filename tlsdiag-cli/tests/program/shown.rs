//! Consoles that show something, and clients that visit what they show.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode, SslVersion};

use super::watched::{Answer, Watched, read};
use super::{Place, tlsdiag};

/// Real records: those that a server wrote of a client that failed and of one that did not.
pub(crate) fn recorded() -> Place {
    let place = Place::new();
    let server = place.serve(&["--require", "--count", "2"]);
    for version in ["-tls1_2", "-tls1_3"] {
        server.s_client(&[version]);
    }
    assert_eq!(server.finish().code, Some(0));
    place
}

pub(crate) fn console(place: &Place, arguments: &[&str]) -> (Watched, SocketAddr) {
    let mut watched = Watched::start(tlsdiag(place.path()).arg("console").args(arguments));
    let address = watched.console();
    (watched, address)
}

/// `serve` with our certificates and its console: where it listens, and where the console is.
pub(crate) fn served(place: &Place, arguments: &[&str]) -> (Watched, SocketAddr, SocketAddr) {
    let mut command = tlsdiag(place.path());
    command.args(["serve", "--host", "127.0.0.1", "--port", "0", "--quiet", "--console"]).args(arguments);
    command.args(["--key".as_ref(), place.files.server_key.as_os_str()]);
    command.args(["--cert".as_ref(), place.files.server.as_os_str()]);
    command.args(["--ca".as_ref(), place.files.ca.as_os_str()]);
    let mut watched = Watched::start(&mut command);
    let (console, address) = (watched.console(), watched.address());
    (watched, address, console)
}

/// A client of TLS 1.2, which hears in its handshake that its certificate is missing; what a browser asks then, and gets.
pub(crate) fn visit(address: SocketAddr, accept: &str) -> Option<Answer> {
    let mut client = SslConnector::builder(SslMethod::tls_client()).expect("OpenSSL");
    client.set_verify(SslVerifyMode::NONE);
    client.set_max_proto_version(Some(SslVersion::TLS1_2)).expect("TLS 1.2");
    let socket = TcpStream::connect(address).expect("it listens");
    let mut stream = client.build().connect("localhost", socket).ok()?;
    write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n").expect("it reads");
    Some(read(stream))
}
