//! Objects that come and go: nothing is mixed up, nothing stays behind.

use std::collections::HashSet;
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use foreign_types::{ForeignType, ForeignTypeRef};
use openssl::ssl::{Ssl, SslStream, SslVerifyMode, SslVersion};
use tlsdiag_core::event::{Ending, Event, EventBody};
use tlsdiag_core::{Collector, HandshakeRecorder, attach};

use crate::alone::alone;
use crate::brief::{brief, words};
use crate::fast_paths::{first_words, interpose, interposed};
use crate::ffi;
use crate::pipe::{client_ssl, pair, pipe, server_ssl, shake};
use crate::pki;

/// OpenSSL gives the address of a freed SSL to the next one; their handshakes stay apart.
#[test]
fn one_address_two_connections() {
    let client = pki::client(SslVersion::TLS1_3).build();
    let mut server = pki::server(SslVersion::TLS1_3);
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut server, Arc::clone(&collector)).unwrap();
    let server = server.build();
    let (mut addresses, mut reused) = (HashSet::new(), 0);
    for _ in 0..20 {
        let ssl = server_ssl(&server);
        reused += usize::from(!addresses.insert(ssl.as_ptr() as usize));
        shake(client_ssl(&client), ssl).talk();
    }
    assert!(reused > 0, "the allocator did not play along");
    let recordings = collector.take();
    assert_eq!(recordings.len(), 20);
    let ids: HashSet<_> = recordings.iter().map(|recording| recording.connection()).collect();
    assert_eq!(ids.len(), 20);
    let first = words(&recordings[0]);
    assert!(recordings.iter().all(|recording| words(recording) == first));
}

/// Freed before the outcome is settled.
#[test]
fn cut_off() {
    #[derive(Default)]
    struct Endings(std::sync::Mutex<Vec<Ending>>);
    impl HandshakeRecorder for Endings {
        fn record(&self, event: &Event<'_>) {
            if let EventBody::Ended { ending, .. } = event.body {
                self.0.lock().unwrap().push(ending);
            }
        }
    }
    let (mut client, server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3).build());
    let endings = Arc::new(Endings::default());
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut client, (Arc::clone(&endings), Arc::clone(&collector))).unwrap();
    let client = client.build();
    let (near, _far) = pipe();
    let mut stream = SslStream::new(client_ssl(&client), near).unwrap();
    assert!(stream.do_handshake().is_err());
    assert_eq!(collector.len(), 0);
    drop(stream);
    assert_eq!(brief(&collector.take()), "client: start >1");
    // A TLS 1.3 client that never reads does not know whether it was welcome.
    drop(pair(&client, &server));
    assert_eq!(*endings.0.lock().unwrap(), [Ending::Freed, Ending::Freed]);
    pair(&client, &server).talk();
    assert_eq!(endings.0.lock().unwrap().last(), Some(&Ending::Settled));
}

/// The copy that SSL_dup makes has our hooks, and what stands behind them.
#[test]
fn a_duplicate() {
    static VERIFIED: AtomicUsize = AtomicUsize::new(0);
    extern "C" fn count(ok: c_int, _store: *mut openssl_sys::X509_STORE_CTX) -> c_int {
        VERIFIED.fetch_add(1, Ordering::Relaxed);
        ok
    }
    let (mut client, server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3).build());
    // Set by hand: the openssl crate's own state in an SSL does not survive SSL_dup.
    // SAFETY: a context that is being built.
    unsafe { openssl_sys::SSL_CTX_set_verify(client.as_ptr(), SslVerifyMode::PEER.bits(), Some(count)) };
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut client, Arc::clone(&collector)).unwrap();
    let client = client.build();
    // SAFETY: a live context; the new SSL is ours.
    let mut original = unsafe { Ssl::from_ptr(openssl_sys::SSL_new(client.as_ptr())) };
    original.set_connect_state();
    let own = Arc::new(Collector::new());
    let _own = attach(&mut original, Arc::clone(&own)).unwrap();
    // SAFETY: a live SSL; the copy is a new reference.
    let copy = unsafe { Ssl::from_ptr(ffi::SSL_dup(original.as_ptr())) };
    assert_ne!(copy.as_ptr(), original.as_ptr());
    drop(original);
    shake(copy, server_ssl(&server)).talk();
    assert_eq!(own.len(), 0, "attached to the original alone");
    assert!(brief(&collector.take()).ends_with("done >data <4"));
    assert_eq!(VERIFIED.load(Ordering::Relaxed), 2, "the application's callback, for each certificate");
}

/// The same of a server's connection on its fast paths, which is found by its address: that is the original's, which goes first.
#[test]
fn a_duplicate_of_an_interposed_server() {
    let (client, mut server) = (pki::client(SslVersion::TLS1_3).build(), pki::server(SslVersion::TLS1_3));
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut server, Arc::clone(&collector)).unwrap();
    let server = server.build();
    // What it takes to defer recordings is found out by the first one.
    drop(interposed(&client, &server));
    let usual = words(&collector.take()[0]);
    for _ in 0..3 {
        // SAFETY: a live context; the new SSL is ours.
        let mut original = unsafe { Ssl::from_ptr(openssl_sys::SSL_new(server.as_ptr())) };
        original.set_accept_state();
        assert!(interpose(&original, &server));
        // SAFETY: a live SSL; the copy is a new reference.
        let copy = unsafe { Ssl::from_ptr(ffi::SSL_dup(original.as_ptr())) };
        let address = original.as_ptr();
        drop(original);
        assert!(collector.is_empty(), "the original had no handshake");
        // Another one may well have its address by now.
        let other = server_ssl(&server);
        assert!(interpose(&other, &server));
        drop(first_words(shake(client_ssl(&client), copy)));
        let recordings = collector.take();
        assert_eq!(recordings.len(), 1, "{address:?}");
        assert_eq!(words(&recordings[0]), usual);
        drop(first_words(shake(client_ssl(&client), other)));
        assert_eq!(words(&collector.take()[0]), usual);
    }
}

/// What costs something is given back after the handshake; what stays is the info callback.
#[test]
fn given_back_afterwards() {
    let (mut client, mut server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3));
    let _client = attach(&mut client, Collector::new()).unwrap();
    let _server = attach(&mut server, Collector::new()).unwrap();
    let mut pair = pair(&client.build(), &server.build());
    let hooked = |ssl: &openssl::ssl::SslRef| {
        // SAFETY: a live SSL and its BIO.
        unsafe { ffi::BIO_get_callback_ex(openssl_sys::SSL_get_rbio(ssl.as_ptr())) }.is_some()
    };
    assert!(hooked(pair.client.ssl()), "a client of TLS 1.3 may hear of the end from its BIO alone");
    assert!(!hooked(pair.server.ssl()), "a server's handshake ends with an EXIT");
    pair.talk();
    assert!(!hooked(pair.client.ssl()));
    // SAFETY: a live SSL.
    assert!(unsafe { ffi::SSL_get_info_callback(pair.server.ssl().as_ptr()) }.is_some());
}

/// Thousands of handshakes leave nothing behind. Seen in a process of its own, since other tests fill this one.
#[test]
fn no_growth() {
    if !alone() {
        return;
    }
    let (mut client, mut server) = (pki::client(SslVersion::TLS1_3), pki::mutual_server(SslVersion::TLS1_3));
    server.set_session_cache_mode(openssl::ssl::SslSessionCacheMode::OFF);
    let ended = Arc::new(AtomicUsize::new(0));
    let count = || {
        let ended = Arc::clone(&ended);
        tlsdiag_core::on_end(move |_| {
            ended.fetch_add(1, Ordering::Relaxed);
        })
    };
    let _a = attach(&mut client, count()).unwrap();
    let _b = attach(&mut server, count()).unwrap();
    let (client, server) = (client.build(), server.build());
    // Refused for want of a certificate, so that errors, alerts and configurations take part.
    let run = |n: usize| (0..n).for_each(|_| drop(pair(&client, &server)));
    run(200);
    let before = resident();
    run(2000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 1 << 20, "{grown} bytes in 2000 handshakes");
    assert_eq!(ended.load(Ordering::Relaxed), 4400);
}

fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}
