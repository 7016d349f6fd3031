//! The sending end, in the middle of somebody's server.

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, fstat, memfd_create};
use rustix::io::{DupFlags, Errno, dup3, fcntl_dupfd_cloexec, retry_on_intr};
use rustix::net::{
    self, AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags,
    SocketType, sockopt,
};
use rustix::process::{Resource, geteuid, getrlimit};

use crate::address::Address;
use crate::message::{
    HEAD, Message, WAKE_PACKET, begin_recording, established_head, is_recording, recording_head,
};
use crate::ring::{Writer, Written, may_be_as_long};

/// Descriptors below this are those that programs count on, and close.
const ABOVE: RawFd = 200;

/// Those below are standard input, output and errors, also while they are closed.
const STANDARD_STREAMS: RawFd = 3;

/// Room for what was sent and not yet collected; more than the system's usual limit needs root.
const ROOM: usize = 64 << 20;

/// Longer packets go through a file in memory.
const LONGEST: usize = 96 << 10;

/// So long a process waits for room, once. If there is none by then it waits no more until a packet has gone.
const PATIENCE: Duration = Duration::from_millis(20);

/// One end of the channel. Shared by the processes that a process forks.
#[derive(Debug)]
pub struct Sender {
    socket: OwnedFd,
    /// The socket's number in its file system, by which it is known again.
    identity: AtomicU64,
    hurried: AtomicBool,
}

/// The way that the recordings of one process take.
#[derive(Debug, Default)]
pub enum Way {
    /// Nobody has tried to make a ring.
    #[default]
    Untried,
    /// Through memory, where there is room.
    Ring(Writer),
    /// There can be no ring.
    Socket,
}

/// What became of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Delivery {
    /// The other end has it, or will.
    Done,
    /// There was no room for it.
    Full,
    /// Nobody is at the other end any more, or the descriptor has come to be another file's: the program closes what it does
    /// not know.
    Gone,
}

impl Way {
    /// How many recordings lie in the ring that nobody has read.
    #[must_use]
    pub fn unread(&self) -> u64 {
        match self {
            Way::Ring(ring) => ring.unread(is_recording),
            Way::Untried | Way::Socket => 0,
        }
    }
}

impl Sender {
    /// Connects to a [`Listening`](crate::Listening), and shows that it belongs to it.
    ///
    /// # Errors
    /// Nobody listens there, or somebody else does.
    pub fn connect(address: &Address) -> io::Result<Self> {
        let by_name = address.name.as_ref().map(|name| SocketAddrUnix::new_abstract_name(name.as_bytes()));
        let by_path = address.path.as_ref().map(SocketAddrUnix::new);
        let mut failed = io::Error::from(io::ErrorKind::NotFound);
        for place in by_name.into_iter().chain(by_path).flatten() {
            match connected(&place, address.user) {
                Ok(socket) => {
                    let sender = Sender::new(socket)?;
                    let _ = sender.send(&Message::Token(address.token.as_bytes()));
                    return Ok(sender);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// The end of a [`pair`](crate::pair).
    ///
    /// # Errors
    /// It is no socket; no descriptor is left but those of standard streams.
    pub fn new(socket: OwnedFd) -> io::Result<Self> {
        let socket = out_of_the_way(socket)?;
        // Without room for more than the system's usual some packets wait longer for the collector, that is all.
        let _ = sockopt::set_socket_send_buffer_size_force(&socket, ROOM)
            .or_else(|_| sockopt::set_socket_send_buffer_size(&socket, ROOM));
        let identity = AtomicU64::new(fstat(&socket)?.st_ino);
        Ok(Sender { socket, identity, hurried: AtomicBool::new(false) })
    }

    /// Whether the descriptor still is what it was.
    #[must_use]
    pub fn is_open(&self) -> bool {
        fstat(&self.socket).is_ok_and(|stat| stat.st_ino == self.identity.load(Ordering::Acquire))
    }

    /// Whether somebody is at the other end. It takes a system call.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        let mut polled = [PollFd::new(&self.socket, PollFlags::empty())];
        let asked = poll(&mut polled, Some(&Timespec::default()));
        let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        asked.is_ok() && !polled[0].revents().intersects(gone) && self.is_open()
    }

    /// Sends through this connection from now on, under the same descriptor: other threads may be using it. Where the program has given
    /// the descriptor to something else it gives the connection back.
    ///
    /// # Errors
    /// The connection, where it could not take the old one's place.
    pub fn replace(&self, other: Sender) -> Result<(), Sender> {
        if !self.is_open() {
            return Err(other);
        }
        let identity = other.identity.load(Ordering::Acquire);
        // Whoever looks in between finds a stranger there, and sends nothing.
        self.identity.store(identity, Ordering::Release);
        if put_in_place(&other.socket, &self.socket).is_err() {
            return Err(other);
        }
        self.hurried.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Makes the ring of a process that has not tried to yet, so that its first recording calls the system no more than its others do.
    pub fn prepare(&self, pid: u32, way: &mut Way) {
        if matches!(way, Way::Untried) {
            *way = self.ring(pid).map_or(Way::Socket, Way::Ring);
        }
    }

    /// Sends a message that is no recording.
    pub fn send(&self, message: &Message<'_>) -> Delivery {
        self.packet(&message.to_packet(), None)
    }

    /// Sends a recording: `pack` appends it to the buffer that it is given, but for its last part, which it gives back, and is told
    /// whether it must need no others. By the ring of its process where there is one and room in it, else by the socket.
    ///
    /// Buffer and way are the caller's, to be used again. A recording that cannot go as it was packed is packed a second time.
    pub fn recording<'a>(
        &self,
        pid: u32,
        way: Option<&mut Way>,
        buffer: &mut Vec<u8>,
        mut pack: impl FnMut(bool, &mut Vec<u8>) -> &'a [u8],
    ) -> Delivery {
        let alone = way.is_none();
        begin_recording(pid, alone, buffer);
        let rest = pack(alone, buffer);
        let mut length = buffer.len() + rest.len();
        if length <= LONGEST {
            match way.map_or(Written::Full, |way| self.by_ring(pid, way, &[buffer, rest])) {
                Written::Done => return Delivery::Done,
                // It is written, whether or not somebody wakes.
                Written::Asleep => {
                    let _ = self.packet(&WAKE_PACKET, None);
                    return Delivery::Done;
                }
                Written::Full | Written::Retired => {}
            }
        }
        if !alone {
            // What comes by the socket may overtake what is in the ring, so that it must need no others.
            begin_recording(pid, true, buffer);
            pack(true, buffer);
            length = buffer.len() + rest.len();
        }
        buffer.extend_from_slice(rest);
        if length <= LONGEST {
            return self.packet(buffer, None);
        }
        let delivery = match in_memory(&buffer[HEAD..]) {
            Ok(file) => self.packet(&Message::Apart { pid }.to_packet(), Some(file.as_fd())),
            Err(_) => Delivery::Full,
        };
        *buffer = Vec::new();
        delivery
    }

    /// Sends what has been recorded of a handshake that is established, which `pack` appends to the buffer that it is given; it needs no
    /// others.
    pub fn established(
        &self,
        pid: u32,
        connection: u64,
        way: Option<&mut Way>,
        buffer: &mut Vec<u8>,
        pack: impl FnOnce(&mut Vec<u8>),
    ) -> Delivery {
        buffer.clear();
        buffer.extend(established_head(pid, connection));
        pack(buffer);
        if buffer.len() > LONGEST {
            // Its recording will come, most probably.
            *buffer = Vec::new();
            return Delivery::Done;
        }
        match way.map_or(Written::Full, |way| self.by_ring(pid, way, &[buffer])) {
            Written::Done => Delivery::Done,
            Written::Asleep => {
                let _ = self.packet(&WAKE_PACKET, None);
                Delivery::Done
            }
            Written::Full | Written::Retired => self.packet(buffer, None),
        }
    }

    /// Sends a recording that was packed in two parts, if its process has a ring and there is room in it; else gives `false`, and nothing
    /// was sent. It neither allocates nor, as long as the collector is awake, calls the system.
    #[inline]
    #[must_use]
    pub fn quickly(&self, pid: u32, way: &mut Way, parts: [&[u8]; 2]) -> bool {
        self.try_ring(way, &recording_head(pid, false), parts)
    }

    /// As [`quickly`](Self::quickly), of a handshake that is established and goes on.
    #[must_use]
    pub fn established_quickly(&self, pid: u32, connection: u64, way: &mut Way, parts: [&[u8]; 2]) -> bool {
        self.try_ring(way, &established_head(pid, connection), parts)
    }

    #[inline]
    fn try_ring(&self, way: &mut Way, begin: &[u8], [head, rest]: [&[u8]; 2]) -> bool {
        let Way::Ring(ring) = way else { return false };
        match ring.write(&[begin, head, rest]) {
            Written::Done => true,
            Written::Asleep => {
                // It is written, whether or not somebody wakes.
                let _ = self.packet(&WAKE_PACKET, None);
                true
            }
            Written::Full | Written::Retired => false,
        }
    }

    fn by_ring(&self, pid: u32, way: &mut Way, packet: &[&[u8]]) -> Written {
        self.prepare(pid, way);
        let Way::Ring(ring) = way else { return Written::Full };
        let written = ring.write(packet);
        if written != Written::Retired {
            return written;
        }
        // It was not used for a while, and nobody knew whether we are still here.
        *way = self.ring(pid).map_or(Way::Socket, Way::Ring);
        match way {
            Way::Ring(ring) => ring.write(packet),
            _ => Written::Full,
        }
    }

    /// A new ring, of which the collector has been told; `None` where there can be none.
    fn ring(&self, pid: u32) -> Option<Writer> {
        let (ring, file) = Writer::make().ok()?;
        let told = self.packet(&Message::Ring { pid }.to_packet(), Some(file.as_fd()));
        (told == Delivery::Done).then_some(ring)
    }

    fn packet(&self, packet: &[u8], file: Option<BorrowedFd<'_>>) -> Delivery {
        if !self.is_open() {
            return Delivery::Gone;
        }
        let mut until = None;
        loop {
            match self.try_packet(packet, file) {
                Ok(()) => {
                    self.hurried.store(false, Ordering::Relaxed);
                    return Delivery::Done;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN | Errno::NOBUFS | Errno::NOMEM) => {
                    let until = *until.get_or_insert_with(|| Instant::now() + PATIENCE);
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() || self.hurried.load(Ordering::Relaxed) {
                        self.hurried.store(true, Ordering::Relaxed);
                        return Delivery::Full;
                    }
                    let mut polled = [PollFd::new(&self.socket, PollFlags::OUT)];
                    let left = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
                    let _ = poll(&mut polled, Some(&left));
                }
                Err(_) => return Delivery::Gone,
            }
        }
    }

    fn try_packet(&self, packet: &[u8], file: Option<BorrowedFd<'_>>) -> rustix::io::Result<()> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        let Some(file) = file else {
            return net::send(&self.socket, packet, flags).map(drop);
        };
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let files = [file];
        ancillary.push(SendAncillaryMessage::ScmRights(&files));
        net::sendmsg(&self.socket, &[io::IoSlice::new(packet)], &mut ancillary, flags).map(drop)
    }

    /// Gives up the descriptor without closing it, since it has become somebody else's.
    pub fn abandon(self) {
        let _ = self.socket.into_raw_fd();
    }
}

/// The socket under a number that programs do not count on: where such a high one is not allowed, the highest that is.
fn out_of_the_way(socket: OwnedFd) -> io::Result<OwnedFd> {
    if let Ok(high) = fcntl_dupfd_cloexec(&socket, ABOVE) {
        return Ok(high);
    }
    let most = getrlimit(Resource::Nofile).current.and_then(|most| RawFd::try_from(most).ok());
    let free = (STANDARD_STREAMS..most.unwrap_or(ABOVE).min(ABOVE)).rev();
    let mut low = free.filter_map(|number| fcntl_dupfd_cloexec(&socket, number).ok());
    match low.next() {
        Some(low) => Ok(low),
        None if socket.as_raw_fd() >= STANDARD_STREAMS => Ok(socket),
        None => Err(Errno::MFILE.into()),
    }
}

/// Makes the second descriptor one of what the first one refers to.
#[allow(unsafe_code)]
fn put_in_place(of: &OwnedFd, place: &OwnedFd) -> io::Result<()> {
    // SAFETY: an open descriptor that its owner goes on owning: it is not closed here, and stays open whether or not this fails.
    let mut place = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(place.as_raw_fd()) });
    Ok(dup3(of, &mut place, DupFlags::CLOEXEC)?)
}

/// Connects to whoever listens there, if that is this user: the name may have come to be somebody else's.
fn connected(place: &SocketAddrUnix, user: u32) -> io::Result<OwnedFd> {
    let socket = net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    retry_on_intr(|| net::connect(&socket, place))?;
    let listens = sockopt::socket_peercred(&socket)?.uid.as_raw();
    // In a user namespace our own user has another number, and so has the one who listens.
    if listens == user || listens == geteuid().as_raw() {
        return Ok(socket);
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "somebody else listens there"))
}

fn in_memory(bytes: &[u8]) -> io::Result<OwnedFd> {
    use std::io::Write;
    if !may_be_as_long(bytes.len()) {
        return Err(io::Error::other("files must not be as long (RLIMIT_FSIZE)"));
    }
    let mut file = std::fs::File::from(memfd_create("tlsdiag", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    Ok(file.into())
}
