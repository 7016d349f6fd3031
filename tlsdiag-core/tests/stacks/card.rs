//! The founding case, with a card: a token of SoftHSM whose key refuses RSA-PSS, under NSS, which is Firefox's library, at a server
//! of OpenSSL; and the same once the server's line is what the record says.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use tlsdiag_core::Handshake;
use tlsdiag_core::report::{Clients, Process, Record};
use tlsdiag_lab::card::{self, Card, Held};
use tlsdiag_lab::peer::{Server, Version};
use tlsdiag_lab::scenario::Answering;

use crate::meeting::{Watch, arrivals, shown};
use crate::place::Place;
use crate::programs::{PATIENCE, find, hush, start};

/// Programs that are needed and not here.
fn missing() -> Vec<&'static str> {
    let programs = card::PROGRAMS.into_iter().chain(["certutil", "modutil", "tstclnt"]);
    let mut missing: Vec<_> = programs.filter(|name| find(name).is_none()).collect();
    if card::module().is_none() {
        missing.push("libsofthsm2.so");
    }
    missing
}

/// The card, and NSS that knows of it.
struct Client {
    place: Place,
    card: Card,
}

impl Client {
    fn new() -> Self {
        let place = Place::new();
        let module = card::module().expect("SoftHSM");
        let found = |name: &str| find(name).unwrap_or_else(|| panic!("{name} is not here"));
        let card =
            Card::new(place.path(), module, Held::without_pss(&place.pki.client_rsa), found).expect("a card");
        fs::create_dir(place.file("database")).expect("a folder");
        let client = Client { place, card };
        let database = client.database();
        let certutil = |arguments: &[&str]| {
            client.card.run("certutil", &[arguments, &["-d", &database]].concat()).expect("certutil");
        };
        certutil(&["-N", "--empty-password"]);
        certutil(&["-A", "-n", "ca", "-t", "CT,C,", "-i", "ca.pem"]);
        certutil(&["-A", "-n", "issuing", "-t", ",,", "-i", "intermediate.pem"]);
        client.card.add_to(&database).expect("modutil");
        client
    }

    fn database(&self) -> String {
        format!("sql:{}", self.place.file("database").display())
    }

    /// The card's client at this server.
    fn meets(&self, server: Server) -> Handshake {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port().to_string();
        let arrivals = arrivals(listener);
        let watch = Watch::default();
        let mut answering = Answering::new(server, &self.place.pki, &watch).expect("a server");
        let mut command = self.card.command("tstclnt");
        command.args([
            "-4",
            "-O",
            "-h",
            "localhost",
            "-p",
            &port,
            "-d",
            &self.database(),
            "-n",
            "card:alice",
        ]);
        command.args(["-w", card::PIN, "-V", "tls1.2:tls1.3", "-A"]);
        command.arg(self.place.write("request", "GET / HTTP/1.0\r\n\r\n"));
        let mut client = start(&self.place, command, "card.log");
        hush(&mut client);
        let socket = arrivals.recv_timeout(PATIENCE).expect("the card's client");
        answering.serve(socket).expect("a connection");
        drop(answering);
        watch.handshakes().pop().expect("a recording")
    }
}

/// The card's client at one server after another, ten seconds apart.
struct Visits<'a> {
    client: &'a Client,
    clients: Clients,
    waited: Duration,
}

impl Visits<'_> {
    fn next(&mut self, server: Server) -> Record {
        let mut handshake = self.client.meets(server);
        handshake.time += self.waited;
        self.waited += Duration::from_secs(10);
        self.clients.record(&handshake, Process::this())
    }
}

#[test]
fn a_card_that_cannot_sign_pss_is_named_and_mended() {
    let missing = missing();
    if !missing.is_empty() {
        println!("NOT TESTED: a smart card, since {} are not on this machine", missing.join(", "));
        return;
    }
    if env::var_os("HOME").is_none() {
        println!("NOT TESTED: a smart card, since NSS wants a home");
        return;
    }
    let client = Client::new();
    for version in [Version::Tls12, Version::Tls13] {
        let mut server = Server::new(version);
        let mut visits = Visits { client: &client, clients: Clients::new(), waited: Duration::ZERO };
        let mut record = visits.next(server);
        // NSS says nothing in TLS 1.2: its first connection is as a browser's that asks its user.
        let silent = version == Version::Tls12;
        if silent {
            let note = record.notes().next().expect("a note");
            assert_eq!((note.cause.as_str(), record.cause()), ("note.client_asks_user", None));
            assert!(note.alternatives.iter().any(|other| other.cause == "sigalg.signer_refused"));
            assert!(!record.is_failure(), "{}", shown(&record));
            record = visits.next(server);
            assert_eq!(record.diagnosis.findings[0].confidence, "possible", "{}", shown(&record));
        }
        let said = || {
            format!(
                "{}\n{}",
                shown(&record),
                fs::read_to_string(client.place.file("card.log")).unwrap_or_default()
            )
        };
        assert_eq!(record.diagnosis.cause.as_deref(), Some("sigalg.signer_refused"), "{}", said());
        // The line for s_server, taken at its word.
        let advice = record.diagnosis.findings[0]
            .advice
            .iter()
            .find(|advice| advice.stack == "openssl")
            .expect("a line");
        let words: Vec<_> = advice.line.split_whitespace().collect();
        let list =
            words.iter().position(|word| *word == "-client_sigalgs").and_then(|place| words.get(place + 1));
        server.client_sigalgs = Some(list.expect("a list").to_string().leak());
        if words.contains(&"-tls1_2") {
            server.offer = Server::new(Version::Tls12).offer;
        }
        let mended = visits.next(server);
        assert!(
            mended.tls.established && mended.diagnosis.findings.is_empty(),
            "{}\n{}",
            advice.line,
            shown(&mended)
        );
        let proven = mended.earlier.iter().filter(|earlier| earlier.became == "confirmed").count();
        assert_eq!(proven, if silent { 2 } else { 0 }, "{:?}", mended.earlier);
        println!("mended: a card under NSS, TLS {}: {}", version.as_str(), advice.line);
    }
}
