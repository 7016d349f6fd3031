//! The part of the thread's error queue that OpenSSL 3.2 and later can save: all entries above the
//! newest mark.
//!
//! They are moved to a place of ours, with their texts, and copied back from there; marks and what
//! lies below stay where they are. Source: `OSSL_ERR_STATE_save(3)`.

use std::ffi::{c_int, c_void};

use super::super::sys::library::Symbols;
use crate::event::LibraryError;

/// The entries above the newest mark, taken out of the queue; dropping it puts them back.
pub(crate) struct SavedErrors<'a> {
    symbols: &'a Symbols,
    state: *mut c_void,
}

impl<'a> SavedErrors<'a> {
    /// `None` where this OpenSSL cannot do it, or has no memory for it; then the queue is as it was.
    pub(crate) fn take(symbols: &'a Symbols) -> Option<Self> {
        let f = &symbols.f;
        let (Some(new), Some(save), Some(_), Some(_)) = (
            f.OSSL_ERR_STATE_new,
            f.OSSL_ERR_STATE_save_to_mark,
            f.OSSL_ERR_STATE_restore,
            f.OSSL_ERR_STATE_free,
        ) else {
            return None;
        };
        // SAFETY: gives an empty state or null; moves entries of this thread's queue into it.
        unsafe {
            let state = new();
            if state.is_null() {
                return None;
            }
            save(state);
            Some(SavedErrors { symbols, state })
        }
    }

    /// Puts copies of the entries back.
    fn restore(&self) {
        if let Some(restore) = self.symbols.f.OSSL_ERR_STATE_restore {
            // SAFETY: a state that `take` filled.
            unsafe { restore(self.state) };
        }
    }
}

impl Drop for SavedErrors<'_> {
    fn drop(&mut self) {
        self.restore();
        if let Some(free) = self.symbols.f.OSSL_ERR_STATE_free {
            // SAFETY: the state that `take` made, freed once.
            unsafe { free(self.state) };
        }
    }
}

/// The entries above the newest mark, oldest first, each as `newest` reads the last one of the
/// queue; `None` where there are none, or where they cannot be had.
pub(crate) fn entries(symbols: &Symbols, newest: impl Fn() -> LibraryError) -> Option<Vec<LibraryError>> {
    let (count, pop) = (symbols.f.ERR_count_to_mark?, symbols.f.ERR_pop?);
    // SAFETY: takes no arguments and works on this thread's queue.
    let many: c_int = unsafe { count() };
    if many == 0 {
        return None;
    }
    let saved = SavedErrors::take(symbols)?;
    saved.restore();
    let mut entries = Vec::new();
    for _ in 0..many {
        entries.push(newest());
        // SAFETY: as above; this entry has no mark, and `saved` puts it back.
        unsafe { pop() };
    }
    drop(saved);
    entries.reverse();
    Some(entries)
}
