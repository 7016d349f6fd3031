//! The first bytes say what was negotiated; the rest is a message.
#![no_main]
#[path = "../../tlsdiag-core/tests/allocator/mod.rs"]
mod allocator;
use libfuzzer_sys::fuzz_target;
use tlsdiag_core::wire::{CipherSuite, Dialect, Message, ProtocolVersion};

fuzz_target!(|data: &[u8]| {
    let Some((&[version, dtls, high, low], message)) = data.split_first_chunk::<4>() else { return };
    let version = Some(ProtocolVersion(0x0300 | u16::from(version % 5)));
    let suite = Some(CipherSuite(u16::from_be_bytes([high, low])));
    let dialect = Dialect { version, suite, dtls: dtls & 1 == 1, ..Dialect::default() };
    for dialect in [dialect, Dialect::default()] {
        let _ = format!("{:?}", allocator::bounded(message.len(), || Message::decode(message, &dialect)));
    }
});
