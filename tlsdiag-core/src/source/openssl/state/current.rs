//! The connection whose hook runs, as a recorder may ask for it.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use super::super::sys::functions::SSL;

/// Where a handshake takes place. Only followed while a hook of that very connection runs.
#[derive(Clone, Copy)]
pub(crate) struct CurrentConnection {
    /// Its state, which lies above this file: see `CurrentConnection::state`.
    pub(crate) connection: *const c_void,
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

/// The current connection of this thread.
pub(crate) fn current() -> CurrentConnection {
    CURRENT.try_with(Cell::get).unwrap_or(CurrentConnection::NONE)
}
