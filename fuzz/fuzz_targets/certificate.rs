//! A certificate, and a name that it is compared with.
#![no_main]
#[path = "../../tlsdiag-core/tests/allocator/mod.rs"]
mod allocator;
use libfuzzer_sys::fuzz_target;
use tlsdiag_core::wire::x509::{Certificate, Key, Name};

fuzz_target!(|data: &[u8]| {
    let certificate = allocator::bounded(data.len(), || Certificate::parse(data));
    let host = certificate.dns_names().next().unwrap_or("www.example.com").to_owned();
    certificate.matches_host(&host);
    let _ =
        format!("{certificate:?} {}", certificate.sans.iter().map(ToString::to_string).collect::<String>());
    allocator::bounded(data.len(), || Key::parse(data));
    allocator::bounded(data.len(), || Name::parse(data));
});
