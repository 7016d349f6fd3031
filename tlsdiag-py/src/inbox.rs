//! What `tlsdiag.record` puts on a context: it keeps recordings until Python asks for them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use tlsdiag_core::event::{ConnectionId, Event, EventBody, EventKind, Recording, State};
use tlsdiag_core::{Handshake as CoreHandshake, HandshakeRecorder};

use crate::clients::{Known, alone};
use crate::fork;
use crate::handshake::Handshake;

/// The recordings of one `tlsdiag.Recorder`.
pub(crate) struct Recordings {
    stock: Mutex<Stock>,
    limit: usize,
}

#[derive(Default)]
struct Stock {
    /// Handshakes that go on, as they stood when the application last had control.
    open: BTreeMap<ConnectionId, Recording>,
    ended: VecDeque<Recording>,
    dropped: u64,
}

impl Recordings {
    fn with<T>(&self, work: impl FnOnce(&mut Stock) -> T) -> T {
        let _gate = fork::gate();
        // Its collections are whole after any panic between two calls of theirs.
        work(&mut self.stock.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl HandshakeRecorder for Recordings {
    fn is_live(&self) -> bool {
        false
    }

    fn wants(&self, kind: EventKind) -> bool {
        kind.is_default() || kind == EventKind::Paused
    }

    fn record(&self, event: &Event<'_>) {
        match event.body {
            EventBody::Paused { recording } => self.with(|stock| {
                if stock.open.len() >= self.limit && !stock.open.contains_key(&event.connection) {
                    stock.open.pop_first();
                }
                let kept =
                    stock.open.entry(event.connection).or_insert_with(|| Recording::new(event.connection));
                if kept.len() != recording.len() || kept.missed() != recording.missed() {
                    kept.clone_from(recording);
                }
            }),
            EventBody::Ended { recording, .. } => self.with(|stock| {
                let ended = match stock.open.remove(&event.connection) {
                    Some(mut kept) => {
                        kept.clone_from(recording);
                        kept
                    }
                    None => recording.clone(),
                };
                stock.ended.push_back(ended);
                if stock.ended.len() > self.limit {
                    stock.ended.pop_front();
                    stock.dropped += 1;
                }
            }),
            _ => {}
        }
    }
}

/// Recordings of handshakes, until Python takes them.
#[pyclass(frozen, module = "tlsdiag._native")]
pub(crate) struct Inbox {
    pub(crate) recordings: Arc<Recordings>,
    expiry_notice: Option<u32>,
    clients: Known,
}

#[pymethods]
impl Inbox {
    /// Keeps up to `limit` handshakes that ended, the newest; certificates that end within `expires_within` days are warned of.
    #[new]
    #[pyo3(signature = (limit, expires_within=None))]
    fn new(limit: usize, expires_within: Option<u32>) -> Self {
        let recordings = Recordings { stock: Mutex::default(), limit: limit.max(1) };
        Inbox { recordings: Arc::new(recordings), expiry_notice: expires_within, clients: Known::default() }
    }

    /// Takes the handshakes that ended: pairs of a connection's number and its handshake, in the order of their ends.
    fn take(&self, py: Python<'_>) -> Vec<(u64, Handshake)> {
        py.detach(|| {
            let ended = self.recordings.with(|stock| std::mem::take(&mut stock.ended));
            let judge = |handshake: &CoreHandshake| self.clients.record(handshake);
            ended
                .iter()
                .map(|recording| {
                    let shown = Handshake::of(recording, self.expiry_notice, judge);
                    (recording.connection().0, shown)
                })
                .collect()
        })
    }

    /// The handshakes that go on, as far as they are known: a connection's number, whether the library calls it done, and
    /// the handshake so far.
    fn open(&self, py: Python<'_>) -> Vec<(u64, bool, Handshake)> {
        py.detach(|| {
            let open = self.recordings.with(|stock| stock.open.values().cloned().collect::<Vec<_>>());
            open.iter()
                .map(|recording| {
                    let shown = Handshake::of(recording, self.expiry_notice, alone);
                    (recording.connection().0, is_done(recording), shown)
                })
                .collect()
        })
    }

    /// Forgets everything.
    fn clear(&self) {
        let forgotten = self.recordings.with(std::mem::take);
        drop(forgotten);
    }

    /// How many handshakes were dropped since nobody took them.
    #[getter]
    fn dropped(&self) -> u64 {
        self.recordings.with(|stock| stock.dropped)
    }
}

fn is_done(recording: &Recording) -> bool {
    recording.events().any(|event| matches!(event.body, EventBody::State(State::HandshakeDone { .. })))
}
