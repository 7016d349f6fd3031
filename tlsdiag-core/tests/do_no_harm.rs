//! A handshake ends exactly as it would have without us: the same results, the same error queue, the same callbacks of the
//! application in the same order, in every scenario of the laboratory.
#![cfg(feature = "linked")]

use std::sync::Arc;

use openssl::ssl::{SslContextBuilder, SslRef};
use tlsdiag_core::Collector;
use tlsdiag_core::event::{Event, EventKind};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Observer, Scenario, Side, Spy};

/// Attaches to every context.
struct ToContexts(Arc<Collector>);

impl Observer for ToContexts {
    fn context(&self, _side: Side, context: &mut SslContextBuilder) {
        tlsdiag_core::attach(context, Arc::clone(&self.0)).expect("hooks").keep();
    }
}

/// Attaches to every connection by itself.
struct ToConnections(Arc<Collector>);

impl Observer for ToConnections {
    fn connection(&self, _side: Side, ssl: &mut SslRef, _peer: std::net::SocketAddr) {
        tlsdiag_core::attach(ssl, Arc::clone(&self.0)).expect("hooks").keep();
    }
}

/// Wants everything that there is, and leaves errors of its own in OpenSSL's queue and in errno.
struct Rude;

impl tlsdiag_core::HandshakeRecorder for Rude {
    fn record(&self, _event: &Event<'_>) {
        assert!(openssl::x509::X509::from_der(b"no certificate").is_err());
        std::fs::File::open("/nonexistent").expect_err("no such file");
    }

    fn wants(&self, _kind: EventKind) -> bool {
        true
    }
}

struct WithRude;

impl Observer for WithRude {
    fn context(&self, _side: Side, context: &mut SslContextBuilder) {
        tlsdiag_core::attach(context, Rude).expect("hooks").keep();
    }
}

fn unchanged_by(observer: &dyn Observer, count: impl Fn() -> usize) {
    let pki = Pki::generate().expect("a PKI");
    let mut changed = Vec::new();
    for scenario in [Scenario::all(), Scenario::certificates()].concat() {
        let without = scenario.run(&pki, &(), Spy::On).expect("a scenario that can be performed");
        let before = count();
        let with = scenario.run(&pki, observer, Spy::On).expect("a scenario that can be performed");
        assert!(count() > before || count() == usize::MAX, "{}: it was recorded", scenario.name);
        for (side, without, with) in
            [("server", &without.server, &with.server), ("client", &without.client, &with.client)]
        {
            if without != with {
                changed
                    .push(format!("{} at the {side}:\nwithout {without:#?}\nwith {with:#?}", scenario.name));
            }
        }
    }
    assert!(changed.is_empty(), "{} changed:\n{}", changed.len(), changed.join("\n"));
}

#[test]
fn attached_to_contexts() {
    let collector = Arc::new(Collector::new());
    unchanged_by(&ToContexts(Arc::clone(&collector)), || collector.len());
}

#[test]
fn attached_to_connections() {
    let collector = Arc::new(Collector::new());
    unchanged_by(&ToConnections(Arc::clone(&collector)), || collector.len());
}

#[test]
fn with_a_recorder_that_behaves_badly() {
    unchanged_by(&WithRude, || usize::MAX);
}
