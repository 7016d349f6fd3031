//! Who listens: the trait, its compositions, and two recorders that most users need no more than.

mod compositions;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::{ConnectionId, Ending, Event, EventBody, EventKind, EventLog, Recording};

/// Why a handshake is not recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Skipped {
    /// It is one of DTLS (RFC 6347, RFC 9147), and only those of TLS are.
    Dtls,
}

/// Receives the events of TLS connections.
///
/// [`Ended`](EventBody::Ended) is the last event of each connection and brings its whole [`Recording`], so a recorder that
/// wants the finished recording alone does nothing on all the others: see [`on_end`] and [`Collector`].
pub trait HandshakeRecorder: Send + Sync {
    /// Called on the thread that runs the handshake, while the peer waits. Copy what you keep; return soon.
    ///
    /// A panic here never reaches OpenSSL: it is caught, this recorder is switched off for that connection, and the panic
    /// is counted.
    fn record(&self, event: &Event<'_>);

    /// A handshake begins on a connection that was taken up with its context, and is not recorded. Called as
    /// [`record`](Self::record) is, and with the same promise.
    fn skip(&self, _skipped: Skipped) {}

    /// Whether [`record`](Self::record) is called for each event while the handshake runs. A recorder that only waits for
    /// [`Ended`](EventBody::Ended) says no, and costs the handshake less.
    fn is_live(&self) -> bool {
        true
    }

    /// A cheap question, asked once when the recorder is attached, before costly work. Secrets and wire bytes are offered
    /// only when this says so.
    fn wants(&self, kind: EventKind) -> bool {
        kind.is_default()
    }

    /// Whether it may call functions of OpenSSL when it is told an event: asked once when it is attached. The application's error
    /// queue is put out of its way then, which a recorder that promises not to use OpenSSL saves; it is not told either which
    /// connection it hears of (`source::openssl::current_ssl`).
    fn uses_openssl(&self) -> bool {
        true
    }

    /// Whether it passes over what is plainly healthy: recordings of which
    /// [`is_plainly_healthy`](crate::event::is_plainly_healthy) says so come to their end without a word. Asked once when the
    /// recorder is attached.
    ///
    /// It spares what it takes to tell a recorder of them, and where nobody wants them the local configuration is not looked at
    /// again for them.
    fn passes_over_healthy(&self) -> bool {
        false
    }

    /// Whether a server of TLS 1.3 waits for its client's first words: its recording ends when they come, or when the client has
    /// left without any, and not when the handshake is done. That tells a client that looks at the certificate after the handshake
    /// and hangs up, as curl does, from one that stays. Asked once when the recorder is attached.
    fn awaits_first_words(&self) -> bool {
        false
    }

    /// The end of a connection, for the last recorder that gets it: called instead of [`record`](Self::record) with
    /// [`Ended`](EventBody::Ended). The recording may be taken, leaving another one in its place, so that it need not be
    /// copied; what is left is used for later connections.
    fn finish(&self, ending: Ending, elapsed: Duration, recording: &mut Recording) {
        self.record(&Event::ended(ending, elapsed, recording));
    }

    /// A server's connection that was established, before events are made of its [log](EventLog): `true` where that is all that this
    /// recorder needs, so that it gets no more of it. Asked where it is alone, does not
    /// [use OpenSSL](Self::uses_openssl) and is not [live](Self::is_live), and there is something to be gained.
    fn take_log(&self, _log: &EventLog<'_>) -> bool {
        false
    }

    /// As [`take_log`](Self::take_log), in place of [`Established`](EventBody::Established): the connection goes on, and its log
    /// or its end follow.
    fn take_established(&self, _log: &EventLog<'_>) -> bool {
        false
    }
}

/// Keeps the recordings of finished connections until somebody takes them.
///
/// Takes its lock once a connection, at the end. Bounded: past its capacity the newest are dropped and counted.
pub struct Collector {
    shelf: Mutex<Shelf>,
    capacity: usize,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Shelf {
    finished: Vec<Recording>,
    /// Recordings that were given back, for their buffers.
    spare: Vec<Recording>,
}

impl Shelf {
    fn spare(&mut self) -> Recording {
        self.spare.pop().unwrap_or_else(|| Recording::new(ConnectionId(0)))
    }
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
        Collector { shelf: Mutex::default(), capacity, dropped: AtomicU64::new(0) }
    }

    /// Takes what has finished so far, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<Recording> {
        std::mem::take(&mut self.shelf().finished)
    }

    /// How many are waiting to be taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shelf().finished.len()
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
        let mut shelf = self.shelf();
        let room = SPARE.saturating_sub(shelf.spare.len());
        shelf.spare.extend(recordings.into_iter().take(room));
    }

    fn put(&self, shelf: &mut Shelf, recording: Recording) {
        if shelf.finished.len() < self.capacity {
            shelf.finished.push(recording);
        } else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // A Vec is whole after any panic between its methods, so poison says nothing here.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
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
            // Copied without the lock, so that connections wait for each other for a push alone.
            let mut copy = self.shelf().spare();
            copy.clone_from(recording);
            self.put(&mut self.shelf(), copy);
        }
    }

    fn finish(&self, _ending: Ending, _elapsed: Duration, recording: &mut Recording) {
        let mut shelf = self.shelf();
        let recording = std::mem::replace(recording, shelf.spare());
        self.put(&mut shelf, recording);
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
    use std::sync::Arc;

    use super::*;
    use crate::event::Direction;

    fn ended(recording: &Recording) -> Event<'_> {
        Event::ended(Ending::Settled, Duration::ZERO, recording)
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
    fn the_last_one_may_take_the_recording() {
        let full = || {
            let mut recording = Recording::new(ConnectionId(7));
            let message = EventBody::Message { direction: Direction::Sent, bytes: b"bytes" };
            recording.push(Duration::ZERO, &message);
            recording
        };
        let pair = (Collector::new(), Arc::new(Collector::with_capacity(1)));
        pair.1.give_back(vec![Recording::new(ConnectionId(3))]);
        let mut recording = full();
        pair.finish(Ending::Settled, Duration::ZERO, &mut recording);
        assert_eq!(recording.connection(), ConnectionId(3), "a spare one is left in its place");
        for collector in [&pair.0, &*pair.1] {
            assert_eq!(collector.take()[0].events().count(), 1);
        }
        let ignores_the_end = (pair, ());
        ignores_the_end.finish(Ending::Settled, Duration::ZERO, &mut full());
        ignores_the_end.finish(Ending::Settled, Duration::ZERO, &mut full());
        assert_eq!((ignores_the_end.0.0.len(), ignores_the_end.0.1.len()), (2, 1));
        assert_eq!(ignores_the_end.0.1.dropped(), 1);
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
