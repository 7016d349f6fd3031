//! What comes after the handshake: tickets and key updates are no handshake, another handshake is a new one.

use std::sync::Arc;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContextBuilder, SslOptions, SslVerifyMode, SslVersion};
use tlsdiag_core::{Collector, attach};

use crate::brief::words;
use crate::ffi;
use crate::pipe::{Pair, pair};
use crate::pki::{self, pki};

struct Watched {
    pair: Pair,
    client: Arc<Collector>,
    server: Arc<Collector>,
    _attachments: [tlsdiag_core::source::openssl::Attachment; 2],
}

fn established(mut client: SslContextBuilder, mut server: SslContextBuilder) -> Watched {
    let (at_client, at_server) = (Arc::new(Collector::new()), Arc::new(Collector::new()));
    let attachments = [
        attach(&mut client, Arc::clone(&at_client)).unwrap(),
        attach(&mut server, Arc::clone(&at_server)).unwrap(),
    ];
    let mut pair = pair(&client.build(), &server.build());
    pair.talk();
    assert_eq!((at_client.take().len(), at_server.take().len()), (1, 1));
    Watched { pair, client: at_client, server: at_server, _attachments: attachments }
}

impl Watched {
    fn briefs(&self) -> (Vec<String>, Vec<String>) {
        let of = |collector: &Collector| collector.take().iter().map(|r| words(r).join(" ")).collect();
        (of(&self.client), of(&self.server))
    }
}

#[test]
fn key_updates_are_no_story() {
    let mut watched = established(pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3));
    for _ in 0..3 {
        // SAFETY: a live TLS 1.3 connection; 1 asks the peer for an update too.
        assert_eq!(unsafe { ffi::SSL_key_update(watched.pair.client.ssl().as_ptr(), 1) }, 1);
        watched.pair.talk();
    }
    watched.pair.client.shutdown().unwrap();
    watched.pair.server.shutdown().unwrap();
    let Watched { pair, client, server, _attachments } = watched;
    drop(pair);
    assert_eq!((client.len(), server.len()), (0, 0));
}

#[test]
fn a_renegotiation_is_a_story_of_its_own() {
    let (client, mut server) = (pki::client(SslVersion::TLS1_2), pki::server(SslVersion::TLS1_2));
    server.set_options(SslOptions::from_bits_retain(1 << 8)); // SSL_OP_ALLOW_CLIENT_RENEGOTIATION
    let mut watched = established(client, server);
    // SAFETY: a live TLS 1.2 connection.
    assert_eq!(unsafe { ffi::SSL_renegotiate(watched.pair.client.ssl().as_ptr()) }, 1);
    let Pair { client, server, .. } = &mut watched.pair;
    for _ in 0..4 {
        let _ = client.do_handshake();
        let _ = server.ssl_read(&mut [0; 9]);
    }
    watched.pair.talk();
    let (client, server) = watched.briefs();
    assert_eq!(
        client,
        ["client: start >1 <2 <11 verify1:0 verify0:0 <12 <14 >16 >ccs >20 <4 <ccs <20 done >data <data"]
    );
    assert_eq!(server, ["server: start <1 >2 >11 >12 >14 <16 <ccs <20 >4 >ccs >20 done <data"]);
}

#[test]
fn authentication_after_the_handshake_is_a_story_of_its_own() {
    let (mut client, mut server) = (pki::client(SslVersion::TLS1_3), pki::mutual_server(SslVersion::TLS1_3));
    pki::identify(&mut client, &pki().client);
    // SAFETY: a context that is being built.
    unsafe { ffi::SSL_CTX_set_post_handshake_auth(client.as_ptr(), 1) };
    server.set_verify(SslVerifyMode::NONE);
    let mut watched = established(client, server);
    // SAFETY: a live TLS 1.3 server. A null callback leaves the one that is set.
    unsafe { ffi::SSL_set_verify(watched.pair.server.ssl().as_ptr(), 3, std::ptr::null()) };
    // SAFETY: as above.
    assert_eq!(unsafe { ffi::SSL_verify_client_post_handshake(watched.pair.server.ssl().as_ptr()) }, 1);
    watched.pair.server.do_handshake().unwrap();
    let Pair { client, server, .. } = &mut watched.pair;
    for _ in 0..3 {
        let _ = client.ssl_read(&mut [0; 9]);
        let _ = server.ssl_read(&mut [0; 9]);
    }
    watched.pair.talk();
    let (client, server) = watched.briefs();
    assert_eq!(server, ["server: >13 <11 verify1:0 verify0:0 <15 <20 >4 >4 done"]);
    assert_eq!(client, ["client: <13 >11 >15 >20 done <4"]);
}
