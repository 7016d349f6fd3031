//! What a recorder remembers of the clients that it has heard of, so that the handshakes of one are judged together.

use std::sync::{Mutex, PoisonError};

use tlsdiag_core::report::{Clients, Meeting, Process, Record};
use tlsdiag_core::{Handshake, diagnose};

use crate::fork;

/// The clients of one recorder.
#[derive(Default)]
pub(crate) struct Known(Mutex<Clients>);

impl Known {
    /// The record of a handshake that has ended.
    pub(crate) fn record(&self, handshake: &Handshake) -> Record {
        let mut meeting = Meeting::of(handshake, Process::this());
        self.with(|clients| clients.recall(&mut meeting));
        let record = meeting.judge(handshake);
        self.with(|clients| clients.keep(meeting));
        record
    }

    fn with(&self, work: impl FnOnce(&mut Clients)) {
        let _gate = fork::gate();
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The record of a handshake that goes on, or of which nobody knows the others.
pub(crate) fn alone(handshake: &Handshake) -> Record {
    Record::new(handshake, &diagnose(handshake))
}
