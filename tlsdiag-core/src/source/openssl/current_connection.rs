//! The connection that a recorder is being told the end of, and what a recorder may leave with it.

use std::any::Any;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::state::connection::ConnectionState;
use super::sys::functions::SSL;
use super::sys::library::Symbols;

/// Where a handshake takes place. Only followed while a hook of that very connection runs.
#[derive(Clone, Copy)]
pub(crate) struct CurrentConnection {
    pub(crate) connection: *const ConnectionState,
    pub(crate) ssl: *mut SSL,
}

impl CurrentConnection {
    pub(crate) const NONE: CurrentConnection =
        CurrentConnection { connection: ptr::null(), ssl: ptr::null_mut() };
}

impl Default for CurrentConnection {
    fn default() -> Self {
        CurrentConnection::NONE
    }
}

thread_local! {
    static CURRENT: Cell<CurrentConnection> = const { Cell::new(CurrentConnection::NONE) };
}

/// Runs `work` with this connection as the current one.
pub(crate) fn within<T>(current: CurrentConnection, work: impl FnOnce() -> T) -> T {
    /// Puts the one before back, also when unwinding.
    struct Back(CurrentConnection);
    impl Drop for Back {
        fn drop(&mut self) {
            let _ = CURRENT.try_with(|current| current.set(self.0));
        }
    }
    let _back = Back(CURRENT.try_with(|place| place.replace(current)).unwrap_or(CurrentConnection::NONE));
    work()
}

fn current() -> CurrentConnection {
    CURRENT.try_with(Cell::get).unwrap_or(CurrentConnection::NONE)
}

/// The `SSL` that a recorder is being told about, within [`Ended`](crate::event::EventBody::Ended); null at any other time, and
/// where the `SSL` is being freed. It may be read from, and nothing of it may be changed.
#[must_use]
pub fn current_ssl() -> *mut c_void {
    current().ssl.cast()
}

/// Something that was left with a connection.
pub type ConnectionData = Arc<dyn Any + Send + Sync>;

/// What recorders have left, each under a key of its own.
pub(crate) type AllConnectionData = ArcSwap<Vec<(u64, ConnectionData)>>;

/// Leaves something with the connection that a recorder is being told about, in place of what was left under this key before. It
/// lives as long as the connection, or until it is replaced. `false` where there is no such connection now.
pub fn set_current_data(key: u64, data: ConnectionData) -> bool {
    let CurrentConnection { connection, ssl } = current();
    if ssl.is_null() {
        return false;
    }
    // SAFETY: a connection is current only within a hook of its connection (`HandshakeState::pause`, `HandshakeState::hand_over`), which keeps the connection alive.
    let Some(connection) = (unsafe { connection.as_ref() }) else { return false };
    connection.data.get_or_init(ArcSwap::default).rcu(|old| {
        let others = old.iter().filter(|(known, _)| *known != key).cloned();
        others.chain([(key, Arc::clone(&data))]).collect::<Vec<_>>()
    });
    true
}

/// What was left with a connection under this key.
///
/// # Safety
/// `ssl` is a live `SSL` of the library of `symbols`, and stays alive during the call.
#[must_use]
pub unsafe fn connection_data(
    symbols: &'static Symbols,
    ssl: *const c_void,
    key: u64,
) -> Option<ConnectionData> {
    // SAFETY: passed on.
    let connection = unsafe { ConnectionState::of(symbols, ssl.cast()) }?;
    let data = connection.data.get()?.load();
    data.iter().find(|(known, _)| *known == key).map(|(_, data)| Arc::clone(data))
}
