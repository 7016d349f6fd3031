//! Who listens: the trait, its compositions, and two recorders that most users need no more than.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Event, EventBody, EventKind, Recording};

/// Receives the events of TLS connections.
///
/// [`Ended`](EventBody::Ended) is the last event of each connection and brings its whole [`Recording`], so a recorder that
/// wants the finished story alone does nothing on all the others: see [`on_end`] and [`Collector`].
pub trait HandshakeRecorder: Send + Sync {
    /// Called on the thread that runs the handshake, while the peer waits. Copy what you keep; return soon.
    ///
    /// A panic here never reaches OpenSSL: it is caught, this recorder is switched off for that connection, and the panic
    /// is counted.
    fn record(&self, event: &Event<'_>);

    /// Whether [`record`](Self::record) is called for each event while the handshake runs. A recorder that only waits for
    /// [`Ended`](EventBody::Ended) says no, and costs the handshake less.
    fn is_live(&self) -> bool {
        true
    }

    /// A cheap question, asked once when a connection begins, before costly work. Secrets and wire bytes are offered only
    /// when this says so.
    fn wants(&self, kind: EventKind) -> bool {
        kind.is_default()
    }
}

/// Records nothing.
impl HandshakeRecorder for () {
    fn record(&self, _event: &Event<'_>) {}

    fn wants(&self, _kind: EventKind) -> bool {
        false
    }
}

impl<R: HandshakeRecorder + ?Sized> HandshakeRecorder for Box<R> {
    fn record(&self, event: &Event<'_>) {
        (**self).record(event);
    }

    fn is_live(&self) -> bool {
        (**self).is_live()
    }

    fn wants(&self, kind: EventKind) -> bool {
        (**self).wants(kind)
    }
}

impl<R: HandshakeRecorder + ?Sized> HandshakeRecorder for Arc<R> {
    fn record(&self, event: &Event<'_>) {
        (**self).record(event);
    }

    fn is_live(&self) -> bool {
        (**self).is_live()
    }

    fn wants(&self, kind: EventKind) -> bool {
        (**self).wants(kind)
    }
}

/// Both, the first one first; each is given only the kinds that it wants.
impl<A: HandshakeRecorder, B: HandshakeRecorder> HandshakeRecorder for (A, B) {
    fn record(&self, event: &Event<'_>) {
        let kind = event.body.kind();
        if self.0.wants(kind) {
            self.0.record(event);
        }
        if self.1.wants(kind) {
            self.1.record(event);
        }
    }

    fn is_live(&self) -> bool {
        self.0.is_live() || self.1.is_live()
    }

    fn wants(&self, kind: EventKind) -> bool {
        self.0.wants(kind) || self.1.wants(kind)
    }
}

/// Keeps the recordings of finished connections until somebody takes them.
///
/// Takes its lock once a connection, at the end. Bounded: past its capacity the newest are dropped and counted.
pub struct Collector {
    finished: Mutex<Vec<Recording>>,
    /// Recordings that were given back, for their buffers.
    spare: Mutex<Vec<Recording>>,
    capacity: usize,
    dropped: AtomicU64,
}

impl Collector {
    /// Keeps up to 65,536 recordings.
    #[must_use]
    pub fn new() -> Self {
        Collector::with_capacity(65_536)
    }

    /// Keeps up to `capacity` recordings.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Collector {
            finished: Mutex::default(),
            spare: Mutex::default(),
            capacity,
            dropped: AtomicU64::new(0),
        }
    }

    /// Takes what has finished so far, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<Recording> {
        std::mem::take(&mut *self.finished())
    }

    /// How many are waiting to be taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.finished().len()
    }

    /// Whether none is waiting.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many were dropped since nobody took them.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Takes recordings back once they are done with, so that later ones need no memory of their own.
    pub fn give_back(&self, recordings: Vec<Recording>) {
        const SPARE: usize = 64;
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let room = SPARE.saturating_sub(spare.len());
        spare.extend(recordings.into_iter().take(room));
    }

    fn finished(&self) -> MutexGuard<'_, Vec<Recording>> {
        // A Vec is whole after any panic between its methods, so poison says nothing here.
        self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Collector {
    fn default() -> Self {
        Collector::new()
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("finished", &self.len()).field("dropped", &self.dropped()).finish()
    }
}

impl HandshakeRecorder for Collector {
    fn is_live(&self) -> bool {
        false
    }

    fn record(&self, event: &Event<'_>) {
        if let EventBody::Ended { recording, .. } = event.body {
            // The copy is made before the lock is taken, so that connections wait for each other for a push alone.
            let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let recording = match spare {
                Some(mut spare) => {
                    spare.clone_from(recording);
                    spare
                }
                None => recording.clone(),
            };
            let mut finished = self.finished();
            if finished.len() < self.capacity {
                finished.push(recording);
            } else {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// A recorder that calls `f` with each finished recording, on the thread that ran the handshake.
pub fn on_end<F: Fn(&Recording) + Send + Sync>(f: F) -> impl HandshakeRecorder {
    OnEnd(f)
}

struct OnEnd<F>(F);

impl<F: Fn(&Recording) + Send + Sync> HandshakeRecorder for OnEnd<F> {
    fn is_live(&self) -> bool {
        false
    }

    fn record(&self, event: &Event<'_>) {
        if let EventBody::Ended { recording, .. } = event.body {
            (self.0)(recording);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::{ConnectionId, Ending};

    fn ended(recording: &Recording) -> Event<'_> {
        Event {
            connection: recording.connection(),
            sequence: 0,
            elapsed: Duration::ZERO,
            body: EventBody::Ended { ending: Ending::Settled, recording },
        }
    }

    #[test]
    fn a_collector_keeps_what_fits_and_counts_the_rest() {
        let collector = Arc::new(Collector::with_capacity(1));
        let recording = Recording::new(ConnectionId(5));
        collector.record(&ended(&recording));
        collector.record(&ended(&recording));
        assert_eq!((collector.len(), collector.dropped()), (1, 1));
        let taken = collector.take();
        assert_eq!(taken[0].connection(), ConnectionId(5));
        assert!(collector.is_empty());
        collector.give_back(taken);
        collector.record(&ended(&Recording::new(ConnectionId(6))));
        assert_eq!(collector.take()[0].connection(), ConnectionId(6));
    }

    #[test]
    fn a_pair_gives_each_what_it_wants() {
        struct SecretsOnly(AtomicU64);
        impl HandshakeRecorder for SecretsOnly {
            fn record(&self, _event: &Event<'_>) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
            fn wants(&self, kind: EventKind) -> bool {
                kind == EventKind::Secret
            }
        }
        let pair = (Collector::new(), SecretsOnly(AtomicU64::new(0)));
        assert!(pair.wants(EventKind::Secret) && pair.wants(EventKind::Message));
        assert!(!pair.wants(EventKind::Wire));
        pair.record(&ended(&Recording::new(ConnectionId(1))));
        assert_eq!((pair.0.len(), pair.1.0.load(Ordering::Relaxed)), (1, 0));
    }
}
