//! A connection to the server with one ClientHello, and its record.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openssl::ssl::Ssl;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{self, AddressFamily, SocketFlags, SocketType};
use tlsdiag_core::report::Record;
use tlsdiag_core::source::openssl::AttachOptions;
use tlsdiag_core::{Collector, Handshake, attach_with, diagnose};

use super::hello::{Change, Hello};
use crate::error::{Error, Reason};
use crate::serve::connection::{self, Connection, Limits};
use crate::serve::context::internal;

/// What is left for TCP of the smallest packet that IPv4 has to carry (RFC 9293 section 3.7.1), less the options that Linux sends.
const SMALL_SEGMENT: libc::c_int = 500;

/// How long a server of TLS 1.3 may take to refuse a certificate.
const REFUSAL: Duration = Duration::from_secs(1);

/// How long a peer may take to hang up.
const FAREWELL: Duration = Duration::from_millis(500);

pub(super) fn resolve(host: &str, port: u16) -> Result<SocketAddr, Error> {
    let found = (host, port).to_socket_addrs().ok().and_then(|mut found| found.next());
    found.ok_or_else(|| Error::new(format!("--connect {host}:{port}: there is no such host")))
}

/// Shakes hands once; the record, where there is one.
pub(super) fn meet(
    peer: SocketAddr,
    hello: &Hello,
    changes: &[Change],
    patience: Duration,
) -> Result<Option<Record>, Error> {
    let socket = connect(peer, changes.contains(&Change::SmallSegments), patience)?;
    let mut ssl = Ssl::new(&hello.context(changes)?.build()).map_err(internal)?;
    if let Some(name) = hello.name.as_deref().filter(|_| !changes.contains(&Change::NoServerName)) {
        ssl.set_hostname(name).map_err(internal)?;
    }
    let broken = |cause: &dyn std::fmt::Display| Error::new(format!("cannot use this connection: {cause}"));
    let mut connection = Connection::new(ssl, socket).map_err(|cause| broken(&cause))?;
    let collector = Arc::new(Collector::with_capacity(16));
    attach_with(connection.ssl(), Arc::clone(&collector), AttachOptions::new().peer(peer))
        .map_err(|cause| broken(&cause))?
        .keep();
    let limits = |patience| Limits { deadline: Instant::now() + patience, stopped: None };
    if connection.connect(&limits(patience)).is_ok() {
        // What comes, or that nothing comes, is in the record.
        let heard = if hello.shows_certificate() { connection.read(&limits(REFUSAL)).is_ok() } else { true };
        if heard {
            connection.close();
        }
    }
    let socket = connection.end();
    connection::take_leave(&socket, &limits(FAREWELL));
    let recordings = collector.take();
    Ok(recordings.last().map(|recording| {
        let handshake = Handshake::from_recording(recording).with_signatures_tried(recording);
        Record::new(&handshake, &diagnose(&handshake))
    }))
}

fn connect(peer: SocketAddr, small: bool, patience: Duration) -> Result<TcpStream, Error> {
    let cannot = |cause: std::io::Error| Error::new(format!("cannot connect to {peer}: {}", Reason(&cause)));
    let family = if peer.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = net::socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)
        .map_err(|errno| cannot(errno.into()))?;
    // connect(2) ends when this is over (socket(7)).
    set_socket_timeout(&socket, Timeout::Send, Some(patience)).map_err(|errno| cannot(errno.into()))?;
    let socket = TcpStream::from(socket);
    if small {
        limit_segments(&socket).map_err(cannot)?;
    }
    net::connect(&socket, &peer).map_err(|errno| cannot(errno.into()))?;
    Ok(socket)
}

/// Neither side sends larger ones then: the handshake of TCP announces it (tcp(7), TCP_MAXSEG).
#[allow(unsafe_code)]
fn limit_segments(socket: &TcpStream) -> std::io::Result<()> {
    let size = SMALL_SEGMENT;
    // SAFETY: an open descriptor and a number of the size that is named, which is read within the call.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_MAXSEG,
            (&raw const size).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if set == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
