//! The algorithm, the length that the message claims, and the body: no more is unpacked and no more is held than it may be.
#![no_main]
#[path = "../../tlsdiag-core/tests/allocator/mod.rs"]
mod allocator;
use libfuzzer_sys::fuzz_target;
use tlsdiag_core::wire::{CertificateCompressionAlgorithm, CompressedCertificate};

fuzz_target!(|data: &[u8]| {
    let Some((&[algorithm, a, b, c], message)) = data.split_first_chunk::<4>() else { return };
    let uncompressed_length = u32::from_be_bytes([0, a, b, c]);
    let algorithm = CertificateCompressionAlgorithm(algorithm.into());
    let compressed = CompressedCertificate { algorithm, uncompressed_length, message };
    let (most, result) = allocator::most_held(|| compressed.decompress());
    assert!(most <= allocator::UNPACKING, "{} bytes made it hold {most}", message.len());
    match result {
        Ok(body) => assert_eq!(body.len(), uncompressed_length as usize),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
