//! What processes failed to set up, until it is known whether something makes up for it.
//!
//! A failure counts once its process has ended, or some time after its context was freed: a program that tries another password, or
//! loads a configuration anew, makes another context soon. It never counts where a later call of its kind succeeds, nor where the
//! program goes on to make connections and none of them fails for it.

use std::time::{Duration, Instant, SystemTime};

use tlsdiag_core::event::setup::{SetupEvent, SetupFailure, SetupKind};
use tlsdiag_core::report::{Record, SetupRecord};

/// So long a failure waits once its context was freed.
const GRACE: Duration = Duration::from_secs(10);

/// So many failures are kept of a process; more are more of the same.
const MOST: usize = 64;

struct Pending {
    context: u64,
    failure: SetupFailure,
    /// When its context was freed.
    freed: Option<Instant>,
    /// Connections were made from its context.
    used: bool,
    /// A handshake failed since, as handshakes do for want of what was to be set up.
    fits: bool,
}

impl Pending {
    fn counts(&self) -> bool {
        !self.used || self.fits
    }

    /// The file that it is about.
    fn file(&self) -> Option<&str> {
        self.failure.file.as_deref()
    }
}

/// Those of one process.
#[derive(Default)]
pub(crate) struct Setups {
    pending: Vec<Pending>,
    /// When the last handshake ended that was healthy.
    healthy: Option<SystemTime>,
    /// When the last one ended that failed, as handshakes do for want of what is to be set up.
    failed: Option<SystemTime>,
}

impl Setups {
    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    pub(crate) fn event(&mut self, event: SetupEvent, now: Instant) {
        match event {
            SetupEvent::Failed { context, failure } => {
                let has_room = self.pending.len() < MOST;
                let again = self
                    .of(context)
                    .find(|one| one.failure.kind == failure.kind && one.failure.file == failure.file);
                match again {
                    // The last attempt is the one that the program gave up after: some try a file without a password first.
                    Some(before) => before.failure = *failure,
                    None if has_room => {
                        let new =
                            Pending { context, failure: *failure, freed: None, used: false, fits: false };
                        self.pending.push(new);
                    }
                    None => {}
                }
            }
            SetupEvent::Succeeded { context, kind, file } => self.succeeded(context, kind, file.as_deref()),
            SetupEvent::Used { context } => {
                self.pending.retain(|one| one.context != context || !one.failure.kind.is_optional());
                self.of(context).for_each(|one| one.used = true);
                // Its handshake may have overtaken this.
                self.settle();
            }
            SetupEvent::Freed { context } => {
                self.of(context).for_each(|one| one.freed = one.freed.or(Some(now)));
            }
            _ => {}
        }
    }

    /// Those of a context that lives.
    fn of(&mut self, context: u64) -> impl Iterator<Item = &mut Pending> {
        self.pending.iter_mut().filter(move |one| one.context == context && one.freed.is_none())
    }

    fn succeeded(&mut self, context: u64, kind: SetupKind, file: Option<&str>) {
        self.pending.retain(|one| {
            let makes_up = kind.makes_up_for(one.failure.kind);
            let same = one.context == context && one.freed.is_none();
            // With another context, the same once more.
            !(makes_up && (same || one.file() == file))
        });
    }

    /// A handshake of the process, which ended then.
    pub(crate) fn handshake(&mut self, record: &Record, ended: SystemTime) {
        let fits = ["config.", "cipher.", "server_cert.", "client_cert.", "unexplained"];
        if record.is_healthy() {
            self.healthy = self.healthy.max(Some(ended));
        } else if record.is_failure() && fits.iter().any(|family| record.verdict().starts_with(family)) {
            self.failed = self.failed.max(Some(ended));
        }
        self.settle();
    }

    /// Programs that go on and are well did not need what failed; one whose handshakes fail for it did.
    fn settle(&mut self) {
        let (healthy, failed) = (self.healthy, self.failed);
        self.pending.retain_mut(|one| {
            let since = |ended: Option<SystemTime>| ended.is_some_and(|ended| one.failure.time <= ended);
            // What failed before any context was made is one's that is made later.
            one.used |= one.context == 0 && (since(healthy) || since(failed));
            one.fits |= one.used && since(failed);
            !(one.used && since(healthy))
        });
    }

    /// Those whose contexts were freed long enough ago.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<SetupFailure> {
        let is_due = |one: &Pending| one.freed.is_some_and(|freed| now.duration_since(freed) >= GRACE);
        let (due, rest) = std::mem::take(&mut self.pending).into_iter().partition(is_due);
        self.pending = rest;
        released(due)
    }

    /// The process has ended: all that count.
    pub(crate) fn take(&mut self) -> Vec<SetupFailure> {
        released(std::mem::take(&mut self.pending))
    }
}

/// One of several that say the same of one context, the first.
fn released(pending: Vec<Pending>) -> Vec<SetupFailure> {
    let mut kept: Vec<Pending> = Vec::new();
    for one in pending.into_iter().filter(Pending::counts) {
        let same_context = |other: &&Pending| other.context == one.context;
        // What is compared was to be loaded before.
        let follows =
            one.failure.kind == SetupKind::CheckKey && kept.iter().any(|other| same_context(&other));
        let cause = |failure: &SetupFailure| {
            let record = SetupRecord::new(failure);
            record.cause().map(str::to_owned)
        };
        let repeats = kept.iter().filter(same_context).any(|other| {
            let files = (other.file(), one.file());
            let alike = files.0 == files.1 || files.0.is_none() || files.1.is_none();
            alike && cause(&other.failure) == cause(&one.failure)
        });
        if !follows && !repeats {
            kept.push(one);
        }
    }
    kept.into_iter().map(|one| one.failure).collect()
}

#[cfg(test)]
mod tests;
