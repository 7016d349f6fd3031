//! The founding case through `tlsdiag s_server`, with the command of its notes: a card whose key refuses RSA-PSS, under NSS, GnuTLS and OpenSSL's
//! pkcs11 engine. By the client's second attempt the card is named; the line that is printed for s_server is taken at its word, and mends it.
//! A card that can, and a key in a file, are told nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tlsdiag_lab::card::{self, Card, Held};
use tlsdiag_lab::port::Port;
use tlsdiag_lab::web::{ClientAuth, Kind, Running};

use crate::browsers::database;
use crate::place::{Place, cause, object, pki};
use crate::program::{missing_for_a_card, tlsdiag};

/// The command of the notes, but for where it listens, the version, and what it takes for the chain.
const NOTED: &str = "-key server.key -cert server.pem -cert_chain chain.pem -state -www -CAfile ca.pem -verify 2 -debug \
                     -security_debug_verbose -msg";

/// Where the engine lies, which only its own package brings.
const ENGINES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/engines-3/pkcs11.so",
    "/usr/lib/x86_64-linux-gnu/engines-1.1/pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/engines-1.1/pkcs11.so",
];

/// Whose key the client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    RefusingCard,
    AbleCard,
    File,
}

/// Starts the server, until it is stopped.
pub(crate) fn server(place: &Place, words: &[&str]) -> (Running, u16) {
    object();
    let port = Port::reserve().expect("a port");
    let mut command = tlsdiag(place.path());
    command.args(["s_server", "--jsonl", "out.jsonl", "-accept", &port.address().to_string()]);
    command.args(NOTED.split_whitespace()).args(words).stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(fs::File::create(place.file("stderr")).expect("our folder"));
    (Running::start(&mut command, port.address().into()).expect("it listens"), port.number())
}

/// The files of the server and of alice, with a key of RSA.
pub(crate) fn write_files(place: &Place) {
    drop(place.even_site(Kind::Nginx, ClientAuth::On));
    let chain: Vec<u8> = pki().server.chain.iter().flat_map(|x509| x509.to_pem().expect("PEM")).collect();
    fs::write(place.file("chain.pem"), chain).expect("our folder");
    let issuer = pki().client_rsa.chain[0].to_pem().expect("PEM");
    fs::write(place.file("issuer.pem"), issuer).expect("our folder");
    fs::write(place.file("request"), "GET / HTTP/1.0\r\n\r\n").expect("our folder");
}

/// The words behind `openssl s_server …` in the advice of a record, and whether nginx and Apache are told the same.
pub(crate) fn words_of_advice(record: &Value) -> Vec<String> {
    let advice = record["diagnosis"]["findings"][0]["advice"].as_array().expect("advice");
    let line = |stack: &str| {
        let one = advice
            .iter()
            .find(|advice| advice["stack"] == stack)
            .unwrap_or_else(|| panic!("no line for {stack}"));
        one["line"].as_str().expect("a line").to_owned()
    };
    for stack in ["nginx", "apache", "openssl.cnf"] {
        assert!(line(stack).contains("ClientSignatureAlgorithms"), "{stack}: {}", line(stack));
    }
    let line = line("openssl");
    let words = line.strip_prefix("openssl s_server … ").unwrap_or_else(|| panic!("for s_server: {line}"));
    words.split_whitespace().map(str::to_owned).collect()
}

/// A client with a card, and the same with its key in a file.
struct World {
    place: Place,
    refusing: Card,
    able: Card,
}

type Client = fn(&World, Key, u16) -> Command;

impl World {
    fn new(module: &Path) -> Self {
        let place = Place::new();
        write_files(&place);
        let card = |name: &str, pss: bool| {
            let folder = place.file(name);
            fs::create_dir(&folder).expect("our folder");
            let held = Held { pss, ..Held::without_pss(&pki().client_rsa) };
            Card::new(&folder, module.to_owned(), held, |name| PathBuf::from(name)).expect("a card")
        };
        let (refusing, able) = (card("refusing", false), card("able", true));
        World { place, refusing, able }
    }

    /// A program that finds the card, if there is one.
    fn command(&self, program: &str, key: Key) -> Command {
        let mut command = match key {
            Key::RefusingCard => self.refusing.command("timeout"),
            Key::AbleCard => self.able.command("timeout"),
            Key::File => Command::new("timeout"),
        };
        command.args(["30", program]).current_dir(self.place.path()).env("HOME", self.place.path());
        command
    }

    /// One attempt at this port.
    fn attempt(&self, client: Client, key: Key, port: u16) {
        let request = fs::File::open(self.place.file("request")).expect("our file");
        let mut command = client(self, key, port);
        command.stdin(request).stdout(fs::File::create(self.place.file("client.out")).expect("our folder"));
        command.stderr(fs::File::create(self.place.file("client.err")).expect("our folder"));
        command.status().expect("it runs");
    }

    /// Two attempts at a server with these words more, as a user makes them, or one where that says all; what it recorded.
    fn attempts(&self, client: Client, key: Key, words: &[&str]) -> Vec<Value> {
        let _ = fs::remove_file(self.place.file("out.jsonl"));
        let (running, port) = server(&self.place, words);
        self.attempt(client, key, port);
        if key == Key::RefusingCard && self.is_noted() {
            // What comes within five seconds is one attempt, as a browser makes several connections for one.
            std::thread::sleep(Duration::from_millis(5200));
            self.attempt(client, key, port);
        }
        running.stop().expect("it ends");
        self.place.records("out.jsonl")
    }

    /// Whether the report of the attempt, which is waited for, is a note alone.
    fn is_noted(&self) -> bool {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let said = self.place.stderr();
            if let Some(line) = said.lines().find(|line| {
                line.starts_with("note.") || line.starts_with("sigalg.") || line.starts_with("ok ")
            }) {
                return line.starts_with("note.");
            }
            assert!(Instant::now() < until, "no report: {said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn told(&self) -> String {
        let read = |name: &str| fs::read(self.place.file(name)).unwrap_or_default();
        let said = [read("client.out"), read("client.err")].concat();
        format!("{}\n{}", self.place.stderr(), String::from_utf8_lossy(&said))
    }
}

/// NSS, which is Firefox's library.
fn nss(world: &World, key: Key, port: u16) -> Command {
    let folder = match key {
        Key::RefusingCard => "nss-refusing",
        Key::AbleCard => "nss-able",
        Key::File => "nss-file",
    };
    if !world.place.file(folder).is_dir() {
        let at = format!("sql:{}", database(&world.place, folder, key == Key::File).display());
        let issuer = ["-A", "-n", "issuer", "-t", ",,", "-i", "issuer.pem", "-d", &at];
        assert_eq!(world.place.say("certutil", &issuer).code, Some(0));
        match key {
            Key::RefusingCard => world.refusing.add_to(&at).expect("modutil"),
            Key::AbleCard => world.able.add_to(&at).expect("modutil"),
            Key::File => {}
        }
    }
    let mut command = world.command("tstclnt", key);
    command.args([
        "-4",
        "-O",
        "-h",
        "localhost",
        "-p",
        &port.to_string(),
        "-V",
        "tls1.2:tls1.3",
        "-A",
        "request",
    ]);
    command.args(["-d", &format!("sql:{}", world.place.file(folder).display())]);
    match key {
        Key::File => command.args(["-n", "alice"]),
        _ => command.args(["-n", "card:alice", "-w", card::PIN]),
    };
    command
}

fn gnutls(world: &World, key: Key, port: u16) -> Command {
    let mut command = world.command("gnutls-cli", key);
    command.args(["--x509cafile", "trusted.pem", "--x509certfile", "alice.pem"]);
    match key {
        Key::File => command.args(["--x509keyfile", "alice.key"]),
        _ => command
            .arg("--provider")
            .arg(card::module().expect("SoftHSM"))
            .args(["--x509keyfile", "pkcs11:token=card;object=alice;type=private"])
            .env("GNUTLS_PIN", card::PIN),
    };
    command.args(["-p", &port.to_string(), "localhost"]);
    command
}

/// OpenSSL, with its engine for PKCS #11.
fn engine(world: &World, key: Key, port: u16) -> Command {
    let mut command = world.command("openssl", key);
    command.args([
        "s_client",
        "-connect",
        &format!("127.0.0.1:{port}"),
        "-servername",
        "localhost",
        "-ign_eof",
    ]);
    command.args(["-CAfile", "trusted.pem", "-cert", "alice.pem", "-cert_chain", "alice.pem"]);
    match key {
        Key::File => command.args(["-key", "alice.key"]),
        _ => command
            .args(["-engine", "pkcs11", "-keyform", "engine", "-key"])
            .arg(format!("pkcs11:token=card;object=alice;type=private;pin-value={}", card::PIN))
            .env("PKCS11_MODULE_PATH", card::module().expect("SoftHSM")),
    };
    command
}

/// The founding case with a client, and its healthy twins.
fn founding_case(name: &str, client: Client, missing: &[String]) {
    let (Some(module), true) = (card::module(), missing.is_empty()) else {
        println!("NOT TESTED: {name} with a card, since {} are not on this machine", missing.join(", "));
        return;
    };
    let world = World::new(&module);
    for (version, words) in [("1.2", &["-tls1_2"][..]), ("1.3", &[])] {
        let records = world.attempts(client, Key::RefusingCard, words);
        let named = records.iter().take(2).find(|record| cause(record) == "sigalg.signer_refused");
        let named =
            named.unwrap_or_else(|| panic!("{name}, TLS {version}: it is not named\n{}", world.told()));
        assert_eq!(named["tls"]["protocol"]["version"], version, "{named}");
        // Nothing that a server of TLS 1.3 asks for is in reach of such a card, and no line says so.
        let advised = words_of_advice(named);
        assert_eq!(advised.iter().any(|word| word == "-tls1_2"), version == "1.3", "{advised:?}");

        let advised: Vec<&str> = words.iter().copied().chain(advised.iter().map(String::as_str)).collect();
        let mended = world.attempts(client, Key::RefusingCard, &advised);
        let last = mended.last().unwrap_or_else(|| panic!("{name}: no record\n{}", world.told()));
        assert_eq!(
            (&last["outcome"], cause(last)),
            (&"established".into(), "ok"),
            "{advised:?}\n{}",
            world.told()
        );
        assert_eq!(last["tls"]["protocol"]["version"], "1.2");
        println!("mended: {name}, TLS {version}: {}", advised.join(" "));

        for key in [Key::AbleCard, Key::File] {
            for record in world.attempts(client, key, words) {
                let silent = record["outcome"] == "established"
                    && record["diagnosis"]["findings"].as_array().is_none_or(Vec::is_empty);
                let shown =
                    record["certificates"]["client"].as_array().is_some_and(|chain| !chain.is_empty());
                assert!(
                    silent && shown,
                    "{name}, TLS {version}, {key:?}: {}\n{}",
                    record["diagnosis"],
                    world.told()
                );
            }
        }
    }
}

#[test]
fn nss_with_a_card_that_refuses_pss() {
    founding_case("NSS", nss, &missing_for_a_card(&["tstclnt", "certutil", "modutil", "pk12util"]));
}

#[test]
fn gnutls_with_a_card_that_refuses_pss() {
    founding_case("GnuTLS", gnutls, &missing_for_a_card(&["gnutls-cli"]));
}

#[test]
fn openssls_engine_with_a_card_that_refuses_pss() {
    let mut missing = missing_for_a_card(&["openssl"]);
    if !ENGINES.iter().any(|path| Path::new(path).is_file()) {
        missing.push("the engine pkcs11 (libengine-pkcs11-openssl)".to_owned());
    }
    founding_case("OpenSSL's engine", engine, &missing);
}
