//! Bytes to recording. Whatever the bytes are, nothing is read outside of them and nothing is allocated beyond their size.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{KNOWN, Known, PackedError, VERSION, form, reference, span, tag};
use crate::event::log::{self, EventLog, Pace};
use crate::event::{
    ConnectionId, Direction, EventBody, LibraryError, LocalCertificate, LocalConfiguration, LocalKey,
    PeerCertificate, Recording, Role, State, TransportEnd, TrustAnchors,
};

type Result<T> = std::result::Result<T, PackedError>;

const NEVER_GIVEN: &str = "it refers to a configuration that was never given";
const NO_SUCH_ADDRESS: &str = "no such kind of address";

pub(super) fn recording(bytes: &[u8], known: &mut Known) -> Result<Recording> {
    let mut from = Cursor { bytes, arena: &[], at: 0 };
    if from.byte()? != VERSION {
        return Err(PackedError { what: "it is of another version", at: 0 });
    }
    match from.byte()? {
        form::EVENTS => {}
        form::LOG => return log(&mut from, known),
        _ => return Err(from.error("it holds neither events nor a log")),
    }
    let mut recording = Recording::new(ConnectionId(from.number()?));
    let missed = from.number()?.min(u32::MAX.into());
    let arena: usize = from.size()?;
    let end = bytes.len().checked_sub(arena).ok_or_else(|| from.error("it ends too early"))?;
    (from.bytes, from.arena) = bytes.split_at(end);
    let count = from.number()?;
    if count > Recording::MAX_EVENTS as u64 {
        return Err(from.error("it says that it has more events than are ever kept"));
    }
    for _ in 0..count {
        event(&mut from, known, &mut recording)?;
    }
    if from.at != from.bytes.len() {
        return Err(from.error("something follows its last event"));
    }
    recording.miss_more(missed as u32);
    Ok(recording)
}

fn log(from: &mut Cursor<'_>, known: &Known) -> Result<Recording> {
    let local = known.get(usize::from(from.byte()?)).and_then(Option::as_ref);
    let local = local.ok_or_else(|| from.error(NEVER_GIVEN))?;
    let (kind, ip, port) = (from.byte()?, from.array::<16>()?, u16::from_le_bytes(from.array()?));
    let ip = match (kind, ip) {
        (0, _) => None,
        (4, [a, b, c, d, ..]) => Some(IpAddr::from([a, b, c, d])),
        (6, all) => Some(IpAddr::from(all)),
        _ => return Err(from.error(NO_SUCH_ADDRESS)),
    };
    let mut number = || from.array().map(u64::from_le_bytes);
    let (connection, time, began, rate) = (ConnectionId(number()?), number()?, number()?, number()?);
    let entries = from.bytes.get(from.at..).unwrap_or_default();
    if !log::is_whole(entries) {
        return Err(from.error("what follows is no whole log"));
    }
    let peer = ip.map(|ip| SocketAddr::new(ip, port));
    Ok(EventLog { connection, time, pace: Pace { began, rate }, peer, local, entries }.recording())
}

fn event(from: &mut Cursor<'_>, known: &mut Known, into: &mut Recording) -> Result<()> {
    let first = from.byte()?;
    let elapsed = Duration::from_nanos(u64::from_le_bytes(from.array()?));
    let value = u64::from_le_bytes(from.array()?);
    let (high, low) = ((value >> 32) as i32, value as i32);
    let is_received = first & tag::RECEIVED != 0;
    let direction = if is_received { Direction::Received } else { Direction::Sent };
    // What an event borrows beyond the bytes themselves.
    let (local, errors);
    let body = match first & !tag::RECEIVED {
        tag::STARTED => {
            let role = if is_received { Role::Server } else { Role::Client };
            let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(value);
            let peer = from.address()?;
            let name = from.flag()?.then(|| from.number()).transpose()?;
            let name = name.map(|place| from.block_at(place)).transpose()?;
            let expected_name = name.map(|name| from.text(name)).transpose()?;
            local = configuration(from, known)?;
            EventBody::Started { role, time, peer, expected_name, local: &local }
        }
        tag::RECONFIGURED => {
            local = configuration(from, known)?;
            EventBody::Reconfigured { local: &local }
        }
        tag::MESSAGE => EventBody::Message { direction, bytes: from.block_at(value)? },
        tag::ALERT => EventBody::Alert { direction, level: (value >> 8) as u8, description: value as u8 },
        tag::CHANGE_CIPHER_SPEC => EventBody::ChangeCipherSpec { direction },
        tag::RECORD => {
            let [_, _, _, a, b, c, d, e] = value.to_be_bytes();
            EventBody::Record { direction, header: [a, b, c, d, e] }
        }
        tag::HANDSHAKE_STARTED => EventBody::State(State::HandshakeStarted),
        tag::HANDSHAKE_DONE => EventBody::State(State::HandshakeDone {
            verify_result: value as i64,
            resumed: from.flag()?,
            peer_certificate: match from.byte()? {
                2 => None,
                other => Some(other != 0),
            },
        }),
        tag::FAILED => {
            EventBody::State(State::Failed { ssl_error: from.int()?, verify_result: value as i64 })
        }
        tag::FREED => EventBody::State(State::Freed),
        tag::STEP => {
            let name = from.block_at(value)?;
            EventBody::State(State::Step(from.text(name)?))
        }
        tag::VERIFY => EventBody::Verify {
            depth: from.size()?,
            ok: from.flag()?,
            accepted: from.flag()?,
            error: from.int()?,
            certificate: from.flag()?.then(|| from.block_at(value)).transpose()?,
        },
        tag::SECURITY_DENIED => EventBody::SecurityDenied { operation: high, bits: low, nid: from.int()? },
        tag::WIRE => EventBody::Wire { direction, bytes: from.block_at(value)? },
        tag::LIBRARY_ERRORS => {
            errors = from.list_of(value, library_error)?;
            EventBody::LibraryErrors(&errors)
        }
        tag::TRANSPORT => EventBody::Transport { direction, end: transport_end(high), errno: low },
        tag::UNACKNOWLEDGED => EventBody::Unacknowledged { bytes: value as u32 },
        tag::RECEIVED_BYTES => EventBody::Received { bytes: value },
        tag::NAME_CHECKED => {
            let name = from.block_at(value)?;
            EventBody::NameChecked { name: from.text(name)?, matches: from.flag()? }
        }
        tag::APPLICATION_DATA => EventBody::ApplicationData { direction },
        _ => return Err(from.error("no event begins with this byte")),
    };
    match into.push(elapsed, &body) {
        Some(_) => Ok(()),
        None => Err(from.error("it holds more bytes than are ever kept")),
    }
}

fn transport_end(number: i32) -> TransportEnd {
    match number {
        0 => TransportEnd::Eof,
        1 => TransportEnd::Reset,
        2 => TransportEnd::Timeout,
        4 => TransportEnd::ShutDownHere,
        _ => TransportEnd::Other,
    }
}

fn configuration(from: &mut Cursor<'_>, known: &mut Known) -> Result<Arc<LocalConfiguration>> {
    let number = from.number()?;
    if number == reference::WHOLE {
        return local_configuration(from).map(Arc::new);
    }
    let place = |number: u64| usize::try_from(number).ok().filter(|at| *at < KNOWN);
    if let Some(at) = number.checked_sub(reference::KEPT) {
        let at = place(at).ok_or_else(|| from.error("no configuration is kept under such a number"))?;
        let local = local_configuration(from).map(Arc::new)?;
        known[at] = Some(Arc::clone(&local));
        return Ok(local);
    }
    place(number - reference::GIVEN).and_then(|at| known[at].clone()).ok_or_else(|| from.error(NEVER_GIVEN))
}

fn local_configuration(from: &mut Cursor<'_>) -> Result<LocalConfiguration> {
    Ok(LocalConfiguration {
        library: from.string()?,
        library_number: from.number()?,
        minimum_version: from.size()?,
        maximum_version: from.size()?,
        cipher_suites: from.list(code_point)?,
        groups: from.flag()?.then(|| from.list(code_point)).transpose()?,
        signature_schemes: from.flag()?.then(|| from.list(code_point)).transpose()?,
        certificates: from.list(local_certificate)?,
        verify_mode: from.int()?,
        verify_depth: from.int()?,
        verify_flags: from.number()?,
        ca_names: from.list(bytes)?,
        trust_anchors: TrustAnchors {
            count: from.size()?,
            subjects: from.list(bytes)?,
            certificates: from.list(bytes)?,
        },
        security_level: from.int()?,
        options: from.number()?,
        certificate_callback: from.flag()?,
        peer_certificate: match from.byte()? {
            1 => PeerCertificate::Optional,
            2 => PeerCertificate::Required,
            _ => PeerCertificate::Unknown,
        },
    })
}

fn local_certificate(from: &mut Cursor<'_>) -> Result<LocalCertificate> {
    Ok(LocalCertificate {
        certificate: bytes(from)?,
        chain: from.list(bytes)?,
        key: from.flag()?.then(|| local_key(from)).transpose()?,
        bad_signature: from.size::<u32>()?.checked_sub(1),
    })
}

fn local_key(from: &mut Cursor<'_>) -> Result<LocalKey> {
    Ok(LocalKey { algorithm: from.int()?, bits: from.int()?, matches_certificate: from.flag()? })
}

fn library_error(from: &mut Cursor<'_>) -> Result<LibraryError> {
    Ok(LibraryError {
        library: from.int()?,
        reason: from.int()?,
        library_name: from.string()?,
        reason_text: from.string()?,
        function: from.string()?,
        data: from.string()?,
    })
}

fn bytes(from: &mut Cursor<'_>) -> Result<Vec<u8>> {
    from.block().map(<[u8]>::to_vec)
}

fn code_point(from: &mut Cursor<'_>) -> Result<u16> {
    from.array().map(u16::from_be_bytes)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    /// What follows the events, and they refer to.
    arena: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn error(&self, what: &'static str) -> PackedError {
        PackedError { what, at: self.at }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..length).ok_or_else(|| self.error("it ends too early"))?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8> {
        self.array().map(|[byte]| byte)
    }

    fn flag(&mut self) -> Result<bool> {
        self.byte().map(|byte| byte != 0)
    }

    fn number(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.error("a number is too long"))
    }

    fn signed(&mut self) -> Result<i64> {
        self.number().map(|value| (value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn int(&mut self) -> Result<i32> {
        i32::try_from(self.signed()?).map_err(|_| self.error("a number is too large"))
    }

    fn size<T: TryFrom<u64>>(&mut self) -> Result<T> {
        T::try_from(self.number()?).map_err(|_| self.error("a number is too large"))
    }

    fn block(&mut self) -> Result<&'a [u8]> {
        let length = self.size()?;
        self.take(length)
    }

    fn text(&self, bytes: &'a [u8]) -> Result<&'a str> {
        str::from_utf8(bytes).map_err(|_| self.error("a name is no UTF-8"))
    }

    fn string(&mut self) -> Result<String> {
        let bytes = self.block()?;
        self.text(bytes).map(str::to_owned)
    }

    /// The bytes that lie there behind all events.
    fn block_at(&self, place: u64) -> Result<&'a [u8]> {
        let (start, length) = span::from_number(place);
        let rest = self.arena.get(start..).unwrap_or_default();
        rest.get(..length).ok_or_else(|| self.error("it refers to bytes that it does not hold"))
    }

    /// The vector grows with what is read, so that a length that is a lie costs nothing.
    fn list<T>(&mut self, item: fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let length = self.number()?;
        self.list_of(length, item)
    }

    fn list_of<T>(&mut self, length: u64, item: fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        (0..length).map(|_| item(self)).collect()
    }

    fn address(&mut self) -> Result<Option<SocketAddr>> {
        let ip = match self.byte()? {
            0 => return Ok(None),
            4 => Ipv4Addr::from(self.array::<4>()?).into(),
            6 => Ipv6Addr::from(self.array::<16>()?).into(),
            _ => return Err(self.error(NO_SUCH_ADDRESS)),
        };
        Ok(Some(SocketAddr::new(ip, self.array().map(u16::from_be_bytes)?)))
    }
}
