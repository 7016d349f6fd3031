//! Records TLS handshakes and names the root cause of a failure.
#![cfg_attr(not(feature = "openssl"), forbid(unsafe_code))]
#![deny(unsafe_code)]

pub mod diagnose;
pub mod event;
pub mod handshake;
mod recorder;
pub mod report;
pub mod wire;

pub use diagnose::{Cause, Diagnosis, diagnose};
pub use handshake::Handshake;
pub use recorder::{Collector, HandshakeRecorder, on_end};
