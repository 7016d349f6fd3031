//! No input makes decoding or deframing hold more than four times its size and 64 kB: an allocator that counts what is
//! held at once proves it.

mod allocator;
#[allow(dead_code, reason = "other tests use the rest")]
mod encoder;

use allocator::{bound, most_held};
use encoder::{client_hello, extension, message, vec8, vec16, vec24};
use tlsdiag_core::wire::x509::{Certificate, Key, Name};
use tlsdiag_core::wire::*;

#[test]
fn the_counter_counts_what_is_held_at_once() {
    let (most, _) = most_held(|| {
        drop(std::hint::black_box(vec![0_u8; 5000]));
        std::hint::black_box(vec![0_u8; 3000])
    });
    assert_eq!(most, 5000);
}

/// Everything that reads bytes, on these.
fn assert_bounded(title: &str, input: &[u8]) {
    let read = |what: &str, work: &dyn Fn()| {
        let (most, ()) = most_held(work);
        assert!(most <= bound(input.len()), "{title}, {what}: {most} bytes for {}", input.len());
    };
    let versions = [None, Some(ProtocolVersion::TLS1_2), Some(ProtocolVersion::TLS1_3)];
    for version in versions {
        for dtls in [false, true] {
            let dialect = Dialect { version, dtls, ..Dialect::default() };
            read("message", &|| {
                if let Ok(Message::ClientHello(hello)) = Message::decode(input, &dialect) {
                    assert!(hello.extensions.typed().count() <= input.len());
                }
            });
        }
    }
    read("certificate", &|| drop(Certificate::parse(input)));
    read("key", &|| drop(Key::parse(input)));
    read("name", &|| drop(Name::parse(input)));
    for size in [1, 1000, input.len().max(1)] {
        read("records", &|| {
            let mut deframer = Deframer::new();
            input.chunks(size).for_each(|piece| deframer.push(piece, |_| ()));
        });
        read("datagrams", &|| {
            let mut deframer = DtlsDeframer::new();
            input.chunks(size).for_each(|piece| deframer.push(piece, |_| ()));
        });
    }
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn what_peers_sent_is_bounded() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/wire");
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "hex") {
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                assert_bounded(&path.display().to_string(), &unhex(line.split(' ').next_back().unwrap()));
                inputs += 1;
            }
        }
    }
    assert!(inputs > 50, "{inputs}");
}

/// `count` elements of DER, each inside the one before.
fn nested(tag: u8, count: usize) -> Vec<u8> {
    let mut der = Vec::new();
    for _ in 0..count {
        let length = u16::try_from(der.len()).unwrap().to_be_bytes();
        der = [&[tag, 0x82, length[0], length[1]], der.as_slice()].concat();
    }
    der
}

fn record(version: [u8; 2], length: u16, body: &[u8]) -> Vec<u8> {
    [&[22, version[0], version[1]], &length.to_be_bytes()[..], body].concat()
}

fn dtls_record(body: &[u8]) -> Vec<u8> {
    [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0][..], &vec16(body)].concat()
}

#[test]
fn what_nobody_sends_is_bounded() {
    let empties: Vec<_> = (0..16_000_u16).map(|kind| extension(kind, b"")).collect();
    let certificates: Vec<u8> = (0..20_000).flat_map(|_| vec24(b"")).collect();
    let entries: Vec<u8> = (0..10_000).flat_map(|_| [vec24(b"x"), vec16(b"")].concat()).collect();
    let names: Vec<u8> = (0..20_000).flat_map(|_| vec8(b"a")).collect();
    let too_long = [&[11, 0xff, 0xff, 0xff][..], &[0; 5000]].concat();
    // A part of a DTLS message that says it has the length which is the longest that we keep; and one of 16 MB.
    let fragment = |seq: u16, offset: u32, count: u32| {
        let head =
            [&[11, 2, 0, 0][..], &seq.to_be_bytes(), &offset.to_be_bytes()[1..], &count.to_be_bytes()[1..]];
        dtls_record(&[head.concat(), vec![7; count as usize]].concat())
    };
    let started = |number: u16| {
        let [high, low] = number.to_be_bytes();
        dtls_record(&[11, 0xff, 0xff, 0xff, high, low, 0, 0, 0, 0, 0, 1, 0])
    };
    let inputs = [
        ("nothing", Vec::new()),
        ("zeros", vec![0; 100_000]),
        ("ones", vec![0xff; 100_000]),
        ("empty extensions", client_hello(&[0; 32], &[], &[0x1301], &empties)),
        ("names of one byte", client_hello(&[0; 32], &[], &[0x1301], &[extension(16, &vec16(&names))])),
        ("empty certificates", message(11, &vec24(&certificates))),
        ("certificates with extensions", message(11, &[vec8(b""), vec24(&entries)].concat())),
        ("maximal length", too_long.clone()),
        ("maximal length in a record", record([3, 3], 5004, &too_long)),
        ("many first records", record([3, 3], 0x4000, &[1, 0, 0xff]).repeat(5000)),
        ("empty records", record([3, 3], 0, &[]).repeat(20_000)),
        ("one byte a record", record([3, 3], 1, &[1]).repeat(20_000)),
        ("many first fragments", (0..5000).flat_map(started).collect()),
        ("the last bytes of long messages", (0..12).flat_map(|seq| fragment(seq, 0x1_ffff, 1)).collect()),
        ("every other byte", (0..2000).flat_map(|at| fragment(1, 2 * at, 1)).collect()),
        (
            "every other byte of many",
            (0..20_000).flat_map(|at| fragment(at as u16 % 10, 2 * (at / 10), 1)).collect(),
        ),
        ("long messages from the end", (0..256).rev().flat_map(|at| fragment(1, at * 512, 512)).collect()),
        ("nested sequences", nested(0x30, 10_000)),
        ("nested sets", nested(0x31, 10_000)),
        ("DER of endless length", vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0x80]),
    ];
    for (title, input) in &inputs {
        assert_bounded(title, input);
    }
}

#[test]
fn a_compressed_certificate_is_named_and_not_undone() {
    for (number, name) in [(1, "zlib"), (2, "brotli"), (3, "zstd")] {
        // It says that it will have 16 MB, the most that three bytes can say.
        let bytes = message(25, &[&[0, number, 0xff, 0xff, 0xff], vec24(&[7; 100]).as_slice()].concat());
        let (most, ()) = most_held(|| {
            let Ok(Message::CompressedCertificate(compressed)) = Message::decode(&bytes, &Dialect::default())
            else {
                panic!("{bytes:?}")
            };
            assert_eq!(compressed.algorithm.name(), Some(name));
            assert_eq!((compressed.uncompressed_length, compressed.message.len()), (0xff_ffff, 100));
        });
        assert_eq!(most, 0);
        assert!(Message::decode(&bytes[..bytes.len() - 1], &Dialect::default()).is_err());
    }
}
