//! Whatever was recorded is read back as it was written.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tlsdiag_core::event::{
    ConnectionId, Direction, EventBody, LibraryError, LocalCertificate, LocalConfiguration, LocalKey,
    PeerCertificate, Recording, Role, State, TransportEnd, TrustAnchors, lines,
};

/// An event that owns what it says.
#[derive(Clone, Debug)]
enum Owned {
    Started(Role, SystemTime, Option<SocketAddr>, Option<String>, Arc<LocalConfiguration>),
    Reconfigured(Arc<LocalConfiguration>),
    Message(Direction, Vec<u8>),
    Wire(Direction, Vec<u8>),
    Step(String),
    Verify(u32, bool, bool, i32, Option<Vec<u8>>),
    Errors(Vec<LibraryError>),
    Plain(EventBody<'static>),
}

impl Owned {
    fn push(&self, recording: &mut Recording, at: Duration) {
        recording.push(
            at,
            &match self {
                Owned::Started(role, time, peer, name, local) => EventBody::Started {
                    role: *role,
                    time: *time,
                    peer: *peer,
                    expected_name: name.as_deref(),
                    local,
                },
                Owned::Reconfigured(local) => EventBody::Reconfigured { local },
                Owned::Message(direction, bytes) => EventBody::Message { direction: *direction, bytes },
                Owned::Wire(direction, bytes) => EventBody::Wire { direction: *direction, bytes },
                Owned::Step(name) => EventBody::State(State::Step(name)),
                Owned::Verify(depth, ok, accepted, error, certificate) => EventBody::Verify {
                    depth: *depth,
                    ok: *ok,
                    accepted: *accepted,
                    error: *error,
                    certificate: certificate.as_deref(),
                },
                Owned::Errors(errors) => EventBody::LibraryErrors(errors),
                Owned::Plain(body) => *body,
            },
        );
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..64)
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Sent), Just(Direction::Received)]
}

/// To the nanosecond, before 1970 too.
fn time() -> impl Strategy<Value = SystemTime> {
    (any::<bool>(), 0_u64..60_000_000_000, 0_u32..1_000_000_000).prop_map(|(after, seconds, nanos)| {
        let distance = Duration::new(seconds, nanos);
        if after { SystemTime::UNIX_EPOCH + distance } else { SystemTime::UNIX_EPOCH - distance }
    })
}

fn address() -> impl Strategy<Value = SocketAddr> {
    prop_oneof![
        any::<(u32, u16)>().prop_map(|(ip, port)| (Ipv4Addr::from(ip), port).into()),
        any::<(u128, u16)>().prop_map(|(ip, port)| (Ipv6Addr::from(ip), port).into()),
    ]
}

fn certificate() -> impl Strategy<Value = LocalCertificate> {
    let key = any::<(i32, i32, bool)>().prop_map(|(algorithm, bits, matches_certificate)| LocalKey {
        algorithm,
        bits,
        matches_certificate,
    });
    (bytes(), vec(bytes(), 0..3), option::of(key), option::of(any::<u32>())).prop_map(
        |(certificate, chain, key, bad_signature)| LocalCertificate {
            certificate,
            chain,
            key,
            bad_signature,
        },
    )
}

prop_compose! {
    fn local()(
        (library, library_number) in (any::<String>(), any::<u64>()),
        (minimum_version, maximum_version) in any::<(u16, u16)>(),
        (cipher_suites, groups, signature_schemes) in any::<(Vec<u16>, Option<Vec<u16>>, Option<Vec<u16>>)>(),
        certificates in vec(certificate(), 0..3),
        (verify_mode, verify_depth, verify_flags) in any::<(i32, i32, u64)>(),
        (ca_names, subjects, anchors) in (vec(bytes(), 0..3), vec(bytes(), 0..3), vec(bytes(), 0..3)),
        (count, security_level, options, certificate_callback, expects_proxy_header) in
            any::<(u32, i32, u64, bool, bool)>(),
        peer_certificate in prop_oneof![
            Just(PeerCertificate::Unknown),
            Just(PeerCertificate::Optional),
            Just(PeerCertificate::Required)
        ],
    ) -> Arc<LocalConfiguration> {
        Arc::new(LocalConfiguration {
            library, library_number, minimum_version, maximum_version, cipher_suites, groups,
            signature_schemes, certificates, verify_mode, verify_depth, verify_flags, ca_names,
            trust_anchors: TrustAnchors { count, subjects, certificates: anchors },
            security_level, options, certificate_callback, peer_certificate,
            expects_proxy_header,
        })
    }
}

fn plain() -> impl Strategy<Value = EventBody<'static>> {
    let end = prop_oneof![
        Just(TransportEnd::Eof),
        Just(TransportEnd::Reset),
        Just(TransportEnd::Timeout),
        Just(TransportEnd::Other)
    ];
    prop_oneof![
        (direction(), any::<(u8, u8)>()).prop_map(|(direction, (level, description))| EventBody::Alert {
            direction,
            level,
            description
        }),
        direction().prop_map(|direction| EventBody::ChangeCipherSpec { direction }),
        (direction(), any::<[u8; 5]>())
            .prop_map(|(direction, header)| EventBody::Record { direction, header }),
        Just(EventBody::State(State::HandshakeStarted)),
        any::<(i64, bool, Option<bool>)>().prop_map(|(verify_result, resumed, peer_certificate)| {
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate })
        }),
        any::<(i32, i64)>().prop_map(|(ssl_error, verify_result)| {
            EventBody::State(State::Failed { ssl_error, verify_result })
        }),
        any::<(i32, i32, i32)>().prop_map(|(operation, bits, nid)| EventBody::SecurityDenied {
            operation,
            bits,
            nid
        }),
        (direction(), end, any::<i32>()).prop_map(|(direction, end, errno)| EventBody::Transport {
            direction,
            end,
            errno
        }),
        direction().prop_map(|direction| EventBody::ApplicationData { direction }),
    ]
}

fn event() -> impl Strategy<Value = Owned> {
    let role = prop_oneof![Just(Role::Client), Just(Role::Server)];
    let error = any::<(i32, i32, String, String, String, String)>().prop_map(
        |(library, reason, library_name, reason_text, function, data)| LibraryError {
            library,
            reason,
            library_name,
            reason_text,
            function,
            data,
        },
    );
    prop_oneof![
        1 => (role, time(), option::of(address()), any::<Option<String>>(), local())
            .prop_map(|(role, time, peer, name, local)| Owned::Started(role, time, peer, name, local)),
        1 => local().prop_map(Owned::Reconfigured),
        2 => (direction(), bytes()).prop_map(|(direction, bytes)| Owned::Message(direction, bytes)),
        1 => (direction(), bytes()).prop_map(|(direction, bytes)| Owned::Wire(direction, bytes)),
        1 => any::<String>().prop_map(Owned::Step),
        1 => (any::<(u32, bool, bool, i32)>(), option::of(bytes())).prop_map(
            |((depth, ok, accepted, error), certificate)| Owned::Verify(depth, ok, accepted, error, certificate)
        ),
        1 => vec(error, 0..3).prop_map(Owned::Errors),
        6 => plain().prop_map(Owned::Plain),
    ]
}

fn text(recording: &Recording) -> Vec<u8> {
    let mut text = Vec::new();
    lines::write(recording, &mut text).expect("memory");
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        recordings in vec((any::<u64>(), 0_u32..3, vec((any::<u64>(), event()), 0..12)), 0..4),
    ) {
        let recordings: Vec<_> = recordings.iter().map(|(connection, missed, events)| {
            let mut recording = Recording::new(ConnectionId(*connection));
            for (at, event) in events {
                event.push(&mut recording, Duration::from_nanos(*at));
            }
            (0..*missed).for_each(|_| recording.miss());
            recording
        }).collect();
        let file = recordings.iter().flat_map(text).collect::<Vec<_>>();
        let read = lines::read(&file[..]).expect("our own file");
        prop_assert_eq!(read.len(), recordings.len());
        for (read, written) in read.iter().zip(&recordings) {
            prop_assert_eq!((read.connection(), read.missed()), (written.connection(), written.missed()));
            prop_assert_eq!(read.len(), written.len());
            for (read, written) in read.events().zip(written.events()) {
                prop_assert_eq!(format!("{read:?}"), format!("{written:?}"));
            }
            prop_assert_eq!(text(read), text(written));
        }
    }

    #[test]
    fn no_line_is_too_strange(file in ".{0,200}", begun in any::<bool>()) {
        let head = if begun { "{\"schema\":\"tlsdiag.events/1\",\"connection\":1,\"events\":3}\n" } else { "" };
        let _ = lines::read(format!("{head}{file}").as_bytes());
    }
}
