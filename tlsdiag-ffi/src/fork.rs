//! What becomes of recorders when a process forks, as servers do: the child has no thread but one, and must find no lock held
//! by another.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};

use tlsdiag_core::report::Clients;

use crate::delivery::{Delivery, State};

static ALL: Mutex<Vec<Weak<Delivery>>> = Mutex::new(Vec::new());

/// Remembers a recorder for as long as it lives.
pub(crate) fn register(delivery: &Arc<Delivery>) {
    static HANDLERS: Once = Once::new();
    HANDLERS.call_once(|| {
        // SAFETY: handlers that never unwind, in a library that is never unloaded (`-z nodelete`).
        unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
    });
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|known| known.strong_count() > 0);
    all.push(Arc::downgrade(delivery));
}

/// Every lock there is, held across the fork by the thread that forks.
struct Held {
    // Fields are dropped in this order: the guards before what they guard.
    states: Vec<MutexGuard<'static, State>>,
    _clients: Vec<MutexGuard<'static, Clients>>,
    recorders: Vec<Arc<Delivery>>,
    _all: MutexGuard<'static, Vec<Weak<Delivery>>>,
}

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

extern "C" fn before() {
    crate::boundary::contain(|| {
        let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let recorders: Vec<_> = all.iter().filter_map(Weak::upgrade).collect();
        let clients = recorders
            .iter()
            .map(|delivery| {
                // SAFETY: as below.
                let delivery: &'static Delivery = unsafe { &*Arc::as_ptr(delivery) };
                delivery.clients.lock()
            })
            .collect();
        let states = recorders
            .iter()
            .map(|delivery| {
                // SAFETY: the guard is dropped before its recorder, see `Held`.
                let delivery: &'static Delivery = unsafe { &*Arc::as_ptr(delivery) };
                delivery.state()
            })
            .collect();
        let _ = HELD.try_with(|held| {
            *held.borrow_mut() = Some(Held { states, _clients: clients, recorders, _all: all })
        });
    });
}

fn release(each: impl Fn(&Delivery, &mut State)) {
    crate::boundary::contain(|| {
        let held = HELD.try_with(|held| held.borrow_mut().take()).ok().flatten();
        if let Some(mut held) = held {
            for (delivery, state) in held.recorders.iter().zip(&mut held.states) {
                each(delivery, state);
            }
        }
    });
}

extern "C" fn in_parent() {
    release(|_, _| {});
}

extern "C" fn in_child() {
    release(|delivery, state| delivery.begin_anew(state));
}
