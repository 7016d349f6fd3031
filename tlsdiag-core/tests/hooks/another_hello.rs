//! Where a server may read early data, or keeps no state, OpenSSL says that it is done when it has asked for another hello: that is of the same
//! handshake.

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContextBuilder, SslVersion};
use tlsdiag_core::handshake::OutcomeKind;

use crate::brief::{brief, words};
use crate::early_data::{Early, judged, server, step};
use crate::fast_paths::quick;
use crate::{ffi, pki};

/// A server whose cookies are all alike.
fn baker() -> SslContextBuilder {
    let mut server = server();
    server.set_stateless_cookie_generate_cb(|_, cookie| {
        cookie[..4].copy_from_slice(b"yeah");
        Ok(4)
    });
    server.set_stateless_cookie_verify_cb(|_, cookie| cookie == b"yeah");
    server
}

/// A HelloRetryRequest is a pause as well where early data may be read, and a server without state begins its `SSL` anew after it.
#[test]
fn another_hello_is_of_the_same_handshake() {
    for stateless in [false, true] {
        for interposed in [false, true] {
            let (mut client, mut server) = (pki::client(SslVersion::TLS1_3), baker());
            client.set_groups_list("X25519:P-256").unwrap();
            server.set_groups_list("P-256").unwrap();
            let (collector, _attachment) = quick(&mut server, false);
            let (client, server) = (client.build(), server.build());
            for _ in 0..3 {
                let mut ends = Early::between(&client, &server, interposed);
                if stateless {
                    step(&mut ends.client, &mut ends.client_result);
                    assert!(!ends.server.stateless().unwrap());
                    step(&mut ends.client, &mut ends.client_result);
                    // The change_cipher_spec before the hello is an error without a reason.
                    assert!(ends.server.stateless().is_err());
                    assert!(ends.server.stateless().unwrap());
                    ends.reads = false;
                }
                ends.shake();
                ends.talk();
                drop(ends);
                let told = collector.take();
                assert_eq!(
                    brief(&told).replace(" <ccs", "").replace(" >ccs", ""),
                    "server: start <1 >2 <1 >2 >8 >11 >15 >20 <20 done >4 >4"
                );
                assert_eq!(judged(&told[0]), (OutcomeKind::Established, None, vec![]));
            }
        }
    }
}

/// Who only has asked for another hello keeps nothing, and tells nothing: the hello is of a handshake of its own.
#[test]
fn a_server_without_state_forgets() {
    let (client, mut server) = (pki::client(SslVersion::TLS1_3), baker());
    let (collector, _attachment) = quick(&mut server, false);
    let mut ends = Early::between(&client.build(), &server.build(), false);
    step(&mut ends.client, &mut ends.client_result);
    assert!(!ends.server.stateless().unwrap());
    drop(ends);
    assert!(collector.take().is_empty());
}

/// An `SSL` that is cleared while early data may come is another connection's.
#[test]
fn a_connection_that_is_cleared_at_early_data_begins_anew() {
    for interposed in [false, true] {
        let (client, mut server) = (pki::client(SslVersion::TLS1_3).build(), server());
        let (collector, _attachment) = quick(&mut server, false);
        let server = server.build();
        let mut ends = Early::between(&client, &server, interposed);
        step(&mut ends.client, &mut ends.client_result);
        let mut bytes = [0; 16];
        assert_eq!(ends.server.read_early_data(&mut bytes).unwrap(), 0);
        let mut next = Early::between(&client, &server, false);
        // SAFETY: a live connection; it gets the other one's BIOs, with a reference for each.
        unsafe {
            let (cleared, other) = (ends.server.ssl().as_ptr(), next.server.ssl().as_ptr());
            assert_eq!(ffi::SSL_clear(cleared), 1);
            let bio = openssl_sys::SSL_get_rbio(other);
            ffi::BIO_up_ref(bio);
            ffi::BIO_up_ref(bio);
            openssl_sys::SSL_set_bio(cleared, bio, bio);
        }
        for _ in 0..3 {
            step(&mut next.client, &mut next.client_result);
            step(&mut ends.server, &mut ends.server_result);
        }
        assert_eq!((next.client_result, ends.server_result), (Some(0), Some(0)));
        drop((ends, next));
        let told: Vec<_> = collector.take().iter().map(words).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(!told[0].contains(&"done".to_owned()) && told[1].contains(&"done".to_owned()), "{told:?}");
    }
}
