//! Certificates that came compressed and that we cannot unpack: what is said of them, and what is not claimed.

#[allow(dead_code, reason = "other tests use the rest")]
mod encoder;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use encoder::{client_hello, extension, message, numbers, vec8, vec16, vec24};
use tlsdiag_core::diagnose::{Cause, CertificateFault, Diagnosis};
use tlsdiag_core::event::{
    ConnectionId, Direction, EventBody, LibraryError, LocalConfiguration, PeerCertificate, Recording, Role,
    State,
};
use tlsdiag_core::handshake::OutcomeKind;
use tlsdiag_core::report::Record;
use tlsdiag_core::{Handshake, diagnose};

const BAD_CERTIFICATE: u8 = 42;
const CERTIFICATE_UNKNOWN: u8 = 46;
const BAD_COMPRESSION_ALGORITHM: i32 = 326;
const BAD_DECOMPRESSION: i32 = 107;
/// 16 MB: more than is unpacked.
const BEYOND: u32 = 0xff_ffff;

fn compressed(algorithm: u16, claimed: u32, body: &[u8]) -> Vec<u8> {
    let head = [&algorithm.to_be_bytes()[..], &claimed.to_be_bytes()[1..]].concat();
    message(25, &[head, vec24(body)].concat())
}

struct HandshakeState(Recording, Role);

impl HandshakeState {
    /// A handshake of TLS 1.3 up to where the peer's Certificate is due; the server asks for one.
    fn new(role: Role) -> Self {
        let local = Arc::new(LocalConfiguration {
            verify_mode: 3,
            peer_certificate: PeerCertificate::Required,
            ..LocalConfiguration::default()
        });
        let mut recording = Recording::new(ConnectionId(1));
        let (time, expected_name) = (SystemTime::UNIX_EPOCH, None);
        let started = EventBody::Started { role, time, peer: None, expected_name, local: &local };
        recording.push(Duration::ZERO, &started);
        let schemes = extension(13, &vec16(&numbers(&[0x0403])));
        let versions = extension(43, &vec8(&numbers(&[0x0304])));
        let compression = extension(27, &vec8(&numbers(&[1, 0x4a4a])));
        let offer = client_hello(&[7; 32], &[], &[0x1301], &[versions, schemes.clone(), compression.clone()]);
        let chosen = vec16(&extension(43, &[3, 4]));
        let answer = [&[3, 3][..], &[9; 32], &vec8(b""), &[0x13, 1, 0], &chosen].concat();
        let request = [vec8(b""), vec16(&[schemes, compression].concat())].concat();
        HandshakeState(recording, role)
            .message(Role::Client, &offer)
            .message(Role::Server, &message(2, &answer))
            .message(Role::Server, &message(8, &vec16(b"")))
            .message(Role::Server, &message(13, &request))
    }

    fn push(mut self, body: &EventBody<'_>) -> Self {
        self.0.push(Duration::from_micros(1), body);
        self
    }

    fn message(self, from: Role, bytes: &[u8]) -> Self {
        let direction = if from == self.1 { Direction::Sent } else { Direction::Received };
        self.push(&EventBody::Message { direction, bytes })
    }

    /// The peer's Certificate, its signature and its Finished.
    fn shows(self, certificate: &[u8]) -> Self {
        let peer = self.1.peer();
        let signature = message(15, &[&[4, 3][..], &vec16(&[1; 70])].concat());
        self.message(peer, certificate).message(peer, &signature).message(peer, &message(20, &[2; 32]))
    }

    fn done(self) -> Self {
        let (resumed, peer_certificate) = (false, None);
        self.push(&EventBody::State(State::HandshakeDone { verify_result: 0, resumed, peer_certificate }))
            .push(&EventBody::ApplicationData { direction: Direction::Received })
    }

    fn refuses(self, description: u8, reason: Option<i32>) -> Self {
        let alert = EventBody::Alert { direction: Direction::Sent, level: 2, description };
        let told = reason.map(|reason| LibraryError { library: 20, reason, ..LibraryError::default() });
        self.push(&alert)
            .push(&EventBody::LibraryErrors(told.as_slice()))
            .push(&EventBody::State(State::Failed { ssl_error: 1, verify_result: 0 }))
    }

    fn told(&self) -> (Diagnosis, Record) {
        let handshake = Handshake::from_recording(&self.0);
        let diagnosis = diagnose(&handshake);
        let record = Record::new(&handshake, &diagnosis);
        (diagnosis, record)
    }
}

fn problem(record: &Record) -> &str {
    let mut problems = record.events.iter().filter_map(|event| event.problem.as_deref());
    problems.next().expect("a problem")
}

#[test]
fn unknown_algorithm_refused_is_malformed_and_names_the_number() {
    let handshake = HandshakeState::new(Role::Server)
        .message(Role::Client, &compressed(0x4a4a, 900, &[7; 100]))
        .refuses(BAD_CERTIFICATE, Some(BAD_COMPRESSION_ALGORITHM));
    let (diagnosis, record) = handshake.told();
    assert_eq!(diagnosis.cause(), Some(Cause::ClientCert(CertificateFault::Malformed)), "{diagnosis:?}");
    assert!(diagnosis.findings[0].summary.contains("0x4a4a"), "{}", diagnosis.findings[0].summary);
    assert!(problem(&record).contains("0x4a4a"), "{}", problem(&record));
}

#[test]
fn unknown_algorithm_established_finds_nothing() {
    for role in [Role::Server, Role::Client] {
        let (diagnosis, _) =
            HandshakeState::new(role).shows(&compressed(0x4a4a, 900, &[7; 100])).done().told();
        assert!(diagnosis.is_healthy(), "{role:?}: {diagnosis:?}");
    }
}

/// What the library cannot unpack and we can is the library's word against ours, and its own decided.
#[test]
fn body_that_only_the_library_cannot_unpack_is_malformed() {
    let zlib = [0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0, 0, 0, 4, 0, 1];
    let handshake = HandshakeState::new(Role::Server)
        .message(Role::Client, &compressed(1, 4, &zlib))
        .refuses(BAD_CERTIFICATE, Some(BAD_DECOMPRESSION));
    let (diagnosis, _) = handshake.told();
    assert_eq!(diagnosis.cause(), Some(Cause::ClientCert(CertificateFault::Malformed)), "{diagnosis:?}");
}

#[test]
fn body_beyond_the_limit_established_says_not_unpacked_and_finds_nothing() {
    for role in [Role::Server, Role::Client] {
        let (diagnosis, record) =
            HandshakeState::new(role).shows(&compressed(1, BEYOND, &[7; 100])).done().told();
        assert!(problem(&record).starts_with("not unpacked"), "{}", problem(&record));
        assert_eq!(diagnosis.outcome.kind, OutcomeKind::Established, "{role:?}");
        assert!(diagnosis.findings.is_empty(), "{role:?}: {diagnosis:?}");
    }
}

#[test]
fn body_beyond_the_limit_refused_is_not_said_to_be_missing() {
    let wrong = [
        Cause::ClientCertMissing,
        Cause::SigalgSignerRefused,
        Cause::SigalgClientKeyIncompatible,
        Cause::ClientCert(CertificateFault::Malformed),
        Cause::ServerCert(CertificateFault::Malformed),
    ];
    for role in [Role::Server, Role::Client] {
        for alert in [BAD_CERTIFICATE, CERTIFICATE_UNKNOWN] {
            let handshake = HandshakeState::new(role).message(role.peer(), &compressed(1, BEYOND, &[7; 100]));
            let (diagnosis, _) = handshake.refuses(alert, None).told();
            assert_eq!(diagnosis.outcome.kind, OutcomeKind::Failed);
            let named: Vec<_> = diagnosis.findings.iter().map(|finding| finding.cause).collect();
            assert!(!named.iter().any(|cause| wrong.contains(cause)), "{role:?}, alert {alert}: {named:?}");
        }
    }
}
