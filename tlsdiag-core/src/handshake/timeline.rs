//! The connection's events as a reader wants to see them: who said what, when.

use std::time::Duration;

use crate::event::{Direction, TransportEnd};
use crate::wire::{AlertDescription, AlertLevel, HandshakeType};

/// One line of the timeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The event's number.
    pub event: u32,
    /// Since the connection's first event.
    pub elapsed: Duration,
    /// What happened.
    pub kind: StepKind,
}

/// What happened in a [`Step`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum StepKind {
    /// A handshake message.
    Message {
        /// Sent or received.
        direction: Direction,
        /// Which one.
        kind: HandshakeType,
        /// HelloRetryRequest travels as a ServerHello.
        retry: bool,
        /// Its size in bytes with its header.
        size: usize,
    },
    /// change_cipher_spec.
    ChangeCipherSpec(Direction),
    /// An alert.
    Alert(Direction, AlertLevel, AlertDescription),
    /// Five bytes that are no TLS record's header.
    NotTls([u8; 5]),
    /// The verify callback was told of a fault.
    VerifyFault {
        /// 0 is the peer's own certificate.
        depth: u32,
        /// `X509_V_*`.
        error: i32,
        /// Whether the application let it pass.
        accepted: bool,
    },
    /// The library says that the handshake is done.
    Done,
    /// The library says that it failed.
    Failed,
    /// The library's error queue at the failure; its entries are in [`Handshake::errors`](super::Handshake::errors) under the
    /// number of this event.
    LibraryErrors,
    /// The transport ended.
    Transport(Direction, TransportEnd, i32),
    /// So many bytes of this side's had not been acknowledged when it gave up.
    Unacknowledged(u32),
    /// So many bytes had come when the connection ended, and not one record.
    Received(u64),
    /// The application held the peer's certificate against this name, and it has it or has it not.
    NameChecked {
        /// The name, or the address.
        name: String,
        /// Whether the certificate has it.
        matches: bool,
    },
    /// The application freed the connection.
    Freed,
    /// First application data.
    ApplicationData(Direction),
    /// Another configuration took over.
    Reconfigured,
}

impl Step {
    /// The handshake message and its direction, where the step is one.
    #[must_use]
    pub fn message(&self) -> Option<(HandshakeType, Direction)> {
        match self.kind {
            StepKind::Message { direction, kind, .. } => Some((kind, direction)),
            _ => None,
        }
    }
}
