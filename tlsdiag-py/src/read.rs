//! What was recorded or captured elsewhere.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pyo3::prelude::*;
use tlsdiag_core::Handshake as HandshakeState;
use tlsdiag_core::diagnose;
use tlsdiag_core::event::{ConnectionId, Direction, EventBody, Recording, Role};
use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::{Line, Record, join_clients};
use tlsdiag_core::wire::{Deframer, Dialect, Frame, Message};

use crate::handshake::Handshake;
use crate::hello::ClientHello;
use crate::setup::Setup;
use crate::words;

/// What a file holds: handshakes, setups that failed, and for each line that cannot be read its number and why.
type Read = (Vec<Handshake>, Vec<Setup>, Vec<(usize, String)>);

/// Reads the bytes of a file of records, recordings or both.
#[pyfunction]
pub(crate) fn read_records(py: Python<'_>, data: &[u8]) -> Read {
    py.detach(|| {
        let (mut good, mut setups, mut bad) = (Vec::new(), Vec::new(), Vec::new());
        let mut reader = Reader::new();
        let mut last = 0;
        for (place, line) in data.split(|byte| *byte == b'\n').enumerate() {
            last = place + 1;
            let Ok(text) = std::str::from_utf8(line) else {
                bad.push((last, "this is not text".to_owned()));
                continue;
            };
            for told in reader.line(text.trim_end_matches('\r')) {
                match told {
                    Ok(Line::Setup(setup)) => setups.push(Setup::from(*setup)),
                    Ok(told) => good.extend(told.handshake()),
                    Err(why) => bad.push((last, why.to_string())),
                }
            }
        }
        if let Err(why) = reader.finish() {
            bad.push((last, why.to_string()));
        }
        // What later ones say of earlier ones of the same client is applied.
        join_clients(&mut good);
        (good.into_iter().map(Handshake::from).collect(), setups, bad)
    })
}

/// Decodes a ClientHello: a handshake message with its header of four bytes, or the records that carry it.
///
/// Raises `FormatError` where it is none, and says at which byte.
#[pyfunction]
pub(crate) fn decode_client_hello(py: Python<'_>, data: &[u8]) -> PyResult<ClientHello> {
    let wrong = |why: String| words::error(py, "FormatError", format!("this is no ClientHello: {why}"));
    let message =
        message_of(data).ok_or_else(|| wrong("the records hold no whole handshake message".to_owned()))?;
    match Message::decode(&message, &Dialect::default()) {
        Ok(Message::ClientHello(_)) => {}
        Ok(other) => return Err(wrong(format!("it is a {}", other.kind()))),
        Err(error) => return Err(wrong(error.to_string())),
    }
    // Through the same fold as every handshake's, so that it says the same.
    let mut recording = Recording::new(ConnectionId(0));
    let started = EventBody::Started {
        role: Role::Server,
        time: SystemTime::UNIX_EPOCH,
        peer: None,
        expected_name: None,
        local: &Arc::default(),
    };
    recording.push(Duration::ZERO, &started);
    recording.push(Duration::ZERO, &EventBody::Message { direction: Direction::Received, bytes: &message });
    let handshake = HandshakeState::from_recording(&recording);
    let record = Record::new(&handshake, &diagnose(&handshake));
    ClientHello::of(&record).ok_or_else(|| wrong("it is longer than a recording keeps".to_owned()))
}

/// The first handshake message of some records, or the bytes themselves where they are no records.
fn message_of(data: &[u8]) -> Option<Vec<u8>> {
    const HANDSHAKE: u8 = 22;
    if data.first() != Some(&HANDSHAKE) || data.get(1) != Some(&3) {
        return Some(data.to_vec());
    }
    let mut first = None;
    Deframer::new().push(data, |frame| {
        if let Frame::Handshake(message) = frame {
            first.get_or_insert_with(|| message.to_vec());
        }
    });
    first
}
