//! Records TLS handshakes and names the root cause of a failure.
#![cfg_attr(not(feature = "openssl"), forbid(unsafe_code))]
#![deny(unsafe_code)]

pub mod event;
mod recorder;
pub mod wire;

pub use recorder::{Collector, HandshakeRecorder, on_end};
