use proptest::prelude::*;

use super::*;

fn either() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Sent), Just(Direction::Received)]
}

/// An event of each kind that has an entry, made of these numbers and this text.
fn bodies<'a>(
    direction: Direction,
    (a, b): (i32, i64),
    (yes, other): (bool, bool),
    text: &'a str,
    errors: &'a [LibraryError],
    local: &'a Arc<LocalConfiguration>,
) -> Vec<EventBody<'a>> {
    let bytes = text.as_bytes();
    let [c, d, e, f] = a.to_ne_bytes();
    let certificate = (!bytes.is_empty()).then_some(bytes);
    let ends = [
        TransportEnd::Eof,
        TransportEnd::Reset,
        TransportEnd::Timeout,
        TransportEnd::Other,
        TransportEnd::ShutDownHere,
        TransportEnd::NotConnected,
    ];
    let mut bodies = vec![
        EventBody::Message { direction, bytes },
        EventBody::Record { direction, header: [c, d, e, f, 0] },
        EventBody::ChangeCipherSpec { direction },
        EventBody::Alert { direction, level: c, description: d },
        EventBody::ApplicationData { direction },
        EventBody::Wire { direction, bytes },
        EventBody::Verify { depth: a as u32, ok: yes, accepted: other, error: a, certificate },
        EventBody::NameChecked { name: text, matches: yes },
        EventBody::SecurityDenied { operation: a, bits: b as i32, nid: !a },
        EventBody::Unacknowledged { bytes: a as u32 },
        EventBody::Received { bytes: b as u64 },
        EventBody::State(State::HandshakeStarted),
        EventBody::State(State::Freed),
        EventBody::State(State::Step(text)),
        EventBody::State(State::HandshakeDone { verify_result: b, resumed: false, peer_certificate: None }),
        EventBody::State(State::HandshakeDone {
            verify_result: b,
            resumed: true,
            peer_certificate: yes.then_some(other),
        }),
        EventBody::State(State::Failed { ssl_error: a, verify_result: b }),
        EventBody::Reconfigured { local },
        EventBody::LibraryErrors(errors),
    ];
    bodies.extend(ends.map(|end| EventBody::Transport { direction, end, errno: a }));
    bodies
}

proptest! {
    #[test]
    fn an_event_comes_out_as_it_went_in(
        direction in either(),
        numbers in any::<(i32, i64)>(),
        flags in any::<(bool, bool)>(),
        text in ".{0,40}",
    ) {
        let errors = [LibraryError { data: text.clone(), ..Default::default() }];
        let local = Arc::new(LocalConfiguration { security_level: numbers.0, ..Default::default() });
        let bodies = bodies(direction, numbers, flags, &text, &errors, &local);
        let mut tables = Tables::default();
        let mut kinds = Vec::new();
        for body in &bodies {
            let entry = Entry::encode(body, &mut tables).unwrap();
            let bytes = [entry.head(), entry.bytes].concat();
            prop_assert_eq!(bytes.len(), entry.len());
            let sent = if entry.sent { Direction::Sent } else { Direction::Received };
            let decoded = decode(entry.kind as u8, sent, &bytes, &tables);
            prop_assert_eq!(format!("{:?}", Some(body)), format!("{decoded:?}"));
            kinds.push(entry.kind);
        }
        prop_assert!(EntryKind::ALL.iter().all(|kind| kinds.contains(kind)));
    }

    #[test]
    fn no_bytes_make_it_panic(
        about in any::<u8>(),
        direction in either(),
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        decode(about, direction, &bytes, &Tables::default());
    }
}

#[test]
fn a_kind_is_found_by_its_number() {
    for kind in EntryKind::ALL {
        assert_eq!(EntryKind::from_byte(kind as u8), Some(kind));
    }
    assert_eq!(EntryKind::from_byte(0), None);
    assert_eq!(EntryKind::from_byte(20), None);
}
