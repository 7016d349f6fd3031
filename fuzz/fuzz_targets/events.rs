//! Whatever a peer sends, as hooks record it: the handshake, the verdict, and both reports of it.
#![no_main]
#[path = "../../tlsdiag-core/tests/allocator/mod.rs"]
mod allocator;
use libfuzzer_sys::fuzz_target;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tlsdiag_core::event::{
    ConnectionId, Direction, EventBody, LocalConfiguration, Recording, Role, State, TransportEnd,
};
use tlsdiag_core::report::{Record, jsonl, text};
use tlsdiag_core::wire::{Dialect, Message};
use tlsdiag_core::{Handshake, diagnose, neutralize};

/// Such a message of an algorithm, a length that it claims, and a body: three lengths that agree are hard to guess.
fn compressed_certificate(bytes: &[u8]) -> Vec<u8> {
    let (head, body) = bytes.split_at(bytes.len().min(4));
    let mut claim = [1, 0, 0, 0];
    claim[..head.len()].copy_from_slice(head);
    let length = |length: usize| [(length >> 16) as u8, (length >> 8) as u8, length as u8];
    [&[25], &length(body.len() + 8)[..], &[0], &claim, &length(body.len()), body].concat()
}

/// How many bytes the messages of a recording unpack to.
fn unpacked(recording: &Recording) -> usize {
    let sizes = recording.events().filter_map(|event| {
        let EventBody::Message { bytes, .. } = event.body else { return None };
        match Message::decode(bytes, &Dialect::default()) {
            Ok(Message::CompressedCertificate(compressed)) => {
                compressed.decompress().ok().map(|body| body.len())
            }
            _ => None,
        }
    });
    sizes.sum()
}

/// The first byte says which side records; then each event is a byte that says what it is, and its bytes.
fn recording(data: &[u8]) -> Recording {
    let mut recording = Recording::new(ConnectionId(1));
    let Some((&first, mut rest)) = data.split_first() else { return recording };
    let local = Arc::new(LocalConfiguration {
        verify_mode: i32::from(first >> 1 & 7),
        ..LocalConfiguration::default()
    });
    let role = if first & 1 == 1 { Role::Client } else { Role::Server };
    let started = EventBody::Started {
        role,
        time: SystemTime::UNIX_EPOCH,
        peer: None,
        expected_name: (first & 0x80 != 0).then_some("localhost"),
        local: &local,
    };
    recording.push(Duration::ZERO, &started);
    while let Some((&[kind, a, b], behind)) = rest.split_first_chunk::<3>() {
        let direction = if kind & 0x80 == 0 { Direction::Sent } else { Direction::Received };
        let length = usize::from(u16::from_be_bytes([a, b])).min(behind.len());
        let (bytes, next) = behind.split_at(length);
        rest = next;
        let number = bytes.first().copied().unwrap_or_default();
        let packed;
        let body = match kind & 0x1f {
            0..=7 => EventBody::Message { direction, bytes },
            8 => EventBody::Alert {
                direction,
                level: number & 3,
                description: bytes.get(1).copied().unwrap_or(40),
            },
            9 => EventBody::Record { direction, header: *bytes.first_chunk().unwrap_or(&[21, 3, 3, 0, 2]) },
            10 => EventBody::Verify {
                depth: u32::from(number >> 4),
                ok: false,
                accepted: number & 1 == 1,
                error: i32::from(number >> 1),
                certificate: bytes.get(1..),
            },
            11 => EventBody::ChangeCipherSpec { direction },
            12 => EventBody::State(State::HandshakeDone {
                verify_result: i64::from(number),
                resumed: direction == Direction::Sent,
                peer_certificate: None,
            }),
            13 => EventBody::State(State::Failed { ssl_error: 1, verify_result: i64::from(number) }),
            14 => EventBody::Transport { direction, end: TransportEnd::Reset, errno: 104 },
            15 => EventBody::Unacknowledged { bytes: number.into() },
            17 => EventBody::Received { bytes: number.into() },
            18 => EventBody::NameChecked { name: str::from_utf8(bytes).unwrap_or("a.example"), matches: number & 1 == 1 },
            16 => {
                packed = compressed_certificate(bytes);
                EventBody::Message { direction, bytes: &packed }
            }
            _ => EventBody::ApplicationData { direction },
        };
        recording.push(Duration::from_micros(1), &body);
    }
    recording
}

fuzz_target!(|data: &[u8]| {
    let recording = recording(data);
    let unpacked = unpacked(&recording);
    let unpacking = if unpacked > 0 { allocator::UNPACKING } else { 0 };
    // A byte of a list can become a line of a report.
    let (most, ()) = allocator::most_held(|| {
        let handshake = Handshake::from_recording(&recording);
        let record = Record::new(&handshake, &diagnose(&handshake));
        let mut line = Vec::new();
        jsonl::write(&record, &mut line).expect("memory is never full");
        text::write(&record, &mut line, text::Style::default()).expect("memory is never full");
    });
    let bound = (data.len() + unpacked) * 512 + 256 * 1024 + unpacking;
    assert!(most <= bound, "{} bytes, {unpacked} when unpacked, made it hold {most}", data.len());
    // What is written is read back as it was.
    let handshake = Handshake::from_recording(&recording);
    let record = Record::new(&handshake, &diagnose(&handshake));
    let mut line = Vec::new();
    jsonl::write(&record, &mut line).expect("memory is never full");
    let line = std::str::from_utf8(&line).expect("JSON is text");
    // Whatever it holds, it acts on nobody's terminal.
    let mut page = Vec::new();
    text::write(&record, &mut page, text::Style::default()).expect("memory is never full");
    let page = String::from_utf8(page).expect("a page is text");
    for shown in line.split('\n').chain(page.split('\n')).chain([record.one_line().as_str()]) {
        assert!(matches!(neutralize(shown), Cow::Borrowed(_)), "{shown:?}");
    }
    assert_eq!(jsonl::read_line(line.trim_end()).expect("it was written as it is read"), record);
});
