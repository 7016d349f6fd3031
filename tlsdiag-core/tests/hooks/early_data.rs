//! Where an application may read or write early data OpenSSL says HANDSHAKE_DONE in the midst, and HANDSHAKE_START once more: one handshake
//! is recorded all the same, as it would be without.

use std::sync::Arc;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{
    ErrorCode, Ssl, SslContext, SslContextBuilder, SslRef, SslSession, SslSessionCacheMode, SslStream,
    SslVersion,
};
use tlsdiag_core::event::{EventBody, Recording, State, is_plainly_healthy};
use tlsdiag_core::handshake::{By, Handshake, OutcomeKind};
use tlsdiag_core::source::openssl::Attachment;
use tlsdiag_core::{Collector, attach, diagnose};

use crate::alone::alone;
use crate::brief::{brief, words};
use crate::fast_paths::{HANDSHAKES, interpose, quick, wait_for_the_clock};
use crate::pipe::{Pipe, client_ssl, pipe, server_ssl};
use crate::pki;

/// What is sent as early data.
const EARLY: &[u8] = b"early";

/// Both ends of a connection whose server reads early data, and whose client may write some.
pub(crate) struct Early {
    pub(crate) client: SslStream<Pipe>,
    pub(crate) server: SslStream<Pipe>,
    read: Vec<u8>,
    pub(crate) reads: bool,
    pub(crate) client_result: Option<i32>,
    pub(crate) server_result: Option<i32>,
}

impl Early {
    pub(crate) fn new(client: Ssl, server: Ssl) -> Early {
        let (near, far) = pipe();
        Early {
            client: SslStream::new(client, near).unwrap(),
            server: SslStream::new(server, far).unwrap(),
            read: Vec::new(),
            reads: true,
            client_result: None,
            server_result: None,
        }
    }

    pub(crate) fn between(client: &SslContext, server: &SslContext, interposed: bool) -> Early {
        let (near, far) = (client_ssl(client), server_ssl(server));
        if interposed {
            interpose(&near, client);
            interpose(&far, server);
            wait_for_the_clock();
        }
        Early::new(near, far)
    }

    /// The client writes early data, with this session.
    fn write(&mut self, session: &SslSession) {
        // SAFETY: the session is of a context like the client's, and of the same library.
        unsafe { ssl_of(&mut self.client).set_session(session) }.unwrap();
        assert_eq!(self.client.write_early_data(EARLY).unwrap(), EARLY.len());
    }

    /// The server reads early data, until there is none, or none yet.
    fn read(&mut self) {
        let mut bytes = [0; 16];
        while self.reads && self.server_result.is_none() {
            match self.server.read_early_data(&mut bytes) {
                Ok(0) => self.reads = false,
                Ok(length) => self.read.extend_from_slice(&bytes[..length]),
                Err(error) if error.code() == ErrorCode::WANT_READ => return,
                Err(error) => self.server_result = Some(error.code().as_raw()),
            }
        }
    }

    pub(crate) fn shake(&mut self) {
        for _ in 0..10 {
            step(&mut self.client, &mut self.client_result);
            self.read();
            if !self.reads {
                step(&mut self.server, &mut self.server_result);
            }
        }
    }

    pub(crate) fn talk(&mut self) {
        assert_eq!((self.client_result, self.server_result), (Some(0), Some(0)));
        self.client.ssl_write(b"hello").unwrap();
        assert_eq!(self.server.ssl_read(&mut [0; 16]).unwrap(), 5);
        self.server.ssl_write(b"welcome").unwrap();
        assert_eq!(self.client.ssl_read(&mut [0; 16]).unwrap(), 7);
    }
}

fn ssl_of(stream: &mut SslStream<Pipe>) -> &mut SslRef {
    // SAFETY: the connection of this stream, which is borrowed as long.
    unsafe { SslRef::from_ptr_mut(stream.ssl().as_ptr()) }
}

pub(crate) fn step(stream: &mut SslStream<Pipe>, result: &mut Option<i32>) {
    if result.is_none() {
        *result = match stream.do_handshake() {
            Ok(()) => Some(0),
            Err(error) if error.code() == ErrorCode::WANT_READ => None,
            Err(error) => {
                stream.get_ref().close();
                Some(error.code().as_raw())
            }
        };
    }
}

/// A server that takes early data.
pub(crate) fn server() -> SslContextBuilder {
    let mut server = pki::server(SslVersion::TLS1_3);
    server.set_max_early_data(1000).unwrap();
    server.set_session_id_context(b"test").unwrap();
    server.set_session_cache_mode(SslSessionCacheMode::SERVER);
    server
}

/// A session that the server takes early data with.
fn session(client: &SslContext, server: &SslContext) -> SslSession {
    let mut first = Early::between(client, server, false);
    first.shake();
    first.talk();
    let session = first.client.ssl().session().unwrap().to_owned();
    assert!(session.max_early_data() > 0);
    // Otherwise they forget it.
    first.server.shutdown().unwrap();
    first.client.shutdown().unwrap();
    session
}

/// A connection whose server has read early data and answered it, and the client's Finished is still to come.
fn answered(interposed: bool) -> (Early, Arc<Collector>, Attachment) {
    let (client, mut server) = (pki::client(SslVersion::TLS1_3), server());
    let (collector, attachment) = quick(&mut server, false);
    let (client, server) = (client.build(), server.build());
    let session = session(&client, &server);
    drop(collector.take());
    let mut ends = Early::between(&client, &server, interposed);
    ends.write(&session);
    ends.read();
    assert_eq!(ends.read, EARLY);
    assert_eq!(ends.server.write_early_data(b"answer").unwrap(), 6);
    (ends, collector, attachment)
}

pub(crate) fn judged(recording: &Recording) -> (OutcomeKind, Option<By>, Vec<String>) {
    let handshake = Handshake::from_recording(recording);
    let findings =
        diagnose(&handshake).findings.iter().map(|finding| finding.cause.code().to_owned()).collect();
    (handshake.outcome.kind, handshake.outcome.by, findings)
}

/// A server that is ready for early data and gets none records what any other one does, whether its recordings are deferred or not.
#[test]
fn a_server_that_is_ready_for_early_data_and_gets_none() {
    if !alone() {
        return;
    }
    for (name, make) in HANDSHAKES {
        let told = |early: bool, interposed: bool| {
            let (client, mut server) = make();
            let (collector, _attachment) = quick(&mut server, false);
            let (client, server) = (client.build(), server.build());
            let told = |_| {
                let mut ends = Early::between(&client, &server, interposed);
                ends.reads = early;
                ends.shake();
                let result = ends.server_result.expect("it ends");
                if (result, ends.client_result) == (0, Some(0)) {
                    ends.talk();
                }
                drop(ends);
                (result, brief(&collector.take()))
            };
            (0..3).map(told).collect::<Vec<_>>()
        };
        for interposed in [false, true] {
            assert_eq!(told(true, interposed), told(false, interposed), "{name}, interposed: {interposed}");
        }
    }
}

/// As above: what is healthy is passed over, and a failure is told.
#[test]
fn what_is_healthy_is_passed_over_where_early_data_may_come() {
    if !alone() {
        return;
    }
    for (name, make) in HANDSHAKES {
        let (client, mut server) = make();
        let (collector, _attachment) = quick(&mut server, true);
        let (client, server) = (client.build(), server.build());
        for _ in 0..3 {
            let mut ends = Early::between(&client, &server, true);
            ends.shake();
            let failed = ends.server_result != Some(0);
            drop(ends);
            let told = collector.take();
            assert_eq!(
                told.len(),
                usize::from(failed),
                "{name}: {:?}",
                told.iter().map(words).collect::<Vec<_>>()
            );
            assert!(told.iter().all(|told| !words(told).contains(&"done".to_owned())), "{name}");
        }
    }
}

#[test]
fn early_data_that_is_accepted() {
    for interposed in [false, true] {
        let (mut client, mut server) = (pki::client(SslVersion::TLS1_3), server());
        let at_client = Arc::new(Collector::new());
        let _a = attach(&mut client, Arc::clone(&at_client)).unwrap();
        let (at_server, _b) = quick(&mut server, false);
        let (client, server) = (client.build(), server.build());
        for _ in 0..2 {
            let session = session(&client, &server);
            drop((at_client.take(), at_server.take()));
            let mut ends = Early::between(&client, &server, interposed);
            ends.write(&session);
            ends.shake();
            assert_eq!(ends.read, EARLY);
            ends.talk();
            drop(ends);
            let (at_client, at_server) = (at_client.take(), at_server.take());
            assert_eq!(brief(&at_client), "client: start >1 >ccs >data <2 <ccs <8 <20 >5 >20 done >data <4");
            assert_eq!(brief(&at_server), "server: start <1 >2 >ccs >8 >20 <ccs <data <5 <20 done >4");
            for told in [&at_client[0], &at_server[0]] {
                assert_eq!(judged(told), (OutcomeKind::Established, None, vec![]));
                assert!(told.events().any(|event| matches!(
                    event.body,
                    EventBody::State(State::HandshakeDone { resumed: true, .. })
                )));
            }
        }
    }
}

/// The server has restarted, say: it does not know the session, and skips what it cannot read.
#[test]
fn early_data_that_is_rejected() {
    for interposed in [false, true] {
        let mut client = pki::client(SslVersion::TLS1_3);
        let at_client = Arc::new(Collector::new());
        let _a = attach(&mut client, Arc::clone(&at_client)).unwrap();
        let (mut other, earlier) = (server(), server().build());
        let (at_server, _b) = quick(&mut other, false);
        let (client, other) = (client.build(), other.build());
        for _ in 0..3 {
            let session = session(&client, &earlier);
            drop(at_client.take());
            let mut ends = Early::between(&client, &other, interposed);
            ends.write(&session);
            ends.shake();
            assert_eq!(ends.read, b"");
            ends.talk();
            drop(ends);
            let (at_client, at_server) = (at_client.take(), at_server.take());
            assert_eq!(
                brief(&at_client),
                "client: start >1 >ccs >data <2 <ccs <8 <11 verify1:0 verify0:0 <15 <20 >20 done >data <4"
            );
            assert_eq!(brief(&at_server), "server: start <1 >2 >ccs >8 >11 >15 >20 <ccs <20 done >4 >4");
            assert_eq!(judged(&at_client[0]), (OutcomeKind::Established, None, vec![]));
            assert_eq!(judged(&at_server[0]), (OutcomeKind::Established, None, vec![]));
        }
    }
}

/// A client that leaves as soon as it is done has not spoken by its early data: it may have looked at the certificate itself.
#[test]
fn early_data_is_no_word_of_a_client_that_leaves() {
    let mut client = pki::client(SslVersion::TLS1_3);
    let (collector, _attachment) = quick(&mut client, false);
    let (client, server, earlier) = (client.build(), server().build(), server().build());
    let session = session(&client, &earlier);
    drop(collector.take());
    let mut ends = Early::between(&client, &server, false);
    ends.write(&session);
    ends.shake();
    assert_eq!((ends.client_result, ends.server_result), (Some(0), Some(0)));
    drop(ends);
    let told = collector.take();
    assert_eq!(judged(&told[0]).0, OutcomeKind::Established);
    assert!(!is_plainly_healthy(&told[0]));
    assert_eq!(Handshake::from_recording(&told[0]).application_data, [None; 2]);
}

/// The server answers the early data and closes, as nginx does: it never reads the client's Finished.
#[test]
fn a_server_that_leaves_it_at_early_data() {
    for interposed in [false, true] {
        let (ends, collector, _attachment) = answered(interposed);
        drop(ends);
        let told = collector.take();
        assert_eq!(brief(&told), "server: start <1 >2 >ccs >8 >20 <ccs <data >data done");
        assert_eq!(judged(&told[0]), (OutcomeKind::Established, None, vec![]));
    }
}

/// Nothing came of it: no HANDSHAKE_DONE in the midst makes an established handshake of that.
#[test]
fn a_client_that_leaves_before_its_finished() {
    for (interposed, offers) in [(false, false), (false, true), (true, false), (true, true)] {
        let (client, mut server) = (pki::client(SslVersion::TLS1_3), server());
        let (collector, _attachment) = quick(&mut server, false);
        let (client, server) = (client.build(), server.build());
        let session = session(&client, &server);
        drop(collector.take());
        let mut ends = Early::between(&client, &server, interposed);
        if offers {
            ends.write(&session);
        } else {
            step(&mut ends.client, &mut ends.client_result);
        }
        ends.read();
        ends.client.get_ref().close();
        ends.read();
        if !ends.reads {
            step(&mut ends.server, &mut ends.server_result);
        }
        assert!(ends.server_result.is_some_and(|code| code != 0));
        drop(ends);
        let told = collector.take();
        assert_eq!(told.len(), 1);
        let (kind, _, findings) = judged(&told[0]);
        assert!(!kind.is_established(), "{kind:?}");
        assert_eq!(findings, ["transport.closed_mid_handshake"], "{:?}", words(&told[0]));
        assert!(!words(&told[0]).contains(&"done".to_owned()));
    }
}

/// What comes after early data cannot be read: it failed, though data came and OpenSSL had said that it was done.
#[test]
fn a_failure_after_early_data() {
    for interposed in [false, true] {
        let (mut ends, collector, _attachment) = answered(interposed);
        let altered = [&[23, 3, 3, 0, 40][..], &[7; 40]].concat();
        ends.client.get_ref().inject(&altered);
        ends.read();
        assert!(ends.server_result.is_some_and(|code| code != 0));
        drop(ends);
        let told = collector.take();
        assert_eq!(brief(&told), "server: start <1 >2 >ccs >8 >20 <ccs <data >data >!2,20");
        let (kind, by, _) = judged(&told[0]);
        assert_eq!((kind, by), (OutcomeKind::Failed, Some(By::Local)));
    }
}
