//! Handshakes with a known end.
//!
//! A [`Scenario`] says what is wrong (or that nothing is), and which cause each side should name. [`Scenario::run`]
//! performs it on loopback TCP, with OpenSSL's own socket BIO as C programs use it, and brings back what OpenSSL told
//! the two applications, in values that can be compared from run to run.

mod catalogue;
mod connection;
mod descriptor;
mod forged;
mod host;
mod observer;
mod outcome;
mod path;
mod plain;
mod run;
mod spy;

use std::net::TcpStream;
use std::time::Duration;

use crate::Error;
use crate::peer::{Client, Server, Version};
use crate::pki::Pki;

pub use host::{Answering, Asking};
pub use observer::{Observer, Side};
pub use outcome::{Failure, LibraryError, Negotiated, SideResult};
pub use path::lose_large_segments;
pub use spy::Spy;

/// How a side should judge its handshakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// There is nothing to say.
    Healthy,
    /// The handshake fails for this cause: a stable code such as `client_cert.missing`.
    Cause(&'static str),
    /// This side cannot tell: it names the one cause as the most probable, and the true one among the alternatives.
    Alternative {
        /// The cause named first.
        named: &'static str,
        /// The true one.
        truth: &'static str,
    },
    /// This side does not speak TLS, so there is nothing to record.
    NotRecorded,
}

/// What a side is: a program that speaks TLS, or one that does not.
#[derive(Debug, Clone, Copy)]
enum Peer<T> {
    Tls(T),
    Plain(fn(TcpStream)),
}

/// What a server does between its client's first words and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interlude {
    /// It answers.
    None,
    /// It asks for a renegotiation (TLS 1.2).
    Renegotiates,
    /// It asks for the client's certificate (TLS 1.3, post-handshake authentication).
    AsksForCertificate,
    /// It hangs up without a close_notify.
    HangsUp,
    /// It answers, but the client says goodbye without having said anything else.
    ClientLeaves,
    /// It answers, but the client drops the connection without a word, and without a close_notify.
    ClientFrees,
    /// The client says nothing until something comes, be it the connection's end.
    ClientWaits,
}

/// One handshake, or a series that belongs together, with a known end.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scenario {
    /// Unique, made of lower-case words, dots and hyphens, e.g. `client-cert-missing-1.2`.
    pub name: String,
    /// One line for people.
    pub summary: &'static str,
    /// The version of TLS that it is about.
    pub version: Version,
    /// What the server should find in its last record; those before it are healthy.
    pub server: Verdict,
    /// What the client should find in its last record; those before it are healthy.
    pub client: Verdict,
    /// How many connections it takes; those after the first resume the first one's session.
    pub handshakes: usize,
    /// How many records each side makes: more than connections where a connection sees two handshakes.
    pub records: (usize, usize),
    server_peer: Peer<Server>,
    client_peer: Peer<Client>,
    interlude: Interlude,
    /// What lies between the two, if anything does.
    path: Option<path::Edit>,
    /// Whether segments that are larger than a small link's never reach the server.
    loses_large_segments: bool,
    /// Whose own program has not what it needs of its socket, and what it has done.
    own_fault: Option<(Side, OwnFault)>,
    /// How long each side waits for bytes; `None` is longer than anything here takes.
    patience: (Option<Duration>, Option<Duration>),
}

/// What a program has done before it begins its handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OwnFault {
    /// It has shut its socket down for reading.
    ShutForReading,
    /// It has not connected it.
    NeverConnected,
}

/// What came of a scenario: for each side, one result a handshake; none for a side that does not speak TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// The server's results.
    pub server: Vec<SideResult>,
    /// The client's results.
    pub client: Vec<SideResult>,
}

impl Scenario {
    /// The whole catalogue, in the order in which people should read it.
    pub fn all() -> Vec<Scenario> {
        catalogue::all()
    }

    /// What can go wrong on the way to a connection, certificates aside, and what only looks as if it went wrong: negotiation,
    /// sessions, pre-shared keys, and transports that cut, delay, alter or swallow.
    pub fn negotiation() -> Vec<Scenario> {
        catalogue::negotiation()
    }

    /// Every fault of certificates at either side, and the look-alikes that are none; beside [`all`](Self::all).
    pub fn certificates() -> Vec<Scenario> {
        catalogue::certificates::all()
    }

    /// The causes of certificates once more, each under compression in both directions (RFC 8879), TLS 1.3 alone; none where the
    /// libssl that runs cannot compress.
    pub fn compressed() -> Vec<Scenario> {
        catalogue::twins::compressed()
    }

    /// The causes of the transport once more, each with a ClientHello of two segments.
    pub fn with_large_hello() -> Vec<Scenario> {
        catalogue::twins::with_large_hello()
    }

    /// Performs the handshakes. The observer sees each context once and each connection once; with [`Spy::On`] the
    /// application has callbacks of its own, and their calls are part of the results.
    pub fn run(&self, pki: &Pki, observer: &dyn Observer, spy: Spy) -> Result<Run, Error> {
        run::run(self, pki, observer, spy)
    }
}
