//! What decoding costs, beside `tls-parser` with its extensions parsed, in one interleaved run.
//!
//! Each round measures every decoder once, one after the other, so that a noisy machine is noisy for all; a figure is
//! the median of the rounds, and a ratio the median of the rounds' ratios with its 95 % interval. A table goes to
//! standard output, and the same under `decode` into `target/bench.json`. `TLSDIAG_BENCH_ROUNDS` makes it shorter or longer.

use std::hint::black_box;

use serde_json::{Value, json};
use tls_parser::{TlsMessage, TlsMessageHandshake};
use tlsdiag_core::wire::x509::{Cache, Certificate};
use tlsdiag_core::wire::*;

#[path = "../hellos.rs"]
mod hellos;

/// A decoder under measurement: its name, and the work on one message.
type Decoder<'a> = (&'static str, Box<dyn FnMut(&[u8]) -> usize + 'a>);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::var("TLSDIAG_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(201);
    let mut results = Vec::new();
    for size in [250, 512, 1800] {
        let set = hellos::set(size, 1024);
        results.push(compare(
            &format!("ClientHello of {size} bytes, repeated"),
            &set[..1],
            rounds,
            hello_decoders(),
        ));
        results.push(compare(
            &format!("ClientHello of {size} bytes, 1024 shuffled"),
            &set,
            rounds,
            hello_decoders(),
        ));
    }
    let server = [hellos::server_hello()];
    results.push(compare("ServerHello", &server, rounds, server_decoders()));
    let chain = hellos::chain("tls12_mutual")?;
    results.push(compare("Certificate message, two certificates", &[chain], rounds, chain_decoders()));

    tlsdiag_benches::save("decode", json!(results))?;
    Ok(())
}

fn hello_decoders() -> Vec<Decoder<'static>> {
    vec![
        ("tls-parser, extensions parsed", Box::new(parse_with_tls_parser)),
        ("tlsdiag, every extension typed", Box::new(|bytes| decode_hello(bytes, |_| 1))),
        ("tlsdiag, every list walked too", Box::new(|bytes| decode_hello(bytes, hellos::walk))),
        ("tlsdiag, message alone", Box::new(|bytes| usize::from(black_box(&message(bytes)).is_some()))),
    ]
}

fn server_decoders() -> Vec<Decoder<'static>> {
    vec![
        ("tls-parser, extensions parsed", Box::new(parse_with_tls_parser)),
        (
            "tlsdiag, every extension typed",
            Box::new(|bytes| match message(bytes) {
                Some(Message::ServerHello(hello)) => read_all(&hello.extensions, |_| 1),
                _ => 0,
            }),
        ),
    ]
}

fn chain_decoders() -> Vec<Decoder<'static>> {
    let mut cache = Cache::default();
    let certificates = |bytes: &[u8], read: &mut dyn FnMut(&[u8]) -> usize| -> usize {
        match message(bytes) {
            Some(Message::Certificate(chain)) => chain.certificates().map(read).sum(),
            _ => 0,
        }
    };
    vec![
        (
            "x509-parser, not summarised",
            Box::new(move |bytes| certificates(bytes, &mut |der| x509_parser_oracle(der))),
        ),
        (
            "tlsdiag, chain never seen",
            Box::new(move |bytes| {
                certificates(bytes, &mut |der| {
                    usize::from(black_box(Certificate::parse(der)).malformed.is_none())
                })
            }),
        ),
        (
            "tlsdiag, chain seen before",
            Box::new(move |bytes| {
                certificates(bytes, &mut |der| usize::from(black_box(cache.get(der)).malformed.is_none()))
            }),
        ),
    ]
}

fn x509_parser_oracle(der: &[u8]) -> usize {
    black_box(x509_parser::parse_x509_certificate(der)).is_ok() as usize
}

fn message(bytes: &[u8]) -> Option<Message<'_>> {
    Message::decode(black_box(bytes), &Dialect::default()).ok()
}

fn decode_hello(bytes: &[u8], read: impl Fn(&Extension<'_>) -> usize) -> usize {
    match message(bytes) {
        Some(Message::ClientHello(hello)) => read_all(&hello.extensions, read),
        _ => 0,
    }
}

/// Shows each extension where it was decoded, as `tls-parser`'s vector shows its own.
fn read_all(extensions: &Extensions<'_>, read: impl Fn(&Extension<'_>) -> usize) -> usize {
    let mut typed = extensions.typed();
    let mut sum = 0;
    while let Some(extension) = &typed.next() {
        match black_box(extension) {
            Ok(extension) => sum += read(extension),
            Err(_) => return 0,
        }
    }
    sum
}

fn parse_with_tls_parser(bytes: &[u8]) -> usize {
    let Ok((_, TlsMessage::Handshake(message))) = tls_parser::parse_tls_message_handshake(black_box(bytes))
    else {
        return 0;
    };
    let extensions = match message {
        TlsMessageHandshake::ClientHello(hello) => {
            hello.ext.map(tls_parser::parse_tls_client_hello_extensions)
        }
        TlsMessageHandshake::ServerHello(hello) => {
            hello.ext.map(tls_parser::parse_tls_server_hello_extensions)
        }
        _ => None,
    };
    black_box(&extensions).as_ref().and_then(|result| result.as_ref().ok()).map_or(0, |(_, list)| list.len())
}

/// Measures `decoders` on `set`; ratios are against the first.
fn compare(title: &str, set: &[Vec<u8>], rounds: usize, mut decoders: Vec<Decoder<'_>>) -> Value {
    let turns = (1 << 12) / set.len().max(1);
    for (name, decode) in &mut decoders {
        assert!(set.iter().all(|bytes| decode(bytes) > 0), "{name} cannot read {title}");
    }
    let mut times = vec![Vec::with_capacity(rounds); decoders.len()];
    for _ in 0..rounds {
        for ((_, decode), times) in decoders.iter_mut().zip(&mut times) {
            let start = cpu_nanoseconds();
            for _ in 0..turns.max(1) {
                for bytes in set {
                    black_box(decode(bytes));
                }
            }
            times.push((cpu_nanoseconds() - start) as f64 / (turns.max(1) * set.len()) as f64);
        }
    }
    println!("{title}");
    let mut figures = Vec::new();
    for ((name, _), own) in decoders.iter().zip(&times) {
        let mut ratios: Vec<f64> = times[0].iter().zip(own).map(|(first, own)| first / own).collect();
        let (median, low, high) = interval(&mut ratios);
        let (nanoseconds, ..) = interval(&mut own.clone());
        println!("  {name:<32} {nanoseconds:>9.1} ns   {median:>6.2}× as fast ({low:.2}–{high:.2})");
        figures.push(json!({
            "decoder": name, "nanoseconds": nanoseconds, "ratio": { "median": median, "low": low, "high": high },
        }));
    }
    json!({ "title": title, "messages": set.len(), "rounds": rounds, "decoders": figures })
}

/// The processor time of this thread. Time on the wall would punish the slower decoder twice on a busy machine, since
/// its longer turns are interrupted more often.
fn cpu_nanoseconds() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec of ours; the call writes to it and keeps nothing.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(result, 0, "a thread can always read its own clock");
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The median and the 95 % interval of the median, by order statistics.
fn interval(values: &mut [f64]) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let spread = 0.98 * count.sqrt();
    let at = |place: f64| values[(place.max(0.0) as usize).min(values.len() - 1)];
    (at(count / 2.0), at(count / 2.0 - spread), at(count / 2.0 + spread))
}
