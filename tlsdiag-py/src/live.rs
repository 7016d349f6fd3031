//! One event of a handshake, as a recorder written in Python is told it.

use std::borrow::Cow;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tlsdiag_core::event::{Direction, Event, EventBody, EventKind, State};
use tlsdiag_core::wire::{AlertDescription, HandshakeType};

use crate::inert::{Inert, inert};

/// Something that happened on a connection, told while it goes on.
#[pyclass(frozen, module = "tlsdiag")]
pub(crate) struct LiveEvent {
    /// The connection's number, unique within the process.
    #[pyo3(get)]
    connection: u64,
    /// The event's number within the connection, from 0; evidence points at it.
    #[pyo3(get)]
    number: u32,
    /// Time since the connection's first event.
    #[pyo3(get)]
    elapsed: Duration,
    /// `started`, `reconfigured`, `message`, `alert`, `change_cipher_spec`, `record`, `state`, `step`, `verify`,
    /// `security_denied`, `wire`, `library_errors`, `transport`, `application_data` or `ended`.
    #[pyo3(get)]
    kind: &'static str,
    /// `sent` or `received`, where it has a direction.
    #[pyo3(get)]
    direction: Option<&'static str>,
    /// The message's or alert's name, the step in the library's words, or the role at the start.
    #[pyo3(get)]
    name: Option<String>,
    data: Option<Vec<u8>>,
}

#[pymethods]
impl LiveEvent {
    /// The bytes of a handshake message with its header of four bytes (RFC 8446 section 4), of an alert (section 6), of a
    /// record's header, or as they went over the transport.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.data.as_ref().map(|data| PyBytes::new(py, data))
    }

    fn __repr__(&self) -> Inert {
        let parts = [Some(self.kind), self.direction, self.name.as_deref()];
        let words: Vec<_> = parts.into_iter().flatten().collect();
        inert!("<LiveEvent #{} of {}: {}>", self.number, self.connection, words.join(" "))
    }
}

/// The kinds that can be told, with their names; secrets are not told.
pub(crate) const KINDS: [(EventKind, &str); 15] = [
    (EventKind::Started, "started"),
    (EventKind::Reconfigured, "reconfigured"),
    (EventKind::Message, "message"),
    (EventKind::Alert, "alert"),
    (EventKind::ChangeCipherSpec, "change_cipher_spec"),
    (EventKind::Record, "record"),
    (EventKind::State, "state"),
    (EventKind::Step, "step"),
    (EventKind::Verify, "verify"),
    (EventKind::SecurityDenied, "security_denied"),
    (EventKind::Wire, "wire"),
    (EventKind::LibraryErrors, "library_errors"),
    (EventKind::Transport, "transport"),
    (EventKind::ApplicationData, "application_data"),
    (EventKind::Ended, "ended"),
];

/// The name of a kind; `None` where it is not told.
fn name_of(kind: EventKind) -> Option<&'static str> {
    KINDS.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

impl LiveEvent {
    /// An event with bytes of its own; `None` for a kind that is not told.
    pub(crate) fn of(event: &Event<'_>) -> Option<Self> {
        let kind = name_of(event.body.kind())?;
        let (direction, name, data): (_, Option<Cow<'_, str>>, Option<&[u8]>) = match &event.body {
            EventBody::Started { role, .. } => (None, Some(role.as_str().into()), None),
            EventBody::Message { direction, bytes } => {
                let kind = bytes.first().map(|kind| HandshakeType(*kind).to_string().into());
                (Some(*direction), kind, Some(bytes))
            }
            EventBody::Alert { direction, level, description } => {
                let name = AlertDescription(*description).to_string().into();
                (Some(*direction), Some(name), Some(&[*level, *description]))
            }
            EventBody::ChangeCipherSpec { direction } | EventBody::ApplicationData { direction } => {
                (Some(*direction), None, None)
            }
            EventBody::Record { direction, header } => (Some(*direction), None, Some(header)),
            EventBody::Wire { direction, bytes } => (Some(*direction), None, Some(bytes)),
            EventBody::Transport { direction, .. } => (Some(*direction), None, None),
            EventBody::Verify { certificate, .. } => (None, None, *certificate),
            EventBody::State(State::HandshakeStarted) => (None, Some("started".into()), None),
            EventBody::State(State::HandshakeDone { .. }) => (None, Some("done".into()), None),
            EventBody::State(State::Failed { .. }) => (None, Some("failed".into()), None),
            EventBody::State(State::Step(step)) => (None, Some((*step).into()), None),
            _ => (None, None, None),
        };
        Some(LiveEvent {
            connection: event.connection.0,
            number: event.sequence,
            elapsed: event.elapsed,
            kind,
            direction: direction.map(|direction| match direction {
                Direction::Sent => "sent",
                Direction::Received => "received",
            }),
            name: name.map(Cow::into_owned),
            data: data.map(<[u8]>::to_vec),
        })
    }
}
