//! Programs that cannot be set up, and so never begin a handshake: each has a record, a cause, and a line that names the file. Programs
//! that go on all the same have none.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use openssl::symm::Cipher;
use serde_json::Value;
use tlsdiag_lab::pki::{Holder, Identity};
use tlsdiag_lab::signal::Signal;
use tlsdiag_lab::web::{ClientAuth, Kind, servers};

use crate::place::{Place, cause, pki};
use crate::program::{Said, run};

/// Files that are right, and what can be wrong with them.
pub(crate) fn place() -> Place {
    let place = Place::new();
    let pem = |identity: &Identity| identity.certificate.to_pem().expect("PEM");
    let own = &pki().server_ec;
    let weak = pki().workshop().expect("more certificates").identity(Holder::Server, "weak-key");
    let weak = weak.expect("it is made");
    let issuer: Vec<u8> = own.chain.iter().flat_map(|x509| x509.to_pem().expect("PEM")).collect();
    let key = |identity: &Identity| identity.key.private_key_to_pem_pkcs8().expect("PEM");
    let locked = own.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"secret").expect("PEM");
    for (name, bytes) in [
        ("own.pem", [pem(own), issuer.clone()].concat()),
        ("own.key", key(own)),
        ("locked.key", locked),
        ("other.key", key(&pki().client_ec)),
        ("weak.pem", pem(weak)),
        ("weak.key", key(weak)),
        ("order.pem", [issuer, pem(own)].concat()),
        ("no.pem", b"this is no PEM\n".to_vec()),
    ] {
        fs::write(place.file(name), bytes).expect("our folder");
    }
    place
}

impl Place {
    /// What `tlsdiag run` says of a program that has its words from there.
    pub(crate) fn set_up(&self, words: &[&str]) -> Said {
        let _ = fs::remove_file(self.file("out.jsonl"));
        let mut command = self.run(&["--jsonl", "out.jsonl"]);
        let path = format!("{}:{}", servers().display(), std::env::var("PATH").unwrap_or_default());
        command.args(words).env("PATH", path).output().expect("it runs").into()
    }

    /// The records of setups that failed, valid by the published schema.
    pub(crate) fn setups(&self) -> Vec<Value> {
        let schema = serde_json::from_str(include_str!("../../../schema/setup-1.json")).expect("JSON");
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let lines = fs::read_to_string(self.file("out.jsonl")).expect("a file");
        let read = |line| -> Value { serde_json::from_str(line).expect("JSON") };
        let setups = lines.lines().map(read).filter(|record| record["schema"] == "tlsdiag.setup/1");
        setups.inspect(|record| assert!(schema.is_valid(record), "{record}")).collect()
    }

    fn nginx(&self, certificate: &str, key: &str) -> Vec<String> {
        let at = self.path().display();
        let text = format!(
            "daemon off; worker_processes 1; pid {at}/pid; error_log {at}/log info;\nevents {{}}\nhttp {{ access_log off;\n\
             client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
             server {{ listen 127.0.0.1:1 ssl; ssl_certificate {at}/{certificate}; ssl_certificate_key {at}/{key}; }} }}\n"
        );
        fs::write(self.file("nginx.conf"), text).expect("our folder");
        ["nginx", "-t", "-c", &self.file("nginx.conf").display().to_string()].map(str::to_owned).to_vec()
    }

    fn apache(&self, certificate: &str, key: &str) -> Vec<String> {
        let at = self.path().display();
        let folder = servers().join("apache2-modules");
        let modules: String = ["mpm_event", "authz_core", "ssl"]
            .iter()
            .map(|name| format!("LoadModule {name}_module {}/mod_{name}.so\n", folder.display()))
            .collect();
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let text = format!(
            "ServerRoot {at}\nPidFile {at}/pid\nServerName localhost\nListen 127.0.0.1:{port}\n{modules}ErrorLog {at}/log\n\
             <VirtualHost *:*>\nSSLEngine on\nSSLCertificateFile {at}/{certificate}\nSSLCertificateKeyFile {at}/{key}\n</VirtualHost>\n"
        );
        fs::write(self.file("apache.conf"), text).expect("our folder");
        ["apache2", "-X", "-f", &self.file("apache.conf").display().to_string()].map(str::to_owned).to_vec()
    }

    fn curl_with(&self, certificate: &str, key: &str) -> Vec<String> {
        // Before it has a connection it loads nothing, so something has to listen; and it may hang up.
        let words =
            ["curl", "-sS", "--max-time", "20", "--cert", certificate, "--key", key, "--pass", "wrong"];
        words.map(str::to_owned).to_vec()
    }

    /// One setup is recorded, and it is this; the line of advice names the file.
    pub(crate) fn assert_one(&self, said: &Said, expected: &str, file: &str) {
        let setups = self.setups();
        let [setup] = &setups[..] else { panic!("{} setups: {setups:?}\n{}", setups.len(), said.err) };
        assert_eq!(cause(setup), expected, "{setup}\n{}", said.err);
        let advice = setup["diagnosis"]["findings"][0]["advice"].as_array().expect("advice");
        let names =
            advice.iter().any(|advice| advice["line"].as_str().is_some_and(|line| line.contains(file)));
        assert!(names, "no line names {file}: {advice:?}");
        assert!(!setup["errors"].as_array().expect("errors").is_empty(), "{setup}");
        assert!(said.err.contains(&format!("tlsdiag: {expected} (setup of ")), "{}", said.err);
        let summary = format!("tlsdiag: 1 setup failed before any handshake: {expected} 1\n");
        assert!(said.err.ends_with(&summary), "{}", said.err);
        let causes = run(self.path(), &["explain", "--format", "causes", "out.jsonl"]);
        assert_eq!((causes.out.as_str(), causes.code), (&*format!("{expected}\n"), Some(1)));
        let text = run(self.path(), &["explain", "out.jsonl"]);
        assert!(text.out.starts_with(expected) && text.code == Some(1), "{}", text.out);
    }

    fn assert_none(&self, said: &Said) {
        assert_eq!(self.setups(), [Value::Null; 0], "{}", said.err);
        assert!(!said.err.contains("setup"), "{}", said.err);
    }
}

/// What is wrong, by certificate and key: the cause, and the file that is to be looked at.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    ("own.pem", "other.key", "config.key_mismatch", "other.key"),
    ("weak.pem", "weak.key", "config.security_level", "weak.pem"),
    ("own.pem", "locked.key", "config.key_locked", "locked.key"),
    ("order.pem", "own.key", "config.file", "order.pem"),
    ("no.pem", "own.key", "config.file", "no.pem"),
    ("own.pem", "no.pem", "config.file", "no.pem"),
    ("missing.pem", "own.key", "config.file", "missing.pem"),
];

fn words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

#[test]
fn nginx_that_does_not_start_says_why() {
    let place = place();
    for (certificate, key, cause, file) in FAULTS {
        let said = place.set_up(&words(&place.nginx(certificate, key)));
        assert_eq!(said.code, Some(1), "{}", said.err);
        place.assert_one(&said, cause, file);
    }
    let said = place.set_up(&words(&place.nginx("own.pem", "own.key")));
    assert_eq!(said.code, Some(0), "{}", said.err);
    place.assert_none(&said);
}

#[test]
fn apache_that_does_not_start_says_why() {
    let place = place();
    // It looks itself whether the files are there.
    for (certificate, key, cause, file) in FAULTS.iter().filter(|fault| fault.0 != "missing.pem") {
        let said = place.set_up(&words(&place.apache(certificate, key)));
        assert_eq!(said.code, Some(1), "{}", said.err);
        place.assert_one(&said, cause, file);
    }
}

#[test]
fn curl_that_does_not_start_says_why() {
    let place = place();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let _server = place.bare(&site);
    for (certificate, key, cause, file) in FAULTS {
        let mut curl = place.curl_with(certificate, key);
        curl.push(place.url(&site));
        let said = place.set_up(&words(&curl));
        assert_eq!(said.code, Some(58), "{}", said.err);
        place.assert_one(&said, cause, file);
    }
    std::fs::write(
        place.file("broken.pem"),
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    )
    .expect("a file");
    for trusted in ["missing.pem", "broken.pem", "own.key"] {
        let said = place.set_up(&["curl", "-sS", "--cacert", trusted, &place.url(&site)]);
        // It loads that in the midst of its handshake, which has the record.
        assert_eq!((said.code, place.setups().len()), (Some(77), 0), "{}", said.err);
        let records = place.records("out.jsonl");
        assert_eq!(records.iter().map(cause).collect::<Vec<_>>(), ["config.file"], "{}", said.err);
    }
}

#[test]
fn an_old_pkcs12_file_is_told_from_a_wrong_password() {
    let place = place();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let _server = place.bare(&site);
    for (name, options) in [("old.p12", &["-legacy"][..]), ("new.p12", &[])] {
        let mut make = vec![
            "pkcs12",
            "-export",
            "-in",
            "own.pem",
            "-inkey",
            "own.key",
            "-passout",
            "pass:secret",
            "-out",
            name,
        ];
        make.extend(options);
        assert_eq!(place.say("openssl", &make).code, Some(0));
    }
    let old =
        place.set_up(&["curl", "-sS", "--cert-type", "P12", "--cert", "old.p12:secret", &place.url(&site)]);
    place.assert_one(&old, "config.key_locked", "-legacy -in ");
    assert!(old.err.contains("RC2-40-CBC"), "{}", old.err);
    let wrong =
        place.set_up(&["curl", "-sS", "--cert-type", "P12", "--cert", "new.p12:wrong", &place.url(&site)]);
    place.assert_one(&wrong, "config.key_locked", "new.p12");
    assert!(wrong.err.contains("passphrase") && !wrong.err.contains("RC2"), "{}", wrong.err);
    let lines = fs::read_to_string(place.file("out.jsonl")).expect("a file");
    assert!(!lines.contains("\"wrong\"") && !lines.contains("secret"), "no password is recorded: {lines}");
}

/// Python with a server's context.
pub(crate) fn python(place: &Place, script: &str) -> Said {
    let script = format!("import ssl\nc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n{script}");
    place.set_up(&["python3", "-c", &script])
}

#[test]
fn what_the_program_makes_up_for_is_no_failure() {
    let place = place();
    for script in [
        "c.load_cert_chain('own.pem', 'own.key')",
        // The second password, with the same context and with another.
        "try: c.load_cert_chain('own.pem', 'locked.key', password='wrong')\n\
         except ssl.SSLError: c.load_cert_chain('own.pem', 'locked.key', password='secret')",
        "for password in 'wrong', 'secret':\n  c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
         \n  try: c.load_cert_chain('own.pem', 'locked.key', password=password)\n  except ssl.SSLError: pass",
        // Another file.
        "try: c.load_verify_locations('missing.pem')\nexcept FileNotFoundError: c.load_verify_locations('trusted.pem')",
        "c.load_verify_locations(cadata=open('trusted.pem').read())",
    ] {
        let said = python(&place, script);
        assert_eq!(said.code, Some(0), "{}", said.err);
        place.assert_none(&said);
    }
    let said = python(&place, "c.load_cert_chain('own.pem', 'locked.key', password='wrong')");
    place.assert_one(&said, "config.key_locked", "locked.key");
    let said = place.set_up(&[
        "env",
        "OPENSSL_CONF=/nonexistent",
        "python3",
        "-c",
        "import ssl; ssl.create_default_context()",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    place.assert_none(&said);
}

#[test]
fn a_program_that_goes_on_healthy_did_not_need_it_and_one_that_fails_for_it_did() {
    let place = place();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let _server = place.bare(&site);
    let visit = |trusted: &str| {
        let script = format!(
            "import socket, ssl\nc = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n{trusted}\n\
             try: c.load_verify_locations('missing.pem')\nexcept FileNotFoundError: pass\n\
             try: c.wrap_socket(socket.create_connection(('127.0.0.1', {})), server_hostname='localhost')\n\
             except ssl.SSLError: pass",
            site.address.port()
        );
        place.set_up(&["python3", "-c", &script])
    };
    let healthy = visit("c.load_verify_locations('trusted.pem')");
    place.assert_none(&healthy);
    assert!(healthy.err.contains("1 handshake: 1 healthy"), "{}", healthy.err);
    let failed = visit("");
    let setups = place.setups();
    assert_eq!(setups.iter().map(cause).collect::<Vec<_>>(), ["config.file"], "{}", failed.err);
    assert!(failed.err.contains("server_cert."), "{}", failed.err);
}

/// A server that is told to load its files anew: a key that does not fit is refused, and the next one fits.
#[test]
fn a_reload_that_succeeds_soon_makes_up_for_one_that_failed() {
    let place = place();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    let key = place.file("server.key");
    let right = fs::read(&key).expect("a key");
    let said = |words: &str, count: usize| {
        let until = Instant::now() + Duration::from_secs(20);
        let log = || fs::read_to_string(place.file("error.log")).unwrap_or_default();
        while log().matches(words).count() < count {
            assert!(Instant::now() < until, "nginx does not say {words:?}: {}", log());
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    fs::copy(place.file("other.key"), &key).expect("our folder");
    server.signal(Signal::HUP).expect("it runs");
    said("key values mismatch", 1);
    fs::write(&key, right).expect("our folder");
    server.signal(Signal::HUP).expect("it runs");
    said("start worker processes", 2);
    assert_eq!(place.curl(&site, None).stdout, b"hello\n");
    assert!(server.stop().expect("it ends").success());
    let stderr = Said { code: None, out: String::new(), err: place.stderr() };
    place.assert_none(&stderr);
}

/// As for handshakes.
#[test]
fn the_line_of_the_program_stands_first() {
    let place = place();
    let said = place.set_up(&words(&place.nginx("own.pem", "other.key")));
    let setups = place.setups();
    let advice = setups[0]["diagnosis"]["findings"][0]["advice"].as_array().expect("advice");
    let at_hand = |one: &&Value| one["at_hand"] == true;
    let stacks: Vec<_> = advice.iter().filter(at_hand).map(|one| &one["stack"]).collect();
    assert!(!stacks.is_empty() && stacks.iter().all(|stack| *stack == "nginx"), "{advice:?}");
    assert_eq!(said.code, Some(1));
    let text = run(place.path(), &["explain", "out.jsonl"]).out;
    assert!(text.contains("ssl_certificate_key") && !text.contains("SSLCertificateKeyFile"), "{text}");
}

/// Before any context is made, as HAProxy reads and compares what is behind `crt`.
#[test]
fn what_the_program_reads_and_compares_itself_is_told() {
    let place = place();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run/key_check.c");
    let program = place.file("haproxy").display().to_string();
    let compiled = place.say("cc", &[source, "-o", &program, "-lssl", "-lcrypto"]);
    assert_eq!(compiled.code, Some(0), "{}", compiled.err);
    fs::copy(place.file("own.pem"), place.file("alone.pem")).expect("our folder");
    fs::copy(place.file("locked.key"), place.file("alone.pem.key")).expect("our folder");
    const READ: &str = "PEM_read_bio_PrivateKey";
    for (words, expected) in [
        (&["own.pem", "other.key"][..], Some(("config.key_mismatch", "X509_check_private_key", "other.key"))),
        (&["own.pem", "locked.key"], Some(("config.key_locked", READ, "locked.key"))),
        (&["own.pem", "no.pem"], Some(("config.file", READ, "no.pem"))),
        // The first is where a key may be, and the second where it is.
        (&["alone.pem", "alone.pem", "alone.pem.key"], Some(("config.key_locked", READ, "alone.pem.key"))),
        (&["alone.pem", "alone.pem", "own.key"], None),
        (&["own.pem", "other.key", "own.key"], None),
        (&["own.pem", "locked.key", "own.key"], None),
        (&["own.pem", "own.key"], None),
    ] {
        let bare = place.say(&program, words);
        let said = place.set_up(&[&[program.as_str()][..], words].concat());
        assert_eq!((said.code, &said.out), (bare.code, &bare.out), "{}", said.err);
        match expected {
            Some((cause, function, file)) => {
                place.assert_one(&said, cause, file);
                assert_eq!(place.setups()[0]["function"], function);
            }
            None => place.assert_none(&said),
        }
    }
    // Of any other program nobody knows what these are for.
    let other = place.file("key_check").display().to_string();
    fs::copy(&program, &other).expect("our folder");
    for words in [["own.pem", "other.key"], ["own.pem", "locked.key"], ["own.pem", "no.pem"]] {
        let said = place.set_up(&[&[other.as_str()][..], &words].concat());
        place.assert_none(&said);
    }
}
