//! What the callbacks mean for a handshake: how it begins, goes on and ends, and who gets the
//! recording.

pub(super) mod begin;
pub(super) mod deferred;
pub(super) mod fast_path;
pub(super) mod finish;
pub(super) mod progress;
