//! Certificates that come compressed (RFC 8879) and lie, each way and with each algorithm.

use std::sync::Arc;

use openssl::ssl::{Ssl, SslContextBuilder, SslVersion};
use rustls::Connection;
use tlsdiag_core::diagnose::Diagnosis;
use tlsdiag_core::handshake::OutcomeKind;
use tlsdiag_core::{Collector, Handshake, attach, diagnose};
use tlsdiag_lab::compression::Compression;

use crate::liar::{self, Lie};
use crate::pipe::{client_ssl, server_ssl};
use crate::pki;

/// Which end is OpenSSL's, and so recorded.
#[derive(Debug, Clone, Copy)]
enum Recorded {
    Client,
    Server,
}

impl Recorded {
    const BOTH: [Recorded; 2] = [Recorded::Client, Recorded::Server];

    fn parts(
        self,
        algorithm: Compression,
        lie: Lie,
    ) -> (SslContextBuilder, fn(&openssl::ssl::SslContext) -> Ssl, Connection) {
        match self {
            Recorded::Client => (pki::client(SslVersion::TLS1_3), client_ssl, liar::server(algorithm, lie)),
            Recorded::Server => {
                (pki::mutual_server(SslVersion::TLS1_3), server_ssl, liar::client(algorithm, lie))
            }
        }
    }

    fn malformed(self) -> &'static str {
        match self {
            Recorded::Client => "server_cert.malformed",
            Recorded::Server => "client_cert.malformed",
        }
    }
}

/// The algorithms that the libssl which runs can undo; it offers no other. Debian's has no brotli.
fn offered() -> Vec<Compression> {
    let (offered, absent): (Vec<_>, Vec<_>) =
        Compression::ALL.into_iter().partition(|algorithm| algorithm.is_available());
    if offered.is_empty() {
        println!("skipped: this libssl does not compress certificates");
    } else if !absent.is_empty() {
        println!("skipped: this libssl does not compress certificates with {absent:?}");
    }
    offered
}

fn meet(recorded: Recorded, algorithm: Compression, lie: Lie) -> (Handshake, Diagnosis) {
    let (mut context, ssl, peer) = recorded.parts(algorithm, lie);
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut context, Arc::clone(&collector)).unwrap();
    let succeeded = liar::shake(ssl(&context.build()), peer);
    let [recording] = &collector.take()[..] else { panic!("one handshake, one recording") };
    let handshake = Handshake::from_recording(recording);
    let diagnosis = diagnose(&handshake);
    assert_eq!(succeeded, diagnosis.outcome.kind == OutcomeKind::Established, "{diagnosis:?}");
    (handshake, diagnosis)
}

fn reason(algorithm: Compression, lie: Lie) -> String {
    match lie {
        Lie::None => unreachable!("there is none"),
        Lie::Truncated | Lie::Garbage => format!("not valid {algorithm:?}").to_lowercase(),
        Lie::Shorter => "bytes, and the message claims".to_owned(),
        Lie::Longer | Lie::Bomb => "unpacks to more than the".to_owned(),
    }
}

#[test]
fn compressed_certificate_that_lies_is_malformed_and_says_how() {
    for algorithm in offered() {
        for recorded in Recorded::BOTH {
            for lie in Lie::ALL {
                let (_, diagnosis) = meet(recorded, algorithm, lie);
                let first = diagnosis
                    .findings
                    .first()
                    .unwrap_or_else(|| panic!("{recorded:?} {algorithm:?} {lie:?}"));
                let title = format!("{recorded:?} {algorithm:?} {lie:?}: {}", first.summary);
                assert_eq!(first.cause.code(), recorded.malformed(), "{title}");
                assert_eq!(diagnosis.outcome.kind, OutcomeKind::Failed, "{title}");
                assert!(first.summary.contains(&reason(algorithm, lie)), "{title}");
            }
        }
    }
}

#[test]
fn compressed_certificate_that_is_in_order_is_seen_without_a_finding() {
    for algorithm in offered() {
        for recorded in Recorded::BOTH {
            let (handshake, diagnosis) = meet(recorded, algorithm, Lie::None);
            assert!(diagnosis.is_healthy(), "{recorded:?} {algorithm:?}: {diagnosis:?}");
            let chain = handshake.peer_chain().expect("a chain");
            assert_eq!(chain.certificates.len(), 1);
            let how = chain.compression.expect("it came compressed");
            assert_eq!(how.algorithm.0, algorithm as u16);
        }
    }
}

/// A libssl without compression offers none, so that nothing is compressed and nobody can lie.
#[test]
fn compression_that_is_not_offered_is_not_met() {
    for algorithm in Compression::ALL.into_iter().filter(|algorithm| !algorithm.is_available()) {
        for recorded in Recorded::BOTH {
            let (handshake, diagnosis) = meet(recorded, algorithm, Lie::Garbage);
            assert!(diagnosis.is_healthy(), "{recorded:?} {algorithm:?}: {diagnosis:?}");
            assert_eq!(handshake.peer_chain().expect("a chain").compression, None);
        }
    }
}
