//! What the callbacks mean for a handshake: how it begins, goes on and ends, and who gets the
//! recording.

mod begin;
mod configuration;
mod deferred;
mod early_data;
mod exit;
pub(super) mod fast_path;
mod finish;
mod progress;
