//! The collecting end: takes packets off the sockets and out of the rings, and queues them for the diagnosis worker.

use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{self, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SocketFlags};

use crate::Listening;
use crate::address::Token;
use crate::collector_event::CollectorEvent;
use crate::diagnosis_worker::DiagnosisWorker;
use crate::message::Message;
use crate::queue::{Arrival, Popped, Queue};
use crate::ring::{MOST_PACKETS, Reader};

/// More than the longest packet.
const PACKET: usize = 128 << 10;

/// So long the collector naps while packets come. To wake somebody costs the sender more than to send, so that a busy server
/// must find nobody waiting; its packets wait in its ring instead. And to diagnose many at once takes a good deal less than to diagnose each
/// by itself, since the code is warm.
const NAP: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };

/// After so many naps in which nothing came it waits to be woken.
const NAPS: u32 = 10;

/// So long it leaves the sockets alone where something has come from one of them, for the same reason.
const PAUSE: Duration = Duration::from_millis(2);

/// So long a ring is kept that nobody uses, where there are more than a few.
const UNUSED: Duration = Duration::from_secs(60);

/// So many rings of one connection are kept, used or not: to make another calls the system, for which a program in a sandbox may be ended.
const FEW: usize = 16;

/// So many packets are taken from one connection before the others have their turn.
const TURN: usize = 4096;

/// So long a connection may take to show its token.
const UNKNOWN: Duration = Duration::from_secs(2);

/// So many connections may take their time for that; then the oldest is closed.
const MOST_UNKNOWN: usize = 64;

/// So often it is looked whether processes have ended whose established handshakes wait for more.
const LOOK: Duration = Duration::from_secs(1);

/// Collects from a listening socket or from given connections.
#[derive(Debug)]
pub struct Collector {
    listening: Option<Listening>,
    connections: Vec<OwnedFd>,
    wake: OwnedFd,
    closer: OwnedFd,
    notice: Option<u32>,
    failures_only: bool,
}

/// Lets a collector know that no more processes will come; it ends when those that are there have gone.
#[derive(Debug)]
pub struct Closer(#[expect(dead_code, reason = "the collector notices that it is dropped")] OwnedFd);

impl Collector {
    /// Collects from all that connect.
    ///
    /// # Errors
    /// No descriptor is left.
    pub fn listen(listening: Listening) -> std::io::Result<Self> {
        let (wake, closer) = crate::pair()?;
        Ok(Collector {
            listening: Some(listening),
            connections: Vec::new(),
            wake,
            closer,
            notice: None,
            failures_only: false,
        })
    }

    /// Collects from one connection alone, until its end.
    ///
    /// # Errors
    /// No descriptor is left.
    pub fn only(connection: OwnedFd) -> std::io::Result<Self> {
        let (wake, closer) = crate::pair()?;
        Ok(Collector {
            listening: None,
            connections: vec![connection],
            wake,
            closer,
            notice: None,
            failures_only: false,
        })
    }

    /// Warns of certificates that end within so many days.
    #[must_use]
    pub fn expiry_notice(self, days: Option<u32>) -> Self {
        Collector { notice: days, ..self }
    }

    /// Knows that those who send pass over healthy handshakes.
    #[must_use]
    pub fn failures_only(self, failures_only: bool) -> Self {
        Collector { failures_only, ..self }
    }

    /// Runs in threads of its own until the closer is dropped and no connection is left; `on_event` is called on one of them.
    ///
    /// # Errors
    /// No thread can be made.
    pub fn start(
        self,
        on_event: impl FnMut(CollectorEvent) + Send + 'static,
    ) -> std::io::Result<(Closer, thread::JoinHandle<()>)> {
        let queue = Arc::new(Queue::default());
        let token = self.listening.as_ref().map(|listening| listening.address().token);
        let mut receiving = Receiving {
            listening: self.listening,
            token,
            connections: Vec::new(),
            next: 0,
            queue: Arc::clone(&queue),
            buffer: vec![0; PACKET],
        };
        self.connections.into_iter().for_each(|connection| receiving.add(connection, None));
        let wake = self.wake;
        thread::Builder::new().name("tlsdiag-receive".to_owned()).spawn(move || receiving.run(&wake))?;
        let mut worker = DiagnosisWorker::new(on_event, self.notice, self.failures_only);
        let work = move || {
            loop {
                match queue.pop(worker.waits().then_some(LOOK)) {
                    Popped::Arrival(arrival) => worker.arrival(arrival),
                    Popped::Nothing => worker.look(),
                    Popped::Closed => break,
                }
            }
        };
        let handle = thread::Builder::new().name("tlsdiag-worker".to_owned()).spawn(work)?;
        Ok((Closer(self.closer), handle))
    }
}

/// A connection as it is received from, with the rings of its processes.
struct Link {
    number: u64,
    socket: OwnedFd,
    /// Since when it is waited for its token; then it is one of ours.
    unknown: Option<Instant>,
    rings: Vec<Reader>,
}

struct Receiving {
    listening: Option<Listening>,
    token: Option<Token>,
    connections: Vec<Link>,
    next: u64,
    queue: Arc<Queue>,
    buffer: Vec<u8>,
}

impl Receiving {
    fn add(&mut self, socket: OwnedFd, unknown: Option<Instant>) {
        let peer = net::sockopt::socket_peercred(&socket).ok();
        let peer = peer.map(|peer| peer.pid.as_raw_nonzero().get().cast_unsigned());
        self.queue.push(Arrival::Begin { connection: self.next, peer });
        self.connections.push(Link { number: self.next, socket, unknown, rings: Vec::new() });
        self.next += 1;
    }

    /// Closes connections that have not shown a token in time, and those that are too many.
    fn close_unknown(&mut self) {
        let is_late = |link: &Link| link.unknown.is_some_and(|since| since.elapsed() >= UNKNOWN);
        let unknown = self.connections.iter().filter(|link| link.unknown.is_some()).count();
        let mut excess = unknown.saturating_sub(MOST_UNKNOWN);
        let queue = &self.queue;
        self.connections.retain(|link| {
            let closes = link.unknown.is_some() && (excess > 0 || is_late(link));
            if closes {
                excess = excess.saturating_sub(1);
                queue.push(Arrival::End { connection: link.number });
            }
            !closes
        });
    }

    fn run(mut self, wake: &OwnedFd) {
        let mut closing = self.listening.is_none();
        let mut idle = NAPS;
        while !(closing && self.connections.is_empty()) {
            let waits = idle >= NAPS;
            let sleeps = waits && self.may_sleep();
            if !waits {
                self.rings().for_each(Reader::nap);
            }
            let mut polled: Vec<PollFd<'_>> =
                self.connections.iter().map(|link| PollFd::new(&link.socket, PollFlags::IN)).collect();
            let sockets = self.listening.iter().flat_map(|listening| &listening.sockets);
            polled.extend(sockets.map(|socket| PollFd::new(socket, PollFlags::IN)));
            if !closing {
                polled.push(PollFd::new(wake, PollFlags::IN));
            }
            let (now, unused) =
                (Timespec::default(), Timespec { tv_sec: UNUSED.as_secs() as i64, tv_nsec: 0 });
            let soon = Timespec { tv_sec: UNKNOWN.as_secs() as i64, tv_nsec: 0 };
            let many = self.connections.iter().any(|link| link.rings.len() > FEW);
            let patience = match (waits, sleeps, many) {
                (false, ..) => Some(&NAP),
                // Something has come at the last moment.
                (true, false, _) => Some(&now),
                (true, true, _) if self.connections.iter().any(|link| link.unknown.is_some()) => Some(&soon),
                (true, true, true) => Some(&unused),
                (true, true, false) => None,
            };
            let came = match poll(&mut polled, patience) {
                Ok(came) => came,
                Err(Errno::INTR) => continue,
                Err(_) => break,
            };
            let ready: Vec<bool> = polled.iter().map(|polled| !polled.revents().is_empty()).collect();
            let count = self.connections.len();
            if !closing && ready.last() == Some(&true) {
                // Those who have connected before are in the queue by now.
                closing = true;
            }
            let read = self.read_rings(Instant::now());
            // Backwards, since those that have ended are taken out.
            for at in (0..count).rev().filter(|at| ready[*at]) {
                if !self.receive(at) {
                    let mut link = self.connections.remove(at);
                    // Whoever wrote is gone, or has nothing more to do with us.
                    for ring in &mut link.rings {
                        ring.retire();
                        empty(ring, link.number, &self.queue);
                    }
                    self.queue.push(Arrival::End { connection: link.number });
                }
            }
            self.accept();
            self.close_unknown();
            idle = if came > 0 || read { 0 } else { idle.saturating_add(1) };
            if came > 0 && !self.connections.is_empty() {
                thread::sleep(PAUSE);
            }
        }
        self.queue.close();
    }

    /// Marks the rings as unwatched; `false` where something has come.
    fn may_sleep(&self) -> bool {
        let sleeps = self.rings().all(Reader::sleep);
        if !sleeps {
            self.rings().for_each(Reader::wake);
        }
        sleeps
    }

    fn rings(&self) -> impl Iterator<Item = &Reader> {
        self.connections.iter().flat_map(|link| &link.rings)
    }

    /// Takes all that lies in the rings; whether there was anything. Where there are many, those that nobody has used for a while are given up.
    fn read_rings(&mut self, now: Instant) -> bool {
        let queue = &self.queue;
        let mut read = false;
        for Link { number, rings, .. } in &mut self.connections {
            let many = rings.len() > FEW;
            rings.retain_mut(|ring| {
                ring.wake();
                let (any, whole) = empty(ring, *number, queue);
                read |= any;
                if !whole || any || !ring.is_unused(now, UNUSED) || !many || !ring.retire() {
                    return whole;
                }
                // What was written meanwhile; from now on nothing is.
                empty(ring, *number, queue);
                false
            });
        }
        read
    }

    fn accept(&mut self) {
        let mut accepted = Vec::new();
        for socket in self.listening.iter().flat_map(|listening| &listening.sockets) {
            let mut polled = [PollFd::new(socket, PollFlags::IN)];
            // The rest has its turn, however many come.
            while accepted.len() < MOST_UNKNOWN
                && matches!(poll(&mut polled, Some(&Timespec::default())), Ok(1))
            {
                match net::accept_with(socket, SocketFlags::CLOEXEC) {
                    Ok(connection) => accepted.push(connection),
                    Err(Errno::INTR | Errno::CONNABORTED) => {}
                    Err(_) => break,
                }
            }
        }
        accepted.into_iter().for_each(|connection| self.add(connection, Some(Instant::now())));
    }

    /// Takes what there is; `false` where the connection has ended.
    fn receive(&mut self, at: usize) -> bool {
        let Link { number, socket, unknown, rings } = &mut self.connections[at];
        for _ in 0..TURN {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut ancillary = RecvAncillaryBuffer::new(&mut space);
            let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
            let received =
                net::recvmsg(socket.as_fd(), &mut [IoSliceMut::new(&mut self.buffer)], &mut ancillary, flags);
            let received = match received {
                Ok(received) => received,
                Err(Errno::AGAIN) => return true,
                Err(Errno::INTR) => continue,
                Err(_) => return false,
            };
            if received.bytes == 0 {
                return false;
            }
            let file = ancillary.drain().find_map(|message| match message {
                RecvAncillaryMessage::ScmRights(mut files) => files.next(),
                _ => None,
            });
            if unknown.is_some() {
                // Nothing is said of it: whoever sent it has nothing to do with us.
                let bytes = &self.buffer[..received.bytes];
                match (Message::from_packet(bytes), self.token) {
                    (Some(Message::Token(shown)), Some(token)) if token.is(shown) => *unknown = None,
                    _ => return false,
                }
                continue;
            }
            // One that is cut off is longer than any of ours.
            if !received.flags.contains(ReturnFlags::TRUNC) {
                let bytes = &self.buffer[..received.bytes];
                match (Message::from_packet(bytes), file) {
                    (Some(Message::Wake), _) => {}
                    (Some(Message::Ring { .. }), Some(file)) => match Reader::open(&file) {
                        Ok(mut ring) => {
                            empty(&mut ring, *number, &self.queue);
                            rings.push(ring);
                        }
                        Err(why) => {
                            let why = format!("the memory that a process shares cannot be opened: {why}");
                            self.queue.push(Arrival::Damage(why));
                        }
                    },
                    (_, file) => {
                        let bytes = bytes.to_vec();
                        self.queue.push(Arrival::Packet { connection: *number, bytes, file });
                    }
                }
            }
        }
        true
    }
}

/// Takes what lies in a ring: whether there was anything, and whether the ring is whole.
fn empty(ring: &mut Reader, connection: u64, queue: &Queue) -> (bool, bool) {
    let mut any = false;
    // No ring holds more at once. Where somebody goes on writing meanwhile the others have their turn.
    for _ in 0..MOST_PACKETS {
        match ring.take() {
            Ok(Some(bytes)) => queue.push(Arrival::Packet { connection, bytes, file: None }),
            Ok(None) => return (any, true),
            Err(why) => {
                ring.retire();
                queue.push(Arrival::Damage(why.to_string()));
                return (any, false);
            }
        }
        any = true;
    }
    (any, true)
}

#[cfg(test)]
mod tests;
