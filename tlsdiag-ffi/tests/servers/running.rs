//! A server that runs, what is asked of it, and what it has written.

use std::fs::Permissions;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tlsdiag_lab::signal::{self, Signal};
use tlsdiag_lab::visitor;

use crate::harness::{pki, root};

/// No step here takes longer, even on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program of the servers' packages: where `.ci/servers` has put it, or installed.
pub fn program(name: &str) -> PathBuf {
    let put = root().join("target/servers").join(name);
    let installed = Path::new("/usr/sbin").join(name);
    let found = [put, installed].into_iter().find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{name} is not here: run .ci/servers, as make test does"))
}

/// Polls until there is an answer.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begin.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A client that leaves where its certificate is due, and comes back with one.
pub fn asks_its_user(port: u16) {
    let connect = || {
        let socket = TcpStream::connect(("127.0.0.1", port)).expect("the server");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        socket
    };
    visitor::leaves(&connect());
    let page = visitor::comes(connect(), &pki().join("client.pem"), &pki().join("client.key"));
    assert!(page.expect("it is let in").starts_with(b"HTTP/1."));
}

/// A folder that a server's workers can reach, who are not root even if we are. The checkout may be its owner's alone.
pub fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("our folder");
    folder
}

/// The process that was started, in a folder of its own.
pub struct Running {
    child: Option<Child>,
    pub folder: TempDir,
    stop: Signal,
}

impl Running {
    /// Starts a server that stays in the foreground, and waits until it accepts.
    pub fn start(mut command: Command, folder: TempDir, port: u16, stop: Signal) -> Self {
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut running = Running { child: Some(child), folder, stop };
        wait_for("the server's port", || {
            let ended = running.child.as_mut().and_then(|child| child.try_wait().expect("a child"));
            assert!(ended.is_none(), "{command:?}: {ended:?}\n{}", running.read("error.log"));
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        running
    }

    /// Sends its main process a signal.
    pub fn signal(&self, signal: Signal) {
        signal::send(self.child.as_ref().expect("it was started").id(), signal).expect("it runs");
    }

    /// Ends it in good order, so that everything has been written.
    pub fn stop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = signal::send(child.id(), self.stop);
            let begin = Instant::now();
            while child.try_wait().is_ok_and(|ended| ended.is_none()) {
                if begin.elapsed() > PATIENCE {
                    let _ = child.kill();
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            self.child = None;
        }
    }

    pub fn read(&self, name: &str) -> String {
        // nginx shows the bytes of a client as they are.
        let bytes = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub fn records(&self, name: &str) -> Vec<Value> {
        self.read(name)
            .lines()
            .map(|line| serde_json::from_str(line).expect("a whole line of JSON"))
            .collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Role, outcome and cause of a record (`ok` for none).
fn verdict(record: &Value) -> (String, String, String) {
    let text = |value: &Value, otherwise: &str| value.as_str().unwrap_or(otherwise).to_owned();
    (text(&record["role"], ""), text(&record["outcome"], ""), text(&record["diagnosis"]["cause"], "ok"))
}

/// The verdicts of records, without those of connections that only looked whether the server is there.
pub fn verdicts(records: &[Value]) -> Vec<(String, String, String)> {
    records.iter().map(verdict).filter(|(_, _, cause)| !cause.starts_with("transport")).collect()
}

/// curl with a client certificate of the laboratory, if one is named. Gives what it printed.
pub fn curl(port: u16, path: &str, identity: Option<&str>, more: &[&str]) -> String {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--max-time", "30", "--output", "-", "--write-out", "%{http_code}"]);
    curl.arg("--cacert").arg(pki().join("ca.pem"));
    curl.arg("--resolve").arg(format!("*:{port}:127.0.0.1"));
    if let Some(name) = identity {
        curl.arg("--cert").arg(pki().join(name).with_extension("pem"));
        curl.arg("--key").arg(pki().join(name).with_extension("key"));
    }
    curl.args(more).arg(format!("https://localhost:{port}{path}"));
    String::from_utf8_lossy(&curl.output().expect("curl runs").stdout).into_owned()
}

/// A file of authorities that did not issue the server's certificate.
pub fn untrusted() -> String {
    pki().join("stranger.pem").display().to_string()
}
