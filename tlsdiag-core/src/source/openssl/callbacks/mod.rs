//! The functions that OpenSSL calls. Each one records first or last, and passes on to the
//! application's callback outside of our lock, with `errno` and the error queue as OpenSSL left
//! them.

mod bio;
pub(crate) mod ex_data;
mod info;
mod keylog;
mod message;
mod security;
mod trampolines;
mod verify;
