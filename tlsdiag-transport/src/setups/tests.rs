use tlsdiag_core::event::LibraryError;

use super::*;

fn failure(function: &str, file: Option<&str>) -> SetupFailure {
    let mut failure = SetupFailure::new(function, SystemTime::now());
    failure.file = file.map(str::to_owned);
    failure
}

fn failed(context: u64, function: &str, file: &str) -> SetupEvent {
    SetupEvent::Failed { context, failure: Box::new(failure(function, Some(file))), beside_others: false }
}

fn succeeded(context: u64, kind: SetupKind, file: &str) -> SetupEvent {
    SetupEvent::Succeeded { context, kind, file: Some(file.to_owned()), beside: None }
}

fn used(context: u64) -> SetupEvent {
    SetupEvent::Used { context, by: 1 }
}

const FREED: SetupEvent = SetupEvent::Freed { context: 1 };

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
    assert_eq!(left([failed(1, KEY, "a"), FREED]), [KEY]);
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
    let again = [failed(1, KEY, "a"), FREED, succeeded(2, SetupKind::Key, "a")];
    assert_eq!(left(again), [""; 0], "the same with another context");
    // The address is another context's by now.
    let other = [failed(1, KEY, "a"), FREED, succeeded(1, SetupKind::Key, "b")];
    assert_eq!(left(other), [KEY]);
}

#[test]
fn what_need_not_be_there_is_forgotten_when_the_program_goes_on() {
    let list = failed(1, "X509_STORE_load_locations", "root.crl");
    assert_eq!(left([list.clone(), used(1)]), [""; 0]);
    assert_eq!(left([list.clone(), FREED, used(2)]), [""; 0], "with another context");
    assert_eq!(left([list, FREED]).len(), 1, "it does not go on");
    // Nobody knows yet; and no handshake failed for it.
    assert_eq!(left([failed(1, KEY, "a"), used(1)]), [""; 0]);
    assert_eq!(left([failed(1, KEY, "a"), FREED, used(2)]), [KEY], "what was refused stays so");
}

/// A failure for this pair of files, and a success with another context.
fn pair(errors: (i32, i32), beside_others: bool, certificate: &str, key: &str) -> [SetupEvent; 3] {
    let mut failure = failure(KEY, Some("a.key"));
    failure.certificate_file = Some("a.pem".to_owned());
    let (library, reason) = errors;
    failure.errors = vec![tlsdiag_core::event::LibraryError { library, reason, ..Default::default() }];
    let (file, beside) = (Some(key.to_owned()), Some(certificate.to_owned()));
    [
        SetupEvent::Failed { context: 1, failure: Box::new(failure), beside_others },
        FREED,
        SetupEvent::Succeeded { context: 2, kind: SetupKind::Key, file, beside },
    ]
}

#[test]
fn another_context_makes_up_for_the_same_thing() {
    const MISMATCH: (i32, i32) = (11, 116);
    const MISSING: (i32, i32) = (2, 2);
    assert_eq!(left(pair(MISMATCH, false, "a.pem", "b.key")), [""; 0], "the right key of its certificate");
    assert_eq!(left(pair(MISMATCH, false, "b.pem", "b.key")), [KEY], "another virtual host");
    assert_eq!(left(pair(MISSING, false, "b.pem", "b.key")), [""; 0], "a default in its place");
    assert_eq!(left(pair(MISSING, true, "b.pem", "b.key")), [KEY], "one of several");
    let [failed, _, succeeded] = pair(MISSING, false, "b.pem", "b.key");
    assert_eq!(left([failed, succeeded]), [KEY], "its context lives");
    let [failed, freed, succeeded] = pair(MISSING, false, "b.pem", "b.key");
    assert_eq!(left([succeeded, failed, freed]), [KEY], "nothing came later");
    let compared = |certificate: &str| {
        let mut failure = failure("SSL_CTX_check_private_key", None);
        failure.certificate_file = Some("a.pem".to_owned());
        let (kind, beside) = (SetupKind::CheckKey, Some(certificate.to_owned()));
        [
            SetupEvent::Failed { context: 1, failure: Box::new(failure), beside_others: false },
            FREED,
            SetupEvent::Succeeded { context: 2, kind, file: None, beside },
        ]
    };
    assert_eq!(left(compared("a.pem")), [""; 0]);
    assert_eq!(left(compared("b.pem")).len(), 1, "another virtual host");
}

#[test]
fn whoever_makes_another_context_may_go_on_with_that() {
    let mut setups = Setups::default();
    let now = Instant::now();
    setups.event(failed(1, "BIO_new_file", "a"), now);
    setups.event(FREED, now);
    let kind = SetupKind::Context;
    setups.event(SetupEvent::Succeeded { context: 2, kind, file: None, beside: None }, now);
    assert!(setups.due(now + 2 * GRACE).is_empty());
    setups.event(failed(2, "BIO_new_file", "a"), now);
    setups.event(SetupEvent::Freed { context: 2 }, now);
    assert_eq!(setups.due(now + 2 * GRACE).len(), 1, "it failed once more");
    assert!(setups.take().is_empty());
    setups.event(failed(3, "BIO_new_file", "a"), now);
    setups.event(SetupEvent::Succeeded { context: 4, kind, file: None, beside: None }, now);
    assert_eq!(setups.take().len(), 1, "it did not");
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
    setups.event(FREED, now);
    assert!(setups.due(now).is_empty() && !setups.is_empty());
    assert_eq!(setups.due(now + GRACE).len(), 1);
    assert!(setups.is_empty() && setups.take().is_empty());
}

#[test]
fn handshakes_decide_where_the_program_goes_on() {
    use tlsdiag_core::event::{ConnectionId, Recording};
    let mut record = Record::from_recording(&Recording::new(ConnectionId(1)));
    let mut unwell = Setups::default();
    unwell.event(failed(1, "SSL_CTX_load_verify_locations", "a"), Instant::now());
    unwell.event(used(1), Instant::now());
    let later = SystemTime::now();
    record.outcome = "failed".to_owned();
    record.diagnosis.cause = Some("server_cert.unknown_issuer".to_owned());
    unwell.handshake(&record, later);
    record.outcome = "established".to_owned();
    record.diagnosis.cause = None;
    let mut healthy = Setups::default();
    healthy.event(failed(1, "SSL_CTX_load_verify_locations", "a"), Instant::now());
    healthy.event(used(1), Instant::now());
    healthy.handshake(&record, later);
    assert_eq!((unwell.take().len(), healthy.take().len()), (1, 0));
    // Before any context was made: it is not told which one was.
    record.diagnosis.findings.clear();
    assert!(record.is_healthy());
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
    overtaken.event(used(1), Instant::now());
    assert_eq!(overtaken.take().len(), 1);
    record.outcome = "established".to_owned();
    record.diagnosis.cause = None;
    // A handshake that ended before says nothing.
    let mut early = Setups::default();
    early.handshake(&record, SystemTime::UNIX_EPOCH);
    early.event(failed(1, KEY, "a"), Instant::now());
    assert_eq!(early.take().len(), 1);
}

#[test]
fn a_forked_process_goes_on_for_the_one_that_failed() {
    use tlsdiag_core::event::{ConnectionId, Recording};
    let mut record = Record::from_recording(&Recording::new(ConnectionId(1)));
    record.outcome = "failed".to_owned();
    record.diagnosis.cause = Some("server_cert.unknown_issuer".to_owned());
    let mut child = Setups::default();
    child.handshake(&record, SystemTime::now() + GRACE);
    let mut parent = Setups::default();
    parent.event(failed(1, "SSL_CTX_load_verify_locations", "a"), Instant::now());
    assert!(!parent.concern(7));
    parent.event(SetupEvent::Used { context: 1, by: 7 }, Instant::now());
    assert!(parent.concern(7));
    parent.heir_ended(child.ended());
    assert_eq!(parent.take().len(), 1, "it failed there for want of it");
}

#[test]
fn a_key_that_is_looked_for_in_two_places_is_told_of_the_second() {
    const READ: &str = "PEM_read_bio_PrivateKey";
    let read = |file, (library, reason)| {
        let mut failure = failure(READ, Some(file));
        failure.errors = vec![LibraryError { library, reason, ..LibraryError::default() }];
        SetupEvent::Failed { context: 0, failure: Box::new(failure), beside_others: false }
    };
    const NO_START_LINE: (i32, i32) = (9, 108);
    const BAD_PASSWORD: (i32, i32) = (9, 104);
    let files = |events: [SetupEvent; 2]| {
        let mut setups = Setups::default();
        events.into_iter().for_each(|event| setups.event(event, Instant::now()));
        setups.take().into_iter().filter_map(|failure| failure.file).collect::<Vec<_>>()
    };
    let locked = read("site.pem.key", BAD_PASSWORD);
    assert_eq!(files([read("site.pem", NO_START_LINE), locked.clone()]), ["site.pem.key"]);
    assert_eq!(files([read("other.pem", NO_START_LINE), locked]).len(), 2, "two sites");
}
