//! What is known of the context that is being set up, and of those of which something has failed.

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use crate::origins::Origins;
use crate::{outbox, process};

/// A context was made or set up, and no connection was made since: what is read from files now is for it.
pub(super) const CONSTRUCTING: u32 = 1;
/// There are contexts of which something has failed: a connection that is made from one of them is told.
pub(super) const FAILED: u32 = 2;
/// Something has failed in this process: what succeeds is told from then on.
pub(super) const EVER_FAILED: u32 = 4;

/// A context was made in this process, or in the one that it was forked from.
pub(super) const EVER_MADE: u32 = 8;

/// So many contexts are known at a time of which something has failed.
const MOST: usize = 8;

/// What was set up last.
pub(super) struct State {
    /// The context that is being set up.
    pub(super) context: usize,
    pub(super) certificate_file: Option<String>,
    pub(super) key_file: Option<String>,
    pub(super) pkcs12_file: Option<String>,
    pub(super) certificate_was_loaded: bool,
    pub(super) key_was_loaded: bool,
    /// The BIO that a certificate was read from last.
    pub(super) read_from: usize,
    /// Another context was given a key before.
    pub(super) others: bool,
    /// Contexts of which something has failed, and in which process: a forked child has them from its parent.
    failed: [(usize, u32); MOST],
    /// The process in which something failed last, or 0.
    pub(super) failed_in: u32,
    pub(super) origins: Origins,
}

static STATE: Mutex<State> = Mutex::new(State {
    context: 0,
    certificate_file: None,
    key_file: None,
    pkcs12_file: None,
    certificate_was_loaded: false,
    key_was_loaded: false,
    read_from: 0,
    others: false,
    failed: [(0, 0); MOST],
    failed_in: 0,
    origins: Origins::none(),
});

pub(super) fn flags() -> u32 {
    outbox::setup().load(Ordering::Relaxed)
}

pub(super) fn raise(flag: u32) {
    outbox::setup().fetch_or(flag, Ordering::Relaxed);
}

pub(super) fn lower(flag: u32) {
    outbox::setup().fetch_and(!flag, Ordering::Relaxed);
}

/// Works on the state; not at all where another thread does, also one that a fork has left behind.
pub(super) fn with_state<T>(work: impl FnOnce(&mut State) -> T) -> Option<T> {
    // Our own panics end where they began, and leave it as it is.
    STATE.try_lock().ok().map(|mut state| work(&mut state))
}

impl State {
    /// From now on this is the context that is being set up.
    pub(super) fn begin(&mut self, context: usize) {
        if context != 0 && self.context != context {
            // One that was freed is forgotten, with its key.
            self.others |= self.context != 0 && self.key_was_loaded;
            self.context = context;
            (self.certificate_file, self.key_file, self.pkcs12_file) = (None, None, None);
            (self.certificate_was_loaded, self.key_was_loaded) = (false, false);
            self.read_from = 0;
        }
    }

    /// Something of this context has failed: its connections and its end are told from now on, if there is room for it.
    pub(super) fn has_failed(&mut self, context: usize) {
        if context == 0 || self.failed.iter().any(|(known, _)| *known == context) {
            return;
        }
        if let Some(place) = self.failed.iter_mut().find(|(known, _)| *known == 0) {
            *place = (context, process::id());
            raise(FAILED);
        }
    }

    /// The process in which something of this context had failed, which is now forgotten.
    pub(super) fn forget(&mut self, context: usize) -> Option<u32> {
        let mut places = self.failed.iter_mut();
        let place = places.find(|(known, _)| context != 0 && *known == context)?;
        let (_, failed_in) = std::mem::take(place);
        if self.failed == [(0, 0); MOST] {
            lower(FAILED);
        }
        Some(failed_in)
    }
}
