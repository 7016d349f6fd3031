//! When what failed in a setup counts: not where the program makes up for it, or goes on without; also in a process that it forks, and
//! with another context. What it cannot do without is told.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::{Place, cause};
use crate::program::Said;
use crate::setup::{place, python};

/// Builds the program of fallbacks.c there.
fn program(place: &Place) -> String {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run/fallbacks.c");
    let program = place.file("fallbacks");
    let mut compile = Command::new("cc");
    compile.args([source, "-o"]).arg(&program).args(["-lssl", "-lcrypto"]);
    assert!(compile.status().expect("cc").success());
    program.display().to_string()
}

/// The causes of the setups that failed.
fn setups(place: &Place) -> Vec<String> {
    place.setups().iter().map(|setup| cause(setup).to_owned()).collect()
}

#[test]
fn a_file_that_is_missing_counts_where_no_handshake_begins() {
    let place = place();
    let program = program(&place);
    for mode in ["file", "fork", "background", "key"] {
        let said = place.set_up(&[&program, mode]);
        assert_eq!(place.setups(), [Value::Null; 0], "{mode}: {}", said.err);
        assert!(said.err.contains("2 handshakes"), "{mode}: {}", said.err);
    }
    for (mode, file) in [("file alone", "missing.ocsp"), ("key alone", "own.key")] {
        let said = place.set_up(&[&program, mode]);
        place.assert_one(&said, "config.file", file);
    }
}

#[test]
fn a_callback_whose_key_does_not_fit_is_told_with_its_handshake() {
    let place = place();
    let program = program(&place);
    let said = place.set_up(&[&program, "callback"]);
    assert_eq!(setups(&place), [""; 0], "{}", said.err);
    let records = place.records("out.jsonl");
    let server = records.iter().find(|record| record["role"] == "server").expect("a record");
    assert_eq!(cause(server), "config.key_mismatch", "{server}");
    let said = place.set_up(&[&program, "right callback"]);
    assert_eq!(said.out, "established\n", "{}", said.err);
    assert_eq!(setups(&place), [""; 0], "{}", said.err);
}

#[test]
fn a_client_certificate_that_is_trusted_itself_is_pinned() {
    let place = place();
    let program = program(&place);
    let server = |mode: &str| {
        let said = place.set_up(&[&program, mode]);
        assert_eq!(said.out, "established\n", "{}", said.err);
        let records = place.records("out.jsonl");
        records.into_iter().find(|record| record["role"] == "server").expect("a record")
    };
    let pinned = server("pinned");
    assert_eq!(pinned["diagnosis"]["cause"], Value::Null, "{pinned}");
    assert_eq!(pinned["diagnosis"]["findings"], Value::Array(Vec::new()), "{pinned}");
    let other = server("not pinned");
    assert!(cause(&other).starts_with("client_cert."), "{other}");
}

/// The rest of a script that catches what fails, and whose server then serves.
const SERVE: &str = "\
import socket, threading\n\
def visit(server):\n  ours, theirs = socket.socketpair()\n\
\x20 client = ssl._create_unverified_context()\n\
\x20 thread = threading.Thread(target=lambda: client.wrap_socket(ours).recv(1))\n  thread.start()\n\
\x20 end = server.wrap_socket(theirs, server_side=True)\n  end.send(b'x')\n  thread.join()\n  end.close()\n\
def made(certificate, key):\n  c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
\x20 try: c.load_cert_chain(certificate, key)\n  except OSError: return None\n  return c\n\
hosts = []\n";

#[test]
fn another_context_makes_up_for_it_and_another_host_does_not() {
    let place = place();
    fs::copy(place.file("own.key"), place.file("host.key")).expect("our folder");
    let serves = |script: &str| -> Said {
        let said = python(&place, &format!("{SERVE}{script}\nfor host in filter(None, hosts): visit(host)"));
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(said.err.contains("2 handshakes: 2 healthy"), "{}", said.err);
        said
    };
    for script in [
        "hosts = [made('own.pem', 'other.key') or made('own.pem', 'own.key')]",
        "hosts = [made('missing.pem', 'missing.key') or made('own.pem', 'own.key')]",
        "hosts = [made('no.pem', 'own.key') or made('own.pem', 'own.key')]",
    ] {
        let said = serves(script);
        assert_eq!(setups(&place), [""; 0], "{script}: {}", said.err);
    }
    for (script, expected) in [
        ("hosts = [made('own.pem', 'own.key'), made('alice.pem', 'host.key')]", "config.key_mismatch"),
        ("hosts = [made('alice.pem', 'host.key'), made('own.pem', 'own.key')]", "config.key_mismatch"),
        ("hosts = [made('own.pem', 'own.key'), made('missing.pem', 'own.key')]", "config.file"),
        // A key of another type is taken, and refused when the two are compared.
        ("hosts = [made('alice.pem', 'weak.key'), made('own.pem', 'own.key')]", "config.key_mismatch"),
        ("hosts = [made('own.pem', 'other.key')]", "config.key_mismatch"),
    ] {
        let said = match expected {
            _ if !script.contains("('own.pem', 'own.key')") => python(&place, &format!("{SERVE}{script}")),
            _ => serves(script),
        };
        assert_eq!(setups(&place), [expected], "{script}: {}", said.err);
    }
}

#[test]
fn an_openssl_without_ciphers_says_so() {
    let place = place();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let _server = place.bare(&site);
    let configure = |active: &str| {
        let text =
            format!("openssl_conf = all\n[all]\nproviders = some\n[some]\n{active}\n[one]\nactivate = 1\n");
        fs::write(place.file("openssl.cnf"), text).expect("our folder");
    };
    let client = |script: &str| {
        place.set_up(&["env", "OPENSSL_CONF=openssl.cnf", "python3", "-c", &format!("import ssl\n{script}")])
    };
    configure("null = one");
    let said = client("ssl.create_default_context()");
    assert_ne!(said.code, Some(0), "{}", said.err);
    assert_eq!(setups(&place), ["config.invalid_value"], "{}", said.err);
    assert!(
        said.err.contains("tlsdiag: 1 setup failed") && !said.err.contains("was not seen"),
        "{}",
        said.err
    );
    let address = site.address.to_string();
    let said =
        place.set_up(&["env", "OPENSSL_CONF=openssl.cnf", "openssl", "s_client", "-connect", &address]);
    assert_eq!(setups(&place), ["config.invalid_value"], "{}", said.err);
    configure("null = one\ndefault = one");
    let said = client("ssl.create_default_context()");
    assert_eq!((said.code, setups(&place).len()), (Some(0), 0), "{}", said.err);
}
