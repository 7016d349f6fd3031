//! What was tried and what came of it, told as it happens.

use tlsdiag_core::report::Record;

use super::client::Outcome;
use super::search::{Answer, Why};
use crate::say::say;

pub(super) struct Log<C> {
    /// Attempts that do not count.
    before: usize,
    /// How the command ended that connected nobody last.
    absent: Option<String>,
    attempts: Vec<Attempt<C>>,
}

struct Attempt<C> {
    changes: Vec<C>,
    works: bool,
    /// A handshake was established, and the client was not content all the same.
    only_the_client: bool,
    ended: Option<String>,
    record: Record,
}

impl<C> Default for Log<C> {
    fn default() -> Self {
        Log { before: 0, absent: None, attempts: Vec::new() }
    }
}

impl<C: Clone + PartialEq> Log<C> {
    pub(super) fn add(&mut self, changes: &[C], words: &str, why: Why, outcome: Outcome) -> Answer {
        let number = self.before + self.attempts.len() + 1;
        let what = match why {
            Why::Proof => "proof, ",
            _ => "",
        };
        let Some(record) = outcome.telling().cloned() else {
            let ended = outcome.ended.map(|ended| format!(": {ended}")).unwrap_or_default();
            say!("attempt {number}: {what}{words}: nobody connected, so it does not count{ended}");
            self.before += 1;
            self.absent = Some(ended);
            return Answer::Nobody;
        };
        let became = match &outcome.ended {
            _ if outcome.works => "works".to_owned(),
            Some(ended) if outcome.is_established() => {
                format!("fails, though the handshake is established: {ended}")
            }
            _ => format!("fails ({})", record.verdict()),
        };
        say!("attempt {number}: {what}{words}: {became}");
        self.attempts.push(Attempt {
            changes: changes.to_vec(),
            works: outcome.works,
            only_the_client: outcome.is_established() && !outcome.works,
            ended: outcome.ended,
            record,
        });
        Answer::of(outcome.works)
    }

    /// How the command ended that connected nobody last, behind a colon, where that was no success.
    pub(super) fn absent(&self) -> &str {
        self.absent.as_deref().unwrap_or_default()
    }

    /// What was tried so far counts no more.
    pub(super) fn start_again(&mut self) {
        self.before += self.attempts.len();
        self.attempts.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.attempts.len()
    }

    /// The record of an attempt without any change that says why it failed, or one that says less.
    pub(super) fn verdict(&self) -> Option<&Record> {
        let plain = self.attempts.iter().filter(|attempt| attempt.changes.is_empty() && !attempt.works);
        let mut records = plain.map(|attempt| &attempt.record);
        let first = records.clone().next();
        records.find(|record| record.cause().is_some()).or(first)
    }

    /// How many attempts failed though their handshake was established, and how the first of them ended.
    pub(super) fn only_the_client(&self) -> Option<(usize, &str)> {
        let mut those = self.attempts.iter().filter(|attempt| attempt.only_the_client);
        let first = those.next()?;
        Some((1 + those.count(), first.ended.as_deref().unwrap_or_default()))
    }
}
