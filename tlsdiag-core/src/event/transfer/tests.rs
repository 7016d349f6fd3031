use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::*;
use crate::event::log::{self, Entry, Pace, Tables};
use crate::event::{
    ConnectionId, Direction, EventBody, LibraryError, LocalCertificate, LocalKey, PeerCertificate, Role,
    State, TransportEnd, TrustAnchors,
};

fn configuration(level: i32) -> Arc<LocalConfiguration> {
    Arc::new(LocalConfiguration {
        library: "OpenSSL 3".to_owned(),
        library_number: 0x3000_0130,
        minimum_version: 0x0303,
        cipher_suites: vec![0x1301, 0xc02f],
        groups: Some(vec![29]),
        certificates: vec![LocalCertificate {
            certificate: vec![0x30, 1],
            chain: vec![vec![0x30, 2], vec![]],
            key: Some(LocalKey { algorithm: 6, bits: 2048, matches_certificate: true }),
            bad_signature: Some(0),
        }],
        verify_mode: 3,
        verify_depth: -1,
        verify_flags: 1 << 40,
        ca_names: vec![vec![1; 300]],
        trust_anchors: TrustAnchors {
            count: 2,
            subjects: vec![vec![7], vec![8]],
            certificates: vec![vec![9]],
        },
        security_level: level,
        options: u64::MAX,
        certificate_callback: true,
        peer_certificate: PeerCertificate::Required,
        expects_proxy_header: true,
        ..Default::default()
    })
}

/// One event of every kind that a recording keeps.
fn everything(local: &Arc<LocalConfiguration>, other: &Arc<LocalConfiguration>) -> Recording {
    let errors = [LibraryError { library: 20, reason: -1, data: "é".to_owned(), ..Default::default() }];
    let (sent, received) = (Direction::Sent, Direction::Received);
    let bodies = [
        EventBody::Started {
            role: Role::Server,
            time: SystemTime::UNIX_EPOCH + Duration::from_nanos(1_700_000_000_123_456_789),
            peer: Some("[::1]:443".parse().unwrap()),
            expected_name: Some("example.org"),
            local,
        },
        EventBody::State(State::HandshakeStarted),
        EventBody::Record { direction: received, header: [22, 3, 1, 0, 9] },
        EventBody::Message { direction: received, bytes: &[1; 300] },
        EventBody::Reconfigured { local: other },
        EventBody::Message { direction: sent, bytes: &[] },
        EventBody::ChangeCipherSpec { direction: sent },
        EventBody::State(State::Step("SSLv3/TLS write server hello")),
        EventBody::Verify { depth: 1, ok: false, accepted: true, error: 18, certificate: Some(&[0x30]) },
        EventBody::Verify { depth: 0, ok: true, accepted: true, error: 0, certificate: None },
        EventBody::SecurityDenied { operation: 65537, bits: 0, nid: -5 },
        EventBody::Wire { direction: received, bytes: &[23, 3, 3] },
        EventBody::LibraryErrors(&errors),
        EventBody::Alert { direction: received, level: 2, description: 48 },
        EventBody::Transport { direction: sent, end: TransportEnd::Reset, errno: 104 },
        EventBody::Unacknowledged { bytes: u32::MAX },
        EventBody::Received { bytes: u64::MAX },
        EventBody::NameChecked { name: "pool.example", matches: true },
        EventBody::ApplicationData { direction: received },
        EventBody::State(State::HandshakeDone {
            verify_result: 18,
            resumed: true,
            peer_certificate: Some(false),
        }),
        EventBody::State(State::Failed { ssl_error: 1, verify_result: -1 }),
        EventBody::State(State::Freed),
    ];
    let mut recording = Recording::new(ConnectionId(u64::MAX));
    for (number, body) in bodies.iter().enumerate() {
        assert!(recording.push(Duration::from_nanos(number as u64 * 1000), body).is_some());
    }
    recording.miss();
    recording
}

/// What a hook logs of a handshake.
fn entries() -> Vec<u8> {
    let (sent, received) = (Direction::Sent, Direction::Received);
    let bodies = [
        EventBody::State(State::HandshakeStarted),
        EventBody::Record { direction: received, header: [22, 3, 1, 0, 9] },
        EventBody::Message { direction: received, bytes: &[1; 300] },
        EventBody::SecurityDenied { operation: 4, bits: -112, nid: 1 },
        EventBody::ChangeCipherSpec { direction: sent },
        EventBody::Message { direction: sent, bytes: &[] },
        EventBody::State(State::HandshakeDone { verify_result: 18, resumed: false, peer_certificate: None }),
    ];
    let mut log = Vec::new();
    for (moment, body) in (990..).step_by(10).zip(&bodies) {
        log::append(&mut log, moment, &Entry::encode(body, &mut Tables::default()).unwrap());
    }
    log
}

fn event_log<'a>(local: &'a Arc<LocalConfiguration>, entries: &'a [u8], peer: Option<&str>) -> EventLog<'a> {
    EventLog {
        connection: ConnectionId(7),
        time: 1_700_000_000_123_456_789,
        pace: Pace { began: 990, rate: 3 << 32 },
        peer: peer.map(|peer| peer.parse().unwrap()),
        local,
        entries,
    }
}

/// A packer and an unpacker that both know this configuration.
fn acquainted(local: &Arc<LocalConfiguration>) -> (Packer, Unpacker) {
    let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
    let packed = packed(Some(&mut packer), &everything(local, local));
    unpacker.unpack(&packed).unwrap();
    (packer, unpacker)
}

/// The whole of it.
fn packed(packer: Option<&mut Packer>, recording: &Recording) -> Vec<u8> {
    let mut out = Vec::new();
    let rest = match packer {
        Some(packer) => packer.pack(recording, &mut out),
        None => pack_alone(recording, &mut out),
    };
    out.extend_from_slice(rest);
    out
}

fn shown(recording: &Recording) -> Vec<String> {
    let events = recording.events().map(|event| format!("{event:?}"));
    events.chain([recording.missed().to_string()]).collect()
}

#[test]
fn what_is_packed_comes_out_the_same() {
    let (local, other) = (configuration(1), configuration(2));
    let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
    let recording = everything(&local, &other);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        let packed = packed(Some(&mut packer), &recording);
        assert_eq!(shown(&unpacker.unpack(&packed).unwrap()), shown(&recording));
        sizes.push(packed.len());
    }
    assert!(sizes[1] < sizes[0], "a configuration crosses once: {sizes:?}");
    assert_eq!(sizes[1], sizes[2]);

    let packed = packed(None, &recording);
    assert_eq!(shown(&Unpacker::default().unpack(&packed).unwrap()), shown(&recording));
}

#[test]
fn a_log_comes_out_as_its_recording() {
    let (local, other) = (configuration(1), configuration(2));
    let (packer, mut unpacker) = acquainted(&local);
    let all = entries();
    for peer in [None, Some("192.0.2.7:4433"), Some("[2001:db8::1]:443")] {
        let log = event_log(&local, &all, peer);
        let (head, rest) = packer.pack_log(&log).unwrap();
        let came = unpacker.unpack(&[&head[..], rest].concat()).unwrap();
        assert_eq!(shown(&came), shown(&log.recording()));
    }
    let recording = event_log(&local, &all, Some("192.0.2.7:4433")).recording();
    let bodies: Vec<_> = recording.events().map(|event| event.body).collect();
    match bodies[..] {
        [
            EventBody::Started {
                role: Role::Server,
                time,
                peer: Some(peer),
                expected_name: None,
                local: told,
            },
            EventBody::State(State::HandshakeStarted),
            EventBody::Record { direction: Direction::Received, header: [22, 3, 1, 0, 9] },
            EventBody::Message { direction: Direction::Received, bytes },
            EventBody::SecurityDenied { operation: 4, bits: -112, nid: 1 },
            EventBody::ChangeCipherSpec { direction: Direction::Sent },
            EventBody::Message { direction: Direction::Sent, bytes: [] },
            EventBody::State(State::HandshakeDone {
                verify_result: 18,
                resumed: false,
                peer_certificate: None,
            }),
        ] => {
            assert_eq!((bytes, peer.to_string().as_str()), (&[1; 300][..], "192.0.2.7:4433"));
            assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::from_nanos(1_700_000_000_123_456_789));
            assert!(Arc::ptr_eq(told, &local));
        }
        ref other => panic!("{other:?}"),
    }
    let times: Vec<_> = recording.events().map(|event| event.elapsed.as_nanos()).collect();
    assert_eq!(times, [0, 0, 30, 60, 90, 120, 150, 180]);
    assert!(packer.pack_log(&event_log(&other, &all, None)).is_none(), "the other end does not know it");
}

#[test]
fn a_damaged_log_is_refused() {
    let local = configuration(1);
    let (packer, mut unpacker) = acquainted(&local);
    let all = entries();
    let (head, rest) = packer.pack_log(&event_log(&local, &all, None)).unwrap();
    let packed = [&head[..], rest].concat();
    let mut refused = |bytes: &[u8]| unpacker.unpack(bytes).unwrap_err().to_string();
    // Where one entry ends and the next begins nothing shows that something is missing.
    let ends: Vec<_> = log::entries(&all).map(|entry| LOG_HEAD + entry.place.end).collect();
    for length in (0..packed.len()).filter(|length| !ends.contains(length) && *length != LOG_HEAD) {
        refused(&packed[..length]);
    }
    let error = refused(&[&packed[..], &[0]].concat());
    assert!(error.contains("no whole log"), "{error}");
    for (at, to, why) in
        [(1, 9, "neither a recording nor a log"), (2, 1, "never given"), (3, 5, "kind of address")]
    {
        let mut other = packed.clone();
        other[at] = to;
        let error = refused(&other);
        assert!(error.contains(why), "{error}");
    }
    let first = &all[..log::HEAD];
    let many = [&head[..], &first.repeat(Recording::MAX_EVENTS - 1)].concat();
    assert!(unpacker.unpack(&many).is_ok());
    let mut refused = |bytes: &[u8]| unpacker.unpack(bytes).unwrap_err().to_string();
    let unknown = [&head[..], &[0; log::HEAD]].concat();
    let error = refused(&unknown);
    assert!(error.contains("no whole log"), "{error}");
    let many = [&head[..], &first.repeat(Recording::MAX_EVENTS)].concat();
    let error = refused(&many);
    assert!(error.contains("no whole log"), "{error}");
}

#[test]
fn more_configurations_than_are_remembered() {
    let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
    let all: Vec<_> = (0..40).map(configuration).collect();
    for round in 0..3 {
        for local in &all[..[17, 40, 3][round]] {
            let recording = everything(local, &all[0]);
            let packed = packed(Some(&mut packer), &recording);
            assert_eq!(shown(&unpacker.unpack(&packed).unwrap()), shown(&recording));
        }
    }
}

#[test]
fn a_packer_that_forgets_begins_anew() {
    let local = configuration(1);
    let recording = everything(&local, &local);
    let mut packer = Packer::default();
    packed(Some(&mut packer), &recording);
    let second = packed(Some(&mut packer), &recording);
    let error = Unpacker::default().unpack(&second).unwrap_err().to_string();
    assert!(error.contains("never given"), "{error}");
    packer.forget();
    assert!(Unpacker::default().unpack(&packed(Some(&mut packer), &recording)).is_ok());
}

#[test]
fn every_cut_is_refused() {
    let local = configuration(1);
    let mut packed = packed(None, &everything(&local, &local));
    for length in 0..packed.len() {
        assert!(Unpacker::default().unpack(&packed[..length]).is_err(), "cut at {length}");
    }
    packed.push(0);
    let error = Unpacker::default().unpack(&packed).unwrap_err().to_string();
    assert!(error.contains("no whole log"), "{error}");
    packed[0] = 6;
    let error = Unpacker::default().unpack(&packed).unwrap_err().to_string();
    assert_eq!(error, "the packed recording is damaged at byte 0: it is of another version");
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Unpacker::default().unpack(&bytes);
    }

    #[test]
    fn no_changed_entry_makes_it_panic(at in 0..900_usize, to in any::<u8>()) {
        let local = configuration(1);
        let (packer, mut unpacker) = acquainted(&local);
        let all = entries();
        let (head, rest) = packer.pack_log(&event_log(&local, &all, None)).unwrap();
        let mut packed = [&head[..], rest].concat();
        let at = at % packed.len();
        packed[at] = to;
        if let Ok(recording) = unpacker.unpack(&packed) {
            shown(&recording);
        }
    }

    #[test]
    fn no_changed_byte_makes_it_panic(at in 0..900_usize, to in any::<u8>()) {
        let local = configuration(1);
        let mut packed = packed(None, &everything(&local, &local));
        let at = at % packed.len();
        packed[at] = to;
        let _ = Unpacker::default().unpack(&packed);
    }
}
