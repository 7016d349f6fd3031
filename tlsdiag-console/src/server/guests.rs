//! Who is connected: so many at most, and whoever says nothing makes room for who comes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;

/// So many connections at once: a browser has six to a host.
const MOST: usize = 128;

/// Those who are connected, the oldest first.
#[derive(Clone, Default)]
pub(super) struct Guests(Arc<Mutex<VecDeque<(Guest, AbortHandle)>>>);

/// One of them.
#[derive(Clone, Default)]
pub(super) struct Guest(Arc<AtomicBool>);

impl Guest {
    /// A whole request of it came.
    pub(super) fn has_asked(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Guests {
    /// Lets one in. Where there is no room, the oldest goes that has not asked for anything, or else the oldest of all: a page that listens
    /// for changes connects again by itself.
    pub(super) fn admit(&self, begin: impl FnOnce(Guest) -> AbortHandle) {
        let mut guests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if guests.len() >= MOST {
            guests.retain(|(_, task)| !task.is_finished());
        }
        if guests.len() >= MOST {
            let silent = guests.iter().position(|(guest, _)| !guest.0.load(Ordering::Relaxed));
            if let Some((_, oldest)) = guests.remove(silent.unwrap_or(0)) {
                oldest.abort();
            }
        }
        let guest = Guest::default();
        let task = begin(guest.clone());
        guests.push_back((guest, task));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_silent_make_room() {
        let guests = Guests::default();
        let mut asked = Vec::new();
        for at in 0..=MOST {
            guests.admit(|guest| {
                // All but the third have asked.
                if at != 2 {
                    guest.has_asked();
                }
                let task = tokio::spawn(std::future::pending::<()>());
                asked.push(task.abort_handle());
                task.abort_handle()
            });
        }
        tokio::task::yield_now().await;
        let gone: Vec<usize> = (0..=MOST).filter(|at| asked[*at].is_finished()).collect();
        assert_eq!(gone, [2]);
    }
}
