//! The hooks in each OpenSSL: what is recorded of a healthy and of a failing mutual handshake, at either end, and that the
//! application sees what it sees without a recorder.

use tlsdiag_core::event::{EventBody, Recording};
use tlsdiag_core::report::Record;
use tlsdiag_core::{Handshake, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_versions::{LIBRARIES, Library};

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
    for (path, words) in LIBRARIES {
        let library = Library::load(path);
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
