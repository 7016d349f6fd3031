//! Room for so many connections at once.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Counts who is inside.
pub(super) struct Room {
    capacity: usize,
    present: Mutex<usize>,
    changed: Condvar,
}

/// A place in the room; dropping it leaves.
pub(super) struct Place(Arc<Room>);

impl Room {
    pub(super) fn new(capacity: usize) -> Self {
        Room { capacity, present: Mutex::new(0), changed: Condvar::new() }
    }

    /// Returns when a place is free; calls `crowded` before it waits. Only the caller enters, so it stays free.
    pub(super) fn wait_for_place(&self, crowded: impl FnOnce()) {
        let present = self.present();
        if *present >= self.capacity {
            crowded();
            drop(self.wait_while(present, |present| *present >= self.capacity));
        }
    }

    /// Takes a place.
    pub(super) fn enter(self: &Arc<Self>) -> Place {
        *self.present() += 1;
        Place(Arc::clone(self))
    }

    /// Waits until all have left.
    pub(super) fn wait_until_empty(&self) {
        drop(self.wait_while(self.present(), |present| *present > 0));
    }

    fn present(&self) -> MutexGuard<'_, usize> {
        // A number is whole whatever panics.
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while<'a>(
        &self,
        guard: MutexGuard<'a, usize>,
        condition: impl Fn(&mut usize) -> bool,
    ) -> MutexGuard<'a, usize> {
        self.changed.wait_while(guard, condition).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.present() -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_full_room_waits_for_somebody_to_leave() {
        let room = Arc::new(Room::new(1));
        room.wait_for_place(|| panic!("it is empty"));
        let place = room.enter();
        let mut crowded = false;
        thread::scope(|scope| {
            scope.spawn(move || drop(place));
            room.wait_for_place(|| crowded = true);
        });
        room.wait_until_empty();
        let _ = crowded; // either may come first
    }
}
