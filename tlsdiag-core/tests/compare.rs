//! Two records beside each other, of real handshakes.
#![cfg(feature = "linked")]

use std::sync::Arc;

use openssl::ssl::SslContextBuilder;
use tlsdiag_core::compare::{diff, join};
use tlsdiag_core::report::Record;
use tlsdiag_core::{Collector, Handshake, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Observer, Scenario, Side, Spy};

struct Ends(Arc<Collector>, Arc<Collector>);

impl Observer for Ends {
    fn context(&self, side: Side, context: &mut SslContextBuilder) {
        let collector = if side == Side::Server { &self.0 } else { &self.1 };
        tlsdiag_core::attach(context, Arc::clone(collector)).expect("hooks").keep();
    }
}

/// The server's record and the client's.
fn performed(pki: &Pki, name: &str) -> (Record, Record) {
    let ends = Ends(Arc::default(), Arc::default());
    let all = Scenario::all();
    let scenario = all.iter().find(|scenario| scenario.name == name).expect("a scenario of this name");
    scenario.run(pki, &ends, Spy::Off).expect("a scenario that can be performed");
    let record = |collector: &Collector| {
        let handshake = Handshake::from_recording(&collector.take()[0]);
        Record::new(&handshake, &diagnose(&handshake))
    };
    (record(&ends.0), record(&ends.1))
}

#[test]
fn the_founding_case_beside_its_cure_shows_pss() {
    let pki = Pki::generate().expect("a PKI");
    let (failing, _) = performed(&pki, "card-refuses-pss-1.2");
    let (working, _) = performed(&pki, "healthy-card-1.2");
    for (left, right) in [(&failing, &working), (&working, &failing)] {
        let difference = diff(left, right);
        let explanation = difference.explanation.expect("an explanation");
        assert!(explanation.contains("CertificateRequest.signature_algorithms"), "{explanation}");
        assert!(explanation.contains("only the failing handshake has"), "{explanation}");
        assert!(explanation.contains("rsa_pss_rsae_sha256"), "{explanation}");
        assert_eq!(difference.rows[0].field, "CertificateRequest.signature_algorithms");
    }
}

#[test]
fn two_healthy_handshakes_explain_nothing() {
    let pki = Pki::generate().expect("a PKI");
    let (one, _) = performed(&pki, "healthy-mutual-1.2");
    let (other, _) = performed(&pki, "healthy-mutual-1.3");
    let difference = diff(&one, &other);
    assert_eq!(difference.explanation, None);
    assert!(difference.rows.iter().any(|row| row.field == "ServerHello.version"));
    assert!(diff(&one, &one).rows.is_empty());
}

#[test]
fn two_ends_know_more_than_one() {
    let pki = Pki::generate().expect("a PKI");
    let (server, client) = performed(&pki, "rsa-key-ecdsa-only-1.2");
    assert_eq!(server.cause(), Some("client_cert.missing"));
    let joined = join(&server, &client).expect("two ends of one connection");
    let finding = joined.finding.expect("a finding");
    assert_eq!(
        (finding.cause.as_str(), finding.confidence.as_str()),
        ("sigalg.client_key_incompatible", "certain")
    );
    assert!(joined.relation.contains("cannot exclude"), "{}", joined.relation);

    let (server, client) = performed(&pki, "client-cert-unknown-issuer-1.3");
    let finding = join(&client, &server).and_then(|joined| joined.finding).expect("a finding");
    assert_eq!(
        (finding.cause.as_str(), finding.confidence.as_str()),
        ("client_cert.unknown_issuer", "certain")
    );
    assert!(finding.alternatives.is_empty());
}

#[test]
fn records_of_two_connections_are_not_joined() {
    let pki = Pki::generate().expect("a PKI");
    let (server, _) = performed(&pki, "healthy-mutual-1.2");
    let (_, client) = performed(&pki, "healthy-mutual-1.2");
    assert!(join(&server, &client).is_none());
    assert!(join(&server, &server).is_none());
}
