//! What waits for its next connection, so that recording allocates nothing once it is warm.

use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use crossbeam_queue::ArrayQueue;

use super::super::sys::guard::Errno;
use super::connection::ConnectionState;
use crate::event::{ConnectionId, Recording};

/// Recordings kept at most; more connections at once than this simply allocate.
const KEPT: usize = 256;

/// What was given back last, which the processor may still remember; the others wait in a queue. Null where it was taken.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.hot.tlsdiag"))]
static LAST: Last =
    Last { recording: AtomicPtr::new(ptr::null_mut()), connection: AtomicPtr::new(ptr::null_mut()) };

/// On a line of its own, since every thread that records writes here.
#[repr(align(64))]
struct Last {
    /// From `Box::into_raw`.
    recording: AtomicPtr<Recording>,
    /// From `Arc::into_raw`, the only share of it.
    connection: AtomicPtr<ConnectionState>,
}

fn pool() -> &'static ArrayQueue<Box<Recording>> {
    static POOL: OnceLock<ArrayQueue<Box<Recording>>> = OnceLock::new();
    POOL.get_or_init(|| ArrayQueue::new(KEPT))
}

/// Makes the pool. Whoever attaches does so, that no hook of a first connection is in the midst of it when another thread forks:
/// the child would wait for ever.
pub(crate) fn prepare() {
    pool();
}

/// An empty recording. `errno` stays as it is.
#[inline]
pub(crate) fn take(connection: ConnectionId) -> Box<Recording> {
    let last = LAST.recording.swap(ptr::null_mut(), Ordering::AcqRel);
    if last.is_null() {
        return take_another(connection);
    }
    // SAFETY: `give_back` has put it here, and the swap has made it ours alone.
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

/// Gives a recording back. One that a talkative peer has blown up is dropped, so that the pool stays small.
#[inline]
pub(crate) fn give_back(mut recording: Box<Recording>) {
    recording.reset(ConnectionId(0));
    // A recorder may have taken its buffers.
    if !recording.has_its_room() {
        return give_back_at_length(recording);
    }
    let before = LAST.recording.swap(Box::into_raw(recording), Ordering::AcqRel);
    if !before.is_null() {
        // SAFETY: as in `take`.
        give_back_at_length(unsafe { Box::from_raw(before) });
    }
}

#[cold]
#[inline(never)]
fn give_back_at_length(mut recording: Box<Recording>) {
    let _errno = Errno::save();
    recording.make_room();
    if recording.room() <= 64 * 1024 {
        // Where the pool is full the recording comes back and is dropped.
        let _ = pool().push(recording);
    }
}

/// A connection that has no connection any more, as good as new, if there is one: from `Arc::into_raw`, and nobody else has a share.
#[inline]
pub(crate) fn take_slot() -> *mut ConnectionState {
    LAST.connection.swap(ptr::null_mut(), Ordering::AcqRel)
}

/// Gives such a connection back; what comes back is to be dropped, or null.
#[inline]
pub(crate) fn give_back_slot(connection: *mut ConnectionState) -> *mut ConnectionState {
    LAST.connection.swap(connection, Ordering::AcqRel)
}
