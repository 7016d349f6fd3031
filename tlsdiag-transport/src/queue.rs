//! Packets that were received and wait for the diagnosis worker: bounded by their bytes.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// More than this is not taken off the sockets; the senders then find them full.
const MOST: usize = 256 << 20;

/// Something that came.
pub(crate) enum Arrival {
    /// A connection that is listened to from now on; the process at its other end, as we know it.
    Begin {
        connection: u64,
        peer: Option<u32>,
    },
    Packet {
        connection: u64,
        bytes: Vec<u8>,
        file: Option<OwnedFd>,
    },
    /// Something could not be read, for this reason.
    Damage(String),
    /// The last process that held this connection is gone.
    End {
        connection: u64,
    },
}

/// What [`Queue::pop`] found.
pub(crate) enum Popped {
    Arrival(Arrival),
    /// Nothing came in time.
    Nothing,
    /// Nothing comes any more.
    Closed,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Arrival>,
    bytes: usize,
    closed: bool,
}

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    emptied: Condvar,
}

fn size(arrival: &Arrival) -> usize {
    match arrival {
        Arrival::Packet { bytes, .. } => bytes.len() + size_of::<Arrival>(),
        Arrival::Begin { .. } | Arrival::Damage(_) | Arrival::End { .. } => size_of::<Arrival>(),
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for room.
    pub(crate) fn push(&self, arrival: Arrival) {
        let mut state = self.state();
        while state.bytes > MOST {
            state = self.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.bytes += size(&arrival);
        state.waiting.push_back(arrival);
        drop(state);
        self.filled.notify_one();
    }

    /// Waits for something, at most so long where that is given.
    pub(crate) fn pop(&self, patience: Option<Duration>) -> Popped {
        let mut state = self.state();
        loop {
            if let Some(arrival) = state.waiting.pop_front() {
                state.bytes -= size(&arrival);
                drop(state);
                self.emptied.notify_one();
                return Popped::Arrival(arrival);
            }
            if state.closed {
                return Popped::Closed;
            }
            let Some(patience) = patience else {
                state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (now, waited) =
                self.filled.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() && now.waiting.is_empty() && !now.closed {
                return Popped::Nothing;
            }
            state = now;
        }
    }

    /// Nothing comes any more.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.filled.notify_all();
    }
}
