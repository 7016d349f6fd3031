//! Somebody who reloads a page: here, programs that connect whenever the line asks for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;

use crate::place::Place;
use crate::program::{Said, tlsdiag};

/// A bisection at which this happens for each line that asks for something: the line, and where the server is.
fn reload(place: &Place, options: &[&str], mut visit: impl FnMut(&str, &str)) -> Said {
    let mut command = tlsdiag(place.path());
    command.args([
        "bisect",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--cert",
        "server.pem",
        "--key",
        "server.key",
    ]);
    command.args(["--chain", "server.pem", "--ca", "ca.pem"]).args(options);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut err = String::new();
    let mut address = String::new();
    for line in BufReader::new(child.stderr.take().expect("a pipe")).lines() {
        let line = line.expect("text");
        if let Some(said) = line.strip_prefix("tlsdiag: listening on ") {
            said.clone_into(&mut address);
        } else if line.contains("the browser") {
            visit(&line, &address);
        }
        err.push_str(&format!("{line}\n"));
    }
    let mut out = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut out).expect("text");
    Said { code: child.wait().expect("it ends").code(), out, err }
}

fn s_client(address: &str, options: &[&str], place: &Place) {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", address, "-servername", "localhost"]).args(options);
    command.current_dir(place.path()).stdin(Stdio::null()).output().expect("openssl is installed");
}

/// Leaves where its certificate is due, as a browser that asks its user: somebody between it and the server sees to that.
fn leaves(address: &str, place: &Place) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let between = listener.local_addr().expect("an address").to_string();
    let server = address.to_owned();
    let cut = thread::spawn(move || {
        let (mut client, _) = listener.accept().expect("a client");
        let mut hello = vec![0_u8; 5];
        client.read_exact(&mut hello).expect("a record");
        hello.resize(5 + usize::from(u16::from_be_bytes([hello[3], hello[4]])), 0);
        client.read_exact(&mut hello[5..]).expect("a record");
        let mut server = TcpStream::connect(server).expect("it listens");
        server.write_all(&hello).expect("it reads");
        // Up to ServerHelloDone, which is empty.
        let (mut answer, mut part) = (Vec::new(), [0_u8; 4096]);
        while !answer.ends_with(&[14, 0, 0, 0]) {
            let length = server.read(&mut part).expect("an answer");
            assert_ne!(length, 0, "it closes");
            answer.extend(&part[..length]);
        }
    });
    s_client(&between, &["-tls1_2"], place);
    cut.join().expect("it is cut");
}

const ALICE: [&str; 7] = ["-tls1_2", "-cert", "alice.pem", "-key", "alice.key", "-cert_chain", "alice.pem"];

#[test]
fn a_page_that_is_reloaded_is_an_attempt() {
    let place = Place::new();
    let said = reload(&place, &["--groups", "P-384"], |_, address| {
        s_client(address, &["-groups", "X25519"], &place);
    });
    assert!(said.err.contains("reload the page in the browser (attempt 2 of at most 14)"), "{}", said.err);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("The client works when the server also takes x25519.\n"), "{}", said.out);
    assert!(
        said.out.contains("Seen back and forth: 2 of 2 failed without it, 2 of 2 worked with it."),
        "{}",
        said.out
    );
    assert!(!said.out.contains("Proven"), "{}", said.out);
}

#[test]
fn a_browser_that_asks_its_user_and_comes_back_does_not_fail() {
    let place = Place::new();
    let mut views = 0;
    let said = reload(&place, &["--require", "--tls", "1.2"], |line, address| {
        views += 1;
        match views {
            1 => leaves(address, &place),
            2 => {
                assert!(line.contains("may be asking for a certificate"), "{line}");
                s_client(address, &ALICE, &place);
            }
            _ => panic!("{line}"),
        }
    });
    assert_eq!((said.code, views), (Some(0), 2), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("The client works at once"), "{}", said.out);
}

#[test]
fn a_browser_that_leaves_again_fails() {
    let place = Place::new();
    let mut asked = 0;
    let said = reload(&place, &["--require", "--tls", "1.2", "--attempts", "1"], |line, address| {
        asked += usize::from(line.contains("may be asking"));
        leaves(address, &place);
    });
    assert_eq!((said.code, asked), (Some(1), 1), "{}{}", said.out, said.err);
    assert!(said.err.contains("attempt 1: as it is: fails (note.client_asks_user)"), "{}", said.err);
}
