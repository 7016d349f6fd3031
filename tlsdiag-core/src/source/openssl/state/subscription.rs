//! A recorder as the hooks know it: what it wants, and that its panics end here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::super::sys::guard;
use crate::event::{Ending, Event, EventKind, EventLog, Recording, is_plainly_healthy};
use crate::recorder::{HandshakeRecorder, Skipped};

/// A recorder that was attached. Detaching only flips `active`: hooks may be running in other
/// threads.
pub(crate) struct Subscription {
    recorder: Arc<dyn HandshakeRecorder>,
    active: AtomicBool,
    /// Whether it wants each event as it happens, and not the last one alone.
    pub(crate) live: bool,
    /// Whether it may use OpenSSL.
    pub(crate) uses_openssl: bool,
    /// Whether it passes over what is plainly healthy.
    pub(crate) passes_over: bool,
    /// Whether a server of TLS 1.3 waits for its client's first words.
    pub(crate) awaits_first_words: bool,
    /// The kinds it wants, as bits.
    pub(crate) wanted: u32,
    /// The peer, where the attachment's options named it.
    pub(crate) peer: Option<SocketAddr>,
}

impl Subscription {
    pub(crate) fn new(recorder: Arc<dyn HandshakeRecorder>, peer: Option<SocketAddr>) -> Arc<Self> {
        let live = guard::contain(|| recorder.is_live()).unwrap_or(false);
        let ask = || ALL.iter().filter(|kind| recorder.wants(**kind)).fold(0, |bits, kind| bits | bit(*kind));
        // A recorder that panics when asked wants nothing.
        let wanted = guard::contain(ask).unwrap_or(0);
        let passes_over = guard::contain(|| recorder.passes_over_healthy()).unwrap_or(false);
        let awaits_first_words = guard::contain(|| recorder.awaits_first_words()).unwrap_or(false);
        let uses_openssl = guard::contain(|| recorder.uses_openssl()).unwrap_or(true);
        Arc::new(Subscription {
            recorder,
            active: AtomicBool::new(true),
            live,
            uses_openssl,
            passes_over,
            awaits_first_words,
            wanted,
            peer,
        })
    }

    pub(crate) fn is_active(&self) -> bool {
        self.active.load(Ordering::Relaxed)
    }

    pub(crate) fn switch_off(&self) {
        self.active.store(false, Ordering::Relaxed);
    }

    /// Whether this is the subscription of that very recorder.
    pub(crate) fn is_of(&self, recorder: &Arc<dyn HandshakeRecorder>) -> bool {
        Arc::as_ptr(&self.recorder).cast::<()>() == Arc::as_ptr(recorder).cast::<()>()
    }

    /// Whether both are subscriptions of the same recorder.
    pub(crate) fn is_same_recorder(&self, other: &Subscription) -> bool {
        self.is_of(&other.recorder)
    }

    /// Whether it took the event without a panic.
    pub(crate) fn deliver(&self, event: &Event<'_>) -> bool {
        guard::contain(|| self.recorder.record(event)).is_some()
    }

    pub(crate) fn skip(&self, skipped: Skipped) {
        guard::contain(|| self.recorder.skip(skipped));
    }

    /// Whether its recorder passes over this recording.
    pub(crate) fn ignores(&self, recording: &Recording) -> bool {
        self.passes_over && is_healthy(recording)
    }

    /// As [`deliver`](Self::deliver) for the last event, by which it may take the recording.
    pub(crate) fn finish(&self, ending: Ending, elapsed: Duration, recording: &mut Recording) {
        guard::contain(|| self.recorder.finish(ending, elapsed, recording));
    }

    /// Whether the log is all that its recorder needs.
    #[inline]
    pub(crate) fn take_log(&self, log: &EventLog<'_>) -> bool {
        guard::contain(|| self.recorder.take_log(log)).unwrap_or(true)
    }

    /// Likewise, of a handshake that is established and goes on.
    #[inline]
    pub(crate) fn take_established(&self, log: &EventLog<'_>) -> bool {
        guard::contain(|| self.recorder.take_established(log)).unwrap_or(true)
    }
}

/// Those of one context or connection.
pub(crate) type Subscriptions = ArcSwap<Vec<Arc<Subscription>>>;

/// Takes those off the list that are to go, so that no new handshake finds them.
pub(crate) fn strike_off(list: &Subscriptions, goes: impl Fn(&Arc<Subscription>) -> bool) {
    list.rcu(|old| old.iter().filter(|one| !goes(one)).cloned().collect::<Vec<_>>());
}

/// [`is_plainly_healthy`], where it lies at hand.
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
pub(crate) fn is_healthy(recording: &Recording) -> bool {
    is_plainly_healthy(recording)
}

/// Where `kind` stands among the bits.
pub(crate) const fn bit(kind: EventKind) -> u32 {
    1 << kind as u32
}

const ALL: [EventKind; 18] = [
    EventKind::Started,
    EventKind::Reconfigured,
    EventKind::Message,
    EventKind::Alert,
    EventKind::ChangeCipherSpec,
    EventKind::Record,
    EventKind::State,
    EventKind::Step,
    EventKind::Verify,
    EventKind::SecurityDenied,
    EventKind::Wire,
    EventKind::Secret,
    EventKind::LibraryErrors,
    EventKind::Transport,
    EventKind::ApplicationData,
    EventKind::Paused,
    EventKind::Established,
    EventKind::Ended,
];

/// A subscription as one handshake has it.
pub(crate) struct Subscriber {
    pub(crate) subscription: Arc<Subscription>,
    pub(crate) wanted: u32,
}

impl Subscriber {
    pub(crate) fn is_asked(&self, kind: EventKind) -> bool {
        self.wanted & bit(kind) != 0 && self.subscription.is_active()
    }

    /// Delivers an event; one that panics gets no other of this handshake.
    pub(crate) fn deliver(&mut self, event: &Event<'_>) {
        if !self.subscription.deliver(event) {
            self.wanted = 0;
        }
    }
}
