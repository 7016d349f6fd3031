//! Early data, in nginx and in s_server: one record of each handshake on either side.

use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tlsdiag_lab::web::{ClientAuth, Kind, Running};

use crate::place::{Place, verdicts};

const REQUEST: &str = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";

/// s_client, recorded: what it prints. It stays until the condition holds, or, where it has said something, until the server ends it.
fn client(
    place: &Place,
    address: SocketAddr,
    options: &str,
    words: &str,
    until: impl Fn() -> bool,
) -> String {
    let mut command = place.run(&["--jsonl", "client.jsonl"]);
    command.args(["openssl", "s_client", "-connect", &address.to_string(), "-servername", "localhost"]);
    command.args(["-CAfile", "trusted.pem", "-verify", "4"]).args(options.split_whitespace());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(words.as_bytes()).expect("it reads");
    let patience = Instant::now() + Duration::from_secs(20);
    while !until() {
        assert!(Instant::now() < patience, "s_client {options}: what it waits for does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut said = String::new();
    if words.is_empty() {
        stdin.write_all(b"Q\n").expect("it reads");
    }
    child.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
    child.wait().expect("it ends");
    said
}

/// A first connection for the session, and two with early data. s_server takes a session's early data once, and nginx as often as it comes.
fn connections(place: &Place, address: SocketAddr, words: &str, statuses: [&str; 2]) {
    fs::write(place.file("request"), REQUEST).expect("our folder");
    let has_session = || place.file("session").exists();
    client(place, address, "-sess_out session", words, has_session);
    for status in statuses {
        let said = client(place, address, "-sess_in session -early_data request", "", || true);
        assert!(said.contains(&format!("Early data was {status}")), "{said}");
    }
}

fn each_has_one_record(place: &Place, name: &str, resumed: [bool; 3]) {
    let records = place.records(name);
    assert_eq!(verdicts(&records), ["established ok"; 3], "{name}");
    let told: Vec<_> = records.iter().map(|record| record["tls"]["resumed"] == true).collect();
    assert_eq!(told, resumed, "{name}");
    assert!(records.iter().all(|record| record["tls"]["protocol"]["version"] == "1.3"), "{name}");
}

/// It answers a request that came as early data and closes, before it has read the client's Finished.
#[test]
fn nginx() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off).early_data();
    let server = place.recorded(&site, &["--jsonl", "server.jsonl"]);
    connections(&place, site.address, REQUEST, ["accepted"; 2]);
    assert!(server.stop().expect("it ends").success());
    each_has_one_record(&place, "server.jsonl", [false, true, true]);
    each_has_one_record(&place, "client.jsonl", [false, true, true]);
}

#[test]
fn s_server() {
    let place = Place::new();
    // For its files and its port.
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let mut command = place.run(&["--jsonl", "server.jsonl"]);
    command.args(["openssl", "s_server", "-accept", &site.address.to_string(), "-early_data", "-quiet"]);
    command.args(["-cert", "server.pem", "-cert_chain", "server.pem", "-key", "server.key"]);
    // It would end a connection with the end of its own input.
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Running::start(&mut command, site.address).expect("it runs");
    connections(&place, site.address, "", ["accepted", "rejected"]);
    server.stop().expect("it ends");
    each_has_one_record(&place, "server.jsonl", [false, true, false]);
    each_has_one_record(&place, "client.jsonl", [false, true, false]);
}
