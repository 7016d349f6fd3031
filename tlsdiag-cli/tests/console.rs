//! The console over HTTP: `tlsdiag console`, and `--console` beside `serve`.

mod program;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use program::shown::{console, recorded, served, visit};
use program::watched::{Events, Watched, get, send};
use program::{Place, run, tlsdiag};

#[test]
fn a_file_is_shown_page_by_page() {
    let place = recorded();
    let (mut watched, address) = console(&place, &["out.jsonl"]);
    assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
    let page = get(address, "/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.contains("client_cert.missing"), "{}", page.body);
    for number in [1, 2] {
        let page = get(address, &format!("/handshake/{number}"));
        assert!(page.status == 200 && page.body.contains("client_cert.missing"), "{page:?}");
    }
    let json = get(address, "/handshake/1.json");
    assert_eq!((json.status, json.header("content-type")), (200, Some("application/json")));
    let record: serde_json::Value = serde_json::from_str(&json.body).expect("JSON");
    assert_eq!(record, place.records()[0]);
    for path in ["/handshake/3", "/handshake/0", "/handshake/1.jso", "/favicon.ico", "/../out.jsonl"] {
        let none = get(address, path);
        assert_eq!((none.status, none.body.lines().count()), (404, 1), "{path}: {none:?}");
    }
    let (code, _) = watched.interrupt();
    assert_eq!(code, Some(0));
}

#[test]
fn whatever_is_answered_is_guarded() {
    let place = recorded();
    let (_watched, address) = console(&place, &["out.jsonl"]);
    let port = address.port();
    for (request, status) in [
        (format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\n"), 200),
        (format!("GET / HTTP/1.1\r\nHost: [::1]:{port}\r\n"), 200),
        (format!("GET / HTTP/1.1\r\nHost: evil.example:{port}\r\n"), 421),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n".to_owned(), 421),
        ("GET / HTTP/1.1\r\n".to_owned(), 400),
        (format!("GET http://evil.example/ HTTP/1.1\r\nHost: {address}\r\n"), 421),
        (format!("GET /none HTTP/1.1\r\nHost: {address}\r\n"), 404),
        (format!("GET /handshake/1.json HTTP/1.1\r\nHost: {address}\r\n"), 200),
        (format!("POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n"), 405),
        (format!("OPTIONS / HTTP/1.1\r\nHost: {address}\r\n"), 405),
        (format!("HEAD / HTTP/1.1\r\nHost: {address}\r\n"), 200),
        (format!("HEAD /events HTTP/1.1\r\nHost: {address}\r\n"), 200),
    ] {
        let answer = send(address, &(request.clone() + "Connection: close\r\n\r\n"));
        assert_eq!(answer.status, status, "{request}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{request}");
        }
        assert_eq!(request.starts_with("HEAD"), answer.body.is_empty(), "{request}");
        assert!(!answer.head.contains("access-control"), "{}", answer.head);
    }
}

#[test]
fn what_is_wrong_is_one_sentence() {
    let place = recorded();
    std::fs::write(place.path().join("photo"), "no record\n").expect("our folder");
    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = taken.local_addr().expect("its address").port().to_string();
    for (arguments, part) in [
        (&["console", "none.jsonl"][..], "none.jsonl"),
        (&["console", "photo"], "no file of handshakes"),
        (&["console", "pki"], "is a folder"),
        (&["console", "--port", &port, "out.jsonl"], "another port with --port"),
        (&["serve", "--port", "0", "--console", &port], "another port with --console"),
    ] {
        let said = run(place.path(), arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert!(said.err.contains(part) && said.err.lines().count() == 1, "{arguments:?}: {}", said.err);
    }
}

#[test]
fn a_fifo_that_nobody_writes_to_is_shown_and_ended() {
    let place = recorded();
    let made = Command::new("mkfifo").arg(place.path().join("fifo")).status().expect("mkfifo of coreutils");
    assert!(made.success());
    let (mut watched, address) = console(&place, &["fifo"]);
    assert_eq!(get(address, "/").status, 200);
    assert_eq!(watched.interrupt().0, Some(0));
}

#[test]
fn stdin_is_shown_and_the_browser_is_opened() {
    let place = recorded();
    let opener = place.path().join("xdg-open");
    std::fs::write(&opener, "#!/bin/sh\necho \"$1\" >opened.part\nmv opened.part opened\n")
        .expect("our folder");
    std::fs::set_permissions(&opener, PermissionsExt::from_mode(0o755)).expect("our folder");
    let path = format!("{}:/usr/bin:/bin", place.path().display());
    let file = std::fs::File::open(place.path().join("out.jsonl")).expect("a file");
    let mut command = tlsdiag(place.path());
    command.args(["console", "--open", "-"]).stdin(file).env("PATH", path);
    let mut watched = Watched::start(&mut command);
    let address = watched.console();
    let mut events = Events::open(address);
    if !get(address, "/").body.contains("client_cert.missing") {
        events.wait_for(1);
    }
    assert_eq!(get(address, "/handshake/1").status, 200);
    let opened = place.path().join("opened");
    while !opened.exists() {
        std::thread::yield_now();
    }
    assert_eq!(std::fs::read_to_string(opened).expect("text"), format!("http://{address}/\n"));
    std::fs::remove_file(&opener).expect("our folder");
    // Not by env(1), which would be looked for there, too.
    let mut without = Command::new(env!("CARGO_BIN_EXE_tlsdiag"));
    without.current_dir(place.path()).args(["console", "--open", "out.jsonl"]).env("PATH", place.path());
    let mut without = Watched::start(&mut without);
    without.line("tlsdiag: there is no xdg-open");
}

#[test]
fn the_console_stays_when_the_server_has_served_and_says_so() {
    let place = Place::new();
    let (mut watched, address, console) = served(&place, &["--count", "1", "--require"]);
    assert!(visit(address, "*/*").is_none());
    watched.line("tlsdiag: the console stays until Ctrl-C");
    assert!(get(console, "/").body.contains("client_cert.missing"));
    assert_eq!(watched.interrupt().0, Some(0));
}

#[test]
fn a_browser_gets_its_handshake_as_a_page_and_curl_as_text() {
    let place = Place::new();
    let server = place.serve(&["--count", "2"]);
    let page = visit(server.address, "text/html,application/xhtml+xml;q=0.9").expect("it gets through");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'"))
    );
    assert!(page.body.starts_with("<!DOCTYPE html>") && page.body.contains("ok"), "{}", page.body);
    let text = visit(server.address, "*/*").expect("it gets through");
    assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(text.body.starts_with("ok"), "{}", text.body);
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn a_page_that_nobody_reads_holds_nobody_up() {
    let place = Place::new();
    let (_watched, address, console) = served(&place, &[]);
    // Asks for pages and does not read them.
    let mut deaf = TcpStream::connect(console).expect("it listens");
    let request = format!("GET / HTTP/1.1\r\nHost: {console}\r\n\r\n");
    deaf.write_all(request.repeat(200).as_bytes()).expect("it reads");
    let _listening = Events::open(console);
    for _ in 0..50 {
        assert!(visit(address, "*/*").is_some());
    }
    let json = get(console, "/handshake/50.json");
    assert_eq!(json.status, 200);
    deaf.read_exact(&mut [0; 12]).expect("it is answered");
}
