//! Recording to bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use super::{ADDRESS, KNOWN, LOG_HEAD, Packer, VERSION, form, reference};
use crate::event::recording::Beginning;
use crate::event::{
    EventLog, LibraryError, LocalCertificate, LocalConfiguration, PeerCertificate, Recording, Role,
};

/// Appends all but the recording's log, which is to follow.
pub(super) fn recording<'a>(
    recording: &'a Recording,
    mut packer: Option<&mut Packer>,
    out: &mut Vec<u8>,
) -> &'a [u8] {
    let (log, pace, tables) = (recording.log(), recording.pace(), recording.tables());
    out.extend([VERSION, form::RECORDING]);
    for value in [recording.connection().0, pace.began, pace.rate] {
        out.extend(value.to_le_bytes());
    }
    number(out, u64::from(recording.missed()));
    flag(out, recording.beginning().is_some());
    if let Some(beginning) = recording.beginning() {
        self::beginning(out, beginning, &mut packer);
    }
    number(out, tables.configurations.len() as u64);
    tables.configurations.iter().for_each(|local| configuration(out, local, &mut packer));
    number(out, tables.errors.len() as u64);
    tables.errors.iter().for_each(|error| library_error(out, error));
    number(out, log.len() as u64);
    log
}

fn beginning(out: &mut Vec<u8>, beginning: &Beginning, packer: &mut Option<&mut Packer>) {
    let Beginning { role, time, peer, expected_name, local } = beginning;
    flag(out, *role == Role::Server);
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    number(out, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
    out.extend(address(*peer));
    flag(out, expected_name.is_some());
    expected_name.iter().for_each(|name| block(out, name.as_bytes()));
    configuration(out, local, packer);
}

/// What comes before a log.
#[inline]
pub(super) fn log(log: &EventLog<'_>, known: usize) -> [u8; LOG_HEAD] {
    let mut head = [0; LOG_HEAD];
    (head[0], head[1], head[2]) = (VERSION, form::LOG, known as u8);
    head[3..22].copy_from_slice(&address(log.peer));
    head[22..30].copy_from_slice(&log.connection.0.to_le_bytes());
    head[30..38].copy_from_slice(&log.time.to_le_bytes());
    head[38..46].copy_from_slice(&log.pace.began.to_le_bytes());
    head[46..54].copy_from_slice(&log.pace.rate.to_le_bytes());
    head
}

fn configuration(out: &mut Vec<u8>, local: &Arc<LocalConfiguration>, packer: &mut Option<&mut Packer>) {
    let Some(packer) = packer else {
        number(out, reference::WHOLE);
        return local_configuration(out, local);
    };
    match packer.known(local) {
        Some(at) => number(out, reference::GIVEN + at as u64),
        None => {
            let at = packer.next;
            packer.next = (at + 1) % KNOWN;
            packer.known[at] = Some(Arc::clone(local));
            number(out, reference::KEPT + at as u64);
            local_configuration(out, local);
        }
    }
}

fn local_configuration(out: &mut Vec<u8>, local: &LocalConfiguration) {
    block(out, local.library.as_bytes());
    number(out, local.library_number);
    number(out, local.minimum_version.into());
    number(out, local.maximum_version.into());
    code_points(out, &local.cipher_suites);
    for list in [&local.groups, &local.signature_schemes] {
        flag(out, list.is_some());
        list.iter().for_each(|list| code_points(out, list));
    }
    number(out, local.certificates.len() as u64);
    local.certificates.iter().for_each(|certificate| local_certificate(out, certificate));
    signed(out, local.verify_mode.into());
    signed(out, local.verify_depth.into());
    number(out, local.verify_flags);
    blocks(out, &local.ca_names);
    number(out, local.trust_anchors.count.into());
    blocks(out, &local.trust_anchors.subjects);
    blocks(out, &local.trust_anchors.certificates);
    signed(out, local.security_level.into());
    number(out, local.options);
    flag(out, local.certificate_callback);
    out.push(match local.peer_certificate {
        PeerCertificate::Unknown => 0,
        PeerCertificate::Optional => 1,
        PeerCertificate::Required => 2,
    });
    flag(out, local.expects_proxy_header);
}

fn local_certificate(out: &mut Vec<u8>, certificate: &LocalCertificate) {
    block(out, &certificate.certificate);
    blocks(out, &certificate.chain);
    flag(out, certificate.key.is_some());
    if let Some(key) = &certificate.key {
        signed(out, key.algorithm.into());
        signed(out, key.bits.into());
        flag(out, key.matches_certificate);
    }
    number(out, certificate.bad_signature.map_or(0, |at| u64::from(at) + 1));
}

fn library_error(out: &mut Vec<u8>, error: &LibraryError) {
    signed(out, error.library.into());
    signed(out, error.reason.into());
    for text in [&error.library_name, &error.reason_text, &error.function, &error.data] {
        block(out, text.as_bytes());
    }
}

/// An address: its kind (0 is none, 4 or 6), its bytes and its port.
#[inline]
fn address(address: Option<SocketAddr>) -> [u8; ADDRESS] {
    let mut bytes = [0; ADDRESS];
    match address {
        None => {}
        Some(SocketAddr::V4(peer)) => {
            bytes[0] = 4;
            bytes[1..5].copy_from_slice(&peer.ip().octets());
        }
        Some(SocketAddr::V6(peer)) => {
            bytes[0] = 6;
            bytes[1..17].copy_from_slice(&peer.ip().octets());
        }
    }
    let port = address.map_or(0, |peer| peer.port());
    bytes[17..].copy_from_slice(&port.to_le_bytes());
    bytes
}

fn flag(out: &mut Vec<u8>, value: bool) {
    out.push(value.into());
}

/// Seven bits a byte, lowest first (LEB128).
fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A number near 0 is short, whatever its sign (zigzag).
fn signed(out: &mut Vec<u8>, value: i64) {
    number(out, ((value << 1) ^ (value >> 63)) as u64);
}

fn block(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn blocks(out: &mut Vec<u8>, list: &[Vec<u8>]) {
    number(out, list.len() as u64);
    list.iter().for_each(|bytes| block(out, bytes));
}

fn code_points(out: &mut Vec<u8>, list: &[u16]) {
    number(out, list.len() as u64);
    list.iter().for_each(|value| out.extend(value.to_be_bytes()));
}
