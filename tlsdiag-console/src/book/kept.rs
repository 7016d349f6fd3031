//! The newest records themselves, as their lines.

use std::collections::VecDeque;
use std::sync::Arc;

use tlsdiag_core::report::Line;
use tlsdiag_core::report::reader::Reader;

use super::lines::Ordinal;

/// So many are kept in memory, and so many bytes of them.
pub(crate) const MOST_KEPT: usize = 1000;
const MOST_BYTES: usize = 64 << 20;

/// Records have some fifteen thousand bytes as JSON, and several times as many as values: they are read again when somebody looks.
#[derive(Debug, Default)]
pub(super) struct Kept {
    texts: VecDeque<Arc<str>>,
    /// The ordinal of the first.
    first: Ordinal,
    bytes: usize,
}

impl Kept {
    /// That of the newest line.
    pub(super) fn push_newest(&mut self, at: Ordinal, text: Arc<str>) {
        if self.first + self.texts.len() as Ordinal != at {
            (self.texts, self.first, self.bytes) = (VecDeque::new(), at, 0);
        }
        self.bytes += text.len();
        self.texts.push_back(text);
        while self.texts.len() > MOST_KEPT || self.bytes > MOST_BYTES && self.texts.len() > 1 {
            let gone = self.texts.pop_front().map_or(0, |text| text.len());
            (self.first, self.bytes) = (self.first + 1, self.bytes - gone);
        }
    }

    /// That of a line before all others, as long as there is room.
    pub(super) fn push_oldest(&mut self, at: Ordinal, text: &str) {
        let room = self.texts.len() < MOST_KEPT && self.bytes + text.len() <= MOST_BYTES;
        if room && (self.texts.is_empty() || at == self.first - 1) {
            self.bytes += text.len();
            self.texts.push_front(text.into());
            self.first = at;
        }
    }

    pub(super) fn get(&self, at: Ordinal) -> Option<Arc<str>> {
        self.texts.get(usize::try_from(at - self.first).ok()?).cloned()
    }
}

/// The record that these lines are: one, or those of a recording.
pub(super) fn read(text: &str) -> Result<Line, String> {
    let mut reader = Reader::new();
    let mut told = text.lines().flat_map(|line| reader.line(line));
    match told.next() {
        Some(Ok(line)) => Ok(line),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("there is no record any more where it lay".to_owned()),
    }
}
