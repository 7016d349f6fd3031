//! Many handshakes at once: each has its record, each record its line, and the workers do not grow.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use openssl::ssl::{Ssl, SslContext};
use tlsdiag_lab::peer::{Client, Version};
use tlsdiag_lab::web::{ClientAuth, Kind, Running, Site};

use crate::place::{Place, pki};

/// Gives the address that it came from.
fn handshake(context: &SslContext, address: SocketAddr) -> SocketAddr {
    let mut ssl = Ssl::new(context).expect("a connection");
    ssl.set_hostname("localhost").expect("a name");
    let stream = TcpStream::connect(address).expect("it listens");
    let ours = stream.local_addr().expect("an address");
    let mut stream = ssl.connect(stream).expect("a handshake");
    stream.shutdown().expect("a farewell");
    let _ = stream.read_to_end(&mut Vec::new());
    ours
}

/// So many handshakes, by four clients at once; gives the addresses that they came from, in no order.
fn load(site: &Site, count: usize) -> Vec<String> {
    let mut client = Client::new(Version::Tls13);
    client.identity = None;
    let context = client.context(pki()).expect("a context").build();
    let left = AtomicUsize::new(count);
    let take = || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
    let from = Mutex::new(Vec::with_capacity(count));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while take() {
                    let address = handshake(&context, site.address);
                    from.lock().expect("no panic").push(address.to_string());
                }
            });
        }
    });
    from.into_inner().expect("no panic")
}

/// Resident memory of the workers, in kilobytes.
fn resident(server: &Running) -> Vec<u64> {
    let children = |process: u32| -> Vec<u32> {
        let numbers =
            fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
        numbers.split_whitespace().filter_map(|number| number.parse().ok()).collect()
    };
    let workers = children(server.id()).into_iter().flat_map(children);
    workers
        .map(|worker| {
            let status = fs::read_to_string(format!("/proc/{worker}/status")).expect("it runs");
            let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
            line.split_whitespace().nth(1).and_then(|size| size.parse().ok()).expect("a number")
        })
        .collect()
}

fn no_line_is_lost(count: usize, warm_up: usize) {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off).workers(4);
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    let mut from = load(&site, warm_up);
    let before = resident(&server);
    from.extend(load(&site, count - warm_up));
    let after = resident(&server);
    assert!(server.stop().expect("it ends").success());
    let text = fs::read_to_string(place.file("out.jsonl")).expect("out.jsonl");
    assert!(text.ends_with('\n'));
    let mut ids = std::collections::BTreeSet::new();
    let mut pids = std::collections::BTreeSet::new();
    let mut peers = Vec::with_capacity(count);
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("a whole line");
        assert_eq!(record["outcome"], "established");
        let peer = &record["peer"];
        peers.push(format!("{}:{}", peer["address"].as_str().expect("an address"), peer["port"]));
        pids.insert(record["process"]["pid"].as_u64());
        assert!(ids.insert(record["id"].as_str().expect("a number").to_owned()), "each once");
    }
    assert_eq!(ids.len(), count, "{}", place.stderr());
    from.sort_unstable();
    peers.sort_unstable();
    assert_eq!(peers, from, "each has its own peer");
    assert_eq!((before.len(), after.len()), (4, 4), "four workers");
    println!(
        "{count} handshakes, {} workers recorded; resident kB before {before:?}, after {after:?}",
        pids.len()
    );
    for (before, after) in before.iter().zip(&after) {
        // A worker that had no connection while the others warmed up still has its first pages to come.
        assert!(after.saturating_sub(*before) < 2048, "from {before} kB to {after} kB");
    }
}

#[test]
fn four_workers() {
    no_line_is_lost(800, 200);
}

/// `make soak`.
#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand() {
    no_line_is_lost(100_000, 5_000);
}
