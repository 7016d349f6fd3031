//! The few words of cleartext that come before TLS in mail and file transfer: RFC 3207, 9051, 2595 and 4217.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::target::Target;
use crate::args::Starttls;
use crate::error::{Error, Reason};

/// No server says more than this before TLS.
const MOST: usize = 64 * 1024;

/// Asks for TLS; the next byte on the socket is the first one of TLS.
pub(super) fn ask(
    socket: &mut TcpStream,
    protocol: Starttls,
    target: &Target,
    patience: Duration,
) -> Result<(), Error> {
    let (name, port) = match protocol {
        Starttls::Smtp => ("SMTP", 465),
        Starttls::Lmtp => ("LMTP", 465),
        Starttls::Imap => ("IMAP", 993),
        Starttls::Pop3 => ("POP3", 995),
        Starttls::Ftp => ("FTP", 990),
    };
    let mut dialogue = Dialogue { socket, deadline: Instant::now() + patience };
    let done = match protocol {
        Starttls::Smtp => {
            dialogue.code("220").and_then(|()| dialogue.say("EHLO localhost", "250", "STARTTLS", "220"))
        }
        Starttls::Lmtp => {
            dialogue.code("220").and_then(|()| dialogue.say("LHLO localhost", "250", "STARTTLS", "220"))
        }
        Starttls::Ftp => dialogue.code("220").and_then(|()| {
            dialogue.send("AUTH TLS")?;
            dialogue.code("234")
        }),
        Starttls::Imap => dialogue.tagged(),
        Starttls::Pop3 => dialogue.line().and_then(|greeting| {
            expect(&greeting, "+OK")?;
            dialogue.send("STLS")?;
            expect(&dialogue.line()?, "+OK")
        }),
    };
    done.map_err(|cause| {
        let Target { host, port: here } = target;
        let what = match cause {
            Trouble::Io(cause) if is_silence(&cause) => {
                format!("it says nothing; port {port} is where {name} begins with TLS, without -starttls")
            }
            Trouble::Io(cause) => Reason(&cause).to_string(),
            Trouble::Answer(line) => format!("it answers {line:?}"),
        };
        Error::new(format!("{host} port {here} does not start TLS by {name}: {what}"))
    })
}

/// Why there will be no TLS.
enum Trouble {
    Io(io::Error),
    Answer(String),
}

impl From<io::Error> for Trouble {
    fn from(cause: io::Error) -> Self {
        Trouble::Io(cause)
    }
}

fn is_silence(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn expect(line: &str, start: &str) -> Result<(), Trouble> {
    if line.starts_with(start) { Ok(()) } else { Err(Trouble::Answer(line.to_owned())) }
}

struct Dialogue<'a> {
    socket: &'a mut TcpStream,
    deadline: Instant,
}

impl Dialogue<'_> {
    fn send(&mut self, line: &str) -> Result<(), Trouble> {
        Ok(self.socket.write_all(format!("{line}\r\n").as_bytes())?)
    }

    /// One line, read byte by byte: what follows it may be TLS already, and is not ours.
    fn line(&mut self) -> Result<String, Trouble> {
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || line.len() > MOST {
                return Err(io::Error::from(io::ErrorKind::TimedOut).into());
            }
            self.socket.set_read_timeout(Some(left))?;
            let mut byte = [0];
            if self.socket.read(&mut byte)? == 0 {
                return Err(match &line[..] {
                    [] => io::Error::other("it closes the connection").into(),
                    some => Trouble::Answer(String::from_utf8_lossy(some).into_owned()),
                });
            }
            line.push(byte[0]);
            // A binary answer has no lines.
            if line.len() == 5 && !line.is_ascii() {
                return Err(Trouble::Answer(line.escape_ascii().to_string()));
            }
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// An answer of one or more lines with this code, `250-…` and then `250 …`.
    fn code(&mut self, code: &str) -> Result<(), Trouble> {
        loop {
            let line = self.line()?;
            expect(&line, code)?;
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }

    fn say(&mut self, first: &str, answer: &str, second: &str, then: &str) -> Result<(), Trouble> {
        self.send(first)?;
        self.code(answer)?;
        self.send(second)?;
        self.code(then)
    }

    fn tagged(&mut self) -> Result<(), Trouble> {
        expect(&self.line()?, "* ")?;
        self.send("a1 STARTTLS")?;
        loop {
            let line = self.line()?;
            if !line.starts_with("* ") {
                return expect(&line, "a1 OK");
            }
        }
    }
}
