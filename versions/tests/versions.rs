//! The hooks in each OpenSSL: what is recorded of a healthy and of a failing mutual handshake, at either end, and that the
//! application sees what it sees without a recorder.

use tlsdiag_core::event::{EventBody, EventKind, Recording};
use tlsdiag_core::report::Record;
use tlsdiag_core::{Handshake, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_versions::{BUILDS, Library};

const VERSIONS: [(i64, &str); 2] = [(0x0303, "1.2"), (0x0304, "1.3")];

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

#[test]
fn every_version_tells_the_same_story() {
    let pki = Pki::generate().unwrap();
    for build in BUILDS {
        let (library, words) = (Library::load(&build), build.words);
        assert!(library.symbols.version().starts_with(words), "{}", library.symbols.version());
        for (number, version) in VERSIONS {
            let at = format!("{words} TLS {version}");
            let healthy = library.handshake(&pki, number, Some(&pki.client_rsa), true);
            for (side, recordings) in [("client", &healthy.client), ("server", &healthy.server)] {
                let record = record(recordings, &at);
                let at = format!("{at} {side}: {record:#}");
                assert!(record["library"].as_str().unwrap().starts_with(words), "{at}");
                assert_eq!(record["role"], side, "{at}");
                assert_eq!(record["outcome"], "established", "{at}");
                assert_eq!(record["tls"]["protocol"]["version"], version, "{at}");
                assert!(record["diagnosis"]["findings"].as_array().is_none_or(Vec::is_empty), "{at}");
            }

            let failing = [
                ("client_cert.missing", None, "peer did not return a certificate"),
                ("client_cert.unknown_issuer", Some(&pki.client_stranger), "certificate verify failed"),
            ];
            for (cause, client, reason) in failing {
                let found = library.handshake(&pki, number, client, true);
                let server = record(&found.server, &at);
                let at = format!("{at} {cause}: {server:#}");
                assert_eq!(server["outcome"], "failed", "{at}");
                assert_eq!(server["diagnosis"]["cause"], cause, "{at}");
                // The whole queue, whatever else the application has left in it, as the application finds it afterwards.
                let told = errors(&found.server[0]);
                assert_eq!(told, found.seen[1].1, "{at}");
                assert_eq!(told.last().map(String::as_str), Some(reason), "{at}");
                assert!(client.is_none() || told.len() > 2, "{told:?} {at}");
                let client_side = record(&found.client, &at);
                assert!(
                    ["failed", "refused_after_established"]
                        .contains(&client_side["outcome"].as_str().unwrap()),
                    "{client_side:#}"
                );
                assert_eq!(client_side["diagnosis"]["cause"], cause, "{client_side:#}");
                let bare = library.handshake(&pki, number, client, false);
                assert_eq!(found.seen, bare.seen, "{at}");
                assert!(bare.server.is_empty());
            }
            let bare = library.handshake(&pki, number, Some(&pki.client_rsa), false);
            assert_eq!(healthy.seen, bare.seen, "{at}");
        }
    }
}

/// All that a record says but when, to whom, and which one it is; and the kinds of its events.
fn story(recording: &Recording) -> ([serde_json::Value; 4], Vec<EventKind>) {
    let record = record(std::slice::from_ref(recording), "short");
    let parts = ["outcome", "tls", "local", "diagnosis"].map(|part| record[part].clone());
    (parts, recording.events().map(|event| event.body.kind()).collect())
}

#[test]
fn the_short_ways_tell_the_same_story_in_every_version() {
    let pki = Pki::generate().unwrap();
    for build in BUILDS {
        let (library, words) = (Library::load(&build), build.words);
        for (number, version) in VERSIONS {
            let at = format!("{words} TLS {version}");
            let (recordings, noted) = library.short_ways(&pki, number, false, &[None; 4]);
            let told: Vec<_> = recordings.iter().map(story).collect();
            assert_eq!(told[0].0[0], "established", "{at}");
            assert_eq!(told, vec![told[0].clone(); 4], "{at}");
            // Of TLS 1.2 the ends are told at length, and all are where the kernel keeps time otherwise.
            assert_eq!(noted, if version == "1.3" && keeps_time_by_ticks() { 3 } else { 0 }, "{at}");

            let (known, stranger) = (Some(&pki.client_rsa), Some(&pki.client_stranger));
            let clients = [known, known, stranger, known, None];
            let (recordings, _) = library.short_ways(&pki, number, true, &clients);
            let told: Vec<_> = recordings.iter().map(story).collect();
            assert_eq!(told.len(), clients.len(), "{at}");
            assert_eq!(told[0].0[0], "established", "{at}");
            assert_eq!([&told[1], &told[3]], [&told[0]; 2], "{at}");
            let causes = [2, 4].map(|failed: usize| &told[failed].0[3]["cause"]);
            assert_eq!(causes, ["client_cert.unknown_issuer", "client_cert.missing"], "{at}");
        }
    }
}

fn keeps_time_by_ticks() -> bool {
    let source = std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    cfg!(target_arch = "x86_64") && source.is_ok_and(|source| source.trim() == "tsc")
}
