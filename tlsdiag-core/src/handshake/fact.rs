//! Single facts of a handshake, each with the number of its event.

use super::Presented;
use crate::event::{Direction, Role, TransportEnd};
use crate::wire::{AlertDescription, AlertLevel, CertificateCompressionAlgorithm, DecompressError};

/// A fact and the event that it was read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct At<T> {
    /// The event's number in its recording.
    pub event: u32,
    /// The fact.
    pub value: T,
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// An alert that was sent or received (RFC 8446 §6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AlertSeen {
    /// Whose alert it is.
    pub direction: Direction,
    /// warning or fatal; TLS 1.3 ignores it.
    pub level: AlertLevel,
    /// What it says.
    pub description: AlertDescription,
    /// Whether this side's handshake was already done.
    pub after_done: bool,
    /// Whether it was received in a protected record of TLS 1.3. One in the clear was sent before its sender had read this
    /// side's Finished.
    pub sealed: bool,
}

/// A call of the verify callback that found a fault, or that the application refused.
#[derive(Clone, Debug)]
pub struct Verification {
    /// 0 is the peer's own certificate.
    pub depth: u32,
    /// Whether the library was content.
    pub ok: bool,
    /// Whether the application let it pass.
    pub accepted: bool,
    /// `X509_V_*`.
    pub error: i32,
    /// The certificate in question, where the source gave it.
    pub certificate: Option<Presented>,
}

/// Something that the security level denied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Denial {
    /// `SSL_SECOP_*` with its flags.
    pub operation: i32,
    /// Strength in bits.
    pub bits: i32,
    /// NID, version or code point, as the operation has it.
    pub nid: i32,
}

/// A CompressedCertificate (RFC 8879) that could not be unpacked: which certificates it holds is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotUnpacked {
    /// Who sent it.
    pub owner: Role,
    /// How it is compressed, by its own word.
    pub algorithm: CertificateCompressionAlgorithm,
    /// Why it was not unpacked.
    pub error: DecompressError,
}

/// How the transport ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Noticed while sending or while receiving.
    pub direction: Direction,
    /// How.
    pub end: TransportEnd,
    /// The system's error number, or 0.
    pub errno: i32,
}

/// What the library's state machine reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Done {
    /// `SSL_get_verify_result`.
    pub verify_result: i64,
    /// Whether a session was resumed.
    pub resumed: bool,
    /// Whether a resumed session holds the peer's certificate; `None` where that was not asked.
    pub peer_certificate: Option<bool>,
}

impl AlertSeen {
    /// Whether it ends the connection: everything but close_notify, user_canceled and (before TLS 1.3) warnings.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.level == AlertLevel::FATAL
            && !matches!(self.description, AlertDescription::CLOSE_NOTIFY | AlertDescription::USER_CANCELED)
    }
}
