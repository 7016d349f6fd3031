//! Records TLS handshakes and names the root cause of a failure.
#![cfg_attr(not(feature = "openssl"), forbid(unsafe_code))]
#![deny(unsafe_code)]

pub mod wire;

pub mod event;

mod error;
mod recorder;
pub mod source;

pub mod handshake;

pub mod diagnose;

pub mod report;

pub use diagnose::{Cause, Diagnosis, diagnose};
pub use error::Error;
pub use handshake::Handshake;
pub use recorder::{Collector, HandshakeRecorder, on_end};
#[cfg(feature = "linked")]
pub use source::openssl::{attach, attach_with};
