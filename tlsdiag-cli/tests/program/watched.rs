//! A running program of which each line is heard, and a little HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use tlsdiag_lab::signal::{self, Signal};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program; killed, by its own process number, if a test drops it.
pub(crate) struct Watched {
    child: Child,
    lines: Receiver<String>,
    /// What it has said.
    pub(crate) said: Vec<String>,
}

impl Watched {
    pub(crate) fn start(command: &mut Command) -> Watched {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let (sender, lines) = mpsc::channel();
        let (out, err) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
        let errors = sender.clone();
        thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        thread::spawn(move || {
            BufReader::new(err).lines().map_while(Result::ok).try_for_each(|line| errors.send(line))
        });
        Watched { child, lines, said: Vec::new() }
    }

    /// Waits for a line that begins so, and gives the rest of it.
    pub(crate) fn line(&mut self, begin: &str) -> String {
        loop {
            let heard = self.said.iter().find_map(|line| line.strip_prefix(begin));
            if let Some(rest) = heard {
                return rest.to_owned();
            }
            let line = self.lines.recv_timeout(PATIENCE);
            self.said.push(line.unwrap_or_else(|_| panic!("no line {begin} but {:#?}", self.said)));
        }
    }

    /// Where its console is.
    pub(crate) fn console(&mut self) -> SocketAddr {
        let rest = self.line("tlsdiag: console at http://");
        rest.strip_suffix('/').expect("an address").parse().expect("an address")
    }

    /// Where `tlsdiag serve` listens.
    pub(crate) fn address(&mut self) -> SocketAddr {
        let addresses = self.line("listening on ");
        addresses.split(" and ").next().expect("one").parse().expect("an address")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it has had, in MB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("it runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
        peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1000
    }

    /// Presses Ctrl-C, and gives the exit status and how long it took to end.
    pub(crate) fn interrupt(&mut self) -> (Option<i32>, Duration) {
        let begin = Instant::now();
        signal::send(self.id(), Signal::INT).expect("it runs");
        (self.child.wait().expect("it ends").code(), begin.elapsed())
    }

    /// What it says until it ends, with what it has said.
    pub(crate) fn rest(mut self) -> Vec<String> {
        let mut said = std::mem::take(&mut self.said);
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            said.push(line);
        }
        said
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Sends these bytes, and reads what comes until the end.
pub(crate) fn send(address: SocketAddr, request: &str) -> Answer {
    let mut socket = TcpStream::connect(address).expect("it listens");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    socket.write_all(request.as_bytes()).expect("it reads");
    read(socket)
}

pub(crate) fn read(mut stream: impl Read) -> Answer {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {answer}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_ascii_lowercase().replace('\r', ""), body: body.to_owned() }
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    send(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))
}

/// What comes over `/events`.
pub(crate) struct Events(BufReader<TcpStream>);

impl Events {
    /// Connects, and waits until it is listened to.
    pub(crate) fn open(address: SocketAddr) -> Events {
        let mut socket = TcpStream::connect(address).expect("it listens");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        write!(socket, "GET /events HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("it reads");
        let mut events = Events(BufReader::new(socket));
        events.line(": listening");
        events
    }

    fn line(&mut self, begin: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).expect("it goes on") > 0, "it ends before {begin}");
            if let Some(rest) = line.strip_prefix(begin) {
                return rest.trim_end().to_owned();
            }
        }
    }

    /// Waits until there are so many handshakes.
    pub(crate) fn wait_for(&mut self, count: u64) {
        loop {
            self.line("event: changed");
            if self.line("data: ").parse::<u64>().expect("a number") >= count {
                return;
            }
        }
    }
}
