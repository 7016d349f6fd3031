//! The hooks in each OpenSSL: what is recorded of a healthy and of a failing mutual handshake, at either end, and that the
//! application sees what it sees without a recorder.

use std::io::{self, Write};

use tlsdiag_core::diagnose::library::{is_known_verify_error, verify_error, verify_meaning};
use tlsdiag_core::event::{Direction, EventBody, EventKind, Recording};
use tlsdiag_core::report::Record;
use tlsdiag_core::wire::HandshakeType;
use tlsdiag_core::{Handshake, diagnose};
use tlsdiag_lab::pki::{Identity, Pki};
use tlsdiag_versions::{BUILDS, Build, Library, Protocol};

const VERSIONS: [(i64, &str); 2] = [(0x0303, "1.2"), (0x0304, "1.3")];
/// zlib, brotli and zstd.
const ALGORITHMS: [i32; 3] = [1, 2, 3];

fn record(recordings: &[Recording], library: &str) -> serde_json::Value {
    assert_eq!(recordings.len(), 1, "{library}: one handshake, one recording");
    let handshake = Handshake::from_recording(&recordings[0]);
    serde_json::to_value(Record::new(&handshake, &diagnose(&handshake))).expect("a record is JSON")
}

fn errors(recording: &Recording) -> Vec<String> {
    let events = recording.events();
    let queue = events.filter_map(|event| match event.body {
        EventBody::LibraryErrors(errors) => {
            Some(errors.iter().map(|error| error.reason_text.clone()).collect::<Vec<_>>())
        }
        _ => None,
    });
    queue.flatten().collect()
}

/// Which way certificates went compressed (RFC 8879), and which way as they are.
fn certificates(recording: &Recording) -> Vec<(Direction, HandshakeType)> {
    let messages = recording.events().filter_map(|event| match event.body {
        EventBody::Message { direction, bytes } => Some((direction, HandshakeType(bytes[0]))),
        _ => None,
    });
    let kinds = [HandshakeType::CERTIFICATE, HandshakeType::COMPRESSED_CERTIFICATE];
    messages.filter(|(_, kind)| kinds.contains(kind)).collect()
}

/// A library and what it is set to, with the words for it.
struct Setting<'a> {
    library: &'a Library,
    words: &'a str,
    protocol: Protocol,
    version: &'a str,
}

impl Setting<'_> {
    fn name(&self) -> String {
        let compressed = self.protocol.compression.map(|algorithm| format!(", compression {algorithm}"));
        format!("{} TLS {}{}", self.words.trim_end_matches('.'), self.version, compressed.unwrap_or_default())
    }

    /// Both ends' records of a handshake that goes well.
    fn healthy(&self, pki: &Pki) {
        let found = self.library.handshake(pki, self.protocol, Some(&pki.client_rsa), true);
        for (side, recordings) in [("client", &found.client), ("server", &found.server)] {
            let record = record(recordings, &self.name());
            let at = format!("{} {side}: {record:#}", self.name());
            assert!(record["library"].as_str().unwrap().starts_with(self.words), "{at}");
            assert_eq!(record["role"], side, "{at}");
            assert_eq!(record["outcome"], "established", "{at}");
            assert_eq!(record["tls"]["protocol"]["version"], self.version, "{at}");
            assert!(record["diagnosis"]["findings"].as_array().is_none_or(Vec::is_empty), "{at}");
            self.shown(&recordings[0], &record);
        }
        let bare = self.library.handshake(pki, self.protocol, Some(&pki.client_rsa), false);
        assert_eq!(found.seen, bare.seen, "{}", self.name());
    }

    /// Both chains went over the wire as they should, and stand in the record however they went.
    fn shown(&self, recording: &Recording, record: &serde_json::Value) {
        let at = format!("{}: {record:#}", self.name());
        let kind = self
            .protocol
            .compression
            .map_or(HandshakeType::CERTIFICATE, |_| HandshakeType::COMPRESSED_CERTIFICATE);
        // The server's comes first.
        let ways = match record["role"].as_str() {
            Some("client") => [Direction::Received, Direction::Sent],
            _ => [Direction::Sent, Direction::Received],
        };
        assert_eq!(certificates(recording), ways.map(|way| (way, kind)), "{at}");
        for owner in ["server", "client"] {
            assert!(record["certificates"][owner][0]["subject"].is_string(), "{owner} {at}");
        }
    }

    /// A handshake that the server refuses for this cause: its record, its error queue, which the application finds as it would
    /// without a recorder, and the client's record.
    fn failing(&self, pki: &Pki, cause: &str, client: Option<&Identity>, reason: &str) {
        let found = self.library.handshake(pki, self.protocol, client, true);
        let server = record(&found.server, &self.name());
        let at = format!("{} {cause}: {server:#}", self.name());
        assert_eq!(server["outcome"], "failed", "{at}");
        assert_eq!(server["diagnosis"]["cause"], cause, "{at}");
        // The whole queue, whatever else the application has left in it, as the application finds it afterwards.
        let told = errors(&found.server[0]);
        assert_eq!(told, found.seen[1].1, "{at}");
        assert_eq!(told.last().map(String::as_str), Some(reason), "{at}");
        assert!(client.is_none() || told.len() > 2, "{told:?} {at}");
        let client_side = record(&found.client, &self.name());
        let outcome = client_side["outcome"].as_str().unwrap();
        assert!(["failed", "refused_after_established"].contains(&outcome), "{client_side:#}");
        assert_eq!(client_side["diagnosis"]["cause"], cause, "{client_side:#}");
        if client.is_some() {
            self.shown(&found.server[0], &server);
            self.shown(&found.client[0], &client_side);
        }
        let bare = self.library.handshake(pki, self.protocol, client, false);
        assert_eq!(found.seen, bare.seen, "{at}");
        assert!(bare.server.is_empty());
    }

    /// What both ends tell of each handshake.
    fn tells_the_story(&self, pki: &Pki) {
        self.healthy(pki);
        self.failing(pki, "client_cert.missing", None, "peer did not return a certificate");
        let stranger = Some(&pki.client_stranger);
        self.failing(pki, "client_cert.unknown_issuer", stranger, "certificate verify failed");
    }
}

/// Certificates as they are, in each version of TLS.
fn for_each_version(build: &Build, tell: impl Fn(&Setting<'_>)) {
    let (library, words) = (&Library::load(build), build.words);
    assert!(library.symbols.version().starts_with(words), "{}", library.symbols.version());
    for (number, version) in VERSIONS {
        tell(&Setting { library, words, protocol: Protocol { version: number, compression: None }, version });
    }
}

/// Compressed certificates, with each algorithm; only TLS 1.3 has them.
fn for_each_compression(build: &Build, tell: impl Fn(&Setting<'_>)) {
    let words = build.words;
    if !build.compresses {
        // Not through a macro, whose words the test runner keeps to itself.
        let line = format!("{}: skipped, it does not compress certificates\n", words.trim_end_matches('.'));
        io::stderr().write_all(line.as_bytes()).unwrap();
        return;
    }
    let library = &Library::load(build);
    for algorithm in ALGORITHMS {
        let protocol = Protocol { version: 0x0304, compression: Some(algorithm) };
        tell(&Setting { library, words, protocol, version: "1.3" });
    }
}

#[test]
fn every_version_tells_the_same_story() {
    let pki = Pki::generate().unwrap();
    for build in BUILDS {
        for_each_version(&build, |setting| setting.tells_the_story(&pki));
    }
}

#[test]
fn every_version_tells_the_same_story_of_compressed_certificates() {
    let pki = Pki::generate().unwrap();
    for build in BUILDS {
        for_each_compression(&build, |setting| setting.tells_the_story(&pki));
    }
}

/// All that a record says but when, to whom, and which one it is; and the kinds of its events.
fn facts(recording: &Recording) -> ([serde_json::Value; 4], Vec<EventKind>) {
    let record = record(std::slice::from_ref(recording), "short");
    let parts = ["outcome", "tls", "local", "diagnosis"].map(|part| record[part].clone());
    (parts, recording.events().map(|event| event.body.kind()).collect())
}

impl Setting<'_> {
    /// A server that has met such a client before tells of the next as it told of the first.
    fn fast_paths(&self, pki: &Pki, reads_early_data: bool) {
        let at = self.name();
        let handshakes = |wants_certificates, clients: &[_]| {
            self.library.fast_paths(pki, self.protocol, wants_certificates, reads_early_data, clients)
        };
        let (recordings, logs) = handshakes(false, &[None; 4]);
        let told: Vec<_> = recordings.iter().map(facts).collect();
        assert_eq!(told[0].0[0], "established", "{at}");
        assert_eq!(told, vec![told[0].clone(); 4], "{at}");
        // Of TLS 1.2 the ends are told at length, and all are where the kernel keeps time otherwise. So may a compressed chain be.
        if self.protocol.compression.is_none() {
            assert_eq!(logs, if self.version == "1.3" && keeps_time_by_ticks() { 3 } else { 0 }, "{at}");
        }

        let (known, stranger) = (Some(&pki.client_rsa), Some(&pki.client_stranger));
        let clients = [known, known, stranger, known, None];
        let (recordings, _) = handshakes(true, &clients);
        let told: Vec<_> = recordings.iter().map(facts).collect();
        assert_eq!(told.len(), clients.len(), "{at}");
        assert_eq!(told[0].0[0], "established", "{at}");
        assert_eq!([&told[1], &told[3]], [&told[0]; 2], "{at}");
        let causes = [2, 4].map(|failed: usize| &told[failed].0[3]["cause"]);
        assert_eq!(causes, ["client_cert.unknown_issuer", "client_cert.missing"], "{at}");
    }
}

#[test]
fn the_fast_paths_record_the_same_in_every_version() {
    let pki = Pki::generate().unwrap();
    for build in BUILDS {
        for_each_version(&build, |setting| setting.fast_paths(&pki, false));
    }
}

/// OpenSSL says twice that such a server's handshake is done.
#[test]
fn the_fast_paths_record_the_same_where_early_data_may_come() {
    let pki = Pki::generate().unwrap();
    for build in BUILDS {
        for_each_version(&build, |setting| setting.fast_paths(&pki, true));
    }
}

#[test]
fn the_fast_paths_record_the_same_of_compressed_certificates() {
    let pki = Pki::generate().unwrap();
    for build in BUILDS {
        for_each_compression(&build, |setting| setting.fast_paths(&pki, false));
    }
}

/// Each version's `X509_V_ERR_*` are known, and told in no fewer letters than its own sentence has.
#[test]
fn every_version_says_no_more_of_a_verify_result_than_we_do() {
    for build in BUILDS {
        let library = Library::load(&build);
        let is_1_1_1 = build.words.contains(" 1.1.1");
        let unknown = library.verify_sentence(9999);
        let mut known = 0;
        for result in 1..=200 {
            let sentence = library.verify_sentence(result);
            if sentence == unknown {
                continue;
            }
            known += 1;
            let error = verify_error(if is_1_1_1 { 0x1010_117f } else { 0x3000_0000 }, result);
            let text = verify_meaning(error);
            assert!(is_known_verify_error(error), "{}: {result}: {sentence}", build.words);
            assert!(
                text.chars().count() >= sentence.chars().count(),
                "{}: {result}: {sentence}: {text}",
                build.words
            );
        }
        assert!(known >= 70, "{}: {known} results", build.words);
    }
}

fn keeps_time_by_ticks() -> bool {
    let source = std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    cfg!(target_arch = "x86_64") && source.is_ok_and(|source| source.trim() == "tsc")
}
