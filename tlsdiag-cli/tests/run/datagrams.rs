//! DTLS, which is not recorded: that is said, with how many handshakes it were.

use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::place::{Place, object};
use crate::program::Said;

/// A client of DTLS at a port where nobody is.
const CLIENT: [&str; 4] = ["openssl", "s_client", "-dtls1_2", "-connect"];

fn nowhere() -> String {
    UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").to_string()
}

#[test]
fn a_handshake_of_dtls_is_counted() {
    let place = Place::new();
    let twice = format!("{0} {1}; {0} {1}; exit 3", CLIENT.join(" "), nowhere());
    let said: Said =
        place.run(&["--jsonl", "out.jsonl"]).args(["sh", "-c", &twice]).output().expect("it runs").into();
    assert_eq!(said.code, Some(3), "{}", said.err);
    let counted = "tlsdiag: DTLS is not recorded, only TLS is: openssl began 2 handshakes of it\n";
    assert!(said.err.contains(counted), "{}", said.err);
    assert!(said.err.contains("tlsdiag: 0 handshakes: "), "{}", said.err);
    assert_eq!(place.records("out.jsonl").len(), 0);
}

#[test]
fn the_preload_object_alone_says_it() {
    let place = Place::new();
    let mut command = Command::new(CLIENT[0]);
    command.args(&CLIENT[1..]).arg(nowhere()).current_dir(place.path());
    command.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "out.jsonl");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    // A pipe is not kept open by whoever collects.
    let stderr = std::fs::File::create(place.file("stderr")).expect("our folder");
    let _ = command.stderr(stderr).status().expect("it runs");
    let until = Instant::now() + Duration::from_secs(20);
    while !place.stderr().contains("tlsdiag: openssl begins a handshake of DTLS: it is not recorded") {
        assert!(Instant::now() < until, "{}", place.stderr());
        std::thread::sleep(Duration::from_millis(10));
    }
}
