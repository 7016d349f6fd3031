//! What recording costs an unmodified nginx: the CPU time of its worker for each handshake, with the preload object and
//! without, in rounds by turns.
//!
//! Each round gives the same number of full handshakes to a bare nginx, to one whose every handshake is written
//! (`tlsdiag run --jsonl`), and to one that is recorded with `--failures-only`. The worker's time is what the kernel has
//! counted for it (`/proc/PID/schedstat`), of which `getrusage(2)` is the sum. No request is made, since it would only hide
//! the cost. Each round has servers of its own, since where a server's things lie in memory is worth a per cent: only so are the rounds
//! independent of each other, as the intervals take them to be.
//!
//! The worker has a processor of its own, as `worker_cpu_affinity` gives it one; the client and the collector share the
//! others. The client is a light one ([`LightClient`]), so that the worker's processor has as little rest as may be.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use rustix::thread::{CpuSet, Pid, sched_getaffinity, sched_setaffinity};
use tempfile::TempDir;
use tlsdiag_benches::{LightClient, Median, save};
use tlsdiag_lab::peer::Pick;
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::web::{self, ClientAuth, Running, Site};

/// Rounds, unless `TLSDIAG_BENCH_ROUNDS` says otherwise.
const ROUNDS: usize = 64;
/// How often each server has its turn in a round, after one that only warms it up.
const TURNS: usize = 4;
/// Handshakes of each server in a turn: so many that the processor's caches hold what they hold where one server works all day,
/// and not what is left after another one.
const BATCH: usize = 100;

/// Whose certificates are shown.
struct Kind {
    name: &'static str,
    key: &'static str,
    server: Pick,
    client: Option<Pick>,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "RSA-2048, mutual",
        key: "rsa2048_mutual",
        server: |pki| &pki.server,
        client: Some(|pki| &pki.client_rsa),
    },
    Kind { name: "RSA-2048", key: "rsa2048", server: |pki| &pki.server, client: None },
    Kind { name: "P-256", key: "p256", server: |pki| &pki.server_ec, client: None },
];

const VARIANTS: [&str; 3] = ["bare", "every handshake written", "--failures-only"];
/// What we have promised.
const LIMITS: [f64; 3] = [1.0, 1.02, 1.01];
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("nginx: above the limit, and by more than chance");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("nginx: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, String> {
    let kinds = kinds()?;
    let pki = Pki::generate().map_err(|error| error.to_string())?;
    let processor = leave_one_processor().map_err(|error| error.to_string())?;
    let rounds =
        std::env::var("TLSDIAG_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    println!(
        "nginx, one worker: its CPU time a full TLS 1.3 handshake, {rounds} rounds of {} each, servers by turns\n",
        TURNS * BATCH
    );
    println!("{:<16} {:<24} {:>10}  {:<26} limit", "certificates", "", "a handshake", "ratio to bare");
    let (mut figures, mut within) = (serde_json::Map::new(), true);
    for kind in kinds {
        let key = kind.name;
        let measured = measure(&pki, kind, rounds, &processor)?;
        for (which, name) in VARIANTS.iter().enumerate() {
            let time = Median::of(measured.times[which].clone()).median / 1000.0;
            if which == 0 {
                println!("{key:<16} {name:<24} {time:>8.1} µs");
                continue;
            }
            let ratio = Median::of(measured.ratios(which));
            println!(
                "{key:<16} {name:<24} {time:>8.1} µs  {:<26} {}",
                format!("{:.4} [{:.4}, {:.4}]", ratio.median, ratio.low, ratio.high),
                LIMITS[which]
            );
            within &= ratio.low <= LIMITS[which];
            let label = if which == 1 { "every" } else { "failures_only" };
            figures.insert(format!("{}_{label}", kind.key), ratio.json());
        }
        println!(
            "{key:<16} {:<24} {:>8.1} µs  outside of nginx",
            "the collector",
            measured.collector / 1000.0
        );
    }
    save("nginx", figures.into())?;
    Ok(within)
}

/// Those that are named on the command line; all where none is.
fn kinds() -> Result<Vec<&'static Kind>, String> {
    let named: Vec<_> = std::env::args().skip(1).collect();
    if let Some(unknown) = named.iter().find(|name| !KINDS.iter().any(|kind| kind.key == **name)) {
        let keys: Vec<_> = KINDS.iter().map(|kind| kind.key).collect();
        return Err(format!("no certificates are called {unknown}: {}", keys.join(", ")));
    }
    Ok(KINDS.iter().filter(|kind| named.is_empty() || named.iter().any(|name| name == kind.key)).collect())
}

/// Nanoseconds of the worker for each handshake, by variant and round.
struct Measured {
    times: [Vec<f64>; 3],
    /// The collector's time for each handshake that it wrote.
    collector: f64,
}

impl Measured {
    fn ratios(&self, which: usize) -> Vec<f64> {
        self.times[which].iter().zip(&self.times[0]).map(|(time, bare)| time / bare).collect()
    }
}

/// One nginx and its only worker.
struct Server {
    running: Running,
    worker: u32,
    _folder: TempDir,
    journal: PathBuf,
    handshakes: usize,
}

impl Server {
    fn start(which: usize, pki: &Pki, kind: &Kind, processor: &CpuSet) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", VARIANTS[which]);
        let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
        let client_auth = if kind.client.is_some() { ClientAuth::On } else { ClientAuth::Off };
        let site = Site::new(web::Kind::Nginx, folder.path(), (kind.server)(pki), client_auth, pki.trusted())
            .map_err(|error| failed(&error))?;
        let journal = folder.path().join("out.jsonl");
        let words = site.command().map_err(|error| failed(&error))?;
        let mut command = match which {
            0 => Command::new(&words[0]),
            _ => {
                let mut command = Command::new(tlsdiag()?);
                command.args(["run", "--quiet", "--jsonl"]).arg(&journal);
                if which == 2 {
                    command.arg("--failures-only");
                }
                command.arg("--").arg(&words[0]);
                command
            }
        };
        command.args(&words[1..]).stderr(Stdio::null());
        let running = Running::start(&mut command, site.address).map_err(|error| failed(&error))?;
        let master = if which == 0 {
            running.id()
        } else {
            child_of(running.id()).ok_or_else(|| failed(&"no nginx"))?
        };
        let worker = child_of(master).ok_or_else(|| failed(&"nginx has no worker"))?;
        let pid = i32::try_from(worker).ok().and_then(Pid::from_raw);
        sched_setaffinity(pid, processor).map_err(|error| failed(&error))?;
        Ok(Server { running, worker, _folder: folder, journal, handshakes: 0 })
    }

    /// Nanoseconds of the worker for one handshake, the mean of a batch.
    fn sample(&mut self, client: &LightClient, batch: usize) -> Result<f64, String> {
        let before = cpu_of(self.worker)?;
        for _ in 0..batch {
            let address = self.running.address;
            client.handshake(address).map_err(|error| format!("a handshake fails: {error}"))?;
        }
        self.handshakes += batch;
        Ok((cpu_of(self.worker)? - before) / batch as f64)
    }

    /// Stops it, and sees whether all handshakes were written that should have been.
    fn finish(self, which: usize) -> Result<f64, String> {
        let collector = if which == 0 { 0.0 } else { threads_of(self.running.id())? };
        let handshakes = self.handshakes;
        self.running.stop().map_err(|error| error.to_string())?;
        if which == 1 {
            let written = std::fs::read_to_string(&self.journal).map_err(|error| error.to_string())?;
            let written = written.lines().filter(|line| line.contains("\"outcome\":\"established\"")).count();
            if written != handshakes {
                return Err(format!("{handshakes} handshakes, and {written} are written"));
            }
        }
        Ok(collector / handshakes as f64)
    }
}

fn measure(pki: &Pki, kind: &Kind, rounds: usize, processor: &CpuSet) -> Result<Measured, String> {
    let client = LightClient::new(kind.client.map(|pick| pick(pki))).map_err(|error| error.to_string())?;
    let mut measured = Measured { times: Default::default(), collector: 0.0 };
    for round in 0..rounds {
        let mut servers = [const { None }; 3];
        for which in ORDERS[round % ORDERS.len()] {
            servers[which] = Some(Server::start(which, pki, kind, processor)?);
        }
        let mut times = [0.0; 3];
        for turn in 0..=TURNS {
            for which in ORDERS[(round + turn) % ORDERS.len()] {
                let Some(server) = &mut servers[which] else { continue };
                let time = server.sample(&client, BATCH)?;
                if turn > 0 {
                    times[which] += time / TURNS as f64;
                }
            }
        }
        for (which, server) in servers.into_iter().enumerate() {
            measured.times[which].push(times[which]);
            let collector = server.map_or(Ok(0.0), |server| server.finish(which))?;
            if which == 1 {
                measured.collector += collector / rounds as f64;
            }
        }
    }
    Ok(measured)
}

/// Keeps us, and all that we start, off the last of our processors, which is to be the workers' own. Where there is but one they
/// share it.
fn leave_one_processor() -> io::Result<CpuSet> {
    let mut ours = sched_getaffinity(None)?;
    let last = (0..CpuSet::MAX_CPU).rev().find(|at| ours.is_set(*at)).unwrap_or_default();
    let mut theirs = CpuSet::new();
    theirs.set(last);
    if ours.count() > 1 {
        ours.unset(last);
        sched_setaffinity(None, &ours)?;
    }
    Ok(theirs)
}

/// The command, built in the same way as this program.
fn tlsdiag() -> Result<OsString, String> {
    let us = std::env::current_exe().map_err(|error| error.to_string())?;
    let path = us.with_file_name("tlsdiag");
    if path.is_file() {
        Ok(path.into())
    } else {
        Err(format!("{} is not built: make bench-nginx", path.display()))
    }
}

/// Nanoseconds that this process has had.
fn cpu_of(process: u32) -> Result<f64, String> {
    schedstat(&Path::new("/proc").join(process.to_string()).join("schedstat"))
}

fn schedstat(path: &Path) -> Result<f64, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let first = text.split(' ').next().and_then(|number| number.parse().ok());
    first.ok_or_else(|| format!("{} holds no time", path.display()))
}

/// Nanoseconds of all threads of this process.
fn threads_of(process: u32) -> Result<f64, String> {
    let folder = format!("/proc/{process}/task");
    let threads = std::fs::read_dir(&folder).map_err(|error| format!("{folder}: {error}"))?;
    threads.flatten().map(|thread| schedstat(&thread.path().join("schedstat"))).sum()
}

fn child_of(parent: u32) -> Option<u32> {
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(|number: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        after_name.split_whitespace().nth(1).and_then(|text| text.parse().ok()) == Some(parent)
    })
}
