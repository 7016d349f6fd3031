use super::*;
use crate::event::{Direction, LibraryError};

fn message(bytes: &[u8]) -> EventBody<'_> {
    EventBody::Message { direction: Direction::Sent, bytes }
}

fn started(local: &Arc<LocalConfiguration>) -> EventBody<'_> {
    EventBody::Started {
        role: Role::Client,
        time: SystemTime::UNIX_EPOCH,
        peer: None,
        expected_name: Some("example.org"),
        local,
    }
}

#[test]
fn what_goes_in_comes_out_in_order() {
    let mut recording = Recording::new(ConnectionId(7));
    let local = Arc::new(LocalConfiguration { security_level: 2, ..Default::default() });
    assert_eq!(recording.push(Duration::ZERO, &started(&local)), Some(0));
    assert_eq!(recording.push(Duration::from_micros(3), &message(b"\x01\0\0\0")), Some(1));
    let errors = [LibraryError { reason: 199, ..Default::default() }];
    recording.push(Duration::from_micros(4), &EventBody::LibraryErrors(&errors));

    let events: Vec<_> = recording.events().collect();
    assert_eq!((events.len(), recording.len()), (3, 3));
    match events[0].body {
        EventBody::Started { role: Role::Client, expected_name: Some("example.org"), local, .. } => {
            assert_eq!(local.security_level, 2);
        }
        ref other => panic!("{other:?}"),
    }
    match events[1].body {
        EventBody::Message { bytes, .. } => assert_eq!(bytes, b"\x01\0\0\0"),
        ref other => panic!("{other:?}"),
    }
    assert_eq!(events[1].elapsed, Duration::from_micros(3));
    assert_eq!((events[2].connection, events[2].sequence), (ConnectionId(7), 2));
    assert!(matches!(events[2].body, EventBody::LibraryErrors([error]) if error.reason == 199));
    // The beginning is the first event or none.
    assert_eq!(recording.push(Duration::ZERO, &started(&local)), None);
    assert_eq!((recording.len(), recording.missed()), (3, 1));
}

#[test]
fn it_is_bounded_and_counts_what_it_drops() {
    let mut recording = Recording::new(ConnectionId(1));
    let big = vec![0; Recording::MAX_BYTES - 2 * log::HEAD - 10];
    assert!(recording.push(Duration::ZERO, &message(&big)).is_some());
    assert_eq!(recording.push(Duration::ZERO, &message(&[0; 11])), None);
    assert!(recording.push(Duration::ZERO, &message(&[0; 10])).is_some());
    assert_eq!(recording.push(Duration::ZERO, &message(&[])), None);
    assert_eq!((recording.len(), recording.missed()), (2, 2));
    recording.reset(ConnectionId(2));
    for _ in 0..=Recording::MAX_EVENTS {
        recording.push(Duration::ZERO, &message(&[]));
    }
    assert_eq!((recording.len(), recording.missed()), (Recording::MAX_EVENTS, 1));
    // Somebody else's log is held to the same bounds.
    let mut log = recording.log.clone();
    log::append(&mut log, 0, &Entry::encode(&message(b"!"), &mut Tables::default()).unwrap());
    recording.give_log(log);
    assert_eq!((recording.len(), recording.missed()), (Recording::MAX_EVENTS, 2));
    recording.reset(ConnectionId(3));
    assert_eq!((recording.len(), recording.missed()), (0, 0));
}

#[test]
fn a_secret_is_never_kept() {
    let mut recording = Recording::new(ConnectionId(1));
    let secret = EventBody::Secret(super::super::Secret::new("CLIENT_RANDOM 00 feed"));
    assert_eq!(recording.push(Duration::ZERO, &secret), None);
    assert!(recording.is_empty() && recording.missed() == 0);
}

#[test]
fn what_is_added_later_fits_the_pace_of_what_is_there() {
    let mut recording = Recording::new(ConnectionId(1));
    recording.set_pace(Pace { began: 1000, rate: (1 << 32) / 3 });
    for nanoseconds in [1, 5, 1_000_000_007] {
        recording.push(Duration::from_nanos(nanoseconds), &message(b""));
        let last = recording.events().last().unwrap().elapsed.as_nanos() as u64;
        assert!(last.abs_diff(nanoseconds) <= 1 + nanoseconds / 1_000_000, "{last} for {nanoseconds}");
    }
}
