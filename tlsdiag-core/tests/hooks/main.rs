//! The hooks against real handshakes: everything is told, and nobody notices.
#![cfg(feature = "linked")]
#![allow(unsafe_code)]

mod alone;
mod another_hello;
mod attachment;
mod brief;
mod clock;
mod compressed;
mod deferred;
mod early_data;
mod established;
mod fast_paths;
mod ffi;
mod harmless;
mod later;
mod liar;
mod library;
mod lifetime;
mod memory;
mod message_argument;
mod not_connected;
mod pipe;
mod pki;
mod recording;
mod transports;
