//! The thread's error queue, suspended while a recorder works.
//!
//! A recorder may use OpenSSL, and whatever reads errors in Rust empties the queue as it does so.
//! The application would then find nothing where its handshake failed. So a queue that holds
//! something is moved out of the way, byte for byte, and moved back afterwards with its marks and
//! flags; what the recorder left behind is dropped.

use std::ffi::c_int;

use super::super::sys::library::Symbols;
use super::read::{Layout, State, layout, thread_state};
use super::saved::SavedErrors;

/// `ERR_TXT_MALLOCED`: the data belongs to the queue.
const OWNED: c_int = 0x01;

/// Runs `work`, which may do what it likes with the error queue, and leaves the queue as it was
/// found.
pub(crate) fn with_queue_suspended<T>(symbols: &Symbols, work: impl FnOnce() -> T) -> T {
    // SAFETY: peeking takes no arguments and works on this thread's queue.
    if unsafe { (symbols.f.ERR_peek_error)() } == 0 {
        return with_clean_queue(symbols, work);
    }
    match layout(symbols) {
        Some(Layout::Three(state)) => moved(symbols, state, work),
        Some(Layout::OneOneOne(state)) => moved(symbols, state, work),
        // A layout that we do not know: what lies above the newest mark is saved; what is pushed is
        // taken away again.
        None => {
            let _saved = SavedErrors::take(symbols);
            with_clean_queue(symbols, work)
        }
    }
}

fn moved<S: State, T>(symbols: &Symbols, state: *mut S, work: impl FnOnce() -> T) -> T {
    struct PutBack<'a, S: State> {
        symbols: &'a Symbols,
        state: *mut S,
        saved: S,
    }
    impl<S: State> Drop for PutBack<'_, S> {
        fn drop(&mut self) {
            let f = &self.symbols.f;
            // A recorder that tore down its thread's state has taken the place to put it back to.
            if thread_state(self.symbols) != self.state.cast_const().cast() {
                return;
            }
            // SAFETY: this thread's state, of the layout that `layout` checked. After
            // ERR_clear_error it holds nothing but buffers for data, which are freed, so that
            // overwriting it loses nothing.
            unsafe {
                (f.ERR_clear_error)();
                if let Some(free) = f.CRYPTO_free {
                    for (buffer, flags) in (*self.state).buffers() {
                        if !buffer.is_null() && flags & OWNED != 0 {
                            free(buffer.cast_mut().cast(), c"".as_ptr(), 0);
                        }
                    }
                }
                *self.state = self.saved;
            }
        }
    }
    // SAFETY: this thread's state, of the layout that `layout` checked; nobody else refers to it.
    // Zeros, which are numbers and null, are what a new thread has; the buffers now belong to `saved`
    // alone.
    let _guard = unsafe {
        let saved = *state;
        state.write(std::mem::zeroed());
        PutBack { symbols, state, saved }
    };
    work()
}

/// Runs `work`, which may push errors, and takes away what it pushed.
pub(crate) fn with_clean_queue<T>(symbols: &Symbols, work: impl FnOnce() -> T) -> T {
    struct Guard<'a>(&'a Symbols, bool);
    impl Drop for Guard<'_> {
        fn drop(&mut self) {
            let f = &self.0.f;
            // SAFETY: these work on the calling thread's queue and take no pointers.
            unsafe {
                if self.1 {
                    (f.ERR_pop_to_mark)();
                } else if (f.ERR_peek_error)() != 0 {
                    (f.ERR_clear_error)();
                }
            }
        }
    }
    // SAFETY: as above. An empty queue cannot hold a mark; then everything in it afterwards is
    // ours.
    let marked = unsafe { (symbols.f.ERR_peek_last_error)() != 0 && (symbols.f.ERR_set_mark)() != 0 };
    let _guard = Guard(symbols, marked);
    work()
}

#[cfg(all(test, feature = "linked"))]
mod tests {
    use super::super::read::queued_errors;
    use super::*;

    fn reasons(symbols: &Symbols) -> Vec<i32> {
        queued_errors(symbols).iter().map(|error| error.reason).collect()
    }

    #[test]
    fn a_recorder_that_empties_the_queue_changes_nothing() {
        let symbols = Symbols::linked().unwrap();
        // SAFETY: works on this thread's queue alone.
        unsafe { (symbols.f.ERR_clear_error)() };
        for bad in [b"a".as_slice(), b"bb"] {
            // Leaves errors of several libraries, with data, since nobody takes them out.
            let mut place = bad.as_ptr();
            // SAFETY: a pointer to readable bytes and their length.
            unsafe { openssl_sys::d2i_X509(std::ptr::null_mut(), &raw mut place, bad.len() as _) };
        }
        // SAFETY: as above.
        unsafe { (symbols.f.ERR_set_mark)() };
        let before = queued_errors(symbols);
        assert!(!before.is_empty());
        with_queue_suspended(symbols, || {
            assert!(reasons(symbols).is_empty(), "the recorder begins with an empty queue");
            assert!(!openssl::x509::X509::from_der(b"no certificate").unwrap_err().errors().is_empty());
            let mut place = b"left behind".as_ptr();
            // SAFETY: a pointer to readable bytes and their length.
            unsafe { openssl_sys::d2i_X509(std::ptr::null_mut(), &raw mut place, 11) };
            assert!(!reasons(symbols).is_empty());
        });
        assert_eq!(queued_errors(symbols), before);
        // SAFETY: as above; the mark is still there, or this would empty the queue.
        unsafe { (symbols.f.ERR_pop_to_mark)() };
        assert_eq!(queued_errors(symbols), before);
        // SAFETY: as above.
        unsafe { (symbols.f.ERR_clear_error)() };
        with_queue_suspended(symbols, || {
            let mut place = b"left behind".as_ptr();
            // SAFETY: a pointer to readable bytes and their length.
            unsafe { openssl_sys::d2i_X509(std::ptr::null_mut(), &raw mut place, 11) };
        });
        assert!(reasons(symbols).is_empty());
    }
}
