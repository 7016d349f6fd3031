//! What recording costs an unmodified nginx in instructions and in cache misses of our own code, counted by Valgrind's callgrind in a
//! cache of a fixed size: figures that a busy machine does not change.
//!
//! Each client speaks before it leaves, or leaves without a word; servers of TLS 1.3 tell the two apart, and every handshake here waits for
//! that, since Valgrind is slow. Of a busy server's handshakes few do, and the others cost less.
//!
//! One nginx gives few handshakes and another one many; their difference, divided, is a handshake. What is counted is the preload
//! object's own code, without what it calls in OpenSSL and libc.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use tlsdiag_benches::{LightClient, save};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::web::{ClientAuth, Kind, Running, Site};

/// Handshakes of the two servers; the first ones of each are not like the others.
const FEW: u32 = 40;
const MANY: u32 = 140;
/// The caches: 32 kB each for code and data, and 256 kB behind them.
const CACHES: [&str; 3] = ["--I1=32768,8,64", "--D1=32768,8,64", "--LL=262144,8,64"];
const OBJECT: &str = "libtlsdiag_preload.so";

struct Variant {
    name: &'static str,
    key: &'static str,
    /// Whether every handshake is written, or failures alone.
    every: bool,
    words: &'static [u8],
    /// How many instructions a handshake may take.
    limit: f64,
}

const WORDS: &[u8] = b"GET / HTTP/1.0\r\n\r\n";
const VARIANTS: [Variant; 4] = [
    Variant { name: "--failures-only", key: "failures_only", every: false, words: WORDS, limit: 4400.0 },
    Variant {
        name: "--failures-only, without a word",
        key: "failures_only_silent",
        every: false,
        words: &[],
        limit: 5600.0,
    },
    Variant { name: "every handshake written", key: "every", every: true, words: WORDS, limit: 6300.0 },
    Variant {
        name: "every one, without a word",
        key: "every_silent",
        every: true,
        words: &[],
        limit: 6300.0,
    },
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("hooks: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, String> {
    let show = std::env::args().nth(1).is_some_and(|word| word == "--functions");
    let pki = Pki::generate().map_err(|error| error.to_string())?;
    println!("{OBJECT} in nginx, a full TLS 1.3 handshake, P-256: its own code\n");
    println!(
        "{:<32} {:>12} {:>8}  {:>12} {:>12}",
        "", "instructions", "limit", "first-level", "last-level misses"
    );
    let (mut figures, mut good) = (serde_json::Map::new(), true);
    for variant in &VARIANTS {
        let Variant { name, key, limit, .. } = *variant;
        let [few, many] = [FEW, MANY].map(|handshakes| count(&pki, variant, handshakes));
        let (few, many) = (few?, many?);
        let each = |which: usize| (many.total(which) - few.total(which)) / f64::from(MANY - FEW);
        let (instructions, first, last) = (each(0), each(1), each(2));
        println!("{name:<32} {instructions:>12.0} {limit:>8.0}  {first:>12.1} {last:>12.1}");
        if show {
            print_functions(&few, &many);
        }
        good &= instructions <= limit;
        figures.insert(
            key.to_owned(),
            serde_json::json!({ "instructions": instructions.round(), "last_level_misses": last.round() }),
        );
    }
    save("hooks", figures.into())?;
    if !good {
        println!("\nmore instructions than the limit");
    }
    Ok(good)
}

/// Instructions, misses of the first level and of the last, by function.
struct Counted(HashMap<String, [f64; 3]>);

impl Counted {
    fn total(&self, which: usize) -> f64 {
        self.0.values().map(|counts| counts[which]).sum()
    }
}

fn print_functions(few: &Counted, many: &Counted) {
    let mut functions: Vec<_> = many
        .0
        .iter()
        .map(|(name, counts)| {
            let before = few.0.get(name).copied().unwrap_or_default();
            (name, [0, 1, 2].map(|which| (counts[which] - before[which]) / f64::from(MANY - FEW)))
        })
        .filter(|(_, counts)| counts[0] >= 1.0)
        .collect();
    functions.sort_by(|(_, a), (_, b)| b[0].total_cmp(&a[0]));
    for (name, [instructions, first, last]) in functions {
        println!("  {instructions:>8.0} {first:>7.1} {last:>7.1}  {name}");
    }
}

/// Runs one nginx under callgrind.
fn count(pki: &Pki, variant: &Variant, handshakes: u32) -> Result<Counted, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let site = Site::new(Kind::Nginx, folder.path(), &pki.server_ec, ClientAuth::Off, pki.trusted())
        .map_err(|error| error.to_string())?;
    let words = site.command().map_err(|error| error.to_string())?;
    let out = folder.path().join("callgrind");
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--cache-sim=yes", "--quiet"]).args(CACHES);
    // The collector that the server forks is counted in a file of its own.
    command.arg(format!("--callgrind-out-file={}.%p", out.display()));
    // A single process: what it does for a connection is the same.
    command.args(&words).args(["-g", "master_process off;"]);
    command.env("LD_PRELOAD", preload()?).env("TLSDIAG_JSONL", folder.path().join("out.jsonl"));
    if !variant.every {
        command.env("TLSDIAG_FAILURES_ONLY", "1");
    }
    command.stderr(Stdio::null());
    let running = Running::start(&mut command, site.address).map_err(|error| error.to_string())?;
    let client = LightClient::new(None).map_err(|error| error.to_string())?;
    for _ in 0..handshakes {
        client
            .connection(site.address, variant.words)
            .map_err(|error| format!("a handshake fails: {error}"))?;
    }
    let profile = folder.path().join(format!("callgrind.{}", running.id()));
    running.stop().map_err(|error| error.to_string())?;
    if variant.every {
        let journal = folder.path().join("out.jsonl");
        let written = std::fs::read_to_string(&journal).map_err(|error| error.to_string())?;
        let written = written.lines().filter(|line| line.contains("\"outcome\":\"established\"")).count();
        if written != handshakes as usize {
            return Err(format!("{handshakes} handshakes, and {written} are written"));
        }
    }
    read(&profile)
}

/// The costs of our object's functions in a profile of callgrind's (its manual, "Callgrind Format Specification").
fn read(path: &Path) -> Result<Counted, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (mut names, mut objects) = (HashMap::new(), HashMap::new());
    let (mut ours, mut function) = (false, String::new());
    let mut events = Vec::new();
    let (mut is_call, mut counted) = (false, HashMap::<String, [f64; 3]>::new());
    for line in text.lines() {
        if let Some(list) = line.strip_prefix("events: ") {
            events = list.split(' ').map(str::to_owned).collect();
        } else if let Some(object) = line.strip_prefix("ob=") {
            ours = resolve(&mut objects, object).ends_with(OBJECT);
        } else if let Some(object) = line.strip_prefix("cob=") {
            resolve(&mut objects, object);
        } else if let Some(name) = line.strip_prefix("fn=") {
            function = resolve(&mut names, name);
        } else if let Some(name) = line.strip_prefix("cfn=") {
            resolve(&mut names, name);
        } else if line.starts_with("calls=") {
            is_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            // What a call cost stands in the line after it, and is its callee's.
            if std::mem::take(&mut is_call) || !ours {
                continue;
            }
            let costs: Vec<f64> = line.split(' ').skip(1).filter_map(|cost| cost.parse().ok()).collect();
            let of = |wanted: &[&str]| -> f64 {
                let all = events.iter().zip(&costs).filter(|(event, _)| wanted.contains(&event.as_str()));
                all.map(|(_, cost)| cost).sum()
            };
            let sums = counted.entry(function.clone()).or_default();
            for (sum, wanted) in
                sums.iter_mut().zip([&["Ir"][..], &["I1mr", "D1mr", "D1mw"], &["ILmr", "DLmr", "DLmw"]])
            {
                *sum += of(wanted);
            }
        }
    }
    if counted.is_empty() {
        return Err(format!("{} tells nothing of {OBJECT}", path.display()));
    }
    Ok(Counted(counted))
}

/// A name, or the number of one that was told before: `(7) name`, `(7)`.
fn resolve(known: &mut HashMap<String, String>, text: &str) -> String {
    match text.split_once(' ') {
        Some((number, name)) => {
            known.insert(number.to_owned(), name.to_owned());
            name.to_owned()
        }
        None => known.get(text).cloned().unwrap_or_else(|| text.to_owned()),
    }
}

/// The preload object, built as it is shipped.
fn preload() -> Result<std::ffi::OsString, String> {
    std::env::var_os("TLSDIAG_PRELOAD")
        .ok_or_else(|| "TLSDIAG_PRELOAD names no preload object: make bench-hooks".to_owned())
}
