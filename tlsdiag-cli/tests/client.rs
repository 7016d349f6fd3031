//! `tlsdiag s_client` against real servers: our own s_server, openssl's, and such as do not speak TLS.

mod program;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use program::{Place, Said, run, tlsdiag};

const INSIST: [&str; 3] = ["-Verify", "2", "-verify_return_error"];

/// `tlsdiag s_client` with our CA, to this address by the name of localhost.
fn connect<S: AsRef<OsStr>>(place: &Place, address: &str, arguments: &[S]) -> Said {
    let mut command = tlsdiag(place.path());
    command.args(["s_client", "-connect", address, "-servername", "localhost", "--jsonl", "client.jsonl"]);
    command.args(["-CAfile".as_ref(), place.files.ca.as_os_str()]).args(arguments);
    command.output().expect("it runs").into()
}

fn certificate(place: &Place) -> [&OsStr; 6] {
    let (certificate, key) = (place.files.client.as_os_str(), place.files.client_key.as_os_str());
    ["-cert".as_ref(), certificate, "-key".as_ref(), key, "-cert_chain".as_ref(), certificate]
}

#[test]
fn a_healthy_handshake_is_ok_at_both_ends_and_can_be_joined() {
    for version in ["-tls1_2", "-tls1_3"] {
        let place = Place::new();
        let server = place.serve(&[&INSIST[..], &["-naccept", "1"]].concat());
        let address = server.address.to_string();
        let said = connect(
            &place,
            &address,
            &[&certificate(&place)[..], &[version.as_ref(), "-wait".as_ref(), "0.2".as_ref()]].concat(),
        );
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
        assert!(said.out.starts_with("ok  established"), "{}", said.out);
        assert_eq!(server.finish().code, Some(0));
        let joined = run(place.path(), &["join", "client.jsonl", "out.jsonl"]);
        assert_eq!((joined.code, joined.err.as_str()), (Some(0), ""), "{}", joined.out);
    }
}

#[test]
fn certificates_that_end_soon_are_told_to_who_asks() {
    let place = Place::new();
    let server = place.serve(&["-naccept", "1", "--expires-within", "36500"]);
    let said = connect(&place, &server.address.to_string(), &["-wait", "0.2", "--expires-within", "36500"]);
    assert!(said.out.starts_with("warn.certificate_expires_soon"), "{}", said.out);
    assert_eq!(server.finish().code, Some(0));
    for file in ["client.jsonl", "out.jsonl"] {
        let causes = run(place.path(), &["explain", "--format", "causes", file]);
        assert_eq!(causes.out, "warn.certificate_expires_soon\n", "{file}");
    }
}

#[test]
fn a_refusal_after_the_client_is_done_is_seen() {
    for (version, outcome) in [("-tls1_2", "failed"), ("-tls1_3", "refused_after_established")] {
        let place = Place::new();
        let server = place.serve(&[&INSIST[..], &["-naccept", "1"]].concat());
        let said = connect(&place, &server.address.to_string(), &[version]);
        assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{}", said.out);
        assert!(said.out.starts_with("client_cert.missing  (certain)"), "{}", said.out);
        assert_eq!(server.finish().code, Some(0));
        let line = std::fs::read_to_string(place.path().join("client.jsonl")).expect("a record");
        let record: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(record["outcome"], outcome);
    }
}

#[test]
fn a_certificate_that_does_not_verify_is_told_and_fails_only_if_asked() {
    for (strict, established) in [(false, true), (true, false)] {
        let (place, strangers) = (Place::new(), Place::new());
        let server = place.serve(&["-naccept", "1", "-tls1_2"]);
        let options = if strict { &["-verify_return_error"][..] } else { &[] };
        let said = connect(&strangers, &server.address.to_string(), options);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.out.starts_with("server_cert.unknown_issuer"), "{}", said.out);
        let line = std::fs::read_to_string(strangers.path().join("client.jsonl")).expect("a record");
        let record: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(record["tls"]["established"], established);
        assert_eq!(server.finish().code, Some(0));
    }
}

#[test]
fn a_name_that_the_certificate_lacks_is_a_mismatch() {
    let place = Place::new();
    let server = place.serve(&["-naccept", "1"]);
    let said = connect(
        &place,
        &server.address.to_string(),
        &["-verify_hostname", "payments.example", "-verify_return_error"],
    );
    assert_eq!(said.code, Some(1));
    assert!(said.out.starts_with("server_cert.hostname_mismatch"), "{}", said.out);
}

#[test]
fn offers_are_what_the_options_say() {
    let place = Place::new();
    let server = place.serve(&["-naccept", "1"]);
    let offers = [
        "-groups",
        "P-384",
        "-alpn",
        "h2,http/1.1",
        "-sigalgs",
        "RSA-PSS+SHA384",
        "-tls1_3",
        "-wait",
        "0",
        "-quiet",
    ];
    let said = connect(&place, &server.address.to_string(), &offers);
    assert_eq!((said.code, said.out.lines().count()), (Some(0), 1), "{said:?}");
    let line = std::fs::read_to_string(place.path().join("client.jsonl")).expect("a record");
    let offer = &serde_json::from_str::<serde_json::Value>(&line).expect("JSON")["offer"];
    assert_eq!(offer["alpn"], serde_json::json!(["h2", "http/1.1"]));
    assert_eq!(offer["groups"][0]["name"], "secp384r1");
    assert_eq!(offer["signature_schemes"][0]["name"], "rsa_pss_rsae_sha384");
    assert_eq!(offer["server_name"], "localhost");
}

/// A server of one visitor, which talks in lines before it hands over to a TLS server.
fn speaks(script: &'static [(&'static str, &'static str)]) -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let serve = move || {
        let (mut socket, _) = listener.accept().expect("a visitor");
        let mut lines = BufReader::new(socket.try_clone().expect("a copy"));
        for (expected, answer) in script {
            if !expected.is_empty() {
                let mut line = String::new();
                lines.read_line(&mut line).expect("a line");
                assert_eq!(line, format!("{expected}\r\n"));
            }
            socket.write_all(answer.as_bytes()).expect("written");
        }
        // What comes next is a ClientHello.
        let first = lines.fill_buf().map(|bytes| bytes.first().copied());
        assert!(matches!(first, Ok(Some(22) | None) | Err(_)), "{first:?}");
    };
    (address, thread::spawn(serve))
}

#[test]
fn cleartext_comes_first_where_it_is_asked_for() {
    let smtp = &[
        ("", "220-mail\r\n220 here\r\n"),
        ("EHLO localhost", "250-mail\r\n250 STARTTLS\r\n"),
        ("STARTTLS", "220 go\r\n"),
    ][..];
    let imap = &[("", "* OK here\r\n"), ("a1 STARTTLS", "* noise\r\na1 OK go\r\n")][..];
    let pop3 = &[("", "+OK here\r\n"), ("STLS", "+OK go\r\n")][..];
    let ftp = &[("", "220 here\r\n"), ("AUTH TLS", "234 go\r\n")][..];
    let place = Place::new();
    for (protocol, script) in [("smtp", smtp), ("imap", imap), ("pop3", pop3), ("ftp", ftp)] {
        let (address, server) = speaks(script);
        let said = connect(&place, &address, &["-starttls", protocol]);
        server.join().expect("it was asked what it expects");
        // It hangs up when it has seen the ClientHello.
        assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{protocol}: {}", said.out);
        assert!(said.out.contains("client_hello"), "{}", said.out);
    }
    let (address, server) = speaks(&[
        ("", "220 here\r\n"),
        ("EHLO localhost", "250 nothing\r\n"),
        ("STARTTLS", "454 not today\r\n"),
    ]);
    let said = connect(&place, &address, &["-starttls", "smtp"]);
    server.join().expect("it was asked");
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(said.err.contains("454 not today") && said.err.lines().count() == 1, "{}", said.err);
}

#[test]
fn bad_options_and_no_server_are_one_sentence() {
    let place = Place::new();
    let own = place.path().join("pki");
    let free =
        TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("its address").to_string();
    for (arguments, names) in [
        (&["-connect", &free][..], &["Connection refused", "nothing listens"][..]),
        (&["-connect", "host.invalid:443"], &["host.invalid"]),
        (&["-connect", "https://localhost/"], &["URL"]),
        (&["-connect", "localhost:0"], &["from 1 to 65535"]),
        (&["-connect", &free, "-groups", "NONSENSE"], &["-groups NONSENSE"]),
        (&["-connect", &free, "-cipher", "NONSENSE"], &["-cipher NONSENSE"]),
        (&["-connect", &free, "-alpn", "h2,"], &["-alpn h2,"]),
        (&["-connect", &free, "-CAfile", "none.pem"], &["none.pem", "-CAfile"]),
        (&["-connect", &free, "-cert", "ca.pem"], &["ca.pem", "-key"]),
        (&["-connect", &free, "-key", "client.key"], &["--cert"]),
        (&["-connect", &free, "-starttls", "gopher"], &["gopher"]),
        (&["-connect", &free, "-wait", "-1"], &["seconds"]),
        (&["-conect", &free], &["--connect"]),
        (&[], &["HOST[:PORT]"]),
    ] {
        let said = run(&own, &[&["s_client"], arguments].concat());
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}: {said:?}");
        assert_eq!(said.err.lines().count(), 1, "{arguments:?}: {}", said.err);
        for name in names {
            assert!(said.err.contains(name), "{arguments:?}: {name} in: {}", said.err);
        }
    }
}
