//! `tlsdiag diff` and `tlsdiag join` on what real connections left behind.

mod program;

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use openssl::pkey::PKey;
use openssl::ssl::{Ssl, SslContext, SslContextBuilder, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::X509;
use program::{Place, Said, run, run_with};
use serde_json::Value;
use tlsdiag_core::report::{Record, SetupRecord, jsonl};
use tlsdiag_core::{Collector, Handshake, diagnose};
use tlsdiag_lab::refusing_key;

/// Everything but RSA-PSS.
const WITHOUT_PSS: &str = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512";
const INSIST: [&str; 1] = ["--require"];

/// A client in this process: with a card that signs PKCS#1 and refuses RSA-PSS, or with nothing; its record.
fn visit(place: &Place, address: SocketAddr, card: bool) -> Record {
    let read = |path: &Path| fs::read(path).expect("a file of the PKI");
    let mut context = SslContext::builder(SslMethod::tls_client()).expect("a context");
    context.set_verify(SslVerifyMode::PEER);
    context.set_ca_file(&place.files.ca).expect("the CA");
    context.set_max_proto_version(Some(SslVersion::TLS1_2)).expect("a version");
    if card {
        let chain = X509::stack_from_pem(&read(&place.files.client)).expect("a chain");
        let key = PKey::private_key_from_pem(&read(&place.files.client_key)).expect("a key");
        present(&mut context, &chain, &refusing_key::without_pss(&key).expect("a card"));
    }
    let collector = Arc::new(Collector::new());
    tlsdiag_core::attach(&mut context, Arc::clone(&collector)).expect("hooks").keep();
    let mut ssl = Ssl::new(&context.build()).expect("a connection");
    ssl.set_hostname("localhost").expect("a name");
    let socket = TcpStream::connect(address).expect("it listens");
    // Whatever comes of it is in the record.
    drop(ssl.connect(socket));
    let recording = collector.take().pop().expect("a recording");
    let handshake = Handshake::from_recording(&recording);
    Record::new(&handshake, &diagnose(&handshake))
}

fn present(context: &mut SslContextBuilder, chain: &[X509], key: &PKey<openssl::pkey::Private>) {
    context.set_certificate(&chain[0]).expect("a certificate");
    for issuer in &chain[1..] {
        context.add_extra_chain_cert(issuer.clone()).expect("a chain");
    }
    context.set_private_key(key).expect("its key");
}

fn write(path: &Path, records: &[Record]) {
    let mut lines = Vec::new();
    records.iter().for_each(|record| jsonl::write(record, &mut lines).expect("memory"));
    fs::write(path, lines).expect("written");
}

/// The founding case: `failing.jsonl` and `working.jsonl` of the server, and `client.jsonl` with the client's records.
fn founding() -> Place {
    let place = Place::new();
    let mut clients = Vec::new();
    for (name, more) in [("failing.jsonl", &[][..]), ("working.jsonl", &["--client-schemes", WITHOUT_PSS])] {
        let server =
            place.serve(&[&INSIST[..], &["--count", "1", "--tls", "1.2", "--jsonl", name], more].concat());
        clients.push(visit(&place, server.address, true));
        assert_eq!(server.finish().code, Some(0));
    }
    write(&place.path().join("client.jsonl"), &clients);
    place
}

fn json(said: &Said) -> Value {
    serde_json::from_str(&said.out).expect("an object of JSON")
}

fn narrow(page: &str) {
    let wide = page.lines().find(|line| line.chars().count() > 80 && !line.starts_with("      "));
    assert_eq!(wide, None, "{page}");
    assert!(!page.contains('\x1b'), "no colours in a pipe");
}

#[test]
fn the_founding_case_is_explained_by_rsa_pss_and_joined() {
    let place = founding();
    let folder = place.path();

    let said = run(folder, &["diff", "failing.jsonl", "working.jsonl"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{}", said.out);
    let sentence = "sigalg.signer_refused is explained by CertificateRequest.signature_algorithms: only the handshake that \
                    failed has rsa_pss_rsae_sha256, rsa_pss_rsae_sha384, rsa_pss_rsae_sha512.";
    let flat = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(sentence), "{}", said.out);
    assert!(said.out.starts_with("A  failing.jsonl:1\nB  working.jsonl:1\n"), "{}", said.out);
    narrow(&said.out);

    let said = run(folder, &["diff", "--format", "json", "working.jsonl:1", "failing.jsonl"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));
    let difference = json(&said);
    assert_eq!(difference["schema"], "tlsdiag.diff/1");
    assert_eq!(difference["a"]["verdict"], "ok");
    assert_eq!((&difference["b"]["file"], &difference["b"]["line"]), (&"failing.jsonl".into(), &1.into()));
    assert_eq!(difference["explanation"]["cause"], "sigalg.signer_refused");
    assert_eq!(difference["explanation"]["field"], "CertificateRequest.signature_algorithms");
    assert_eq!(difference["explanation"]["only_failing"][0], "rsa_pss_rsae_sha256");
    assert_eq!(difference["summary"].as_str(), Some(sentence));

    // The client's own records say the same, and need no second file.
    let said = run(folder, &["diff", "client.jsonl", "--format", "json"]);
    assert_eq!(json(&said)["summary"].as_str(), Some(sentence), "{said:?}");
    assert_eq!(run(folder, &["diff", "client.jsonl", "client.jsonl", "--format", "json"]).out, said.out);
    assert_eq!(run(folder, &["diff", "client.jsonl:1", "client.jsonl:2", "--format", "json"]).out, said.out);
    let failing = fs::read(folder.join("failing.jsonl")).expect("a file");
    let said = run_with(folder, &["diff", "-", "working.jsonl"], &failing);
    assert!(said.out.starts_with("A  stdin:1\n"), "{said:?}");

    // The server had only taken it for likely; the client knows.
    let said = run(folder, &["join", "failing.jsonl", "client.jsonl"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.out.starts_with(
            "client  client.jsonl:1\nserver  failing.jsonl:1\n\nsigalg.signer_refused  (certain)"
        ),
        "{}",
        said.out
    );
    assert!(said.err.contains("1 connection joined") && said.err.contains("1 record"), "{}", said.err);
    assert!(
        said.out.contains("certificate_verify") || said.out.contains("alert fatal internal_error"),
        "{}",
        said.out
    );
    narrow(&said.out);
    let said = run(folder, &["join", "--format", "json", "client.jsonl:2", "working.jsonl"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let joined = json(&said);
    assert_eq!((&joined["schema"], &joined["verdict"]), (&"tlsdiag.join/1".into(), &"ok".into()));
    let hello = &joined["events"][0];
    assert_eq!(hello["way"], "to_server");
    assert!(hello["client_us"].is_u64() && hello["server_us"].is_u64(), "{hello}");

    // Both connections in one file.
    let all = ["failing.jsonl", "working.jsonl", "client.jsonl"]
        .map(|name| fs::read(folder.join(name)).expect("a file"));
    fs::write(folder.join("all.jsonl"), all.concat()).expect("written");
    let said = run(folder, &["join", "--format", "json", "all.jsonl"]);
    assert_eq!((said.code, said.err.as_str(), said.out.lines().count()), (Some(1), "", 2));
}

#[test]
fn a_missing_certificate_is_certain_where_both_ends_are_heard() {
    let place = Place::new();
    let server = place.serve(&[&INSIST[..], &["--count", "1", "--tls", "1.2"]].concat());
    let client = visit(&place, server.address, false);
    assert_eq!(server.finish().code, Some(0));
    let guessed = &place.records()[0]["diagnosis"]["findings"][0];
    assert_ne!(guessed["confidence"], "certain", "{guessed}");
    write(&place.path().join("client.jsonl"), &[client]);
    let said = run(place.path(), &["join", "out.jsonl", "client.jsonl", "--format", "json"]);
    let finding = &json(&said)["finding"];
    assert_eq!(
        (&finding["cause"], &finding["confidence"]),
        (&"client_cert.missing".into(), &"certain".into())
    );
    assert_eq!(finding["alternatives"], Value::Array(Vec::new()));
}

#[test]
fn what_cannot_be_compared_is_said_in_one_sentence() {
    let place = Place::new();
    let folder = place.path();
    let server = place.serve(&[&INSIST[..], &["--count", "2", "--tls", "1.2"]].concat());
    let clients = [visit(&place, server.address, false), visit(&place, server.address, false)];
    assert_eq!(server.finish().code, Some(0));
    write(&folder.join("clients.jsonl"), &clients);
    write(&folder.join("other.jsonl"), &clients[..1]);
    fs::write(folder.join("empty"), "").expect("written");
    fs::write(folder.join("photo"), "\u{89}PNG\nrubbish\n").expect("written");
    for (arguments, names) in [
        (&["diff"][..], &["<A>"][..]),
        (&["diff", "out.jsonl"], &["out.jsonl", "went well", "second file"]),
        (&["diff", "out.jsonl:1"], &["second FILE"]),
        (&["diff", "out.jsonl:7", "out.jsonl:1"], &["out.jsonl", "line 7", "line 2"]),
        (&["diff", "out.jsonl:0", "out.jsonl:1"], &["out.jsonl:0", "from 1 on"]),
        (&["diff", "none.jsonl", "out.jsonl"], &["none.jsonl", "No such file"]),
        (&["diff", "out.jsonl", "empty"], &["empty"]),
        (&["diff", "out.jsonl", "photo"], &["photo", "no file of handshakes"]),
        (&["diff", ".", "out.jsonl"], &["folder"]),
        (&["diff", "--", "-:1", "-:2"], &["stdin"]),
        (&["diff", "--format", "xml", "a", "b"], &["xml"]),
        (&["join"], &["<A>"]),
        (&["join", "out.jsonl"], &["out.jsonl", "random"]),
        (&["join", "clients.jsonl", "other.jsonl"], &["clients.jsonl and other.jsonl", "random"]),
        (&["join", "out.jsonl", "none.jsonl"], &["none.jsonl", "No such file"]),
    ] {
        let said = run(folder, arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}: {said:?}");
        assert_eq!(said.err.lines().count(), 1, "{arguments:?}: {}", said.err);
        for name in names {
            assert!(said.err.contains(name), "{arguments:?}: {name} in: {}", said.err);
        }
    }
    // A damaged line beside good ones: the good ones are compared, and the exit code tells of the other.
    let lines = fs::read_to_string(folder.join("out.jsonl")).expect("a file");
    fs::write(folder.join("cut.jsonl"), &lines[..lines.len() - 40]).expect("written");
    let said = run(folder, &["diff", "out.jsonl", "cut.jsonl"]);
    assert_eq!(said.code, Some(2));
    assert!(said.out.contains("cut.jsonl:1") && said.err.contains("line 2"), "{said:?}");
    assert!(said.out.contains("Both name client_cert.missing."), "{}", said.out);
    // Two records of the last one, by default.
    let said = run(folder, &["diff", "out.jsonl", "clients.jsonl"]);
    assert!(
        said.out.starts_with("A  out.jsonl:2, the last of 2; out.jsonl:LINE names another\n"),
        "{}",
        said.out
    );
}

/// Setups that failed stand in the same files: `explain` tells them, and what compares handshakes passes over them.
#[test]
fn setups_that_failed_are_told_and_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut context = SslContext::builder(SslMethod::tls_server()).expect("a context");
    let errors = context.set_certificate_chain_file("missing.pem").expect_err("there is no such file");
    let function = "SSL_CTX_use_certificate_chain_file";
    let failure = tlsdiag_core::setup_failure(function, Some("missing.pem"), &errors);
    let mut lines = Vec::new();
    jsonl::write(&SetupRecord::new(&failure), &mut lines).expect("memory");
    fs::write(folder.join("setup.jsonl"), &lines).expect("written");
    for command in
        [&["diff", "setup.jsonl"][..], &["join", "setup.jsonl"], &["diff", "setup.jsonl", "setup.jsonl:1"]]
    {
        let said = run(folder, command);
        assert!(said.err.contains("setup.jsonl holds no handshake, only setups that failed"), "{said:?}");
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
    }
    assert_eq!(run(folder, &["demo", "--dir", "demo"]).code, Some(0));
    let handshakes = fs::read(folder.join("demo/handshakes.jsonl")).expect("a file");
    fs::write(folder.join("both.jsonl"), [&lines[..], &handshakes].concat()).expect("written");
    let with = run(folder, &["join", "both.jsonl"]);
    let without = run(folder, &["join", "demo/handshakes.jsonl"]);
    assert!(with.out.matches("both.jsonl:").count() > 10, "{with:?}");
    assert_eq!(with.code, without.code);
    let causes = run(folder, &["explain", "--format", "causes", "setup.jsonl", "both.jsonl"]);
    assert_eq!(causes.out.lines().take(2).collect::<Vec<_>>(), ["config.file"; 2]);
    let json = run(folder, &["explain", "--format", "json", "setup.jsonl"]);
    assert_eq!((json.out.as_bytes(), json.code), (&lines[..], Some(1)));
    let text = run(folder, &["explain", "setup.jsonl"]);
    narrow(&text.out);
    assert!(text.out.starts_with("config.file  (certain)\n  missing.pem is not there.\n"), "{}", text.out);
}
