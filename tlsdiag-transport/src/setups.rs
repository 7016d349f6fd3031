//! What processes failed to set up, until it is known whether something makes up for it.
//!
//! A failure counts once its process has ended, or some time after its context was freed: a program that tries another password, or
//! loads a configuration anew, makes another context soon. It never counts where a later call of its kind succeeds for the same thing,
//! nor where the program goes on to make connections and none of them fails for it. A process that was forked since goes on for the one
//! that failed. What only reads a file is a suspicion: whoever goes on to make a connection at all did not need it.

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
    /// Another context had a key, and lived.
    beside_others: bool,
    /// When its context was freed.
    freed: Option<Instant>,
    /// The program has made another context since then, and may go on with that.
    another_was_made: bool,
    /// Connections were made from its context.
    used: bool,
    /// A handshake failed since, as handshakes do for want of what was to be set up.
    fits: bool,
}

impl Pending {
    fn counts(&self) -> bool {
        !self.used || self.fits
    }

    /// Whether it waits until the program makes a connection, or ends.
    fn may_go_on(&self) -> bool {
        self.freed.is_some() && self.another_was_made && self.failure.kind.is_optional()
    }

    /// The file that it is about.
    fn file(&self) -> Option<&str> {
        self.failure.file.as_deref()
    }

    fn cause(&self) -> Option<String> {
        SetupRecord::new(&self.failure).cause().map(str::to_owned)
    }

    /// Whether a success with another context is for the same thing: the same file once more, another key for the same certificate, or
    /// another certificate for the same key. A program that has given its context up for a file that is no good, and has no other
    /// context, falls back on another file.
    fn is_for_the_same(&self, success: &Success<'_>) -> bool {
        use SetupKind::{Certificate, CheckKey, Key};
        let is_key = matches!(self.failure.kind, Key | CheckKey);
        // A key that is compared, or that came from memory, has no file: its certificate's tells.
        let certificates = (self.failure.certificate_file.as_deref(), success.beside);
        if self.file() == success.file
            && !(is_key && success.file.is_none() && certificates.0 != certificates.1)
        {
            return true;
        }
        if self.freed.is_none() || self.used {
            return false;
        }
        let same = |ours: &Option<String>| ours.is_some() && ours.as_deref() == success.beside;
        match self.failure.kind {
            Key | CheckKey if same(&self.failure.certificate_file) => true,
            Certificate if same(&self.failure.key_file) => true,
            Key | CheckKey | Certificate => !self.beside_others && self.cause().as_deref() == Some(FILE),
            _ => !self.beside_others,
        }
    }
}

/// A file that is missing, unreadable, or not what it should be.
const FILE: &str = "config.file";

/// A call that succeeded after one had failed.
struct Success<'a> {
    context: u64,
    kind: SetupKind,
    file: Option<&'a str>,
    /// The file of the key beside a certificate, or of the certificate beside a key.
    beside: Option<&'a str>,
}

/// When the last handshakes of a process ended.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ended {
    /// One that was healthy.
    healthy: Option<SystemTime>,
    /// One that failed, as handshakes do for want of what is to be set up.
    failed: Option<SystemTime>,
}

/// Those of one process.
#[derive(Default)]
pub(crate) struct Setups {
    pending: Vec<Pending>,
    ended: Ended,
    /// Processes that were forked since something failed, and go on.
    heirs: Vec<u32>,
}

impl Setups {
    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    pub(crate) fn event(&mut self, event: SetupEvent, now: Instant) {
        match event {
            SetupEvent::Failed { context, failure, beside_others } => {
                // The same once more, with another context: one of the two is enough.
                let is_same =
                    |one: &Pending| one.failure.kind == failure.kind && one.failure.file == failure.file;
                self.pending.retain(|one| !(one.may_go_on() && is_same(one)));
                let has_room = self.pending.len() < MOST;
                let again = self
                    .of(context)
                    .find(|one| one.failure.kind == failure.kind && one.failure.file == failure.file);
                match again {
                    // The last attempt is the one that the program gave up after: some try a file without a password first.
                    Some(before) => before.failure = *failure,
                    None if has_room => {
                        self.pending.push(Pending {
                            context,
                            failure: *failure,
                            beside_others,
                            freed: None,
                            another_was_made: false,
                            used: false,
                            fits: false,
                        });
                    }
                    None => {}
                }
            }
            SetupEvent::Succeeded { context, kind, file, beside } => {
                let (file, beside) = (file.as_deref(), beside.as_deref());
                self.succeeded(&Success { context, kind, file, beside });
            }
            SetupEvent::Used { context, by } => {
                self.pending.retain(|one| !one.failure.kind.is_optional());
                self.of(context).for_each(|one| one.used = true);
                if !self.heirs.contains(&by) && self.heirs.len() < MOST {
                    self.heirs.push(by);
                }
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

    fn succeeded(&mut self, success: &Success<'_>) {
        self.pending.retain_mut(|one| {
            let makes_up = success.kind.makes_up_for(one.failure.kind);
            let same = one.context == success.context && one.freed.is_none();
            one.another_was_made |= success.kind == SetupKind::Context;
            !(makes_up && (same || one.is_for_the_same(success)))
        });
    }

    /// Whether handshakes of that process say whether these were needed.
    pub(crate) fn concern(&self, process: u32) -> bool {
        self.heirs.contains(&process)
    }

    /// When this process's own handshakes ended.
    pub(crate) fn ended(&self) -> Ended {
        self.ended
    }

    /// When those of an heir of the process ended.
    pub(crate) fn heir_ended(&mut self, ended: Ended) {
        self.ended.healthy = self.ended.healthy.max(ended.healthy);
        self.ended.failed = self.ended.failed.max(ended.failed);
        self.settle();
    }

    /// A handshake of the process, or of an heir of it, which ended then.
    pub(crate) fn handshake(&mut self, record: &Record, ended: SystemTime) {
        let fits = ["config.", "cipher.", "server_cert.", "client_cert.", "unexplained"];
        if record.is_healthy() {
            self.ended.healthy = self.ended.healthy.max(Some(ended));
        } else if record.is_failure() && fits.iter().any(|family| record.verdict().starts_with(family)) {
            self.ended.failed = self.ended.failed.max(Some(ended));
        }
        self.settle();
    }

    /// Programs that go on and are well did not need what failed; one whose handshakes fail for it did.
    fn settle(&mut self) {
        let Ended { healthy, failed } = self.ended;
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
        let is_due = |one: &Pending| {
            !one.may_go_on() && one.freed.is_some_and(|freed| now.duration_since(freed) >= GRACE)
        };
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
        let repeats = kept.iter().filter(same_context).any(|other| {
            let files = (other.file(), one.file());
            let alike = files.0 == files.1 || files.0.is_none() || files.1.is_none();
            alike && other.cause() == one.cause()
        });
        if !follows && !repeats {
            kept.retain(|other| !(same_context(&other) && is_first_try(other, &one)));
            kept.push(one);
        }
    }
    kept.into_iter().map(|one| one.failure).collect()
}

/// Whether the program looked there first, and then in the file that is there for it: HAProxy's `site.pem` and `site.pem.key`.
fn is_first_try(first: &Pending, last: &Pending) -> bool {
    let stem =
        |file: &str| file.strip_suffix(".pem").or(file.strip_suffix(".crt")).unwrap_or(file).to_owned();
    first.failure.kind == last.failure.kind
        && first.failure.kind == SetupKind::ReadKey
        && first.cause().as_deref() == Some(FILE)
        && first
            .file()
            .zip(last.file())
            .is_some_and(|(first, last)| first != last && last.starts_with(&stem(first)))
}

#[cfg(test)]
mod tests;
