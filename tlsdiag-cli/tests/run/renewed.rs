//! A certificate that has ended in memory, and a file that was renewed since: the advice is to read it again, and that mends it. Where the
//! file is no better, or is not the program's, it is not spoken of.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tlsdiag_lab::pki::{Holder, Identity, Profile, Purpose};
use tlsdiag_lab::signal::Signal;
use tlsdiag_lab::web::{ClientAuth, Kind, Running, Site, servers};

use crate::place::{Place, cause, pki};
use crate::program::run;

fn named(name: &str) -> Identity {
    pki().workshop().expect("more certificates").identity(Holder::Server, name).expect("it is made").clone()
}

/// For another host, and good.
fn of_another_host() -> Identity {
    let profile = Profile::new("other.test").dns("other.test").purpose(Purpose::Server);
    pki().issuing.issue(&profile).expect("a certificate")
}

impl Place {
    fn expired(&self, kind: Kind) -> Site {
        Site::new(kind, self.path(), &named("expired"), ClientAuth::Off, pki().trusted()).expect("a site")
    }

    /// Puts certificate and key in the place of others.
    fn renew(&self, certificate: &str, identity: &Identity) {
        let chain = std::iter::once(&identity.certificate).chain(&identity.chain);
        let pem: Vec<u8> = chain.flat_map(|x509| x509.to_pem().expect("PEM")).collect();
        fs::write(self.file(certificate), pem).expect("our folder");
        let key = identity.key.private_key_to_pem_pkcs8().expect("PEM");
        fs::write(self.file("server.key"), key).expect("our folder");
    }

    /// A visit that ends like that; it has been judged, with the file as it is now.
    fn is_refused(&self, site: &Site) -> Value {
        let before = self.failures().len();
        let until = Instant::now() + Duration::from_secs(20);
        // Apache opens its port, closes it, and opens it again when it starts.
        const NOBODY_THERE: Option<i32> = Some(7);
        let mut code = self.curl(site, None).status.code();
        while code == NOBODY_THERE && Instant::now() < until {
            code = self.curl(site, None).status.code();
        }
        assert_eq!(code, Some(60), "curl minds");
        loop {
            let mut failures = self.failures();
            match failures.len() - before {
                0 => assert!(Instant::now() < until, "a record is lacking: {}", self.stderr()),
                1 => return failures.remove(before),
                more => panic!("{more} records of one visit"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Visits until the program has read its files.
    fn works_soon(&self, site: &Site) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.curl(site, None).stdout != b"hello\n" {
            assert!(Instant::now() < until, "it is not mended");
        }
    }

    /// Runs what the advice says, with the words that say which of several servers it is.
    fn apply(&self, line: &str, words: &[&str]) {
        let (program, arguments) = line.split_once(' ').expect("a command");
        let program = servers().join(if program == "apachectl" { "apache2" } else { program });
        let arguments = if arguments == "graceful" { "-k graceful" } else { arguments };
        let all: Vec<&str> = arguments.split(' ').chain(words.iter().copied()).collect();
        let said = self.say(&program.display().to_string(), &all);
        assert_eq!(said.code, Some(0), "{}", said.err);
    }

    fn failures(&self) -> Vec<Value> {
        self.records("out.jsonl").into_iter().filter(|record| record["outcome"] == "failed").collect()
    }
}

/// Whether a record says that this file was renewed.
fn tells(record: &Value, file: &str) -> bool {
    assert_eq!(cause(record), "server_cert.expired", "{record}");
    let finding = &record["diagnosis"]["findings"][0];
    let explanation = finding["explanation"].as_str().expect("a text");
    let told = explanation.contains("holds a certificate for the same names that is valid until");
    assert_eq!(told, explanation.contains(file), "{explanation}");
    assert_eq!(told, first_line(record).contains("has been renewed"), "{finding}");
    told
}

fn first_line(record: &Value) -> &str {
    record["diagnosis"]["findings"][0]["advice"][0]["line"].as_str().expect("a line")
}

/// The line for the recorded program, and that it is there.
fn line<'a>(record: &'a Value, expected: &str) -> &'a str {
    let advice = record["diagnosis"]["findings"][0]["advice"].as_array().expect("advice");
    let mut lines = advice.iter().filter_map(|advice| advice["line"].as_str());
    lines.find(|line| *line == expected).unwrap_or_else(|| panic!("no {expected}: {advice:?}"))
}

/// As certbot has it: the name is a link, which leads elsewhere from then on.
#[test]
fn nginx_is_to_reload() {
    let place = Place::new();
    let site = place.expired(Kind::Nginx);
    let link = |to: &str| {
        let _ = fs::remove_file(place.file("server.pem"));
        std::os::unix::fs::symlink(to, place.file("server.pem")).expect("our folder");
    };
    fs::rename(place.file("server.pem"), place.file("fullchain1.pem")).expect("our folder");
    link("fullchain1.pem");
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    let file = place.file("server.pem").display().to_string();
    assert!(!tells(&place.is_refused(&site), &file));
    place.renew("fullchain2.pem", &named("good"));
    link("fullchain2.pem");
    let record = place.is_refused(&site);
    assert!(tells(&record, &file));
    let configuration = place.file("nginx.conf").display().to_string();
    let prefix = place.path().display().to_string();
    place.apply(line(&record, "nginx -s reload"), &["-p", &prefix, "-c", &configuration]);
    place.works_soon(&site);
    assert!(server.stop().expect("it ends").success());
    let text = run(place.path(), &["explain", "out.jsonl"]).out;
    assert!(
        text.contains(&format!("The file {file}, changed at ")) && text.contains("nginx -s reload"),
        "{text}"
    );
}

#[test]
fn apache_is_to_reload() {
    let place = Place::new();
    let site = place.expired(Kind::Apache);
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    let file = place.file("server.pem").display().to_string();
    assert!(!tells(&place.is_refused(&site), &file));
    place.renew("server.pem", &named("good"));
    let record = place.is_refused(&site);
    assert!(tells(&record, &file));
    let configuration = place.file("apache.conf").display().to_string();
    place.apply(line(&record, "apachectl graceful"), &["-f", &configuration]);
    place.works_soon(&site);
    assert!(server.stop().expect("it ends").success());
}

#[test]
fn a_file_that_is_no_better_is_not_spoken_of() {
    let place = Place::new();
    let site = place.expired(Kind::Nginx);
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    let bad = ["expired", "not-yet-valid", "self-signed", "weak-key", "wrong-purpose"].map(named);
    for identity in bad.iter().chain([&of_another_host()]) {
        place.renew("server.pem", identity);
        assert!(!tells(&place.is_refused(&site), "server.pem"));
    }
    fs::write(place.file("server.pem"), "this is no PEM\n").expect("our folder");
    assert!(!tells(&place.is_refused(&site), "server.pem"));
    fs::remove_file(place.file("server.pem")).expect("our folder");
    assert!(!tells(&place.is_refused(&site), "server.pem"));
    assert!(server.stop().expect("it ends").success());
}

/// A server in Python that loads its files again when it gets SIGHUP; `before` and `after` stand around the first time.
fn python(place: &Place, site: &Site, before: &str, after: &str) -> Running {
    let script = format!(
        "import encodings.idna, os, signal, socket, ssl, threading\n\
         listening = socket.create_server(('127.0.0.1', {}))\n\
         {before}\n\
         context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
         context.load_cert_chain('server.pem', 'server.key')\n\
         {after}\n\
         signal.signal(signal.SIGHUP, lambda *_: context.load_cert_chain('{}', '{}'))\n\
         while True:\n\
         \x20 try:\n\
         \x20   with context.wrap_socket(listening.accept()[0], server_side=True) as one:\n\
         \x20     one.recv(4096); one.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n')\n\
         \x20 except OSError: pass\n",
        site.address.port(),
        place.file("server.pem").display(),
        place.file("server.key").display(),
    );
    let mut command = place.run(&["--jsonl", "out.jsonl"]);
    command.args(["python3", "-c", &script]).stdout(Stdio::null());
    command.stderr(fs::File::create(place.file("stderr")).expect("our folder"));
    Running::start(&mut command, site.address).expect("it runs")
}

/// The name counts from the folder in which the program was when it read it.
#[test]
fn python_is_to_load_again_wherever_it_is_by_now() {
    let place = Place::new();
    let site = place.expired(Kind::Nginx);
    let server = python(&place, &site, "", "os.chdir('/')");
    let file = place.file("server.pem").display().to_string();
    assert!(!tells(&place.is_refused(&site), &file));
    place.renew("server.pem", &named("good"));
    let record = place.is_refused(&site);
    assert!(tells(&record, &file));
    server.signal(Signal::HUP).expect("it runs");
    place.works_soon(&site);
    server.stop().expect("it ends");
    line(&record, "context.load_cert_chain(\"fullchain.pem\", \"server.key\")");
}

/// What has the same name in another root is another file.
#[test]
fn a_file_of_another_root_is_not_spoken_of() {
    let place = Place::new();
    let site = place.expired(Kind::Nginx);
    let jail = place.file("jail");
    let within = jail.join(place.path().strip_prefix("/").expect("from the root"));
    fs::create_dir_all(&within).expect("our folder");
    for name in ["server.pem", "server.key"] {
        fs::copy(place.file(name), within.join(name)).expect("our folder");
    }
    place.renew("server.pem", &named("good"));
    // Whoever may not do so has a namespace of its own, in which it may.
    let before = format!(
        "import ctypes\nif os.geteuid(): ctypes.CDLL(None).unshare(0x10000000)\n\
         os.chroot('{}'); os.chdir('{}')",
        jail.display(),
        place.path().display()
    );
    let server = python(&place, &site, &before, "");
    assert!(!tells(&place.is_refused(&site), "server.pem"));
    server.stop().expect("it ends");
}
