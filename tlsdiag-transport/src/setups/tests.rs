use super::*;

fn failure(function: &str, file: Option<&str>) -> SetupFailure {
    let mut failure = SetupFailure::new(function, SystemTime::now());
    failure.file = file.map(str::to_owned);
    failure
}

fn failed(context: u64, function: &str, file: &str) -> SetupEvent {
    SetupEvent::Failed { context, failure: Box::new(failure(function, Some(file))) }
}

fn succeeded(context: u64, kind: SetupKind, file: &str) -> SetupEvent {
    SetupEvent::Succeeded { context, kind, file: Some(file.to_owned()) }
}

/// What counts of these events at the end of the process, by function.
fn left(events: impl IntoIterator<Item = SetupEvent>) -> Vec<String> {
    let mut setups = Setups::default();
    let now = Instant::now();
    events.into_iter().for_each(|event| setups.event(event, now));
    setups.take().into_iter().map(|failure| failure.function).collect()
}

const KEY: &str = "SSL_CTX_use_PrivateKey_file";

#[test]
fn a_failure_that_nothing_makes_up_for_counts_at_the_end() {
    assert_eq!(left([failed(1, KEY, "a")]), [KEY]);
    assert_eq!(left([failed(1, KEY, "a"), SetupEvent::Freed { context: 1 }]), [KEY]);
    assert_eq!(
        left([failed(1, KEY, "a"), succeeded(2, SetupKind::Key, "b")]),
        [KEY],
        "another key elsewhere"
    );
    assert_eq!(left([failed(1, KEY, "a"), succeeded(1, SetupKind::Trust, "a")]), [KEY]);
}

#[test]
fn a_later_success_makes_up_for_it() {
    assert_eq!(left([failed(1, KEY, "a"), succeeded(1, SetupKind::Key, "b")]), [""; 0], "another file");
    let again = [failed(1, KEY, "a"), SetupEvent::Freed { context: 1 }, succeeded(2, SetupKind::Key, "a")];
    assert_eq!(left(again), [""; 0], "the same with another context");
    // The address is another context's by now.
    let other = [failed(1, KEY, "a"), SetupEvent::Freed { context: 1 }, succeeded(1, SetupKind::Key, "b")];
    assert_eq!(left(other), [KEY]);
}

#[test]
fn what_need_not_be_there_is_forgotten_when_the_program_goes_on() {
    let used = SetupEvent::Used { context: 1 };
    assert_eq!(left([failed(1, "X509_STORE_load_locations", "root.crl"), used.clone()]), [""; 0]);
    // Nobody knows yet; and no handshake failed for it.
    assert_eq!(left([failed(1, KEY, "a"), used]), [""; 0]);
}

#[test]
fn one_failure_is_told_once() {
    let wrong = [failed(1, KEY, "a"), failed(1, KEY, "a"), failed(1, "SSL_CTX_check_private_key", "a")];
    assert_eq!(left(wrong), [KEY]);
    let two = [failed(1, KEY, "a"), failed(1, "SSL_CTX_use_certificate_file", "b")];
    assert_eq!(left(two).len(), 2);
}

#[test]
fn a_context_that_was_freed_has_its_failure_after_a_while() {
    let mut setups = Setups::default();
    let now = Instant::now();
    setups.event(failed(1, KEY, "a"), now);
    assert!(setups.due(now + 2 * GRACE).is_empty(), "it may still be tried again");
    setups.event(SetupEvent::Freed { context: 1 }, now);
    assert!(setups.due(now).is_empty() && !setups.is_empty());
    assert_eq!(setups.due(now + GRACE).len(), 1);
    assert!(setups.is_empty() && setups.take().is_empty());
}

#[test]
fn handshakes_decide_where_the_program_goes_on() {
    use tlsdiag_core::event::{ConnectionId, Recording};
    let mut record = Record::from_recording(&Recording::new(ConnectionId(1)));
    let mut used = Setups::default();
    used.event(failed(1, "SSL_CTX_load_verify_locations", "a"), Instant::now());
    used.event(SetupEvent::Used { context: 1 }, Instant::now());
    let later = SystemTime::now();
    record.outcome = "failed".to_owned();
    record.diagnosis.cause = Some("server_cert.unknown_issuer".to_owned());
    used.handshake(&record, later);
    record.outcome = "established".to_owned();
    record.diagnosis.cause = None;
    let mut healthy = Setups::default();
    healthy.event(failed(1, "SSL_CTX_load_verify_locations", "a"), Instant::now());
    healthy.event(SetupEvent::Used { context: 1 }, Instant::now());
    healthy.handshake(&record, later);
    assert_eq!((used.take().len(), healthy.take().len()), (1, 0));
    // Before any context was made: it is not told which one was.
    let mut before_any = Setups::default();
    before_any.event(failed(0, "X509_check_private_key", "a"), Instant::now());
    before_any.handshake(&record, SystemTime::now());
    assert!(before_any.is_empty());
    // The record of a handshake may come before what is told of the setup.
    let mut overtaken = Setups::default();
    record.outcome = "failed".to_owned();
    record.diagnosis.cause = Some("server_cert.unknown_issuer".to_owned());
    let before = failed(1, "SSL_CTX_load_verify_locations", "a");
    overtaken.handshake(&record, SystemTime::now() + GRACE);
    overtaken.event(before, Instant::now());
    overtaken.event(SetupEvent::Used { context: 1 }, Instant::now());
    assert_eq!(overtaken.take().len(), 1);
    record.outcome = "established".to_owned();
    record.diagnosis.cause = None;
    // A handshake that ended before says nothing.
    let mut early = Setups::default();
    early.handshake(&record, SystemTime::UNIX_EPOCH);
    early.event(failed(1, KEY, "a"), Instant::now());
    assert_eq!(early.take().len(), 1);
}
