//! The recordings that wait for their next handshake.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_queue::ArrayQueue;

use super::super::sys::guard::Errno;
use super::free_list::Spare;
use crate::event::{ConnectionId, Recording};

/// Recordings kept at most; more connections at once than this simply allocate.
const KEPT: usize = 256;

/// From `Box::into_raw`. The others wait in a queue.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static LAST: Spare<Recording> = Spare::new();

/// A number that no connection of this process had before.
#[must_use]
pub fn next_connection() -> ConnectionId {
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed))
}

fn pool() -> &'static ArrayQueue<Box<Recording>> {
    static POOL: OnceLock<ArrayQueue<Box<Recording>>> = OnceLock::new();
    POOL.get_or_init(|| ArrayQueue::new(KEPT))
}

/// Makes the pool. Attaching does so, that no hook of a first connection is making it when another
/// thread forks: the child would wait for ever.
pub(crate) fn prepare() {
    pool();
}

/// An empty recording, under a number of its own. `errno` stays as it is.
#[inline]
pub(crate) fn take() -> Box<Recording> {
    let connection = next_connection();
    let last = LAST.take();
    if last.is_null() {
        return take_another(connection);
    }
    // SAFETY: `give_back` has put it here, and it is ours alone now.
    let mut recording = unsafe { Box::from_raw(last) };
    recording.name(connection);
    recording
}

#[cold]
#[inline(never)]
fn take_another(connection: ConnectionId) -> Box<Recording> {
    let _errno = Errno::save();
    match pool().pop() {
        Some(mut recording) => {
            recording.name(connection);
            recording
        }
        None => Box::new(Recording::with_room(connection)),
    }
}

/// Gives a recording back. One that a talkative peer has blown up is dropped, so that the pool
/// stays small.
#[inline]
pub(crate) fn give_back(mut recording: Box<Recording>) {
    recording.reset(ConnectionId(0));
    // A recorder may have taken its buffers.
    if !recording.has_its_room() {
        return give_back_slowly(recording);
    }
    let before = LAST.give_back(Box::into_raw(recording));
    if !before.is_null() {
        // SAFETY: as in `take`.
        give_back_slowly(unsafe { Box::from_raw(before) });
    }
}

#[cold]
#[inline(never)]
fn give_back_slowly(mut recording: Box<Recording>) {
    let _errno = Errno::save();
    recording.make_room();
    if recording.room() <= 64 * 1024 {
        // Where the pool is full the recording comes back and is dropped.
        let _ = pool().push(recording);
    }
}
