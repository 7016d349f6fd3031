//! The kinds of events.

use super::{EventBody, State};

/// The kinds of events, for [`HandshakeRecorder::wants`](crate::HandshakeRecorder::wants).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is explained at the EventBody of the same name")]
pub enum EventKind {
    Started,
    Reconfigured,
    Message,
    Alert,
    ChangeCipherSpec,
    Record,
    State,
    /// [`State::Step`]: every step of the state machine, not the turning points alone.
    Step,
    Verify,
    SecurityDenied,
    Wire,
    Secret,
    LibraryErrors,
    Transport,
    ApplicationData,
    /// [`EventBody::Paused`]: the recording so far, each time that the application has control in the
    /// middle of it.
    Paused,
    /// [`EventBody::Established`]: the recording so far, where the handshake is established and its
    /// recording goes on.
    Established,
    Ended,
}

impl EventKind {
    /// Whether this kind is recorded unless a recorder says otherwise: all but
    /// [`Record`](EventKind::Record), [`Step`](EventKind::Step), [`Wire`](EventKind::Wire),
    /// [`Secret`](EventKind::Secret), [`Paused`](EventKind::Paused) and
    /// [`Established`](EventKind::Established).
    #[must_use]
    pub fn is_default(self) -> bool {
        use EventKind::{Established, Paused, Record, Secret, Step, Wire};
        !matches!(self, Record | Step | Wire | Secret | Paused | Established)
    }
}

impl EventBody<'_> {
    /// The kind of this event.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self {
            EventBody::Started { .. } => EventKind::Started,
            EventBody::Reconfigured { .. } => EventKind::Reconfigured,
            EventBody::Message { .. } => EventKind::Message,
            EventBody::Alert { .. } => EventKind::Alert,
            EventBody::ChangeCipherSpec { .. } => EventKind::ChangeCipherSpec,
            EventBody::Record { .. } => EventKind::Record,
            EventBody::State(State::Step(_)) => EventKind::Step,
            EventBody::State(_) => EventKind::State,
            EventBody::Verify { .. } | EventBody::NameChecked { .. } => EventKind::Verify,
            EventBody::SecurityDenied { .. } => EventKind::SecurityDenied,
            EventBody::Wire { .. } => EventKind::Wire,
            EventBody::Secret(_) => EventKind::Secret,
            EventBody::LibraryErrors(_) => EventKind::LibraryErrors,
            EventBody::Transport { .. } | EventBody::Unacknowledged { .. } | EventBody::Received { .. } => {
                EventKind::Transport
            }
            EventBody::ApplicationData { .. } => EventKind::ApplicationData,
            EventBody::Paused { .. } => EventKind::Paused,
            EventBody::Established { .. } => EventKind::Established,
            EventBody::Ended { .. } => EventKind::Ended,
        }
    }
}
