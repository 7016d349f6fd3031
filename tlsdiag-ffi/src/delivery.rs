//! How finished handshakes reach C: by a callback where they finish, by one on a thread of ours, or in a queue.
//!
//! One lock a recorder, held for a few instructions and never while C's code runs. A callback that is running is counted, so
//! that freeing the recorder or changing the callback can wait for it; one that does so from within does not wait for itself.
#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::borrowed::{self, Borrow};
use crate::clients::Known;
use crate::finished::Finished;
use crate::handshake::tlsdiag_handshake;
use crate::setup::{SetupCallback, tlsdiag_setup};

/// Called with each finished handshake. `handshake` is borrowed for the call: tlsdiag_handshake_clone() makes one to keep.
/// `userdata` is what was given with the callback.
///
/// Unless the recorder works in the background, it runs on the thread of the handshake and within OpenSSL: it must return soon
/// and not use the SSL but to read from it. It may call every function of this header, also to attach again, to change the
/// callback or to free the recorder. A C++ exception must not leave it.
pub type tlsdiag_handshake_callback =
    Option<unsafe extern "C" fn(handshake: *const tlsdiag_handshake, userdata: *mut c_void)>;

#[derive(Clone, Copy)]
pub(crate) struct Callback {
    pub(crate) function: unsafe extern "C" fn(*const tlsdiag_handshake, *mut c_void),
    pub(crate) userdata: *mut c_void,
}

// SAFETY: the pointer is the application's, handed back as it is; that it may come from any thread is in the contract.
unsafe impl Send for Callback {}

/// What of a recorder changes while it works.
pub(crate) struct State {
    callback: Option<Callback>,
    /// The one for setups that failed.
    setup: Option<SetupCallback>,
    queue: VecDeque<Arc<Finished>>,
    /// Callbacks running now.
    running: usize,
    /// The thread of this process, if it was started.
    worker: Option<JoinHandle<()>>,
    /// No handshake is taken any more.
    closing: bool,
    pub(crate) finished: u64,
    pub(crate) dropped: u64,
}

/// Hands finished handshakes over.
pub(crate) struct Delivery {
    state: Mutex<State>,
    changed: Condvar,
    /// Who has been here.
    pub(crate) clients: Arc<Known>,
    capacity: usize,
    background: bool,
}

impl Delivery {
    pub(crate) fn new(capacity: usize, background: bool) -> Arc<Self> {
        let state = State {
            callback: None,
            setup: None,
            queue: VecDeque::new(),
            running: 0,
            worker: None,
            closing: false,
            finished: 0,
            dropped: 0,
        };
        Arc::new(Delivery {
            state: Mutex::new(state),
            changed: Condvar::new(),
            clients: Arc::default(),
            capacity,
            background,
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // No user code runs under the lock, and ours leaves the state whole wherever it could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// How many callbacks of this recorder run in this thread now.
    pub(crate) fn within(&self) -> usize {
        borrowed::running_for(self)
    }

    /// Hands a handshake over, or keeps it until somebody asks. `ssl` is its connection, if that may be looked at.
    pub(crate) fn deliver(self: &Arc<Self>, finished: Arc<Finished>, ssl: *mut c_void) {
        let mut state = self.state();
        if state.closing {
            return;
        }
        state.finished += 1;
        if let (Some(callback), false) = (state.callback, self.background) {
            state.running += 1;
            drop(state);
            self.call(callback, finished, ssl);
            return;
        }
        if state.queue.len() >= self.capacity {
            state.dropped += 1;
            return;
        }
        state.queue.push_back(finished);
        if state.callback.is_some() {
            self.wake(&mut state);
        }
    }

    /// Sees to it that the thread is there and awake.
    fn wake(self: &Arc<Self>, state: &mut State) {
        if state.worker.is_none() {
            let delivery = Arc::clone(self);
            // Without a thread they wait in the queue, and are counted as dropped once that is full.
            state.worker = without_signals(|| {
                std::thread::Builder::new().name("tlsdiag".to_owned()).spawn(move || delivery.work()).ok()
            });
        }
        self.changed.notify_all();
    }

    fn work(self: &Arc<Self>) {
        let mut state = self.state();
        loop {
            let next = match state.callback {
                Some(callback) => state.queue.pop_front().map(|finished| (callback, finished)),
                None => None,
            };
            if let Some((callback, finished)) = next {
                state.running += 1;
                drop(state);
                self.call(callback, finished, ptr::null_mut());
                state = self.state();
            } else if state.closing {
                return;
            } else {
                state = self.wait(state);
            }
        }
    }

    /// Runs a callback that has been counted.
    fn call(&self, callback: Callback, finished: Arc<Finished>, ssl: *mut c_void) {
        // Declared before the handshake, which is therefore gone when this recorder is said to be quiet.
        let _leave = Leave(self);
        let handshake = tlsdiag_handshake { finished, ssl };
        let _borrow = Borrow::of(Some(self), &handshake);
        // SAFETY: the application's function, with its own pointer and a handshake that lives until it returns.
        unsafe { (callback.function)(&handshake, callback.userdata) };
    }

    /// Calls the callback for setups, on this thread.
    pub(crate) fn deliver_setup(&self, setup: &tlsdiag_setup) {
        let mut state = self.state();
        let Some(callback) = state.setup.filter(|_| !state.closing) else { return };
        state.running += 1;
        drop(state);
        let _leave = Leave(self);
        let _borrow = Borrow::of(Some(self), setup);
        // SAFETY: the application's function, with its own pointer and a setup that lives until it returns.
        unsafe { (callback.function)(setup, callback.userdata) };
    }

    /// Puts another callback for setups in place, or none, and waits until the old one has returned everywhere but here.
    pub(crate) fn set_setup_callback(&self, callback: Option<SetupCallback>) {
        let mut state = self.state();
        state.setup = callback;
        drop(self.quiet(state));
    }

    /// Puts another callback in place, or none, and waits until the old one has returned everywhere but here.
    pub(crate) fn set_callback(self: &Arc<Self>, callback: Option<Callback>) {
        let mut state = self.state();
        state.callback = callback;
        if callback.is_some() && self.background && !state.queue.is_empty() {
            self.wake(&mut state);
        }
        drop(self.quiet(state));
    }

    /// Waits until no callback runs but those that this thread is in.
    fn quiet<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let own = self.within();
        while state.running > own {
            state = self.wait(state);
        }
        state
    }

    /// The handshake that has waited longest.
    pub(crate) fn next(&self) -> Option<Arc<Finished>> {
        self.state().queue.pop_front()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.state().queue.len()
    }

    /// Waits until the thread has handed over all that waits; `false` if this is the thread.
    pub(crate) fn flush(&self) -> bool {
        let mut state = self.state();
        if !self.background || state.callback.is_none() {
            return true;
        }
        if self.within() > 0 {
            return false;
        }
        while state.callback.is_some()
            && state.worker.is_some()
            && (!state.queue.is_empty() || state.running > 0)
        {
            state = self.wait(state);
        }
        true
    }

    /// The end: what waits for the thread is still handed over, unless that thread is the caller; when this returns no callback
    /// runs, but for those that the caller is in.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closing = true;
        let worker = state.worker.take();
        if self.within() > 0 {
            state.queue.clear();
        }
        self.changed.notify_all();
        drop(state);
        if let Some(worker) = worker
            && self.within() == 0
        {
            let _ = worker.join();
        }
        let mut state = self.state();
        (state.callback, state.setup) = (None, None);
        let waiting = std::mem::take(&mut state.queue);
        drop(self.quiet(state));
        drop(waiting);
    }

    /// In a new process: there is one thread, and what waits belongs to the parent.
    pub(crate) fn begin_anew(&self, state: &mut State) {
        state.running = self.within();
        state.queue.clear();
        // The thread stayed behind, and a handle of what is not there can be neither joined nor dropped.
        static LEFT_BEHIND: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());
        LEFT_BEHIND.lock().unwrap_or_else(PoisonError::into_inner).extend(state.worker.take());
    }
}

/// A callback that has been counted leaves, also if its thread unwinds.
struct Leave<'a>(&'a Delivery);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.state().running -= 1;
        self.0.changed.notify_all();
    }
}

/// Starts a thread that no signal of the application's is delivered to.
fn without_signals<T>(start: impl FnOnce() -> T) -> T {
    // SAFETY: sets that are filled before they are used; the mask is this thread's own and put back.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        let changed = libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before) == 0;
        let started = start();
        if changed {
            libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        }
        started
    }
}
