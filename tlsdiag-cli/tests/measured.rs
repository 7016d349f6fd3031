//! What is measured of the console and of `serve`: how soon, with how much memory, and against whom it stands.

#[path = "../../tlsdiag-console/tests/browser/installed.rs"]
mod installed;
mod program;

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use program::Place;
use program::shown::{console, recorded, served, visit};
use program::watched::{Events, get};

/// What is measured has the machine to itself, as far as these tests go; cargo runs one file of tests after another.
fn alone() -> MutexGuard<'static, ()> {
    static MACHINE: Mutex<()> = Mutex::new(());
    MACHINE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `make bench` has the file of 100,000 records.
#[test]
fn of_a_long_file_the_newest_are_shown_at_once_and_all_are_found() {
    let _machine = alone();
    const COUNT: usize = 4000;
    let place = recorded();
    let records = std::fs::read_to_string(place.path().join("out.jsonl")).expect("text");
    let records: Vec<&str> = records.lines().collect();
    let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["id"].to_string();
    let mut long =
        std::io::BufWriter::new(std::fs::File::create(place.path().join("long")).expect("our folder"));
    for number in 1..=COUNT {
        let record = records[number % records.len()];
        let line = record.replacen(&id(record), &format!("\"{number}\""), 1) + "\n";
        long.write_all(line.as_bytes()).expect("our folder");
    }
    long.into_inner().expect("our folder");
    let begin = Instant::now();
    let (watched, address) = console(&place, &["long"]);
    assert!(get(address, "/").body.contains("client_cert.missing"));
    let shown = begin.elapsed();
    let mut events = Events::open(address);
    while get(address, "/handshake/1.json").status != 200 {
        events.wait_for(1);
    }
    for number in [1, 2, COUNT / 2, COUNT] {
        let json = get(address, &format!("/handshake/{number}.json")).body;
        assert_eq!(id(&json), format!("\"{number}\""));
    }
    let memory = watched.memory();
    println!("shown after {shown:?}, all of {COUNT} after {:?}, {memory} MB", begin.elapsed());
    assert!(shown < Duration::from_secs(2) && memory < 300, "{shown:?}, {memory} MB");
}

#[test]
fn a_failure_is_shown_within_200_ms() {
    let _machine = alone();
    let place = Place::new();
    let (_watched, address, console) = served(&place, &["--require"]);
    let mut events = Events::open(console);
    let mut took: Vec<Duration> = (1..=20)
        .map(|count| {
            assert!(visit(address, "*/*").is_none());
            let begin = Instant::now();
            events.wait_for(count);
            let page = get(console, "/");
            let took = begin.elapsed();
            assert!(page.status == 200 && page.body.contains("client_cert.missing"), "{page:?}");
            assert_eq!(get(console, &format!("/handshake/{count}.json")).status, 200);
            took
        })
        .collect();
    took.sort();
    println!(
        "from the client's failure to the page with the verdict: median {:?}, worst {:?}",
        took[10], took[19]
    );
    assert!(took[10] < Duration::from_millis(200), "{took:?}");
}

/// What the user sees: the verdict on the screen of a browser.
#[test]
fn a_failure_is_on_chromiums_screen_within_200_ms() {
    let _machine = alone();
    let chromium = match installed::chromium() {
        Ok(chromium) => chromium,
        Err(absent) => return println!("skipped: {absent}"),
    };
    let place = Place::new();
    let (_watched, address, console) = served(&place, &["--require"]);
    let script = chromium.folder.join("follow.mjs");
    std::fs::write(&script, include_str!("program/follow.mjs")).expect("a script");
    let mut node = Command::new("node");
    node.arg(script).arg(format!("http://{console}/")).arg(chromium.program);
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node");
    let mut lines = BufReader::new(node.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().expect("the browser is there").expect("text");
    assert_eq!(next(), "ready");
    let now = || SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_millis();
    let mut took: Vec<u128> = (1..=20)
        .map(|count| {
            assert!(visit(address, "*/*").is_none());
            let failed = now();
            let line = next();
            let words: Vec<&str> = line.split(' ').collect();
            let ["shown", number, at, verdict @ ..] = &words[..] else { panic!("{line}") };
            assert_eq!(number.parse(), Ok(count), "{line}");
            assert!(verdict.contains(&"client_cert.missing"), "{line}");
            at.parse::<u128>().expect("a number").saturating_sub(failed)
        })
        .collect();
    drop(node.stdin.take());
    assert!(node.wait().expect("node").success());
    took.sort_unstable();
    println!("from the client's failure to Chromium's screen: median {} ms, worst {} ms", took[10], took[19]);
    assert!(took[10] < 200, "{took:?}");
}

/// 500 connections at once that are up to no good; they stay open as long as what is given back.
fn crowd(address: SocketAddr, slow: &[u8], greedy: &[u8]) -> Vec<TcpStream> {
    let garbage: Vec<u8> = (0..2000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let open = |at: usize| {
        let mut socket = TcpStream::connect(address).expect("it listens");
        // Whoever is sent away at once hears so here.
        let _ = match at % 5 {
            0 => socket.write_all(slow),
            1 => socket.write_all(&garbage),
            2 => socket.write_all(greedy),
            3 => socket.shutdown(Shutdown::Write),
            _ => Ok(()),
        };
        socket
    };
    (0..500).map(open).collect()
}

#[test]
fn the_console_stands_five_hundred_that_are_up_to_no_good() {
    let _machine = alone();
    let place = recorded();
    let (mut watched, address) = console(&place, &["out.jsonl"]);
    let greedy = format!("GET /events HTTP/1.1\r\nHost: {address}\r\n\r\n").repeat(3);
    let crowd = crowd(address, b"GET / HTTP/1.1\r\nHost: local", greedy.as_bytes());
    for _ in 0..20 {
        let page = get(address, "/");
        assert!(page.status == 200 && page.body.contains("client_cert.missing"), "{page:?}");
    }
    let memory = watched.memory();
    assert!(memory < 150, "{memory} MB");
    let (code, took) = watched.interrupt();
    assert_eq!(code, Some(0));
    println!("500 connections: {memory} MB, Ctrl-C ended it after {took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    drop(crowd);
}

#[test]
fn serve_stands_five_hundred_that_are_up_to_no_good() {
    let _machine = alone();
    let place = Place::new();
    let (mut watched, address, console) = served(&place, &["--request"]);
    // The head of a ClientHello of 300 bytes; and one record after another that is none.
    let slow = [&b"\x16\x03\x01\x01\x2c\x01\x00\x01\x28\x03\x03"[..], &[7; 40]].concat();
    let crowd = crowd(address, &slow, b"GET / HTTP/1.1\r\n\r\n");
    for _ in 0..5 {
        let page = visit(address, "text/html").expect("it gets through");
        assert_eq!(page.status, 200);
    }
    assert_eq!(get(console, "/").status, 200);
    let memory = watched.memory();
    assert!(memory < 300, "{memory} MB");
    let (code, took) = watched.interrupt();
    assert_eq!(code, Some(0));
    println!("500 connections: {memory} MB, Ctrl-C ended it after {took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    drop(crowd);
}
