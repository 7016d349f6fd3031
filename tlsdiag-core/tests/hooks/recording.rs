//! What is recorded of handshakes that succeed and of those that fail.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use openssl::ssl::{SslContextBuilder, SslVersion};
use tlsdiag_core::event::{ConnectionId, Event, EventKind};
use tlsdiag_core::{Collector, HandshakeRecorder, attach};

use crate::brief::brief;
use crate::pipe::pair;
use crate::pki;

/// Runs a handshake between two contexts and gives both recordings in brief.
fn both(
    version: SslVersion,
    mutual: bool,
    prepare: impl FnOnce(&mut SslContextBuilder, &mut SslContextBuilder),
) -> (String, String) {
    let mut client = pki::client(version);
    let mut server = if mutual { pki::mutual_server(version) } else { pki::server(version) };
    prepare(&mut client, &mut server);
    let (at_client, at_server) = (Arc::new(Collector::new()), Arc::new(Collector::new()));
    let _a = attach(&mut client, Arc::clone(&at_client)).unwrap();
    let _b = attach(&mut server, Arc::clone(&at_server)).unwrap();
    let mut pair = pair(&client.build(), &server.build());
    if pair.client_result.0 == 0 && pair.server_result.0 == 0 {
        pair.talk();
    } else {
        let _ = pair.client.ssl_read(&mut [0; 16]);
    }
    assert_eq!(at_server.len(), 1, "the server's recording is reported before its SSL is freed");
    drop(pair);
    (brief(&at_client.take()), brief(&at_server.take()))
}

#[test]
fn tls12() {
    let (client, server) = both(SslVersion::TLS1_2, false, |_, _| {});
    assert_eq!(
        client,
        "client: start >1 <2 <11 verify1:0 verify0:0 <12 <14 >16 >ccs >20 <4 <ccs <20 done >data <data"
    );
    assert_eq!(server, "server: start <1 >2 >11 >12 >14 <16 <ccs <20 >4 >ccs >20 done <data");
}

#[test]
fn tls12_mutual() {
    let (client, server) =
        both(SslVersion::TLS1_2, true, |client, _| pki::identify(client, &pki::pki().client));
    assert_eq!(
        client,
        "client: start >1 <2 <11 verify1:0 verify0:0 <12 <13 <14 >11 >16 >15 >ccs >20 <4 <ccs <20 done >data <data"
    );
    assert_eq!(
        server,
        "server: start <1 >2 >11 >12 >13 >14 <11 verify1:0 verify0:0 <16 <15 <ccs <20 >4 >ccs >20 done <data"
    );
}

#[test]
fn tls12_without_the_certificate_asked_for() {
    let (client, server) = both(SslVersion::TLS1_2, true, |_, _| {});
    assert_eq!(
        client,
        "client: start >1 <2 <11 verify1:0 verify0:0 <12 <13 <14 >11 >16 >ccs >20 <!2,40 errors(1040) failed"
    );
    assert_eq!(server, "server: start <1 >2 >11 >12 >13 >14 <11 >!2,40 errors(199) failed");
}

#[test]
fn tls13() {
    let (client, server) = both(SslVersion::TLS1_3, false, |_, _| {});
    assert_eq!(client, "client: start >1 <2 <ccs <8 <11 verify1:0 verify0:0 <15 <20 >ccs >20 done >data <4");
    assert_eq!(server, "server: start <1 >2 >ccs >8 >11 >15 >20 <ccs <20 done >4 >4");
}

#[test]
fn tls13_mutual() {
    let (client, server) =
        both(SslVersion::TLS1_3, true, |client, _| pki::identify(client, &pki::pki().client));
    assert_eq!(
        client,
        "client: start >1 <2 <ccs <8 <13 <11 verify1:0 verify0:0 <15 <20 >ccs >11 >15 >20 done >data <4"
    );
    assert_eq!(
        server,
        "server: start <1 >2 >ccs >8 >13 >11 >15 >20 <ccs <11 verify1:0 verify0:0 <15 <20 done >4 >4"
    );
}

/// The client is "done" before the server refuses it.
#[test]
fn tls13_without_the_certificate_asked_for() {
    let (client, server) = both(SslVersion::TLS1_3, true, |_, _| {});
    assert_eq!(
        client,
        "client: start >1 <2 <ccs <8 <13 <11 verify1:0 verify0:0 <15 <20 >ccs >11 >20 done <!2,116"
    );
    assert_eq!(server, "server: start <1 >2 >ccs >8 >13 >11 >15 >20 <ccs <11 >!2,116 errors(199) failed");
}

/// The certificate is refused at the client's side, and the server hears of it.
#[test]
fn a_server_that_nobody_vouches_for() {
    for (version, expected) in [
        (
            SslVersion::TLS1_2,
            [
                "client: start >1 <2 <11 verify0:18 >!2,48 errors(134) failed",
                "server: start <1 >2 >11 >12 >14 <!2,48 errors(1048) failed",
            ],
        ),
        (
            SslVersion::TLS1_3,
            [
                "client: start >1 <2 <ccs <8 <11 verify0:18 >!2,48 errors(134) failed",
                "server: start <1 >2 >ccs >8 >11 >15 >20 <!2,48 errors(1048) failed",
            ],
        ),
    ] {
        let (client, server) = both(version, false, |_, server| pki::identify(server, &pki::pki().stranger));
        assert_eq!([client, server], expected);
    }
}

/// A listener that is told each event as it happens sees what the recording holds in the end.
#[test]
fn live_events_are_the_recording() {
    let mut client = pki::client(SslVersion::TLS1_3);
    let live = Arc::new(Live::default());
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut client, (Arc::clone(&live), Arc::clone(&collector))).unwrap();
    pair(&client.build(), &pki::server(SslVersion::TLS1_3).build()).talk();
    let recordings = collector.take();
    // The first record's header is kept whether or not somebody wants headers, and told to those who do.
    let recorded: Vec<_> = recordings[0]
        .events()
        .map(|e| (e.connection, e.sequence, e.body.kind(), e.elapsed))
        .filter(|(_, _, kind, _)| *kind != EventKind::Record)
        .collect();
    let live = live.0.lock().unwrap();
    assert_eq!(
        live.last().map(|last| (last.1 as usize, last.2)),
        Some((recordings[0].len(), EventKind::Ended))
    );
    assert_eq!(live[..live.len() - 1], recorded);
    assert!(recorded.len() > 14 && recordings[0].missed() == 0);
}

#[derive(Default)]
struct Live(Mutex<Vec<(ConnectionId, u32, EventKind, Duration)>>);

impl HandshakeRecorder for Live {
    fn record(&self, e: &Event<'_>) {
        self.0.lock().unwrap().push((e.connection, e.sequence, e.body.kind(), e.elapsed));
    }
}
