//! Where there is no memory to record with, which whoever attached has to say.

use std::sync::Arc;

use openssl::ssl::{SslContext, SslVersion};
use tlsdiag_core::event::Recording;
use tlsdiag_core::source::openssl::{Memory, set_memory};
use tlsdiag_core::{Collector, attach};

use crate::alone::alone;
use crate::brief::brief;
use crate::pipe::{client_ssl, pair, pipe, server_ssl, shake};
use crate::pki;

fn briefs(recordings: &[Recording]) -> Vec<String> {
    recordings.iter().map(|recording| brief(std::slice::from_ref(recording))).collect()
}

fn visit(client: &SslContext, server: &SslContext) {
    drop(pair(client, server));
}

#[test]
fn nothing_is_taken_up_until_there_is_memory_again() {
    if !alone() {
        return;
    }
    let (client, mut server) = (pki::client(SslVersion::TLS1_3).build(), pki::server(SslVersion::TLS1_3));
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut server, Arc::clone(&collector)).unwrap();
    let server = server.build();
    visit(&client, &server);
    let usual = briefs(&collector.take());
    assert_eq!(usual.len(), 1);
    for memory in [Memory::Short, Memory::Exhausted] {
        set_memory(memory);
        visit(&client, &server);
        // Made without memory, or before; begun without.
        let ssl = server_ssl(&server);
        assert_eq!(collector.take().len(), 0, "{memory:?}");
        set_memory(Memory::Enough);
        drop(shake(client_ssl(&client), ssl));
        visit(&client, &server);
        assert_eq!(briefs(&collector.take()), [&*usual[0]; 2], "{memory:?}");
    }
}

/// The client has begun when memory becomes short, and when there is some again the second handshake of the same kind has begun without.
#[test]
fn what_has_begun_goes_on_while_there_is_a_reserve_and_is_never_taken_up_in_its_midst() {
    if !alone() {
        return;
    }
    let (mut client, server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3).build());
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut client, Arc::clone(&collector)).unwrap();
    let client = client.build();
    visit(&client, &server);
    let usual = briefs(&collector.take());
    for (first, then, recorded) in [
        (Memory::Enough, Memory::Short, 1),
        (Memory::Enough, Memory::Exhausted, 0),
        (Memory::Short, Memory::Enough, 0),
    ] {
        let (near, far) = pipe();
        let mut stream = openssl::ssl::SslStream::new(client_ssl(&client), near).unwrap();
        set_memory(first);
        let begun = stream.connect();
        assert!(begun.is_err(), "it waits for its server");
        set_memory(then);
        let mut server = openssl::ssl::SslStream::new(server_ssl(&server), far).unwrap();
        let _ = server.accept();
        stream.connect().unwrap();
        server.accept().unwrap();
        drop((stream, server));
        set_memory(Memory::Enough);
        let briefs = briefs(&collector.take());
        assert_eq!(briefs.len(), recorded, "{first:?} {then:?}: {briefs:?} {usual:?}");
    }
}
