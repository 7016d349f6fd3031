//! What a diagnosis costs once the handshake is over: its events folded, every message decoded, every rule
//! asked; nothing is printed.
//!
//! Mutual handshakes are recorded for real, at either end and in both versions; the certificates have been seen before, as
//! they have been by a server of some minutes' age. CPU time of this thread, means of a batch, the median of all batches. The
//! figures go to standard output, in microseconds, and under `diagnose` into `target/bench.json`. `TLSDIAG_BENCH_ROUNDS` sets
//! the number of batches.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;
use tlsdiag_benches::{Median, cpu_time, save};
use tlsdiag_core::event::Recording;
use tlsdiag_core::{Collector, Handshake, diagnose};
use tlsdiag_lab::pair;
use tlsdiag_lab::peer::{Client, Server, Version};
use tlsdiag_lab::pki::Pki;

/// What the project promises, in microseconds.
const LIMIT: f64 = 25.0;

/// Diagnoses a batch: long enough for the clock, short enough to get its share of a busy machine in one piece.
const BATCH: u32 = 100;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(message) => {
            eprintln!("diagnose: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let rounds = std::env::var("TLSDIAG_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(201);
    let pki = Pki::generate().map_err(|error| error.to_string())?;
    let mut figures = serde_json::Map::new();
    let mut worst: f64 = 0.0;
    println!("diagnosis of a mutual handshake, in microseconds of CPU:");
    for version in [Version::Tls12, Version::Tls13] {
        let (server, client) = recorded(&pki, version).map_err(|error| error.to_string())?;
        for (side, recording) in [("server", &server), ("client", &client)] {
            let time = measure(recording, rounds);
            let name = format!("mutual_{}_{side}", version.as_str().replace('.', "_"));
            println!("  {name:<20} {:>6.1}  ({:.1} to {:.1})", time.median, time.low, time.high);
            worst = worst.max(time.median);
            figures.insert(name, time.json());
        }
    }
    figures.insert("limit".to_owned(), json!(LIMIT));
    figures.insert("worst".to_owned(), json!((worst * 10.0).round() / 10.0));
    save("diagnose", figures.into())?;
    println!("  at most {LIMIT} are allowed: {}", if worst <= LIMIT { "kept" } else { "EXCEEDED" });
    Ok(if worst <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The two ends' recordings of one handshake.
fn recorded(pki: &Pki, version: Version) -> Result<(Recording, Recording), Box<dyn std::error::Error>> {
    let (at_server, at_client) = (Arc::new(Collector::new()), Arc::new(Collector::new()));
    let mut server = Server::new(version).context(pki)?;
    tlsdiag_core::attach(&mut server, Arc::clone(&at_server))?.keep();
    let setup = Client::new(version);
    let mut client = setup.context(pki)?;
    tlsdiag_core::attach(&mut client, Arc::clone(&at_client))?.keep();
    let ends = pair::handshake(&server.build(), &client.build(), |_| Ok(()), |ssl| setup.name(ssl))?;
    drop(ends);
    let one = |collector: &Collector| collector.take().pop().ok_or("nothing was recorded");
    let (server, client) = (one(&at_server)?, one(&at_client)?);
    for recording in [&server, &client] {
        let handshake = Handshake::from_recording(recording);
        let diagnosis = diagnose(&handshake);
        let mutual = handshake.client_chain.as_ref().is_some_and(|chain| chain.leaf().is_some());
        if !mutual || !diagnosis.findings.is_empty() || !handshake.undecoded.is_empty() {
            return Err("this is no healthy mutual handshake".into());
        }
    }
    Ok((server, client))
}

#[inline(never)]
fn measure(recording: &Recording, rounds: usize) -> Median {
    let once = || {
        let handshake = Handshake::from_recording(black_box(recording));
        black_box(diagnose(&handshake)).findings.len()
    };
    for _ in 0..BATCH {
        once();
    }
    let batch = |_| {
        let start = cpu_time();
        for _ in 0..BATCH {
            black_box(once());
        }
        (cpu_time() - start).as_secs_f64() * 1e6 / f64::from(BATCH)
    };
    Median::of((0..rounds).map(batch).collect())
}
