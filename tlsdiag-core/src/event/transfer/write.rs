//! Recording to bytes.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;

use super::{EVENT, KNOWN, LOG_HEAD, Packer, VERSION, form, reference, span, tag};
use crate::event::{
    Direction, EventBody, EventLog, LibraryError, LocalCertificate, LocalConfiguration, PeerCertificate,
    Recording, Role, State,
};

/// Appends all but the recording's own bytes, which are to follow.
pub(super) fn recording<'a>(
    recording: &'a Recording,
    mut packer: Option<&mut Packer>,
    out: &mut Vec<u8>,
) -> &'a [u8] {
    let arena = recording.arena();
    out.extend([VERSION, form::EVENTS]);
    number(out, recording.connection().0);
    number(out, u64::from(recording.missed()));
    number(out, arena.len() as u64);
    number(out, recording.len() as u64);
    recording.all(|elapsed, event| {
        let (tag, value) = body(recording, event);
        let mut entry = [0; EVENT];
        entry[0] = tag;
        entry[1..9].copy_from_slice(&elapsed.to_le_bytes());
        entry[9..].copy_from_slice(&value.to_le_bytes());
        out.extend_from_slice(&entry);
        if has_more(tag) {
            more(recording, event, &mut packer, out);
        }
        true
    });
    arena
}

/// What comes before a log.
#[inline]
pub(super) fn log(log: &EventLog<'_>, known: usize) -> [u8; LOG_HEAD] {
    let mut head = [0; LOG_HEAD];
    (head[0], head[1], head[2]) = (VERSION, form::LOG, known as u8);
    match log.peer {
        None => {}
        Some(SocketAddr::V4(peer)) => {
            head[3] = 4;
            head[4..8].copy_from_slice(&peer.ip().octets());
        }
        Some(SocketAddr::V6(peer)) => {
            head[3] = 6;
            head[4..20].copy_from_slice(&peer.ip().octets());
        }
    }
    let port = log.peer.map_or(0, |peer| peer.port());
    head[20..22].copy_from_slice(&port.to_le_bytes());
    head[22..30].copy_from_slice(&log.connection.0.to_le_bytes());
    head[30..38].copy_from_slice(&log.time.to_le_bytes());
    head[38..46].copy_from_slice(&log.pace.began.to_le_bytes());
    head[46..54].copy_from_slice(&log.pace.rate.to_le_bytes());
    head
}

/// The tag of an event and its number.
#[inline(always)]
fn body(recording: &Recording, body: &EventBody<'_>) -> (u8, u64) {
    let span = |bytes| recording.place_of(bytes).map_or(0, |(start, length)| span::to_number(start, length));
    match *body {
        EventBody::Started { role, time, .. } => {
            let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let tag = if role == Role::Server { tag::STARTED | tag::RECEIVED } else { tag::STARTED };
            (tag, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
        }
        EventBody::Reconfigured { .. } => (tag::RECONFIGURED, 0),
        EventBody::Message { direction, bytes } => (directed(tag::MESSAGE, direction), span(bytes)),
        EventBody::Alert { direction, level, description } => {
            (directed(tag::ALERT, direction), u64::from(level) << 8 | u64::from(description))
        }
        EventBody::ChangeCipherSpec { direction } => (directed(tag::CHANGE_CIPHER_SPEC, direction), 0),
        EventBody::Record { direction, header: [a, b, c, d, e] } => {
            (directed(tag::RECORD, direction), u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
        }
        EventBody::State(State::HandshakeStarted) => (tag::HANDSHAKE_STARTED, 0),
        EventBody::State(State::HandshakeDone { verify_result, .. }) => {
            (tag::HANDSHAKE_DONE, verify_result as u64)
        }
        EventBody::State(State::Failed { verify_result, .. }) => (tag::FAILED, verify_result as u64),
        EventBody::State(State::Freed) => (tag::FREED, 0),
        EventBody::State(State::Step(name)) => (tag::STEP, span(name.as_bytes())),
        EventBody::Verify { certificate, .. } => (tag::VERIFY, certificate.map_or(0, span)),
        EventBody::SecurityDenied { operation, bits, .. } => {
            (tag::SECURITY_DENIED, u64::from(operation as u32) << 32 | u64::from(bits as u32))
        }
        EventBody::Wire { direction, bytes } => (directed(tag::WIRE, direction), span(bytes)),
        EventBody::LibraryErrors(errors) => (tag::LIBRARY_ERRORS, errors.len() as u64),
        EventBody::Transport { direction, end, errno } => {
            (directed(tag::TRANSPORT, direction), u64::from(end as u8) << 32 | u64::from(errno as u32))
        }
        EventBody::Unacknowledged { bytes } => (tag::UNACKNOWLEDGED, bytes.into()),
        EventBody::Received { bytes } => (tag::RECEIVED_BYTES, bytes),
        EventBody::NameChecked { name, .. } => (tag::NAME_CHECKED, span(name.as_bytes())),
        EventBody::ApplicationData { direction } => (directed(tag::APPLICATION_DATA, direction), 0),
        EventBody::Secret(_)
        | EventBody::Paused { .. }
        | EventBody::Established { .. }
        | EventBody::Ended { .. } => {
            unreachable!("a recording keeps neither secrets nor its own end")
        }
    }
}

/// Whether events with this tag have more than a number.
fn has_more(tag: u8) -> bool {
    const MORE: u32 = 1 << tag::STARTED
        | 1 << tag::RECONFIGURED
        | 1 << tag::HANDSHAKE_DONE
        | 1 << tag::FAILED
        | 1 << tag::VERIFY
        | 1 << tag::SECURITY_DENIED
        | 1 << tag::LIBRARY_ERRORS
        | 1 << tag::NAME_CHECKED;
    MORE >> (tag & !tag::RECEIVED) & 1 != 0
}

#[inline(never)]
fn more(recording: &Recording, body: &EventBody<'_>, packer: &mut Option<&mut Packer>, out: &mut Vec<u8>) {
    match *body {
        EventBody::Started { peer, expected_name, local, .. } => {
            address(out, peer);
            flag(out, expected_name.is_some());
            let place = expected_name.and_then(|name| recording.place_of(name.as_bytes()));
            place.iter().for_each(|(start, length)| number(out, span::to_number(*start, *length)));
            configuration(out, local, packer);
        }
        EventBody::Reconfigured { local } => configuration(out, local, packer),
        EventBody::State(State::HandshakeDone { resumed, peer_certificate, .. }) => {
            flag(out, resumed);
            out.push(peer_certificate.map_or(2, u8::from));
        }
        EventBody::State(State::Failed { ssl_error, .. }) => signed(out, ssl_error.into()),
        EventBody::Verify { depth, ok, accepted, error, certificate } => {
            number(out, depth.into());
            flag(out, ok);
            flag(out, accepted);
            signed(out, error.into());
            flag(out, certificate.is_some());
        }
        EventBody::SecurityDenied { nid, .. } => signed(out, nid.into()),
        EventBody::NameChecked { matches, .. } => flag(out, matches),
        EventBody::LibraryErrors(errors) => errors.iter().for_each(|error| library_error(out, error)),
        _ => {}
    }
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

fn address(out: &mut Vec<u8>, address: Option<SocketAddr>) {
    match address.map(|address| (address.ip(), address.port())) {
        None => out.push(0),
        Some((IpAddr::V4(ip), port)) => {
            out.push(4);
            out.extend(ip.octets());
            out.extend(port.to_be_bytes());
        }
        Some((IpAddr::V6(ip), port)) => {
            out.push(6);
            out.extend(ip.octets());
            out.extend(port.to_be_bytes());
        }
    }
}

fn directed(tag: u8, direction: Direction) -> u8 {
    if direction == Direction::Received { tag | tag::RECEIVED } else { tag }
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
