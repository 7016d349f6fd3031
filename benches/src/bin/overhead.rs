//! What recording costs: handshakes with both sides in one thread, in rounds of a bare one and a recorded one by turns, with
//! the server's side recorded. CPU time; the ratio of each pair, its median and 95 % interval.
//!
//! Beside it, in the same rounds, the ratio of OpenSSL's own `SSL_trace(3)` into memory, which is what one would use instead.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContext, SslRef};
use tlsdiag_benches::{Median, cpu_time, save};
use tlsdiag_core::Collector;
use tlsdiag_lab::pair;
use tlsdiag_lab::peer::{Client, Server, Version};
use tlsdiag_lab::pki::Pki;

/// Rounds counted, unless `TLSDIAG_BENCH_ROUNDS` says otherwise, and rounds before them that only warm things up.
const ROUNDS: usize = 300;
const WARM_UP: usize = 30;
/// Handshakes in a sample: long enough that the clock's grain does not show.
const BATCH: usize = 4;

/// What is measured, by its key in `target/bench.json`.
struct Case {
    key: &'static str,
    version: Version,
    mutual: bool,
    resumed: bool,
}

const CASES: &[Case] = &[
    Case { key: "tls13_full", version: Version::Tls13, mutual: false, resumed: false },
    Case { key: "tls13_mtls", version: Version::Tls13, mutual: true, resumed: false },
    Case { key: "tls13_resumed", version: Version::Tls13, mutual: false, resumed: true },
    Case { key: "tls12_mtls", version: Version::Tls12, mutual: true, resumed: false },
];

/// A server's context, what is done to each of its connections, and the session that its client resumes.
struct Variant {
    server: SslContext,
    each: fn(&mut SslRef),
    session: Option<pair::Session>,
}

impl Variant {
    /// Bare, recorded, traced; the contexts are made in this order.
    fn set(
        order: [usize; 3],
        context: &dyn Fn(bool) -> Result<SslContext, String>,
    ) -> Result<Vec<Self>, String> {
        let mut servers = [const { None }; 3];
        for which in order {
            servers[which] = Some(context(which == 1)?);
        }
        let each: [fn(&mut SslRef); 3] = [|_| {}, |_| {}, trace_into_memory];
        let made = servers.into_iter().flatten().zip(each);
        Ok(made.map(|(server, each)| Variant { server, each, session: None }).collect())
    }
}

/// All the orders of three.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]];
/// Rounds with the same contexts.
const ROUNDS_A_SET: usize = 10;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("overhead: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let pki = Pki::generate().map_err(|error| error.to_string())?;
    let mut figures = serde_json::Map::new();
    let mut traces = serde_json::Map::new();
    let rounds =
        std::env::var("TLSDIAG_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    println!("{rounds} rounds of {BATCH} handshakes each, server's side recorded, CPU time of both sides\n");
    println!("{:<14} {:>10}  {:<26}  {:<26}", "handshake", "bare", "recorded / bare", "SSL_trace / bare");
    for case in CASES {
        let (bare, recorded, traced) = measure(case, &pki, rounds)?;
        println!(
            "{:<14} {:>7.0} µs  {:<26}  {:<26}",
            case.key,
            bare.as_secs_f64() * 1e6,
            show(recorded),
            show(traced)
        );
        figures.insert(case.key.to_owned(), recorded.json());
        traces.insert(case.key.to_owned(), traced.json());
    }
    save("overhead", figures.into())?;
    save("ssl_trace", traces.into())
}

fn show(median: Median) -> String {
    format!("{:.4} [{:.4}, {:.4}]", median.median, median.low, median.high)
}

/// The bare handshake's median time, and the two ratios.
fn measure(case: &Case, pki: &Pki, rounds: usize) -> Result<(Duration, Median, Median), String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", case.key);
    let mut setup = Server::new(case.version);
    let mut client = Client::new(case.version);
    if !case.mutual {
        setup.asks_client = false;
        client.identity = None;
    }
    let collector = Arc::new(Collector::new());
    let context = |attach: bool| -> Result<SslContext, String> {
        let mut builder = setup.context(pki).map_err(|error| failed(&error))?;
        if attach {
            tlsdiag_core::attach(&mut builder, Arc::clone(&collector))
                .map_err(|error| failed(&error))?
                .keep();
        }
        Ok(builder.build())
    };
    let mut variants: Vec<Variant> = Vec::new();
    let client_context = client.context(pki).map_err(|error| failed(&error))?.build();
    let (mut bare, mut recorded, mut traced) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..WARM_UP + rounds {
        if round % ROUNDS_A_SET == 0 {
            // Where a context happens to lie in memory is worth a per cent, so contexts are made anew, in another order.
            let order = ORDERS[round / ROUNDS_A_SET % ORDERS.len()];
            variants = Variant::set(order, &context)?;
            for variant in &mut variants {
                if case.resumed {
                    let (_server, mut first) =
                        pair::handshake(&variant.server, &client_context, |_| Ok(()), |ssl| client.name(ssl))
                            .map_err(|error| failed(&error))?;
                    variant.session = Some(pair::session(&mut first).map_err(|error| failed(&error))?);
                }
            }
            collector.give_back(collector.take());
        }
        let mut times = [0.0; 3];
        for which in ORDERS[round % ORDERS.len()] {
            times[which] =
                sample(case, &variants[which], &client_context, &client).map_err(|error| failed(&error))?;
        }
        // The recordings are taken, as a server's writer would, outside of the measured time.
        let taken = collector.take();
        if taken.is_empty() {
            return Err(failed(&"nothing was recorded"));
        }
        collector.give_back(taken);
        if round >= WARM_UP {
            bare.push(times[0]);
            recorded.push(times[1] / times[0]);
            traced.push(times[2] / times[0]);
        }
    }
    let bare = Duration::from_secs_f64(Median::of(bare).median);
    Ok((bare, Median::of(recorded), Median::of(traced)))
}

/// CPU time of one handshake, the mean of a batch, in seconds.
fn sample(
    case: &Case,
    variant: &Variant,
    client_context: &SslContext,
    client: &Client,
) -> Result<f64, tlsdiag_lab::Error> {
    let start = cpu_time();
    for _ in 0..BATCH {
        let (server, connected) = pair::handshake(
            &variant.server,
            client_context,
            |ssl| {
                (variant.each)(ssl);
                Ok(())
            },
            |ssl| {
                client.name(ssl)?;
                variant.session.as_ref().map_or(Ok(()), |session| session.resume(ssl))
            },
        )?;
        assert_eq!(connected.ssl().session_reused(), case.resumed, "{}: resumed or not", case.key);
        drop((server, connected));
    }
    Ok((cpu_time() - start).as_secs_f64() / BATCH as f64)
}

/// What `openssl s_server -trace` does, into memory instead of to the terminal.
fn trace_into_memory(ssl: &mut SslRef) {
    unsafe extern "C" {
        fn SSL_trace(
            write: libc::c_int,
            version: libc::c_int,
            content: libc::c_int,
            bytes: *const libc::c_void,
            length: usize,
            ssl: *mut openssl_sys::SSL,
            output: *mut libc::c_void,
        );
        fn SSL_set_msg_callback(
            ssl: *mut openssl_sys::SSL,
            callback: Option<
                unsafe extern "C" fn(
                    libc::c_int,
                    libc::c_int,
                    libc::c_int,
                    *const libc::c_void,
                    usize,
                    *mut openssl_sys::SSL,
                    *mut libc::c_void,
                ),
            >,
        );
    }
    const SSL_CTRL_SET_MSG_CALLBACK_ARG: libc::c_int = 16;
    const BIO_CTRL_RESET: libc::c_int = 1;
    thread_local! {
        // SAFETY: makes an object of its own; it is kept as long as the thread, longer than any connection that uses it.
        static MEMORY: *mut openssl_sys::BIO = unsafe { openssl_sys::BIO_new(openssl_sys::BIO_s_mem()) };
    }
    // SAFETY: `ssl` is a live SSL for the length of the call, and it runs on this thread, whose memory BIO outlives it.
    MEMORY.with(|memory| unsafe {
        openssl_sys::BIO_ctrl(*memory, BIO_CTRL_RESET, 0, std::ptr::null_mut());
        SSL_set_msg_callback(ssl.as_ptr(), Some(SSL_trace));
        openssl_sys::SSL_ctrl(ssl.as_ptr(), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, (*memory).cast());
    });
}
