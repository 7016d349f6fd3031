//! Other people's programs, as clients and as servers, and how each is told what it shall do.

mod apache;
pub(crate) mod curl;
pub(crate) mod gnutls;
mod java;
mod nginx;
mod node;
mod nss;
mod openssl;
mod python;

use std::collections::BTreeSet;
use std::env;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use tlsdiag_lab::peer::Version;
use tlsdiag_lab::port::Port;

use crate::place::Place;

/// How long anything may take that ends by itself, on a machine that has much else to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a program shall do; what is not said is its own default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// The name of a certificate and key of the [`Place`].
    pub(crate) identity: Option<&'static str>,
    /// The name of a file of CA certificates of the [`Place`].
    pub(crate) trusts: Option<&'static str>,
    /// A server that insists on a client certificate of those CAs.
    pub(crate) asks_client: bool,
    pub(crate) only: Option<Version>,
    /// Suites of TLS 1.2, and of TLS 1.3, by OpenSSL's names.
    pub(crate) ciphers: Option<(&'static str, &'static str)>,
    pub(crate) group: Option<Group>,
    /// Signature algorithms in OpenSSL's syntax, for what the peer signs.
    pub(crate) sigalgs: Option<&'static str>,
    /// What a server asks clients to sign with.
    pub(crate) client_sigalgs: Option<&'static str>,
    pub(crate) alpn: Option<&'static str>,
    /// It speaks no TLS.
    pub(crate) plain: bool,
    /// Lines of ours for this stack, as they stand.
    pub(crate) advice: Vec<String>,
    /// Lines of ours for openssl.cnf.
    pub(crate) cnf: Vec<String>,
}

/// A group that everybody has, under each stack's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    P256,
    P384,
}

pub(crate) trait Program: Sync {
    /// As records name the stack, where they do.
    fn name(&self) -> &'static str;

    /// Where it is, if it is on this machine.
    fn found(&self) -> Option<PathBuf>;

    /// A client that connects to this port of localhost, asks for a page, and ends; `None` if it cannot be told so.
    fn client(&self, _place: &Place, _told: &Told, _port: u16) -> Option<Command> {
        None
    }

    /// A server on this port of 127.0.0.1, in the foreground; `None` if it cannot be told so.
    fn server(&self, _place: &Place, _told: &Told, _port: u16) -> Option<Command> {
        None
    }

    /// Whether as a client it keeps back a certificate whose issuer the server does not name.
    fn heeds_names(&self) -> bool {
        false
    }
}

pub(crate) const PROGRAMS: &[&dyn Program] = &[
    &openssl::Openssl,
    &curl::Curl,
    &python::Python,
    &node::Node,
    &java::Java,
    &gnutls::Gnutls,
    &nss::Nss,
    &nginx::Nginx,
    &apache::Apache,
];

pub(crate) fn named(name: &str) -> &'static dyn Program {
    *PROGRAMS.iter().find(|program| program.name() == name).expect(name)
}

static SAID: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Whether it is here; says once if not, where a reader of the test's output sees it.
pub(crate) fn is_here(program: &dyn Program) -> bool {
    let here = program.found().is_some();
    if !here && SAID.lock().expect("whole").insert(program.name()) {
        println!("NOT TESTED: {} is not on this machine", program.name());
    }
    here
}

/// The places of programs, servers' among them, and what was unpacked under `target/` rather than installed.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/programs");
    let path = env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    let mut folders =
        env::split_paths(&path).chain(usual).chain(["usr/sbin", "usr/bin"].map(|bin| unpacked.join(bin)));
    folders.find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()))
}

/// A child that does not outlive the test.
pub(crate) struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Owned {
    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(Some(_)))
    }
}

/// Starts it in the place, with what it says in a file that a failure can show.
pub(crate) fn start(place: &Place, mut command: Command, log: &str) -> Owned {
    let out = std::fs::File::create(place.file(log)).expect("a log");
    let err = out.try_clone().expect("a log");
    // A program that reads its standard input to the end would say so too soon if there were none.
    command.current_dir(place.path()).stdin(Stdio::piped()).stdout(out).stderr(err);
    Owned(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// Tells it that nothing more is to be said.
pub(crate) fn hush(program: &mut Owned) {
    drop(program.0.stdin.take());
}

/// A server that listens; says what it said if it does not.
pub(crate) fn serve(place: &Place, program: &dyn Program, told: &Told) -> Option<(Owned, u16)> {
    let held = Port::reserve().expect("a port");
    let port = held.number();
    let command = program.server(place, told, port)?;
    let shown = format!("{command:?}");
    let mut server = start(place, command, "server.log");
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        let said = || std::fs::read_to_string(place.file("server.log")).unwrap_or_default();
        assert!(!server.has_ended(), "{shown} ended:\n{}", said());
        assert!(Instant::now() < deadline, "{shown} does not listen:\n{}", said());
        thread::sleep(Duration::from_millis(5)); // nothing tells but the port itself
    }
    Some((server, port))
}

/// The arguments of a line of ours such as `curl --cert client.pem …`.
pub(crate) fn arguments(line: &str) -> Vec<String> {
    line.split_whitespace().skip(1).filter(|word| *word != "…").map(str::to_owned).collect()
}

/// An openssl.cnf that says these lines to every context, for a program that reads one.
pub(crate) fn configured(place: &Place, command: &mut Command, told: &Told) {
    if told.cnf.is_empty() {
        return;
    }
    let lines = told.cnf.join("\n");
    let text = format!(
        "openssl_conf = init\nconfig_diagnostics = 1\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = system_default\n[system_default]\n{lines}\n"
    );
    command.env("OPENSSL_CONF", place.write("openssl.cnf", text));
}

/// The version that a program prints as the last, or the second, word of its first line, by its numbers.
pub(crate) fn version_of(program: &str) -> Vec<u32> {
    let Some(path) = find(program) else { return Vec::new() };
    let Ok(said) = Command::new(path).arg("--version").output() else { return Vec::new() };
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let words = said.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let numbers = |word: &str| word.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>();
    words.filter_map(|word| numbers(word).ok()).next().unwrap_or_default()
}
