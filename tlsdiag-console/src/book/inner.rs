//! What a book knows, behind its lock.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::sync::Arc;

use super::Found;
use super::clients::Clients;
use super::head;
use super::kept::Kept;
use super::lines::{Line, Lines, Ordinal};
use crate::view::{self, State};

/// While it is not known how many lie before them, handshakes of files have numbers from here on. Those stay good.
const PROVISIONAL: Ordinal = 1_000_000_000;

/// So many handshakes are remembered of which later ones may tell, or which later ones have told of.
const MOST_OPEN: usize = 65_536;

/// So many verdicts are written once for all lines that have them.
const MOST_VERDICTS: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) source: Vec<String>,
    pub(super) live: bool,
    pub(super) indexed: Option<u16>,
    /// What is to be added to an ordinal for its number, once that is known.
    pub(super) base: Option<Ordinal>,
    pub(super) lines: Lines,
    pub(super) clients: Clients,
    pub(super) kept: Kept,
    pub(super) files: Vec<Option<Arc<File>>>,
    verdicts: HashSet<Arc<str>>,
    /// Handshakes of which the client's next ones may tell, by their ids.
    open: HashMap<String, Ordinal>,
    /// What was said of handshakes that have not been met yet: files are read from their ends.
    pub(super) said: HashMap<String, (Became, Ordinal)>,
    /// Who says something of a handshake.
    pub(super) told_by: HashMap<Ordinal, Ordinal>,
}

#[derive(Clone, Debug)]
pub(super) enum Became {
    Confirmed(String),
    Withdrawn,
}

impl Inner {
    pub(super) fn new(source: Vec<String>, live: bool) -> Inner {
        Inner { source, live, base: Some(1), ..Inner::default() }
    }

    pub(super) fn count(&self) -> u64 {
        self.lines.len() + self.lines.forgotten
    }

    pub(super) fn number(&self, at: Ordinal) -> u64 {
        u64::try_from(at + self.base.unwrap_or(PROVISIONAL)).unwrap_or(0)
    }

    /// Whose handshake it is, with the others that are listed.
    pub(super) fn client(&self, at: Ordinal) -> Option<view::Client> {
        self.clients.one(self.lines.get(at)?.client, &self.lines, &|at| self.number(at))
    }

    pub(super) fn ordinal(&self, number: u64) -> Option<Ordinal> {
        let number = Ordinal::try_from(number).ok()?;
        let provisional = number - PROVISIONAL;
        let known = |at: &Ordinal| self.lines.get(*at).is_some();
        self.base.map(|base| number - base).filter(known).or(Some(provisional).filter(known))
    }

    pub(super) fn add(&mut self, found: Found, is_newest: bool) -> Ordinal {
        let Found { head, text, place } = found;
        let is_setup = head.is_setup();
        let client = self.clients.number(head.who(), is_setup, is_newest);
        let (mut state, mut verdict) = head.judged();
        let said = if is_newest { None } else { self.said.remove(&head.id) };
        if let Some((became, _)) = &said {
            (state, verdict) = became.says();
        }
        let line = Line::new(&head.time, state, self.verdict(&verdict), client).with(place, is_setup);
        let at = match is_newest {
            true => self.lines.push_newest(line),
            false => self.lines.push_oldest(line),
        };
        self.clients.add(client, at, state, is_newest);
        match (text, is_newest) {
            (Some(text), true) => self.kept.push_newest(at, text),
            (Some(text), false) => self.kept.push_oldest(at, &text),
            (None, _) => {}
        }
        if let Some((_, by)) = said {
            self.tell(at, by);
        }
        for one in &head.earlier {
            let became = match one.became.as_str() {
                "confirmed" => Became::Confirmed(one.cause.clone()),
                "withdrawn" => Became::Withdrawn,
                _ => continue,
            };
            match self.open.remove(&one.id) {
                Some(earlier) => self.became(earlier, &became, at),
                // In a file that is read from its end, it comes yet.
                None if self.said.len() < MOST_OPEN && self.indexed.is_some() => {
                    self.said.entry(one.id.clone()).or_insert((became, at));
                }
                None => {}
            }
        }
        if head.is_open() {
            if self.open.len() >= MOST_OPEN {
                self.open.retain(|_, one| (at - *one).unsigned_abs() < MOST_OPEN as u64 / 2);
            }
            self.open.insert(head.id, at);
        }
        at
    }

    /// Says of an earlier handshake what became of it.
    fn became(&mut self, at: Ordinal, became: &Became, by: Ordinal) {
        let (state, verdict) = became.says();
        let verdict = self.verdict(&verdict);
        let Some(line) = self.lines.get_mut(at) else { return };
        let from = std::mem::replace(&mut line.state, state);
        line.verdict = verdict;
        self.clients.change(line.client, from, state);
        self.tell(at, by);
    }

    fn tell(&mut self, at: Ordinal, by: Ordinal) {
        if self.told_by.len() >= MOST_OPEN {
            self.told_by.retain(|one, _| (at - *one).unsigned_abs() < MOST_OPEN as u64 / 2);
        }
        self.told_by.insert(at, by);
    }

    /// Few verdicts stand in many lines.
    fn verdict(&mut self, words: &str) -> Arc<str> {
        if let Some(known) = self.verdicts.get(words) {
            return Arc::clone(known);
        }
        if self.verdicts.len() >= MOST_VERDICTS {
            self.verdicts.clear();
        }
        let words: Arc<str> = words.into();
        self.verdicts.insert(Arc::clone(&words));
        words
    }
}

impl Became {
    fn says(&self) -> (State, String) {
        match self {
            Became::Confirmed(cause) => (State::Failed, head::cut(cause, 80)),
            Became::Withdrawn => (State::Noted, head::CAME_BACK.to_owned()),
        }
    }
}
