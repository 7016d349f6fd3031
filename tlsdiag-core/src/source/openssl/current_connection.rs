//! The connection whose end a recorder is called for, and the data that a recorder keeps with it:
//! set and get.

use std::ffi::c_void;
use std::sync::Arc;

use arc_swap::ArcSwap;

pub use super::state::connection::ConnectionData;
use super::state::connection::ConnectionState;
use super::state::current::current;
use super::sys::library::Symbols;

/// The `SSL` whose recording a recorder gets, within [`Ended`](crate::event::EventBody::Ended);
/// null at any other time, and where the `SSL` is being freed. It may be read from, and nothing of
/// it may be changed.
#[must_use]
pub fn current_ssl() -> *mut c_void {
    current().ssl.cast()
}

/// Sets the data of the connection whose recording a recorder gets, in place of what was set under
/// this key before. It lives as long as the connection, or until it is replaced. `false` where
/// there is no such connection now.
pub fn set_current_data(key: u64, data: ConnectionData) -> bool {
    let current = current();
    if current.ssl.is_null() {
        return false;
    }
    // SAFETY: a connection is current only within a hook of its own (`HandshakeState::pause`,
    // `HandshakeState::hand_over`), which keeps it alive.
    let Some(connection) = (unsafe { current.state() }) else { return false };
    connection.data.get_or_init(ArcSwap::default).rcu(|old| {
        let others = old.iter().filter(|(known, _)| *known != key).cloned();
        others.chain([(key, Arc::clone(&data))]).collect::<Vec<_>>()
    });
    true
}

/// The data that was set on a connection under this key.
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
