//! Deferred recordings: what is left out at their beginning is there when they are reported, and what an application changes
//! meanwhile is seen.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContext, SslContextBuilder, SslVerifyMode, SslVersion};
use openssl_sys::SSL;
use tlsdiag_core::event::transfer::{Packer, Unpacker};
use tlsdiag_core::event::{Event, EventBody, EventLog, LocalConfiguration, Recording, Role};
use tlsdiag_core::source::openssl::{Interposer, Symbols};
use tlsdiag_core::{Collector, HandshakeRecorder, attach};

use crate::alone::alone;
use crate::brief::{brief, words};
use crate::fast_paths::{
    HANDSHAKES, first_words, interpose, interposed, interposed_in_silence, patient, quick,
};
use crate::ffi;
use crate::pipe::{Pair, client_ssl, pair, server_ssl, shake};
use crate::pki::{self, pki};

fn between() -> Interposer {
    Interposer::new(Symbols::linked().unwrap())
}

fn beginning(recording: &Recording) -> (Role, SystemTime, Arc<LocalConfiguration>) {
    match recording.events().next().expect("an event").body {
        EventBody::Started { role, time, local, .. } => (role, time, Arc::clone(local)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_handshake_is_recorded_as_it_would_have_been_in_full() {
    if !alone() {
        return;
    }
    for (name, make) in HANDSHAKES {
        let told = |shake: fn(&SslContext, &SslContext) -> Pair| {
            let (client, mut server) = make();
            let (collector, _attachment) = quick(&mut server, false);
            let (client, server) = (client.build(), server.build());
            let before = SystemTime::now() - Duration::from_millis(1);
            (0..3).for_each(|_| drop(shake(&client, &server)));
            let told = collector.take();
            assert_eq!(told.len(), 3, "{name}");
            let numbers: Vec<_> = told.iter().map(|recording| recording.connection().0).collect();
            assert!(numbers.is_sorted_by(|a, b| a < b), "{name}: {numbers:?}");
            for recording in &told {
                let (role, time, local) = beginning(recording);
                assert_eq!(role, Role::Server);
                assert!(before <= time && time <= SystemTime::now(), "{name}: {time:?}");
                assert_eq!(local, beginning(&told[0]).2, "{name}");
                let times: Vec<_> = recording.events().map(|event| event.elapsed).collect();
                assert!(times.is_sorted(), "{name}: {times:?}");
                assert_eq!(recording.missed(), 0);
            }
            told.iter().map(words).collect::<Vec<_>>()
        };
        let at_length = told(|client, server| first_words(pair(client, server)));
        assert_eq!(told(interposed), at_length, "{name}");
    }
}

/// Needs no events of what goes well: it hands the log over as it is.
#[derive(Default)]
struct Noting {
    ends: Mutex<(Packer, Unpacker)>,
    /// What came out at the other end.
    handed_over: Mutex<Vec<Recording>>,
    told: Collector,
}

impl HandshakeRecorder for Noting {
    fn record(&self, event: &Event<'_>) {
        self.told.record(event);
    }

    fn is_live(&self) -> bool {
        false
    }

    fn uses_openssl(&self) -> bool {
        false
    }

    fn take_log(&self, log: &EventLog<'_>) -> bool {
        let (packer, unpacker) = &mut *self.ends.lock().unwrap();
        let packed = match packer.pack_log(log) {
            Some((head, entries)) => [&head[..], entries].concat(),
            None => {
                let (recording, mut packed) = (log.recording(), Vec::new());
                let rest = packer.pack(&recording, &mut packed);
                packed.extend_from_slice(rest);
                assert!(packer.pack_log(log).is_some(), "its configuration is known now");
                packed
            }
        };
        self.handed_over.lock().unwrap().push(unpacker.unpack(&packed).unwrap());
        true
    }
}

/// Whether the kernel keeps time by the processor's counter, as logs do.
fn takes_logs() -> bool {
    let source = std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    cfg!(target_arch = "x86_64") && source.is_ok_and(|source| source.trim() == "tsc")
}

#[test]
fn a_log_that_is_handed_over_is_what_would_have_been_recorded() {
    if !alone() {
        return;
    }
    let mut logs = 0;
    for (name, make) in HANDSHAKES {
        let handshakes = |server: SslContextBuilder, client: SslContextBuilder| {
            let (client, server) = (client.build(), server.build());
            (0..4).for_each(|_| drop(interposed(&client, &server)));
        };
        let (client, mut server) = make();
        let (collector, _attachment) = quick(&mut server, false);
        handshakes(server, client);
        let told = collector.take();

        let (client, mut server) = make();
        let noting = Arc::new(Noting::default());
        let _attachment = attach(&mut server, Arc::clone(&noting)).unwrap();
        let before = SystemTime::now() - Duration::from_millis(1);
        handshakes(server, client);
        let (at_length, handed_over) = (noting.told.take(), noting.handed_over.lock().unwrap());
        let mut all: Vec<_> = at_length.iter().chain(handed_over.iter()).collect();
        all.sort_by_key(|recording| recording.connection());
        assert_eq!(
            all.iter().map(|recording| words(recording)).collect::<Vec<_>>(),
            told.iter().map(words).collect::<Vec<_>>(),
            "{name}"
        );
        for recording in handed_over.iter() {
            let (role, time, local) = beginning(recording);
            assert_eq!((role, &local), (Role::Server, &beginning(&at_length[0]).2), "{name}");
            assert!(before <= time && time <= SystemTime::now(), "{name}: {time:?}");
            let times: Vec<_> = recording.events().map(|event| event.elapsed).collect();
            assert!(times.is_sorted() && times.last() > times.first(), "{name}: {times:?}");
        }
        logs += handed_over.len();
    }
    assert_eq!(
        logs > 0,
        takes_logs(),
        "logs are handed over where the kernel keeps time by the processor's counter"
    );
}

/// A deferred recording that is over gives the message callback back, and a later handshake is recorded again.
#[test]
fn what_follows_a_deferred_recording_is_a_handshake_of_its_own() {
    if !alone() {
        return;
    }
    for passes_over in [false, true] {
        let (mut client, mut server) =
            (pki::client(SslVersion::TLS1_3), pki::mutual_server(SslVersion::TLS1_3));
        pki::identify(&mut client, &pki().client);
        // SAFETY: a context that is being built.
        unsafe { ffi::SSL_CTX_set_post_handshake_auth(client.as_ptr(), 1) };
        server.set_verify(SslVerifyMode::NONE);
        let (collector, _attachment) = quick(&mut server, passes_over);
        let (client, server) = (client.build(), server.build());
        (0..2).for_each(|_| drop(interposed(&client, &server)));
        let mut pair = interposed(&client, &server);
        pair.talk();
        assert_eq!(collector.take().len(), if passes_over { 0 } else { 3 });
        let ssl = pair.server.ssl().as_ptr();
        // SAFETY: a live TLS 1.3 server. A null callback leaves the one that is set.
        unsafe {
            assert!(!between().set_verify(ssl.cast(), 3, std::ptr::null()), "it is left to OpenSSL");
            ffi::SSL_set_verify(ssl, 3, std::ptr::null());
            assert_eq!(ffi::SSL_verify_client_post_handshake(ssl), 1);
        }
        pair.server.do_handshake().unwrap();
        for _ in 0..3 {
            let _ = pair.client.ssl_read(&mut [0; 9]);
            let _ = pair.server.ssl_read(&mut [0; 9]);
        }
        let told = collector.take();
        if passes_over {
            assert!(told.is_empty(), "it is healthy");
        } else {
            assert_eq!(brief(&told), "server: >13 <11 verify1:0 verify0:0 <15 <20 >4 >4 done");
        }
    }
}

#[test]
fn another_configuration_is_seen_at_the_beginning() {
    if !alone() {
        return;
    }
    let mut server = pki::server(SslVersion::TLS1_3);
    let (collector, _attachment) = quick(&mut server, false);
    let (client, server) = (pki::client(SslVersion::TLS1_3).build(), server.build());
    for level in [1, 1, 2, 2, 1] {
        let ssl = server_ssl(&server);
        // SAFETY: a live connection that only this thread knows.
        unsafe { openssl_sys::SSL_set_security_level(ssl.as_ptr(), level) };
        assert!(interpose(&ssl, &server));
        assert_eq!(shake(client_ssl(&client), ssl).server_result.0, 0);
        assert_eq!(beginning(&collector.take()[0]).2.security_level, level);
    }
}

/// What `SSL_CTX_ctrl` and `SSL_ctrl` set is looked at where one of them was called, which the interposer reports.
#[test]
fn what_is_adjusted_is_seen_at_the_beginning() {
    if !alone() {
        return;
    }
    const SET_MIN_PROTO_VERSION: c_int = 123;
    const BEFORE: c_int = 0x0303;
    const NOW: c_int = 0x0304;
    let client = pki::client(SslVersion::TLS1_3).build();
    for of_context in [false, true] {
        let mut server = pki::server(SslVersion::TLS1_2);
        server.set_max_proto_version(None).unwrap();
        let (collector, _attachment) = quick(&mut server, false);
        let server = server.build();
        let made = || {
            let ssl = server_ssl(&server);
            assert!(interpose(&ssl, &server));
            ssl
        };
        let told = |ssl| {
            assert_eq!(shake(client_ssl(&client), ssl).server_result.0, 0);
            c_int::from(beginning(&collector.take()[0]).2.minimum_version)
        };
        for _ in 0..3 {
            assert_eq!(told(made()), BEFORE);
        }
        let (before, other) = (made(), made());
        // SAFETY: live objects that no other thread uses.
        let now = unsafe {
            if of_context {
                openssl_sys::SSL_CTX_ctrl(
                    server.as_ptr(),
                    SET_MIN_PROTO_VERSION,
                    NOW.into(),
                    std::ptr::null_mut(),
                );
                assert!(Interposer::adjusts(SET_MIN_PROTO_VERSION));
                between().adjusted_context(server.as_ptr().cast());
                made()
            } else {
                openssl_sys::SSL_ctrl(
                    other.as_ptr(),
                    SET_MIN_PROTO_VERSION,
                    NOW.into(),
                    std::ptr::null_mut(),
                );
                between().adjusted(other.as_ptr().cast());
                other
            }
        };
        // Looking at one that was made before must not make the others pass.
        assert_eq!(told(before), BEFORE, "of the context: {of_context}");
        assert_eq!(told(now), NOW, "of the context: {of_context}");
    }
}

/// A server that comes to want a certificate when it has heard the client's name, as one that has several sites does.
#[test]
fn a_certificate_that_is_asked_for_after_all() {
    if !alone() {
        return;
    }
    const REQUIRED: c_int = 1 | 2;
    let mut server = pki::server(SslVersion::TLS1_3);
    let (collector, _attachment) = quick(&mut server, false);
    let asks = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&asks);
    server.set_servername_callback(move |ssl, _| {
        let ssl = ssl.as_ptr();
        // SAFETY: a live connection of this thread; as a preloaded object does it.
        unsafe {
            if now.load(Ordering::Relaxed) && !between().set_verify(ssl.cast(), REQUIRED, std::ptr::null()) {
                ffi::SSL_set_verify(ssl, REQUIRED, std::ptr::null());
            }
        }
        Ok(())
    });
    let server = server.build();
    let told = |identity| {
        let mut client = pki::client(SslVersion::TLS1_3);
        pki::identify(&mut client, identity);
        let result = interposed(&client.build(), &server).server_result;
        (result.0, words(&collector.take()[0]).join(" "))
    };
    // Those that ask for none go well, and are deferred from the second on.
    for _ in 0..2 {
        assert_eq!(told(&pki().stranger).0, 0);
    }
    asks.store(true, Ordering::Relaxed);
    let (result, words) = told(&pki().stranger);
    assert_ne!(result, 0);
    assert!(words.contains("verify"), "who was not believed is told: {words}");
    assert_eq!(told(&pki().client).0, 0);
}

static FIRST: AtomicU32 = AtomicU32::new(0);
static SECOND: AtomicU32 = AtomicU32::new(0);

extern "C" fn first(_ssl: *const SSL, _place: c_int, _value: c_int) {
    FIRST.fetch_add(1, Ordering::Relaxed);
}

extern "C" fn second(_ssl: *const SSL, _place: c_int, _value: c_int) {
    SECOND.fetch_add(1, Ordering::Relaxed);
}

/// OpenSSL looks the context's info callback up each time, and a connection has none of its own (`SSL_CTX_set_info_callback(3)`).
#[test]
fn the_contexts_info_callback_is_the_one_that_it_has_now() {
    if !alone() {
        return;
    }
    let mut server = pki::server(SslVersion::TLS1_3);
    let (_collector, _attachment) = quick(&mut server, false);
    let (client, server) = (pki::client(SslVersion::TLS1_3).build(), server.build());
    let context = server.as_ptr().cast();
    // The first handshake of a context is recorded in full, the others are deferred.
    for round in 1..=3 {
        // SAFETY: a context that no other thread uses.
        assert!(unsafe { between().set_context_info(context, first as *const _) });
        let ssl = server_ssl(&server);
        assert!(interpose(&ssl, &server));
        let raw = ssl.as_ptr();
        // SAFETY: as above.
        assert!(unsafe { between().set_context_info(context, second as *const _) });
        let before = SECOND.load(Ordering::Relaxed);
        let pair = shake(client_ssl(&client), ssl);
        assert_eq!(pair.server_result.0, 0);
        assert_eq!(FIRST.load(Ordering::Relaxed), 0, "round {round}");
        assert!(SECOND.load(Ordering::Relaxed) > before + 10, "round {round}");
        // SAFETY: a live connection of this thread.
        let seen = unsafe {
            let said = ffi::SSL_get_info_callback(raw).map_or(std::ptr::null(), |said| said as *const _);
            between().info(raw.cast(), said)
        };
        assert!(seen.is_null(), "round {round}: the connection has none of its own");
    }
}

/// A server of TLS 1.3 that is done waits for its client's first words; a goodbye in their place belongs to the handshake.
#[test]
fn a_client_that_leaves_without_a_word_is_told_with_its_goodbye() {
    if !alone() {
        return;
    }
    for passes_over in [false, true] {
        let (client, mut server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3));
        let (collector, _attachment) = patient(&mut server, passes_over);
        let (client, server) = (client.build(), server.build());
        (0..2).for_each(|_| drop(interposed(&client, &server)));
        assert_eq!(collector.take().len(), if passes_over { 0 } else { 2 });
        for times in 1..=2 {
            // Of many in a short time one waits.
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(120) {
                std::thread::yield_now();
            }
            let mut pair = interposed_in_silence(&client, &server);
            assert_eq!((pair.client_result.0, pair.server_result.0), (0, 0));
            assert!(collector.take().is_empty(), "nothing is over yet");
            let _ = pair.client.shutdown();
            assert!(pair.server.ssl_read(&mut [0; 9]).is_err());
            let told = collector.take();
            let words: Vec<_> = told.iter().map(words).collect();
            assert_eq!(words.len(), 1, "{times}: {words:?}");
            assert_eq!(words[0][words[0].len() - 3..], [">4", ">4", "<!1,0"], "{times}: {words:?}");
        }
    }
}
