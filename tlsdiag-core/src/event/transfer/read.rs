//! Bytes to recording. Whatever the bytes are, nothing is read outside of them and nothing is
//! allocated beyond their size.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{ADDRESS, KNOWN, Known, PackedError, VERSION, form, reference};
use crate::event::log::{self, Pace, Tables};
use crate::event::recording::Beginning;
use crate::event::{
    ConnectionId, EventLog, LibraryError, LocalCertificate, LocalConfiguration, LocalKey, PeerCertificate,
    Recording, Role, TrustAnchors,
};

type Result<T> = std::result::Result<T, PackedError>;

const NEVER_GIVEN: &str = "it refers to a configuration that was never given";
const NO_WHOLE_LOG: &str = "what follows is no whole log";

pub(super) fn recording(bytes: &[u8], known: &mut Known) -> Result<Recording> {
    let mut from = Cursor { bytes, at: 0 };
    if from.byte()? != VERSION {
        return Err(PackedError { what: "it is of another version", at: 0 });
    }
    match from.byte()? {
        form::RECORDING => whole(&mut from, known),
        form::LOG => log(&mut from, known),
        _ => Err(from.error("it holds neither a recording nor a log")),
    }
}

fn whole(from: &mut Cursor<'_>, known: &mut Known) -> Result<Recording> {
    let mut recording = Recording::new(ConnectionId(from.fixed()?));
    recording.set_pace(Pace { began: from.fixed()?, rate: from.fixed()? });
    recording.miss_more(from.number()?.min(u32::MAX.into()) as u32);
    if from.flag()? {
        let role = if from.flag()? { Role::Server } else { Role::Client };
        let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(from.number()?);
        let peer = from.address()?;
        let expected_name = from.flag()?.then(|| from.string()).transpose()?.map(String::into_boxed_str);
        let local = configuration(from, known)?;
        recording.set_beginning(Beginning { role, time, peer, expected_name, local });
    }
    let configurations = from.list(|from| configuration(from, known))?;
    let errors = from.list(library_error)?;
    let tables = Tables { configurations, errors };
    let length: usize = from.size()?;
    let log = from.rest();
    if log.len() != length || !log::is_whole(log, &tables) {
        return Err(from.error(NO_WHOLE_LOG));
    }
    recording.set_tables(tables);
    recording.give_log(log.to_vec());
    Ok(recording)
}

fn log(from: &mut Cursor<'_>, known: &Known) -> Result<Recording> {
    let local = known.get(usize::from(from.byte()?)).and_then(Option::as_ref);
    let local = local.ok_or_else(|| from.error(NEVER_GIVEN))?;
    let peer = from.address()?;
    let (connection, time) = (ConnectionId(from.fixed()?), from.fixed()?);
    let pace = Pace { began: from.fixed()?, rate: from.fixed()? };
    let entries = from.rest();
    if !log::is_whole(entries, &Tables::default()) {
        return Err(from.error(NO_WHOLE_LOG));
    }
    Ok(EventLog { connection, time, pace, peer, local, entries }.recording())
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
        expects_proxy_header: from.flag()?,
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
    at: usize,
}

impl<'a> Cursor<'a> {
    fn error(&self, what: &'static str) -> PackedError {
        PackedError { what, at: self.at }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let taken = self.rest().get(..length).ok_or_else(|| self.error("it ends too early"))?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// Eight bytes, lowest first.
    fn fixed(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// All that was not read yet.
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
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

    fn string(&mut self) -> Result<String> {
        let text = str::from_utf8(self.block()?).map(str::to_owned);
        text.map_err(|_| self.error("a text is no UTF-8"))
    }

    /// The vector grows with what is read, so that a length that is a lie costs nothing.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        (0..self.number()?).map(|_| item(self)).collect()
    }

    fn address(&mut self) -> Result<Option<SocketAddr>> {
        let [kind, bytes @ .., low, high] = self.array::<ADDRESS>()?;
        let ip = match (kind, bytes) {
            (0, _) => return Ok(None),
            (4, [a, b, c, d, ..]) => IpAddr::from([a, b, c, d]),
            (6, all) => IpAddr::from(all),
            _ => return Err(self.error("no such kind of address")),
        };
        Ok(Some(SocketAddr::new(ip, u16::from_le_bytes([low, high]))))
    }
}
