//! The real program: run to its end, or as a server that is watched.
#![allow(dead_code, reason = "each test file is a crate of its own and uses a part")]

pub(crate) mod watched;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;
use tlsdiag_lab::card;
use tlsdiag_lab::pki::folder::{self, Files};
use tlsdiag_lab::signal::{self, Signal};

/// `tlsdiag` in a folder, without the user's colours.
pub(crate) fn tlsdiag(folder: &Path) -> Command {
    // Whoever runs the tests may ignore signals (nohup, or `&` in a script), and what is started inherits that.
    let mut command = Command::new("env");
    command.args(["--default-signal", env!("CARGO_BIN_EXE_tlsdiag")]);
    command.current_dir(folder).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
    command
}

/// Those of these programs that are not on this machine, and SoftHSM's module where that is not. None that `TLSDIAG_PEERS` names, with blanks
/// between them, may be missing.
pub(crate) fn missing_for_a_card(programs: &[&str]) -> Vec<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_here = |program: &str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let wanted = std::env::var("TLSDIAG_PEERS").unwrap_or_default();
    let mut missing = Vec::new();
    for program in card::PROGRAMS.iter().chain(programs).filter(|program| !is_here(program)) {
        assert!(!wanted.split(' ').any(|one| one == *program), "{program} is not on this machine");
        missing.push((*program).to_owned());
    }
    if card::module().is_none() {
        missing.push("libsofthsm2.so".to_owned());
    }
    missing
}

/// What a finished program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("stdout is text"),
            err: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }
}

/// Runs it with these arguments to its end.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[S]) -> Said {
    tlsdiag(folder).args(arguments).output().expect("the program runs").into()
}

/// Runs it with this on its stdin.
pub(crate) fn run_with(folder: &Path, arguments: &[&str], input: &[u8]) -> Said {
    let mut child = tlsdiag(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads");
    child.wait_with_output().expect("it ends").into()
}

/// A folder with certificates, in which servers write `out.jsonl`.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) files: Files,
}

impl Place {
    pub(crate) fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder::write(folder.path().join("pki")).expect("certificates");
        Place { folder, files }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `tlsdiag serve` with our certificates, on a free port, appending to `out.jsonl`; and what else is asked.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Server {
        let mut command = tlsdiag(self.path());
        command.args(["serve", "--host", "127.0.0.1", "--port", "0", "--jsonl", "out.jsonl"]);
        command.args(["--key".as_ref(), self.files.server_key.as_os_str()]);
        command.args(["--cert".as_ref(), self.files.server.as_os_str()]);
        command.args(["--chain".as_ref(), self.files.server.as_os_str()]);
        command.args(["--ca".as_ref(), self.files.ca.as_os_str()]);
        Server::start(command.args(arguments))
    }

    /// The records that have been written, as JSON, valid by the published schema.
    pub(crate) fn records(&self) -> Vec<serde_json::Value> {
        let schema = include_str!("../../../schema/handshake-1.json");
        let schema = serde_json::from_str(schema).expect("the schema is JSON");
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let lines = std::fs::read_to_string(self.path().join("out.jsonl")).expect("out.jsonl");
        assert!(lines.is_empty() || lines.ends_with('\n'), "whole lines");
        let read = |line| {
            let record = serde_json::from_str(line).expect("a line is JSON");
            if let Err(error) = schema.validate(&record) {
                panic!("{error} at {}", error.instance_path());
            }
            record
        };
        lines.lines().map(read).collect()
    }

    /// What `tlsdiag explain --format causes out.jsonl` prints.
    pub(crate) fn causes(&self) -> Vec<String> {
        let said = run(self.path(), &["explain", "--format", "causes", "out.jsonl"]);
        assert_eq!(said.err, "");
        let causes: Vec<String> = said.out.lines().map(str::to_owned).collect();
        let healthy = causes.iter().all(|cause| cause == "ok");
        assert_eq!(said.code, Some(if healthy { 0 } else { 1 }));
        causes
    }
}

/// A running `tlsdiag serve`; killed, by its own process number, if a test drops it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it printed before it listened.
    pub(crate) greeting: String,
    rest: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Server {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut greeting = String::new();
        let address = loop {
            let mut line = String::new();
            if out.read_line(&mut line).expect("text") == 0 {
                let mut why = String::new();
                child.stderr.take().expect("a pipe").read_to_string(&mut why).expect("text");
                panic!("it does not listen: {why}");
            }
            match line.trim_end().strip_prefix("listening on ") {
                Some(addresses) => {
                    let first = addresses.split(" and ").next().expect("an address");
                    break first.parse().expect("an address");
                }
                None => greeting.push_str(&line),
            }
        };
        let rest = thread::spawn(move || {
            let mut rest = String::new();
            out.read_to_string(&mut rest).expect("text");
            rest
        });
        Server { child, address, greeting, rest: Some(rest) }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).expect("it listens")
    }

    /// `openssl s_client` with these arguments and nothing to say.
    pub(crate) fn s_client<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Output {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-connect", &self.address.to_string(), "-servername", "localhost"]);
        command.args(arguments).stdin(Stdio::null()).output().expect("openssl is installed")
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&self) {
        signal::send(self.child.id(), Signal::INT).expect("it runs");
    }

    /// Waits for its own end.
    pub(crate) fn finish(mut self) -> Said {
        let mut err = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
        let status = self.child.wait().expect("it ends");
        let out = self.rest.take().expect("not yet joined").join().expect("its output is read");
        Said { code: status.code(), out, err }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.rest.is_some() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
