//! curl, Python and s_client, recorded from the client's side.

use serde_json::Value;
use tlsdiag_lab::port::Port;
use tlsdiag_lab::web::{ClientAuth, Kind, Site};

use crate::place::{Place, cause, verdicts};
use crate::program::{Said, tlsdiag};

fn recorded(place: &Place, arguments: &[&str]) -> (Said, Vec<Value>) {
    let _ = std::fs::remove_file(place.file("out.jsonl"));
    let mut command = place.run(&["--jsonl", "out.jsonl"]);
    let said: Said = command.args(arguments).output().expect("the program runs").into();
    let records = place.records("out.jsonl");
    for record in &records {
        assert_eq!(record["role"], "client");
    }
    (said, records)
}

fn site(place: &Place) -> Site {
    place.site(Kind::Nginx, ClientAuth::On)
}

#[test]
fn curl() {
    let place = Place::new();
    let site = site(&place);
    let server = place.bare(&site);
    let url = place.url(&site);
    let good =
        ["curl", "--silent", "--cacert", "trusted.pem", "--cert", "alice.pem", "--key", "alice.key", &url];
    let (said, records) = recorded(&place, &good);
    assert_eq!((said.code, said.out.as_str()), (Some(0), "hello\n"));
    assert_eq!(verdicts(&records), ["established ok"]);
    assert_eq!(records[0]["process"]["name"], "curl");
    // It fills its store when the server has answered.
    assert_eq!(records[0]["local"]["trust_anchors"], 1, "{}", records[0]["local"]);
    assert!(said.err.contains("1 handshake: 1 healthy, 0 failed"), "{}", said.err);

    let (said, records) = recorded(&place, &["curl", "--silent", "--capath", "/nonexistent", &url]);
    assert_eq!(said.code, Some(60));
    assert_eq!(verdicts(&records), ["failed server_cert.unknown_issuer"]);
    assert!(said.err.contains("tlsdiag: server_cert.unknown_issuer (client"), "{}", said.err);
    server.stop().expect("it ends");
}

/// What comes after the program is the program's own, also without `--`.
#[test]
fn options_of_the_program() {
    let place = Place::new();
    let mut command = tlsdiag(place.folder.path());
    let said: Said = command.args(["run", "--quiet", "sh", "-c", "exit 7"]).output().expect("it runs").into();
    assert_eq!(said.code, Some(7), "{}", said.err);
}

/// A healthy handshake with a certificate that ends soon deserves a warning, also where failures alone are wanted.
#[test]
fn a_certificate_that_ends_soon() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let url = place.url(&site);
    for (days, expected) in [("36500", &["established warn.certificate_expires_soon"][..]), ("1", &[])] {
        let _ = std::fs::remove_file(place.file("out.jsonl"));
        let mut command = place.run(&["--jsonl", "out.jsonl", "--failures-only", "--expires-within", days]);
        let said: Said = command
            .args(["curl", "--silent", "--cacert", "trusted.pem", &url])
            .output()
            .expect("the program runs")
            .into();
        assert_eq!((said.code, said.out.as_str()), (Some(0), "hello\n"));
        assert_eq!(verdicts(&place.records("out.jsonl")), expected, "within {days} days");
    }
    server.stop().expect("it ends");
}

/// Debian's, and whatever else `TLSDIAG_PYTHONS` names, separated by blanks.
fn pythons() -> Vec<String> {
    let more = std::env::var("TLSDIAG_PYTHONS").unwrap_or_default();
    std::iter::once("/usr/bin/python3").chain(more.split_whitespace()).map(str::to_owned).collect()
}

const SCRIPT: &str = r#"
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile="trusted.pem")
context.load_cert_chain("alice.pem", "alice.key")
print(urllib.request.urlopen(sys.argv[1], context=context).read())
try:
    urllib.request.urlopen(sys.argv[1], context=ssl.create_default_context())
except OSError as error:
    print("refused")
"#;

#[test]
fn python() {
    let place = Place::new();
    let site = site(&place);
    let server = place.bare(&site);
    std::fs::write(place.file("script.py"), SCRIPT).expect("our folder");
    for python in pythons() {
        let (said, records) = recorded(&place, &[&python, "script.py", &place.url(&site)]);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(0), "b'hello\\n'\nrefused\n"),
            "{python}: {}",
            said.err
        );
        assert_eq!(verdicts(&records), ["established ok", "failed server_cert.unknown_issuer"], "{python}");
    }
    server.stop().expect("it ends");
}

#[test]
fn a_program_that_a_program_starts() {
    let place = Place::new();
    let site = site(&place);
    let server = place.bare(&site);
    // Python closes all descriptors that it does not know of in the processes that it starts.
    let script = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)";
    let url = place.url(&site);
    let (said, records) = recorded(
        &place,
        &["/usr/bin/python3", "-c", script, "curl", "--silent", "--capath", "/nonexistent", &url],
    );
    assert_eq!(said.code, Some(60));
    assert_eq!(records.iter().map(cause).collect::<Vec<_>>(), ["server_cert.unknown_issuer"]);
    assert_eq!(records[0]["process"]["name"], "curl");
    server.stop().expect("it ends");
}

#[test]
fn s_client_and_s_server() {
    let place = Place::new();
    let port = Port::reserve().expect("a port");
    // The site's files are as good for s_server.
    place.site(Kind::Nginx, ClientAuth::Off);
    let accept = port.address().to_string();
    let mut command = place.run(&["--jsonl", "server.jsonl"]);
    command.args(["openssl", "s_server", "-accept", &accept, "-cert", "server.pem", "-key", "server.key"]);
    command.args(["-cert_chain", "server.pem", "-www", "-naccept", "1"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut server = tlsdiag_lab::web::Running::start(&mut command, port.address().into()).expect("it runs");
    let client =
        ["openssl", "s_client", "-connect", &accept, "-CAfile", "trusted.pem", "-verify_return_error"];
    let (said, records) = recorded(&place, &client);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(verdicts(&records), ["established ok"]);
    assert!(server.wait().expect("it ends").success());
    let records = place.records("server.jsonl");
    assert_eq!(verdicts(&records), ["established ok"]);
}
