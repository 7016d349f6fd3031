//! `tlsdiag serve` against real clients: openssl s_client, curl, and such as do not speak TLS.

mod program;

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{Ipv6Addr, Shutdown, SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use program::{Place, Server, run, tlsdiag};

const INSIST: [&str; 1] = ["--require"];

/// s_client's `-cert` sends the first certificate of the file alone; the chain has to be asked for.
fn with_certificate(place: &Place) -> [&OsStr; 6] {
    let (certificate, key) = (place.files.client.as_os_str(), place.files.client_key.as_os_str());
    ["-cert".as_ref(), certificate, "-key".as_ref(), key, "-cert_chain".as_ref(), certificate]
}

#[test]
fn a_client_without_a_certificate_is_told_from_all_others() {
    for version in ["-tls1_2", "-tls1_3"] {
        let place = Place::new();
        let server = place.serve(&[&INSIST[..], &["--count", "1"]].concat());
        server.s_client(&[version]);
        let said = server.finish();
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        assert!(said.out.starts_with("client_cert.missing"), "{}", said.out);
        let records = place.records();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0]["diagnosis"]["cause"], "client_cert.missing");
        assert_eq!(records[0]["role"], "server");
        assert_eq!(records[0]["peer"]["address"], "127.0.0.1");
        assert_eq!(place.causes(), ["client_cert.missing"]);
    }
}

#[test]
fn a_healthy_client_is_ok() {
    let place = Place::new();
    let server = place.serve(&[&INSIST[..], &["--count", "2"]].concat());
    for version in ["-tls1_2", "-tls1_3"] {
        let client = server.s_client(&[&[version.as_ref()], &with_certificate(&place)[..]].concat());
        assert!(client.status.success(), "{client:?}");
    }
    let said = server.finish();
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(place.causes(), ["ok", "ok"]);
}

#[test]
fn an_rsa_key_that_cannot_sign_what_is_asked_is_an_alternative() {
    for version in ["-tls1_2", "-tls1_3"] {
        let place = Place::new();
        let server =
            place.serve(&[&INSIST[..], &["--count", "1", "--client-schemes", "ECDSA+SHA256"]].concat());
        server.s_client(&[&[version.as_ref()], &with_certificate(&place)[..]].concat());
        assert_eq!(server.finish().code, Some(0));
        let records = place.records();
        let alternatives = records[0]["diagnosis"]["findings"][0]["alternatives"].as_array().expect("some");
        assert!(
            alternatives.iter().any(|other| other["cause"] == "sigalg.client_key_incompatible"),
            "{alternatives:?}"
        );
    }
}

#[test]
fn a_bad_certificate_passes_where_it_is_only_requested() {
    let place = Place::new();
    let strangers = Place::new();
    for (strict, verdict) in [(false, "established_unverified"), (true, "failed")] {
        let place = Place { folder: tempfile::tempdir().expect("a folder"), files: place.files.clone() };
        let options = if strict { &INSIST[..] } else { &["--request"] };
        let server = place.serve(&[options, &["--count", "1"]].concat());
        server.s_client(&with_certificate(&strangers));
        assert_eq!(server.finish().code, Some(0));
        assert_eq!(place.records()[0]["outcome"], verdict);
    }
}

#[test]
fn the_printed_curl_command_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["serve", "--port", "0", "--require", "--count", "1"];
    let server = Server::start(tlsdiag(folder.path()).args(arguments));
    let line = server.greeting.lines().find_map(|line| line.strip_prefix("try: ")).expect("a command to try");
    let curl = Command::new("sh")
        .args(["-c", &format!("{line} --silent --show-error --max-time 30")])
        .current_dir(folder.path())
        .env_remove("https_proxy")
        .output()
        .expect("curl is installed");
    let page = String::from_utf8(curl.stdout).expect("text");
    assert!(curl.status.success(), "{}", String::from_utf8_lossy(&curl.stderr));
    let said = server.finish();
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(page.starts_with("ok"), "{page}");
    assert_eq!(page, said.out, "the page is the report");
}

#[test]
fn clients_that_speak_no_tls_are_recognised() {
    let place = Place::new();
    let server = place.serve(&["--count", "2"]);
    let mut http = server.connect();
    http.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("written");
    let _ = http.read_to_end(&mut Vec::new());
    drop(server.connect());
    assert_eq!(server.finish().code, Some(0));
    let mut causes = place.causes();
    causes.sort();
    assert_eq!(causes, ["not_tls.plain_http", "transport.closed_before_hello"]);
}

#[test]
fn a_silent_client_is_given_up_and_reported() {
    let place = Place::new();
    let server = place.serve(&["--count", "1", "--timeout", "1"]);
    let mut silent = server.connect();
    let said = server.finish();
    assert_eq!(said.code, Some(0));
    assert_eq!(silent.read(&mut [0; 8]).expect("closed"), 0);
    assert_eq!(place.records()[0]["outcome"], "abandoned");
}

#[test]
fn ctrl_c_reports_what_is_under_way_and_ends_well() {
    let place = Place::new();
    let server = place.serve(&["--quiet"]);
    drop(server.connect());
    // The second connection is under way as soon as the first one, which came before it, is done.
    let mut silent = server.connect();
    silent.write_all(b"\x16\x03\x01").expect("written");
    while std::fs::read_to_string(place.path().join("out.jsonl")).expect("a file").is_empty() {
        std::thread::yield_now();
    }
    server.interrupt();
    let said = server.finish();
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.starts_with("transport.closed_before_hello"), "{}", said.out);
    assert!(said.out.lines().count() <= 2, "one line each: {}", said.out);
}

#[test]
fn many_clients_at_once_make_one_whole_line_each() {
    let place = Place::new();
    let server = place.serve(&["--count", "40", "--tls", "1.3"]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for turn in 0..10 {
                    match turn % 2 {
                        0 => drop(server.s_client(&["-tls1_3"])),
                        _ => drop(server.connect().shutdown(Shutdown::Both)),
                    }
                }
            });
        }
    });
    assert_eq!(server.finish().code, Some(0));
    let causes = place.causes();
    assert_eq!(causes.len(), 40);
    assert_eq!(causes.iter().filter(|cause| *cause == "ok").count(), 20);
}

#[test]
fn a_full_disk_is_said_once_and_the_server_goes_on() {
    let place = Place::new();
    let server = place.serve(&["--count", "3", "--jsonl", "/dev/full"]);
    for _ in 0..3 {
        assert!(server.s_client::<&str>(&[]).status.success());
    }
    let said = server.finish();
    assert_eq!(said.code, Some(2));
    assert_eq!(said.out.matches("established").count(), 3, "{}", said.out);
    assert_eq!(
        said.err.matches("/dev/full").count(),
        2,
        "once when it happens, once at the end: {}",
        said.err
    );
}

#[test]
fn nobody_reads_the_reports_and_the_server_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = tlsdiag(folder.path())
        .args(["serve", "--port", "0", "--host", "127.0.0.1"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut out = server.stdout.take().expect("a pipe");
    let mut said = String::new();
    while !said.ends_with('\n') || !said.contains("listening on ") {
        let mut byte = [0];
        out.read_exact(&mut byte).expect("it says where");
        said.push(char::from(byte[0]));
    }
    drop(out);
    let address =
        said.lines().last().and_then(|line| line.strip_prefix("listening on ")).expect("an address");
    drop(std::net::TcpStream::connect(address));
    assert_eq!(server.wait().expect("it ends").code(), Some(0));
}

#[test]
fn both_loopback_addresses_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let server =
        Server::start(tlsdiag(folder.path()).args(["serve", "--port", "0", "--count", "2", "--quiet"]));
    assert!(server.s_client::<&str>(&[]).status.success());
    // A machine may be without IPv6.
    let other = SocketAddr::from((Ipv6Addr::LOCALHOST, server.address.port()));
    match TcpStream::connect(other) {
        Ok(socket) => drop(socket),
        Err(_) => drop(server.connect()),
    }
    let said = server.finish();
    assert_eq!(said.code, Some(0));
    assert_eq!(said.out.lines().count(), 2, "{}", said.out);
}

#[test]
fn settings_reach_openssl() {
    let place = Place::new();
    let settings = [
        "--count",
        "1",
        "--tls",
        "1.2",
        "--groups",
        "P-384",
        "--schemes",
        "RSA-PSS+SHA384",
        "--alpn",
        "http/1.1",
        "--openssl-option",
        "Options=-SessionTicket",
    ];
    let server = place.serve(&settings);
    let client = server.s_client(&["-alpn", "h2,http/1.1", "-ign_eof"]);
    let shown = String::from_utf8_lossy(&client.stdout).into_owned();
    for part in ["TLSv1.2", "ALPN protocol: http/1.1", "384"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("TLS session ticket:"), "{shown}");
    assert_eq!(server.finish().code, Some(0));
    let tls = &place.records()[0]["tls"];
    assert_eq!(tls["curve"], "secp384r1", "{tls}");
}

#[test]
fn help_and_version_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(run(folder.path(), &["--version"]).out.starts_with("tlsdiag 0."));
    let help = run(folder.path(), &["serve", "--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.out.contains("--client-schemes"), "{}", help.out);
}
