//! Real clients, a real server, and a relay between them that keeps what both say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tlsdiag_core::wire::{ContentType, Deframer, Dialect, Frame};

/// Clients by name, with the port to connect to left open.
pub(crate) const CLIENTS: [(&str, &[&str]); 6] = [
    (
        "openssl",
        &[
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:{port}",
            "-servername",
            "localhost",
            "-alpn",
            "h2,http/1.1",
            "-trace",
        ],
    ),
    ("curl", &["curl", "-sk", "--noproxy", "*", "https://localhost:{port}/"]),
    ("gnutls", &["gnutls-cli", "--insecure", "--alpn=h2", "-p", "{port}", "localhost"]),
    (
        "node",
        &[
            "node",
            "-e",
            "require('tls').connect({port:{port},host:'127.0.0.1',servername:'localhost',\
        ALPNProtocols:['h2'],rejectUnauthorized:false}).on('error',()=>{})",
        ],
    ),
    ("nss", &["tstclnt", "-D", "-o", "-4", "-h", "localhost", "-p", "{port}"]),
    // It runs a file of source by itself, where the whole development kit is there.
    ("java", &["javac"]),
];

/// How long anything may take that ends by itself.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The messages here are of TLS 1.2, but for the hellos, which are alike.
pub(crate) fn dialect() -> Dialect {
    Dialect { version: Some(tlsdiag_core::wire::ProtocolVersion::TLS1_2), ..Dialect::default() }
}

pub(crate) struct Conversation {
    pub(crate) title: String,
    sent: Vec<u8>,
    received: Vec<u8>,
    /// What the client printed.
    pub(crate) output: String,
}

impl Conversation {
    /// The handshake messages that are not encrypted, the client's first hello first, then the server's, then the
    /// client's others, each with whether the client sent it.
    pub(crate) fn plain(&self) -> Vec<(bool, Vec<u8>)> {
        let mut own = plain(&self.sent);
        let later = own.split_off(1);
        let mark = |sent| move |message| (sent, message);
        let server = plain(&self.received);
        own.into_iter()
            .map(mark(true))
            .chain(server.into_iter().map(mark(false)))
            .chain(later.into_iter().map(mark(true)))
            .collect()
    }
}

fn plain(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut encrypted = false;
    Deframer::new().push(bytes, |frame| match frame {
        Frame::Handshake(message) if !encrypted => messages.push(message.to_vec()),
        Frame::Record(header, _) => encrypted |= header.content_type != ContentType::ALERT,
        _ => {}
    });
    messages
}

/// A child that does not outlive the test.
pub(crate) struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `openssl s_server`, which demands a certificate that no client has, so that all ends by itself.
pub(crate) struct Server {
    _process: Owned,
    address: String,
    version: &'static str,
}

impl Server {
    pub(crate) fn start(folder: &Path, version: &'static str) -> Self {
        make_certificates(folder);
        let mut process = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", version, "-Verify", "1", "-alpn", "http/1.1,h2"])
            .args(["-cert", "leaf.pem", "-key", "leaf.key", "-cert_chain", "root.pem"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map(Owned)
            .unwrap();
        let mut output = BufReader::new(process.0.stdout.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "s_server ended");
            if let Some(address) = line.strip_prefix("ACCEPT ") {
                break address.trim().to_owned();
            }
        };
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self { _process: process, address, version }
    }

    /// Lets a client connect, and returns when both are done.
    pub(crate) fn talk_to(&self, peer: &str, command: &[&str], folder: &Path) -> Conversation {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = self.address.clone();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || tell.send(relay(&listener, &address)));
        let client = spawn(peer, command, port, folder);
        let told = told.recv_timeout(PATIENCE);
        if peer == "openssl" {
            // It ends when the server has gone; until then it prints.
            let Owned(child) = &mut { client };
            child.wait().unwrap();
        } else {
            drop(client);
        }
        let title = format!("{peer} {}", self.version);
        let (sent, received) = told.unwrap_or_else(|_| panic!("{title}: it never connected")).unwrap();
        let output = String::from_utf8_lossy(&std::fs::read(folder.join("output")).unwrap()).into_owned();
        Conversation { title, sent, received, output }
    }
}

/// Makes `leaf.pem` and `root.pem`, which have nothing to do with each other, with their keys.
pub(crate) fn make_certificates(folder: &Path) {
    for name in ["leaf", "root"] {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout"])
            .arg(folder.join(format!("{name}.key")))
            .arg("-out")
            .arg(folder.join(format!("{name}.pem")))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    }
}

/// Starts a client; what it prints goes to the file `output`.
pub(crate) fn spawn(peer: &str, command: &[&str], port: u16, folder: &Path) -> Owned {
    let port = port.to_string();
    let fill = |part: &&str| part.replace("{port}", &port);
    let mut arguments = command.iter().map(fill);
    let mut program = Command::new(arguments.next().unwrap());
    program.args(arguments);
    if peer == "java" {
        program = java(folder, &port);
    }
    let output = std::fs::File::create(folder.join("output")).unwrap();
    program.stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
    Owned(program.spawn().unwrap())
}

fn java(folder: &Path, port: &str) -> Command {
    let source = "import javax.net.ssl.*;
        public class Hello {
            public static void main(String[] arguments) throws Exception {
                int port = Integer.parseInt(arguments[0]);
                ((SSLSocket) SSLSocketFactory.getDefault().createSocket(\"localhost\", port)).startHandshake();
            }
        }";
    let path = folder.join("Hello.java");
    std::fs::write(&path, source).unwrap();
    let mut command = Command::new("java");
    command.arg(path).arg(port);
    command
}

/// Copies both ways until both sides have ended, and returns what the client and what the server said.
fn relay(listener: &TcpListener, address: &str) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let (client, _) = listener.accept()?;
    let server = TcpStream::connect(address)?;
    for stream in [&client, &server] {
        stream.set_read_timeout(Some(PATIENCE / 2))?;
    }
    let (from, to) = (client.try_clone()?, server.try_clone()?);
    let sent = std::thread::spawn(move || copy(from, to));
    let received = copy(server, client);
    Ok((sent.join().map_err(|_| std::io::Error::other("the relay panicked"))?, received))
}

/// An error of a socket ends the copy as the end of its bytes does: a peer may leave as rudely as it likes.
fn copy(mut from: TcpStream, mut to: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        all.extend_from_slice(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    all
}
