//! What happened, in order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::code::micros;
use super::message;
use crate::diagnose::library;
use crate::event::{Direction, TransportEnd};
use crate::handshake::{Handshake, Step, StepKind};

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EventRecord {
    /// Its number, which evidence points at.
    pub event: u32,
    /// Since the start, in microseconds.
    pub time_us: u64,
    /// `sent` or `received`, where it has a direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// `message`, `alert`, `change_cipher_spec`, `not_tls`, `verify`, `done`, `failed`, `freed`, `transport`, `unacknowledged`,
    /// `received`, `name_checked`, `library_errors`, `application_data` or `reconfigured`.
    pub kind: String,
    /// The message's or alert's name, or a detail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Size of a message in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<usize>,
    /// What a message says that stands nowhere else in the record, or what bytes look like that are no TLS: typed where we
    /// know how, the beginning in hexadecimal where not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What is wrong with a message that does not decode, or does not unpack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

pub(super) fn events(handshake: &Handshake) -> Vec<EventRecord> {
    let mut others = handshake.others.iter().peekable();
    handshake
        .timeline
        .iter()
        .map(|step| {
            // Both are in the order of their events.
            while others.next_if(|other| other.event < step.event).is_some() {}
            let mut record = event(step);
            match &step.kind {
                StepKind::NotTls(bytes) => record.value = message::not_tls(bytes),
                StepKind::LibraryErrors => record.name = Some(queue(handshake, step.event)),
                _ => {}
            }
            if let Some(other) = others.next_if(|other| other.event == step.event) {
                match other.decode() {
                    Ok(message) => {
                        record.value = Some(message::value(&message)).filter(|value| !value.is_null());
                        record.problem = inside(handshake, step.event);
                    }
                    Err(error) => {
                        record.value = Some(message::undecoded(other.as_bytes()));
                        record.problem = Some(error.to_string());
                    }
                }
            }
            record
        })
        .collect()
}

/// The library's own words, the oldest first; the queue can be long where an application never empties it.
fn queue(handshake: &Handshake, event: u32) -> String {
    const SHOWN: usize = 4;
    let errors: Vec<_> = handshake.errors.iter().filter(|error| error.event == event).collect();
    let hidden = errors.len().saturating_sub(SHOWN);
    let mut shown: Vec<_> = errors.iter().skip(hidden).map(|error| library::show(error)).collect();
    if hidden > 0 {
        shown.insert(0, format!("{hidden} older ones"));
    }
    shown.join("; ")
}

/// What is wrong inside a CompressedCertificate, which is in order itself.
fn inside(handshake: &Handshake, event: u32) -> Option<String> {
    let packed = handshake.not_unpacked.iter().find(|failed| failed.event == event);
    let unpacked = handshake.undecoded.iter().find(|problem| problem.event == event);
    packed.map(|failed| failed.error.to_string()).or_else(|| unpacked.map(|problem| problem.value.clone()))
}

fn event(step: &Step) -> EventRecord {
    let (direction, kind, name, size) = match &step.kind {
        StepKind::Message { direction, kind, retry, size } => {
            let name = if *retry { "hello_retry_request".to_owned() } else { kind.to_string() };
            (Some(*direction), "message", Some(name), Some(*size))
        }
        StepKind::ChangeCipherSpec(direction) => (Some(*direction), "change_cipher_spec", None, None),
        StepKind::Alert(direction, level, description) => {
            (Some(*direction), "alert", Some(format!("{level} {description}")), None)
        }
        StepKind::NotTls(bytes) => {
            (Some(Direction::Received), "not_tls", Some(bytes.escape_ascii().to_string()), None)
        }
        StepKind::VerifyFault { depth, error, accepted } => {
            let passed = if *accepted { ", let pass" } else { "" };
            let name = format!("depth {depth}: {} ({error}){passed}", library::verify_meaning(*error));
            (None, "verify", Some(name), None)
        }
        StepKind::LibraryErrors => (None, "library_errors", None, None),
        StepKind::Freed => (None, "freed", None, None),
        StepKind::Done => (None, "done", None, None),
        StepKind::Failed => (None, "failed", None, None),
        StepKind::Transport(direction, end, errno) => {
            let how = match end {
                TransportEnd::Eof => "closed by the peer",
                TransportEnd::Reset => "reset",
                TransportEnd::Timeout => "timed out",
                TransportEnd::Other if *errno == 0 => "error of the application's own",
                TransportEnd::Other => "error",
                TransportEnd::ShutDownHere => "shut down by this side",
                TransportEnd::NotConnected => "not connected",
            };
            let errno = if *errno == 0 { String::new() } else { format!(" (errno {errno})") };
            (Some(*direction), "transport", Some(format!("{how}{errno}")), None)
        }
        StepKind::Unacknowledged(bytes) => {
            (None, "unacknowledged", Some(format!("{bytes} bytes of this side's")), None)
        }
        StepKind::Received(bytes) => {
            (Some(Direction::Received), "received", Some(format!("{bytes} bytes")), None)
        }
        StepKind::NameChecked { name, matches } => {
            let fits = if *matches { "fits" } else { "does not fit" };
            (None, "name_checked", Some(format!("{name}: {fits}")), None)
        }
        StepKind::ApplicationData(direction) => (Some(*direction), "application_data", None, None),
        StepKind::Reconfigured => (None, "reconfigured", None, None),
    };
    let direction = direction.map(|direction| match direction {
        Direction::Sent => "sent".to_owned(),
        Direction::Received => "received".to_owned(),
    });
    EventRecord {
        event: step.event,
        time_us: micros(step.elapsed),
        direction,
        kind: kind.to_owned(),
        name,
        size,
        value: None,
        problem: None,
    }
}
