//! nginx and Apache as they are, recorded from the server's side.

use std::fs;
use std::time::{Duration, Instant};

use tlsdiag_lab::signal::Signal;
use tlsdiag_lab::web::{ClientAuth, Kind, Running, Site};

use crate::place::{Place, verdicts};

/// One client that is good, one that nobody knows, one that does not know the server, one without a certificate.
fn visits(place: &Place, site: &Site) {
    let good = place.curl(site, Some("alice"));
    assert_eq!(good.stdout, b"hello\n");
    place.curl(site, Some("stranger"));
    let untrusting = place.say("curl", &["--silent", "--capath", "/nonexistent", &place.url(site)]);
    assert_eq!(untrusting.code, Some(60));
    place.curl(site, None);
}

fn clients_are_told_apart(kind: Kind, stranger: &str, missing: &str) {
    let place = Place::new();
    let site = place.site(kind, ClientAuth::On);
    are_told_apart(&place, &site, stranger, missing);
}

/// As above, in this site.
fn are_told_apart(place: &Place, site: &Site, stranger: &str, missing: &str) {
    let server = place.recorded(site, &["--jsonl", "out.jsonl"]);
    visits(place, site);
    assert!(server.stop().expect("it ends").success());
    let records = place.records("out.jsonl");
    let mut verdicts = verdicts(&records);
    // Each visit has one handshake, in whichever process.
    verdicts.sort();
    let mut expected = vec!["established ok", stranger, "failed server_cert.unknown_issuer", missing];
    expected.sort_unstable();
    assert_eq!(verdicts, expected, "{}", place.stderr());
    for record in &records {
        let name = record["process"]["name"].as_str().expect("a name");
        assert!(["nginx", "apache2"].contains(&name), "{name}");
        assert_eq!(record["role"], "server");
        assert!(record.get("missed_events").is_none());
    }
    let said = place.stderr();
    // Apache moves the bytes itself, so that OpenSSL does not know the peer's address.
    let peer = if site.kind() == Kind::Nginx { ", peer 127.0.0.1:" } else { ", for localhost, TLS 1.3" };
    assert!(said.contains(&format!("tlsdiag: client_cert.self_signed (server{peer}")), "{said}");
    assert!(said.contains("tlsdiag: 4 handshakes:"), "{said}");
}

#[test]
fn nginx() {
    // It completes the handshake and answers 400.
    let stranger = "established_unverified client_cert.self_signed";
    clients_are_told_apart(Kind::Nginx, stranger, "established_unverified ok");
}

/// OpenSSL says twice that each handshake is done where early data may come, and there is one record of it.
#[test]
fn nginx_that_takes_early_data() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::On).early_data();
    let stranger = "established_unverified client_cert.self_signed";
    are_told_apart(&place, &site, stranger, "established_unverified ok");
}

#[test]
fn apache() {
    clients_are_told_apart(Kind::Apache, "failed client_cert.self_signed", "failed client_cert.missing");
}

/// Apache asks for a certificate once it knows the location; in TLS 1.3 it can ask none but clients that said so in their hello.
/// It answers the others 403, and no callback of OpenSSL's tells why.
#[test]
fn a_client_that_cannot_be_asked_late() {
    let place = Place::new();
    let site = place.site(Kind::Apache, ClientAuth::Late);
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    let port = site.address.port().to_string();
    let client = |version: &str, late: &str| {
        let script = "import socket, ssl, sys\n\
            context = ssl.create_default_context(cafile='trusted.pem')\n\
            context.load_cert_chain('alice.pem', 'alice.key')\n\
            context.maximum_version = ssl.TLSVersion[sys.argv[2]]\n\
            context.post_handshake_auth = sys.argv[3] == 'late'\n\
            with context.wrap_socket(socket.create_connection(('localhost', int(sys.argv[1]))), server_hostname='localhost') as s:\n\
            \x20   s.sendall(b'GET / HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n')\n\
            \x20   print(s.recv(100).split()[1].decode())\n";
        place.say("/usr/bin/python3", &["-c", script, &port, version, late]).out.trim().to_owned()
    };
    assert_eq!(client("TLSv1_3", "never"), "403");
    assert_eq!(client("TLSv1_3", "late"), "200");
    // In TLS 1.2 it renegotiates.
    assert_eq!(client("TLSv1_2", "never"), "200");
    assert!(server.stop().expect("it ends").success());
    let records = place.records("out.jsonl");
    let mut verdicts = verdicts(&records);
    verdicts.sort();
    let expected = [vec!["established ok"; 5], vec!["failed client_auth.pha_not_offered"]].concat();
    assert_eq!(verdicts, expected, "{}", place.stderr());
}

/// A server that comes to want newer versions, after it has told of several handshakes that were alike.
#[test]
fn a_server_that_is_configured_otherwise_while_it_runs() {
    let script = "import socket, ssl, threading\n\
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
        server.load_cert_chain('alice.pem', 'alice.key')\n\
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n\
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE\n\
        def talk(end):\n\
        \x20   with client.wrap_socket(end) as s:\n\
        \x20       s.recv(1)\n\
        for version in ['TLSv1_2'] * 3 + ['TLSv1_3'] * 2:\n\
        \x20   server.minimum_version = ssl.TLSVersion[version]\n\
        \x20   near, far = socket.socketpair()\n\
        \x20   thread = threading.Thread(target=talk, args=[near])\n\
        \x20   thread.start()\n\
        \x20   with server.wrap_socket(far, server_side=True) as s:\n\
        \x20       s.send(b'!')\n\
        \x20   thread.join()\n";
    let place = Place::new();
    let mut command = place.run(&["--jsonl", "out.jsonl"]);
    let status = command.args(["/usr/bin/python3", "-c", script]).status().expect("the program runs");
    assert!(status.success());
    let records = place.records("out.jsonl");
    let of_servers = records.iter().filter(|record| record["role"] == "server");
    let versions: Vec<_> = of_servers.map(|record| &record["local"]["minimum_version"]["name"]).collect();
    assert_eq!(versions, ["TLSv1.2", "TLSv1.2", "TLSv1.2", "TLSv1.3", "TLSv1.3"]);
}

/// Waits until so many lines are in the file.
pub(crate) fn wait_for_lines(place: &Place, name: &str, count: usize) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let lines = fs::read_to_string(place.file(name)).unwrap_or_default().lines().count();
        if lines >= count {
            return;
        }
        assert!(Instant::now() < until, "{lines} of {count} lines in {name}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The processes that the server's own have made.
fn workers(server: &Running) -> Vec<u32> {
    let mut found = vec![server.id()];
    let mut at = 0;
    while at < found.len() {
        let children = format!("/proc/{0}/task/{0}/children", found[at]);
        let children = fs::read_to_string(children).unwrap_or_default();
        found.extend(children.split_whitespace().filter_map(|number| number.parse::<u32>().ok()));
        at += 1;
    }
    found.split_off(1)
}

#[test]
fn a_reload_goes_on_being_recorded() {
    for kind in [Kind::Nginx, Kind::Apache] {
        let place = Place::new();
        let site = place.site(kind, ClientAuth::Off);
        let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
        assert_eq!(place.curl(&site, None).stdout, b"hello\n");
        wait_for_lines(&place, "out.jsonl", 1);
        let before = workers(&server);
        // nginx reloads and Apache restarts; both have new workers then, with new contexts.
        server.signal(Signal::HUP).expect("it runs");
        let until = Instant::now() + Duration::from_secs(20);
        while workers(&server).iter().filter(|worker| !before.contains(worker)).count() == 0
            || workers(&server).len() > before.len()
        {
            assert!(Instant::now() < until, "no new workers");
            std::thread::sleep(Duration::from_millis(10));
        }
        let again = (0..200).find(|_| {
            let answer = place.curl(&site, None);
            answer.stdout == b"hello\n"
        });
        assert!(again.is_some(), "{kind:?} answers after HUP");
        assert!(server.stop().expect("it ends").success());
        let records = place.records("out.jsonl");
        let pids: Vec<_> = records.iter().map(|record| record["process"]["pid"].as_u64()).collect();
        assert!(records.len() >= 2 && pids[0] != pids[pids.len() - 1], "{kind:?}: {pids:?}");
    }
}

#[test]
fn a_server_in_the_background_is_recorded_until_it_ends() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off).in_background();
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    for _ in 0..3 {
        assert_eq!(place.curl(&site, None).stdout, b"hello\n");
    }
    // The command has ended long ago; the signal reaches the orphan that it left.
    assert!(server.stop().expect("it ends").success());
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"; 3]);
    assert!(std::net::TcpStream::connect(site.address).is_err(), "nginx is gone");
}

#[test]
fn a_file_that_is_moved_away_is_made_anew() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    place.curl(&site, None);
    wait_for_lines(&place, "out.jsonl", 1);
    fs::rename(place.file("out.jsonl"), place.file("old.jsonl")).expect("our folder");
    // It is looked after twice a second; what comes before that goes on being written to the old one.
    let until = Instant::now() + Duration::from_secs(20);
    let mut visits = 1;
    while !place.file("out.jsonl").exists() {
        place.curl(&site, None);
        visits += 1;
        assert!(Instant::now() < until, "no new file");
    }
    assert!(server.stop().expect("it ends").success());
    let (old, new) = (place.records("old.jsonl").len(), place.records("out.jsonl").len());
    assert_eq!(old + new, visits);
    assert!(old >= 1 && new >= 1, "{old} and {new}");
}

#[test]
fn only_failures() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::On);
    let server = place.recorded(&site, &["--failures-only", "--jsonl", "out.jsonl"]);
    visits(&place, &site);
    assert!(server.stop().expect("it ends").success());
    let mut verdicts = verdicts(&place.records("out.jsonl"));
    verdicts.sort();
    let expected = ["established_unverified client_cert.self_signed", "failed server_cert.unknown_issuer"];
    assert_eq!(verdicts, expected);
}
