//! Under an interposer most callbacks take a fast path, and a recorder may pass over what is healthy: the recording is the same, and no
//! connection is taken for another.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use foreign_types::ForeignTypeRef;
use openssl::ssl::{ErrorCode, Ssl, SslContext, SslContextBuilder, SslStream, SslVersion};
use tlsdiag_core::event::{
    Direction, Event, EventBody, LocalConfiguration, Recording, Role, is_plainly_healthy,
};
use tlsdiag_core::source::openssl::{AttachOptions, Attachment, Interposer, Symbols, attach_ctx_raw};
use tlsdiag_core::{Collector, HandshakeRecorder, attach};

use crate::brief::words;
use crate::pipe::{Pair, client_ssl, pair, pipe, server_ssl, shake};
use crate::pki::{self, pki};

/// As a preloaded object does it when `SSL_new` has returned; whether somebody listens there.
pub(crate) fn interpose(ssl: &Ssl, context: &SslContext) -> bool {
    // SAFETY: a live connection that only this thread knows, and the context that it was made from.
    unsafe { Interposer::new(Symbols::linked().unwrap()).made(ssl.as_ptr().cast(), context.as_ptr().cast()) }
}

/// Waits until the hooks know how fast the processor counts, which is some time after something was attached for the first time: from
/// then on deferred recordings keep a log.
pub(crate) fn wait_for_the_clock() {
    const LONG: Duration = Duration::from_millis(60);
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let began = BEGAN.get_or_init(Instant::now);
    while began.elapsed() < LONG {
        std::thread::yield_now();
    }
}

pub(crate) fn interposed(client: &SslContext, server: &SslContext) -> Pair {
    first_words(interposed_in_silence(client, server))
}

/// The same, and the client says nothing.
pub(crate) fn interposed_in_silence(client: &SslContext, server: &SslContext) -> Pair {
    let (near, far) = (client_ssl(client), server_ssl(server));
    interpose(&near, client);
    assert!(interpose(&far, server));
    wait_for_the_clock();
    shake(near, far)
}

/// A server of TLS 1.3 hears by its client's first words that it stays.
pub(crate) fn first_words(mut pair: Pair) -> Pair {
    if (pair.client_result.0, pair.server_result.0) == (0, 0) {
        pair.client.ssl_write(b"hello").unwrap();
        assert_eq!(pair.server.ssl_read(&mut [0; 16]).unwrap(), 5);
    }
    pair
}

pub(crate) type Making = fn() -> (SslContextBuilder, SslContextBuilder);

pub(crate) const HANDSHAKES: [(&str, Making); 6] = [
    ("1.3", || (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3))),
    ("1.2", || (pki::client(SslVersion::TLS1_2), pki::server(SslVersion::TLS1_2))),
    ("1.3, mutual", || {
        let mut client = pki::client(SslVersion::TLS1_3);
        pki::identify(&mut client, &pki().client);
        (client, pki::mutual_server(SslVersion::TLS1_3))
    }),
    ("1.2, a stranger", || {
        let mut client = pki::client(SslVersion::TLS1_2);
        pki::identify(&mut client, &pki().stranger);
        (client, pki::mutual_server(SslVersion::TLS1_2))
    }),
    ("1.3, without a certificate", || {
        (pki::client(SslVersion::TLS1_3), pki::mutual_server(SslVersion::TLS1_3))
    }),
    ("no version in common", || (pki::client(SslVersion::TLS1_2), pki::server(SslVersion::TLS1_3))),
];

/// What both ends tell, of two handshakes with the same contexts, each talked over and closed.
fn recorded(make: Making, shake: fn(&SslContext, &SslContext) -> Pair) -> Vec<String> {
    let (mut client, mut server) = make();
    let collectors = [Arc::new(Collector::new()), Arc::new(Collector::new())];
    let _attachments = [
        attach(&mut client, Arc::clone(&collectors[0])).unwrap(),
        attach(&mut server, Arc::clone(&collectors[1])).unwrap(),
    ];
    let (client, server) = (client.build(), server.build());
    for _ in 0..2 {
        let mut pair = shake(&client, &server);
        if pair.client_result.0 == 0 && pair.server_result.0 == 0 {
            pair.talk();
        }
        let _ = pair.client.shutdown();
        let _ = pair.server.ssl_read(&mut [0; 9]);
    }
    let collected = collectors.iter().flat_map(|collector| collector.take());
    collected.map(|recording| words(&recording).join(" ")).collect()
}

#[test]
fn the_fast_paths_record_what_the_slow_ones_do() {
    for (name, make) in HANDSHAKES {
        let (slow, fast) = (recorded(make, pair), recorded(make, interposed));
        assert_eq!(slow.len(), 4, "{name}: {slow:?}");
        assert_eq!(fast, slow, "{name}");
    }
}

/// Keeps every recording, or what is not plainly healthy; it does not use OpenSSL for it, so that it is called on the fast path.
struct Quick {
    collector: Arc<Collector>,
    passes_over: bool,
    patient: bool,
}

impl HandshakeRecorder for Quick {
    fn record(&self, event: &Event<'_>) {
        self.collector.record(event);
    }

    fn is_live(&self) -> bool {
        false
    }

    fn uses_openssl(&self) -> bool {
        false
    }

    fn passes_over_healthy(&self) -> bool {
        self.passes_over
    }

    fn awaits_first_words(&self) -> bool {
        self.patient
    }
}

pub(crate) fn quick(context: &mut SslContextBuilder, passes_over: bool) -> (Arc<Collector>, Attachment) {
    let collector = Arc::new(Collector::new());
    let recorder = Quick { collector: Arc::clone(&collector), passes_over, patient: false };
    (collector, attach(context, recorder).unwrap())
}

/// One that waits for the client's first words.
pub(crate) fn patient(context: &mut SslContextBuilder, passes_over: bool) -> (Arc<Collector>, Attachment) {
    let collector = Arc::new(Collector::new());
    let recorder = Quick { collector: Arc::clone(&collector), passes_over, patient: true };
    (collector, attach(context, recorder).unwrap())
}

fn choosy(context: &mut SslContextBuilder) -> (Arc<Collector>, Attachment) {
    quick(context, true)
}

fn beginning(recording: &Recording) -> Arc<LocalConfiguration> {
    let begun = recording.events().find_map(|event| match event.body {
        EventBody::Started { local, .. } => Some(Arc::clone(local)),
        _ => None,
    });
    begun.expect("a beginning")
}

fn is_reconfigured(recording: &Recording) -> bool {
    recording.events().any(|event| matches!(event.body, EventBody::Reconfigured { .. }))
}

#[test]
fn what_is_passed_over_is_not_told_and_all_else_is() {
    for shake in [pair, interposed] {
        for (name, make) in HANDSHAKES {
            let (client, mut server) = make();
            let (collector, _attachment) = choosy(&mut server);
            let result = shake(&client.build(), &server.build()).server_result;
            let told = collector.take();
            assert_eq!(told.is_empty(), result.0 == 0, "{name}: {result:?}");
            assert!(!told.iter().any(is_plainly_healthy), "{name}");
        }
    }
}

/// The second failure of each kind, of which only a log was kept while it went well.
fn second_failures(shake: fn(&SslContext, &SslContext) -> Pair) -> Vec<Vec<String>> {
    let mut told = Vec::new();
    for (_, make) in HANDSHAKES {
        let (client, mut server) = make();
        let (collector, _attachment) = choosy(&mut server);
        let (client, server) = (client.build(), server.build());
        shake(&client, &server);
        drop(collector.take());
        let before = SystemTime::now();
        shake(&client, &server);
        for recording in collector.take() {
            let begun = began(&recording);
            assert!(before - Duration::from_millis(1) <= begun && begun <= SystemTime::now(), "{begun:?}");
            told.push(words(&recording));
        }
    }
    told
}

fn began(recording: &Recording) -> SystemTime {
    let time = recording.events().find_map(|event| match event.body {
        EventBody::Started { time, role: Role::Server, .. } => Some(time),
        _ => None,
    });
    time.expect("a beginning")
}

#[test]
fn a_deferred_recording_that_fails_is_reported_in_full() {
    let (full, deferred) = (second_failures(pair), second_failures(interposed));
    assert_eq!(full.len(), 3, "{full:?}");
    assert_eq!(deferred, full);
}

#[test]
fn subscriptions_that_change_end_deferred_recordings() {
    let (client, server) = (pki::client(SslVersion::TLS1_2).build(), pki::server(SslVersion::TLS1_3));
    let mut server = server;
    let (first, attachment) = choosy(&mut server);
    let server = server.build();
    for _ in 0..2 {
        assert_ne!(interposed(&client, &server).server_result.0, 0);
        assert_eq!(first.take().len(), 1);
    }
    // Every event of everything, healthy or not, from now on.
    let second = Arc::new(Collector::new());
    let symbols = Symbols::linked().unwrap();
    // SAFETY: a live context that no other thread uses.
    let other = unsafe {
        let recorder = Arc::clone(&second) as Arc<dyn HandshakeRecorder>;
        attach_ctx_raw(symbols, server.as_ptr().cast(), recorder, AttachOptions::new()).unwrap()
    };
    let good = pki::client(SslVersion::TLS1_3).build();
    assert_eq!(interposed(&good, &server).server_result.0, 0);
    assert_ne!(interposed(&client, &server).server_result.0, 0);
    assert_eq!((first.take().len(), second.take().len()), (1, 2));
    drop(attachment);
    assert_ne!(interposed(&client, &server).server_result.0, 0);
    assert_eq!((first.take().len(), second.take().len()), (0, 1));
    drop(other);
    assert_ne!(interposed_by_nobody(&client, &server), 0);
    assert_eq!((first.take().len(), second.take().len()), (0, 0));
}

fn interposed_by_nobody(client: &SslContext, server: &SslContext) -> i32 {
    let (near, far) = (client_ssl(client), server_ssl(server));
    assert!(!interpose(&far, server));
    shake(near, far).server_result.0
}

#[test]
fn a_failure_brings_the_configuration_that_it_failed_with() {
    let mut server = pki::mutual_server(SslVersion::TLS1_3);
    let (collector, _attachment) = choosy(&mut server);
    let server = server.build();
    let mut good = pki::client(SslVersion::TLS1_3);
    pki::identify(&mut good, &pki().client);
    let (good, bad) = (good.build(), pki::client(SslVersion::TLS1_3).build());
    for depth in [11, 12] {
        // The healthy one before leaves its configuration with the context.
        assert_eq!(interposed(&good, &server).server_result.0, 0);
        // SAFETY: a context that no other thread uses.
        unsafe { openssl_sys::SSL_CTX_set_verify_depth(server.as_ptr(), depth) };
        assert_ne!(interposed(&bad, &server).server_result.0, 0);
        let told = collector.take();
        assert_eq!(told.len(), 1);
        assert_eq!(beginning(&told[0]).verify_depth, depth);
        assert!(!is_reconfigured(&told[0]), "nothing changed in the midst of it");
    }
}

#[test]
fn one_that_is_given_up_brings_it_too() {
    let mut server = pki::server(SslVersion::TLS1_3);
    let (collector, _attachment) = choosy(&mut server);
    let (client, server) = (pki::client(SslVersion::TLS1_3).build(), server.build());
    assert_eq!(interposed(&client, &server).server_result.0, 0);
    // SAFETY: a context that no other thread uses.
    unsafe { openssl_sys::SSL_CTX_set_verify_depth(server.as_ptr(), 9) };
    let (near, far) = pipe();
    let ssl = server_ssl(&server);
    assert!(interpose(&ssl, &server));
    let mut stalled = SslStream::new(ssl, far).unwrap();
    let mut other = SslStream::new(client_ssl(&client), near).unwrap();
    assert_eq!(other.do_handshake().unwrap_err().code(), ErrorCode::WANT_READ);
    assert_eq!(stalled.do_handshake().unwrap_err().code(), ErrorCode::WANT_READ);
    // SAFETY: a live connection of this thread, about to be freed.
    unsafe { Interposer::new(Symbols::linked().unwrap()).leaving(stalled.ssl().as_ptr().cast()) };
    drop(stalled);
    let told = collector.take();
    assert_eq!(told.len(), 1);
    assert_eq!(beginning(&told[0]).verify_depth, 9);
}

#[test]
fn a_callback_that_changes_things_in_the_midst_is_told_as_such() {
    let mut server = pki::mutual_server(SslVersion::TLS1_3);
    let (collector, _attachment) = choosy(&mut server);
    let mut other = pki::server(SslVersion::TLS1_3);
    let (_unheard, _other_attachment) = choosy(&mut other);
    let other = other.build();
    server.set_servername_callback(move |ssl, _| {
        ssl.set_ssl_context(&other).unwrap();
        // SAFETY: a live connection of this thread; as a preloaded object does it.
        unsafe { Interposer::new(Symbols::linked().unwrap()).moved(ssl.as_ptr().cast()) };
        Ok(())
    });
    let (client, server) = (pki::client(SslVersion::TLS1_3).build(), server.build());
    for _ in 0..2 {
        // The verify mode stays the connection's own, so that without a certificate it fails.
        assert_ne!(interposed(&client, &server).server_result.0, 0);
        let told = collector.take();
        assert_eq!(told.len(), 1);
        assert!(is_reconfigured(&told[0]), "{:?}", words(&told[0]));
    }
}

#[test]
fn many_connections_at_once_are_each_themselves() {
    const THREADS: usize = 6;
    const EACH: usize = 60;
    let mut server = pki::server(SslVersion::TLS1_3);
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut server, Arc::clone(&collector)).unwrap();
    let (client, server) = (pki::client(SslVersion::TLS1_3), server.build());
    let mut client = client;
    client.set_verify(openssl::ssl::SslVerifyMode::NONE);
    let client = client.build();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (client, server) = (&client, &server);
            scope.spawn(move || {
                for number in 0..EACH {
                    // Several at a time in each thread, so that they take their turns in one place of the table.
                    let pairs: Vec<Ssl> = (0..3)
                        .map(|_| {
                            let ssl = server_ssl(server);
                            assert!(interpose(&ssl, server));
                            ssl
                        })
                        .collect();
                    for (at, far) in pairs.into_iter().enumerate() {
                        let mut near = client_ssl(client);
                        near.set_hostname(&format!("t{thread}-n{number}-{at}.test")).unwrap();
                        assert_eq!(shake(near, far).server_result.0, 0);
                    }
                }
            });
        }
    });
    let told = collector.take();
    assert_eq!(told.len(), THREADS * EACH * 3);
    let mut names: Vec<Vec<u8>> = told.iter().map(name_asked_for).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), told.len(), "each has its own");
    let first = words(&told[0]);
    for recording in &told {
        assert_eq!(words(recording), first);
    }
}

fn name_asked_for(recording: &Recording) -> Vec<u8> {
    let hello = recording.events().find_map(|event| match event.body {
        EventBody::Message { direction: Direction::Received, bytes } if bytes[0] == 1 => Some(bytes.to_vec()),
        _ => None,
    });
    let hello = hello.expect("a ClientHello");
    let end = hello.windows(5).position(|window| window == b".test").expect("a name");
    let start = hello[..end].iter().rposition(|byte| *byte == b't').expect("its beginning");
    hello[start..end].to_vec()
}
