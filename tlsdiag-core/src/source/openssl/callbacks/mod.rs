//! The functions that OpenSSL calls.

pub(super) mod bio;
pub(super) mod ex_data;
pub(super) mod info;
pub(super) mod message;
pub(super) mod security;
