//! The first byte cuts the rest into pieces; the deframers must hold no more than they promise.
#![no_main]
#[path = "../../tlsdiag-core/tests/allocator/mod.rs"]
mod allocator;
use libfuzzer_sys::fuzz_target;
use tlsdiag_core::wire::{Deframer, DtlsDeframer, looks_like};

fuzz_target!(|data: &[u8]| {
    let Some((&size, data)) = data.split_first() else { return };
    looks_like(data);
    allocator::bounded(data.len(), || {
        let mut tls = Deframer::new();
        for piece in data.chunks(usize::from(size) + 1) {
            tls.push(piece, |_| ());
            assert!(tls.held() <= Deframer::MEMORY);
        }
    });
    allocator::bounded(data.len(), || {
        let mut dtls = DtlsDeframer::new();
        dtls.set_connection_id_length(usize::from(size & 7));
        for piece in data.chunks(usize::from(size) + 1) {
            dtls.push(piece, |_| ());
            assert!(dtls.held() <= DtlsDeframer::MEMORY);
        }
    });
});
