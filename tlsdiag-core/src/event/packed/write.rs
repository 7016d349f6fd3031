//! Recording to bytes.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;

use super::{KNOWN, Packer, VERSION, reference, tag};
use crate::event::{
    Direction, EventBody, LibraryError, LocalCertificate, LocalConfiguration, PeerCertificate, Recording,
    Role, State,
};

pub(super) fn recording(recording: &Recording, mut packer: Option<&mut Packer>, out: &mut Vec<u8>) {
    out.push(VERSION);
    number(out, recording.connection().0);
    number(out, u64::from(recording.missed()));
    number(out, recording.len() as u64);
    let mut before = 0;
    recording.all(|elapsed, event| {
        signed(out, elapsed.wrapping_sub(before) as i64);
        before = elapsed;
        body(event, &mut packer, out);
        true
    });
}

#[inline(always)]
fn body(body: &EventBody<'_>, packer: &mut Option<&mut Packer>, out: &mut Vec<u8>) {
    match *body {
        EventBody::Started { role, time, peer, expected_name, local } => {
            out.push(tag::STARTED);
            flag(out, role == Role::Server);
            let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            number(out, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
            address(out, peer);
            optional(out, expected_name.map(str::as_bytes));
            configuration(out, local, packer);
        }
        EventBody::Reconfigured { local } => {
            out.push(tag::RECONFIGURED);
            configuration(out, local, packer);
        }
        EventBody::Message { direction, bytes } => {
            directed(out, tag::MESSAGE, direction);
            block(out, bytes);
        }
        EventBody::Alert { direction, level, description } => {
            directed(out, tag::ALERT, direction);
            out.extend([level, description]);
        }
        EventBody::ChangeCipherSpec { direction } => directed(out, tag::CHANGE_CIPHER_SPEC, direction),
        EventBody::Record { direction, header } => {
            directed(out, tag::RECORD, direction);
            out.extend(header);
        }
        EventBody::State(State::HandshakeStarted) => out.push(tag::HANDSHAKE_STARTED),
        EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
            out.push(tag::HANDSHAKE_DONE);
            signed(out, verify_result);
            flag(out, resumed);
            out.push(peer_certificate.map_or(2, u8::from));
        }
        EventBody::State(State::Failed { ssl_error, verify_result }) => {
            out.push(tag::FAILED);
            signed(out, ssl_error.into());
            signed(out, verify_result);
        }
        EventBody::State(State::Step(name)) => {
            out.push(tag::STEP);
            block(out, name.as_bytes());
        }
        EventBody::Verify { depth, ok, accepted, error, certificate } => {
            out.push(tag::VERIFY);
            number(out, depth.into());
            flag(out, ok);
            flag(out, accepted);
            signed(out, error.into());
            optional(out, certificate);
        }
        EventBody::SecurityDenied { operation, bits, nid } => {
            out.push(tag::SECURITY_DENIED);
            [operation, bits, nid].iter().for_each(|value| signed(out, (*value).into()));
        }
        EventBody::Wire { direction, bytes } => {
            directed(out, tag::WIRE, direction);
            block(out, bytes);
        }
        EventBody::LibraryErrors(errors) => {
            out.push(tag::LIBRARY_ERRORS);
            number(out, errors.len() as u64);
            errors.iter().for_each(|error| library_error(out, error));
        }
        EventBody::Transport { direction, end, errno } => {
            directed(out, tag::TRANSPORT, direction);
            out.push(end as u8);
            signed(out, errno.into());
        }
        EventBody::ApplicationData { direction } => directed(out, tag::APPLICATION_DATA, direction),
        EventBody::Secret(_) | EventBody::Paused { .. } | EventBody::Ended { .. } => {
            unreachable!("a recording keeps neither secrets nor its own end")
        }
    }
}

fn configuration(out: &mut Vec<u8>, local: &Arc<LocalConfiguration>, packer: &mut Option<&mut Packer>) {
    let Some(packer) = packer else {
        number(out, reference::WHOLE);
        return local_configuration(out, local);
    };
    // One that is remembered is kept alive, so that its address cannot have become another one's.
    let known =
        |known: &Option<Arc<LocalConfiguration>>| known.as_ref().is_some_and(|k| Arc::ptr_eq(k, local));
    match packer.known.iter().position(known) {
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

fn directed(out: &mut Vec<u8>, tag: u8, direction: Direction) {
    out.push(if direction == Direction::Received { tag | tag::RECEIVED } else { tag });
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

fn optional(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    flag(out, bytes.is_some());
    bytes.iter().for_each(|bytes| block(out, bytes));
}

fn blocks(out: &mut Vec<u8>, list: &[Vec<u8>]) {
    number(out, list.len() as u64);
    list.iter().for_each(|bytes| block(out, bytes));
}

fn code_points(out: &mut Vec<u8>, list: &[u16]) {
    number(out, list.len() as u64);
    list.iter().for_each(|value| out.extend(value.to_be_bytes()));
}
