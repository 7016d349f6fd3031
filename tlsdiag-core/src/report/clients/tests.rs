use std::net::SocketAddr;

use super::*;
use crate::event::{Direction, Role, TransportEnd};
use crate::handshake::{
    Answer, At, Broken, Chain, Done, Offer, Outcome, OutcomeKind, Presented, Request, Step, StepKind,
};
use crate::wire::{HandshakeType, SignatureScheme};

const PSS: SignatureScheme = SignatureScheme(0x0804);
const PKCS1: SignatureScheme = SignatureScheme(0x0401);

/// A server's handshake of TLS 1.2 that asks for a certificate, so many milliseconds after the first.
fn asked(millis: u64, peer: &str) -> Handshake {
    let mut handshake = Handshake::blank(Role::Server);
    handshake.connection.0 = millis;
    handshake.time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000_000 + millis);
    handshake.duration = Duration::from_millis(50);
    handshake.peer = peer.parse::<SocketAddr>().ok();
    handshake.offer = Some(At { event: 1, value: Offer { random: vec![7; 32], ..Offer::default() } });
    handshake.answer = Some(At { event: 2, value: Answer::plain() });
    let request = Request { signature_schemes: Some(vec![PSS, PKCS1]), ..Request::default() };
    handshake.request = Some(At { event: 3, value: request });
    let kind = HandshakeType::SERVER_HELLO_DONE;
    let kind = StepKind::Message { direction: Direction::Sent, kind, retry: false, size: 4 };
    handshake.timeline.push(Step { event: 4, elapsed: Duration::from_millis(5), kind });
    handshake
}

fn left_by(peer: &str, millis: u64) -> Handshake {
    let mut handshake = asked(millis, peer);
    let value = Broken { direction: Direction::Received, end: TransportEnd::Eof, errno: 0 };
    handshake.transport = Some(At { event: 7, value });
    handshake.heard_tls = true;
    handshake.outcome = Outcome {
        kind: OutcomeKind::Abandoned,
        by: Some(crate::handshake::By::Transport),
        stage: Some(HandshakeType::CERTIFICATE),
    };
    handshake
}

fn let_in(peer: &str, millis: u64, scheme: SignatureScheme) -> Handshake {
    let mut handshake = asked(millis, peer);
    handshake.done =
        Some(At { event: 9, value: Done { verify_result: 0, resumed: false, peer_certificate: None } });
    handshake.client_signature = Some(At { event: 8, value: scheme });
    handshake.outcome = Outcome { kind: OutcomeKind::Established, by: None, stage: None };
    handshake
}

const ONE: &str = "192.0.2.1:1000";
const OTHER: &str = "192.0.2.2:1000";

fn records(handshakes: &[Handshake]) -> Vec<Record> {
    let mut clients = Clients::new();
    let process = || Process::new(7, None);
    handshakes.iter().map(|handshake| clients.record(handshake, process())).collect()
}

fn verdicts(records: &[Record]) -> Vec<&str> {
    records.iter().map(Record::verdict).collect()
}

const NOTE: &str = "note.client_asks_user";
const REFUSED: &str = "sigalg.signer_refused";

#[test]
fn a_page_view_of_a_browser_has_no_failure() {
    let view = [left_by(ONE, 0), left_by(ONE, 20), let_in(ONE, 4_000, PSS)];
    let mut records = records(&view);
    assert_eq!(verdicts(&records), [NOTE, NOTE, "ok"]);
    assert!(!records.iter().any(Record::is_failure));
    assert!(records[0].diagnosis.findings[0].alternatives.iter().any(|other| other.cause == REFUSED));
    let told: Vec<_> = records[2].earlier.iter().map(|one| (&one.id, one.became.as_str())).collect();
    assert_eq!(told, [(&records[0].id, "withdrawn"), (&records[1].id, "withdrawn")]);
    assert!(
        records[2].one_line().contains("withdrawn, of 2 earlier connections"),
        "{}",
        records[2].one_line()
    );
    // A reader of all of them leaves the suspicion out.
    join_clients(&mut records);
    assert_eq!(verdicts(&records), [NOTE, NOTE, "ok"]);
    assert!(records[0].diagnosis.findings[0].alternatives.is_empty());
    assert_eq!(records[2].earlier.len(), 2, "it is told once");
}

#[test]
fn a_card_that_never_signs_is_named_by_its_second_attempt_and_proven_by_the_change() {
    let mut mended = let_in(ONE, 30_000, PKCS1);
    mended.request.as_mut().expect("a request").value.signature_schemes = Some(vec![PKCS1]);
    let tries = [left_by(ONE, 0), left_by(ONE, 8_000), mended];
    let mut records = records(&tries);
    assert_eq!(verdicts(&records), [NOTE, REFUSED, "ok"]);
    assert!(records[1].is_failure() && records[1].diagnosis.findings[0].confidence == "possible");
    assert!(
        records[2].is_healthy() && records[2].one_line().contains("confirmed"),
        "{:?}",
        records[2].earlier
    );
    join_clients(&mut records);
    assert_eq!(verdicts(&records), [REFUSED, REFUSED, "ok"]);
    let proven = &records[0].diagnosis.findings[0];
    assert_eq!((proven.confidence.as_str(), proven.severity.as_str()), ("certain", "error"));
    assert!(proven.evidence[0].value.contains("rsa_pss_rsae_sha256 left CertificateRequest"));
}

/// Two programs of one kind on one host: the one that does not trust this server comes again and again, the other one is let in.
#[test]
fn a_success_of_the_same_kind_leaves_open_what_the_client_minded() {
    let showing = |millis| {
        let mut handshake = left_by(ONE, millis);
        let shown = Presented { der: std::sync::Arc::from(&b""[..]), certificate: std::sync::Arc::default() };
        let chain = Chain { certificates: vec![shown], ..Chain::default() };
        handshake.server_chain = Some(At { event: 4, value: chain });
        handshake
    };
    let mut records = records(&[showing(0), showing(8_000), let_in(ONE, 9_000, PSS)]);
    assert_eq!(verdicts(&records), [NOTE, REFUSED, "ok"]);
    join_clients(&mut records);
    let open = |record: &Record| {
        let mut others = record.diagnosis.findings[0].alternatives.iter();
        others.any(|one| one.cause == "server_cert.unknown_issuer")
    };
    assert_eq!(verdicts(&records), [NOTE, NOTE, "ok"]);
    assert!(open(&records[1]), "it had come again");
    assert!(!open(&records[0]));
}

#[test]
fn clients_are_told_apart_by_their_addresses() {
    let both = [left_by(ONE, 0), left_by(OTHER, 8_000), let_in(OTHER, 9_000, PSS), left_by(ONE, 21_000)];
    assert_eq!(verdicts(&records(&both)), [NOTE, NOTE, "ok", REFUSED]);
}

#[test]
fn a_stream_of_failures_alone_raises_nothing() {
    let mut clients = Clients::new().without_successes(true);
    let tries = [left_by(ONE, 0), left_by(ONE, 8_000), left_by(ONE, 20_000)];
    let mut records: Vec<_> = tries.iter().map(|one| clients.record(one, Process::new(7, None))).collect();
    assert_eq!(verdicts(&records), [NOTE, NOTE, NOTE]);
    join_clients(&mut records);
    assert_eq!(verdicts(&records), [NOTE, NOTE, NOTE]);
}

#[test]
fn what_each_worker_saw_is_joined_by_the_reader() {
    // Each of two workers sees every other connection.
    let own = |handshakes: &[Handshake]| records(handshakes);
    let mut all = own(&[left_by(ONE, 0), let_in(ONE, 16_000, PSS)]);
    all.splice(1..1, own(&[left_by(ONE, 8_000)]));
    assert_eq!(verdicts(&all), [NOTE, NOTE, "ok"]);
    join_clients(&mut all);
    assert_eq!(verdicts(&all), [NOTE, NOTE, "ok"]);
    assert_eq!(all[2].earlier.len(), 2);

    let mut tries = own(&[left_by(ONE, 0)]);
    tries.extend(own(&[left_by(ONE, 8_000)]));
    join_clients(&mut tries);
    assert_eq!(verdicts(&tries), [NOTE, REFUSED]);

    // One knew of no success: it is mistaken, wherever the record stands.
    let mut mistaken = own(&[left_by(ONE, 9_000), left_by(ONE, 20_000)]);
    assert_eq!(verdicts(&mistaken), [NOTE, REFUSED]);
    mistaken.extend(own(&[let_in(ONE, 0, PSS)]));
    join_clients(&mut mistaken);
    assert_eq!(verdicts(&mistaken), [NOTE, NOTE, "ok"]);
}

#[test]
fn a_pipe_is_told_as_it_comes() {
    let mut alone: Vec<Record> = [left_by(ONE, 0), left_by(ONE, 8_000), let_in(ONE, 12_000, PSS)]
        .iter()
        .flat_map(|one| records(std::slice::from_ref(one)))
        .collect();
    assert_eq!(verdicts(&alone), [NOTE, NOTE, "ok"]);
    let mut joined = JoinedClients::default();
    alone.iter_mut().for_each(|record| joined.tell_at_once(record));
    assert_eq!(verdicts(&alone), [NOTE, REFUSED, "ok"]);
    assert_eq!(alone[2].earlier.len(), 2);
}

#[test]
fn memory_is_bounded_in_clients_and_in_time() {
    let mut clients = Clients::new();
    let process = || Process::new(7, None);
    for number in 0..5_000_u64 {
        let peer = format!("10.{}.{}.{}:9", number >> 16, number >> 8 & 255, number & 255);
        clients.record(&left_by(&peer, number), process());
        assert!(clients.known.len() <= MOST_CLIENTS);
    }
    // The oldest went, the newest did not.
    assert_eq!(clients.record(&left_by("10.0.0.0:9", 20_000), process()).verdict(), NOTE);
    assert_eq!(clients.record(&left_by("10.0.19.135:9", 20_000), process()).verdict(), REFUSED);
    // After ten minutes it is a client like any other.
    let late = 20_000 + 11 * 60 * 1000;
    assert_eq!(clients.record(&left_by("10.0.19.135:9", late), process()).verdict(), NOTE);
    for number in 0..100 {
        clients.record(&left_by(ONE, late + number * 7_919), process());
    }
    let ends = clients.known.values().map(|known| known.ends.len()).max();
    assert_eq!(ends, Some(MOST_ENDS));
}

#[test]
fn a_damaged_time_is_no_harm() {
    let mut records = records(&[left_by(ONE, 0), left_by(ONE, 8_000), let_in(ONE, 9_000, PSS)]);
    records[0].time = "yesterday".to_owned();
    records[1].duration_us = u64::MAX;
    records[2].time = "-009999-01-02T01:59:59Z".to_owned();
    join_clients(&mut records);
    assert_eq!(records.len(), 3);
}
