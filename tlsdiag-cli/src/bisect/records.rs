//! Where the record of each step is handed on: to the file of JSON lines.

use tlsdiag_core::report::Record;

use crate::args::OfferArguments;
use crate::error::Error;
use crate::serve::journal::Journal;

pub(super) struct Records(Option<Journal>);

impl Records {
    pub(super) fn new(arguments: &OfferArguments) -> Result<Self, Error> {
        arguments.jsonl.as_deref().map(Journal::open).transpose().map(Records)
    }

    /// Takes one as soon as its attempt is over.
    pub(super) fn take(&mut self, record: &Record) {
        if let Some(journal) = &mut self.0 {
            journal.append(record);
        }
    }

    /// Says what could not be written, if anything.
    pub(super) fn close(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), Journal::close)
    }
}
