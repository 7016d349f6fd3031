//! One line for each handshake: what a list shows of it, and where its record lies.

use std::collections::VecDeque;
use std::sync::Arc;

use tlsdiag_core::neutralize;

use crate::view::{Entry, State};

/// So many handshakes have a line, some 70 bytes each; older ones are counted.
pub(super) const MOST_LINES: usize = 1_000_000;

/// A place in the order in which records came: what came after the program began from 0 on, what lies before it in files below.
pub(super) type Ordinal = i64;

/// Where a record lies in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The file's number in the book.
    pub(crate) file: u32,
    pub(crate) offset: u64,
    pub(crate) length: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    time: Time,
    pub(super) state: State,
    pub(super) verdict: Arc<str>,
    /// The client's number.
    pub(super) client: u32,
    pub(super) is_setup: bool,
    pub(super) place: Option<Place>,
}

impl Line {
    pub(super) fn new(time: &str, state: State, verdict: Arc<str>, client: u32) -> Self {
        Line { time: Time::new(time), state, verdict, client, is_setup: false, place: None }
    }

    /// Where its record lies, and whether that is of a setup.
    pub(super) fn with(self, place: Option<Place>, is_setup: bool) -> Self {
        Line { place, is_setup, ..self }
    }

    pub(super) fn entry(&self, number: u64) -> Entry {
        let verdict = self.verdict.to_string();
        Entry { number, time: self.time.text(), state: self.state, verdict }
    }

    /// Whether a connection came of it.
    pub(super) fn worked(&self) -> bool {
        matches!(self.state, State::Worked | State::Warned)
    }
}

/// RFC 3339 with microseconds has 27 characters, which are kept without an allocation.
#[derive(Clone, Copy, Debug)]
struct Time([u8; 27]);

impl Time {
    fn new(text: &str) -> Self {
        let mut bytes = [0; 27];
        let inert = neutralize(text);
        for (to, from) in bytes.iter_mut().zip(inert.bytes().filter(u8::is_ascii)) {
            *to = from;
        }
        Time(bytes)
    }

    fn text(self) -> String {
        self.0.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
    }
}

/// The lines that are known, without a gap.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: VecDeque<Line>,
    first: Ordinal,
    /// How many are known no more, or were never.
    pub(super) forgotten: u64,
}

impl Lines {
    pub(super) fn len(&self) -> u64 {
        self.lines.len() as u64
    }

    pub(super) fn is_full(&self) -> bool {
        self.lines.len() >= MOST_LINES
    }

    pub(super) fn oldest(&self) -> Ordinal {
        self.first
    }

    /// One that came now; what is too old goes.
    pub(super) fn push_newest(&mut self, line: Line) -> Ordinal {
        if self.is_full() && self.lines.pop_front().is_some() {
            self.first += 1;
            self.forgotten += 1;
        }
        self.lines.push_back(line);
        self.first + self.lines.len() as Ordinal - 1
    }

    /// One that lies before all others.
    pub(super) fn push_oldest(&mut self, line: Line) -> Ordinal {
        self.lines.push_front(line);
        self.first -= 1;
        self.first
    }

    pub(super) fn get(&self, at: Ordinal) -> Option<&Line> {
        self.lines.get(usize::try_from(at - self.first).ok()?)
    }

    pub(super) fn get_mut(&mut self, at: Ordinal) -> Option<&mut Line> {
        self.lines.get_mut(usize::try_from(at - self.first).ok()?)
    }

    /// With their ordinals, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (Ordinal, &Line)> + ExactSizeIterator {
        let first = self.first;
        self.lines.iter().enumerate().map(move |(at, line)| (first + at as Ordinal, line))
    }

    /// The nearest of the same client that ended otherwise: after it, or else before.
    pub(super) fn beside(&self, at: Ordinal) -> Option<Ordinal> {
        let own = self.get(at)?;
        let place = usize::try_from(at - self.first).ok()?;
        let otherwise = |line: &Line| {
            let failed = line.state == State::Failed;
            line.client == own.client && if own.worked() { failed } else { line.worked() }
        };
        let after = self.lines.range(place + 1..).position(otherwise).map(|steps| at + 1 + steps as Ordinal);
        let before =
            || self.lines.range(..place).rposition(otherwise).map(|steps| self.first + steps as Ordinal);
        after.or_else(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(client: u32, state: State) -> Line {
        Line::new("2026-11-30T00:10:06.997629Z", state, "ok".into(), client)
    }

    #[test]
    fn lines_grow_at_both_ends() {
        let mut lines = Lines::default();
        assert_eq!(lines.push_newest(line(1, State::Worked)), 0);
        assert_eq!(lines.push_oldest(line(2, State::Failed)), -1);
        assert_eq!(lines.push_newest(line(3, State::Worked)), 1);
        let clients: Vec<_> = lines.iter().map(|(at, line)| (at, line.client)).collect();
        assert_eq!(clients, [(-1, 2), (0, 1), (1, 3)]);
        assert_eq!(lines.get(-1).map(|line| line.entry(7)).unwrap().time, "2026-11-30T00:10:06.997629Z");
        assert!(lines.get(-2).is_none() && lines.get(2).is_none());
    }

    #[test]
    fn beside_a_failure_stands_the_next_success_of_its_client() {
        let mut lines = Lines::default();
        for (client, state) in [
            (1, State::Worked),
            (1, State::Failed),
            (2, State::Worked),
            (1, State::Noted),
            (1, State::Warned),
            (2, State::Failed),
        ] {
            lines.push_newest(line(client, state));
        }
        let beside: Vec<_> = (0..6).map(|at| lines.beside(at)).collect();
        assert_eq!(beside, [Some(1), Some(4), Some(5), Some(4), Some(1), Some(2)]);
        assert_eq!(lines.beside(6), None);
    }
}
