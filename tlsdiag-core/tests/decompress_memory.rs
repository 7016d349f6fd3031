//! Whatever a CompressedCertificate holds, unpacking it takes a fixed amount of memory and little time: an allocator that counts
//! what is held at once proves it.

mod allocator;

use std::io::Write;
use std::time::{Duration, Instant};

use allocator::{UNPACKING, most_held};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use tlsdiag_core::wire::{CertificateCompressionAlgorithm, CompressedCertificate, DecompressError};

const ZLIB: u16 = 1;
const BROTLI: u16 = 2;
const ZSTD: u16 = 3;
const MIB: usize = 1024 * 1024;
/// The longest message that a recording keeps.
const LONGEST_MESSAGE: usize = MIB;
/// The longest claim that is tried.
const LONGEST_CLAIM: u32 = MIB as u32;
/// Far more than any of them takes without optimization on a busy machine, and far less than what is not bounded.
const PATIENCE: Duration = Duration::from_secs(20);

/// Numbers without a pattern, always the same.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(next).collect()
}

/// Text with parts of every kind, so that a compressor splits it into many blocks with codes of their own.
fn motley(length: usize) -> Vec<u8> {
    let part = |at: usize| noise(997).into_iter().map(move |byte| byte % (2 + at as u8 % 250));
    (0..=length / 997).flat_map(part).take(length).collect()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(quality: u32, window: u32, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, quality, window);
    encoder.write_all(bytes).unwrap();
    encoder.into_inner()
}

/// Meta-blocks that are not compressed, in a window of 16 MiB: of each the length that it states, and as many bytes as there are.
fn stored_brotli(blocks: &[(usize, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, (length, bytes)) in blocks.iter().enumerate() {
        let length = *length as u64 - 1;
        let nibbles = [16, 20].into_iter().filter(|bits| length >> bits > 0).count() as u64;
        let header = length << 3 | nibbles << 1 | 1 << (19 + 4 * nibbles);
        let bits = 20 + 4 * nibbles as usize;
        // The window stands in front of the first.
        let (header, bits) = if number == 0 { (header << 4 | 0xf, bits + 4) } else { (header, bits) };
        out.extend(&header.to_le_bytes()[..bits.div_ceil(8)]);
        out.extend(*bytes);
    }
    out
}

/// A frame of zstd that states this window, and its blocks.
fn zstd_frame(window: u8, blocks: &[u8]) -> Vec<u8> {
    [&[0x28, 0xb5, 0x2f, 0xfd, 0, window], blocks].concat()
}

/// A block of zstd that repeats a byte, which is not the last one.
fn repeated(length: u32) -> Vec<u8> {
    [&(length << 3 | 1 << 1).to_le_bytes()[..3], &[7]].concat()
}

fn hostile() -> Vec<(&'static str, u16, Vec<u8>)> {
    let zeros = vec![0; 64 * MIB];
    let long = noise(MIB / 2 + 1);
    let many = |one: &[u8]| one.repeat(LONGEST_MESSAGE / one.len());
    let block = 128 * 1024;
    vec![
        ("nothing", ZLIB, Vec::new()),
        ("bomb", ZLIB, zlib(&zeros)),
        ("noise", ZLIB, noise(LONGEST_MESSAGE)),
        ("empty blocks", ZLIB, [&[0x78, 0x9c][..], &many(&[0, 0, 0, 0xff, 0xff])].concat()),
        ("nothing", BROTLI, Vec::new()),
        ("bomb", BROTLI, brotli(4, 24, &zeros)),
        ("noise", BROTLI, noise(LONGEST_MESSAGE)),
        ("many codes", BROTLI, brotli(11, 24, &motley(MIB))),
        ("large window", BROTLI, stored_brotli(&[(16 * MIB, &[])])),
        ("growing window", BROTLI, stored_brotli(&[(long.len(), &long), (16 * MIB, &[])])),
        ("window of the extension", BROTLI, [&[0x11, 30][..], &noise(1000)].concat()),
        ("many meta-blocks", BROTLI, stored_brotli(&vec![(1, &[7][..]); LONGEST_MESSAGE / 4])),
        ("metadata", BROTLI, [&[0x0c][..], &many(&[6])].concat()),
        ("nothing", ZSTD, Vec::new()),
        ("bomb", ZSTD, compress_to_vec(&zeros[..], CompressionLevel::Fastest)),
        ("noise", ZSTD, noise(LONGEST_MESSAGE)),
        ("largest window", ZSTD, zstd_frame(0xff, &repeated(block).repeat(1000))),
        ("window of 2 GiB", ZSTD, zstd_frame(21 << 3, &repeated(block).repeat(1000))),
        (
            "long segment",
            ZSTD,
            [&[0x28, 0xb5, 0x2f, 0xfd, 0xe0][..], &[0xff; 7], &[0], &repeated(block).repeat(99)].concat(),
        ),
        ("empty blocks", ZSTD, zstd_frame(21 << 3, &many(&repeated(0)))),
        ("small blocks", ZSTD, zstd_frame(21 << 3, &many(&repeated(1)))),
        ("many frames", ZSTD, many(&zstd_frame(0, &[1, 0, 0]))),
        ("frames to skip", ZSTD, many(&[0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])),
        ("many codes", ZSTD, compress_to_vec(&motley(MIB)[..], CompressionLevel::Fastest)),
    ]
}

#[test]
fn decompress_hostile_body_holds_little_for_a_short_time() {
    for (title, algorithm, message) in hostile() {
        for uncompressed_length in [0, 1000, LONGEST_CLAIM] {
            let algorithm = CertificateCompressionAlgorithm(algorithm);
            let compressed = CompressedCertificate { algorithm, uncompressed_length, message: &message };
            let start = Instant::now();
            let (most, result) = most_held(|| compressed.decompress().map(|body| body.len()));
            let (took, size) = (start.elapsed(), message.len());
            println!(
                "{algorithm}, {title}, {size} bytes, {uncompressed_length}: {most} bytes, {took:?}, {result:?}"
            );
            assert!(most <= UNPACKING, "{algorithm}, {title}: {most} bytes held");
            assert!(took < PATIENCE, "{algorithm}, {title}: {took:?}");
        }
    }
}

#[test]
fn decompress_bomb_stops_where_the_claim_ends() {
    let zeros = vec![0; 64 * MIB];
    let zstd = compress_to_vec(&zeros[..], CompressionLevel::Fastest);
    for (algorithm, message) in [(ZLIB, zlib(&zeros)), (BROTLI, brotli(4, 24, &zeros)), (ZSTD, zstd)] {
        let algorithm = CertificateCompressionAlgorithm(algorithm);
        let compressed = CompressedCertificate { algorithm, uncompressed_length: 1000, message: &message };
        assert_eq!(compressed.decompress(), Err(DecompressError::Longer { claimed: 1000 }), "{algorithm}");
    }
}
