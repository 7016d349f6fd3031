//! Who they are and where they stand: trouble first.

use std::collections::{HashMap, VecDeque};

use super::head::Who;
use super::lines::{Lines, Ordinal};
use crate::view::{self, State};

/// So many clients are known, with some 500 bytes each; then those that have been away longest are forgotten.
const MOST_CLIENTS: usize = 100_000;

/// So many are shown: nobody reads more.
const MOST_SHOWN: usize = 200;

/// So many handshakes of each are listed.
const MOST_ENTRIES: usize = 12;

#[derive(Debug, Default)]
pub(super) struct Clients {
    by_key: HashMap<Box<str>, u32>,
    known: HashMap<u32, Client>,
    next: u32,
    forgotten: u64,
}

#[derive(Debug)]
struct Client {
    title: Box<str>,
    about: Box<str>,
    is_setup: bool,
    /// Its newest handshakes, oldest first.
    newest: VecDeque<Ordinal>,
    count: u64,
    worked: u64,
    failed: u64,
}

/// Where a client stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Standing {
    state: State,
    /// The handshake that says so.
    at: Ordinal,
    newest: Ordinal,
}

impl Standing {
    fn rank(self) -> u8 {
        match self.state {
            State::Failed => 0,
            State::Waiting => 1,
            State::Warned => 2,
            State::Worked | State::Noted => 3,
        }
    }
}

impl Client {
    /// Its newest handshake says it that is not known to be no failure.
    fn standing(&self, lines: &Lines) -> Option<Standing> {
        let newest = *self.newest.back()?;
        let told = self.newest.iter().rev().filter_map(|at| Some((*at, lines.get(*at)?.state)));
        let (at, state) =
            told.clone().find(|(_, state)| *state != State::Noted).or_else(|| told.clone().next())?;
        Some(Standing { state, at, newest })
    }

    fn words(&self, state: State) -> &'static str {
        match state {
            State::Failed if self.is_setup => "cannot be set up",
            State::Failed if self.worked > 0 => "fails, and worked before",
            State::Failed => "fails",
            State::Waiting => "waiting for its user or its card",
            State::Warned => "works, with a warning",
            State::Worked if self.failed > 0 => "works now, and failed before",
            State::Worked => "works",
            State::Noted => "left, which is no failure",
        }
    }

    /// As it is shown.
    fn view(&self, standing: Standing, lines: &Lines, number: &impl Fn(Ordinal) -> u64) -> view::Client {
        let listed = self.newest.iter().filter_map(|at| Some(lines.get(*at)?.entry(number(*at))));
        let entries: Vec<_> = listed.collect();
        view::Client {
            title: self.title.to_string(),
            about: self.about.to_string(),
            state: standing.state,
            standing: self.words(standing.state).to_owned(),
            more: self.count - entries.len() as u64,
            entries,
        }
    }

    fn count(&mut self, state: State, by: i64) {
        let counter = match state {
            State::Worked | State::Warned => &mut self.worked,
            State::Failed => &mut self.failed,
            State::Waiting | State::Noted => return,
        };
        *counter = counter.saturating_add_signed(by);
    }
}

impl Clients {
    /// The number of a client, which is made known if it is new. Of one that is known, the newest says what it is called.
    pub(super) fn number(&mut self, who: Who, is_setup: bool, is_newest: bool) -> u32 {
        if let Some(number) = self.by_key.get(&*who.key) {
            if let Some(client) = self.known.get_mut(number).filter(|_| is_newest) {
                (client.title, client.about) = (who.title.into(), longer(&client.about, who.about));
            }
            return *number;
        }
        let number = self.next;
        if is_newest {
            self.make_room();
        } else if self.known.len() >= MOST_CLIENTS {
            self.forgotten += 1;
            return u32::MAX;
        }
        self.next += 1;
        self.by_key.insert(who.key.into(), number);
        self.known.insert(
            number,
            Client {
                title: who.title.into(),
                about: who.about.into(),
                is_setup,
                newest: VecDeque::new(),
                count: 0,
                worked: 0,
                failed: 0,
            },
        );
        number
    }

    /// A quarter goes at once, so that this is seldom.
    fn make_room(&mut self) {
        if self.known.len() < MOST_CLIENTS {
            return;
        }
        let last = |client: &Client| client.newest.back().copied().unwrap_or(Ordinal::MIN);
        let mut ages: Vec<Ordinal> = self.known.values().map(last).collect();
        let (_, oldest_kept, _) = ages.select_nth_unstable(MOST_CLIENTS / 4);
        let oldest_kept = *oldest_kept;
        let before = self.known.len();
        self.known.retain(|_, client| last(client) >= oldest_kept);
        self.by_key.retain(|_, number| self.known.contains_key(number));
        self.forgotten += (before - self.known.len()) as u64;
    }

    /// Takes note of a handshake of a client.
    pub(super) fn add(&mut self, client: u32, at: Ordinal, state: State, is_newest: bool) {
        let Some(client) = self.known.get_mut(&client) else { return };
        client.count += 1;
        client.count(state, 1);
        if is_newest {
            client.newest.push_back(at);
            if client.newest.len() > MOST_ENTRIES {
                client.newest.pop_front();
            }
        } else if client.newest.len() < MOST_ENTRIES {
            client.newest.push_front(at);
        }
    }

    /// What was said of a handshake is said otherwise.
    pub(super) fn change(&mut self, client: u32, from: State, to: State) {
        if let Some(client) = self.known.get_mut(&client) {
            client.count(from, -1);
            client.count(to, 1);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// The clients to be shown, and how many more there are.
    pub(super) fn shown(&self, lines: &Lines, number: &impl Fn(Ordinal) -> u64) -> (Vec<view::Client>, u64) {
        let standing = |client| Client::standing(client, lines).map(|standing| (standing, client));
        let mut all: Vec<_> = self.known.values().filter_map(standing).collect();
        let order = |(one, _): &(Standing, &Client)| (one.rank(), -one.newest);
        if all.len() > MOST_SHOWN {
            all.select_nth_unstable_by_key(MOST_SHOWN, order);
        }
        let more = all.len().saturating_sub(MOST_SHOWN) as u64 + self.forgotten;
        all.truncate(MOST_SHOWN);
        all.sort_by_key(order);
        let shown = all.into_iter().map(|(standing, client)| client.view(standing, lines, number));
        (shown.collect(), more)
    }

    /// One client.
    pub(super) fn one(
        &self,
        client: u32,
        lines: &Lines,
        number: &impl Fn(Ordinal) -> u64,
    ) -> Option<view::Client> {
        let client = self.known.get(&client)?;
        Some(client.view(client.standing(lines)?, lines, number))
    }

    /// The handshake that says that a client is in trouble: the newest of those who fail, or else of those who wait or are warned.
    pub(super) fn newest_trouble(&self, lines: &Lines) -> Option<Ordinal> {
        let handshakes = self.known.values().filter(|client| !client.is_setup);
        let trouble = handshakes.filter_map(|client| client.standing(lines)).filter(|one| one.rank() < 3);
        trouble.min_by_key(|one| (one.rank(), -one.at)).map(|one| one.at)
    }
}

/// A handshake that ended before the client's certificate came does not take its name away.
fn longer(known: &str, new: String) -> Box<str> {
    if known.starts_with(&new) { known.into() } else { new.into() }
}
