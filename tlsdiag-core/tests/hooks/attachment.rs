//! Attaching, detaching, several at once, and recorders that misbehave.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use foreign_types::ForeignType;
use openssl::ssl::{SslContext, SslVerifyMode, SslVersion};
use tlsdiag_core::event::{Event, EventBody, EventKind, Recording, Role};
use tlsdiag_core::source::openssl::{AttachOptions, stats};
use tlsdiag_core::{Collector, HandshakeRecorder, attach, attach_with};

use crate::brief::brief;
use crate::pipe::{client_ssl, pair, server_ssl, shake};
use crate::pki::{self, pki};

pub(crate) fn contexts() -> (SslContext, SslContext) {
    (pki::client(SslVersion::TLS1_3).build(), pki::server(SslVersion::TLS1_3).build())
}

#[test]
fn to_a_finished_context_and_off_again() {
    let (client, server) = contexts();
    let collector = Arc::new(Collector::new());
    let attachment = attach(&server, Arc::clone(&collector)).unwrap();
    pair(&client, &server).talk();
    assert_eq!(collector.len(), 1);
    drop(attachment);
    assert_eq!(Arc::strong_count(&collector), 1, "nothing of a detached recorder is kept");
    pair(&client, &server).talk();
    assert_eq!(collector.len(), 1);
    attach(&server, Arc::clone(&collector)).unwrap().keep();
    pair(&client, &server).talk();
    assert_eq!(collector.len(), 2);
}

#[test]
fn to_one_connection() {
    let (client, server) = contexts();
    let collector = Arc::new(Collector::new());
    let mut ssl = server_ssl(&server);
    let peer = SocketAddr::from(([192, 0, 2, 7], 4711));
    let options = AttachOptions::new().peer(peer);
    let attachment = attach_with(&mut ssl, Arc::clone(&collector), options).unwrap();
    let mut shaken = shake(client_ssl(&client), ssl);
    shaken.talk();
    pair(&client, &server).talk();
    let recordings = collector.take();
    assert_eq!(brief(&recordings), "server: start <1 >2 >ccs >8 >11 >15 >20 <ccs <20 done >4 >4");
    match recordings[0].events().next().unwrap().body {
        EventBody::Started { peer: Some(address), role: Role::Server, .. } => assert_eq!(address, peer),
        other => panic!("{other:?}"),
    }
    drop(attachment);
}

#[test]
fn several_at_once() {
    let (client, server) = contexts();
    let [a, b, c] = [(); 3].map(|()| Arc::new(Collector::new()));
    let _a = attach(&server, Arc::clone(&a)).unwrap();
    let second = attach(&server, Arc::clone(&b)).unwrap();
    let mut ssl = server_ssl(&server);
    let _c = attach(&mut ssl, Arc::clone(&c)).unwrap();
    shake(client_ssl(&client), ssl).talk();
    let ids = [&a, &b, &c].map(|collector| collector.take()[0].connection());
    assert!(ids[0] == ids[1] && ids[1] == ids[2], "one handshake, reported to three");
    drop(second);
    pair(&client, &server).talk();
    assert_eq!((a.len(), b.len(), c.len()), (1, 0, 0));
}

/// Detached in the middle: the handshake goes on, and nobody is told of it.
#[test]
fn off_in_the_middle() {
    struct OneShot(Mutex<Option<tlsdiag_core::source::openssl::Attachment>>, AtomicU64);
    impl HandshakeRecorder for OneShot {
        fn record(&self, event: &Event<'_>) {
            self.1.fetch_add(1, Ordering::Relaxed);
            if event.body.kind() == EventKind::Message {
                drop(self.0.lock().unwrap().take());
            }
        }
    }
    let (client, server) = contexts();
    let recorder = Arc::new(OneShot(Mutex::new(None), AtomicU64::new(0)));
    *recorder.0.lock().unwrap() = Some(attach(&server, Arc::clone(&recorder)).unwrap());
    let mut pair = pair(&client, &server);
    pair.talk();
    let heard = recorder.1.load(Ordering::Relaxed);
    assert!((3..6).contains(&heard), "{heard}");
}

/// Finished in the middle: what has begun is told to its end, and no other begins.
#[test]
fn off_after_what_has_begun() {
    let (client, server) = contexts();
    let collector = Arc::new(Collector::new());
    let attachment = attach(&client, Arc::clone(&collector)).unwrap();
    let mut first = pair(&client, &server);
    assert!(collector.is_empty(), "a client of TLS 1.3 that has heard nothing may still be refused");
    attachment.finish();
    pair(&client, &server).talk();
    assert!(collector.is_empty());
    first.talk();
    assert_eq!(collector.take().len(), 1);
    drop(first);
    assert_eq!(Arc::strong_count(&collector), 1, "nothing of a recorder that has finished is kept");
}

/// What is known when the application has control in the middle of a handshake.
#[test]
fn the_story_so_far() {
    struct SoFar(Mutex<Vec<String>>);
    impl HandshakeRecorder for SoFar {
        fn is_live(&self) -> bool {
            false
        }
        fn wants(&self, kind: EventKind) -> bool {
            kind.is_default() || kind == EventKind::Paused
        }
        fn record(&self, event: &Event<'_>) {
            let (when, recording) = match event.body {
                EventBody::Paused { recording } => ("paused", recording),
                EventBody::Ended { recording, .. } => ("ended", recording),
                _ => return,
            };
            self.0.lock().unwrap().push(format!("{when} {}", brief(std::slice::from_ref(recording))));
        }
    }
    let (client, server) = contexts();
    let recorder = Arc::new(SoFar(Mutex::default()));
    let _attachment = attach(&client, Arc::clone(&recorder)).unwrap();
    let mut pair = pair(&client, &server);
    let so_far = std::mem::take(&mut *recorder.0.lock().unwrap());
    assert_eq!(so_far.first().unwrap(), "paused client: start >1");
    let done = "client: start >1 <2 <ccs <8 <11 verify1:0 verify0:0 <15 <20 >ccs >20 done";
    assert_eq!(*so_far.last().unwrap(), format!("paused {done}"));
    pair.talk();
    assert_eq!(*recorder.0.lock().unwrap(), [format!("ended {done} >data <4")]);
}

/// Panics are counted for the whole process, so tests that make some take turns.
static PANICKING: Mutex<()> = Mutex::new(());

#[test]
fn a_recorder_that_panics() {
    let _turn = PANICKING.lock().unwrap_or_else(PoisonError::into_inner);
    struct Panics(&'static str);
    impl HandshakeRecorder for Panics {
        fn record(&self, _event: &Event<'_>) {
            panic!("{}", self.0);
        }
    }
    let (client, server) = contexts();
    let collector = Arc::new(Collector::new());
    let _bad = attach(&server, Panics("on purpose")).unwrap();
    let _good = attach(&server, Arc::clone(&collector)).unwrap();
    let before = stats().recorder_panics;
    pair(&client, &server).talk();
    assert_eq!(stats().recorder_panics, before + 1, "switched off after the first one");
    assert_eq!(collector.len(), 1, "the other one hears everything");
}

/// A recorder that panics when asked what it wants, or when dropped, is as harmless.
#[test]
fn a_recorder_that_panics_elsewhere() {
    let _turn = PANICKING.lock().unwrap_or_else(PoisonError::into_inner);
    struct Bad;
    impl HandshakeRecorder for Bad {
        fn record(&self, _event: &Event<'_>) {}
        fn wants(&self, kind: EventKind) -> bool {
            assert_ne!(kind, EventKind::Ended, "on purpose");
            true
        }
    }
    struct BadEnd;
    impl HandshakeRecorder for BadEnd {
        fn record(&self, _event: &Event<'_>) {}
    }
    impl Drop for BadEnd {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    let (client, server) = contexts();
    attach(&server, Bad).unwrap().keep();
    attach(&server, BadEnd).unwrap().keep();
    pair(&client, &server).talk();
    drop(server);
}

/// A recorder that has OpenSSL call the hooks again does not lock up; what it misses is counted.
#[test]
fn a_recorder_that_comes_back() {
    struct Again(AtomicUsize, Collector);
    impl HandshakeRecorder for Again {
        fn record(&self, event: &Event<'_>) {
            self.1.record(event);
            let ssl: *const openssl_sys::SSL =
                std::ptr::with_exposed_provenance(self.0.load(Ordering::Relaxed));
            if event.body.kind() == EventKind::Message {
                // SAFETY: the connection that is being recorded, on its own thread; the callback is the hook itself.
                unsafe { crate::ffi::SSL_get_info_callback(ssl).unwrap()(ssl, 2, 1) };
            }
        }
    }
    let (client, server) = contexts();
    let recorder = Arc::new(Again(AtomicUsize::new(0), Collector::new()));
    let mut ssl = client_ssl(&client);
    recorder.0.store(ssl.as_ptr().expose_provenance(), Ordering::Relaxed);
    let _attachment = attach(&mut ssl, Arc::clone(&recorder)).unwrap();
    let before = stats().missed_events;
    shake(ssl, server_ssl(&server)).talk();
    assert!(stats().missed_events >= before + 7);
    let recordings = recorder.1.take();
    assert_eq!(recordings[0].missed(), 7, "one for each message but the last, with which it ended");
}

#[test]
fn an_ssl_without_a_handshake_makes_no_record() {
    let (client, _) = contexts();
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&client, Arc::clone(&collector)).unwrap();
    let mut ssl = client_ssl(&client);
    let _own = attach(&mut ssl, Arc::clone(&collector)).unwrap();
    drop(ssl);
    assert_eq!(collector.len(), 0);
}

#[test]
fn secrets_only_when_wanted() {
    struct Keys(Mutex<Vec<String>>);
    impl HandshakeRecorder for Keys {
        fn record(&self, event: &Event<'_>) {
            if let EventBody::Secret(secret) = event.body {
                self.0.lock().unwrap().push(secret.label().to_owned());
            }
        }
        fn wants(&self, kind: EventKind) -> bool {
            kind.is_default() || kind == EventKind::Secret
        }
    }
    let (client, server) = contexts();
    let keys = Arc::new(Keys(Mutex::default()));
    let live = Arc::new(Mutex::new(Vec::new()));
    struct Kinds(Arc<Mutex<Vec<EventKind>>>);
    impl HandshakeRecorder for Kinds {
        fn record(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push(event.body.kind());
        }
    }
    let _default = attach(&client, Kinds(Arc::clone(&live))).unwrap();
    let _keys = attach(&client, Arc::clone(&keys)).unwrap();
    pair(&client, &server).talk();
    let labels = std::mem::take(&mut *keys.0.lock().unwrap());
    assert!(labels.iter().any(|label| label == "CLIENT_HANDSHAKE_TRAFFIC_SECRET"), "{labels:?}");
    assert!(!live.lock().unwrap().contains(&EventKind::Secret));
    assert!(!live.lock().unwrap().contains(&EventKind::Wire));

    // To one connection alone.
    let (client, server) = contexts();
    let mut ssl = client_ssl(&client);
    let _one = attach(&mut ssl, Arc::clone(&keys)).unwrap();
    shake(ssl, server_ssl(&server)).talk();
    assert!(keys.0.lock().unwrap().len() >= 4);
}

#[test]
fn wire_bytes_when_wanted() {
    struct Wire(Collector);
    impl HandshakeRecorder for Wire {
        fn record(&self, event: &Event<'_>) {
            self.0.record(event);
        }
        fn wants(&self, kind: EventKind) -> bool {
            matches!(kind, EventKind::Wire | EventKind::Ended)
        }
    }
    let (client, server) = contexts();
    let wire = Arc::new(Wire(Collector::new()));
    let mut ssl = client_ssl(&client);
    let _attachment = attach(&mut ssl, Arc::clone(&wire)).unwrap();
    shake(ssl, server_ssl(&server)).talk();
    let recordings = wire.0.take();
    let first = recordings[0].events().next().unwrap();
    match first.body {
        EventBody::Wire { bytes, .. } => {
            assert_eq!((bytes[0], bytes[5]), (22, 1), "a record with a ClientHello")
        }
        other => panic!("{other:?}"),
    }
    assert!(recordings[0].len() > 4);
}

#[test]
fn the_local_configuration() {
    let local = |recording: &Recording| match recording.events().next().unwrap().body {
        EventBody::Started { local, expected_name, .. } => {
            (Arc::clone(local), expected_name.map(str::to_owned))
        }
        other => panic!("{other:?}"),
    };
    let mut client = pki::client(SslVersion::TLS1_3);
    pki::identify(&mut client, &pki().client);
    let mut server = pki::mutual_server(SslVersion::TLS1_3);
    server.add_extra_chain_cert(pki().ca.certificate.clone()).unwrap();
    let (at_client, at_server) = (Arc::new(Collector::new()), Arc::new(Collector::new()));
    let _a = attach(&mut client, Arc::clone(&at_client)).unwrap();
    let _b = attach(&mut server, Arc::clone(&at_server)).unwrap();
    let (client, server) = (client.build(), server.build());
    for _ in 0..2 {
        let mut ssl = client_ssl(&client);
        ssl.param_mut().set_host("localhost").unwrap();
        shake(ssl, server_ssl(&server)).talk();
    }
    let (at_client, at_server) = (at_client.take(), at_server.take());
    let (ours, name) = local(&at_client[0]);
    assert_eq!(name.as_deref(), Some("localhost"));
    assert_eq!(ours.certificates[0].certificate, pki().client.certificate.to_der().unwrap());
    assert_eq!((ours.minimum_version, ours.maximum_version), (0x0304, 0x0304));
    assert_eq!(ours.cipher_suites, [0x1302, 0x1303, 0x1301]);
    assert_eq!(ours.trust_anchors.count, 1);
    assert!(ours.ca_names.is_empty() && ours.library.starts_with("OpenSSL"));
    let (theirs, _) = local(&at_server[0]);
    let key = theirs.certificates[0].key.as_ref().unwrap();
    assert_eq!((key.algorithm, key.bits, key.matches_certificate), (408, 256, true));
    assert_eq!(theirs.certificates[0].chain, [pki().ca.certificate.to_der().unwrap()]);
    assert_eq!(theirs.verify_mode, (SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT).bits());
    let subject = pki().ca.certificate.subject_name().to_der().unwrap();
    assert_eq!(theirs.ca_names, std::slice::from_ref(&subject));
    assert_eq!(theirs.trust_anchors.subjects, [subject]);
    assert!(Arc::ptr_eq(&theirs, &local(&at_server[1]).0), "read once");
}

/// What is added to a context in use is told from the next connection on.
#[test]
fn a_context_that_grows() {
    let (client, server) = contexts();
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&server, Arc::clone(&collector)).unwrap();
    pair(&client, &server).talk();
    // SAFETY: a live context and certificates, each of which is given a reference of its own.
    unsafe {
        let store = openssl_sys::SSL_CTX_get_cert_store(server.as_ptr());
        assert_eq!(openssl_sys::X509_STORE_add_cert(store, pki().stranger.certificate.as_ptr()), 1);
    }
    pair(&client, &server).talk();
    // SAFETY: as above; SSL_CTRL_EXTRA_CHAIN_CERT takes the reference over.
    unsafe {
        let certificate = pki().ca.certificate.clone();
        assert_eq!(crate::ffi::SSL_CTX_ctrl(server.as_ptr(), 14, 0, certificate.as_ptr().cast()), 1);
        std::mem::forget(certificate);
    }
    pair(&client, &server).talk();
    let seen: Vec<_> = collector
        .take()
        .iter()
        .map(|recording| match recording.events().next().unwrap().body {
            EventBody::Started { local, .. } => {
                (local.trust_anchors.count, local.certificates[0].chain.len())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, [(1, 0), (2, 0), (2, 1)]);
}
