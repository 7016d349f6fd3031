//! What recording costs: handshakes with both sides in one thread, in short rounds of bare ones and recorded ones by turns, with
//! the server's side recorded. CPU time; the ratios within each round, their median and 95 % interval.
//!
//! Beside it, in the same rounds, a bare server once more, which shows what differs by chance, and OpenSSL's own
//! `SSL_trace(3)` into memory, which is what one would use instead.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContext, SslRef};
use tlsdiag_benches::{Median, cpu_time, save, stay_on_this_cpu, times_taken_away};
use tlsdiag_core::Collector;
use tlsdiag_core::source::openssl::ctrl;
use tlsdiag_lab::pair;
use tlsdiag_lab::peer::{Client, Server, Version};
use tlsdiag_lab::pki::Pki;

/// Rounds counted, unless `TLSDIAG_BENCH_ROUNDS` says otherwise, and rounds before them that only warm things up.
const ROUNDS: usize = 400;
const WARM_UP: usize = 40;
/// Handshakes in a sample: few, so that most samples are left alone.
const BATCH: usize = 2;
/// How often a sample is tried until no other process takes the CPU away in the middle.
const TRIES: usize = 10;
/// Rounds with the same contexts.
const ROUNDS_A_SET: usize = 20;

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

/// Who is measured, in the order of the columns: bare twice, so that the reader sees what differs by chance.
const BARE: usize = 0;
const CONTROL: usize = 1;
const RECORDED: usize = 2;
const TRACED: usize = 3;
const VARIANTS: usize = 4;

/// A server's context, what is done to each of its connections, and the session that its client resumes.
struct Variant {
    server: SslContext,
    each: fn(&mut SslRef),
    session: Option<pair::Session>,
}

/// What a case has come to: the bare handshake's time, and the ratios.
struct Found {
    bare: Duration,
    control: Median,
    recorded: Median,
    traced: Median,
}

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
    stay_on_this_cpu();
    let pki = Pki::generate().map_err(|error| error.to_string())?;
    let mut figures = [(); 3].map(|()| serde_json::Map::new());
    let rounds =
        std::env::var("TLSDIAG_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    println!("CPU time of a handshake, both sides, the server's recorded; {rounds} rounds by turns");
    println!(
        "median [95 % interval] of the ratios to bare ones; the control is bare, too: what differs by chance\n"
    );
    println!(
        "{:<14} {:>8}  {:<24}  {:<24}  {:<24}",
        "handshake", "bare", "recorded / bare", "control / bare", "SSL_trace / bare"
    );
    for case in CASES {
        let found = measure(case, &pki, rounds)?;
        println!(
            "{:<14} {:>5.0} µs  {:<24}  {:<24}  {:<24}",
            case.key,
            found.bare.as_secs_f64() * 1e6,
            show(found.recorded),
            show(found.control),
            show(found.traced)
        );
        for (figures, median) in figures.iter_mut().zip([found.recorded, found.control, found.traced]) {
            figures.insert(case.key.to_owned(), median.json());
        }
    }
    for (name, figures) in ["overhead", "control", "ssl_trace"].into_iter().zip(figures) {
        save(name, figures.into())?;
    }
    Ok(())
}

fn show(median: Median) -> String {
    format!("{:.4} [{:.4}, {:.4}]", median.median, median.low, median.high)
}

fn measure(case: &Case, pki: &Pki, rounds: usize) -> Result<Found, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", case.key);
    let mut setup = Server::new(case.version);
    let mut client = Client::new(case.version);
    if !case.mutual {
        setup.asks_client = false;
        client.identity = None;
    }
    let collector = Arc::new(Collector::new());
    let client_context = client.context(pki).map_err(|error| failed(&error))?.build();
    let make = |which: usize| -> Result<Variant, String> {
        let mut builder = setup.context(pki).map_err(|error| failed(&error))?;
        if which == RECORDED {
            tlsdiag_core::attach(&mut builder, Arc::clone(&collector))
                .map_err(|error| failed(&error))?
                .keep();
        }
        let server = builder.build();
        let each = if which == TRACED { trace_into_memory } else { |_: &mut SslRef| {} };
        let mut session = None;
        if case.resumed {
            let (_server, mut first) =
                pair::handshake(&server, &client_context, |_| Ok(()), |ssl| client.name(ssl))
                    .map_err(|error| failed(&error))?;
            session = Some(pair::session(&mut first).map_err(|error| failed(&error))?);
        }
        Ok(Variant { server, each, session })
    };
    let mut variants: Vec<Variant> = Vec::new();
    let mut times: Vec<[f64; VARIANTS]> = Vec::new();
    for round in 0..WARM_UP + rounds {
        if round % ROUNDS_A_SET == 0 {
            // Where a context happens to lie in memory is worth a per cent, so contexts are made anew, in another order.
            let mut made = [const { None }; VARIANTS];
            for which in order(round / ROUNDS_A_SET) {
                made[which] = Some(make(which)?);
            }
            variants = made.into_iter().flatten().collect();
        }
        let mut sample = [0.0; VARIANTS];
        for which in order(round) {
            sample[which] = undisturbed(|| {
                time(case, &variants[which], &client_context, &client).map_err(|error| failed(&error))
            })?;
        }
        // The recordings are taken, as a server's writer would, outside of the measured time.
        let taken = collector.take();
        if taken.is_empty() {
            return Err(failed(&"nothing was recorded"));
        }
        collector.give_back(taken);
        if round >= WARM_UP {
            times.push(sample);
        }
    }
    let ratio = |of: &dyn Fn(&[f64; VARIANTS]) -> f64| Median::of(times.iter().map(of).collect());
    let both = |t: &[f64; VARIANTS]| f64::midpoint(t[BARE], t[CONTROL]);
    Ok(Found {
        bare: Duration::from_secs_f64(ratio(&|t| t[BARE]).median),
        control: ratio(&|t| t[CONTROL] / t[BARE]),
        recorded: ratio(&|t| t[RECORDED] / both(t)),
        traced: ratio(&|t| t[TRACED] / both(t)),
    })
}

/// Who comes first, second, third and fourth: each of them in each place, after each of the others.
fn order(round: usize) -> [usize; VARIANTS] {
    const SQUARE: [[usize; VARIANTS]; VARIANTS] = [[0, 1, 3, 2], [1, 2, 0, 3], [2, 3, 1, 0], [3, 0, 2, 1]];
    SQUARE[round % VARIANTS]
}

/// A measurement during which no other process had this CPU, since that would measure how the other one uses the caches.
/// Where the machine is too busy for that, the last try counts.
fn undisturbed(mut measure: impl FnMut() -> Result<f64, String>) -> Result<f64, String> {
    for _ in 1..TRIES {
        let before = times_taken_away();
        let time = measure()?;
        if times_taken_away() == before {
            return Ok(time);
        }
    }
    measure()
}

/// CPU time of one handshake in seconds. It follows one of its own kind, as it does in a server, and not one of another
/// variant, after which neither would find its code in the caches.
fn time(
    case: &Case,
    variant: &Variant,
    client_context: &SslContext,
    client: &Client,
) -> Result<f64, tlsdiag_lab::Error> {
    shake_hands(case, variant, client_context, client)?;
    let start = cpu_time();
    for _ in 0..BATCH {
        shake_hands(case, variant, client_context, client)?;
    }
    Ok((cpu_time() - start).as_secs_f64() / BATCH as f64)
}

fn shake_hands(
    case: &Case,
    variant: &Variant,
    client_context: &SslContext,
    client: &Client,
) -> Result<(), tlsdiag_lab::Error> {
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
    Ok(())
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
    const BIO_CTRL_RESET: libc::c_int = 1;
    thread_local! {
        // SAFETY: makes an object of its own; it is kept as long as the thread, longer than any connection that uses it.
        static MEMORY: *mut openssl_sys::BIO = unsafe { openssl_sys::BIO_new(openssl_sys::BIO_s_mem()) };
    }
    // SAFETY: `ssl` is a live SSL for the length of the call, and it runs on this thread, whose memory BIO outlives it.
    MEMORY.with(|memory| unsafe {
        openssl_sys::BIO_ctrl(*memory, BIO_CTRL_RESET, 0, std::ptr::null_mut());
        SSL_set_msg_callback(ssl.as_ptr(), Some(SSL_trace));
        openssl_sys::SSL_ctrl(ssl.as_ptr(), ctrl::SET_MSG_CALLBACK_ARG, 0, (*memory).cast());
    });
}
