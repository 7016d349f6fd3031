//! A client that somebody sits at: each attempt is one view of the page, however many connections it takes.

use std::time::Duration;

use tlsdiag_core::report::Record;

use super::super::stand::{News, Serving};
use super::Outcome;
use crate::error::Error;
use crate::say::say;

/// After this much silence a view of the page is over: browsers try again at once, with less or without a certificate.
const SILENCE: Duration = Duration::from_millis(1500);

pub(in crate::bisect) struct Reload {
    most: u64,
    url: String,
    /// The client's key, once it has come; others are not counted.
    key: Option<String>,
}

impl Reload {
    pub(in crate::bisect) fn new(url: String, most: u64) -> Self {
        Reload { most, url, key: None }
    }

    pub(super) fn attempt(&mut self, serving: &mut Serving<'_>) -> Result<Outcome, Error> {
        let (number, most) = (serving.number, self.most);
        match number {
            1 => say!("open {} in the browser (attempt 1 of at most {most})", self.url),
            _ => say!("reload the page in the browser (attempt {number} of at most {most})"),
        }
        let mut outcome = Outcome::default();
        // How many had ended when the user was asked to look.
        let mut asked = None;
        loop {
            match serving.next(self.wait_for(&outcome, serving.open))? {
                News::Ended(record) => self.take(&mut outcome, *record),
                News::Came | News::Left | News::Exited(_) => {}
                News::Quiet if serving.open > 0 || outcome.records.is_empty() => {}
                News::Quiet if outcome.is_established() || outcome.records.iter().any(Record::is_failure) => {
                    break;
                }
                // It left where its certificate was due: its user may be choosing one, and then it comes again.
                News::Quiet => match asked {
                    None => {
                        asked = Some(outcome.records.len());
                        say!(
                            "the browser may be asking for a certificate: choose one; if it shows an error, reload the page once more"
                        );
                    }
                    // It came back, and left again.
                    Some(before) if outcome.records.len() > before => break,
                    Some(_) => {}
                },
            }
        }
        outcome.works = outcome.is_established();
        Ok(outcome)
    }

    /// Until somebody comes; then until nothing comes any more.
    fn wait_for(&self, outcome: &Outcome, open: usize) -> Duration {
        const AS_LONG_AS_IT_TAKES: Duration = Duration::from_secs(3600);
        if outcome.records.is_empty() && open == 0 { AS_LONG_AS_IT_TAKES } else { SILENCE }
    }

    fn take(&mut self, outcome: &mut Outcome, record: Record) {
        // A connection without a hello is nobody's, as a browser that opens one in advance.
        let Some(key) = record.client.clone() else { return };
        let is_ours = *self.key.get_or_insert_with(|| key.clone()) == key;
        if is_ours {
            outcome.records.push(record);
        } else {
            say!("another client came, which does not count: {}", record.one_line());
        }
    }
}
