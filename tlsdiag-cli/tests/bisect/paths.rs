//! Servers, and what may lie before them, that do not take every ClientHello.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use tlsdiag_lab::scenario::lose_large_segments;

use crate::place::Place;
use crate::program::{Said, Server, tlsdiag};

/// What a middlebox does with the first record of a client.
type Look = fn(&[u8]) -> Deed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Pass,
    Close,
    /// Keeps it, and everything behind it.
    Swallow,
}

/// A server of ours, and its options.
fn server(place: &Place, options: &[&str]) -> Server {
    let mut command = tlsdiag(place.path());
    command.args([
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--cert",
        "server.pem",
        "--key",
        "server.key",
    ]);
    Server::start(command.args(["--ca", "ca.pem", "--quiet"]).args(options))
}

/// A middlebox before it, for as long as the test takes.
fn middlebox(server: SocketAddr, look: Look, loses_large_segments: bool) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    if loses_large_segments {
        lose_large_segments(&listener).expect("a filter");
    }
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || relay(client, server, look));
        }
    });
    address
}

fn relay(mut client: TcpStream, server: SocketAddr, look: Look) {
    let mut record = vec![0_u8; 5];
    if client.read_exact(&mut record).is_err() {
        return;
    }
    record.resize(5 + usize::from(u16::from_be_bytes([record[3], record[4]])), 0);
    if client.read_exact(&mut record[5..]).is_err() {
        return;
    }
    match look(&record) {
        Deed::Pass => {}
        Deed::Close => return,
        Deed::Swallow => {
            while matches!(client.read(&mut [0; 4096]), Ok(1..)) {}
            return;
        }
    }
    let mut server = TcpStream::connect(server).expect("it listens");
    server.write_all(&record).expect("it reads");
    let (mut from, mut to) = (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
    let back = thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut client, &mut server);
    let _ = server.shutdown(Shutdown::Write);
    let _ = back.join();
}

fn bisect(place: &Place, address: SocketAddr, options: &[&str]) -> Said {
    let mut command = tlsdiag(place.path());
    command.args([
        "bisect",
        "--connect",
        &address.to_string(),
        "--servername",
        "localhost",
        "--timeout",
        "2",
    ]);
    command.args(["--jsonl", "steps.jsonl"]).args(options).output().expect("the program runs").into()
}

fn found(look: Look, loses_large_segments: bool) -> Said {
    let place = Place::new();
    let server = server(&place, &[]);
    let said = bisect(&place, middlebox(server.address, look, loses_large_segments), &[]);
    println!("{}{}", said.err, said.out);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let steps = std::fs::read_to_string(place.file("steps.jsonl")).expect("a file").lines().count();
    assert!(steps >= 5, "each step is a record");
    assert!(said.out.contains("5 of 5 failed without it, 5 of 5 worked with it."), "{}", said.out);
    said
}

fn holds(hello: &[u8], bytes: &[u8]) -> bool {
    hello.windows(bytes.len()).any(|window| window == bytes)
}

/// Whether it has supported_versions, with TLS 1.3 first.
fn offers_tls13(hello: &[u8]) -> bool {
    hello.windows(7).any(|bytes| bytes[..3] == [0, 43, 0] && bytes[5..] == [3, 4])
}

/// A libssl of 3.5 or later makes a large ClientHello of its own accord, for its post-quantum key share.
fn works_when_small(said: &Said) {
    let first = said.out.lines().next().unwrap_or_default();
    let changes = ["is small.", "offers no post-quantum key exchange, which makes it small."];
    assert!(
        changes.iter().any(|change| first == format!("It works when the ClientHello {change}")),
        "{}",
        said.out
    );
}

#[test]
fn a_path_that_loses_large_packets() {
    let said = found(|_| Deed::Pass, true);
    works_when_small(&said);
    assert!(said.out.contains("a path shows that loses packets of full size"), "{}", said.out);
}

#[test]
fn a_middlebox_that_reads_a_small_record_alone() {
    let said = found(|hello| if hello.len() > 1000 { Deed::Swallow } else { Deed::Pass }, false);
    works_when_small(&said);
    assert!(said.out.contains("is silent after a large ClientHello in one TLS record"), "{}", said.out);
    assert!(!said.out.contains("MTU"), "{}", said.out);
}

#[test]
fn a_server_that_does_not_stand_tls13() {
    let said = found(|hello| if offers_tls13(hello) { Deed::Close } else { Deed::Pass }, false);
    assert!(said.out.starts_with("It works when the ClientHello does not offer TLS 1.3.\n"), "{}", said.out);
    assert!(
        said.out.contains("closes or resets the connection at a ClientHello that offers TLS 1.3"),
        "{}",
        said.out
    );
}

#[test]
fn a_filter_of_names() {
    let said = found(|hello| if holds(hello, b"localhost") { Deed::Close } else { Deed::Pass }, false);
    let sentence = "It works when the ClientHello does not name localhost in server_name.\n";
    assert!(said.out.starts_with(sentence), "{}", said.out);
}

#[test]
fn a_server_of_tls12_alone_is_healthy() {
    let place = Place::new();
    let server = server(&place, &["--tls", "1.2"]);
    let said = bisect(&place, server.address, &[]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("there is nothing to search for"), "{}", said.out);
}

#[test]
fn a_server_of_tls12_alone_needs_tls12_and_nothing_else() {
    let place = Place::new();
    let server = server(&place, &["--tls", "1.2"]);
    let said = bisect(&place, server.address, &["--tls", "1.3"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("It works when the ClientHello also offers TLS 1.2.\n"), "{}", said.out);
    assert!(!said.out.contains("weak"), "{}", said.out);
}

#[test]
fn a_path_that_takes_small_hellos_alone_is_not_said_to_refuse_tls13() {
    let said = found(|hello| if hello.len() > 300 { Deed::Close } else { Deed::Pass }, false);
    assert!(said.out.starts_with("It works when the ClientHello is smaller: here, when "), "{}", said.out);
    assert!(said.out.contains("and a smaller one that offers TLS 1.3 is taken"), "{}", said.out);
    assert!(!said.out.contains("intolerant"), "{}", said.out);
}

#[test]
fn a_server_that_wants_a_certificate_gets_no_verdict_about_the_path() {
    let place = Place::new();
    let server = server(&place, &["--require", "--tls", "1.2"]);
    let said = bisect(&place, server.address, &[]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("Nothing that can be varied here helps"), "{}", said.out);
    // With one, on TLS 1.3, where it is refused or taken only after the handshake.
    let (own, other) = (
        ["--cert", "alice.pem", "--key", "alice.key", "--chain", "alice.pem"],
        ["--cert", "carol.pem", "--key", "carol.key", "--chain", "carol.pem"],
    );
    let said = bisect(&place, server.address, &own);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    drop(server);
    let server = self::server(&place, &["--require", "--tls", "1.3"]);
    let said = bisect(&place, server.address, &other);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.out.contains("client_cert."), "{}", said.out);
}

#[test]
fn nobody_listens() {
    let place = Place::new();
    let port = tlsdiag_lab::port::Port::reserve().expect("a port");
    let said = bisect(&place, port.address().into(), &[]);
    assert_eq!((said.code, &*said.out), (Some(2), ""), "{}", said.err);
    assert!(said.err.contains("cannot connect to"), "{}", said.err);
}
