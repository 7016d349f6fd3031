//! Records that were written are judged together by client, as handshakes are while they are recorded.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use super::Clients;
use crate::diagnose::attempts::{self, Attempt, Became, End, together};
use crate::diagnose::{Cause, Finding};
use crate::report::record::{Alternative, FindingRecord, Record, finding};
use crate::wire::{ProtocolVersion, SignatureScheme};

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
