//! Recordings that wait for their next connection, so that recording allocates nothing once it is warm.

use std::sync::OnceLock;

use crossbeam_queue::ArrayQueue;

use crate::event::{ConnectionId, Recording};

/// Recordings kept at most; more connections at once than this simply allocate.
const KEPT: usize = 256;

fn pool() -> &'static ArrayQueue<Box<Recording>> {
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
    static POOL: OnceLock<ArrayQueue<Box<Recording>>> = OnceLock::new();
    POOL.get_or_init(|| ArrayQueue::new(KEPT))
}

/// Makes the pool. Whoever attaches does so, that no hook of a first connection is in the midst of it when another thread forks:
/// the child would wait for ever.
pub(super) fn prepare() {
    pool();
}

/// An empty recording.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(super) fn take(connection: ConnectionId) -> Box<Recording> {
    match pool().pop() {
        Some(mut recording) => {
            recording.name(connection);
            recording
        }
        None => Box::new(Recording::with_room(connection)),
    }
}

/// Gives a recording back. One that a talkative peer has blown up is dropped, so that the pool stays small.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(super) fn give_back(mut recording: Box<Recording>) {
    recording.reset(ConnectionId(0));
    // A recorder may have taken its buffers.
    recording.make_room();
    if recording.room() <= 64 * 1024 {
        // Where the pool is full the recording comes back and is dropped.
        let _ = pool().push(recording);
    }
}
