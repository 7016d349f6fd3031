//! What was tried and what came of it, told as it happens.

use tlsdiag_core::report::Record;

use super::client::Outcome;
use super::search::Why;
use crate::say::say;

pub(super) struct Log<C> {
    /// Attempts before the ones that count.
    before: usize,
    attempts: Vec<Attempt<C>>,
}

struct Attempt<C> {
    changes: Vec<C>,
    works: bool,
    /// A handshake was established, and the client was not content all the same.
    only_the_client: bool,
    ended: Option<String>,
    record: Option<Record>,
}

impl<C> Default for Log<C> {
    fn default() -> Self {
        Log { before: 0, attempts: Vec::new() }
    }
}

impl<C: Clone + PartialEq> Log<C> {
    pub(super) fn add(&mut self, changes: &[C], words: &str, why: Why, outcome: Outcome) {
        let number = self.before + self.attempts.len() + 1;
        let what = match why {
            Why::Proof => "proof, ",
            _ => "",
        };
        let record = outcome.telling().cloned();
        let became = match (&record, &outcome.ended) {
            _ if outcome.works => "works".to_owned(),
            (None, Some(ended)) => format!("fails, and nobody connected: {ended}"),
            (None, None) => "fails, and nobody connected".to_owned(),
            (Some(_), Some(ended)) if outcome.is_established() => {
                format!("fails, though the handshake is established: {ended}")
            }
            (Some(record), _) => format!("fails ({})", record.verdict()),
        };
        say!("attempt {number}: {what}{words}: {became}");
        self.attempts.push(Attempt {
            changes: changes.to_vec(),
            works: outcome.works,
            only_the_client: outcome.is_established() && !outcome.works,
            ended: outcome.ended,
            record,
        });
    }

    /// What was tried so far counts no more.
    pub(super) fn start_again(&mut self) {
        self.before += self.attempts.len();
        self.attempts.clear();
    }

    pub(super) fn last_works(&self) -> bool {
        self.attempts.last().is_some_and(|attempt| attempt.works)
    }

    pub(super) fn len(&self) -> usize {
        self.attempts.len()
    }

    /// The record of an attempt without any change that says why it failed, or one that says less.
    pub(super) fn verdict(&self) -> Option<&Record> {
        let plain = self.attempts.iter().filter(|attempt| attempt.changes.is_empty() && !attempt.works);
        let mut records = plain.filter_map(|attempt| attempt.record.as_ref());
        let first = records.clone().next();
        records.find(|record| record.cause().is_some()).or(first)
    }

    /// How often these changes were tried, and how often that worked.
    pub(super) fn tried(&self, changes: &[C]) -> (usize, usize) {
        let same = self.attempts.iter().filter(|attempt| attempt.changes == changes);
        let works: Vec<bool> = same.map(|attempt| attempt.works).collect();
        (works.len(), works.iter().filter(|works| **works).count())
    }

    /// How many attempts failed though their handshake was established, and how the first of them ended.
    pub(super) fn only_the_client(&self) -> Option<(usize, &str)> {
        let mut those = self.attempts.iter().filter(|attempt| attempt.only_the_client);
        let first = those.next()?;
        Some((1 + those.count(), first.ended.as_deref().unwrap_or_default()))
    }

    /// Whether nobody ever connected.
    pub(super) fn is_empty_of_records(&self) -> bool {
        self.attempts.iter().all(|attempt| attempt.record.is_none())
    }
}
