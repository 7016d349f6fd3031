//! A block of extensions in every place where one can stand.
#![no_main]
#[path = "../../tlsdiag-core/tests/allocator/mod.rs"]
mod allocator;
use libfuzzer_sys::fuzz_target;
use tlsdiag_core::wire::{Extensions, Place, Reader};

fuzz_target!(|data: &[u8]| {
    use Place::*;
    let messages = [ClientHello, ServerHello, HelloRetryRequest, EncryptedExtensions];
    for place in messages.into_iter().chain([Certificate, CertificateRequest, NewSessionTicket]) {
        let extensions = Extensions::new(Reader::new(data), place);
        let broken =
            allocator::bounded(data.len(), || extensions.typed().last().is_some_and(|last| last.is_err()));
        assert!(extensions.check().is_ok() || broken);
        let _ = format!("{:?}", extensions.typed().collect::<Vec<_>>());
    }
});
