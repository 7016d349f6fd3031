//! What crosses the channel, one of these a packet: a byte for the kind, a process where that matters, and the rest.

/// One packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Message<'a> {
    /// The first packet on a connection to a [`Listening`](crate::Listening) collector: what only those know that belong to it.
    Token(&'a [u8]),
    /// A process introduces itself; processes that it forks share name and connection.
    Program {
        /// Its number as it knows it.
        pid: u32,
        /// Its name.
        name: &'a str,
    },
    /// An OpenSSL was found and is recorded, by its own words.
    Library(&'a str),
    /// A packed recording, to be unpacked after all others of that process.
    Recording {
        /// The process that made it.
        pid: u32,
        /// What a `Packer` wrote.
        packed: &'a [u8],
    },
    /// A packed recording that needs no others.
    Alone {
        /// The process that made it.
        pid: u32,
        /// What `pack_alone` wrote.
        packed: &'a [u8],
    },
    /// Like [`Alone`](Message::Alone), too long for a packet: it lies in the file whose descriptor comes with the packet.
    Apart {
        /// The process that made it.
        pid: u32,
    },
    /// A packed recording of a handshake that is established and still being recorded, to be unpacked after all others of that process
    /// that came by the same way. It counts if the process ends before the recording does.
    Established {
        /// The process that made it.
        pid: u32,
        /// The connection, which its recording names as well.
        connection: u64,
        /// What `pack_alone` wrote, or a `Packer`.
        packed: &'a [u8],
    },
    /// From now on recordings of that process come through the memory whose descriptor comes with the packet.
    Ring {
        /// The process that writes there.
        pid: u32,
    },
    /// Something was written to a ring while the collector slept.
    Wake,
    /// So many recordings of that process could not be sent, since it last said so.
    Dropped {
        /// The process that could not.
        pid: u32,
        /// How many.
        count: u32,
    },
    /// A handshake of DTLS begins, which is not recorded.
    Datagrams,
    /// Something happened to what a process sets up before any handshake.
    Setup {
        /// The process.
        pid: u32,
        /// What `SetupEvent::to_bytes` wrote.
        event: &'a [u8],
    },
    /// A line of the key log.
    Secret(&'a str),
    /// A process has ended without using an OpenSSL that could be recorded, though something of TLS was loaded: its file and all that was
    /// loaded, one a line.
    Unhooked(&'a str),
}

const TOKEN: u8 = b'T';
const PROGRAM: u8 = b'P';
const ESTABLISHED: u8 = b'E';
const LIBRARY: u8 = b'L';
const RECORDING: u8 = b'R';
const ALONE: u8 = b'A';
const APART: u8 = b'F';
const RING: u8 = b'M';
const WAKE: u8 = b'W';
const DROPPED: u8 = b'D';
const DATAGRAMS: u8 = b'G';
const SETUP: u8 = b'S';
const SECRET: u8 = b'K';
const UNHOOKED: u8 = b'U';

/// The packet of [`Message::Wake`], which is sent in the midst of a server's work.
pub(crate) const WAKE_PACKET: [u8; 1] = [WAKE];

/// How long the head of a recording's packet is.
pub(crate) const HEAD: usize = 5;

/// Begins the packet of a recording; what the packer appends completes it.
pub(crate) fn begin_recording(pid: u32, alone: bool, out: &mut Vec<u8>) {
    out.clear();
    out.extend(recording_head(pid, alone));
}

/// How long the head of an established handshake's packet is.
pub(crate) const ESTABLISHED_HEAD: usize = 13;

/// How the packet of a handshake begins that is established.
#[inline]
pub(crate) fn established_head(pid: u32, connection: u64) -> [u8; ESTABLISHED_HEAD] {
    let mut head = [ESTABLISHED; ESTABLISHED_HEAD];
    head[1..5].copy_from_slice(&pid.to_be_bytes());
    head[5..].copy_from_slice(&connection.to_be_bytes());
    head
}

/// Whether a packet that begins so is the last word on a connection.
pub(crate) fn is_recording(kind: u8) -> bool {
    matches!(kind, RECORDING | ALONE)
}

/// How the packet of a recording begins.
#[inline]
pub(crate) fn recording_head(pid: u32, alone: bool) -> [u8; HEAD] {
    let [a, b, c, d] = pid.to_be_bytes();
    [if alone { ALONE } else { RECORDING }, a, b, c, d]
}

impl<'a> Message<'a> {
    /// The packet.
    #[must_use]
    pub fn to_packet(&self) -> Vec<u8> {
        let (kind, pid, rest): (u8, Option<u32>, &[u8]) = match *self {
            Message::Token(token) => (TOKEN, None, token),
            Message::Program { pid, name } => (PROGRAM, Some(pid), name.as_bytes()),
            Message::Library(name) => (LIBRARY, None, name.as_bytes()),
            Message::Recording { pid, packed } => (RECORDING, Some(pid), packed),
            Message::Alone { pid, packed } => (ALONE, Some(pid), packed),
            Message::Apart { pid } => (APART, Some(pid), &[]),
            Message::Established { pid, connection, packed } => {
                let mut packet = Vec::new();
                packet.extend(established_head(pid, connection));
                packet.extend_from_slice(packed);
                return packet;
            }
            Message::Ring { pid } => (RING, Some(pid), &[]),
            Message::Wake => (WAKE, None, &[]),
            Message::Dropped { pid, count } => (DROPPED, Some(pid), &count.to_be_bytes()),
            Message::Datagrams => (DATAGRAMS, None, &[]),
            Message::Setup { pid, event } => (SETUP, Some(pid), event),
            Message::Secret(line) => (SECRET, None, line.as_bytes()),
            Message::Unhooked(objects) => (UNHOOKED, None, objects.as_bytes()),
        };
        let pid = pid.map(u32::to_be_bytes);
        [&[kind][..], pid.as_ref().map_or(&[][..], |pid| pid.as_slice()), rest].concat()
    }

    /// Reads a packet; `None` where it is none of ours.
    #[must_use]
    pub fn from_packet(packet: &'a [u8]) -> Option<Self> {
        let (&kind, rest) = packet.split_first()?;
        let text = || str::from_utf8(rest).ok();
        let pid = || {
            let (pid, rest) = rest.split_first_chunk::<4>()?;
            Some((u32::from_be_bytes(*pid), rest))
        };
        Some(match kind {
            TOKEN => Message::Token(rest),
            PROGRAM => {
                let (pid, name) = pid()?;
                Message::Program { pid, name: str::from_utf8(name).ok()? }
            }
            ESTABLISHED => {
                let (pid, rest) = pid()?;
                let (connection, packed) = rest.split_first_chunk()?;
                Message::Established { pid, connection: u64::from_be_bytes(*connection), packed }
            }
            LIBRARY => Message::Library(text()?),
            RECORDING => pid().map(|(pid, packed)| Message::Recording { pid, packed })?,
            ALONE => pid().map(|(pid, packed)| Message::Alone { pid, packed })?,
            APART => Message::Apart { pid: pid()?.0 },
            RING => Message::Ring { pid: pid()?.0 },
            WAKE => Message::Wake,
            DROPPED => {
                let (pid, count) = pid()?;
                Message::Dropped { pid, count: u32::from_be_bytes(count.try_into().ok()?) }
            }
            DATAGRAMS => Message::Datagrams,
            SETUP => pid().map(|(pid, event)| Message::Setup { pid, event })?,
            SECRET => Message::Secret(text()?),
            UNHOOKED => Message::Unhooked(text()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_read() {
        for message in [
            Message::Token(&[1; 16]),
            Message::Program { pid: 7, name: "nginx" },
            Message::Established { pid: 7, connection: 8, packed: &[1, 2] },
            Message::Library("OpenSSL 3.0.19"),
            Message::Recording { pid: 7, packed: &[1, 2] },
            Message::Alone { pid: u32::MAX, packed: &[] },
            Message::Apart { pid: 7 },
            Message::Ring { pid: 7 },
            Message::Wake,
            Message::Dropped { pid: 7, count: 3 },
            Message::Datagrams,
            Message::Setup { pid: 7, event: b"{}" },
            Message::Secret("CLIENT_RANDOM 00 11"),
            Message::Unhooked("/usr/bin/node"),
        ] {
            assert_eq!(Message::from_packet(&message.to_packet()), Some(message));
        }
    }

    #[test]
    fn what_is_none_of_ours_is_nothing() {
        for packet in [
            &b""[..],
            b"X",
            b"R",
            b"R\0\0\0",
            b"D\0\0\0\x07\0",
            b"M\0",
            b"P\0",
            b"P\0\0\0\x07\xff",
            b"E\0\0\0\x07\0",
        ] {
            assert_eq!(Message::from_packet(packet), None, "{packet:?}");
        }
    }
}
