//! Handshakes with a known end.
//!
//! A [`Scenario`] says what is wrong (or that nothing is), and which cause each side should name. [`Scenario::run`]
//! performs it on loopback TCP, with OpenSSL's own socket BIO as C programs use it, and brings back what OpenSSL told
//! the two applications, in values that can be compared from run to run.

mod catalogue;
mod connection;
mod observer;
mod outcome;
mod plain;
mod run;
mod spy;

use std::net::TcpStream;

use crate::Error;
use crate::peer::{Client, Server, Version};
use crate::pki::Pki;

pub use observer::{Observer, Side};
pub use outcome::{Failure, LibraryError, Negotiated, SideResult};
pub use spy::Spy;

/// How a side should judge its handshakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// There is nothing to say.
    Healthy,
    /// The handshake fails for this cause: a stable code such as `client_cert.missing`.
    Cause(&'static str),
    /// This side cannot tell, so it names the more probable cause, and the true one among its alternatives.
    Alternative {
        /// The cause named.
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

/// One handshake, or a series that belongs together, with a known end.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scenario {
    /// Unique, made of lower-case words, dots and hyphens, e.g. `client-cert-missing-1.2`.
    pub name: String,
    /// One line for people.
    pub story: &'static str,
    /// The version of TLS that the story is about.
    pub version: Version,
    /// What the server should find.
    pub server: Verdict,
    /// What the client should find.
    pub client: Verdict,
    /// How many handshakes it takes; those after the first resume the first one's session.
    pub handshakes: usize,
    server_peer: Peer<Server>,
    client_peer: Peer<Client>,
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

    /// Every fault of certificates at either side, and the look-alikes that are none; beside [`all`](Self::all).
    pub fn certificates() -> Vec<Scenario> {
        catalogue::certificates::all()
    }

    /// Performs the handshakes. The observer sees each context once and each connection once; with [`Spy::On`] the
    /// application has callbacks of its own, and their calls are part of the results.
    pub fn run(&self, pki: &Pki, observer: &dyn Observer, spy: Spy) -> Result<Run, Error> {
        run::run(self, pki, observer, spy)
    }
}
