//! What stands on a line: the events' own shapes, borrowed to write and owned when read.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::bytes::Hex;
use crate::event::{
    Direction, Event, EventBody, LibraryError, LocalConfiguration, Recording, Role, State, TransportEnd,
};

/// The first line of a recording.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) schema: String,
    pub(super) connection: u64,
    #[serde(default)]
    pub(super) missed: u32,
    /// How many lines follow, so that a file that was cut off is not taken for a shorter recording.
    pub(super) events: usize,
}

impl Head {
    pub(super) fn of(recording: &Recording) -> Self {
        Head {
            schema: super::SCHEMA.to_owned(),
            connection: recording.connection().0,
            missed: recording.missed(),
            events: recording.len(),
        }
    }
}

/// An event.
#[derive(Serialize, Deserialize)]
pub(super) struct Line<'a> {
    /// Nanoseconds since the connection's first event.
    at: u64,
    #[serde(flatten)]
    body: Body<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Body<'a> {
    Started {
        role: Role,
        #[serde(with = "rfc3339")]
        time: SystemTime,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        peer: Option<SocketAddr>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_name: Option<Cow<'a, str>>,
        local: Cow<'a, LocalConfiguration>,
    },
    Reconfigured {
        local: Cow<'a, LocalConfiguration>,
    },
    Message {
        direction: Direction,
        bytes: Hex<'a>,
    },
    Alert {
        direction: Direction,
        level: u8,
        description: u8,
    },
    ChangeCipherSpec {
        direction: Direction,
    },
    Record {
        direction: Direction,
        header: Hex<'a>,
    },
    HandshakeStarted,
    HandshakeDone {
        verify_result: i64,
        resumed: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        peer_certificate: Option<bool>,
    },
    Failed {
        ssl_error: i32,
        verify_result: i64,
    },
    Freed,
    Step {
        name: Cow<'a, str>,
    },
    Verify {
        depth: u32,
        ok: bool,
        accepted: bool,
        error: i32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<Hex<'a>>,
    },
    SecurityDenied {
        operation: i32,
        bits: i32,
        nid: i32,
    },
    Wire {
        direction: Direction,
        bytes: Hex<'a>,
    },
    LibraryErrors {
        errors: Cow<'a, [LibraryError]>,
    },
    Transport {
        direction: Direction,
        end: TransportEnd,
        errno: i32,
    },
    Unacknowledged {
        bytes: u32,
    },
    Received {
        bytes: u64,
    },
    NameChecked {
        name: Cow<'a, str>,
        matches: bool,
    },
    ApplicationData {
        direction: Direction,
    },
}

impl<'a> Line<'a> {
    /// `None` for what no recording keeps.
    pub(super) fn of(event: &Event<'a>) -> Option<Self> {
        let hex = |bytes: &'a [u8]| Hex(Cow::Borrowed(bytes));
        let body = match event.body {
            EventBody::Started { role, time, peer, expected_name, local } => Body::Started {
                role,
                time,
                peer,
                expected_name: expected_name.map(Cow::Borrowed),
                local: Cow::Borrowed(&**local),
            },
            EventBody::Reconfigured { local } => Body::Reconfigured { local: Cow::Borrowed(&**local) },
            EventBody::Message { direction, bytes } => Body::Message { direction, bytes: hex(bytes) },
            EventBody::Alert { direction, level, description } => {
                Body::Alert { direction, level, description }
            }
            EventBody::ChangeCipherSpec { direction } => Body::ChangeCipherSpec { direction },
            EventBody::Record { direction, header } => {
                Body::Record { direction, header: Hex(Cow::Owned(header.to_vec())) }
            }
            EventBody::State(State::HandshakeStarted) => Body::HandshakeStarted,
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
                Body::HandshakeDone { verify_result, resumed, peer_certificate }
            }
            EventBody::State(State::Failed { ssl_error, verify_result }) => {
                Body::Failed { ssl_error, verify_result }
            }
            EventBody::State(State::Freed) => Body::Freed,
            EventBody::State(State::Step(name)) => Body::Step { name: Cow::Borrowed(name) },
            EventBody::Verify { depth, ok, accepted, error, certificate } => {
                Body::Verify { depth, ok, accepted, error, certificate: certificate.map(hex) }
            }
            EventBody::SecurityDenied { operation, bits, nid } => {
                Body::SecurityDenied { operation, bits, nid }
            }
            EventBody::Wire { direction, bytes } => Body::Wire { direction, bytes: hex(bytes) },
            EventBody::LibraryErrors(errors) => Body::LibraryErrors { errors: Cow::Borrowed(errors) },
            EventBody::Transport { direction, end, errno } => Body::Transport { direction, end, errno },
            EventBody::Unacknowledged { bytes } => Body::Unacknowledged { bytes },
            EventBody::Received { bytes } => Body::Received { bytes },
            EventBody::NameChecked { name, matches } => {
                Body::NameChecked { name: Cow::Borrowed(name), matches }
            }
            EventBody::ApplicationData { direction } => Body::ApplicationData { direction },
            EventBody::Secret(_)
            | EventBody::Paused { .. }
            | EventBody::Established { .. }
            | EventBody::Ended { .. } => return None,
        };
        let at = u64::try_from(event.elapsed.as_nanos()).unwrap_or(u64::MAX);
        Some(Line { at, body })
    }

    /// Appends the event; says what is wrong with one that cannot be.
    pub(super) fn push(self, recording: &mut Recording) -> Result<(), &'static str> {
        let at = Duration::from_nanos(self.at);
        // As when it was recorded: what is past the bounds is counted there and not kept.
        let mut push = |body: &EventBody<'_>| {
            recording.push(at, body);
        };
        match self.body {
            Body::Started { role, time, peer, expected_name, local } => push(&EventBody::Started {
                role,
                time,
                peer,
                expected_name: expected_name.as_deref(),
                local: &Arc::new(local.into_owned()),
            }),
            Body::Reconfigured { local } => {
                push(&EventBody::Reconfigured { local: &Arc::new(local.into_owned()) });
            }
            Body::Message { direction, bytes } => push(&EventBody::Message { direction, bytes: &bytes.0 }),
            Body::Alert { direction, level, description } => {
                push(&EventBody::Alert { direction, level, description });
            }
            Body::ChangeCipherSpec { direction } => push(&EventBody::ChangeCipherSpec { direction }),
            Body::Record { direction, header } => {
                let header =
                    <[u8; 5]>::try_from(&*header.0).map_err(|_| "a header that is not of five bytes")?;
                push(&EventBody::Record { direction, header });
            }
            Body::HandshakeStarted => push(&EventBody::State(State::HandshakeStarted)),
            Body::HandshakeDone { verify_result, resumed, peer_certificate } => {
                push(&EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }));
            }
            Body::Failed { ssl_error, verify_result } => {
                push(&EventBody::State(State::Failed { ssl_error, verify_result }));
            }
            Body::Freed => push(&EventBody::State(State::Freed)),
            Body::Step { name } => push(&EventBody::State(State::Step(&name))),
            Body::Verify { depth, ok, accepted, error, certificate } => push(&EventBody::Verify {
                depth,
                ok,
                accepted,
                error,
                certificate: certificate.as_ref().map(|bytes| &*bytes.0),
            }),
            Body::SecurityDenied { operation, bits, nid } => {
                push(&EventBody::SecurityDenied { operation, bits, nid });
            }
            Body::Wire { direction, bytes } => push(&EventBody::Wire { direction, bytes: &bytes.0 }),
            Body::LibraryErrors { errors } => push(&EventBody::LibraryErrors(&errors)),
            Body::Unacknowledged { bytes } => push(&EventBody::Unacknowledged { bytes }),
            Body::Received { bytes } => push(&EventBody::Received { bytes }),
            Body::NameChecked { name, matches } => push(&EventBody::NameChecked { name: &name, matches }),
            Body::Transport { direction, end, errno } => {
                push(&EventBody::Transport { direction, end, errno });
            }
            Body::ApplicationData { direction } => push(&EventBody::ApplicationData { direction }),
        }
        Ok(())
    }
}

/// A wall clock time in UTC, to the nanosecond.
mod rfc3339 {
    use std::time::SystemTime;

    use jiff::Timestamp;
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
        let time = Timestamp::try_from(*time).map_err(S::Error::custom)?;
        serializer.collect_str(&time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let time: Timestamp = text.parse().map_err(|_| D::Error::custom("a time that is not RFC 3339"))?;
        time.try_into().map_err(D::Error::custom)
    }
}
