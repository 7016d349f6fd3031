//! Hooks into OpenSSL: the only unsafe code of this crate.
//!
//! `attach` puts a recorder on a context or a connection of the `openssl` crate; [`attach_ctx_raw`] and
//! [`attach_ssl_raw`] do so for addresses, in any OpenSSL of the process: see [`Symbols`]. A
//! connection is recorded from its first handshake callback to the point after which nothing can
//! change its outcome; a renegotiation, or a client's authentication after the handshake, is a
//! recording of its own.
//!
//! The handshake ends exactly as it would have without us: the application's callbacks are called
//! as before, and `errno` and the error queue are left as found. `SAFETY.md` at the root says which
//! promise is kept where.
//!
//! # What a recorder may do
//! It is called on the thread that runs the handshake, between two steps of OpenSSL. It must not
//! use the connection that it is called for, and only at [`Ended`](crate::event::EventBody::Ended)
//! may it call functions of OpenSSL that can fail: the thread's error queue is the application's.
//! If it does, the handshake goes on and [`missed_events`](Stats::missed_events) counts.

//! # Where the code lies
//! Each folder imports only from those before it: `sys`, `error_queue`, `config`, `phase`,
//! `state`, `machine`, `callbacks`, and then the entry points. `tests/imports` holds them to that, and
//! ARCHITECTURE.md says what each of them is for.
//!
//! Our code is cold on every callback, and a page that is not in the TLB costs more than what a
//! hook does. So what runs in every handshake lies side by side, code and data each in a section of
//! its own (`.text.hot.tlsdiag`, `.data.hot.tlsdiag`): three pages of code. What is new on the path
//! of every handshake belongs there too. Slow paths that are not rare have a section of their own
//! (`.text.hot.tlsdiag.long`), and what is rare is `#[cold]`.

#![allow(clippy::unnecessary_cast, reason = "C's long is 32 bits wide on some platforms")]

mod sys;

mod error_queue;

mod config;

mod phase;

mod state;

mod machine;

mod callbacks;

mod attach;
mod current_connection;
mod detach;
mod interposer;
#[cfg(feature = "linked")]
mod openssl_crate;
mod setup;

pub use attach::{AttachOptions, Attachment, attach_ctx_raw, attach_ssl_raw};
pub use callbacks::ex_data::on_context_freed;
pub use config::accept_cache::accepted;
pub use current_connection::{ConnectionData, connection_data, current_ssl, set_current_data};
pub use detach::{detach_raw, is_attached_raw};
pub use interposer::{FunctionPointer, Interposer};
#[cfg(feature = "linked")]
pub use openssl_crate::{Attach, attach, attach_with, setup_failure};
pub use setup::{
    QueuedErrors, SetupObject, file_of_bio, file_of_stream, is_at_start, own_certificate, setup_failed,
};
pub use state::recordings::next_connection;
pub use sys::constants::ctrl;
pub use sys::guard::{Stats, stats};
pub use sys::library::Symbols;
pub use sys::locate::{LocateError, Object};
pub use sys::memory::{Memory, set_memory};
