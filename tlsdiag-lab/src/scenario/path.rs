//! What lies between the two sides: a relay that reads record by record and may alter, cut, reset or swallow.

#![allow(unsafe_code)]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;
use std::thread::{self, Scope};
use std::time::Duration;

/// What is left of IPv4's smallest packet for TCP's bytes.
const SMALL_LINK: usize = 536;

/// A satellite's way up or down is a few times as long.
const LATENCY: Duration = Duration::from_millis(40);

/// Which way a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// What the relay does with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// Forwards these bytes.
    Pass(Vec<u8>),
    /// Forwards these bytes in many small pieces.
    Crumble(Vec<u8>),
    /// Forwards these bytes in pieces of a small link's size, each a while after the one before: a slow network is slow by the clock.
    Crawl(Vec<u8>),
    /// Forwards these bytes, then closes towards both sides.
    Cut(Vec<u8>),
    /// Resets both connections.
    Reset,
    /// Forwards nothing more in this direction, its end neither.
    Swallow,
}

/// Decides about each record: its way, its number that way from 0, and its bytes with the header; none at the end.
pub(super) type Edit = fn(Way, usize, Vec<u8>) -> Deed;

/// Stands between the two connections until both are over.
pub(super) fn relay<'scope>(
    scope: &'scope Scope<'scope, '_>,
    edit: Edit,
    client: TcpStream,
    server: TcpStream,
) {
    let (Ok(from_client), Ok(from_server)) = (client.try_clone(), server.try_clone()) else { return };
    scope.spawn(move || forward(Way::ToServer, edit, from_client, server));
    scope.spawn(move || forward(Way::ToClient, edit, from_server, client));
}

fn forward(way: Way, edit: Edit, mut from: TcpStream, mut to: TcpStream) {
    for number in 0.. {
        let Some(record) = record(&mut from) else {
            // The end is the last thing to decide about: what swallows everything swallows that too.
            if edit(way, number, Vec::new()) == Deed::Swallow {
                return;
            }
            break;
        };
        let sent = match edit(way, number, record) {
            Deed::Pass(bytes) => to.write_all(&bytes),
            Deed::Crumble(bytes) => bytes.chunks(3).try_for_each(|piece| to.write_all(piece)),
            Deed::Crawl(bytes) => bytes.chunks(SMALL_LINK).try_for_each(|piece| {
                thread::sleep(LATENCY);
                to.write_all(piece)
            }),
            Deed::Cut(bytes) => {
                let sent = to.write_all(&bytes);
                let _ = from.shutdown(Shutdown::Write);
                sent.and_then(|()| to.shutdown(Shutdown::Write))
            }
            Deed::Reset => {
                reset(&from);
                reset(&to);
                return;
            }
            Deed::Swallow => {
                // Until the sender gives up.
                while record_or_rest(&mut from).is_some() {}
                return;
            }
        };
        if sent.is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// What a small link does whose routers say nothing: segments above its size are dropped before they are acknowledged, in this
/// socket's direction (`SO_ATTACH_FILTER`, socket(7); classic BPF, which sees TCP's header and what follows it).
///
/// A listening socket hands it on to the connections that it accepts.
///
/// # Errors
/// The kernel does not take the filter.
pub fn lose_large_segments(socket: &impl AsRawFd) -> std::io::Result<()> {
    const LOAD_LENGTH: u16 = 0x80; // BPF_LD | BPF_W | BPF_LEN
    const JUMP_GREATER: u16 = 0x25; // BPF_JMP | BPF_JGT | BPF_K
    const RETURN: u16 = 0x06; // BPF_RET | BPF_K
    let step = |code, jt, k| libc::sock_filter { code, jt, jf: 0, k };
    let mut steps = [
        step(LOAD_LENGTH, 0, 0),
        step(JUMP_GREATER, 1, SMALL_LINK as u32),
        step(RETURN, 0, u32::MAX),
        step(RETURN, 0, 0),
    ];
    let program = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: an open descriptor and a program of the size that is named; the kernel copies it.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ATTACH_FILTER,
            (&raw const program).cast(),
            size_of::<libc::sock_fprog>() as libc::socklen_t,
        )
    };
    if set == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// The next record, or what came of it.
fn record(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut header = [0_u8; 5];
    let got = fill(from, &mut header);
    if got < header.len() {
        return (got > 0).then(|| header[..got].to_vec());
    }
    let mut record = header.to_vec();
    record.resize(5 + usize::from(u16::from_be_bytes([header[3], header[4]])), 0);
    let body = fill(from, &mut record[5..]);
    record.truncate(5 + body);
    Some(record)
}

fn record_or_rest(from: &mut TcpStream) -> Option<usize> {
    let mut rest = [0_u8; 4096];
    from.read(&mut rest).ok().filter(|read| *read > 0)
}

fn fill(from: &mut TcpStream, into: &mut [u8]) -> usize {
    let mut have = 0;
    while have < into.len() {
        match from.read(&mut into[have..]) {
            Ok(read @ 1..) => have += read,
            _ => break,
        }
    }
    have
}

/// Sends a reset: connecting a TCP socket to nowhere breaks its connection off at once (`connect(2)`, AF_UNSPEC).
fn reset(socket: &TcpStream) {
    // SAFETY: plain data, for which zeros are a value; zero is AF_UNSPEC.
    let nowhere: libc::sockaddr = unsafe { std::mem::zeroed() };
    // SAFETY: an open descriptor and an address of the size that is named.
    unsafe {
        libc::connect(socket.as_raw_fd(), &raw const nowhere, size_of::<libc::sockaddr>() as libc::socklen_t)
    };
}
