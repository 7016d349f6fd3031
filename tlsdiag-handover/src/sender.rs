//! The sending end, in the middle of somebody's server.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, fstat, memfd_create};
use rustix::io::{Errno, fcntl_dupfd_cloexec, retry_on_intr};
use rustix::net::{
    self, AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags,
    SocketType, sockopt,
};

use crate::message::{HEAD, Message, begin_recording, recording_head};
use crate::ring::{Writer, Written, may_be_as_long};

/// Descriptors below this are those that programs count on, and close.
const ABOVE: RawFd = 200;

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
    identity: u64,
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

impl Sender {
    /// Connects to a [`Listening`](crate::Listening).
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn connect(path: &Path) -> io::Result<Self> {
        let socket =
            net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        retry_on_intr(|| net::connect(&socket, &SocketAddrUnix::new(path)?))?;
        Sender::new(socket)
    }

    /// The end of a [`pair`](crate::pair).
    ///
    /// # Errors
    /// It is no socket.
    pub fn new(socket: OwnedFd) -> io::Result<Self> {
        // Where so many descriptors are not allowed, a lower one must do.
        let socket = fcntl_dupfd_cloexec(&socket, ABOVE).unwrap_or(socket);
        // Without room for more than the system's usual some packets wait longer for the collector, that is all.
        let _ = sockopt::set_socket_send_buffer_size_force(&socket, ROOM)
            .or_else(|_| sockopt::set_socket_send_buffer_size(&socket, ROOM));
        let identity = fstat(&socket)?.st_ino;
        Ok(Sender { socket, identity, hurried: AtomicBool::new(false) })
    }

    /// Whether the descriptor still is what it was.
    #[must_use]
    pub fn is_open(&self) -> bool {
        fstat(&self.socket).is_ok_and(|stat| stat.st_ino == self.identity)
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
                    let _ = self.send(&Message::Wake);
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

    /// Sends a recording that was packed in two parts, if its process has a ring and there is room in it; else gives `false`, and nothing
    /// was sent. It neither allocates nor, as long as the collector is awake, calls the system.
    #[inline]
    #[must_use]
    pub fn quickly(&self, pid: u32, way: &mut Way, [head, rest]: [&[u8]; 2]) -> bool {
        let Way::Ring(ring) = way else { return false };
        match ring.write(&[&recording_head(pid, false), head, rest]) {
            Written::Done => true,
            Written::Asleep => {
                // It is written, whether or not somebody wakes.
                let _ = self.send(&Message::Wake);
                true
            }
            Written::Full | Written::Retired => false,
        }
    }

    fn by_ring(&self, pid: u32, way: &mut Way, packet: &[&[u8]]) -> Written {
        if matches!(way, Way::Untried) {
            *way = self.ring(pid).map_or(Way::Socket, Way::Ring);
        }
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

fn in_memory(bytes: &[u8]) -> io::Result<OwnedFd> {
    use std::io::Write;
    if !may_be_as_long(bytes.len()) {
        return Err(io::Error::other("files must not be as long (RLIMIT_FSIZE)"));
    }
    let mut file = std::fs::File::from(memfd_create("tlsdiag", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    Ok(file.into())
}
