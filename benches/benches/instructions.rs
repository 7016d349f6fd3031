//! How many instructions decoding takes, counted by Valgrind: a figure that a busy machine does not change.
//!
//! `.ci/instructions` runs it where Valgrind and gungraun-runner are.
#![allow(missing_docs, reason = "the macros make items that have none")]

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};
use tls_parser::{TlsMessage, TlsMessageHandshake};
use tlsdiag_core::wire::x509::Cache;
use tlsdiag_core::wire::{Dialect, Extensions, Message};

#[allow(dead_code, reason = "the other bench uses the rest")]
#[path = "../src/hellos.rs"]
mod hellos;

fn hello(size: usize) -> Vec<u8> {
    hellos::set(size, 1).remove(0)
}

fn server_hello() -> Vec<u8> {
    hellos::server_hello()
}

fn typed(extensions: &Extensions<'_>) -> usize {
    let mut typed = extensions.typed();
    let mut count = 0;
    while let Some(extension) = &typed.next() {
        count += usize::from(black_box(extension).is_ok());
    }
    count
}

#[library_benchmark]
#[bench::client_hello_250(args = (250), setup = hello)]
#[bench::client_hello_512(args = (512), setup = hello)]
#[bench::client_hello_1800(args = (1800), setup = hello)]
#[bench::server_hello(setup = server_hello)]
// Gives the bytes back, so that freeing them is not counted.
fn every_extension_typed(bytes: Vec<u8>) -> (usize, Vec<u8>) {
    let count = match Message::decode(black_box(&bytes), &Dialect::default()) {
        Ok(Message::ClientHello(hello)) => typed(&hello.extensions),
        Ok(Message::ServerHello(hello)) => typed(&hello.extensions),
        other => panic!("{other:?}"),
    };
    (count, bytes)
}

#[library_benchmark]
#[bench::client_hello_250(args = (250), setup = hello)]
#[bench::client_hello_512(args = (512), setup = hello)]
#[bench::client_hello_1800(args = (1800), setup = hello)]
fn tls_parser_with_extensions(bytes: Vec<u8>) -> (usize, Vec<u8>) {
    let hello = match tls_parser::parse_tls_message_handshake(black_box(&bytes)) {
        Ok((_, TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello)))) => hello,
        other => panic!("{other:?}"),
    };
    let extensions = hello.ext.map(tls_parser::parse_tls_client_hello_extensions);
    let count = match black_box(&extensions) {
        Some(Ok((_, list))) => list.len(),
        other => panic!("{other:?}"),
    };
    drop((extensions, hello));
    (count, bytes)
}

/// A certificate, and a cache that has seen it.
fn certificate_seen() -> (Vec<u8>, Cache) {
    let message = hellos::chain("tls12_mutual").unwrap();
    let Ok(Message::Certificate(chain)) = Message::decode(&message, &Dialect::default()) else { panic!() };
    let der = chain.certificates().next().unwrap().to_vec();
    let mut cache = Cache::default();
    cache.get(&der);
    (der, cache)
}

#[library_benchmark]
#[bench::seen(setup = certificate_seen)]
fn certificate_of_cache((der, mut cache): (Vec<u8>, Cache)) -> (bool, Vec<u8>, Cache) {
    let sound = black_box(cache.get(black_box(&der))).malformed.is_none();
    (sound, der, cache)
}

library_benchmark_group!(
    name = decoding,
    benchmarks = [every_extension_typed, tls_parser_with_extensions, certificate_of_cache]
);

main!(library_benchmark_groups = decoding);
