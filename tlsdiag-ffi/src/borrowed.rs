//! Handles that a callback has for the length of its call, and that it must not free.

use std::cell::RefCell;
use std::ptr;

/// A callback that runs in this thread now.
struct Running {
    /// Whose callback it is; null where nobody asks.
    owner: *const (),
    handle: *const (),
}

thread_local! {
    static RUNNING: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

/// Whether a callback that runs in this thread now was given this very handle.
pub(crate) fn is_borrowed<T>(handle: *const T) -> bool {
    RUNNING
        .try_with(|running| running.borrow().iter().any(|one| one.handle == handle.cast()))
        .unwrap_or(false)
}

/// How many callbacks of this owner run in this thread now.
pub(crate) fn running_for<O>(owner: *const O) -> usize {
    let count = |running: &RefCell<Vec<Running>>| {
        running.borrow().iter().filter(|one| one.owner == owner.cast()).count()
    };
    RUNNING.try_with(count).unwrap_or(0)
}

/// Lasts as long as the callback runs, also where its thread unwinds.
pub(crate) struct Borrow(());

impl Borrow {
    /// A callback of `owner`, or of nobody that is asked for, is given this handle.
    pub(crate) fn of<O, T>(owner: Option<&O>, handle: &T) -> Self {
        let owner = owner.map_or(ptr::null(), ptr::from_ref).cast();
        let running = Running { owner, handle: ptr::from_ref(handle).cast() };
        let _ = RUNNING.try_with(|list| list.borrow_mut().push(running));
        Borrow(())
    }
}

impl Drop for Borrow {
    fn drop(&mut self) {
        let _ = RUNNING.try_with(|list| list.borrow_mut().pop());
    }
}
