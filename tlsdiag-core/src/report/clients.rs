//! Who keeps a stream of handshakes judges those of one client together: here is what it remembers of them, and in `joined` how a reader of
//! records does the same.

mod joined;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use super::record::{Process, Record, id};
use crate::diagnose::attempts::{self, Attempt, End};
use crate::diagnose::{Cause, diagnose_after};
use crate::handshake::Handshake;

pub use joined::{JoinedClients, join_clients};

/// So many clients are remembered; then the oldest goes.
const MOST_CLIENTS: usize = 4096;

/// So long each is.
const MEMORY: Duration = Duration::from_secs(600);

/// So many ends of one client are kept, and so many kinds of success.
const MOST_ENDS: usize = 32;
const MOST_SUCCESSES: usize = 4;

/// Remembers the clients of one stream of handshakes, and makes records that are judged by what the same client did before: 4,096 clients for
/// ten minutes.
///
/// ```
/// use tlsdiag_core::Handshake;
/// use tlsdiag_core::event::{ConnectionId, Recording};
/// use tlsdiag_core::report::{Clients, Process};
///
/// let mut clients = Clients::new();
/// let handshake = Handshake::from_recording(&Recording::new(ConnectionId(1)));
/// let record = clients.record(&handshake, Process::this());
/// assert!(record.client.is_none() && record.earlier.is_empty());
/// ```
#[derive(Debug, Default)]
pub struct Clients {
    known: HashMap<String, Known>,
    /// Until then a client may come back that left without a word.
    awaited: Option<SystemTime>,
    failures_only: bool,
}

#[derive(Debug, Default)]
struct Known {
    ends: VecDeque<Attempt>,
    successes: VecDeque<Attempt>,
    last: Option<SystemTime>,
}

impl Known {
    /// Everything, oldest first, that began no longer ago than what is remembered.
    fn since(&self, now: SystemTime) -> Vec<Attempt> {
        let oldest = now.checked_sub(MEMORY);
        let fresh = |one: &&Attempt| oldest.is_none_or(|oldest| one.began >= oldest);
        let mut all: Vec<_> = self.ends.iter().chain(&self.successes).filter(fresh).cloned().collect();
        all.sort_by_key(|one| one.began);
        all
    }

    fn add(&mut self, now: Attempt) {
        self.last = self.last.max(Some(now.began));
        let (list, most) = match now.end {
            End::Unanswered => (&mut self.ends, MOST_ENDS),
            End::Established(_) => {
                // The latest of a kind says what all did.
                self.successes.retain(|one| (one.version, &one.schemes) != (now.version, &now.schemes));
                (&mut self.successes, MOST_SUCCESSES)
            }
            End::Other => return,
        };
        list.push_back(now);
        if list.len() > most {
            list.pop_front();
        }
    }

    /// What has been said of its ends is said.
    fn settle(&mut self, told: &[attempts::Earlier], now: &Attempt) {
        let is_told = |one: &Attempt| told.iter().any(|told| told.id == one.id);
        match now.end {
            // They tell at which intervals the client comes.
            End::Unanswered => {
                self.ends.iter_mut().filter(|one| is_told(one)).for_each(|one| one.suspected = false);
            }
            _ => self.ends.retain(|one| !is_told(one)),
        }
    }
}

impl Clients {
    /// Nobody is known yet.
    #[must_use]
    pub fn new() -> Self {
        Clients::default()
    }

    /// The same for a stream that leaves out what is healthy: there a client that ends at the same message again may have succeeded in
    /// between, so nothing is raised.
    #[must_use]
    pub fn without_successes(self, failures_only: bool) -> Self {
        Clients { failures_only, ..self }
    }

    /// Until when a success may be the return of a client that left without a word: whoever passes over healthy handshakes must not pass
    /// over those.
    #[must_use]
    pub fn awaited(&self) -> Option<SystemTime> {
        self.awaited
    }

    /// The record of a handshake that was recorded in that process, judged together with its client's earlier ones; they are to be handed in
    /// as they end.
    pub fn record(&mut self, handshake: &Handshake, process: Process) -> Record {
        let mut meeting = Meeting::of(handshake, process);
        self.recall(&mut meeting);
        let record = meeting.judge(handshake);
        self.keep(meeting);
        record
    }

    /// What [`record`](Self::record) begins with: tells a meeting what is known of its client. It is short, for those who hold a lock.
    pub fn recall(&self, meeting: &mut Meeting) {
        meeting.failures_only = self.failures_only;
        if let Some(key) = &meeting.key {
            meeting.earlier = self.earlier(key, &meeting.now);
        }
    }

    /// What [`record`](Self::record) ends with: remembers a meeting that was judged. It is short, too.
    pub fn keep(&mut self, meeting: Meeting) {
        if let Some(key) = meeting.key {
            self.remember(key, meeting.now, &meeting.told);
        }
    }

    fn earlier(&self, key: &str, now: &Attempt) -> Vec<Attempt> {
        if self.failures_only && now.end == End::Unanswered {
            return Vec::new();
        }
        self.known.get(key).map_or_else(Vec::new, |known| known.since(now.began))
    }

    fn remember(&mut self, key: String, now: Attempt, told: &[attempts::Earlier]) {
        // One that was asked for nothing matters where the client is known: it resumes.
        let matters = match now.end {
            End::Unanswered => true,
            End::Established(_) => now.schemes.is_some() || self.known.contains_key(&key),
            End::Other => false,
        };
        if !matters {
            return;
        }
        if !self.known.contains_key(&key) {
            self.make_room(now.began);
        }
        if now.end == End::Unanswered {
            self.awaited = self.awaited.max(now.began.checked_add(MEMORY));
        }
        let known = self.known.entry(key).or_default();
        known.settle(told, &now);
        known.add(now);
    }

    fn make_room(&mut self, now: SystemTime) {
        if self.known.len() < MOST_CLIENTS {
            return;
        }
        let oldest = now.checked_sub(MEMORY);
        self.known.retain(|_, known| known.last >= oldest);
        if self.known.len() >= MOST_CLIENTS {
            let least = self.known.iter().min_by_key(|(_, known)| known.last).map(|(key, _)| key.clone());
            if let Some(key) = least {
                self.known.remove(&key);
            }
        }
    }
}

/// A handshake on its way to its record, between what is known of its client and what will be: [`Clients::record`] in three steps, of which
/// the costly one needs nobody's lock.
#[derive(Debug)]
pub struct Meeting {
    key: Option<String>,
    now: Attempt,
    process: Process,
    earlier: Vec<Attempt>,
    told: Vec<attempts::Earlier>,
    failures_only: bool,
}

impl Meeting {
    /// The first step.
    #[must_use]
    pub fn of(handshake: &Handshake, process: Process) -> Self {
        Meeting {
            key: handshake.client_key(),
            now: Attempt::of(handshake, id(handshake, Some(&process))),
            process,
            earlier: Vec::new(),
            told: Vec::new(),
            failures_only: false,
        }
    }

    /// The record of the handshake, judged by what was recalled.
    pub fn judge(&mut self, handshake: &Handshake) -> Record {
        let diagnosis = diagnose_after(handshake, &self.now, &self.earlier);
        let suspected = diagnosis.cause() == Some(Cause::SigalgSignerRefused);
        self.now.suspected = suspected && self.now.end == End::Unanswered;
        self.told.clone_from(&diagnosis.earlier);
        let record = Record::from_process(handshake, &diagnosis, self.process.clone());
        Record { healthy_left_out: self.failures_only, ..record }
    }
}

#[cfg(test)]
mod tests;
