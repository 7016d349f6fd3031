//! The hooks against real handshakes: everything is told, and nobody notices.
#![cfg(feature = "linked")]
#![allow(unsafe_code)]

mod alone;
mod attachment;
mod compressed;
mod ffi;
mod harmless;
mod later;
mod liar;
mod library;
mod lifetime;
mod pipe;
mod pki;
mod recording;
mod short_ways;
mod sketches;
mod story;
mod transports;
