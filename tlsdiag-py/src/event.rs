//! What happened, in order: events, alerts and timing of a handshake that is over.

use std::time::{Duration, SystemTime};

use pyo3::prelude::*;
use tlsdiag_core::report::EventRecord;
use tlsdiag_core::wire::AlertDescription;

use crate::inert::{Inert, inert};

/// Something that happened in a handshake.
#[pyclass(frozen, get_all, eq, hash, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Event {
    /// Its number, which evidence points at.
    number: u32,
    /// Time since the handshake's start.
    elapsed: Duration,
    /// `sent` or `received`, where it has a direction.
    direction: Option<String>,
    /// `message`, `alert`, `change_cipher_spec`, `not_tls`, `verify`, `done`, `failed`, `transport`, `application_data` or
    /// `reconfigured`.
    kind: String,
    /// The message's or alert's name, or a detail.
    name: Option<String>,
    /// Size of a message in bytes.
    size: Option<usize>,
}

#[pymethods]
impl Event {
    fn __repr__(&self) -> Inert {
        let parts = [self.direction.as_deref(), Some(&self.kind), self.name.as_deref()];
        let words: Vec<_> = parts.into_iter().flatten().collect();
        inert!("<Event #{}: {}>", self.number, words.join(" "))
    }
}

impl From<&EventRecord> for Event {
    fn from(event: &EventRecord) -> Self {
        Event {
            number: event.event,
            elapsed: Duration::from_micros(event.time_us),
            direction: event.direction.clone(),
            kind: event.kind.clone(),
            name: event.name.clone(),
            size: event.size,
        }
    }
}

/// An alert that was sent or received (RFC 8446 section 6).
#[pyclass(frozen, get_all, eq, hash, module = "tlsdiag")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Alert {
    /// The number of its event.
    event: u32,
    /// `sent` or `received`.
    direction: String,
    /// `warning` or `fatal`; TLS 1.3 ignores it.
    level: String,
    /// What it says, such as `certificate_required`.
    description: String,
    /// The number on the wire; `None` for one without a name.
    code: Option<u8>,
}

#[pymethods]
impl Alert {
    fn __str__(&self) -> Inert {
        inert!("{} {}", self.level, self.description)
    }

    fn __repr__(&self) -> Inert {
        inert!("<Alert {}: {} {}>", self.direction, self.level, self.description)
    }
}

impl Alert {
    /// The alert of an event that is one.
    pub(crate) fn of(event: &EventRecord) -> Option<Self> {
        let name = event.name.as_deref().filter(|_| event.kind == "alert")?;
        let (level, description) = name.split_once(' ')?;
        let code = (0..=u8::MAX).find(|code| AlertDescription(*code).to_string() == description);
        Some(Alert {
            event: event.event,
            direction: event.direction.clone().unwrap_or_default(),
            level: level.to_owned(),
            description: description.to_owned(),
            code,
        })
    }
}

/// When it happened, and how long it took.
#[pyclass(frozen, get_all, module = "tlsdiag")]
#[derive(Clone)]
pub(crate) struct Timing {
    /// When the handshake began, in UTC.
    start: Option<SystemTime>,
    /// From the first event to the last.
    duration: Duration,
    /// Each handshake message: `sent` or `received`, its name, and when it came, counted from the start.
    messages: Vec<(String, String, Duration)>,
}

#[pymethods]
impl Timing {
    fn __repr__(&self) -> Inert {
        inert!("<Timing {:?}, {} messages>", self.duration, self.messages.len())
    }
}

impl Timing {
    pub(crate) fn new(start: Option<SystemTime>, duration: Duration, events: &[EventRecord]) -> Self {
        let messages = events.iter().filter(|event| event.kind == "message").map(|event| {
            (
                event.direction.clone().unwrap_or_default(),
                event.name.clone().unwrap_or_default(),
                Duration::from_micros(event.time_us),
            )
        });
        Timing { start, duration, messages: messages.collect() }
    }
}
