//! Records TLS handshakes and names the root cause of a failure.
#![cfg_attr(not(feature = "openssl"), forbid(unsafe_code))]
#![deny(unsafe_code)]

mod error;
pub mod event;
mod recorder;
pub mod source;
pub mod wire;

pub use error::Error;
pub use recorder::{Collector, HandshakeRecorder, on_end};
#[cfg(feature = "linked")]
pub use source::openssl::{attach, attach_with};
