//! How recordings leave the process that made them.
//!
//! To diagnose a handshake and write its record takes a tenth of the time that the handshake took, and a server has better
//! things to do. So a hooked process packs its recording ([`tlsdiag_core::event::transfer`]) and sends it off
//! ([`Sender`]); another process collects, diagnoses and writes ([`Collector`]).
//!
//! The channel is a Unix socket of the kind SOCK_SEQPACKET: messages arrive whole and in order however many processes share
//! one end of it after a fork, and the other end knows when the last of them is gone. Recordings, of which there are many, go
//! through memory instead that each process shares with the collector (`ring`), as long as there is room.

#![deny(unsafe_code)]

mod address;
mod collector;
mod collector_event;
mod diagnosis_worker;
mod established;
mod listening;
mod message;
mod own_files;
mod pulse;
mod queue;
mod ring;
mod sender;
mod setups;

pub use address::{Address, Token};
pub use collector::{Closer, Collector};
pub use collector_event::CollectorEvent;
pub use listening::{Listening, pair};
pub use message::Message;
pub use own_files::root;
pub use pulse::{CurrentPulse, Pulse};
pub use ring::Writer;
pub use sender::{Delivery, Sender, Way};
