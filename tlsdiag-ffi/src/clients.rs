//! What a recorder remembers of the clients that it has heard of, so that the handshakes of one are judged together.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tlsdiag_core::Handshake;
use tlsdiag_core::report::{Clients, Meeting, Process, Record};

/// The clients of one recorder. The lock is held for a few instructions, and across a fork by the thread that forks (`fork.rs`).
#[derive(Default)]
pub(crate) struct Known(Mutex<Clients>);

impl Known {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Clients> {
        // What is remembered is whole between any two calls.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record of a handshake that has ended.
    pub(crate) fn record(&self, handshake: &Handshake) -> Record {
        let mut meeting = Meeting::of(handshake, Process::this());
        self.lock().recall(&mut meeting);
        let record = meeting.judge(handshake);
        self.lock().keep(meeting);
        record
    }

    /// Whether a client may come back that left without a word: then its success has something to say.
    pub(crate) fn awaits_somebody(&self) -> bool {
        self.lock().awaited().is_some_and(|until| SystemTime::now() <= until)
    }
}
