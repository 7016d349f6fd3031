//! One short lock before everything that the hooks share with Python, so that a forked child never finds it taken.
//!
//! A child of `fork(2)` has one thread; a lock that another thread of its parent held would stay taken for ever. The forking
//! thread therefore takes this one first, and both processes give it back. Nobody who holds it waits for the interpreter.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

static GATE: Mutex<()> = Mutex::new(());

thread_local! {
    static HELD: RefCell<Option<MutexGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// To be called when the module is imported, and not as late as the lock is first taken: a thread that registers handlers waits
/// while another one forks, and the child would wait for that thread.
pub(crate) fn watch() {
    static HANDLERS: Once = Once::new();
    HANDLERS.call_once(|| {
        // SAFETY: functions that take nothing; this library is never unloaded, as extension modules are not. Without memory
        // for them, forking is as it would have been.
        unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
    });
}

/// Takes the lock.
pub(crate) fn gate() -> MutexGuard<'static, ()> {
    GATE.lock().unwrap_or_else(PoisonError::into_inner)
}

unsafe extern "C" fn before() {
    let guard = gate();
    let _ = HELD.try_with(|held| held.replace(Some(guard)));
}

unsafe extern "C" fn after() {
    let _ = HELD.try_with(|held| held.take());
}
