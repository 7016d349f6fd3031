//! The first byte cuts the rest into pieces; the deframers must hold no more than they promise.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tlsdiag_core::wire::{Deframer, DtlsDeframer, looks_like};

fuzz_target!(|data: &[u8]| {
    let Some((&size, data)) = data.split_first() else { return };
    let (mut tls, mut dtls) = (Deframer::new(), DtlsDeframer::new());
    looks_like(data);
    for piece in data.chunks(usize::from(size) + 1) {
        tls.push(piece, |_| ());
        dtls.push(piece, |_| ());
        assert!(tls.held() <= Deframer::MEMORY && dtls.held() <= DtlsDeframer::MEMORY);
    }
});
