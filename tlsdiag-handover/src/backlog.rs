//! Packets that were received and wait to be judged: bounded by their bytes.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// More than this is not taken off the sockets; the senders then find them full.
const MOST: usize = 256 << 20;

/// Something that came.
pub(crate) enum Arrival {
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

#[derive(Default)]
struct State {
    waiting: VecDeque<Arrival>,
    bytes: usize,
    closed: bool,
}

#[derive(Default)]
pub(crate) struct Backlog {
    state: Mutex<State>,
    filled: Condvar,
    emptied: Condvar,
}

fn size(arrival: &Arrival) -> usize {
    match arrival {
        Arrival::Packet { bytes, .. } => bytes.len() + size_of::<Arrival>(),
        Arrival::Damage(_) | Arrival::End { .. } => size_of::<Arrival>(),
    }
}

impl Backlog {
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

    /// Waits for something; `None` where nothing comes any more.
    pub(crate) fn pop(&self) -> Option<Arrival> {
        let mut state = self.state();
        loop {
            if let Some(arrival) = state.waiting.pop_front() {
                state.bytes -= size(&arrival);
                drop(state);
                self.emptied.notify_one();
                return Some(arrival);
            }
            if state.closed {
                return None;
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing comes any more.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.filled.notify_all();
    }
}
