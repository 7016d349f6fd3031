//! Who keeps a stream of handshakes judges those of one client together: here is what it remembers of them, and how a reader of records
//! does the same.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, SystemTime};

use super::record::{Alternative, FindingRecord, Process, Record, finding, id};
use crate::diagnose::attempts::{self, Attempt, Became, End, together};
use crate::diagnose::{Cause, Finding, diagnose_after};
use crate::handshake::Handshake;
use crate::wire::{ProtocolVersion, SignatureScheme};

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

/// Records of any number of files, judged together by client as [`Clients`] judges handshakes: hand in all of them, then let each be told.
#[derive(Debug, Default)]
pub struct JoinedClients {
    clients: Clients,
    seen: Vec<(String, Attempt)>,
    /// What became of records, by their ids.
    became: HashMap<String, (Became, String)>,
    raised: HashMap<String, Finding>,
    /// Records of streams where nobody knows whether the client succeeded.
    without_successes: HashSet<String>,
    /// What records say of others, by the ids of those that say so.
    says: HashMap<String, Vec<attempts::Earlier>>,
}

impl JoinedClients {
    /// Takes note of a record.
    pub fn add(&mut self, record: &Record) {
        for told in &record.earlier {
            let became = match told.became.as_str() {
                "confirmed" => Became::Confirmed,
                "withdrawn" => Became::Withdrawn,
                _ => continue,
            };
            if told.cause == Cause::SigalgSignerRefused.code() {
                self.became.insert(told.id.clone(), (became, told.why.clone()));
            }
        }
        if let (Some(key), Some(attempt)) = (&record.client, attempt(record))
            && attempt.end != End::Other
        {
            if record.healthy_left_out && attempt.end == End::Unanswered {
                self.without_successes.insert(attempt.id.clone());
            }
            self.seen.push((key.clone(), attempt));
        }
    }

    /// Judges, when all have been handed in.
    #[must_use]
    pub fn judged(mut self) -> Self {
        // Clients of which nobody left without a word have nothing to be told.
        let left: HashSet<String> = self
            .seen
            .iter()
            .filter(|(_, one)| one.end == End::Unanswered)
            .map(|(key, _)| key.clone())
            .collect();
        let mut seen = std::mem::take(&mut self.seen);
        seen.retain(|(key, _)| left.contains(key));
        // A success is one from its handshake on, however long its connection lasts.
        seen.sort_by_key(|(_, one)| match one.end {
            End::Unanswered => one.ended(),
            _ => one.began,
        });
        for (key, now) in seen {
            self.judge(key, now);
        }
        self
    }

    fn judge(&mut self, key: String, mut now: Attempt) {
        let mut together = together(&now, &self.clients.earlier(&key, &now));
        if self.without_successes.contains(&now.id) {
            together.raised = None;
        }
        if let Some(raised) = together.raised {
            now.suspected = true;
            self.raised.insert(now.id.clone(), raised);
        }
        for told in &together.earlier {
            self.became.insert(told.id.clone(), (told.became, told.why.clone()));
        }
        let others: Vec<_> = together.earlier.iter().filter(|told| told.id != now.id).cloned().collect();
        if !others.is_empty() {
            self.says.insert(now.id.clone(), others);
        }
        self.clients.remember(key, now, &together.earlier);
    }

    /// Tells a record what those before it say of it, where nobody can wait for those behind it: of a pipe.
    pub fn tell_at_once(&mut self, record: &mut Record) {
        self.add(record);
        for (key, now) in std::mem::take(&mut self.seen) {
            self.judge(key, now);
        }
        self.tell(record);
        self.says.clear();
        self.raised.clear();
        self.became.clear();
        self.without_successes.clear();
    }

    /// Tells a record what the others say of it.
    pub fn tell(&self, record: &mut Record) {
        for told in self.says.get(&record.id).into_iter().flatten() {
            if !record.earlier.iter().any(|own| own.id == told.id) {
                record.earlier.push(told.into());
            }
        }
        let Some(now) = attempt(record).filter(|now| now.end == End::Unanswered) else { return };
        match (self.became.get(&record.id), self.raised.get(&record.id)) {
            (Some((Became::Confirmed, why)), _) => {
                record.diagnosis.name(vec![finding(&attempts::proven(&now, why))]);
            }
            (Some((Became::Withdrawn, why)), _) => {
                // Who was let in need not be who left again and again: what the one minded stays open.
                let mut note = finding(&attempts::withdrawn(why));
                if now.suspected || self.raised.contains_key(&record.id) {
                    let open = record.diagnosis.findings.iter().flat_map(|told| &told.alternatives);
                    note.alternatives
                        .extend(open.filter(|one| one.cause.starts_with("server_cert.")).cloned());
                }
                record.diagnosis.name(vec![note]);
            }
            (None, Some(raised)) if !now.suspected => {
                let mut raised = finding(raised);
                let notes = std::mem::take(&mut record.diagnosis.findings);
                for other in notes.into_iter().flat_map(|note| note.alternatives) {
                    let is_it = |one: &Alternative| one.cause == other.cause;
                    if raised.cause != other.cause && !raised.alternatives.iter().any(is_it) {
                        raised.alternatives.push(other);
                    }
                }
                record.diagnosis.name(vec![raised]);
            }
            _ => {}
        }
        record.arrange_advice();
    }
}

/// Judges records by client, in place.
pub fn join_clients(records: &mut [Record]) {
    let mut joined = JoinedClients::default();
    records.iter().for_each(|record| joined.add(record));
    let joined = joined.judged();
    records.iter_mut().for_each(|record| joined.tell(record));
}

/// What a record says of its handshake that matters to others of the same client.
fn attempt(record: &Record) -> Option<Attempt> {
    let began = moment(&record.time)?;
    let request = record.certificate_request.as_ref();
    let code = Cause::SigalgSignerRefused.code();
    let named = |finding: &FindingRecord| {
        [Cause::NoteClientAsksUser.code(), Cause::NoteAwaitsUser.code(), code]
            .contains(&finding.cause.as_str())
    };
    let unanswered = record.role == "server"
        && record.outcome == "abandoned"
        && record.certificates.client.is_none()
        && request.is_some_and(|request| !request.post_handshake)
        && record.diagnosis.findings.iter().any(named);
    let end = if record.tls.established {
        let signed = request.and_then(|request| request.answered_with.as_ref());
        End::Established(signed.map(|scheme| SignatureScheme(scheme.code)))
    } else if unanswered {
        End::Unanswered
    } else {
        End::Other
    };
    let schemes = request.and_then(|request| request.signature_schemes.as_ref());
    Some(Attempt {
        id: record.id.clone(),
        began,
        duration: Duration::from_micros(record.duration_us),
        version: record.answer.as_ref().map(|answer| ProtocolVersion(answer.version.code)),
        schemes: schemes.map(|list| list.iter().map(|scheme| SignatureScheme(scheme.code)).collect()),
        end,
        // Whoever ended it is named where its end was seen.
        waited: record.by.is_none(),
        addressed: record.peer.is_some(),
        suspected: record.cause() == Some(code),
    })
}

/// An RFC 3339 time.
fn moment(time: &str) -> Option<SystemTime> {
    let time: jiff::Timestamp = time.parse().ok()?;
    let since = u64::try_from(time.as_microsecond()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(since))
}

#[cfg(test)]
mod tests;
