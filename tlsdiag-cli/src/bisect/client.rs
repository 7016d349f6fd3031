//! The client of an attempt: a command, or somebody with a browser.

mod command;
mod reload;

use tlsdiag_core::report::Record;

use super::stand::Serving;
use crate::error::Error;

pub(super) use command::{Command, url, watch_signals};
pub(super) use reload::Reload;

/// What came of an attempt.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) works: bool,
    /// In the order in which they ended.
    pub(super) records: Vec<Record>,
    /// How its command ended, in words, where that was no success.
    pub(super) ended: Option<String>,
}

/// Whoever connects.
pub(super) enum Client {
    Command(Command),
    Reload(Reload),
}

impl Client {
    pub(super) fn attempt(&mut self, serving: &mut Serving<'_>) -> Result<Outcome, Error> {
        match self {
            Client::Command(command) => command.attempt(serving),
            Client::Reload(reload) => reload.attempt(serving),
        }
    }
}

impl Outcome {
    /// Whether a handshake was established and is healthy by its record.
    pub(super) fn is_established(&self) -> bool {
        self.records.iter().any(is_through)
    }

    /// The record that says most: of a handshake that failed, the last one; or the last of all.
    pub(super) fn telling(&self) -> Option<&Record> {
        self.records.iter().rev().find(|record| record.is_failure()).or(self.records.last())
    }
}

/// Established, seen to be kept so, and with nothing to mend.
fn is_through(record: &Record) -> bool {
    matches!(&*record.outcome, "established" | "established_unverified") && !record.is_failure()
}
