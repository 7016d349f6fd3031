//! Recorders written in Python: told from a queue by a thread of Python's, or on the handshake's thread where they ask for it.
//!
//! The hooks run without the interpreter's lock, so the first way copies an event and returns. Whatever a recorder raises goes
//! to `sys.unraisablehook`.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use tlsdiag_core::event::{Event, EventBody, EventKind, Recording};
use tlsdiag_core::{Handshake as CoreHandshake, HandshakeRecorder};

use crate::clients::Known;
use crate::fork;
use crate::handshake::Handshake;
use crate::live::{KINDS, LiveEvent};

enum Told {
    Event(LiveEvent),
    /// With the days before a certificate's end from which on it is warned of.
    Finished(Box<Recording>, Option<u32>),
}

/// Events on their way to one recorder.
struct Queue {
    waiting: Mutex<Line>,
    /// Waited for with the gate of `fork`, before which everything here stands.
    arrived: Condvar,
    limit: usize,
}

#[derive(Default)]
struct Line {
    told: VecDeque<Told>,
    dropped: u64,
    closed: bool,
}

impl Queue {
    fn line(&self) -> std::sync::MutexGuard<'_, Line> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, told: Told) {
        let _gate = fork::gate();
        let mut line = self.line();
        if line.told.len() >= self.limit {
            line.dropped += 1;
            return;
        }
        line.told.push_back(told);
        if line.told.len() == 1 {
            self.arrived.notify_one();
        }
    }
}

/// A queue between handshakes and a recorder of Python's.
#[pyclass(frozen, module = "tlsdiag._native")]
pub(crate) struct Delivery {
    queue: Arc<Queue>,
    clients: Known,
}

#[pymethods]
impl Delivery {
    /// A queue of up to `limit` events; more are dropped and counted.
    #[new]
    fn new(limit: usize) -> Self {
        let queue = Queue { waiting: Mutex::default(), arrived: Condvar::new(), limit: limit.max(1) };
        Delivery { queue: Arc::new(queue), clients: Known::default() }
    }

    /// Tells `recorder` what has come, and waits for more until the queue is closed. The work of the delivering thread.
    fn run(&self, recorder: &Bound<'_, PyAny>) {
        let py = recorder.py();
        loop {
            let (told, closed) = py.detach(|| {
                let mut gate = fork::gate();
                loop {
                    let mut line = self.queue.line();
                    if !line.told.is_empty() || line.closed {
                        return (std::mem::take(&mut line.told), line.closed);
                    }
                    drop(line);
                    // Wakes up now and then, in case a fork lost the word.
                    let waited = self.queue.arrived.wait_timeout(gate, Duration::from_secs(1));
                    gate = waited.map_or_else(|poisoned| poisoned.into_inner().0, |(gate, _)| gate);
                }
            });
            let nothing = told.is_empty();
            told.into_iter().for_each(|told| deliver(recorder, told, &self.clients));
            if closed && nothing {
                return;
            }
        }
    }

    /// Tells `recorder` what has come so far, on this thread.
    fn drain(&self, recorder: &Bound<'_, PyAny>) {
        let told = recorder.py().detach(|| {
            let _gate = fork::gate();
            std::mem::take(&mut self.queue.line().told)
        });
        told.into_iter().for_each(|told| deliver(recorder, told, &self.clients));
    }

    /// No more will come: `run` returns once it has told the rest.
    fn close(&self, py: Python<'_>) {
        py.detach(|| {
            let _gate = fork::gate();
            self.queue.line().closed = true;
            self.queue.arrived.notify_all();
        });
    }

    /// How many events were dropped since the recorder was too slow.
    #[getter]
    fn dropped(&self) -> u64 {
        let _gate = fork::gate();
        self.queue.line().dropped
    }
}

fn deliver(recorder: &Bound<'_, PyAny>, told: Told, clients: &Known) {
    let py = recorder.py();
    let called = match told {
        Told::Event(event) => recorder.call_method1("record", (event,)),
        Told::Finished(recording, expiry_notice) => {
            let judge = |handshake: &CoreHandshake| clients.record(handshake);
            let handshake = py.detach(|| Handshake::of(&recording, expiry_notice, judge));
            recorder.call_method1("finished", (handshake,))
        }
    };
    if let Err(error) = called {
        error.write_unraisable(py, Some(recorder));
    }
}

/// The recorder that core knows, in front of Python's.
pub(crate) fn sink(
    recorder: &Bound<'_, PyAny>,
    kinds: &[String],
    delivery: Option<&Delivery>,
    expiry_notice: Option<u32>,
) -> Arc<dyn HandshakeRecorder> {
    let wanted: Vec<_> = KINDS
        .iter()
        .filter(|(_, name)| kinds.iter().any(|kind| kind == name))
        .map(|(kind, _)| *kind)
        .collect();
    let live = wanted.iter().any(|kind| *kind != EventKind::Ended);
    let way = match delivery {
        Some(delivery) => Way::Queued(Arc::clone(&delivery.queue)),
        None => Way::Inline(recorder.clone().unbind(), Known::default()),
    };
    Arc::new(Sink { way, wanted, live, expiry_notice })
}

struct Sink {
    way: Way,
    wanted: Vec<EventKind>,
    /// Whether it is told more than the end.
    live: bool,
    expiry_notice: Option<u32>,
}

enum Way {
    Queued(Arc<Queue>),
    Inline(Py<PyAny>, Known),
}

impl Sink {
    fn tell(&self, told: Told) {
        match &self.way {
            Way::Queued(queue) => queue.push(told),
            // Not while the interpreter shuts down: then there is nobody to be told.
            Way::Inline(recorder, clients) => {
                Python::try_attach(|py| {
                    // An SSL may be freed while an exception is on its way: that one comes first.
                    let raised = PyErr::take(py);
                    deliver(recorder.bind(py), told, clients);
                    if let Some(raised) = raised {
                        raised.restore(py);
                    }
                });
            }
        }
    }
}

impl HandshakeRecorder for Sink {
    fn is_live(&self) -> bool {
        self.live
    }

    fn wants(&self, kind: EventKind) -> bool {
        // The end is always told: it brings the handshake.
        kind == EventKind::Ended || self.wanted.contains(&kind)
    }

    fn record(&self, event: &Event<'_>) {
        if self.wanted.contains(&event.body.kind())
            && let Some(live) = LiveEvent::of(event)
        {
            self.tell(Told::Event(live));
        }
        if let EventBody::Ended { recording, .. } = event.body {
            self.tell(Told::Finished(Box::new(recording.clone()), self.expiry_notice));
        }
    }
}
